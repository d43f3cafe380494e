//! Tiles of live layers: the rows that a viewer may see, as they are at this moment.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::access::{Sight, Viewer, sight};
use crate::geo::TileAddress;
use crate::snapshot::{LiveLayer, LiveRow};

use super::cache::TileDigest;
use super::encode::LayerWriter;
use super::outline::{Outline, is_in_tile};
use super::values::Values;

/// The rows of a live layer that meet a tile, as far as a viewer may see them.
pub struct LiveSelection {
    layer: Arc<LiveLayer>,
    rows: Vec<(Arc<LiveRow>, Sight)>,
}

impl LiveSelection {
    /// Finds them; `person` is who the viewer is, where they are signed in.
    pub fn new(
        layer: Arc<LiveLayer>,
        viewer: &Viewer,
        person: Option<&str>,
        tile: TileAddress,
    ) -> Self {
        let wanted = tile.z() >= layer.file.definition.tile.min_zoom;
        let rows = if wanted {
            let met = layer.meeting(&tile.buffered_box());
            met.into_iter()
                .map(|row| (Arc::clone(row), sight(viewer, person, &row.policy)))
                .filter(|(_, sight)| *sight != Sight::Hidden)
                .collect()
        } else {
            Vec::new()
        };
        Self { layer, rows }
    }

    /// True when there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What the tile is made of: the definition, and name, revision and sight of each row, in
    /// the order of names. It is the same in every instance, and differs between viewers who
    /// see different things.
    pub fn digest(&self, tile: TileAddress) -> TileDigest {
        let mut hash = Sha256::new();
        hash.update(crate::snapshot::ENCODER);
        hash.update(b"live");
        hash.update([tile.z()]);
        hash.update(tile.x().to_le_bytes());
        hash.update(tile.y().to_le_bytes());
        hash.update(self.layer.file.sha256);
        for (row, sight) in &self.rows {
            hash.update(row.id.to_le_bytes());
            hash.update(row.revision.to_le_bytes());
            hash.update([u8::from(*sight == Sight::Whole)]);
        }
        let digest = hash.finalize();
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        TileDigest(short)
    }

    /// The tile as bytes: outlines, and a companion layer `{id}.label` with a point for each row.
    ///
    /// Every column that a viewer may see is there in both, so that a style needs no second look.
    pub fn render(&self, tile: TileAddress) -> Vec<u8> {
        let definition = &self.layer.file.definition;
        let name = &definition.id;
        let keys = definition.tile.attributes.clone();
        let mut outlines = LayerWriter::new(name, keys.clone());
        let mut labels = LayerWriter::new(&format!("{name}.label"), keys);
        let (mut of_outlines, mut of_labels) = (Values::default(), Values::default());
        let mut outline = Outline::default();
        let units = Units::of(tile);
        for (row, sight) in &self.rows {
            for ring in row.features.rings_of(0) {
                let vertices = ring.grid.iter().map(|point| units.at(*point));
                outline.ring(&mut outlines, vertices, ring.exterior);
            }
            self.tag(row, *sight, &mut outlines, &mut of_outlines);
            outlines.finish_feature(row.id);
            let point = units.at(row.features.label(0));
            if is_in_tile(&point) {
                labels.points(&[point]);
                self.tag(row, *sight, &mut labels, &mut of_labels);
                labels.finish_feature(row.id);
            }
        }
        let mut bytes = Vec::new();
        outlines.finish(&mut bytes);
        labels.finish(&mut bytes);
        bytes
    }

    fn tag(&self, row: &LiveRow, sight: Sight, writer: &mut LayerWriter, values: &mut Values) {
        for ((key, value), public) in (0_u32..).zip(&row.values).zip(&self.layer.file.public) {
            if sight == Sight::Whole || *public {
                values.tag(writer, key, value);
            }
        }
    }
}

/// From the grid to the units of a tile.
struct Units {
    shift: u32,
    origin: [i64; 2],
}

impl Units {
    fn of(tile: TileAddress) -> Self {
        Self {
            shift: tile.shift(),
            origin: tile.origin_units(),
        }
    }

    fn at(&self, point: [u32; 2]) -> [i64; 2] {
        let half = (1_i64 << self.shift) >> 1;
        [0, 1].map(|axis| ((i64::from(point[axis]) + half) >> self.shift) - self.origin[axis])
    }
}
