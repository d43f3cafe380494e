//! Links, and adding them.

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::sql;

/// Random bytes hashed with a content.
pub type Salt = [u8; 32];

/// What can go wrong with the chain.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system gives no random bytes.
    #[error("no random bytes for a salt")]
    Random,
    /// A root cannot be read or written.
    #[error("root of the chain {path}: {source}")]
    Root {
        /// The file or folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("the chain of events in the database")]
    Database(#[from] sqlx::Error),
}

/// Something that does not fit in the chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A position is missing.
    #[error("link {0} is missing")]
    Missing(i64),
    /// A link does not continue the one before.
    #[error("link {0} does not continue the one before")]
    Broken(i64),
    /// A link is not what its hash says.
    #[error("link {0} was altered")]
    Altered(i64),
    /// The end of the chain is not where it was noted.
    #[error("the chain ends at link {found}, but {noted} were noted")]
    Cut {
        /// Where it ends.
        found: i64,
        /// Where it should.
        noted: i64,
    },
    /// The chain is shorter than a root says: an older state was restored.
    #[error("link {position}, noted on {day}, is not there any more: this is an older state")]
    OldState {
        /// Day of the root.
        day: Date,
        /// The link.
        position: i64,
    },
    /// A link is another than a root says: the chain was written anew.
    #[error("link {position} is not the one that was noted on {day}")]
    Rewritten {
        /// Day of the root.
        day: Date,
        /// The link.
        position: i64,
    },
    /// A root does not follow the one before.
    #[error("a root before that of {0} is missing or was altered")]
    RootMissing(Date),
    /// The end is another link than was noted.
    #[error("the last link {0} is not the one that was noted")]
    OtherEnd(i64),
}

/// Returns the hash of a content with its salt.
#[must_use]
pub fn content_hash(salt: &Salt, content: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(salt);
    hash.update(content);
    hash.finalize().into()
}

fn link_hash(position: i64, previous: &[u8], content: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(position.to_be_bytes());
    hash.update(previous);
    hash.update(content);
    hash.finalize().into()
}

/// Adds a content to the chain and returns its position and the salt that it was hashed with.
///
/// The end of the chain stays locked until the transaction ends.
///
/// # Errors
/// [`Error`].
pub async fn add(connection: &mut PgConnection, content: &[u8]) -> Result<(i64, Salt), Error> {
    let mut salt: Salt = [0; 32];
    getrandom::fill(&mut salt).map_err(|_| Error::Random)?;
    let (last, previous): (i64, Vec<u8>) = sqlx::query_as(sql::HEAD)
        .fetch_one(&mut *connection)
        .await?;
    let position = last + 1;
    let content = content_hash(&salt, content);
    let hash = link_hash(position, &previous, &content);
    sqlx::query(sql::ADD)
        .bind(position)
        .bind(content.as_slice())
        .bind(&previous)
        .bind(hash.as_slice())
        .execute(&mut *connection)
        .await?;
    sqlx::query(sql::MOVE_HEAD)
        .bind(position)
        .bind(hash.as_slice())
        .execute(connection)
        .await?;
    Ok((position, salt))
}

/// Position and hash of the last link.
///
/// # Errors
/// When the database fails.
pub async fn end(connection: &mut PgConnection) -> Result<(i64, Vec<u8>), sqlx::Error> {
    sqlx::query_as(sql::END).fetch_one(connection).await
}

/// The hash of a link.
///
/// # Errors
/// When the database fails.
pub async fn link(
    connection: &mut PgConnection,
    position: i64,
) -> Result<Option<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar(sql::LINK)
        .bind(position)
        .fetch_optional(connection)
        .await
}
