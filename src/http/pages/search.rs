//! Search by sheet and parcel: to the parcel when there is one, else a list.

use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::cadastre::ParcelQuery;
use crate::fact;

use super::super::error::Failure;
use super::super::extract::Visit;
use super::failure::{html, show};
use super::present;
use super::view::SearchPage;

/// What was typed, and from where.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SearchQuery {
    #[serde(default)]
    q: String,
}

/// `/cerca?q=`.
pub(super) async fn search(visit: Visit, Query(query): Query<SearchQuery>) -> Response {
    let page = page(&visit, query.q.trim());
    show(&visit, page)
}

fn page(visit: &Visit, text: &str) -> Result<Response, Failure> {
    if visit.unknown_comune {
        return Err(Failure::NotFound("there is no such comune".into()));
    }
    let (found, total) = match ParcelQuery::parse(text) {
        Ok(query) => {
            let comune = visit.comune.as_deref();
            fact::find_parcels(&visit.catalogue, &visit.viewer, comune, &query)
        }
        Err(_) => (Vec::new(), 0),
    };
    if let ([only], 1) = (found.as_slice(), total) {
        let url = present::parcel(visit, only).page_url;
        return Ok(Redirect::temporary(&url).into_response());
    }
    let title = visit.lang.text("search-title");
    html(&SearchPage {
        page: present::page(visit, &title),
        query: text.chars().take(100).collect(),
        has_more: total > found.len(),
        parcels: found.iter().map(|p| present::parcel(visit, p)).collect(),
        examples: present::examples(visit, 3),
    })
}
