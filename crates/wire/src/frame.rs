//! The frames of a stream as Rust values.

use serde::{Deserialize, Serialize};

use crate::{Geometry, Reason};

/// The version of the stream that this package writes and reads.
pub const FORMAT: u32 = 2;

pub(crate) const TAG_HELLO: u8 = 1;
pub(crate) const TAG_FEATURE: u8 = 2;
pub(crate) const TAG_FINDING: u8 = 3;
pub(crate) const TAG_PROGRESS: u8 = 4;
pub(crate) const TAG_FAILED: u8 = 5;
pub(crate) const TAG_DONE: u8 = 6;

/// One frame of a stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Frame {
    /// The first frame: what the stream holds.
    Hello(Hello),
    /// A feature with its values and its geometry.
    Feature(Feature),
    /// Something that a person should read about the file.
    Finding(Finding),
    /// How far the file has been read.
    Progress(Progress),
    /// The last frame of a file that could not be read.
    Failed(Failed),
    /// The last frame of a file that was read to its end.
    Done(Done),
}

/// Opens a stream: its format, who reads the file, its CRS and its fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// Version of the stream, [`FORMAT`].
    pub format: u32,
    /// Name of the reader of the file, such as `cadastre-gml`.
    pub reader: String,
    /// Code of the CRS of all coordinates, such as `EPSG:6706`, and empty where it is not known;
    /// the axis order is always x = E or longitude.
    pub crs: String,
    /// WKT of the CRS where it has one but its code is not known.
    pub wkt: Option<String>,
    /// How the CRS is known.
    pub crs_source: CrsSource,
    /// Names of the fields, as the file spells them, in the order of [`Feature::values`].
    pub fields: Vec<String>,
    /// Types of the fields in the file, in the same order; values are text all the same.
    pub types: Vec<FieldType>,
    /// The sheet of the cadastral map that the file holds, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<MapSheet>,
}

/// A sheet of the cadastral map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapSheet {
    /// Its name, such as `H501D076700`: comune, section, sheet, annex, development.
    pub name: String,
    /// Smallest E and N, largest E and N.
    pub extent: [f64; 4],
    /// Systems in whose range all coordinates lie.
    pub family: CoordinateFamily,
}

/// Coordinate systems of cadastral maps, as far as numbers tell them apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CoordinateFamily {
    /// None that is known.
    #[default]
    Unknown,
    /// A local system with its origin near by, such as Cassini-Soldner.
    Local,
    /// Gauss-Boaga, western zone.
    GaussBoagaWest,
    /// Gauss-Boaga, eastern zone.
    GaussBoagaEast,
    /// UTM of any zone.
    Utm,
}

/// How a CRS is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrsSource {
    /// It is not known.
    #[default]
    Unknown,
    /// The file says so.
    File,
    /// A `.prj` file says so.
    Prj,
    /// The format has always this one.
    Format,
    /// A person said so.
    Declared,
}

/// The type of a field in the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Text.
    #[default]
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Real,
    /// A boolean, as `0` or `1`.
    Boolean,
    /// A day, as `2026-01-31`.
    Date,
    /// A time of day, as `12:30:00`.
    Time,
    /// A day and a time, as `2026-01-31T12:30:00`, with `Z` or an offset where it is known.
    DateTime,
    /// Several values, as a JSON array.
    List,
    /// Bytes; they are not in the stream.
    Binary,
}

/// A feature as the file has it, its members joined.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Feature {
    /// Line of the file at which its first member starts, from 1.
    pub line: u64,
    /// Values in the order of [`Hello::fields`]; `None` where the file has none.
    pub values: Vec<Option<String>>,
    /// How many members of the file were joined into this feature, at least 1.
    pub members: u32,
    /// Why the geometry is invalid, where it is.
    pub invalid: Option<Invalid>,
    /// The geometry, of at least one polygon, line or point.
    pub geometry: Geometry,
}

/// Why and where a geometry is invalid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Invalid {
    /// The rule that is broken.
    pub reason: Reason,
    /// The place, x = longitude or E.
    pub x: f64,
    /// The place, y = latitude or N.
    pub y: f64,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// To be looked at; nothing is missing.
    Warning,
    /// A part of the file did not get into the stream.
    Error,
}

/// Something that a person should read about the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Identifier of the rule, such as `xml.unknown_element`.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// Line of the file, from 1.
    pub line: Option<u64>,
    /// What it is about: a reference, the name of an element.
    pub subject: Option<String>,
    /// The finding in an English sentence.
    pub message: String,
}

/// How far the file has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read so far, over all passes.
    pub bytes_read: u64,
    /// Bytes to read in all passes.
    pub bytes_total: u64,
}

/// Ends the stream of a file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failed {
    /// Identifier of the failure, such as `xml.malformed`.
    pub kind: String,
    /// Line of the file, from 1.
    pub line: Option<u64>,
    /// The failure in an English sentence.
    pub message: String,
}

/// Ends the stream of a file that was read to its end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// Features in the stream.
    pub features: u64,
    /// Members of the file that were read, those left out included.
    pub members: u64,
    /// Features that were joined from two members or more.
    pub joined: u64,
    /// Features that are not in the stream because of a finding of severity error.
    pub left_out: u64,
    /// Vertices in the stream, closing ones included.
    pub vertices: u64,
}
