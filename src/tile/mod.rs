//! Vector tiles from memory: quantise, clip, encode, compress, keep.

mod assemble;
mod budget;
mod cache;
mod clip;
mod compress;
mod encode;
mod pen;
mod render;
mod select;
mod values;

pub use budget::{DEFAULT_BUDGET, LEFT_OUT};
pub use cache::{DrawError, StoredTile, TileCache, TileDigest};
pub use clip::{ClipBox, clip_line, clip_ring, split_at_sides};
pub use compress::{Effort, Encoding, compress, negotiate};
pub use encode::{LayerWriter, TagValue};
pub use render::render;
pub use select::{Selection, SelectionError, complete_from, select, tile_digest};
