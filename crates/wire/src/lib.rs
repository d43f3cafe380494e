//! The stream of map features that the worker writes and the server reads.
//!
//! A stream is a sequence of frames: tag `u8`, length `u32`, payload; all numbers little
//! endian. The first frame is a [`Hello`], the last one a [`Done`] or a [`Failed`].
//! The [`Reader`] believes nothing: see [`Limits`] and [`Error`].
//!
//! | file | holds |
//! |---|---|
//! | `frame` | the frames as Rust values |
//! | `geometry` | the geometry of a feature, x = longitude or E, y = latitude or N |
//! | `polygons` | [`MultiPolygon`] in flat arrays |
//! | `lines` | [`MultiLine`] in flat arrays |
//! | `reason` | why a geometry is invalid |
//! | `limits` | what a reader accepts at most |
//! | `writer` | frames to bytes |
//! | `reader` | bytes to frames |
//! | `decode` | the payload of a feature, checked |
//! | `error` | what can be wrong, with the byte offset |
//! | `census` | records of the census of land and buildings |
//! | `document` | answers that are no stream: what is in a file or an archive |

pub mod census;
mod decode;
mod document;
mod error;
mod frame;
mod geometry;
mod limits;
mod lines;
mod polygons;
mod reader;
mod reason;
mod writer;

pub use document::{
    Content, Counted, CrsInspection, Dataset, Document, DocumentError, DocumentLimits,
    EncodingInspection, EncodingSource, FieldInspection, Inspection, LayerInspection, Unpacked,
    UnpackedFile,
};
pub use error::{Error, WriteError};
pub use frame::{
    CoordinateFamily, CrsSource, Done, FORMAT, Failed, Feature, FieldType, Finding, Frame, Hello,
    Invalid, MapSheet, Progress, Severity,
};
pub use geometry::Geometry;
pub use limits::Limits;
pub use lines::MultiLine;
pub use polygons::{MultiPolygon, Polygon, ShapeError};
pub use reader::Reader;
pub use reason::Reason;
pub use writer::Writer;
