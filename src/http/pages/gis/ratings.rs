//! `/gis/valutazioni`: how clear people find the pages.

use axum::response::Response;

use crate::person;
use crate::text::NumberFormat as _;

use super::super::super::error::Failure;
use super::super::super::extract::Visit;
use super::super::failure::{html, show};
use super::super::party::personal;
use super::super::present;
use super::super::view::{RatedKind, RatingsPage, rating_key};
use super::{connection, crumb, staff, words};

/// Reasons that the page shows.
const SHOWN: i64 = 100;

/// `GET /gis/valutazioni`.
pub(in crate::http::pages) async fn page(visit: Visit) -> Response {
    let page = ratings(&visit).await;
    personal(show(&visit, page))
}

async fn ratings(visit: &Visit) -> Result<Response, Failure> {
    let staff = staff(visit)?;
    let lang = visit.lang;
    let mut connection = connection(visit).await?;
    let (pages, notes) = person::ratings(&mut connection, staff.comune.id, SHOWN).await?;
    let mut page = present::page(visit, &lang.text("ratings-title"));
    page.crumbs = vec![crumb(visit)];
    let count = |number: i64| lang.count(u64::try_from(number).unwrap_or_default());
    html(&RatingsPage {
        page,
        pages: pages
            .into_iter()
            .map(|rated| RatedKind {
                page: rated.page,
                ratings: count(rated.ratings),
                mean: lang.number(rated.mean, 1),
                poor: count(rated.poor),
            })
            .collect(),
        notes: notes
            .into_iter()
            .map(|note| {
                let reason = note.reason;
                let reason = reason.map(|reason| lang.text(rating_key(note.stars > 3, reason)));
                (
                    words::moment(lang, note.at),
                    note.page,
                    note.stars,
                    reason.unwrap_or_default(),
                    note.note.unwrap_or_default(),
                )
            })
            .collect(),
    })
}
