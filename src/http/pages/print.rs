//! Prints of the map to scale: a form, and the PDF.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::Response;
use serde::Deserialize;

use crate::access::{Action, authorize};
use crate::app::{PrintOrder, print_map};
use crate::cadastre::{CadastralReference, ParcelQuery};
use crate::crs::{LON_LAT, with_transformation};
use crate::document::Paper;
use crate::draw::{Frame, GroundBox, SCALES, Selection, Subject, fit, subjects};
use crate::fact;
use crate::text::NumberFormat;

use super::super::error::Failure;
use super::super::extract::Visit;
use super::super::times::Times;
use super::documents::{draw_failure, office_failure, pdf_response};
use super::failure::{failure_page, html, show};
use super::present;
use super::view::{ChoiceView, PrintPage};

/// What a print is to show, as in the form; every field may be missing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PrintQuery {
    /// Word of the paper.
    foglio: String,
    /// Denominator of the scale; empty for the largest at which the parcels fit.
    scala: String,
    /// Longitude and latitude of the middle.
    centro: String,
    /// Parcels, one a line or parted by commas.
    particelle: String,
    /// Ids of layers, parted by commas; empty for all.
    livelli: String,
    /// Title.
    titolo: String,
    date: Option<String>,
    known_at: Option<String>,
}

/// Denominators that may be asked for.
const SCALE_RANGE: std::ops::RangeInclusive<u32> = 100..=50_000;

/// Parcels that a print outlines, at most.
const MAX_PARCELS: usize = 200;

/// `/stampa`: the form.
pub(super) async fn form(
    visit: Visit,
    query: Result<Query<PrintQuery>, QueryRejection>,
) -> Response {
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let page = form_page(&visit, &query);
    show(&visit, page)
}

fn form_page(visit: &Visit, query: &PrintQuery) -> Result<Response, Failure> {
    if visit.comune.is_none() {
        return Err(Failure::NotFound("there is no such comune".into()));
    }
    let lang = visit.lang;
    let choice = |value: &str, label: String, chosen: bool| ChoiceView {
        value: value.to_owned(),
        label,
        chosen,
    };
    let papers = Paper::ALL
        .iter()
        .map(|paper| {
            let chosen = query.foglio == paper.word;
            choice(paper.word, lang.text(paper_key(*paper)), chosen)
        })
        .collect();
    let scales = SCALES
        .iter()
        .filter(|scale| **scale <= 10_000)
        .map(|scale| {
            let value = scale.to_string();
            let text = lang.number(f64::from(*scale), 0);
            let chosen = query.scala == value || (query.scala.is_empty() && *scale == 1000);
            choice(&value, format!("1:{text}"), chosen)
        })
        .collect();
    let title = lang.text("print-title");
    html(&PrintPage {
        page: present::page(visit, &title),
        action: format!("{}/stampa.pdf", visit.prefix),
        papers,
        scales,
        centre: query.centro.clone(),
        parcels: query.particelle.clone(),
        layers: query.livelli.clone(),
        heading: query.titolo.clone(),
        date: query.date.clone().unwrap_or_default(),
    })
}

fn paper_key(paper: Paper) -> &'static str {
    match paper.word {
        "a4" => "print-paper-a4",
        "a4o" => "print-paper-a4o",
        "a3" => "print-paper-a3",
        _ => "print-paper-a3o",
    }
}

/// `/stampa.pdf`: the print.
pub(super) async fn pdf(
    visit: Visit,
    query: Result<Query<PrintQuery>, QueryRejection>,
) -> Response {
    let query = match query {
        Ok(Query(query)) => query,
        Err(error) => {
            let failure = Failure::BadRequest(error.body_text());
            return failure_page(&visit, &failure, None);
        }
    };
    match print(visit, &query).await {
        Ok(response) => response,
        Err((visit, failure, detail)) => failure_page(&visit, &failure, detail),
    }
}

type Refusal = (Box<Visit>, Failure, Option<String>);

async fn print(mut visit: Visit, query: &PrintQuery) -> Result<Response, Refusal> {
    let wanted = match wanted(&mut visit, query).await {
        Ok(wanted) => wanted,
        Err(Refused { failure, detail }) => return Err((Box::new(visit), failure, detail)),
    };
    let Wanted {
        order,
        paper,
        frame,
        layers,
        subjects,
    } = wanted;
    let name = format!("mappa-{}-1-{}.pdf", order.comune.slug, frame.scale);
    let title = Some(query.titolo.chars().take(120).collect());
    let printed = print_map(
        &visit.shared.app,
        order,
        paper,
        frame,
        layers,
        subjects,
        title,
    );
    match printed.await {
        Ok(pdf) => Ok(pdf_response(pdf, &name)),
        Err(error) => {
            let (failure, detail) = office_failure(&visit, error);
            Err((Box::new(visit), failure, detail))
        }
    }
}

struct Wanted {
    order: PrintOrder,
    paper: Paper,
    frame: Frame,
    layers: Selection,
    subjects: Vec<Subject>,
}

struct Refused {
    failure: Failure,
    detail: Option<String>,
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            detail: None,
        }
    }
}

async fn wanted(visit: &mut Visit, query: &PrintQuery) -> Result<Wanted, Refused> {
    let comune = visit
        .comune
        .clone()
        .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?;
    let lang = visit.lang;
    let refuse = |key: &str, value: &str| {
        let shown: String = value.chars().take(60).collect();
        Refused {
            failure: Failure::BadRequest(format!("{key}: {shown}")),
            detail: Some(lang.text_with(key, &[("value", (&shown).into())])),
        }
    };
    let app = visit.shared.app.clone();
    let times = Times::of(&app, query.date.as_deref(), query.known_at.as_deref())?;
    if let Some(code) = comune.codes.first() {
        visit.catalogue = times.catalogue_of(&app, *code).await?;
    }
    let word = if query.foglio.is_empty() {
        "a4"
    } else {
        &query.foglio
    };
    let paper = Paper::from_word(word).ok_or_else(|| refuse("print-bad-paper", word))?;
    let scale: Option<u32> = match query.scala.trim() {
        "" => None,
        text => {
            let scale = text
                .parse()
                .ok()
                .filter(|scale| SCALE_RANGE.contains(scale));
            Some(scale.ok_or_else(|| bad_scale(lang, text))?)
        }
    };
    let layers = layers(visit, &query.livelli).map_err(|id| refuse("print-bad-layer", &id))?;
    let references =
        parcels(visit, &query.particelle).map_err(|t| refuse("print-bad-parcel", &t))?;
    let srid = comune.storage_srid;
    let subjects =
        subjects(&visit.catalogue, &visit.viewer, &references, srid).map_err(draw_failure)?;
    let size = paper.map_mm(0);
    let frame = match (query.centro.trim(), subjects.is_empty()) {
        ("", true) => return Err(refuse("print-no-centre", "")),
        ("", false) => {
            let ground = subjects
                .iter()
                .fold(GroundBox::EMPTY, |all, parcel| all.union(parcel.ground()));
            let scales = scale.map_or_else(|| SCALES.to_vec(), |scale| vec![scale]);
            fit(&ground, srid, size, &scales, 0.8)
        }
        (text, _) => Frame {
            srid,
            centre: centre(text, srid)?.ok_or_else(|| refuse("print-bad-centre", text))?,
            scale: scale.unwrap_or(1000),
            width_mm: size[0],
            height_mm: size[1],
        },
    };
    Ok(Wanted {
        order: PrintOrder {
            catalogue: visit.catalogue.clone(),
            viewer: visit.viewer.clone(),
            lang,
            comune,
            date: times.as_of.date,
        },
        paper,
        frame,
        layers,
        subjects,
    })
}

fn bad_scale(lang: crate::text::Lang, text: &str) -> Refused {
    let shown: String = text.chars().take(60).collect();
    let (min, max) = (
        lang.count(u64::from(*SCALE_RANGE.start())),
        lang.count(u64::from(*SCALE_RANGE.end())),
    );
    Refused {
        failure: Failure::BadRequest(format!("scale {shown} is not possible")),
        detail: Some(lang.text_with(
            "print-bad-scale",
            &[
                ("value", (&shown).into()),
                ("min", (&min).into()),
                ("max", (&max).into()),
            ],
        )),
    }
}

/// The layers of a list; the first one that does not exist otherwise.
fn layers(visit: &Visit, list: &str) -> Result<Selection, String> {
    let ids: Vec<String> = list
        .split(',')
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect();
    if ids.is_empty() {
        return Ok(Selection::All);
    }
    for id in &ids {
        let exists = visit.catalogue.layer(id).is_some_and(|entry| {
            authorize(&visit.viewer, Action::Read, entry.definition().policy).is_ok()
        });
        if !exists {
            return Err(id.clone());
        }
    }
    Ok(Selection::Ids(ids))
}

/// The parcels of a list in many notations; the first text that means none, or several, otherwise.
pub(super) fn parcels(visit: &Visit, list: &str) -> Result<Vec<CadastralReference>, String> {
    let mut references = Vec::new();
    let texts = list
        .split(['\n', ',', ';'])
        .map(str::trim)
        .filter(|text| !text.is_empty());
    for text in texts {
        let wrong = || text.to_owned();
        if references.len() > MAX_PARCELS {
            break;
        }
        let whole = text
            .parse::<CadastralReference>()
            .or_else(|_| CadastralReference::from_path_segment(text));
        let reference = match whole {
            Ok(reference) => {
                fact::parcel(&visit.catalogue, &visit.viewer, &reference).map_err(|_| wrong())?;
                reference
            }
            Err(_) => {
                let query = ParcelQuery::parse(text).map_err(|_| wrong())?;
                let comune = visit.comune.as_deref();
                let (found, _) =
                    fact::find_parcels(&visit.catalogue, &visit.viewer, comune, &query);
                match found.as_slice() {
                    [only] => only.reference.clone(),
                    _ => return Err(wrong()),
                }
            }
        };
        references.push(reference);
    }
    Ok(references)
}

/// The place of `longitude; latitude` with decimal commas or points; none for another text.
fn centre(text: &str, srid: i32) -> Result<Option<[f64; 2]>, Failure> {
    let parts: Vec<&str> = if text.contains(';') {
        text.split(';').collect()
    } else if text.matches(',').count() == 1 {
        text.split(',').collect()
    } else {
        text.split_whitespace().collect()
    };
    let [lon, lat] = parts.as_slice() else {
        return Ok(None);
    };
    let number = |text: &str| text.trim().replace(',', ".").parse::<f64>().ok();
    let (Some(lon), Some(lat)) = (number(lon), number(lat)) else {
        return Ok(None);
    };
    if !(-180.0..=180.0).contains(&lon) || !(-85.0..=85.0).contains(&lat) {
        return Ok(None);
    }
    let mut place = [(lon, lat)];
    let moved = with_transformation(LON_LAT, srid, |transformation| {
        transformation.apply(&mut place)
    });
    match moved {
        Ok(Ok(())) => Ok(Some([place[0].0, place[0].1])),
        _ => Ok(None),
    }
}
