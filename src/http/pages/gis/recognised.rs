//! `/gis/carica/{id}/riconosciuto`: what is in the files, and how they are to be read.

use std::collections::HashMap;

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::Value as Json;
use wire::LayerInspection;

use crate::gis::{
    self, Picture, Reading, Session, SessionState, extent_picture, fits_definition, keep_choice,
    start_recognition,
};
use crate::ingest::boundary_outline;
use crate::text::NumberFormat as _;

use super::super::super::error::Failure;
use super::super::super::extract::Visit;
use super::super::failure::{html, show};
use super::super::party::personal;
use super::super::present::{self, localized};
use super::super::view::PageView;
use super::load::{Head, crumbs, head, named, state};
use super::{Staff, connection, staff};

#[derive(Template)]
#[template(path = "gis/recognised.html")]
struct Page {
    page: PageView,
    head: Head,
    waiting: Option<String>,
    died: bool,
    layers: Vec<LayerView>,
    findings: Vec<String>,
    targets: Vec<(String, String, bool, bool)>,
    reading: ReadingView,
    picture: Option<Picture>,
    boundary: String,
}

#[derive(Default)]
struct ReadingView {
    crs: String,
    encoding: String,
    driver: String,
    repair: String,
}

struct LayerView {
    value: String,
    dataset: String,
    name: String,
    chosen: bool,
    error: Option<String>,
    driver: String,
    count: String,
    geometries: String,
    crs: Option<String>,
    crs_source: String,
    encoding: Option<String>,
    samples: Vec<String>,
    extent: String,
    fields: Vec<(String, String)>,
}

/// `GET /gis/carica/{id}/riconosciuto`.
pub(super) async fn page(visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    let page = async {
        let (staff, session) = named(&visit, &names).await?;
        if matches!(session.state, SessionState::Uploading) {
            let url = format!("{}/gis/carica/{}/file", visit.prefix, session.id);
            return Ok(Redirect::to(&url).into_response());
        }
        shown(&visit, &staff, &session).await
    };
    let page = page.await;
    personal(show(&visit, page))
}

async fn shown(visit: &Visit, staff: &Staff, session: &Session) -> Result<Response, Failure> {
    let lang = visit.lang;
    let busy = session.is_busy() && !session.has_died();
    let inspection = session.inspection.clone().unwrap_or_default();
    let mut chosen_layer = None;
    let mut layers = Vec::new();
    for dataset in inspection["datasets"].as_array().into_iter().flatten() {
        collect(visit, session, dataset, &mut layers, &mut chosen_layer);
    }
    let fields = session.fields();
    let definitions = visit.shared.app.definitions();
    let guess = session.layer.clone().or_else(|| {
        let fitting = definitions
            .iter()
            .find(|file| !fields.is_empty() && fits_definition(&file.definition, &fields));
        fitting.map(|file| file.definition.id.clone())
    });
    let mut connection = connection(visit).await?;
    let boundary = boundary_outline(&mut connection, &staff.comune).await;
    let boundary = boundary.map_err(gis::Error::from)?;
    let picture = chosen_layer
        .as_ref()
        .and_then(|layer| extent_picture(&boundary, staff.comune.storage_srid, layer));
    let reading = &session.reading;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut page = present::page(visit, &lang.text("gis-step-recognised"));
    page.crumbs = crumbs(visit);
    html(&Page {
        page,
        head: head(visit, session, 1),
        waiting: busy.then(|| lang.text(state(session))),
        died: session.has_died(),
        findings: inspection["findings"]
            .as_array()
            .into_iter()
            .flatten()
            .take(50)
            .filter_map(|finding| finding["message"].as_str().map(str::to_owned))
            .collect(),
        targets: definitions
            .iter()
            .map(|file| {
                let definition = &file.definition;
                (
                    definition.id.clone(),
                    localized(&definition.title, lang),
                    guess.as_deref() == Some(definition.id.as_str()),
                    !fields.is_empty() && fits_definition(definition, &fields),
                )
            })
            .collect(),
        reading: ReadingView {
            crs: text(&reading.crs),
            encoding: text(&reading.encoding),
            driver: text(&reading.driver),
            repair: reading.repair.map(|p| p.to_string()).unwrap_or_default(),
        },
        boundary: picture
            .as_ref()
            .map(|picture| picture.path_of(&boundary))
            .unwrap_or_default(),
        picture,
        layers,
    })
}

fn collect(
    visit: &Visit,
    session: &Session,
    dataset: &Json,
    layers: &mut Vec<LayerView>,
    chosen: &mut Option<LayerInspection>,
) {
    let name = dataset["name"].as_str().unwrap_or_default().to_owned();
    let member = name.rsplit_once("!/").map(|(_, member)| member.to_owned());
    if let Some(error) = dataset["error"].as_str() {
        layers.push(LayerView::faulty(name, error));
        return;
    }
    let driver = dataset["inspection"]["driver"].as_str().unwrap_or_default();
    let found: Vec<LayerInspection> =
        serde_json::from_value(dataset["inspection"]["layers"].clone()).unwrap_or_default();
    let reading = &session.reading;
    for layer in found {
        let nothing_said = reading.member.is_none() && reading.layer.is_none();
        let is_chosen = match nothing_said {
            true => chosen.is_none(),
            false => {
                reading.member == member
                    && reading
                        .layer
                        .as_deref()
                        .is_none_or(|name| name == layer.name)
            }
        };
        let mut view = LayerView::of(visit, &name, driver, &layer);
        view.value = format!("{}|{}", member.as_deref().unwrap_or_default(), layer.name);
        view.chosen = is_chosen;
        layers.push(view);
        if is_chosen {
            *chosen = Some(layer);
        }
    }
}

impl LayerView {
    fn faulty(dataset: String, error: &str) -> Self {
        Self {
            value: String::new(),
            name: dataset.clone(),
            dataset,
            chosen: false,
            error: Some(error.to_owned()),
            driver: String::new(),
            count: String::new(),
            geometries: String::new(),
            crs: None,
            crs_source: String::new(),
            encoding: None,
            samples: Vec::new(),
            extent: String::new(),
            fields: Vec::new(),
        }
    }

    fn of(visit: &Visit, dataset: &str, driver: &str, layer: &LayerInspection) -> Self {
        let lang = visit.lang;
        let source = |source: &wire::CrsSource| match source {
            wire::CrsSource::Unknown => "gis-crs-unknown",
            wire::CrsSource::File => "gis-crs-file",
            wire::CrsSource::Prj => "gis-crs-prj",
            wire::CrsSource::Format => "gis-crs-format",
            wire::CrsSource::Declared => "gis-crs-declared",
        };
        let kinds: Vec<String> = layer
            .geometries
            .iter()
            .map(|counted| format!("{} {}", lang.count(counted.count), counted.value))
            .collect();
        let extent = layer.extent.map(|extent| {
            let [west, south, east, north] = extent.map(|value| lang.number(value, 2));
            format!("{west} – {east}; {south} – {north}")
        });
        Self {
            value: String::new(),
            dataset: dataset.to_owned(),
            name: layer.name.clone(),
            chosen: false,
            error: None,
            driver: driver.to_owned(),
            count: lang.count(layer.features),
            geometries: kinds.join(", "),
            crs: layer.crs.as_ref().map(|crs| {
                let code = crs.code.as_deref().unwrap_or("–");
                format!("{code} {}", crs.name)
            }),
            crs_source: layer
                .crs
                .as_ref()
                .map(|crs| lang.text(source(&crs.source)))
                .unwrap_or_default(),
            encoding: layer
                .encoding
                .as_ref()
                .map(|encoding| encoding.name.clone()),
            samples: layer
                .encoding
                .as_ref()
                .map(|encoding| encoding.samples.clone())
                .unwrap_or_default(),
            extent: extent.unwrap_or_default(),
            fields: layer
                .fields
                .iter()
                .map(|field| {
                    let samples: Vec<&str> =
                        field.samples.iter().take(3).map(String::as_str).collect();
                    (field.name.clone(), samples.join(" · "))
                })
                .collect(),
        }
    }
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChoiceForm {
    livello: String,
    insieme: String,
    crs: String,
    codifica: String,
    formato: String,
    ripara: String,
    azione: String,
}

/// `POST /gis/carica/{id}/riconosciuto`.
pub(super) async fn choose(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Form(form): Form<ChoiceForm>,
) -> Response {
    let page = async {
        staff(&visit)?;
        let (_, session) = named(&visit, &names).await?;
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let (member, layer) = form.insieme.split_once('|').unwrap_or(("", ""));
        let crs = given(&form.crs).map(|crs| match crs.parse::<u32>() {
            Ok(code) => format!("EPSG:{code}"),
            Err(_) => crs.to_uppercase(),
        });
        let repair = form.ripara.trim().replace(',', ".").parse::<f64>().ok();
        let reading = Reading {
            driver: given(&form.formato),
            member: given(member),
            layer: given(layer),
            crs,
            encoding: given(&form.codifica),
            repair: repair.filter(|percent| (0.0..=100.0).contains(percent)),
            identical: false,
        };
        let target = visit.shared.app.definitions().get(&form.livello);
        let target = target.map(|file| file.definition.id.clone());
        let base = format!("{}/gis/carica/{}", visit.prefix, session.id);
        let mut connection = connection(&visit).await?;
        keep_choice(&mut connection, session.id, target.as_deref(), &reading).await?;
        if form.azione == "avanti" && session.inspection.is_some() && target.is_some() {
            return Ok(Redirect::to(&format!("{base}/corrispondenze")).into_response());
        }
        let session = Session { reading, ..session };
        let app = &visit.shared.app;
        start_recognition(app.config(), app.databases(), &session).await?;
        Ok(Redirect::to(&format!("{base}/riconosciuto")).into_response())
    };
    let page = page.await;
    personal(show(&visit, page))
}
