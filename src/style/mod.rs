//! Style fragments become the MapLibre style of a comune, its legend and its pattern images.

mod base;
mod build;
mod expression;
mod fragment;
mod hatch;
mod legend;
mod sprite;

pub use base::Base;
pub use build::{Imagery, MapContent, ThemeTiles, draw_adopted, map_style};
pub use expression::{Context, evaluate, passes};
pub use fragment::{Fragments, Problem, StyleLayer};
pub use hatch::{Pattern, PatternImage, PatternKind};
pub use legend::{LegendEntry, Symbol, legend};
pub use sprite::{Sprite, Sprites};
