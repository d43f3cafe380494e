//! Makes polygons of edges: takes away what runs both ways, and goes along what is left.
//!
//! It takes outlines apart that touch themselves after rounding, joins what clipping leaves along
//! the sides of a tile, and makes one outline of many polygons, whose common edges run both ways.
//! Vertices are those of the edges, so a neighbour's outline fits as before.

use super::clip::ClipBox;

type Point = [i64; 2];

/// A polygon: its outer ring, and its holes; all open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Polygon {
    pub(super) outer: Vec<Point>,
    pub(super) holes: Vec<Vec<Point>>,
}

/// Collects rings, then makes polygons of them.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    edges: Vec<[Point; 2]>,
    left: Vec<Walk>,
}

/// An edge that is left, and whether it was gone along.
#[derive(Debug, Clone, Copy)]
struct Walk {
    from: Point,
    to: Point,
    done: bool,
}

impl Assembler {
    /// Adds an open ring.
    pub(super) fn add(&mut self, ring: &[Point]) {
        let Some(mut previous) = ring.last().copied() else {
            return;
        };
        for &point in ring {
            if point != previous {
                self.edges.push([previous, point]);
            }
            previous = point;
        }
    }

    /// Makes polygons of all that was added, and forgets it.
    pub(super) fn finish(&mut self, sides: ClipBox) -> Vec<Polygon> {
        self.divide_sides(sides);
        self.cancel();
        let mut outer: Vec<(i64, Polygon)> = Vec::new();
        let mut holes: Vec<Vec<Point>> = Vec::new();
        let mut path = Vec::new();
        for start in 0..self.left.len() {
            self.walk(start, &mut path, &mut |ring| {
                let ring = without_steps(ring, sides);
                let area = twice_area(&ring);
                if area > 0 {
                    let polygon = Polygon {
                        outer: ring,
                        holes: Vec::new(),
                    };
                    outer.push((area, polygon));
                } else if area < 0 {
                    holes.push(ring);
                }
            });
        }
        self.left.clear();
        for hole in holes {
            let around = outer
                .iter_mut()
                .filter(|(_, polygon)| holds(&polygon.outer, &hole))
                .min_by_key(|(area, _)| *area);
            if let Some((_, polygon)) = around {
                polygon.holes.push(hole);
            }
        }
        outer.into_iter().map(|(_, polygon)| polygon).collect()
    }

    /// Divides edges along the sides of the box wherever another vertex lies on them.
    fn divide_sides(&mut self, sides: ClipBox) {
        for axis in 0..2 {
            for side in [sides.min, sides.max] {
                let other = 1 - axis;
                let mut stops: Vec<i64> = Vec::new();
                let mut has_edge = false;
                for [a, b] in &self.edges {
                    has_edge |= a[axis] == side && b[axis] == side;
                    if a[axis] == side {
                        stops.push(a[other]);
                    }
                }
                if !has_edge {
                    continue;
                }
                stops.sort_unstable();
                stops.dedup();
                let mut divided = Vec::new();
                self.edges.retain(|[a, b]| {
                    if a[axis] != side || b[axis] != side {
                        return true;
                    }
                    let (low, high) = (a[other].min(b[other]), a[other].max(b[other]));
                    let from = stops.partition_point(|stop| *stop <= low);
                    let to = stops.partition_point(|stop| *stop < high);
                    if from >= to {
                        return true;
                    }
                    let mut previous = *a;
                    let mut step = |stop: i64| {
                        let mut point = *a;
                        point[other] = stop;
                        divided.push([previous, point]);
                        previous = point;
                    };
                    if a[other] <= b[other] {
                        stops[from..to].iter().for_each(|stop| step(*stop));
                    } else {
                        stops[from..to].iter().rev().for_each(|stop| step(*stop));
                    }
                    divided.push([previous, *b]);
                    false
                });
                self.edges.append(&mut divided);
            }
        }
    }

    /// Takes away edges that run both ways; what is left is in the order of where it starts.
    fn cancel(&mut self) {
        let key = |[a, b]: &[Point; 2]| if a <= b { (*a, *b) } else { (*b, *a) };
        self.edges.sort_unstable_by_key(key);
        self.left.clear();
        for same in self.edges.chunk_by(|a, b| key(a) == key(b)) {
            let (low, high) = key(&same[0]);
            let forward = same.iter().filter(|[from, _]| *from == low).count();
            let backward = same.len() - forward;
            let (from, to) = if forward >= backward {
                (low, high)
            } else {
                (high, low)
            };
            for _ in 0..forward.abs_diff(backward) {
                self.left.push(Walk {
                    from,
                    to,
                    done: false,
                });
            }
        }
        self.edges.clear();
        self.left.sort_unstable_by_key(|walk| (walk.from, walk.to));
    }

    /// Goes along edges from one, and hands on a ring whenever it comes back to where it was.
    fn walk(&mut self, start: usize, path: &mut Vec<Point>, hand_on: &mut dyn FnMut(&[Point])) {
        if self.left[start].done {
            return;
        }
        path.clear();
        let mut edge = start;
        loop {
            let Walk { from, to, .. } = self.left[edge];
            self.left[edge].done = true;
            path.push(from);
            if let Some(back) = path.iter().rposition(|point| *point == to) {
                hand_on(&path[back..]);
                path.truncate(back);
                if back == 0 {
                    return;
                }
            }
            let Some(next) = self.next(from, to) else {
                return;
            };
            edge = next;
        }
    }

    /// Of the edges that leave a vertex, the one that keeps the inside on the right hand: the
    /// first that is met when turning from where one came from through the inside.
    fn next(&self, from: Point, at: Point) -> Option<usize> {
        let first = self.left.partition_point(|walk| walk.from < at);
        let leaving = self.left[first..].iter().take_while(|walk| walk.from == at);
        let back = [from[0] - at[0], from[1] - at[1]];
        let mut best: Option<(usize, Point)> = None;
        for (index, walk) in leaving.enumerate().filter(|(_, walk)| !walk.done) {
            let way = [walk.to[0] - at[0], walk.to[1] - at[1]];
            if best.is_none_or(|(_, known)| comes_before(back, way, known)) {
                best = Some((first + index, way));
            }
        }
        best.map(|(index, _)| index)
    }
}

/// True when, turning from `back` against the clock as the screen shows it, `one` is met before
/// `other`; `back` itself comes last.
fn comes_before(back: Point, one: Point, other: Point) -> bool {
    let cross = |a: Point, b: Point| a[0] * b[1] - a[1] * b[0];
    let dot = |a: Point, b: Point| a[0] * b[0] + a[1] * b[1];
    // y runs to the south: against the clock is a negative cross product.
    let half = |way: Point| match (cross(back, way), dot(back, way)) {
        (..0, _) => 0,
        (0, ..0) => 1,
        (0, _) => 3,
        _ => 2,
    };
    let (of_one, of_other) = (half(one), half(other));
    if of_one == of_other {
        cross(one, other) < 0
    } else {
        of_one < of_other
    }
}

/// The ring without vertices in the middle of a run along a side of the box.
fn without_steps(ring: &[Point], sides: ClipBox) -> Vec<Point> {
    let count = ring.len();
    let is_step = |index: usize| {
        let (before, here, after) = (
            ring[(index + count - 1) % count],
            ring[index],
            ring[(index + 1) % count],
        );
        (0..2).any(|axis| {
            (here[axis] == sides.min || here[axis] == sides.max)
                && before[axis] == here[axis]
                && after[axis] == here[axis]
        })
    };
    (0..count)
        .filter(|index| !is_step(*index))
        .map(|index| ring[index])
        .collect()
}

/// Twice the area of an open ring, positive when it turns clockwise on the screen.
pub(super) fn twice_area(ring: &[Point]) -> i64 {
    let mut twice = 0;
    let Some(mut previous) = ring.last().copied() else {
        return 0;
    };
    for &point in ring {
        twice += previous[0] * point[1] - point[0] * previous[1];
        previous = point;
    }
    twice
}

/// True when a ring lies in another, which it may touch.
fn holds(outer: &[Point], inner: &[Point]) -> bool {
    inner
        .iter()
        .find_map(|point| is_inside(outer, *point))
        .unwrap_or(true)
}

/// Whether a point lies inside a ring; none when it lies on it.
fn is_inside(ring: &[Point], [x, y]: Point) -> Option<bool> {
    let mut inside = false;
    let mut previous = ring.last().copied()?;
    for &point in ring {
        let ([ax, ay], [bx, by]) = (previous, point);
        let cross = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
        let within =
            (ax.min(bx)..=ax.max(bx)).contains(&x) && (ay.min(by)..=ay.max(by)).contains(&y);
        if cross == 0 && within {
            return None;
        }
        if (ay > y) != (by > y) && (cross > 0) == (by > ay) {
            inside = !inside;
        }
        previous = point;
    }
    Some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: ClipBox = ClipBox {
        min: -64,
        max: 4160,
    };

    fn assembled(rings: &[&[Point]]) -> Vec<Polygon> {
        let mut assembler = Assembler::default();
        rings.iter().for_each(|ring| assembler.add(ring));
        assembler.finish(BOX)
    }

    #[test]
    fn neighbours_become_one_and_keep_the_vertices_of_their_outline() {
        let left = [[0, 0], [10, 0], [10, 5], [10, 10], [0, 10]];
        let right = [[10, 0], [20, 0], [20, 10], [10, 10], [10, 5]];
        let polygons = assembled(&[&left, &right]);
        assert_eq!(polygons.len(), 1);
        assert_eq!(twice_area(&polygons[0].outer), 400);
        assert_eq!(polygons[0].outer.len(), 6);
    }

    #[test]
    fn a_ring_with_a_spike_a_pinch_and_a_hole_is_taken_apart() {
        let spike = [[0, 0], [10, 0], [20, 0], [10, 0], [10, 10], [0, 10]];
        assert_eq!(
            assembled(&[&spike])[0].outer,
            [[0, 0], [10, 0], [10, 10], [0, 10]]
        );
        let eight = [
            [0, 0],
            [10, 0],
            [10, 10],
            [20, 10],
            [20, 20],
            [10, 20],
            [10, 10],
            [0, 10],
        ];
        let two = assembled(&[&eight]);
        assert_eq!(two.len(), 2, "{two:?}");
        // The hole touches the outline in a point.
        let outer = [[0, 0], [30, 0], [30, 30], [0, 30]];
        let hole = [[0, 0], [10, 20], [20, 10]];
        let found = assembled(&[&outer, &hole]);
        assert_eq!((found.len(), found[0].holes.len()), (1, 1), "{found:?}");
        assert_eq!(twice_area(&found[0].outer), 1800);
    }

    #[test]
    fn what_clipping_joined_along_a_side_comes_apart() {
        // Two teeth of a comb, whose back lies beyond the western side.
        let comb = [
            [-64, 0],
            [50, 0],
            [50, 10],
            [-64, 10],
            [-64, 20],
            [50, 20],
            [50, 30],
            [-64, 30],
        ];
        let found = assembled(&[&comb]);
        let teeth: Vec<_> = found.iter().map(|tooth| tooth.outer.clone()).collect();
        assert_eq!(
            teeth,
            [
                [[-64, 0], [50, 0], [50, 10], [-64, 10]],
                [[-64, 20], [50, 20], [50, 30], [-64, 30]],
            ]
        );
    }

    #[test]
    fn a_hole_of_many_neighbours_stays_a_hole() {
        let frame: [&[Point]; 4] = [
            &[[0, 0], [30, 0], [20, 10], [10, 10]],
            &[[30, 0], [30, 30], [20, 20], [20, 10]],
            &[[30, 30], [0, 30], [10, 20], [20, 20]],
            &[[0, 30], [0, 0], [10, 10], [10, 20]],
        ];
        let found = assembled(&frame);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].holes.len(), 1);
        assert_eq!(twice_area(&found[0].holes[0]), -200);
    }
}
