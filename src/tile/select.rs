//! Which parts make up the answer to a tile request.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::access::{Action, Viewer, authorize};
use crate::geo::TileAddress;
use crate::layer::DefinitionFile;
use crate::place::Comune;
use crate::snapshot::{Catalogue, PartSnapshot};

use super::cache::TileDigest;

/// Layers named in one request at most.
const MAX_LAYERS: usize = 50;

/// Layers and parts that a tile is made of, authorised for the viewer.
#[derive(Debug, Clone)]
pub struct Selection {
    /// Definitions with the parts that meet the tile, in the order of the request.
    pub layers: Vec<(Arc<DefinitionFile>, Vec<Arc<PartSnapshot>>)>,
}

impl Selection {
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
    let area = tile.buffered_box();
    let mut selection = Selection { layers: Vec::new() };
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
        let meets = |part: &&Arc<PartSnapshot>| part.features.bounds().intersects(&area);
        let parts: Vec<_> = if tile.z() < entry.definition().tile.min_zoom {
            Vec::new()
        } else if let Some(comune) = comune {
            let near = catalogue.parts_near(entry, comune);
            near.filter(meets).cloned().collect()
        } else {
            entry.parts.iter().filter(meets).cloned().collect()
        };
        selection.layers.push((Arc::clone(&entry.file), parts));
    }
    Ok(selection)
}

/// What a tile is made of: known before anything is rendered, and all that it depends on.
///
/// The policy classes of its layers are part of it, so that a tile with a layer of the office
/// never answers for a public one.
pub fn tile_digest(selection: &Selection, tile: TileAddress) -> TileDigest {
    let mut hash = Sha256::new();
    hash.update(crate::snapshot::ENCODER);
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
