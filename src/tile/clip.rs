//! Clips rings to a tile, the same way for both neighbours of an edge.
//!
//! Sutherland and Hodgman, "Reentrant polygon clipping" (1974), one side after the other. The
//! place where an edge meets a side is computed from the edge in one canonical direction, so
//! that a polygon and its neighbour, which runs the same edge backwards, get the same point.

/// A closed box in tile units.
#[derive(Debug, Clone, Copy)]
pub struct ClipBox {
    /// Smallest unit kept, both axes.
    pub min: i64,
    /// Largest unit kept, both axes.
    pub max: i64,
}

type Point = [i64; 2];

/// Clips an open ring (first vertex not repeated) into `ring`, with `scratch` as second buffer.
///
/// The result may run along the box's sides, also more than once: it fills the same area.
pub fn clip_ring(ring: &mut Vec<Point>, scratch: &mut Vec<Point>, area: ClipBox) {
    for axis in 0..2 {
        for (bound, keep_above) in [(area.min, true), (area.max, false)] {
            let inside = |point: &Point| {
                if keep_above {
                    point[axis] >= bound
                } else {
                    point[axis] <= bound
                }
            };
            if ring.iter().all(inside) {
                continue;
            }
            scratch.clear();
            let Some(mut previous) = ring.last().copied() else {
                return;
            };
            for &point in ring.iter() {
                if inside(&point) != inside(&previous) {
                    scratch.push(crossing(previous, point, axis, bound));
                }
                if inside(&point) {
                    scratch.push(point);
                }
                previous = point;
            }
            std::mem::swap(ring, scratch);
            if ring.is_empty() {
                return;
            }
        }
    }
}

/// Where the edge meets the line `axis = bound`, rounded to a unit; independent of direction.
fn crossing(a: Point, b: Point, axis: usize, bound: i64) -> Point {
    let other = 1 - axis;
    let (p, q) = if (a[axis], a[other]) <= (b[axis], b[other]) {
        (a, b)
    } else {
        (b, a)
    };
    // 128 bits: at zoom 20 a difference may take 33 bits, and two of them are multiplied.
    let run = i128::from(q[axis] - p[axis]);
    let rise = i128::from(q[other] - p[other]);
    let step = i128::from(bound - p[axis]);
    let moved = (2 * rise * step + run).div_euclid(2 * run);
    let mut point = [0; 2];
    point[axis] = bound;
    // The moved distance lies between 0 and the edge's own rise, which is 64 bits.
    point[other] = p[other] + i64::try_from(moved).unwrap_or(0);
    point
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TILE: ClipBox = ClipBox {
        min: -64,
        max: 4160,
    };

    fn clip(mut ring: Vec<Point>) -> Vec<Point> {
        clip_ring(&mut ring, &mut Vec::new(), TILE);
        ring
    }

    fn twice_area(ring: &[Point]) -> i128 {
        ring.iter()
            .zip(ring.iter().cycle().skip(1))
            .map(|(a, b)| i128::from(a[0]) * i128::from(b[1]) - i128::from(b[0]) * i128::from(a[1]))
            .sum()
    }

    #[test]
    fn a_ring_inside_stays_and_a_ring_outside_goes() {
        let inside = vec![[0, 0], [10, 0], [10, 10]];
        assert_eq!(clip(inside.clone()), inside);
        assert!(clip(vec![[5000, 0], [6000, 0], [6000, 10]]).is_empty());
    }

    #[test]
    fn a_ring_around_the_tile_becomes_the_tile() {
        let far = 1 << 31;
        let clipped = clip(vec![[-far, -far], [far, -far], [far, far], [-far, far]]);
        assert_eq!(twice_area(&clipped), 2 * 4224 * 4224);
    }

    proptest! {
        #[test]
        fn neighbours_get_the_same_crossing(
            ax in -10_000_i64..10_000, ay in -10_000_i64..10_000,
            bx in -10_000_i64..10_000, by in -10_000_i64..10_000,
            bound in -64_i64..4160,
        ) {
            prop_assume!((ax < bound) != (bx < bound) && ax != bx);
            let forward = crossing([ax, ay], [bx, by], 0, bound);
            let backward = crossing([bx, by], [ax, ay], 0, bound);
            prop_assert_eq!(forward, backward);
            prop_assert!(forward[1] >= ay.min(by) && forward[1] <= ay.max(by));
        }

        #[test]
        fn nothing_is_left_outside(points in prop::collection::vec(
            prop::array::uniform2(-9000_i64..9000), 3..20)) {
            for point in clip(points) {
                prop_assert!(point.iter().all(|v| (-64..=4160).contains(v)));
            }
        }
    }
}
