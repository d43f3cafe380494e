//! `mappale fact`: facts of many parcels, and the audit against PostGIS.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand, ValueEnum};

use crate::access::Viewer;
use crate::app::App;
use crate::cadastre::ComuneCode;
use crate::config::Config;
use crate::crs::LON_LAT;
use crate::fact::{self, Facts, Layers, Line};
use crate::ingest::{PackedFormat, pack_features};
use crate::layer::AsOf;
use crate::place::Comune;
use crate::snapshot::Catalogue;
use crate::text::Lang;

use super::progress::progress;
use super::say;

/// What to do with facts.
#[derive(Debug, Subcommand)]
pub(super) enum FactCommand {
    /// Facts of the parcels of a list, or of a whole comune, on the standard output.
    Batch(BatchArguments),
    /// Compare the areas of every parcel of a comune with PostGIS.
    Audit(AuditArguments),
}

/// Which parcels, which layers, and how the answer is written.
#[derive(Debug, Args)]
pub(super) struct BatchArguments {
    /// List of parcels, one a line; without it every parcel of the comune.
    file: Option<PathBuf>,
    /// Cadastral code of the comune that lines without one mean.
    #[arg(long)]
    comune: Option<ComuneCode>,
    /// Ids of layers, joined by commas; by default all that answer "what is here?".
    #[arg(long, default_value = "")]
    layers: String,
    /// The day that the answers are for; today by default.
    #[arg(long)]
    date: Option<String>,
    /// How the answers are written.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Language of names: it or en.
    #[arg(long, default_value = "it")]
    lang: String,
}

/// Which comune is compared.
#[derive(Debug, Args)]
pub(super) struct AuditArguments {
    /// Its cadastral code.
    #[arg(long)]
    comune: ComuneCode,
    /// Parcels that are compared at most, spread over all.
    #[arg(long, default_value_t = usize::MAX)]
    parcels: usize,
}

/// How answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One line a piece.
    Csv,
    /// One JSON object a parcel.
    Jsonl,
    /// A GeoPackage with one feature a piece.
    Gpkg,
}

/// Does what the arguments say.
pub(super) async fn run(config: Config, command: FactCommand) -> Result<()> {
    match command {
        FactCommand::Batch(arguments) => batch(config, arguments).await,
        FactCommand::Audit(arguments) => audit(config, arguments).await,
    }
}

async fn batch(config: Config, arguments: BatchArguments) -> Result<()> {
    let Some(lang) = Lang::from_code(&arguments.lang) else {
        bail!("--lang {}: there are it and en", arguments.lang);
    };
    let text = match &arguments.file {
        Some(path) => Some(
            std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read as text", path.display()))?,
        ),
        None => None,
    };
    let app = App::open(config, false).await?;
    let catalogue = as_of(&app, arguments.date.as_deref()).await?;
    let comune = match arguments.comune {
        Some(code) => Some(comune_of(&catalogue, code)?),
        None => match catalogue.comuni() {
            [only] => Some(Arc::clone(only)),
            _ => None,
        },
    };
    let viewer = Viewer::Anonymous;
    let lines = match (text, &comune) {
        (Some(text), comune) => fact::read_list(&catalogue, &viewer, comune.as_deref(), &text),
        (None, Some(comune)) => fact::all_parcels(&catalogue, &viewer, comune),
        (None, None) => bail!("name a list of parcels, or a comune with --comune"),
    };
    let layers = Layers::parse(&arguments.layers);
    let (sender, drawing) = progress("facts".to_owned());
    let config = app.config().clone();
    let srid = comune.map_or(LON_LAT, |comune| comune.storage_srid);
    let work = tokio::task::spawn_blocking(move || {
        let answers = |format, out: &mut dyn Write| {
            write_all(
                &catalogue,
                &layers,
                &lines,
                (format, lang, srid),
                out,
                &sender,
            )
        };
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        let faults = if arguments.format == Format::Gpkg {
            let mut faults = 0;
            let packed = pack_features(&config, PackedFormat::GeoPackage, |list| {
                faults = answers(Format::Gpkg, list).map_err(std::io::Error::other)?;
                Ok(())
            })?;
            std::io::copy(&mut std::fs::File::open(packed.path())?, &mut out)?;
            faults
        } else {
            answers(arguments.format, &mut out)?
        };
        out.flush().context("the output cannot be written")?;
        Ok::<_, anyhow::Error>(faults)
    });
    let faults = work.await??;
    drawing.await?;
    if faults > 0 {
        bail!("{faults} lines have no answer: their fault stands in the output");
    }
    Ok(())
}

/// Writes all answers; the number of lines without one.
fn write_all(
    catalogue: &Catalogue,
    layers: &Layers,
    lines: &[Line],
    (format, lang, srid): (Format, Lang, i32),
    out: &mut dyn Write,
    sender: &crate::ingest::ProgressSender,
) -> Result<usize> {
    match format {
        Format::Csv => out.write_all(fact::csv_titles().as_bytes())?,
        Format::Gpkg => out.write_all(fact::list_titles(srid).as_bytes())?,
        Format::Jsonl => {}
    }
    let (mut done, mut faults) = (0_u64, 0);
    fact::each_in_order(
        catalogue,
        &Viewer::Anonymous,
        layers,
        lines,
        |line, facts| {
            faults += usize::from(facts.is_err());
            match format {
                Format::Csv => out.write_all(fact::csv_lines(line, &facts, lang).as_bytes())?,
                Format::Gpkg => {
                    let text = fact::list_lines(line, &facts, lang, srid)?;
                    out.write_all(text.as_bytes())?;
                }
                Format::Jsonl => {
                    let json = crate::http::facts_json(line, facts.as_ref(), catalogue);
                    writeln!(out, "{json}")?;
                }
            }
            done += 1;
            sender.send_replace((done, lines.len() as u64));
            Ok::<_, anyhow::Error>(())
        },
    )?;
    Ok(faults)
}

async fn as_of(app: &App, date: Option<&str>) -> Result<Arc<Catalogue>> {
    let Some(date) = date else {
        return Ok(app.catalogue());
    };
    let as_of = AsOf::parse(Some(date), None, app.today())?;
    let current = app.catalogue();
    let territories: Vec<i64> = current.comuni().iter().map(|comune| comune.id).collect();
    Ok(app.catalogue_as_of(as_of, &territories).await?)
}

fn comune_of(catalogue: &Catalogue, code: ComuneCode) -> Result<Arc<Comune>> {
    catalogue
        .comune_by_code(code)
        .cloned()
        .with_context(|| format!("there is no comune with the code {code}"))
}

async fn audit(config: Config, arguments: AuditArguments) -> Result<()> {
    let app = App::open(config, false).await?;
    let catalogue = app.catalogue();
    let comune = comune_of(&catalogue, arguments.comune)?;
    let lines = fact::all_parcels(&catalogue, &Viewer::Anonymous, &comune);
    let step = lines.len().div_ceil(arguments.parcels.max(1)).max(1);
    let (mut parcels, mut pieces, mut wrong) = (0_usize, 0, 0);
    for line in lines.iter().step_by(step) {
        let Ok(reference) = &line.parcel else {
            continue;
        };
        let references = std::slice::from_ref(reference);
        let mut facts: Facts =
            fact::of_parcels(&catalogue, &Viewer::Anonymous, references, &Layers::Facts)?;
        let reader = &app.databases().reader;
        fact::settle(reader, &catalogue, &mut facts).await;
        parcels += 1;
        pieces += facts
            .layers
            .iter()
            .map(|layer| layer.pieces.len())
            .sum::<usize>();
        for found in fact::audit(reader, &catalogue, &mut facts).await {
            wrong += 1;
            say(&format!(
                "{reference} in {} of {}: {:.4} m² from memory, {:.4} m² from PostGIS",
                found.key, found.layer, found.memory_m2, found.database_m2
            ))?;
        }
    }
    say(&format!(
        "{parcels} parcels, {pieces} pieces, {wrong} contradicted by PostGIS"
    ))?;
    if wrong > 0 {
        bail!("memory and database do not agree");
    }
    Ok(())
}
