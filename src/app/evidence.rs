//! Every day the end of the chain of events is written outside the database.

use std::time::Duration;

use crate::audit;
use crate::db::{Error, Tx};

use super::open::App;

/// Time between two looks whether the root of the day is there.
const LOOK_EVERY: Duration = Duration::from_secs(600);

/// Writes the root of each day, as the database's clock has it, into the folder of the settings.
pub(super) async fn keep_roots(app: App) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = write(&app).await {
            tracing::error!(error = ?error, "the root of the chain of events could not be written");
        }
    }
}

async fn write(app: &App) -> Result<(), audit::Error> {
    let mut tx = match Tx::for_system(&app.databases().writer).await {
        Ok(tx) => tx,
        Err(Error::Query(error)) => return Err(error.into()),
        // Told where the state of the database is told.
        Err(_) => return Ok(()),
    };
    let day = audit::today(&mut tx).await?;
    let folder = &app.config().evidence;
    if let Some(root) = audit::write_root(&mut tx, folder, day).await? {
        tracing::info!(day = %root.day, links = root.position, "the root of the chain was written");
    }
    Ok(())
}
