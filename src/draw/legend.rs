//! The legend: what is drawn, with a swatch of how.

use std::fmt::Write as _;

use super::paint::Paint;

/// A line of a legend.
#[derive(Debug, Clone, PartialEq)]
pub struct LegendEntry {
    /// What it is, in the language of the map.
    pub label: String,
    /// How it is drawn: an SVG of 8 x 4.4 mm.
    pub swatch: String,
}

/// What a style layer draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Area,
    Line,
    Dot,
}

/// An entry as it grows: the paints of all style layers that share its text, from below.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) label: String,
    pub(super) coats: Vec<(Mark, Paint)>,
}

const WIDE: u32 = 800;
const HIGH: u32 = 440;

impl Entry {
    pub(super) fn finish(self) -> LegendEntry {
        let mut body = String::new();
        let mut definitions = String::new();
        let is_area = self.coats.iter().any(|(mark, _)| *mark == Mark::Area);
        for (mark, paint) in &self.coats {
            if let Some(hatch) = &paint.hatch {
                definitions.push_str(&hatch.definition());
            }
            let shape = match mark {
                Mark::Area => "M20 20h760v400h-760z",
                // An outline of areas, or a line of its own.
                Mark::Line if is_area => "M20 20h760v400h-760z",
                Mark::Line => "M20 320C260 40 520 400 780 110",
                Mark::Dot => "M400 220h0",
            };
            for coat in &paint.coats {
                let _ = write!(body, "<path d=\"{shape}\" {coat}/>");
            }
        }
        if is_area && self.coats.iter().all(|(mark, _)| *mark == Mark::Area) {
            body.push_str("<path d=\"M20 20h760v400h-760z\" fill=\"none\" stroke=\"#7b8794\" stroke-width=\"10\"/>");
        }
        LegendEntry {
            label: self.label,
            swatch: format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8mm\" height=\"4.4mm\" viewBox=\"0 0 {WIDE} {HIGH}\">\
                 <defs>{definitions}</defs>{body}</svg>"
            ),
        }
    }
}
