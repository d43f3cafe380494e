//! Geometry for the database: always of several parts, as little-endian EWKB.

use wire::{Geometry, MultiPolygon};

const POINT: u32 = 1;
const LINE: u32 = 2;
const POLYGON: u32 = 3;
const MULTIPOINT: u32 = 4;
const MULTILINE: u32 = 5;
const MULTIPOLYGON: u32 = 6;
const HAS_SRID: u32 = 0x2000_0000;

/// A multipolygon as EWKB (PostGIS manual, section 4.1.2) with an SRID.
pub fn multipolygon_ewkb(geometry: &MultiPolygon, srid: i32) -> Vec<u8> {
    let polygons = geometry.polygons();
    let mut out = Vec::with_capacity(13 + polygons.len() * 13 + geometry.vertex_count() * 16);
    start(&mut out, MULTIPOLYGON, srid, polygons.len());
    for polygon in polygons {
        part(&mut out, POLYGON);
        let rings = polygon.rings();
        count(&mut out, rings.len());
        for ring in rings {
            count(&mut out, ring.len());
            coordinates(&mut out, ring);
        }
    }
    out
}

/// A geometry as EWKB with an SRID: a multipolygon, multilinestring or multipoint.
pub fn geometry_ewkb(geometry: &Geometry, srid: i32) -> Vec<u8> {
    let mut out = Vec::with_capacity(13 + geometry.vertex_count() * 21);
    match geometry {
        Geometry::Polygons(polygons) => return multipolygon_ewkb(polygons, srid),
        Geometry::Lines(lines) => {
            let lines = lines.lines();
            start(&mut out, MULTILINE, srid, lines.len());
            for line in lines {
                part(&mut out, LINE);
                count(&mut out, line.len());
                coordinates(&mut out, line);
            }
        }
        Geometry::Points(points) => {
            start(&mut out, MULTIPOINT, srid, points.len());
            for point in points {
                part(&mut out, POINT);
                coordinates(&mut out, std::slice::from_ref(point));
            }
        }
    }
    out
}

fn start(out: &mut Vec<u8>, kind: u32, srid: i32, parts: usize) {
    out.push(1);
    out.extend((kind | HAS_SRID).to_le_bytes());
    out.extend(srid.to_le_bytes());
    count(out, parts);
}

fn part(out: &mut Vec<u8>, kind: u32) {
    out.push(1);
    out.extend(kind.to_le_bytes());
}

fn coordinates(out: &mut Vec<u8>, points: &[[f64; 2]]) {
    for [x, y] in points {
        out.extend(x.to_le_bytes());
        out.extend(y.to_le_bytes());
    }
}

// The stream's limits keep every count far below 2^32.
fn count(out: &mut Vec<u8>, count: usize) {
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}
