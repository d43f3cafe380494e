//! `/gis/carica`: loads under way, the first step of a new one, and what all steps share.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Multipart, Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

use crate::db::in_transaction;
use crate::gis::{
    self, Session, SessionState, UploadError, begin, discard, open_sessions, receive_whole,
    start_recognition,
};
use crate::text::NumberFormat as _;

use super::super::super::error::Failure;
use super::super::super::extract::Visit;
use super::super::failure::{html, show};
use super::super::party::{personal, with_status};
use super::super::present::{self, localized};
use super::super::view::{CrumbView, PageView};
use super::{Staff, connection, crumb, staff, words};

#[derive(Template)]
#[template(path = "gis/load.html")]
struct Page {
    page: PageView,
    base: String,
    layer: String,
    slug: String,
    most: String,
    fault: Option<String>,
    open: Vec<Row>,
}

struct Row {
    url: String,
    files: String,
    layer: Option<String>,
    state: String,
    changed: String,
    by: String,
}

/// A step of the path, as the stepper shows it.
pub(super) struct Step {
    pub(super) title: String,
    /// Its address; none where it cannot be gone to yet.
    pub(super) url: Option<String>,
    pub(super) current: bool,
    pub(super) done: bool,
}

/// What stands above every step.
pub(super) struct Head {
    pub(super) base: String,
    pub(super) steps: Vec<Step>,
    pub(super) files: Vec<(String, String, Option<String>)>,
    pub(super) fault: Option<String>,
}

/// What the address of the first page says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct LoadQuery {
    #[serde(default)]
    livello: String,
}

/// `GET /gis/carica`.
pub(super) async fn page(visit: Visit, Query(query): Query<LoadQuery>) -> Response {
    let page = first(&visit, &query.livello, None).await;
    personal(show(&visit, page))
}

async fn first(visit: &Visit, layer: &str, fault: Option<String>) -> Result<Response, Failure> {
    let staff = staff(visit)?;
    let lang = visit.lang;
    let mut connection = connection(visit).await?;
    let open = open_sessions(&mut connection, staff.comune.id).await?;
    let base = format!("{}/gis/carica", visit.prefix);
    let mut page = present::page(visit, &lang.text("gis-load"));
    page.crumbs = vec![crumb(visit)];
    html(&Page {
        page,
        layer: layer.to_owned(),
        slug: staff.comune.slug.clone(),
        most: words::size(lang, visit.shared.app.config().max_file_bytes),
        fault,
        open: open
            .iter()
            .map(|session| Row {
                url: format!("{base}/{}", session.id),
                files: names(session),
                layer: session.layer.as_deref().and_then(|id| {
                    let file = visit.shared.app.definitions().get(id)?;
                    Some(localized(&file.definition.title, lang))
                }),
                state: lang.text(state(session)),
                changed: words::moment(lang, session.changed_at),
                by: session.by.clone(),
            })
            .collect(),
        base,
    })
}

fn names(session: &Session) -> String {
    let names: Vec<&str> = session
        .files
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    names.join(", ")
}

/// The key of where a load is.
pub(super) fn state(session: &Session) -> &'static str {
    if session.has_died() {
        return "gis-load-died";
    }
    match session.state {
        SessionState::Uploading => "gis-load-uploading",
        SessionState::Inspecting => "gis-load-inspecting",
        SessionState::Recognised => "gis-load-recognised",
        SessionState::Loading => "gis-load-loading",
        SessionState::Checked => "gis-load-checked",
        SessionState::Published => "gis-load-published",
        SessionState::Discarded => "gis-load-discarded",
    }
}

/// What was wrong with files that were sent.
pub(super) fn upload_fault(visit: &Visit, error: UploadError) -> Result<String, Failure> {
    let lang = visit.lang;
    Ok(match &error {
        UploadError::NoFiles => lang.text("gis-upload-none"),
        UploadError::TooMany(_) => lang.text("gis-upload-many"),
        UploadError::Name(name) => lang.text_with("gis-upload-name", &[("name", name.into())]),
        UploadError::TooLarge { .. } | UploadError::Beyond => {
            let most = words::size(lang, visit.shared.app.config().max_file_bytes);
            lang.text_with("gis-upload-large", &[("most", (&most).into())])
        }
        UploadError::Disk(_) => {
            tracing::error!(error = ?error, "an upload could not be stored");
            lang.text("gis-upload-disk")
        }
        _ => match error {
            UploadError::Gis(error) => return Err(error.into()),
            other => return Err(Failure::BadRequest(other.to_string())),
        },
    })
}

/// `POST /gis/carica`: files of a form, straight to the disk.
pub(super) async fn receive(visit: Visit, multipart: Multipart) -> Response {
    let page = async {
        let staff = staff(&visit)?;
        match received(&visit, &staff, multipart).await {
            Ok(id) => {
                let session = of(&visit, &staff, id).await?;
                let app = &visit.shared.app;
                start_recognition(app.config(), app.databases(), &session).await?;
                let url = format!("{}/gis/carica/{id}/riconosciuto", visit.prefix);
                Ok(Redirect::to(&url).into_response())
            }
            Err(error) => {
                let fault = upload_fault(&visit, error)?;
                let page = first(&visit, "", Some(fault)).await?;
                Ok(with_status(page, StatusCode::UNPROCESSABLE_ENTITY))
            }
        }
    };
    let page = page.await;
    personal(show(&visit, page))
}

async fn received(
    visit: &Visit,
    staff: &Staff,
    mut multipart: Multipart,
) -> Result<Uuid, UploadError> {
    let app = &visit.shared.app;
    let (pool, config) = (&app.databases().writer, app.config());
    let (var, most) = (&config.var, config.max_file_bytes);
    let mut layer = None;
    let mut begun: Option<Uuid> = None;
    let mut number = 0;
    let outcome = async {
        while let Ok(Some(mut part)) = multipart.next_field().await {
            let Some(name) = part.file_name().map(str::to_owned) else {
                if part.name() == Some("livello") {
                    let text = part.text().await.unwrap_or_default();
                    layer = Some(text).filter(|id| app.definitions().get(id).is_some());
                }
                continue;
            };
            if name.is_empty() {
                continue;
            }
            let id = match begun {
                Some(id) => id,
                None => {
                    let id = begin(pool, var, &staff.doer(), layer.as_deref(), &[], most).await?;
                    *begun.insert(id)
                }
            };
            let mut file = receive_whole(var, id, number, &name, most)?;
            loop {
                match part.chunk().await {
                    Ok(Some(bytes)) => file.write(&bytes)?,
                    Ok(None) => break,
                    Err(_) => return Err(UploadError::Digest),
                }
            }
            let mut connection = pool.acquire().await?;
            file.finish_whole(&mut connection).await?;
            number += 1;
        }
        begun.ok_or(UploadError::NoFiles)
    };
    let outcome = outcome.await;
    if let (Err(_), Some(id)) = (&outcome, begun) {
        // Half a load is none: it goes as if it had been discarded.
        if let Ok(session) = of(visit, staff, id).await {
            remove(visit, staff, session).await.ok();
        }
    }
    outcome
}

/// The load of a number; for another comune's there is nothing here.
pub(super) async fn of(visit: &Visit, staff: &Staff, id: Uuid) -> Result<Session, Failure> {
    let mut connection = connection(visit).await?;
    gis::session(&mut connection, id, staff.comune.id)
        .await?
        .ok_or_else(|| Failure::NotFound("there is no such load".into()))
}

/// Who asks, and the load that an address names.
pub(super) async fn named(
    visit: &Visit,
    names: &HashMap<String, String>,
) -> Result<(Staff, Session), Failure> {
    let staff = staff(visit)?;
    let id = names.get("id").and_then(|id| Uuid::parse_str(id).ok());
    let id = id.ok_or_else(|| Failure::NotFound("there is no such load".into()))?;
    let session = of(visit, &staff, id).await?;
    Ok((staff, session))
}

/// The address of the step at which a load is.
pub(super) fn step_url(visit: &Visit, session: &Session) -> String {
    let base = format!("{}/gis/carica/{}", visit.prefix, session.id);
    match session.state {
        SessionState::Uploading => format!("{base}/file"),
        SessionState::Inspecting | SessionState::Recognised => format!("{base}/riconosciuto"),
        SessionState::Loading | SessionState::Checked => format!("{base}/controlli"),
        SessionState::Published => session.layer.as_deref().map_or(base, |layer| {
            format!("{}/gis/livelli/{layer}", visit.prefix)
        }),
        SessionState::Discarded => format!("{}/gis/carica", visit.prefix),
    }
}

/// `GET /gis/carica/{id}`: leads to the step at which the load is.
pub(super) async fn current(visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    let page = async {
        let (_, session) = named(&visit, &names).await?;
        Ok(Redirect::to(&step_url(&visit, &session)).into_response())
    };
    let page = page.await;
    personal(show(&visit, page))
}

/// What stands above a step.
pub(super) fn head(visit: &Visit, session: &Session, at: usize) -> Head {
    let lang = visit.lang;
    let base = format!("{}/gis/carica/{}", visit.prefix, session.id);
    let reached = match session.state {
        SessionState::Uploading => 0,
        SessionState::Inspecting => 1,
        SessionState::Recognised if session.layer.is_some() && session.inspection.is_some() => 2,
        SessionState::Recognised => 1,
        SessionState::Loading => 3,
        SessionState::Checked | SessionState::Published => 4,
        SessionState::Discarded => 0,
    };
    let steps = [
        ("gis-step-file", "file"),
        ("gis-step-recognised", "riconosciuto"),
        ("gis-step-mapping", "corrispondenze"),
        ("gis-step-checks", "controlli"),
        ("gis-step-publish", "pubblica"),
    ];
    Head {
        steps: steps
            .iter()
            .enumerate()
            .map(|(index, (key, path))| Step {
                title: lang.text(key),
                url: (index <= reached && index != at).then(|| format!("{base}/{path}")),
                current: index == at,
                done: index < at,
            })
            .collect(),
        files: session
            .files
            .iter()
            .map(|file| {
                let bytes = u64::try_from(file.bytes).unwrap_or_default();
                (
                    file.name.clone(),
                    words::size(lang, bytes),
                    file.sha256.clone(),
                )
            })
            .collect(),
        fault: session.fault.clone(),
        base,
    }
}

/// Crumbs of a step.
pub(super) fn crumbs(visit: &Visit) -> Vec<CrumbView> {
    let load = CrumbView {
        title: visit.lang.text("gis-load"),
        url: format!("{}/gis/carica", visit.prefix),
    };
    vec![crumb(visit), load]
}

#[derive(Template)]
#[template(path = "gis/files.html")]
struct FilesPage {
    page: PageView,
    head: Head,
    slug: String,
    arrived: Vec<(String, String, String, bool)>,
    complete: bool,
}

/// `GET /gis/carica/{id}/file`: what has arrived, and how to go on.
pub(super) async fn files(visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    let page = async {
        let (staff, session) = named(&visit, &names).await?;
        let lang = visit.lang;
        let mut page = present::page(&visit, &lang.text("gis-step-file"));
        page.crumbs = crumbs(&visit);
        html(&FilesPage {
            page,
            head: head(&visit, &session, 0),
            slug: staff.comune.slug.clone(),
            complete: session.is_complete(),
            arrived: session
                .files
                .iter()
                .map(|file| {
                    let share = file.received as f64 / (file.bytes.max(1)) as f64;
                    (
                        file.name.clone(),
                        lang.percent(share),
                        words::size(lang, u64::try_from(file.bytes).unwrap_or_default()),
                        file.received == file.bytes,
                    )
                })
                .collect(),
        })
    };
    let page = page.await;
    personal(show(&visit, page))
}

/// Discards a load and removes its files.
pub(super) async fn remove(visit: &Visit, staff: &Staff, session: Session) -> Result<(), Failure> {
    let app = &visit.shared.app;
    let folder = session.folder(&app.config().var);
    let doer = staff.doer();
    in_transaction(&app.databases().writer, move |tx| {
        Box::pin(async move { discard(tx, &session, &doer).await })
    })
    .await?;
    // What stays is in the way of nothing.
    let _ = std::fs::remove_dir_all(folder);
    Ok(())
}

/// `POST /gis/carica/{id}/scarta`.
pub(super) async fn throw_away(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
) -> Response {
    let page = async {
        let (staff, session) = named(&visit, &names).await?;
        if session.is_busy() && !session.has_died() {
            return Err(Failure::BadRequest("a step of the load is at work".into()));
        }
        remove(&visit, &staff, session).await?;
        Ok(Redirect::to(&format!("{}/gis/carica", visit.prefix)).into_response())
    };
    let page = page.await;
    personal(show(&visit, page))
}
