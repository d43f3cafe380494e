//! `/gis/carica/{id}/corrispondenze`: which fields and values fill the columns of the layer.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use wire::FieldInspection;

use crate::gis::{Session, StoredMapping, fits_definition, keep_mapping, start_load, suggest};
use crate::layer::{ColumnMapping, DefinitionFile, LayerMapping, find_mapping, preset_names};

use super::super::super::error::Failure;
use super::super::super::extract::Visit;
use super::super::failure::{html, show};
use super::super::party::personal;
use super::super::present::{self, localized};
use super::super::view::PageView;
use super::load::{Head, crumbs, head, named};
use super::{Staff, connection};

/// Values of a field that can be given another meaning on the page.
const VALUES: usize = 60;

#[derive(Template)]
#[template(path = "gis/mapping.html")]
struct Page {
    page: PageView,
    head: Head,
    layer: String,
    modes: Vec<(String, String, bool)>,
    own: bool,
    origin: String,
    columns: Vec<ColumnView>,
}

struct ColumnView {
    name: String,
    label: String,
    required: bool,
    by_definition: String,
    options: Vec<(String, String, bool)>,
    constant: String,
    values: Vec<ValueView>,
}

struct ValueView {
    number: usize,
    source: String,
    count: u64,
    options: Vec<(String, String, bool)>,
}

/// The layer that a load is to fill.
fn target(visit: &Visit, session: &Session) -> Result<Arc<DefinitionFile>, Failure> {
    let id = session.layer.as_deref().unwrap_or_default();
    let file = visit.shared.app.definitions().get(id);
    file.map(Arc::clone)
        .ok_or_else(|| Failure::BadRequest("choose the layer first".into()))
}

/// `GET /gis/carica/{id}/corrispondenze`.
pub(super) async fn page(visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    let page = async {
        let (_, session) = named(&visit, &names).await?;
        if session.layer.is_none() || session.inspection.is_none() {
            let url = format!("{}/gis/carica/{}/riconosciuto", visit.prefix, session.id);
            return Ok(Redirect::to(&url).into_response());
        }
        shown(&visit, &session).await
    };
    let page = page.await;
    personal(show(&visit, page))
}

async fn shown(visit: &Visit, session: &Session) -> Result<Response, Failure> {
    let lang = visit.lang;
    let file = target(visit, session)?;
    let definition = &file.definition;
    let fields = session.fields();
    let mut connection = connection(visit).await?;
    let remembered = session.remembered(&mut connection).await?;
    let layers = &visit.shared.app.config().layers;
    let presets: Vec<String> = preset_names(layers)
        .into_iter()
        .filter(|name| find_mapping(layers, name, definition).is_ok())
        .collect();
    // What was chosen, else what the last file of this source had, else what fits by itself.
    let (mapping, origin) = match (&session.mapping, remembered) {
        (Some(chosen), _) => (Some(chosen.clone()), "gis-mapping-chosen"),
        (None, Some(kept)) => (Some(kept), "gis-mapping-remembered"),
        (None, None)
            if definition.reader.cadastre_gml.is_some() || fits_definition(definition, &fields) =>
        {
            (None, "gis-mapping-definition")
        }
        (None, None) => {
            let layers = vec![suggest(definition, &fields)];
            let name = "page".to_owned();
            (
                Some(StoredMapping { name, layers }),
                "gis-mapping-suggested",
            )
        }
    };
    let mode = mapping
        .as_ref()
        .map_or("definizione", |mapping| &mapping.name);
    let mut modes = vec![(
        "definizione".to_owned(),
        lang.text("gis-mode-definition"),
        mode == "definizione",
    )];
    for name in &presets {
        let title = lang.text_with("gis-mode-preset", &[("name", name.into())]);
        modes.push((name.clone(), title, mode == name));
    }
    modes.push(("page".to_owned(), lang.text("gis-mode-own"), mode == "page"));
    let shown = match &mapping {
        Some(mapping) if mapping.name == "page" => mapping.layers.first().cloned(),
        _ => None,
    };
    let shown = shown.unwrap_or_else(|| suggest(definition, &fields));
    let mut page = present::page(visit, &lang.text("gis-step-mapping"));
    page.crumbs = crumbs(visit);
    html(&Page {
        page,
        head: head(visit, session, 2),
        layer: localized(&definition.title, lang),
        own: mode == "page",
        modes,
        origin: lang.text(origin),
        columns: columns(visit, &file, &fields, &shown),
    })
}

fn columns(
    visit: &Visit,
    file: &DefinitionFile,
    fields: &[FieldInspection],
    mapping: &LayerMapping,
) -> Vec<ColumnView> {
    let lang = visit.lang;
    let definition = &file.definition;
    let columns = definition.column.iter();
    columns
        .map(|column| {
            let given = mapping.column.get(&column.name);
            let field = given.and_then(|given| given.field.as_deref());
            let constant = given.and_then(|given| given.value.clone());
            let content = given.is_some_and(|given| given.content);
            let mut options = vec![(
                String::new(),
                lang.text("gis-from-definition"),
                given.is_none(),
            )];
            options.push((
                "=".to_owned(),
                lang.text("gis-from-constant"),
                constant.is_some(),
            ));
            if column.name == definition.key {
                options.push(("#".to_owned(), lang.text("gis-from-content"), content));
            }
            for known in fields {
                let samples: Vec<&str> = known.samples.iter().take(2).map(String::as_str).collect();
                let label = match samples.is_empty() {
                    true => known.name.clone(),
                    false => format!("{} ({})", known.name, samples.join(" · ")),
                };
                let chosen = field == Some(known.name.as_str());
                options.push((format!(".{}", known.name), label, chosen));
            }
            let counted = fields
                .iter()
                .find(|known| field == Some(known.name.as_str()))
                .and_then(|known| known.values.as_deref())
                .filter(|_| !column.domain.is_empty())
                .unwrap_or_default();
            ColumnView {
                name: column.name.clone(),
                label: localized(&column.label, lang),
                required: column.required,
                by_definition: column
                    .from
                    .field
                    .clone()
                    .unwrap_or_else(|| column.from.fields.join(" + ")),
                options,
                constant: constant.unwrap_or_default(),
                values: counted
                    .iter()
                    .take(VALUES)
                    .enumerate()
                    .map(|(number, counted)| {
                        let meant = given.and_then(|given| given.values.get(&counted.value));
                        let meant = meant.unwrap_or(&counted.value);
                        let mut options = vec![(
                            "–".to_owned(),
                            lang.text("gis-value-none"),
                            meant.is_empty(),
                        )];
                        let known = column.domain.iter().any(|known| known.value == *meant);
                        if !known && !meant.is_empty() {
                            let text = lang.text("gis-value-unknown");
                            options.push((meant.clone(), text, true));
                        }
                        for known in &column.domain {
                            let label =
                                format!("{} – {}", known.value, localized(&known.label, lang));
                            options.push((known.value.clone(), label, known.value == *meant));
                        }
                        ValueView {
                            number,
                            source: counted.value.clone(),
                            count: counted.count,
                            options,
                        }
                    })
                    .collect(),
            }
        })
        .collect()
}

/// `POST /gis/carica/{id}/corrispondenze`: keeps them, and begins to load where that is asked.
pub(super) async fn choose(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    let page = async {
        let (staff, session) = named(&visit, &names).await?;
        let url = chosen(&visit, &staff, session, form).await?;
        Ok(Redirect::to(&url).into_response())
    };
    let page = page.await;
    personal(show(&visit, page))
}

async fn chosen(
    visit: &Visit,
    staff: &Staff,
    session: Session,
    form: Vec<(String, String)>,
) -> Result<String, Failure> {
    let file = target(visit, &session)?;
    let sent: HashMap<String, String> = form.into_iter().collect();
    let word = |name: &str| sent.get(name).map(String::as_str).unwrap_or_default();
    let layers = &visit.shared.app.config().layers;
    let mapping = match word("modo") {
        "" | "definizione" => None,
        "page" => Some(StoredMapping {
            name: "page".to_owned(),
            layers: vec![own(&file, &sent)],
        }),
        preset if preset_names(layers).iter().any(|name| name == preset) => {
            let found = find_mapping(layers, preset, &file.definition)
                .map_err(|error| Failure::BadRequest(error.to_string()))?;
            Some(StoredMapping {
                name: found.name,
                layers: found.layers,
            })
        }
        _ => return Err(Failure::BadRequest("there is no such mapping".into())),
    };
    let mut connection = connection(visit).await?;
    keep_mapping(&mut connection, &session, mapping.as_ref(), &staff.name).await?;
    let base = format!("{}/gis/carica/{}", visit.prefix, session.id);
    if word("azione") != "carica" {
        return Ok(format!("{base}/corrispondenze"));
    }
    let session = Session { mapping, ..session };
    let app = &visit.shared.app;
    let (config, databases) = (app.config(), app.databases());
    start_load(
        config,
        databases,
        &session,
        file,
        &staff.comune,
        &staff.name,
    )
    .await?;
    Ok(format!("{base}/controlli"))
}

/// The mapping that the page's own fields describe.
fn own(file: &DefinitionFile, sent: &HashMap<String, String>) -> LayerMapping {
    let mut columns = BTreeMap::new();
    for column in &file.definition.column {
        let name = &column.name;
        let word = |prefix: &str| {
            let value = sent.get(&format!("{prefix}.{name}"));
            value.map(String::as_str).unwrap_or_default()
        };
        let mapping = match word("campo") {
            "" => continue,
            "=" => ColumnMapping {
                value: Some(word("costante").trim().to_owned()),
                ..ColumnMapping::default()
            },
            "#" => ColumnMapping {
                content: true,
                ..ColumnMapping::default()
            },
            field => {
                let mut values = BTreeMap::new();
                for number in 0..VALUES {
                    let (from, to) = (
                        sent.get(&format!("da.{name}.{number}")),
                        sent.get(&format!("a.{name}.{number}")),
                    );
                    if let (Some(from), Some(to)) = (from, to)
                        && from != to
                    {
                        let to = if to == "–" { "" } else { to };
                        values.insert(from.clone(), to.to_owned());
                    }
                }
                ColumnMapping {
                    field: Some(field.strip_prefix('.').unwrap_or(field).to_owned()),
                    values,
                    ..ColumnMapping::default()
                }
            }
        };
        columns.insert(name.clone(), mapping);
    }
    LayerMapping {
        id: file.definition.id.clone(),
        layer: None,
        member: None,
        only: BTreeMap::new(),
        column: columns,
    }
}
