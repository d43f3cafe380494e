//! What a sheet as a whole gives rise to say. Offices deliver maps that break these rules: all
//! of them are warnings.

use std::collections::{HashMap, HashSet};

use wire::Severity;

use super::class::{Class, class_of, sheet_name};
use super::geometry::{area, contains};
use super::sheet::{MapKind, Sheet};
use crate::output::Note;

/// Difference in m² between a sheet's border and what it holds from which it is told.
const IMBALANCE_M2: f64 = 1.0;

/// Checks a sheet; `name` is the one that it goes by.
#[must_use]
pub fn check(sheet: &Sheet, name: &str) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut say =
        |rule: &'static str, severity, line: u64, subject: Option<&str>, message: String| {
            notes.push(Note {
                rule,
                severity,
                line,
                subject: subject.map(str::to_owned),
                message,
            });
        };
    if !sheet.name.is_empty() && sheet_name(&sheet.name).is_none() {
        let message = format!(
            "The map is called {:?}, which is no name such as H501D076700.",
            sheet.name
        );
        say("cxf.name", Severity::Warning, 2, None, message);
    } else if !sheet.name.is_empty() && !sheet.name.eq_ignore_ascii_case(name) {
        let message = format!("The map is called {}, its file {name}.", sheet.name);
        say("cxf.name", Severity::Warning, 2, None, message);
    }
    let classes: Vec<Class> = sheet
        .borders
        .iter()
        .map(|border| class_of(&border.code, name, sheet.kind))
        .collect();
    let of = |class: Class| {
        let pairs = sheet.borders.iter().zip(&classes);
        pairs
            .filter(move |(_, found)| **found == class)
            .map(|(border, _)| border)
    };
    if sheet.kind == MapKind::Index {
        return notes;
    }
    match of(Class::Border).count() {
        0 => say(
            "cxf.no_border",
            Severity::Warning,
            1,
            None,
            "The map has no border (CONFINE): whether its parcels fill it was not checked.".into(),
        ),
        1 => {
            let border: f64 = of(Class::Border).map(area).sum();
            let parts = [Class::Parcel, Class::Road, Class::Water];
            let held: f64 = parts.into_iter().flat_map(of).map(area).sum();
            if (held - border).abs() > IMBALANCE_M2 {
                let line = of(Class::Border).next().map_or(1, |border| border.line);
                let message = format!(
                    "Parcels, roads and waters have {held:.1} m² in all, the border {border:.1} m²."
                );
                say("cxf.imbalance", Severity::Warning, line, None, message);
            }
        }
        several => {
            let line = of(Class::Border).nth(1).map_or(1, |border| border.line);
            let message = format!("The map has {several} borders (CONFINE).");
            say(
                "cxf.several_borders",
                Severity::Warning,
                line,
                None,
                message,
            );
        }
    }
    for border in of(Class::Index) {
        let message = format!(
            "The border of another sheet, {}, is on this map.",
            border.code
        );
        let code = Some(border.code.as_str());
        say(
            "cxf.other_sheet",
            Severity::Warning,
            border.line,
            code,
            message,
        );
    }
    let mut first: HashMap<&str, u64> = HashMap::new();
    let mut told = HashSet::new();
    for border in of(Class::Parcel) {
        let code = border.code.as_str();
        if code.is_empty() {
            let message = "A parcel has no number.".to_owned();
            say("cxf.no_code", Severity::Warning, border.line, None, message);
        } else if let Some(line) = first.get(code) {
            if told.insert(code) {
                let message =
                    format!("Parcel {code} is also at line {line}: its parts become one parcel.");
                say(
                    "cxf.several_parts",
                    Severity::Info,
                    border.line,
                    Some(code),
                    message,
                );
            }
        } else {
            first.insert(code, border.line);
        }
    }
    for border in of(Class::Building) {
        let parcel = border.code.trim_end_matches('+').trim();
        if !first.contains_key(parcel) {
            let message = format!("The building {} is on no parcel of the sheet.", border.code);
            let code = Some(border.code.as_str());
            say(
                "cxf.building",
                Severity::Warning,
                border.line,
                code,
                message,
            );
        }
    }
    let outside = |border: &&super::sheet::Border| !contains(border, border.interior);
    let wrong = sheet.borders.iter().filter(outside).count();
    if let Some(one) = sheet.borders.iter().find(outside) {
        let message = format!(
            "PUNTOINTERNO lies outside of {wrong} of {} areas: it is used for none, points inside \
             are computed.",
            sheet.borders.len()
        );
        let code = Some(one.code.as_str());
        say(
            "cxf.interior_point",
            Severity::Warning,
            one.line,
            code,
            message,
        );
    }
    notes
}
