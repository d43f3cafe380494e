//! Pages of the GIS staff: layers and their versions, reports, comparisons, loads.
//!
//! Every one of them asks [`staff`] first: for anybody else there is nothing here.

mod acts;
mod checks;
mod compare;
mod load;
mod mapping;
mod overview;
mod ratings;
mod recognised;
mod report;
mod reports;
mod versions;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::access::{Action, PolicyClass, Viewer, authorize};
use crate::gis;
use crate::layer::DefinitionFile;
use crate::place::Comune;

use super::super::error::Failure;
use super::super::extract::{Shared, Visit};
use super::view::CrumbView;

/// Pages that exist once for the whole site and once for every comune.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/gis", get(overview::page))
        .route("/gis/registro", get(acts::page))
        .route("/gis/segnalazioni", get(reports::list))
        .route(
            "/gis/segnalazioni/{id}",
            get(reports::page).post(reports::close),
        )
        .route("/gis/valutazioni", get(ratings::page))
        .route("/gis/carica/{id}", get(load::current))
        .route("/gis/carica/{id}/file", get(load::files))
        .route("/gis/carica/{id}/scarta", post(load::throw_away))
        .route(
            "/gis/carica/{id}/riconosciuto",
            get(recognised::page).post(recognised::choose),
        )
        .route(
            "/gis/carica/{id}/corrispondenze",
            get(mapping::page).post(mapping::choose),
        )
        .route("/gis/carica/{id}/controlli", get(checks::page))
        .route(
            "/gis/carica/{id}/pubblica",
            get(checks::publish_page).post(checks::publish),
        )
        .route("/gis/livelli/{layer}", get(versions::page))
        .route("/gis/livelli/{layer}/pubblica", post(versions::publish))
        .route("/gis/livelli/{layer}/ritira", post(versions::withdraw))
        .route("/gis/livelli/{layer}/annulla", post(versions::cancel))
        .route("/gis/livelli/{layer}/confronto", get(compare::page))
        .route("/gis/livelli/{layer}/{version}", get(report::page))
        .route(
            "/gis/livelli/{layer}/{version}/rapporto.{format}",
            get(report::file),
        )
}

/// The page that takes whole files: as large as is configured, for as long as it takes.
pub(super) fn upload_routes() -> Router<Shared> {
    Router::new().route("/gis/carica", get(load::page).post(load::receive))
}

/// Who works here, for which comune.
pub(super) struct Staff {
    /// The comune.
    pub(super) comune: Arc<Comune>,
    /// Name of the person.
    pub(super) name: String,
}

impl Staff {
    /// As the record of acts names them.
    pub(super) fn doer(&self) -> gis::Doer {
        gis::Doer {
            name: self.name.clone(),
            territory_id: self.comune.id,
        }
    }
}

fn nothing() -> Failure {
    Failure::NotFound("there is nothing here".into())
}

/// The name of the GIS staff who asks; for anybody else there is nothing here.
pub(super) fn steward(viewer: &Viewer) -> Result<String, Failure> {
    authorize(viewer, Action::Steward, PolicyClass::Staff).map_err(|_| nothing())?;
    match viewer {
        Viewer::Known { name, .. } => Ok(name.clone()),
        Viewer::Anonymous => Err(nothing()),
    }
}

/// The GIS staff who asks, and the comune of the address; for anybody else there is nothing here.
pub(super) fn staff(visit: &Visit) -> Result<Staff, Failure> {
    let name = steward(&visit.viewer)?;
    let comune = visit.comune.clone().ok_or_else(nothing)?;
    Ok(Staff { comune, name })
}

/// The layer that an address names.
fn layer_of(
    visit: &Visit,
    names: &HashMap<String, String>,
) -> Result<Arc<DefinitionFile>, Failure> {
    let id = names.get("layer").map(String::as_str).unwrap_or_default();
    let file = visit.shared.app.definitions().get(id);
    file.map(Arc::clone)
        .ok_or_else(|| Failure::NotFound("there is no such layer".into()))
}

/// The way back to the list of layers.
fn crumb(visit: &Visit) -> CrumbView {
    CrumbView {
        title: visit.lang.text("gis-title"),
        url: format!("{}/gis", visit.prefix),
    }
}

/// The way back to the page of a layer.
fn layer_crumb(visit: &Visit, file: &DefinitionFile) -> CrumbView {
    CrumbView {
        title: super::present::localized(&file.definition.title, visit.lang),
        url: format!("{}/gis/livelli/{}", visit.prefix, file.definition.id),
    }
}

impl From<gis::Error> for Failure {
    fn from(error: gis::Error) -> Self {
        match error {
            gis::Error::NoReason
            | gis::Error::LongReason(_)
            | gis::Error::Plan(_)
            | gis::Error::Publish(_) => Self::BadRequest(error.to_string()),
            gis::Error::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_))
            | gis::Error::Transaction(_) => {
                tracing::warn!(error = ?error, "the staff's work could not be read or written");
                Self::Unavailable("the database does not answer".into())
            }
            other => Self::internal(&other),
        }
    }
}

impl From<crate::layer::PublishError> for Failure {
    fn from(error: crate::layer::PublishError) -> Self {
        match error {
            crate::layer::PublishError::NoSuchPart { .. } => {
                Self::NotFound("there is no such version".into())
            }
            other => gis::Error::from(other).into(),
        }
    }
}

/// A connection that may read what the staff sees.
async fn connection(visit: &Visit) -> Result<sqlx::pool::PoolConnection<sqlx::Postgres>, Failure> {
    let pool = &visit.shared.app.databases().writer;
    pool.acquire()
        .await
        .map_err(|error| gis::Error::from(error).into())
}
