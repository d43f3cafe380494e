//! What a law grants: a length of time, what may stop it, and what its end means.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a length is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Days of the calendar, holidays included.
    Day,
    /// Days on which offices work; which ones those are, the holiday policy says.
    WorkingDay,
    /// Months: they end on the day of the same number, or on the month's last (art. 2963 c.c.).
    Month,
    /// Years, in the same way.
    Year,
}

/// On which days a term does not end, and which are no working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HolidayPolicy {
    /// It ends on the day that it ends on.
    None,
    /// An end on a Sunday or a holiday moves to the next other day.
    SundayAndHolidays,
    /// An end on a Saturday moves too.
    SaturdayToo,
}

/// Who must act before a term ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The municipality.
    Office,
    /// Who filed.
    Applicant,
    /// Another body, asked for its opinion.
    OtherBody,
}

/// What it means that a term has ended and nobody has acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryEffect {
    /// The application is granted (silenzio assenso).
    SilentApproval,
    /// The application is refused (silenzio rigetto, silenzio diniego).
    SilentRefusal,
    /// The office can no longer act as it could (consumazione del potere).
    PowerConsumed,
    /// The application cannot be gone into (improcedibile, inammissibile).
    Inadmissible,
    /// The file is closed for want of an answer.
    Archived,
    /// Nothing but delay, with the remedies against it (L. 241/1990, art. 2).
    OverdueOnly,
    /// What was granted is no longer valid.
    ValidityEnds,
}

/// What may be done to a running term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// It stops, and goes on where it stopped.
    Suspend,
    /// It stops, and begins again from zero.
    Interrupt,
    /// It becomes longer.
    Extend,
}

/// An operation that the law allows on a term.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowedOperation {
    /// Why, as one word: `integration`.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]*$"))]
    pub cause: String,
    /// What it does.
    pub kind: OperationKind,
    /// The law that allows it.
    #[schemars(length(min = 1))]
    pub law: String,
    /// True when it may be done once in the life of the term.
    #[serde(default)]
    pub once: bool,
    /// Last day on which it may be done, counted in days from the first start, which is day 0.
    #[serde(default)]
    pub until_day: Option<u32>,
    /// Suspensions and interruptions: days after which the term runs again by itself.
    #[serde(default)]
    #[schemars(range(min = 1, max = 3660))]
    pub max_days: Option<u32>,
    /// Suspensions and interruptions: days after the answer on which the term runs again.
    #[serde(default)]
    #[schemars(range(min = 1, max = 366))]
    pub resume_after_days: Option<u32>,
    /// Extensions: how much, in the unit of the term; without it the officer says.
    #[serde(default)]
    #[schemars(range(min = 1, max = 3660))]
    pub length: Option<u32>,
    /// Extensions: how much at most.
    #[serde(default)]
    #[schemars(range(min = 1, max = 3660))]
    pub max_length: Option<u32>,
}

/// A term as a law has it between two dates.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TermVersion {
    /// The law, with article and paragraph.
    #[schemars(length(min = 1))]
    pub law: String,
    /// First day on which a term of this kind may start.
    #[serde(default)]
    #[schemars(with = "Option<String>", regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub valid_from: Option<Date>,
    /// Last day on which one may start.
    #[serde(default)]
    #[schemars(with = "Option<String>", regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub valid_to: Option<Date>,
    /// How much.
    #[schemars(range(min = 1, max = 3660))]
    pub length: u32,
    /// Of what.
    pub unit: Unit,
    /// What holidays do to its end.
    pub holidays: HolidayPolicy,
    /// Who must act.
    pub owner: Party,
    /// What its end means.
    pub on_expiry: ExpiryEffect,
    /// Conditions (CEL) under which silence means delay and nothing else.
    #[serde(default)]
    pub excluded_when: Vec<String>,
    /// What may be done to it.
    #[serde(default)]
    pub operation: Vec<AllowedOperation>,
    /// True while the text of the law was not compared by a jurist.
    #[serde(default)]
    pub to_be_confirmed: bool,
}

impl TermVersion {
    /// Returns whether a term may start on a day under this version.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|to| day <= to)
    }

    /// Returns what is wrong with the version beyond its form: place in it, and words.
    #[must_use]
    pub fn faults(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        if let (Some(from), Some(to)) = (self.valid_from, self.valid_to)
            && to < from
        {
            faults.push((
                "/valid_to".into(),
                "`valid_to` is before `valid_from`".into(),
            ));
        }
        if self.unit == Unit::WorkingDay && self.holidays == HolidayPolicy::None {
            faults.push((
                "/holidays".into(),
                "working days need a policy that says which days are free".into(),
            ));
        }
        for (index, operation) in self.operation.iter().enumerate() {
            let extends = operation.kind == OperationKind::Extend;
            let stops = operation.max_days.is_some() || operation.resume_after_days.is_some();
            let lengthens = operation.length.is_some() || operation.max_length.is_some();
            if extends && stops {
                faults.push((
                    format!("/operation/{index}"),
                    "an extension has no `max_days` and no `resume_after_days`".into(),
                ));
            }
            if !extends && lengthens {
                faults.push((
                    format!("/operation/{index}"),
                    "only an extension has `length` or `max_length`".into(),
                ));
            }
            let twice = self.operation[..index]
                .iter()
                .any(|other| other.cause == operation.cause && other.kind == operation.kind);
            if twice {
                faults.push((
                    format!("/operation/{index}/cause"),
                    format!("cause '{}' is listed twice", operation.cause),
                ));
            }
        }
        faults
    }
}
