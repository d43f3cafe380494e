//! The place inside a polygon that lies farthest from its outline: where a name has most room.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A square that may hold the place.
struct Square {
    middle: [f64; 2],
    half: f64,
    /// Distance of the middle from the outline; negative outside.
    depth: f64,
}

impl Square {
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
    let outline = Outline::new(rings, [west, south]);
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
                (column as f64 + 0.5) * step[0],
                (row as f64 + 0.5) * step[1],
            ];
            heap.extend(outline.square(middle, half, 0.0));
        }
    }
    let mut best: Option<(f64, [f64; 2])> = None;
    let mut looked_at = columns * rows;
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
            heap.extend(outline.square(middle, half, known));
        }
        looked_at += 4;
    }
    best.map(|(_, [right, up])| [west + right, south + up])
}

/// The edges of a polygon, made ready to be asked for their distances again and again; metres
/// from the corner of its box.
struct Outline {
    edges: Vec<Edge>,
}

/// An edge: where it begins, where it runs, and one divided by its squared length.
struct Edge {
    start: [f64; 2],
    run: [f64; 2],
    share: f64,
    /// Run by rise: how far to the east it goes for each metre to the north.
    slope: f64,
}

impl Outline {
    fn new(rings: &[&[[f64; 2]]], [west, south]: [f64; 2]) -> Self {
        let mut edges = Vec::with_capacity(rings.iter().map(|ring| ring.len()).sum());
        for pair in rings.iter().flat_map(|ring| ring.windows(2)) {
            let start = [pair[0][0] - west, pair[0][1] - south];
            let run = [pair[1][0] - west - start[0], pair[1][1] - south - start[1]];
            let squared = run[0] * run[0] + run[1] * run[1];
            edges.push(Edge {
                start,
                run,
                share: if squared > 0.0 { 1.0 / squared } else { 0.0 },
                slope: run[0] / run[1],
            });
        }
        Self { edges }
    }

    /// A square about a place; none where no place in it can lie deeper than what is known.
    fn square(&self, middle: [f64; 2], half: f64, known: f64) -> Option<Square> {
        let most = half * std::f64::consts::SQRT_2;
        // Nearer to an edge than this it has nothing to offer, inside or not.
        let least = (known - most).max(0.0);
        let least = least * least;
        let mut nearest = f64::INFINITY;
        let mut inside = false;
        for edge in &self.edges {
            let east = middle[0] - edge.start[0];
            let north = middle[1] - edge.start[1];
            let share = ((east * edge.run[0] + north * edge.run[1]) * edge.share).clamp(0.0, 1.0);
            let off = [east - share * edge.run[0], north - share * edge.run[1]];
            nearest = nearest.min(off[0] * off[0] + off[1] * off[1]);
            if nearest < least {
                return None;
            }
            // Franklin's rule: an edge counts when exactly one end lies above the ray to the
            // east; a level edge never does.
            let above = [north < 0.0, north < edge.run[1]];
            inside ^= above[0] != above[1] && east < north * edge.slope;
        }
        let distance = nearest.sqrt();
        let square = Square {
            middle,
            half,
            depth: if inside { distance } else { -distance },
        };
        (square.most() > known).then_some(square)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ring::{Location, locate_in_ring};
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
