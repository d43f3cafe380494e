//! A key for features of files that have none.

use sha2::{Digest, Sha256};
use wire::MultiPolygon;

use crate::layer::Row;

/// A digest of a feature's outline and values: 16 hexadecimal digits.
///
/// The outline is taken on a grid of 1 mm in the storage CRS, whatever the order of its parts,
/// the start and the direction of its rings. A feature that changes in anything is another one.
pub(super) fn content_key(values: &Row, geometry: &MultiPolygon) -> String {
    let mut parts: Vec<Vec<u8>> = geometry
        .polygons()
        .map(|polygon| {
            let mut rings: Vec<Vec<u8>> = polygon.rings().map(ring_bytes).collect();
            // The outer ring stays the first.
            rings[1..].sort_unstable();
            rings.concat()
        })
        .collect();
    parts.sort_unstable();
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    // Values are of few types, which JSON tells apart.
    hash.update(serde_json::to_vec(values).unwrap_or_default());
    format!("{:x}", hash.finalize())[..16].to_owned()
}

fn ring_bytes(ring: &[[f64; 2]]) -> Vec<u8> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "coordinates in millimetres are far below 2^63, and others only saturate"
    )]
    let grid = |metres: f64| (metres * 1000.0).round() as i64;
    let mut points: Vec<[i64; 2]> = ring.iter().map(|[x, y]| [grid(*x), grid(*y)]).collect();
    points.dedup();
    if points.first() == points.last() {
        points.pop();
    }
    let one_way = from_smallest(&points);
    points.reverse();
    let other_way = from_smallest(&points);
    let points = one_way.min(other_way);
    let mut bytes = Vec::with_capacity(8 + points.len() * 16);
    bytes.extend((points.len() as u64).to_le_bytes());
    for [x, y] in points {
        bytes.extend(x.to_le_bytes());
        bytes.extend(y.to_le_bytes());
    }
    bytes
}

fn from_smallest(points: &[[i64; 2]]) -> Vec<[i64; 2]> {
    let start = (0..points.len()).min_by_key(|at| points[*at]).unwrap_or(0);
    points[start..]
        .iter()
        .chain(&points[..start])
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Value;

    fn polygons(rings: &[&[[f64; 2]]]) -> MultiPolygon {
        let mut geometry = MultiPolygon::new();
        for ring in rings {
            geometry.push_ring(ring).expect("is a ring");
            geometry.end_polygon().expect("it has one");
        }
        geometry
    }

    const ONE: [[f64; 2]; 4] = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 0.0]];
    const TWO: [[f64; 2]; 4] = [[20.0, 0.0], [30.0, 0.0], [30.0, 10.0], [20.0, 0.0]];

    #[test]
    fn the_same_outline_written_otherwise_has_the_same_key() {
        let values = vec![Value::Text("a".into()), Value::Null];
        let key = content_key(&values, &polygons(&[&ONE, &TWO]));
        assert_eq!(key.len(), 16);
        let turned = [[10.0, 10.0002], [10.0, 0.0], [0.0, 0.0], [10.0, 10.0002]];
        assert_eq!(content_key(&values, &polygons(&[&TWO, &turned])), key);
        assert_ne!(content_key(&values, &polygons(&[&ONE])), key);
        let others = vec![Value::Text("b".into()), Value::Null];
        assert_ne!(content_key(&others, &polygons(&[&ONE, &TWO])), key);
        let moved = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.002], [0.0, 0.0]];
        assert_ne!(content_key(&values, &polygons(&[&moved, &TWO])), key);
    }
}
