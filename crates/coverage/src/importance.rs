//! From which zoom a vertex is drawn.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashSet};
use std::hash::BuildHasherDefault;

use super::crossing::turn;
use super::near::{VertexGrid, real};
use super::route::distance;
use super::vertices::{Spread, Vertices, key};
use super::{DEEPEST, Kind, TOLERANCE_UNITS};

/// The smallest zoom at which each vertex is drawn; 0 for those that always are.
pub(crate) fn first_zooms(
    vertices: &Vertices,
    grid: &VertexGrid,
    kind: Kind,
    min_zoom: u8,
) -> Vec<u8> {
    let mut thinning = Thinning::new(vertices, grid, kind, min_zoom);
    thinning.run();
    thinning.from
}

/// A vertex that may go.
#[derive(Debug, PartialEq, Eq)]
struct Candidate {
    /// The largest zoom at which the line stays near enough without it.
    zoom: u8,
    /// Bits of the area of its triangle: order and bits of positive numbers agree.
    area: u64,
    id: u32,
    stamp: u32,
}

impl Ord for Candidate {
    /// Large zooms first, then small triangles, then small numbers.
    fn cmp(&self, other: &Self) -> Ordering {
        (self.zoom.cmp(&other.zoom))
            .then(other.area.cmp(&self.area))
            .then(other.id.cmp(&self.id))
            .then(other.stamp.cmp(&self.stamp))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What is known of a vertex that only one line passes.
#[derive(Debug, Clone, Copy)]
struct Link {
    /// Its neighbours on the line.
    sides: [u32; 2],
    /// How far what was left out towards each of them may lie from the line, in cells.
    strayed: [f64; 2],
    /// Raised whenever a neighbour changes.
    stamp: u32,
}

struct Thinning<'a> {
    vertices: &'a Vertices,
    grid: &'a VertexGrid,
    min_zoom: u8,
    /// None where several lines meet, a line ends, or the border runs.
    links: Vec<Option<Link>>,
    gone: Vec<bool>,
    from: Vec<u8>,
    /// Edges between vertices that stay.
    fixed: HashSet<u64, BuildHasherDefault<Spread>>,
    heap: BinaryHeap<Candidate>,
    /// Vertices whose triangle was not free.
    waiting: Vec<u32>,
}

impl<'a> Thinning<'a> {
    fn new(vertices: &'a Vertices, grid: &'a VertexGrid, kind: Kind, min_zoom: u8) -> Self {
        let count = vertices.points.len();
        let mut edges = vertices.edges();
        edges.sort_unstable();
        let mut degree = vec![0_u8; count];
        let mut sides = vec![[u32::MAX; 2]; count];
        let mut border = vec![false; count];
        for same in edges.chunk_by(|a, b| a.ends() == b.ends()) {
            let ends = same[0].ends();
            let forward = same.iter().filter(|edge| edge.is_forward()).count();
            let is_border = kind == Kind::Coverage && forward * 2 != same.len();
            for (end, other) in [(ends[0], ends[1]), (ends[1], ends[0])] {
                let end = end as usize;
                if let Some(side) = sides[end].get_mut(usize::from(degree[end])) {
                    *side = other;
                }
                degree[end] = degree[end].saturating_add(1);
                border[end] |= is_border;
            }
        }
        let links: Vec<Option<Link>> = (0..count)
            .map(|id| {
                (degree[id] == 2 && !border[id]).then_some(Link {
                    sides: sides[id],
                    strayed: [0.0; 2],
                    stamp: 0,
                })
            })
            .collect();
        let fixed = edges
            .iter()
            .map(|edge| edge.ends())
            .filter(|ends| ends.iter().all(|end| links[*end as usize].is_none()))
            .map(|[a, b]| key(a, b))
            .collect();
        Self {
            vertices,
            grid,
            min_zoom,
            links,
            gone: vec![false; count],
            from: vec![0; count],
            fixed,
            heap: BinaryHeap::new(),
            waiting: Vec::new(),
        }
    }

    fn run(&mut self) {
        let all = u32::try_from(self.links.len()).unwrap_or(u32::MAX);
        (0..all).for_each(|id| self.consider(id));
        let mut current = DEEPEST - 1;
        while let Some(candidate) = self.heap.pop() {
            if candidate.zoom < current {
                // The next zoom: what was not free may be free now.
                current = candidate.zoom;
                self.heap.push(candidate);
                let waiting = std::mem::take(&mut self.waiting);
                waiting.into_iter().for_each(|id| self.consider(id));
                continue;
            }
            let id = candidate.id as usize;
            let Some(link) = self.links[id] else {
                continue;
            };
            if self.gone[id] || link.stamp != candidate.stamp {
                continue;
            }
            if self.is_free(candidate.id, link.sides) {
                self.leave_out(candidate.id, link, current);
            } else {
                self.waiting.push(candidate.id);
            }
        }
    }

    /// Puts a vertex among those that may go, where there is a zoom at which it may.
    fn consider(&mut self, id: u32) {
        let Some(link) = self.links[id as usize].filter(|_| !self.gone[id as usize]) else {
            return;
        };
        let [a, b] = link.sides.map(|side| self.vertices.points[side as usize]);
        let here = self.vertices.points[id as usize];
        let strayed = self.strayed(id, link);
        let zoom = (self.min_zoom..DEEPEST)
            .rev()
            .find(|zoom| strayed <= TOLERANCE_UNITS * f64::from(1_u32 << (DEEPEST - zoom)));
        if let Some(zoom) = zoom.filter(|_| a != b) {
            self.heap.push(Candidate {
                zoom,
                area: (turn(a, here, b).unsigned_abs() as f64).to_bits(),
                id,
                stamp: link.stamp,
            });
        }
    }

    /// How far the line without a vertex may lie from all that was on it.
    fn strayed(&self, id: u32, link: Link) -> f64 {
        let [a, b] = link.sides.map(|side| self.vertices.points[side as usize]);
        distance(self.vertices.points[id as usize], a, b) + link.strayed[0].max(link.strayed[1])
    }

    /// True when nothing is in the way of the line without a vertex.
    fn is_free(&self, id: u32, [a, b]: [u32; 2]) -> bool {
        let joined = match (self.links[a as usize], self.links[b as usize]) {
            (Some(link), _) => link.sides.contains(&b),
            (_, Some(link)) => link.sides.contains(&a),
            (None, None) => self.fixed.contains(&key(a, b)),
        };
        if joined {
            return false;
        }
        let at = |id: u32| self.vertices.points[id as usize];
        let corners = [at(a), at(id), at(b)];
        let owner = self.vertices.owners[id as usize];
        let mut free = true;
        self.grid.in_triangle(corners.map(real), |other| {
            let index = other as usize;
            free = [a, id, b].contains(&other)
                || self.gone[index]
                || self.vertices.owners[index] != owner
                || !is_in(corners, at(other));
            free
        });
        free
    }

    fn leave_out(&mut self, id: u32, link: Link, zoom: u8) {
        let strayed = self.strayed(id, link);
        self.gone[id as usize] = true;
        self.from[id as usize] = zoom + 1;
        let [a, b] = link.sides;
        for (side, other) in [(a, b), (b, a)] {
            if let Some(neighbour) = &mut self.links[side as usize] {
                for slot in 0..2 {
                    if neighbour.sides[slot] == id {
                        neighbour.sides[slot] = other;
                        neighbour.strayed[slot] = strayed;
                    }
                }
                neighbour.stamp += 1;
                self.consider(side);
            }
        }
        if self.links[a as usize].is_none() && self.links[b as usize].is_none() {
            self.fixed.insert(key(a, b));
        }
    }
}

/// True when a point lies in a triangle or on its outline.
fn is_in([a, b, c]: [super::Point; 3], point: super::Point) -> bool {
    let turns = [turn(a, b, point), turn(b, c, point), turn(c, a, point)];
    if turn(a, b, c) == 0 {
        let within = |axis: usize| {
            let all = [a[axis], b[axis], c[axis]];
            let low = all.iter().min().copied().unwrap_or_default();
            let high = all.iter().max().copied().unwrap_or_default();
            (low..=high).contains(&point[axis])
        };
        return turns.iter().all(|turn| *turn == 0) && within(0) && within(1);
    }
    turns.iter().all(|turn| *turn >= 0) || turns.iter().all(|turn| *turn <= 0)
}
