//! Clips rings and lines to a tile, the same way for both neighbours of an edge.
//!
//! Sutherland and Hodgman, "Reentrant polygon clipping" (1974), one side after the other. The
//! place where an edge meets a side is computed from the edge in one canonical direction, so
//! that a polygon and its neighbour, which runs the same edge backwards, get the same point. It is
//! computed from the whole edge, never from a piece of it: what lies in the box is then less than
//! half a unit from where it was, and crosses nothing that it did not cross before.

/// A closed box in tile units.
#[derive(Debug, Clone, Copy)]
pub struct ClipBox {
    /// Smallest unit kept, both axes.
    pub min: i64,
    /// Largest unit kept, both axes.
    pub max: i64,
}

type Point = [i64; 2];

/// Gives every edge that comes into a box, or leaves it, a vertex where it does; what lies between
/// is the edge's way through the box.
pub fn split_at_sides(ring: &mut Vec<Point>, scratch: &mut Vec<Point>, area: ClipBox) {
    let inside = |point: &Point| point.iter().all(|v| (area.min..=area.max).contains(v));
    scratch.clear();
    let Some(mut previous) = ring.last().copied() else {
        return;
    };
    for &point in ring.iter() {
        let is_plain = inside(&previous) && inside(&point);
        if !(is_plain || is_beside(previous, point, area))
            && let Some([from, to]) = way_through(previous, point, area)
        {
            for vertex in [from, to] {
                if scratch.last() != Some(&vertex) {
                    scratch.push(vertex);
                }
            }
        }
        if scratch.last() != Some(&point) {
            scratch.push(point);
        }
        previous = point;
    }
    // The first edge begins at the last vertex, which may have come as its way in already.
    while scratch.len() > 1 && scratch.first() == scratch.last() {
        scratch.pop();
    }
    std::mem::swap(ring, scratch);
}

/// True when an edge lies beyond one side of a box.
fn is_beside(a: Point, b: Point, area: ClipBox) -> bool {
    (0..2).any(|axis| {
        (a[axis] < area.min && b[axis] < area.min) || (a[axis] > area.max && b[axis] > area.max)
    })
}

/// Cuts a box out of an open ring that turns clockwise on the screen, has its vertices at the
/// sides (see [`split_at_sides`]) and does not touch itself, where it comes into the box once.
///
/// False where it does not, or where rounding may have made it touch itself at a side: then
/// `ring` is as it was.
pub fn cut_once(ring: &mut Vec<Point>, scratch: &mut Vec<Point>, area: ClipBox) -> bool {
    let inside = |point: &Point| point.iter().all(|v| (area.min..=area.max).contains(v));
    let at_side = |point: &Point| point.iter().any(|v| *v == area.min || *v == area.max);
    let count = ring.len();
    // The run of vertices in the box: it begins after the one vertex outside that leads in.
    let mut starts = (0..count).filter(|at| {
        let before = if *at == 0 { count - 1 } else { *at - 1 };
        inside(&ring[*at]) && !inside(&ring[before])
    });
    let (Some(start), None) = (starts.next(), starts.next()) else {
        return false;
    };
    scratch.clear();
    let run = ring[start..].iter().chain(&ring[..start]);
    scratch.extend(run.take_while(|point| inside(point)).copied());
    let [entry, middle @ .., exit] = scratch.as_slice() else {
        return false;
    };
    let (entry, exit) = (*entry, *exit);
    if entry == exit || !at_side(&entry) || !at_side(&exit) || middle.iter().any(at_side) {
        return false;
    }
    // Back along the sides, clockwise, from where it leaves to where it comes in.
    let side = area.max - area.min;
    let (from, to) = (along(exit, area), along(entry, area));
    let corners = [
        [area.min, area.min],
        [area.max, area.min],
        [area.max, area.max],
        [area.min, area.max],
    ];
    let to = if to < from { to + 4 * side } else { to };
    for (turn, at) in (0_i64..).map(|turn| (turn, turn * side)).take(8) {
        if at > from && at < to {
            scratch.push(corners[(turn % 4) as usize]);
        }
    }
    if super::assemble::twice_area(scratch) <= 0 {
        return false;
    }
    std::mem::swap(ring, scratch);
    true
}

/// How far a place on the sides of a box is from its first corner, clockwise on the screen.
fn along([x, y]: Point, area: ClipBox) -> i64 {
    let side = area.max - area.min;
    if y == area.min {
        x - area.min
    } else if x == area.max {
        side + y - area.min
    } else if y == area.max {
        2 * side + area.max - x
    } else {
        3 * side + area.max - y
    }
}

/// Where an edge comes into a box and where it leaves it, as Liang and Barsky (1983) find it; its
/// own ends where they lie inside.
fn way_through(a: Point, b: Point, area: ClipBox) -> Option<[Point; 2]> {
    // Shares of the edge as fractions, each with the side that it comes from.
    let mut entry: (i128, i128, Option<(usize, i64)>) = (0, 1, None);
    let mut exit: (i128, i128, Option<(usize, i64)>) = (1, 1, None);
    for axis in 0..2 {
        let run = b[axis] - a[axis];
        if run == 0 {
            if !(area.min..=area.max).contains(&a[axis]) {
                return None;
            }
            continue;
        }
        let (near, far) = if run > 0 {
            (area.min, area.max)
        } else {
            (area.max, area.min)
        };
        let length = i128::from(run.abs());
        let share = |bound: i64| i128::from((bound - a[axis]) * run.signum());
        if share(near) * entry.1 > entry.0 * length {
            entry = (share(near), length, Some((axis, near)));
        }
        if share(far) * exit.1 < exit.0 * length {
            exit = (share(far), length, Some((axis, far)));
        }
    }
    if entry.0 * exit.1 > exit.0 * entry.1 {
        return None;
    }
    let at = |side: Option<(usize, i64)>, end: Point| {
        side.map_or(end, |(axis, bound)| {
            crossing(a, b, axis, bound).map(|v| v.clamp(area.min, area.max))
        })
    };
    Some([at(entry.2, a), at(exit.2, b)])
}

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

/// Clips a line to a box and hands on each part that is left, of at least two vertices.
///
/// `part` is a buffer. A line that only touches the box in a point leaves nothing.
pub fn clip_line(
    line: &[Point],
    part: &mut Vec<Point>,
    area: ClipBox,
    mut hand_on: impl FnMut(&[Point]),
) {
    part.clear();
    let mut flush = |part: &mut Vec<Point>| {
        if part.len() > 1 {
            hand_on(part);
        }
        part.clear();
    };
    for edge in line.windows(2) {
        let Some([from, to]) = clip_edge([edge[0], edge[1]], area) else {
            flush(part);
            continue;
        };
        if part.last() != Some(&from) {
            flush(part);
            part.push(from);
        }
        if to != from {
            part.push(to);
        }
    }
    flush(part);
}

/// What of an edge lies in a box; its direction is kept.
fn clip_edge([mut a, mut b]: [Point; 2], area: ClipBox) -> Option<[Point; 2]> {
    for axis in 0..2 {
        for (bound, keep_above) in [(area.min, true), (area.max, false)] {
            let inside = |point: Point| {
                if keep_above {
                    point[axis] >= bound
                } else {
                    point[axis] <= bound
                }
            };
            match (inside(a), inside(b)) {
                (true, true) => {}
                (false, false) => return None,
                (true, false) => b = crossing(a, b, axis, bound),
                (false, true) => a = crossing(a, b, axis, bound),
            }
        }
    }
    Some([a, b])
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

    /// Whether a point lies within a unit and a half of an edge.
    fn beside(a: Point, b: Point, point: Point) -> bool {
        let real = |p: Point| p.map(|v| v as f64);
        crate::geo::distance_to_line(&[real(a), real(b)], real(point)) <= 1.5
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

    fn clip_into_parts(line: &[Point]) -> Vec<Vec<Point>> {
        let mut parts = Vec::new();
        clip_line(line, &mut Vec::new(), TILE, |part| {
            parts.push(part.to_vec())
        });
        parts
    }

    #[test]
    fn a_line_inside_stays_and_a_line_outside_goes() {
        let inside = vec![[0, 0], [10, 0], [10, 10]];
        assert_eq!(clip_into_parts(&inside), [inside]);
        assert!(clip_into_parts(&[[5000, 0], [6000, 0], [6000, 10]]).is_empty());
        // It passes a corner without coming in, and it touches a side in one point.
        assert!(clip_into_parts(&[[-200, 0], [0, -200]]).is_empty());
        assert!(clip_into_parts(&[[-100, 0], [-64, 50], [-100, 100]]).is_empty());
    }

    #[test]
    fn a_line_that_comes_back_is_in_several_parts() {
        let line = [
            [0, 10],
            [5000, 10],
            [5000, 30],
            [0, 30],
            [0, -1000],
            [90, -1000],
            [90, 8],
        ];
        assert_eq!(
            clip_into_parts(&line),
            [
                vec![[0, 10], [4160, 10]],
                vec![[4160, 30], [0, 30], [0, -64]],
                vec![[90, -64], [90, 8]],
            ]
        );
    }

    /// A ring that begins with its least vertex.
    fn from_least(ring: &[Point]) -> Vec<Point> {
        let first = (0..ring.len()).min_by_key(|at| ring[*at]).unwrap_or(0);
        ring[first..]
            .iter()
            .chain(&ring[..first])
            .copied()
            .collect()
    }

    proptest! {
        #[test]
        fn parts_of_a_line_lie_inside_and_on_it(line in prop::collection::vec(
            prop::array::uniform2(-9000_i64..9000), 2..12)) {
            for part in clip_into_parts(&line) {
                prop_assert!(part.len() > 1);
                for point in &part {
                    prop_assert!(point.iter().all(|v| (-64..=4160).contains(v)));
                    let near = line.windows(2).any(|edge| beside(edge[0], edge[1], *point));
                    prop_assert!(near, "{:?} {:?}", line, point);
                }
            }
        }

        #[test]
        fn a_line_backwards_has_the_same_parts_backwards(line in prop::collection::vec(
            prop::array::uniform2(-9000_i64..9000), 2..12)) {
            let backwards: Vec<Point> = line.iter().rev().copied().collect();
            let mut parts = clip_into_parts(&backwards);
            parts.reverse();
            parts.iter_mut().for_each(|part| part.reverse());
            prop_assert_eq!(parts, clip_into_parts(&line));
        }

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
        fn what_comes_in_once_is_cut_as_taking_apart_would(
            center in prop::array::uniform2(-2000_i64..6000),
            spokes in prop::collection::vec(20_i64..6000, 3..24),
        ) {
            // A star around a point turns clockwise on the screen and does not cross itself.
            let count = spokes.len() as f64;
            let star: Vec<Point> = spokes.iter().enumerate().map(|(number, length)| {
                let angle = number as f64 / count * std::f64::consts::TAU;
                let (sin, cos) = angle.sin_cos();
                let [x, y] = [cos, sin].map(|share| (share * *length as f64).round() as i64);
                [center[0] + x, center[1] + y]
            }).collect();
            prop_assume!(super::super::assemble::twice_area(&star) > 0);
            let mut split = star.clone();
            split_at_sides(&mut split, &mut Vec::new(), TILE);
            let mut cut = split.clone();
            if cut_once(&mut cut, &mut Vec::new(), TILE) {
                clip_ring(&mut split, &mut Vec::new(), TILE);
                let mut assembler = super::super::assemble::Assembler::default();
                assembler.add(&split);
                let apart = assembler.finish(TILE);
                prop_assert_eq!(apart.len(), 1, "{:?}", apart);
                prop_assert!(apart[0].holes.is_empty());
                prop_assert_eq!(from_least(&cut), from_least(&apart[0].outer));
            } else {
                prop_assert_eq!(cut, split);
            }
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
