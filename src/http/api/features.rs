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
use crate::ingest::PackedFormat;

use super::super::error::{Failure, Problem};
use super::super::extract::{AskedBy, Shared};
use super::super::headers::PRIVATE;
use super::packed;

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

/// Features of a packed file at most: more take longer than an answer may.
const MAX_PACKED: usize = 200_000;

/// The features of a layer in a comune as a GeoPackage (OGC 12-128), in the storage CRS.
#[utoipa::path(get, path = "/api/v1/layers/{layer}/features.gpkg", tag = "catalogue",
    params(("layer" = String, Path, example = "catasto.particella"), FeaturesOf), responses(
    (status = 200, description = "the file", content_type = "application/geopackage+sqlite3"),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 413, body = Problem, description = "the layer is too large: it is there as GeoJSON", content_type = "application/problem+json"),
    (status = 503, body = Problem, description = "too many files are being written", content_type = "application/problem+json"),
))]
pub(super) async fn features_gpkg(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path(layer): Path<String>,
    of: Result<Query<FeaturesOf>, QueryRejection>,
) -> Result<Response, Failure> {
    packed_features(&shared, &viewer, &layer, of, PackedFormat::GeoPackage).await
}

/// The features of a layer in a comune as a shapefile in a ZIP archive, in the storage CRS.
#[utoipa::path(get, path = "/api/v1/layers/{layer}/features.shp.zip", tag = "catalogue",
    params(("layer" = String, Path, example = "catasto.particella"), FeaturesOf), responses(
    (status = 200, description = "the file", content_type = "application/zip"),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 413, body = Problem, description = "the layer is too large: it is there as GeoJSON", content_type = "application/problem+json"),
    (status = 503, body = Problem, description = "too many files are being written", content_type = "application/problem+json"),
))]
pub(super) async fn features_shp(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path(layer): Path<String>,
    of: Result<Query<FeaturesOf>, QueryRejection>,
) -> Result<Response, Failure> {
    packed_features(&shared, &viewer, &layer, of, PackedFormat::Shapefile).await
}

async fn packed_features(
    shared: &Shared,
    viewer: &crate::access::Viewer,
    layer: &str,
    of: Result<Query<FeaturesOf>, QueryRejection>,
    format: PackedFormat,
) -> Result<Response, Failure> {
    let Query(of) = of.map_err(|error| Failure::BadRequest(error.body_text()))?;
    let catalogue = shared.app.catalogue();
    let comune = catalogue
        .comune_by_slug(&of.comune)
        .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?;
    let mut export = Export::of(&catalogue, viewer, comune, layer, Format::List)
        .ok_or_else(|| Failure::NotFound("there is no such layer in this comune".into()))?;
    if export.features() > MAX_PACKED {
        return Err(Failure::TooLarge(format!(
            "the layer has more than {MAX_PACKED} features: ask for it as GeoJSON"
        )));
    }
    // Ids and slugs are of letters, digits, dots and dashes: nothing that a header would mind.
    let name = format!("{layer}-{}", comune.slug);
    packed::answer(&shared.app, format, &name, move |list| {
        while let Some(piece) = export.next_piece().map_err(std::io::Error::other)? {
            list.write_all(piece.as_bytes())?;
        }
        Ok(())
    })
    .await
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
        // Only the worker is given lists.
        Format::List => ("application/x-ndjson", "ndjson"),
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
