//! Numbers, areas, dates and coordinates as each language writes them.

use jiff::civil::Date;

use super::Lang;

const MONTHS_IT: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The formats of numbers: `1.240,5` in Italian, `1,240.5` in English.
pub trait NumberFormat {
    /// Returns a number with the separators of the language and exactly `decimals` decimal places.
    ///
    /// Rounds half away from zero; what is not a finite number is written as a dash.
    fn number(self, value: f64, decimals: usize) -> String;

    /// Returns a count with its thousands separated.
    fn count(self, value: u64) -> String;

    /// Returns an area in square metres: whole ones from 10 m² up, with two decimals below.
    fn area_m2(self, area_m2: f64) -> String;

    /// Returns a share between 0 and 1 as a percentage with one decimal place.
    fn percent(self, share: f64) -> String;

    /// Returns a WGS84 position, longitude and latitude in degrees, as people read it: latitude first.
    fn position(self, lon: f64, lat: f64) -> String;
}

/// The formats of days: always in full, never `24/11/26`.
pub trait DateFormat {
    /// Returns a day in full: `1° dicembre 2026`, `1 December 2026`.
    fn date(self, date: Date) -> String;
}

impl NumberFormat for Lang {
    fn number(self, value: f64, decimals: usize) -> String {
        if !value.is_finite() {
            return "–".to_owned();
        }
        let scale = 10f64.powi(i32::try_from(decimals).unwrap_or(0));
        let scaled = (value.abs() * scale).round() / scale;
        let plain = format!("{scaled:.decimals$}");
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let (thousands, point) = match self {
            Lang::It => ('.', ','),
            Lang::En => (',', '.'),
        };
        let mut text = String::with_capacity(plain.len() + 4);
        if value < 0.0 && scaled != 0.0 {
            text.push('−');
        }
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                text.push(thousands);
            }
            text.push(digit);
        }
        if !fraction.is_empty() {
            text.push(point);
            text.push_str(fraction);
        }
        text
    }

    fn count(self, value: u64) -> String {
        // Counts on pages are far below 2^53, where f64 is exact.
        self.number(value as f64, 0)
    }

    fn area_m2(self, area_m2: f64) -> String {
        let decimals = if area_m2.abs() < 10.0 { 2 } else { 0 };
        format!("{}\u{a0}m²", self.number(area_m2, decimals))
    }

    fn percent(self, share: f64) -> String {
        let number = self.number(share * 100.0, 1);
        match self {
            Lang::It => format!("{number}\u{a0}%"),
            Lang::En => format!("{number}%"),
        }
    }

    fn position(self, lon: f64, lat: f64) -> String {
        let north = if lat < 0.0 { "S" } else { "N" };
        let east = match (self, lon < 0.0) {
            (_, false) => "E",
            (Lang::It, true) => "O",
            (Lang::En, true) => "W",
        };
        format!(
            "{}°\u{a0}{north}, {}°\u{a0}{east}",
            self.number(lat.abs(), 5),
            self.number(lon.abs(), 5)
        )
    }
}

impl DateFormat for Lang {
    fn date(self, date: Date) -> String {
        let month = usize::from(date.month().unsigned_abs()) - 1;
        match (self, date.day()) {
            (Lang::It, 1) => format!("1° {} {}", MONTHS_IT[month], date.year()),
            (Lang::It, day) => format!("{day} {} {}", MONTHS_IT[month], date.year()),
            (Lang::En, day) => format!("{day} {} {}", MONTHS_EN[month], date.year()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        assert_eq!(Lang::It.area_m2(1240.4), "1.240\u{a0}m²");
        assert_eq!(Lang::En.area_m2(1240.4), "1,240\u{a0}m²");
        assert_eq!(Lang::It.area_m2(7.256), "7,26\u{a0}m²");
        assert_eq!(Lang::It.percent(0.125), "12,5\u{a0}%");
        assert_eq!(Lang::En.percent(0.125), "12.5%");
        assert_eq!(Lang::It.number(1_234_567.891, 2), "1.234.567,89");
        assert_eq!(Lang::It.number(-0.4, 0), "0");
        assert_eq!(Lang::It.number(-1240.0, 0), "−1.240");
        assert_eq!(Lang::It.number(f64::NAN, 1), "–");
        assert_eq!(Lang::It.count(999), "999");
        assert_eq!(Lang::En.count(1_000), "1,000");
    }

    #[test]
    fn days_are_written_in_full() {
        assert_eq!(Lang::It.date(date(2026, 11, 24)), "24 novembre 2026");
        assert_eq!(Lang::It.date(date(2026, 12, 1)), "1° dicembre 2026");
        assert_eq!(Lang::En.date(date(2026, 11, 24)), "24 November 2026");
    }

    #[test]
    fn a_position_is_read_latitude_first() {
        assert_eq!(
            Lang::It.position(9.36, 45.6),
            "45,60000°\u{a0}N, 9,36000°\u{a0}E"
        );
        assert_eq!(
            Lang::En.position(-9.36, -45.6),
            "45.60000°\u{a0}S, 9.36000°\u{a0}W"
        );
    }
}
