//! `mappale demo`: invented comuni that show what the program does.

mod town;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use generator::{Plan, Scale, Summary};

use crate::cadastre::ComuneCode;
use crate::config::Config;
use crate::db::Databases;
use crate::ingest::{self, LoadRequest, ReadOptions};
use crate::layer::{DefinitionFile, LayerRole};
use crate::place::{self, NewComune};

use super::layer::tell;
use super::progress::progress;
use super::{comune, definitions, say};

/// What to do with the demonstration.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum DemoCommand {
    /// Load the small sample of data/borgochiaro, or the town; harmless when repeated.
    Load(LoadArguments),
    /// Draw invented comuni: cadastre, plan, constraints, risks, topographic map; a folder each.
    Generate(GenerateArguments),
}

/// What to load.
#[derive(Debug, Clone, Args)]
pub(super) struct LoadArguments {
    /// The whole invented town instead of the sample: it is drawn where it was not yet.
    #[arg(long)]
    town: bool,
}

/// What to draw.
#[derive(Debug, Clone, Args)]
pub(super) struct GenerateArguments {
    /// Decides every outline: the same seed gives the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How much to draw.
    #[arg(long, value_enum, default_value_t = DemoScale::Town)]
    scale: DemoScale,
    /// Folder for the files; by default `demo` in the folder of what the program keeps.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Load and publish what was drawn, by the ordinary path.
    #[arg(long)]
    load: bool,
}

/// How much to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DemoScale {
    /// One comune of about 15,000 parcels.
    Town,
    /// Forty comuni with about 430,000 parcels.
    Province,
    /// Six hundred comuni with about 8 million parcels.
    Region,
}

/// The drawings lie in UTM zone 32.
const STORAGE_SRID: i32 = 7791;

/// Does what a command says.
pub(super) async fn run(config: &Config, command: DemoCommand) -> Result<()> {
    match command {
        DemoCommand::Load(LoadArguments { town: true }) => load_town(config).await,
        DemoCommand::Load(LoadArguments { town: false }) => {
            let folder = config.data.join("borgochiaro");
            let sample = Invented {
                code: "X001".parse()?,
                name: "Borgochiaro".to_owned(),
                sheets: folder.join("X001_BORGOCHIARO_map.gml"),
                parcels: folder.join("X001_BORGOCHIARO_ple.gml"),
            };
            Loading::open(config).await?.load(&sample).await?;
            say("The demonstration comune is loaded.")
        }
        DemoCommand::Generate(arguments) => generate(config, arguments).await,
    }
}

/// Draws the town into the folder of what the program keeps, unless it is there, and loads it.
async fn load_town(config: &Config) -> Result<()> {
    let out = config.var.join("demo").join("town");
    if !out.join("roncaldera").join("demo.toml").is_file() {
        draw(&out, DemoScale::Town, 1).await?;
    }
    load_folders(config, &out).await?;
    say("The demonstration town is loaded.")
}

async fn generate(config: &Config, arguments: GenerateArguments) -> Result<()> {
    let out = arguments.out.unwrap_or_else(|| config.var.join("demo"));
    let summary = draw(&out, arguments.scale, arguments.seed).await?;
    let members: usize = summary.comuni.iter().map(|comune| comune.members).sum();
    say(&format!(
        "{} comuni with {members} parcels, roads and waters were drawn into {}.",
        summary.comuni.len(),
        out.display()
    ))?;
    if !arguments.load {
        return Ok(());
    }
    load_folders(config, &out).await?;
    say("What was drawn is loaded.")
}

/// Draws comuni into a folder.
async fn draw(out: &Path, scale: DemoScale, seed: u64) -> Result<Summary> {
    let plan = Plan {
        seed,
        scale: match scale {
            DemoScale::Town => Scale::Town,
            DemoScale::Province => Scale::Province,
            DemoScale::Region => Scale::Region,
        },
    };
    let (sender, drawing) = progress("Drawing".to_owned());
    let folder = out.to_owned();
    let summary = tokio::task::spawn_blocking(move || {
        generator::generate(&plan, &folder, |progress| {
            sender.send_replace((progress.done as u64, progress.total as u64));
        })
    })
    .await
    .context("the drawing was interrupted")??;
    drawing.abort();
    Ok(summary)
}

async fn load_folders(config: &Config, out: &Path) -> Result<()> {
    let definitions = definitions(config)?;
    let databases = Databases::open(config).await?;
    databases.migrate().await?;
    for folder in town::folders(out)? {
        town::load(config, &databases, &definitions, &folder).await?;
    }
    Ok(())
}

/// `BORGONOVELLO D'ADRA` → `Borgonovello d'Adra`, near enough for invented names.
fn in_title_case(name: &str) -> String {
    let mut title = String::new();
    let mut after_letter = false;
    for c in name.chars() {
        if after_letter {
            title.extend(c.to_lowercase());
        } else {
            title.push(c);
        }
        after_letter = c.is_alphabetic();
    }
    title.replace(" D'", " d'")
}

/// An invented comune and its files.
struct Invented {
    code: ComuneCode,
    name: String,
    sheets: PathBuf,
    parcels: PathBuf,
}

/// What loading invented comuni needs.
struct Loading<'a> {
    config: &'a Config,
    databases: Databases,
    sheets: Arc<DefinitionFile>,
    parcels: Arc<DefinitionFile>,
}

impl<'a> Loading<'a> {
    async fn open(config: &'a Config) -> Result<Self> {
        let definitions = definitions(config)?;
        let with_role = |role| match definitions.with_role(role) {
            Some(file) => Ok(Arc::clone(file)),
            None => bail!("no layer is defined for {role:?}"),
        };
        let databases = Databases::open(config).await?;
        databases.migrate().await?;
        Ok(Self {
            config,
            databases,
            sheets: with_role(LayerRole::Sheet)?,
            parcels: with_role(LayerRole::Parcel)?,
        })
    }

    /// Adds a comune where it is not known, loads its files and publishes them.
    async fn load(&self, invented: &Invented) -> Result<()> {
        let known = {
            let mut connection = self.databases.reader.acquire().await?;
            place::comuni(&mut connection)
                .await?
                .iter()
                .any(|comune| comune.codes.contains(&invented.code))
        };
        if !known {
            let new = NewComune {
                code: invented.code,
                name: invented.name.clone(),
                slug: None,
                storage_srid: STORAGE_SRID,
            };
            comune::add(self.config, &self.databases, new, None).await?;
        }
        // Sheets first: they give the boundary that parcels are held against.
        self.load_file(invented, &self.sheets, &invented.sheets)
            .await?;
        self.load_file(invented, &self.parcels, &invented.parcels)
            .await
    }

    async fn load_file(
        &self,
        invented: &Invented,
        file: &Arc<DefinitionFile>,
        path: &std::path::Path,
    ) -> Result<()> {
        let comune = comune::find(&self.databases, invented.code).await?;
        let (sender, drawing) = progress(format!("Reading for {}", file.definition.id));
        let request = LoadRequest {
            file: Arc::clone(file),
            comune: comune.clone(),
            files: vec![path.to_path_buf()],
            options: ReadOptions::default(),
            publish: true,
            by: "demonstration".to_owned(),
            progress: sender,
        };
        let outcome = ingest::load(self.config, &self.databases, request).await;
        drawing.abort();
        let outcome = outcome?;
        tell(file, &comune.name, &outcome)?;
        if outcome.report.has_errors() {
            bail!("{} has errors", path.display());
        }
        Ok(())
    }
}
