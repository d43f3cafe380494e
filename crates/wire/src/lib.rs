//! The stream of map features that the worker writes and the server reads.
//!
//! A stream is a sequence of frames: tag `u8`, length `u32`, payload; all numbers little
//! endian. The first frame is a [`Hello`], the last one a [`Done`] or a [`Failed`].
//! The [`Reader`] believes nothing: see [`Limits`] and [`Error`].
//!
//! | file | holds |
//! |---|---|
//! | `frame` | the frames as Rust values |
//! | `geometry` | [`MultiPolygon`] in flat arrays, x = longitude or E, y = latitude or N |
//! | `reason` | why a geometry is invalid |
//! | `limits` | what a reader accepts at most |
//! | `writer` | frames to bytes |
//! | `reader` | bytes to frames |
//! | `decode` | the payload of a feature, checked |
//! | `error` | what can be wrong, with the byte offset |

mod decode;
mod error;
mod frame;
mod geometry;
mod limits;
mod reader;
mod reason;
mod writer;

pub use error::{Error, WriteError};
pub use frame::{
    Done, FORMAT, Failed, Feature, Finding, Frame, Hello, Invalid, Progress, Severity,
};
pub use geometry::{MultiPolygon, Polygon, ShapeError};
pub use limits::Limits;
pub use reader::Reader;
pub use reason::Reason;
pub use writer::Writer;
