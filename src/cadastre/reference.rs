//! The national cadastral reference of a parcel and of its sheet.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::code::ComuneCode;

/// A sheet: comune, census section, number, annex and development.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SheetReference {
    /// Code of the comune.
    pub comune: ComuneCode,
    /// Census section: a letter, or `_` where the comune has none.
    pub sezione: char,
    /// Number of the sheet, 0 to 9999.
    pub foglio: u16,
    /// Annex (allegato): a letter or digit, `0` for none.
    pub allegato: char,
    /// Development (sviluppo): a letter or digit, `0` for none.
    pub sviluppo: char,
}

/// A parcel: its sheet and its number, which is text (`12`, `123/A`, `B`, `STRADA001`).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CadastralReference {
    /// The sheet it is drawn on.
    pub sheet: SheetReference,
    /// Number of the parcel, as printed on the map.
    pub number: String,
}

/// What a polygon of the parcel layer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ParcelKind {
    /// A parcel proper, on which a practice can be started.
    Parcel,
    /// Public road (`STRADA…`).
    Road,
    /// Public water (`ACQUA…`).
    Water,
}

impl ParcelKind {
    /// The word stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parcel => "parcel",
            Self::Road => "road",
            Self::Water => "water",
        }
    }

    /// The kind of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Parcel, Self::Road, Self::Water]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// A text that is no cadastral reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// The part before the dot is not `CCCCZFFFFAS`.
    #[error(
        "'{0}' does not start with comune, section, sheet, annex and development as in H833_0013A0"
    )]
    Sheet(String),
    /// There is no dot, or nothing after it.
    #[error("'{0}' names no parcel after the dot, as in H833_001300.12")]
    Number(String),
    /// The parcel number is too long or holds characters that no parcel has.
    #[error("'{0}' has a parcel number that cannot be")]
    BadNumber(String),
}

const MAX_NUMBER_BYTES: usize = 32;

impl FromStr for SheetReference {
    type Err = ReferenceError;

    /// Parses `H833_0013A0`.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let bad = || ReferenceError::Sheet(shortened(text));
        let upper = text.to_ascii_uppercase();
        if upper.len() != 11 || !upper.is_ascii() {
            return Err(bad());
        }
        let comune = upper[..4].parse().map_err(|_| bad())?;
        let bytes = upper.as_bytes();
        let digits = &upper[5..9];
        let [sezione, allegato, sviluppo] = [bytes[4], bytes[9], bytes[10]].map(char::from);
        let letter_or_digit = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
        let well_formed = (sezione == '_' || sezione.is_ascii_uppercase())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && letter_or_digit(allegato)
            && letter_or_digit(sviluppo);
        if !well_formed {
            return Err(bad());
        }
        Ok(Self {
            comune,
            sezione,
            foglio: digits.parse().map_err(|_| bad())?,
            allegato,
            sviluppo,
        })
    }
}

impl fmt::Display for SheetReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            comune,
            sezione,
            foglio,
            allegato,
            sviluppo,
        } = self;
        write!(f, "{comune}{sezione}{foglio:04}{allegato}{sviluppo}")
    }
}

impl CadastralReference {
    /// What the polygon is, told by its number: `STRADA001` a road, `ACQUA001` water.
    pub fn kind(&self) -> ParcelKind {
        let numbered = |prefix: &str| {
            self.number
                .strip_prefix(prefix)
                .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
        };
        if numbered("STRADA") {
            ParcelKind::Road
        } else if numbered("ACQUA") {
            ParcelKind::Water
        } else {
            ParcelKind::Parcel
        }
    }

    /// The reference as one segment of a URL path: `/` in a number is written `~`.
    pub fn to_path_segment(&self) -> String {
        self.to_string().replace('/', "~")
    }

    /// Reads a segment written by [`CadastralReference::to_path_segment`].
    ///
    /// # Errors
    /// As [`CadastralReference::from_str`].
    pub fn from_path_segment(segment: &str) -> Result<Self, ReferenceError> {
        segment.replace('~', "/").parse()
    }

    /// Compares as a person sorts: sheet, then the number's digits as a number, then the rest.
    pub fn natural_cmp(&self, other: &Self) -> Ordering {
        let split = |number: &str| {
            let digits = number.bytes().take_while(u8::is_ascii_digit).count();
            let value = number[..digits].parse::<u64>().unwrap_or(u64::MAX);
            (value, number[digits..].to_owned())
        };
        self.sheet
            .cmp(&other.sheet)
            .then_with(|| split(&self.number).cmp(&split(&other.number)))
    }
}

impl FromStr for CadastralReference {
    type Err = ReferenceError;

    /// Parses `H833_0013A0.12`; leading zeros of the parcel are kept.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let (sheet, number) = text
            .split_once('.')
            .filter(|(_, number)| !number.is_empty())
            .ok_or_else(|| ReferenceError::Number(shortened(text)))?;
        let sheet = sheet.parse()?;
        let number = number.to_uppercase();
        let possible = number.len() <= MAX_NUMBER_BYTES
            && number
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "/.()_+-".contains(c));
        if !possible {
            return Err(ReferenceError::BadNumber(shortened(text)));
        }
        Ok(Self { sheet, number })
    }
}

impl fmt::Display for CadastralReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.sheet, self.number)
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_references_survive_parsing_and_printing() {
        for text in [
            "A176_003100.329",
            "H833_0013A0.12",
            "H501D076700.10",
            "X001_000100.123/A",
            "X001_000100.STRADA001",
            "X001_000100.007",
            "X001_000100.B",
        ] {
            let reference: CadastralReference = text.parse().expect(text);
            assert_eq!(reference.to_string(), text);
            let segment = reference.to_path_segment();
            assert!(!segment.contains('/'));
            assert_eq!(
                CadastralReference::from_path_segment(&segment),
                Ok(reference)
            );
        }
    }

    #[test]
    fn roads_and_waters_are_no_parcels() {
        let kind = |text: &str| text.parse::<CadastralReference>().map(|r| r.kind());
        assert_eq!(kind("X001_000100.STRADA001"), Ok(ParcelKind::Road));
        assert_eq!(kind("X001_000100.ACQUA005"), Ok(ParcelKind::Water));
        assert_eq!(kind("X001_000100.STRADALE"), Ok(ParcelKind::Parcel));
        assert_eq!(kind("X001_000100.12"), Ok(ParcelKind::Parcel));
    }

    #[test]
    fn the_error_says_which_part_was_not_understood() {
        let parse = |text: &str| {
            text.parse::<CadastralReference>()
                .expect_err("is no reference")
        };
        assert!(matches!(parse("H833_001300"), ReferenceError::Number(_)));
        assert!(matches!(parse("H833_001300."), ReferenceError::Number(_)));
        assert!(matches!(parse("8833_001300.1"), ReferenceError::Sheet(_)));
        assert!(matches!(parse("H833_0013.1"), ReferenceError::Sheet(_)));
        assert!(matches!(parse("Hé33_00130.1"), ReferenceError::Sheet(_)));
        assert!(matches!(
            parse("H833_001300.<b>"),
            ReferenceError::BadNumber(_)
        ));
        let long = format!("H833_001300.{}", "9".repeat(40));
        assert!(matches!(parse(&long), ReferenceError::BadNumber(_)));
    }

    #[test]
    fn numbers_sort_as_people_sort_them() {
        let mut list: Vec<CadastralReference> = ["10", "9", "123/A", "B", "123", "STRADA001"]
            .iter()
            .map(|n| format!("X001_000100.{n}").parse().expect("is well formed"))
            .collect();
        list.sort_by(CadastralReference::natural_cmp);
        let numbers: Vec<_> = list.iter().map(|r| r.number.as_str()).collect();
        assert_eq!(numbers, ["9", "10", "123", "123/A", "B", "STRADA001"]);
    }
}
