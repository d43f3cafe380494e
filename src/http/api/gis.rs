//! Loads of the GIS staff for programs: begin, send pieces, load, follow, discard.
//!
//! The pages' script sends large files through the same addresses.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::{Action, PolicyClass, Viewer, authorize};
use crate::gis::{
    self, Doer, Reading, Session, SessionState, StoredMapping, UploadError, begin, discard,
    keep_choice, keep_mapping, start_chunk, start_load, start_recognition,
};
use crate::layer::find_mapping;
use crate::place::Comune;

use super::super::error::Failure;
use super::super::extract::{AskedBy, Shared};

/// Addresses that take little.
pub(in crate::http) fn routes() -> Router<Shared> {
    Router::new()
        .route("/api/v1/gis/{comune}/loads", post(create))
        .route("/api/v1/gis/{comune}/loads/{id}", get(show).delete(remove))
        .route("/api/v1/gis/{comune}/loads/{id}/load", post(load))
}

/// Addresses that take pieces of files.
pub(in crate::http) fn upload_routes() -> Router<Shared> {
    Router::new().route(
        "/api/v1/gis/{comune}/loads/{id}/files/{number}",
        put(send_piece),
    )
}

/// Who asks, for which comune; for anybody but the staff there is nothing here.
fn staff(shared: &Shared, viewer: &Viewer, slug: &str) -> Result<(Doer, Arc<Comune>), Failure> {
    let nothing = || Failure::NotFound("there is nothing here".into());
    authorize(viewer, Action::Steward, PolicyClass::Staff).map_err(|_| nothing())?;
    let Viewer::Known { name, .. } = viewer else {
        return Err(nothing());
    };
    let catalogue = shared.app.catalogue();
    let comune = catalogue
        .comune_by_slug(slug)
        .cloned()
        .ok_or_else(nothing)?;
    let doer = Doer {
        name: name.clone(),
        territory_id: comune.id,
    };
    Ok((doer, comune))
}

async fn session_of(shared: &Shared, doer: &Doer, id: Uuid) -> Result<Session, Failure> {
    let mut connection = acquire(shared).await?;
    gis::session(&mut connection, id, doer.territory_id)
        .await?
        .ok_or_else(|| Failure::NotFound("there is no such load".into()))
}

async fn acquire(shared: &Shared) -> Result<sqlx::pool::PoolConnection<sqlx::Postgres>, Failure> {
    let pool = &shared.app.databases().writer;
    Ok(pool.acquire().await.map_err(gis::Error::from)?)
}

fn shown(session: &Session) -> Value {
    json!({
        "id": session.id,
        "state": session.state.as_str(),
        "died": session.has_died(),
        "layer": session.layer,
        "files": session.files,
        "fault": session.fault,
        "bytes_read": session.bytes_read,
        "bytes_total": session.bytes_total,
        "identical": session.reading.identical,
        "inspection": session.inspection,
    })
}

impl From<UploadError> for Failure {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Gis(error) => error.into(),
            UploadError::TooLarge { .. } | UploadError::Beyond => Self::TooLarge(error.to_string()),
            UploadError::Disk(error) => {
                tracing::error!(error = ?error, "an upload could not be stored");
                Self::Unavailable("the disk does not take the file".into())
            }
            other => Self::BadRequest(other.to_string()),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewLoad {
    #[serde(default)]
    layer: Option<String>,
    files: Vec<NewFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewFile {
    name: String,
    bytes: u64,
}

/// `POST …/loads`: begins a load of files that are still to come.
async fn create(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path(slug): Path<String>,
    Json(new): Json<NewLoad>,
) -> Result<Response, Failure> {
    let (doer, _) = staff(&shared, &viewer, &slug)?;
    if new.files.is_empty() {
        return Err(UploadError::NoFiles.into());
    }
    let files: Vec<(String, u64)> = new.files.into_iter().map(|f| (f.name, f.bytes)).collect();
    let app = &shared.app;
    let layer = new.layer.filter(|id| app.definitions().get(id).is_some());
    let (pool, config) = (&app.databases().writer, app.config());
    let most = config.max_file_bytes;
    let id = begin(pool, &config.var, &doer, layer.as_deref(), &files, most).await?;
    let session = session_of(&shared, &doer, id).await?;
    if session.is_complete() {
        start_recognition(app.config(), app.databases(), &session).await?;
    }
    Ok((StatusCode::CREATED, Json(shown(&session))).into_response())
}

/// `GET …/loads/{id}`.
async fn show(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path((slug, id)): Path<(String, Uuid)>,
) -> Result<Json<Value>, Failure> {
    let (doer, _) = staff(&shared, &viewer, &slug)?;
    Ok(Json(shown(&session_of(&shared, &doer, id).await?)))
}

#[derive(Debug, Deserialize)]
struct Offset {
    offset: i64,
}

/// `PUT …/files/{number}?offset`: a piece of a file, with its SHA-256 in `x-chunk-sha256`.
async fn send_piece(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path((slug, id, number)): Path<(String, Uuid, i32)>,
    Query(Offset { offset }): Query<Offset>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let (doer, _) = staff(&shared, &viewer, &slug)?;
    let session = session_of(&shared, &doer, id).await?;
    if session.state != SessionState::Uploading {
        return Err(Failure::Gone("the files of this load are complete".into()));
    }
    let app = &shared.app;
    let mut chunk = match start_chunk(&app.config().var, &session, number, offset) {
        Ok(chunk) => chunk,
        Err(UploadError::Offset { received }) => {
            let told = Json(json!({ "received": received }));
            return Ok((StatusCode::CONFLICT, told).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    let mut pieces = body.into_data_stream();
    while let Some(bytes) = pieces.next().await {
        let bytes = bytes.map_err(|_| Failure::BadRequest("the piece was cut off".into()))?;
        chunk.write(&bytes)?;
    }
    let sha256 = headers
        .get("x-chunk-sha256")
        .and_then(|value| value.to_str().ok());
    let mut connection = acquire(&shared).await?;
    let received = chunk.finish(&mut connection, sha256).await?;
    drop(connection);
    let session = session_of(&shared, &doer, id).await?;
    if session.is_complete() {
        start_recognition(app.config(), app.databases(), &session).await?;
    }
    Ok(Json(json!({ "received": received })).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LoadOrder {
    layer: Option<String>,
    preset: Option<String>,
    reading: Reading,
}

/// `POST …/loads/{id}/load`: reads, stores and checks the files, without a person's look.
async fn load(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path((slug, id)): Path<(String, Uuid)>,
    Json(order): Json<LoadOrder>,
) -> Result<Response, Failure> {
    let (doer, comune) = staff(&shared, &viewer, &slug)?;
    let session = session_of(&shared, &doer, id).await?;
    if !session.is_complete() {
        return Err(Failure::BadRequest("files are still to come".into()));
    }
    let app = &shared.app;
    let layer = order
        .layer
        .or_else(|| session.layer.clone())
        .unwrap_or_default();
    let file = app.definitions().get(&layer).map(Arc::clone);
    let file = file.ok_or_else(|| Failure::BadRequest(format!("there is no layer '{layer}'")))?;
    let mapping = match &order.preset {
        None => None,
        Some(preset) if crate::layer::preset_names(&app.config().layers).contains(preset) => {
            let found = find_mapping(&app.config().layers, preset, &file.definition)
                .map_err(|error| Failure::BadRequest(error.to_string()))?;
            Some(StoredMapping {
                name: found.name,
                layers: found.layers,
            })
        }
        Some(preset) => {
            return Err(Failure::BadRequest(format!(
                "there is no preset '{preset}'"
            )));
        }
    };
    let session = Session {
        layer: Some(layer),
        reading: order.reading,
        mapping,
        ..session
    };
    let mut connection = acquire(&shared).await?;
    let kept = session.layer.as_deref();
    keep_choice(&mut connection, id, kept, &session.reading).await?;
    keep_mapping(
        &mut connection,
        &session,
        session.mapping.as_ref(),
        &doer.name,
    )
    .await?;
    drop(connection);
    let (config, databases) = (app.config(), app.databases());
    if !start_load(config, databases, &session, file, &comune, &doer.name).await? {
        return Err(Failure::BadRequest("a step of the load is at work".into()));
    }
    let session = session_of(&shared, &doer, id).await?;
    Ok((StatusCode::ACCEPTED, Json(shown(&session))).into_response())
}

/// `DELETE …/loads/{id}`: discards a load, its files and what it stored.
async fn remove(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    Path((slug, id)): Path<(String, Uuid)>,
) -> Result<StatusCode, Failure> {
    let (doer, _) = staff(&shared, &viewer, &slug)?;
    let session = session_of(&shared, &doer, id).await?;
    if session.is_busy() && !session.has_died() {
        return Err(Failure::BadRequest("a step of the load is at work".into()));
    }
    let folder = session.folder(&shared.app.config().var);
    crate::db::in_transaction(&shared.app.databases().writer, move |tx| {
        Box::pin(async move { discard(tx, &session, &doer).await })
    })
    .await?;
    // What stays is in the way of nothing.
    let _ = std::fs::remove_dir_all(folder);
    Ok(StatusCode::NO_CONTENT)
}
