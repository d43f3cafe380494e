//! `mappale demo`: the invented comune that shows what the program does.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Subcommand;

use crate::cadastre::ComuneCode;
use crate::config::Config;
use crate::db::Databases;
use crate::ingest::{self, LoadRequest};
use crate::layer::LayerRole;
use crate::place::{self, NewComune};

use super::layer::tell;
use super::progress::progress;
use super::{comune, definitions, say};

/// What to do with the demonstration.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(super) enum DemoCommand {
    /// Load the sample of data/borgochiaro; harmless when repeated.
    Load,
}

const NAME: &str = "Borgochiaro";
const CODE: &str = "X001";
const STORAGE_SRID: i32 = 7791;

/// Does what a command says.
pub(super) async fn run(config: &Config, command: DemoCommand) -> Result<()> {
    let DemoCommand::Load = command;
    let folder = config.data.join("borgochiaro");
    let code: ComuneCode = CODE.parse()?;
    let definitions = definitions(config)?;
    let databases = Databases::open(config).await?;
    databases.migrate().await?;
    let known = {
        let mut connection = databases.reader.acquire().await?;
        place::comuni(&mut connection)
            .await?
            .iter()
            .any(|comune| comune.codes.contains(&code))
    };
    if !known {
        let new = NewComune {
            code,
            name: NAME.to_owned(),
            slug: None,
            storage_srid: STORAGE_SRID,
        };
        comune::add(config, &databases, new, None).await?;
    }
    let comune = comune::find(&databases, code).await?;
    // Sheets first: they give the boundary that parcels are held against.
    for (role, suffix) in [(LayerRole::Sheet, "map"), (LayerRole::Parcel, "ple")] {
        let Some(file) = definitions.with_role(role) else {
            bail!("no layer is defined for {role:?}");
        };
        let path: PathBuf = folder.join(format!("{CODE}_BORGOCHIARO_{suffix}.gml"));
        let (sender, drawing) = progress(format!("Reading for {}", file.definition.id));
        let request = LoadRequest {
            file: file.clone(),
            comune: comune.clone(),
            files: vec![path],
            publish: true,
            by: "demonstration".to_owned(),
            progress: sender,
        };
        let outcome = ingest::load(config, &databases, request).await;
        drawing.abort();
        let outcome = outcome?;
        tell(file, &comune.name, &outcome)?;
        if outcome.report.has_errors() {
            bail!("the sample has errors");
        }
    }
    say("The demonstration comune is loaded.")
}
