//! Cuts outlines that are in units of a tile, and writes them.

use crate::geo::{BUFFER_UNITS, EXTENT};

use super::clip::{ClipBox, clip_ring};
use super::encode::LayerWriter;

const BUFFERED: ClipBox = ClipBox {
    min: -(BUFFER_UNITS as i64),
    max: EXTENT as i64 + BUFFER_UNITS as i64,
};

/// Writes geometries, with buffers that are used again for every ring.
#[derive(Default)]
pub(super) struct Outline {
    ring: Vec<[i64; 2]>,
    scratch: Vec<[i64; 2]>,
    outer_kept: bool,
}

impl Outline {
    /// Writes a closed ring as far as it meets the tile; of a polygon the outer one comes first.
    ///
    /// A ring of the wrong direction, which rounding may make of a sliver, is left out.
    pub(super) fn ring(
        &mut self,
        writer: &mut LayerWriter,
        vertices: impl Iterator<Item = [i64; 2]>,
        is_outer: bool,
    ) {
        if !is_outer && !self.outer_kept {
            return;
        }
        self.take(vertices);
        // The closing vertex is left out: ClosePath says it.
        self.open();
        clip_ring(&mut self.ring, &mut self.scratch, BUFFERED);
        self.ring.dedup();
        self.open();
        let twice = if self.ring.len() < 3 {
            0
        } else {
            twice_area(&self.ring)
        };
        let kept = if is_outer { twice > 0 } else { twice < 0 };
        if is_outer {
            self.outer_kept = kept;
        }
        if kept {
            writer.ring(&self.ring);
        }
    }

    fn take(&mut self, vertices: impl Iterator<Item = [i64; 2]>) {
        self.ring.clear();
        for vertex in vertices {
            if self.ring.last() != Some(&vertex) {
                self.ring.push(vertex);
            }
        }
    }

    fn open(&mut self) {
        while self.ring.len() > 1 && self.ring.first() == self.ring.last() {
            self.ring.pop();
        }
    }
}

/// Whether a point lies in the tile itself; of two neighbours, exactly one holds it.
pub(super) fn is_in_tile(unit: &[i64; 2]) -> bool {
    unit.iter()
        .all(|value| (0..i64::from(EXTENT)).contains(value))
}

fn twice_area(ring: &[[i64; 2]]) -> i64 {
    let mut twice = 0;
    let mut previous = ring[ring.len() - 1];
    for &point in ring {
        twice += previous[0] * point[1] - point[0] * previous[1];
        previous = point;
    }
    twice
}
