//! Verification of certificates: by their code, for whoever has one.

use axum::extract::{Multipart, Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt::Write as _;

use crate::access::{Action, PolicyClass, Viewer, authorize};
use crate::app::{Comparison, compare};
use crate::document::{
    self, CertifiedParcel, FileKind, IssuedCertificate, VerificationCode, add_signed, sha256,
};
use crate::layer::legal_day;
use crate::text::{DateFormat, Lang, NumberFormat};

use super::super::error::Failure;
use super::super::extract::Visit;
use super::documents::pdf_response;
use super::failure::{failure_page, html, show};
use super::present;
use super::view::{ChangeView, FileView, VerifyFormPage, VerifyPage};

/// What the form of a code brings.
#[derive(Debug, Default, Deserialize)]
pub(super) struct CodeQuery {
    #[serde(default)]
    codice: String,
}

/// `/verifica`: the form, or the way to the page of a code.
pub(super) async fn form(visit: Visit, Query(query): Query<CodeQuery>) -> Response {
    let text = query.codice.trim();
    let problem = if text.is_empty() {
        None
    } else {
        match text.parse::<VerificationCode>() {
            Ok(code) => return Redirect::to(&format!("/verifica/{code}")).into_response(),
            Err(error) => {
                let values = [("text", (&error.text).into())];
                Some(visit.lang.text_with("verify-bad-code", &values))
            }
        }
    };
    let title = visit.lang.text("verify-title");
    let page = html(&VerifyFormPage {
        page: present::page(&visit, &title),
        code: text.chars().take(40).collect(),
        problem,
    });
    show(&visit, page)
}

/// `/verifica/{code}`.
pub(super) async fn page(visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    match found(&visit, &names).await {
        Ok(issued) => shown(&visit, &issued, None).await,
        Err((failure, detail)) => failure_page(&visit, &failure, detail),
    }
}

/// `/verifica/{code}/certificato.json`.
pub(super) async fn data(visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    match found(&visit, &names).await {
        Ok(issued) => {
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "private, no-cache"),
            ];
            (headers, issued.json).into_response()
        }
        Err((failure, detail)) => failure_page(&visit, &failure, detail),
    }
}

/// `/verifica/{code}/bozza.pdf`, for officers: the printed draft names who asked.
pub(super) async fn draft(visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    let pdf = async {
        let issued = found(&visit, &names).await?;
        if !may_certify(&visit) {
            return Err((Failure::NotFound("there is nothing here".into()), None));
        }
        let pool = &visit.shared.app.databases().writer;
        let unavailable = |error: &dyn std::fmt::Debug| (away(error), None);
        let mut connection = pool.acquire().await.map_err(|error| unavailable(&error))?;
        let pdf = document::draft(&mut connection, issued.id)
            .await
            .map_err(|error| unavailable(&error))?;
        let pdf = pdf.ok_or_else(|| (Failure::NotFound("there is no draft".into()), None))?;
        Ok((issued, pdf))
    };
    match pdf.await {
        Ok((issued, pdf)) => pdf_response(pdf, &format!("cdu-{}.pdf", issued.content.code)),
        Err((failure, detail)) => failure_page(&visit, &failure, detail),
    }
}

/// `POST /verifica/{code}`: compares a file with those of the certificate.
pub(super) async fn check(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    form: Multipart,
) -> Response {
    let issued = match found(&visit, &names).await {
        Ok(issued) => issued,
        Err((failure, detail)) => return failure_page(&visit, &failure, detail),
    };
    let said = match file_of(form).await {
        Ok(Some(bytes)) => {
            let hash = sha256(&bytes);
            match issued.file(&hash).map(|file| file.kind) {
                Some(FileKind::Draft) => (true, visit.lang.text("verify-match-draft")),
                Some(FileKind::Signed) => (true, visit.lang.text("verify-match-signed")),
                None => {
                    let hash = hex(&hash);
                    let values = [("hash", (&hash).into())];
                    (false, visit.lang.text_with("verify-no-match", &values))
                }
            }
        }
        Ok(None) => (false, visit.lang.text("verify-no-file")),
        Err(failure) => return failure_page(&visit, &failure, None),
    };
    shown(&visit, &issued, Some(said)).await
}

/// `POST /verifica/{code}/firmato`, for officers: notes the signed file.
pub(super) async fn register(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    form: Multipart,
) -> Response {
    let issued = match found(&visit, &names).await {
        Ok(issued) => issued,
        Err((failure, detail)) => return failure_page(&visit, &failure, detail),
    };
    let Viewer::Known { name, .. } = &visit.viewer else {
        return failure_page(&visit, &Failure::NotFound(String::new()), None);
    };
    if !may_certify(&visit) {
        return failure_page(&visit, &Failure::NotFound(String::new()), None);
    }
    let bytes = match file_of(form).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            let said = (false, visit.lang.text("verify-no-file"));
            return shown(&visit, &issued, Some(said)).await;
        }
        Err(failure) => return failure_page(&visit, &failure, None),
    };
    let app = &visit.shared.app;
    let added = add_signed(&app.databases().writer, issued.id, &bytes, app.now(), name).await;
    if let Err(error) = added {
        return failure_page(&visit, &away(&error), None);
    }
    match found(&visit, &names).await {
        Ok(issued) => {
            let said = (true, visit.lang.text("verify-registered"));
            shown(&visit, &issued, Some(said)).await
        }
        Err((failure, detail)) => failure_page(&visit, &failure, detail),
    }
}

fn may_certify(visit: &Visit) -> bool {
    authorize(&visit.viewer, Action::Certify, PolicyClass::Staff).is_ok()
}

fn away(error: &dyn std::fmt::Debug) -> Failure {
    tracing::warn!(error = ?error, "a certificate could not be looked up");
    Failure::Unavailable("the database does not answer".into())
}

/// The first file of a form, whole; none when there is none, or an empty one.
async fn file_of(mut form: Multipart) -> Result<Option<Vec<u8>>, Failure> {
    let bad = |error: axum::extract::multipart::MultipartError| {
        Failure::BadRequest(format!("the file cannot be read: {error}"))
    };
    while let Some(field) = form.next_field().await.map_err(bad)? {
        if field.name() == Some("file") {
            let bytes = field.bytes().await.map_err(bad)?;
            return Ok((!bytes.is_empty()).then(|| bytes.to_vec()));
        }
    }
    Ok(None)
}

async fn found(
    visit: &Visit,
    names: &HashMap<String, String>,
) -> Result<IssuedCertificate, (Failure, Option<String>)> {
    let text = names.get("code").map(String::as_str).unwrap_or_default();
    let unknown = || {
        let failure = Failure::NotFound("no certificate has this code".into());
        (failure, Some(visit.lang.text("verify-unknown")))
    };
    let code: VerificationCode = text.parse().map_err(|_| unknown())?;
    let pool = &visit.shared.app.databases().writer;
    let mut connection = pool.acquire().await.map_err(|error| (away(&error), None))?;
    document::find(&mut connection, &code)
        .await
        .map_err(|error| (away(&error), None))?
        .ok_or_else(unknown)
}

async fn shown(
    visit: &Visit,
    issued: &IssuedCertificate,
    said: Option<(bool, String)>,
) -> Response {
    let page = verify_page(visit, issued, said).await;
    show(visit, page)
}

async fn verify_page(
    visit: &Visit,
    issued: &IssuedCertificate,
    said: Option<(bool, String)>,
) -> Result<Response, Failure> {
    let lang = visit.lang;
    let app = &visit.shared.app;
    let content = &issued.content;
    let until = lang.date(content.valid_until);
    let is_in_time = issued.is_in_time(app.today());
    let state_key = if is_in_time {
        "verify-valid"
    } else {
        "verify-expired"
    };
    let (comparison, changes) = match compare(app, issued).await {
        Ok(Comparison::Same) => ("verify-same", Vec::new()),
        Ok(Comparison::Newer) => ("verify-newer", Vec::new()),
        Ok(Comparison::Changed(changes)) => ("verify-changed", changes),
        Err(error) => {
            tracing::warn!(error = ?error, "a certificate could not be compared");
            ("verify-not-compared", Vec::new())
        }
    };
    let is_changed = comparison == "verify-changed";
    let is_signed = issued
        .files
        .iter()
        .any(|file| file.kind == FileKind::Signed);
    let may_certify = may_certify(visit);
    let title = lang.text("verify-title");
    let code = content.code.clone();
    html(&VerifyPage {
        page: present::page(visit, &title),
        base: format!("/verifica/{code}"),
        state: lang.text_with(state_key, &[("date", (&until).into())]),
        is_good: is_in_time && !is_changed,
        comparison: lang.text(comparison),
        is_changed,
        changes: changes
            .iter()
            .map(|change| change_view(lang, change))
            .collect(),
        comune: content.comune.name.clone(),
        issued: lang.date(legal_day(content.issued_at)),
        until,
        parcels: content.parcels.iter().map(parcel_text).collect(),
        files: issued
            .files
            .iter()
            .map(|file| FileView {
                kind: lang.text(match file.kind {
                    FileKind::Draft => "verify-draft",
                    FileKind::Signed => "verify-signed",
                }),
                hash: hex(&file.sha256),
                date: lang.date(legal_day(file.added_at)),
            })
            .collect(),
        is_signed,
        said,
        may_certify,
        code,
    })
}

fn parcel_text(parcel: &CertifiedParcel) -> String {
    format!("{}/{} ({})", parcel.foglio, parcel.number, parcel.reference)
}

fn change_view(lang: Lang, change: &crate::app::Change) -> ChangeView {
    let told = |pieces: &[(String, i64)]| {
        if pieces.is_empty() {
            return lang.text("verify-nothing");
        }
        let texts: Vec<String> = pieces
            .iter()
            .map(|(code, area)| format!("{code}: {} m²", lang.number(*area as f64, 0)))
            .collect();
        texts.join("; ")
    };
    ChangeView {
        parcel: change.reference.clone(),
        layer: change
            .layer
            .clone()
            .unwrap_or_else(|| lang.text("certificate-parcels")),
        then: told(&change.then),
        now: told(&change.now),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
