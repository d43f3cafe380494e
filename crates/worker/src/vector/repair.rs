//! Makes invalid polygons valid, within a bound: GEOS, through GDAL.

use gdal::cpl::CslStringList;
use gdal::vector::Geometry as GdalGeometry;
use wire::{Geometry, MultiPolygon};

use super::wkb::{self, Reading};
use crate::validity::{self, Budget};

/// What came of a repair.
pub(super) enum Repaired {
    /// A valid geometry, and how much its area differs, as a part of the area before.
    Valid(MultiPolygon, f64),
    /// The area would change by this part, which is more than allowed.
    TooMuch(f64),
    /// It cannot be made valid.
    Not,
}

/// Makes polygons valid where their area changes by no more than a part of it.
pub(super) fn repair(
    polygons: &MultiPolygon,
    most: f64,
    reading: Reading,
    budget: &mut Budget,
) -> Repaired {
    let before = area(polygons);
    let made = GdalGeometry::from_wkb(&to_wkb(polygons))
        .and_then(|geometry| geometry.make_valid(&CslStringList::new()))
        .and_then(|geometry| geometry.wkb());
    let Ok(bytes) = made else {
        return Repaired::Not;
    };
    let Ok(parts) = wkb::read(&bytes, reading) else {
        return Repaired::Not;
    };
    // Points and lines that are left of spikes have no area.
    let valid = parts.polygons;
    if valid.is_empty() || !matches!(validity::check(&valid, budget), Ok(None)) {
        return Repaired::Not;
    }
    let change = if before > 0.0 {
        area(&valid) / before - 1.0
    } else {
        f64::INFINITY
    };
    if change.abs() > most {
        return Repaired::TooMuch(change);
    }
    Repaired::Valid(valid, change)
}

/// The text of polygons (WKT), to be kept beside what was made of them.
pub(super) fn to_wkt(geometry: &Geometry) -> Option<String> {
    let polygons = geometry.as_polygons()?;
    let geometry = GdalGeometry::from_wkb(&to_wkb(polygons)).ok()?;
    geometry.wkt().ok()
}

/// The area of polygons as their rings say, holes taken off.
fn area(polygons: &MultiPolygon) -> f64 {
    let ring_area = |ring: &[[f64; 2]]| {
        let [x0, y0] = ring.first().copied().unwrap_or_default();
        let twice: f64 = ring
            .windows(2)
            .map(|pair| {
                let [[x1, y1], [x2, y2]] = [pair[0], pair[1]];
                (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
            })
            .sum();
        (twice / 2.0).abs()
    };
    polygons
        .polygons()
        .map(|polygon| {
            let mut rings = polygon.rings().map(ring_area);
            let outer = rings.next().unwrap_or_default();
            outer - rings.sum::<f64>()
        })
        .sum()
}

fn to_wkb(polygons: &MultiPolygon) -> Vec<u8> {
    const POLYGON: u32 = 3;
    const MULTIPOLYGON: u32 = 6;
    let mut out = Vec::with_capacity(64 + polygons.vertex_count() * 16);
    // The limits of a feature keep every count far below 2^32.
    let count = |out: &mut Vec<u8>, count: usize| {
        out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    };
    out.push(1);
    out.extend(MULTIPOLYGON.to_le_bytes());
    count(&mut out, polygons.polygon_count());
    for polygon in polygons.polygons() {
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

#[cfg(test)]
mod tests {
    use super::*;

    const READING: Reading = Reading {
        vertices: 1000,
        tolerance: 0.01,
    };

    fn polygon(ring: &[[f64; 2]]) -> MultiPolygon {
        let mut polygons = MultiPolygon::new();
        polygons.push_ring(ring).expect("is a ring");
        polygons.end_polygon().expect("has one");
        polygons
    }

    fn repaired(ring: &[[f64; 2]]) -> Repaired {
        repair(&polygon(ring), 0.01, READING, &mut Budget::new(100_000))
    }

    #[test]
    fn a_small_fault_is_mended_and_measured() {
        // A square with a spike that leads out and back.
        let ring = [
            [0.0, 0.0],
            [10.0, 0.0],
            [10.0, 5.0],
            [15.0, 5.0],
            [10.0, 5.0],
            [10.0, 10.0],
            [0.0, 10.0],
            [0.0, 0.0],
        ];
        let Repaired::Valid(polygons, change) = repaired(&ring) else {
            panic!("is mended");
        };
        assert!(change.abs() < 1e-9, "{change}");
        assert!((area(&polygons) - 100.0).abs() < 1e-9);
        let text = to_wkt(&Geometry::Polygons(polygon(&ring))).expect("has a text");
        assert!(text.contains("15 5"), "{text}");
    }

    #[test]
    fn what_would_change_much_is_left() {
        let bow_tie = [
            [0.0, 0.0],
            [10.0, 10.0],
            [10.0, 0.0],
            [0.0, 10.0],
            [0.0, 0.0],
        ];
        assert!(matches!(repaired(&bow_tie), Repaired::TooMuch(_)));
        let line = [[0.0, 0.0], [10.0, 0.0], [5.0, 0.0], [0.0, 0.0]];
        assert!(matches!(repaired(&line), Repaired::Not));
    }
}
