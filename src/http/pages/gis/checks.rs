//! `/gis/carica/{id}/controlli` and `…/pubblica`: report, what will change, and publication.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::db::in_transaction;
use crate::gis::{self, PartState, Session, SessionState, set_published};
use crate::ingest::boundary_outline;
use crate::layer::{
    self, DefinitionFile, Differences, PartDetails, Publish, parse_day, part_details,
};
use crate::text::DateFormat as _;

use super::super::super::error::Failure;
use super::super::super::extract::Visit;
use super::super::failure::{html, show};
use super::super::party::{personal, with_status};
use super::super::present::{self, localized};
use super::super::view::PageView;
use super::load::{Head, crumbs, head, named, state, step_url};
use super::report::{ReportView, report_view};
use super::versions::fault;
use super::{Staff, connection};

#[derive(Template)]
#[template(path = "gis/checks.html")]
struct ChecksPage {
    page: PageView,
    head: Head,
    waiting: Option<String>,
    progress: Option<(i64, i64)>,
    died: bool,
    identical: Option<i32>,
    report: Option<ReportView>,
    version_url: String,
    change: Option<String>,
    compare_url: Option<String>,
}

/// What was loaded, and what it changes.
struct Loaded {
    file: Arc<DefinitionFile>,
    part: PartDetails,
    /// The version in force, and what differs from it.
    before: Option<(i32, Differences)>,
}

async fn loaded(visit: &Visit, staff: &Staff, session: &Session) -> Result<Loaded, Failure> {
    let missing = || Failure::NotFound("there is no such version".into());
    let id = session.layer.as_deref().unwrap_or_default();
    let file = visit.shared.app.definitions().get(id).ok_or_else(missing)?;
    let mut connection = connection(visit).await?;
    let today = visit.shared.app.today();
    let territory = staff.comune.id;
    let parts = gis::overview(&mut connection, territory, Some(id), today).await?;
    let own = parts
        .iter()
        .find(|part| Some(part.part_id) == session.part_id);
    let own = own.ok_or_else(missing)?;
    let part = part_details(&mut connection, id, territory, Some(own.version)).await?;
    let current = parts.iter().find(|known| known.state == PartState::InForce);
    let before = match current.filter(|current| current.part_id != part.part_id) {
        Some(current) => {
            let (old, new) = (current.part_id, part.part_id);
            let found = layer::differences(&mut connection, &file.definition, old, new).await;
            let found = found.map_err(gis::Error::from)?;
            Some((current.version, found))
        }
        None => None,
    };
    Ok(Loaded {
        file: Arc::clone(file),
        part,
        before,
    })
}

/// The sentence of what will change.
fn change(visit: &Visit, staff: &Staff, loaded: &Loaded) -> String {
    let lang = visit.lang;
    let title = localized(&loaded.file.definition.title, lang);
    let comune = &staff.comune.name;
    let Some((_, differences)) = &loaded.before else {
        let count = u64::try_from(loaded.part.feature_count).unwrap_or_default();
        return lang.text_with(
            "gis-change-first",
            &[
                ("layer", (&title).into()),
                ("comune", comune.into()),
                ("count", count.into()),
            ],
        );
    };
    let (added, removed, changed) = differences.counts();
    let [added, removed, changed] = [added, removed, changed].map(|count| count.to_string());
    lang.text_with(
        "gis-change-sentence",
        &[
            ("layer", (&title).into()),
            ("comune", comune.into()),
            ("added", (&added).into()),
            ("removed", (&removed).into()),
            ("changed", (&changed).into()),
        ],
    )
}

/// `GET /gis/carica/{id}/controlli`.
pub(super) async fn page(visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    let page = async {
        let (staff, session) = named(&visit, &names).await?;
        checks_page(&visit, &staff, &session).await
    };
    let page = page.await;
    personal(show(&visit, page))
}

async fn checks_page(visit: &Visit, staff: &Staff, session: &Session) -> Result<Response, Failure> {
    let lang = visit.lang;
    let busy = session.is_busy() && !session.has_died();
    let mut page = present::page(visit, &lang.text("gis-step-checks"));
    page.crumbs = crumbs(visit);
    let mut view = ChecksPage {
        page,
        head: head(visit, session, 3),
        waiting: busy.then(|| lang.text(state(session))),
        progress: (busy && session.bytes_total > 0)
            .then_some((session.bytes_read, session.bytes_total)),
        died: session.has_died(),
        identical: None,
        report: None,
        version_url: String::new(),
        change: None,
        compare_url: None,
    };
    if !busy && session.part_id.is_some() {
        let loaded = loaded(visit, staff, session).await?;
        let mut connection = connection(visit).await?;
        let boundary = boundary_outline(&mut connection, &staff.comune).await;
        let boundary = boundary.map_err(gis::Error::from)?;
        let (id, version) = (&loaded.file.definition.id, loaded.part.version);
        let layer_url = format!("{}/gis/livelli/{id}", visit.prefix);
        view.identical = session.reading.identical.then_some(version);
        view.report = Some(report_view(visit, &loaded.part, &boundary));
        view.version_url = format!("{layer_url}/{version}");
        view.change = Some(change(visit, staff, &loaded));
        view.compare_url = loaded
            .before
            .as_ref()
            .map(|(old, _)| format!("{layer_url}/confronto?da={old}&a={version}"));
    } else if !busy && session.fault.is_none() && !view.died {
        return Ok(Redirect::to(&step_url(visit, session)).into_response());
    }
    html(&view)
}

#[derive(Template)]
#[template(path = "gis/publish.html")]
struct PublishPage {
    page: PageView,
    head: Head,
    change: String,
    compare_url: Option<String>,
    has_errors: bool,
    today: String,
    day: String,
    reason: String,
    plans: Vec<(String, String)>,
    refused: Option<String>,
}

/// `GET /gis/carica/{id}/pubblica`.
pub(super) async fn publish_page(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
) -> Response {
    let page = async {
        let (staff, session) = named(&visit, &names).await?;
        if session.state != SessionState::Checked {
            return Ok(Redirect::to(&step_url(&visit, &session)).into_response());
        }
        publication(&visit, &staff, &session, PublishForm::default(), None).await
    };
    let page = page.await;
    personal(show(&visit, page))
}

async fn publication(
    visit: &Visit,
    staff: &Staff,
    session: &Session,
    form: PublishForm,
    refused: Option<String>,
) -> Result<Response, Failure> {
    let lang = visit.lang;
    let loaded = loaded(visit, staff, session).await?;
    let today = visit.shared.app.today();
    let mut connection = connection(visit).await?;
    let territory = [staff.comune.id];
    let as_of = layer::AsOf::on(today);
    let plans = layer::plan_versions(&mut connection, as_of, Some(&territory)).await;
    let plans = plans.map_err(gis::Error::from)?;
    let mut page = present::page(visit, &lang.text("gis-step-publish"));
    page.crumbs = crumbs(visit);
    let (id, version) = (&loaded.file.definition.id, loaded.part.version);
    html(&PublishPage {
        page,
        head: head(visit, session, 4),
        change: change(visit, staff, &loaded),
        compare_url: loaded.before.as_ref().map(|(old, _)| {
            format!(
                "{}/gis/livelli/{id}/confronto?da={old}&a={version}",
                visit.prefix
            )
        }),
        has_errors: loaded.part.has_errors(),
        day: Some(form.dal)
            .filter(|day| !day.is_empty())
            .unwrap_or_else(|| today.to_string()),
        today: lang.date(today),
        reason: form.motivo,
        plans: plans
            .iter()
            .filter(|plan| !plan.dates.is_published)
            .map(|plan| {
                let value = format!("{}/{}", plan.plan, plan.code);
                (value, format!("{}: {}", plan.plan_title, plan.title))
            })
            .collect(),
        refused,
    })
}

/// What the last form sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PublishForm {
    dal: String,
    motivo: String,
    /// `plan/version` of the plan that it becomes a part of, instead of being published alone.
    piano: String,
}

/// `POST /gis/carica/{id}/pubblica`.
pub(super) async fn publish(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Form(form): Form<PublishForm>,
) -> Response {
    let page = async {
        let (staff, session) = named(&visit, &names).await?;
        if session.state != SessionState::Checked {
            return Ok(Redirect::to(&step_url(&visit, &session)).into_response());
        }
        match put_in_force(&visit, &staff, &session, &form).await? {
            Ok(url) => {
                let app = &visit.shared.app;
                let _ = std::fs::remove_dir_all(session.folder(&app.config().var));
                if let Err(error) = app.refresh().await {
                    tracing::warn!(error = ?error, "the map could not be read anew");
                }
                Ok(Redirect::to(&url).into_response())
            }
            Err(text) => {
                let page = publication(&visit, &staff, &session, form, Some(text)).await?;
                Ok(with_status(page, StatusCode::UNPROCESSABLE_ENTITY))
            }
        }
    };
    let page = page.await;
    personal(show(&visit, page))
}

async fn put_in_force(
    visit: &Visit,
    staff: &Staff,
    session: &Session,
    form: &PublishForm,
) -> Result<Result<String, String>, Failure> {
    let lang = visit.lang;
    let day = match parse_day(form.dal.trim()) {
        Some(day) => Some(day),
        None if form.dal.trim().is_empty() => None,
        None => return Ok(Err(lang.text("gis-bad-day"))),
    };
    let loaded = loaded(visit, staff, session).await?;
    let (file, id, doer) = (Arc::clone(&loaded.file), session.id, staff.doer());
    let version = loaded.part.version;
    let plan = form.piano.split_once('/');
    let plan = plan.map(|(plan, code)| (plan.to_owned(), code.to_owned()));
    let reason = Some(form.motivo.trim().to_owned()).filter(|reason| !reason.is_empty());
    let layer_url = format!("{}/gis/livelli/{}", visit.prefix, file.definition.id);
    let pool = &visit.shared.app.databases().writer;
    let done: Result<String, gis::Error> = in_transaction(pool, move |tx| {
        Box::pin(async move {
            let target = match plan {
                Some((plan, code)) => {
                    let plan = (plan.as_str(), code.as_str());
                    gis::add_to_plan(tx, &file.definition, &doer, plan, version).await?;
                    "fatto=piano".to_owned()
                }
                None => {
                    let publish = Publish {
                        version: Some(version),
                        valid_from: day,
                        instead_of: None,
                        by: doer.name.clone(),
                        reason,
                    };
                    match gis::publish(tx, &file.definition, &doer, &publish).await? {
                        layer::Recorded::Unchanged => "fatto=gia".to_owned(),
                        layer::Recorded::From(day) => format!("fatto=pubblicata&dal={day}"),
                    }
                }
            };
            set_published(tx, id).await?;
            Ok(target)
        })
    })
    .await;
    match done {
        Ok(target) => Ok(Ok(format!("{layer_url}?{target}"))),
        Err(gis::Error::Publish(error)) => match fault(&error) {
            Some(key) => Ok(Err(lang.text(key))),
            None => Err(error.into()),
        },
        Err(gis::Error::Plan(error)) => Ok(Err(error.to_string())),
        Err(gis::Error::LongReason(_)) => Ok(Err(lang.text("gis-long-reason"))),
        Err(error) => Err(error.into()),
    }
}
