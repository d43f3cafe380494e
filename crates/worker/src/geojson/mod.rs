//! The reader of polygons in GeoJSON (RFC 7946).
//!
//! The file is read into memory, within [`Limits::file_bytes`], and its syntax is checked as a
//! whole; then one object after the other is taken apart and each feature is written before
//! the next is looked at. Members that are not read, such as `properties`, are stepped over
//! without recursion and without a copy.
//!
//! It is made with `serde_json`: raw values, which are slices of the file, and a visitor that
//! puts coordinates straight into flat arrays and stops at the limit of vertices. The
//! `geojson` crate is not used: it builds the properties and a vector for each ring before
//! anything can be counted, and does not tell the line of a feature.
//!
//! | file | holds |
//! |---|---|
//! | `text` | the file in memory, and its lines |
//! | `object` | the members of objects |
//! | `coordinates` | positions, rings, polygons |
//! | `crs` | the `crs` member of old files |
//! | `walk` | the file, feature by feature: checking, writing |

mod coordinates;
mod crs;
mod object;
mod text;
mod walk;

use std::io::{Read, Write};

use wire::{CrsSource, FORMAT, Hello, WriteError};

use crate::failure::Failure;
use crate::output::{Outcome, Output};

pub use crs::CRS;

/// The name of this reader in the stream.
pub const READER: &str = "geojson";

/// Bounds of what a file may hold; whatever exceeds one refuses the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Nesting of geometry collections; never more than 100.
    pub depth: usize,
    /// Vertices of a feature.
    pub feature_vertices: usize,
    /// Features in the file.
    pub features: u64,
    /// Vertices in the file.
    pub vertices: u64,
    /// Steps of the validity check of one feature; beyond it the feature is left out.
    pub comparisons: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 200 << 20,
            depth: 64,
            feature_vertices: 100_000,
            features: 2_000_000,
            vertices: 30_000_000,
            comparisons: 100_000_000,
        }
    }
}

/// Reads a file and writes its stream, terminal frame included.
///
/// Coordinates are x = longitude, y = latitude in degrees, as in the file.
///
/// # Errors
/// Where the stream cannot be written; everything else is in the stream.
pub fn read<R: Read, W: Write>(file: R, limits: &Limits, output: W) -> Result<Outcome, WriteError> {
    let mut output = Output::open(output, &hello())?;
    let read = text::read(file, limits.file_bytes)
        .map_err(Into::into)
        .and_then(|text| walk::walk(&text, limits, &mut output));
    output.end(read)
}

/// Writes the stream of a file that cannot be opened.
///
/// # Errors
/// Where the stream cannot be written.
pub fn refuse_unreadable<W: Write>(
    error: &std::io::Error,
    output: W,
) -> Result<Outcome, WriteError> {
    Output::open(output, &hello())?.end(Err(Failure::unreadable(error).into()))
}

fn hello() -> Hello {
    Hello {
        format: FORMAT,
        reader: READER.to_owned(),
        crs: CRS.to_owned(),
        wkt: None,
        crs_source: CrsSource::Format,
        fields: Vec::new(),
        types: Vec::new(),
        sheet: None,
    }
}
