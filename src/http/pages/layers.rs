//! The layers that a comune has, in their themes, and the page of each.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use crate::access::{Action, Viewer, authorize};
use crate::fact::Evidence;
use crate::layer::{Definition, Theme};
use crate::snapshot::{LayerEntry, PartSnapshot};

use super::super::error::Failure;
use super::super::extract::Visit;
use super::failure::{html, show};
use super::present;
use super::view::{CrumbView, FieldView, LayerPage, LayerView, LayersPage, ThemeView};

/// The part of a layer that answers for the comune of a visit: its own, else a wider one.
fn part<'a>(visit: &'a Visit, entry: &'a LayerEntry) -> Option<&'a PartSnapshot> {
    let comune = visit.comune.as_deref()?;
    let own = entry
        .parts
        .iter()
        .find(|part| part.territory_id == comune.id);
    own.or_else(|| visit.catalogue.parts_near(entry, comune).next())
        .map(|part| &**part)
}

/// A layer as templates show it.
fn layer(visit: &Visit, definition: &Definition, part: &PartSnapshot) -> LayerView {
    let comune = visit
        .comune
        .as_deref()
        .map_or("", |comune| comune.slug.as_str());
    let file = |format: &str| {
        format!(
            "/api/v1/layers/{}/features.{format}?comune={comune}",
            definition.id
        )
    };
    LayerView {
        id: definition.id.clone(),
        title: present::localized(&definition.title, visit.lang),
        description: present::localized(&definition.description, visit.lang),
        licence: definition.source.licence.clone(),
        data: present::data(visit.lang, definition, &Evidence::of(part)),
        count: part.features.len(),
        visible: definition.visible,
        live: false,
        coverage: definition.coverage,
        page_url: format!("{}/livelli/{}", visit.prefix, definition.id),
        map_url: if definition.visible {
            format!("{}/mappa", visit.prefix)
        } else {
            format!("{}/mappa?on={}", visit.prefix, definition.id)
        },
        geojson_url: file("geojson"),
        csv_url: file("csv"),
        gpkg_url: file("gpkg"),
        shp_url: file("shp.zip"),
        crs: format!("EPSG:{}", part.srid),
    }
}

/// The layers that a viewer may read, theme after theme.
pub(super) fn themes(visit: &Visit, viewer: &Viewer) -> Vec<ThemeView> {
    Theme::ALL
        .into_iter()
        .map(|theme| ThemeView {
            id: theme.word().to_owned(),
            title: theme.title(visit.lang),
            layers: visit
                .catalogue
                .layers()
                .iter()
                .filter(|entry| entry.definition().theme == theme)
                .filter(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok())
                .filter_map(|entry| {
                    let part = part(visit, entry)?;
                    Some(layer(visit, entry.definition(), part))
                })
                .collect(),
        })
        .filter(|theme| !theme.layers.is_empty())
        .collect()
}

/// The live layers of which the viewer may see something, each in its theme: on the map only.
pub(super) fn live_themes(visit: &Visit) -> Vec<ThemeView> {
    let live = visit.shared.app.live();
    live.iter()
        .filter(|layer| visit.viewer.role().is_some() || layer.has_public())
        .map(|layer| {
            let definition = &layer.file.definition;
            ThemeView {
                id: definition.theme.word().to_owned(),
                title: definition.theme.title(visit.lang),
                layers: vec![LayerView {
                    id: definition.id.clone(),
                    title: present::localized(&definition.title, visit.lang),
                    description: present::localized(&definition.description, visit.lang),
                    visible: definition.visible,
                    live: true,
                    page_url: "/pratiche".to_owned(),
                    ..LayerView::default()
                }],
            }
        })
        .collect()
}

/// `/livelli`.
pub(super) async fn list(visit: Visit) -> Response {
    // The layers are those of one comune: where there are several, one is chosen first.
    if visit.comune.is_none() && !visit.unknown_comune {
        return Redirect::to("/").into_response();
    }
    let page = if visit.comune.is_some() {
        let title = visit.lang.text("layers-title");
        html(&LayersPage {
            page: present::page(&visit, &title),
            themes: themes(&visit, &visit.viewer),
        })
    } else {
        Err(Failure::NotFound("there is no such comune".into()))
    };
    show(&visit, page)
}

/// `/livelli/{layer}`.
pub(super) async fn page(visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    let id = names.get("layer").map(String::as_str).unwrap_or_default();
    let page = of_layer(&visit, id);
    show(&visit, page)
}

fn of_layer(visit: &Visit, id: &str) -> Result<Response, Failure> {
    let missing = || Failure::NotFound("there is no such layer here".into());
    let entry = visit
        .catalogue
        .layer(id)
        .filter(|entry| authorize(&visit.viewer, Action::Read, entry.definition().policy).is_ok())
        .ok_or_else(missing)?;
    let part = part(visit, entry).ok_or_else(missing)?;
    let definition = entry.definition();
    let view = layer(visit, definition, part);
    let mut page = present::page(visit, &view.title);
    page.crumbs.push(CrumbView {
        title: visit.lang.text("layers-title"),
        url: format!("{}/livelli", visit.prefix),
    });
    page.canonical = Some(format!("{}{}", visit.origin, view.page_url));
    html(&LayerPage {
        page,
        theme: definition.theme.title(visit.lang),
        geometry: visit.lang.text(match definition.geometry {
            crate::layer::GeometryKind::Polygon => "layer-geometry-polygon",
            crate::layer::GeometryKind::Line => "layer-geometry-line",
            crate::layer::GeometryKind::Point => "layer-geometry-point",
        }),
        fields: definition
            .column
            .iter()
            .map(|column| FieldView {
                name: column.name.clone(),
                label: present::localized(&column.label, visit.lang),
                values: column
                    .domain
                    .iter()
                    .map(|known| {
                        let label = present::localized(&known.label, visit.lang);
                        (known.value.clone(), label)
                    })
                    .collect(),
            })
            .collect(),
        layer: view,
    })
}
