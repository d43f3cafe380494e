//! Territories: names, cadastral codes with dates, boundary, storage CRS.

mod sql;
mod territory;

pub use territory::{
    BoundaryOrigin, BoundaryRow, BoundaryTimes, Comune, Error, NewComune, add_boundary_from_file,
    add_comune, boundaries, boundary_state, comuni, derive_boundary, slug_of,
};

pub(crate) use sql::ALL as STATEMENTS;
