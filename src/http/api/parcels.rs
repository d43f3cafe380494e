//! Parcels by their national reference.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::cadastre::CadastralReference;
use crate::fact;
use crate::snapshot::Catalogue;

use super::super::error::{Failure, Problem};
use super::super::extract::{AskedBy, Shared};
use super::super::headers::PRIVATE;
use super::super::times::{AsOfShape, Times};
use super::shape::ParcelShape;

/// The times that are asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(super) struct TimesQuery {
    /// The day that the answer is for; today by default.
    #[serde(default)]
    #[param(example = "2026-11-24")]
    date: Option<String>,
    /// Only what was recorded until this moment counts (RFC 3339, or a day); now by default.
    #[serde(default)]
    known_at: Option<String>,
}

/// A parcel, and the times that the answer holds for.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ParcelAnswer {
    #[serde(flatten)]
    parcel: ParcelShape,
    /// The day that it holds for, and what was known.
    as_of: AsOfShape,
}

async fn catalogue(
    shared: &Shared,
    reference: &CadastralReference,
    query: Result<Query<TimesQuery>, QueryRejection>,
) -> Result<Arc<Catalogue>, Failure> {
    let Query(query) = query.map_err(|error| Failure::BadRequest(error.body_text()))?;
    let times = Times::of(
        &shared.app,
        query.date.as_deref(),
        query.known_at.as_deref(),
    )?;
    let code = reference.sheet.comune;
    times.catalogue_of(&shared.app, code).await
}

/// The facts of a parcel; a `/` in its number is written `~`.
#[utoipa::path(get, path = "/api/v1/parcels/{reference}", tag = "facts",
    params(("reference" = String, Path, example = "X001_000300.21"), TimesQuery), responses(
    (status = 200, body = ParcelAnswer),
    (status = 400, body = Problem, description = "the reference cannot be understood", content_type = "application/problem+json"),
    (status = 404, body = Problem, description = "no such parcel in the cadastre in force", content_type = "application/problem+json"),
    (status = 503, body = Problem, description = "another day than today, while the database does not answer", content_type = "application/problem+json"),
))]
pub(super) async fn parcel(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path(reference): Path<String>,
    query: Result<Query<TimesQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let reference = CadastralReference::from_path_segment(&reference)?;
    let catalogue = catalogue(&shared, &reference, query).await?;
    let facts = fact::parcel(&catalogue, &viewer, &reference)?;
    let answer = ParcelAnswer {
        parcel: ParcelShape::from(&facts),
        as_of: AsOfShape::from(&*catalogue),
    };
    let headers = [(header::CACHE_CONTROL, PRIVATE)];
    Ok((headers, Json(answer)).into_response())
}

/// The outline of a parcel as a GeoJSON feature (RFC 7946).
#[utoipa::path(get, path = "/api/v1/parcels/{reference}/geometry", tag = "facts",
    params(("reference" = String, Path, example = "X001_000300.21"), TimesQuery), responses(
    (status = 200, body = Object, content_type = "application/geo+json"),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn parcel_geometry(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path(reference): Path<String>,
    query: Result<Query<TimesQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let reference = CadastralReference::from_path_segment(&reference)?;
    let catalogue = catalogue(&shared, &reference, query).await?;
    let facts = fact::parcel(&catalogue, &viewer, &reference)?;
    let outline = fact::parcel_outline(&catalogue, &viewer, &reference)?;
    // Nine decimals are a tenth of a millimetre.
    let round = |value: f64| (value * 1e9).round() / 1e9;
    let rounded: Vec<Vec<Vec<[f64; 2]>>> = outline
        .into_iter()
        .map(|polygon| {
            polygon
                .into_iter()
                .map(|ring| ring.into_iter().map(|p| p.map(round)).collect())
                .collect()
        })
        .collect();
    let geometry = match <[_; 1]>::try_from(rounded) {
        Ok([polygon]) => json!({ "type": "Polygon", "coordinates": polygon }),
        Err(polygons) => json!({ "type": "MultiPolygon", "coordinates": polygons }),
    };
    let feature = json!({
        "type": "Feature",
        "id": facts.feature_id,
        "bbox": facts.bounds.to_array().map(round),
        "geometry": geometry,
        "properties": ParcelShape::from(&facts),
    });
    let headers = [
        (header::CACHE_CONTROL, PRIVATE),
        (
            header::CONTENT_TYPE,
            axum::http::HeaderValue::from_static("application/geo+json"),
        ),
    ];
    Ok((headers, feature.to_string()).into_response())
}
