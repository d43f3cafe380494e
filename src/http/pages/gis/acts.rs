//! `/gis/registro`: what the staff did, as it stands in the chain.

use askama::Template;
use axum::response::Response;

use crate::gis;

use super::super::super::error::Failure;
use super::super::super::extract::Visit;
use super::super::failure::{html, show};
use super::super::party::personal;
use super::super::present;
use super::super::view::PageView;
use super::{connection, crumb, staff, words};

/// Acts that the page shows.
const SHOWN: i64 = 200;

#[derive(Template)]
#[template(path = "gis/acts.html")]
struct Page {
    page: PageView,
    acts: Vec<Row>,
}

/// An act as tables show it.
pub(super) struct Row {
    pub(super) at: String,
    pub(super) by: String,
    pub(super) what: String,
    pub(super) layer: Option<String>,
    pub(super) detail: String,
}

/// `GET /gis/registro`.
pub(super) async fn page(visit: Visit) -> Response {
    let page = acts(&visit).await;
    personal(show(&visit, page))
}

async fn acts(visit: &Visit) -> Result<Response, Failure> {
    let staff = staff(visit)?;
    let mut connection = connection(visit).await?;
    let acts = gis::staff_acts(&mut connection, staff.comune.id, None, SHOWN).await?;
    let mut page = present::page(visit, &visit.lang.text("gis-register"));
    page.crumbs = vec![crumb(visit)];
    html(&Page {
        page,
        acts: acts.iter().map(|act| row(visit, act)).collect(),
    })
}

/// An act in words.
pub(super) fn row(visit: &Visit, act: &gis::StaffAct) -> Row {
    let detail = act.detail.as_object().into_iter().flatten();
    let detail: Vec<String> = detail
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name}: {text}"),
            None => format!("{name}: {value}"),
        })
        .collect();
    Row {
        at: words::moment(visit.lang, act.at),
        by: act.by.clone(),
        what: visit.lang.text(words::act(&act.kind)),
        layer: act.layer.clone(),
        detail: detail.join("; "),
    }
}
