//! Sessions on the server: a random token in a cookie, its hash in the database.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row as _};

use crate::access::{Acting, Role, Viewer};

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

/// A session to be opened.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// Who signed in: a subject.
    pub person: &'a str,
    /// Name to show.
    pub name: &'a str,
    /// The role of a demonstration identity; that of others follows from their duties.
    pub role: Role,
    /// True for an identity of a demonstration.
    pub demonstration: bool,
    /// Level of assurance that the identity provider told.
    pub assurance: Option<&'a str>,
}

/// Opens a session for so many seconds and returns its token.
///
/// # Errors
/// [`Error`].
pub async fn open_session(
    connection: &mut PgConnection,
    session: &NewSession<'_>,
    duration_s: i32,
) -> Result<SessionToken, Error> {
    let token = SessionToken::random()?;
    sqlx::query(sql::OPEN)
        .bind(token.hash().as_slice())
        .bind(session.name)
        .bind(session.role.as_str())
        .bind(session.demonstration)
        .bind(duration_s)
        .bind(session.person)
        .bind(session.assurance)
        .execute(connection)
        .await?;
    Ok(token)
}

struct SessionRow {
    person: String,
    name: String,
    role: String,
    mandate_id: Option<i64>,
    grantor: Option<String>,
    grantor_name: Option<String>,
    may_submit: Option<bool>,
    procedure_code: Option<String>,
    mandate_holds: Option<bool>,
}

impl FromRow<'_, PgRow> for SessionRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            person: row.try_get("person")?,
            name: row.try_get("name")?,
            role: row.try_get("role")?,
            mandate_id: row.try_get("mandate_id")?,
            grantor: row.try_get("grantor")?,
            grantor_name: row.try_get("grantor_name")?,
            may_submit: row.try_get("may_submit")?,
            procedure_code: row.try_get("procedure_code")?,
            mandate_holds: row.try_get("mandate_holds")?,
        })
    }
}

/// What an open session says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Who asks.
    pub viewer: Viewer,
    /// True when they acted under a mandate that does not hold any more: they act for nobody until
    /// they choose anew.
    pub mandate_over: bool,
}

/// The viewer of a session that is still open; demonstration sessions only where allowed.
///
/// The role of anybody else is that of the strongest duty which they have at this moment.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_session(
    connection: &mut PgConnection,
    token: &SessionToken,
    demonstration: bool,
) -> Result<Option<Found>, Error> {
    let row: Option<SessionRow> = sqlx::query_as(sql::FIND)
        .bind(token.hash().as_slice())
        .bind(demonstration)
        .fetch_optional(connection)
        .await?;
    Ok(row.and_then(|row| {
        let role = Role::from_word(&row.role)?;
        let holds = row.mandate_holds == Some(true);
        let acting = match (row.mandate_id, row.grantor, row.grantor_name) {
            (Some(mandate_id), Some(person), Some(name)) if holds => Some(Acting {
                mandate_id,
                person,
                name,
                may_submit: row.may_submit == Some(true),
                procedure: row.procedure_code,
            }),
            _ => None,
        };
        Some(Found {
            mandate_over: row.mandate_id.is_some() && !holds,
            viewer: Viewer::Known {
                person: row.person,
                name: row.name,
                role,
                acting,
            },
        })
    }))
}

/// Sets or removes the mandate under which a session acts; only one that holds and is theirs.
///
/// Returns whether it was done.
///
/// # Errors
/// [`Error::Database`].
pub async fn act_under(
    connection: &mut PgConnection,
    token: &SessionToken,
    mandate_id: Option<i64>,
) -> Result<bool, Error> {
    let done = sqlx::query(sql::ACT_UNDER)
        .bind(token.hash().as_slice())
        .bind(mandate_id)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
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
