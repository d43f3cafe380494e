//! Answers as they are shown: for people, and for the control that asks them again.

use serde_json::Value as Json;

use crate::practice::{FiledDocument, Practice};
use crate::procedure::{Answers, Field, FieldKind, FileFormat, Procedure, Violation};
use crate::text::{DateFormat, Lang, NumberFormat};

use super::present::localized;
use super::services::euro;
use super::view::{AnswersView, OptionView, QuestionView};

/// A question with its answer and what is wrong with it.
pub(super) fn field(
    field: &Field,
    answers: &Answers,
    violations: &[&Violation],
    lang: Lang,
) -> QuestionView {
    let given = answers.get(&field.key).unwrap_or(&Json::Null);
    let control = match field.kind {
        FieldKind::LongText | FieldKind::Parcels | FieldKind::Units => "lines",
        FieldKind::Area => "area",
        FieldKind::Date => "date",
        FieldKind::YesNo | FieldKind::Choice => "radio",
        FieldKind::Several => "boxes",
        FieldKind::Declaration => "tick",
        FieldKind::Computed => "shown",
        _ => "line",
    };
    QuestionView {
        key: field.key.clone(),
        control,
        label: localized(&field.label, lang),
        help: field.help.as_ref().map(|help| localized(help, lang)),
        why: field.why.as_ref().map(|why| localized(why, lang)),
        value: typed(field, given, lang),
        options: options(field, given, lang),
        error: violations
            .iter()
            .find(|violation| violation.field == field.key)
            .map(|violation| violation.fault.message(lang, field)),
        other: None,
        unit: field.unit.clone(),
        optional: !field.required
            && field.required_if.is_none()
            && field.kind != FieldKind::Computed,
        input_mode: match field.kind {
            FieldKind::Number | FieldKind::Money => "decimal",
            FieldKind::Email => "email",
            FieldKind::Phone => "tel",
            FieldKind::VatNumber => "numeric",
            _ => "text",
        },
    }
}

fn options(field: &Field, given: &Json, lang: Lang) -> Vec<OptionView> {
    if field.kind == FieldKind::YesNo {
        return [("yes", true, "form-yes"), ("no", false, "form-no")]
            .into_iter()
            .map(|(value, answer, key)| OptionView {
                value: value.to_owned(),
                label: lang.text(key),
                chosen: given.as_bool() == Some(answer),
            })
            .collect();
    }
    field
        .option
        .iter()
        .map(|option| OptionView {
            value: option.value.clone(),
            label: localized(&option.label, lang),
            chosen: match given {
                Json::Array(values) => values.iter().any(|value| *value == option.value.as_str()),
                value => *value == option.value.as_str(),
            },
        })
        .collect()
}

/// An answer as it is typed again.
fn typed(field: &Field, given: &Json, lang: Lang) -> String {
    match (field.kind, given) {
        (FieldKind::Computed, value) => value
            .as_f64()
            .map_or_else(String::new, |value| lang.number(value, decimals(value))),
        (FieldKind::Area, value) => value["text"].as_str().unwrap_or_default().to_owned(),
        (FieldKind::Units, Json::Array(units)) => {
            let lines: Vec<String> = units.iter().map(unit).collect();
            lines.join("\n")
        }
        (FieldKind::Parcels, Json::Array(lines)) => {
            let lines: Vec<&str> = lines.iter().filter_map(Json::as_str).collect();
            lines.join("\n")
        }
        (FieldKind::Declaration, Json::Bool(true)) => "yes".to_owned(),
        (_, Json::Number(number)) => number.to_string().trim_end_matches(".0").replace('.', ","),
        (_, Json::String(text)) => text.clone(),
        _ => String::new(),
    }
}

fn decimals(value: f64) -> usize {
    if value.fract() == 0.0 { 0 } else { 2 }
}

fn unit(unit: &Json) -> String {
    let parcel = unit["parcel"].as_str().unwrap_or_default();
    match unit["sub"].as_str() {
        Some(sub) => format!("{parcel} sub {sub}"),
        None => parcel.to_owned(),
    }
}

/// An answer in words; none where there is none.
pub(super) fn words(field: &Field, given: &Json, lang: Lang) -> Option<String> {
    let chosen = |value: &Json| {
        field
            .option
            .iter()
            .find(|option| *value == option.value.as_str())
            .map(|option| localized(&option.label, lang))
    };
    match (field.kind, given) {
        (_, Json::Null) => None,
        (FieldKind::Area, value) => value["area_m2"].as_f64().map(|area| lang.area_m2(area)),
        (FieldKind::Declaration, _) => Some(lang.text("form-declared")),
        (FieldKind::YesNo, Json::Bool(answer)) => {
            Some(lang.text(if *answer { "form-yes" } else { "form-no" }))
        }
        (FieldKind::Choice, value) => chosen(value),
        (FieldKind::Several, Json::Array(values)) => {
            let all: Vec<String> = values.iter().filter_map(chosen).collect();
            (!all.is_empty()).then(|| all.join(", "))
        }
        (FieldKind::Date, Json::String(text)) => text.parse().ok().map(|day| lang.date(day)),
        (FieldKind::Money, Json::Number(number)) => number.as_f64().map(|eur| euro(lang, eur)),
        (FieldKind::Parcels | FieldKind::Units, Json::Array(lines)) if lines.is_empty() => None,
        (FieldKind::Parcels | FieldKind::Units, value) => {
            Some(typed(field, value, lang).replace('\n', ", "))
        }
        (_, Json::Number(number)) => number.as_f64().map(|value| {
            let text = lang.number(value, decimals(value));
            match &field.unit {
                Some(unit) => format!("{text} {unit}"),
                None => text,
            }
        }),
        (_, Json::String(text)) => Some(text.clone()),
        _ => None,
    }
}

/// All answers of a form, section by section; `url` says where one is changed.
pub(super) fn sections(
    procedure: &Procedure,
    answers: &Answers,
    steps: &[usize],
    lang: Lang,
    url: impl Fn(usize) -> String,
) -> Vec<AnswersView> {
    steps
        .iter()
        .map(|index| {
            let section = &procedure.sections[*index];
            AnswersView {
                title: localized(&section.title, lang),
                url: url(*index),
                rows: section
                    .field
                    .iter()
                    .filter_map(|field| {
                        let given = answers.get(&field.key)?;
                        Some((localized(&field.label, lang), words(field, given, lang)?))
                    })
                    .collect(),
            }
        })
        .filter(|section| !section.rows.is_empty())
        .collect()
}

/// The sections of which a filed practice has answers.
pub(super) fn filed(procedure: &Procedure, practice: &Practice, lang: Lang) -> Vec<AnswersView> {
    let all: Vec<usize> = (0..procedure.sections.len()).collect();
    sections(procedure, &practice.answers, &all, lang, |_| String::new())
}

/// The name of a document.
pub(super) fn document_name(procedure: &Procedure, file: &FiledDocument, lang: Lang) -> String {
    procedure
        .definition
        .attachment
        .iter()
        .find(|rule| rule.code == file.code)
        .map_or_else(|| file.code.clone(), |rule| localized(&rule.title, lang))
}

/// A size in words.
pub(super) fn size(bytes: i64, lang: Lang) -> String {
    #[allow(clippy::cast_precision_loss)]
    let kilobytes = bytes as f64 / 1000.0;
    if kilobytes < 1000.0 {
        format!("{} kB", lang.number(kilobytes.max(1.0), 0))
    } else {
        format!("{} MB", lang.number(kilobytes / 1000.0, 1))
    }
}

/// The formats in words.
pub(super) fn formats(formats: &[FileFormat]) -> String {
    let names: Vec<&str> = formats
        .iter()
        .map(|format| match format {
            FileFormat::Pdf => "PDF",
            FileFormat::P7m => "P7M",
            FileFormat::Jpg => "JPEG",
            FileFormat::Png => "PNG",
        })
        .collect();
    names.join(", ")
}
