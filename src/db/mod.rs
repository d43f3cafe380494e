//! The database: the private cluster, roles and pools, transactions, migrations, bulk copy.
//!
//! PostGIS is the truth. Without `DATABASE_URL` the program runs a PostgreSQL of its own
//! ([`Cluster`]); either way the rest of the program sees [`Databases`]: a pool that writes,
//! a pool that only reads, and an owner who alone may change the schema.

mod address;
mod bootstrap;
mod cluster;
mod copy_in;
mod copy_out;
mod dump;
mod geometry;
mod migrate;
mod pool;
mod transaction;

pub use address::{Address, DbRole};
pub use cluster::{Cluster, Error as ClusterError, State, Status};
pub use copy_in::{CopyIn, CopyWriter};
pub use copy_out::{CopyRow, Field, JsonText, copy_out};
pub use geometry::Ewkb;
pub use migrate::{AppliedMigration, MigrationState, Versions, fingerprint};
pub use pool::Databases;
pub use transaction::{
    BoxFuture, Tx, in_transaction, in_transaction_for, in_transaction_for_link,
    in_transaction_for_system,
};

/// What can go wrong between the program and its database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The private cluster cannot be made, started or stopped.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// `DATABASE_URL` cannot be read.
    #[error("database address {address}: {source}")]
    Address {
        /// The address without its password.
        address: String,
        /// What is wrong with it.
        source: sqlx::Error,
    },
    /// A server that does not answer, or refuses.
    #[error("database server {server} does not let us in: {source}")]
    Connect {
        /// Where the server is.
        server: String,
        /// What it or the system said.
        source: sqlx::Error,
    },
    /// A server on which something is missing that only its administrator can give.
    #[error("database server: {what}; its administrator can mend that with: {statement}")]
    Missing {
        /// What is missing.
        what: String,
        /// The SQL statements that give it.
        statement: String,
    },
    /// Migrations that cannot be applied.
    #[error("database schema: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A statement that failed.
    #[error("database: {0}")]
    Query(#[from] sqlx::Error),
    /// An answer that did not come in time.
    #[error("database did not answer within {0:?}")]
    Slow(std::time::Duration),
    /// Rows for a bulk copy that do not fit the format.
    #[error("row {row} of a bulk copy: {reason}")]
    CopyRow {
        /// The row, counted from 1.
        row: u64,
        /// What is wrong.
        reason: String,
    },
    /// A program of PostgreSQL that failed.
    #[error("{tool} failed: {said}")]
    Tool {
        /// Its name.
        tool: &'static str,
        /// What it said.
        said: String,
    },
    /// The program is shutting down, so the transaction was given up.
    #[error("transaction given up: the program is stopping")]
    Stopping,
}

impl Error {
    /// The five-character code of PostgreSQL, when the server answered with one.
    pub fn code(&self) -> Option<String> {
        match self {
            Self::Query(error) | Self::Connect { source: error, .. } => code(error),
            _ => None,
        }
    }
}

/// The five-character code of an answer of PostgreSQL.
fn code(error: &sqlx::Error) -> Option<String> {
    let code = error.as_database_error()?.code()?;
    Some(code.into_owned())
}
