//! The way of an edge through unit squares: snap rounding, iterated.
//!
//! Coordinates are doubled, so that the sides of squares are whole numbers. A square holds its
//! western and northern side, as rounding half up does.

use super::near::{VertexGrid, real};
use super::vertices::{NumberMap, Vertices, ends};
use super::{DEEPEST, Point};

type Doubled = [i64; 2];

/// Makes vertices that lie on an edge vertices of that edge.
pub(crate) fn node(vertices: &mut Vertices, grid: &VertexGrid) {
    let mut router = Router::new(vertices, grid, None, DEEPEST);
    let mut ways: NumberMap<u64, Vec<u32>> = NumberMap::default();
    for key in vertices.edge_keys() {
        let way = router.way(ends(key));
        if !way.is_empty() {
            ways.insert(key, way.to_vec());
        }
    }
    vertices.reroute(&ways);
}

/// A coordinate in tile units of the whole map, rounded half up.
#[inline]
pub(crate) fn unit(value: u32, shift: u32) -> i64 {
    (i64::from(value) + ((1_i64 << shift) >> 1)) >> shift
}

/// Finds ways at one zoom.
pub(crate) struct Router<'a> {
    vertices: &'a Vertices,
    grid: &'a VertexGrid,
    /// First zoom of every vertex; all are there when none.
    from: Option<&'a [u8]>,
    zoom: u8,
    shift: u32,
    way: Vec<u32>,
}

/// An end of a line: its place, and the square that it is rounded to.
#[derive(Clone, Copy)]
struct End {
    place: Doubled,
    square: [i64; 2],
}

struct Passed {
    along: i128,
    id: u32,
    square: [i64; 2],
}

impl<'a> Router<'a> {
    pub(crate) fn new(
        vertices: &'a Vertices,
        grid: &'a VertexGrid,
        from: Option<&'a [u8]>,
        zoom: u8,
    ) -> Self {
        Self {
            vertices,
            grid,
            from,
            zoom,
            shift: u32::from(DEEPEST - zoom),
            way: Vec::new(),
        }
    }

    /// The vertices between the ends of an edge through whose squares it has to go.
    pub(crate) fn way(&mut self, [a, b]: [u32; 2]) -> &[u32] {
        self.way.clear();
        let [start, end] = [a, b].map(|id| self.true_end(self.vertices.points[id as usize]));
        if start.square != end.square {
            let owner = self.vertices.owners[a as usize];
            self.lead(start, end, owner, 0);
        }
        &self.way
    }

    fn true_end(&self, point: Point) -> End {
        End {
            place: point.map(|v| 2 * i64::from(v)),
            square: point.map(|v| unit(v, self.shift)),
        }
    }

    /// The middle of a square.
    fn middle(&self, square: [i64; 2]) -> End {
        End {
            place: square.map(|v| v << (self.shift + 1)),
            square,
        }
    }

    /// Adds what lies between two ends. The first time the line is the true one; then the pieces
    /// between middles of squares, until they pass no further square.
    fn lead(&mut self, start: End, end: End, owner: u32, depth: u32) {
        let mut passed = self.passed(start, end, owner);
        let is_rounded = depth > 0 || self.shift == 0;
        if depth > 24 || (passed.is_empty() && is_rounded) {
            return;
        }
        passed.sort_unstable_by_key(|passed| (passed.along, passed.id));
        passed.dedup_by(|later, earlier| later.square == earlier.square);
        let mut from = self.middle(start.square);
        for passed in &passed {
            let to = self.middle(passed.square);
            self.lead(from, to, owner, depth + 1);
            self.way.push(passed.id);
            from = to;
        }
        self.lead(from, self.middle(end.square), owner, depth + 1);
    }

    fn passed(&self, start: End, end: End, owner: u32) -> Vec<Passed> {
        let half = 1_i64 << self.shift;
        let mut passed = Vec::new();
        let [a, b] = [start.place, end.place];
        let bounds = |axis: usize| [a[axis].min(b[axis]) - half, a[axis].max(b[axis]) + half];
        let bounds = [bounds(0), bounds(1)];
        let halved = |place: Doubled| place.map(|v| v as f64 / 2.0);
        let line = [halved(a), halved(b)];
        self.grid.near_line(line, half as f64, |id| {
            let index = id as usize;
            if self.vertices.owners[index] != owner
                || self.from.is_some_and(|from| from[index] > self.zoom)
            {
                return true;
            }
            let square = self.vertices.points[index].map(|v| unit(v, self.shift));
            if square == start.square || square == end.square {
                return true;
            }
            let middle = square.map(|v| v << (self.shift + 1));
            let may =
                (0..2).all(|axis| (bounds[axis][0]..=bounds[axis][1]).contains(&middle[axis]));
            if may && is_near([a, b], middle, half) && passes([a, b], middle, half) {
                let along = (0..2)
                    .map(|axis| i128::from(b[axis] - a[axis]) * i128::from(middle[axis] - a[axis]))
                    .sum();
                passed.push(Passed { along, id, square });
            }
            true
        });
        passed
    }
}

/// A quick look: false when a line surely misses a square.
fn is_near([a, b]: [Doubled; 2], middle: Doubled, half: i64) -> bool {
    let run = [0, 1].map(|axis| (b[axis] - a[axis]) as f64);
    let to = [0, 1].map(|axis| (middle[axis] - a[axis]) as f64);
    let cross = run[0] * to[1] - run[1] * to[0];
    // The square reaches half its diagonal; a little more covers what floating point loses.
    cross.abs() <= (run[0].abs() + run[1].abs()) * (half as f64) * 1.01 + 4.0
}

/// True when a line has a point in the square around a middle, exactly.
fn passes([a, b]: [Doubled; 2], middle: Doubled, half: i64) -> bool {
    // The share of the line that lies in the square: from a lower to an upper bound, each a
    // fraction, and whether the bound itself belongs to it.
    let mut lower = (0_i128, 1_i128, true);
    let mut upper = (1_i128, 1_i128, true);
    for axis in 0..2 {
        let run = i128::from(b[axis] - a[axis]);
        let to_west = i128::from(middle[axis] - half - a[axis]);
        let to_east = i128::from(middle[axis] + half - a[axis]);
        if run == 0 {
            if to_west > 0 || to_east <= 0 {
                return false;
            }
            continue;
        }
        let (from, to) = if run > 0 {
            ((to_west, run, true), (to_east, run, false))
        } else {
            ((-to_east, -run, false), (-to_west, -run, true))
        };
        // Of two equal bounds, the one that does not belong is the narrower.
        match (from.0 * lower.1).cmp(&(lower.0 * from.1)) {
            std::cmp::Ordering::Greater => lower = from,
            std::cmp::Ordering::Equal => lower.2 &= from.2,
            std::cmp::Ordering::Less => {}
        }
        match (to.0 * upper.1).cmp(&(upper.0 * to.1)) {
            std::cmp::Ordering::Less => upper = to,
            std::cmp::Ordering::Equal => upper.2 &= to.2,
            std::cmp::Ordering::Greater => {}
        }
    }
    match (lower.0 * upper.1).cmp(&(upper.0 * lower.1)) {
        std::cmp::Ordering::Less => true,
        std::cmp::Ordering::Equal => lower.2 && upper.2,
        std::cmp::Ordering::Greater => false,
    }
}

/// How far a point lies from a line between two ends, in cells.
pub(crate) fn distance(point: Point, a: Point, b: Point) -> f64 {
    let ([px, py], [ax, ay], [bx, by]) = (real(point), real(a), real(b));
    let (run, rise) = (bx - ax, by - ay);
    let squared = run * run + rise * rise;
    let share = if squared > 0.0 {
        (((px - ax) * run + (py - ay) * rise) / squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (dx, dy) = (px - ax - share * run, py - ay - share * rise);
    (dx * dx + dy * dy).sqrt()
}
