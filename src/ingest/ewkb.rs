//! Geometry for the database: multipolygons as little-endian EWKB.

use wire::MultiPolygon;

const POLYGON: u32 = 3;
const MULTIPOLYGON: u32 = 6;
const HAS_SRID: u32 = 0x2000_0000;

/// A multipolygon as EWKB (PostGIS manual, section 4.1.2) with an SRID.
pub fn multipolygon_ewkb(geometry: &MultiPolygon, srid: i32) -> Vec<u8> {
    let polygons = geometry.polygons();
    let mut out = Vec::with_capacity(13 + polygons.len() * 13 + geometry.vertex_count() * 16);
    out.push(1);
    out.extend((MULTIPOLYGON | HAS_SRID).to_le_bytes());
    out.extend(srid.to_le_bytes());
    count(&mut out, polygons.len());
    for polygon in polygons {
        out.push(1);
        out.extend(POLYGON.to_le_bytes());
        let rings = polygon.rings();
        count(&mut out, rings.len());
        for ring in rings {
            count(&mut out, ring.len());
            for [x, y] in ring {
                out.extend(x.to_le_bytes());
                out.extend(y.to_le_bytes());
            }
        }
    }
    out
}

// The stream's limits keep every count far below 2^32.
fn count(out: &mut Vec<u8>, count: usize) {
    out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
}
