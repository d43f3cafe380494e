//! The page, and the card, of a place.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use serde::Deserialize;

use crate::fact;

use super::super::error::Failure;
use super::super::extract::Visit;
use super::super::times::Times;
use super::facts;
use super::failure::{html, show};
use super::present;
use super::view::{CardFragment, CardView, PlacePage};

/// A place in degrees, and how it is to be shown.
#[derive(Debug, Deserialize)]
pub(super) struct PlaceQuery {
    lon: f64,
    lat: f64,
    /// `1` asks for the card alone.
    #[serde(default)]
    frammento: Option<String>,
    /// The day that the page is for; today by default.
    #[serde(default)]
    date: Option<String>,
    /// Only what was recorded until this moment counts.
    #[serde(default)]
    known_at: Option<String>,
}

/// `/luogo?lon&lat`.
pub(super) async fn place(
    mut visit: Visit,
    query: Result<Query<PlaceQuery>, QueryRejection>,
) -> Response {
    let page = page(&mut visit, query).await;
    show(&visit, page)
}

async fn page(
    visit: &mut Visit,
    query: Result<Query<PlaceQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    if visit.unknown_comune {
        return Err(Failure::NotFound("there is no such comune".into()));
    }
    let Query(query) = query.map_err(|error| Failure::BadRequest(error.body_text()))?;
    let app = &visit.shared.app;
    let times = Times::of(app, query.date.as_deref(), query.known_at.as_deref())?;
    visit.catalogue = times.catalogue_near(app, query.lon, query.lat).await?;
    visit.times = Some(times);
    let here = fact::at_point(&visit.catalogue, &visit.viewer, query.lon, query.lat)?;
    if visit.comune.is_none() {
        visit.comune.clone_from(&here.comune);
    }
    let card = present::place_card(visit, &here);
    let mut card = match here.parcels.as_slice() {
        // In one parcel, the place's facts are the parcel's: card and page never differ.
        [parcel] => {
            let of_parcel = facts::of_parcel(visit, &parcel.reference).await?;
            let place = present::parcel_card(visit, parcel, &of_parcel);
            let report_url = card.report_url.unwrap_or_default();
            CardView {
                position: card.position,
                ..place.contested_at(report_url)
            }
        }
        _ => card,
    };
    facts::add_census(visit, &mut card).await;
    let mut page = present::page(visit, "");
    page.title = card.title(&page);
    show_card(query.frammento.as_deref(), page, card, |page, card| {
        html(&PlacePage { page, card })
    })
}

/// The card alone where asked for, else the page around it.
pub(super) fn show_card(
    fragment: Option<&str>,
    page: super::view::PageView,
    card: CardView,
    whole: impl FnOnce(super::view::PageView, CardView) -> Result<Response, Failure>,
) -> Result<Response, Failure> {
    if fragment == Some("1") {
        html(&CardFragment { page, card })
    } else {
        whole(page, card)
    }
}
