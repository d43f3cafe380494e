//! What is looked at before GDAL is given a file.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::driver::{Driver, ending};
use crate::failure::{Failure, FailureKind};

/// Bytes of a `.prj` file at most; a long one has 2,000.
const PRJ_BYTES: u64 = 16 << 10;
/// Entries of the schema of a GeoPackage at most.
const SCHEMA_ENTRIES: usize = 50_000;

/// Checks a file for its driver.
pub(crate) fn check(path: &Path, driver: Driver) -> Result<(), Failure> {
    match driver {
        Driver::GeoPackage => geopackage(path),
        Driver::Shapefile => shapefile(path),
        Driver::GeoJson => no_nul(path),
        Driver::Gml
        | Driver::FlatGeobuf
        | Driver::MapInfo
        | Driver::Csv
        | Driver::Kml
        | Driver::Dxf
        | Driver::FileGdb => Ok(()),
    }
}

/// Returns the file beside another that has the same name and this ending, in any letter case.
pub(crate) fn sibling(path: &Path, wanted: &str) -> Option<PathBuf> {
    let stem = path.file_stem()?;
    for exact in [wanted.to_owned(), wanted.to_uppercase()] {
        let candidate = path.with_extension(exact);
        if candidate.is_file() {
            return Some(candidate);
        }
    }
    let folder = match path.parent()? {
        folder if folder.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    };
    let is_it = |other: &Path| other.file_stem() == Some(stem) && ending(other) == wanted;
    let mut entries = std::fs::read_dir(folder).ok()?.flatten();
    entries
        .find(|entry| is_it(&entry.path()))
        .map(|entry| entry.path())
}

/// Refuses views, triggers and virtual tables, which are code that runs on reading.
///
/// The schema is read by SQLite itself, as GDAL does it: a reader of our own might see another
/// schema than GDAL in a file that is made so. `immutable` keeps SQLite from looking for
/// journals beside the file; `select` on the schema runs nothing of it. Triggers that GeoPackage
/// and GDAL define themselves are let in: they run on writing, which never happens.
fn geopackage(path: &Path) -> Result<(), Failure> {
    let broken = |error: rusqlite::Error| {
        Failure::of_file(
            FailureKind::Unread,
            format!("The file is a broken GeoPackage: {error}."),
        )
    };
    let mut uri = String::from("file:");
    for byte in std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()) {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                uri.push(char::from(*byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(uri, flags).map_err(broken)?;
    let mut statement = database
        .prepare("select type, name, coalesce(sql, '') from sqlite_master")
        .map_err(broken)?;
    let mut rows = statement.query([]).map_err(broken)?;
    let mut entries = 0;
    let mut has_contents = false;
    while let Some(row) = rows.next().map_err(broken)? {
        entries += 1;
        if entries > SCHEMA_ENTRIES {
            let message = format!("The GeoPackage has more than {SCHEMA_ENTRIES} tables.");
            return Err(Failure::of_file(FailureKind::LimitFields, message));
        }
        let text = |index| row.get::<_, String>(index).map_err(broken);
        let (kind, name, sql) = (text(0)?, text(1)?, text(2)?);
        has_contents |= kind == "table" && name == "gpkg_contents";
        let forbidden = match kind.as_str() {
            "table" => is_virtual(&sql) && !is_rtree(&sql),
            "index" => false,
            "trigger" => !is_standard_trigger(&name),
            _ => true,
        };
        if forbidden {
            let what = if kind == "table" {
                "virtual table"
            } else {
                &kind
            };
            let name: String = name.chars().take(80).collect();
            let message = format!(
                "The GeoPackage holds code ({what} {name:?}), which is refused: export its layers \
                 as tables."
            );
            return Err(Failure::of_file(FailureKind::Code, message));
        }
    }
    if !has_contents {
        return Err(Failure::of_file(
            FailureKind::UnknownFormat,
            "The file is a SQLite database, but no GeoPackage: it has no table of contents.",
        ));
    }
    Ok(())
}

fn words(sql: &str) -> Vec<String> {
    sql.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .take(40)
        .map(str::to_lowercase)
        .collect()
}

fn is_virtual(sql: &str) -> bool {
    words(sql).get(1).is_some_and(|word| word == "virtual")
}

/// Says whether a virtual table is an R-tree of SQLite itself.
fn is_rtree(sql: &str) -> bool {
    let words = words(sql);
    let module = words.iter().position(|word| word == "using");
    module.is_some_and(|at| words.get(at + 1).is_some_and(|word| word == "rtree"))
}

/// Says whether a trigger is one of the standard (rtree_…, gpkg_…) or of GDAL's feature count.
fn is_standard_trigger(name: &str) -> bool {
    let name = name.to_lowercase();
    [
        "rtree_",
        "gpkg_",
        "trigger_insert_feature_count_",
        "trigger_delete_feature_count_",
    ]
    .iter()
    .any(|start| name.starts_with(start))
}

/// Compares the sizes that the files of a shapefile name with those that they have.
fn shapefile(path: &Path) -> Result<(), Failure> {
    if ending(path) == "dbf" {
        return table(path);
    }
    let (head, size) = head(path)?;
    let named = head
        .get(24..28)
        .and_then(|bytes| bytes.try_into().ok())
        .map(|bytes| u64::from(u32::from_be_bytes(bytes)) * 2);
    match named {
        None => return Err(incomplete("The shapefile is shorter than its header.")),
        Some(named) if named > size || named < 100 => {
            return Err(incomplete(format!(
                "The shapefile is incomplete: it says it has {named} bytes and has {size}."
            )));
        }
        Some(_) => {}
    }
    if let Some(index) = sibling(path, "shx") {
        let (head, size) = self::head(&index)?;
        let named = head
            .get(24..28)
            .and_then(|bytes| bytes.try_into().ok())
            .map(|bytes| u64::from(u32::from_be_bytes(bytes)) * 2);
        if !head.starts_with(&9994_u32.to_be_bytes()) || named.is_none_or(|named| named > size) {
            return Err(incomplete(
                "The index of the shapefile (.shx) is incomplete.",
            ));
        }
    } else {
        return Err(incomplete(
            "The index of the shapefile (.shx) is missing; it must be beside the .shp.",
        ));
    }
    if let Some(values) = sibling(path, "dbf") {
        table(&values)?;
    }
    if let Some(prj) = sibling(path, "prj")
        && prj.metadata().map_or(0, |found| found.len()) > PRJ_BYTES
    {
        return Err(Failure::of_file(
            FailureKind::CrsTooLong,
            format!("The .prj file has more than {PRJ_BYTES} bytes."),
        ));
    }
    Ok(())
}

/// Checks a DBF table: header, number and length of records against the size.
fn table(path: &Path) -> Result<(), Failure> {
    let (head, size) = head(path)?;
    if head.len() < 33 {
        return Err(incomplete(
            "The table of values (.dbf) is shorter than its header.",
        ));
    }
    let short = |at: usize| u64::from(u16::from_le_bytes([head[at], head[at + 1]]));
    let records = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
    let needed = short(8) + records * short(10);
    // Some programs count one record that they have not written, or leave out the end mark.
    if needed > size + short(10) + 1 || short(8) < 33 || (records > 0 && short(10) == 0) {
        return Err(incomplete(format!(
            "The table of values (.dbf) is incomplete: it says it has {needed} bytes and has {size}."
        )));
    }
    widths(&whole_head(path, short(8))?, short(10))
}

/// Compares the widths of a table's fields with the length of its records.
///
/// GDAL gives a table without fields where they do not fit, and says nothing.
fn widths(head: &[u8], record: u64) -> Result<(), Failure> {
    let described = head.get(32..).unwrap_or_default();
    let fields = described
        .chunks_exact(32)
        .take_while(|field| field[0] != b'\r');
    // A text of more than 255 letters has the high byte where numbers have their decimals.
    let width = |field: &[u8]| match field[11] {
        b'C' => u64::from(u16::from_le_bytes([field[16], field[17]])),
        _ => u64::from(field[16]),
    };
    let sum: u64 = 1 + fields.map(width).sum::<u64>();
    if sum > record {
        return Err(incomplete(format!(
            "The table of values (.dbf) is broken: its fields take {sum} bytes of records of {record}."
        )));
    }
    Ok(())
}

fn whole_head(path: &Path, bytes: u64) -> Result<Vec<u8>, Failure> {
    let read = || {
        let mut head = Vec::new();
        File::open(path)?.take(bytes).read_to_end(&mut head)?;
        Ok(head)
    };
    read().map_err(|error: std::io::Error| Failure::unreadable(&error))
}

/// Refuses texts with the character NUL, at which GDAL would cut them without a word.
fn no_nul(path: &Path) -> Result<(), Failure> {
    const WRITTEN: &[u8] = br"\u0000";
    let unreadable = |error: std::io::Error| Failure::unreadable(&error);
    let mut file = File::open(path).map_err(unreadable)?;
    let mut buffer = vec![0; 1 << 20];
    let (mut kept, mut line) = (0, 1);
    loop {
        let read = file.read(&mut buffer[kept..]).map_err(unreadable)?;
        let filled = &buffer[..kept + read];
        if let Some(at) = filled
            .windows(WRITTEN.len())
            .position(|found| found == WRITTEN)
        {
            line += newlines(&filled[..at]);
            return Err(Failure::at(
                FailureKind::Malformed,
                line,
                "A text holds the character NUL, at which it would be cut.",
            ));
        }
        if read == 0 {
            return Ok(());
        }
        // The end may be the beginning of it.
        let from = filled.len().saturating_sub(WRITTEN.len() - 1);
        line += newlines(&filled[..from]);
        kept = filled.len() - from;
        buffer.copy_within(from..from + kept, 0);
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn head(path: &Path) -> Result<(Vec<u8>, u64), Failure> {
    let read = || {
        let mut file = File::open(path)?;
        let mut head = Vec::new();
        (&mut file).take(100).read_to_end(&mut head)?;
        let size = file.seek(SeekFrom::End(0))?;
        Ok((head, size))
    };
    read().map_err(|error: std::io::Error| Failure::unreadable(&error))
}

fn incomplete(message: impl Into<String>) -> Failure {
    Failure::of_file(FailureKind::Incomplete, message)
}
