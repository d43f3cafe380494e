//! Search by what people type.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::fact;

use super::super::error::{Failure, Problem};
use super::super::extract::{AskedBy, Shared};
use super::super::headers::PRIVATE;
use super::super::pages::Wording;
use super::super::pages::view::ResultGroupView;
use super::style::Wish;

/// Results of one kind that are sent unless another number is asked for.
const WANTED: usize = 5;

/// What is searched for, and where.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct SearchQuery {
    /// What a person typed: `12 345`, `F.12 m.345`, a cadastral reference, an address, a name.
    #[param(example = "via dei mulini 8")]
    q: String,
    /// Word of the comune in URLs; without it all comuni are searched.
    comune: Option<String>,
    /// At most so many results of each kind, up to 50.
    limit: Option<usize>,
    /// Language of the words: `it` or `en`.
    #[allow(
        dead_code,
        reason = "read by the language of the request, documented here"
    )]
    lang: Option<String>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchAnswer {
    /// What was searched for.
    query: String,
    /// Results by kind; kinds without results are left out.
    groups: Vec<ResultGroupView>,
}

/// Parcels, sheets, addresses, streets and named places that a text may mean.
///
/// Accents, case and usual abbreviations make no difference, and one slip of the finger is
/// forgiven in a long word.
#[utoipa::path(get, path = "/api/v1/search", params(SearchQuery), tag = "facts", responses(
    (status = 200, body = SearchAnswer),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no such comune", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn search(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    wish: Wish,
    query: Result<Query<SearchQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(query) = query.map_err(|error| Failure::BadRequest(error.body_text()))?;
    let catalogue = shared.app.catalogue();
    let comune = match &query.comune {
        Some(slug) => Some(
            catalogue
                .comune_by_slug(slug)
                .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?,
        ),
        None => None,
    };
    let facts = fact::search(&catalogue, &viewer, comune.map(|c| &**c), query.q.trim());
    let wording = Wording {
        lang: wish.lang,
        here: None,
        is_only: catalogue.comuni().len() == 1,
        wanted: query.limit.unwrap_or(WANTED).min(fact::MAX_FOUND),
    };
    let answer = SearchAnswer {
        groups: wording.groups(&facts),
        query: query.q,
    };
    Ok(([(header::CACHE_CONTROL, PRIVATE)], Json(answer)).into_response())
}
