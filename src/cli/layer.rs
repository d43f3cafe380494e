//! `mappale layer`: definitions, loading, publishing.

mod inspect;
mod lineage;
mod publication;
mod report;

pub(super) use publication::day;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};

use crate::cadastre::ComuneCode;
use crate::config::Config;
use crate::crs::Operation;
use crate::db::Databases;
use crate::ingest::{self, CheckStatus, LoadRequest, Outcome, ReadOptions, Report, Severity};
use crate::layer::{self, Definition, DefinitionFile, definition_schema, live_schema};
use crate::place;
use crate::style::Fragments;

use super::progress::progress;
use super::{comune, definitions, say};

/// What to do with layers.
#[derive(Debug, Subcommand)]
pub(super) enum LayerCommand {
    /// Check all definitions and styles, and run the definitions' examples.
    Check,
    /// Print the JSON Schema of definitions.
    Schema {
        /// That of live layers.
        #[arg(long)]
        live: bool,
    },
    /// Say what is in a file: layers, fields with samples, coordinates, encoding, extent.
    Inspect(inspect::InspectArguments),
    /// Load files into a layer.
    Load(LoadArguments),
    /// List what was loaded and what is in force.
    List,
    /// Show everything that was recorded of a version: files, coordinates, report, acts.
    Show(publication::VersionArguments),
    /// Write the report of a version as a page with a map, as JSON, GeoJSON or GeoPackage.
    Report(report::ReportArguments),
    /// Put a version into force, the newest by default.
    Publish(publication::PublishArguments),
    /// Take a layer of a comune out of force.
    Withdraw(publication::WithdrawArguments),
    /// Cancel an act that was a mistake; what was answered before is kept.
    Cancel(publication::CancelArguments),
    /// Put an earlier version into force again.
    Rollback(publication::RollbackArguments),
    /// Tell what became of each parcel between two versions, or of one over all versions.
    Lineage(lineage::LineageArguments),
    /// Tell what differs between two versions.
    Diff(publication::DiffArguments),
}

/// How files are to be read.
#[derive(Debug, Args)]
struct ReadingArguments {
    /// Name of the layer in files of several layers.
    #[arg(long = "layer", value_name = "NAME_IN_FILE")]
    layer_in_file: Option<String>,
    /// Name of the data set in an archive of several, such as PGT_ZONE.
    #[arg(long)]
    member: Option<String>,
    /// How fields and values fill the columns: a preset, such as cnig, or a file.
    #[arg(long, value_name = "PRESET_OR_FILE")]
    map: Option<String>,
    /// The driver that must read the files, such as GPKG; by default it is told from the content.
    #[arg(long)]
    driver: Option<String>,
    /// The CRS, whatever the files say, such as EPSG:3003.
    #[arg(long)]
    crs: Option<String>,
    /// The encoding of text, whatever the files say.
    #[arg(long)]
    encoding: Option<String>,
    /// Make invalid polygons valid where their area changes by no more than so many percent (1);
    /// the originals are kept, and everything that was repaired is listed.
    #[arg(
        long,
        value_name = "PERCENT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "1"
    )]
    repair: Option<f64>,
    /// Leave out polygons that stay invalid, with a warning, instead of refusing to publish. Of
    /// sheets of the cadastre (CXF) it always holds.
    #[arg(long)]
    leave_out_invalid: bool,
}

impl ReadingArguments {
    fn options(self, config: &Config, definition: &Definition) -> Result<ReadOptions> {
        let mapping = match self.map {
            Some(name) => Some(layer::find_mapping(&config.layers, &name, definition)?),
            None => None,
        };
        Ok(ReadOptions {
            member: self.member,
            mapping,
            repair: self.repair.map(|percent| percent / 100.0),
            driver: self.driver,
            layer: self.layer_in_file,
            crs: self.crs,
            encoding: self.encoding,
            leave_out_invalid: self.leave_out_invalid,
        })
    }
}

/// What to load.
#[derive(Debug, Args)]
pub(super) struct LoadArguments {
    /// The layer, such as catasto.particella.
    layer: String,
    /// Cadastral code of the comune that the files are about.
    #[arg(long)]
    comune: ComuneCode,
    /// The files; of a folder the sheets of the cadastre (CXF, CTF) and archives in it.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
    /// Go on to publication when no error stands.
    #[arg(long)]
    publish: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Who loads, as it will be recorded.
    #[arg(long, default_value = "command line")]
    by: String,
}

/// Does what a command says.
pub(super) async fn run(config: &Config, command: LayerCommand) -> Result<()> {
    match command {
        LayerCommand::Check => check(config),
        LayerCommand::Schema { live: false } => {
            say(&serde_json::to_string_pretty(&definition_schema())?)
        }
        LayerCommand::Schema { live: true } => say(&serde_json::to_string_pretty(&live_schema())?),
        LayerCommand::Inspect(arguments) => inspect::run(config, arguments).await,
        LayerCommand::Load(arguments) => {
            let file = defined(config, &arguments.layer)?;
            let databases = Databases::open(config).await?;
            databases.migrate().await?;
            load(config, &databases, file, arguments).await
        }
        LayerCommand::List => {
            let databases = Databases::open(config).await?;
            databases.migrate().await?;
            list(&databases).await
        }
        LayerCommand::Show(arguments) => publication::show(config, arguments).await,
        LayerCommand::Report(arguments) => report::report(config, arguments).await,
        LayerCommand::Publish(arguments) => publication::publish(config, arguments).await,
        LayerCommand::Withdraw(arguments) => publication::withdraw(config, arguments).await,
        LayerCommand::Cancel(arguments) => publication::cancel(config, arguments).await,
        LayerCommand::Rollback(arguments) => publication::rollback(config, arguments).await,
        LayerCommand::Lineage(arguments) => lineage::run(config, arguments).await,
        LayerCommand::Diff(arguments) => publication::diff(config, arguments).await,
    }
}

/// The definition of a layer, or which layers there are.
fn defined(config: &Config, layer: &str) -> Result<Arc<DefinitionFile>> {
    let definitions = definitions(config)?;
    match definitions.get(layer) {
        Some(file) => Ok(Arc::clone(file)),
        None => {
            let known: Vec<&str> = definitions
                .iter()
                .map(|file| file.definition.id.as_str())
                .collect();
            bail!(
                "there is no layer '{layer}'; there are: {}",
                known.join(", ")
            )
        }
    }
}

fn check(config: &Config) -> Result<()> {
    let definitions = definitions(config)?;
    let mut examples = 0;
    for file in definitions.iter() {
        examples += file.definition.example.len();
    }
    let fragments = Fragments::load(&config.styles, &definitions).map_err(|problems| {
        let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", list.join("\n"))
    })?;
    let presets = layer::check_presets(&config.layers, &definitions).map_err(|problems| {
        let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{}", list.join("\n"))
    })?;
    say(&format!(
        "{} layer definitions with {examples} examples, {presets} mappings, {} style layers: all \
         in order.",
        definitions.iter().count(),
        fragments.layers().len()
    ))
}

async fn load(
    config: &Config,
    databases: &Databases,
    file: Arc<DefinitionFile>,
    arguments: LoadArguments,
) -> Result<()> {
    let comune = comune::find(databases, arguments.comune).await?;
    let (sender, drawing) = progress(format!("Reading for {}", file.definition.id));
    let request = LoadRequest {
        file: Arc::clone(&file),
        comune: comune.clone(),
        files: arguments.files,
        options: arguments.reading.options(config, &file.definition)?,
        publish: arguments.publish,
        by: arguments.by,
        progress: sender,
    };
    let outcome = ingest::load(config, databases, request).await;
    drawing.abort();
    let outcome = outcome?;
    if arguments.json {
        return say(&serde_json::to_string_pretty(&outcome.report)?);
    }
    tell(&file, &comune.name, &outcome)?;
    if arguments.publish && outcome.report.has_errors() {
        bail!("nothing was published: errors stand");
    }
    Ok(())
}

/// Prints what came of a load.
pub(super) fn tell(file: &DefinitionFile, comune: &str, outcome: &Outcome) -> Result<()> {
    let layer = &file.definition.id;
    if outcome.identical {
        say(&format!(
            "{layer}, {comune}: the same files are version {} already; nothing was loaded.",
            outcome.version
        ))?;
    } else {
        say(&format!(
            "{layer}, {comune}: version {}, {} features, {} vertices.",
            outcome.version, outcome.report.features, outcome.report.vertices
        ))?;
        if let Some(operation) = &outcome.operation {
            tell_operation(operation)?;
        }
        tell_report(&outcome.report)?;
    }
    say(if outcome.published {
        "Published: it is in force now."
    } else if outcome.identical {
        "What is in force has not changed."
    } else {
        "Not published."
    })
}

fn tell_operation(operation: &Operation) -> Result<()> {
    let accuracy = match operation.accuracy_m {
        Some(metres) => format!("accurate to {metres} m"),
        None => "of unknown accuracy".to_owned(),
    };
    let grids = match operation.grids.as_slice() {
        [] => "no grid".to_owned(),
        grids => format!("grids {}", grids.join(", ")),
    };
    say(&format!(
        "  EPSG:{} to EPSG:{}: {}, {accuracy}, {grids}",
        operation.from, operation.to, operation.name
    ))?;
    say(&format!("    {}", operation.pipeline))
}

fn tell_report(report: &Report) -> Result<()> {
    if report.joined > 0 {
        say(&format!(
            "  {} features were joined from several members with the same reference",
            report.joined
        ))?;
    }
    for check in &report.checks {
        let mark = match (check.status, check.severity) {
            (CheckStatus::Passed, _) => "passed ",
            (CheckStatus::NoData, _) => "no data",
            (CheckStatus::Failed, Some(Severity::Error)) => "ERROR  ",
            (CheckStatus::Failed, Some(Severity::Info)) => "info   ",
            (CheckStatus::Failed, _) => "warning",
        };
        let count = if check.count > 0 {
            format!(" [{}]", check.count)
        } else {
            String::new()
        };
        say(&format!(
            "  {mark}  {}: {}{count}",
            check.rule, check.message
        ))?;
    }
    for finding in report.findings.iter().take(20) {
        let line = finding
            .line
            .map_or_else(String::new, |line| format!(":{line}"));
        let place = finding
            .place
            .map_or_else(String::new, |[lon, lat]| format!(" at {lon:.6} {lat:.6}"));
        say(&format!(
            "    {}{line}  {}: {}{place}",
            finding.file, finding.rule, finding.message
        ))?;
    }
    if report.finding_count > 20 {
        say(&format!("    and {} more", report.finding_count - 20))?;
    }
    Ok(())
}

async fn list(databases: &Databases) -> Result<()> {
    let mut connection = databases.reader.acquire().await?;
    let comuni = place::comuni(&mut connection).await?;
    let parts = layer::parts(&mut connection, None, None).await?;
    if parts.is_empty() {
        return say("Nothing was loaded yet.");
    }
    for part in parts {
        let comune = comuni
            .iter()
            .find(|comune| comune.id == part.territory_id)
            .map_or("?", |comune| comune.name.as_str());
        say(&format!(
            "{}  {comune}  version {}  {} features  loaded {} by {}  {}",
            part.layer,
            part.version,
            part.feature_count,
            part.loaded_at.strftime("%F %R UTC"),
            part.loaded_by,
            if part.in_force { "IN FORCE" } else { "" }
        ))?;
    }
    Ok(())
}
