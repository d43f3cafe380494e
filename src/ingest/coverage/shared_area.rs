//! The area that two features have in common, from their edges alone.
//!
//! Above any place x, a feature covers what lies between its edges: 1 below each upper edge, less
//! 1 below each lower one. The product of two such sums is 1 where both are, so the common area
//! is the sum, over all pairs of an edge of either, of the area below both, taken with the signs of
//! both. No crossing is ever computed as a point and no case is special: shared edges, vertices on
//! edges, holes and islands all come out right, to a rounding error of the sum.

use super::regions::Regions;

/// What the sum may be off, in m²: coordinates of millions of metres have 9 digits after the
/// point, edges a few kilometres.
pub(super) const NOISE_M2: f64 = 1e-6;

/// Pairs of edges beyond which the overlay is cheaper.
const MOST: usize = 1_000_000;

/// What two features have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Common {
    /// So many m², within [`NOISE_M2`].
    Area(f64),
    /// They have too many edges to pair them.
    TooMany,
}

/// Memory that is used again and again.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    own: Vec<Edge>,
    other: Vec<Edge>,
}

/// An edge from west to east, in metres from the corner of the common box.
#[derive(Debug, Clone, Copy)]
struct Edge {
    west: f64,
    east: f64,
    /// Its height at `west`.
    height: f64,
    slope: f64,
    /// 1 for an upper edge, -1 for a lower one.
    sign: f64,
}

impl Regions {
    /// What two features have in common.
    pub(super) fn common(&self, one: usize, other: usize, scratch: &mut Scratch) -> Common {
        let (a, b) = (self.rect(one), self.rect(other));
        let (west, south) = (a[0].max(b[0]), a[1].max(b[1]));
        let (east, north) = (a[2].min(b[2]), a[3].min(b[3]));
        if east <= west || north <= south {
            return Common::Area(0.0);
        }
        let range = [west, south, east];
        self.edges_in(one, range, &mut scratch.own);
        self.edges_in(other, range, &mut scratch.other);
        if scratch.own.len() * scratch.other.len() > MOST {
            return Common::TooMany;
        }
        let both: f64 = scratch
            .own
            .iter()
            .map(|edge| edge.sign * below(edge, &scratch.other))
            .sum();
        Common::Area(both)
    }

    /// Edges that reach into the common box, or lie above it.
    ///
    /// One of the two features has nothing to the south of the box: what the other has there
    /// meets no edge from below, and its terms cancel each other.
    fn edges_in(&self, feature: usize, [west, south, east]: [f64; 3], into: &mut Vec<Edge>) {
        into.clear();
        for ring in self.rings(feature) {
            for pair in ring.windows(2) {
                let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
                // With the inside to the left, upper edges run to the west.
                let ([x0, y0], [x1, y1], sign) = if ax < bx {
                    ([ax, ay], [bx, by], -1.0)
                } else {
                    ([bx, by], [ax, ay], 1.0)
                };
                // An upright edge has nothing below it.
                if x1 <= west || x0 >= east || x0 == x1 || y0.max(y1) < south {
                    continue;
                }
                into.push(Edge {
                    west: x0 - west,
                    east: x1 - west,
                    height: y0 - south,
                    slope: (y1 - y0) / (x1 - x0),
                    sign,
                });
            }
        }
    }
}

/// The area below an edge and the edges of the other feature, with their signs.
fn below(edge: &Edge, others: &[Edge]) -> f64 {
    let mut sum = 0.0;
    for other in others {
        let (from, to) = (edge.west.max(other.west), edge.east.min(other.east));
        let width = to - from;
        if width <= 0.0 {
            continue;
        }
        let at = |edge: &Edge, x: f64| edge.height + edge.slope * (x - edge.west);
        let heights = [at(other, from), at(other, to)];
        // How far the edge lies above the other one at both ends.
        let over = [at(edge, from) - heights[0], at(edge, to) - heights[1]];
        let lower = match (over[0] < 0.0, over[1] < 0.0) {
            (false, false) => 0.0,
            (true, true) => over[0] + over[1],
            // They cross: below zero is a triangle at one of the ends.
            (true, false) => over[0] * (over[0] / (over[0] - over[1])),
            (false, true) => over[1] * (over[1] / (over[1] - over[0])),
        };
        sum += other.sign * width * (heights[0] + heights[1] + lower) / 2.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use geo::{Area, BooleanOps};
    use proptest::prelude::*;

    use super::*;

    /// A star about a place: simple whatever its radii.
    fn star(middle: [f64; 2], radii: &[f64]) -> wire::MultiPolygon {
        let count = radii.len() as f64;
        let mut ring: Vec<[f64; 2]> = (0_u32..)
            .zip(radii)
            .map(|(index, radius)| {
                let angle = std::f64::consts::TAU * f64::from(index) / count;
                [
                    middle[0] + radius * angle.cos(),
                    middle[1] + radius * angle.sin(),
                ]
            })
            .collect();
        ring.push(ring[0]);
        let mut shape = wire::MultiPolygon::new();
        shape.push_ring(&ring).expect("a star is a ring");
        let hole: Vec<[f64; 2]> = ring
            .iter()
            .map(|p| [0, 1].map(|axis| middle[axis] + 0.5 * (p[axis] - middle[axis])))
            .collect();
        shape.push_ring(&hole).expect("so is its hole");
        shape.end_polygon().expect("it has a ring");
        shape
    }

    proptest! {
        #[test]
        fn the_common_area_is_that_of_the_overlay(
            own in proptest::collection::vec(5.0_f64..60.0, 3..12),
            other in proptest::collection::vec(5.0_f64..60.0, 3..12),
            off in [-80.0_f64..80.0, -80.0_f64..80.0],
        ) {
            let mut regions = Regions::default();
            regions.add("a".into(), &star([531_000.0, 5_040_000.0], &own));
            regions.add("b".into(), &star([531_000.0 + off[0], 5_040_000.0 + off[1]], &other));
            let overlay = regions.shape(0).intersection(&regions.shape(1)).unsigned_area();
            match regions.common(0, 1, &mut Scratch::default()) {
                Common::Area(area) => prop_assert!((area - overlay).abs() < 1e-3, "{area} {overlay}"),
                Common::TooMany => prop_assert!(false, "they are few"),
            }
        }
    }
}
