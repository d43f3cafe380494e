//! The census of land and buildings (catasto censuario): loading, joining to the map, reading.
//!
//! Everything of it is read and written by a database role of its own. Owners are personal data:
//! they are encrypted with a key that is not in the database, and read only with a purpose that
//! is written down in the same transaction. Nothing of them is in tiles, facts, exports or logs.

mod key;
mod load;
mod parcel_key;
mod read;
mod sql;

pub use load::{CensusReport, CensusRequest, load_census};
pub use parcel_key::parcel_key;
pub use read::{
    LandRecord, Owner, ParcelCensus, UnitRecord, areas_differ, census_areas, owners_of,
    parcel_census,
};

pub(crate) use sql::ALL as STATEMENTS;

/// What can go wrong with the census.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No file of a supply was given.
    #[error("{0}: there is no file of a census supply (.FAB, .TER, .SOG, .TIT)")]
    NoFiles(std::path::PathBuf),
    /// A file cannot be opened.
    #[error("{path}: {source}", path = .path.display())]
    File {
        /// Its path.
        path: std::path::PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The worker could not read a file.
    #[error(transparent)]
    Worker(#[from] crate::ingest::WorkerError),
    /// Records could not be read: nothing was stored.
    #[error("{count} records cannot be read, nothing was stored; the first: {first}")]
    Records {
        /// How many.
        count: u64,
        /// File, line and what is wrong with the first.
        first: String,
    },
    /// The supply is of several comuni.
    #[error("the supply is of several comuni: {0} and {1}")]
    SeveralComuni(String, String),
    /// The supply is of another comune.
    #[error("the supply is of comune {found}, not of {wanted}")]
    OtherComune {
        /// Whose it is.
        found: String,
        /// Whose it should be.
        wanted: String,
    },
    /// The supply has no record.
    #[error("the supply has no record")]
    Empty,
    /// A supply of updates came before a complete one.
    #[error("there is no complete supply of comune {0} that these updates could be of")]
    NoBase(String),
    /// No purpose was given.
    #[error("the owners of a parcel are read only with a purpose, in at least five letters")]
    NoPurpose,
    /// The key of the installation cannot be used.
    #[error("the key of the census, {path}, cannot be used", path = .0.display())]
    Key(std::path::PathBuf, #[source] std::io::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] crate::db::Error),
    /// A statement failed.
    #[error("the census in the database")]
    Statement(#[from] sqlx::Error),
    /// The program is stopping.
    #[error("the load was interrupted")]
    Interrupted,
}
