//! `mappale comune`: the comuni of this installation.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Subcommand;

use crate::cadastre::ComuneCode;
use crate::config::Config;
use crate::crs;
use crate::db::Databases;
use crate::ingest;
use crate::place::{self, Comune, NewComune};

use super::say;

/// What to do with comuni.
#[derive(Debug, Subcommand)]
pub(super) enum ComuneCommand {
    /// Add a comune.
    Add {
        /// Its cadastral code, such as H833.
        #[arg(long)]
        code: ComuneCode,
        /// Its name, without "Comune di".
        #[arg(long)]
        name: String,
        /// Its word in URLs; by default made from the name.
        #[arg(long)]
        slug: Option<String>,
        /// The metric CRS in which its maps are stored: in Italy EPSG:7791, 7792 or 7793.
        #[arg(long, default_value = "EPSG:7791", value_parser = parse_epsg)]
        crs: i32,
        /// A GeoJSON file with its boundary (lon/lat); otherwise the boundary comes from its sheets.
        #[arg(long)]
        boundary: Option<PathBuf>,
    },
    /// List the comuni.
    List,
}

fn parse_epsg(text: &str) -> Result<i32, String> {
    let code = text
        .strip_prefix("EPSG:")
        .or_else(|| text.strip_prefix("epsg:"))
        .unwrap_or(text);
    let srid: i32 = code
        .parse()
        .map_err(|_| format!("'{text}' is no EPSG code, such as EPSG:7792"))?;
    crs::check_storage(srid).map_err(|error| error.to_string())?;
    Ok(srid)
}

/// Does what a command says.
pub(super) async fn run(config: &Config, command: ComuneCommand) -> Result<()> {
    let databases = Databases::open(config).await?;
    databases.migrate().await?;
    match command {
        ComuneCommand::Add {
            code,
            name,
            slug,
            crs,
            boundary,
        } => {
            let new = NewComune {
                code,
                name,
                slug,
                storage_srid: crs,
            };
            add(config, &databases, new, boundary).await
        }
        ComuneCommand::List => list(&databases).await,
    }
}

/// Adds a comune, with its boundary when a file is given: all of it or nothing.
pub(super) async fn add(
    config: &Config,
    databases: &Databases,
    new: NewComune,
    boundary: Option<PathBuf>,
) -> Result<()> {
    let text = format!(
        "Comune di {} ({}) was added: EPSG:{}.",
        new.name, new.code, new.storage_srid
    );
    ingest::add_comune(config, databases, new, boundary).await?;
    say(&text)
}

/// The comune of a code.
pub(super) async fn find(databases: &Databases, code: ComuneCode) -> Result<Comune> {
    let mut connection = databases.reader.acquire().await?;
    let comuni = place::comuni(&mut connection).await?;
    match comuni
        .into_iter()
        .find(|comune| comune.codes.contains(&code))
    {
        Some(comune) => Ok(comune),
        None => bail!(
            "there is no comune {code}: add it with `mappale comune add --code {code} --name …`"
        ),
    }
}

async fn list(databases: &Databases) -> Result<()> {
    let mut connection = databases.reader.acquire().await?;
    let comuni = place::comuni(&mut connection).await?;
    if comuni.is_empty() {
        return say("There is no comune yet: add one with `mappale comune add`.");
    }
    for comune in comuni {
        let codes: Vec<String> = comune.codes.iter().map(ToString::to_string).collect();
        let boundary = match place::boundary_state(&mut connection, comune.id).await? {
            Some(state) => format!("boundary from {} ({})", state.origin, state.detail),
            None => "no boundary yet".to_owned(),
        };
        say(&format!(
            "{}  {}  /c/{}/  EPSG:{}  {boundary}",
            codes.join(","),
            comune.name,
            comune.slug,
            comune.storage_srid
        ))?;
    }
    Ok(())
}
