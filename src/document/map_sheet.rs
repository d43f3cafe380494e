//! Prints of the map to scale, on sheets from A4 to A3.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::json;

use crate::draw::{Drawing, Frame};
use crate::text::{DateFormat, Lang, NumberFormat};

use super::dressing::Dressing;
use super::press::Order;
use super::{crs_name, extract::Extract, start_of};

/// Paper that maps are printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    /// Its short word: `a4`, `a4o`, `a3`, `a3o` (the latter of each lying).
    pub word: &'static str,
    /// Width in millimetres.
    pub width_mm: u32,
    /// Height in millimetres.
    pub height_mm: u32,
}

impl Paper {
    /// All kinds, in the order in which they are offered.
    pub const ALL: [Self; 4] = [
        Self {
            word: "a4",
            width_mm: 210,
            height_mm: 297,
        },
        Self {
            word: "a4o",
            width_mm: 297,
            height_mm: 210,
        },
        Self {
            word: "a3",
            width_mm: 297,
            height_mm: 420,
        },
        Self {
            word: "a3o",
            width_mm: 420,
            height_mm: 297,
        },
    ];

    /// The paper of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|paper| paper.word == word)
    }

    /// Size of the map on it, with so many lines of legend in its longest column.
    pub fn map_mm(self, legend_rows: usize) -> [f64; 2] {
        let strip = (LINE_MM * legend_rows as f64 + LEGEND_TITLE_MM).max(NOTES_MM);
        [
            f64::from(self.width_mm) - 2.0 * MARGIN_MM,
            f64::from(self.height_mm) - 2.0 * MARGIN_MM - HEAD_MM - strip,
        ]
    }

    /// Columns of its legend.
    pub fn legend_columns(self) -> usize {
        ((f64::from(self.width_mm) - 2.0 * MARGIN_MM - NOTES_WIDTH_MM) / 42.0) as usize
    }
}

const MARGIN_MM: f64 = 10.0;
/// Title and office above the map.
const HEAD_MM: f64 = 15.0;
const LEGEND_TITLE_MM: f64 = 9.0;
const LINE_MM: f64 = 6.2;
/// Height of the notes beside the legend.
const NOTES_MM: f64 = 36.0;
const NOTES_WIDTH_MM: f64 = 62.0;

/// A print of the map.
#[derive(Debug)]
pub struct MapSheet<'a> {
    /// Language of its texts.
    pub lang: Lang,
    /// Letterhead and sentences.
    pub dressing: &'a Dressing,
    /// Name of the comune, without "Comune di".
    pub comune: &'a str,
    /// Paper.
    pub paper: Paper,
    /// Ground and scale.
    pub frame: Frame,
    /// Title; by default the map of the comune.
    pub title: Option<&'a str>,
    /// What is printed.
    pub drawing: Drawing,
    /// Sources of the layers, with their licences.
    pub sources: Vec<String>,
    /// Day of the print.
    pub day: Date,
    /// Day on which it shows what was in force.
    pub date: Date,
}

/// The order that prints a map to scale.
pub fn map_order(sheet: MapSheet<'_>) -> Order {
    let lang = sheet.lang;
    let text = |key: &str| lang.text(key);
    let frame = sheet.frame;
    let name = lang.text_with("site-comune", &[("name", sheet.comune.into())]);
    let title = match sheet.title {
        Some(title) if !title.trim().is_empty() => title.trim().to_owned(),
        _ => text("print-map-title"),
    };
    let scale = lang.number(f64::from(frame.scale), 0);
    let crs = crs_name(frame.srid);
    let alt = lang.text_with(
        "print-alt",
        &[("comune", sheet.comune.into()), ("scale", (&scale).into())],
    );
    let printed = lang.date(sheet.day);
    let shown = lang.date(sheet.date);
    let identifier = format!(
        "map:{}:{}:{}:{:.2},{:.2}:{}",
        sheet.comune, sheet.paper.word, frame.scale, frame.centre[0], frame.centre[1], sheet.day
    );
    let extract = Extract {
        name: "mappa".to_owned(),
        title: title.clone(),
        caption: String::new(),
        alt,
        width_mm: frame.width_mm,
        height_mm: frame.height_mm,
        drawing: sheet.drawing,
    };
    let mut files: BTreeMap<String, String> = extract.files().into_iter().collect();
    if let Some(svg) = &sheet.dressing.letterhead.emblem_svg {
        files.insert("stemma.svg".to_owned(), svg.clone());
    }
    let mut notes = vec![
        lang.text_with("print-crs", &[("crs", (&crs).into())]),
        lang.text_with("print-shown", &[("date", (&shown).into())]),
    ];
    if !sheet.sources.is_empty() {
        let sources = sheet.sources.join("; ");
        notes.push(lang.text_with("print-sources", &[("sources", (&sources).into())]));
    }
    notes.push(text("print-disclaimer"));
    let data = json!({
        "lang": lang.code(),
        "title": title,
        "subtitle": name,
        "subject": alt_of(&extract),
        "keywords": [sheet.comune],
        "letterhead": {"name": name, "office": sheet.dressing.letterhead.office},
        "dated": lang.text_with("print-dated", &[("date", (&printed).into())]),
        "legend_title": text("print-legend"),
        "scale": lang.text_with("print-scale", &[("scale", (&scale).into())]),
        "notes": notes,
        "emblem": sheet.dressing.letterhead.emblem_svg.as_ref().map(|_| "stemma.svg"),
        "emblem_alt": sheet.dressing.letterhead.emblem_description,
        "sheet": {
            "width_mm": sheet.paper.width_mm,
            "height_mm": sheet.paper.height_mm,
            "margin_mm": MARGIN_MM,
            "head_mm": HEAD_MM,
            "notes_mm": NOTES_WIDTH_MM,
            "legend_columns": sheet.paper.legend_columns(),
        },
        "map": extract.block(),
    });
    Order {
        template: "map",
        identifier,
        issued_at: start_of(sheet.day),
        data,
        files,
    }
}

fn alt_of(extract: &Extract) -> &str {
    &extract.alt
}
