//! Style fragments become the MapLibre style of a comune.

mod build;
mod fragment;

pub use build::{MapContent, map_style};
pub use fragment::{Fragments, Problem};
