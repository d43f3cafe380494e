//! Areas of rings and places in rings, in metres.

/// Where a place lies with respect to a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// Strictly inside.
    Inside,
    /// On an edge or a vertex.
    Boundary,
    /// Outside.
    Outside,
}

/// The signed area of a closed ring in m²: positive when it turns counter-clockwise in E/N.
///
/// Summed about the first vertex, so that coordinates of millions of metres lose no digits.
pub fn ring_area(ring: &[[f64; 2]]) -> f64 {
    let Some(&[e0, n0]) = ring.first() else {
        return 0.0;
    };
    let mut twice = 0.0;
    for pair in ring.windows(2) {
        let ([e1, n1], [e2, n2]) = (pair[0], pair[1]);
        twice += (e1 - e0) * (n2 - n0) - (e2 - e0) * (n1 - n0);
    }
    twice / 2.0
}

/// Says whether a place lies in a closed ring, by counting crossings of the ray to the east.
///
/// An edge counts when exactly one of its ends lies above the ray, so a vertex on the ray is
/// counted once (Franklin's rule); places within floating-point zero of an edge are `Boundary`.
pub fn locate_in_ring(ring: &[[f64; 2]], place: [f64; 2]) -> Location {
    let [e, n] = place;
    let mut inside = false;
    for pair in ring.windows(2) {
        let ([e1, n1], [e2, n2]) = (pair[0], pair[1]);
        let cross = (e2 - e1) * (n - n1) - (n2 - n1) * (e - e1);
        if cross == 0.0 && e >= e1.min(e2) && e <= e1.max(e2) && n >= n1.min(n2) && n <= n1.max(n2)
        {
            return Location::Boundary;
        }
        if (n1 > n) != (n2 > n) {
            // The ray meets the edge to the east of the place when the place is to its left
            // as seen along the upward direction.
            let left_of_upward = if n2 > n1 { cross > 0.0 } else { cross < 0.0 };
            if left_of_upward {
                inside = !inside;
            }
        }
    }
    if inside {
        Location::Inside
    } else {
        Location::Outside
    }
}

/// How far a place lies from a line, in metres; infinitely far from a line of one vertex.
pub fn distance_to_line(line: &[[f64; 2]], place: [f64; 2]) -> f64 {
    line.windows(2)
        .map(|pair| {
            let ([e1, n1], [e2, n2]) = (pair[0], pair[1]);
            let (run, rise) = (e2 - e1, n2 - n1);
            let squared = run * run + rise * rise;
            let share = if squared > 0.0 {
                (((place[0] - e1) * run + (place[1] - n1) * rise) / squared).clamp(0.0, 1.0)
            } else {
                0.0
            };
            (place[0] - e1 - share * run).hypot(place[1] - n1 - share * rise)
        })
        .fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [[f64; 2]; 5] = [
        [0.0, 0.0],
        [10.0, 0.0],
        [10.0, 10.0],
        [0.0, 10.0],
        [0.0, 0.0],
    ];

    #[test]
    fn area_is_signed_by_direction_and_free_of_the_origin() {
        assert_eq!(ring_area(&SQUARE), 100.0);
        let reversed: Vec<_> = SQUARE.iter().rev().copied().collect();
        assert_eq!(ring_area(&reversed), -100.0);
        let far: Vec<_> = SQUARE
            .iter()
            .map(|[e, n]| [e + 500_000.0, n + 5_000_000.0])
            .collect();
        assert_eq!(ring_area(&far), 100.0);
    }

    #[test]
    fn a_line_is_as_far_as_its_nearest_edge() {
        let line = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]];
        assert_eq!(distance_to_line(&line, [5.0, 3.0]), 3.0);
        assert_eq!(distance_to_line(&line, [13.0, 14.0]), 5.0);
        assert_eq!(distance_to_line(&line, [10.0, 4.0]), 0.0);
        assert_eq!(distance_to_line(&[[1.0, 1.0], [1.0, 1.0]], [1.0, 3.0]), 2.0);
        assert_eq!(distance_to_line(&[[1.0, 1.0]], [1.0, 3.0]), f64::INFINITY);
    }

    #[test]
    fn places_are_inside_on_or_outside() {
        assert_eq!(locate_in_ring(&SQUARE, [5.0, 5.0]), Location::Inside);
        assert_eq!(locate_in_ring(&SQUARE, [10.0, 5.0]), Location::Boundary);
        assert_eq!(locate_in_ring(&SQUARE, [10.0, 10.0]), Location::Boundary);
        assert_eq!(locate_in_ring(&SQUARE, [11.0, 5.0]), Location::Outside);
        assert_eq!(locate_in_ring(&SQUARE, [-1.0, 10.0]), Location::Outside);
        assert_eq!(locate_in_ring(&SQUARE, [-1.0, 0.0]), Location::Outside);
    }

    #[test]
    fn a_ray_through_vertices_counts_each_once() {
        let star = [
            [0.0, 0.0],
            [4.0, 2.0],
            [8.0, 0.0],
            [6.0, 4.0],
            [8.0, 8.0],
            [4.0, 6.0],
            [0.0, 8.0],
            [2.0, 4.0],
            [0.0, 0.0],
        ];
        assert_eq!(locate_in_ring(&star, [4.0, 4.0]), Location::Inside);
        assert_eq!(locate_in_ring(&star, [1.0, 4.0]), Location::Outside);
        assert_eq!(locate_in_ring(&star, [-1.0, 0.0]), Location::Outside);
        assert_eq!(locate_in_ring(&star, [-1.0, 8.0]), Location::Outside);
    }
}
