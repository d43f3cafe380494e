//! A key for features of files that have none.

use sha2::{Digest, Sha256};
use wire::{Geometry, MultiPolygon};

use crate::layer::Row;

/// A digest of a feature's outline and values: 16 hexadecimal digits.
///
/// The outline is taken on a grid of 1 mm in the storage CRS, whatever the order of its parts,
/// the start of its rings and the direction of its rings and lines. A feature that changes in
/// anything is another one.
pub(super) fn content_key(values: &Row, geometry: &Geometry) -> String {
    let mut parts: Vec<Vec<u8>> = match geometry {
        Geometry::Polygons(polygons) => polygon_parts(polygons),
        Geometry::Lines(lines) => lines.lines().map(line_bytes).collect(),
        Geometry::Points(points) => points.iter().map(|p| line_bytes(&[*p])).collect(),
    };
    parts.sort_unstable();
    let mut hash = Sha256::new();
    for part in &parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    // Values are of few types, which JSON tells apart.
    hash.update(serde_json::to_vec(values).unwrap_or_default());
    let digest: [u8; 32] = hash.finalize().into();
    let first = digest.first_chunk::<8>().copied().unwrap_or_default();
    format!("{:016x}", u64::from_be_bytes(first))
}

fn polygon_parts(polygons: &MultiPolygon) -> Vec<Vec<u8>> {
    polygons
        .polygons()
        .map(|polygon| {
            let mut rings: Vec<Vec<u8>> = polygon.rings().map(ring_bytes).collect();
            // The outer ring stays the first.
            rings[1..].sort_unstable();
            match rings.len() {
                1 => rings.swap_remove(0),
                _ => rings.concat(),
            }
        })
        .collect()
}

fn line_bytes(line: &[[f64; 2]]) -> Vec<u8> {
    let one_way = on_grid(line);
    let other_way: Vec<[i64; 2]> = one_way.iter().rev().copied().collect();
    point_bytes(&one_way.min(other_way))
}

fn on_grid(points: &[[f64; 2]]) -> Vec<[i64; 2]> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "coordinates in millimetres are far below 2^63, and others only saturate"
    )]
    let grid = |metres: f64| (metres * 1000.0).round() as i64;
    let mut points: Vec<[i64; 2]> = points.iter().map(|[x, y]| [grid(*x), grid(*y)]).collect();
    points.dedup();
    points
}

fn ring_bytes(ring: &[[f64; 2]]) -> Vec<u8> {
    let mut points = on_grid(ring);
    if points.first() == points.last() {
        points.pop();
    }
    let forth = from_smallest(points.iter());
    let back = from_smallest(points.iter().rev());
    match back.clone().lt(forth.clone()) {
        true => bytes_of(points.len(), back),
        false => bytes_of(points.len(), forth),
    }
}

fn point_bytes(points: &[[i64; 2]]) -> Vec<u8> {
    bytes_of(points.len(), points.iter())
}

fn bytes_of<'a>(count: usize, points: impl Iterator<Item = &'a [i64; 2]>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(8 + count * 16);
    bytes.extend((count as u64).to_le_bytes());
    for [x, y] in points {
        bytes.extend(x.to_le_bytes());
        bytes.extend(y.to_le_bytes());
    }
    bytes
}

/// The points of a ring in their order, from the first of the smallest ones around.
fn from_smallest<'a>(
    points: impl ExactSizeIterator<Item = &'a [i64; 2]> + Clone,
) -> impl Iterator<Item = &'a [i64; 2]> + Clone {
    let smallest = points.clone().enumerate().min_by_key(|(_, point)| **point);
    let start = smallest.map_or(0, |(start, _)| start);
    let count = points.len();
    points
        .clone()
        .skip(start)
        .chain(points.take(start))
        .take(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Value;

    fn polygons(rings: &[&[[f64; 2]]]) -> Geometry {
        let mut geometry = MultiPolygon::new();
        for ring in rings {
            geometry.push_ring(ring).expect("is a ring");
            geometry.end_polygon().expect("it has one");
        }
        geometry.into()
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
    #[test]
    fn a_line_backwards_has_the_same_key_and_a_point_that_moves_another() {
        let values = vec![Value::Text("a".into())];
        let lines = |lines: &[&[[f64; 2]]]| {
            let mut geometry = wire::MultiLine::new();
            for line in lines {
                geometry.push_line(line).expect("is a line");
            }
            content_key(&values, &Geometry::Lines(geometry))
        };
        let key = lines(&[
            &[[0.0, 0.0], [1.0, 2.0], [5.0, 2.0]],
            &[[9.0, 9.0], [8.0, 8.0]],
        ]);
        let turned = [[5.0, 2.0], [1.0, 2.0], [0.0, 0.0]];
        assert_eq!(lines(&[&[[8.0, 8.0], [9.0, 9.0]], &turned]), key);
        assert_ne!(lines(&[&turned]), key);
        let points = |points: &[[f64; 2]]| content_key(&values, &Geometry::Points(points.to_vec()));
        assert_eq!(
            points(&[[1.0, 2.0], [3.0, 4.0]]),
            points(&[[3.0, 4.0], [1.0, 2.0]])
        );
        assert_ne!(points(&[[1.0, 2.0]]), points(&[[1.0, 2.001]]));
    }
}
