//! Civil days: from instants, and Easter.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

/// The legal time of the offices.
pub const TIME_ZONE: &str = "Europe/Rome";

/// Returns the civil day of an instant in the legal time of the offices.
///
/// The days on which clocks are put forward or back have 23 or 25 hours; a day is a day.
///
/// # Errors
/// When the time zones of the system cannot be read.
pub fn civil_day(instant: Timestamp) -> Result<Date, jiff::Error> {
    Ok(instant.in_tz(TIME_ZONE)?.date())
}

/// Returns Easter Sunday of a year of the Gregorian calendar, 1583 to 9998; none outside.
///
/// The anonymous algorithm of 1876 (Meeus, Astronomical Algorithms, chapter 8).
#[must_use]
pub fn easter(year: i16) -> Option<Date> {
    if !(1583..=9998).contains(&year) {
        return None;
    }
    let year_number = i32::from(year);
    let golden = year_number % 19;
    let century = year_number / 100;
    let of_century = year_number % 100;
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let days_from_march = epact + weekday - 7 * late + 114;
    let month = i8::try_from(days_from_march / 31).ok()?;
    let day = i8::try_from(days_from_march % 31 + 1).ok()?;
    Date::new(year, month, day).ok()
}

/// Returns the day that is so many days later.
pub(super) fn later(day: Date, days: i64) -> Option<Date> {
    day.checked_add(days.days()).ok()
}

/// Returns the days from one day to another: 1 from a day to the next.
pub(super) fn days_between(from: Date, to: Date) -> i64 {
    from.duration_until(to).as_hours() / 24
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    // Dates of Easter as the Church published them, the two extremes of the calendar included.
    #[test]
    fn easter_falls_where_it_was_kept() {
        let kept = [
            date(1818, 3, 22),
            date(1943, 4, 25),
            date(2000, 4, 23),
            date(2008, 3, 23),
            date(2011, 4, 24),
            date(2024, 3, 31),
            date(2025, 4, 20),
            date(2026, 4, 5),
            date(2027, 3, 28),
            date(2038, 4, 25),
            date(2285, 3, 22),
        ];
        for day in kept {
            assert_eq!(easter(day.year()), Some(day));
        }
        assert_eq!(easter(1500), None);
    }

    #[test]
    fn a_day_begins_at_midnight_in_rome() {
        let day = |text: &str| {
            let instant: Timestamp = text.parse().expect("is an instant");
            civil_day(instant).expect("there are time zones")
        };
        // Winter: one hour before Greenwich; summer: two.
        assert_eq!(day("2026-12-31T22:59:59Z"), date(2026, 12, 31));
        assert_eq!(day("2026-12-31T23:00:00Z"), date(2027, 1, 1));
        assert_eq!(day("2026-07-14T21:59:59Z"), date(2026, 7, 14));
        assert_eq!(day("2026-07-14T22:00:00Z"), date(2026, 7, 15));
        // The night that has 02:30 twice, and the one that has it not at all.
        assert_eq!(day("2026-10-25T00:30:00Z"), date(2026, 10, 25));
        assert_eq!(day("2026-10-25T01:30:00Z"), date(2026, 10, 25));
        assert_eq!(day("2027-03-28T01:00:00Z"), date(2027, 3, 28));
        assert_eq!(day("2027-03-27T23:00:00Z"), date(2027, 3, 28));
    }

    #[test]
    fn days_are_counted_by_the_calendar() {
        assert_eq!(days_between(date(2026, 3, 27), date(2026, 3, 30)), 3);
        assert_eq!(days_between(date(2028, 2, 28), date(2028, 3, 1)), 2);
        assert_eq!(days_between(date(2026, 3, 1), date(2026, 2, 28)), -1);
        assert_eq!(later(date(2026, 12, 31), 1), Some(date(2027, 1, 1)));
    }
}
