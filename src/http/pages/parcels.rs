//! Several parcels: those chosen together, and those in view.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use serde::Deserialize;

use crate::cadastre::CadastralReference;
use crate::fact;
use crate::geo::LonLatBox;
use crate::text::{NumberFormat, Value};

use super::super::error::Failure;
use super::super::extract::Visit;
use super::super::times::Times;
use super::failure::{html, show};
use super::present;
use super::view::{InViewFragment, SelectionFragment, SelectionPage, SelectionView};

/// Parcels that a list of those in view has at most.
const IN_VIEW: usize = 50;

/// Which parcels, and how they are to be shown.
#[derive(Debug, Deserialize)]
pub(super) struct ParcelsQuery {
    /// References, joined by commas.
    #[serde(default)]
    sel: Option<String>,
    /// West, south, east, north in degrees, joined by commas.
    #[serde(default)]
    bbox: Option<String>,
    /// The day that is asked about.
    #[serde(default)]
    date: Option<String>,
    /// `1` asks for the list alone.
    #[serde(default)]
    frammento: Option<String>,
}

/// The references of a list such as `X001_000300.21,X001_000300.22`; what is none is left out.
pub(super) fn references(text: &str) -> Vec<CadastralReference> {
    text.split(',')
        .filter_map(|one| CadastralReference::from_path_segment(one.trim()).ok())
        .take(fact::MAX_CHOSEN)
        .collect()
}

/// `/particelle?sel=` and `/particelle?bbox=`.
pub(super) async fn parcels(
    mut visit: Visit,
    query: Result<Query<ParcelsQuery>, QueryRejection>,
) -> Response {
    let page = page(&mut visit, query).await;
    show(&visit, page)
}

async fn page(
    visit: &mut Visit,
    query: Result<Query<ParcelsQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    if visit.unknown_comune {
        return Err(Failure::NotFound("there is no such comune".into()));
    }
    let Query(query) = query.map_err(|error| Failure::BadRequest(error.body_text()))?;
    let app = &visit.shared.app;
    let times = Times::of(app, query.date.as_deref(), None)?;
    let code = visit
        .comune
        .as_ref()
        .and_then(|comune| comune.codes.first());
    if let Some(code) = code {
        visit.catalogue = times.catalogue_of(app, *code).await?;
    }
    visit.times = Some(times);
    match (&query.sel, &query.bbox) {
        (Some(list), _) => of_selection(visit, list, query.frammento.as_deref() == Some("1")),
        (None, Some(area)) => in_view(visit, area),
        (None, None) => Err(Failure::BadRequest("sel or bbox is missing".into())),
    }
}

fn of_selection(visit: &Visit, list: &str, is_fragment: bool) -> Result<Response, Failure> {
    let references = references(list);
    if references.is_empty() {
        return Err(Failure::BadRequest(
            "sel names no cadastral reference".into(),
        ));
    }
    let selection = selection_view(visit, &references);
    let title = visit.lang.text("selection-title");
    let page = present::page(visit, &title);
    if is_fragment {
        html(&SelectionFragment { page, selection })
    } else {
        html(&SelectionPage { page, selection })
    }
}

/// Parcels chosen together, as templates show them.
pub(super) fn selection_view(visit: &Visit, references: &[CadastralReference]) -> SelectionView {
    let facts = fact::selection(&visit.catalogue, &visit.viewer, references);
    let segments: Vec<String> = facts
        .parcels
        .iter()
        .map(|parcel| parcel.reference.to_path_segment())
        .collect();
    SelectionView {
        parcels: facts
            .parcels
            .iter()
            .map(|parcel| present::parcel(visit, parcel))
            .collect(),
        missing: facts.missing.iter().map(ToString::to_string).collect(),
        area: visit.lang.area_m2(facts.area_m2),
        contiguity: match (facts.parcels.len(), facts.pieces) {
            (0 | 1, _) => None,
            (_, 1) => Some(visit.lang.text("selection-contiguous")),
            (_, pieces) => {
                let count = [("count", Value::from(pieces))];
                Some(visit.lang.text_with("selection-pieces", &count))
            }
        },
        is_contiguous: facts.pieces <= 1,
        bounds: facts
            .parcels
            .iter()
            .map(|parcel| parcel.bounds)
            .reduce(LonLatBox::union)
            .map(|area| area.to_array().map(|v| format!("{v:.7}")).join(","))
            .unwrap_or_default(),
        page_url: format!("{}/particelle?sel={}", visit.prefix, segments.join(",")),
        map_url: format!("{}/mappa?sel={}", visit.prefix, segments.join(",")),
    }
}

fn in_view(visit: &Visit, text: &str) -> Result<Response, Failure> {
    let numbers: Vec<f64> = text
        .split(',')
        .filter_map(|number| number.parse().ok())
        .filter(|number: &f64| number.is_finite())
        .collect();
    let [west, south, east, north] = numbers[..] else {
        return Err(Failure::BadRequest(
            "bbox is not west,south,east,north in degrees".into(),
        ));
    };
    let area = LonLatBox {
        west,
        south,
        east,
        north,
    };
    let (found, total) = fact::parcels_in(&visit.catalogue, &visit.viewer, area, IN_VIEW)?;
    html(&InViewFragment {
        page: present::page(visit, ""),
        parcels: found
            .iter()
            .map(|parcel| present::parcel(visit, parcel))
            .collect(),
        total,
        total_text: visit.lang.count(total as u64),
    })
}
