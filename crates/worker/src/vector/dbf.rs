//! The encoding of a DBF table, which the format leaves open.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use wire::EncodingSource;

use super::checks::sibling;
use super::driver::ending;
use super::encoding::Encoding;
use crate::failure::{Failure, FailureKind};

/// Bytes of a `.cpg` file at most.
const CPG_BYTES: u64 = 256;
/// Bytes of a table that are looked at.
const LOOKED_AT: u64 = 64 << 20;

/// Returns how the text of a shapefile's table is encoded, and how that is known.
///
/// First comes what a `.cpg` or `.cst` file says, then the bytes themselves where they are
/// UTF-8 beyond ASCII, then the table's language driver, then what is most frequent.
pub(crate) fn encoding(path: &Path) -> Result<(Encoding, EncodingSource), Failure> {
    for wanted in ["cpg", "cst"] {
        let Some(file) = sibling(path, wanted) else {
            continue;
        };
        let mut label = Vec::new();
        let read = File::open(file).and_then(|file| file.take(CPG_BYTES).read_to_end(&mut label));
        read.map_err(|error| Failure::unreadable(&error))?;
        let label = String::from_utf8_lossy(&label);
        if label.trim().is_empty() {
            continue;
        }
        let Some(encoding) = Encoding::from_label(&label) else {
            let shown: String = label.trim().chars().take(40).collect();
            return Err(Failure::of_file(
                FailureKind::Encoding,
                format!("The .{wanted} file names the encoding {shown:?}, which is not known."),
            ));
        };
        return Ok((encoding, EncodingSource::Cpg));
    }
    let table = if ending(path) == "dbf" {
        Some(path.to_path_buf())
    } else {
        sibling(path, "dbf")
    };
    let Some(table) = table else {
        return Ok((Encoding::UTF8, EncodingSource::Ascii));
    };
    let mut bytes = Vec::new();
    let read = File::open(table).and_then(|file| file.take(LOOKED_AT).read_to_end(&mut bytes));
    read.map_err(|error| Failure::unreadable(&error))?;
    Ok(of_table(&bytes))
}

fn of_table(bytes: &[u8]) -> (Encoding, EncodingSource) {
    let language = bytes.get(29).copied().unwrap_or(0);
    // The first 32 bytes are numbers; in the fields' descriptions, places and lengths are.
    let header = match bytes.get(8..10) {
        Some(&[low, high]) => usize::from(u16::from_le_bytes([low, high])),
        _ => 0,
    };
    let values = bytes.get(header..).unwrap_or_default();
    if values.is_ascii() {
        let encoding = Encoding::from_ldid(language).unwrap_or(Encoding::UTF8);
        return (encoding, EncodingSource::Ascii);
    }
    if std::str::from_utf8(values).is_ok() {
        return (Encoding::UTF8, EncodingSource::Utf8);
    }
    match Encoding::from_ldid(language) {
        Some(encoding) => (encoding, EncodingSource::File),
        None => (Encoding::SUPPOSED, EncodingSource::Supposed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(language: u8, values: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 33];
        bytes[8] = 33;
        bytes[29] = language;
        bytes.extend(values);
        bytes
    }

    #[test]
    fn bytes_then_language_then_custom_tell() {
        for (language, values, name, source) in [
            (0, &b"abc"[..], "UTF-8", EncodingSource::Ascii),
            (0x57, "citt\u{e0}".as_bytes(), "UTF-8", EncodingSource::Utf8),
            (0x02, b"citt\x85", "cp850", EncodingSource::File),
            (0x57, b"citt\xE0", "windows-1252", EncodingSource::File),
            (0, b"citt\xE0", "windows-1252", EncodingSource::Supposed),
        ] {
            let (encoding, how) = of_table(&table(language, values));
            assert_eq!((encoding.name(), how), (name, source), "{language}");
        }
    }
}
