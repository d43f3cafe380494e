//! Coordinate reference systems: axis order, choice and record of transformations (PROJ).
//!
//! `sheet` knows the systems of sheets of the cadastral map, each its own.
//!
//! Outside this module coordinates are always x to the east, y to the north: lon/lat in
//! degrees or E/N in metres. Which order a CRS itself prescribes is known here alone.

mod sheet;
mod sql;
mod system;
mod transformation;

pub use sheet::{
    ControlPoint, Correction, FitError, FitMethod, Fitted, SheetKey, SheetSystem, SheetSystems,
    SheetTransformation, add_sheet_system, check_system, fit, known_in_system, sheet_systems,
};
pub(crate) use sql::ALL as STATEMENTS;
pub use system::{LON_LAT, check_storage, is_metric};
pub use transformation::{Operation, Transformation, with_transformation};

/// What can go wrong with coordinate reference systems.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The code is not one that PROJ knows.
    #[error("EPSG:{0} is no coordinate reference system that PROJ knows")]
    Unknown(i32),
    /// Maps cannot be stored in this CRS.
    #[error("EPSG:{srid} cannot store maps: {reason}")]
    NotForStorage {
        /// The code.
        srid: i32,
        /// Why not.
        reason: String,
    },
    /// The folder of grids cannot be used.
    #[error("the folder of grids {folder} cannot be used", folder = .folder.display())]
    Grids {
        /// The folder.
        folder: std::path::PathBuf,
    },
    /// No operation without ballpark between the two.
    #[error(
        "there is no known transformation from EPSG:{from} to EPSG:{to} (a guess without datum, \"ballpark\", is never used)"
    )]
    NoOperation {
        /// Source.
        from: i32,
        /// Target.
        to: i32,
    },
    /// A system of a sheet is neither an EPSG code nor a PROJ string that can be used.
    #[error("'{system}' is no system of a sheet: {reason}")]
    System {
        /// What was given.
        system: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A coordinate cannot be transformed.
    #[error("a coordinate cannot be transformed from EPSG:{from} to EPSG:{to}")]
    Coordinate {
        /// Source.
        from: i32,
        /// Target.
        to: i32,
    },
}
