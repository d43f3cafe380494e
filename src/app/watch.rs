//! Follows the database: what is published, and whether it answers at all.

use std::time::Duration;

use crate::job::Listener;
use crate::layer;

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
