//! The points and edges that the pieces of one sheet share.
//!
//! Pieces come from cuts: where a cut ends on an edge, the neighbour beyond does not know the
//! point. Real sheets are noded (H109: one untold point in 14,099), so every ring learns all
//! points on its edges here; then unions are a matter of cancelling opposite edges.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::plane::{Point, Ring, at, bounds, contains, inner_point};

/// A ring as numbers of points of its mesh.
pub(crate) type Loop = Vec<u32>;

/// Points of one sheet, each once.
#[derive(Default)]
pub(crate) struct Mesh {
    pub(crate) points: Vec<Point>,
    /// Last point of a cell, and for each point the one before it in its cell.
    first: HashMap<(i64, i64), u32, BuildHasherDefault<Mixer>>,
    more: Vec<u32>,
}

const CELL_M: f64 = 0.05;
const SAME_M: f64 = 1e-6;
const NONE: u32 = u32::MAX;

/// Multiplies and rotates; the keys are coordinates' bits and need nothing stronger.
#[derive(Default)]
pub(crate) struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.write_u64(u64::from(b));
        }
    }

    fn write_i64(&mut self, n: i64) {
        self.write_u64(n.cast_unsigned());
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(23) ^ n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Mesh {
    /// Takes rings up and tells each the points of the others that lie on its edges.
    pub(crate) fn of<'a>(rings: impl Iterator<Item = &'a Ring>) -> (Self, Vec<Loop>) {
        let mut mesh = Self::default();
        let loops: Vec<Loop> = rings
            .map(|ring| {
                let mut ring: Loop = ring.iter().map(|&p| mesh.number(p)).collect();
                ring.dedup();
                while ring.len() > 1 && ring.first() == ring.last() {
                    ring.pop();
                }
                ring
            })
            .collect();
        let grid = Grid::over(&mesh.points);
        let mut between = Vec::new();
        let told = loops
            .iter()
            .map(|ring| {
                let mut out = Vec::with_capacity(ring.len() + 4);
                for (i, &a) in ring.iter().enumerate() {
                    let b = ring[(i + 1) % ring.len()];
                    out.push(a);
                    grid.on_edge(&mesh.points, a, b, &mut between);
                    out.extend(between.iter().map(|&(_, p)| p));
                }
                out
            })
            .collect();
        (mesh, told)
    }

    /// The number of a point; one that lies a thousandth of a millimetre off is the same.
    ///
    /// Where a line crosses an edge that two pieces share, each piece computes its own crossing.
    fn number(&mut self, p: Point) -> u32 {
        let cell = |v: f64| (v / CELL_M).floor() as i64;
        let key = (cell(p.x), cell(p.y));
        let around = |v: f64| cell(v - SAME_M)..=cell(v + SAME_M);
        for x in around(p.x) {
            for y in around(p.y) {
                let mut next = self.first.get(&(x, y)).copied().unwrap_or(NONE);
                while next != NONE {
                    if self.points[next as usize].to(p) < SAME_M {
                        return next;
                    }
                    next = self.more[next as usize];
                }
            }
        }
        let number = self.points.len() as u32;
        self.points.push(p);
        let before = self.first.insert(key, number);
        self.more.push(before.unwrap_or(NONE));
        number
    }

    pub(crate) fn ring(&self, ring: &[u32]) -> Ring {
        ring.iter().map(|&i| self.points[i as usize]).collect()
    }

    /// The union of pieces that share edges: polygons as outer ring and holes.
    pub(crate) fn union<'a>(&self, rings: impl Iterator<Item = &'a Loop>) -> Vec<Vec<Loop>> {
        let mut all: Vec<(u32, u32)> = Vec::new();
        for ring in rings {
            all.extend(
                ring.iter()
                    .copied()
                    .zip(ring.iter().cycle().skip(1).copied()),
            );
        }
        all.sort_unstable();
        let rim: Vec<(u32, u32)> = all
            .iter()
            .filter(|&&(a, b)| all.binary_search(&(b, a)).is_err())
            .copied()
            .collect();
        let loops = chain(&rim);
        let (mut outer, mut holes) = (Vec::new(), Vec::new());
        for ring in loops {
            if crate::plane::area(&self.ring(&ring)) > 0.0 {
                outer.push(vec![ring]);
            } else {
                holes.push(ring);
            }
        }
        let shapes: Vec<Ring> = outer.iter().map(|polygon| self.ring(&polygon[0])).collect();
        for hole in holes {
            let mut around = 0;
            if outer.len() > 1 {
                let mut turned = self.ring(&hole);
                turned.reverse();
                let inside = inner_point(&turned);
                let fits = |k: &usize| contains(&shapes[*k], inside);
                around = (0..outer.len())
                    .filter(fits)
                    .min_by(|&a, &b| {
                        crate::plane::area(&shapes[a]).total_cmp(&crate::plane::area(&shapes[b]))
                    })
                    .unwrap_or(0);
            }
            if let Some(polygon) = outer.get_mut(around) {
                polygon.push(hole);
            }
        }
        outer
    }
}

/// Closed loops from directed edges sorted by start; no loop visits a point twice.
fn chain(rim: &[(u32, u32)]) -> Vec<Loop> {
    let mut used = vec![false; rim.len()];
    let mut out = Vec::new();
    let mut place: HashMap<u32, usize, BuildHasherDefault<Mixer32>> = HashMap::default();
    for start in 0..rim.len() {
        if used[start] {
            continue;
        }
        let mut way: Loop = vec![rim[start].0];
        place.clear();
        place.insert(rim[start].0, 0);
        let mut edge = start;
        loop {
            used[edge] = true;
            let next = rim[edge].1;
            if let Some(&first) = place.get(&next) {
                let ring = way.split_off(first);
                for p in &ring {
                    place.remove(p);
                }
                if ring.len() > 2 {
                    out.push(ring);
                }
            }
            place.insert(next, way.len());
            way.push(next);
            let from = rim.partition_point(|e| e.0 < next);
            let Some(more) = (from..rim.len())
                .take_while(|&k| rim[k].0 == next)
                .find(|&k| !used[k])
            else {
                break;
            };
            edge = more;
        }
    }
    out
}

#[derive(Default)]
struct Mixer32(u64);

impl Hasher for Mixer32 {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.write_u32(u32::from(b));
        }
    }

    fn write_u32(&mut self, n: u32) {
        self.0 = (self.0 ^ u64::from(n)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// Points by square cell, to find those on an edge.
struct Grid {
    low: Point,
    size: f64,
    columns: usize,
    rows: usize,
    starts: Vec<u32>,
    members: Vec<u32>,
}

/// A point this near to an edge lies on it; cuts compute theirs to a nanometre.
const ON_EDGE_M: f64 = 2e-6;

impl Grid {
    fn over(points: &[Point]) -> Self {
        let (low, high) = bounds(points);
        let (w, h) = ((high.x - low.x).max(1.0), (high.y - low.y).max(1.0));
        let size = (w * h / points.len().max(1) as f64).sqrt().max(0.5) * 1.2;
        let (columns, rows) = ((w / size) as usize + 1, (h / size) as usize + 1);
        let mut grid = Self {
            low,
            size,
            columns,
            rows,
            starts: vec![0; columns * rows + 1],
            members: vec![],
        };
        let cells: Vec<usize> = points.iter().map(|&p| grid.cell(p)).collect();
        for &c in &cells {
            grid.starts[c + 1] += 1;
        }
        for k in 1..grid.starts.len() {
            grid.starts[k] += grid.starts[k - 1];
        }
        let mut fill = grid.starts.clone();
        grid.members = vec![0; points.len()];
        for (i, &c) in cells.iter().enumerate() {
            grid.members[fill[c] as usize] = i as u32;
            fill[c] += 1;
        }
        grid
    }

    fn column(&self, x: f64) -> usize {
        (((x - self.low.x) / self.size).max(0.0) as usize).min(self.columns - 1)
    }

    fn row(&self, y: f64) -> usize {
        (((y - self.low.y) / self.size).max(0.0) as usize).min(self.rows - 1)
    }

    fn cell(&self, p: Point) -> usize {
        self.row(p.y) * self.columns + self.column(p.x)
    }

    /// Points inside an edge, by their place along it.
    fn on_edge(&self, points: &[Point], a: u32, b: u32, out: &mut Vec<(f64, u32)>) {
        out.clear();
        let (p, q) = (points[a as usize], points[b as usize]);
        let d = q.minus(p);
        let length2 = d.dot(d);
        let length = length2.sqrt();
        let (bottom, top) = if p.y <= q.y { (p, q) } else { (q, p) };
        for row in self.row(bottom.y - ON_EDGE_M)..=self.row(top.y + ON_EDGE_M) {
            // The part of the edge within this row of cells.
            let (y0, y1) = (
                self.low.y + row as f64 * self.size,
                self.low.y + (row + 1) as f64 * self.size,
            );
            let x_at = |y: f64| {
                if top.y - bottom.y < 1e-9 {
                    bottom.x
                } else {
                    let t = ((y - bottom.y) / (top.y - bottom.y)).clamp(0.0, 1.0);
                    bottom.x + (top.x - bottom.x) * t
                }
            };
            let (mut xa, mut xb) = (x_at(y0 - 1e-3), x_at(y1 + 1e-3));
            if top.y - bottom.y < 1e-9 {
                (xa, xb) = (p.x, q.x);
            }
            let (xa, xb) = (xa.min(xb) - 1e-3, xa.max(xb) + 1e-3);
            for column in self.column(xa)..=self.column(xb) {
                let c = row * self.columns + column;
                for &k in &self.members[self.starts[c] as usize..self.starts[c + 1] as usize] {
                    if k == a || k == b {
                        continue;
                    }
                    let v = points[k as usize].minus(p);
                    let t = v.dot(d);
                    if t > 0.0 && t < length2 && v.cross(d).abs() < ON_EDGE_M * length {
                        out.push((t, k));
                    }
                }
            }
        }
        out.sort_by(|x, y| x.0.total_cmp(&y.0));
        out.dedup_by_key(|x| x.1);
    }
}

/// Moves a ring's points by a rule (used to draw a sheet's edge a little differently).
pub(crate) fn moved(ring: &[Point], by: impl Fn(usize) -> Point) -> Ring {
    ring.iter()
        .enumerate()
        .map(|(i, p)| {
            let d = by(i);
            at(p.x + d.x, p.y + d.y)
        })
        .collect()
}
