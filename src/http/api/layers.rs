//! What layers there are, and what of them is published.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{Action, authorize};

use super::super::extract::{AskedBy, Shared};
use super::super::headers::PRIVATE;
use super::shape::Text;

/// A layer's part that is in force.
#[derive(Debug, Serialize, ToSchema)]
struct PartShape {
    /// Word of the comune in URLs.
    comune: String,
    /// Version within layer and comune.
    version: i32,
    /// When it was published (RFC 3339).
    published_at: String,
    /// When it was loaded (RFC 3339).
    loaded_at: String,
    /// Features it has.
    features: usize,
    /// EPSG code of the CRS in which it is stored and measured.
    storage_crs: i32,
}

/// A layer.
#[derive(Debug, Serialize, ToSchema)]
struct LayerShape {
    /// Its id: in tiles, styles and answers.
    id: String,
    /// Its name.
    title: Text,
    /// What it is.
    description: Text,
    /// Whose data it is.
    source: Text,
    /// Licence of the data.
    licence: String,
    /// First zoom at which tiles have it.
    min_zoom: u8,
    /// What is in force.
    parts: Vec<PartShape>,
}

/// All layers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LayersAnswer {
    layers: Vec<LayerShape>,
}

/// The layers that the asker may see, with what is in force.
#[utoipa::path(get, path = "/api/v1/layers", tag = "catalogue", responses(
    (status = 200, body = LayersAnswer),
))]
pub(super) async fn layers(State(shared): State<Shared>, AskedBy(viewer): AskedBy) -> Response {
    let catalogue = shared.app.catalogue();
    let visible = catalogue
        .layers()
        .iter()
        .filter(|entry| authorize(&viewer, Action::Read, entry.definition().policy).is_ok());
    let layers = visible
        .map(|entry| {
            let definition = entry.definition();
            LayerShape {
                id: definition.id.clone(),
                title: Text::from(&definition.title),
                description: Text::from(&definition.description),
                source: Text::from(&definition.source.name),
                licence: definition.source.licence.clone(),
                min_zoom: definition.tile.min_zoom,
                parts: entry
                    .parts
                    .iter()
                    .map(|part| PartShape {
                        comune: catalogue
                            .comune(part.territory_id)
                            .map(|comune| comune.slug.clone())
                            .unwrap_or_default(),
                        version: part.version,
                        published_at: part.published_at.to_string(),
                        loaded_at: part.loaded_at.to_string(),
                        features: part.features.len(),
                        storage_crs: part.srid,
                    })
                    .collect(),
            }
        })
        .collect();
    let headers = [(header::CACHE_CONTROL, PRIVATE)];
    (headers, Json(LayersAnswer { layers })).into_response()
}
