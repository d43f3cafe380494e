//! The two times of an answer: the day on which it holds, and what was known when.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

/// The legal time of Italy: the days of laws and acts are counted in it.
const LEGAL_TIME: &str = "Europe/Rome";

/// First and last day that can be asked for.
const DAYS: (Date, Date) = (jiff::civil::date(1, 1, 1), jiff::civil::date(9999, 12, 31));

/// A moment in both times: the civil day in force, and how much of what is recorded counts.
///
/// A correction is recorded after what it corrects: with a `known_at` before it, the answer
/// is the one that was given then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AsOf {
    /// The day on which the answer holds, in the legal time of Italy.
    pub date: Date,
    /// Only what was recorded until this moment counts; none: everything recorded so far.
    pub known_at: Option<Timestamp>,
}

/// A text that names no day or no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AsOfError {
    /// The day cannot be understood.
    #[error("date '{0}' is no day: write it as 2026-01-31")]
    Date(String),
    /// The moment cannot be understood.
    #[error("known_at '{0}' is no moment: write it as 2026-01-31T12:00:00Z, or as a day")]
    KnownAt(String),
}

impl AsOf {
    /// A day, as far as is known now.
    pub fn on(date: Date) -> Self {
        Self {
            date,
            known_at: None,
        }
    }

    /// The day that a moment falls on, as far as is known now.
    pub fn day_of(moment: Timestamp) -> Self {
        Self::on(legal_day(moment))
    }

    /// The same day, as it was known at a moment.
    #[must_use]
    pub fn as_known_at(self, moment: Timestamp) -> Self {
        Self {
            known_at: Some(to_microseconds(moment)),
            ..self
        }
    }

    /// A day and a moment as they are written in addresses; `today` where no day is given.
    ///
    /// A moment is written as in RFC 3339; a day alone means its end in legal time.
    ///
    /// # Errors
    /// [`AsOfError`], with the text that cannot be understood.
    pub fn parse(
        date: Option<&str>,
        known_at: Option<&str>,
        today: Date,
    ) -> Result<Self, AsOfError> {
        let date = match date {
            Some(text) => parse_day(text).ok_or_else(|| AsOfError::Date(text.to_owned()))?,
            None => today,
        };
        let as_of = Self::on(date);
        let Some(text) = known_at else {
            return Ok(as_of);
        };
        let moment = text
            .parse::<Timestamp>()
            .ok()
            .or_else(|| end_of_day(parse_day(text)?));
        match moment {
            Some(moment) => Ok(as_of.as_known_at(moment)),
            None => Err(AsOfError::KnownAt(text.to_owned())),
        }
    }
}

/// The day that a moment falls on in the legal time of Italy.
pub fn legal_day(moment: Timestamp) -> Date {
    moment.to_zoned(legal_time()).date()
}

/// A day written as 2026-01-31; none when the text is anything else.
pub fn parse_day(text: &str) -> Option<Date> {
    // The parser takes more forms, such as a time behind the day.
    if text.len() != 10 {
        return None;
    }
    let date: Date = text.parse().ok()?;
    (DAYS.0..=DAYS.1).contains(&date).then_some(date)
}

fn end_of_day(date: Date) -> Option<Timestamp> {
    let next = date.tomorrow().ok()?.to_zoned(legal_time()).ok()?;
    next.timestamp()
        .checked_sub(jiff::SignedDuration::from_micros(1))
        .ok()
}

fn legal_time() -> TimeZone {
    TimeZone::get(LEGAL_TIME).expect("the time zones are compiled in")
}

// What the database keeps: a moment between two microseconds would come after itself.
fn to_microseconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn moment(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    #[test]
    fn a_day_begins_at_midnight_in_italy() {
        let table = [
            ("2026-01-31T22:59:59Z", date(2026, 1, 31)),
            ("2026-01-31T23:00:00Z", date(2026, 2, 1)),
            // Summer time: midnight is an hour earlier in UTC.
            ("2026-07-31T21:59:59Z", date(2026, 7, 31)),
            ("2026-07-31T22:00:00Z", date(2026, 8, 1)),
        ];
        for (text, day) in table {
            assert_eq!(legal_day(moment(text)), day, "{text}");
            assert_eq!(AsOf::day_of(moment(text)), AsOf::on(day), "{text}");
        }
    }

    #[test]
    fn addresses_are_read() {
        let today = date(2026, 11, 24);
        let parse = |date, known_at| AsOf::parse(date, known_at, today);
        assert_eq!(parse(None, None), Ok(AsOf::on(today)));
        assert_eq!(
            parse(Some("2020-02-29"), None),
            Ok(AsOf::on(date(2020, 2, 29)))
        );
        let known = parse(
            Some("2020-02-29"),
            Some("2026-01-31T12:00:00.1234567+01:00"),
        );
        assert_eq!(
            known.map(|as_of| as_of.known_at),
            Ok(Some(moment("2026-01-31T11:00:00.123456Z")))
        );
        let day = parse(None, Some("2026-01-31"));
        assert_eq!(
            day.map(|as_of| as_of.known_at),
            Ok(Some(moment("2026-01-31T22:59:59.999999Z")))
        );
    }

    #[test]
    fn what_is_no_day_or_moment_is_told() {
        let today = date(2026, 11, 24);
        for text in [
            "",
            "2026",
            "2026-1-1",
            "2026-02-30",
            "0000-01-01",
            "-00001-01-01",
            "20260101",
            "2026-01-01T00:00",
            "1/1/2026",
            "domani",
            "99999-01-01",
        ] {
            let answer = AsOf::parse(Some(text), None, today);
            assert_eq!(answer, Err(AsOfError::Date(text.to_owned())), "{text}");
            let answer = AsOf::parse(None, Some(text), today);
            assert_eq!(answer, Err(AsOfError::KnownAt(text.to_owned())), "{text}");
        }
    }
}
