//! `mappale cadastre census`: the census of land and buildings.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Subcommand;

use super::super::{comune, definitions, say};
use crate::cadastre::{CadastralReference, ComuneCode};
use crate::census::{CensusRequest, Owner, load_census, owners_of, parcel_census};
use crate::config::Config;
use crate::db::Databases;
use crate::layer::LayerRole;

/// What to do with the census.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum CensusCommand {
    /// Load a supply: files .FAB, .TER, .SOG, .TIT, .PRM, or the folder that holds them.
    Load {
        /// Cadastral code of the comune.
        #[arg(long)]
        comune: ComuneCode,
        /// The files or their folder.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Print the report as JSON.
        #[arg(long)]
        json: bool,
        /// Who loads.
        #[arg(long, default_value = "command line")]
        by: String,
    },
    /// Tell land and units of a parcel; owners only with a purpose.
    Parcel {
        /// National reference, such as X001_000300.12.
        reference: CadastralReference,
        /// Tell the owners too, and write down what for.
        #[arg(long)]
        owners_for: Option<String>,
        /// Who asks.
        #[arg(long, default_value = "command line")]
        by: String,
    },
}

/// Does what a command says.
pub(super) async fn run(config: &Config, command: CensusCommand) -> Result<()> {
    let databases = Databases::open(config).await?;
    databases.migrate().await?;
    match command {
        CensusCommand::Load {
            comune: code,
            paths,
            json,
            by,
        } => {
            let definitions = definitions(config)?;
            let Some(parcels) = definitions.with_role(LayerRole::Parcel) else {
                bail!("no layer holds parcels");
            };
            let request = CensusRequest {
                paths,
                comune: comune::find(&databases, code).await?,
                parcels: parcels.definition.id.clone(),
                by,
            };
            let report = load_census(config, &databases, &request).await?;
            if json {
                return say(&serde_json::to_string_pretty(&report)?);
            }
            if report.identical {
                return say(&format!(
                    "The same files are supply {} already; nothing was loaded.",
                    report.supply_id
                ));
            }
            let kind = if report.complete {
                "complete"
            } else {
                "updates"
            };
            say(&format!(
                "Supply {} ({kind}): {} parcels of land, {} units with {} places on the map, {} \
                 persons, {} rights.",
                report.supply_id,
                report.land,
                report.units,
                report.identifiers,
                report.persons,
                report.titles
            ))?;
            match report.parcels {
                None => say("No parcels are in force: nothing was compared with the map.")?,
                Some(parcels) => say(&format!(
                    "{} numbers of the census are on the map, {} are not; {} of {parcels} parcels \
                     of the map are not in the census; {} areas differ by more than 5 %; {} records \
                     have no number.",
                    report.joined,
                    report.not_on_map_count,
                    report.not_in_census_count,
                    report.areas_apart_count,
                    report.without_number
                ))?,
            }
            for key in report.not_on_map.iter().take(10) {
                say(&format!("  not on the map: {key}"))?;
            }
            for (key, census, map) in report.areas_apart.iter().take(10) {
                say(&format!(
                    "  {key}: {census} m² in the census, {map:.0} m² on the map"
                ))?;
            }
            Ok(())
        }
        CensusCommand::Parcel {
            reference,
            owners_for,
            by,
        } => {
            let census = parcel_census(&databases, &reference).await?;
            say(&serde_json::to_string_pretty(&census)?)?;
            if let Some(purpose) = owners_for {
                let owners = owners_of(config, &databases, &reference, (&by, &purpose)).await?;
                for owner in &owners {
                    tell(owner)?;
                }
            }
            Ok(())
        }
    }
}

fn tell(owner: &Owner) -> Result<()> {
    let share = owner
        .share
        .map_or_else(String::new, |(part, of)| format!(" {part}/{of}"));
    let who = match &owner.person {
        Some(person) => format!(
            "{} {} {}",
            person.name,
            person.first_name.as_deref().unwrap_or_default(),
            person.tax_code.as_deref().unwrap_or_default()
        ),
        None => "not in the supply".to_owned(),
    };
    let (kind, number, right) = (&owner.immobile_kind, owner.immobile, &owner.right);
    say(&format!("{kind} {number}: right {right}{share}: {who}"))
}
