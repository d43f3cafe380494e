//! `/gis/livelli/{layer}/confronto`: what differs between two versions, as a table and a picture.

use std::collections::HashMap;

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use crate::gis::{self, Picture};
use crate::ingest::boundary_outline;
use crate::layer::{self, Change, Definition, part_details};
use crate::text::NumberFormat as _;

use super::super::super::error::Failure;
use super::super::super::extract::Visit;
use super::super::failure::{html, show};
use super::super::party::personal;
use super::super::present;
use super::super::view::PageView;
use super::{connection, crumb, layer_crumb, layer_of, staff};

/// Rows that the page shows; the file has all.
const SHOWN: usize = 500;

/// Two versions.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Versions {
    #[serde(default)]
    da: i32,
    #[serde(default)]
    a: i32,
    /// `json` for the list alone.
    #[serde(default)]
    formato: String,
}

#[derive(Template)]
#[template(path = "gis/compare.html")]
struct Page {
    page: PageView,
    old: i32,
    new: i32,
    added: usize,
    removed: usize,
    changed: usize,
    json_url: String,
    picture: Option<Picture>,
    boundary: String,
    rows: Vec<Row>,
    total: usize,
}

pub(super) struct Row {
    number: usize,
    key: String,
    class: &'static str,
    what: String,
    old_area: String,
    new_area: String,
    moved: String,
    attributes: Vec<(String, String, String)>,
}

/// `GET /gis/livelli/{layer}/confronto?da&a`.
pub(super) async fn page(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Query(versions): Query<Versions>,
) -> Response {
    let page = compare(&visit, &names, versions).await;
    personal(show(&visit, page))
}

async fn compare(
    visit: &Visit,
    names: &HashMap<String, String>,
    versions: Versions,
) -> Result<Response, Failure> {
    let staff = staff(visit)?;
    let file = layer_of(visit, names)?;
    let definition = &file.definition;
    let mut connection = connection(visit).await?;
    let comune = &staff.comune;
    let old = part_details(
        &mut connection,
        &definition.id,
        comune.id,
        Some(versions.da),
    )
    .await?;
    let new = part_details(&mut connection, &definition.id, comune.id, Some(versions.a)).await?;
    let differences = layer::differences(&mut connection, definition, old.part_id, new.part_id)
        .await
        .map_err(crate::gis::Error::from)?;
    if versions.formato == "json" {
        let name = format!(
            "attachment; filename=\"{}-{}-{}.json\"",
            definition.id, versions.da, versions.a
        );
        return Ok(([(header::CONTENT_DISPOSITION, name)], Json(differences)).into_response());
    }
    let parts = (old.part_id, new.part_id);
    let picture = gis::difference_picture(&mut connection, definition, parts, &differences).await?;
    let boundary = boundary_outline(&mut connection, comune).await;
    let boundary = boundary.map_err(gis::Error::from)?;
    let (added, removed, changed) = differences.counts();
    let title = visit.lang.text_with(
        "gis-compare-title",
        &[
            ("old", versions.da.to_string().as_str().into()),
            ("new", versions.a.to_string().as_str().into()),
        ],
    );
    let mut page = present::page(visit, &title);
    page.crumbs = vec![crumb(visit), layer_crumb(visit, &file)];
    html(&Page {
        page,
        old: versions.da,
        new: versions.a,
        added,
        removed,
        changed,
        json_url: format!(
            "{}/gis/livelli/{}/confronto?da={}&a={}&formato=json",
            visit.prefix, definition.id, versions.da, versions.a
        ),
        boundary: picture
            .as_ref()
            .map(|picture| picture.path_of(&boundary))
            .unwrap_or_default(),
        picture,
        rows: rows(visit, definition, &differences.changes),
        total: differences.changes.len(),
    })
}

/// The first changes in words.
pub(super) fn rows(visit: &Visit, definition: &Definition, changes: &[Change]) -> Vec<Row> {
    let lang = visit.lang;
    let value = |value: &serde_json::Value| match value {
        serde_json::Value::Null => "–".to_owned(),
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let label = |column: &str| {
        let known = definition.column.iter().find(|known| known.name == column);
        known.map_or_else(
            || column.to_owned(),
            |known| present::localized(&known.label, lang),
        )
    };
    let area = |present: bool, area: f64| match present {
        true => lang.area_m2(area),
        false => "–".to_owned(),
    };
    let shown = changes.iter().take(SHOWN).enumerate();
    shown
        .map(|(index, change)| {
            let (class, what) = match (change.added, change.removed) {
                (true, _) => ("added", lang.text("gis-change-added")),
                (_, true) => ("removed", lang.text("gis-change-removed")),
                _ => {
                    let mut what = Vec::new();
                    if change.geometry_differs {
                        what.push(lang.text("gis-change-outline"));
                    }
                    if change.attributes_differ {
                        what.push(lang.text("gis-change-values"));
                    }
                    ("changed", what.join(", "))
                }
            };
            Row {
                number: index + 1,
                key: change.key.clone(),
                class,
                what,
                old_area: area(!change.added, change.old_area_m2),
                new_area: area(!change.removed, change.new_area_m2),
                moved: area(change.geometry_differs, change.moved_m2),
                attributes: change
                    .attributes
                    .iter()
                    .map(|change| {
                        (
                            label(&change.column),
                            value(&change.old),
                            value(&change.new),
                        )
                    })
                    .collect(),
            }
        })
        .collect()
}
