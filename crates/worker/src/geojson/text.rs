//! The file in memory, and its lines.

use std::io::Read;

use serde::de::IgnoredAny;

use crate::failure::{Failure, FailureKind};

/// Reads a file of JSON and checks its syntax.
pub(crate) fn read(file: impl Read, most: u64) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::unreadable(&error))?;
    if bytes.len() as u64 > most {
        return Err(Failure::of_file(
            FailureKind::LimitFile,
            format!("The file has more than {most} bytes."),
        ));
    }
    let bom = "\u{feff}".as_bytes();
    if bytes.starts_with(bom) {
        bytes.drain(..bom.len());
    }
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Failure::of_file(
            FailureKind::NotGeoJson,
            "The file is not GeoJSON: it does not start with a brace.",
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        malformed(1 + newlines(valid), "the text is not UTF-8")
    })?;
    serde_json::from_str::<IgnoredAny>(&text)
        .map_err(|error| malformed(error.line() as u64, &words(&error)))?;
    Ok(text)
}

fn malformed(line: u64, what: &str) -> Failure {
    Failure::at(
        FailureKind::JsonMalformed,
        line,
        format!("The file is not well-formed JSON: {what}."),
    )
}

/// Returns the words of an error without its place, which is that in a piece of the file.
pub(crate) fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}

/// Tells the lines of pieces of the file, in the order of the file.
pub(crate) struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub(crate) const fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
        }
    }

    /// Goes on to a piece of the file and returns its line, from 1.
    pub(crate) fn go_to(&mut self, piece: &str) -> u64 {
        let at = self.offset(piece);
        self.line = self.line_at(at);
        self.at = at;
        self.line
    }

    /// Returns the line of a piece behind the last one gone to.
    pub(crate) fn line_of(&self, piece: &str) -> u64 {
        self.line_at(self.offset(piece))
    }

    /// Returns how many bytes stand before the last piece gone to.
    pub(crate) const fn bytes(&self) -> u64 {
        self.at as u64
    }

    fn offset(&self, piece: &str) -> usize {
        // Pieces are slices of the text.
        (piece.as_ptr() as usize)
            .saturating_sub(self.text.as_ptr() as usize)
            .min(self.text.len())
    }

    fn line_at(&self, at: usize) -> u64 {
        self.line + newlines(&self.text.as_bytes()[self.at.min(at)..at])
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}
