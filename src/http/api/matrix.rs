//! Tile matrix sets (OGC 17-083r4) and their tiles, in the order of OGC API: matrix, row, column.
//!
//! Tiles of metric sets are drawn from metric coordinates, for map programs that work in the
//! national or the European system. Their addresses are those of web Mercator with the set before
//! the numbers, and they are kept and asked for again in the same way.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::access::Viewer;
use crate::geo::{MatrixSet, TileAddress};
use crate::place::Comune;
use crate::snapshot::Catalogue;
use crate::tile::{select, select_in};

use super::super::error::{Failure, Problem};
use super::super::extract::{Shared, origin};
use super::super::headers::{IMMUTABLE, NO_STORE, REVALIDATE};
use super::plans::TimesQuery;
use super::tiles::{Wanted, answer, catalogue_of_day, comune_catalogue};

/// The tile matrix sets in which tiles are served.
#[utoipa::path(get, path = "/tileMatrixSets", tag = "tiles", responses(
    (status = 200, body = Object),
))]
pub(super) async fn matrix_sets(State(shared): State<Shared>, parts: Parts) -> Response {
    let origin = origin(&shared.app, &parts);
    let sets = MatrixSet::ALL.map(|set| {
        let href = format!("{origin}/tileMatrixSets/{}", set.id());
        json!({
            "id": set.id(),
            "title": set.title(),
            "crs": crs_uri(set),
            "links": [{ "rel": "self", "type": "application/json", "href": href }],
        })
    });
    let document = json!({ "tileMatrixSets": sets });
    ([(header::CACHE_CONTROL, REVALIDATE)], Json(document)).into_response()
}

/// A tile matrix set (OGC 17-083r4, 2.0): what a map program has to know to find its tiles.
#[utoipa::path(get, path = "/tileMatrixSets/{id}", tag = "tiles",
    params(("id" = String, Path, example = "EuropeanETRS89_LAEAQuad")), responses(
    (status = 200, body = Object),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn matrix_set(Path(id): Path<String>) -> Result<Response, Failure> {
    let document = document(set_of(&id)?);
    Ok(([(header::CACHE_CONTROL, REVALIDATE)], Json(document)).into_response())
}

/// A tile of all comuni in a tile matrix set. It may be kept, but is asked for again each time.
#[utoipa::path(get, path = "/tiles/{layers}/{set}/{matrix}/{row}/{col}", tag = "tiles",
    params(("layers" = String, Path, example = "catasto.foglio,catasto.particella"),
           ("set" = String, Path, example = "EuropeanETRS89_LAEAQuad"),
           ("matrix" = u8, Path), ("row" = u32, Path), ("col" = u32, Path)), responses(
    (status = 200, description = "Mapbox Vector Tile 2.1", content_type = "application/vnd.mapbox-vector-tile"),
    (status = 304, description = "not changed"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn tile(
    State(shared): State<Shared>,
    Path((layers, set, matrix, row, col)): Path<(String, String, String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let set = set_of(&set)?;
    let tile = set.address(&matrix, &row, &col)?;
    let catalogue = shared.app.catalogue();
    let selection = select_in(set, &catalogue, &Viewer::Anonymous, None, &layers, tile)?;
    let wanted = Wanted::new(set, tile);
    answer(&shared, selection, wanted, &headers, REVALIDATE).await
}

/// A tile of a comune and its neighbours in a tile matrix set. The URL holds the version, so it
/// never changes.
#[utoipa::path(get, path = "/tiles/{comune}/{v}/{layers}/{set}/{matrix}/{row}/{col}", tag = "tiles",
    params(("comune" = String, Path, example = "borgochiaro"),
           ("v" = String, Path, description = "version of the comune's map, from its tile set"),
           ("layers" = String, Path, example = "catasto.foglio,catasto.particella"),
           ("set" = String, Path, example = "RDN2008_UTM32Quad"),
           ("matrix" = u8, Path), ("row" = u32, Path), ("col" = u32, Path), TimesQuery), responses(
    (status = 200, description = "Mapbox Vector Tile 2.1", content_type = "application/vnd.mapbox-vector-tile"),
    (status = 304, description = "not changed"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 410, body = Problem, description = "the version was replaced: ask for the tile set again", content_type = "application/problem+json"),
))]
pub(super) async fn comune_tile(
    State(shared): State<Shared>,
    Path((slug, version, layers, set, matrix, row, col)): Path<(
        String,
        String,
        String,
        String,
        String,
        String,
        String,
    )>,
    Query(times): Query<TimesQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let set = set_of(&set)?;
    let tile = set.address(&matrix, &row, &col)?;
    let (comune, catalogue) = comune_catalogue(&shared, &slug, &version, &times).await?;
    // Versioned URLs are kept by shared caches: what they hold is what anybody may see.
    let viewer = Viewer::Anonymous;
    let selection = select_in(set, &catalogue, &viewer, Some(&comune), &layers, tile)?;
    let wanted = Wanted::new(set, tile);
    answer(&shared, selection, wanted, &headers, IMMUTABLE).await
}

/// The tiles of layers of all comuni in a tile matrix set (OGC 20-057, 7.4).
#[utoipa::path(get, path = "/tiles/{layers}/{set}/tileset.json", tag = "tiles",
    params(("layers" = String, Path, example = "catasto.foglio,catasto.particella"),
           ("set" = String, Path, example = "EuropeanETRS89_LAEAQuad")), responses(
    (status = 200, body = Object),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn tile_set(
    State(shared): State<Shared>,
    Path((layers, set)): Path<(String, String)>,
    parts: Parts,
) -> Result<Response, Failure> {
    let set = set_of(&set)?;
    let origin = origin(&shared.app, &parts);
    let path = format!("{origin}/tiles/{layers}/{}", set.id());
    let addresses = Addresses {
        own: format!("{path}/tileset.json"),
        set: format!("{origin}/tileMatrixSets/{}", set.id()),
        tiles: format!("{path}/{TEMPLATE}"),
    };
    describe(&shared.app.catalogue(), None, &layers, set, &addresses)
}

/// The tiles of layers of a comune and its neighbours in a tile matrix set.
#[utoipa::path(get, path = "/tiles/{comune}/{layers}/{set}/tileset.json", tag = "tiles",
    params(("comune" = String, Path, example = "borgochiaro"),
           ("layers" = String, Path, example = "catasto.foglio,catasto.particella"),
           ("set" = String, Path, example = "RDN2008_UTM32Quad"), TimesQuery), responses(
    (status = 200, body = Object),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn comune_tile_set(
    State(shared): State<Shared>,
    Path((slug, layers, set)): Path<(String, String, String)>,
    Query(times): Query<TimesQuery>,
    parts: Parts,
) -> Result<Response, Failure> {
    let set = set_of(&set)?;
    let (catalogue, of_day) = catalogue_of_day(&shared, &slug, &times).await?;
    let comune = catalogue
        .comune_by_slug(&slug)
        .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?;
    let origin = origin(&shared.app, &parts);
    let version = catalogue.map_version(comune);
    let id = set.id();
    let addresses = Addresses {
        own: format!("{origin}/tiles/{slug}/{layers}/{id}/tileset.json{of_day}"),
        set: format!("{origin}/tileMatrixSets/{id}"),
        tiles: format!("{origin}/tiles/{slug}/{version}/{layers}/{id}/{TEMPLATE}{of_day}"),
    };
    describe(&catalogue, Some(comune), &layers, set, &addresses)
}

/// End of the addresses of tiles, with the variables of OGC 20-057.
const TEMPLATE: &str = "{tileMatrix}/{tileRow}/{tileCol}";

/// Where the things are that a tile set names.
struct Addresses {
    own: String,
    set: String,
    tiles: String,
}

fn set_of(id: &str) -> Result<MatrixSet, Failure> {
    MatrixSet::from_id(id).ok_or_else(|| {
        let ids = MatrixSet::ALL.map(MatrixSet::id);
        Failure::NotFound(format!("tile matrix sets are {}", ids.join(", ")))
    })
}

fn crs_uri(set: MatrixSet) -> String {
    format!("http://www.opengis.net/def/crs/EPSG/0/{}", set.srid())
}

/// The document of a set, with every matrix.
fn document(set: MatrixSet) -> Value {
    /// Pixels along the side of a tile, by which OGC tells scales.
    const PIXELS: f64 = 256.0;
    /// Side of a pixel of which scales are told, metres (OGC 17-083r4, 6.2).
    const PIXEL_M: f64 = 0.000_28;
    let [west, north] = set.origin();
    let (east, south) = (west + set.side_m(), north - set.side_m());
    let ordered = |e: f64, n: f64| {
        if set.is_north_first() { [n, e] } else { [e, n] }
    };
    let axes = match (set, set.is_north_first()) {
        (_, true) => ["Y", "X"],
        (MatrixSet::WebMercator, false) => ["X", "Y"],
        (_, false) => ["E", "N"],
    };
    let matrices: Vec<Value> = (0..=set.deepest())
        .map(|level| {
            let side = 1_u32 << level;
            let cell = set.side_m() / f64::from(side) / PIXELS;
            json!({
                "id": level.to_string(),
                "scaleDenominator": cell / PIXEL_M,
                "cellSize": cell,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": ordered(west, north),
                "tileWidth": 256,
                "tileHeight": 256,
                "matrixWidth": side,
                "matrixHeight": side,
            })
        })
        .collect();
    let mut document = json!({
        "id": set.id(),
        "title": set.title(),
        "crs": crs_uri(set),
        "orderedAxes": axes,
        "boundingBox": {
            "crs": crs_uri(set),
            "orderedAxes": axes,
            "lowerLeft": ordered(west, south),
            "upperRight": ordered(east, north),
        },
        "tileMatrices": matrices,
    });
    if matches!(set, MatrixSet::WebMercator | MatrixSet::EuropeanLaea) {
        document["uri"] = format!(
            "http://www.opengis.net/def/tilematrixset/OGC/1.0/{}",
            set.id()
        )
        .into();
    }
    if set == MatrixSet::WebMercator {
        document["wellKnownScaleSet"] =
            "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible".into();
    }
    document
}

/// The document of a tile set.
fn describe(
    catalogue: &Catalogue,
    comune: Option<&Comune>,
    layers: &str,
    set: MatrixSet,
    addresses: &Addresses,
) -> Result<Response, Failure> {
    // Any address checks the list of layers.
    let corner = TileAddress::new(0, 0, 0)?;
    let selection = select(catalogue, &Viewer::Anonymous, comune, layers, corner)?;
    let of_layers: Vec<Value> = selection
        .layers
        .iter()
        .map(|(file, _)| {
            let definition = &file.definition;
            json!({
                "id": definition.id,
                "title": definition.title.it,
                "dataType": "vector",
                "minTileMatrix": set.matrix_of_zoom(definition.tile.min_zoom).to_string(),
                "maxTileMatrix": set.deepest().to_string(),
            })
        })
        .collect();
    let document = json!({
        "title": layers,
        "dataType": "vector",
        "crs": crs_uri(set),
        "tileMatrixSetURI": addresses.set,
        "layers": of_layers,
        "links": [
            { "rel": "self", "type": "application/json", "href": addresses.own },
            {
                "rel": "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme",
                "type": "application/json",
                "href": addresses.set,
            },
            {
                "rel": "item",
                "type": "application/vnd.mapbox-vector-tile",
                "href": addresses.tiles,
                "templated": true,
            },
        ],
    });
    Ok(([(header::CACHE_CONTROL, NO_STORE)], Json(document)).into_response())
}
