//! Drafts: what is being written.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value as Json;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row as _};
use uuid::Uuid;

use crate::procedure::{Answers, Procedure};

use super::{Error, sql};

/// Drafts that one person may have at a time.
pub const MAX_DRAFTS: i64 = 50;

/// What is being written.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its number.
    pub id: Uuid,
    /// Who writes it.
    pub person: String,
    /// The comune.
    pub territory_id: i64,
    /// Short code of the procedure.
    pub procedure_code: String,
    /// The text with which it began.
    pub definition_sha256: Vec<u8>,
    /// Answers so far.
    pub answers: Answers,
    /// Sections that were saved.
    pub touched: Vec<String>,
    /// Counts savings.
    pub revision: i32,
    /// When it was last saved.
    pub saved_at: Timestamp,
    /// When it may be removed.
    pub expires_at: Timestamp,
    /// What it became.
    pub submitted_as: Option<Uuid>,
}

pub(super) struct DraftRow {
    id: Uuid,
    person: String,
    territory_id: i64,
    procedure_code: String,
    definition_sha256: Vec<u8>,
    answers: Json,
    touched: Vec<String>,
    revision: i32,
    saved_at: jiff_sqlx::Timestamp,
    expires_at: jiff_sqlx::Timestamp,
    submitted_as: Option<Uuid>,
}

impl FromRow<'_, PgRow> for DraftRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            person: row.try_get("person")?,
            territory_id: row.try_get("territory_id")?,
            procedure_code: row.try_get("procedure_code")?,
            definition_sha256: row.try_get("definition_sha256")?,
            answers: row.try_get("answers")?,
            touched: row.try_get("touched")?,
            revision: row.try_get("revision")?,
            saved_at: row.try_get("saved_at")?,
            expires_at: row.try_get("expires_at")?,
            submitted_as: row.try_get("submitted_as")?,
        })
    }
}

impl From<DraftRow> for Draft {
    fn from(row: DraftRow) -> Self {
        Self {
            id: row.id,
            person: row.person,
            territory_id: row.territory_id,
            procedure_code: row.procedure_code,
            definition_sha256: row.definition_sha256,
            answers: match row.answers {
                Json::Object(answers) => answers,
                _ => Answers::new(),
            },
            touched: row.touched,
            revision: row.revision,
            saved_at: row.saved_at.to_jiff(),
            expires_at: row.expires_at.to_jiff(),
            submitted_as: row.submitted_as,
        }
    }
}

/// Keeps the text of a procedure, once.
pub(super) async fn keep_definition(
    connection: &mut PgConnection,
    procedure: &Procedure,
) -> Result<(), sqlx::Error> {
    let definition = &procedure.definition;
    sqlx::query(sql::KEEP_DEFINITION)
        .bind(procedure.sha256.as_slice())
        .bind(&definition.code)
        .bind(&definition.scope)
        .bind(i32::try_from(definition.version).unwrap_or(i32::MAX))
        .bind(&procedure.text)
        .execute(connection)
        .await?;
    Ok(())
}

/// Opens a draft and returns its number.
///
/// # Errors
/// [`Error::TooManyDrafts`], [`Error::Database`].
pub async fn open_draft(
    connection: &mut PgConnection,
    procedure: &Procedure,
    person: &str,
    territory_id: i64,
    answers: Answers,
) -> Result<Uuid, Error> {
    let open: i64 = sqlx::query_scalar(sql::COUNT_DRAFTS)
        .bind(person)
        .fetch_one(&mut *connection)
        .await?;
    if open >= MAX_DRAFTS {
        return Err(Error::TooManyDrafts);
    }
    keep_definition(connection, procedure).await?;
    let id = Uuid::new_v4();
    sqlx::query(sql::OPEN_DRAFT)
        .bind(id)
        .bind(person)
        .bind(territory_id)
        .bind(&procedure.definition.code)
        .bind(procedure.sha256.as_slice())
        .bind(Json::Object(answers))
        .execute(connection)
        .await?;
    Ok(id)
}

/// A person's draft; another's does not exist.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Database`].
pub async fn find_draft(
    connection: &mut PgConnection,
    id: Uuid,
    person: &str,
) -> Result<Draft, Error> {
    let row: Option<DraftRow> = sqlx::query_as(sql::DRAFT)
        .bind(id)
        .bind(person)
        .fetch_optional(connection)
        .await?;
    row.map(Draft::from).ok_or(Error::NotFound(id))
}

/// Removes drafts whose time is over, and returns how many there were.
///
/// # Errors
/// [`Error::Database`].
pub async fn drop_expired(connection: &mut PgConnection) -> Result<u64, Error> {
    let done = sqlx::query(sql::DROP_EXPIRED).execute(connection).await?;
    Ok(done.rows_affected())
}

/// A person's drafts, the newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn drafts(connection: &mut PgConnection, person: &str) -> Result<Vec<Draft>, Error> {
    let rows: Vec<DraftRow> = sqlx::query_as(sql::DRAFTS)
        .bind(person)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(Draft::from).collect())
}

/// Saves answers over a draft of a revision; `section` is the page that was finished, if any.
///
/// # Errors
/// [`Error::Conflict`] when somebody saved in the meantime, [`Error::NotFound`].
pub async fn save_draft(
    connection: &mut PgConnection,
    draft: &Draft,
    answers: &Answers,
    section: Option<&str>,
) -> Result<(), Error> {
    let done = sqlx::query(sql::SAVE_DRAFT)
        .bind(draft.id)
        .bind(&draft.person)
        .bind(draft.revision)
        .bind(Json::Object(answers.clone()))
        .bind(section)
        .execute(&mut *connection)
        .await?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    let now = find_draft(connection, draft.id, &draft.person).await?;
    Err(Error::Conflict {
        id: draft.id,
        seen: draft.revision,
        now: now.revision,
    })
}

/// The moment of the transaction, as the database has it.
pub(super) async fn now(connection: &mut PgConnection) -> Result<Timestamp, sqlx::Error> {
    let now: jiff_sqlx::Timestamp = sqlx::query_scalar(sql::NOW).fetch_one(connection).await?;
    Ok(now.to_jiff())
}

/// An instant for the database.
pub(super) fn stored(at: Timestamp) -> jiff_sqlx::Timestamp {
    at.to_sqlx()
}
