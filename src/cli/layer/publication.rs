//! `mappale layer show|publish|withdraw|rollback|diff`: the life of a version after its load.

use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;

use super::super::{comune, say};
use super::defined;
use crate::cadastre::ComuneCode;
use crate::config::Config;
use crate::db::{Databases, in_transaction};
use crate::layer::{self, DefinitionFile, PublishError, part_details};
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
    /// Why, for the record.
    #[arg(long)]
    reason: String,
    /// Who withdraws, as it will be recorded.
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

struct Opened {
    databases: Databases,
    file: Arc<DefinitionFile>,
    comune: Comune,
}

async fn open(config: &Config, which: &Which) -> Result<Opened> {
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
        say(&format!(
            "  {} {} by {}{reason}",
            act.at.strftime("%F %R UTC"),
            act.kind,
            act.by
        ))?;
    }
    Ok(())
}

/// Puts a version into force.
pub(super) async fn publish(config: &Config, arguments: PublishArguments) -> Result<()> {
    let opened = open(config, &arguments.which).await?;
    let reason = arguments.reason;
    put_in_force(&opened, arguments.version, arguments.by, reason).await
}

/// Puts an earlier version into force again.
pub(super) async fn rollback(config: &Config, arguments: RollbackArguments) -> Result<()> {
    let opened = open(config, &arguments.which).await?;
    let reason = Some(arguments.reason);
    put_in_force(&opened, Some(arguments.to), arguments.by, reason).await
}

async fn put_in_force(
    opened: &Opened,
    version: Option<i32>,
    by: String,
    reason: Option<String>,
) -> Result<()> {
    let (file, id) = (Arc::clone(&opened.file), opened.comune.id);
    let changed: Result<bool, PublishError> = in_transaction(&opened.databases.writer, move |tx| {
        Box::pin(async move {
            let definition = &file.definition;
            layer::publish_part(tx, definition, id, version, &by, reason.as_deref()).await
        })
    })
    .await;
    say(if changed? {
        "Published: it is in force now."
    } else {
        "It was in force already; nothing changed."
    })
}

/// Takes a layer of a comune out of force.
pub(super) async fn withdraw(config: &Config, arguments: WithdrawArguments) -> Result<()> {
    let opened = open(config, &arguments.which).await?;
    let (file, id) = (Arc::clone(&opened.file), opened.comune.id);
    let done: Result<(), PublishError> = in_transaction(&opened.databases.writer, move |tx| {
        Box::pin(async move {
            let (by, reason) = (&arguments.by, &arguments.reason);
            layer::withdraw_layer(tx, &file.definition, id, by, reason).await
        })
    })
    .await;
    done?;
    say("Withdrawn: nothing of this layer is in force here now.")
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
                    what.push("attributes".to_owned());
                }
                if change.geometry_differs {
                    let difference = change.new_area_m2 - change.old_area_m2;
                    what.push(format!("outline, area {difference:+.2} m²"));
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
