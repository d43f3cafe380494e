//! The outlines at each zoom, put together.

use super::near::VertexGrid;
use super::route::{Router, unit};
use super::vertices::{NumberMap, Vertices, ends, key};
use super::{DEEPEST, Drawn, Kind, Zooms};

/// A vertex that an edge is led through at one zoom.
struct Inserted {
    ring: u32,
    /// Position in the ring after which it comes.
    after: u32,
    zoom: u8,
    order: u32,
    id: u32,
}

pub(crate) fn draw(
    vertices: &Vertices,
    grid: &VertexGrid,
    from: &[u8],
    kind: Kind,
    min_zoom: u8,
    measure: &mut dyn FnMut(usize, u8, usize),
) -> Drawn {
    let mut level = Level {
        vertices,
        from,
        inserted: Vec::new(),
        unclean: vec![0; vertices.features.len() - 1],
        outline: Vec::new(),
        seen: Vec::new(),
    };
    for zoom in (min_zoom..=DEEPEST).rev() {
        let ways = if kind == Kind::Lines || zoom == DEEPEST {
            NumberMap::default()
        } else {
            level.ways(grid, zoom)
        };
        for feature in 0..level.unclean.len() {
            level.feature(feature, zoom, &ways, measure);
        }
    }
    level.put_together()
}

struct Level<'a> {
    vertices: &'a Vertices,
    from: &'a [u8],
    inserted: Vec<Inserted>,
    unclean: Vec<u32>,
    /// A ring at a zoom, in tile units.
    outline: Vec<[i64; 2]>,
    /// All vertices of a feature at a zoom.
    seen: Vec<[i64; 2]>,
}

impl Level<'_> {
    /// Edges of a zoom that have to go through the squares of other vertices.
    fn ways(&self, grid: &VertexGrid, zoom: u8) -> NumberMap<u64, Vec<u32>> {
        let mut keys = Vec::new();
        for ring in 0..self.vertices.ring_count() {
            let mut there = self.vertices.ring(ring).iter().copied();
            let mut there = there.by_ref().filter(|id| self.from[*id as usize] <= zoom);
            let Some(first) = there.next() else { continue };
            let last = there.fold(first, |previous, id| {
                keys.push(key(previous, id));
                id
            });
            if self.vertices.closed && last != first {
                keys.push(key(last, first));
            }
        }
        keys.sort_unstable();
        keys.dedup();
        let mut router = Router::new(self.vertices, grid, Some(self.from), zoom);
        let mut ways = NumberMap::default();
        for key in keys {
            let way = router.way(ends(key));
            if !way.is_empty() {
                ways.insert(key, way.to_vec());
            }
        }
        ways
    }

    /// Draws a feature at a zoom: notes what is inserted, measures it, and says whether its
    /// outline touches itself.
    fn feature(
        &mut self,
        feature: usize,
        zoom: u8,
        ways: &NumberMap<u64, Vec<u32>>,
        measure: &mut dyn FnMut(usize, u8, usize),
    ) {
        self.seen.clear();
        let mut bytes = 0;
        for ring in self.vertices.features[feature]..self.vertices.features[feature + 1] {
            self.ring(ring, zoom, ways);
            let least = if self.vertices.closed { 3 } else { 2 };
            if self.outline.len() >= least {
                bytes += size(&self.outline);
                if self.vertices.closed {
                    self.seen.extend_from_slice(&self.outline);
                }
            }
        }
        measure(feature, zoom, bytes);
        self.seen.sort_unstable();
        if self.seen.windows(2).any(|pair| pair[0] == pair[1]) {
            self.unclean[feature] |= 1 << zoom;
        }
    }

    /// Fills `outline` with a ring at a zoom.
    fn ring(&mut self, ring: u32, zoom: u8, ways: &NumberMap<u64, Vec<u32>>) {
        self.outline.clear();
        let (vertices, from) = (self.vertices, self.from);
        let ids = vertices.ring(ring as usize);
        let shift = u32::from(DEEPEST - zoom);
        let mut first = None;
        let mut previous: Option<(u32, u32)> = None;
        for (position, &id) in (0_u32..).zip(ids) {
            if from[id as usize] > zoom {
                continue;
            }
            if let Some(previous) = previous {
                self.lead(ring, previous, id, zoom, ways);
            }
            first.get_or_insert(id);
            previous = Some((position, id));
            push(&mut self.outline, vertices.points[id as usize], shift);
        }
        if let (true, Some(previous), Some(first)) = (vertices.closed, previous, first)
            && previous.1 != first
        {
            self.lead(ring, previous, first, zoom, ways);
        }
        while vertices.closed
            && self.outline.len() > 1
            && self.outline.first() == self.outline.last()
        {
            self.outline.pop();
        }
    }

    fn lead(
        &mut self,
        ring: u32,
        (after, a): (u32, u32),
        b: u32,
        zoom: u8,
        ways: &NumberMap<u64, Vec<u32>>,
    ) {
        if ways.is_empty() {
            return;
        }
        let Some(way) = ways.get(&key(a, b)) else {
            return;
        };
        let shift = u32::from(DEEPEST - zoom);
        for order in 0..way.len() {
            let id = if a <= b {
                way[order]
            } else {
                way[way.len() - 1 - order]
            };
            push(&mut self.outline, self.vertices.points[id as usize], shift);
            self.inserted.push(Inserted {
                ring,
                after,
                zoom,
                order: order as u32,
                id,
            });
        }
    }

    /// Every ring once, with what is inserted at single zooms.
    fn put_together(mut self) -> Drawn {
        self.inserted.sort_unstable_by_key(|inserted| {
            (
                inserted.ring,
                inserted.after,
                DEEPEST - inserted.zoom,
                inserted.order,
            )
        });
        let length = self.vertices.ids.len() + self.inserted.len();
        let mut drawn = Drawn {
            points: Vec::with_capacity(length),
            zooms: Vec::with_capacity(length),
            rings: vec![0],
            unclean: self.unclean,
        };
        let mut inserted = self
            .inserted
            .chunk_by(|a, b| (a.ring, a.after) == (b.ring, b.after));
        let mut next = inserted.next();
        for ring in 0..self.vertices.ring_count() {
            for (position, id) in (0_u32..).zip(self.vertices.ring(ring)) {
                drawn.points.push(self.vertices.points[*id as usize]);
                drawn.zooms.push(Zooms {
                    first: self.from[*id as usize],
                    last: DEEPEST,
                });
                if let Some(here) = next
                    && (here[0].ring as usize, here[0].after) == (ring, position)
                {
                    insert(&mut drawn, self.vertices, here);
                    next = inserted.next();
                }
            }
            drawn.rings.push(drawn.points.len() as u32);
        }
        drawn.points.shrink_to_fit();
        drawn.zooms.shrink_to_fit();
        drawn
    }
}

/// Adds what comes after one vertex; the same at two neighbouring zooms is written once.
fn insert(drawn: &mut Drawn, vertices: &Vertices, inserted: &[Inserted]) {
    let mut written: Option<(&[Inserted], usize)> = None;
    for same_zoom in inserted.chunk_by(|a, b| a.zoom == b.zoom) {
        let zoom = same_zoom[0].zoom;
        let again = written.filter(|(before, at)| {
            drawn.zooms[*at].first == zoom + 1
                && before
                    .iter()
                    .map(|i| i.id)
                    .eq(same_zoom.iter().map(|i| i.id))
        });
        if let Some((before, at)) = again {
            for zooms in &mut drawn.zooms[at..at + before.len()] {
                zooms.first = zoom;
            }
            continue;
        }
        written = Some((same_zoom, drawn.points.len()));
        for one in same_zoom {
            drawn.points.push(vertices.points[one.id as usize]);
            drawn.zooms.push(Zooms {
                first: zoom,
                last: zoom,
            });
        }
    }
}

fn push(outline: &mut Vec<[i64; 2]>, point: super::Point, shift: u32) {
    let rounded = point.map(|v| unit(v, shift));
    if outline.last() != Some(&rounded) {
        outline.push(rounded);
    }
}

/// Bytes that an outline takes in a tile.
fn size(outline: &[[i64; 2]]) -> usize {
    let steps: usize = outline
        .windows(2)
        .flat_map(|pair| [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]])
        .map(|step| {
            let zigzag = ((step << 1) ^ (step >> 63)) as u64;
            (64 - (zigzag | 1).leading_zeros() as usize).div_ceil(7)
        })
        .sum();
    // MoveTo with its step, LineTo, ClosePath.
    steps + 1 + 6 + 2 + 1
}
