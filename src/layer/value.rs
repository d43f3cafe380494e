//! Values of typed columns, and how they are read from a file's text.

use jiff::civil::Date;
use serde::Serialize;

use super::definition::ColumnType;

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// No value.
    Null,
    /// Text.
    Text(String),
    /// Whole number.
    Integer(i64),
    /// Number with decimals, finite.
    Real(f64),
    /// Civil date.
    Date(Date),
}

impl Value {
    /// The text, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Reads a file's text as a value of a type; text that is none gives what was wanted.
    ///
    /// Text stays as it is, leading zeros included. Numbers may have a decimal comma. Dates are
    /// `2026-11-24`, `24/11/2026` or `20261124`, a time after them is left out; a day of zeros is
    /// no value, as in tables of dBASE.
    pub(super) fn read(kind: ColumnType, text: &str) -> Result<Self, &'static str> {
        match kind {
            ColumnType::Text => Ok(Self::Text(text.replace('\0', ""))),
            ColumnType::Integer => integer(text).map(Self::Integer).ok_or("whole number"),
            ColumnType::Real => real(text).map(Self::Real).ok_or("number"),
            ColumnType::Date => match text.bytes().all(|c| b"0-/ ".contains(&c)) {
                true => Ok(Self::Null),
                false => date(text).map(Self::Date).ok_or("date"),
            },
        }
    }
}

/// A whole number; files keep many of them as numbers with decimals, which are then zero.
fn integer(text: &str) -> Option<i64> {
    let (whole, decimals) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let zero = decimals.bytes().all(|digit| digit == b'0');
    whole.parse().ok().filter(|_| zero)
}

/// A finite number, with a decimal point or comma; points between thousands only with a comma.
fn real(text: &str) -> Option<f64> {
    let plain = match text.split_once(',') {
        None => text.to_owned(),
        Some((whole, decimals)) => {
            let mut groups = whole.trim_start_matches('-').split('.');
            let first = groups.next().is_some_and(|first| first.len() <= 3);
            let grouped = first && groups.all(|group| group.len() == 3);
            if whole.contains('.') && !grouped {
                return None;
            }
            format!("{}.{decimals}", whole.replace('.', ""))
        }
    };
    plain.parse().ok().filter(|number: &f64| number.is_finite())
}

fn date(text: &str) -> Option<Date> {
    let (day, time) = match text.find(['T', ' ']) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    };
    let is_time = |c: u8| c.is_ascii_digit() || b":.+-Z".contains(&c);
    if !day.is_ascii() || !time.bytes().all(is_time) {
        return None;
    }
    let separators = ['-', '/', '.'];
    let parts: Vec<&str> = match day.len() {
        8 if !day.contains(separators) => vec![&day[..4], &day[4..6], &day[6..]],
        _ => day.split(separators).collect(),
    };
    let [first, month, last] = parts.as_slice() else {
        return None;
    };
    let (year, day) = match (first.len(), last.len()) {
        (4, 1..=2) => (first, last),
        (1..=2, 4) => (last, first),
        _ => return None,
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: ColumnType, text: &str) -> Option<String> {
        let value = Value::read(kind, text).ok()?;
        Some(serde_json::to_string(&value).unwrap_or_default())
    }

    #[test]
    fn numbers_have_points_or_commas() {
        for (text, wanted) in [
            ("12", Some("12.0")),
            ("12,5", Some("12.5")),
            ("-1.234.567,5", Some("-1234567.5")),
            ("1.234", Some("1.234")),
            ("1.23,4", None),
            ("1,2,3", None),
            ("NaN", None),
            ("inf", None),
            ("1e3", Some("1000.0")),
        ] {
            assert_eq!(read(ColumnType::Real, text).as_deref(), wanted, "{text}");
        }
        for (text, wanted) in [
            ("007", Some("7")),
            ("12.0", Some("12")),
            ("12.000000000000000", Some("12")),
            ("12.5", None),
            ("9223372036854775808", None),
            ("", None),
        ] {
            assert_eq!(read(ColumnType::Integer, text).as_deref(), wanted, "{text}");
        }
        assert_eq!(read(ColumnType::Text, "007").as_deref(), Some("\"007\""));
    }

    #[test]
    fn dates_have_their_usual_forms_and_no_other() {
        for text in [
            "2026-11-24",
            "24/11/2026",
            "24.11.2026",
            "20261124",
            "2026/11/24 10:00:00",
            "2026-11-24T10:00:00Z",
        ] {
            let found = read(ColumnType::Date, text);
            assert_eq!(found.as_deref(), Some("\"2026-11-24\""), "{text}");
        }
        for text in ["00000000", "0000-00-00", "0000/00/00"] {
            assert_eq!(
                read(ColumnType::Date, text).as_deref(),
                Some("null"),
                "{text}"
            );
        }
        for text in [
            "2026-11-24garbage",
            "2026-13-01",
            "31/02/2026",
            "24/11/26",
            "11/2026",
            "ieri",
            "2026-11-2à",
        ] {
            assert_eq!(read(ColumnType::Date, text), None, "{text}");
        }
    }
}
