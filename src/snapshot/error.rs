//! What can go wrong while the copy in memory is made.

use crate::{layer, place};

use super::builder::BuildError;

/// What can go wrong while the copy is made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error("reading what is published")]
    Database(#[from] sqlx::Error),
    /// No transaction could be had.
    #[error(transparent)]
    Transaction(#[from] crate::db::Error),
    /// The catalogue of layers could not be read.
    #[error(transparent)]
    Layer(#[from] layer::Error),
    /// Territories could not be read.
    #[error(transparent)]
    Place(#[from] place::Error),
    /// Rows do not make a snapshot.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The program is stopping.
    #[error("the building of a snapshot was interrupted")]
    Interrupted,
}
