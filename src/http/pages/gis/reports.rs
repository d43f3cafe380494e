//! `/gis/segnalazioni`: what people reported to be wrong, and what was done about it.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::Value as Json;

use crate::person::{self, Report, ReportError, ReportState};
use crate::text::{Lang, NumberFormat as _};

use super::super::super::error::Failure;
use super::super::super::extract::Visit;
use super::super::failure::{html, show};
use super::super::party::personal;
use super::super::present::{self, localized};
use super::super::view::{CrumbView, ReportLine, StaffReportPage, StaffReportsPage, ToldLayer};
use super::{Staff, connection, crumb, staff, words};

/// Reports that the list shows.
const SHOWN: i64 = 200;

/// Which reports are asked for.
#[derive(Debug, Default, Deserialize)]
pub(in crate::http::pages) struct ListQuery {
    /// `chiuse` for those that are answered.
    #[serde(default)]
    stato: String,
}

/// `GET /gis/segnalazioni`.
pub(in crate::http::pages) async fn list(visit: Visit, Query(query): Query<ListQuery>) -> Response {
    let page = list_page(&visit, &query).await;
    personal(show(&visit, page))
}

async fn list_page(visit: &Visit, query: &ListQuery) -> Result<Response, Failure> {
    let staff = staff(visit)?;
    let answered = query.stato == "chiuse";
    let state = if answered {
        ReportState::Answered
    } else {
        ReportState::Open
    };
    let mut connection = connection(visit).await?;
    let id = staff.comune.id;
    let counts = person::report_counts(&mut connection, id).await?;
    let reports = person::reports(&mut connection, id, state, SHOWN).await?;
    let mut page = present::page(visit, &visit.lang.text("reports-title"));
    page.crumbs = vec![crumb(visit)];
    html(&StaffReportsPage {
        page,
        base: base(visit),
        answered,
        open_count: counts.0,
        answered_count: counts.1,
        reports: reports.iter().map(|report| line(visit, report)).collect(),
    })
}

fn base(visit: &Visit) -> String {
    format!("{}/gis/segnalazioni", visit.prefix)
}

fn line(visit: &Visit, report: &Report) -> ReportLine {
    let lang = visit.lang;
    let layer = report.layer.as_deref();
    let layer = layer.and_then(|id| visit.shared.app.definitions().get(id));
    let prefix = &visit.prefix;
    let (subject, path, map) = match (&report.parcel, report.place) {
        (Some(parcel), _) => {
            let segment = parcel.replace('/', "~");
            (
                parcel.clone(),
                format!("/particella/{segment}"),
                format!("/mappa?sel={segment}"),
            )
        }
        (None, Some((lon, lat))) => (
            lang.position(lon, lat),
            format!("/luogo?lon={lon:.7}&lat={lat:.7}"),
            format!("/mappa?c={lon:.7},{lat:.7},18"),
        ),
        (None, None) => (String::new(), "/".to_owned(), "/mappa".to_owned()),
    };
    ReportLine {
        id: report.id,
        url: format!("{}/{}", base(visit), report.id),
        at: words::moment(lang, report.at),
        subject,
        subject_url: format!("{prefix}{path}"),
        map_url: format!("{prefix}{map}"),
        layer: layer.map(|file| localized(&file.definition.title, lang)),
        text: report.text.clone(),
        contact: report.contact.clone(),
    }
}

/// `GET /gis/segnalazioni/{id}`.
pub(in crate::http::pages) async fn page(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
) -> Response {
    let page = async {
        let staff = staff(&visit)?;
        let report = find(&visit, &staff, &names).await?;
        report_page(&visit, &report, None)
    };
    personal(show(&visit, page.await))
}

async fn find(
    visit: &Visit,
    staff: &Staff,
    names: &HashMap<String, String>,
) -> Result<Report, Failure> {
    let nothing = || Failure::NotFound("there is no such report".into());
    let id = names.get("id").and_then(|id| id.parse().ok());
    let id: i64 = id.ok_or_else(nothing)?;
    let mut connection = connection(visit).await?;
    person::report(&mut connection, staff.comune.id, id)
        .await?
        .ok_or_else(nothing)
}

fn report_page(visit: &Visit, report: &Report, fault: Option<String>) -> Result<Response, Failure> {
    let title = visit.lang.text_with(
        "reports-number",
        &[("number", (&report.id.to_string()).into())],
    );
    let mut page = present::page(visit, &title);
    let list = CrumbView {
        title: visit.lang.text("reports-title"),
        url: base(visit),
    };
    page.crumbs = vec![crumb(visit), list];
    html(&StaffReportPage {
        page,
        report: line(visit, report),
        told: told(visit.lang, report),
        evidence: serde_json::to_string_pretty(&report.evidence).unwrap_or_default(),
        action: format!("{}/{}", base(visit), report.id),
        answer: report.answer.as_ref().map(|answer| {
            let at = words::moment(visit.lang, answer.at);
            (answer.note.clone(), answer.by.clone(), at)
        }),
        fault,
    })
}

/// What the card said, layer by layer, what is contested first; from the evidence, which keeps
/// its shape when the layers change.
fn told(lang: Lang, report: &Report) -> Vec<ToldLayer> {
    let text = |json: &Json| json[lang.code()].as_str().unwrap_or_default().to_owned();
    let layers = report.evidence["layers"].as_array();
    let mut told: Vec<ToldLayer> = layers
        .into_iter()
        .flatten()
        .map(|layer| ToldLayer {
            title: text(&layer["title"]),
            status: lang.text(match layer["status"].as_str() {
                Some("hit") => "status-hit",
                Some("clear") => "status-clear",
                Some("no_data") => "reports-no-data",
                _ => "reports-fault",
            }),
            pieces: match layer["pieces"].as_array() {
                Some(pieces) => pieces
                    .iter()
                    .map(|piece| piece_words(lang, piece))
                    .collect(),
                None => layer["keys"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|key| key.as_str().map(str::to_owned))
                    .collect(),
            },
            version: layer["evidence"][0]["version"]
                .as_i64()
                .map(|version| version.to_string()),
            contested: report.layer.is_some() && layer["layer"].as_str() == report.layer.as_deref(),
        })
        .collect();
    told.sort_by_key(|layer| !layer.contested);
    told
}

/// A piece as the card named it: its values, its share, its area.
fn piece_words(lang: Lang, piece: &Json) -> String {
    let values = piece["attributes"].as_array();
    let mut parts: Vec<String> = values
        .into_iter()
        .flatten()
        .take(3)
        .map(|attribute| {
            let meaning = attribute["meaning"][lang.code()].as_str();
            let value = &attribute["value"];
            match (meaning, value.as_str()) {
                (Some(text), _) | (None, Some(text)) => text.to_owned(),
                (None, None) => value.to_string(),
            }
        })
        .collect();
    if parts.is_empty() {
        parts.extend(piece["key"].as_str().map(str::to_owned));
    }
    if let Some(percent) = piece["percent"].as_f64() {
        parts.push(lang.percent(percent / 100.0));
    }
    if let Some(area) = piece["area_m2"].as_f64() {
        parts.push(lang.area_m2(area));
    }
    parts.join(" · ")
}

/// What the staff did.
#[derive(Debug, Default, Deserialize)]
pub(in crate::http::pages) struct AnswerForm {
    #[serde(default)]
    nota: String,
}

/// `POST /gis/segnalazioni/{id}`: closes a report with what was done.
pub(in crate::http::pages) async fn close(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Form(form): Form<AnswerForm>,
) -> Response {
    let page = async {
        let staff = staff(&visit)?;
        let report = find(&visit, &staff, &names).await?;
        let mut connection = connection(&visit).await?;
        let id = staff.comune.id;
        let name = &staff.name;
        match person::answer_report(&mut connection, id, report.id, &form.nota, name).await {
            Ok(()) => {
                let url = format!("{}/{}", base(&visit), report.id);
                Ok(Redirect::to(&url).into_response())
            }
            // Somebody else was faster: what they did is shown.
            Err(ReportError::NotAnswered(_)) if report.answer.is_some() => {
                let fault = visit.lang.text("reports-already");
                report_page(&visit, &report, Some(fault))
            }
            Err(ReportError::NotAnswered(_)) => {
                let fault = visit.lang.text("reports-note-missing");
                report_page(&visit, &report, Some(fault))
            }
            Err(error) => Err(error.into()),
        }
    };
    personal(show(&visit, page.await))
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Database(error) => crate::gis::Error::from(error).into(),
            other => Self::BadRequest(other.to_string()),
        }
    }
}
