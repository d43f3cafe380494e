//! Vector tiles: 304 before any work, and never a question to the database.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::access::Viewer;
use crate::geo::{MatrixSet, TileAddress};
use crate::place::Comune;
use crate::snapshot::{Catalogue, Served};
use crate::tile::{
    Encoding, Selection, StoredTile, TileDigest, negotiate, on_grid_of, render, select, tile_digest,
};

use super::super::error::{Failure, Problem};
use super::super::extract::Shared;
use super::super::headers::{IMMUTABLE, REVALIDATE};
use super::super::times::Times;
use super::conditional::matches_entity_tag;
use super::plans::TimesQuery;

/// What stands behind a version in the address of tiles of what adopted plans say.
pub(super) const ADOPTED: &str = "@adottato";

const MVT: HeaderValue = HeaderValue::from_static("application/vnd.mapbox-vector-tile");

/// A tile of a comune and its neighbours. The URL holds the version, so it never changes.
#[utoipa::path(get, path = "/tiles/{comune}/{v}/{layers}/{z}/{x}/{y}", tag = "tiles",
    params(("comune" = String, Path, example = "borgochiaro"),
           ("v" = String, Path, description = "version of the comune's map, from its style or TileJSON; of what is adopted with `@adottato` behind it"),
           ("layers" = String, Path, example = "catasto.foglio,catasto.particella"),
           ("z" = u8, Path), ("x" = u32, Path), ("y" = u32, Path), TimesQuery), responses(
    (status = 200, description = "Mapbox Vector Tile 2.1", content_type = "application/vnd.mapbox-vector-tile"),
    (status = 304, description = "not changed"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 410, body = Problem, description = "the version was replaced: ask for the style again", content_type = "application/problem+json"),
))]
pub(super) async fn comune_tile(
    State(shared): State<Shared>,
    Path((slug, version, layers, z, x, y)): Path<(String, String, String, String, String, String)>,
    Query(times): Query<TimesQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let tile = TileAddress::parse(&z, &x, &y)?;
    let (comune, catalogue) = comune_catalogue(&shared, &slug, &version, &times).await?;
    // Versioned URLs are kept by shared caches: what they hold is what anybody may see.
    let viewer = Viewer::Anonymous;
    let selection = select(&catalogue, &viewer, Some(&comune), &layers, tile)?;
    let wanted = Wanted::new(MatrixSet::WebMercator, tile);
    answer(&shared, selection, wanted, &headers, IMMUTABLE).await
}

/// A tile of all comuni. It may be kept, but is asked for again each time.
#[utoipa::path(get, path = "/tiles/{layers}/{z}/{x}/{y}", tag = "tiles",
    params(("layers" = String, Path, example = "catasto.foglio,catasto.particella"),
           ("z" = u8, Path), ("x" = u32, Path), ("y" = u32, Path)), responses(
    (status = 200, description = "Mapbox Vector Tile 2.1", content_type = "application/vnd.mapbox-vector-tile"),
    (status = 304, description = "not changed"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn tile(
    State(shared): State<Shared>,
    Path((layers, z, x, y)): Path<(String, String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let tile = TileAddress::parse(&z, &x, &y)?;
    let selection = select(
        &shared.app.catalogue(),
        &Viewer::Anonymous,
        None,
        &layers,
        tile,
    )?;
    let wanted = Wanted::new(MatrixSet::WebMercator, tile);
    answer(&shared, selection, wanted, &headers, REVALIDATE).await
}

/// The comune of a versioned address, and the catalogue that its version belongs to.
pub(super) async fn comune_catalogue(
    shared: &Shared,
    slug: &str,
    version: &str,
    times: &TimesQuery,
) -> Result<(Arc<Comune>, Arc<Catalogue>), Failure> {
    let catalogue = shared.app.catalogue();
    let comune = catalogue
        .comune_by_slug(slug)
        .cloned()
        .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?;
    let catalogue = match version.strip_suffix(ADOPTED) {
        Some(version) => adopted_catalogue(shared, &comune, version)?,
        None => catalogue_of(shared, &comune, version, times).await?,
    };
    Ok((comune, catalogue))
}

/// The catalogue that a version belongs to.
///
/// Another instance may have published a moment ago: a version that is not known makes this
/// one look again before it says that it is gone.
async fn catalogue_of(
    shared: &Shared,
    comune: &Comune,
    version: &str,
    times: &TimesQuery,
) -> Result<Arc<Catalogue>, Failure> {
    let well_formed = version.len() == 16 && version.bytes().all(|b| b.is_ascii_hexdigit());
    if !well_formed {
        return Err(Failure::NotFound(
            "a version has sixteen hexadecimal digits".into(),
        ));
    }
    let known = |served| match served {
        Served::Current(catalogue) | Served::Replaced(catalogue) => Some(catalogue),
        Served::Unknown => None,
    };
    let generations = shared.app.generations();
    let with_version = || known(generations.with_version(comune, version, shared.app.now()));
    if let Some(catalogue) = with_version() {
        return Ok(catalogue);
    }
    if times.date.is_some() || times.known_at.is_some() {
        let (catalogue, _) = catalogue_of_day(shared, &comune.slug, times).await?;
        if catalogue.map_version(comune) == version {
            return Ok(catalogue);
        }
    }
    if let Err(error) = shared.app.refresh_soon().await {
        tracing::debug!(error = ?error, "no look at the database for an unknown version");
    }
    with_version().ok_or_else(|| {
        Failure::Gone("this version of the map was replaced: ask for the style again".into())
    })
}

/// The catalogue of what is adopted, where it still is of this version.
fn adopted_catalogue(
    shared: &Shared,
    comune: &Comune,
    version: &str,
) -> Result<Arc<Catalogue>, Failure> {
    let catalogue = shared.app.adopted_catalogue();
    if catalogue.map_version(comune) == version {
        Ok(catalogue)
    } else {
        Err(Failure::Gone(
            "this version of the map was replaced: ask for the style again".into(),
        ))
    }
}

/// What is in force in a comune at the times that an address names, and those times as the end
/// of the address of its tiles; nothing for today.
///
/// The catalogue of another day is kept for the tiles that are asked for next.
pub(super) async fn catalogue_of_day(
    shared: &Shared,
    slug: &str,
    times: &TimesQuery,
) -> Result<(Arc<Catalogue>, String), Failure> {
    let app = &shared.app;
    let times = Times::of(app, times.date.as_deref(), times.known_at.as_deref())?;
    let current = app.catalogue();
    let comune = current
        .comune_by_slug(slug)
        .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?;
    let catalogue = times.catalogue_of_territory(app, comune.id).await?;
    if times.given && !Arc::ptr_eq(&catalogue, &current) {
        app.generations().remember(&catalogue, app.now());
    }
    Ok((catalogue, times.parameters('?')))
}

/// A tile of a tile matrix set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    set: MatrixSet,
    tile: TileAddress,
}

impl Wanted {
    pub(super) fn new(set: MatrixSet, tile: TileAddress) -> Self {
        Self { set, tile }
    }
}

/// A tile from memory, or drawn now, in the coding that the client accepts.
async fn drawn(
    shared: &Shared,
    selection: Selection,
    Wanted { set, tile }: Wanted,
    digest: TileDigest,
    encoding: Encoding,
) -> Result<Arc<StoredTile>, Failure> {
    let tiles = shared.app.tiles();
    let selection = if set == MatrixSet::WebMercator {
        selection
    } else if let Some(kept) = tiles.get(digest, encoding) {
        return Ok(kept);
    } else {
        on_grid_of(set, &selection, shared.app.projections())
            .await
            .map_err(|error| Failure::internal(&error))?
    };
    let size = selection.size(tile);
    let draw = move || render(&selection, tile);
    Ok(tiles.get_or_draw(digest, encoding, size, draw).await?)
}

/// The answer to a request for a tile of a selection: 304 before any work.
pub(super) async fn answer(
    shared: &Shared,
    selection: Selection,
    wanted: Wanted,
    headers: &HeaderMap,
    caching: HeaderValue,
) -> Result<Response, Failure> {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let encoding = negotiate(accepted);
    let selection = selection.within(shared.app.config().tile_budget_bytes);
    let digest = tile_digest(&selection, wanted.tile).in_set(wanted.set);
    let tag = digest.entity_tag(encoding);
    let mut response = if matches_entity_tag(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if selection.is_empty() {
        of_mvt(Body::empty())
    } else {
        let drawn = drawn(shared, selection, wanted, digest, encoding).await?;
        let mut response = of_mvt(Body::from(drawn.bytes.clone()));
        if let Some(token) = drawn.encoding.token() {
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, caching);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

pub(super) fn of_mvt(body: Body) -> Response {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, MVT);
    response
}
