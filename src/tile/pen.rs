//! Draws outlines of features into the units of one tile.

use crate::geo::{BUFFER_UNITS, EXTENT, GridBox, GridPoint, TileAddress};
use crate::snapshot::{BLOCK, Features, RingView};

use super::assemble::{Assembler, twice_area};
use super::clip::{ClipBox, clip_line, clip_ring, cut_once, split_at_sides};
use super::encode::LayerWriter;
use super::mask::{Mask, Rings};

/// The tile with its buffer.
const BUFFERED: ClipBox = ClipBox {
    min: -(BUFFER_UNITS as i64),
    max: EXTENT as i64 + BUFFER_UNITS as i64,
};

/// A tile being drawn, with buffers that are used again for every ring.
pub(super) struct Pen {
    tile: TileAddress,
    origin: [i64; 2],
    ring: Vec<[i64; 2]>,
    scratch: Vec<[i64; 2]>,
    assembler: Assembler,
}

impl Pen {
    pub(super) fn new(tile: TileAddress) -> Self {
        Self {
            tile,
            origin: tile.origin_units(),
            ring: Vec::new(),
            scratch: Vec::new(),
            assembler: Assembler::default(),
        }
    }

    pub(super) fn tile(&self) -> TileAddress {
        self.tile
    }

    /// Writes a feature's polygons. One that lies in the tile and does not touch itself is written
    /// as it comes; any other is taken apart first.
    pub(super) fn polygons(
        &mut self,
        features: &Features,
        feature: usize,
        writer: &mut LayerWriter,
    ) {
        let is_plain = !features.touches_itself(feature, self.tile.z())
            && self.is_inside(&features.bounds_of(feature));
        if !is_plain && self.cut_out(features, feature) {
            writer.ring(&self.ring);
            return;
        }
        if !is_plain {
            let mut assembler = std::mem::take(&mut self.assembler);
            self.gather(features, feature, &mut assembler);
            write_polygons(&mut assembler, writer);
            self.assembler = assembler;
            return;
        }
        let mut outer_kept = false;
        for ring in features.rings_of(feature) {
            // A hole means nothing without the ring that it is cut out of.
            if !ring.exterior && !outer_kept {
                continue;
            }
            self.read_ring(&ring);
            let kept = self.ring.len() > 2;
            if ring.exterior {
                outer_kept = kept;
            }
            if kept {
                writer.ring(&self.ring);
            }
        }
    }

    /// Cuts the tile out of a feature of one ring that comes into it once: the usual parcel on
    /// the edge of a tile, which needs no taking apart. Says whether it was so.
    fn cut_out(&mut self, features: &Features, feature: usize) -> bool {
        if features.touches_itself(feature, self.tile.z()) {
            return false;
        }
        let mut rings = features.rings_of(feature);
        let (Some(ring), None) = (rings.next(), rings.next()) else {
            return false;
        };
        self.read_ring(&ring);
        if self.ring.len() < 3 {
            return false;
        }
        split_at_sides(&mut self.ring, &mut self.scratch, BUFFERED);
        cut_once(&mut self.ring, &mut self.scratch, BUFFERED)
    }

    /// Writes what a mask leaves of a feature's polygons.
    pub(super) fn masked(
        &mut self,
        features: &Features,
        feature: usize,
        mask: &Mask<'_>,
        writer: &mut LayerWriter,
    ) {
        let mut assembler = std::mem::take(&mut self.assembler);
        let mut rings_of = |pen: &mut Self, features: &Features, feature: usize| -> Rings {
            pen.gather(features, feature, &mut assembler);
            let polygons = assembler.finish(BUFFERED).into_iter();
            polygons
                .flat_map(|polygon| std::iter::once(polygon.outer).chain(polygon.holes))
                .collect()
        };
        let polygons = rings_of(self, features, feature);
        let left = mask.left_of(polygons, |perimeter| rings_of(self, perimeter, 0));
        for ring in &left {
            assembler.add(ring);
        }
        write_polygons(&mut assembler, writer);
        self.assembler = assembler;
    }

    /// Adds a feature's rings, clipped to the tile, to those that become one outline.
    pub(super) fn gather(
        &mut self,
        features: &Features,
        feature: usize,
        assembler: &mut Assembler,
    ) {
        let is_inside = self.is_inside(&features.bounds_of(feature));
        for ring in features.rings_of(feature) {
            self.read_ring(&ring);
            if self.ring.len() < 3 {
                continue;
            }
            if !is_inside {
                split_at_sides(&mut self.ring, &mut self.scratch, BUFFERED);
                clip_ring(&mut self.ring, &mut self.scratch, BUFFERED);
            }
            assembler.add(&self.ring);
        }
    }

    pub(super) fn lines(&mut self, features: &Features, feature: usize, writer: &mut LayerWriter) {
        for line in features.rings_of(feature) {
            self.read(&line);
            clip_line(&self.ring, &mut self.scratch, BUFFERED, |part| {
                writer.line(part);
            });
        }
    }

    /// Points go into the one tile that holds them, and not into the buffer of its neighbours:
    /// map programs draw symbols across the edge of tiles, and would draw them twice.
    pub(super) fn points(&mut self, features: &Features, feature: usize, writer: &mut LayerWriter) {
        for run in features.rings_of(feature) {
            self.read(&run);
            self.ring.retain(is_in_tile);
            writer.points(&self.ring);
        }
    }

    /// A grid point in units of the tile, where this tile is the one that holds it.
    pub(super) fn point_in_tile(&self, point: GridPoint) -> Option<[i64; 2]> {
        let shift = self.tile.shift();
        let unit = [0, 1].map(|axis| to_unit(point[axis], shift) - self.origin[axis]);
        is_in_tile(&unit).then_some(unit)
    }

    /// True when all of a box is in the tile with its buffer. A unit of margin is for vertices of
    /// neighbours through which an outline is led.
    fn is_inside(&self, bounds: &GridBox) -> bool {
        let shift = self.tile.shift();
        (0..2).all(|axis| {
            to_unit(bounds.min[axis], shift) - self.origin[axis] > BUFFERED.min
                && to_unit(bounds.max[axis], shift) - self.origin[axis] < BUFFERED.max
        })
    }

    /// Fills the buffer with the vertices of this zoom in units of the tile, none twice in a row.
    ///
    /// Of a run of vertices that lies beside the tile only the ends are taken: the way between
    /// them stays beside the tile as the run did, and clipping leaves the same of both.
    fn read(&mut self, ring: &RingView<'_>) {
        self.ring.clear();
        let mut done = 0;
        for (number, block) in ring.blocks.iter().enumerate() {
            if !self.is_beside(block) {
                continue;
            }
            let start = ring.before_blocks + number * BLOCK;
            self.read_run(ring, done..start);
            done = start + BLOCK;
            let zoom = self.tile.z();
            let mut held = (start..done).filter(|at| ring.zooms[*at].hold(zoom));
            if let Some(first) = held.next() {
                self.read_run(ring, first..first + 1);
            }
            if let Some(last) = held.next_back() {
                self.read_run(ring, last..last + 1);
            }
        }
        self.read_run(ring, done..ring.drawn.len());
    }

    fn read_run(&mut self, ring: &RingView<'_>, run: std::ops::Range<usize>) {
        let (zoom, shift, [left, top]) = (self.tile.z(), self.tile.shift(), self.origin);
        for (point, zooms) in ring.drawn[run.clone()].iter().zip(&ring.zooms[run]) {
            if !zooms.hold(zoom) {
                continue;
            }
            let unit = [
                to_unit(point[0], shift) - left,
                to_unit(point[1], shift) - top,
            ];
            if self.ring.last() != Some(&unit) {
                self.ring.push(unit);
            }
        }
    }

    /// True when all of a box lies on the far side of one side of the tile with its buffer.
    fn is_beside(&self, bounds: &GridBox) -> bool {
        let shift = self.tile.shift();
        (0..2).any(|axis| {
            to_unit(bounds.max[axis], shift) - self.origin[axis] < BUFFERED.min
                || to_unit(bounds.min[axis], shift) - self.origin[axis] > BUFFERED.max
        })
    }

    /// The same for a ring, whose first vertex is not said again.
    fn read_ring(&mut self, ring: &RingView<'_>) {
        self.read(ring);
        while self.ring.len() > 1 && self.ring.first() == self.ring.last() {
            self.ring.pop();
        }
    }
}

/// Writes what an assembler makes of the rings it was given.
pub(super) fn write_polygons(assembler: &mut Assembler, writer: &mut LayerWriter) {
    for polygon in assembler.finish(BUFFERED) {
        debug_assert!(twice_area(&polygon.outer) > 0);
        writer.ring(&polygon.outer);
        polygon.holes.iter().for_each(|hole| writer.ring(hole));
    }
}

/// Whether a point lies in the tile itself; of two neighbours, exactly one holds it.
fn is_in_tile(unit: &[i64; 2]) -> bool {
    unit.iter()
        .all(|value| (0..i64::from(EXTENT)).contains(value))
}

/// A grid coordinate in tile units of the whole map, rounded half up.
#[inline]
fn to_unit(value: u32, shift: u32) -> i64 {
    let half = (1_i64 << shift) >> 1;
    (i64::from(value) + half) >> shift
}
