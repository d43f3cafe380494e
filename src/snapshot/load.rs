//! How many bytes a tile takes when everything is drawn: what a layer's tiles have to fit in.

use std::collections::HashMap;

use crate::geo::{BUFFER_UNITS, EXTENT, GridBox, MAX_ZOOM};

use super::features::{Features, ZOOMS};

/// Numeric name, type and lengths of a feature, and the numbers of its tags.
const EACH: u32 = 24;

/// A label point with its numeric name and tags.
const LABEL: u32 = 24;

/// Tiles that a feature is counted in one by one; one that meets more counts everywhere.
const FEW_TILES: u32 = 64;

/// Adds up the bytes of features, tile by tile, at every zoom.
pub(super) struct Load {
    boxes: Vec<GridBox>,
    /// Bytes of a feature's attributes, at most: values that several share count for each.
    attributes: Vec<u32>,
    tiles: Vec<HashMap<[u32; 2], u32>>,
    everywhere: [u32; ZOOMS],
}

impl Load {
    pub(super) fn new(features: &Features, columns: &[usize]) -> Self {
        let bytes = |feature: usize| -> u32 {
            let values = columns.iter().map(|column| {
                let text = features
                    .value(feature, *column)
                    .as_text()
                    .map_or(0, str::len);
                u32::try_from(text).unwrap_or(u32::MAX).saturating_add(12)
            });
            values.fold(EACH + LABEL, u32::saturating_add)
        };
        Self {
            boxes: features.boxes.clone(),
            attributes: (0..features.len()).map(bytes).collect(),
            tiles: vec![HashMap::new(); ZOOMS],
            everywhere: [0; ZOOMS],
        }
    }

    /// What tiles of points take: each of them is in one tile.
    pub(super) fn of_points(features: &Features, columns: Option<&[usize]>) -> [u32; ZOOMS] {
        let mut load = Self::new(features, columns.unwrap_or_default());
        for feature in 0..features.len() {
            let points = features.vertices[feature + 1] - features.vertices[feature];
            for zoom in 0..=MAX_ZOOM {
                load.add(feature, zoom, points as usize * 6);
            }
        }
        load.finish()
    }

    /// Adds a feature whose outline takes so many bytes at a zoom.
    pub(super) fn add(&mut self, feature: usize, zoom: u8, bytes: usize) {
        let GridBox { min, max } = self.boxes[feature];
        if min[0] > max[0] {
            return;
        }
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let bytes = bytes.saturating_add(self.attributes[feature]);
        let shift = u32::from(MAX_ZOOM - zoom);
        let side = u64::from(EXTENT) << shift;
        let margin = u64::from(BUFFER_UNITS + 1) << shift;
        // Less than a tile of the deepest zoom has columns, which are 20 bits.
        let tile = |cell: u64| (cell / side).min((1 << zoom) - 1) as u32;
        let first = min.map(|v| tile(u64::from(v).saturating_sub(margin)));
        let last = max.map(|v| tile(u64::from(v) + margin));
        let zoom = usize::from(zoom);
        let count = (last[0] - first[0] + 1).saturating_mul(last[1] - first[1] + 1);
        if count > FEW_TILES {
            self.everywhere[zoom] = self.everywhere[zoom].saturating_add(bytes);
            return;
        }
        for x in first[0]..=last[0] {
            for y in first[1]..=last[1] {
                let sum = self.tiles[zoom].entry([x, y]).or_default();
                *sum = sum.saturating_add(bytes);
            }
        }
    }

    /// The fullest tile of each zoom.
    pub(super) fn finish(self) -> [u32; ZOOMS] {
        let mut load = self.everywhere;
        for (most, tiles) in load.iter_mut().zip(&self.tiles) {
            *most = most.saturating_add(tiles.values().copied().max().unwrap_or(0));
        }
        load
    }
}
