//! Bytes with their line number, and no more of them in one piece than allowed.

use std::io::{self, BufRead, Read};

const BUFFER: usize = 1 << 16;

/// One tag, comment or run of text that is too long.
#[derive(Debug, thiserror::Error)]
#[error("one piece of markup is too long")]
pub(crate) struct TooLong;

/// A buffered input that counts lines and refuses pieces over a size.
pub(crate) struct Lines<R> {
    input: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    line: u64,
    bytes: u64,
    piece: u64,
    most: u64,
}

impl<R: Read> Lines<R> {
    pub(crate) fn new(input: R, most: u64) -> Self {
        Self {
            input,
            buffer: vec![0; BUFFER].into_boxed_slice(),
            start: 0,
            end: 0,
            line: 1,
            bytes: 0,
            piece: 0,
            most,
        }
    }

    /// Starts a new piece.
    pub(crate) const fn start_piece(&mut self) {
        self.piece = 0;
    }

    /// Returns the line of the next byte, from 1.
    pub(crate) const fn line(&self) -> u64 {
        self.line
    }

    /// Returns how many bytes were consumed.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(into.len());
        into[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Lines<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.piece > self.most {
            return Err(io::Error::other(TooLong));
        }
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            self.end = self.input.read(&mut self.buffer)?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, count: usize) {
        let end = (self.start + count).min(self.end);
        let consumed = &self.buffer[self.start..end];
        self.line += consumed
            .iter()
            .map(|byte| u64::from(*byte == b'\n'))
            .sum::<u64>();
        self.bytes += consumed.len() as u64;
        self.piece += consumed.len() as u64;
        self.start = end;
    }
}
