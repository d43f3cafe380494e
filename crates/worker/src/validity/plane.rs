//! Exact predicates of the plane.

use robust::{Coord, orient2d};

/// A point, x then y.
pub(crate) type Point = [f64; 2];

/// Says on which side of the line from `a` to `b` a point lies: positive left, zero on it.
pub(crate) fn side(a: Point, b: Point, p: Point) -> f64 {
    let coord = |[x, y]: Point| Coord { x, y };
    orient2d(coord(a), coord(b), coord(p))
}

/// How two segments meet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Meeting {
    /// Not at all.
    None,
    /// In a point inside both; the place is rounded.
    Across(Point),
    /// Along a piece that starts here.
    Along(Point),
    /// In one point, which is an end of one of them at least.
    Touch(Point),
}

/// Says how two segments meet; neither may have length zero.
pub(crate) fn meeting(a: [Point; 2], b: [Point; 2]) -> Meeting {
    if apart(a, b, 0) || apart(a, b, 1) {
        return Meeting::None;
    }
    let (b0, b1) = (side(a[0], a[1], b[0]), side(a[0], a[1], b[1]));
    if same_side(b0, b1) {
        return Meeting::None;
    }
    let (a0, a1) = (side(b[0], b[1], a[0]), side(b[0], b[1], a[1]));
    if same_side(a0, a1) {
        return Meeting::None;
    }
    if b0 == 0.0 && b1 == 0.0 {
        return along(a, b);
    }
    // Not parallel, and each straddles the other's line: an end on that line is on the segment.
    for (position, end) in [(b0, b[0]), (b1, b[1]), (a0, a[0]), (a1, a[1])] {
        if position == 0.0 {
            return Meeting::Touch(end);
        }
    }
    Meeting::Across(place(a, b0, b1, b))
}

fn apart(a: [Point; 2], b: [Point; 2], axis: usize) -> bool {
    let (a0, a1, b0, b1) = (a[0][axis], a[1][axis], b[0][axis], b[1][axis]);
    a0.max(a1) < b0.min(b1) || b0.max(b1) < a0.min(a1)
}

fn same_side(one: f64, other: f64) -> bool {
    (one > 0.0 && other > 0.0) || (one < 0.0 && other < 0.0)
}

/// Two segments on one line.
fn along(a: [Point; 2], b: [Point; 2]) -> Meeting {
    let ordered = |s: [Point; 2]| if s[0] <= s[1] { s } else { [s[1], s[0]] };
    let (a, b) = (ordered(a), ordered(b));
    let from = if a[0] > b[0] { a[0] } else { b[0] };
    let to = if a[1] < b[1] { a[1] } else { b[1] };
    if from < to {
        Meeting::Along(from)
    } else if from == to {
        Meeting::Touch(from)
    } else {
        Meeting::None
    }
}

/// Where `b` crosses the line of `a`, kept within the box of `a` against rounding.
fn place(a: [Point; 2], b0: f64, b1: f64, b: [Point; 2]) -> Point {
    let share = b0 / (b0 - b1);
    let on = |axis: usize| {
        let value = b[0][axis] + share * (b[1][axis] - b[0][axis]);
        let (low, high) = (a[0][axis].min(a[1][axis]), a[0][axis].max(a[1][axis]));
        if value.is_finite() {
            value.clamp(low, high)
        } else {
            low
        }
    };
    [on(0), on(1)]
}

fn quadrant(origin: Point, p: Point) -> u8 {
    match (p[0] >= origin[0], p[1] >= origin[1]) {
        (true, true) => 0,
        (false, true) => 1,
        (false, false) => 2,
        (true, false) => 3,
    }
}

/// Says whether the direction of `p` has a greater angle than that of `q`, counted
/// counterclockwise from the x axis.
fn angle_greater(origin: Point, p: Point, q: Point) -> bool {
    let (qp, qq) = (quadrant(origin, p), quadrant(origin, q));
    if qp == qq {
        return side(origin, q, p) > 0.0;
    }
    qp > qq
}

/// Says whether the direction of `b` lies inside the sweep from `a0` counterclockwise to `a1`.
///
/// A direction equal to one of the borders is not looked at by callers.
pub(crate) fn in_corner(node: Point, a0: Point, a1: Point, b: Point) -> bool {
    let (low, high, inside) = if angle_greater(node, a0, a1) {
        (a1, a0, false)
    } else {
        (a0, a1, true)
    };
    let between = angle_greater(node, b, low) && !angle_greater(node, b, high);
    between == inside
}

/// Says whether the path `b0`, node, `b1` crosses the path `a0`, node, `a1`.
pub(crate) fn crosses(node: Point, a: [Point; 2], b: [Point; 2]) -> bool {
    in_corner(node, a[0], a[1], b[0]) != in_corner(node, a[0], a[1], b[1])
}
