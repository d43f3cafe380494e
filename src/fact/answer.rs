//! The answer of a layer: status, pieces, what is left, and what it stands on.

use std::sync::Arc;

use serde::Serialize;

use crate::layer::{Definition, DefinitionFile, Localized, Value};

use crate::snapshot::PartSnapshot;

use super::evidence::Evidence;
use super::overlay::NOISE_M2;
use super::percent::largest_remainder;
use super::region::{Region, Shape};
use super::sliver::{SliverReason, sliver};

/// Tenths of a percent in the whole.
pub(super) const ALL_TENTHS: u32 = 1000;

/// A share of the place that may be missing from a map without its being "no data".
pub const COVER_TOLERANCE: f64 = 1e-4;

/// The answer of a layer in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Something is here that is no sliver.
    Hit,
    /// There is a map of this place, and nothing on it here but slivers.
    Clear,
    /// There is no map of this place.
    NoData,
    /// There is a map, and it could not be read.
    Error,
}

/// Why a layer could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It took longer than an answer may take.
    #[error("the answer took too long")]
    Deadline,
    /// The overlay in memory is not to be trusted, and the database was not asked.
    #[error("the overlay is too difficult for an answer from memory")]
    Doubt,
    /// The database did not answer.
    #[error("the database did not answer")]
    Database,
    /// Coordinates could not be transformed.
    #[error("coordinates could not be transformed")]
    Transformation,
}

/// How much of the place a piece takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// A place has no extent: it is here.
    Here,
    /// A part of an area.
    Area {
        /// Square metres in the storage CRS.
        area_m2: f64,
        /// Share of the region, 0 to 1.
        share: f64,
    },
    /// Metres of a line inside.
    Length {
        /// Metres in the storage CRS.
        length_m: f64,
    },
    /// Points inside.
    Count {
        /// How many.
        points: usize,
    },
}

/// What one feature of a layer is at the place.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Its part, as a position in the layer's evidence.
    pub evidence: usize,
    /// The feature's numeric name.
    pub feature_id: u64,
    /// The feature's key.
    pub key: String,
    /// Values of the layer's columns, in the order of the definition.
    pub values: Vec<Value>,
    /// How much it is.
    pub measure: Measure,
    /// The percentage to print, in tenths; none for slivers and for what has no share.
    pub percent_tenths: Option<u32>,
    /// Why it does not count.
    pub sliver: Option<SliverReason>,
    /// Its outline in the storage CRS; empty for lines, points and places.
    pub shape: Shape,
}

impl Piece {
    /// The piece that a feature is, without an outline.
    pub(super) fn of(
        part: &PartSnapshot,
        feature: usize,
        evidence: usize,
        measure: Measure,
    ) -> Self {
        let columns = part.features.column_count();
        Self {
            evidence,
            feature_id: part.features.id(feature),
            key: part.features.key(feature).to_owned(),
            values: (0..columns)
                .map(|column| part.features.value(feature, column).clone())
                .collect(),
            measure,
            percent_tenths: None,
            sliver: None,
            shape: Shape::new(),
        }
    }

    /// Its area in m²; 0 for what has none.
    pub fn area_m2(&self) -> f64 {
        match self.measure {
            Measure::Area { area_m2, .. } => area_m2,
            _ => 0.0,
        }
    }

    /// Whether it counts: it is no sliver.
    pub fn counts(&self) -> bool {
        self.sliver.is_none()
    }
}

/// What none of a coverage's features covers.
#[derive(Debug, Clone)]
pub struct Remainder {
    /// Square metres.
    pub area_m2: f64,
    /// Share of the region, 0 to 1.
    pub share: f64,
    /// The percentage to print, in tenths; none for a sliver.
    pub percent_tenths: Option<u32>,
    /// Why it does not count.
    pub sliver: Option<SliverReason>,
    /// Its outline in the storage CRS.
    pub shape: Shape,
}

/// A feature whose overlay in memory is not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Doubtful {
    /// Its part, as a position in the layer's evidence.
    pub(super) evidence: usize,
    /// The feature's position in the part.
    pub(super) feature: usize,
    /// True when it was asked about the whole region, and not about what a perimeter leaves.
    pub(super) whole: bool,
}

/// The answer of one layer, with its evidence.
#[derive(Debug, Clone)]
pub struct LayerFacts {
    /// Definition of the layer.
    pub file: Arc<DefinitionFile>,
    /// Its answer.
    pub status: Status,
    /// Share of the place that its map covers, 0 to 1.
    pub covered_share: f64,
    /// What is here: what counts first, the largest first; slivers behind.
    pub pieces: Vec<Piece>,
    /// What a coverage leaves, where it leaves something.
    pub remainder: Option<Remainder>,
    /// The parts that answer; empty when there is no data.
    pub evidence: Vec<Evidence>,
    /// Why it could not be read.
    pub fault: Option<Fault>,
    /// What adopted plans say beside it, each an answer of its own about the part of the place
    /// that lies in its perimeter. They never have adopted ones themselves.
    pub adopted: Vec<LayerFacts>,
    /// Features that only the database can overlay.
    pub(super) doubtful: Vec<Doubtful>,
}

/// A value of a piece, as people read it.
#[derive(Debug, Clone, Copy)]
pub struct Attribute<'a> {
    /// Name of the column.
    pub name: &'a str,
    /// Its name for people.
    pub label: &'a Localized,
    /// The value.
    pub value: &'a Value,
    /// What the value means, where the column has a list of values.
    pub meaning: Option<&'a Localized>,
}

impl LayerFacts {
    /// The answer of a layer without a map.
    pub(super) fn without_data(file: &Arc<DefinitionFile>) -> Self {
        Self {
            file: Arc::clone(file),
            status: Status::NoData,
            covered_share: 0.0,
            pieces: Vec::new(),
            remainder: None,
            evidence: Vec::new(),
            fault: None,
            adopted: Vec::new(),
            doubtful: Vec::new(),
        }
    }

    /// The definition.
    pub fn definition(&self) -> &Definition {
        &self.file.definition
    }

    /// Keys of what is here, slivers left out.
    pub fn keys(&self) -> Vec<&str> {
        self.pieces
            .iter()
            .filter(|piece| piece.counts())
            .map(|piece| piece.key.as_str())
            .collect()
    }

    /// True when the map covers the whole place; rules and certificates treat an answer that
    /// covers less as no data.
    pub fn covers_all(&self) -> bool {
        self.covered_share >= 1.0 - COVER_TOLERANCE
    }

    /// A piece's values with their names and meanings, nulls left out.
    pub fn attributes<'a>(&'a self, piece: &'a Piece) -> impl Iterator<Item = Attribute<'a>> {
        let columns = self.definition().column.iter();
        columns
            .zip(&piece.values)
            .filter(|(_, value)| **value != Value::Null)
            .map(|(column, value)| Attribute {
                name: &column.name,
                label: &column.label,
                value,
                meaning: value.as_text().and_then(|text| column.label_of(text)),
            })
    }

    /// What a piece is called, in both languages: values of the definition's title columns, or
    /// what they mean, one behind the other.
    pub fn name_of(&self, piece: &Piece) -> Localized {
        let definition = self.definition();
        let mut name = Localized {
            it: String::new(),
            en: String::new(),
        };
        for index in definition.title_columns() {
            let Some(value) = piece.values.get(index).filter(|v| **v != Value::Null) else {
                continue;
            };
            let plain = plain(value);
            let meaning = definition.column[index].label_of(&plain);
            let it = meaning.map_or(plain.as_str(), |meaning| &meaning.it);
            let en = meaning.map_or(plain.as_str(), |meaning| &meaning.en);
            for (text, word) in [(&mut name.it, it), (&mut name.en, en)] {
                if !text.is_empty() {
                    text.push_str(" · ");
                }
                text.push_str(word);
            }
        }
        if name.it.is_empty() {
            name.it.clone_from(&piece.key);
            name.en.clone_from(&piece.key);
        }
        name
    }

    /// The numbers of the articles that a piece refers to, in the order of its column.
    pub fn articles_of<'a>(&'a self, piece: &'a Piece) -> Vec<&'a str> {
        let column = self.definition().fact.article.as_deref();
        let list = column.and_then(|column| self.text_of(piece, column));
        list.into_iter()
            .flat_map(|list| list.split([',', ';']))
            .map(str::trim)
            .filter(|number| !number.is_empty())
            .collect()
    }

    /// A piece's value in a column as text.
    pub fn text_of<'a>(&'a self, piece: &'a Piece, column: &str) -> Option<&'a str> {
        let index = self.definition().column_index(column)?;
        piece.values.get(index)?.as_text()
    }

    /// Marks slivers, orders the pieces, finds what is left, rounds the percentages and says the
    /// status. Called again when pieces were added.
    ///
    /// `region` is the whole place, or the part of it that an adopted plan is about, which has
    /// `tenths` of a percent of the place.
    pub(super) fn conclude(&mut self, region: &Region, tenths: u32) {
        let file = Arc::clone(&self.file);
        let definition = &file.definition;
        for piece in &mut self.pieces {
            if let Measure::Area { area_m2, share } = piece.measure {
                piece.sliver = sliver(&definition.sliver, &piece.shape, area_m2, share);
            }
        }
        self.pieces.sort_by(|a, b| {
            let size = |piece: &Piece| match piece.measure {
                Measure::Here => 0.0,
                Measure::Area { area_m2, .. } => area_m2,
                Measure::Length { length_m } => length_m,
                Measure::Count { .. } => 0.0,
            };
            b.counts()
                .cmp(&a.counts())
                .then_with(|| size(b).total_cmp(&size(a)))
                .then_with(|| a.key.cmp(&b.key))
        });
        self.remainder = None;
        if definition.coverage && self.doubtful.is_empty() && !self.evidence.is_empty() {
            self.remainder = self.left(region);
        }
        self.round_percentages(tenths);
        self.status = if self.fault.is_some() || !self.doubtful.is_empty() {
            Status::Error
        } else if self.evidence.is_empty() {
            Status::NoData
        } else if self.pieces.iter().any(Piece::counts) {
            Status::Hit
        } else {
            Status::Clear
        };
        if !self.doubtful.is_empty() {
            self.fault.get_or_insert(Fault::Doubt);
        }
    }

    /// What a coverage leaves of a region.
    fn left(&self, region: &Region) -> Option<Remainder> {
        // Pieces that are no whole region come from overlays and wind alike.
        let whole = |piece: &Piece| piece.area_m2() >= region.area_m2 * (1.0 - 1e-12);
        if self.pieces.iter().any(whole) {
            return None;
        }
        let shapes: Vec<&Shape> = self.pieces.iter().map(|piece| &piece.shape).collect();
        let (shape, area_m2) = match shapes.as_slice() {
            [] => (region.shape.clone(), region.area_m2),
            shapes => super::overlay::remainder(region, shapes).ok()?,
        };
        if area_m2 < NOISE_M2.max(region.area_m2 * 1e-9) {
            return None;
        }
        let share = area_m2 / region.area_m2;
        Some(Remainder {
            area_m2,
            share,
            percent_tenths: None,
            sliver: sliver(&self.definition().sliver, &shape, area_m2, share),
            shape,
        })
    }

    /// Percentages of what counts. Those of a coverage sum to 100: what its slivers take is
    /// divided among the others. Pieces that may overlap are rounded each for itself.
    fn round_percentages(&mut self, total: u32) {
        let coverage = self.definition().coverage;
        let areas: Vec<f64> = self
            .pieces
            .iter()
            .filter(|piece| piece.counts())
            .map(Piece::area_m2)
            .chain(
                self.remainder
                    .iter()
                    .filter(|remainder| remainder.sliver.is_none())
                    .map(|remainder| remainder.area_m2),
            )
            .collect();
        let mut tenths = largest_remainder(&areas, total).into_iter();
        for piece in &mut self.pieces {
            let Measure::Area { share, .. } = piece.measure else {
                continue;
            };
            piece.percent_tenths = match (piece.sliver, coverage) {
                (Some(_), _) => None,
                (None, true) => tenths.next(),
                // A share lies between 0 and 1; the cast saturates.
                (None, false) => Some((share * f64::from(ALL_TENTHS)).round() as u32),
            };
        }
        if let Some(remainder) = &mut self.remainder {
            remainder.percent_tenths = match remainder.sliver {
                Some(_) => None,
                None => tenths.next(),
            };
        }
    }
}

/// A value as plain text.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
    }
}
