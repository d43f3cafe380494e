//! Which parts make up the answer to a tile request.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::access::{Action, Viewer, authorize};
use crate::geo::{GridBox, MAX_ZOOM, TileAddress};
use crate::layer::DefinitionFile;
use crate::place::Comune;
use crate::snapshot::{Catalogue, PartSnapshot};

use super::budget::DEFAULT_BUDGET;
use super::cache::{DrawingSize, TileDigest};

/// Layers named in one request at most.
const MAX_LAYERS: usize = 50;

/// Bytes of the fullest tile of the parts below which drawing takes less than half a millisecond.
const SMALL_BYTES: usize = 100_000;

/// Layers and parts that a tile is made of, authorised for the viewer.
#[derive(Debug, Clone)]
pub struct Selection {
    /// Definitions with the parts that meet the tile, in the order of the request.
    pub layers: Vec<(Arc<DefinitionFile>, Vec<Arc<PartSnapshot>>)>,
    /// Bytes that the tile may take before compression.
    pub budget: usize,
}

impl Selection {
    /// The same with another number of bytes that the tile may take.
    #[must_use]
    pub fn within(self, budget: usize) -> Self {
        Self { budget, ..self }
    }

    /// How much work it is at most to draw the tile.
    pub fn size(&self, tile: TileAddress) -> DrawingSize {
        let load = |part: &Arc<PartSnapshot>| part.features.load_at(tile.z()) as usize;
        let parts = self.layers.iter().flat_map(|(_, parts)| parts);
        if parts.map(load).sum::<usize>() <= SMALL_BYTES {
            DrawingSize::Small
        } else {
            DrawingSize::Large
        }
    }

    /// True when no part meets the tile: it is empty, and nothing has to be drawn.
    pub fn is_empty(&self) -> bool {
        self.layers.iter().all(|(_, parts)| parts.is_empty())
    }
}

/// Why a list of layers cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// No such layer, or none that this viewer may see: the answer is the same.
    #[error("there is no layer '{0}'")]
    UnknownLayer(String),
    /// A layer is named twice, or there are too many.
    #[error("the list of layers names '{0}' twice or is too long")]
    BadList(String),
}

/// Finds the parts that meet a tile: of all territories, or of a comune and its neighbours.
///
/// # Errors
/// [`SelectionError`].
pub fn select(
    catalogue: &Catalogue,
    viewer: &Viewer,
    comune: Option<&Comune>,
    layers: &str,
    tile: TileAddress,
) -> Result<Selection, SelectionError> {
    select_area(
        catalogue,
        viewer,
        comune,
        layers,
        tile.z(),
        &tile.buffered_box(),
    )
}

/// The parts that meet a box of the map at a zoom.
pub(super) fn select_area(
    catalogue: &Catalogue,
    viewer: &Viewer,
    comune: Option<&Comune>,
    layers: &str,
    zoom: u8,
    area: &GridBox,
) -> Result<Selection, SelectionError> {
    let mut selection = Selection {
        layers: Vec::new(),
        budget: DEFAULT_BUDGET,
    };
    for id in layers.split(',') {
        let shortened = || id.chars().take(48).collect::<String>();
        let entry = catalogue
            .layer(id)
            .filter(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok())
            .ok_or_else(|| SelectionError::UnknownLayer(shortened()))?;
        let named_before = selection
            .layers
            .iter()
            .any(|(file, _)| file.definition.id == id);
        if named_before || selection.layers.len() == MAX_LAYERS {
            return Err(SelectionError::BadList(shortened()));
        }
        let meets = |part: &&Arc<PartSnapshot>| part.features.bounds().intersects(area);
        let parts: Vec<_> = if zoom < entry.definition().tile.min_zoom {
            Vec::new()
        } else if let Some(comune) = comune {
            let near = catalogue.parts_near(entry, comune);
            near.filter(meets).cloned().collect()
        } else {
            entry.drawn().filter(meets).cloned().collect()
        };
        selection.layers.push((Arc::clone(&entry.file), parts));
    }
    Ok(selection)
}

/// The first zoom from which every tile has all features of all layers, each for itself; none when
/// even the deepest may leave some out.
///
/// It comes from what the features take at most, without drawing: tiles of a smaller zoom may be
/// whole too.
pub fn complete_from(
    catalogue: &Catalogue,
    comune: Option<&Comune>,
    selection: &Selection,
) -> Option<u8> {
    let parts: Vec<(u8, &PartSnapshot)> = selection
        .layers
        .iter()
        .filter_map(|(file, _)| Some((file, catalogue.layer(&file.definition.id)?)))
        .flat_map(|(file, entry)| {
            let near: Vec<_> = match comune {
                Some(comune) => catalogue.parts_near(entry, comune).collect(),
                None => entry.drawn().collect(),
            };
            let min_zoom = file.definition.tile.min_zoom;
            near.into_iter().map(move |part| (min_zoom, &**part))
        })
        .collect();
    let fits = |zoom: u8| {
        // A tile meets a part and parts beside it: no more than what meets the part's tiles.
        parts.iter().all(|(_, part)| {
            let reach = tiles_around(&part.features.bounds(), zoom);
            let load: usize = parts
                .iter()
                .filter(|(min_zoom, other)| {
                    *min_zoom <= zoom && reach.intersects(&other.features.bounds())
                })
                .map(|(_, other)| other.features.load_at(zoom) as usize)
                .sum();
            load <= selection.budget
        })
    };
    let complete = (0..=MAX_ZOOM).rev().take_while(|zoom| fits(*zoom)).last();
    let first = selection
        .layers
        .iter()
        .map(|(file, _)| file.definition.tile.min_zoom);
    complete.map(|zoom| zoom.max(first.min().unwrap_or(0)))
}

/// The box of all tiles that meet a box, on the grid.
fn tiles_around(bounds: &GridBox, zoom: u8) -> GridBox {
    let side = u32::MAX >> zoom;
    GridBox {
        min: bounds.min.map(|v| v.saturating_sub(side)),
        max: bounds.max.map(|v| v.saturating_add(side)),
    }
}

/// What a tile is made of: known before anything is rendered, and all that it depends on.
///
/// The policy classes of its layers are part of it, so that a tile with a layer of the office
/// never answers for a public one.
pub fn tile_digest(selection: &Selection, tile: TileAddress) -> TileDigest {
    let mut hash = Sha256::new();
    hash.update(crate::snapshot::ENCODER);
    hash.update((selection.budget as u64).to_le_bytes());
    hash.update([tile.z()]);
    hash.update(tile.x().to_le_bytes());
    hash.update(tile.y().to_le_bytes());
    for (file, parts) in &selection.layers {
        hash.update(file.sha256);
        hash.update([file.definition.policy as u8]);
        for part in parts {
            hash.update(part.part_id.to_le_bytes());
        }
    }
    let digest = hash.finalize();
    let mut short = [0; 16];
    short.copy_from_slice(&digest[..16]);
    TileDigest(short)
}
