//! TileJSON 3.0.0: what other map programs need to know of the tiles.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::access::Viewer;
use crate::geo::{LonLatBox, MAX_ZOOM, TileAddress};
use crate::layer::{Column, ColumnType};
use crate::place::Comune;
use crate::snapshot::Catalogue;
use crate::tile::{complete_from, select};

use super::super::error::{Failure, Problem};
use super::super::extract::{Shared, origin};
use super::super::headers::NO_STORE;

/// TileJSON of layers of all comuni; its tiles are asked for anew each time.
#[utoipa::path(get, path = "/tiles/{layers}/tilejson.json", tag = "tiles",
    params(("layers" = String, Path, example = "catasto.foglio,catasto.particella")), responses(
    (status = 200, body = Object),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn tile_json(
    State(shared): State<Shared>,
    Path(layers): Path<String>,
    parts: Parts,
) -> Result<Response, Failure> {
    let catalogue = shared.app.catalogue();
    let origin = origin(&shared.app, &parts);
    let url = format!("{origin}/tiles/{layers}/{{z}}/{{x}}/{{y}}");
    answer(&shared, &catalogue, None, &layers, &url)
}

/// TileJSON of layers of a comune and its neighbours; its tiles may be kept for ever.
#[utoipa::path(get, path = "/tiles/{comune}/{layers}/tilejson.json", tag = "tiles",
    params(("comune" = String, Path, example = "borgochiaro"),
           ("layers" = String, Path, example = "catasto.foglio,catasto.particella")), responses(
    (status = 200, body = Object),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn comune_tile_json(
    State(shared): State<Shared>,
    Path((slug, layers)): Path<(String, String)>,
    parts: Parts,
) -> Result<Response, Failure> {
    let catalogue = shared.app.catalogue();
    let comune = catalogue
        .comune_by_slug(&slug)
        .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?;
    let origin = origin(&shared.app, &parts);
    let version = catalogue.map_version(comune);
    let url = format!("{origin}/tiles/{slug}/{version}/{layers}/{{z}}/{{x}}/{{y}}");
    answer(&shared, &catalogue, Some(comune), &layers, &url)
}

fn answer(
    shared: &Shared,
    catalogue: &Catalogue,
    comune: Option<&Comune>,
    layers: &str,
    url: &str,
) -> Result<Response, Failure> {
    // The deepest tile of the north-western corner: any address checks the list of layers.
    let corner = TileAddress::new(0, 0, 0)?;
    let selection = select(catalogue, &Viewer::Anonymous, comune, layers, corner)?
        .within(shared.app.config().tile_budget_bytes);
    let mut vector_layers = Vec::new();
    let mut bounds = LonLatBox::EMPTY;
    for (file, _) in &selection.layers {
        let definition = &file.definition;
        let fields: serde_json::Map<String, Value> = definition
            .tile
            .attributes
            .iter()
            .filter_map(|name| definition.column_index(name))
            .map(|index| field(&definition.column[index]))
            .collect();
        vector_layers.push(json!({
            "id": definition.id,
            "description": definition.description.it,
            "minzoom": definition.tile.min_zoom,
            "maxzoom": MAX_ZOOM,
            "fields": fields,
        }));
        if let Some(label) = &definition.tile.label {
            let columns = definition.label_columns();
            let fields: serde_json::Map<String, Value> = columns
                .iter()
                .map(|index| field(&definition.column[*index]))
                .collect();
            vector_layers.push(json!({
                "id": format!("{}.label", definition.id),
                "minzoom": label.min_zoom,
                "maxzoom": MAX_ZOOM,
                "fields": fields,
            }));
        }
        let parts = catalogue.layer(&definition.id).map(|entry| &entry.parts);
        for part in parts.into_iter().flatten() {
            let own = comune.is_none_or(|comune| comune.id == part.territory_id);
            if let Some(area) = part.lon_lat_box().filter(|_| own) {
                bounds = bounds.union(area);
            }
        }
    }
    let min_zoom = selection
        .layers
        .iter()
        .map(|(file, _)| file.definition.tile.min_zoom)
        .min();
    let mut document = json!({
        "tilejson": "3.0.0",
        "tiles": [url],
        "scheme": "xyz",
        "minzoom": min_zoom,
        "maxzoom": MAX_ZOOM,
        "vector_layers": vector_layers,
    });
    // From this zoom on no tile leaves anything out or draws features together for want of room.
    if let Some(zoom) = complete_from(catalogue, comune, &selection) {
        document["complete_from_zoom"] = json!(zoom);
    }
    if !bounds.is_empty() {
        document["bounds"] = json!(bounds.to_array());
    }
    Ok(([(header::CACHE_CONTROL, NO_STORE)], Json(document)).into_response())
}

/// A column as TileJSON lists it: name, and `Number` or `String`.
fn field(column: &Column) -> (String, Value) {
    let kind = match column.kind {
        ColumnType::Integer | ColumnType::Real => "Number",
        ColumnType::Text | ColumnType::Date => "String",
    };
    (column.name.clone(), kind.into())
}
