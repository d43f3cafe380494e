//! Frames to bytes.

use std::io::Write;

use serde::Serialize;

use crate::frame::{TAG_DONE, TAG_FAILED, TAG_FEATURE, TAG_FINDING, TAG_HELLO, TAG_PROGRESS};
use crate::{Done, Failed, Feature, Finding, Geometry, Hello, MultiPolygon, Progress, WriteError};

pub(crate) const KIND_POLYGONS: u8 = 1;
pub(crate) const KIND_LINES: u8 = 2;
pub(crate) const KIND_POINTS: u8 = 3;

/// Marks a value that is absent, where otherwise the length of a string stands.
pub(crate) const NO_VALUE: u32 = u32::MAX;

/// Writes a stream, frame by frame, in the only order that is allowed.
///
/// It does many small writes: give it a buffered output.
#[derive(Debug)]
pub struct Writer<W> {
    output: W,
    payload: Vec<u8>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Open { fields: usize },
    Ended,
}

impl<W: Write> Writer<W> {
    /// Returns a writer at the start of a stream.
    pub const fn new(output: W) -> Self {
        Self {
            output,
            payload: Vec::new(),
            state: State::Start,
        }
    }

    /// Writes the hello, which must be the first frame.
    ///
    /// # Errors
    /// Where it is not the first, or the output fails.
    pub fn hello(&mut self, hello: &Hello) -> Result<(), WriteError> {
        if self.state != State::Start {
            return Err(WriteError::Order("hello"));
        }
        if hello.types.len() != hello.fields.len() {
            return Err(WriteError::TypeCount {
                types: hello.types.len(),
                fields: hello.fields.len(),
            });
        }
        self.json(TAG_HELLO, hello)?;
        self.state = State::Open {
            fields: hello.fields.len(),
        };
        Ok(())
    }

    /// Writes a feature.
    ///
    /// # Errors
    /// Where it does not fit the hello, has no polygon, or the output fails.
    pub fn feature(&mut self, feature: &Feature) -> Result<(), WriteError> {
        let expected = self.fields("feature")?;
        if feature.values.len() != expected {
            return Err(WriteError::ValueCount {
                found: feature.values.len(),
                expected,
            });
        }
        match &feature.geometry {
            Geometry::Polygons(polygons) if polygons.is_empty() => {
                return Err(WriteError::NoPolygon);
            }
            other if other.is_empty() => return Err(WriteError::EmptyGeometry),
            _ => {}
        }
        self.payload.clear();
        encode(feature, &mut self.payload)?;
        self.frame(TAG_FEATURE)
    }

    /// Writes a finding.
    ///
    /// # Errors
    /// Where the stream is not open, or the output fails.
    pub fn finding(&mut self, finding: &Finding) -> Result<(), WriteError> {
        self.fields("finding")?;
        self.json(TAG_FINDING, finding)
    }

    /// Writes how far the file has been read.
    ///
    /// # Errors
    /// Where the stream is not open, or the output fails.
    pub fn progress(&mut self, progress: Progress) -> Result<(), WriteError> {
        self.fields("progress")?;
        self.payload.clear();
        self.payload
            .extend_from_slice(&progress.bytes_read.to_le_bytes());
        self.payload
            .extend_from_slice(&progress.bytes_total.to_le_bytes());
        self.frame(TAG_PROGRESS)
    }

    /// Writes the end of a file that could not be read, and flushes.
    ///
    /// # Errors
    /// Where the stream is not open, or the output fails.
    pub fn failed(&mut self, failed: &Failed) -> Result<(), WriteError> {
        self.fields("failed")?;
        self.json(TAG_FAILED, failed)?;
        self.end()
    }

    /// Writes the end of a file that was read to its end, and flushes.
    ///
    /// # Errors
    /// Where the stream is not open, or the output fails.
    pub fn done(&mut self, done: &Done) -> Result<(), WriteError> {
        self.fields("done")?;
        self.json(TAG_DONE, done)?;
        self.end()
    }

    /// Returns the output.
    pub fn into_inner(self) -> W {
        self.output
    }

    fn end(&mut self) -> Result<(), WriteError> {
        self.state = State::Ended;
        Ok(self.output.flush()?)
    }

    fn fields(&self, frame: &'static str) -> Result<usize, WriteError> {
        match self.state {
            State::Open { fields } => Ok(fields),
            State::Start | State::Ended => Err(WriteError::Order(frame)),
        }
    }

    fn json(&mut self, tag: u8, value: &impl Serialize) -> Result<(), WriteError> {
        self.payload.clear();
        serde_json::to_writer(&mut self.payload, value)?;
        self.frame(tag)
    }

    fn frame(&mut self, tag: u8) -> Result<(), WriteError> {
        let [a, b, c, d] = length(self.payload.len(), "frame")?.to_le_bytes();
        self.output.write_all(&[tag, a, b, c, d])?;
        Ok(self.output.write_all(&self.payload)?)
    }
}

fn encode(feature: &Feature, out: &mut Vec<u8>) -> Result<(), WriteError> {
    out.extend_from_slice(&feature.line.to_le_bytes());
    put(out, length(feature.values.len(), "number of values")?);
    for value in &feature.values {
        match value {
            None => put(out, NO_VALUE),
            Some(text) => {
                let bytes = length(text.len(), "string")?;
                if bytes == NO_VALUE {
                    return Err(WriteError::TooLarge("string"));
                }
                put(out, bytes);
                out.extend_from_slice(text.as_bytes());
            }
        }
    }
    put(out, feature.members);
    match feature.invalid {
        None => out.push(0),
        Some(invalid) => {
            out.push(invalid.reason.code());
            out.extend_from_slice(&invalid.x.to_le_bytes());
            out.extend_from_slice(&invalid.y.to_le_bytes());
        }
    }
    match &feature.geometry {
        Geometry::Polygons(polygons) => {
            out.push(KIND_POLYGONS);
            put_polygons(polygons, out)
        }
        Geometry::Lines(lines) => {
            out.push(KIND_LINES);
            put(out, length(lines.lines().len(), "number of lines")?);
            for line in lines.lines() {
                put_points(line, out)?;
            }
            Ok(())
        }
        Geometry::Points(points) => {
            out.push(KIND_POINTS);
            put_points(points, out)
        }
    }
}

fn put_polygons(polygons: &MultiPolygon, out: &mut Vec<u8>) -> Result<(), WriteError> {
    put(out, length(polygons.polygon_count(), "number of polygons")?);
    for polygon in polygons.polygons() {
        put(out, length(polygon.rings().len(), "number of rings")?);
        for ring in polygon.rings() {
            put_points(ring, out)?;
        }
    }
    Ok(())
}

fn put_points(points: &[[f64; 2]], out: &mut Vec<u8>) -> Result<(), WriteError> {
    put(out, length(points.len(), "number of points")?);
    out.reserve(points.len() * 16);
    for [x, y] in points {
        out.extend_from_slice(&x.to_le_bytes());
        out.extend_from_slice(&y.to_le_bytes());
    }
    Ok(())
}

fn put(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn length(number: usize, what: &'static str) -> Result<u32, WriteError> {
    u32::try_from(number).map_err(|_| WriteError::TooLarge(what))
}
