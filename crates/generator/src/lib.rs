//! Invented Lombard comuni: drawn from a skeleton and a seed, written as the trade writes them.
//!
//! The same seed gives the same bytes on every machine. Nothing drawn is a real place. See the
//! README for how it is done and `data/skeleton/REPORT.md` for how near to reality it comes.

mod block;
mod comune;
mod dice;
mod division;
mod gml;
mod land;
mod mesh;
mod plane;
mod projection;
mod province;
mod sheet;
mod skeleton;
mod split;

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use crate::block::Kind;
use crate::comune::Comune;
use crate::plane::{Point, at};
use crate::projection::Utm32;
use crate::skeleton::{Province, Town};

/// How much to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// One comune, X100: about 15,000 parcels on 26 sheets and an allegato.
    Town,
    /// Forty comuni, X101 to X140, that share their borders: about 430,000 parcels.
    Province,
    /// The town drawn with about so many parcels, for tests.
    Sample(usize),
}

/// What to generate.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Decides every outline; the same seed gives the same bytes.
    pub seed: u64,
    /// How much is drawn.
    pub scale: Scale,
}

/// A comune is about to be drawn, or (`done == total`) all are written.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Comuni written so far.
    pub done: usize,
    /// Comuni of the plan.
    pub total: usize,
    /// Members written to parcels' files so far.
    pub parcels: usize,
    /// Name of the comune that is drawn next; empty at the end.
    pub name: String,
}

/// What was written.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// One entry for each comune, by code.
    pub comuni: Vec<Written>,
}

/// The files of one comune.
#[derive(Clone, Debug)]
pub struct Written {
    /// Cadastral code: X100 and up.
    pub code: String,
    /// Name as the files write it, in capitals.
    pub name: String,
    /// Sheets, the allegato included.
    pub sheets: usize,
    /// Members of the parcels' file, roads and waters included.
    pub members: usize,
    /// Members that are roads (`STRADA…`) or waters (`ACQUA…`).
    pub roads_and_waters: usize,
    /// `{CODE}_{NAME}_map.gml`: the sheets.
    pub map: PathBuf,
    /// `{CODE}_{NAME}_ple.gml`: the parcels.
    pub ple: PathBuf,
}

/// Why nothing, or not all, was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of `data/skeleton`, compiled in, does not say what the generator needs.
    #[error("the skeleton {file} cannot be read")]
    Skeleton {
        /// Name of the file.
        file: &'static str,
        /// What is wrong in it.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The skeleton has a format that this program does not know.
    #[error("the skeleton {file} has format {format}, not 1")]
    Format {
        /// Name of the file.
        file: &'static str,
        /// The format it names.
        format: u32,
    },
    /// A file could not be written.
    #[error("the file {path} cannot be written")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Origins of the drawings in EPSG:7791: beside each other, and away from the small sample.
const TOWN_ORIGIN: Point = at(541_000.0, 5_049_000.0);
const PROVINCE_ORIGIN: Point = at(572_000.0, 5_036_000.0);

/// Writes the cadastre of a plan into a folder, which is made when it is missing.
///
/// Two files a comune, `{CODE}_{NAME}_map.gml` and `{CODE}_{NAME}_ple.gml`, in the layout of the
/// national cadastre's bulk download. One comune at a time is held in memory.
///
/// # Errors
/// When the folder or a file cannot be written.
pub fn generate(
    plan: &Plan,
    out: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<Summary, Error> {
    let (comuni, origin) = comuni(plan)?;
    std::fs::create_dir_all(out).map_err(|source| Error::Write {
        path: out.to_owned(),
        source,
    })?;
    let utm = Utm32::new();
    let mut summary = Summary::default();
    let mut parcels = 0;
    let total = comuni.len();
    for (done, comune) in comuni.iter().enumerate() {
        progress(Progress {
            done,
            total,
            parcels,
            name: comune.name.clone(),
        });
        let written = write(comune, origin, &utm, out)?;
        parcels += written.members;
        summary.comuni.push(written);
    }
    progress(Progress {
        done: total,
        total,
        parcels,
        name: String::new(),
    });
    Ok(summary)
}

fn comuni(plan: &Plan) -> Result<(Vec<Comune>, Point), Error> {
    let town: Town = read(
        "town.toml",
        include_str!("../../../data/skeleton/town.toml"),
    )?;
    let province: Province = read(
        "province.toml",
        include_str!("../../../data/skeleton/province.toml"),
    )?;
    for (file, format) in [
        ("town.toml", town.format),
        ("province.toml", province.format),
    ] {
        if format != 1 {
            return Err(Error::Format { file, format });
        }
    }
    Ok(match plan.scale {
        Scale::Town => (
            vec![province::town(&town, town.parcels, plan.seed)],
            TOWN_ORIGIN,
        ),
        Scale::Sample(parcels) => (vec![province::town(&town, parcels, plan.seed)], TOWN_ORIGIN),
        Scale::Province => (
            province::province(&province, &town, plan.seed),
            PROVINCE_ORIGIN,
        ),
    })
}

fn read<T: serde::de::DeserializeOwned>(file: &'static str, text: &str) -> Result<T, Error> {
    toml::from_str(text).map_err(|source| Error::Skeleton {
        file,
        source: Box::new(source),
    })
}

fn write(comune: &Comune, origin: Point, utm: &Utm32, out: &Path) -> Result<Written, Error> {
    let mut map = gml::Writer::new(&comune.code, origin, utm);
    let mut ple = gml::Writer::new(&comune.code, origin, utm);
    let (mut sheets, mut members, mut roads_and_waters) = (0, 0, 0);
    comune.draw(|sheet| {
        sheets += 1;
        members += sheet.parcels.len();
        map.sheet(&sheet);
        for parcel in &sheet.parcels {
            roads_and_waters += usize::from(matches!(parcel.kind, Kind::Road | Kind::Water));
            ple.parcel(&sheet.code, &parcel.label, &parcel.parts);
        }
    });
    let stem = format!("{}_{}", comune.code, comune.name);
    let save = |writer: gml::Writer<'_>, suffix: &str| {
        let path = out.join(format!("{stem}_{suffix}.gml"));
        File::create(&path)
            .and_then(|file| writer.finish(BufWriter::new(file)))
            .map_err(|source| Error::Write {
                path: path.clone(),
                source,
            })?;
        Ok(path)
    };
    Ok(Written {
        code: comune.code.clone(),
        name: comune.name.clone(),
        sheets,
        members,
        roads_and_waters,
        map: save(map, "map")?,
        ple: save(ple, "ple")?,
    })
}
