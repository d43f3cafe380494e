//! "This is wrong": the form about a parcel or a place, and its receipt.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::cadastre::CadastralReference;
use crate::fact;
use crate::person::{self, NewReport, ReportError};
use crate::text::NumberFormat as _;

use super::super::api::{evidence_of, evidence_of_place};
use super::super::error::Failure;
use super::super::extract::Visit;
use super::facts;
use super::failure::{html, show};
use super::present;
use super::present::localized;
use super::view::{LayerChoiceView, ReportPage};

/// What the address of the form says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ReportQuery {
    /// Layer that is chosen already.
    #[serde(default)]
    layer: String,
    /// Place that was clicked, degrees.
    #[serde(default)]
    lon: Option<f64>,
    #[serde(default)]
    lat: Option<f64>,
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
    #[serde(default)]
    lon: Option<f64>,
    #[serde(default)]
    lat: Option<f64>,
}

/// What a report is about.
enum About {
    /// A parcel, and the place in it that was clicked.
    Parcel(CadastralReference, Option<(f64, f64)>),
    /// A place, longitude and latitude in degrees.
    Place(f64, f64),
}

impl About {
    /// The address of the form, without the prefix of the comune.
    fn path(&self) -> String {
        match self {
            Self::Parcel(reference, _) => {
                format!("/particella/{}/segnala", reference.to_path_segment())
            }
            Self::Place(lon, lat) => format!("/luogo/segnala?lon={lon:.7}&lat={lat:.7}"),
        }
    }

    fn place(&self) -> Option<(f64, f64)> {
        match self {
            Self::Parcel(_, place) => *place,
            Self::Place(lon, lat) => Some((*lon, *lat)),
        }
    }
}

/// `/particella/{reference}/segnala`: the form, or the receipt.
pub(super) async fn form(
    mut visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Query(query): Query<ReportQuery>,
) -> Response {
    let about = of_parcel(&mut visit, &names, query.lon.zip(query.lat));
    let page = about.and_then(|(about, _)| first_page(&visit, &about, query));
    show(&visit, page)
}

/// `/luogo/segnala?lon&lat`: the same about a place.
pub(super) async fn place_form(mut visit: Visit, Query(query): Query<ReportQuery>) -> Response {
    let about = of_place(&mut visit, query.lon.zip(query.lat));
    let page = about.and_then(|(about, ..)| first_page(&visit, &about, query));
    show(&visit, page)
}

fn first_page(visit: &Visit, about: &About, query: ReportQuery) -> Result<Response, Failure> {
    let filled = ReportForm {
        layer: query.layer,
        ..ReportForm::default()
    };
    form_page(visit, about, filled, query.inviata, None)
}

/// Keeps what the form sends, with the facts of this moment as its evidence.
pub(super) async fn send(
    mut visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Form(form): Form<ReportForm>,
) -> Response {
    let page = async {
        let (about, comune) = of_parcel(&mut visit, &names, form.lon.zip(form.lat))?;
        let About::Parcel(reference, _) = &about else {
            return Err(Failure::Internal);
        };
        let facts = facts::of_parcel(&visit, reference).await?;
        let evidence = evidence_of(&facts, &visit.catalogue);
        keep(&visit, &about, comune, form, evidence).await
    };
    let page = page.await;
    show(&visit, page)
}

/// The same about a place.
pub(super) async fn place_send(
    mut visit: Visit,
    Query(query): Query<ReportQuery>,
    Form(form): Form<ReportForm>,
) -> Response {
    let page = async {
        let (about, comune, facts) = of_place(&mut visit, query.lon.zip(query.lat))?;
        let evidence = evidence_of_place(&facts, &visit.catalogue);
        keep(&visit, &about, comune, form, evidence).await
    };
    let page = page.await;
    show(&visit, page)
}

async fn keep(
    visit: &Visit,
    about: &About,
    territory_id: i64,
    form: ReportForm,
    evidence: serde_json::Value,
) -> Result<Response, Failure> {
    let report = NewReport {
        territory_id,
        parcel: match about {
            About::Parcel(reference, _) => Some(reference.to_string()),
            About::Place(..) => None,
        },
        place: about.place(),
        layer: Some(form.layer.clone()).filter(|layer| visit.catalogue.layer(layer).is_some()),
        text: form.testo.clone(),
        contact: Some(form.recapito.clone()),
        evidence,
    };
    let pool = &visit.shared.app.databases().writer;
    let kept = async {
        let mut connection = pool.acquire().await?;
        person::add_report(&mut connection, report).await
    };
    match kept.await {
        // A reload of the receipt sends nothing again.
        Ok(id) => {
            let path = about.path();
            let mark = if path.contains('?') { '&' } else { '?' };
            let receipt = format!("{}{path}{mark}inviata={id}", visit.prefix);
            Ok(Redirect::to(&receipt).into_response())
        }
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
            form_page(visit, about, form, None, Some(visit.lang.text(key)))
        }
    }
}

/// The parcel that an address names, and the number of its comune.
fn of_parcel(
    visit: &mut Visit,
    names: &HashMap<String, String>,
    place: Option<(f64, f64)>,
) -> Result<(About, i64), Failure> {
    let text = names.get("reference").map(String::as_str);
    let reference = CadastralReference::from_path_segment(text.unwrap_or_default())?;
    let parcel = fact::parcel(&visit.catalogue, &visit.viewer, &reference)?;
    let id = parcel.comune.id;
    if visit.comune.is_none() && !visit.unknown_comune {
        visit.comune = Some(parcel.comune);
    }
    let place = place.filter(|(lon, lat)| lon.abs() <= 180.0 && lat.abs() <= 90.0);
    Ok((About::Parcel(reference, place), id))
}

/// The place that an address names, the number of its comune, and what is true there.
fn of_place(
    visit: &mut Visit,
    place: Option<(f64, f64)>,
) -> Result<(About, i64, fact::PlaceFacts), Failure> {
    let (lon, lat) =
        place.ok_or_else(|| Failure::BadRequest("lon and lat of the place are missing".into()))?;
    let facts = fact::at_point(&visit.catalogue, &visit.viewer, lon, lat)?;
    let comune = facts
        .comune
        .clone()
        .ok_or_else(|| Failure::NotFound("the place lies in none of the comuni".into()))?;
    let id = comune.id;
    if visit.comune.is_none() && !visit.unknown_comune {
        visit.comune = Some(comune);
    }
    Ok((About::Place(lon, lat), id, facts))
}

fn form_page(
    visit: &Visit,
    about: &About,
    filled: ReportForm,
    sent: Option<i64>,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let title = visit.lang.text("report-title");
    let (subject, path) = match about {
        About::Parcel(reference, _) => (
            reference.to_string(),
            format!("/particella/{}", reference.to_path_segment()),
        ),
        About::Place(lon, lat) => (
            visit.lang.position(*lon, *lat),
            format!("/luogo?lon={lon:.7}&lat={lat:.7}"),
        ),
    };
    html(&ReportPage {
        page: present::page(visit, &title),
        subject,
        subject_url: format!("{}{path}", visit.prefix),
        action: format!("{}{}", visit.prefix, about.path()),
        place: about
            .place()
            .map(|(lon, lat)| (format!("{lon:.7}"), format!("{lat:.7}"))),
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
