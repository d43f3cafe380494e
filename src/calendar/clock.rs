//! Where a term stands: from its start and what was done since, on a day.
//!
//! The start day is excluded, the last day is included: a term of n days that starts on day S
//! may be kept until S + n. A pause from A to B takes B - A days out of it: the days after A up
//! to and including B.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::day::{days_between, later};
use super::holiday::Holidays;
use super::term::{AllowedOperation, OperationKind, TermVersion, Unit};

/// Something that was done to a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The day on which it was done.
    pub on: Date,
    /// What was done.
    #[serde(rename = "do")]
    pub act: Act,
    /// Suspend, interrupt, extend: which of the allowed operations it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Extend: how much, in the unit of the term.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
}

/// What can be done to a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// It stops.
    Suspend,
    /// It stops, and what has passed no longer counts.
    Interrupt,
    /// The answer to a suspension or an interruption came.
    Resume,
    /// It becomes longer.
    Extend,
    /// What was due was done.
    Close,
}

impl Act {
    fn word(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Interrupt => "interrupt",
            Self::Resume => "resume",
            Self::Extend => "extend",
            Self::Close => "close",
        }
    }

    fn kind(self) -> Option<OperationKind> {
        match self {
            Self::Suspend => Some(OperationKind::Suspend),
            Self::Interrupt => Some(OperationKind::Interrupt),
            Self::Extend => Some(OperationKind::Extend),
            Self::Resume | Self::Close => None,
        }
    }
}

/// Why a term cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// The version of the law is not the one of the start.
    #[error("'{law}' does not hold on the start date {start}")]
    LawNotInForce {
        /// The law.
        law: String,
        /// The start.
        start: Date,
    },
    /// The law does not allow the operation.
    #[error("{on}: '{law}' allows no {act} for '{cause}'")]
    NotAllowed {
        /// The day.
        on: Date,
        /// What was to be done.
        act: &'static str,
        /// The cause given.
        cause: String,
        /// The law.
        law: String,
    },
    /// It was done already, and may be done once.
    #[error("{on}: a second {act} for '{cause}' is not allowed")]
    OnlyOnce {
        /// The day.
        on: Date,
        /// What was to be done.
        act: &'static str,
        /// The cause.
        cause: String,
    },
    /// It may be done up to a certain day, which has passed.
    #[error("{on}: {act} for '{cause}' was allowed until {last}, day {day}")]
    TooLate {
        /// The day.
        on: Date,
        /// What was to be done.
        act: &'static str,
        /// The cause.
        cause: String,
        /// The last day.
        last: Date,
        /// Its number.
        day: u32,
    },
    /// The term had ended.
    #[error("{on}: {act}, but the term ended on {due}")]
    Ended {
        /// The day.
        on: Date,
        /// What was to be done.
        act: &'static str,
        /// The last day of the term.
        due: Date,
    },
    /// It is not running.
    #[error("{on}: {act}, but the term is standing still since {since}")]
    Standing {
        /// The day.
        on: Date,
        /// What was to be done.
        act: &'static str,
        /// Since when.
        since: Date,
    },
    /// It is running.
    #[error("{on}: resume, but the term is running since {since}")]
    Running {
        /// The day.
        on: Date,
        /// Since when.
        since: Date,
    },
    /// It is closed.
    #[error("{on}: {act}, but the term was closed on {closed}")]
    Closed {
        /// The day.
        on: Date,
        /// What was to be done.
        act: &'static str,
        /// When it was closed.
        closed: Date,
    },
    /// Operations are not in the order of their days, or before the start.
    #[error("{on}: {act} comes before {previous}")]
    Disordered {
        /// The day.
        on: Date,
        /// What was to be done.
        act: &'static str,
        /// The start, or the day of the operation before.
        previous: Date,
    },
    /// An extension does not say how much, or says more than is allowed.
    #[error("{on}: an extension for '{cause}' needs a length{}", .most.map(|most| format!(" of at most {most}")).unwrap_or_default())]
    ExtensionLength {
        /// The day.
        on: Date,
        /// The cause.
        cause: String,
        /// How much is allowed.
        most: Option<u32>,
    },
    /// A day beyond the calendar.
    #[error("the term that starts on {start} ends beyond the calendar")]
    BeyondCalendar {
        /// The start.
        start: Date,
    },
}

/// How a term stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Its days pass.
    Running,
    /// It stands still and will go on.
    Suspended,
    /// It stands still and will begin again.
    Interrupted,
    /// Its last day has passed.
    Expired,
    /// What was due was done.
    Closed,
}

/// A time in which a term stood still: the days after `from`, up to and including `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// When it stopped.
    pub from: Date,
    /// When it ran again; none while nobody knows.
    pub to: Option<Date>,
}

/// Where a term stands on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// How it stands.
    pub state: ClockState,
    /// The day from which it counts: the start, or the last restart.
    pub counts_from: Date,
    /// Its last day. While it stands still: as if it ran again today.
    pub due: Date,
    /// The last day after the holiday policy.
    pub rolled_due: Date,
    /// True while the last day is not certain because the term stands still.
    pub provisional: bool,
    /// What has passed: working days for a term in working days, else days.
    pub elapsed: i64,
    /// What there is in all, counted as `elapsed` is.
    pub total: i64,
    /// Days by which it was closed late, or is late today.
    pub late_days: i64,
    /// When it stood still, since `counts_from`.
    pub pauses: Vec<Pause>,
    /// When it was closed.
    pub closed_on: Option<Date>,
}

/// Where a term that started on a day stands on another, after what was done to it.
///
/// # Errors
/// [`ClockError`]: the first operation that cannot have been.
pub fn read_clock(
    term: &TermVersion,
    start: Date,
    operations: &[Operation],
    today: Date,
    holidays: &Holidays,
) -> Result<Reading, ClockError> {
    if !term.holds_on(start) {
        return Err(ClockError::LawNotInForce {
            law: term.law.clone(),
            start,
        });
    }
    let mut run = Run {
        term,
        holidays,
        start,
        counts_from: start,
        pauses: Vec::new(),
        standing: None,
        extra: 0,
        closed_on: None,
    };
    let mut previous = start;
    for (index, operation) in operations.iter().enumerate() {
        // Read for a past day, a term knows nothing of what was done later.
        if operation.on > today {
            break;
        }
        if operation.on < previous {
            return Err(ClockError::Disordered {
                on: operation.on,
                act: operation.act.word(),
                previous,
            });
        }
        previous = operation.on;
        run.apply(operation, &operations[..index])?;
    }
    if run.closed_on.is_none() {
        run.settle(today)?;
    }
    run.reading(today)
}

/// A stop whose end is not known yet.
struct Standing {
    since: Date,
    from_zero: bool,
    max_days: Option<u32>,
    resume_after_days: Option<u32>,
}

struct Run<'a> {
    term: &'a TermVersion,
    holidays: &'a Holidays,
    start: Date,
    counts_from: Date,
    pauses: Vec<(Date, Date)>,
    standing: Option<Standing>,
    extra: u32,
    closed_on: Option<Date>,
}

impl Run<'_> {
    fn apply(&mut self, operation: &Operation, before: &[Operation]) -> Result<(), ClockError> {
        let (on, act) = (operation.on, operation.act.word());
        if let Some(closed) = self.closed_on {
            return Err(ClockError::Closed { on, act, closed });
        }
        self.settle(on)?;
        match operation.act {
            Act::Close => {
                // What is done while a term stands still is done in time.
                self.closed_on = Some(on);
                return Ok(());
            }
            Act::Resume => {
                let Some(standing) = self.standing.take() else {
                    let since = self.pauses.last().map_or(self.counts_from, |pause| pause.1);
                    return Err(ClockError::Running { on, since });
                };
                let again = later(on, standing.resume_after_days.unwrap_or(0).into())
                    .ok_or_else(|| self.beyond())?;
                self.go_on(&standing, again);
                return Ok(());
            }
            Act::Suspend | Act::Interrupt | Act::Extend => {}
        }
        let since = self.standing.as_ref().map(|standing| standing.since);
        let resuming = self.pauses.last().filter(|pause| pause.1 > on);
        if let Some(since) = since.or(resuming.map(|pause| pause.0)) {
            return Err(ClockError::Standing { on, act, since });
        }
        let due = self.holidays.roll(self.due()?, self.term.holidays);
        if on > due {
            return Err(ClockError::Ended { on, act, due });
        }
        let allowed = self.allowed(operation, before)?;
        if operation.act == Act::Extend {
            let cause = allowed.cause.clone();
            let most = allowed.max_length;
            let wrong = ClockError::ExtensionLength { on, cause, most };
            let length = allowed.length.or(operation.length).ok_or(wrong.clone())?;
            let fixed = allowed.length.zip(operation.length);
            if fixed.is_some_and(|(fixed, said)| fixed != said)
                || length == 0
                || most.is_some_and(|most| length > most)
            {
                return Err(wrong);
            }
            self.extra += length;
        } else {
            self.standing = Some(Standing {
                since: on,
                from_zero: operation.act == Act::Interrupt,
                max_days: allowed.max_days,
                resume_after_days: allowed.resume_after_days,
            });
        }
        Ok(())
    }

    /// The rule that allows an operation on its day.
    fn allowed(
        &self,
        operation: &Operation,
        before: &[Operation],
    ) -> Result<&AllowedOperation, ClockError> {
        let (on, act) = (operation.on, operation.act.word());
        let cause = operation.cause.clone().unwrap_or_default();
        let allowed = self
            .term
            .operation
            .iter()
            .find(|rule| Some(rule.kind) == operation.act.kind() && rule.cause == cause)
            .ok_or_else(|| ClockError::NotAllowed {
                on,
                act,
                cause: cause.clone(),
                law: self.term.law.clone(),
            })?;
        let done = before
            .iter()
            .any(|other| other.act == operation.act && other.cause == operation.cause);
        if allowed.once && done {
            return Err(ClockError::OnlyOnce { on, act, cause });
        }
        if let Some(day) = allowed.until_day {
            let last = later(self.start, day.into()).ok_or_else(|| self.beyond())?;
            if on > last {
                return Err(ClockError::TooLate {
                    on,
                    act,
                    cause,
                    last,
                    day,
                });
            }
        }
        Ok(allowed)
    }

    /// Lets a stop end by itself when its longest time is over.
    fn settle(&mut self, today: Date) -> Result<(), ClockError> {
        let Some(standing) = &self.standing else {
            return Ok(());
        };
        let Some(max) = standing.max_days else {
            return Ok(());
        };
        let end = later(standing.since, max.into()).ok_or_else(|| self.beyond())?;
        // An answer on the last day still counts as an answer.
        if end < today
            && let Some(standing) = self.standing.take()
        {
            self.go_on(&standing, end);
        }
        Ok(())
    }

    fn go_on(&mut self, standing: &Standing, again: Date) {
        if standing.from_zero {
            self.counts_from = again;
            self.pauses.clear();
        } else {
            self.pauses.push((standing.since, again));
        }
    }

    fn beyond(&self) -> ClockError {
        ClockError::BeyondCalendar { start: self.start }
    }

    fn length(&self) -> i64 {
        i64::from(self.term.length) + i64::from(self.extra)
    }

    /// The last day, from what is known of stops.
    fn due(&self) -> Result<Date, ClockError> {
        let length = self.length();
        let from = self.counts_from;
        let day = match self.term.unit {
            Unit::Day => later(from, length),
            Unit::Month => from.checked_add(length.months()).ok(),
            Unit::Year => from.checked_add(length.years()).ok(),
            Unit::WorkingDay => return self.working_due(length),
        };
        let paused: i64 = self.pauses.iter().map(|(a, b)| days_between(*a, *b)).sum();
        day.and_then(|day| later(day, paused))
            .ok_or_else(|| self.beyond())
    }

    fn working_due(&self, length: i64) -> Result<Date, ClockError> {
        let mut day = self.counts_from;
        let mut left = length;
        while left > 0 {
            day = later(day, 1).ok_or_else(|| self.beyond())?;
            left -= i64::from(self.counts(day));
        }
        Ok(day)
    }

    /// Whether a day takes something off a term in working days.
    fn counts(&self, day: Date) -> bool {
        let paused = self.pauses.iter().any(|(a, b)| *a < day && day <= *b);
        !paused && !self.holidays.is_free(day, self.term.holidays)
    }

    /// What has passed up to and including a day.
    fn elapsed(&self, until: Date) -> i64 {
        if until <= self.counts_from {
            return 0;
        }
        if self.term.unit == Unit::WorkingDay {
            let mut day = self.counts_from;
            let mut passed = 0;
            while day < until {
                match later(day, 1) {
                    Some(next) => day = next,
                    None => break,
                }
                passed += i64::from(self.counts(day));
            }
            return passed;
        }
        let paused: i64 = self
            .pauses
            .iter()
            .map(|(a, b)| days_between(*a, (*b).min(until)).max(0))
            .sum();
        days_between(self.counts_from, until) - paused
    }

    fn reading(mut self, today: Date) -> Result<Reading, ClockError> {
        let until = self.closed_on.unwrap_or(today);
        let standing = self.standing.take();
        let mut pauses: Vec<Pause> = self
            .pauses
            .iter()
            .map(|(from, to)| Pause {
                from: *from,
                to: Some(*to),
            })
            .collect();
        let counts_from = self.counts_from;
        let mut elapsed = self.elapsed(until);
        if let Some(standing) = &standing {
            // After an interruption nothing has passed yet.
            elapsed = if standing.from_zero {
                0
            } else {
                self.elapsed(standing.since.min(until))
            };
            pauses.push(Pause {
                from: standing.since,
                to: None,
            });
            // As if the answer came on the day that is asked about.
            let answer = until.max(standing.since);
            let again = later(answer, standing.resume_after_days.unwrap_or(0).into())
                .ok_or_else(|| self.beyond())?;
            self.go_on(standing, again);
        }
        let due = self.due()?;
        let rolled_due = self.holidays.roll(due, self.term.holidays);
        let total = match self.term.unit {
            Unit::Day | Unit::WorkingDay => self.length(),
            Unit::Month | Unit::Year => {
                let paused: i64 = self.pauses.iter().map(|(a, b)| days_between(*a, *b)).sum();
                days_between(self.counts_from, due) - paused
            }
        };
        let resuming = self.pauses.iter().any(|(a, b)| *a <= until && until < *b)
            || self.counts_from > until && until > self.start;
        let state = if self.closed_on.is_some() {
            ClockState::Closed
        } else if let Some(standing) = &standing {
            if standing.from_zero {
                ClockState::Interrupted
            } else {
                ClockState::Suspended
            }
        } else if today > rolled_due {
            ClockState::Expired
        } else if resuming {
            ClockState::Suspended
        } else {
            ClockState::Running
        };
        let certain = standing.is_none();
        let late_days = if certain {
            days_between(rolled_due, until).max(0)
        } else {
            0
        };
        Ok(Reading {
            state,
            counts_from,
            due,
            rolled_due,
            provisional: !certain && state != ClockState::Closed,
            elapsed,
            total,
            late_days,
            pauses,
            closed_on: self.closed_on,
        })
    }
}
