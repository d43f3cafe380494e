//! `mappale verify`: whether what happened is still what was written down.

use anyhow::{Result, bail};

use crate::audit;
use crate::config::Config;
use crate::db::Databases;
use crate::gis;
use crate::practice;

use super::say;

/// Verifies the chain of events, link by link, and every event against its link.
pub(super) async fn run(config: &Config) -> Result<()> {
    let databases = Databases::open(config).await?;
    databases.migrate().await?;
    let mut connection = databases.writer.acquire().await?;
    let (links, flaws) = audit::verify_links(&mut connection).await?;
    let mut contents = practice::verify_contents(&mut connection).await?;
    contents.extend(gis::verify_acts(&mut connection).await?);
    for flaw in &flaws {
        say(&flaw.to_string())?;
    }
    for flaw in &contents {
        say(flaw)?;
    }
    if flaws.is_empty() && contents.is_empty() {
        return say(&format!("{links} events: nothing was altered."));
    }
    bail!("{} flaws in {links} events", flaws.len() + contents.len())
}
