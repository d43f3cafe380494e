//! What is still to be done for practices: entries of the transaction that makes them due.

use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row as _};
use uuid::Uuid;

use crate::document::VerificationCode;
use crate::job::Topic;

use super::record::Practice;
use super::{Error, sql};

/// Announced when something is to be done.
pub const OUTBOX: Topic = Topic::new("practice.outbox");

/// Something that is to be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Number of the entry.
    pub id: i64,
    /// The practice.
    pub practice: Uuid,
    /// How often it was tried before.
    pub attempts: i32,
}

impl FromRow<'_, PgRow> for Due {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            practice: row.try_get("practice_id")?,
            attempts: row.try_get("attempts")?,
        })
    }
}

/// A receipt that was printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// SHA-256 of the PDF.
    pub sha256: Vec<u8>,
    /// Its size.
    pub bytes: i64,
    /// When it was printed.
    pub made_at: Timestamp,
}

/// Adds the code to follow a practice by.
pub(super) async fn add_code(connection: &mut PgConnection, practice: Uuid) -> Result<(), Error> {
    let code = VerificationCode::generate().map_err(|_| Error::Random)?;
    sqlx::query(sql::ADD_FOLLOW)
        .bind(practice)
        .bind(code.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// Adds the receipt that a filed practice owes.
pub(super) async fn add_receipt(
    connection: &mut PgConnection,
    practice: Uuid,
) -> Result<(), Error> {
    sqlx::query(sql::ADD_DUE)
        .bind(practice)
        .bind("receipt")
        .execute(connection)
        .await?;
    Ok(())
}

/// Claims the next entry that is due, for a minute: it is done outside of the transaction, and then
/// noted by [`end_due`] or [`put_off`]. One that nobody notes is due again.
///
/// # Errors
/// [`Error::Database`].
pub async fn take_due(connection: &mut PgConnection) -> Result<Option<Due>, Error> {
    let query = sqlx::query_as(sql::TAKE_DUE);
    Ok(query.fetch_optional(connection).await?)
}

/// Notes that an entry was done.
///
/// # Errors
/// [`Error::Database`].
pub async fn end_due(connection: &mut PgConnection, id: i64) -> Result<(), Error> {
    sqlx::query(sql::END_DUE)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes why an entry was not done; it is tried again after 5 s, doubled each time up to an hour.
///
/// # Errors
/// [`Error::Database`].
pub async fn put_off(connection: &mut PgConnection, due: &Due, why: &str) -> Result<(), Error> {
    let seconds = 5_i32
        .saturating_mul(1 << due.attempts.clamp(0, 10))
        .min(3600);
    sqlx::query(sql::PUT_OFF)
        .bind(due.id)
        .bind(why)
        .bind(seconds)
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps the receipt of a practice; one that is there already stays.
///
/// # Errors
/// [`Error::Database`].
pub async fn keep_receipt(
    connection: &mut PgConnection,
    practice: Uuid,
    sha256: &[u8],
    bytes: i64,
) -> Result<(), Error> {
    sqlx::query(sql::KEEP_RECEIPT)
        .bind(practice)
        .bind(sha256)
        .bind(bytes)
        .execute(connection)
        .await?;
    Ok(())
}

/// The receipt of a practice; none while it is not printed.
///
/// # Errors
/// [`Error::Database`].
pub async fn receipt(
    connection: &mut PgConnection,
    practice: Uuid,
) -> Result<Option<Receipt>, Error> {
    let row: Option<(Vec<u8>, i64, jiff_sqlx::Timestamp)> = sqlx::query_as(sql::RECEIPT)
        .bind(practice)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|(sha256, bytes, made_at)| Receipt {
        sha256,
        bytes,
        made_at: made_at.to_jiff(),
    }))
}

/// The code by which a practice is followed; none for one that was filed before there were any.
///
/// # Errors
/// [`Error::Database`].
pub async fn follow_code(
    connection: &mut PgConnection,
    practice: Uuid,
) -> Result<Option<VerificationCode>, Error> {
    let code: Option<String> = sqlx::query_scalar(sql::FOLLOW_CODE)
        .bind(practice)
        .fetch_optional(connection)
        .await?;
    Ok(code.and_then(|code| code.parse().ok()))
}

/// The practice that a code leads to.
///
/// From here on the transaction may see this practice, whoever asks.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_by_code(
    connection: &mut PgConnection,
    code: &VerificationCode,
) -> Result<Option<Practice>, Error> {
    let id: Option<Uuid> = sqlx::query_scalar(sql::BY_CODE)
        .bind(code.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(id) = id else { return Ok(None) };
    sqlx::query(sql::SEE_LINKED)
        .bind(id.to_string())
        .execute(&mut *connection)
        .await?;
    super::record::any(connection, id).await.map(Some)
}

/// A practice for what the program does by itself.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Database`].
pub async fn for_system(connection: &mut PgConnection, id: Uuid) -> Result<Practice, Error> {
    super::record::any(connection, id).await
}
