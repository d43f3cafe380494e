//! Facts of many parcels: lists as people write them, answers line by line, in their order.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::num::NonZeroUsize;

use serde_json::Value as Json;

use crate::access::Viewer;
use crate::cadastre::{CadastralReference, ParcelQuery, QueryError};
use crate::crs::{self, with_transformation};
use crate::layer::{GeometryKind, LayerRole};
use crate::place::Comune;
use crate::snapshot::Catalogue;
use crate::text::Lang;

use super::answer::{LayerFacts, Measure, Status};
use super::engine::{Facts, Layers, Subject, of_parcels};
use super::list;
use super::region::Shape;
use super::search::find_parcels;
use super::{Error, SliverReason};

/// Parcels that are asked before their answers are written: memory stays the same however long a
/// list is.
const AT_ONCE: usize = 256;

/// Columns of the answer as CSV, one line a piece; a layer that has none has one line too.
pub const COLUMNS: [&str; 19] = [
    "line",
    "parcel",
    "parcel_area_m2",
    "layer",
    "status",
    "covered_share",
    "key",
    "name",
    "area_m2",
    "percent",
    "length_m",
    "points",
    "sliver",
    "articles",
    "version",
    "valid_from",
    "valid_to",
    "fault",
    "text",
];

/// Why a line of a list names no parcel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    /// It cannot be understood.
    #[error(transparent)]
    NotUnderstood(#[from] QueryError),
    /// No parcel answers.
    #[error("no such parcel in the cadastre in force")]
    NotFound,
    /// Several parcels answer.
    #[error("{0} parcels answer, such as {1}: write the whole reference")]
    Several(usize, String),
}

/// A line of a list of parcels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number in the text, from 1.
    pub number: usize,
    /// What it says.
    pub text: String,
    /// The parcel that it names.
    pub parcel: Result<CadastralReference, LineFault>,
}

/// Reads a list of parcels, one a line, in the notations that the search understands; columns may
/// be divided by commas, semicolons or tabs. Empty lines, lines after `#` and a first line of
/// titles are passed over.
pub fn read_list(
    catalogue: &Catalogue,
    viewer: &Viewer,
    comune: Option<&Comune>,
    text: &str,
) -> Vec<Line> {
    let text = text.trim_start_matches('\u{feff}');
    let written = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let mut lines = Vec::new();
    for (number, line) in written {
        let plain = line.replace('"', "").replace(';', " ");
        let parcel = match plain.trim().parse::<CadastralReference>() {
            Ok(reference) => Ok(reference),
            Err(_) => searched(catalogue, viewer, comune, &plain),
        };
        let titles = lines.is_empty() && !line.contains(|c: char| c.is_ascii_digit());
        if titles && matches!(parcel, Err(LineFault::NotUnderstood(_))) {
            continue;
        }
        lines.push(Line {
            number,
            text: line.chars().take(100).collect(),
            parcel,
        });
    }
    lines
}

fn searched(
    catalogue: &Catalogue,
    viewer: &Viewer,
    comune: Option<&Comune>,
    text: &str,
) -> Result<CadastralReference, LineFault> {
    let query = ParcelQuery::parse(text)?;
    let (found, total) = find_parcels(catalogue, viewer, comune, &query);
    match found.as_slice() {
        [] => Err(LineFault::NotFound),
        [only] => Ok(only.reference.clone()),
        [first, ..] => Err(LineFault::Several(total, first.reference.to_string())),
    }
}

/// Every parcel of a comune in the order of the cadastre, as lines of a list.
pub fn all_parcels(catalogue: &Catalogue, viewer: &Viewer, comune: &Comune) -> Vec<Line> {
    use crate::access::{Action, authorize};
    let mut references: Vec<CadastralReference> = catalogue
        .layer_with_role(LayerRole::Parcel)
        .filter(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok())
        .into_iter()
        .flat_map(|entry| &entry.parts)
        .filter(|part| part.territory_id == comune.id)
        .flat_map(|part| (0..part.features.len()).map(|feature| part.features.key(feature)))
        .filter_map(|key| key.parse().ok())
        .collect();
    references.sort_by(CadastralReference::natural_cmp);
    references
        .into_iter()
        .enumerate()
        .map(|(index, reference)| Line {
            number: index + 1,
            text: String::new(),
            parcel: Ok(reference),
        })
        .collect()
}

/// Asks about every line of a list on all cores and hands over the answers in their order, a few
/// hundred at a time.
///
/// `answer` is given a line and its facts, or why there are none, and may end the work.
///
/// # Errors
/// What `answer` returns.
pub fn each_in_order<E>(
    catalogue: &Catalogue,
    viewer: &Viewer,
    layers: &Layers,
    lines: &[Line],
    mut answer: impl FnMut(&Line, Result<Facts, String>) -> Result<(), E>,
) -> Result<(), E> {
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let ask = |line: &Line| match &line.parcel {
        Ok(reference) => of_parcels(catalogue, viewer, std::slice::from_ref(reference), layers)
            .map_err(|error: Error| error.to_string()),
        Err(fault) => Err(fault.to_string()),
    };
    for chunk in lines.chunks(AT_ONCE) {
        let share = chunk.len().div_ceil(threads);
        let answers: Vec<Vec<Result<Facts, String>>> = std::thread::scope(|scope| {
            let running: Vec<_> = chunk
                .chunks(share)
                .map(|lines| scope.spawn(move || lines.iter().map(ask).collect()))
                .collect();
            running
                .into_iter()
                .map(|thread| match thread.join() {
                    Ok(answers) => answers,
                    Err(panic) => std::panic::resume_unwind(panic),
                })
                .collect()
        });
        for (line, facts) in chunk.iter().zip(answers.into_iter().flatten()) {
            answer(line, facts)?;
        }
    }
    Ok(())
}

/// The titles of the columns, as a line of CSV (RFC 4180).
pub fn csv_titles() -> String {
    COLUMNS.join(",") + "\r\n"
}

/// The answer about a line as lines of CSV (RFC 4180), numbers with a decimal point.
pub fn csv_lines(line: &Line, facts: &Result<Facts, String>, lang: Lang) -> String {
    let mut out = String::new();
    rows(line, facts, lang, |row, _| row.write(&mut out));
    out
}

/// Columns that hold numbers, where they hold anything.
const WHOLE: [&str; 2] = ["line", "points"];
const NUMBERS: [&str; 5] = [
    "parcel_area_m2",
    "covered_share",
    "area_m2",
    "percent",
    "length_m",
];

/// The first line of the answer as a list of features (see the worker's `export`), in a CRS.
pub fn list_titles(srid: i32) -> String {
    let kind = |name: &'static str| {
        let kind = match name {
            name if WHOLE.contains(&name) => list::Kind::Integer,
            name if NUMBERS.contains(&name) => list::Kind::Real,
            _ => list::Kind::Text,
        };
        (name, kind)
    };
    let columns = COLUMNS.into_iter().map(kind);
    list::head("facts", srid, GeometryKind::Polygon, columns)
}

/// The answer about a line as features of a list, pieces with their outlines in a CRS.
///
/// # Errors
/// [`crs::Error`] where an outline cannot be brought into that CRS.
pub fn list_lines(
    line: &Line,
    facts: &Result<Facts, String>,
    lang: Lang,
    srid: i32,
) -> Result<String, crs::Error> {
    let own = facts.as_ref().map_or(srid, |facts| facts.region.srid);
    let mut out = String::new();
    let mut failed = None;
    rows(line, facts, lang, |row, shape| {
        let shape = match shape {
            Some(shape) if own != srid => match moved(shape, own, srid) {
                Ok(shape) => Some(Cow::Owned(shape)),
                Err(error) => {
                    failed.get_or_insert(error);
                    None
                }
            },
            shape => shape.map(Cow::Borrowed),
        };
        let wkb = shape.and_then(|shape| list::wkb_of_shape(&shape));
        list::row(row.values(), wkb.as_deref(), &mut out);
    });
    failed.map_or(Ok(out), Err)
}

/// An outline in another CRS.
fn moved(shape: &Shape, from: i32, to: i32) -> Result<Shape, crs::Error> {
    let mut shape = shape.clone();
    with_transformation(from, to, |transformation| {
        let mut rings = shape.iter_mut().flatten();
        rings.try_for_each(|ring| transformation.apply_to(ring))
    })??;
    Ok(shape)
}

/// Hands over the rows of the answer about a line, pieces of areas with their outlines.
fn rows(
    line: &Line,
    facts: &Result<Facts, String>,
    lang: Lang,
    mut take: impl FnMut(Row, Option<&Shape>),
) {
    let facts = match facts {
        Ok(facts) => facts,
        Err(fault) => {
            let parcel = line.parcel.as_ref().map(ToString::to_string);
            let mut row = Row::new(line, &parcel.unwrap_or_default(), "");
            row.set("status", "error");
            row.set("fault", fault);
            row.set("text", &line.text);
            take(row, None);
            return;
        }
    };
    let parcel = match &facts.subject {
        Subject::Parcels(parcels) => parcels
            .iter()
            .map(|parcel| parcel.reference.to_string())
            .collect::<Vec<_>>()
            .join(" "),
        Subject::Area => String::new(),
    };
    let area = metres(facts.region.area_m2);
    for layer in &facts.layers {
        let row = || {
            let mut row = Row::new(line, &parcel, &area);
            row.set("layer", &layer.definition().id);
            row.set("status", status(layer.status));
            row.set("covered_share", &format!("{:.4}", layer.covered_share));
            if let Some(fault) = layer.fault {
                row.set("fault", &fault.to_string());
            }
            row
        };
        for piece in &layer.pieces {
            let mut row = row();
            piece_columns(&mut row, layer, piece, lang);
            take(row, Some(&piece.shape));
        }
        if let Some(left) = &layer.remainder {
            let mut row = row();
            row.set("area_m2", &metres(left.area_m2));
            row.set("percent", &percent(left.percent_tenths));
            row.set("sliver", sliver(left.sliver));
            take(row, Some(&left.shape));
        }
        if layer.pieces.is_empty() && layer.remainder.is_none() {
            take(row(), None);
        }
    }
}

fn piece_columns(row: &mut Row, layer: &LayerFacts, piece: &super::Piece, lang: Lang) {
    let name = layer.name_of(piece);
    row.set("key", &piece.key);
    row.set(
        "name",
        match lang {
            Lang::It => &name.it,
            Lang::En => &name.en,
        },
    );
    match piece.measure {
        Measure::Here => {}
        Measure::Area { area_m2, .. } => row.set("area_m2", &metres(area_m2)),
        Measure::Length { length_m } => row.set("length_m", &metres(length_m)),
        Measure::Count { points } => row.set("points", &points.to_string()),
    }
    row.set("percent", &percent(piece.percent_tenths));
    row.set("sliver", sliver(piece.sliver));
    row.set("articles", &layer.articles_of(piece).join(" "));
    if let Some(evidence) = layer.evidence.get(piece.evidence) {
        row.set("version", &evidence.version.to_string());
        row.set("valid_from", &evidence.valid_from.to_string());
        let until = evidence.valid_to.map(|day| day.to_string());
        row.set("valid_to", &until.unwrap_or_default());
    }
}

fn metres(value: f64) -> String {
    format!("{value:.2}")
}

fn percent(tenths: Option<u32>) -> String {
    tenths.map_or_else(String::new, |t| format!("{}.{}", t / 10, t % 10))
}

fn sliver(reason: Option<SliverReason>) -> &'static str {
    match reason {
        Some(SliverReason::Narrow) => "narrow",
        Some(SliverReason::Small) => "small",
        None => "",
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Hit => "hit",
        Status::Clear => "clear",
        Status::NoData => "no_data",
        Status::Error => "error",
    }
}

/// A line of the answer: values by the names of their columns.
struct Row([String; COLUMNS.len()]);

impl Row {
    fn new(line: &Line, parcel: &str, area: &str) -> Self {
        let mut row = Self(Default::default());
        row.set("line", &line.number.to_string());
        row.set("parcel", parcel);
        row.set("parcel_area_m2", area);
        row
    }

    fn set(&mut self, column: &str, value: &str) {
        if let Some(index) = COLUMNS.iter().position(|known| *known == column) {
            value.clone_into(&mut self.0[index]);
        }
    }

    /// Values of the fields of a list; what is empty is none.
    fn values(&self) -> Vec<Json> {
        let cells = COLUMNS.into_iter().zip(&self.0);
        cells
            .map(|(name, value)| match value.as_str() {
                "" => Json::Null,
                value if WHOLE.contains(&name) => {
                    value.parse::<i64>().map_or(Json::Null, Json::from)
                }
                value if NUMBERS.contains(&name) => {
                    value.parse::<f64>().map_or(Json::Null, Json::from)
                }
                value => Json::from(value),
            })
            .collect()
    }

    fn write(&self, out: &mut String) {
        for (index, value) in self.0.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_csv_field(out, value);
        }
        out.push_str("\r\n");
    }
}

/// Writes a field: quoted where it must be; what a spreadsheet would take for a formula is
/// disarmed by an apostrophe, since names come from foreign files.
pub fn write_csv_field(out: &mut String, value: &str) {
    let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = formula || value.contains([',', '"', '\n', '\r']);
    if !quoted {
        out.push_str(value);
        return;
    }
    let mark = if formula { "'" } else { "" };
    // Writing to a String cannot fail.
    let _ = write!(out, "\"{mark}{}\"", value.replace('"', "\"\""));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_and_formulas_disarmed() {
        let written = |value: &str| {
            let mut out = String::new();
            write_csv_field(&mut out, value);
            out
        };
        assert_eq!(written("B1"), "B1");
        assert_eq!(written("B1, bis"), "\"B1, bis\"");
        assert_eq!(written("detta \"Nuova\""), "\"detta \"\"Nuova\"\"\"");
        assert_eq!(written("=1+1"), "\"'=1+1\"");
    }

    #[test]
    fn rows_of_a_list_hold_numbers_where_they_have_any() {
        let line = Line {
            number: 7,
            text: "che cosa".into(),
            parcel: Err(LineFault::NotFound),
        };
        let text = list_lines(&line, &Err("no such parcel".into()), Lang::It, 7791);
        let row: Json = serde_json::from_str(&text.expect("nothing is moved")).expect("is JSON");
        assert_eq!(row["values"][0], 7);
        assert_eq!(row["values"][2], Json::Null);
        assert_eq!(row["values"][17], "no such parcel");
        assert_eq!(row["wkb"], "");
        let head: Json = serde_json::from_str(&list_titles(7791)).expect("is JSON");
        assert_eq!(head["fields"].as_array().map(Vec::len), Some(COLUMNS.len()));
        assert_eq!(head["fields"][2]["kind"], "real");
    }

    #[test]
    fn a_list_is_read_in_many_notations_and_faults_stay_with_their_lines() {
        let catalogue = Catalogue::default();
        let text = "\u{feff}Riferimento;Note\nX001_000300.21\n\n# commento\nF. 3 m. 22\nche cosa\n";
        let lines = read_list(&catalogue, &Viewer::Anonymous, None, text);
        let numbers: Vec<usize> = lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [2, 5, 6]);
        assert!(lines[0].parcel.is_ok());
        assert_eq!(lines[1].parcel, Err(LineFault::NotFound));
        assert!(matches!(lines[2].parcel, Err(LineFault::NotUnderstood(_))));
    }
}
