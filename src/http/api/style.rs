//! The MapLibre style of a comune's map, its legend and its pattern images.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::access::{Action, Viewer, authorize};
use crate::layer::{Definition, Theme};
use crate::place::Comune;
use crate::snapshot::{Catalogue, LayerEntry, LiveLayer};
use crate::style::{Base, Imagery, LegendEntry, MapContent, ThemeTiles, legend, map_style};
use crate::text::Lang;

use super::super::error::{Failure, Problem};
use super::super::extract::{AskedBy, Shared, language, origin};
use super::super::headers::{IMMUTABLE, NO_STORE};

/// Language, look and origin of a request.
pub(super) struct Wish {
    /// Language of the request.
    pub(super) lang: Lang,
    base: Option<Base>,
    origin: String,
}

impl FromRequestParts<Shared> for Wish {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Infallible> {
        let asked = Query::<HashMap<String, String>>::try_from_uri(&parts.uri)
            .ok()
            .and_then(|query| query.get("base").cloned());
        Ok(Self {
            lang: language(parts),
            base: asked.map_or(Some(Base::default()), |word| Base::from_word(&word)),
            origin: origin(&state.app, parts),
        })
    }
}

impl Wish {
    fn base(&self) -> Result<Base, Failure> {
        self.base.ok_or_else(|| {
            let words: Vec<&str> = Base::ALL.iter().map(|base| base.word()).collect();
            Failure::BadRequest(format!("base is one of {}", words.join(", ")))
        })
    }
}

fn find_comune<'a>(catalogue: &'a Catalogue, slug: &str) -> Result<&'a Comune, Failure> {
    catalogue
        .comune_by_slug(slug)
        .map(|comune| &**comune)
        .ok_or_else(|| Failure::NotFound("there is no such comune".into()))
}

/// Public layers with something on a comune's map, theme by theme.
// Tiles under versioned URLs are shared by everybody, so what is made of them is everybody's too.
fn layers_by_theme<'a>(
    catalogue: &'a Catalogue,
    comune: &Comune,
) -> Vec<(Theme, Vec<&'a Definition>)> {
    let layers: Vec<&Definition> = catalogue
        .layers()
        .iter()
        .filter(|entry| {
            authorize(&Viewer::Anonymous, Action::Read, entry.definition().policy).is_ok()
        })
        .filter(|entry| catalogue.parts_near(entry, comune).next().is_some())
        .map(LayerEntry::definition)
        .collect();
    Theme::ALL
        .into_iter()
        .filter_map(|theme| {
            let of_theme = layers.iter().copied().filter(|layer| layer.theme == theme);
            let of_theme: Vec<&Definition> = of_theme.collect();
            (!of_theme.is_empty()).then_some((theme, of_theme))
        })
        .collect()
}

/// The live layers of which a viewer may see something, as another theme.
fn live_tiles<'a>(
    live: &'a [Arc<LiveLayer>],
    viewer: &Viewer,
    origin: &str,
) -> impl Iterator<Item = ThemeTiles<'a>> {
    let seen = live
        .iter()
        .filter(|layer| viewer.role().is_some() || layer.has_public());
    seen.map(move |layer| {
        let definition = &layer.file.definition;
        ThemeTiles {
            theme: definition.theme,
            tiles_url: format!("{origin}/live/{}/{{z}}/{{x}}/{{y}}", definition.id),
            layers: vec![definition],
        }
    })
}

/// The style of a comune's map (MapLibre style version 8): public layers, and those live layers
/// of which the one who asks may see something.
///
/// Each theme is a source of its own, named by its word. A style layer says in `metadata` which
/// layer (`mappale:layer`) and theme (`mappale:theme`) it draws; layers that are not shown from
/// the start have `visibility` `none`. Never kept: it names the version of the tiles.
#[utoipa::path(get, path = "/api/v1/style/{comune}", tag = "tiles",
    params(("comune" = String, Path, example = "borgochiaro"),
           ("lang" = Option<String>, Query, description = "`it` or `en`"),
           ("base" = Option<String>, Query, description = "`chiara` (default), `scura` or `contrasto`")), responses(
    (status = 200, body = Object),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn style(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    wish: Wish,
    Path(slug): Path<String>,
) -> Result<Response, Failure> {
    let base = wish.base()?;
    let catalogue = shared.app.catalogue();
    let comune = find_comune(&catalogue, &slug)?;
    let version = catalogue.map_version(comune);
    let live = shared.app.live();
    let live = live_tiles(&live, &viewer, &wish.origin);
    let themes = layers_by_theme(&catalogue, comune)
        .into_iter()
        .map(|(theme, layers)| {
            let ids: Vec<&str> = layers.iter().map(|layer| layer.id.as_str()).collect();
            let path = format!("{}/{version}/{}", comune.slug, ids.join(","));
            ThemeTiles {
                theme,
                tiles_url: format!("{}/tiles/{path}/{{z}}/{{x}}/{{y}}", wish.origin),
                layers,
            }
        })
        .chain(live)
        .collect();
    let fragments = shared.app.fragments();
    let content = MapContent {
        name: &comune.name,
        base,
        themes,
        sprite_url: format!(
            "{}/api/v1/sprite/{}",
            wish.origin,
            fragments.sprites().version()
        ),
        imagery: shared.app.imagery().map(|imagery| Imagery {
            tiles_url: format!("{}/ortofoto/{{z}}/{{x}}/{{y}}", wish.origin),
            attribution: imagery.credit().to_owned(),
            max_zoom: imagery.max_zoom(),
        }),
        bounds: catalogue.box_of(comune),
    };
    let style = map_style(fragments, &content, wish.lang);
    Ok(([(header::CACHE_CONTROL, NO_STORE)], Json(style)).into_response())
}

/// A legend.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LegendAnswer {
    /// Language of its texts.
    lang: &'static str,
    /// Look of the base map.
    base: &'static str,
    /// Themes, in the order in which people see them.
    themes: Vec<LegendTheme>,
}

/// The legend of a theme.
#[derive(Debug, Serialize, ToSchema)]
struct LegendTheme {
    /// Its word.
    id: &'static str,
    /// Its name.
    title: String,
    /// Its layers.
    layers: Vec<LegendLayer>,
}

/// The legend of a layer.
#[derive(Debug, Serialize, ToSchema)]
struct LegendLayer {
    /// Its id.
    id: String,
    /// Its name.
    title: String,
    /// Whether a map shows it from the start.
    visible: bool,
    /// Its entries: a text with the symbols (`fill`, `line`, `circle`) that are drawn for it, the
    /// attributes of the features that it stands for (`when`), its style layers and zooms.
    #[schema(value_type = Vec<Object>)]
    entries: Vec<LegendEntry>,
}

/// The legend of a comune's map, made from its style.
#[utoipa::path(get, path = "/api/v1/legend/{comune}", tag = "tiles",
    params(("comune" = String, Path, example = "borgochiaro"),
           ("lang" = Option<String>, Query, description = "`it` or `en`"),
           ("base" = Option<String>, Query, description = "`chiara` (default), `scura` or `contrasto`")), responses(
    (status = 200, body = LegendAnswer),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn comune_legend(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    wish: Wish,
    Path(slug): Path<String>,
) -> Result<Response, Failure> {
    let base = wish.base()?;
    let catalogue = shared.app.catalogue();
    let comune = find_comune(&catalogue, &slug)?;
    let lang = wish.lang;
    let layer = |definition: &Definition| LegendLayer {
        id: definition.id.clone(),
        title: definition.title.in_language(lang).to_owned(),
        visible: definition.visible,
        entries: legend(shared.app.fragments(), definition, base, lang),
    };
    let live = shared.app.live();
    let live = live_tiles(&live, &viewer, "").map(|tiles| (tiles.theme, tiles.layers));
    let themes = layers_by_theme(&catalogue, comune)
        .into_iter()
        .chain(live)
        .map(|(theme, layers)| LegendTheme {
            id: theme.word(),
            title: theme.title(lang),
            layers: layers.into_iter().map(layer).collect(),
        })
        .collect();
    let answer = LegendAnswer {
        lang: lang.code(),
        base: base.word(),
        themes,
    };
    Ok(([(header::CACHE_CONTROL, NO_STORE)], Json(answer)).into_response())
}

/// The images of all patterns that styles fill areas with: `{version}.json` and `.png`, and with
/// `@2x` for screens of two device pixels a pixel. The version changes with the patterns.
#[utoipa::path(get, path = "/api/v1/sprite/{file}", tag = "tiles",
    params(("file" = String, Path, description = "as the style's `sprite` says, with `.json`, `.png`, `@2x.json` or `@2x.png`")), responses(
    (status = 200, body = Object),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn sprite(
    State(shared): State<Shared>,
    Path(file): Path<String>,
) -> Result<Response, Failure> {
    let sprites = shared.app.fragments().sprites();
    let rest = file.strip_prefix(sprites.version());
    let caching = (header::CACHE_CONTROL, IMMUTABLE);
    let places = |places: &Value| ([caching.clone()], Json(places.clone())).into_response();
    let image = |png: &[u8]| {
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
        ([caching.clone(), kind], png.to_vec()).into_response()
    };
    match rest {
        Some(".json") => Ok(places(&sprites.of_ratio(1).places)),
        Some("@2x.json") => Ok(places(&sprites.of_ratio(2).places)),
        Some(".png") => Ok(image(&sprites.of_ratio(1).png)),
        Some("@2x.png") => Ok(image(&sprites.of_ratio(2).png)),
        _ => Err(Failure::NotFound(
            "there is no such sprite: ask for the style again".into(),
        )),
    }
}
