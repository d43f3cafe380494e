//! The reader of the national cadastre's GML (`_ple.gml`, `_map.gml`).
//!
//! The files are WFS 2.0 feature collections in MapServer's simple schema, in EPSG:6706 with
//! the latitude first. They are read twice: the first pass checks that the whole file is
//! well-formed and counts the members of each reference; the second one writes each feature
//! as soon as its last member is read, so that only features of several members are held.
//!
//! | file | holds |
//! |---|---|
//! | `lines` | bytes with their line number, bounded |
//! | `encoding` | UTF-8, ISO-8859-1 and windows-1252 |
//! | `xml` | elements and text of a well-formed file within limits |
//! | `crs` | names of the CRS |
//! | `schema` | kinds of feature and their fields |
//! | `member` | one member: values and geometry |
//! | `geometry` | polygons and surfaces of GML 3.2 |
//! | `walk` | the collection, member by member |
//! | `passes` | counting, joining, checking, writing |

mod crs;
mod encoding;
mod geometry;
mod lines;
mod member;
mod passes;
mod schema;
mod walk;
mod xml;

use std::io::{Read, Seek, SeekFrom, Write};

use wire::{CrsSource, FORMAT, FieldType, Hello, WriteError};

use crate::failure::{Failure, Stop};
use crate::output::{Outcome, Output};

pub use crs::CRS;
pub use schema::Kind;

/// The name of this reader in the stream.
pub const READER: &str = "cadastre-gml";

/// Bounds of what a file may hold; whatever exceeds one refuses the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Nesting of elements.
    pub depth: usize,
    /// Attributes of an element.
    pub attributes: usize,
    /// Bytes of one tag, comment or run of text.
    pub markup_bytes: u64,
    /// Bytes of the value of an attribute of a feature.
    pub value_bytes: usize,
    /// Vertices of a feature.
    pub feature_vertices: usize,
    /// Members of the wanted kind in the file.
    pub features: u64,
    /// Vertices in the file.
    pub vertices: u64,
    /// Steps of the validity check of one feature; beyond it the feature is left out.
    pub comparisons: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 64,
            attributes: 64,
            markup_bytes: 8 << 20,
            value_bytes: 4 << 10,
            feature_vertices: 100_000,
            features: 2_000_000,
            vertices: 30_000_000,
            comparisons: 100_000_000,
        }
    }
}

/// Reads a file and writes its stream, terminal frame included.
///
/// # Errors
/// Where the stream cannot be written; everything else is in the stream.
pub fn read<R: Read + Seek, W: Write>(
    mut file: R,
    kind: Kind,
    limits: &Limits,
    output: W,
) -> Result<Outcome, WriteError> {
    let mut output = Output::open(output, &hello(kind))?;
    let read = both_passes(&mut file, kind, limits, &mut output);
    output.end(read)
}

/// Writes the stream of a file that cannot be opened.
///
/// # Errors
/// Where the stream cannot be written.
pub fn refuse_unreadable<W: Write>(
    error: &std::io::Error,
    kind: Kind,
    output: W,
) -> Result<Outcome, WriteError> {
    let output = Output::open(output, &hello(kind))?;
    output.end(Err(Failure::unreadable(error).into()))
}

fn hello(kind: Kind) -> Hello {
    Hello {
        format: FORMAT,
        reader: READER.to_owned(),
        crs: CRS.to_owned(),
        wkt: None,
        crs_source: CrsSource::File,
        fields: kind.fields().iter().map(|&field| field.into()).collect(),
        types: vec![FieldType::Text; kind.fields().len()],
        sheet: None,
    }
}

fn both_passes<R: Read + Seek, W: Write>(
    file: &mut R,
    kind: Kind,
    limits: &Limits,
    output: &mut Output<W>,
) -> Result<(), Stop> {
    let size = file
        .seek(SeekFrom::End(0))
        .map_err(|error| Failure::unreadable(&error))?;
    let shared = passes::count(start(file)?, size, kind, limits, output)?;
    passes::write(start(file)?, size, kind, limits, shared, output)
}

fn start<R: Read + Seek>(file: &mut R) -> Result<&mut R, Failure> {
    file.rewind().map_err(|error| Failure::unreadable(&error))?;
    Ok(file)
}
