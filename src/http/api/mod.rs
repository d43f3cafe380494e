//! The API: JSON for programs, tiles for maps. Everything answers by [`crate::fact`],
//! [`crate::tile`] and [`crate::style`]; here are only addresses, headers and shapes.

mod batch;
mod comuni;
mod conditional;
mod coordinates;
mod fact_shape;
mod facts;
mod features;
mod gis;
mod health;
mod imagery;
mod layers;
mod lineage;
mod live;
mod matrix;
mod packed;
mod parcels;
mod place;
mod plans;
mod schemas;
mod search;
mod shape;
mod style;
mod tile_json;
mod tiles;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::Shared;

pub(super) use fact_shape::evidence_of;
pub use fact_shape::facts_json;
pub(super) use facts::answer;
pub(super) use gis::{routes as staff_routes, upload_routes};
pub(super) use imagery::picture;
pub(super) use place::evidence_of_place;
pub(super) use plans::{document_url, read_norm, read_norms};

/// All routes of the API but tiles, with their documentation.
pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(place::place))
        .routes(routes!(parcels::parcel))
        .routes(routes!(parcels::parcel_geometry))
        .routes(routes!(lineage::parcel_lineage))
        .routes(routes!(search::search))
        .routes(routes!(coordinates::coordinates))
        .routes(routes!(facts::parcel_facts))
        .routes(routes!(facts::parcel_pieces))
        .merge(questions())
        .routes(routes!(plans::plans))
        .routes(routes!(plans::article))
        .routes(routes!(plans::document))
        .routes(routes!(layers::layers))
        .routes(routes!(features::features_geojson))
        .routes(routes!(features::features_csv))
        .routes(routes!(features::features_gpkg))
        .routes(routes!(features::features_shp))
        .routes(routes!(comuni::comuni))
        .routes(routes!(schemas::certificate))
        .routes(routes!(style::style))
        .routes(routes!(style::comune_legend))
        .routes(routes!(style::sprite))
        .routes(routes!(tile_json::tile_json))
        .routes(routes!(tile_json::comune_tile_json))
        .routes(routes!(matrix::matrix_sets))
        .routes(routes!(matrix::matrix_set))
        .routes(routes!(matrix::tile))
        .routes(routes!(matrix::comune_tile))
        .routes(routes!(matrix::tile_set))
        .routes(routes!(matrix::comune_tile_set))
        .routes(routes!(live::live_tile))
        .routes(routes!(live::live_tile_json))
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
}

/// Tiles: asked for more than all else together, so what stands around pages does not stand around
/// them.
pub(super) fn tile_routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(tiles::comune_tile))
        .routes(routes!(tiles::tile))
}

/// Questions that come in a body, which may be longer than that of a form.
fn questions() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(facts::facts))
        .routes(routes!(batch::batch))
        .layer(DefaultBodyLimit::max(facts::QUESTION_LIMIT))
}
