//! Vector tiles from memory: quantise, clip, encode, compress, keep.

mod archive;
mod cache;
mod clip;
mod compress;
mod encode;
mod live;
mod outline;
mod render;
mod select;
mod values;

pub use archive::{
    Error as ArchiveError, Order as ArchiveOrder, Written as WrittenArchive, write_archive,
};
pub use cache::{DrawError, StoredTile, TileCache, TileDigest};
pub use clip::{ClipBox, clip_line, clip_ring};
pub use compress::{Effort, Encoding, compress, negotiate};
pub use encode::{LayerWriter, TagValue};
pub use live::LiveSelection;
pub use render::render;
pub use select::{Selection, SelectionError, select, tile_digest};
