//! Numbers and times as text, in one form only.

/// Returns the shortest text that gives back the number, and `None` for what is none.
pub(crate) fn real(number: f64) -> Option<String> {
    // Above, digits would be made up: 1e300 has 301 of them.
    if number.abs() >= 1e17 {
        return number.is_finite().then(|| format!("{number:e}"));
    }
    number.is_finite().then(|| number.to_string())
}

/// Returns a day, a time of day or both in the form of ISO 8601 from GDAL's
/// `2026/01/31 12:30:00.5+01`.
pub(crate) fn moment(written: &str) -> String {
    let (day, time) = match written.split_once(' ') {
        Some((day, time)) => (day, Some(time)),
        None => (written, None),
    };
    let Some(time) = time else {
        return day.replace('/', "-");
    };
    let zone_at = time.find(['+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let zone = match zone.len() {
        _ if zone
            .trim_start_matches(['+', '-'])
            .bytes()
            .all(|digit| digit == b'0')
            && !zone.is_empty() =>
        {
            "Z".to_owned()
        }
        3 => format!("{zone}:00"),
        5 => format!("{}:{}", &zone[..3], &zone[3..]),
        _ => zone.to_owned(),
    };
    format!("{}T{clock}{zone}", day.replace('/', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        for (number, text) in [
            (0.1, "0.1"),
            (12.0, "12"),
            (-0.5, "-0.5"),
            (1e16, "10000000000000000"),
            (1.5e300, "1.5e300"),
            (123_456.789, "123456.789"),
        ] {
            assert_eq!(real(number).as_deref(), Some(text));
        }
        assert_eq!((real(f64::NAN), real(f64::INFINITY)), (None, None));
    }

    #[test]
    fn times_have_one_form() {
        for (written, text) in [
            ("2026/01/31", "2026-01-31"),
            ("2026/01/31 12:30:00", "2026-01-31T12:30:00"),
            (
                "2026/01/31 12:30:00.500+01",
                "2026-01-31T12:30:00.500+01:00",
            ),
            ("2026/01/31 12:30:00+0530", "2026-01-31T12:30:00+05:30"),
            ("2026/01/31 12:30:00+00", "2026-01-31T12:30:00Z"),
            ("12:30:00", "12:30:00"),
        ] {
            assert_eq!(moment(written), text);
        }
    }
}
