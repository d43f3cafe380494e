//! The readers of map files of all formats, most of them through GDAL.
//!
//! | file | holds |
//! |---|---|
//! | `driver` | the formats, told apart by content |
//! | `markup` | the start of an XML file, without declarations |
//! | `checks` | what is looked at before GDAL is given a file |
//! | `encoding`, `dbf` | encodings of text; that of a shapefile's table |
//! | `source` | an open file: layers, fields, rows |
//! | `through_gdal` | a file as GDAL reads it |
//! | `csv` | text with separators, read by ourselves |
//! | `repair` | invalid polygons made valid, within a bound |
//! | `raw` | the only unsafe code: what the crate `gdal` does not tell |
//! | `text` | numbers and times in one form |
//! | `crs` | the CRS of a layer, and how it is known |
//! | `identify` | which of the systems used in Italy one without a code is |
//! | `wkb`, `curve` | geometries to flat arrays; arcs to points |
//! | `inspect` | what is in a file |
//! | `walk` | a layer, row by row: checking, writing |

mod checks;
mod crs;
mod csv;
mod curve;
mod dbf;
mod driver;
mod encoding;
mod identify;
mod inspect;
mod markup;
mod raw;
mod repair;
mod source;
mod text;
mod through_gdal;
mod walk;
mod wkb;

use std::io::Write;
use std::path::Path;

use wire::{CrsSource, FORMAT, Hello, MultiPolygon, WriteError};

use crate::failure::{Failure, FailureKind};
use crate::output::{Outcome, Output};
use crate::validity::Budget;

pub(crate) use driver::ending;
pub use driver::{Driver, detect};
pub(crate) use encoding::Encoding;
pub use inspect::inspect;

/// The name of this reader in the stream.
pub const READER: &str = "vector";

/// Makes polygons valid where their area changes by no more than a part of it; with that change.
///
/// The polygons may have `vertices`, the checks `steps`.
pub(crate) fn repaired(
    polygons: &MultiPolygon,
    part: f64,
    vertices: usize,
    steps: u64,
) -> Option<(MultiPolygon, f64)> {
    let reading = wkb::Reading {
        vertices,
        // There are no arcs.
        tolerance: 1.0,
    };
    match repair::repair(polygons, part, reading, &mut Budget::new(steps)) {
        repair::Repaired::Valid(valid, change) => Some((valid, change)),
        repair::Repaired::TooMuch(_) | repair::Repaired::Not => None,
    }
}

/// The kind of geometry that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Polygons.
    Polygon,
    /// Lines.
    Line,
    /// Points.
    Point,
}

/// What is read of a file, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The one driver that may open the file; `None` takes the one that its content tells.
    pub driver: Option<Driver>,
    /// The layer; `None` takes the only one.
    pub layer: Option<String>,
    /// The layer that is taken where none is named and the file has it, in any letter case.
    pub preferred: Option<String>,
    /// The EPSG code that holds instead of what the file says.
    pub crs: Option<u32>,
    /// The name of the encoding that holds instead of what the file says.
    pub encoding: Option<String>,
    /// The kind of geometry; `None` takes each feature's own.
    pub geometry: Option<Kind>,
    /// The part of its area by which an invalid polygon may change to become valid; `None`
    /// repairs nothing.
    pub repair: Option<f64>,
    /// How far a chord may be from its arc, in metres.
    pub curve_tolerance_m: f64,
    /// What the file may hold.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            driver: None,
            layer: None,
            preferred: None,
            crs: None,
            encoding: None,
            geometry: None,
            repair: None,
            curve_tolerance_m: 0.01,
            limits: Limits::default(),
        }
    }
}

/// Bounds of what a file may hold; whatever exceeds one refuses the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Layers of the file.
    pub layers: usize,
    /// Fields of a layer.
    pub fields: usize,
    /// Bytes of a value.
    pub value_bytes: usize,
    /// Vertices of a feature.
    pub feature_vertices: usize,
    /// Features of a layer.
    pub features: u64,
    /// Vertices of a layer.
    pub vertices: u64,
    /// Steps of the validity check of one feature; beyond it the feature is left out.
    pub comparisons: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            layers: 500,
            fields: 256,
            value_bytes: 16 << 10,
            feature_vertices: 100_000,
            features: 2_000_000,
            vertices: 30_000_000,
            comparisons: 100_000_000,
        }
    }
}

/// Reads a layer and writes its stream, terminal frame included.
///
/// # Errors
/// Where the stream cannot be written; everything else is in the stream.
pub fn read<W: Write>(path: &Path, options: &Options, output: W) -> Result<Outcome, WriteError> {
    match walk::prepare(path, options) {
        Ok(prepared) => {
            let mut output = Output::open(output, &prepared.hello)?;
            let read = walk::walk(&prepared, options, &mut output);
            output.end(read)
        }
        Err(failure) => {
            let hello = Hello {
                format: FORMAT,
                reader: READER.to_owned(),
                crs: String::new(),
                wkt: None,
                crs_source: CrsSource::Unknown,
                fields: Vec::new(),
                types: Vec::new(),
                sheet: None,
            };
            Output::open(output, &hello)?.end(Err(failure.into()))
        }
    }
}

/// Returns the driver for a file: the one declared, where the content is of its format.
fn agreed(path: &Path, declared: Option<Driver>) -> Result<Driver, Failure> {
    let found = detect(path)?;
    match declared {
        Some(declared) if declared != found => Err(Failure::of_file(
            FailureKind::Mismatch,
            format!(
                "The file was declared as {}, but it is {}.",
                declared.name(),
                found.name()
            ),
        )),
        _ => Ok(found),
    }
}

/// Returns the encoding of a name that a person gave.
fn declared_encoding(name: Option<&str>) -> Result<Option<encoding::Encoding>, Failure> {
    let Some(name) = name else {
        return Ok(None);
    };
    match encoding::Encoding::from_label(name) {
        Some(encoding) => Ok(Some(encoding)),
        None => Err(Failure::of_file(
            FailureKind::Encoding,
            format!("There is no encoding named {name:?}."),
        )),
    }
}
