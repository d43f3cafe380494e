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
    // The deepest middle of all squares so far: its square comes off the heap before any that
    // cannot hold a deeper place, so those need not be there at all.
    let mut deepest = 0.0;
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
            heap.extend(outline.square(middle, half, &mut deepest));
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
            heap.extend(outline.square(middle, half, &mut deepest));
        }
        looked_at += 4;
    }
    best.map(|(_, [right, up])| [west + right, south + up])
}

/// Edges that are looked at together.
const LANES: usize = 4;

/// The edges of a polygon, made ready to be asked for their distances again and again; metres
/// from the corner of its box.
struct Outline(Vec<Edges>);

/// A few edges: where they begin, where they run, one divided by their squared lengths, and how
/// far to the east they go for each metre to the north.
#[derive(Clone, Copy)]
struct Edges {
    east: [f64; LANES],
    north: [f64; LANES],
    run: [f64; LANES],
    rise: [f64; LANES],
    share: [f64; LANES],
    slope: [f64; LANES],
}

impl Edges {
    /// Edges that are infinitely far and have no length.
    const NONE: Self = Self {
        east: [f64::INFINITY; LANES],
        north: [f64::INFINITY; LANES],
        run: [0.0; LANES],
        rise: [0.0; LANES],
        share: [0.0; LANES],
        slope: [0.0; LANES],
    };
}

impl Outline {
    fn new(rings: &[&[[f64; 2]]], [west, south]: [f64; 2]) -> Self {
        let count: usize = rings.iter().map(|ring| ring.len()).sum();
        let mut all = Vec::with_capacity(count.div_ceil(LANES));
        let pairs = rings.iter().flat_map(|ring| ring.windows(2));
        for (index, pair) in pairs.enumerate() {
            let lane = index % LANES;
            if lane == 0 {
                all.push(Edges::NONE);
            }
            let Some(edges) = all.last_mut() else {
                continue;
            };
            let start = [pair[0][0] - west, pair[0][1] - south];
            let (run, rise) = (pair[1][0] - west - start[0], pair[1][1] - south - start[1]);
            let squared = run * run + rise * rise;
            [edges.east[lane], edges.north[lane]] = start;
            [edges.run[lane], edges.rise[lane]] = [run, rise];
            edges.share[lane] = if squared > 0.0 { 1.0 / squared } else { 0.0 };
            edges.slope[lane] = if rise == 0.0 { 0.0 } else { run / rise };
        }
        Self(all)
    }

    /// A square about a place; none where no place in it can lie deeper than the deepest so far.
    fn square(&self, middle: [f64; 2], half: f64, deepest: &mut f64) -> Option<Square> {
        let reach = half * std::f64::consts::SQRT_2;
        // Nearer to an edge than this it has nothing to offer, inside or not.
        let least = (*deepest - reach).max(0.0);
        let least = least * least;
        let mut nearest = f64::INFINITY;
        let mut crossed = [false; LANES];
        for edges in &self.0 {
            let mut squared = [0.0; LANES];
            for lane in 0..LANES {
                let east = middle[0] - edges.east[lane];
                let north = middle[1] - edges.north[lane];
                let share = (east * edges.run[lane] + north * edges.rise[lane]) * edges.share[lane];
                // Comparisons rather than `clamp`, which also looks for what is no number.
                let share = if share > 0.0 { share } else { 0.0 };
                let share = if share < 1.0 { share } else { 1.0 };
                let off = [
                    east - share * edges.run[lane],
                    north - share * edges.rise[lane],
                ];
                squared[lane] = off[0] * off[0] + off[1] * off[1];
                // Franklin's rule: an edge counts when exactly one end lies above the ray to the
                // east; a level edge never does.
                let spans = (north < 0.0) != (north < edges.rise[lane]);
                crossed[lane] ^= spans & (east < north * edges.slope[lane]);
            }
            for distance in squared {
                nearest = if distance < nearest {
                    distance
                } else {
                    nearest
                };
            }
            if nearest < least {
                return None;
            }
        }
        let distance = nearest.sqrt();
        let inside = crossed.iter().filter(|crossed| **crossed).count() % 2 == 1;
        let square = Square {
            middle,
            half,
            depth: if inside { distance } else { -distance },
        };
        *deepest = square.depth.max(*deepest);
        (square.most() > *deepest).then_some(square)
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
