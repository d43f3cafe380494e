//! `mappale layer show|publish|withdraw|rollback|diff`: the life of a version after its load.

use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;

use super::super::{comune, say};
use super::defined;
use crate::cadastre::ComuneCode;
use crate::config::Config;
use crate::db::{Databases, in_transaction};
use crate::layer::{
    self, DefinitionFile, Publish, PublishError, Recorded, parse_day, part_details,
};
use crate::place::Comune;

/// Features named in a list of differences at most.
const SHOWN: usize = 50;

/// A layer of a comune.
#[derive(Debug, Args)]
pub(in crate::cli) struct Which {
    /// The layer, such as catasto.particella.
    layer: String,
    /// Cadastral code of the comune.
    #[arg(long)]
    comune: ComuneCode,
}

/// A version of a layer of a comune.
#[derive(Debug, Args)]
pub(in crate::cli) struct VersionArguments {
    #[command(flatten)]
    which: Which,
    /// The version; the newest by default.
    #[arg(long)]
    version: Option<i32>,
    /// Print the stored report as JSON.
    #[arg(long)]
    json: bool,
}

/// What to publish.
#[derive(Debug, Args)]
pub(in crate::cli) struct PublishArguments {
    #[command(flatten)]
    which: Which,
    /// The version; the newest by default.
    #[arg(long)]
    version: Option<i32>,
    /// First day on which it is in force, also in the past or in the future; today by default.
    #[arg(long, value_name = "DATE", value_parser = day)]
    at: Option<Date>,
    /// Number of an earlier act that was a mistake: it is cancelled at the same time.
    #[arg(long, value_name = "ACT")]
    instead_of: Option<i64>,
    /// Why, for the record.
    #[arg(long)]
    reason: Option<String>,
    /// Who publishes, as it will be recorded.
    #[arg(long, default_value = "command line")]
    by: String,
}

/// What to withdraw.
#[derive(Debug, Args)]
pub(in crate::cli) struct WithdrawArguments {
    #[command(flatten)]
    which: Which,
    /// First day on which it is no longer in force; today by default.
    #[arg(long, value_name = "DATE", value_parser = day)]
    at: Option<Date>,
    /// Why, for the record.
    #[arg(long)]
    reason: String,
    /// Who withdraws, as it will be recorded.
    #[arg(long, default_value = "command line")]
    by: String,
}

/// What to cancel.
#[derive(Debug, Args)]
pub(in crate::cli) struct CancelArguments {
    #[command(flatten)]
    which: Which,
    /// Number of the act that was a mistake, as `layer show` prints it.
    act: i64,
    /// Why, for the record.
    #[arg(long)]
    reason: String,
    /// Who decides, as it will be recorded.
    #[arg(long, default_value = "command line")]
    by: String,
}

/// Where to go back to.
#[derive(Debug, Args)]
pub(in crate::cli) struct RollbackArguments {
    #[command(flatten)]
    which: Which,
    /// The earlier version.
    #[arg(long)]
    to: i32,
    /// Why, for the record.
    #[arg(long)]
    reason: String,
    /// Who decides, as it will be recorded.
    #[arg(long, default_value = "command line")]
    by: String,
}

/// What to compare.
#[derive(Debug, Args)]
pub(in crate::cli) struct DiffArguments {
    #[command(flatten)]
    which: Which,
    /// The first version.
    old: i32,
    /// The second version.
    new: i32,
    /// Print the differences as JSON.
    #[arg(long)]
    json: bool,
}

/// A day as an argument.
pub(in crate::cli) fn day(text: &str) -> Result<Date, String> {
    parse_day(text).ok_or_else(|| format!("'{text}' is no day: write it as 2026-01-31"))
}

/// A layer of a comune, and the way to its database.
pub(super) struct Opened {
    pub(super) databases: Databases,
    pub(super) file: Arc<DefinitionFile>,
    pub(super) comune: Comune,
}

pub(super) async fn open(config: &Config, which: &Which) -> Result<Opened> {
    let file = defined(config, &which.layer)?;
    let databases = Databases::open(config).await?;
    databases.migrate().await?;
    let comune = comune::find(&databases, which.comune).await?;
    Ok(Opened {
        databases,
        file,
        comune,
    })
}

/// Prints what was recorded of a version.
pub(super) async fn show(config: &Config, arguments: VersionArguments) -> Result<()> {
    let opened = open(config, &arguments.which).await?;
    let layer = &opened.file.definition.id;
    let mut connection = opened.databases.reader.acquire().await?;
    let part = part_details(&mut connection, layer, opened.comune.id, arguments.version).await?;
    if arguments.json {
        return say(&serde_json::to_string_pretty(&part.report)?);
    }
    say(&format!(
        "{layer}, {}: version {}{}",
        opened.comune.name,
        part.version,
        if part.in_force { ", in force" } else { "" }
    ))?;
    say(&format!(
        "  loaded {} by {}: {} features, {} vertices, EPSG:{}",
        part.loaded_at.strftime("%F %R UTC"),
        part.loaded_by,
        part.feature_count,
        part.vertex_count,
        part.srid
    ))?;
    for file in part.files.as_array().into_iter().flatten() {
        let text = |key: &str| file[key].as_str().unwrap_or_default().to_owned();
        say(&format!(
            "  file {}, SHA-256 {}",
            text("name"),
            text("sha256")
        ))?;
    }
    if let Some(name) = part.operation["name"].as_str() {
        let accuracy = part.operation["accuracy_m"].as_f64().map_or_else(
            || "unknown accuracy".to_owned(),
            |m| format!("accuracy {m} m"),
        );
        say(&format!(
            "  coordinates EPSG:{} to EPSG:{}: {name}, {accuracy}",
            part.operation["from"], part.operation["to"]
        ))?;
    }
    for act in &part.acts {
        let reason = act
            .reason
            .as_ref()
            .map_or_else(String::new, |reason| format!(": {reason}"));
        let what = match act.cancels {
            Some(cancelled) => format!("cancel act {cancelled}"),
            None => format!("{} from {}", act.kind, act.valid_from),
        };
        say(&format!(
            "  act {}, {}: {what}, by {}{reason}",
            act.id,
            act.at.strftime("%F %R UTC"),
            act.by
        ))?;
    }
    Ok(())
}

/// Puts a version into force.
pub(super) async fn publish(config: &Config, arguments: PublishArguments) -> Result<()> {
    let opened = open(config, &arguments.which).await?;
    let publish = Publish {
        version: arguments.version,
        valid_from: arguments.at,
        instead_of: arguments.instead_of,
        by: arguments.by,
        reason: arguments.reason,
    };
    put_in_force(&opened, publish).await
}

/// Puts an earlier version into force again.
pub(super) async fn rollback(config: &Config, arguments: RollbackArguments) -> Result<()> {
    let opened = open(config, &arguments.which).await?;
    let publish = Publish {
        version: Some(arguments.to),
        by: arguments.by,
        reason: Some(arguments.reason),
        ..Publish::default()
    };
    put_in_force(&opened, publish).await
}

async fn put_in_force(opened: &Opened, publish: Publish) -> Result<()> {
    let (file, id) = (Arc::clone(&opened.file), opened.comune.id);
    let recorded: Result<Recorded, PublishError> =
        in_transaction(&opened.databases.writer, move |tx| {
            Box::pin(async move { layer::publish_on(tx, &file.definition, id, &publish).await })
        })
        .await;
    match recorded? {
        Recorded::Unchanged => say("It was in force on that day already; nothing changed."),
        Recorded::From(day) if day == layer::legal_day(Timestamp::now()) => {
            say("Published: it is in force now.")
        }
        Recorded::From(day) => say(&format!("Published: it is in force from {day} on.")),
    }
}

/// Takes a layer of a comune out of force.
pub(super) async fn withdraw(config: &Config, arguments: WithdrawArguments) -> Result<()> {
    let opened = open(config, &arguments.which).await?;
    let (file, id) = (Arc::clone(&opened.file), opened.comune.id);
    let done: Result<Date, PublishError> = in_transaction(&opened.databases.writer, move |tx| {
        Box::pin(async move {
            let (by, reason) = (&arguments.by, &arguments.reason);
            layer::withdraw_layer(tx, &file.definition, id, arguments.at, by, reason).await
        })
    })
    .await;
    match done? {
        day if day == layer::legal_day(Timestamp::now()) => {
            say("Withdrawn: nothing of this layer is in force here now.")
        }
        day => say(&format!(
            "Withdrawn: nothing of this layer is in force here from {day} on."
        )),
    }
}

/// Cancels an act that was a mistake.
pub(super) async fn cancel(config: &Config, arguments: CancelArguments) -> Result<()> {
    let opened = open(config, &arguments.which).await?;
    let (file, id) = (Arc::clone(&opened.file), opened.comune.id);
    let done: Result<(), PublishError> = in_transaction(&opened.databases.writer, move |tx| {
        Box::pin(async move {
            let (act, by, reason) = (arguments.act, &arguments.by, &arguments.reason);
            layer::cancel_act(tx, &file.definition, id, act, by, reason).await
        })
    })
    .await;
    done?;
    say("Cancelled: the act does not count any more; what was answered until now is kept.")
}

/// Tells what differs between two versions.
pub(super) async fn diff(config: &Config, arguments: DiffArguments) -> Result<()> {
    if arguments.old == arguments.new {
        bail!("a version does not differ from itself");
    }
    let opened = open(config, &arguments.which).await?;
    let definition = &opened.file.definition;
    let mut connection = opened.databases.writer.acquire().await?;
    let id = opened.comune.id;
    let old = part_details(&mut connection, &definition.id, id, Some(arguments.old)).await?;
    let new = part_details(&mut connection, &definition.id, id, Some(arguments.new)).await?;
    let differences =
        layer::differences(&mut connection, definition, old.part_id, new.part_id).await?;
    if arguments.json {
        return say(&serde_json::to_string_pretty(&differences)?);
    }
    let (added, removed, changed) = differences.counts();
    say(&format!(
        "{}, {}, version {} to {}: +{added}, −{removed}, {changed} changed",
        definition.id, opened.comune.name, arguments.old, arguments.new
    ))?;
    for change in differences.changes.iter().take(SHOWN) {
        let what = match (change.added, change.removed) {
            (true, _) => format!("added, {:.2} m²", change.new_area_m2),
            (_, true) => format!("removed, {:.2} m²", change.old_area_m2),
            _ => {
                let mut what = Vec::new();
                if change.attributes_differ {
                    let columns: Vec<&str> = change
                        .attributes
                        .iter()
                        .map(|attribute| attribute.column.as_str())
                        .collect();
                    what.push(format!("attributes ({})", columns.join(", ")));
                }
                if change.geometry_differs {
                    let difference = change.new_area_m2 - change.old_area_m2;
                    let moved = change.moved_m2;
                    what.push(format!(
                        "outline, area {difference:+.2} m², {moved:.2} m² differ"
                    ));
                }
                what.join(" and ")
            }
        };
        say(&format!("  {}  {what}", change.key))?;
    }
    if differences.changes.len() > SHOWN {
        let more = differences.changes.len() - SHOWN;
        say(&format!("  and {more} more: see --json"))?;
    }
    Ok(())
}
