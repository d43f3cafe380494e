//! What people type to find a parcel.

use super::code::ComuneCode;
use super::reference::{CadastralReference, SheetReference};

/// A search for parcels, as far as the text says: missing parts match everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ParcelQuery {
    /// Code of the comune, when the text names one.
    pub comune: Option<ComuneCode>,
    /// Census section.
    pub sezione: Option<char>,
    /// Sheet number.
    pub foglio: u16,
    /// Annex, when the sheet was written as `13A`.
    pub allegato: Option<char>,
    /// Parcel number, upper case; none asks for the whole sheet.
    pub number: Option<String>,
}

/// A text in which no parcel was recognised.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Nothing was typed.
    #[error("the search is empty")]
    Empty,
    /// The part that was not understood.
    #[error("'{0}' is neither a sheet nor a parcel")]
    NotUnderstood(String),
}

const MAX_QUERY_CHARS: usize = 100;

impl ParcelQuery {
    /// Reads `12 345`, `12/345`, `F.12 m.345`, `foglio 12 particella 345`, `fg 13A mapp. 7`,
    /// `H833 12 345` or a whole reference.
    ///
    /// # Errors
    /// [`QueryError`], naming the word that was not understood.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let text: String = text.trim().chars().take(MAX_QUERY_CHARS).collect();
        if text.is_empty() {
            return Err(QueryError::Empty);
        }
        if let Ok(reference) = text.parse::<CadastralReference>() {
            return Ok(reference.into());
        }
        let upper = text.to_uppercase();
        let mut query = Self::default();
        let mut sheet = None;
        for word in upper
            .split(|c: char| c.is_whitespace() || ",;:".contains(c))
            .flat_map(split_label)
            .filter(|word| !word.is_empty() && !is_label(word))
        {
            if sheet.is_none() && query.comune.is_none() && word.parse::<ComuneCode>().is_ok() {
                query.comune = word.parse().ok();
            } else if sheet.is_none() {
                let (foglio, rest) = read_sheet(word)?;
                query.allegato = foglio.1;
                sheet = Some(foglio.0);
                query.number = rest.map(str::to_owned);
            } else if query.number.is_none() {
                query.number = Some(read_number(word)?);
            } else {
                return Err(QueryError::NotUnderstood(word.to_owned()));
            }
        }
        query.foglio = sheet.ok_or(QueryError::NotUnderstood(text))?;
        Ok(query)
    }

    /// True when a sheet is among those searched for, whatever parcel is asked for on it.
    pub fn matches_sheet(&self, sheet: &SheetReference) -> bool {
        self.foglio == sheet.foglio
            && self.comune.is_none_or(|code| code == sheet.comune)
            && self.sezione.is_none_or(|letter| letter == sheet.sezione)
            && self.allegato.is_none_or(|letter| letter == sheet.allegato)
    }

    /// True when the number searched for is the beginning of a reference's.
    pub fn matches_beginning(&self, reference: &CadastralReference) -> bool {
        self.matches_sheet(&reference.sheet)
            && self
                .number
                .as_ref()
                .is_none_or(|number| reference.number.starts_with(number.as_str()))
    }

    /// True when a reference is among those searched for.
    pub fn matches(&self, reference: &CadastralReference) -> bool {
        self.matches_sheet(&reference.sheet)
            && self
                .number
                .as_ref()
                .is_none_or(|number| *number == reference.number)
    }
}

impl From<CadastralReference> for ParcelQuery {
    fn from(reference: CadastralReference) -> Self {
        Self {
            comune: Some(reference.sheet.comune),
            sezione: Some(reference.sheet.sezione),
            foglio: reference.sheet.foglio,
            allegato: Some(reference.sheet.allegato),
            number: Some(reference.number),
        }
    }
}

const LABELS: [&str; 15] = [
    "F",
    "FG",
    "FGL",
    "FOGLIO",
    "M",
    "MAPP",
    "MAPPALE",
    "P",
    "PART",
    "PARTICELLA",
    "SHEET",
    "PARCEL",
    "N",
    "NUM",
    "DI",
];

fn is_label(word: &str) -> bool {
    LABELS.contains(&word.trim_end_matches('.'))
}

// "F.12" and "M345" carry their label in front: cut it off.
fn split_label(word: &str) -> [&str; 2] {
    for label in LABELS {
        if let Some(rest) = word.strip_prefix(label) {
            let number = rest.trim_start_matches('.');
            // After a dot the number may be a word: "m.STRADA001".
            let is_number = number.starts_with(|c: char| c.is_ascii_digit())
                || (number.len() < rest.len() && !number.is_empty());
            let rest = number;
            if is_number && word.parse::<ComuneCode>().is_err() {
                return ["", rest];
            }
        }
    }
    ["", word]
}

type Sheet = (u16, Option<char>);

fn read_sheet(word: &str) -> Result<(Sheet, Option<&str>), QueryError> {
    let bad = || QueryError::NotUnderstood(word.to_owned());
    let (sheet, number) = match word.split_once('/') {
        Some((sheet, number)) if !number.is_empty() => (sheet, Some(number)),
        Some(_) => return Err(bad()),
        None => (word, None),
    };
    let digits = sheet.bytes().take_while(u8::is_ascii_digit).count();
    let foglio: u16 = sheet[..digits].parse().map_err(|_| bad())?;
    let mut rest = sheet[digits..].chars();
    let allegato = rest.next();
    if foglio > 9999 || rest.next().is_some() || allegato.is_some_and(|c| !c.is_ascii_uppercase()) {
        return Err(bad());
    }
    Ok(((foglio, allegato), number))
}

fn read_number(word: &str) -> Result<String, QueryError> {
    let possible = word.len() <= 32
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/.()_+-".contains(c));
    possible
        .then(|| word.to_owned())
        .ok_or_else(|| QueryError::NotUnderstood(word.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (u16, Option<char>, Option<String>) {
        let query = ParcelQuery::parse(text).expect(text);
        (query.foglio, query.allegato, query.number)
    }

    #[test]
    fn many_notations_mean_the_same_parcel() {
        let expected = (12, None, Some("345".to_owned()));
        for text in [
            "12 345",
            "12/345",
            "F.12 m.345",
            "f 12 m 345",
            "foglio 12 particella 345",
            "Foglio 12, particella 345",
            "fg. 12 mapp. 345",
            "fg12 part345",
            "sheet 12 parcel 345",
            "X001 12 345",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(read("13A 7"), (13, Some('A'), Some("7".into())));
        assert_eq!(read("F.2 m.STRADA001"), (2, None, Some("STRADA001".into())));
        assert_eq!(read("3 123/a"), (3, None, Some("123/A".into())));
        assert_eq!(read("foglio 5"), (5, None, None));
        assert_eq!(read("H833_0013A0.12"), (13, Some('A'), Some("12".into())));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert_eq!(ParcelQuery::parse("  "), Err(QueryError::Empty));
        for text in ["via roma", "12 345 6", "99999 1", "12/", "'; drop"] {
            assert!(
                matches!(ParcelQuery::parse(text), Err(QueryError::NotUnderstood(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn missing_parts_match_everything() {
        let query = ParcelQuery::parse("13 12").expect("is a query");
        let reference = |text: &str| text.parse::<CadastralReference>().expect("is well formed");
        assert!(query.matches(&reference("H833_001300.12")));
        assert!(query.matches(&reference("H833_0013A0.12")));
        assert!(!query.matches(&reference("H833_001400.12")));
        assert!(!query.matches(&reference("H833_001300.120")));
    }
}
