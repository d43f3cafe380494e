//! Reports that a fact is wrong: from anybody to the staff who keep the maps.

use jiff::Timestamp;
use jiff_sqlx::Timestamp as SqlTimestamp;
use sqlx::PgConnection;

use super::sql;

/// Reports that are taken in an hour from everybody together: a form without sign-in invites
/// machines.
const AN_HOUR: i64 = 200;

/// Letters of a report at most.
pub const MAX_REPORT: usize = 2000;

/// Letters of a contact at most.
pub const MAX_CONTACT: usize = 200;

/// Why a report is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Nothing is said.
    #[error("the report says nothing")]
    Empty,
    /// More is said than is kept.
    #[error("the report has {0} letters, and {MAX_REPORT} are kept")]
    TooLong(usize),
    /// The contact is too long.
    #[error("the contact has {0} letters, and {MAX_CONTACT} are kept")]
    LongContact(usize),
    /// Too many reports came in the last hour.
    #[error("too many reports came in the last hour")]
    TooMany,
    /// The answer says nothing or too much, or there is no such open report.
    #[error("there is no open report {0}, or its answer is empty or too long")]
    NotAnswered(i64),
    /// The database failed.
    #[error("reports in the database")]
    Database(#[from] sqlx::Error),
}

/// A report as it arrives.
#[derive(Debug, Clone)]
pub struct NewReport {
    /// The comune.
    pub territory_id: i64,
    /// National reference of the parcel that it is about; where none is, there is a place.
    pub parcel: Option<String>,
    /// The place that it is about, longitude and latitude in degrees.
    pub place: Option<(f64, f64)>,
    /// Layer that it is about.
    pub layer: Option<String>,
    /// What is wrong.
    pub text: String,
    /// Where to answer.
    pub contact: Option<String>,
    /// The facts as they were told.
    pub evidence: serde_json::Value,
}

/// Reports that are open, or that are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportState {
    /// Nobody has answered them.
    Open,
    /// They are answered.
    Answered,
}

/// A report as the staff sees it.
#[derive(Debug, Clone)]
pub struct Report {
    /// Its number.
    pub id: i64,
    /// National reference of the parcel that it is about.
    pub parcel: Option<String>,
    /// The place that it is about, longitude and latitude in degrees.
    pub place: Option<(f64, f64)>,
    /// Layer that it is about.
    pub layer: Option<String>,
    /// What is wrong.
    pub text: String,
    /// Where to answer.
    pub contact: Option<String>,
    /// The facts as they were told.
    pub evidence: serde_json::Value,
    /// When it arrived.
    pub at: Timestamp,
    /// What was done.
    pub answer: Option<ReportAnswer>,
}

/// What the office did about a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportAnswer {
    /// What was done.
    pub note: String,
    /// Who answered.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl NewReport {
    /// The report with its texts trimmed, or what is wrong with them.
    ///
    /// # Errors
    /// [`ReportError::Empty`], [`ReportError::TooLong`], [`ReportError::LongContact`].
    pub fn checked(self) -> Result<Self, ReportError> {
        let clean = |text: &str| text.replace('\0', "").trim().to_owned();
        let text = clean(&self.text);
        let contact = self.contact.as_deref().map(clean).filter(|c| !c.is_empty());
        let letters = text.chars().count();
        if letters == 0 {
            return Err(ReportError::Empty);
        }
        if letters > MAX_REPORT {
            return Err(ReportError::TooLong(letters));
        }
        let letters = contact
            .as_ref()
            .map_or(0, |contact| contact.chars().count());
        if letters > MAX_CONTACT {
            return Err(ReportError::LongContact(letters));
        }
        Ok(Self {
            text,
            contact,
            layer: self
                .layer
                .filter(|layer| !layer.is_empty() && layer.len() <= 48),
            ..self
        })
    }
}

/// Keeps a report; its number.
///
/// # Errors
/// [`ReportError`].
pub async fn add_report(
    connection: &mut PgConnection,
    report: NewReport,
) -> Result<i64, ReportError> {
    let report = report.checked()?;
    let recent: i64 = sqlx::query_scalar(sql::REPORTS_OF_AN_HOUR)
        .fetch_one(&mut *connection)
        .await?;
    if recent >= AN_HOUR {
        return Err(ReportError::TooMany);
    }
    Ok(sqlx::query_scalar(sql::ADD_REPORT)
        .bind(report.territory_id)
        .bind(&report.parcel)
        .bind(report.place.map(|(lon, _)| lon))
        .bind(report.place.map(|(_, lat)| lat))
        .bind(&report.layer)
        .bind(&report.text)
        .bind(&report.contact)
        .bind(&report.evidence)
        .fetch_one(connection)
        .await?)
}

type ReportRow = (
    i64,
    Option<String>,
    Option<f64>,
    Option<f64>,
    Option<String>,
    String,
    Option<String>,
    serde_json::Value,
    SqlTimestamp,
    Option<String>,
    Option<String>,
    Option<SqlTimestamp>,
);

fn report_of(row: ReportRow) -> Report {
    let (id, parcel, lon, lat, layer, text, contact, evidence, at, note, by, answered_at) = row;
    let answer = note.zip(by).zip(answered_at);
    Report {
        id,
        parcel,
        place: lon.zip(lat),
        layer,
        text,
        contact,
        evidence,
        at: at.to_jiff(),
        answer: answer.map(|((note, by), at)| ReportAnswer {
            note,
            by,
            at: at.to_jiff(),
        }),
    }
}

/// The newest reports of a comune in a state.
///
/// # Errors
/// [`ReportError::Database`].
pub async fn reports(
    connection: &mut PgConnection,
    territory_id: i64,
    state: ReportState,
    limit: i64,
) -> Result<Vec<Report>, ReportError> {
    let rows: Vec<ReportRow> = sqlx::query_as(sql::REPORTS)
        .bind(territory_id)
        .bind(state == ReportState::Answered)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(report_of).collect())
}

/// How many reports of a comune are open, and how many are answered.
///
/// # Errors
/// [`ReportError::Database`].
pub async fn report_counts(
    connection: &mut PgConnection,
    territory_id: i64,
) -> Result<(i64, i64), ReportError> {
    Ok(sqlx::query_as(sql::REPORT_COUNTS)
        .bind(territory_id)
        .fetch_one(connection)
        .await?)
}

/// A report of a comune.
///
/// # Errors
/// [`ReportError::Database`].
pub async fn report(
    connection: &mut PgConnection,
    territory_id: i64,
    id: i64,
) -> Result<Option<Report>, ReportError> {
    let row: Option<ReportRow> = sqlx::query_as(sql::REPORT)
        .bind(territory_id)
        .bind(id)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(report_of))
}

/// Answers an open report of a comune.
///
/// # Errors
/// [`ReportError::NotAnswered`], [`ReportError::Database`].
pub async fn answer_report(
    connection: &mut PgConnection,
    territory_id: i64,
    id: i64,
    note: &str,
    by: &str,
) -> Result<(), ReportError> {
    let note = note.replace('\0', "").trim().to_owned();
    let letters = note.chars().count();
    if letters == 0 || letters > MAX_REPORT {
        return Err(ReportError::NotAnswered(id));
    }
    let done = sqlx::query(sql::ANSWER_REPORT)
        .bind(id)
        .bind(territory_id)
        .bind(&note)
        .bind(by)
        .execute(connection)
        .await?;
    if done.rows_affected() == 0 {
        return Err(ReportError::NotAnswered(id));
    }
    Ok(())
}
