//! The reader of the cadastre's own map files: CXF, and CTF, which is the same in ETRF2000.
//!
//! Everything is pure over bytes. A file that a comune receives is often dirty: what is wrong is
//! told with its line, and the rest is read.
//!
//! | file | holds |
//! |---|---|
//! | `record` | lines, keywords, numbers |
//! | `sheet` | the elements of a sheet as values |
//! | `parse` | the grammar |
//! | `class` | what an area is by its code; names of symbols and lines |
//! | `geometry` | rings, areas, where a label stands |
//! | `check` | what a sheet as a whole gives rise to say |
//! | `sup` | the office's own areas, compared |
//! | `system` | which coordinate systems the numbers fit |
//! | `write` | the stream of features |
//! | `inspection` | what is in a file |

mod check;
mod class;
mod geometry;
mod inspection;
mod parse;
mod record;
mod sheet;
pub mod sup;
mod system;
mod write;

use std::fs::File;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use wire::{CrsSource, FORMAT, Hello, Inspection, MapSheet, Progress, WriteError};

use crate::failure::{Failure, FailureKind, Stop};
use crate::output::{Outcome, Output};

pub use check::check;
pub use class::Class;
pub use parse::parse;
pub use sheet::{Booklet, Border, Fiducial, Line, MapKind, Raster, Sheet, Symbol, Text};

/// The name of this reader in the stream.
pub const READER: &str = "cxf";
/// The name of the format among drivers.
pub const DRIVER: &str = "CXF";

/// Bounds of what a file may hold; whatever exceeds one refuses the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Vertices of a feature.
    pub feature_vertices: usize,
    /// Features in the stream.
    pub features: u64,
    /// Vertices in the stream.
    pub vertices: u64,
    /// Steps of the validity check of one feature; beyond it the feature is left out.
    pub comparisons: u64,
    /// Bytes of a value.
    pub value_bytes: usize,
    /// The part of its area by which an invalid polygon may change to become valid; nothing is
    /// repaired without it.
    pub repair: Option<f64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 200 << 20,
            feature_vertices: 100_000,
            features: 2_000_000,
            vertices: 30_000_000,
            comparisons: 100_000_000,
            value_bytes: 4 << 10,
            repair: None,
        }
    }
}

/// How a file is read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// Classes whose features are written.
    pub classes: Vec<Class>,
    /// Name of the file without folder and ending: names the map where the header does not.
    pub name: Option<String>,
    /// EPSG code of its coordinates, where a person said so.
    pub crs: Option<u32>,
    /// Bounds.
    pub limits: Limits,
}

/// A file with what stands beside it.
struct Opened {
    sheet: Sheet,
    name: String,
    sup: Option<sup::Sup>,
}

/// Reads a file and writes its stream, terminal frame included.
///
/// A file of the same name that ends in `.sup` is compared with it.
///
/// # Errors
/// Where the stream cannot be written; everything else is in the stream.
pub fn read(path: &Path, options: &Options, output: impl Write) -> Result<Outcome, WriteError> {
    let opened = open(path, options);
    stream(opened, options, output)
}

/// Reads bytes as [`read`] does a file, without a SUP.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(
    bytes: &[u8],
    options: &Options,
    output: impl Write,
) -> Result<Outcome, WriteError> {
    stream(opened(bytes, None, None, options), options, output)
}

fn stream(
    opened: Result<Opened, Failure>,
    options: &Options,
    output: impl Write,
) -> Result<Outcome, WriteError> {
    let opened = match opened {
        Ok(opened) => opened,
        Err(failure) => {
            let output = Output::open(output, &hello(None, options))?;
            return output.end(Err(failure.into()));
        }
    };
    let mut output = Output::open(output, &hello(Some(&opened), options))?;
    let written = features(&opened, options, &mut output);
    output.end(written)
}

fn features<W: Write>(
    opened: &Opened,
    options: &Options,
    output: &mut Output<W>,
) -> Result<(), Stop> {
    let Opened { sheet, name, sup } = opened;
    let compared = sup.as_ref().map(|sup| sup::compare(sheet, sup));
    let notes = sheet.notes.iter().cloned();
    for note in notes
        .chain(check(sheet, name))
        .chain(compared.into_iter().flatten())
    {
        output.note(note)?;
    }
    if name.is_empty() {
        return Err(Failure::of_file(
            FailureKind::NotCadastre,
            "Neither the header nor the name of the file tells of which comune and sheet the map \
             is: name the file as H501D076700.cxf.",
        )
        .into());
    }
    write::write(sheet, name, options, output)?;
    output.progress(Progress {
        bytes_read: 1,
        bytes_total: 1,
    })?;
    Ok(())
}

fn hello(opened: Option<&Opened>, options: &Options) -> Hello {
    let code = options.crs.map(|code| format!("EPSG:{code}"));
    Hello {
        format: FORMAT,
        reader: READER.to_owned(),
        crs_source: match code {
            Some(_) => CrsSource::Declared,
            None => CrsSource::Unknown,
        },
        crs: code.unwrap_or_default(),
        wkt: None,
        fields: write::FIELDS
            .iter()
            .map(|(name, _)| (*name).into())
            .collect(),
        types: write::FIELDS.iter().map(|(_, kind)| *kind).collect(),
        sheet: opened.map(|opened| {
            let extent = opened.sheet.extent();
            MapSheet {
                name: opened.name.clone(),
                family: extent.map(system::family).unwrap_or_default(),
                extent: extent.unwrap_or_default(),
            }
        }),
    }
}

/// Says what is in a file.
///
/// # Errors
/// Where it cannot be read or is no CXF.
pub fn inspect(path: &Path, name: Option<&str>, crs: Option<u32>) -> Result<Inspection, Failure> {
    let options = Options {
        name: name.map(str::to_owned),
        ..Options::default()
    };
    let Opened { sheet, name, sup } = open(path, &options)?;
    Ok(inspection::inspection(&sheet, &name, sup.as_ref(), crs))
}

/// Says whether a file is of this format: by its first record, or its ending.
#[must_use]
pub fn is_cxf(path: &Path) -> bool {
    if matches!(crate::vector::ending(path).as_str(), "cxf" | "ctf") {
        return true;
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|file| file.take(64).read_to_end(&mut head));
    read.is_ok()
        && record::Records::new(&head)
            .peek()
            .is_some_and(|line| parse::map_kind(line).is_some())
}

fn open(path: &Path, options: &Options) -> Result<Opened, Failure> {
    let bytes = bytes(path, options.limits.file_bytes)?;
    let sup = match beside(path) {
        Some(path) => Some(sup::parse(&self::bytes(&path, options.limits.file_bytes)?)),
        None => None,
    };
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    opened(&bytes, stem, sup, options)
}

fn opened(
    bytes: &[u8],
    stem: Option<String>,
    sup: Option<sup::Sup>,
    options: &Options,
) -> Result<Opened, Failure> {
    let sheet = parse(bytes)?;
    let given = options.name.as_deref().or(stem.as_deref());
    let named = class::sheet_name(&sheet.name);
    let name = named.or_else(|| given.and_then(class::sheet_name));
    Ok(Opened {
        sheet,
        name: name.unwrap_or_default(),
        sup,
    })
}

fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| Failure::unreadable(&error);
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > most {
        let message = format!("The file has more than {most} bytes.");
        return Err(Failure::of_file(FailureKind::LimitFile, message));
    }
    Ok(bytes)
}

/// Returns the SUP that stands beside a file.
fn beside(path: &Path) -> Option<PathBuf> {
    ["sup", "SUP", "Sup"]
        .into_iter()
        .map(|ending| path.with_extension(ending))
        .find(|other| other != path && other.is_file())
}

/// Feeds bytes to everything that reads them: parser, checks, inspection, stream, SUP.
///
/// For fuzzing: it panics where something that must hold does not.
///
/// # Panics
/// Where the stream is not in order, or rings of the parser are not as its grammar says.
pub fn fuzz(bytes: &[u8]) {
    let options = Options {
        classes: Class::ALL.to_vec(),
        name: Some("X001_000100".to_owned()),
        limits: Limits {
            comparisons: 1_000_000,
            ..Limits::default()
        },
        ..Options::default()
    };
    if let Ok(sheet) = parse(bytes) {
        let _ = inspection::inspection(&sheet, "X001_000100", Some(&sup::parse(bytes)), None);
        let vertices: usize = sheet
            .borders
            .iter()
            .flat_map(|b| &b.rings)
            .map(Vec::len)
            .sum();
        assert!(vertices <= bytes.len(), "every vertex has its records");
    }
    let mut written = Vec::new();
    let outcome = read_bytes(bytes, &options, &mut written);
    assert!(outcome.is_ok(), "memory takes everything");
    let mut reader = wire::Reader::new(written.as_slice(), wire::Limits::default());
    loop {
        match reader.next_frame() {
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) => panic!("the stream is not in order: {error}"),
        }
    }
}
