//! The MapLibre style of a comune's map.

use std::convert::Infallible;

use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use crate::access::{Action, Viewer, authorize};
use crate::layer::Definition;
use crate::snapshot::LayerEntry;
use crate::style::{MapContent, map_style};
use crate::text::Lang;

use super::super::error::{Failure, Problem};
use super::super::extract::{Shared, language, origin};
use super::super::headers::NO_STORE;

/// Language and origin of a request.
pub(super) struct Wish {
    /// Language of the request.
    pub(super) lang: Lang,
    origin: String,
}

impl FromRequestParts<Shared> for Wish {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Infallible> {
        Ok(Self {
            lang: language(parts),
            origin: origin(&state.app, parts),
        })
    }
}

/// The style of a comune's map (MapLibre style version 8), public layers only.
///
/// Never kept: it names the version of the tiles.
#[utoipa::path(get, path = "/api/v1/style/{comune}", tag = "tiles",
    params(("comune" = String, Path, example = "borgochiaro"),
           ("lang" = Option<String>, Query, description = "`it` or `en`")), responses(
    (status = 200, body = Object),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn style(
    State(shared): State<Shared>,
    wish: Wish,
    Path(slug): Path<String>,
) -> Result<Response, Failure> {
    let catalogue = shared.app.catalogue();
    let comune = catalogue
        .comune_by_slug(&slug)
        .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?;
    // Tiles under versioned URLs are shared by everybody, so the style is everybody's too.
    let viewer = Viewer::Anonymous;
    let layers: Vec<&Definition> = catalogue
        .layers()
        .iter()
        .filter(|entry| authorize(&viewer, Action::Read, entry.definition().policy).is_ok())
        .filter(|entry| catalogue.parts_near(entry, comune).next().is_some())
        .map(LayerEntry::definition)
        .collect();
    let ids: Vec<&str> = layers.iter().map(|layer| layer.id.as_str()).collect();
    let content = MapContent {
        name: &comune.name,
        tiles_url: format!(
            "{}/tiles/{}/{}/{}/{{z}}/{{x}}/{{y}}",
            wish.origin,
            comune.slug,
            catalogue.map_version(comune),
            ids.join(",")
        ),
        layers,
        bounds: catalogue.box_of(comune),
    };
    let style = map_style(shared.app.fragments(), &content, wish.lang);
    Ok(([(header::CACHE_CONTROL, NO_STORE)], Json(style)).into_response())
}
