//! `/gis/livelli/{layer}`: the versions of a layer, and what may be done with each.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::db::in_transaction;
use crate::gis::{self, PartOverview, PartState};
use crate::layer::{DefinitionFile, Publish, Recorded, parse_day, part_details};
use crate::text::{DateFormat as _, NumberFormat as _};

use super::super::super::error::Failure;
use super::super::super::extract::Visit;
use super::super::failure::{html, show};
use super::super::party::{personal, with_status};
use super::super::present::{self, localized};
use super::super::view::PageView;
use super::{Staff, acts, connection, crumb, layer_of, staff, words};

/// Acts in the chain that the page shows.
const SHOWN: i64 = 20;

#[derive(Template)]
#[template(path = "gis/versions.html")]
struct Page {
    page: PageView,
    id: String,
    description: String,
    base: String,
    map_url: String,
    today: String,
    done: Option<String>,
    fault: Option<String>,
    in_force: Option<i32>,
    versions: Vec<Version>,
    acts: Vec<acts::Row>,
}

struct Version {
    number: i32,
    state: String,
    class: &'static str,
    dates: String,
    plan: Option<String>,
    features: String,
    vertices: String,
    size: String,
    crs: String,
    loaded: String,
    by: String,
    can_publish: bool,
    /// Earlier than what is in force: publishing it is going back.
    is_back: bool,
    discarded: bool,
    acts: Vec<Published>,
}

struct Published {
    id: i64,
    text: String,
    can_cancel: bool,
}

/// What the last form did.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    fatto: String,
    #[serde(default)]
    dal: String,
}

/// `GET /gis/livelli/{layer}`.
pub(super) async fn page(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Query(done): Query<Done>,
) -> Response {
    let page = async {
        let staff = staff(&visit)?;
        let file = layer_of(&visit, &names)?;
        let lang = visit.lang;
        let day = parse_day(&done.dal).map(|day| lang.date(day));
        let with_day = |key: &str| {
            let day = day.clone().unwrap_or_default();
            lang.text_with(key, &[("date", (&day).into())])
        };
        let done = match done.fatto.as_str() {
            "pubblicata" => Some(with_day("gis-done-published")),
            "gia" => Some(lang.text("gis-done-unchanged")),
            "ritirata" => Some(with_day("gis-done-withdrawn")),
            "annullato" => Some(lang.text("gis-done-cancelled")),
            "piano" => Some(lang.text("gis-done-plan")),
            "richiesta" => Some(lang.text("gis-done-requested")),
            _ => None,
        };
        versions_page(&visit, &staff, &file, done, None).await
    };
    let page = page.await;
    personal(show(&visit, page))
}

async fn versions_page(
    visit: &Visit,
    staff: &Staff,
    file: &DefinitionFile,
    done: Option<String>,
    fault: Option<String>,
) -> Result<Response, Failure> {
    let definition = &file.definition;
    let lang = visit.lang;
    let today = visit.shared.app.today();
    let (id, territory) = (definition.id.as_str(), staff.comune.id);
    let mut connection = connection(visit).await?;
    let parts = gis::overview(&mut connection, territory, Some(id), today).await?;
    let in_force = parts
        .iter()
        .find(|part| part.state == PartState::InForce)
        .map(|part| part.version);
    let mut versions = Vec::new();
    for part in &parts {
        let mut version = version(visit, part, in_force);
        if !version.discarded {
            let details = part_details(&mut connection, id, territory, Some(part.version)).await?;
            let cancelled: Vec<i64> = details.acts.iter().filter_map(|act| act.cancels).collect();
            for act in &details.acts {
                let what = match act.kind.as_str() {
                    "publish" => "gis-published-from",
                    "withdraw" => "gis-withdrawn-from",
                    _ => "gis-cancelled-act",
                };
                let about = act.cancels.unwrap_or_default().to_string();
                let what = lang.text_with(
                    what,
                    &[
                        ("date", (&lang.date(act.valid_from)).into()),
                        ("act", (&about).into()),
                    ],
                );
                let reason = act.reason.as_deref().map(|why| format!(" «{why}»"));
                version.acts.push(Published {
                    id: act.id,
                    text: format!(
                        "{what}, {}, {}{}",
                        words::moment(lang, act.at),
                        act.by,
                        reason.unwrap_or_default()
                    ),
                    can_cancel: act.kind != "cancel" && !cancelled.contains(&act.id),
                });
            }
        }
        versions.push(version);
    }
    let acts = gis::staff_acts(&mut connection, territory, Some(id), SHOWN).await?;
    let mut page = present::page(visit, &localized(&definition.title, lang));
    page.crumbs = vec![crumb(visit)];
    html(&Page {
        page,
        id: definition.id.clone(),
        description: localized(&definition.description, lang),
        base: format!("{}/gis/livelli/{id}", visit.prefix),
        map_url: format!("{}/mappa", visit.prefix),
        today: today.to_string(),
        done,
        fault,
        in_force,
        versions,
        acts: acts.iter().map(|act| acts::row(visit, act)).collect(),
    })
}

fn version(visit: &Visit, part: &PartOverview, in_force: Option<i32>) -> Version {
    let lang = visit.lang;
    let mut dates = Vec::new();
    if let Some(from) = part.from {
        dates.push(lang.text_with("gis-from", &[("date", (&lang.date(from)).into())]));
    }
    if let Some(until) = part.until {
        dates.push(lang.text_with("gis-until", &[("date", (&lang.date(until)).into())]));
    }
    let publishable = [
        PartState::Waiting,
        PartState::Past,
        PartState::Planned,
        PartState::InForce,
    ];
    Version {
        number: part.version,
        state: lang.text(words::state(part.state)),
        class: part.state.as_str(),
        dates: dates.join(" "),
        plan: part.plan.clone(),
        features: lang.count(part.features),
        vertices: lang.count(part.vertices),
        size: words::size(lang, part.bytes),
        crs: format!("EPSG:{}", part.srid),
        loaded: words::moment(lang, part.loaded_at),
        by: part.loaded_by.clone(),
        can_publish: publishable.contains(&part.state) && in_force != Some(part.version),
        is_back: in_force.is_some_and(|now| part.version < now),
        discarded: part.state == PartState::Discarded,
        acts: Vec::new(),
    }
}

/// What the forms send.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ActForm {
    #[serde(default)]
    versione: i32,
    #[serde(default)]
    dal: String,
    #[serde(default)]
    motivo: String,
    #[serde(default)]
    atto: i64,
    /// Set where a reason is due.
    #[serde(default)]
    indietro: String,
}

enum Deed {
    Publish,
    Withdraw,
    Cancel,
}

/// `POST /gis/livelli/{layer}/pubblica`.
pub(super) async fn publish(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Form(form): Form<ActForm>,
) -> Response {
    deed(visit, &names, form, Deed::Publish).await
}

/// `POST /gis/livelli/{layer}/ritira`.
pub(super) async fn withdraw(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Form(form): Form<ActForm>,
) -> Response {
    deed(visit, &names, form, Deed::Withdraw).await
}

/// `POST /gis/livelli/{layer}/annulla`.
pub(super) async fn cancel(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Form(form): Form<ActForm>,
) -> Response {
    deed(visit, &names, form, Deed::Cancel).await
}

async fn deed(
    visit: Visit,
    names: &HashMap<String, String>,
    form: ActForm,
    deed: Deed,
) -> Response {
    let page = async {
        let staff = staff(&visit)?;
        let file = layer_of(&visit, names)?;
        match done(&visit, &staff, &file, form, deed).await? {
            Ok(target) => {
                // The map in memory follows at once for whoever did it.
                if let Err(error) = visit.shared.app.refresh().await {
                    tracing::warn!(error = ?error, "the map could not be read anew");
                }
                let url = format!(
                    "{}/gis/livelli/{}?{target}",
                    visit.prefix, file.definition.id
                );
                Ok(Redirect::to(&url).into_response())
            }
            Err(fault) => {
                let page = versions_page(&visit, &staff, &file, None, Some(fault)).await?;
                Ok(with_status(page, StatusCode::UNPROCESSABLE_ENTITY))
            }
        }
    };
    let page = page.await;
    personal(show(&visit, page))
}

/// Does what a form asks for: what the next page says, or why it was not done.
async fn done(
    visit: &Visit,
    staff: &Staff,
    file: &Arc<DefinitionFile>,
    form: ActForm,
    deed: Deed,
) -> Result<Result<String, String>, Failure> {
    let lang = visit.lang;
    let day = match form.dal.trim() {
        "" => None,
        text => match parse_day(text) {
            Some(day) => Some(day),
            None => return Ok(Err(lang.text("gis-bad-day"))),
        },
    };
    let reason = Some(form.motivo.trim().to_owned()).filter(|reason| !reason.is_empty());
    if reason.is_none() && (!form.indietro.is_empty() || !matches!(deed, Deed::Publish)) {
        return Ok(Err(lang.text("gis-no-reason")));
    }
    let pool = &visit.shared.app.databases().writer;
    let (doer, file) = (staff.doer(), Arc::clone(file));
    let today = visit.shared.app.today();
    let recorded: Result<String, gis::Error> = in_transaction(pool, move |tx| {
        Box::pin(async move {
            let definition = &file.definition;
            let why = reason.clone().unwrap_or_default();
            Ok(match deed {
                Deed::Publish => {
                    let publish = Publish {
                        version: Some(form.versione),
                        valid_from: day,
                        instead_of: None,
                        by: doer.name.clone(),
                        reason,
                    };
                    match gis::publish(tx, definition, &doer, &publish).await? {
                        Recorded::Unchanged => "fatto=gia".to_owned(),
                        Recorded::From(day) => format!("fatto=pubblicata&dal={day}"),
                    }
                }
                Deed::Withdraw => {
                    let day =
                        gis::withdraw(tx, definition, &doer, day.or(Some(today)), &why).await?;
                    format!("fatto=ritirata&dal={day}")
                }
                Deed::Cancel => {
                    gis::cancel(tx, definition, &doer, form.atto, &why).await?;
                    "fatto=annullato".to_owned()
                }
            })
        })
    })
    .await;
    match recorded {
        Ok(target) => Ok(Ok(target)),
        Err(gis::Error::Publish(error)) => match fault(&error) {
            Some(key) => Ok(Err(lang.text(key))),
            None => Err(error.into()),
        },
        Err(gis::Error::LongReason(_)) => Ok(Err(lang.text("gis-long-reason"))),
        Err(error) => Err(error.into()),
    }
}

/// The key of why something was refused; none for what is no fault of the form.
pub(super) fn fault(error: &crate::layer::PublishError) -> Option<&'static str> {
    use crate::layer::PublishError;
    match error {
        PublishError::HasErrors { .. } => Some("gis-fault-errors"),
        PublishError::NotInForce { .. } => Some("gis-fault-not-in-force"),
        PublishError::NoSuchAct { .. } => Some("gis-fault-no-act"),
        PublishError::Cancelled { .. } => Some("gis-fault-cancelled"),
        _ => None,
    }
}
