//! What is true at a point.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderName, header};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::{IntoParams, ToSchema};

use crate::fact::{self, PlaceFacts, Status};
use crate::snapshot::Catalogue;

use super::super::error::{Failure, Problem};
use super::super::extract::{AskedBy, Shared};
use super::super::headers::PRIVATE;
use super::super::times::{AsOfShape, Times};
use super::shape::{ComuneShape, EvidenceShape, ParcelShape, Text};

/// A place in degrees.
#[derive(Debug, Deserialize, IntoParams)]
pub(in crate::http) struct PlaceQuery {
    /// Longitude, WGS84 degrees.
    #[param(example = 9.36)]
    pub(in crate::http) lon: f64,
    /// Latitude, WGS84 degrees.
    #[param(example = 45.61)]
    pub(in crate::http) lat: f64,
    /// The day that the answer is for; today by default.
    #[serde(default)]
    #[param(example = "2026-11-24")]
    date: Option<String>,
    /// Only what was recorded until this moment counts (RFC 3339, or a day); now by default.
    #[serde(default)]
    known_at: Option<String>,
}

/// The answer of one layer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LayerAnswer {
    /// Layer.
    layer: String,
    /// Its name.
    title: Text,
    /// `hit`, `clear` (there is a map and nothing on it here) or `no_data` (there is no map).
    #[schema(value_type = String, example = "hit")]
    status: Status,
    /// Keys of what is here.
    keys: Vec<String>,
    /// The versions that answer.
    evidence: Vec<EvidenceShape>,
}

/// Everything known of a place.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlaceAnswer {
    /// Longitude asked for.
    lon: f64,
    /// Latitude asked for.
    lat: f64,
    /// The day that it holds for, and what was known.
    as_of: AsOfShape,
    /// The comune, as far as boundaries and maps tell.
    comune: Option<ComuneShape>,
    /// Parcels here: several where sheets overlap.
    parcels: Vec<ParcelShape>,
    /// The answer of every layer.
    layers: Vec<LayerAnswer>,
}

/// What is true at a place: parcels, and the answer of every layer with its evidence.
#[utoipa::path(get, path = "/api/v1/place", params(PlaceQuery), tag = "facts", responses(
    (status = 200, body = PlaceAnswer),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, description = "another day than today, while the database does not answer", content_type = "application/problem+json"),
))]
pub(super) async fn place(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    query: Result<Query<PlaceQuery>, QueryRejection>,
) -> Result<
    (
        [(HeaderName, axum::http::HeaderValue); 1],
        axum::Json<PlaceAnswer>,
    ),
    Failure,
> {
    let Query(place) = query.map_err(|error| Failure::BadRequest(error.body_text()))?;
    let app = &shared.app;
    let times = Times::of(app, place.date.as_deref(), place.known_at.as_deref())?;
    let catalogue = times.catalogue_near(app, place.lon, place.lat).await?;
    let facts = fact::at_point(&catalogue, &viewer, place.lon, place.lat)?;
    let answer = PlaceAnswer::of(&facts, &catalogue);
    Ok(([(header::CACHE_CONTROL, PRIVATE)], axum::Json(answer)))
}

impl PlaceAnswer {
    fn of(facts: &PlaceFacts, catalogue: &Catalogue) -> Self {
        let layers = facts.layers.iter().map(|answer| LayerAnswer {
            layer: answer.file.definition.id.clone(),
            title: Text::from(&answer.file.definition.title),
            status: answer.status,
            keys: answer.keys().into_iter().map(str::to_owned).collect(),
            evidence: answer.evidence.iter().map(EvidenceShape::from).collect(),
        });
        Self {
            lon: facts.lon,
            lat: facts.lat,
            as_of: AsOfShape::from(catalogue),
            comune: facts.comune.as_deref().map(ComuneShape::from),
            parcels: facts.parcels.iter().map(ParcelShape::from).collect(),
            layers: layers.collect(),
        }
    }
}

/// What was told of a place, to be kept beside what is said of it.
pub(in crate::http) fn evidence_of_place(facts: &PlaceFacts, catalogue: &Catalogue) -> Json {
    serde_json::to_value(PlaceAnswer::of(facts, catalogue)).unwrap_or_default()
}
