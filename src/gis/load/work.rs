//! The steps of a load that take long: tasks of the server that give a sign every second.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sqlx::PgPool;
use tokio::sync::watch;
use uuid::Uuid;

use crate::config::Config;
use crate::db::Databases;
use crate::gis::{Doer, Error, NewStaffAct, record_act};
use crate::ingest::{self, InspectRequest, LoadRequest};
use crate::layer::DefinitionFile;
use crate::place::Comune;

use super::files::digest_of;
use super::session::{Session, SessionState, joined};
use super::sql;

/// Letters of a fault that are kept.
const KEPT: usize = 4000;

/// Begins a step where no other is at work; false where one is.
async fn start(pool: &PgPool, id: Uuid, state: SessionState) -> Result<bool, Error> {
    let started = sqlx::query(sql::START)
        .bind(id)
        .bind(state.as_str())
        .execute(pool)
        .await?;
    Ok(started.rows_affected() == 1)
}

/// Gives a sign every second for as long as it is not stopped.
fn beat(pool: PgPool, id: Uuid, progress: watch::Receiver<(u64, u64)>) -> Beat {
    Beat(tokio::spawn(async move {
        let mut second = tokio::time::interval(Duration::from_secs(1));
        loop {
            second.tick().await;
            let (read, total) = *progress.borrow();
            let count = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
            let given = sqlx::query(sql::ALIVE)
                .bind(id)
                .bind(count(read))
                .bind(count(total))
                .execute(&pool)
                .await;
            if let Err(error) = given {
                tracing::warn!(error = ?error, "a load could not give a sign");
            }
        }
    }))
}

/// A task that ends with what it stands for.
struct Beat(tokio::task::JoinHandle<()>);

impl Drop for Beat {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn shortened(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string().replace('\0', "");
    text.chars().take(KEPT).collect()
}

/// Begins to look into the files of a load; false where another step is at work.
///
/// # Errors
/// [`Error::Database`].
pub async fn start_recognition(
    config: &Config,
    databases: &Databases,
    session: &Session,
) -> Result<bool, Error> {
    let pool = databases.writer.clone();
    if !start(&pool, session.id, SessionState::Inspecting).await? {
        return Ok(false);
    }
    let (config, session) = (config.clone(), session.clone());
    tokio::spawn(async move {
        let (_sender, progress) = watch::channel((0, 0));
        let beat = beat(pool.clone(), session.id, progress);
        let found = recognise(&config, &pool, &session).await;
        drop(beat);
        let (inspection, fault) = match found {
            Ok(found) => (Some(found), None),
            Err(error) => (None, Some(shortened(&error))),
        };
        let kept = sqlx::query(sql::RECOGNISED)
            .bind(session.id)
            .bind(inspection)
            .bind(fault)
            .execute(&pool)
            .await;
        if let Err(error) = kept {
            tracing::error!(error = ?error, "what was recognised could not be kept");
        }
    });
    Ok(true)
}

async fn recognise(
    config: &Config,
    pool: &PgPool,
    session: &Session,
) -> Result<serde_json::Value, Error> {
    for file in session.files.iter().filter(|file| file.sha256.is_none()) {
        let path = session.folder(&config.var).join(&file.name);
        let told = path.clone();
        let digest = tokio::task::spawn_blocking(move || digest_of(&path))
            .await
            .map_err(|_| ingest::Error::Interrupted)?
            .map_err(|source| ingest::Error::File { path: told, source })?;
        sqlx::query(sql::HASHED)
            .bind(session.id)
            .bind(file.number)
            .bind(digest.as_slice())
            .execute(pool)
            .await?;
    }
    let mut found = Vec::new();
    for path in session.paths(&config.var) {
        let request = InspectRequest {
            path,
            member: None,
            driver: session.reading.driver.clone(),
            crs: session.reading.crs.clone(),
            encoding: session.reading.encoding.clone(),
        };
        found.push(ingest::inspect(config, request).await?);
    }
    Ok(joined(found))
}

/// Discards what this load had stored before it was read in another way.
async fn forget_earlier(
    connection: &mut sqlx::PgConnection,
    session: &Session,
    now: i64,
    doer: &Doer,
) -> Result<(), Error> {
    if let Some(earlier) = session.part_id
        && earlier != now
        && !session.reading.identical
    {
        let _gone: bool = sqlx::query_scalar(sql::DISCARD_PART)
            .bind(earlier)
            .bind(&doer.name)
            .fetch_one(connection)
            .await?;
    }
    Ok(())
}

/// Begins to read, store and check the files of a load; false where another step is at work.
///
/// # Errors
/// [`Error::Database`].
pub async fn start_load(
    config: &Config,
    databases: &Databases,
    session: &Session,
    file: Arc<DefinitionFile>,
    comune: &Comune,
    by: &str,
) -> Result<bool, Error> {
    let pool = databases.writer.clone();
    if !start(&pool, session.id, SessionState::Loading).await? {
        return Ok(false);
    }
    let (progress, read) = watch::channel((0, 0));
    let request = LoadRequest {
        file: Arc::clone(&file),
        comune: comune.clone(),
        files: session.paths(&config.var),
        options: session.options(&file.definition),
        publish: false,
        by: by.to_owned(),
        progress,
    };
    let (config, databases, session) = (config.clone(), databases.clone(), session.clone());
    let doer = Doer {
        name: by.to_owned(),
        territory_id: comune.id,
    };
    tokio::spawn(async move {
        let beat = beat(pool.clone(), session.id, read);
        let outcome = ingest::load(&config, &databases, request).await;
        drop(beat);
        let mut reading = session.reading.clone();
        let (part_id, fault) = match &outcome {
            Ok(outcome) => {
                reading.identical = outcome.identical;
                (Some(outcome.part_id), None)
            }
            Err(error) => (None, Some(shortened(error))),
        };
        let kept = async {
            let mut connection = pool.acquire().await?;
            sqlx::query(sql::LOADED)
                .bind(session.id)
                .bind(part_id)
                .bind(serde_json::to_value(&reading).unwrap_or_default())
                .bind(fault)
                .execute(&mut *connection)
                .await?;
            if let Ok(outcome) = &outcome {
                forget_earlier(&mut connection, &session, outcome.part_id, &doer).await?;
                let detail = json!({
                    "load": session.id,
                    "version": outcome.version,
                    "identical": outcome.identical,
                    "errors": outcome.report.has_errors(),
                });
                let act = NewStaffAct {
                    by: &doer.name,
                    kind: "load",
                    territory_id: Some(doer.territory_id),
                    layer: Some(&file.definition.id),
                    detail: &detail,
                };
                record_act(&mut connection, &act).await?;
            }
            Ok::<_, Error>(())
        };
        if let Err(error) = kept.await {
            tracing::error!(error = ?error, "what was loaded could not be noted");
        }
    });
    Ok(true)
}
