//! A term to be read, as JSON: how anybody may check the arithmetic from outside.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::{
    ClockState, ExpiryEffect, Operation, Reading, TermVersion, civil_day, read_clock,
};

use super::law::Law;

/// A term, when it started, what was done, and the day on which it is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockCase {
    /// Name of the case.
    pub id: String,
    /// The law and the arithmetic in words; not read.
    #[serde(default)]
    pub why: Option<String>,
    /// Code of a term of the law, or the term itself.
    pub term: TermChoice,
    /// Scopes from narrow to wide; by default the state alone.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Cadastral code of the comune whose patron saint is a holiday.
    #[serde(default)]
    pub comune: Option<String>,
    /// The start: a day, or an instant whose day in Rome counts.
    pub start: Moment,
    /// What was done, in the order of days.
    #[serde(default)]
    pub operations: Vec<Operation>,
    /// The day on which the term is read.
    pub today: Moment,
    /// What must come out; read by tests.
    #[serde(default)]
    pub expect: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A term by its code, or as it is.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum TermChoice {
    /// A term of the law.
    Code(String),
    /// A term of the case alone.
    Inline(Box<TermVersion>),
}

/// A civil day, or an instant.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub enum Moment {
    /// An instant, such as `2026-12-31T23:30:00Z`.
    Instant(Timestamp),
    /// A day.
    Day(Date),
}

impl Moment {
    fn day(self) -> Result<Date, jiff::Error> {
        match self {
            Self::Day(day) => Ok(day),
            Self::Instant(instant) => civil_day(instant),
        }
    }
}

/// What came of a case.
#[derive(Debug, Clone, Serialize)]
pub struct ClockAnswer {
    /// Name of the case.
    pub id: String,
    /// The law under which the term runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub law: Option<String>,
    /// Where the term stands.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
    /// What its end means, once it has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<ExpiryEffect>,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl ClockCase {
    /// Reads the term of a case under a law.
    #[must_use]
    pub fn answer(&self, law: &Law) -> ClockAnswer {
        let mut answer = ClockAnswer {
            id: self.id.clone(),
            law: None,
            reading: None,
            effect: None,
            error: None,
        };
        match self.read(law) {
            Ok((term, reading)) => {
                answer.effect = (reading.state == ClockState::Expired).then_some(term.on_expiry);
                answer.law = Some(term.law);
                answer.reading = Some(reading);
            }
            Err(error) => answer.error = Some(error),
        }
        answer
    }

    fn read(&self, law: &Law) -> Result<(TermVersion, Reading), String> {
        let start = self.start.day().map_err(|error| error.to_string())?;
        let today = self.today.day().map_err(|error| error.to_string())?;
        let term = match &self.term {
            TermChoice::Inline(term) => (**term).clone(),
            TermChoice::Code(code) => {
                let mut scopes: Vec<&str> = self.scopes.iter().map(String::as_str).collect();
                if !scopes.contains(&"s_italia") {
                    scopes.push("s_italia");
                }
                let definition = law
                    .term(code, &scopes)
                    .ok_or_else(|| format!("there is no term '{code}'"))?;
                let version = definition.on(start).ok_or_else(|| {
                    format!("no version of term '{code}' holds on the start date {start}")
                })?;
                version.clone()
            }
        };
        if let Some((pointer, message)) = term.faults().into_iter().next() {
            return Err(format!("the term{pointer}: {message}"));
        }
        let holidays = law.holidays(self.comune.as_deref());
        let reading = read_clock(&term, start, &self.operations, today, &holidays)
            .map_err(|error| error.to_string())?;
        Ok((term, reading))
    }
}
