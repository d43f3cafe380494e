//! Who asks, and the one function that decides what they may have: pure.
//!
//! Whatever answers takes a [`Viewer`], and every output (page, API, tile, search) goes
//! through [`authorize`]; a second path to the same data would sooner or later forget a rule.

mod policy;
mod row;
mod viewer;

pub use policy::{Action, Denied, PolicyClass, authorize};
pub use row::{RowPolicy, Sight, sight};
pub use viewer::{Role, Viewer};
