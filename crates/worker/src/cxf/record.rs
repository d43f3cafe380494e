//! Records of a text file, one a line, each with its number; what they hold, read tolerantly.

use std::borrow::Cow;

/// Largest coordinate that is believed, in metres.
const FARTHEST_M: f64 = 1e9;
/// Largest count that is believed.
const MOST: f64 = 1e8;

/// The records of a file, trimmed.
pub(super) struct Records<'a> {
    lines: Vec<&'a [u8]>,
    at: usize,
}

/// A word that starts an element or ends the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Bordo,
    Testo,
    Simbolo,
    Fiduciale,
    Linea,
    Raster,
    Libretto,
    Eof,
}

/// What keeps an element from being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) line: u64,
    pub(super) message: String,
}

impl<'a> Records<'a> {
    /// Splits bytes at LF, at CR where there is no LF; a byte order mark and what follows a
    /// Control-Z are dropped.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let end = bytes.iter().position(|byte| *byte == 0x1a);
        let bytes = &bytes[..end.unwrap_or(bytes.len())];
        let separator = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
        let mut lines: Vec<&[u8]> = bytes
            .split(|byte| *byte == separator)
            .map(<[u8]>::trim_ascii)
            .collect();
        if lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        Self { lines, at: 0 }
    }

    /// Returns the number of the record that comes next, from 1.
    pub(super) fn line(&self) -> u64 {
        self.at as u64 + 1
    }

    /// Returns the record that comes next, and leaves it there.
    pub(super) fn peek(&self) -> Option<&'a [u8]> {
        self.lines.get(self.at).copied()
    }

    /// Goes one record on.
    pub(super) fn skip(&mut self) {
        self.at += 1;
    }

    /// Goes to the record of a number.
    pub(super) fn go_to(&mut self, line: u64) {
        self.at = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
    }

    /// Returns how many records are left.
    pub(super) fn left(&self) -> usize {
        self.lines.len().saturating_sub(self.at)
    }

    /// Goes on to the next keyword or the end, and returns how many records with something in
    /// them were passed.
    pub(super) fn skip_to_keyword(&mut self) -> u64 {
        let mut passed = 0;
        while let Some(line) = self.peek() {
            if keyword(line).is_some() {
                break;
            }
            passed += u64::from(!line.is_empty());
            self.skip();
        }
        passed
    }

    /// Reads a record of text, which may be empty.
    pub(super) fn text(&mut self, what: &str) -> Result<String, Fault> {
        let line = self.peek().ok_or_else(|| self.ended(what))?;
        self.skip();
        Ok(decoded(line).into_owned())
    }

    /// Reads a record of a real number.
    pub(super) fn real(&mut self, what: &str) -> Result<f64, Fault> {
        while self.peek().is_some_and(<[u8]>::is_empty) {
            self.skip();
        }
        let line = self.peek().ok_or_else(|| self.ended(what))?;
        match number(line).filter(|value| value.abs() <= FARTHEST_M) {
            Some(value) => {
                self.skip();
                Ok(value)
            }
            None => Err(self.fault(line, what)),
        }
    }

    /// Reads a record of a count or code.
    pub(super) fn count(&mut self, what: &str) -> Result<usize, Fault> {
        let line = self.line();
        let value = self.real(what)?;
        if value.fract() != 0.0 || !(0.0..=MOST).contains(&value) {
            let message = format!("{what} is {value}, which is no count");
            return Err(Fault { line, message });
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is a whole number between 0 and MOST"
        )]
        Ok(value as usize)
    }

    /// Reads a pair of records: east and north.
    pub(super) fn point(&mut self, what: &str) -> Result<[f64; 2], Fault> {
        Ok([self.real(what)?, self.real(what)?])
    }

    /// Reads `count` pairs of records.
    pub(super) fn points(&mut self, count: usize, what: &str) -> Result<Vec<[f64; 2]>, Fault> {
        if count > self.left() / 2 {
            let line = self.line();
            let message =
                format!("{what}: {count} are announced, the file has not so many records");
            // What is there tells whether the count is wrong or the file is cut off.
            for _ in 0..self.left() {
                self.real(what)?;
            }
            return Err(Fault { line, message });
        }
        let mut points = Vec::with_capacity(count);
        for _ in 0..count {
            points.push(self.point(what)?);
        }
        Ok(points)
    }

    fn ended(&self, what: &str) -> Fault {
        Fault {
            line: self.line(),
            message: format!("the file ends where {what} should be"),
        }
    }

    fn fault(&self, found: &[u8], what: &str) -> Fault {
        let shown: String = decoded(found).chars().take(30).collect();
        Fault {
            line: self.line(),
            message: format!("{shown:?} stands where {what} should be"),
        }
    }
}

/// Returns the keyword of a record, and whether it has the `\` of elements outside the border.
pub(super) fn keyword(line: &[u8]) -> Option<(Keyword, bool)> {
    if line.len() > 24 || !line.first()?.is_ascii_alphabetic() {
        return None;
    }
    let (word, outside) = match line.strip_suffix(b"\\") {
        Some(word) => (word.trim_ascii_end(), true),
        None => (line, false),
    };
    const WORDS: [(&[u8], Keyword); 9] = [
        (b"BORDO", Keyword::Bordo),
        (b"TESTO", Keyword::Testo),
        (b"SIMBOLO", Keyword::Simbolo),
        (b"FIDUCIALE", Keyword::Fiduciale),
        (b"LINEA", Keyword::Linea),
        (b"RIFERIMENTO_RASTER", Keyword::Raster),
        (b"RIFERIMENTO RASTER", Keyword::Raster),
        (b"LIBRETTO", Keyword::Libretto),
        (b"EOF", Keyword::Eof),
    ];
    let found = WORDS
        .iter()
        .find(|(text, _)| word.eq_ignore_ascii_case(text))?;
    Some((found.1, outside))
}

/// Returns a number; the decimal sign may be a comma.
pub(super) fn number(line: &[u8]) -> Option<f64> {
    if line.len() > 40 || !line.iter().all(|byte| b"0123456789+-.,eEdD".contains(byte)) {
        return None;
    }
    let text = std::str::from_utf8(line).ok()?;
    let value: f64 = if line.iter().any(|byte| b",dD".contains(byte)) {
        text.replace(',', ".")
            .replace(['d', 'D'], "e")
            .parse()
            .ok()?
    } else {
        text.parse().ok()?
    };
    value.is_finite().then_some(value)
}

/// Returns text: UTF-8 where it is that, which ISO 8859-1 is not by accident, else ISO 8859-1.
pub(super) fn decoded(line: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(line) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(line.iter().map(|byte| char::from(*byte)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_any_way() {
        for text in [
            "A\r\n1\r\n",
            "A\n1\n",
            "A\r1\r",
            "A\n1",
            "\u{feff}A\n1\n\u{1a}junk",
        ] {
            let mut records = Records::new(text.as_bytes());
            assert_eq!(records.text("a"), Ok("A".to_owned()), "{text:?}");
            assert_eq!(records.line(), 2);
            assert_eq!(records.real("b"), Ok(1.0), "{text:?}");
            assert!(records.real("c").is_err());
        }
    }

    #[test]
    fn keywords_are_told_from_data() {
        assert_eq!(keyword(b"BORDO"), Some((Keyword::Bordo, false)));
        assert_eq!(keyword(b"TESTO\\"), Some((Keyword::Testo, true)));
        assert_eq!(keyword(b"Linea \\"), Some((Keyword::Linea, true)));
        for word in ["", "1", "BORDO+", "TESTOX", "\\", "STRADA"] {
            assert_eq!(keyword(word.as_bytes()), None, "{word}");
        }
    }

    #[test]
    fn numbers_are_finite_and_no_words() {
        assert_eq!(number(b"-13995.000"), Some(-13995.0));
        assert_eq!(number(b"12,5"), Some(12.5));
        assert_eq!(number(b"1.5D3"), Some(1500.0));
        for word in ["", "nan", "inf", "1e999", "--1", "0x10", "1 2"] {
            assert_eq!(number(word.as_bytes()), None, "{word}");
        }
        assert_eq!(decoded(b"citt\xe0"), "città");
        assert_eq!(decoded("città".as_bytes()), "città");
    }

    #[test]
    fn counts_are_whole_and_not_negative() {
        let count = |text: &str| Records::new(text.as_bytes()).count("n");
        assert_eq!(count("  18"), Ok(18));
        assert_eq!(count("18.000"), Ok(18));
        for text in ["-1", "1.5", "1e15"] {
            assert!(count(text).is_err(), "{text}");
        }
    }
}
