//! Bytes to frames, believing nothing.

use std::io::{ErrorKind, Read};

use serde::de::DeserializeOwned;

use crate::decode::{Payload, feature};
use crate::frame::{
    FORMAT, TAG_DONE, TAG_FAILED, TAG_FEATURE, TAG_FINDING, TAG_HELLO, TAG_PROGRESS,
};
use crate::{Error, Frame, Hello, Limits, Progress};

/// Bytes of a frame before its payload.
const HEAD: usize = 5;

/// Reads a stream as untrusted, frame by frame.
///
/// After an error or the terminal frame it gives nothing more. It does small reads: give it a
/// buffered input.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    limits: Limits,
    /// Bytes read so far.
    offset: u64,
    state: State,
    features: u64,
    findings: u64,
    vertices: u64,
    payload: Vec<u8>,
    ring: Vec<[f64; 2]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Open { fields: usize },
    Terminal,
    Ended,
}

impl<R: Read> Reader<R> {
    /// Returns a reader at the start of a stream.
    pub const fn new(input: R, limits: Limits) -> Self {
        Self {
            input,
            limits,
            offset: 0,
            state: State::Start,
            features: 0,
            findings: 0,
            vertices: 0,
            payload: Vec::new(),
            ring: Vec::new(),
        }
    }

    /// Returns the next frame, and `None` after the terminal one.
    ///
    /// # Errors
    /// Whatever is wrong with the stream, with its offset. The stream's end is checked by the
    /// call after the terminal frame.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Error> {
        let frame = match self.state {
            State::Ended => return Ok(None),
            State::Terminal => self.end().map(|()| None),
            State::Start | State::Open { .. } => self.frame().map(Some),
        };
        match &frame {
            Err(_) | Ok(None) => self.state = State::Ended,
            Ok(Some(Frame::Done(_) | Frame::Failed(_))) => self.state = State::Terminal,
            Ok(Some(Frame::Hello(hello))) => {
                self.state = State::Open {
                    fields: hello.fields.len(),
                };
            }
            Ok(Some(_)) => {}
        }
        frame
    }

    /// Returns the number of bytes read so far.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the input.
    pub fn into_inner(self) -> R {
        self.input
    }

    fn frame(&mut self) -> Result<Frame, Error> {
        let offset = self.offset;
        let Some((tag, length)) = self.head()? else {
            return Err(Error::NoTerminal { offset });
        };
        self.check_head(offset, tag, length)?;
        self.fill(offset, length)?;
        let start = offset + HEAD as u64;
        match tag {
            TAG_HELLO => self.hello(start).map(Frame::Hello),
            TAG_FEATURE => self.feature(start),
            TAG_FINDING => {
                self.findings += 1;
                if self.findings > self.limits.findings {
                    return Err(limit(offset, "findings", self.limits.findings));
                }
                self.json(start, "finding").map(Frame::Finding)
            }
            TAG_PROGRESS => {
                let mut payload = Payload::new(&self.payload, start);
                let bytes_read = payload.u64("progress")?;
                let bytes_total = payload.u64("progress")?;
                payload.end()?;
                Ok(Frame::Progress(Progress {
                    bytes_read,
                    bytes_total,
                }))
            }
            TAG_FAILED => self.json(start, "failed").map(Frame::Failed),
            TAG_DONE => self.json(start, "done").map(Frame::Done),
            tag => Err(Error::UnknownTag { offset, tag }),
        }
    }

    /// Reads tag and length; `None` at the end of the input.
    fn head(&mut self) -> Result<Option<(u8, u32)>, Error> {
        let offset = self.offset;
        let mut head = [0; HEAD];
        let mut filled = 0;
        while filled < HEAD {
            match self.input.read(&mut head[filled..]) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => return Err(Error::Truncated { offset }),
                Ok(count) => {
                    filled += count;
                    self.offset += count as u64;
                }
                Err(source) if source.kind() == ErrorKind::Interrupted => {}
                Err(source) => return Err(Error::Io { offset, source }),
            }
        }
        let [tag, a, b, c, d] = head;
        Ok(Some((tag, u32::from_le_bytes([a, b, c, d]))))
    }

    fn check_head(&self, offset: u64, tag: u8, length: u32) -> Result<(), Error> {
        if !(TAG_HELLO..=TAG_DONE).contains(&tag) {
            return Err(Error::UnknownTag { offset, tag });
        }
        match self.state {
            State::Start if tag != TAG_HELLO => return Err(Error::NotHello { offset }),
            State::Open { .. } if tag == TAG_HELLO => return Err(Error::SecondHello { offset }),
            _ => {}
        }
        let most = match tag {
            TAG_FEATURE => self.limits.frame_bytes,
            _ => self.limits.json_bytes.min(self.limits.frame_bytes),
        };
        if length > most {
            return Err(limit(offset, "bytes in a frame", u64::from(most)));
        }
        if self.offset + u64::from(length) > self.limits.stream_bytes {
            return Err(limit(
                offset,
                "bytes in the stream",
                self.limits.stream_bytes,
            ));
        }
        Ok(())
    }

    /// Reads the payload, which grows with what is really there.
    fn fill(&mut self, offset: u64, length: u32) -> Result<(), Error> {
        self.payload.clear();
        let read = (&mut self.input)
            .take(u64::from(length))
            .read_to_end(&mut self.payload);
        self.offset += self.payload.len() as u64;
        match read {
            Err(source) => Err(Error::Io { offset, source }),
            Ok(count) if count < length as usize => Err(Error::Truncated { offset }),
            Ok(_) => Ok(()),
        }
    }

    fn hello(&self, start: u64) -> Result<Hello, Error> {
        let hello: Hello = self.json(start, "hello")?;
        if hello.format != FORMAT {
            return Err(Error::Format {
                offset: start,
                found: hello.format,
            });
        }
        if hello.fields.len() > self.limits.fields as usize {
            return Err(limit(start, "fields", u64::from(self.limits.fields)));
        }
        if hello.types.len() != hello.fields.len() {
            return Err(Error::TypeCount {
                offset: start,
                found: hello.types.len(),
                expected: hello.fields.len(),
            });
        }
        Ok(hello)
    }

    fn feature(&mut self, start: u64) -> Result<Frame, Error> {
        self.features += 1;
        if self.features > self.limits.features {
            return Err(limit(start, "features", self.limits.features));
        }
        let State::Open { fields } = self.state else {
            return Err(Error::NotHello { offset: start });
        };
        let mut payload = Payload::new(&self.payload, start);
        let feature = feature(&mut payload, fields, &self.limits, &mut self.ring)?;
        self.vertices += feature.geometry.vertex_count() as u64;
        if self.vertices > self.limits.vertices {
            return Err(limit(start, "vertices", self.limits.vertices));
        }
        Ok(Frame::Feature(feature))
    }

    fn json<T: DeserializeOwned>(&self, start: u64, what: &'static str) -> Result<T, Error> {
        let text = std::str::from_utf8(&self.payload).map_err(|_| Error::NotUtf8 {
            offset: start,
            what,
        })?;
        serde_json::from_str(text).map_err(|source| Error::Json {
            offset: start,
            what,
            source,
        })
    }

    fn end(&mut self) -> Result<(), Error> {
        let offset = self.offset;
        loop {
            match self.input.read(&mut [0]) {
                Ok(0) => return Ok(()),
                Ok(_) => return Err(Error::AfterTerminal { offset }),
                Err(source) if source.kind() == ErrorKind::Interrupted => {}
                Err(source) => return Err(Error::Io { offset, source }),
            }
        }
    }
}

const fn limit(offset: u64, what: &'static str, limit: u64) -> Error {
    Error::Limit {
        offset,
        what,
        limit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claimed_length_takes_no_memory() {
        // 4 GB are claimed and allowed, five bytes are there.
        let mut bytes = vec![TAG_HELLO];
        bytes.extend(u32::MAX.to_le_bytes());
        bytes.extend(b"{\"for");
        let limits = Limits {
            json_bytes: u32::MAX,
            frame_bytes: u32::MAX,
            ..Limits::default()
        };
        let mut reader = Reader::new(&bytes[..], limits);
        let read = reader.next_frame();
        assert!(matches!(read, Err(Error::Truncated { offset: 0 })));
        assert!(reader.payload.capacity() < 1 << 16);
    }
}
