//! Bulk loading: the binary format of `copy … from stdin`.
//!
//! PostgreSQL documentation, COPY, "Binary Format": signature, flags, then for each row a
//! field count and for each field its length (-1 is null) and bytes, all big-endian.

use jiff::civil::Date;
use sqlx::PgConnection;
use sqlx::postgres::PgCopyIn;

use super::Error;

pub(super) const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";

/// Day 0 of PostgreSQL's dates.
pub(super) const EPOCH: Date = jiff::civil::date(2000, 1, 1);

/// Bytes that are gathered before they are sent.
const CHUNK: usize = 1 << 20;

/// Rows of a table in the binary format, gathered in a buffer that is used again and again.
///
/// [`CopyWriter::row`] starts a row; one call per column follows, in the order of the
/// statement, with the type of the column (PostgreSQL converts nothing here).
#[derive(Debug)]
pub struct CopyWriter {
    buffer: Vec<u8>,
    columns: i16,
    filled: i16,
    rows: u64,
    wrong: Option<Error>,
}

impl CopyWriter {
    /// A writer for rows of so many columns, its buffer holding the header.
    pub fn new(columns: u16) -> Self {
        let mut buffer = Vec::with_capacity(CHUNK + CHUNK / 4);
        buffer.extend_from_slice(SIGNATURE);
        // Flags, and the length of an extension that does not exist.
        buffer.extend_from_slice(&[0; 8]);
        let columns = i16::try_from(columns).unwrap_or(i16::MAX);
        Self {
            buffer,
            columns,
            filled: columns,
            rows: 0,
            wrong: None,
        }
    }

    /// Starts the next row.
    pub fn row(&mut self) -> &mut Self {
        self.check_row();
        self.rows += 1;
        self.filled = 0;
        self.buffer.extend_from_slice(&self.columns.to_be_bytes());
        self
    }

    /// How many rows were started.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    fn check_row(&mut self) {
        if self.filled != self.columns && self.wrong.is_none() {
            self.wrong = Some(Error::CopyRow {
                row: self.rows,
                reason: format!("{} fields for {} columns", self.filled, self.columns),
            });
        }
    }

    fn field(&mut self, prefix: &[u8], bytes: &[u8]) -> &mut Self {
        self.filled = self.filled.saturating_add(1);
        match i32::try_from(prefix.len() + bytes.len()) {
            Ok(length) => {
                self.buffer.extend_from_slice(&length.to_be_bytes());
                self.buffer.extend_from_slice(prefix);
                self.buffer.extend_from_slice(bytes);
            }
            Err(_) if self.wrong.is_none() => {
                self.wrong = Some(Error::CopyRow {
                    row: self.rows,
                    reason: format!("field {} is longer than 2 GB", self.filled),
                });
            }
            Err(_) => {}
        }
        self
    }

    /// Writes null.
    pub fn null(&mut self) -> &mut Self {
        self.filled = self.filled.saturating_add(1);
        self.buffer.extend_from_slice(&(-1_i32).to_be_bytes());
        self
    }

    /// Writes a value, or null in its place.
    pub fn optional<T>(
        &mut self,
        value: Option<T>,
        write: impl FnOnce(&mut Self, T) -> &mut Self,
    ) -> &mut Self {
        match value {
            Some(value) => write(self, value),
            None => self.null(),
        }
    }

    /// Writes a `smallint`.
    pub fn i16(&mut self, value: i16) -> &mut Self {
        self.field(&[], &value.to_be_bytes())
    }

    /// Writes an `integer`.
    pub fn i32(&mut self, value: i32) -> &mut Self {
        self.field(&[], &value.to_be_bytes())
    }

    /// Writes a `bigint`.
    pub fn i64(&mut self, value: i64) -> &mut Self {
        self.field(&[], &value.to_be_bytes())
    }

    /// Writes a `double precision`.
    pub fn f64(&mut self, value: f64) -> &mut Self {
        self.field(&[], &value.to_be_bytes())
    }

    /// Writes a `boolean`.
    pub fn bool(&mut self, value: bool) -> &mut Self {
        self.field(&[], &[u8::from(value)])
    }

    /// Writes a `text`; a NUL inside makes PostgreSQL refuse the row.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.field(&[], value.as_bytes())
    }

    /// Writes a `bytea`.
    pub fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.field(&[], value)
    }

    /// Writes a `jsonb` from its text.
    pub fn json(&mut self, text: &str) -> &mut Self {
        self.field(&[1], text.as_bytes())
    }

    /// Writes a `date`.
    pub fn date(&mut self, value: Date) -> &mut Self {
        // Dates of jiff span 20,000 years, so their distance in days fits.
        let days = (value - EPOCH).get_days();
        self.field(&[], &days.to_be_bytes())
    }

    /// Writes a `geometry` from its EWKB.
    pub fn geometry(&mut self, ewkb: &[u8]) -> &mut Self {
        self.field(&[], ewkb)
    }

    /// Writes a `uuid`.
    pub fn uuid(&mut self, value: uuid::Uuid) -> &mut Self {
        self.field(&[], value.as_bytes())
    }

    /// Gives the bytes gathered so far.
    ///
    /// # Errors
    /// When a row has too many or too few fields, or a field is too long.
    fn chunk(&mut self) -> Result<&[u8], Error> {
        match self.wrong.take() {
            Some(wrong) => Err(wrong),
            None => Ok(&self.buffer),
        }
    }

    fn end(&mut self) {
        self.check_row();
        self.buffer.extend_from_slice(&(-1_i16).to_be_bytes());
    }
}

/// A running `copy … from stdin (format binary)`.
///
/// For each row: [`CopyIn::row`], its fields, [`CopyIn::send_full`]; at the end
/// [`CopyIn::finish`]. Dropped before that, the statement fails and its transaction with it.
pub struct CopyIn<'c> {
    copy: PgCopyIn<&'c mut PgConnection>,
    writer: CopyWriter,
}

impl<'c> CopyIn<'c> {
    /// Starts the statement, which must name its columns and say `format binary`.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn begin(connection: &'c mut PgConnection, statement: &str) -> Result<Self, Error> {
        let copy = connection.copy_in_raw(statement).await?;
        let columns = u16::try_from(copy.num_columns()).unwrap_or(u16::MAX);
        Ok(Self {
            copy,
            writer: CopyWriter::new(columns),
        })
    }

    /// Starts the next row; its fields are written to what this returns.
    pub fn row(&mut self) -> &mut CopyWriter {
        self.writer.row()
    }

    /// Sends what was gathered, once that is about a megabyte.
    ///
    /// # Errors
    /// When a row does not fit its columns or the server goes away.
    pub async fn send_full(&mut self) -> Result<(), Error> {
        if self.writer.buffer.len() < CHUNK {
            return Ok(());
        }
        self.send().await
    }

    async fn send(&mut self) -> Result<(), Error> {
        self.copy.send(self.writer.chunk()?).await?;
        self.writer.buffer.clear();
        Ok(())
    }

    /// Gives up: the statement fails with the reason, and its transaction with it.
    pub async fn abort(self, reason: &str) {
        // The server answers with the error that was asked for; a broken connection is
        // noticed by whoever uses it next.
        let _ = self.copy.abort(reason.to_owned()).await;
    }

    /// Sends the rest and returns how many rows the server took.
    ///
    /// # Errors
    /// When a row does not fit its columns, or the server refuses one.
    pub async fn finish(mut self) -> Result<u64, Error> {
        self.writer.end();
        if let Err(wrong) = self.send().await {
            // The reason is known already; that the server is told is a courtesy.
            let _ = self.copy.abort(wrong.to_string()).await;
            return Err(wrong);
        }
        Ok(self.copy.finish().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(writer: &mut CopyWriter) -> Vec<u8> {
        writer.end();
        let bytes = writer.chunk().expect("rows are complete");
        assert_eq!(&bytes[..11], SIGNATURE);
        bytes[19..].to_vec()
    }

    #[test]
    fn a_row_is_its_field_count_and_prefixed_fields() {
        let mut writer = CopyWriter::new(3);
        writer.row().i16(-2).null().text("è");
        assert_eq!(
            body(&mut writer),
            [
                0, 3, // fields
                0, 0, 0, 2, 0xff, 0xfe, // -2
                0xff, 0xff, 0xff, 0xff, // null
                0, 0, 0, 2, 0xc3, 0xa8, // è
                0xff, 0xff, // end
            ]
        );
    }

    #[test]
    fn types_have_the_forms_of_postgresql() {
        let mut writer = CopyWriter::new(4);
        writer
            .row()
            .date(jiff::civil::date(1999, 12, 31))
            .json("{}")
            .bool(true)
            .optional(Some(1.5), CopyWriter::f64);
        assert_eq!(
            body(&mut writer),
            [
                0, 4, //
                0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff, // the day before day 0
                0, 0, 0, 3, 1, b'{', b'}', // jsonb, version 1
                0, 0, 0, 1, 1, // true
                0, 0, 0, 8, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, // 1.5
                0xff, 0xff,
            ]
        );
    }

    #[test]
    fn a_row_with_a_missing_or_extra_field_is_named() {
        let mut short = CopyWriter::new(2);
        short.row().i32(1).i32(2);
        short.row().i32(1);
        short.end();
        let error = short.chunk().expect_err("the second row is short");
        assert!(error.to_string().contains("row 2"), "{error}");

        let mut long = CopyWriter::new(1);
        long.row().i32(1).i32(2);
        long.row().i32(1);
        let error = long.chunk().expect_err("the first row is long");
        assert!(error.to_string().contains("row 1"), "{error}");
    }
}
