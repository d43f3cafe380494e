//! Tiles of live layers: what a viewer may see of a view of the database, at this moment.
//!
//! They have addresses of their own, without a version, so that nothing that depends on who asks
//! is ever found under an address that shared caches keep. Who is signed in gets answers that
//! only their own browser may keep. A click on a practice leads to its page: the feature's
//! attribute `practice` is the last part of `{prefix}/pratiche/{practice}`, and is there only for
//! those who may open it.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::access::Viewer;
use crate::geo::{MAX_ZOOM, TileAddress};
use crate::layer::ColumnType;
use crate::tile::{DrawingSize, LiveSelection, negotiate};

use super::super::error::{Failure, Problem};
use super::super::extract::{AskedBy, Shared, origin};
use super::super::headers::{NO_STORE, PRIVATE, REVALIDATE};
use super::conditional::matches_entity_tag;
use super::tiles::of_mvt;

/// A tile of a live layer, as far as the one who asks may see it.
#[utoipa::path(get, path = "/live/{layer}/{z}/{x}/{y}", tag = "tiles",
    params(("layer" = String, Path, example = "pratica.luogo"),
           ("z" = u8, Path), ("x" = u32, Path), ("y" = u32, Path)), responses(
    (status = 200, description = "Mapbox Vector Tile 2.1", content_type = "application/vnd.mapbox-vector-tile"),
    (status = 304, description = "not changed"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn live_tile(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path((layer, z, x, y)): Path<(String, String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let tile = TileAddress::parse(&z, &x, &y)?;
    let layer = shared.app.live_layer(&layer).await.ok_or_else(no_layer)?;
    let person = viewer.person().map(str::to_owned);
    let selection = LiveSelection::new(layer, &viewer, person.as_deref(), tile);
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let encoding = negotiate(accepted);
    let digest = selection.digest(tile);
    let tag = digest.entity_tag(encoding);
    let mut response = if matches_entity_tag(&headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if selection.is_empty() {
        of_mvt(Body::empty())
    } else {
        // Kept by what it is made of: who sees other rows, or less of them, has another digest.
        let draw = move || selection.render(tile);
        let tiles = shared.app.tiles();
        let drawn = tiles
            .get_or_draw(digest, encoding, DrawingSize::Large, draw)
            .await?;
        let mut response = of_mvt(Body::from(drawn.bytes.clone()));
        if let Some(token) = drawn.encoding.token() {
            let token = HeaderValue::from_static(token);
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, token);
        }
        response
    };
    let headers = response.headers_mut();
    let caching = match viewer {
        Viewer::Anonymous => REVALIDATE,
        Viewer::Known { .. } => PRIVATE,
    };
    headers.insert(header::CACHE_CONTROL, caching);
    let vary = HeaderValue::from_static("accept-encoding, cookie");
    headers.insert(header::VARY, vary);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

/// TileJSON of a live layer; its tiles are asked for anew each time.
#[utoipa::path(get, path = "/live/{layer}/tilejson.json", tag = "tiles",
    params(("layer" = String, Path, example = "pratica.luogo")), responses(
    (status = 200, body = Object),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn live_tile_json(
    State(shared): State<Shared>,
    Path(layer): Path<String>,
    parts: Parts,
) -> Result<Response, Failure> {
    let layer = shared.app.live_layer(&layer).await.ok_or_else(no_layer)?;
    let definition = &layer.file.definition;
    let origin = origin(&shared.app, &parts);
    let fields: serde_json::Map<String, serde_json::Value> = definition
        .column
        .iter()
        .map(|column| {
            let kind = match column.kind {
                ColumnType::Integer | ColumnType::Real => "Number",
                ColumnType::Text | ColumnType::Date => "String",
            };
            (column.name.clone(), kind.into())
        })
        .collect();
    let vector_layer = |id: String| {
        json!({
            "id": id,
            "description": definition.description.it,
            "minzoom": definition.tile.min_zoom,
            "maxzoom": MAX_ZOOM,
            "fields": fields,
        })
    };
    let document = json!({
        "tilejson": "3.0.0",
        "tiles": [format!("{origin}/live/{}/{{z}}/{{x}}/{{y}}", definition.id)],
        "scheme": "xyz",
        "minzoom": definition.tile.min_zoom,
        "maxzoom": MAX_ZOOM,
        "vector_layers": [
            vector_layer(definition.id.clone()),
            vector_layer(format!("{}.label", definition.id)),
        ],
    });
    Ok(([(header::CACHE_CONTROL, NO_STORE)], Json(document)).into_response())
}

fn no_layer() -> Failure {
    Failure::NotFound("there is no such live layer".into())
}
