//! What layers there are, and what of them is published.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Action, authorize};
use crate::geo::MAX_ZOOM;
use crate::layer::Theme;
use crate::snapshot::LayerEntry;

use super::super::error::{Failure, Problem};
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
    /// The theme under which people find it.
    theme: &'static str,
    /// True when a map shows it from the start.
    visible: bool,
    /// What it is.
    description: Text,
    /// Whose data it is.
    source: Text,
    /// Licence of the data.
    licence: String,
    /// `polygon`, `line` or `point`.
    geometry: &'static str,
    /// First zoom at which tiles have it.
    min_zoom: u8,
    /// Last zoom of its tiles; maps draw them larger beyond it.
    max_zoom: u8,
    /// First zoom at which tiles have its labels; none when it has no labels.
    label_min_zoom: Option<u8>,
    /// What is in force.
    parts: Vec<PartShape>,
}

/// A theme: a group in which people find layers.
#[derive(Debug, Serialize, ToSchema)]
struct ThemeShape {
    /// Its word.
    id: &'static str,
    /// Its name.
    title: Text,
}

/// All layers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LayersAnswer {
    /// Themes of the layers below, in the order in which people see them.
    themes: Vec<ThemeShape>,
    /// The layers, theme after theme.
    layers: Vec<LayerShape>,
}

/// Whose layers are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LayersOf {
    /// Word of a comune in URLs: only what is in force there, and no layer without anything.
    comune: Option<String>,
}

/// The layers that the asker may see, with what is in force.
#[utoipa::path(get, path = "/api/v1/layers", tag = "catalogue", params(LayersOf), responses(
    (status = 200, body = LayersAnswer),
    (status = 404, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn layers(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Query(of): Query<LayersOf>,
) -> Result<Response, Failure> {
    let catalogue = shared.app.catalogue();
    let comune = match &of.comune {
        None => None,
        Some(slug) => Some(
            catalogue
                .comune_by_slug(slug)
                .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?,
        ),
    };
    let asked = |territory: i64| comune.is_none_or(|comune| comune.id == territory);
    let mut visible: Vec<&LayerEntry> = catalogue
        .layers()
        .iter()
        .filter(|entry| authorize(&viewer, Action::Read, entry.definition().policy).is_ok())
        .filter(|entry| {
            let has_part = entry.parts.iter().any(|part| asked(part.territory_id));
            comune.is_none() || has_part
        })
        .collect();
    visible.sort_by_key(|entry| entry.definition().theme);
    let themes = Theme::ALL
        .into_iter()
        .filter(|theme| visible.iter().any(|e| e.definition().theme == *theme))
        .map(|theme| ThemeShape {
            id: theme.word(),
            title: Text::of(|lang| theme.title(lang)),
        })
        .collect();
    let layers = visible
        .into_iter()
        .map(|entry| {
            let definition = entry.definition();
            LayerShape {
                id: definition.id.clone(),
                title: Text::from(&definition.title),
                theme: definition.theme.word(),
                visible: definition.visible,
                description: Text::from(&definition.description),
                source: Text::from(&definition.source.name),
                licence: definition.source.licence.clone(),
                geometry: definition.geometry.word(),
                min_zoom: definition.tile.min_zoom,
                max_zoom: MAX_ZOOM,
                label_min_zoom: definition.tile.label.as_ref().map(|label| label.min_zoom),
                parts: entry
                    .parts
                    .iter()
                    .filter(|part| asked(part.territory_id))
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
    Ok((headers, Json(LayersAnswer { themes, layers })).into_response())
}
