//! A ring without repeated points; point in ring, ring in ring.

use super::plane::{Point, in_corner, side};
use super::{Budget, Rect, TooComplex};

/// A ring of a polygon, closed, without repeated consecutive points.
#[derive(Debug, Clone)]
pub(crate) struct Ring {
    pub(crate) polygon: usize,
    pub(crate) hole: bool,
    pub(crate) points: Vec<Point>,
    pub(crate) rect: Rect,
}

/// Where a point lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Location {
    Inside,
    Border,
    Outside,
}

impl Ring {
    pub(crate) fn new(polygon: usize, hole: bool, points: &[Point]) -> Self {
        // Adding zero makes -0.0 and 0.0 one value, so that points compare by their bits.
        let mut points: Vec<Point> = points.iter().map(|[x, y]| [x + 0.0, y + 0.0]).collect();
        points.dedup();
        Self {
            polygon,
            hole,
            rect: Rect::of(&points),
            points,
        }
    }

    /// Returns the number of its segments.
    pub(crate) const fn len(&self) -> usize {
        self.points.len() - 1
    }

    pub(crate) fn segment(&self, index: usize) -> [Point; 2] {
        [self.points[index], self.points[index + 1]]
    }

    /// Returns the two neighbours of a point of the ring that lies on a segment of it.
    pub(crate) fn around(&self, index: usize, p: Point) -> [Point; 2] {
        let [start, end] = self.segment(index);
        let last = self.len();
        if p == start {
            [
                self.points[if index == 0 { last - 1 } else { index - 1 }],
                end,
            ]
        } else if p == end {
            [
                start,
                self.points[if index + 1 == last { 1 } else { index + 2 }],
            ]
        } else {
            [start, end]
        }
    }

    /// Says whether the ring, which must be simple, runs counterclockwise.
    pub(crate) fn is_counterclockwise(&self) -> bool {
        // The first point in the order of x, then y is a true corner.
        let lowest = (0..self.len())
            .min_by(|a, b| {
                let (a, b) = (self.points[*a], self.points[*b]);
                a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1]))
            })
            .unwrap_or(0);
        let [before, after] = self.around(lowest, self.points[lowest]);
        side(before, self.points[lowest], after) > 0.0
    }

    /// Says where a point lies, the ring's direction regardless.
    pub(crate) fn locate(&self, p: Point) -> Location {
        if !self.rect.covers(&Rect::of(&[p])) {
            return Location::Outside;
        }
        let mut inside = false;
        for pair in self.points.windows(2) {
            let (a, b) = (pair[0], pair[1]);
            if a[0].max(b[0]) < p[0] {
                continue;
            }
            if p == b {
                return Location::Border;
            }
            if a[1] == p[1] && b[1] == p[1] {
                if a[0].min(b[0]) <= p[0] {
                    return Location::Border;
                }
            } else if (a[1] > p[1]) != (b[1] > p[1]) {
                let left = side(a, b, p);
                if left == 0.0 {
                    return Location::Border;
                }
                // The ray to the right is met where p is left of an edge that runs upwards.
                inside ^= (left > 0.0) == (b[1] > a[1]);
            }
        }
        if inside {
            Location::Inside
        } else {
            Location::Outside
        }
    }
}

/// Says whether a ring lies inside another that it does not cross nor run along.
pub(crate) fn is_nested(
    inner: &Ring,
    outer: &Ring,
    budget: &mut Budget,
) -> Result<bool, TooComplex> {
    if !outer.rect.covers(&inner.rect) {
        return Ok(false);
    }
    budget.spend(outer.points.len())?;
    let [p, next] = inner.segment(0);
    Ok(match outer.locate(p) {
        Location::Inside => true,
        Location::Outside => false,
        Location::Border => {
            budget.spend(2 * outer.points.len())?;
            starts_inside(p, next, outer)
        }
    })
}

/// Says whether the segment from a point on a ring's border goes into the ring.
fn starts_inside(p: Point, next: Point, ring: &Ring) -> bool {
    let on = |index: &usize| {
        let segment = ring.segment(*index);
        Rect::of(&segment).covers(&Rect::of(&[p])) && side(segment[0], segment[1], p) == 0.0
    };
    let Some(index) = (0..ring.len()).find(on) else {
        return false;
    };
    let [before, after] = ring.around(index, p);
    // With the inside to the left, the corner opens counterclockwise from `after` to `before`.
    if ring.is_counterclockwise() {
        in_corner(p, after, before, next)
    } else {
        in_corner(p, before, after, next)
    }
}
