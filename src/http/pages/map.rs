//! The map page.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::access::Viewer;
use crate::fact;

use super::super::error::Failure;
use super::super::extract::Visit;
use super::super::headers::FRAMED;
use super::super::times::Times;
use super::facts;
use super::failure::{html, show};
use super::layers::{live_themes, themes};
use super::parcels::references;
use super::present;
use super::view::{CardView, MapPage};

/// What the address of a map says; everything else in it is for the script.
#[derive(Debug, Default, Deserialize)]
pub(super) struct MapQuery {
    /// References of the selected parcels, as in their pages' addresses, joined by commas.
    #[serde(default)]
    sel: Option<String>,
    /// The day that is asked about.
    #[serde(default)]
    date: Option<String>,
    /// `1`: the map stands in another page.
    #[serde(default)]
    incorpora: Option<String>,
}

/// `/mappa` and `/c/{slug}/mappa`; with several comuni the first one opens.
pub(super) async fn map(
    mut visit: Visit,
    query: Result<Query<MapQuery>, QueryRejection>,
) -> Response {
    if visit.comune.is_none() && !visit.unknown_comune {
        match visit.catalogue.comuni().first().cloned() {
            // A map is of one comune: its own address says which.
            Some(first) => {
                let query = visit.path.split_once('?').map(|(_, query)| query);
                let suffix = query.map_or_else(String::new, |query| format!("?{query}"));
                let target = format!("/c/{}/mappa{suffix}", first.slug);
                return Redirect::temporary(&target).into_response();
            }
            None => return Redirect::to("/").into_response(),
        }
    }
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let card = card(&mut visit, &query).await;
    let page = page(&visit, &query, card);
    show(&visit, page)
}

/// The card of the parcel chosen last, on the day that is asked about.
///
/// A selection or a day that is not understood, or gone, is no reason to show no map.
async fn card(visit: &mut Visit, query: &MapQuery) -> Option<CardView> {
    let times = Times::of(&visit.shared.app, query.date.as_deref(), None).ok()?;
    visit.times = Some(times);
    let reference = references(query.sel.as_deref()?).pop()?;
    let catalogue = times
        .catalogue_of(&visit.shared.app, reference.sheet.comune)
        .await
        .ok()?;
    // The rest of the page is about what is published now.
    let current = std::mem::replace(&mut visit.catalogue, catalogue);
    let card = match fact::parcel(&visit.catalogue, &visit.viewer, &reference) {
        Ok(parcel) => {
            let facts = facts::of_parcel(visit, &reference).await.ok();
            facts.map(|facts| present::parcel_card(visit, &parcel, &facts))
        }
        Err(_) => None,
    };
    visit.catalogue = current;
    card
}

fn page(visit: &Visit, query: &MapQuery, card: Option<CardView>) -> Result<Response, Failure> {
    let comune = visit
        .comune
        .clone()
        .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?;
    let today = visit.shared.app.today();
    let date = visit.times.map_or(today, |times| times.as_of.date);
    let bounds = visit
        .catalogue
        .box_of(&comune)
        .map(|area| area.to_array().map(|v| format!("{v:.6}")).join(","))
        .unwrap_or_default();
    let title = visit.lang.text("map-title");
    let mut page = present::page(visit, &title);
    page.canonical = Some(format!("{}{}/mappa", visit.origin, visit.prefix));
    let embedded = query.incorpora.as_deref() == Some("1");
    // The style shows what everybody may see, so the list does too; and what is going on.
    let mut themes = themes(visit, &Viewer::Anonymous);
    if !embedded {
        themes.extend(live_themes(visit));
    }
    let mut response = html(&MapPage {
        themes,
        slug: comune.slug.clone(),
        storage_srid: comune.storage_srid,
        embedded,
        date: date.to_string(),
        is_other_day: date != today,
        style_url: format!("/api/v1/style/{}?lang={}", comune.slug, visit.lang.code()),
        bounds,
        card,
        example: present::examples(visit, 2).into_iter().next(),
        // Browser tests reach the map object; only a demonstration lets them.
        test: visit.shared.app.is_demo(),
        page,
    })?;
    if embedded {
        // The one page that others may frame: nothing is signed or changed on it.
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, FRAMED);
    }
    Ok(response)
}
