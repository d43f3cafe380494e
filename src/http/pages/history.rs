//! A parcel through time: what it was made from, what it became, and the plans it lay under.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::Response;

use crate::cadastre::CadastralReference;
use crate::fact;
use crate::layer::{self, LayerRole, LegalStatus, LineageKind, LineageStep};
use crate::place::Comune;
use crate::text::DateFormat as _;

use super::super::error::Failure;
use super::super::extract::Visit;
use super::failure::{html, show};
use super::present;
use super::view::{HistoryPage, HistoryPlanView, HistoryStepView, LinkView};

/// `/particella/{reference}/storia`.
pub(super) async fn history(
    mut visit: Visit,
    Path(names): Path<HashMap<String, String>>,
) -> Response {
    let page = page(&mut visit, &names).await;
    show(&visit, page)
}

async fn page(visit: &mut Visit, names: &HashMap<String, String>) -> Result<Response, Failure> {
    let text = names.get("reference").map(String::as_str);
    let reference = CadastralReference::from_path_segment(text.unwrap_or_default())?;
    let comune = visit
        .catalogue
        .comune_by_code(reference.sheet.comune)
        .cloned()
        .ok_or_else(|| fact::Error::NoCadastre(reference.clone()))?;
    if visit.comune.is_none() && !visit.unknown_comune {
        visit.comune = Some(comune.clone());
    }
    let current = fact::parcel(&visit.catalogue, &visit.viewer, &reference);
    let steps = steps(visit, &comune, &reference).await?;
    // What neither the cadastre in force nor an earlier one knows has no history.
    if let (Err(error), true) = (&current, steps.is_empty()) {
        let detail = error.to_string();
        return Err(Failure::NotFound(detail));
    }
    let title = visit.lang.text("history-title");
    let segment = reference.to_path_segment();
    html(&HistoryPage {
        reference: reference.to_string(),
        parcel_url: current
            .is_ok()
            .then(|| format!("{}/particella/{segment}", visit.prefix)),
        steps: steps
            .iter()
            .map(|step| step_view(visit, &reference, step))
            .collect(),
        plans: plans(visit, &comune, &segment),
        page: present::page(visit, &title),
    })
}

/// The steps of a parcel's lineage, as they were found when cadastres were loaded.
pub(super) async fn steps(
    visit: &Visit,
    comune: &Comune,
    reference: &CadastralReference,
) -> Result<Vec<LineageStep>, Failure> {
    let Some(entry) = visit.catalogue.layer_with_role(LayerRole::Parcel) else {
        return Ok(Vec::new());
    };
    let id = &entry.definition().id;
    let reader = &visit.shared.app.databases().reader;
    let read = async {
        let mut connection = reader.acquire().await?;
        layer::lineage_of(&mut connection, id, comune.id, &reference.to_string()).await
    };
    read.await.map_err(|error| {
        tracing::warn!(error = ?error, "a lineage could not be read");
        Failure::Unavailable("the database does not answer".into())
    })
}

/// The parcels that one became, last step first; none while it is in the cadastre.
pub(super) fn successors(
    reference: &CadastralReference,
    steps: &[LineageStep],
) -> Vec<CadastralReference> {
    let key = reference.to_string();
    let newest = steps.iter().map(|step| step.new_version).max();
    steps
        .iter()
        .filter(|step| Some(step.new_version) == newest)
        .filter(|step| step.lineage.predecessor.as_deref() == Some(&key))
        .filter_map(|step| step.lineage.successor.as_ref()?.parse().ok())
        .filter(|successor| successor != reference)
        .collect()
}

fn step_view(visit: &Visit, reference: &CadastralReference, step: &LineageStep) -> HistoryStepView {
    let key = reference.to_string();
    let link = |other: &Option<String>| {
        other
            .as_ref()
            .filter(|other| **other != key)
            .map(|other| LinkView {
                url: format!("{}/particella/{}", visit.prefix, other.replace('/', "~")),
                name: other.clone(),
            })
    };
    let words = match step.lineage.kind {
        LineageKind::Split => "history-split",
        LineageKind::Merge => "history-merge",
        LineageKind::Rearrangement => "history-rearrangement",
        LineageKind::Renumbering => "history-renumbering",
        LineageKind::BoundaryChange => "history-boundary",
        LineageKind::Created => "history-created",
        LineageKind::Suppressed => "history-suppressed",
    };
    HistoryStepView {
        day: visit.lang.date(layer::legal_day(step.at)),
        words: visit.lang.text(words),
        from: link(&step.lineage.predecessor),
        to: link(&step.lineage.successor),
        versions: format!("{} → {}", step.old_version, step.new_version),
    }
}

fn plans(visit: &Visit, comune: &Comune, segment: &str) -> Vec<HistoryPlanView> {
    let lang = visit.lang;
    let plans = visit.catalogue.plans().iter();
    plans
        .filter(|plan| plan.version.territory_id == comune.id)
        .map(|plan| {
            let version = &plan.version;
            let dates = &version.dates;
            let day = match version.status {
                LegalStatus::Adopted => dates.adopted_from,
                _ => dates.in_force_from.or(dates.adopted_from),
            };
            HistoryPlanView {
                plan: version.plan_title.clone(),
                title: version.title.clone(),
                status: lang.text(match version.status {
                    LegalStatus::Draft => "plan-status-draft",
                    LegalStatus::Adopted => "plan-status-adopted",
                    LegalStatus::InForce => "plan-status-in-force",
                    LegalStatus::Replaced => "plan-status-replaced",
                    LegalStatus::Withdrawn => "plan-status-withdrawn",
                }),
                from: day.map(|day| lang.date(day)),
                url: day.map(|day| format!("{}/particella/{segment}?date={day}", visit.prefix)),
            }
        })
        .collect()
}
