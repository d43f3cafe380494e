//! `mappale verify`: whether what happened is still what was written down.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use crate::audit;
use crate::blob::Blobs;
use crate::config::Config;
use crate::db::{Databases, Tx};
use crate::gis;
use crate::practice;

use super::say;

/// What is compared.
#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// Folder of the daily roots, as copied to another machine; default: where they are written.
    #[arg(long)]
    roots: Option<PathBuf>,
    /// Also read every stored document and compare it with its hash.
    #[arg(long)]
    blobs: bool,
}

/// What was verified, in one line.
pub(super) struct Verified {
    pub(super) flaws: Vec<String>,
    pub(super) told: String,
}

/// Verifies the chain link by link, every event and practice against it, and the daily roots.
pub(super) async fn verify(
    config: &Config,
    databases: &Databases,
    roots: &std::path::Path,
    with_blobs: bool,
) -> Result<Verified> {
    let mut tx = Tx::for_system(&databases.writer).await?;
    let (links, found) = audit::verify_links(&mut tx).await?;
    let mut flaws: Vec<String> = found.iter().map(ToString::to_string).collect();
    flaws.extend(practice::verify_contents(&mut tx).await?);
    flaws.extend(gis::verify_acts(&mut tx).await?);
    let (count, found) = audit::verify_roots(&mut tx, roots).await?;
    flaws.extend(found.iter().map(ToString::to_string));
    let mut told = format!("{links} events, {count} daily roots");
    if with_blobs {
        let blobs = Blobs::new(&config.var.join("blobs"));
        let (documents, found) = practice::verify_blobs(&mut tx, &blobs).await?;
        flaws.extend(found);
        told.push_str(&format!(", {documents} documents"));
    }
    Ok(Verified { flaws, told })
}

/// Verifies and tells every flaw.
pub(super) async fn run(config: &Config, arguments: VerifyArguments) -> Result<()> {
    let databases = Databases::open(config).await?;
    databases.migrate().await?;
    let roots = arguments.roots.as_ref().unwrap_or(&config.evidence);
    let verified = verify(config, &databases, roots, arguments.blobs).await?;
    for flaw in &verified.flaws {
        say(flaw)?;
    }
    if verified.flaws.is_empty() {
        return say(&format!("{}: nothing was altered.", verified.told));
    }
    bail!("{} flaws in {}", verified.flaws.len(), verified.told)
}
