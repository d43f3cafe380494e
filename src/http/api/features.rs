//! The features of a layer as files.

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::fact::{Export, Format};

use super::super::error::{Failure, Problem};
use super::super::extract::{AskedBy, Shared};
use super::super::headers::PRIVATE;

/// Whose features.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FeaturesOf {
    /// Word of the comune in URLs.
    #[param(example = "borgochiaro")]
    comune: String,
}

/// The features of a layer in a comune as GeoJSON (RFC 7946), streamed.
#[utoipa::path(get, path = "/api/v1/layers/{layer}/features.geojson", tag = "catalogue",
    params(("layer" = String, Path, example = "catasto.particella"), FeaturesOf), responses(
    (status = 200, body = Object, content_type = "application/geo+json"),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn features_geojson(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path(layer): Path<String>,
    of: Result<Query<FeaturesOf>, QueryRejection>,
) -> Result<Response, Failure> {
    features(&shared, &viewer, &layer, of, Format::GeoJson)
}

/// The features of a layer in a comune as CSV (RFC 4180), a point inside each, streamed.
#[utoipa::path(get, path = "/api/v1/layers/{layer}/features.csv", tag = "catalogue",
    params(("layer" = String, Path, example = "catasto.particella"), FeaturesOf), responses(
    (status = 200, body = String, content_type = "text/csv"),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn features_csv(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path(layer): Path<String>,
    of: Result<Query<FeaturesOf>, QueryRejection>,
) -> Result<Response, Failure> {
    features(&shared, &viewer, &layer, of, Format::Csv)
}

fn features(
    shared: &Shared,
    viewer: &crate::access::Viewer,
    layer: &str,
    of: Result<Query<FeaturesOf>, QueryRejection>,
    format: Format,
) -> Result<Response, Failure> {
    let Query(of) = of.map_err(|error| Failure::BadRequest(error.body_text()))?;
    let catalogue = shared.app.catalogue();
    let comune = catalogue
        .comune_by_slug(&of.comune)
        .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?;
    let export = Export::of(&catalogue, viewer, comune, layer, format)
        .ok_or_else(|| Failure::NotFound("there is no such layer in this comune".into()))?;
    // A failure on the way ends the answer: what was sent cannot be called back.
    let pieces = stream::try_unfold(export, |mut export| async move {
        let piece = export.next_piece()?;
        Ok::<_, crate::crs::Error>(piece.map(|piece| (piece, export)))
    });
    let (kind, ending) = match format {
        Format::GeoJson => ("application/geo+json", "geojson"),
        Format::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
    };
    // Ids and slugs are of letters, digits, dots and dashes: nothing that a header would mind.
    let name = format!("attachment; filename=\"{layer}-{}.{ending}\"", comune.slug);
    let name = HeaderValue::from_str(&name).map_err(|error| Failure::internal(&error))?;
    let headers = [
        (header::CACHE_CONTROL, PRIVATE),
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
