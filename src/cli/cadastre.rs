//! `mappale cadastre`: what concerns the cadastre's own files.

mod census;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand, ValueEnum};

use crate::cadastre::ComuneCode;
use crate::config::Config;
use crate::crs::{
    self, ControlPoint, Correction, FitMethod, Fitted, SheetKey, add_sheet_system, sheet_systems,
};
use crate::db::Databases;
use crate::ingest::{NationalOutcome, NationalRequest, load_national};

use super::{definitions, say};

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum CadastreCommand {
    /// Load an archive of the national open cadastre: a region or a province as published.
    National(NationalArguments),
    /// The census of land and buildings (FAB, TER, SOG, TIT).
    #[command(subcommand)]
    Census(census::CensusCommand),
    /// Coordinate systems of sheets: local origins, shifts, fits.
    #[command(subcommand)]
    Crs(CrsCommand),
}

/// What to load of the national cadastre.
#[derive(Debug, Args)]
pub(super) struct NationalArguments {
    /// The archive of a region, a province or a comune; or a folder of them.
    path: PathBuf,
    /// Only these comuni.
    #[arg(long)]
    comune: Vec<ComuneCode>,
    /// Add comuni that are not there yet, with this storage CRS: EPSG:7791, 7792 or 7793.
    #[arg(long, value_name = "EPSG:N", value_parser = epsg)]
    add_missing: Option<i32>,
    /// Put into force what has no error.
    #[arg(long)]
    publish: bool,
    /// Who loads.
    #[arg(long, default_value = "command line")]
    by: String,
}

/// What to do with the coordinate systems of sheets.
#[derive(Debug, Subcommand)]
pub(super) enum CrsCommand {
    /// List what is known.
    List {
        /// Only of this comune.
        #[arg(long)]
        comune: Option<ComuneCode>,
    },
    /// Say in which system sheets are, with a correction.
    Set(SetArguments),
    /// Fit a correction to three or more points, and show what is left at each.
    Fit(FitArguments),
    /// Say that what was said of sheets no longer holds.
    Remove {
        #[command(flatten)]
        sheets: SheetArguments,
        /// Why.
        #[arg(long)]
        source: String,
        /// Who says so.
        #[arg(long, default_value = "command line")]
        by: String,
    },
}

/// Which sheets are meant.
#[derive(Debug, Args)]
pub(super) struct SheetArguments {
    /// Cadastral code of the comune.
    #[arg(long)]
    comune: ComuneCode,
    /// Census section, `_` for none; by default all.
    #[arg(long, value_parser = section)]
    section: Option<char>,
    /// Number of the sheet; by default all.
    #[arg(long)]
    sheet: Option<u16>,
    /// Annex and development, such as A0; by default all.
    #[arg(long, value_parser = part)]
    part: Option<String>,
}

/// A system and its correction.
#[derive(Debug, Args)]
pub(super) struct SetArguments {
    #[command(flatten)]
    sheets: SheetArguments,
    /// EPSG:3003, or a PROJ string: "+proj=cass +lat_0=45.31413 +lon_0=9.502994 +ellps=intl".
    #[arg(long)]
    system: String,
    /// Metres to add to the east.
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    shift_east: f64,
    /// Metres to add to the north.
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    shift_north: f64,
    /// Degrees to turn about the origin of the system, counter-clockwise, before the shift.
    #[arg(long, default_value_t = 0.0, allow_negative_numbers = true)]
    rotation: f64,
    /// Where it comes from, in words.
    #[arg(long)]
    source: String,
    /// Who says so.
    #[arg(long, default_value = "command line")]
    by: String,
}

/// Points to fit to.
#[derive(Debug, Args)]
pub(super) struct FitArguments {
    #[command(flatten)]
    sheets: SheetArguments,
    /// EPSG:3003, or a PROJ string, in which the sheet is but for the correction.
    #[arg(long)]
    system: String,
    /// A text file with a point a line: east and north on the sheet, east and north as known,
    /// separated by commas, semicolons or blanks. Lines that start with # are left out.
    #[arg(long)]
    points: PathBuf,
    /// The CRS of what is known: metres, east first.
    #[arg(long, default_value = "EPSG:7791", value_parser = epsg)]
    known: i32,
    /// What may change.
    #[arg(long, value_enum, default_value_t = Method::Helmert)]
    method: Method,
    /// Record the fit; without it, it is only shown.
    #[arg(long)]
    record: bool,
    /// Where the points come from, in words.
    #[arg(long, default_value = "control points")]
    source: String,
    /// Who fits.
    #[arg(long, default_value = "command line")]
    by: String,
}

/// What a fit may change.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Method {
    /// Shift, rotation, one scale.
    Helmert,
    /// Shift and any linear change.
    Affine,
}

fn section(text: &str) -> Result<char, String> {
    match text.chars().collect::<Vec<_>>().as_slice() {
        [c] if c.is_ascii_uppercase() || *c == '_' => Ok(*c),
        _ => Err(format!("'{text}' is no section: a capital letter, or _")),
    }
}

fn part(text: &str) -> Result<String, String> {
    let good = text.len() == 2
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    good.then(|| text.to_owned())
        .ok_or_else(|| format!("'{text}' is no annex and development, such as A0"))
}

fn epsg(text: &str) -> Result<i32, String> {
    let code = text
        .strip_prefix("EPSG:")
        .and_then(|code| code.parse().ok());
    code.ok_or_else(|| format!("'{text}' is no EPSG code, such as EPSG:7792"))
}

impl SheetArguments {
    fn key(self) -> SheetKey {
        SheetKey {
            comune: self.comune,
            sezione: self.section,
            foglio: self.sheet,
            part: self.part,
        }
    }
}

/// Does what a command says.
pub(super) async fn run(config: &Config, command: CadastreCommand) -> Result<()> {
    let command = match command {
        CadastreCommand::National(arguments) => return national(config, arguments).await,
        CadastreCommand::Census(command) => return census::run(config, command).await,
        CadastreCommand::Crs(command) => command,
    };
    let databases = Databases::open(config).await?;
    databases.migrate().await?;
    match command {
        CrsCommand::List { comune } => list(&databases, comune).await,
        CrsCommand::Set(arguments) => set(&databases, arguments).await,
        CrsCommand::Fit(arguments) => fit(&databases, arguments).await,
        CrsCommand::Remove { sheets, source, by } => {
            let key = sheets.key();
            let mut writer = databases.writer.acquire().await?;
            let nothing = serde_json::json!([]);
            add_sheet_system(&mut writer, &key, None, None, (&source, &nothing, &by)).await?;
            say(&format!("{key}: nothing is known of its system any more."))
        }
    }
}

async fn national(config: &Config, arguments: NationalArguments) -> Result<()> {
    let definitions = definitions(config)?;
    if let Some(srid) = arguments.add_missing {
        crs::check_storage(srid)?;
    }
    let databases = Databases::open(config).await?;
    databases.migrate().await?;
    let request = NationalRequest {
        path: arguments.path,
        only: arguments.comune,
        add_missing: arguments.add_missing,
        publish: arguments.publish,
        by: arguments.by,
    };
    let mut counts = [0_usize; 4];
    let report = load_national(config, &databases, &definitions, &request, |member| {
        let (kind, text) = match &member.outcome {
            NationalOutcome::Loaded {
                features,
                left_out,
                published,
            } => {
                let force = if *published {
                    "in force"
                } else {
                    "not published"
                };
                (
                    0,
                    format!("{features} features, {left_out} left out, {force}"),
                )
            }
            NationalOutcome::Unchanged => (1, "unchanged".to_owned()),
            NationalOutcome::SetAside(reason) => (2, format!("SET ASIDE: {reason}")),
            NationalOutcome::NotHere => (3, "not of this installation".to_owned()),
        };
        counts[kind] += 1;
        // Progress that cannot be written stops nothing.
        let _ = say(&format!("{}  {}: {text}", member.comune, member.name));
    })
    .await?;
    for (name, reason) in &report.broken {
        say(&format!("SET ASIDE: {name}: {reason}"))?;
    }
    say(&format!(
        "{} comuni loaded, {} unchanged, {} set aside, {} not of this installation; {} archives \
         could not be read.",
        counts[0],
        counts[1],
        counts[2],
        counts[3],
        report.broken.len()
    ))
}

async fn list(databases: &Databases, comune: Option<ComuneCode>) -> Result<()> {
    let mut reader = databases.reader.acquire().await?;
    let codes = comune.map(|code| vec![code]);
    let systems = sheet_systems(&mut reader, codes.as_deref()).await?;
    let mut empty = true;
    for row in systems.iter() {
        empty = false;
        let (at, by) = (row.set_at.strftime("%F"), &row.set_by);
        say(&format!("{} ({at}, {by})", row.told()))?;
    }
    if empty {
        say("No system of a sheet is known: add one with `mappale cadastre crs set` or `fit`.")?;
    }
    Ok(())
}

async fn set(databases: &Databases, arguments: SetArguments) -> Result<()> {
    crs::check_system(&arguments.system)?;
    let finite = [
        arguments.shift_east,
        arguments.shift_north,
        arguments.rotation,
    ];
    if !finite.iter().all(|value| value.is_finite()) {
        bail!("shifts and rotation are finite numbers");
    }
    let shift = [arguments.shift_east, arguments.shift_north];
    let correction = Correction::of_rotation(arguments.rotation, 1.0, shift);
    let key = arguments.sheets.key();
    let mut writer = databases.writer.acquire().await?;
    let nothing = serde_json::json!([]);
    let about = (arguments.source.as_str(), &nothing, arguments.by.as_str());
    let system = Some((arguments.system.as_str(), correction));
    add_sheet_system(&mut writer, &key, system, None, about).await?;
    say(&format!("{key}: {} was recorded.", arguments.system))
}

async fn fit(databases: &Databases, arguments: FitArguments) -> Result<()> {
    let given = read_points(&arguments.points)?;
    let mut known: Vec<[f64; 2]> = given.iter().map(|point| point.known).collect();
    crs::known_in_system(&arguments.system, arguments.known, &mut known)?;
    let points: Vec<ControlPoint> = given
        .iter()
        .zip(&known)
        .map(|(point, known)| ControlPoint {
            sheet: point.sheet,
            known: *known,
        })
        .collect();
    let method = match arguments.method {
        Method::Helmert => FitMethod::Helmert,
        Method::Affine => FitMethod::Affine,
    };
    let fitted = crs::fit(&points, method)
        .with_context(|| format!("{} cannot be used", arguments.points.display()))?;
    tell(&given, &fitted)?;
    if !arguments.record {
        return say("Nothing was recorded; with --record the fit is kept.");
    }
    let kept: Vec<serde_json::Value> = given
        .iter()
        .zip(&fitted.residuals)
        .map(|(point, left)| {
            serde_json::json!({
                "sheet": point.sheet,
                "known": point.known,
                "known_in": format!("EPSG:{}", arguments.known),
                "residual": left,
            })
        })
        .collect();
    let key = arguments.sheets.key();
    let mut writer = databases.writer.acquire().await?;
    let kept = serde_json::Value::Array(kept);
    let about = (arguments.source.as_str(), &kept, arguments.by.as_str());
    let system = Some((arguments.system.as_str(), fitted.correction));
    let quality = Some((method, fitted.rms_m));
    add_sheet_system(&mut writer, &key, system, quality, about).await?;
    say(&format!("{key}: the fit was recorded."))
}

fn tell(points: &[ControlPoint], fitted: &Fitted) -> Result<()> {
    let Correction {
        matrix,
        shift: [east, north],
    } = fitted.correction;
    say(&format!(
        "Shift {east:+.3} {north:+.3} m, rotation {:+.5}°, matrix {:.8} {:.8} {:.8} {:.8}",
        fitted.correction.rotation(),
        matrix[0],
        matrix[1],
        matrix[2],
        matrix[3]
    ))?;
    for (number, (point, [e, n])) in (1..).zip(points.iter().zip(&fitted.residuals)) {
        let [x, y] = point.sheet;
        let length = e.hypot(*n);
        let mark = if length > 2.0 * fitted.rms_m && length > 0.5 {
            "  ← look at this one"
        } else {
            ""
        };
        say(&format!(
            "  point {number}  {x:.3} {y:.3}  left {e:+.3} {n:+.3} m, {length:.3} m{mark}"
        ))?;
    }
    let degrees = if points.len() == 3 {
        " (three points leave little to see)"
    } else {
        ""
    };
    say(&format!(
        "Root mean square {:.3} m over {} points{degrees}",
        fitted.rms_m,
        points.len()
    ))
}

/// Reads points of a text file.
fn read_points(path: &PathBuf) -> Result<Vec<ControlPoint>> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    let mut points = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let words = line.split(|c: char| c.is_whitespace() || ",;".contains(c));
        let numbers: Option<Vec<f64>> = words
            .filter(|word| !word.is_empty())
            .map(|word| word.parse().ok())
            .collect();
        let Some(&[x, y, e, n]) = numbers.as_deref() else {
            bail!(
                "{}:{number}: '{line}' is not four numbers: east and north on the sheet, east and \
                 north as known",
                path.display()
            );
        };
        points.push(ControlPoint {
            sheet: [x, y],
            known: [e, n],
        });
    }
    Ok(points)
}
