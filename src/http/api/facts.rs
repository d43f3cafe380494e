//! The facts of parcels and of areas.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::access::Viewer;
use crate::cadastre::CadastralReference;
use crate::fact::{self, Facts, Layers, Shape};
use crate::snapshot::Catalogue;

use super::super::error::{Failure, Problem};
use super::super::extract::{AskedBy, Shared};
use super::super::headers::PRIVATE;
use super::super::times::Times;
use super::fact_shape::{FactsAnswer, pieces_collection};

/// Bytes of a question: an outline of 10,000 vertices with all its digits fits.
pub(super) const QUESTION_LIMIT: usize = 1024 * 1024;

/// Which layers are asked.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct FactsQuery {
    /// Ids of layers, joined by commas; all that answer "what is here?" when left out.
    #[serde(default)]
    #[param(example = "catasto.foglio")]
    layers: Option<String>,
    /// The day that the answer is for; today by default.
    #[serde(default)]
    #[param(example = "2026-11-24")]
    date: Option<String>,
    /// Only what was recorded until this moment counts (RFC 3339, or a day); now by default.
    #[serde(default)]
    known_at: Option<String>,
}

/// A question about parcels or about an area: exactly one of both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    /// National references of parcels of one comune.
    #[serde(default)]
    #[schema(example = json!(["X001_000300.21", "X001_000300.22"]))]
    parcels: Option<Vec<String>>,
    /// A Polygon or MultiPolygon (RFC 7946), longitude and latitude in degrees.
    #[serde(default)]
    geometry: Option<Outline>,
    /// Ids of layers; all that answer "what is here?" when left out.
    #[serde(default)]
    layers: Option<Vec<String>>,
    /// The day that the answer is for; today by default.
    #[serde(default)]
    date: Option<String>,
    /// Only what was recorded until this moment counts (RFC 3339, or a day); now by default.
    #[serde(default)]
    known_at: Option<String>,
}

/// An outline in GeoJSON.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(tag = "type")]
enum Outline {
    /// Rings of positions: the outer one first.
    Polygon {
        /// Rings > positions > longitude, latitude; what follows is passed over.
        coordinates: Vec<Vec<Vec<f64>>>,
    },
    /// Polygons.
    MultiPolygon {
        /// Polygons > rings > positions.
        coordinates: Vec<Vec<Vec<Vec<f64>>>>,
    },
}

impl Outline {
    fn into_shape(self) -> Result<Shape, Failure> {
        let polygons = match self {
            Self::Polygon { coordinates } => vec![coordinates],
            Self::MultiPolygon { coordinates } => coordinates,
        };
        let position = |position: Vec<f64>| match position.as_slice() {
            [lon, lat, ..] => Ok([*lon, *lat]),
            _ => Err(Failure::BadRequest(
                "geometry: a position has less than two numbers".into(),
            )),
        };
        let ring = |ring: Vec<Vec<f64>>| ring.into_iter().map(position).collect();
        let polygon = |rings: Vec<Vec<Vec<f64>>>| rings.into_iter().map(ring).collect();
        polygons.into_iter().map(polygon).collect()
    }
}

/// The facts of a parcel: every layer's answer with exact areas, slivers marked, and what it
/// stands on. A `/` in the reference is written `~`.
#[utoipa::path(get, path = "/api/v1/parcels/{reference}/facts", tag = "facts",
    params(("reference" = String, Path, example = "X001_000300.21"), FactsQuery), responses(
    (status = 200, body = FactsAnswer),
    (status = 400, body = Problem, description = "the reference or a parameter cannot be understood", content_type = "application/problem+json"),
    (status = 404, body = Problem, description = "no such parcel in the cadastre in force, or no such layer", content_type = "application/problem+json"),
))]
pub(super) async fn parcel_facts(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path(reference): Path<String>,
    query: Result<Query<FactsQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let (facts, catalogue) = of_one(&shared, viewer.clone(), &reference, query).await?;
    let references: Vec<CadastralReference> = match &facts.subject {
        fact::Subject::Parcels(parcels) => parcels.iter().map(|p| p.reference.clone()).collect(),
        fact::Subject::Area => Vec::new(),
    };
    let areas = shared.app.census_areas(&viewer, &references).await;
    let answer = FactsAnswer::of(&facts, &catalogue).with_census(&facts, &areas);
    let headers = [(header::CACHE_CONTROL, PRIVATE)];
    Ok((headers, Json(answer)).into_response())
}

/// The pieces of a parcel as a GeoJSON feature collection (RFC 7946), to colour on a map.
#[utoipa::path(get, path = "/api/v1/parcels/{reference}/pieces", tag = "facts",
    params(("reference" = String, Path, example = "X001_000300.21"), FactsQuery), responses(
    (status = 200, body = Object, content_type = "application/geo+json"),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn parcel_pieces(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path(reference): Path<String>,
    query: Result<Query<FactsQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let (facts, _) = of_one(&shared, viewer, &reference, query).await?;
    let collection = pieces_collection(&facts)?;
    let headers = [
        (header::CACHE_CONTROL, PRIVATE),
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/geo+json"),
        ),
    ];
    Ok((headers, collection.to_string()).into_response())
}

async fn of_one(
    shared: &Shared,
    viewer: Viewer,
    reference: &str,
    query: Result<Query<FactsQuery>, QueryRejection>,
) -> Result<(Facts, Arc<Catalogue>), Failure> {
    let Query(query) = query.map_err(|error| Failure::BadRequest(error.body_text()))?;
    let reference = CadastralReference::from_path_segment(reference)?;
    let layers = Layers::parse(query.layers.as_deref().unwrap_or_default());
    let app = &shared.app;
    let times = Times::of(app, query.date.as_deref(), query.known_at.as_deref())?;
    let catalogue = times.catalogue_of(app, reference.sheet.comune).await?;
    let facts = answer(shared, &catalogue, move |catalogue| {
        fact::of_parcels(catalogue, &viewer, &[reference], &layers)
    })
    .await?;
    Ok((facts, catalogue))
}

/// The facts of several parcels of one comune together, or of an area.
#[utoipa::path(post, path = "/api/v1/facts", tag = "facts", request_body = Question, responses(
    (status = 200, body = FactsAnswer),
    (status = 400, body = Problem, description = "the question cannot be understood, or the outline cannot be used", content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 413, body = Problem, description = "the question is too long", content_type = "application/problem+json"),
))]
pub(super) async fn facts(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    question: Result<Json<Question>, JsonRejection>,
) -> Result<Response, Failure> {
    let Json(question) = question.map_err(|error| {
        if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            Failure::TooLarge(format!(
                "the question is longer than {QUESTION_LIMIT} bytes; an outline may have {} vertices",
                fact::MAX_VERTICES
            ))
        } else {
            Failure::BadRequest(error.body_text())
        }
    })?;
    let layers = match question.layers {
        Some(ids) => Layers::Only(ids),
        None => Layers::Facts,
    };
    let app = &shared.app;
    let times = Times::of(app, question.date.as_deref(), question.known_at.as_deref())?;
    let (facts, catalogue) = match (question.parcels, question.geometry) {
        (Some(texts), None) => {
            let references = texts
                .iter()
                .map(|text| text.parse())
                .collect::<Result<Vec<CadastralReference>, _>>()?;
            let catalogue = match references.first() {
                Some(first) => times.catalogue_of(app, first.sheet.comune).await?,
                None => app.catalogue(),
            };
            let facts = answer(&shared, &catalogue, move |catalogue| {
                fact::of_parcels(catalogue, &viewer, &references, &layers)
            });
            (facts.await?, catalogue)
        }
        (None, Some(outline)) => {
            let outline = outline.into_shape()?;
            let catalogue = match outline.iter().flatten().flatten().next() {
                Some([lon, lat]) => times.catalogue_near(app, *lon, *lat).await?,
                None => app.catalogue(),
            };
            let facts = answer(&shared, &catalogue, move |catalogue| {
                fact::of_area(catalogue, &viewer, &outline, &layers)
            });
            (facts.await?, catalogue)
        }
        _ => {
            return Err(Failure::BadRequest(
                "give either parcels or geometry".into(),
            ));
        }
    };
    let headers = [(header::CACHE_CONTROL, PRIVATE)];
    Ok((headers, Json(FactsAnswer::of(&facts, &catalogue))).into_response())
}

/// Runs the engine where it may take its time, and lets the database settle what it could not.
pub(in crate::http) async fn answer(
    shared: &Shared,
    catalogue: &Arc<Catalogue>,
    ask: impl FnOnce(&Catalogue) -> Result<Facts, fact::Error> + Send + 'static,
) -> Result<Facts, Failure> {
    let asked = Arc::clone(catalogue);
    let mut facts = tokio::task::spawn_blocking(move || ask(&asked))
        .await
        .map_err(|error| Failure::internal(&error))??;
    fact::settle(&shared.app.databases().reader, catalogue, &mut facts).await;
    Ok(facts)
}
