//! The extract of a parcel (scheda di particella), for anybody.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::census::areas_differ;
use crate::text::{DateFormat, Lang, NumberFormat, Value as Argument};

use super::block::{self, Column, Table};
use super::certificate::{
    Answer, AnswerStatus, CertifiedComune, CertifiedLayer, CertifiedParcel, CertifiedPiece,
    Chapter, Extent, Instrument, InstrumentStatus,
};
use super::dressing::Dressing;
use super::extract::Extract;
use super::press::Order;
use super::{crs_name, start_of};

/// What is known of a parcel.
#[derive(Debug)]
pub struct ParcelSheet<'a> {
    /// Language of its texts.
    pub lang: Lang,
    /// Letterhead and sentences.
    pub dressing: &'a Dressing,
    /// The comune.
    pub comune: &'a CertifiedComune,
    /// The parcel, with an answer for each layer.
    pub parcel: &'a CertifiedParcel,
    /// The layers that were asked.
    pub layers: &'a [CertifiedLayer],
    /// Plans in force and adopted.
    pub instruments: &'a [Instrument],
    /// Colours of zones, by layer and code, for the bar of shares.
    pub colours: &'a BTreeMap<(String, String), String>,
    /// Map extracts.
    pub extracts: &'a [Extract],
    /// Address of the parcel's page.
    pub page_url: &'a str,
    /// Day of the print.
    pub day: Date,
    /// Day on which it says what was in force.
    pub date: Date,
}

/// The order that prints the extract of a parcel.
pub fn parcel_order(sheet: &ParcelSheet<'_>) -> Order {
    let lang = sheet.lang;
    let text = |key: &str| lang.text(key);
    let parcel = sheet.parcel;
    let letterhead = &sheet.dressing.letterhead;
    let name = lang.text_with("site-comune", &[("name", (&sheet.comune.name).into())]);
    let title = lang.text_with(
        "sheet-title",
        &[
            ("number", (&parcel.number).into()),
            ("foglio", (&parcel.foglio).into()),
        ],
    );
    let date = lang.date(sheet.date);
    let printed = lang.date(sheet.day);
    let mut files = BTreeMap::new();
    if let Some(svg) = &letterhead.emblem_svg {
        files.insert("stemma.svg".to_owned(), svg.clone());
    }
    for extract in sheet.extracts {
        files.extend(extract.files());
    }
    let data = json!({
        "lang": lang.code(),
        "title": title,
        "title_align": "left",
        "subtitle": lang.text_with("sheet-subtitle", &[("date", (&date).into())]),
        "subject": title,
        "keywords": [parcel.reference],
        "running": title,
        "letterhead": {
            "name": name,
            "office": letterhead.office,
            "lines": [],
            "emblem": letterhead.emblem_svg.as_ref().map(|_| "stemma.svg"),
            "emblem_alt": letterhead.emblem_description,
        },
        "stamp_duty": null,
        "draft": null,
        "references": [],
        "footer": lang.text_with("sheet-footer", &[("date", (&printed).into()), ("url", sheet.page_url.into())]),
        "page": text("sheet-page"),
        "blocks": blocks(sheet),
        "attachments": [],
    });
    Order {
        template: "document",
        identifier: format!("parcel:{}:{}:{}", parcel.reference, sheet.date, sheet.day),
        issued_at: start_of(sheet.day),
        data,
        files,
    }
}

fn blocks(sheet: &ParcelSheet<'_>) -> Vec<Value> {
    let lang = sheet.lang;
    let parcel = sheet.parcel;
    let mut items = vec![
        (lang.text("sheet-reference"), parcel.reference.clone()),
        (
            lang.text("sheet-area"),
            lang.area_m2(parcel.graphic_area_m2),
        ),
    ];
    if let Some(census) = parcel.census_area_m2 {
        let mut text = lang.area_m2(census);
        if areas_differ(census, parcel.graphic_area_m2) {
            text = format!("{text} – {}", lang.text("census-differs"));
        }
        items.push((lang.text("sheet-census"), text));
    }
    items.push((lang.text("sheet-crs"), crs_name(sheet.comune.srid)));
    let mut blocks = vec![block::facts(items)];
    blocks.extend(sheet.extracts.first().map(Extract::block));
    zones(sheet, &mut blocks);
    constraints(sheet, &mut blocks);
    others(sheet, &mut blocks);
    instruments(sheet, &mut blocks);
    blocks.extend(sheet.extracts.iter().skip(1).map(Extract::block));
    blocks.push(block::aside(lang.text("sheet-disclaimer")));
    blocks
}

/// Layers of some chapters with the parcel's answers.
fn answers<'a>(
    sheet: &'a ParcelSheet<'_>,
    chapters: &'a [Chapter],
) -> impl Iterator<Item = (&'a CertifiedLayer, &'a Answer)> {
    sheet
        .layers
        .iter()
        .zip(&sheet.parcel.answers)
        .filter(move |(layer, _)| chapters.contains(&layer.chapter))
}

fn zones(sheet: &ParcelSheet<'_>, blocks: &mut Vec<Value>) {
    let lang = sheet.lang;
    blocks.push(block::heading(2, lang.text("sheet-zones")));
    let mut is_empty = true;
    for (layer, answer) in answers(sheet, &[Chapter::Zones, Chapter::Provisions]) {
        if answer.pieces.is_empty() {
            continue;
        }
        is_empty = false;
        let adopted = layer
            .instrument
            .and_then(|index| sheet.instruments.get(index))
            .filter(|instrument| instrument.status == InstrumentStatus::Adopted);
        let title = match adopted {
            Some(_) => lang.text_with("sheet-adopted", &[("layer", (&layer.title).into())]),
            None => layer.title.clone(),
        };
        blocks.push(block::heading(3, title));
        let colour = |piece: &CertifiedPiece| {
            let key = (layer.id.clone(), piece.code.clone());
            sheet.colours.get(&key).cloned()
        };
        let bar: Vec<Value> = answer
            .pieces
            .iter()
            .filter_map(|piece| {
                let share = f64::from(piece.extent.percent_tenths?) / 1000.0;
                Some(json!({"share": share, "fill": colour(piece)?}))
            })
            .collect();
        if layer.chapter == Chapter::Zones && bar.len() > 1 {
            blocks.push(json!({"kind": "shares", "pieces": bar}));
        }
        let mut table = Table::new(vec![
            Column::narrow(lang.text("sheet-column-zone")),
            Column::text(lang.text("sheet-column-description"), 1.0),
            Column::narrow(lang.text("sheet-column-article")),
            Column::number("m²"),
            Column::number("%"),
        ]);
        for piece in &answer.pieces {
            let mut code = json!({"text": piece.code, "strong": true});
            if let Some(colour) = colour(piece) {
                code["swatch"] = colour.into();
            }
            let article = piece.article.as_ref();
            table.row(vec![
                code,
                piece.description.clone().into(),
                article
                    .map_or_else(|| "–".to_owned(), |a| format!("art. {a}"))
                    .into(),
                area(lang, &piece.extent).into(),
                percent(lang, &piece.extent).into(),
            ]);
        }
        if let Some(extent) = &answer.unassigned {
            table.row(vec![
                "–".into(),
                block::faint(lang.text("sheet-unassigned")),
                "–".into(),
                area(lang, extent).into(),
                percent(lang, extent).into(),
            ]);
        }
        blocks.push(table.finish());
    }
    if is_empty {
        blocks.push(block::par(lang.text("sheet-zones-none")));
    }
}

fn constraints(sheet: &ParcelSheet<'_>, blocks: &mut Vec<Value>) {
    let lang = sheet.lang;
    blocks.push(block::heading(2, lang.text("sheet-constraints")));
    let mut table = Table::new(vec![
        Column::text(lang.text("sheet-column-what"), 1.4),
        Column::text(lang.text("sheet-column-law"), 1.0),
        Column::number("m²"),
        Column::number("%"),
    ]);
    let chapters = [Chapter::Constraints, Chapter::Fire, Chapter::Hazards];
    for (layer, answer) in answers(sheet, &chapters) {
        for piece in &answer.pieces {
            let own = match (piece.description.trim(), piece.code.trim()) {
                ("", code) => code,
                (description, _) => description,
            };
            table.row(vec![
                json!([{"t": layer.title, "b": true}, {"t": format!(": {own}")}]),
                piece.law.clone().unwrap_or_else(|| "–".into()).into(),
                area(lang, &piece.extent).into(),
                percent(lang, &piece.extent).into(),
            ]);
        }
    }
    if table.is_empty() {
        blocks.push(block::par(lang.text("sheet-constraints-none")));
    } else {
        blocks.push(table.finish());
    }
}

/// What was looked at and is not there, and what could not be looked at.
fn others(sheet: &ParcelSheet<'_>, blocks: &mut Vec<Value>) {
    let lang = sheet.lang;
    let with = |wanted: &[AnswerStatus]| -> Vec<Value> {
        sheet
            .layers
            .iter()
            .zip(&sheet.parcel.answers)
            .filter(|(_, answer)| wanted.contains(&answer.status))
            .map(|(layer, _)| layer.title.clone().into())
            .collect()
    };
    let clear = with(&[AnswerStatus::Clear]);
    if !clear.is_empty() {
        blocks.push(block::heading(3, lang.text("sheet-clear")));
        blocks.push(block::list(false, clear));
    }
    let missing = with(&[AnswerStatus::NoData, AnswerStatus::Error]);
    if !missing.is_empty() {
        blocks.push(block::heading(3, lang.text("sheet-no-data")));
        blocks.push(block::warning(lang.text("sheet-no-data-note")));
        blocks.push(block::list(false, missing));
    }
}

fn instruments(sheet: &ParcelSheet<'_>, blocks: &mut Vec<Value>) {
    let lang = sheet.lang;
    blocks.push(block::heading(2, lang.text("sheet-data")));
    for instrument in sheet.instruments {
        let mut line = vec![json!({"t": instrument.name, "b": true})];
        if let Some(since) = instrument.since {
            let key = match instrument.status {
                InstrumentStatus::InForce => "sheet-in-force",
                InstrumentStatus::Adopted => "sheet-adopted-on",
            };
            let date = lang.date(since);
            let text = lang.text_with(key, &[("date", Argument::from(&date))]);
            line.push(json!({"t": format!(": {text}")}));
        }
        blocks.push(block::par(Value::from(line)));
    }
    let mut table = Table::new(vec![
        Column::text(lang.text("sheet-column-layer"), 2.0),
        Column::text(lang.text("sheet-column-source"), 2.0),
        Column::number(lang.text("sheet-column-version")),
        Column::narrow(lang.text("sheet-column-since")),
    ]);
    for layer in sheet.layers {
        if let Some(version) = &layer.version {
            table.row(vec![
                layer.title.clone().into(),
                block::faint(layer.source.clone()),
                version.version.to_string().into(),
                lang.date(version.published_on).into(),
            ]);
        }
    }
    if !table.is_empty() {
        blocks.push(table.finish());
    }
}

fn area(lang: Lang, extent: &Extent) -> String {
    match (extent.area_m2, extent.length_m) {
        (Some(area), _) => lang.number(area, if area < 10.0 { 2 } else { 0 }),
        (None, Some(length)) => format!("{} m", lang.number(length, 1)),
        (None, None) => "–".to_owned(),
    }
}

fn percent(lang: Lang, extent: &Extent) -> String {
    extent.percent_tenths.map_or_else(
        || "–".to_owned(),
        |tenths| lang.number(f64::from(tenths) / 10.0, 1),
    )
}
