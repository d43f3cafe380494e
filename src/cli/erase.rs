//! `mappale erase`: personal data of a practice, when the law wants them forgotten.

use anyhow::{Result, bail};
use clap::Args;
use uuid::Uuid;

use crate::blob::Blobs;
use crate::config::Config;
use crate::db::{Databases, DbRole};
use crate::practice::{self, Erasure};

use super::say;

/// What is erased, by whom and why.
#[derive(Debug, Args)]
pub(super) struct EraseArguments {
    /// The practice, as in its address.
    practice: Uuid,
    /// Name of who does it; it is written into the chain of events.
    #[arg(long)]
    by: String,
    /// Erase before the time that the procedure says, by this order (authority, number, date).
    #[arg(long)]
    order: Option<String>,
}

/// Erases, and removes the documents that nothing needs any more.
pub(super) async fn run(config: &Config, arguments: EraseArguments) -> Result<()> {
    let filled = |text: &str, most: usize| (1..=most).contains(&text.trim().chars().count());
    if !filled(&arguments.by, 200) {
        bail!("--by: expected a name of at most 200 letters");
    }
    if arguments
        .order
        .as_ref()
        .is_some_and(|order| !filled(order, 2000))
    {
        bail!("--order: expected the order in at most 2000 letters");
    }
    let databases = Databases::open(config).await?;
    databases.migrate().await?;
    let mut owner = databases.address.connect(DbRole::Owner).await?;
    let erasure = Erasure {
        practice: arguments.practice,
        by: arguments.by.trim(),
        order: arguments.order.as_deref().map(str::trim),
    };
    let documents = practice::erase(&mut owner, erasure).await?;
    let blobs = Blobs::new(&config.var.join("blobs"));
    for sha256 in &documents {
        blobs.remove(sha256).await?;
    }
    say(&format!(
        "The personal data of practice {} are erased, with {} documents. Backups made before still \
         hold them until they are removed.",
        arguments.practice,
        documents.len()
    ))
}
