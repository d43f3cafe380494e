//! Practices as they are read: what was filed, and where their clocks stand.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value as Json;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row as _};
use uuid::Uuid;

use crate::calendar::{Act, ClockError, Operation, Reading, TermVersion, civil_day, read_clock};
use crate::procedure::{Answers, ClockStart, Law, Procedure};

use super::event::Event;
use super::state::Step;
use super::{Error, sql};

/// What was filed.
#[derive(Debug, Clone)]
pub struct Practice {
    /// Its number in addresses.
    pub id: Uuid,
    /// Who filed it.
    pub person: String,
    /// The name of who filed it.
    pub person_name: String,
    /// The comune.
    pub territory_id: i64,
    /// Year of the register.
    pub year: i32,
    /// Number in the register.
    pub number: i32,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// Short code of the procedure.
    pub procedure_code: String,
    /// The text of the procedure.
    pub definition_sha256: Vec<u8>,
    /// The answers.
    pub answers: Answers,
    /// What the map said.
    pub facts: Json,
}

struct PracticeRow {
    id: Uuid,
    person: String,
    person_name: String,
    territory_id: i64,
    year: i32,
    number: i32,
    registered_at: jiff_sqlx::Timestamp,
    procedure_code: String,
    definition_sha256: Vec<u8>,
    answers: Json,
    facts: Json,
}

impl FromRow<'_, PgRow> for PracticeRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            person: row.try_get("person")?,
            person_name: row.try_get("person_name")?,
            territory_id: row.try_get("territory_id")?,
            year: row.try_get("year")?,
            number: row.try_get("number")?,
            registered_at: row.try_get("registered_at")?,
            procedure_code: row.try_get("procedure_code")?,
            definition_sha256: row.try_get("definition_sha256")?,
            answers: row.try_get("answers")?,
            facts: row.try_get("facts")?,
        })
    }
}

impl From<PracticeRow> for Practice {
    fn from(row: PracticeRow) -> Self {
        Self {
            id: row.id,
            person: row.person,
            person_name: row.person_name,
            territory_id: row.territory_id,
            year: row.year,
            number: row.number,
            registered_at: row.registered_at.to_jiff(),
            procedure_code: row.procedure_code,
            definition_sha256: row.definition_sha256,
            answers: match row.answers {
                Json::Object(answers) => answers,
                _ => Answers::new(),
            },
            facts: row.facts,
        }
    }
}

impl Practice {
    /// The number as it is written: `2026/0000042`.
    #[must_use]
    pub fn register_number(&self) -> String {
        format!("{}/{:07}", self.year, self.number)
    }
}

/// A practice, for its person or for an officer; another's does not exist.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Database`].
pub async fn find(
    connection: &mut PgConnection,
    id: Uuid,
    person: &str,
    is_officer: bool,
) -> Result<Practice, Error> {
    let row: Option<PracticeRow> = sqlx::query_as(sql::PRACTICE)
        .bind(id)
        .bind(person)
        .bind(is_officer)
        .fetch_optional(connection)
        .await?;
    row.map(Practice::from).ok_or(Error::NotFound(id))
}

/// A practice, whoever asks: who may ask is decided before.
pub(super) async fn any(connection: &mut PgConnection, id: Uuid) -> Result<Practice, Error> {
    let row: Option<PracticeRow> = sqlx::query_as(sql::ANY)
        .bind(id)
        .fetch_optional(connection)
        .await?;
    row.map(Practice::from).ok_or(Error::NotFound(id))
}

/// What a person has filed, the newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_person(
    connection: &mut PgConnection,
    person: &str,
) -> Result<Vec<Practice>, Error> {
    let rows: Vec<PracticeRow> = sqlx::query_as(sql::OF_PERSON)
        .bind(person)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(Practice::from).collect())
}

/// What the offices have, the newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_office(connection: &mut PgConnection) -> Result<Vec<Practice>, Error> {
    let rows: Vec<PracticeRow> = sqlx::query_as(sql::OF_OFFICE).fetch_all(connection).await?;
    Ok(rows.into_iter().map(Practice::from).collect())
}

/// The parcels of a practice.
///
/// # Errors
/// [`Error::Database`].
pub async fn parcels(connection: &mut PgConnection, id: Uuid) -> Result<Vec<String>, Error> {
    let query = sqlx::query_scalar(sql::PARCELS).bind(id);
    Ok(query.fetch_all(connection).await?)
}

/// A clock of a practice.
#[derive(Debug, Clone)]
pub struct ClockView {
    /// The term under which it runs.
    pub term: TermVersion,
    /// The day on which it started.
    pub start: Date,
    /// Where it stands.
    pub reading: Reading,
    /// The day on which it was read.
    pub today: Date,
}

/// The main clock of a practice on a day, derived from its events; none when it has none or it
/// has not started.
///
/// # Errors
/// [`ClockError`] in words, when events do not fit the law; [`Error::Day`].
pub fn clock_of(
    procedure: &Procedure,
    events: &[Event],
    law: &Law,
    scopes: &[&str],
    comune_code: &str,
    today: Date,
) -> Result<Option<Result<ClockView, ClockError>>, Error> {
    let Some(clock) = procedure.definition.clock.iter().find(|clock| clock.main) else {
        return Ok(None);
    };
    let starts = match clock.starts {
        ClockStart::Submission => Step::Submitted,
        ClockStart::SampleControl => Step::SampleDrawn,
        ClockStart::IntegrationRequest => Step::IntegrationRequested,
        ClockStart::Decision => Step::Granted,
        ClockStart::OpinionRequest => return Ok(None),
    };
    let Some(began) = events.iter().find(|event| event.step == starts) else {
        return Ok(None);
    };
    let start = civil_day(began.at)?;
    let version = law
        .term(&clock.term, scopes)
        .and_then(|term| term.on(start));
    let Some(version) = version else {
        return Ok(None);
    };
    let mut operations = Vec::new();
    for event in events.iter().filter(|event| event.seq > began.seq) {
        let act = match event.step {
            Step::IntegrationRequested => Act::Suspend,
            Step::IntegrationAnswered => Act::Resume,
            Step::Granted | Step::Refused | Step::ControlClosed | Step::Withdrawn => Act::Close,
            Step::Submitted | Step::Assigned | Step::SampleDrawn | Step::Message => continue,
        };
        operations.push(Operation {
            on: civil_day(event.at)?,
            act,
            cause: (act == Act::Suspend).then(|| "integration".to_owned()),
            length: None,
        });
    }
    let holidays = law.holidays(Some(comune_code));
    let read = |operations: &[Operation]| read_clock(version, start, operations, today, &holidays);
    let mut reading = read(&operations);
    // An answer that comes when the longest pause was over already changes nothing.
    if let Err(ClockError::Running { .. }) = reading {
        operations.retain(|operation| operation.act != Act::Resume);
        reading = read(&operations);
    }
    Ok(Some(reading.map(|reading| ClockView {
        term: version.clone(),
        start,
        reading,
        today,
    })))
}
