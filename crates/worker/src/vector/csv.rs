//! Text with separators and columns of coordinates.
//!
//! GDAL's reader knows neither decimal commas nor encodings, so this is our own. A column of
//! well-known text is read too, by GDAL's parser of it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};
use gdal::vector::Geometry;
use gdal_sys::OGRFieldType;
use wire::{EncodingSource, FieldType};

use super::encoding::Encoding;
use super::source::{Field, Head, Row};
use crate::failure::{Failure, FailureKind, Stop};

/// Bytes of a file, which is held in memory.
const FILE_BYTES: u64 = 500 << 20;
/// Names of columns of x = longitude or E.
const X: [&str; 13] = [
    "x",
    "lon",
    "lng",
    "long",
    "longitude",
    "longitudine",
    "est",
    "easting",
    "coord_x",
    "x_coord",
    "coordx",
    "utm_x",
    "e",
];
/// Names of columns of y = latitude or N.
const Y: [&str; 12] = [
    "y",
    "lat",
    "latitude",
    "latitudine",
    "nord",
    "northing",
    "coord_y",
    "y_coord",
    "coordy",
    "utm_y",
    "n",
    "lati",
];
/// Names of columns of well-known text.
const WKT: [&str; 5] = ["wkt", "the_geom", "geom", "geometry", "geometria"];

/// Where the geometry of a row stands.
#[derive(Debug, Clone, Copy)]
enum Place {
    Columns(usize, usize),
    Text(usize),
    Nowhere,
}

/// A table in memory.
pub(crate) struct Table {
    name: String,
    bytes: Vec<u8>,
    separator: u8,
    columns: Vec<String>,
    place: Place,
    pub(crate) encoding: (Encoding, EncodingSource),
}

impl Table {
    /// Reads a file.
    pub(crate) fn open(path: &Path, declared: Option<Encoding>) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        let read =
            File::open(path).and_then(|file| file.take(FILE_BYTES + 1).read_to_end(&mut bytes));
        read.map_err(|error| Failure::unreadable(&error))?;
        if bytes.len() as u64 > FILE_BYTES {
            let message = format!("The file has more than {FILE_BYTES} bytes.");
            return Err(Failure::of_file(FailureKind::LimitFile, message));
        }
        let marked = bytes.starts_with(b"\xEF\xBB\xBF");
        if marked {
            bytes.drain(..3);
        }
        let encoding = match declared {
            Some(encoding) => (encoding, EncodingSource::Declared),
            None if marked => (Encoding::UTF8, EncodingSource::File),
            None if bytes.is_ascii() => (Encoding::UTF8, EncodingSource::Ascii),
            None if std::str::from_utf8(&bytes).is_ok() => (Encoding::UTF8, EncodingSource::Utf8),
            None => (Encoding::SUPPOSED, EncodingSource::Supposed),
        };
        let separator = separator(&bytes);
        let mut reader = ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .from_reader(&bytes[..]);
        let heads = reader.byte_headers().map_err(|error| broken(&error))?;
        let columns: Vec<String> = heads
            .iter()
            .map(|head| encoding.0.decode(head).0.trim().to_owned())
            .collect();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Ok(Self {
            name: name.into_owned(),
            place: place(&columns),
            separator,
            columns,
            encoding,
            bytes,
        })
    }

    /// Returns its only layer.
    pub(crate) fn head(&self) -> Head {
        let text = |name: &String| Field {
            name: name.clone(),
            kind: FieldType::Text,
            raw: OGRFieldType::OFTString,
        };
        Head {
            name: self.name.clone(),
            fields: self.columns.iter().map(text).collect(),
            crs: None,
            rows: None,
        }
    }

    /// Hands over its rows.
    pub(crate) fn rows(&self, mut take: impl FnMut(Row) -> Result<(), Stop>) -> Result<(), Stop> {
        let mut reader = ReaderBuilder::new()
            .delimiter(self.separator)
            .flexible(true)
            .from_reader(&self.bytes[..]);
        let mut record = ByteRecord::new();
        let mut number = 0;
        while reader
            .read_byte_record(&mut record)
            .map_err(|error| broken(&error))?
        {
            number += 1;
            let mut is_garbled = false;
            let values: Vec<Option<String>> = (0..self.columns.len())
                .map(|index| {
                    let (text, clean) = self.encoding.0.decode(record.get(index)?);
                    is_garbled |= !clean;
                    // A database has no NUL in its texts.
                    Some(text.replace('\0', ""))
                })
                .collect();
            take(Row {
                number,
                geometry: self.geometry(&values),
                values,
                is_garbled,
            })?;
        }
        Ok(())
    }

    fn geometry(&self, values: &[Option<String>]) -> Option<Vec<u8>> {
        let value = |index: usize| values.get(index)?.as_deref();
        match self.place {
            Place::Columns(x, y) => {
                let (x, y) = (number(value(x)?)?, number(value(y)?)?);
                let mut point = vec![1, 1, 0, 0, 0];
                point.extend(x.to_le_bytes());
                point.extend(y.to_le_bytes());
                Some(point)
            }
            Place::Text(index) => {
                let text = value(index)?.trim();
                // EWKT names its SRID first.
                let text = match text.split_once(';') {
                    Some((srid, rest)) if srid.to_ascii_uppercase().starts_with("SRID=") => rest,
                    _ => text,
                };
                Geometry::from_wkt(text).ok()?.wkb().ok()
            }
            Place::Nowhere => None,
        }
    }
}

fn place(columns: &[String]) -> Place {
    let find = |names: &[&str]| {
        names.iter().find_map(|name| {
            columns
                .iter()
                .position(|column| column.eq_ignore_ascii_case(name))
        })
    };
    match (find(&X), find(&Y), find(&WKT)) {
        (Some(x), Some(y), _) => Place::Columns(x, y),
        (_, _, Some(index)) => Place::Text(index),
        _ => Place::Nowhere,
    }
}

/// Returns the separator that the first line has most of.
fn separator(bytes: &[u8]) -> u8 {
    let line = bytes
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b';', 0), (b',', 0), (b'\t', 0), (b'|', 0)];
    for &byte in line {
        quoted ^= byte == b'"';
        for (separator, count) in &mut counts {
            *count += u32::from(!quoted && byte == *separator);
        }
    }
    // Of equals the last one is the maximum: the comma goes before nothing else.
    counts
        .iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map_or(b',', |(separator, _)| *separator)
}

/// Returns a number with a decimal point or comma, and points or blanks between thousands.
fn number(text: &str) -> Option<f64> {
    let text: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\'')
        .collect();
    let plain = match (text.rfind(','), text.rfind('.')) {
        (Some(comma), Some(point)) if comma > point => text.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => text.replace(',', ""),
        (Some(_), None) => text.replace(',', "."),
        (None, _) => text,
    };
    plain.parse().ok()
}

fn broken(error: &csv::Error) -> Failure {
    let line = error.position().map_or(1, csv::Position::line);
    let message = format!("The table cannot be read: {error}.");
    Failure::at(FailureKind::Unread, line, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_italy_and_england() {
        for (text, value) in [
            ("528400.5", Some(528_400.5)),
            (" 528400,5 ", Some(528_400.5)),
            ("5.050.400,5", Some(5_050_400.5)),
            ("5,050,400.5", Some(5_050_400.5)),
            ("5 050 400,5", Some(5_050_400.5)),
            ("-9,36", Some(-9.36)),
            ("", None),
            ("n.d.", None),
        ] {
            assert_eq!(number(text), value, "{text}");
        }
    }

    #[test]
    fn the_separator_is_the_most_frequent_outside_of_quotes() {
        for (line, expected) in [
            ("a;b;c\n1,5;2,5", b';'),
            ("a,b\n", b','),
            ("\"a;b;c\",d\n", b','),
            ("a\tb", b'\t'),
            ("a|b", b'|'),
        ] {
            assert_eq!(separator(line.as_bytes()), expected, "{line}");
        }
    }
}
