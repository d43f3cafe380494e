//! Documents of a parcel: its map as SVG, its extract as PDF.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::app::{OfficeError, PrintOrder, print_parcel};
use crate::cadastre::CadastralReference;
use crate::document::PressError;
use crate::draw::{self, GroundBox, Selection, Sheet, draw, fit, subjects};
use crate::place::Comune;
use crate::snapshot::Catalogue;
use crate::text::NumberFormat;

use super::super::error::Failure;
use super::super::extract::Visit;
use super::super::headers::PRIVATE;
use super::super::times::Times;
use super::failure::failure_page;

/// The times that a document is for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct DocumentQuery {
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    known_at: Option<String>,
}

/// A parcel that a document is about.
struct About {
    catalogue: Arc<Catalogue>,
    comune: Arc<Comune>,
    reference: CadastralReference,
    times: Times,
}

async fn about(
    visit: &Visit,
    names: &HashMap<String, String>,
    query: &DocumentQuery,
) -> Result<About, Failure> {
    let text = names
        .get("reference")
        .map(String::as_str)
        .unwrap_or_default();
    let reference = CadastralReference::from_path_segment(text)?;
    let app = &visit.shared.app;
    let times = Times::of(app, query.date.as_deref(), query.known_at.as_deref())?;
    let catalogue = times.catalogue_of(app, reference.sheet.comune).await?;
    let comune = catalogue
        .comune_by_code(reference.sheet.comune)
        .cloned()
        .ok_or_else(|| Failure::NotFound(format!("there is no parcel {reference}")))?;
    Ok(About {
        catalogue,
        comune,
        reference,
        times,
    })
}

/// Size of a page's map, millimetres.
const MAP_MM: [f64; 2] = [180.0, 120.0];

/// Scales of a page's map.
const SCALES: [u32; 5] = [1000, 2000, 5000, 10_000, 25_000];

/// `/particella/{reference}/mappa.svg`.
pub(super) async fn parcel_map(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Query(query): Query<DocumentQuery>,
) -> Response {
    match parcel_svg(&visit, &names, &query).await {
        Ok(response) => response,
        Err(failure) => failure_page(&visit, &failure, None),
    }
}

/// The layers that a map shows from the start: all at once would hide each other.
fn from_the_start(catalogue: &Catalogue) -> Selection {
    let entries = catalogue.layers().iter();
    let visible = entries.filter(|entry| entry.definition().visible);
    Selection::Ids(visible.map(|entry| entry.definition().id.clone()).collect())
}

async fn parcel_svg(
    visit: &Visit,
    names: &HashMap<String, String>,
    query: &DocumentQuery,
) -> Result<Response, Failure> {
    let about = about(visit, names, query).await?;
    let (app, viewer, lang) = (visit.shared.app.clone(), visit.viewer.clone(), visit.lang);
    let drawn = tokio::task::spawn_blocking(move || {
        let srid = about.comune.storage_srid;
        let asked = std::slice::from_ref(&about.reference);
        let parcels = subjects(&about.catalogue, &viewer, asked, srid)?;
        let ground = parcels
            .iter()
            .fold(GroundBox::EMPTY, |all, parcel| all.union(parcel.ground()));
        let frame = fit(&ground, srid, MAP_MM, &SCALES, 0.5);
        let scale = lang.number(f64::from(frame.scale), 0);
        let description = lang.text_with(
            "print-alt",
            &[
                ("comune", (&about.comune.name).into()),
                ("scale", (&scale).into()),
            ],
        );
        let sheet = Sheet {
            frame,
            layers: from_the_start(&about.catalogue),
            subjects: &parcels,
            lang,
            description,
        };
        draw(&about.catalogue, &viewer, app.fragments(), &sheet)
    });
    let drawing = drawn
        .await
        .map_err(|error| Failure::internal(&error))?
        .map_err(draw_failure)?;
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::VARY, "cookie, accept-language"),
    ];
    Ok((headers, [(header::CACHE_CONTROL, PRIVATE)], drawing.svg).into_response())
}

/// `/particella/{reference}/scheda.pdf`.
pub(super) async fn parcel_pdf(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Query(query): Query<DocumentQuery>,
) -> Response {
    match print(&visit, &names, &query).await {
        Ok(response) => response,
        Err((failure, detail)) => failure_page(&visit, &failure, detail),
    }
}

async fn print(
    visit: &Visit,
    names: &HashMap<String, String>,
    query: &DocumentQuery,
) -> Result<Response, (Failure, Option<String>)> {
    let about = about(visit, names, query)
        .await
        .map_err(|failure| (failure, None))?;
    let segment = about.reference.to_path_segment();
    let name = format!("scheda-{}.pdf", segment.replace(['~', '.'], "-"));
    let page_url = format!(
        "{}{}/particella/{segment}{}",
        visit.origin,
        visit.prefix,
        about.times.parameters('?')
    );
    let order = PrintOrder {
        catalogue: about.catalogue,
        viewer: visit.viewer.clone(),
        lang: visit.lang,
        comune: about.comune,
        date: about.times.as_of.date,
    };
    let pdf = print_parcel(&visit.shared.app, order, about.reference, page_url)
        .await
        .map_err(|error| office_failure(visit, error))?;
    Ok(pdf_response(pdf, &name))
}

/// A PDF to be shown by the browser, under a name.
pub(super) fn pdf_response(pdf: Vec<u8>, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{name}\""),
        ),
    ];
    (headers, [(header::CACHE_CONTROL, PRIVATE)], pdf).into_response()
}

pub(super) fn draw_failure(error: draw::Error) -> Failure {
    match error {
        draw::Error::NoParcel(_) => Failure::NotFound(error.to_string()),
        draw::Error::Frame { .. } | draw::Error::TooMuch { .. } => {
            Failure::BadRequest(error.to_string())
        }
        draw::Error::Crs(_) => Failure::internal(&error),
    }
}

/// A document that did not come about, with a sentence for people.
pub(super) fn office_failure(visit: &Visit, error: OfficeError) -> (Failure, Option<String>) {
    let lang = visit.lang;
    match error {
        OfficeError::Draw(draw::Error::TooMuch { .. }) => {
            let sentence = lang.text("print-too-much");
            (Failure::BadRequest(error.to_string()), Some(sentence))
        }
        OfficeError::Draw(error) => (draw_failure(error), None),
        OfficeError::Gather(crate::document::GatherError::Fact(error)) => (error.into(), None),
        OfficeError::Gather(error) => (Failure::BadRequest(error.to_string()), None),
        OfficeError::Press(PressError::Busy) => {
            let failure = Failure::Unavailable("too many documents are being printed".into());
            (failure, Some(lang.text("print-busy")))
        }
        OfficeError::Issue(error) => {
            tracing::error!(error = ?error, "a certificate could not be kept");
            (
                Failure::Unavailable("the database does not answer".into()),
                None,
            )
        }
        error => (Failure::internal(&error), Some(lang.text("print-failed"))),
    }
}
