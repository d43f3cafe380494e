//! Facts as JSON: the documented shape that clients, documents and practices read.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use crate::cadastre::CadastralReference;
use crate::census::areas_differ;
use crate::fact::{
    self, Facts, LayerFacts, Line, Measure, Piece, Remainder, SliverReason, Status, Subject,
};
use crate::layer::Value;

use crate::snapshot::Catalogue;

use super::super::error::Failure;
use super::super::times::AsOfShape;
use super::shape::{ComuneShape, EvidenceShape, ParcelShape, Text};

/// The facts of parcels or of an area.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FactsAnswer {
    /// The parcels asked about, in their order; empty for an area.
    parcels: Vec<ParcelShape>,
    /// The comune.
    comune: ComuneShape,
    /// EPSG code of the CRS in which areas and lengths are measured.
    #[schema(example = 7791)]
    srid: i32,
    /// Area of the parcels together, or of the outline, in square metres.
    area_m2: f64,
    /// The day that the answer holds for, and what was known.
    as_of: AsOfShape,
    /// What the land register says of the parcels; for the people of the office.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    census: Vec<CensusAreaShape>,
    /// The answer of every layer asked.
    layers: Vec<LayerShape>,
}

/// The area of a parcel in the land register.
#[derive(Debug, Serialize, ToSchema)]
struct CensusAreaShape {
    /// The parcel.
    #[schema(example = "X001_000300.21")]
    parcel: String,
    /// Square metres.
    area_m2: f64,
    /// Whether it differs from the area on the map by more than 5 %.
    differs: bool,
}

/// The answer of one layer.
#[derive(Debug, Serialize, ToSchema)]
struct LayerShape {
    /// Layer.
    #[schema(example = "piano.zona")]
    layer: String,
    /// Its name.
    title: Text,
    /// `hit`; `clear`: there is a map and nothing on it here but slivers; `no_data`: there is no
    /// map; `error`: the map could not be read.
    #[schema(value_type = String, example = "hit")]
    status: Status,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    /// Share of the place that the map covers, 0 to 1. Below 1, `clear` says nothing of the rest.
    covered_share: f64,
    /// What is here: what counts first, the largest first; slivers behind.
    pieces: Vec<PieceShape>,
    /// What no feature of a coverage covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    remainder: Option<RemainderShape>,
    /// The versions that answer.
    evidence: Vec<EvidenceShape>,
    /// What adopted plans say beside it (salvaguardia): answers of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    adopted: Vec<LayerShape>,
}

/// What one feature is at the place.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PieceShape {
    /// The feature's number in tiles.
    feature_id: u64,
    /// The feature's key.
    key: String,
    /// Position in `evidence` of the version that it belongs to.
    evidence: usize,
    /// Square metres in common; null for lines and points.
    #[serde(skip_serializing_if = "Option::is_none")]
    area_m2: Option<f64>,
    /// Share of the place, 0 to 1, exactly.
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<f64>,
    /// Percentage to print; those of a coverage sum to 100 with the remainder's.
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<f64>,
    /// Metres of a line inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    length_m: Option<f64>,
    /// Points inside.
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<usize>,
    /// Set when the piece does not count: `narrow` or `small`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    sliver: Option<SliverReason>,
    /// The feature's values, nulls left out.
    attributes: Vec<AttributeShape>,
}

/// A value of a feature.
#[derive(Debug, Serialize, ToSchema)]
struct AttributeShape {
    /// Name of the column.
    name: String,
    /// Its name for people.
    label: Text,
    /// The value: text, number or date.
    #[schema(value_type = Object)]
    value: Value,
    /// What the value means.
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<Text>,
}

/// What no feature of a coverage covers.
#[derive(Debug, Serialize, ToSchema)]
struct RemainderShape {
    /// Square metres.
    area_m2: f64,
    /// Share of the place, 0 to 1.
    share: f64,
    /// Percentage to print.
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<f64>,
    /// Set when it does not count: `narrow` or `small`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    sliver: Option<SliverReason>,
}

// A tenth of a square millimetre.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn share(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

fn percent(tenths: Option<u32>) -> Option<f64> {
    tenths.map(|tenths| f64::from(tenths) / 10.0)
}

impl FactsAnswer {
    /// Facts as they are in force in a catalogue.
    pub(super) fn of(facts: &Facts, catalogue: &Catalogue) -> Self {
        Self {
            parcels: match &facts.subject {
                Subject::Parcels(parcels) => parcels.iter().map(ParcelShape::from).collect(),
                Subject::Area => Vec::new(),
            },
            comune: ComuneShape::from(&*facts.comune),
            srid: facts.region.srid,
            area_m2: rounded(facts.region.area_m2),
            as_of: AsOfShape::from(catalogue),
            census: Vec::new(),
            layers: facts.layers.iter().map(LayerShape::from).collect(),
        }
    }
}

impl FactsAnswer {
    /// The same with the areas of the land register.
    pub(super) fn with_census(
        mut self,
        facts: &Facts,
        areas: &HashMap<CadastralReference, f64>,
    ) -> Self {
        if let Subject::Parcels(parcels) = &facts.subject {
            let known = parcels
                .iter()
                .filter_map(|parcel| Some((parcel, *areas.get(&parcel.reference)?)));
            self.census = known
                .map(|(parcel, area_m2)| CensusAreaShape {
                    parcel: parcel.reference.to_string(),
                    area_m2,
                    differs: areas_differ(area_m2, parcel.area_m2),
                })
                .collect();
        }
        self
    }
}

impl From<&LayerFacts> for LayerShape {
    fn from(layer: &LayerFacts) -> Self {
        let definition = layer.definition();
        Self {
            layer: definition.id.clone(),
            title: Text::from(&definition.title),
            status: layer.status,
            fault: layer.fault.map(|fault| fault.to_string()),
            covered_share: share(layer.covered_share),
            pieces: layer
                .pieces
                .iter()
                .map(|p| PieceShape::of(layer, p))
                .collect(),
            remainder: layer.remainder.as_ref().map(RemainderShape::from),
            evidence: layer.evidence.iter().map(EvidenceShape::from).collect(),
            adopted: layer.adopted.iter().map(Self::from).collect(),
        }
    }
}

impl PieceShape {
    pub(super) fn of(layer: &LayerFacts, piece: &Piece) -> Self {
        let mut shape = Self {
            feature_id: piece.feature_id,
            key: piece.key.clone(),
            evidence: piece.evidence,
            area_m2: None,
            share: None,
            percent: percent(piece.percent_tenths),
            length_m: None,
            points: None,
            sliver: piece.sliver,
            attributes: layer
                .attributes(piece)
                .map(|attribute| AttributeShape {
                    name: attribute.name.to_owned(),
                    label: Text::from(attribute.label),
                    value: attribute.value.clone(),
                    meaning: attribute.meaning.map(Text::from),
                })
                .collect(),
        };
        match piece.measure {
            Measure::Here => {}
            Measure::Area { area_m2, share: of } => {
                shape.area_m2 = Some(rounded(area_m2));
                shape.share = Some(share(of));
            }
            Measure::Length { length_m } => shape.length_m = Some(rounded(length_m)),
            Measure::Count { points } => shape.points = Some(points),
        }
        shape
    }
}

impl From<&Remainder> for RemainderShape {
    fn from(remainder: &Remainder) -> Self {
        Self {
            area_m2: rounded(remainder.area_m2),
            share: share(remainder.share),
            percent: percent(remainder.percent_tenths),
            sliver: remainder.sliver,
        }
    }
}

/// Facts as they were told, to be kept beside what is said of them.
pub(in crate::http) fn evidence_of(facts: &Facts, catalogue: &Catalogue) -> Json {
    serde_json::to_value(FactsAnswer::of(facts, catalogue)).unwrap_or_default()
}

/// The answer about a line of a list as one JSON object: the facts as the API tells them, or the
/// fault.
pub fn facts_json(line: &Line, facts: Result<&Facts, &String>, catalogue: &Catalogue) -> Json {
    match facts {
        Ok(facts) => {
            let answer = FactsAnswer::of(facts, catalogue);
            json!({ "line": line.number, "facts": answer })
        }
        Err(fault) => json!({ "line": line.number, "text": line.text, "fault": fault }),
    }
}

/// Every piece with an outline as a GeoJSON feature: the map colours them by `layer` and `key`.
pub(super) fn pieces_collection(facts: &Facts) -> Result<Json, Failure> {
    let mut features = Vec::new();
    for layer in &facts.layers {
        let id = &layer.definition().id;
        for piece in layer.pieces.iter().filter(|piece| !piece.shape.is_empty()) {
            features.push(json!({
                "type": "Feature",
                "geometry": multipolygon(&piece.shape, facts.region.srid)?,
                "properties": {
                    "layer": id,
                    "key": piece.key,
                    "feature_id": piece.feature_id,
                    "area_m2": rounded(piece.area_m2()),
                    "percent": percent(piece.percent_tenths),
                    "sliver": piece.sliver,
                    "attributes": attributes(layer, piece),
                },
            }));
        }
        if let Some(left) = &layer.remainder {
            features.push(json!({
                "type": "Feature",
                "geometry": multipolygon(&left.shape, facts.region.srid)?,
                "properties": {
                    "layer": id,
                    "key": null,
                    "area_m2": rounded(left.area_m2),
                    "percent": percent(left.percent_tenths),
                    "sliver": left.sliver,
                },
            }));
        }
    }
    Ok(json!({ "type": "FeatureCollection", "features": features }))
}

fn attributes(layer: &LayerFacts, piece: &Piece) -> Json {
    let pairs = layer.attributes(piece).map(|attribute| {
        let value = serde_json::to_value(attribute.value).unwrap_or_default();
        (attribute.name.to_owned(), value)
    });
    Json::Object(pairs.collect())
}

fn multipolygon(shape: &fact::Shape, srid: i32) -> Result<Json, Failure> {
    let coordinates = fact::to_lon_lat(shape, srid).map_err(|error| Failure::internal(&error))?;
    Ok(json!({ "type": "MultiPolygon", "coordinates": coordinates }))
}
