//! The home page: of a comune, or of all.

use axum::response::Response;

use crate::layer::LegalStatus;

use super::super::error::Failure;
use super::super::extract::Visit;
use super::failure::{html, show};
use super::layers::themes;
use super::present;
use super::view::{ComuniPage, HomePage};

/// `/` and `/c/{slug}/`.
pub(super) async fn home(visit: Visit) -> Response {
    let page = if visit.unknown_comune {
        Err(Failure::NotFound("there is no such comune".into()))
    } else if visit.comune.is_some() {
        of_comune(&visit)
    } else {
        of_all(&visit)
    };
    show(&visit, page)
}

fn of_comune(visit: &Visit) -> Result<Response, Failure> {
    html(&HomePage {
        page: present::page(visit, ""),
        themes: themes(visit, &visit.viewer),
        examples: present::examples(visit, 3),
        norms_url: norms_url(visit),
    })
}

/// The address of the norms of the plan in force.
fn norms_url(visit: &Visit) -> Option<String> {
    let comune = visit.comune.as_ref()?;
    let mut plans = visit.catalogue.plans().iter();
    let plan = plans.find(|plan| {
        plan.version.territory_id == comune.id
            && plan.version.status == LegalStatus::InForce
            && !plan.version.articles.is_empty()
    })?;
    Some(format!("{}/norme/{}", visit.prefix, plan.version.plan))
}

fn of_all(visit: &Visit) -> Result<Response, Failure> {
    let mut comuni: Vec<_> = visit
        .catalogue
        .comuni()
        .iter()
        .map(|comune| present::comune(visit, comune))
        .collect();
    comuni.sort_by(|a, b| a.name.cmp(&b.name));
    html(&ComuniPage {
        page: present::page(visit, ""),
        comuni,
    })
}
