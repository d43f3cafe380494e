//! `mappale db`: the private database server and the schema.

use std::io::Write;

use anyhow::{Result, bail};
use clap::Subcommand;

use crate::config::Config;
use crate::db::{Cluster, Databases, State, Status};

/// What to do with the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub(super) enum DbCommand {
    /// Make the private database server where there is none, and start it.
    Start,
    /// Stop the private database server; what is not committed is undone.
    Stop,
    /// Bring the schema to what this program needs.
    Migrate,
    /// Tell where the database is, whether it runs, its versions and its schema.
    Status,
}

/// Does what a command says and prints plain sentences about it.
///
/// # Errors
/// When the database cannot be made, started, reached, changed or stopped.
pub(super) async fn run(config: &Config, command: DbCommand) -> Result<()> {
    match command {
        DbCommand::Start => start(config).await,
        DbCommand::Stop => stop(config).await,
        DbCommand::Migrate => migrate(config).await,
        DbCommand::Status => status(config).await,
    }
}

async fn start(config: &Config) -> Result<()> {
    let cluster = private(config)?;
    let started = cluster.start().await?;
    let status = cluster.status().await?;
    say(if started {
        "The private database server was started."
    } else {
        "The private database server was running already."
    })?;
    place(&status)
}

async fn stop(config: &Config) -> Result<()> {
    let cluster = private(config)?;
    match cluster.others_connected().await {
        Ok(Some(0) | None) => {}
        Ok(Some(others)) => say(&format!(
            "{others} connections of others are being ended; what they have not committed is undone."
        ))?,
        Err(error) => say(&format!("Who is connected is not known: {error}."))?,
    }
    if cluster.stop().await? {
        say("The private database server was stopped.")
    } else {
        say("The private database server was not running.")
    }
}

async fn migrate(config: &Config) -> Result<()> {
    let databases = Databases::open(config).await?;
    say(&match databases.migrate().await? {
        0 => "The schema was up to date.".to_owned(),
        1 => "1 migration was applied.".to_owned(),
        several => format!("{several} migrations were applied."),
    })?;
    databases.close().await;
    Ok(())
}

async fn status(config: &Config) -> Result<()> {
    match &config.database_url {
        Some(url) => say(&format!(
            "The database server is that of DATABASE_URL: {url}."
        ))?,
        None => {
            let status = Cluster::open(config)?.status().await?;
            place(&status)?;
            if !matches!(status.state, State::Running { answers: true, .. }) {
                return Ok(());
            }
        }
    }
    let databases = Databases::open(config).await?;
    let versions = databases.versions().await?;
    say(&format!("PostgreSQL {}", versions.postgresql))?;
    say(&format!("PostGIS {}", versions.postgis))?;
    say(&format!("GEOS {}", versions.geos))?;
    say(&format!("PROJ {}", versions.proj))?;
    let state = databases.migration_state().await?;
    databases.close().await;
    match state.applied.last() {
        None => say("No migration has been applied; mappale db migrate does that.")?,
        Some(last) => say(&format!(
            "Migrations applied: {}, the last is {} ({}) of {} UTC.",
            state.applied.len(),
            last.number,
            last.description,
            last.at
        ))?,
    }
    for (number, description) in &state.pending {
        say(&format!(
            "Migration {number} ({description}) is missing; mappale db migrate applies it."
        ))?;
    }
    for number in &state.unknown {
        say(&format!(
            "Migration {number} is unknown to this program: the database is newer."
        ))?;
    }
    Ok(())
}

/// The private cluster, unless another server is to be used.
fn private(config: &Config) -> Result<Cluster> {
    if let Some(url) = &config.database_url {
        bail!("DATABASE_URL names the server {url}, which Mappale neither starts nor stops");
    }
    Ok(Cluster::open(config)?)
}

/// Prints where the cluster is and what it is doing.
fn place(status: &Status) -> Result<()> {
    say(&format!("It lies in {}.", status.folder.display()))?;
    if status.moved {
        say(&format!(
            "That is not below MAPPALE_VAR, which user {} cannot reach.",
            status.user
        ))?;
    }
    match status.state {
        State::Absent => say("It has not been made yet; mappale db start does that."),
        State::Stopped => say("It is stopped; mappale db start starts it."),
        State::Running { pid, answers } => {
            say(&format!(
                "It runs as process {pid} under user {}.",
                status.user
            ))?;
            say(&format!("Its socket is in {}.", status.socket.display()))?;
            if !answers {
                say("It does not answer; mappale db stop ends it.")?;
            }
            Ok(())
        }
    }
}

/// Prints a sentence; a reader who has gone away is no error.
fn say(text: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
