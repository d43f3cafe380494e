//! What a change of a map touches, as a page and as CSV.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::fact::{self, TouchedParcel};
use crate::layer::{AsOf, LayerRole};
use crate::snapshot::Catalogue;
use crate::text::{DateFormat as _, NumberFormat as _};

use super::super::error::Failure;
use super::super::extract::Visit;
use super::failure::{html, show};
use super::present;
use super::present::localized;
use super::view::{ChangeRowView, ChangesPage, LayerChoiceView};

/// Rows that the page shows; the CSV has all.
const SHOWN: usize = 500;

/// Every parcel of a comune is asked twice, on all cores: one comparison at a time.
static COMPARING: Semaphore = Semaphore::const_new(1);

/// Two days and a layer.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ChangesQuery {
    /// Id of the layer.
    #[serde(default)]
    layer: String,
    /// The earlier day.
    #[serde(default)]
    da: String,
    /// The later day; today by default.
    #[serde(default)]
    a: String,
    /// `csv` for the list alone.
    #[serde(default)]
    formato: String,
}

/// `/modifiche?layer&da&a`.
pub(super) async fn changes(
    visit: Visit,
    query: Result<Query<ChangesQuery>, QueryRejection>,
) -> Response {
    let page = page(&visit, query).await;
    show(&visit, page)
}

async fn page(
    visit: &Visit,
    query: Result<Query<ChangesQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(query) = query.map_err(|error| Failure::BadRequest(error.body_text()))?;
    let comune = visit
        .comune
        .clone()
        .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?;
    let lang = visit.lang;
    let app = &visit.shared.app;
    let layers: Vec<LayerChoiceView> = visit
        .catalogue
        .layers()
        .iter()
        .filter(|entry| {
            let definition = entry.definition();
            definition.facts && definition.role.is_none() && !entry.parts.is_empty()
        })
        .map(|entry| LayerChoiceView {
            id: entry.definition().id.clone(),
            title: localized(&entry.definition().title, lang),
            chosen: entry.definition().id == query.layer,
        })
        .collect();
    let title = lang.text("changes-title");
    let mut view = ChangesPage {
        page: present::page(visit, &title),
        layers,
        from: query.da.clone(),
        to: query.a.clone(),
        asked: false,
        period: String::new(),
        total: 0,
        rows: Vec::new(),
        csv_url: String::new(),
    };
    if query.layer.is_empty() || query.da.is_empty() {
        return html(&view);
    }
    let day = |text: &str| {
        AsOf::parse((!text.is_empty()).then_some(text), None, app.today())
            .map_err(|error| Failure::BadRequest(error.to_string()))
    };
    let (from, to) = (day(&query.da)?, day(&query.a)?);
    let territories = [comune.id];
    let before = app.catalogue_as_of(from, &territories).await?;
    let after = app.catalogue_as_of(to, &territories).await?;
    let _permit = COMPARING.acquire().await;
    let viewer = visit.viewer.clone();
    let (old, new): (Arc<Catalogue>, Arc<Catalogue>) = (before, after);
    // Plans are older than the cadastre that was loaded first: then today's parcels are asked.
    let has_parcels = new.layer_with_role(LayerRole::Parcel).is_some_and(|entry| {
        let mut parts = entry.parts.iter();
        parts.any(|part| part.territory_id == comune.id)
    });
    let cadastre = if has_parcels {
        Arc::clone(&new)
    } else {
        app.catalogue()
    };
    let layer = query.layer.clone();
    let found = tokio::task::spawn_blocking(move || {
        fact::touched(&old, &new, &cadastre, &viewer, &comune, &layer)
    })
    .await
    .map_err(|error| Failure::internal(&error))??;
    if query.formato == "csv" {
        let headers = [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
            (header::CACHE_CONTROL, "private, no-cache"),
            (
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"modifiche.csv\"",
            ),
        ];
        return Ok((headers, csv(&found)).into_response());
    }
    view.asked = true;
    view.total = found.len();
    view.period = lang.text_with(
        "changes-period",
        &[
            ("from", (&lang.date(from.date)).into()),
            ("to", (&lang.date(to.date)).into()),
        ],
    );
    view.csv_url = format!(
        "{}/modifiche?layer={}&da={}&a={}&formato=csv",
        visit.prefix, query.layer, from.date, to.date
    );
    view.rows = found
        .iter()
        .take(SHOWN)
        .map(|touched| row(visit, touched))
        .collect();
    html(&view)
}

fn row(visit: &Visit, touched: &TouchedParcel) -> ChangeRowView {
    let lang = visit.lang;
    let side = |amount: &dyn Fn(&fact::NameChange) -> f64| {
        let parts: Vec<String> = touched
            .names
            .iter()
            .filter(|change| amount(change) > 0.0)
            .map(|change| {
                let name = localized(&change.name, lang);
                format!("{name}: {}", lang.area_m2(amount(change)))
            })
            .collect();
        if parts.is_empty() {
            "–".to_owned()
        } else {
            parts.join("; ")
        }
    };
    ChangeRowView {
        reference: touched.reference.to_string(),
        url: format!(
            "{}/particella/{}",
            visit.prefix,
            touched.reference.to_path_segment()
        ),
        area: lang.area_m2(touched.area_m2),
        before: side(&|change| change.before),
        after: side(&|change| change.after),
    }
}

/// One line a parcel and name: parcel, area, name, before, after.
fn csv(found: &[TouchedParcel]) -> String {
    let mut out = String::from("parcel,parcel_area_m2,name,before_m2,after_m2\r\n");
    for touched in found {
        for change in &touched.names {
            // Writing to a String cannot fail.
            let _ = write!(out, "{},{:.2},", touched.reference, touched.area_m2);
            fact::write_csv_field(&mut out, &change.name.it);
            let _ = write!(out, ",{:.2},{:.2}\r\n", change.before, change.after);
        }
        if touched.names.is_empty() {
            let _ = write!(out, "{},{:.2},,,\r\n", touched.reference, touched.area_m2);
        }
    }
    out
}
