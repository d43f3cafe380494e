//! The comuni of this installation.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::extract::Shared;
use super::super::headers::REVALIDATE;
use super::shape::ComuneShape;

/// A comune with its map.
#[derive(Debug, Serialize, ToSchema)]
struct ComuneAnswer {
    #[serde(flatten)]
    comune: ComuneShape,
    /// Version of its map, part of the URLs of its tiles.
    map_version: String,
    /// West, south, east, north of what is published, in degrees; null where nothing is.
    bbox: Option<[f64; 4]>,
}

/// All comuni.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ComuniAnswer {
    comuni: Vec<ComuneAnswer>,
}

/// The comuni of this installation.
#[utoipa::path(get, path = "/api/v1/comuni", tag = "catalogue", responses(
    (status = 200, body = ComuniAnswer),
))]
pub(super) async fn comuni(State(shared): State<Shared>) -> Response {
    let catalogue = shared.app.catalogue();
    let comuni = catalogue
        .comuni()
        .iter()
        .map(|comune| ComuneAnswer {
            comune: ComuneShape::from(&**comune),
            map_version: catalogue.map_version(comune).to_owned(),
            bbox: catalogue.box_of(comune).map(|area| area.to_array()),
        })
        .collect();
    let headers = [(header::CACHE_CONTROL, REVALIDATE)];
    (headers, Json(ComuniAnswer { comuni })).into_response()
}
