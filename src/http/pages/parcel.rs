//! The page, and the card, of a parcel.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::cadastre::{CadastralReference, ParcelQuery};
use crate::fact;
use crate::layer::LayerRole;
use crate::text::DateFormat as _;

use super::super::error::Failure;
use super::super::extract::Visit;
use super::super::headers::NO_STORE;
use super::super::times::Times;
use super::facts;
use super::failure::{failure_page, html, show};
use super::place::show_card;
use super::present;
use super::view::{CandidatesPage, ParcelPage, ParcelView, UnknownParcelPage};

/// Parcels that are offered for one that is not there.
const NEAREST: usize = 5;

/// How a parcel is to be shown.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ParcelQueryString {
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

/// `/particella/{reference}`.
pub(super) async fn parcel(
    mut visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Query(query): Query<ParcelQueryString>,
) -> Response {
    let text = names
        .get("reference")
        .map(String::as_str)
        .unwrap_or_default();
    let reference = match CadastralReference::from_path_segment(text) {
        Ok(reference) => reference,
        Err(error) => {
            let detail = visit
                .lang
                .text_with("parcel-not-understood", &[("text", text.into())]);
            return failure_page(&visit, &error.into(), Some(detail));
        }
    };
    if visit.comune.is_none() && !visit.unknown_comune {
        let code = reference.sheet.comune;
        visit.comune = visit.catalogue.comune_by_code(code).cloned();
    }
    let app = &visit.shared.app;
    let catalogue = match Times::of(app, query.date.as_deref(), query.known_at.as_deref()) {
        Ok(times) => {
            visit.times = Some(times);
            times.catalogue_of(app, reference.sheet.comune).await
        }
        Err(failure) => Err(failure),
    };
    match catalogue {
        Ok(catalogue) => visit.catalogue = catalogue,
        Err(failure) => return failure_page(&visit, &failure, None),
    }
    match fact::parcel(&visit.catalogue, &visit.viewer, &reference) {
        Ok(parcel) => {
            let facts = facts::of_parcel(&visit, &reference).await;
            let card = match facts {
                Ok(facts) => {
                    let mut card = present::parcel_card(&visit, &parcel, &facts);
                    facts::add_census(&visit, &mut card).await;
                    // The card beside the map links to the articles: it answers without the database.
                    if query.frammento.is_none() {
                        facts::add_norms(&visit, &facts, &mut card.facts).await;
                    }
                    Ok(card)
                }
                Err(failure) => Err(failure),
            };
            let page = card.and_then(|card| {
                let mut page = present::page(&visit, "");
                page.title = card.title(&page);
                let path = format!("{}{}", visit.origin, card.page_url);
                page.canonical = Some(path);
                show_card(query.frammento.as_deref(), page, card, |page, card| {
                    html(&ParcelPage { page, card })
                })
            });
            show(&visit, page)
        }
        Err(error) => {
            let page = unknown(&visit, &reference, &error).await;
            show(&visit, page)
        }
    }
}

/// What there is instead of a parcel: the nearest ones, or from when the cadastre is known.
async fn unknown(
    visit: &Visit,
    reference: &CadastralReference,
    error: &fact::Error,
) -> Result<Response, Failure> {
    let lang = visit.lang;
    let text = reference.to_string();
    let comune = visit.catalogue.comune_by_code(reference.sheet.comune);
    let is_dated = visit.times.is_some_and(|times| times.given);
    let first = match (error, comune) {
        (fact::Error::NoCadastre(_), Some(comune)) if is_dated => {
            let layer = visit.catalogue.layer_with_role(LayerRole::Parcel);
            let id = layer.map_or("", |entry| entry.definition().id.as_str());
            let reader = &visit.shared.app.databases().reader;
            let read = async {
                let mut connection = reader.acquire().await?;
                fact::first_day(&mut connection, id, comune).await
            };
            // Not to know the first day is no reason for no answer.
            read.await.unwrap_or_default()
        }
        _ => None,
    };
    let detail = match (error, first) {
        (_, Some(day)) => {
            let day = lang.date(day);
            let values = [("reference", (&text).into()), ("day", (&day).into())];
            lang.text_with("parcel-before-first", &values)
        }
        (fact::Error::NoCadastre(_), None) => {
            lang.text_with("parcel-no-cadastre", &[("reference", (&text).into())])
        }
        _ => lang.text_with("parcel-unknown", &[("reference", (&text).into())]),
    };
    // A parcel of an earlier cadastre leads to what it became.
    let steps = match comune {
        Some(comune) => super::history::steps(visit, comune, reference).await,
        None => Ok(Vec::new()),
    };
    let became = super::history::successors(reference, &steps.unwrap_or_default());
    let successors: Vec<ParcelView> = became
        .iter()
        .filter_map(|other| fact::parcel(&visit.catalogue, &visit.viewer, other).ok())
        .map(|parcel| present::parcel(visit, &parcel))
        .collect();
    let detail = match (&successors[..], error) {
        ([_, ..], fact::Error::NoParcel(_)) => {
            lang.text_with("parcel-became", &[("reference", (&text).into())])
        }
        _ => detail,
    };
    let near = fact::nearest(&visit.catalogue, &visit.viewer, reference, NEAREST);
    let mut page = present::page(visit, &lang.text("error-not-found"));
    page.rated = false;
    let mut response = html(&UnknownParcelPage {
        page,
        detail,
        successors,
        parcels: near
            .iter()
            .map(|parcel| present::parcel(visit, parcel))
            .collect(),
    })?;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, NO_STORE);
    Ok(response)
}

/// `/particella/{comune}/{foglio}/{numero}`: to the parcel, or to the ones that it may mean.
pub(super) async fn by_parts(visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    let name = |key: &str| names.get(key).map(String::as_str).unwrap_or_default();
    let number = name("number").replace('~', "/");
    let text = format!("{} {} {number}", name("code"), name("foglio"));
    let query = match ParcelQuery::parse(&text) {
        Ok(query) => query,
        Err(error) => {
            let detail = visit
                .lang
                .text_with("parcel-not-understood", &[("text", (&text).into())]);
            return failure_page(&visit, &error.into(), Some(detail));
        }
    };
    let (found, _) = fact::find_parcels(&visit.catalogue, &visit.viewer, None, &query);
    let page = match found.as_slice() {
        [] => Err(Failure::NotFound("no such parcel".into())),
        [only] => {
            let url = present::parcel(&visit, only).page_url;
            Ok(Redirect::temporary(&url).into_response())
        }
        several => {
            let title = visit.lang.text("candidates-title");
            html(&CandidatesPage {
                page: present::page(&visit, &title),
                query: text,
                parcels: several.iter().map(|p| present::parcel(&visit, p)).collect(),
            })
        }
    };
    show(&visit, page)
}
