//! Sessions on the server: a random token in a cookie, its hash in the database.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::access::{Role, Viewer};

use super::sql;

/// What can go wrong with sessions.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system gives no random bytes.
    #[error("no random bytes for a session")]
    Random,
    /// The database failed.
    #[error("sessions in the database")]
    Database(#[from] sqlx::Error),
}

/// A session's secret: 256 random bits as 64 hexadecimal digits. Never logged.
pub struct SessionToken(String);

impl SessionToken {
    fn random() -> Result<Self, Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
        let mut text = String::with_capacity(64);
        for byte in bytes {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Ok(Self(text))
    }

    /// Reads a cookie's value; none when it cannot be a token.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        hex.then(|| Self(text.to_owned()))
    }

    /// The value for the cookie.
    pub fn expose(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

/// Opens a session and returns its token.
///
/// # Errors
/// [`Error`].
pub async fn open_session(
    connection: &mut PgConnection,
    name: &str,
    role: Role,
    demonstration: bool,
    duration_s: i32,
) -> Result<SessionToken, Error> {
    let token = SessionToken::random()?;
    sqlx::query(sql::OPEN)
        .bind(token.hash().as_slice())
        .bind(name)
        .bind(role.as_str())
        .bind(demonstration)
        .bind(duration_s)
        .execute(connection)
        .await?;
    Ok(token)
}

/// The viewer of a session that is still open; demonstration sessions only where allowed.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_session(
    connection: &mut PgConnection,
    token: &SessionToken,
    demonstration: bool,
) -> Result<Option<Viewer>, Error> {
    let row: Option<(String, String)> = sqlx::query_as(sql::FIND)
        .bind(token.hash().as_slice())
        .bind(demonstration)
        .fetch_optional(connection)
        .await?;
    Ok(row.and_then(|(name, role)| {
        Some(Viewer::Known {
            name,
            role: Role::from_word(&role)?,
        })
    }))
}

/// The person of a session that is still open, the same in each of theirs.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_person(
    connection: &mut PgConnection,
    token: &SessionToken,
    demonstration: bool,
) -> Result<Option<String>, Error> {
    let person: Option<Option<String>> = sqlx::query_scalar(sql::FIND_PERSON)
        .bind(token.hash().as_slice())
        .bind(demonstration)
        .fetch_optional(connection)
        .await?;
    Ok(person.flatten())
}

/// Closes a session, and those that have expired.
///
/// # Errors
/// [`Error::Database`].
pub async fn close_session(
    connection: &mut PgConnection,
    token: &SessionToken,
) -> Result<(), Error> {
    sqlx::query(sql::CLOSE)
        .bind(token.hash().as_slice())
        .execute(connection)
        .await?;
    Ok(())
}
