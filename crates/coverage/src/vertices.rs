//! Points of all rings, each once.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::{Kind, Outlines, Point};

/// A hasher for numbers that are spread well enough: one multiplication.
#[derive(Debug, Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 29);
    }
}

/// A map by numbers.
pub(crate) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<Spread>>;

/// An edge of a ring by the numbers of its ends, the smaller first, and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge(u64, bool);

impl Edge {
    pub(crate) fn new(a: u32, b: u32) -> Self {
        Self(key(a, b), a <= b)
    }

    /// Numbers of its ends, the smaller first.
    pub(crate) fn ends(self) -> [u32; 2] {
        ends(self.0)
    }

    /// True when it runs from the smaller number to the larger.
    pub(crate) fn is_forward(self) -> bool {
        self.1
    }
}

/// The number of an edge whatever its direction.
pub(crate) fn key(a: u32, b: u32) -> u64 {
    (u64::from(a.min(b)) << 32) | u64::from(a.max(b))
}

/// The ends of the edge with a number, the smaller first.
pub(crate) fn ends(key: u64) -> [u32; 2] {
    // Both halves are 32 bits.
    [(key >> 32) as u32, key as u32]
}

/// Points of all rings, each once; rings as numbers of points.
#[derive(Debug)]
pub(crate) struct Vertices {
    pub(crate) points: Vec<Point>,
    /// The feature that a point belongs to; the same for all where they share points.
    pub(crate) owners: Vec<u32>,
    /// Numbers of points, ring after ring, open, none twice in a row.
    pub(crate) ids: Vec<u32>,
    /// Where each ring begins in `ids`, and where the last ends.
    pub(crate) rings: Vec<u32>,
    /// Where each feature begins in the rings, and where the last ends.
    pub(crate) features: Vec<u32>,
    /// True when the last vertex of a ring is joined to its first.
    pub(crate) closed: bool,
}

impl Vertices {
    pub(crate) fn new(outlines: &Outlines<'_>, kind: Kind) -> Self {
        let closed = kind != Kind::Lines;
        let mut found: NumberMap<(u64, u32), u32> = HashMap::default();
        found.reserve(outlines.points.len() / 2);
        let mut vertices = Self {
            points: Vec::new(),
            owners: Vec::new(),
            ids: Vec::with_capacity(outlines.points.len()),
            rings: vec![0],
            features: outlines.features.to_vec(),
            closed,
        };
        for (feature, rings) in (0_u32..).zip(outlines.features.windows(2)) {
            let owner = if kind == Kind::Coverage { 0 } else { feature };
            for ring in rings[0]..rings[1] {
                let range = outlines.rings[ring as usize]..outlines.rings[ring as usize + 1];
                let first = vertices.ids.len();
                for point in &outlines.points[range.start as usize..range.end as usize] {
                    let place = (u64::from(point[0]) << 32) | u64::from(point[1]);
                    let id = *found.entry((place, owner)).or_insert_with(|| {
                        vertices.points.push(*point);
                        vertices.owners.push(owner);
                        // There are not more points than offsets, which are 32 bits.
                        (vertices.points.len() - 1) as u32
                    });
                    if vertices.ids.len() == first || vertices.ids.last() != Some(&id) {
                        vertices.ids.push(id);
                    }
                }
                vertices.close(first);
            }
        }
        vertices
    }

    /// Ends a ring that began at `first`: its last vertex is not its first again.
    fn close(&mut self, first: usize) {
        while self.closed && self.ids.len() > first + 1 && self.ids.last() == Some(&self.ids[first])
        {
            self.ids.pop();
        }
        self.rings.push(self.ids.len() as u32);
    }

    pub(crate) fn ring_count(&self) -> usize {
        self.rings.len() - 1
    }

    /// Numbers of the points of a ring.
    pub(crate) fn ring(&self, ring: usize) -> &[u32] {
        &self.ids[self.rings[ring] as usize..self.rings[ring + 1] as usize]
    }

    /// All edges, in the direction in which rings run them.
    pub(crate) fn edges(&self) -> Vec<Edge> {
        let mut edges = Vec::with_capacity(self.ids.len());
        for ring in 0..self.ring_count() {
            edges.extend(pairs(self.ring(ring), self.closed).map(|[a, b]| Edge::new(a, b)));
        }
        edges
    }

    /// Numbers of all edges whatever their direction, each once, ascending.
    pub(crate) fn edge_keys(&self) -> Vec<u64> {
        let mut keys: Vec<u64> = self.edges().iter().map(|edge| edge.0).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Adds a point, or finds it.
    pub(crate) fn add_point(
        &mut self,
        known: &mut NumberMap<(u64, u32), u32>,
        point: Point,
        owner: u32,
    ) -> u32 {
        let place = (u64::from(point[0]) << 32) | u64::from(point[1]);
        if known.is_empty() {
            let places = self.points.iter().zip(&self.owners).zip(0_u32..);
            known.extend(
                places.map(|((p, owner), id)| {
                    (((u64::from(p[0]) << 32) | u64::from(p[1]), *owner), id)
                }),
            );
        }
        *known.entry((place, owner)).or_insert_with(|| {
            self.points.push(point);
            self.owners.push(owner);
            (self.points.len() - 1) as u32
        })
    }

    /// Leads edges through further vertices, given from the smaller end to the larger.
    pub(crate) fn reroute(&mut self, ways: &NumberMap<u64, Vec<u32>>) {
        if ways.is_empty() {
            return;
        }
        let (ids, rings) = (
            std::mem::take(&mut self.ids),
            std::mem::take(&mut self.rings),
        );
        self.ids.reserve(ids.len() + ways.len() * 2);
        self.rings.push(0);
        for range in rings.windows(2) {
            let first = self.ids.len();
            let ring = &ids[range[0] as usize..range[1] as usize];
            if let [only] = ring {
                self.ids.push(*only);
            }
            for [a, b] in pairs(ring, self.closed) {
                self.step(first, a);
                if let Some(way) = ways.get(&key(a, b)) {
                    if a <= b {
                        way.iter().for_each(|id| self.step(first, *id));
                    } else {
                        way.iter().rev().for_each(|id| self.step(first, *id));
                    }
                }
            }
            if let (false, Some(last)) = (self.closed, ring.last()) {
                self.step(first, *last);
            }
            self.close(first);
        }
    }

    fn step(&mut self, first: usize, id: u32) {
        if self.ids.len() == first || self.ids.last() != Some(&id) {
            self.ids.push(id);
        }
    }
}

/// Neighbouring vertices of a ring, the last and the first included where it is closed.
pub(crate) fn pairs(ring: &[u32], closed: bool) -> impl Iterator<Item = [u32; 2]> + '_ {
    let last = if closed && ring.len() > 1 {
        Some([ring[ring.len() - 1], ring[0]])
    } else {
        None
    };
    ring.windows(2).map(|pair| [pair[0], pair[1]]).chain(last)
}
