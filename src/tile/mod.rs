//! Vector tiles from memory: quantise, clip, encode, compress.

mod clip;
mod compress;
mod encode;
mod render;
mod select;

pub use clip::{ClipBox, clip_ring};
pub use compress::{Encoding, compress, negotiate};
pub use encode::{LayerWriter, TagValue};
pub use render::render;
pub use select::{Selection, SelectionError, entity_tag, select};
