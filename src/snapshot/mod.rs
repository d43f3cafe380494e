//! The in-memory copy of what is published: flat columns, grid coordinates, a packed index.
//!
//! PostGIS is the truth. A snapshot is built from it, never changed, and thrown away when
//! another version takes its place; readers hold on to the one they began with.

mod adopted;
mod builder;
mod catalogue;
mod error;
mod features;
mod generations;
mod history;
mod live;
mod load;
mod projections;
mod read;
mod refresh;
mod sql;

pub use adopted::Adopted;
pub use builder::{BuildError, Builder, Raw};
pub(crate) use catalogue::ENCODER;
pub use catalogue::{BoundarySnapshot, Catalogue, LayerEntry, PartSnapshot, PlanSnapshot};
pub use error::Error;
pub use features::{BLOCK, Column, Features, REACH_M, RingView};
pub use generations::{Generations, Served};
pub use history::History;
pub use live::{LiveLayer, LiveRow, RawLive, look_at_one_moment, refresh_live};
pub use projections::Projections;
pub use read::read_features;
pub use refresh::refresh;

pub(crate) use sql::ALL as STATEMENTS;
