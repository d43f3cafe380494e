//! Vector tiles from memory: quantise, clip, encode, compress, keep.

mod archive;
mod assemble;
mod budget;
mod cache;
mod clip;
mod compress;
mod encode;
mod live;
mod live_values;
mod mask;
mod matrix;
mod outline;
mod pen;
mod render;
mod select;
mod values;

pub use archive::{
    Error as ArchiveError, Order as ArchiveOrder, Written as WrittenArchive, write_archive,
};
pub use budget::{DEFAULT_BUDGET, LEFT_OUT};
pub use cache::{DrawError, DrawingSize, StoredTile, TileCache, TileDigest};
pub use clip::{ClipBox, clip_line, clip_ring, cut_once, split_at_sides};
pub use compress::{Effort, Encoding, compress, negotiate};
pub use encode::{LayerWriter, TagValue};
pub use live::LiveSelection;
pub use matrix::{MatrixError, on_grid_of, select_in};
pub use render::render;
pub use select::{Selection, SelectionError, complete_from, select, tile_digest};
