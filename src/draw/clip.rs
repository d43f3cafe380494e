//! Cuts rings and lines to a box, so that a drawing holds little beyond its frame.

use super::frame::GroundBox;

/// A closed ring cut to a box: closed again, or empty (Sutherland and Hodgman).
///
/// Parts that leave and re-enter are joined along the edge of the box, which lies outside of
/// what is seen.
pub(super) fn ring(points: &[[f64; 2]], area: &GroundBox) -> Vec<[f64; 2]> {
    let mut current: Vec<[f64; 2]> = points.to_vec();
    if current.iter().all(|point| holds(area, *point)) {
        return current;
    }
    current.pop();
    for side in SIDES {
        let input = std::mem::take(&mut current);
        let Some(mut before) = input.last().copied() else {
            return Vec::new();
        };
        for point in input {
            match (side.inside(area, before), side.inside(area, point)) {
                (true, true) => current.push(point),
                (true, false) => current.push(side.crossing(area, before, point)),
                (false, true) => {
                    current.push(side.crossing(area, before, point));
                    current.push(point);
                }
                (false, false) => {}
            }
            before = point;
        }
    }
    match current.first().copied() {
        Some(first) if current.len() >= 3 => {
            current.push(first);
            current
        }
        _ => Vec::new(),
    }
}

/// The pieces of a line inside a box.
pub(super) fn line(points: &[[f64; 2]], area: &GroundBox) -> Vec<Vec<[f64; 2]>> {
    let mut pieces: Vec<Vec<[f64; 2]>> = Vec::new();
    for pair in points.windows(2) {
        let Some((from, to)) = segment(pair[0], pair[1], area) else {
            continue;
        };
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&from) => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
    }
    pieces
}

pub(super) fn holds(area: &GroundBox, [e, n]: [f64; 2]) -> bool {
    e >= area.min[0] && e <= area.max[0] && n >= area.min[1] && n <= area.max[1]
}

#[derive(Clone, Copy)]
struct Side {
    axis: usize,
    upper: bool,
}

const SIDES: [Side; 4] = [
    Side {
        axis: 0,
        upper: false,
    },
    Side {
        axis: 0,
        upper: true,
    },
    Side {
        axis: 1,
        upper: false,
    },
    Side {
        axis: 1,
        upper: true,
    },
];

impl Side {
    fn limit(self, area: &GroundBox) -> f64 {
        if self.upper {
            area.max[self.axis]
        } else {
            area.min[self.axis]
        }
    }

    fn inside(self, area: &GroundBox, point: [f64; 2]) -> bool {
        let value = point[self.axis];
        if self.upper {
            value <= self.limit(area)
        } else {
            value >= self.limit(area)
        }
    }

    // Called only when exactly one end is inside: the ends differ along the axis.
    fn crossing(self, area: &GroundBox, from: [f64; 2], to: [f64; 2]) -> [f64; 2] {
        let limit = self.limit(area);
        let share = (limit - from[self.axis]) / (to[self.axis] - from[self.axis]);
        let other = 1 - self.axis;
        let mut point = [limit; 2];
        point[other] = from[other] + share * (to[other] - from[other]);
        point
    }
}

/// The piece of a segment inside a box (Liang and Barsky).
fn segment(from: [f64; 2], to: [f64; 2], area: &GroundBox) -> Option<([f64; 2], [f64; 2])> {
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    for axis in 0..2 {
        let run = to[axis] - from[axis];
        for (distance, step) in [
            (from[axis] - area.min[axis], -run),
            (area.max[axis] - from[axis], run),
        ] {
            if step == 0.0 {
                if distance < 0.0 {
                    return None;
                }
                continue;
            }
            let share = distance / step;
            if step < 0.0 {
                start = start.max(share);
            } else {
                end = end.min(share);
            }
        }
    }
    if start > end {
        return None;
    }
    let at = |share: f64| {
        if share == 0.0 {
            from
        } else if share == 1.0 {
            to
        } else {
            [0, 1].map(|axis| from[axis] + share * (to[axis] - from[axis]))
        }
    };
    Some((at(start), at(end)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::ring_area;

    const AREA: GroundBox = GroundBox {
        min: [0.0, 0.0],
        max: [10.0, 10.0],
    };

    #[test]
    fn a_ring_keeps_the_area_that_lies_in_the_box() {
        let diamond = [
            [5.0, -5.0],
            [15.0, 5.0],
            [5.0, 15.0],
            [-5.0, 5.0],
            [5.0, -5.0],
        ];
        let cut = ring(&diamond, &AREA);
        assert_eq!(ring_area(&cut), 100.0);
        assert_eq!(cut.first(), cut.last());
        let half = [[5.0, 2.0], [20.0, 2.0], [20.0, 4.0], [5.0, 4.0], [5.0, 2.0]];
        assert_eq!(ring_area(&ring(&half, &AREA)), 10.0);
        let far = [[20.0, 2.0], [30.0, 2.0], [30.0, 4.0], [20.0, 2.0]];
        assert!(ring(&far, &AREA).is_empty());
    }

    #[test]
    fn a_line_falls_into_the_pieces_that_lie_in_the_box() {
        let zigzag = [
            [-5.0, 5.0],
            [5.0, 5.0],
            [5.0, 20.0],
            [8.0, 20.0],
            [8.0, 5.0],
        ];
        assert_eq!(
            line(&zigzag, &AREA),
            [
                vec![[0.0, 5.0], [5.0, 5.0], [5.0, 10.0]],
                vec![[8.0, 10.0], [8.0, 5.0]],
            ]
        );
        assert!(line(&[[11.0, 0.0], [11.0, 9.0]], &AREA).is_empty());
    }
}
