//! Invented Lombard comuni: drawn from a skeleton and a seed, written as the trade writes them.
//!
//! The same seed gives the same bytes on every machine. Nothing drawn is a real place. See the
//! README for how it is done and `data/skeleton/REPORT.md` for how near to reality it comes.

mod block;
mod census;
mod comune;
mod cxf;
mod delivery;
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
mod town;
mod write;

use std::io;
use std::path::{Path, PathBuf};

use crate::comune::Comune;
use crate::plane::{Point, at};
use crate::projection::Utm32;

/// How much to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// One comune, X100: about 15,000 parcels on 26 sheets and an allegato.
    Town,
    /// Forty comuni, X101 to X140, that share their borders: about 430,000 parcels.
    Province,
    /// Fifteen provinces beside each other, 600 comuni, X101 to X700: about 8 million parcels.
    Region,
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
    /// Where its files are.
    pub folder: PathBuf,
    /// The folder of the later version of the cadastre, with `lineage.json`: what became of which
    /// parcel. A province has none: it would be as large again.
    pub later: Option<PathBuf>,
    /// The folder of sheets as the office delivers them (`.ctf` with `.sup`), and of census files
    /// beside it; a province has none.
    pub office: Option<PathBuf>,
    /// `demo.toml`: what file holds which layer, in the order in which they are to be loaded.
    pub manifest: PathBuf,
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
    /// A GeoPackage could not be written.
    #[error("the GeoPackage {path} cannot be written")]
    Layers {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
}

/// Origins of the drawings in EPSG:7791: beside each other, and away from the small sample.
const TOWN_ORIGIN: Point = at(541_000.0, 5_049_000.0);
const PROVINCE_ORIGIN: Point = at(572_000.0, 5_036_000.0);

/// Writes what a plan asks for into a folder, which is made when it is missing.
///
/// One folder a comune: `{CODE}_{NAME}_map.gml` and `{CODE}_{NAME}_ple.gml` in the layout of the
/// national cadastre's bulk download, the layers of the town, and `demo.toml`, which says what file
/// holds which layer. One comune at a time is held in memory, with the outlines of its province.
///
/// # Errors
/// When the folder or a file cannot be written.
pub fn generate(
    plan: &Plan,
    out: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<Summary, Error> {
    let skeletons = Skeletons::read()?;
    let utm = Utm32::new();
    let mut summary = Summary::default();
    let (mut done, mut parcels) = (0, 0);
    let total = plan.scale.comuni();
    let alone = matches!(plan.scale, Scale::Town | Scale::Sample(_));
    for part in 0..plan.scale.parts() {
        let (comuni, origin) = skeletons.part(plan, part);
        for comune in &comuni {
            progress(Progress {
                done,
                total,
                parcels,
                name: comune.name.clone(),
            });
            let written = delivery::write(comune, origin, &utm, out, alone)?;
            done += 1;
            parcels += written.members;
            summary.comuni.push(written);
        }
    }
    progress(Progress {
        done: total,
        total,
        parcels,
        name: String::new(),
    });
    Ok(summary)
}

impl Scale {
    /// Parts that are drawn one after the other, each forgotten before the next.
    fn parts(self) -> usize {
        match self {
            Self::Town | Self::Province | Self::Sample(_) => 1,
            Self::Region => province::PROVINCES,
        }
    }

    /// Comuni that come out.
    fn comuni(self) -> usize {
        match self {
            Self::Town | Self::Sample(_) => 1,
            Self::Province => province::COMUNI,
            Self::Region => province::PROVINCES * province::COMUNI,
        }
    }
}

/// What is drawn by hand.
struct Skeletons {
    town: skeleton::Town,
    province: skeleton::Province,
}

impl Skeletons {
    fn read() -> Result<Self, Error> {
        let town: skeleton::Town = read(
            "town.toml",
            include_str!("../../../data/skeleton/town.toml"),
        )?;
        let province: skeleton::Province = read(
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
        Ok(Self { town, province })
    }

    /// The comuni of a part of a plan, and the origin of their drawing.
    fn part(&self, plan: &Plan, part: usize) -> (Vec<Comune>, Point) {
        let Self { town, province } = self;
        match plan.scale {
            Scale::Town => (
                vec![province::town(town, town.parcels, plan.seed)],
                TOWN_ORIGIN,
            ),
            Scale::Sample(parcels) => (vec![province::town(town, parcels, plan.seed)], TOWN_ORIGIN),
            Scale::Province => (
                province::province(province, town, province.parcels, plan.seed),
                PROVINCE_ORIGIN,
            ),
            Scale::Region => {
                let comuni = province::of_region(province, town, plan.seed, part);
                (comuni, province::place_in_region(PROVINCE_ORIGIN, part))
            }
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(file: &'static str, text: &str) -> Result<T, Error> {
    toml::from_str(text).map_err(|source| Error::Skeleton {
        file,
        source: Box::new(source),
    })
}
