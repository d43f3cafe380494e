//! Zoning certificates: the officer's form, and issuing.

use axum::Form;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::access::{Action, PolicyClass, Viewer, authorize};
use crate::app::{CertificateOrder, issue_certificate};
use crate::cadastre::CadastralReference;
use crate::document::{MAX_CERTIFIED, Request};
use crate::layer::parse_day;

use super::super::error::Failure;
use super::super::extract::Visit;
use super::documents::office_failure;
use super::failure::{failure_page, html, show};
use super::present;
use super::print::parcels;
use super::view::CertificatePage;

/// The form of a request; every field may be missing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CertificateForm {
    /// Parcels, one a line.
    particelle: String,
    /// Who asks.
    richiedente: String,
    /// Number of the request in the register.
    protocollo: String,
    /// Day of the request.
    data: String,
    /// `rinvio` for articles by reference.
    norme: String,
}

/// Longest text that a field takes.
const MAX_FIELD: usize = 200;

/// `/cdu`: the form, for officers.
pub(super) async fn form(
    visit: Visit,
    axum::extract::Query(form): axum::extract::Query<CertificateForm>,
) -> Response {
    if let Err(refused) = allowed(&visit) {
        return refused;
    }
    // A link may bring parcels; what else people wrote is personal and in no address.
    let prefilled = CertificateForm {
        particelle: form.particelle,
        ..CertificateForm::default()
    };
    let page = form_page(&visit, &prefilled, None);
    show(&visit, page)
}

fn allowed(visit: &Visit) -> Result<(), Response> {
    authorize(&visit.viewer, Action::Certify, PolicyClass::Staff).map_err(|_| {
        let sentence = visit.lang.text("certificate-officers-only");
        let failure = Failure::NotFound("certificates are issued by officers".into());
        failure_page(visit, &failure, Some(sentence))
    })
}

fn form_page(
    visit: &Visit,
    form: &CertificateForm,
    problem: Option<String>,
) -> Result<Response, Failure> {
    if visit.comune.is_none() {
        return Err(Failure::NotFound("there is no such comune".into()));
    }
    let title = visit.lang.text("certificate-title");
    html(&CertificatePage {
        page: present::page(visit, &title),
        action: format!("{}/cdu", visit.prefix),
        problem,
        parcels: form.particelle.clone(),
        applicant: form.richiedente.clone(),
        number: form.protocollo.clone(),
        date: form.data.clone(),
    })
}

/// `POST /cdu`: issues the certificate and leads to its page.
pub(super) async fn issue(visit: Visit, Form(form): Form<CertificateForm>) -> Response {
    if let Err(refused) = allowed(&visit) {
        return refused;
    }
    let order = match order(&visit, &form) {
        Ok(order) => order,
        Err(problem) => {
            let mut page = form_page(&visit, &form, Some(problem));
            if let Ok(response) = &mut page {
                *response.status_mut() = axum::http::StatusCode::UNPROCESSABLE_ENTITY;
            }
            return show(&visit, page);
        }
    };
    match issue_certificate(&visit.shared.app, order).await {
        Ok(issued) => {
            let url = format!("/verifica/{}", issued.code);
            Redirect::to(&url).into_response()
        }
        Err(error) => {
            let (failure, detail) = office_failure(&visit, error);
            failure_page(&visit, &failure, detail)
        }
    }
}

fn order(visit: &Visit, form: &CertificateForm) -> Result<CertificateOrder, String> {
    let lang = visit.lang;
    let Some(comune) = visit.comune.clone() else {
        return Err(lang.text("certificate-none"));
    };
    let references = parcels(visit, &form.particelle).map_err(|text| {
        let shown: String = text.chars().take(60).collect();
        lang.text_with("print-bad-parcel", &[("value", (&shown).into())])
    })?;
    if references.is_empty() {
        return Err(lang.text("certificate-none"));
    }
    if references.len() > MAX_CERTIFIED {
        let count = references.len();
        return Err(lang.text_with("certificate-too-many", &[("count", count.into())]));
    }
    if let Some(twice) = repeated(&references) {
        let twice = twice.to_string();
        let values = [("reference", (&twice).into())];
        return Err(lang.text_with("certificate-repeated", &values));
    }
    let date = match form.data.trim() {
        "" => None,
        text => Some(parse_day(text).ok_or_else(|| {
            let shown: String = text.chars().take(40).collect();
            lang.text_with("certificate-bad-date", &[("value", (&shown).into())])
        })?),
    };
    let field = |text: &str| {
        let text: String = text.trim().chars().take(MAX_FIELD).collect();
        (!text.is_empty()).then_some(text)
    };
    let number = field(&form.protocollo);
    Ok(CertificateOrder {
        catalogue: visit.catalogue.clone(),
        viewer: visit.viewer.clone(),
        comune,
        references,
        request: (number.is_some() || date.is_some()).then_some(Request { number, date }),
        applicant: field(&form.richiedente),
        issued_by: match &visit.viewer {
            Viewer::Known { name, .. } => name.clone(),
            Viewer::Anonymous => String::new(),
        },
        in_full: form.norme != "rinvio",
        origin: visit.origin.clone(),
    })
}

fn repeated(references: &[CadastralReference]) -> Option<&CadastralReference> {
    references
        .iter()
        .enumerate()
        .find(|(index, reference)| references[..*index].contains(reference))
        .map(|(_, reference)| reference)
}
