//! Search: to what was found when it is one thing, else a list by kind.

use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::fact;

use super::super::error::Failure;
use super::super::extract::Visit;
use super::failure::{html, show};
use super::found::Wording;
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
    let comune = visit.comune.as_deref();
    let facts = fact::search(&visit.catalogue, &visit.viewer, comune, text);
    let wording = Wording {
        lang: visit.lang,
        here: comune.map(|comune| (comune, visit.prefix.as_str())),
        is_only: visit.catalogue.comuni().len() == 1,
        wanted: fact::MAX_FOUND,
    };
    let groups = wording.groups(&facts);
    if let [only] = groups.as_slice()
        && let ([result], 1) = (only.results.as_slice(), only.total)
    {
        return Ok(Redirect::temporary(&result.page).into_response());
    }
    let title = visit.lang.text("search-title");
    html(&SearchPage {
        page: present::page(visit, &title),
        query: text.chars().take(100).collect(),
        groups,
        examples: present::examples(visit, 3),
    })
}
