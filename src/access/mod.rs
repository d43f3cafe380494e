//! Who asks, and the one function that decides what they may have: pure.
//!
//! Whatever answers takes a [`Viewer`], and every output (page, API, tile, search) goes
//! through [`authorize`], or through [`authorize_practice`] where it is somebody's own; a second
//! path to the same data would sooner or later forget a rule.

mod policy;
mod practice;
mod viewer;

pub use policy::{Action, Denied, PolicyClass, authorize};
pub use practice::{Concerned, PracticeAction, Relation, authorize_practice, relation};
pub use viewer::{Acting, Role, Viewer};
