//! Follows the database (what is published, whether it answers at all) and the files of procedures.

use std::time::{Duration, SystemTime};

use crate::blob::Blobs;
use crate::db::{Tx, in_transaction_for_system};
use crate::gis;
use crate::job::Listener;
use crate::layer;
use crate::practice;
use crate::strict;

use super::open::App;

/// Whether the database answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseState {
    /// It answered when it was last asked.
    Up,
    /// It did not; what is in memory is served all the same.
    Down,
}

/// Time between two questions whether the database answers.
const ASK_EVERY: Duration = Duration::from_secs(2);

/// Brings the copy in memory up to date whenever something was published, and every 5 s.
///
/// Each time it asks for what is in force on the day that it is then: a publication whose first
/// day begins comes into force by itself, at most 5 s after midnight.
pub(super) async fn keep_current(app: App) {
    let mut listener = Listener::start(app.databases());
    loop {
        let wake = listener.next().await;
        if !wake.concerns(layer::PUBLISHED) {
            continue;
        }
        if let Err(error) = app.refresh().await {
            // Told once: the state of the database is logged when it changes.
            if app.database_state() == DatabaseState::Up {
                tracing::warn!(error = ?error, "the map in memory could not be renewed");
            }
        }
    }
}

/// Looks at live layers whenever something in them or in the map below them has changed, and
/// every 5 s; on a connection of its own, so that the building of a large map delays nothing.
pub(super) async fn keep_live_current(app: App) {
    let mut listener = Listener::start(app.databases());
    loop {
        let wake = listener.next().await;
        if !wake.concerns(layer::LIVE_CHANGED) && !wake.concerns(layer::PUBLISHED) {
            continue;
        }
        if let Err(error) = app.refresh_live().await
            && app.database_state() == DatabaseState::Up
        {
            tracing::warn!(error = ?error, "live layers could not be looked at");
        }
    }
}

/// Asks the database every two seconds, and starts the private one again when it is gone.
pub(super) async fn watch_database(app: App) {
    let mut ticks = tokio::time::interval(ASK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let before = app.database_state();
        match app.databases().ping().await {
            Ok(()) => {
                if before == DatabaseState::Down {
                    tracing::info!("the database answers again");
                }
                app.set_database_state(DatabaseState::Up);
            }
            Err(error) => {
                if before == DatabaseState::Up {
                    tracing::error!(error = ?error, "the database does not answer; the map goes on from memory");
                }
                app.set_database_state(DatabaseState::Down);
                if let Err(error) = app.databases().revive().await {
                    tracing::warn!(error = ?error, "the private database could not be started again");
                }
            }
        }
    }
}

/// Time between two looks at the files of procedures.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Offers changed procedures once their files are in order and have been at rest for two looks.
///
/// A change with mistakes changes nothing: they are logged, once for each change.
pub(super) async fn watch_procedures(app: App) {
    let folder = app.config().procedures.clone();
    let look = move || {
        let folder = folder.clone();
        tokio::task::spawn_blocking(move || strict::stamp(&folder))
    };
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let Ok(mut read) = look().await else { return };
    let mut before = read.clone();
    loop {
        ticks.tick().await;
        let Ok(now) = look().await else { return };
        if now != read && now == before {
            read = now.clone();
            read_procedures(&app).await;
        }
        before = now;
    }
}

/// Reads the files of procedures again, and says what came of it in the log.
pub(super) async fn read_procedures(app: &App) {
    let reading = app.clone();
    match tokio::task::spawn_blocking(move || reading.reload_procedures()).await {
        Ok(Ok(())) => tracing::info!("procedures were read again"),
        Ok(Err(problems)) => {
            for problem in problems {
                tracing::error!(%problem, "procedures stay as they were");
            }
        }
        Err(error) => tracing::error!(error = ?error, "procedures could not be read"),
    }
}

/// Time between two looks for drafts whose time is over.
const TIDY_EVERY: Duration = Duration::from_secs(3600);

/// Removes drafts whose time is over (their writers were warned on every page of them), and loads
/// that nobody published.
pub(super) async fn remove_expired_drafts(app: App) {
    let mut ticks = tokio::time::interval(TIDY_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let tidied = in_transaction_for_system(&app.databases().writer, |tx| {
            Box::pin(async move { practice::drop_expired(tx).await })
        });
        match tidied.await {
            Ok(0) => {}
            Ok(drafts) => tracing::info!(drafts, "drafts whose time was over were removed"),
            Err(error) => tracing::warn!(error = ?error, "old drafts could not be removed"),
        }
        match sweep_documents(&app).await {
            Ok(0) => {}
            Ok(files) => tracing::info!(files, "documents that nothing needs were removed"),
            Err(error) => tracing::warn!(error = ?error, "documents could not be tidied"),
        }
        let (writer, var) = (&app.databases().writer, &app.config().var);
        match gis::discard_unpublished(writer, var).await {
            Ok(0) => {}
            Ok(loads) => tracing::info!(loads, "loads that nobody published were discarded"),
            Err(error) => tracing::warn!(error = ?error, "old loads could not be discarded"),
        }
    }
}

/// Documents stored less than this ago stay, whether a row names them already or not.
const STAY_AT_LEAST: Duration = Duration::from_secs(24 * 3600);

/// Removes stored documents that no draft, practice or receipt needs: those that were replaced, taken
/// out, or never came to their end.
async fn sweep_documents(app: &App) -> Result<usize, practice::Error> {
    // Before anything is asked: what is stored from now on stays.
    let before = SystemTime::now() - STAY_AT_LEAST;
    let mut tx = Tx::for_system(&app.databases().writer).await?;
    let needed = practice::needed_blobs(&mut tx).await?;
    drop(tx);
    let blobs = Blobs::new(&app.config().var.join("blobs"));
    Ok(blobs.sweep(needed, before).await?)
}
