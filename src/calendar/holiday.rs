//! Holidays: dated rules of law, and days of a place.

use jiff::civil::{Date, Weekday};
use schemars::JsonSchema;
use serde::Deserialize;

use super::day::{easter, later};
use super::term::HolidayPolicy;

/// A holiday as a law declares it: on a day of the year, or so many days after Easter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// Its name in Italian.
    #[schemars(length(min = 1))]
    pub name: String,
    /// Day of the year as month and day: `10-04`.
    #[serde(default)]
    #[schemars(regex(pattern = r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"))]
    pub on: Option<String>,
    /// Days after Easter Sunday: 1 is Easter Monday.
    #[serde(default)]
    #[schemars(range(min = -60, max = 60))]
    pub after_easter: Option<i32>,
    /// Cadastral code of the comune whose holiday it is (patron saint); without it, everybody's.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[A-Z][0-9]{3}$"))]
    pub comune: Option<String>,
    /// The law or act that declares it.
    #[schemars(length(min = 1))]
    pub law: String,
    /// First day on which the declaration holds.
    #[serde(default)]
    #[schemars(with = "Option<String>", regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub valid_from: Option<Date>,
    /// Last day on which it holds.
    #[serde(default)]
    #[schemars(with = "Option<String>", regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))]
    pub valid_to: Option<Date>,
}

impl Holiday {
    /// Returns what is wrong with the rule beyond its form, in words.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        if self.on.is_some() == self.after_easter.is_some() {
            return Some("a holiday has either `on` or `after_easter`".into());
        }
        if self.on.is_some() && self.month_and_day().is_none() {
            return Some("there is no such day in any year".into());
        }
        if let (Some(from), Some(to)) = (self.valid_from, self.valid_to)
            && to < from
        {
            return Some("`valid_to` is before `valid_from`".into());
        }
        None
    }

    fn month_and_day(&self) -> Option<(i8, i8)> {
        let (month, day) = self.on.as_deref()?.split_once('-')?;
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        // A leap year, so that 29 February is a day.
        Date::new(2028, month, day).ok().map(|_| (month, day))
    }

    fn is_on(&self, day: Date) -> bool {
        if self.valid_from.is_some_and(|from| day < from)
            || self.valid_to.is_some_and(|to| day > to)
        {
            return false;
        }
        match self.after_easter {
            Some(days) => {
                easter(day.year()).and_then(|easter| later(easter, days.into())) == Some(day)
            }
            None => self.month_and_day() == Some((day.month(), day.day())),
        }
    }
}

/// The holidays that count at a place.
#[derive(Debug, Clone, Default)]
pub struct Holidays {
    rules: Vec<Holiday>,
}

impl Holidays {
    /// Keeps the rules that count in a comune: everybody's and its own.
    #[must_use]
    pub fn of(rules: &[Holiday], comune: Option<&str>) -> Self {
        Self {
            rules: rules
                .iter()
                .filter(|rule| rule.comune.is_none() || rule.comune.as_deref() == comune)
                .cloned()
                .collect(),
        }
    }

    /// Returns the name of the holiday that a day is; Sundays as such have none.
    #[must_use]
    pub fn name(&self, day: Date) -> Option<&str> {
        self.rules
            .iter()
            .find(|rule| rule.is_on(day))
            .map(|rule| rule.name.as_str())
    }

    /// Returns whether nobody is expected to act on a day, under a policy.
    #[must_use]
    pub fn is_free(&self, day: Date, policy: HolidayPolicy) -> bool {
        match policy {
            HolidayPolicy::None => false,
            HolidayPolicy::SundayAndHolidays => {
                day.weekday() == Weekday::Sunday || self.name(day).is_some()
            }
            HolidayPolicy::SaturdayToo => {
                matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
                    || self.name(day).is_some()
            }
        }
    }

    /// Returns the day itself, or the next one that is not free under a policy.
    #[must_use]
    pub fn roll(&self, day: Date, policy: HolidayPolicy) -> Date {
        let mut rolled = day;
        // No calendar has that many free days in a row.
        for _ in 0..60 {
            if !self.is_free(rolled, policy) {
                break;
            }
            match later(rolled, 1) {
                Some(next) => rolled = next,
                None => break,
            }
        }
        rolled
    }
}
