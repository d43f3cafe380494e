//! The journal of access: who saw whose personal data.

use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::sql;

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// When.
    pub at: Timestamp,
    /// Name of who looked.
    pub name: String,
    /// Role in which they looked.
    pub role: String,
    /// The practice; none for lists.
    pub practice: Option<Uuid>,
    /// What was shown.
    pub what: String,
}

/// Somebody who looks.
#[derive(Debug, Clone, Copy)]
pub struct Looker<'a> {
    /// Who.
    pub person: &'a str,
    /// Their name.
    pub name: &'a str,
    /// Role in which they look.
    pub role: &'a str,
}

/// Notes that somebody was shown something; the same within an hour is noted once.
///
/// # Errors
/// When the database fails: then nothing may be shown.
pub async fn note_access(
    connection: &mut PgConnection,
    looker: Looker<'_>,
    practice: Option<Uuid>,
    what: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(sql::NOTE_ACCESS)
        .bind(looker.person)
        .bind(looker.name)
        .bind(looker.role)
        .bind(practice)
        .bind(what)
        .execute(connection)
        .await?;
    Ok(())
}

/// The newest entries, of one practice or of all.
///
/// # Errors
/// When the database fails.
pub async fn accesses(
    connection: &mut PgConnection,
    practice: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Access>, sqlx::Error> {
    type Row = (jiff_sqlx::Timestamp, String, String, Option<Uuid>, String);
    let rows: Vec<Row> = sqlx::query_as(sql::ACCESSES)
        .bind(practice)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(at, name, role, practice, what)| Access {
            at: at.to_jiff(),
            name,
            role,
            practice,
            what,
        })
        .collect())
}
