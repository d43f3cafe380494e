//! The place inside a polygon that lies farthest from its outline: where a name has most room.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::ring::{Location, distance_to_line, locate_in_ring};

/// A square that may hold the place.
struct Square {
    middle: [f64; 2],
    half: f64,
    /// Distance of the middle from the outline; negative outside.
    depth: f64,
}

impl Square {
    fn new(rings: &[&[[f64; 2]]], middle: [f64; 2], half: f64) -> Self {
        Self {
            middle,
            half,
            depth: depth(rings, middle),
        }
    }

    /// No place in the square lies farther from the outline than this.
    fn most(&self) -> f64 {
        self.depth + self.half * std::f64::consts::SQRT_2
    }
}

impl PartialEq for Square {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Square {}

impl PartialOrd for Square {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Square {
    fn cmp(&self, other: &Self) -> Ordering {
        self.most().total_cmp(&other.most())
    }
}

/// The pole of inaccessibility of a polygon (outer ring, then holes; closed; metres), within a
/// fiftieth of its width; none when no place was found inside.
///
/// Garcia-Castellanos and Lombardo (2007), searched by squares, the most promising first, as
/// `polylabel` does. The same polygon gives the same place.
pub fn pole(rings: &[&[[f64; 2]]]) -> Option<[f64; 2]> {
    /// A place this good, as a share of the width, is good enough for a name.
    const PRECISION: f64 = 0.02;
    /// Squares looked at for one polygon at most.
    const SQUARES: usize = 2_000;
    let outer = rings.first()?;
    let [west, south, east, north] = super::edges::box_of(outer.iter());
    let width = (east - west).min(north - south);
    if width.is_nan() || width <= 0.0 || width.is_infinite() {
        return None;
    }
    let half = width / 2.0;
    let mut heap = BinaryHeap::new();
    let count = |length: f64| (length / width).ceil().clamp(1.0, 64.0) as usize;
    let (columns, rows) = (count(east - west), count(north - south));
    let step = [
        (east - west) / columns as f64,
        (north - south) / rows as f64,
    ];
    let half = half.max(step[0].max(step[1]) / 2.0);
    for column in 0..columns {
        for row in 0..rows {
            let middle = [
                west + (column as f64 + 0.5) * step[0],
                south + (row as f64 + 0.5) * step[1],
            ];
            heap.push(Square::new(rings, middle, half));
        }
    }
    let mut best: Option<(f64, [f64; 2])> = None;
    let mut looked_at = heap.len();
    while let Some(square) = heap.pop() {
        let known = best.map_or(0.0, |(depth, _)| depth);
        if square.depth > known {
            best = Some((square.depth, square.middle));
        }
        let known = best.map_or(0.0, |(depth, _)| depth);
        // The heap is sorted by what is possible: no other square can do better either.
        let good_enough = best.is_some() && square.most() - known <= PRECISION * width;
        if good_enough || looked_at >= SQUARES {
            break;
        }
        let half = square.half / 2.0;
        for [right, up] in [[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]] {
            let middle = [
                square.middle[0] + right * half,
                square.middle[1] + up * half,
            ];
            heap.push(Square::new(rings, middle, half));
        }
        looked_at += 4;
    }
    best.map(|(_, middle)| middle)
}

/// Distance of a place from an outline, negative outside.
fn depth(rings: &[&[[f64; 2]]], place: [f64; 2]) -> f64 {
    let distance = rings
        .iter()
        .map(|ring| distance_to_line(ring, place))
        .fold(f64::INFINITY, f64::min);
    let inside = rings
        .iter()
        .filter(|ring| locate_in_ring(ring, place) == Location::Inside)
        .count()
        % 2
        == 1;
    if inside { distance } else { -distance }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_in_the_wide_arm_of_an_l_and_beside_a_hole() {
        let l = [
            [0.0, 0.0],
            [100.0, 0.0],
            [100.0, 40.0],
            [10.0, 40.0],
            [10.0, 100.0],
            [0.0, 100.0],
            [0.0, 0.0],
        ];
        let [e, n] = pole(&[&l]).expect("is inside");
        assert!(
            (15.0..=85.0).contains(&e) && (n - 20.0).abs() < 4.0,
            "{e} {n}"
        );
        let square = [
            [0.0, 0.0],
            [100.0, 0.0],
            [100.0, 100.0],
            [0.0, 100.0],
            [0.0, 0.0],
        ];
        let hole = [
            [40.0, 40.0],
            [40.0, 95.0],
            [95.0, 95.0],
            [95.0, 40.0],
            [40.0, 40.0],
        ];
        let [e, n] = pole(&[&square, &hole]).expect("is inside");
        assert!(e < 40.0 && n < 40.0, "{e} {n}");
    }

    #[test]
    fn what_has_no_inside_has_no_pole() {
        assert_eq!(pole(&[]), None);
        assert_eq!(pole(&[&[[1.0, 1.0], [2.0, 2.0], [1.0, 1.0]]]), None);
        assert_eq!(pole(&[&[[1.0, 1.0], [2.0, 1.0], [1.0, 1.0]]]), None);
    }

    #[test]
    fn a_thin_diagonal_has_a_place_inside() {
        let thin = [
            [0.0, 0.0],
            [100.0, 99.8],
            [100.0, 100.0],
            [0.0, 0.2],
            [0.0, 0.0],
        ];
        if let Some(place) = pole(&[&thin]) {
            assert_eq!(locate_in_ring(&thin, place), Location::Inside);
        }
    }
}
