//! Bulk reading: the binary format of `copy … to stdout`.
//!
//! The bytes come from a server that may not be ours, so every length is checked.

use std::ops::Range;

use futures_util::TryStreamExt;
use jiff::civil::Date;
use sqlx::PgConnection;

use super::Error;
use super::copy_in::{EPOCH, SIGNATURE};

/// The longest row that is read; PostgreSQL itself stops at 1 GB.
const MAX_ROW: usize = 256 << 20;

/// Runs `copy … to stdout (format binary)` and hands each row to `each`; returns their number.
///
/// After an error of `each` the rest of the answer is still on its way: use the connection
/// no more (a pool closes it, a transaction that is dropped waits for the rest).
///
/// # Errors
/// When the server refuses, its answer is malformed, or `each` fails.
pub async fn copy_out<E>(
    connection: &mut PgConnection,
    statement: &str,
    mut each: impl FnMut(&CopyRow<'_>) -> Result<(), E>,
) -> Result<u64, E>
where
    E: From<Error>,
{
    let query = |error: sqlx::Error| E::from(Error::Query(error));
    let mut stream = connection.copy_out_raw(statement).await.map_err(query)?;
    let mut parser = Parser::default();
    while let Some(chunk) = stream.try_next().await.map_err(query)? {
        parser.feed(&chunk, &mut each)?;
    }
    Ok(parser.end()?)
}

/// One row of a bulk answer.
#[derive(Debug)]
pub struct CopyRow<'a> {
    bytes: &'a [u8],
    fields: &'a [Option<Range<usize>>],
    number: u64,
}

impl<'a> CopyRow<'a> {
    /// The value of a column, counted from 0; `Option<T>` where it may be null.
    ///
    /// # Errors
    /// When there is no such column, it is null for a type without null, or its bytes are
    /// no value of the type.
    pub fn get<T: Field<'a>>(&self, column: usize) -> Result<T, Error> {
        let bytes = match self.fields.get(column) {
            None => Err("does not exist"),
            Some(None) => Ok(None),
            Some(Some(range)) => Ok(self.bytes.get(range.clone())),
        };
        bytes
            .and_then(T::from_field)
            .map_err(|reason| Error::CopyRow {
                row: self.number,
                reason: format!("column {column} {reason}"),
            })
    }

    /// How many columns the row has.
    pub fn columns(&self) -> usize {
        self.fields.len()
    }
}

/// A type that a field of a bulk answer can be read as.
pub trait Field<'a>: Sized {
    /// The value of the bytes, or why they are none; `None` is null.
    ///
    /// # Errors
    /// When the bytes are no value of the type.
    fn from_field(bytes: Option<&'a [u8]>) -> Result<Self, &'static str>;
}

/// The text of a `jsonb` or `json` value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonText<'a>(pub &'a str);

impl<'a, T: Field<'a>> Field<'a> for Option<T> {
    fn from_field(bytes: Option<&'a [u8]>) -> Result<Self, &'static str> {
        match bytes {
            None => Ok(None),
            some => T::from_field(some).map(Some),
        }
    }
}

impl<'a> Field<'a> for &'a [u8] {
    fn from_field(bytes: Option<&'a [u8]>) -> Result<Self, &'static str> {
        bytes.ok_or("is null")
    }
}

impl<'a> Field<'a> for &'a str {
    fn from_field(bytes: Option<&'a [u8]>) -> Result<Self, &'static str> {
        let bytes = <&[u8]>::from_field(bytes)?;
        std::str::from_utf8(bytes).map_err(|_| "is not UTF-8")
    }
}

impl<'a> Field<'a> for JsonText<'a> {
    fn from_field(bytes: Option<&'a [u8]>) -> Result<Self, &'static str> {
        let text = <&str>::from_field(bytes)?;
        // jsonb starts with its version, 1; json starts with its text.
        Ok(Self(text.strip_prefix('\u{1}').unwrap_or(text)))
    }
}

fn array<const N: usize>(bytes: Option<&[u8]>) -> Result<[u8; N], &'static str> {
    let bytes = <&[u8]>::from_field(bytes)?;
    bytes
        .try_into()
        .map_err(|_| "has another length than its type")
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl Field<'_> for $number {
            fn from_field(bytes: Option<&[u8]>) -> Result<Self, &'static str> {
                array(bytes).map(<$number>::from_be_bytes)
            }
        }
    )*};
}

numbers!(i16, i32, i64, f32, f64);

impl Field<'_> for bool {
    fn from_field(bytes: Option<&[u8]>) -> Result<Self, &'static str> {
        match array(bytes)? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err("is neither true nor false"),
        }
    }
}

impl Field<'_> for uuid::Uuid {
    fn from_field(bytes: Option<&[u8]>) -> Result<Self, &'static str> {
        array(bytes).map(uuid::Uuid::from_bytes)
    }
}

impl Field<'_> for Date {
    fn from_field(bytes: Option<&[u8]>) -> Result<Self, &'static str> {
        let days = i32::from_field(bytes)?;
        let span = jiff::Span::new()
            .try_days(days)
            .map_err(|_| "is no date of the calendar")?;
        EPOCH
            .checked_add(span)
            .map_err(|_| "is no date of the calendar")
    }
}

/// What the parser expects next.
#[derive(Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Header,
    Rows,
    Ended,
}

/// Cuts chunks of any size into rows.
#[derive(Debug, Default)]
struct Parser {
    stage: Stage,
    /// Bytes of an unfinished header or row.
    rest: Vec<u8>,
    /// The fields of the current row, kept for its allocation.
    fields: Vec<Option<Range<usize>>>,
    rows: u64,
}

/// Why no row could be cut off the front.
enum Cut {
    /// Its end is not there yet.
    Unfinished,
    Malformed(&'static str),
}

impl Parser {
    fn feed<E: From<Error>>(
        &mut self,
        chunk: &[u8],
        each: &mut impl FnMut(&CopyRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.rest.is_empty() {
            // The usual case: the server sends whole rows, which need no copy.
            let used = self.rows_of(chunk, each)?;
            self.rest
                .extend_from_slice(chunk.get(used..).unwrap_or_default());
        } else {
            let mut bytes = std::mem::take(&mut self.rest);
            bytes.extend_from_slice(chunk);
            let used = self.rows_of(&bytes, each)?;
            bytes.drain(..used);
            self.rest = bytes;
        }
        if self.rest.len() > MAX_ROW {
            return Err(self.malformed("is longer than 256 MB").into());
        }
        Ok(())
    }

    /// Hands on the whole rows at the front and returns how many bytes those had.
    fn rows_of<E: From<Error>>(
        &mut self,
        bytes: &[u8],
        each: &mut impl FnMut(&CopyRow<'_>) -> Result<(), E>,
    ) -> Result<usize, E> {
        let mut used = 0;
        loop {
            let front = bytes.get(used..).unwrap_or_default();
            let cut = match self.stage {
                Stage::Header => header(front).map(|length| (length, Stage::Rows)),
                Stage::Rows => row(front, &mut self.fields),
                Stage::Ended if front.is_empty() => return Ok(used),
                Stage::Ended => Err(Cut::Malformed("stands after the end")),
            };
            match cut {
                Ok((length, next)) => {
                    if self.stage == Stage::Rows && next == Stage::Rows {
                        self.rows += 1;
                        each(&CopyRow {
                            bytes: front,
                            fields: &self.fields,
                            number: self.rows,
                        })?;
                    }
                    used += length;
                    self.stage = next;
                }
                Err(Cut::Unfinished) => return Ok(used),
                Err(Cut::Malformed(reason)) => return Err(self.malformed(reason).into()),
            }
        }
    }

    fn malformed(&self, reason: &str) -> Error {
        Error::CopyRow {
            row: self.rows + 1,
            reason: reason.to_owned(),
        }
    }

    /// How many rows there were, when the answer has come to its end.
    fn end(self) -> Result<u64, Error> {
        if self.stage == Stage::Ended {
            return Ok(self.rows);
        }
        Err(self.malformed("is cut off"))
    }
}

/// Takes `N` bytes off the front.
fn take<const N: usize>(bytes: &[u8], at: &mut usize) -> Result<[u8; N], Cut> {
    let taken = bytes
        .get(*at..)
        .and_then(|rest| rest.first_chunk::<N>())
        .ok_or(Cut::Unfinished)?;
    *at += N;
    Ok(*taken)
}

/// The length of the header, with its extension.
fn header(bytes: &[u8]) -> Result<usize, Cut> {
    let mut at = 0;
    if &take::<11>(bytes, &mut at)? != SIGNATURE {
        return Err(Cut::Malformed("does not follow the signature of a copy"));
    }
    let flags = u32::from_be_bytes(take(bytes, &mut at)?);
    if flags & 0xffff_0000 != 0 {
        return Err(Cut::Malformed("comes in a form that is not known"));
    }
    let extension = u32::from_be_bytes(take(bytes, &mut at)?) as usize;
    if extension > MAX_ROW {
        return Err(Cut::Malformed("follows an extension that is too long"));
    }
    if bytes.len() - at < extension {
        return Err(Cut::Unfinished);
    }
    Ok(at + extension)
}

/// The length of a row, whose fields it notes, or of the end.
fn row(bytes: &[u8], fields: &mut Vec<Option<Range<usize>>>) -> Result<(usize, Stage), Cut> {
    let mut at = 0;
    let count = match i16::from_be_bytes(take(bytes, &mut at)?) {
        -1 => return Ok((at, Stage::Ended)),
        count => usize::try_from(count).map_err(|_| Cut::Malformed("has a negative size"))?,
    };
    fields.clear();
    for _ in 0..count {
        match i32::from_be_bytes(take(bytes, &mut at)?) {
            -1 => fields.push(None),
            length => {
                let length = usize::try_from(length)
                    .map_err(|_| Cut::Malformed("has a field of negative length"))?;
                if length > MAX_ROW {
                    return Err(Cut::Malformed("has a field longer than 256 MB"));
                }
                if bytes.len() - at < length {
                    return Err(Cut::Unfinished);
                }
                fields.push(Some(at..at + length));
                at += length;
            }
        }
    }
    Ok((at, Stage::Rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (i32, Option<String>);

    fn sample() -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([0; 8]);
        bytes.extend([0, 2, 0, 0, 0, 4, 0, 0, 0, 7, 0, 0, 0, 3, b'S', b'A', b'N']);
        bytes.extend([0, 2, 0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff]);
        bytes.extend([0xff; 4]);
        bytes.extend([0xff; 2]);
        bytes
    }

    fn parse(bytes: &[u8], step: usize) -> Result<Vec<Row>, Error> {
        let mut rows = Vec::new();
        let mut parser = Parser::default();
        for chunk in bytes.chunks(step) {
            parser.feed(chunk, &mut |row: &CopyRow<'_>| {
                let word: Option<&str> = row.get(1)?;
                rows.push((row.get(0)?, word.map(str::to_owned)));
                Ok::<_, Error>(())
            })?;
        }
        assert_eq!(parser.end()?, rows.len() as u64);
        Ok(rows)
    }

    #[test]
    fn rows_are_the_same_however_the_chunks_fall() {
        let expected = vec![(7, Some("SAN".to_owned())), (-1, None)];
        for step in 1..=sample().len() {
            assert_eq!(parse(&sample(), step).expect("well formed"), expected);
        }
    }

    #[test]
    fn every_shorter_answer_is_refused() {
        for length in 0..sample().len() {
            assert!(parse(&sample()[..length], 5).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn bytes_after_the_end_and_wild_lengths_are_refused() {
        let mut more = sample();
        more.push(0);
        assert!(parse(&more, 64).is_err());

        for wild in [[0x80, 0, 0, 0], [0x7f, 0xff, 0xff, 0xff]] {
            let mut bytes = sample();
            bytes[21..25].copy_from_slice(&wild);
            assert!(parse(&bytes, 64).is_err());
        }
    }

    #[test]
    fn a_single_changed_byte_never_panics() {
        for place in 0..sample().len() {
            for value in 0..=u8::MAX {
                let mut bytes = sample();
                bytes[place] = value;
                let _ = parse(&bytes, 16);
            }
        }
    }

    #[test]
    fn values_say_what_is_wrong_with_them() {
        let bytes = [0, 1, 2];
        let row = CopyRow {
            bytes: &bytes,
            fields: &[Some(0..3), None, Some(1..2)],
            number: 9,
        };
        assert!(row.get::<i32>(0).is_err());
        assert!(row.get::<i32>(1).is_err());
        assert_eq!(row.get::<Option<i32>>(1).expect("null is fine"), None);
        assert!(row.get::<bool>(2).expect("1 is true"));
        let error = row.get::<bool>(3).expect_err("there is none").to_string();
        assert_eq!(error, "row 9 of a bulk copy: column 3 does not exist");
        assert_eq!(
            Date::from_field(Some(&[0xff; 4])),
            Ok(jiff::civil::date(1999, 12, 31))
        );
        assert!(Date::from_field(Some(&[0x7f; 4])).is_err());
    }
}
