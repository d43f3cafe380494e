//! Why a load stored nothing.

use std::path::PathBuf;

use crate::{crs, db, layer, place};

use super::prepare::PrepareError;
use super::worker;

/// Why a load stored nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No file was given.
    #[error("no file was given")]
    NoFiles,
    /// A file cannot be opened.
    #[error("{path}: {source}", path = .path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The worker could not read a file.
    #[error(transparent)]
    Worker(#[from] worker::WorkerError),
    /// A file does not fit the layer, or its coordinates cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// Another load of the same layer and comune is at work.
    #[error(
        "layer {layer} of {comune} is being loaded by somebody else: wait until that has ended"
    )]
    Busy {
        /// Layer.
        layer: String,
        /// Name of the comune.
        comune: String,
    },
    /// The database's own checks refuse a row that the worker let pass.
    #[error("the database refuses a row of layer {layer} by its rule '{rule}': nothing was stored")]
    Refused {
        /// Layer.
        layer: String,
        /// Name of the constraint.
        rule: String,
    },
    /// The storage CRS cannot be used.
    #[error(transparent)]
    Crs(#[from] crs::Error),
    /// Layers in the database.
    #[error(transparent)]
    Layer(#[from] layer::Error),
    /// Territories in the database.
    #[error(transparent)]
    Place(#[from] place::Error),
    /// It could not be published.
    #[error(transparent)]
    Publish(#[from] layer::PublishError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] db::Error),
    /// A statement failed.
    #[error("a statement of the load failed")]
    Statement(#[from] sqlx::Error),
    /// The program is stopping.
    #[error("the load was interrupted")]
    Interrupted,
}

impl From<PrepareError> for Error {
    fn from(error: PrepareError) -> Self {
        match error {
            PrepareError::Worker(error) => Self::Worker(error),
            other => Self::Unusable(other.to_string()),
        }
    }
}

/// Why the coordinates of a file cannot be used: it names no system, or one without a code.
pub(super) fn unknown_crs(wkt: Option<&str>, candidates: Option<&str>) -> String {
    let name = wkt.and_then(|wkt| wkt.split('"').nth(1));
    let what = match name {
        Some(name) => format!("its coordinate system '{name}' has no EPSG code"),
        None => "it does not say in which coordinate system it is".to_owned(),
    };
    let what = match candidates {
        Some(candidates) => format!("{what}: {candidates}"),
        None => what,
    };
    format!("{what}; give the right one with --crs EPSG:…")
}
