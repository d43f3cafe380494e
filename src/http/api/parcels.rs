//! Parcels by their national reference.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::cadastre::CadastralReference;
use crate::fact;

use super::super::error::{Failure, Problem};
use super::super::extract::{AskedBy, Shared};
use super::super::headers::PRIVATE;
use super::shape::ParcelShape;

/// The facts of a parcel; a `/` in its number is written `~`.
#[utoipa::path(get, path = "/api/v1/parcels/{reference}", tag = "facts",
    params(("reference" = String, Path, example = "X001_000300.21")), responses(
    (status = 200, body = ParcelShape),
    (status = 400, body = Problem, description = "the reference cannot be understood", content_type = "application/problem+json"),
    (status = 404, body = Problem, description = "no such parcel in the cadastre in force", content_type = "application/problem+json"),
))]
pub(super) async fn parcel(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path(reference): Path<String>,
) -> Result<Response, Failure> {
    let reference = CadastralReference::from_path_segment(&reference)?;
    let facts = fact::parcel(&shared.app.catalogue(), &viewer, &reference)?;
    let headers = [(header::CACHE_CONTROL, PRIVATE)];
    Ok((headers, Json(ParcelShape::from(&facts))).into_response())
}

/// The outline of a parcel as a GeoJSON feature (RFC 7946).
#[utoipa::path(get, path = "/api/v1/parcels/{reference}/geometry", tag = "facts",
    params(("reference" = String, Path, example = "X001_000300.21")), responses(
    (status = 200, body = Object, content_type = "application/geo+json"),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn parcel_geometry(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path(reference): Path<String>,
) -> Result<Response, Failure> {
    let reference = CadastralReference::from_path_segment(&reference)?;
    let catalogue = shared.app.catalogue();
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
