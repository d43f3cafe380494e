//! The fields of each record.

use wire::census::{
    Address, CensusLine, Identifier, Land, MapNumbers, Object, Person, Title, Unit,
};

/// Fields of a record at most.
const MOST: usize = 20_000;

/// Why a record cannot be read; it names fields, never their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    #[error("it has {found} fields, at least {wanted} are needed")]
    TooFew { found: usize, wanted: usize },
    #[error("it has more than {MOST} fields")]
    TooMany,
    #[error("field {0} is no number")]
    Number(usize),
    #[error("field {0} is not one of the letters or numbers that it may be")]
    Letter(usize),
    #[error("field {0} is no code of a comune, such as H501")]
    Comune(usize),
    #[error("there is no colon in it")]
    NoColon,
}

/// The fields of a record.
pub(super) struct Fields<'a>(Vec<&'a str>);

impl<'a> Fields<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self(text.split('|').take(MOST + 1).map(str::trim).collect())
    }

    fn need(&self, wanted: usize) -> Result<(), Problem> {
        match self.0.len() {
            found if found < wanted => Err(Problem::TooFew { found, wanted }),
            found if found > MOST => Err(Problem::TooMany),
            _ => Ok(()),
        }
    }

    /// A field by its place from 0; empty ones and those beyond the end are none.
    fn at(&self, place: usize) -> Option<&'a str> {
        self.0.get(place).copied().filter(|text| !text.is_empty())
    }

    fn text(&self, place: usize) -> Option<String> {
        self.at(place).map(str::to_owned)
    }

    fn integer(&self, place: usize) -> Result<i64, Problem> {
        let text = self.at(place).ok_or(Problem::Number(place + 1))?;
        text.parse().map_err(|_| Problem::Number(place + 1))
    }

    fn optional(&self, place: usize) -> Result<Option<i64>, Problem> {
        self.at(place).map(|_| self.integer(place)).transpose()
    }

    /// A number of at most two decimals, as hundredths; the sign between is a comma or a dot.
    fn hundredths(&self, place: usize) -> Result<Option<i64>, Problem> {
        let problem = Problem::Number(place + 1);
        let Some(text) = self.at(place) else {
            return Ok(None);
        };
        let (whole, rest) = text.split_once([',', '.']).unwrap_or((text, ""));
        if rest.len() > 6 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(problem);
        }
        let two: String = rest.chars().chain("00".chars()).take(2).collect();
        let whole: i64 = match whole {
            "" => 0,
            whole => whole.parse().map_err(|_| problem)?,
        };
        let cents: i64 = two.parse().map_err(|_| problem)?;
        let all = whole
            .checked_mul(100)
            .and_then(|all| all.checked_add(cents));
        all.map(Some).ok_or(problem)
    }

    fn comune(&self) -> Result<String, Problem> {
        let text = self.at(0).unwrap_or_default().to_ascii_uppercase();
        let bytes = text.as_bytes();
        let good = bytes.len() == 4
            && bytes[0].is_ascii_uppercase()
            && bytes[1..].iter().all(u8::is_ascii_digit);
        good.then_some(text).ok_or(Problem::Comune(1))
    }

    fn object(&self, kind: &str) -> Result<Object, Problem> {
        self.need(6)?;
        if self.at(3) != Some(kind) {
            return Err(Problem::Letter(4));
        }
        Ok(Object {
            comune: self.comune()?,
            sezione: self.text(1),
            immobile: self.integer(2)?,
            progressivo: self.integer(4)?,
        })
    }

    /// Groups of so many fields from the seventh on, those without any value left out.
    fn groups(&self, size: usize) -> impl Iterator<Item = usize> + '_ {
        let starts = (6..self.0.len()).step_by(size);
        starts.filter(move |start| (*start..start + size).any(|place| self.at(place).is_some()))
    }
}

pub(super) fn land(fields: &Fields<'_>) -> Result<Vec<CensusLine>, Problem> {
    let object = fields.object("T")?;
    match fields.at(5) {
        Some("1") => {}
        // Deductions, reserves and portions.
        Some("2" | "3" | "4") => return Ok(Vec::new()),
        _ => return Err(Problem::Letter(6)),
    }
    fields.need(23)?;
    let parts = [13, 14, 15].map(|place| fields.optional(place));
    let [hectares, ares, centiares] = parts;
    let parts = [hectares?, ares?, centiares?];
    let area_m2 = parts.iter().any(Option::is_some).then(|| {
        let [hectares, ares, centiares] = parts.map(Option::unwrap_or_default);
        hectares
            .saturating_mul(10_000)
            .saturating_add(ares.saturating_mul(100))
            .saturating_add(centiares)
    });
    Ok(vec![CensusLine::Land(Land {
        map: MapNumbers {
            sezione: object.sezione.clone(),
            foglio: fields.text(6),
            numero: fields.text(7),
            denominatore: fields.text(8),
            subalterno: fields.text(9),
        },
        object,
        qualita: fields.text(11),
        classe: fields.text(12),
        area_m2,
        dominicale_cents: fields.hundredths(21)?,
        agrario_cents: fields.hundredths(22)?,
        partita: fields.text(35),
    })])
}

pub(super) fn building(fields: &Fields<'_>) -> Result<Vec<CensusLine>, Problem> {
    let object = fields.object("F")?;
    match fields.at(5) {
        Some("1") => {
            fields.need(13)?;
            Ok(vec![CensusLine::Unit(Unit {
                object,
                categoria: fields.at(7).map(category),
                classe: fields.text(8),
                consistenza_hundredths: fields.hundredths(9)?,
                superficie_m2: fields.hundredths(10)?.map(|area| area / 100),
                rendita_cents: fields.hundredths(12)?,
                partita: fields.text(34),
            })])
        }
        Some("2") => Ok(fields
            .groups(6)
            .map(|at| identifier(fields, &object, at, false))
            .collect()),
        Some("3") => Ok(fields
            .groups(6)
            .map(|at| {
                CensusLine::Address(Address {
                    object: object.clone(),
                    street: fields.at(at + 1).unwrap_or_default().to_owned(),
                    numbers: (2..5).filter_map(|n| fields.text(at + n)).collect(),
                })
            })
            .collect()),
        Some("4") => Ok(fields
            .groups(5)
            .map(|at| identifier(fields, &object, at, true))
            .collect()),
        Some("5") => Ok(Vec::new()),
        _ => Err(Problem::Letter(6)),
    }
}

fn identifier(fields: &Fields<'_>, object: &Object, at: usize, common: bool) -> CensusLine {
    CensusLine::Identifier(Identifier {
        object: object.clone(),
        map: MapNumbers {
            sezione: fields.text(at),
            foglio: fields.text(at + 1),
            numero: fields.text(at + 2),
            denominatore: fields.text(at + 3),
            subalterno: fields.text(at + 4),
        },
        common,
    })
}

/// `A03` → `A/3`.
fn category(text: &str) -> String {
    let (letter, number) = match text.split_at_checked(1) {
        Some((letter, number)) if letter.is_ascii() => (letter, number),
        _ => return text.to_owned(),
    };
    match number.trim_start_matches('/').parse::<u32>() {
        Ok(number) => format!("{letter}/{number}"),
        Err(_) => text.to_owned(),
    }
}

pub(super) fn person(fields: &Fields<'_>) -> Result<Vec<CensusLine>, Problem> {
    fields.need(5)?;
    let person = Person {
        comune: fields.comune()?,
        soggetto: fields.integer(2)?,
        kind: fields.at(3).unwrap_or_default().to_owned(),
        name: fields.at(4).unwrap_or_default().to_owned(),
        ..Person::default()
    };
    Ok(vec![CensusLine::Person(match person.kind.as_str() {
        "P" => {
            fields.need(10)?;
            Person {
                first_name: fields.text(5),
                born: fields.at(7).and_then(day),
                place: fields.text(8),
                tax_code: fields.text(9),
                ..person
            }
        }
        "G" => {
            fields.need(7)?;
            Person {
                place: fields.text(5),
                tax_code: fields.text(6),
                ..person
            }
        }
        _ => return Err(Problem::Letter(4)),
    })])
}

/// `31011950` → `1950-01-31`; none for what is no day.
fn day(text: &str) -> Option<String> {
    let good = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    good.then(|| format!("{}-{}-{}", &text[4..], &text[2..4], &text[..2]))
}

pub(super) fn title(fields: &Fields<'_>) -> Result<Vec<CensusLine>, Problem> {
    fields.need(10)?;
    let letter = |place: usize, known: &[&str]| {
        let found = fields.at(place).filter(|text| known.contains(text));
        found.map(str::to_owned).ok_or(Problem::Letter(place + 1))
    };
    Ok(vec![CensusLine::Title(Title {
        comune: fields.comune()?,
        soggetto: fields.integer(2)?,
        soggetto_kind: letter(3, &["P", "G"])?,
        immobile: fields.integer(4)?,
        immobile_kind: letter(5, &["F", "T"])?,
        right: fields.at(6).unwrap_or_default().to_owned(),
        share: fields.optional(8)?,
        of: fields.optional(9)?,
    })])
}
