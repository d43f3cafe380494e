//! Single answers: from what was typed to a value, and what is wrong with it.

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use crate::cadastre::ParcelQuery;
use crate::layer::Localized;
use crate::text::{Lang, NumberFormat};

use super::identifier::{is_tax_code, is_vat_number};
use super::section::{Field, FieldKind};

/// Characters that a line of text has at most when the field does not say.
const LINE: usize = 200;

/// Characters of a long text.
const LONG: usize = 5_000;

/// Entries of a list of parcels or units.
const ENTRIES: usize = 200;

/// Corners of a drawn area.
const CORNERS: usize = 200;

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// There is none.
    Missing,
    /// A declaration was not made.
    NotDeclared,
    /// It is no number.
    NoNumber,
    /// Less than the least.
    Less(f64),
    /// More than the most.
    More(f64),
    /// More characters than there may be.
    TooLong(usize),
    /// It is no day.
    NoDay,
    /// It is none of the choices.
    NoChoice,
    /// It is no tax code.
    NoTaxCode,
    /// It is no VAT number.
    NoVatNumber,
    /// It is no e-mail address.
    NoEmail,
    /// It is no telephone number.
    NoPhone,
    /// A line that names no parcel.
    NoParcel(String),
    /// A parcel that is not in the cadastre in force.
    UnknownParcel(String),
    /// A line that names no unit.
    NoUnit(String),
    /// More lines than there may be.
    TooMany(usize),
    /// The corners make no area: the line that is no corner, or none.
    NoArea(Option<String>),
    /// The outline crosses itself.
    CrossedArea,
    /// The outline leaves the comune.
    OutsideComune,
    /// A condition between answers is not met.
    Check(Localized),
}

impl Fault {
    /// The sentence for the applicant.
    #[must_use]
    pub fn message(&self, lang: Lang, field: &Field) -> String {
        let number = |value: f64| lang.number(value, if value.fract() == 0.0 { 0 } else { 2 });
        match self {
            Self::Missing if matches!(field.kind, FieldKind::Choice | FieldKind::YesNo) => {
                lang.text("form-missing-choice")
            }
            Self::Missing => lang.text("form-missing"),
            Self::NotDeclared => lang.text("form-not-declared"),
            Self::NoNumber => lang.text("form-no-number"),
            Self::Less(least) => {
                lang.text_with("form-less", &[("least", (&number(*least)).into())])
            }
            Self::More(most) => lang.text_with("form-more", &[("most", (&number(*most)).into())]),
            Self::TooLong(most) => lang.text_with("form-too-long", &[("count", (*most).into())]),
            Self::NoDay => lang.text("form-no-day"),
            Self::NoChoice => lang.text("form-no-choice"),
            Self::NoTaxCode => lang.text("form-no-tax-code"),
            Self::NoVatNumber => lang.text("form-no-vat-number"),
            Self::NoEmail => lang.text("form-no-email"),
            Self::NoPhone => lang.text("form-no-phone"),
            Self::NoParcel(line) => lang.text_with("form-no-parcel", &[("line", line.into())]),
            Self::UnknownParcel(line) => {
                lang.text_with("form-parcel-unknown", &[("line", line.into())])
            }
            Self::NoUnit(line) => lang.text_with("form-no-unit", &[("line", line.into())]),
            Self::TooMany(most) => lang.text_with("form-too-many", &[("count", (*most).into())]),
            Self::NoArea(None) => lang.text("form-no-area"),
            Self::NoArea(Some(line)) => lang.text_with("form-no-corner", &[("line", line.into())]),
            Self::CrossedArea => lang.text("form-crossed-area"),
            Self::OutsideComune => lang.text("form-outside-comune"),
            Self::Check(message) => match lang {
                Lang::It => message.it.clone(),
                Lang::En => message.en.clone(),
            },
        }
    }
}

/// Takes what was typed into a field to a value; what cannot be read is kept as it was typed.
#[must_use]
pub fn read(field: &Field, typed: &[String]) -> Json {
    let first = typed.first().map(|text| text.trim()).unwrap_or_default();
    match field.kind {
        FieldKind::Several => {
            let chosen: Vec<&String> = typed.iter().filter(|text| !text.is_empty()).collect();
            json!(chosen)
        }
        FieldKind::Parcels => json!(lines(first)),
        FieldKind::Units => {
            let units = lines(first).into_iter().map(|line| unit(&line));
            Json::Array(units.collect())
        }
        FieldKind::Area => area(first),
        FieldKind::Declaration => match first {
            "" => Json::Null,
            _ => true.into(),
        },
        FieldKind::YesNo => match first {
            "yes" => true.into(),
            "no" => false.into(),
            _ => Json::Null,
        },
        _ if first.is_empty() => Json::Null,
        FieldKind::Number | FieldKind::Money => number(first).unwrap_or_else(|| first.into()),
        FieldKind::Date => day(first).map_or_else(|| first.into(), |day| day.to_string().into()),
        FieldKind::TaxCode | FieldKind::VatNumber => {
            let plain: String = first.chars().filter(|c| !c.is_whitespace()).collect();
            plain.to_ascii_uppercase().into()
        }
        FieldKind::LongText => first.replace("\r\n", "\n").into(),
        _ => first.into(),
    }
}

fn lines(text: &str) -> Vec<String> {
    let all = text.lines().map(str::trim).filter(|line| !line.is_empty());
    all.map(str::to_owned).collect()
}

/// A number as people write it: `1.240,5`, `1240.5`, `1 240`.
fn number(text: &str) -> Option<Json> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '€')
        .collect();
    let plain = if plain.contains(',') {
        plain.replace('.', "").replace(',', ".")
    } else if plain.matches('.').count() > 1
        || plain
            .split_once('.')
            .is_some_and(|(whole, rest)| rest.len() == 3 && whole != "0" && !whole.is_empty())
    {
        // 1.240 is a thousand two hundred and forty in Italy.
        plain.replace('.', "")
    } else {
        plain
    };
    let value: f64 = plain.parse().ok()?;
    serde_json::Number::from_f64(value).map(Json::Number)
}

fn day(text: &str) -> Option<Date> {
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let pieces: Vec<&str> = text.split(['/', '-', '.']).collect();
    let [day, month, year] = pieces.as_slice() else {
        return None;
    };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// `X100 4 12 sub 3`: the parcel and the unit; a line without a unit is kept as it is.
fn unit(line: &str) -> Json {
    let lower = line.to_lowercase();
    let found = lower
        .find(" sub")
        .map(|at| (&line[..at], line[at + 4..].trim_matches([' ', '.', ','])));
    match found {
        Some((parcel, sub)) => json!({"parcel": parcel.trim().trim_matches(','), "sub": sub}),
        None => json!({"parcel": line, "sub": null}),
    }
}

/// Corners, one a line, E and N in metres.
fn area(text: &str) -> Json {
    let mut points: Vec<[f64; 2]> = Vec::new();
    for line in lines(text) {
        let pieces: Vec<f64> = line
            .replace(';', " ")
            .split_whitespace()
            .filter_map(|piece| piece.replace(',', ".").parse().ok())
            .collect();
        match pieces.as_slice() {
            [east, north] if east.is_finite() && north.is_finite() => points.push([*east, *north]),
            _ => return json!({"text": text, "bad": line}),
        }
    }
    if points.len() > 3 && points.first() == points.last() {
        points.pop();
    }
    if points.is_empty() {
        return Json::Null;
    }
    if points.len() < 3 || points.len() > CORNERS {
        return json!({"text": text});
    }
    if crosses(&points) {
        return json!({"text": text, "crossed": true});
    }
    let area = signed_area(&points).abs();
    json!({"text": text, "points": points, "area_m2": (area * 100.0).round() / 100.0})
}

fn signed_area(points: &[[f64; 2]]) -> f64 {
    // Near the first corner, so that large coordinates do not eat the decimals.
    let [e0, n0] = points[0];
    let mut sum = 0.0;
    for (index, [e, n]) in points.iter().enumerate() {
        let [next_e, next_n] = points[(index + 1) % points.len()];
        sum += (e - e0) * (next_n - n0) - (next_e - e0) * (n - n0);
    }
    sum / 2.0
}

fn crosses(points: &[[f64; 2]]) -> bool {
    let count = points.len();
    let edge = |index: usize| (points[index], points[(index + 1) % count]);
    for one in 0..count {
        for other in one + 1..count {
            let neighbours = other == one + 1 || (one == 0 && other == count - 1);
            let ((a, b), (c, d)) = (edge(one), edge(other));
            if !neighbours && segments_meet(a, b, c, d) {
                return true;
            }
        }
    }
    false
}

fn segments_meet(a: [f64; 2], b: [f64; 2], c: [f64; 2], d: [f64; 2]) -> bool {
    let side = |p: [f64; 2], q: [f64; 2], r: [f64; 2]| {
        (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
    };
    side(a, b, c) * side(a, b, d) <= 0.0 && side(c, d, a) * side(c, d, b) <= 0.0
}

/// What is wrong with an answer, if anything.
#[must_use]
pub(super) fn fault(field: &Field, required: bool, given: &Json) -> Option<Fault> {
    if is_empty(given) {
        let due = required && field.kind != FieldKind::Computed;
        return match field.kind {
            FieldKind::Declaration if due => Some(Fault::NotDeclared),
            _ => due.then_some(Fault::Missing),
        };
    }
    match field.kind {
        FieldKind::Computed | FieldKind::YesNo | FieldKind::Declaration => None,
        FieldKind::Text | FieldKind::Address => too_long(given, field.max_length.unwrap_or(LINE)),
        FieldKind::LongText => too_long(given, field.max_length.unwrap_or(LONG)),
        FieldKind::Number | FieldKind::Money => {
            let Some(value) = given.as_f64() else {
                return Some(Fault::NoNumber);
            };
            let least = field
                .min
                .or((field.kind == FieldKind::Money).then_some(0.0));
            let less = least.filter(|least| value < *least).map(Fault::Less);
            less.or_else(|| field.max.filter(|most| value > *most).map(Fault::More))
        }
        FieldKind::Date => {
            let day = given.as_str().and_then(|text| text.parse::<Date>().ok());
            day.is_none().then_some(Fault::NoDay)
        }
        FieldKind::Choice | FieldKind::Several => {
            let known = |value: &Json| {
                field
                    .option
                    .iter()
                    .any(|option| Some(option.value.as_str()) == value.as_str())
            };
            let all = match given {
                Json::Array(values) => values.iter().all(known),
                value => known(value),
            };
            (!all).then_some(Fault::NoChoice)
        }
        FieldKind::TaxCode => {
            let text = given.as_str().unwrap_or_default();
            (!is_tax_code(text) && !is_vat_number(text)).then_some(Fault::NoTaxCode)
        }
        FieldKind::VatNumber => {
            (!is_vat_number(given.as_str().unwrap_or_default())).then_some(Fault::NoVatNumber)
        }
        FieldKind::Email => {
            let text = given.as_str().unwrap_or_default();
            too_long(given, LINE).or_else(|| (!is_email(text)).then_some(Fault::NoEmail))
        }
        FieldKind::Phone => {
            let text = given.as_str().unwrap_or_default();
            let digits = text.chars().filter(char::is_ascii_digit).count();
            let plain = text
                .chars()
                .all(|c| c.is_ascii_digit() || " +-/().".contains(c));
            (!plain || !(6..=15).contains(&digits)).then_some(Fault::NoPhone)
        }
        FieldKind::Parcels => list(given, |line| {
            let text = line.as_str().unwrap_or_default();
            ParcelQuery::parse(text)
                .is_err()
                .then(|| Fault::NoParcel(text.to_owned()))
        }),
        FieldKind::Units => list(given, |unit| {
            let parcel = unit["parcel"].as_str().unwrap_or_default();
            let sub = unit["sub"].as_str().unwrap_or_default();
            let number =
                !sub.is_empty() && sub.len() <= 4 && sub.bytes().all(|b| b.is_ascii_digit());
            let whole = number && ParcelQuery::parse(parcel).is_ok();
            (!whole).then(|| Fault::NoUnit(format!("{parcel} {sub}").trim().to_owned()))
        }),
        FieldKind::Area => {
            if given["crossed"].as_bool() == Some(true) {
                return Some(Fault::CrossedArea);
            }
            if given["area_m2"].is_null() {
                return Some(Fault::NoArea(given["bad"].as_str().map(str::to_owned)));
            }
            let value = given["area_m2"].as_f64().unwrap_or_default();
            let less = field.min.filter(|least| value < *least).map(Fault::Less);
            less.or_else(|| field.max.filter(|most| value > *most).map(Fault::More))
        }
    }
}

/// Whether there is no answer.
#[must_use]
pub fn is_empty(given: &Json) -> bool {
    match given {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(values) => values.is_empty(),
        _ => false,
    }
}

fn too_long(given: &Json, most: usize) -> Option<Fault> {
    let length = given.as_str().unwrap_or_default().chars().count();
    (length > most).then_some(Fault::TooLong(most))
}

fn list(given: &Json, fault: impl Fn(&Json) -> Option<Fault>) -> Option<Fault> {
    let entries = given.as_array()?;
    if entries.len() > ENTRIES {
        return Some(Fault::TooMany(ENTRIES));
    }
    entries.iter().find_map(fault)
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains("..")
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._%+-'".contains(c))
    };
    plain(name) && plain(host) && host.contains('.')
}
