//! `mappale layer lineage`: what became of parcels.

use anyhow::{Result, bail};
use clap::Args;
use serde_json::json;

use super::super::say;
use super::publication::{Opened, Which, open};
use crate::config::Config;
use crate::layer::{self, Lineage, part_details};

/// Rows printed at most.
const SHOWN: usize = 200;

/// What to trace.
#[derive(Debug, Args)]
pub(in crate::cli) struct LineageArguments {
    #[command(flatten)]
    which: Which,
    /// The version before and the one after.
    #[arg(num_args = 0..=2)]
    versions: Vec<i32>,
    /// A key, such as X001_000300.21: its predecessors and successors as they were stored.
    #[arg(long, conflicts_with = "versions")]
    key: Option<String>,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

/// Prints what became of what.
pub(super) async fn run(config: &Config, arguments: LineageArguments) -> Result<()> {
    let opened = open(config, &arguments.which).await?;
    match (&arguments.key, arguments.versions.as_slice()) {
        (Some(key), _) => of_key(&opened, key, arguments.json).await,
        (None, &[old, new]) if old != new => between(&opened, old, new, arguments.json).await,
        _ => bail!("give two versions that differ, or a --key"),
    }
}

async fn between(opened: &Opened, old: i32, new: i32, as_json: bool) -> Result<()> {
    let definition = &opened.file.definition;
    // Comparing outlines of a whole comune may take longer than a page may.
    let mut connection = opened.databases.writer.acquire().await?;
    let id = opened.comune.id;
    let old = part_details(&mut connection, &definition.id, id, Some(old)).await?;
    let new = part_details(&mut connection, &definition.id, id, Some(new)).await?;
    let rows = layer::lineage(&mut connection, definition, old.part_id, new.part_id).await?;
    if as_json {
        return say(&serde_json::to_string_pretty(&rows)?);
    }
    say(&format!(
        "{}, {}, version {} to {}: {} rows",
        definition.id,
        opened.comune.name,
        old.version,
        new.version,
        rows.len()
    ))?;
    for row in rows.iter().take(SHOWN) {
        say(&line(row))?;
    }
    if rows.len() > SHOWN {
        say(&format!("  and {} more: see --json", rows.len() - SHOWN))?;
    }
    Ok(())
}

fn line(row: &Lineage) -> String {
    let key = |key: &Option<String>| key.clone().unwrap_or_else(|| "nothing".to_owned());
    format!(
        "  {} -> {}  {}, {:.2} m², confidence {:.2}",
        key(&row.predecessor),
        key(&row.successor),
        row.kind.as_str().replace('_', " "),
        row.shared_m2,
        row.confidence
    )
}

async fn of_key(opened: &Opened, key: &str, as_json: bool) -> Result<()> {
    let definition = &opened.file.definition;
    let mut connection = opened.databases.reader.acquire().await?;
    let id = opened.comune.id;
    let steps = layer::lineage_of(&mut connection, &definition.id, id, key).await?;
    if as_json {
        let steps: Vec<_> = steps
            .iter()
            .map(|step| {
                json!({ "old_version": step.old_version, "new_version": step.new_version,
                        "lineage": step.lineage })
            })
            .collect();
        return say(&serde_json::to_string_pretty(&steps)?);
    }
    if steps.is_empty() {
        return say(&format!(
            "Nothing is stored of {key}: it changed in no version."
        ));
    }
    for step in steps {
        say(&format!(
            "version {} to {}: {}",
            step.old_version,
            step.new_version,
            line(&step.lineage).trim_start()
        ))?;
    }
    Ok(())
}
