//! Arcs of circles to points on them.

use std::f64::consts::TAU;

type Point = [f64; 2];

/// Returns points on the arcs through control points: start, a point between, end, and so on.
///
/// No chord is farther from its arc than `tolerance`. An arc gives the same points from either
/// end, to the last bit, so that neighbours that share it stay neighbours.
pub(crate) fn through(controls: &[Point], tolerance: f64, most: usize) -> Vec<Point> {
    let Some(first) = controls.first() else {
        return Vec::new();
    };
    let mut points = vec![*first];
    let mut at = 0;
    while at + 2 < controls.len() {
        let (start, between, end) = (controls[at], controls[at + 1], controls[at + 2]);
        if start <= end {
            arc(start, between, end, tolerance, most, &mut points);
        } else {
            let mut reverse = Vec::new();
            arc(end, between, start, tolerance, most, &mut reverse);
            reverse.pop();
            points.extend(reverse.into_iter().rev());
            points.push(end);
        }
        at += 2;
    }
    // An even number of control points: what is left over is a straight piece.
    points.extend(&controls[at + 1..]);
    points
}

/// Adds the points of an arc after its start, which is not after its end.
fn arc(
    start: Point,
    between: Point,
    end: Point,
    tolerance: f64,
    most: usize,
    out: &mut Vec<Point>,
) {
    let Some((center, sweep)) = circle(start, between, end) else {
        out.extend([between, end]);
        return;
    };
    let radius = (start[0] - center[0]).hypot(start[1] - center[1]);
    let chord = 1.0 - tolerance / radius;
    let step = if chord > 0.0 {
        2.0 * chord.acos()
    } else {
        TAU / 4.0
    };
    let wanted = (sweep.abs() / step.min(TAU / 4.0)).ceil();
    let count = if wanted.is_finite() && wanted < most as f64 {
        (wanted as usize).max(2)
    } else {
        most
    };
    let from = (start[1] - center[1]).atan2(start[0] - center[0]);
    for index in 1..count {
        let angle = from + sweep * index as f64 / count as f64;
        out.push([
            center[0] + radius * angle.cos(),
            center[1] + radius * angle.sin(),
        ]);
    }
    out.push(end);
}

/// Returns the centre and the angle from start to end by way of the point between (positive
/// is counterclockwise), and `None` where the three are on one line.
fn circle(start: Point, between: Point, end: Point) -> Option<(Point, f64)> {
    if start == end {
        // A whole circle: the point between is opposite.
        let center = [
            f64::midpoint(start[0], between[0]),
            f64::midpoint(start[1], between[1]),
        ];
        return (start != between).then_some((center, TAU));
    }
    let (bx, by) = (between[0] - start[0], between[1] - start[1]);
    let (cx, cy) = (end[0] - start[0], end[1] - start[1]);
    let twice = 2.0 * (bx * cy - by * cx);
    let (b, c) = (bx * bx + by * by, cx * cx + cy * cy);
    let (x, y) = ((cy * b - by * c) / twice, (bx * c - cx * b) / twice);
    // Flatter than what the numbers can tell apart.
    if !(x.is_finite() && y.is_finite()) || x.hypot(y) > 1e9 * c.sqrt() {
        return None;
    }
    let angle = |px: f64, py: f64| (py - y).atan2(px - x);
    let (from, to) = (angle(0.0, 0.0), angle(cx, cy));
    let mut sweep = (to - from).rem_euclid(TAU);
    if twice < 0.0 {
        sweep -= TAU;
    }
    Some(([start[0] + x, start[1] + y], sweep))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_circle_is_as_near_as_asked() {
        let controls = [[10.0, 0.0], [0.0, 10.0], [-10.0, 0.0]];
        let points = through(&controls, 0.01, 1_000);
        assert_eq!(
            (points[0], points[points.len() - 1]),
            (controls[0], controls[2])
        );
        for pair in points.windows(2) {
            let middle = [0, 1].map(|axis| f64::midpoint(pair[0][axis], pair[1][axis]));
            let distance = 10.0 - middle[0].hypot(middle[1]);
            assert!((0.0..=0.010_001).contains(&distance), "{distance}");
            assert!((pair[0][0].hypot(pair[0][1]) - 10.0).abs() < 1e-9);
        }
        assert!((30..60).contains(&points.len()), "{}", points.len());
    }

    #[test]
    fn an_arc_is_the_same_from_both_ends() {
        let mut controls = [
            [528_400.1, 5_050_400.7],
            [528_433.3, 5_050_410.2],
            [528_450.0, 5_050_380.4],
        ];
        let there = through(&controls, 0.001, 1_000);
        controls.reverse();
        let mut back = through(&controls, 0.001, 1_000);
        back.reverse();
        assert_eq!(there, back);
    }

    #[test]
    fn circles_straight_pieces_and_limits() {
        let circle = through(&[[0.0, 0.0], [2.0, 0.0], [0.0, 0.0]], 0.1, 1_000);
        assert_eq!(circle.first(), circle.last());
        assert!(circle.len() > 6);
        assert!(
            circle
                .iter()
                .all(|p| ((p[0] - 1.0).hypot(p[1]) - 1.0).abs() < 1e-9)
        );
        let straight = [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]];
        assert_eq!(through(&straight, 0.1, 1_000), straight);
        assert_eq!(through(&straight[..2], 0.1, 1_000), straight[..2]);
        assert_eq!(through(&[], 0.1, 1_000), [[0.0; 2]; 0]);
        let fine = through(&[[10.0, 0.0], [0.0, 10.0], [-10.0, 0.0]], 1e-30, 50);
        assert_eq!(fine.len(), 51);
    }
}
