//! "This is wrong": the form, its receipt, and the list of the staff.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::access::{Role, Viewer};
use crate::cadastre::CadastralReference;
use crate::fact;
use crate::person::{self, NewReport, Report, ReportError};
use crate::place::Comune;
use crate::text::DateFormat as _;

use super::super::error::Failure;
use super::super::extract::Visit;
use super::facts;
use super::failure::{html, show};
use super::present;
use super::present::localized;
use super::view::{LayerChoiceView, ReportPage, ReportView, ReportsPage};

/// Reports that the list shows.
const SHOWN: i64 = 200;

/// What the address of the form says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ReportQuery {
    /// Layer that is chosen already.
    #[serde(default)]
    layer: String,
    /// Number of the report that was just sent.
    #[serde(default)]
    inviata: Option<i64>,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ReportForm {
    #[serde(default)]
    layer: String,
    #[serde(default)]
    testo: String,
    #[serde(default)]
    recapito: String,
}

/// `/particella/{reference}/segnala`: the form, or the receipt.
pub(super) async fn form(
    mut visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Query(query): Query<ReportQuery>,
) -> Response {
    let page = async {
        let (reference, _) = parcel_of(&mut visit, &names)?;
        let filled = ReportForm {
            layer: query.layer,
            ..ReportForm::default()
        };
        form_page(&visit, &reference, filled, query.inviata, None)
    };
    let page = page.await;
    show(&visit, page)
}

/// Keeps what the form sends, with the facts of this moment as its evidence.
pub(super) async fn send(
    mut visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Form(form): Form<ReportForm>,
) -> Response {
    let page = keep(&mut visit, &names, form).await;
    show(&visit, page)
}

async fn keep(
    visit: &mut Visit,
    names: &HashMap<String, String>,
    form: ReportForm,
) -> Result<Response, Failure> {
    let (reference, comune) = parcel_of(visit, names)?;
    let facts = facts::of_parcel(visit, &reference).await?;
    let report = NewReport {
        territory_id: comune,
        parcel: reference.to_string(),
        layer: Some(form.layer.clone()).filter(|layer| visit.catalogue.layer(layer).is_some()),
        text: form.testo.clone(),
        contact: Some(form.recapito.clone()),
        evidence: super::super::api::evidence_of(&facts, &visit.catalogue),
    };
    let pool = &visit.shared.app.databases().writer;
    let kept = async {
        let mut connection = pool.acquire().await?;
        person::add_report(&mut connection, report).await
    };
    match kept.await {
        // A reload of the receipt sends nothing again.
        Ok(id) => Ok(Redirect::to(&format!(
            "{}/particella/{}/segnala?inviata={id}",
            visit.prefix,
            reference.to_path_segment()
        ))
        .into_response()),
        Err(ReportError::Database(error)) => {
            tracing::warn!(error = ?error, "a report could not be kept");
            Err(Failure::Unavailable("the database does not answer".into()))
        }
        Err(error) => {
            let key = match error {
                ReportError::Empty => "report-empty",
                ReportError::TooLong(_) | ReportError::LongContact(_) => "report-too-long",
                _ => "report-too-many",
            };
            form_page(visit, &reference, form, None, Some(visit.lang.text(key)))
        }
    }
}

/// The parcel that an address names, and the number of its comune.
fn parcel_of(
    visit: &mut Visit,
    names: &HashMap<String, String>,
) -> Result<(CadastralReference, i64), Failure> {
    let text = names.get("reference").map(String::as_str);
    let reference = CadastralReference::from_path_segment(text.unwrap_or_default())?;
    let parcel = fact::parcel(&visit.catalogue, &visit.viewer, &reference)?;
    let id = parcel.comune.id;
    if visit.comune.is_none() && !visit.unknown_comune {
        visit.comune = Some(parcel.comune);
    }
    Ok((reference, id))
}

fn form_page(
    visit: &Visit,
    reference: &CadastralReference,
    filled: ReportForm,
    sent: Option<i64>,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let title = visit.lang.text("report-title");
    let segment = reference.to_path_segment();
    html(&ReportPage {
        page: present::page(visit, &title),
        reference: reference.to_string(),
        parcel_url: format!("{}/particella/{segment}", visit.prefix),
        action: format!("{}/particella/{segment}/segnala", visit.prefix),
        layers: visit
            .catalogue
            .layers()
            .iter()
            .filter(|entry| entry.definition().facts)
            .map(|entry| LayerChoiceView {
                id: entry.definition().id.clone(),
                title: localized(&entry.definition().title, visit.lang),
                chosen: entry.definition().id == filled.layer,
            })
            .collect(),
        text: filled.testo,
        contact: filled.recapito,
        sent,
        fault,
    })
}

/// `/segnalazioni`: what people reported, for the staff.
pub(super) async fn list(visit: Visit) -> Response {
    let page = list_page(&visit).await;
    show(&visit, page)
}

async fn list_page(visit: &Visit) -> Result<Response, Failure> {
    let (comune, _) = staff(visit)?;
    let pool = &visit.shared.app.databases().writer;
    let read = async {
        let mut connection = pool.acquire().await?;
        person::reports(&mut connection, comune.id, SHOWN).await
    };
    let reports = read.await.map_err(|error| {
        tracing::warn!(error = ?error, "reports could not be read");
        Failure::Unavailable("the database does not answer".into())
    })?;
    let title = visit.lang.text("reports-title");
    html(&ReportsPage {
        page: present::page(visit, &title),
        reports: reports
            .into_iter()
            .map(|report| row(visit, report))
            .collect(),
    })
}

fn row(visit: &Visit, report: Report) -> ReportView {
    let lang = visit.lang;
    let layer = report
        .layer
        .as_deref()
        .and_then(|id| visit.catalogue.layer(id));
    let parcel = report.parcel.unwrap_or_default();
    let segment = parcel.replace('/', "~");
    ReportView {
        id: report.id,
        day: lang.date(crate::layer::legal_day(report.at)),
        parcel_url: format!("{}/particella/{segment}", visit.prefix),
        parcel,
        layer: layer.map(|entry| localized(&entry.definition().title, lang)),
        text: report.text,
        contact: report.contact,
        evidence: serde_json::to_string_pretty(&report.evidence).unwrap_or_default(),
        action: format!("{}/segnalazioni/{}", visit.prefix, report.id),
        answer: report.answer.map(|(note, by)| format!("{note} ({by})")),
    }
}

/// What the staff did.
#[derive(Debug, Default, Deserialize)]
pub(super) struct AnswerForm {
    #[serde(default)]
    nota: String,
}

/// Closes a report with what was done.
pub(super) async fn close(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Form(form): Form<AnswerForm>,
) -> Response {
    let page = close_one(&visit, &names, &form).await;
    show(&visit, page)
}

async fn close_one(
    visit: &Visit,
    names: &HashMap<String, String>,
    form: &AnswerForm,
) -> Result<Response, Failure> {
    let (comune, name) = staff(visit)?;
    let id = names
        .get("id")
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| Failure::NotFound("there is no such report".into()))?;
    let pool = &visit.shared.app.databases().writer;
    let answered = async {
        let mut connection = pool.acquire().await?;
        person::answer_report(&mut connection, comune.id, id, &form.nota, &name).await
    };
    match answered.await {
        Ok(()) => Ok(Redirect::to(&format!("{}/segnalazioni", visit.prefix)).into_response()),
        Err(ReportError::Database(error)) => {
            tracing::warn!(error = ?error, "a report could not be answered");
            Err(Failure::Unavailable("the database does not answer".into()))
        }
        Err(error) => Err(Failure::BadRequest(error.to_string())),
    }
}

/// The comune and the name of the staff who asks; for anybody else there is nothing here.
fn staff(visit: &Visit) -> Result<(std::sync::Arc<Comune>, String), Failure> {
    let nothing = || Failure::NotFound("there is nothing here".into());
    match &visit.viewer {
        Viewer::Known {
            name,
            role: Role::GisClerk | Role::Officer,
            acting: None,
            ..
        } => Ok((visit.comune.clone().ok_or_else(nothing)?, name.clone())),
        _ => Err(nothing()),
    }
}
