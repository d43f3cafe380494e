//! What is in a sheet, before anything is done with it.

use std::collections::BTreeMap;

use wire::{Counted, CrsInspection, CrsSource, FieldInspection, FieldType, Finding, Inspection};
use wire::{LayerInspection, Severity};

use super::class::{Class, class_of};
use super::sheet::{MapKind, Sheet};
use super::system::{family, told};
use super::{DRIVER, check, sup};
use crate::output::Note;

/// Findings of one rule that are told; the rest is counted.
const MOST_OF_A_RULE: usize = 20;
/// Values of a field that are shown.
const SAMPLES: usize = 5;

/// Describes a sheet; `crs` is the code that was declared for it.
pub(super) fn inspection(
    sheet: &Sheet,
    name: &str,
    sup: Option<&sup::Sup>,
    crs: Option<u32>,
) -> Inspection {
    let extent = sheet.extent();
    let classes: Vec<Class> = sheet
        .borders
        .iter()
        .map(|border| class_of(&border.code, name, sheet.kind))
        .collect();
    let mut counts: BTreeMap<Class, (u64, Vec<String>)> = BTreeMap::new();
    let mut count = |class: Class, value: &str| {
        let (count, samples) = counts.entry(class).or_default();
        *count += 1;
        if samples.len() < SAMPLES && !value.is_empty() && !samples.iter().any(|s| s == value) {
            samples.push(value.to_owned());
        }
    };
    for (border, class) in sheet.borders.iter().zip(&classes) {
        count(*class, &border.code);
    }
    for text in &sheet.texts {
        count(Class::Text, &text.text);
    }
    for symbol in &sheet.symbols {
        count(Class::Symbol, &symbol.code.to_string());
    }
    for line in &sheet.lines {
        count(Class::Line, &line.code.to_string());
    }
    for fiducial in &sheet.fiducials {
        count(Class::Fiducial, &fiducial.number);
    }
    for raster in &sheet.rasters {
        count(Class::Raster, &raster.file);
    }
    for booklet in &sheet.booklets {
        count(Class::Booklet, &booklet.protocol);
    }
    let system = crs.map(|code| CrsInspection {
        code: Some(format!("EPSG:{code}")),
        source: CrsSource::Declared,
        ..CrsInspection::default()
    });
    let layers = counts
        .into_iter()
        .map(|(class, (features, samples))| LayerInspection {
            name: class.word().to_owned(),
            features,
            geometries: vec![Counted {
                value: geometry(class).to_owned(),
                count: features,
            }],
            fields: vec![FieldInspection {
                name: field(class).to_owned(),
                kind: FieldType::Text,
                samples,
                ..FieldInspection::default()
            }],
            crs: system.clone(),
            extent,
            ..LayerInspection::default()
        });
    Inspection {
        driver: DRIVER.to_owned(),
        layers: layers.collect(),
        findings: findings(sheet, name, sup, extent),
    }
}

const fn geometry(class: Class) -> &'static str {
    match class {
        Class::Text | Class::Symbol | Class::Fiducial => "Point",
        Class::Line | Class::Booklet => "LineString",
        _ => "Polygon",
    }
}

const fn field(class: Class) -> &'static str {
    match class {
        Class::Symbol | Class::Line => "CODE",
        _ => "LABEL",
    }
}

fn findings(
    sheet: &Sheet,
    name: &str,
    sup: Option<&sup::Sup>,
    extent: Option<[f64; 4]>,
) -> Vec<Finding> {
    let about = |rule: &str, message: String| Finding {
        rule: rule.to_owned(),
        severity: Severity::Info,
        line: None,
        subject: (!name.is_empty()).then(|| name.to_owned()),
        message,
    };
    let mut findings = vec![about("cxf.sheet", identity(sheet, name))];
    if let Some(extent) = extent {
        let message = format!("Coordinate system: {}.", told(family(extent)));
        findings.push(about("crs.plausible", message));
    }
    let notes = sheet.notes.iter().cloned();
    let compared = sup.map(|sup| sup::compare(sheet, sup)).unwrap_or_default();
    let mut of_rule: BTreeMap<&str, usize> = BTreeMap::new();
    for note in notes.chain(check::check(sheet, name)).chain(compared) {
        let told = of_rule.entry(note.rule).or_default();
        *told += 1;
        if *told <= MOST_OF_A_RULE {
            findings.push(finding(note));
        }
    }
    for (rule, count) in of_rule {
        if count > MOST_OF_A_RULE {
            let more = count - MOST_OF_A_RULE;
            let message = format!("{more} more findings of the rule {rule} are not listed.");
            findings.push(about("findings.more", message));
        }
    }
    findings
}

fn finding(note: Note) -> Finding {
    Finding {
        rule: note.rule.to_owned(),
        severity: note.severity,
        line: Some(note.line),
        subject: note.subject,
        message: note.message,
    }
}

/// Says which comune and sheet a map is of.
fn identity(sheet: &Sheet, name: &str) -> String {
    let kind = match sheet.kind {
        MapKind::Map => "Map of a sheet (MAPPA)",
        MapKind::Fondiario => "Map of a sheet of the land register (MAPPA FONDIARIO)",
        MapKind::Index => "Map of all sheets (QUADRO D'UNIONE)",
    };
    let scale = match sheet.scale {
        Some(scale) => format!("scale 1:{scale:.0}"),
        None => "no scale".to_owned(),
    };
    let Some(name) = super::class::sheet_name(name) else {
        return format!("{kind}; the file tells neither comune nor sheet; {scale}.");
    };
    let mut said = vec![format!("comune {}", &name[..4])];
    match &name[4..5] {
        "_" => {}
        section => said.push(format!("section {section}")),
    }
    if sheet.kind == MapKind::Index {
        said.push(format!("request {}", &name[5..9]));
    } else {
        said.push(format!("sheet {}", name[5..9].trim_start_matches('0')));
        for (letter, word) in [(&name[9..10], "annex"), (&name[10..], "development")] {
            if letter != "0" {
                said.push(format!("{word} {letter}"));
            }
        }
    }
    format!("{kind}: {}; {scale}.", said.join(", "))
}
