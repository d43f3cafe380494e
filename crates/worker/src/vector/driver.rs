//! The formats that are read, and how they are told apart: by their first bytes and, where
//! these leave it open, by the ending of the name. GDAL is never let to guess.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::markup::{Root, root};
use crate::failure::{Failure, FailureKind};

/// First bytes of a file that are looked at.
const HEAD: u64 = 1 << 20;

/// A driver that reads map files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// GeoPackage.
    GeoPackage,
    /// Shapefile, or a DBF table alone.
    Shapefile,
    /// GeoJSON.
    GeoJson,
    /// GML.
    Gml,
    /// FlatGeobuf.
    FlatGeobuf,
    /// MapInfo TAB or MIF.
    MapInfo,
    /// Text with separators and columns of coordinates; read by our own reader.
    Csv,
    /// KML.
    Kml,
    /// DXF.
    Dxf,
    /// File geodatabase of ESRI, a folder.
    FileGdb,
}

impl Driver {
    /// All drivers.
    pub const ALL: [Self; 10] = [
        Self::GeoPackage,
        Self::Shapefile,
        Self::GeoJson,
        Self::Gml,
        Self::FlatGeobuf,
        Self::MapInfo,
        Self::Csv,
        Self::Kml,
        Self::Dxf,
        Self::FileGdb,
    ];

    /// Returns the name that GDAL has for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GeoPackage => "GPKG",
            Self::Shapefile => "ESRI Shapefile",
            Self::GeoJson => "GeoJSON",
            Self::Gml => "GML",
            Self::FlatGeobuf => "FlatGeobuf",
            Self::MapInfo => "MapInfo File",
            Self::Csv => "CSV",
            Self::Kml => "LIBKML",
            Self::Dxf => "DXF",
            Self::FileGdb => "OpenFileGDB",
        }
    }

    /// Returns the driver of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|driver| driver.name().eq_ignore_ascii_case(name))
    }

    /// Says whether a data set is made of several files of one name.
    #[must_use]
    pub const fn has_siblings(self) -> bool {
        matches!(self, Self::Shapefile | Self::MapInfo)
    }

    /// Guesses from a name alone whether several files may belong together.
    #[must_use]
    pub fn may_have_siblings(path: &Path) -> bool {
        matches!(
            ending(path).as_str(),
            "shp" | "dbf" | "shx" | "tab" | "mif" | "cxf" | "ctf"
        )
    }
}

/// Returns what follows the last dot of a name, in small letters.
pub(crate) fn ending(path: &Path) -> String {
    path.extension()
        .map(|text| text.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}

/// Returns the driver of a file or folder.
///
/// # Errors
/// Where it is none that is read, or refers to other files.
pub fn detect(path: &Path) -> Result<Driver, Failure> {
    let unreadable = |error: std::io::Error| Failure::unreadable(&error);
    if path.metadata().map_err(unreadable)?.is_dir() {
        return folder(path);
    }
    let mut file = File::open(path).map_err(unreadable)?;
    let mut head = Vec::new();
    (&mut file)
        .take(HEAD)
        .read_to_end(&mut head)
        .map_err(unreadable)?;
    if head.is_empty() {
        return Err(unknown("it is empty"));
    }
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    by_content(&head, &ending(path))
}

fn folder(path: &Path) -> Result<Driver, Failure> {
    let entries = std::fs::read_dir(path).map_err(|error| Failure::unreadable(&error))?;
    let mut tables = entries
        .flatten()
        .filter(|entry| ending(&entry.path()) == "gdbtable");
    if tables.next().is_some() {
        return Ok(Driver::FileGdb);
    }
    Err(unknown("it is a folder, and no file geodatabase"))
}

fn by_content(head: &[u8], ending: &str) -> Result<Driver, Failure> {
    if head.starts_with(b"SQLite format 3\0") {
        let application = head.get(68..72).unwrap_or_default();
        let is_package = application == b"GPKG" || application == b"GP10" || application == b"GP11";
        return match (is_package, ending) {
            (_, "gpkg") | (true, _) => Ok(Driver::GeoPackage),
            _ => Err(unknown("it is a SQLite database, but no GeoPackage")),
        };
    }
    if head.starts_with(&9994_u32.to_be_bytes()) {
        return match ending {
            "shp" => Ok(Driver::Shapefile),
            "shx" => Err(unknown("it is the index of a shapefile: give the .shp")),
            _ => Err(unknown(
                "it is a shapefile, but its name does not end in .shp",
            )),
        };
    }
    if head.starts_with(b"fgb\x03fgb") {
        return Ok(Driver::FlatGeobuf);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Err(Failure::of_file(
            FailureKind::Archive,
            "The file is a ZIP archive: it must be unpacked first.",
        ));
    }
    if head.starts_with(b"AutoCAD Binary DXF") {
        return Err(unknown("it is a binary DXF; save it as a DXF of text"));
    }
    if ending == "dbf" && matches!(head[0], 0x03 | 0x30 | 0x31 | 0x83 | 0x8B | 0xF5) {
        return Ok(Driver::Shapefile);
    }
    if head.starts_with(b"\xFE\xFF") || head.starts_with(b"\xFF\xFE") {
        return Err(Failure::of_file(
            FailureKind::Encoding,
            "The file is in UTF-16; save it in UTF-8.",
        ));
    }
    if head.iter().take(4096).any(|&byte| byte == 0) {
        return Err(unknown(
            "it is binary, and none of the formats that are read",
        ));
    }
    text(head, ending)
}

fn text(head: &[u8], ending: &str) -> Result<Driver, Failure> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let start = head.trim_ascii_start();
    let begins = |with: &[u8]| {
        start
            .get(..with.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(with))
    };
    if start.starts_with(b"{") {
        return Ok(Driver::GeoJson);
    }
    if start.starts_with(b"<") {
        return match root(start)? {
            Root::Gml => Ok(Driver::Gml),
            Root::Kml => Ok(Driver::Kml),
        };
    }
    if begins(b"!table") {
        return Ok(Driver::MapInfo);
    }
    if ending == "mif" && begins(b"version") {
        return Ok(Driver::MapInfo);
    }
    if is_dxf(start) {
        return Ok(Driver::Dxf);
    }
    if matches!(ending, "cxf" | "ctf") || is_cxf(start) {
        return Err(unknown(
            "it is a cadastral map in CXF or CTF, which a layer of the cadastre reads and no other",
        ));
    }
    if matches!(ending, "csv" | "txt" | "tsv") {
        return Ok(Driver::Csv);
    }
    Err(unknown("it has none of the forms that are known"))
}

/// A DXF file starts with pairs of lines: comments (999), then the first section.
fn is_dxf(text: &[u8]) -> bool {
    let mut lines = text
        .split(|&byte| byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .take(400);
    while let (Some(code), Some(value)) = (lines.next(), lines.next()) {
        match code {
            b"999" => {}
            b"0" => return value.eq_ignore_ascii_case(b"SECTION"),
            _ => return false,
        }
    }
    false
}

/// The cadastre's exchange format starts with the kind of map, alone on its line.
fn is_cxf(text: &[u8]) -> bool {
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let kinds: [&[u8]; 3] = [b"MAPPA", b"MAPPA FONDIARIO", b"QUADRO D'UNIONE"];
    kinds.contains(&line.trim_ascii())
}

fn unknown(what: &str) -> Failure {
    Failure::of_file(
        FailureKind::UnknownFormat,
        format!("The file cannot be read as a map: {what}."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8], ending: &str) -> String {
        match by_content(bytes, ending) {
            Ok(driver) => driver.name().to_owned(),
            Err(failure) => failure.kind.as_str().to_owned(),
        }
    }

    #[test]
    fn formats_are_told_by_their_content() {
        let gml = b"<?xml version='1.0'?><a:X xmlns:gml='http://www.opengis.net/gml/3.2'>";
        for (bytes, ending, driver) in [
            (&b"{\"type\":1}"[..], "json", "GeoJSON"),
            (b"\xEF\xBB\xBF {", "shp", "GeoJSON"),
            (gml, "gml", "GML"),
            (
                b"<kml xmlns='http://www.opengis.net/kml/2.2'>",
                "kml",
                "LIBKML",
            ),
            (b"!table\r\n!version 300", "tab", "MapInfo File"),
            (b"Version 300\n", "mif", "MapInfo File"),
            (b"  0\r\nSECTION\r\n", "dxf", "DXF"),
            (b"999\nmade by x\n0\nSECTION\n", "dxf", "DXF"),
            (b"a;b\n1;2\n", "csv", "CSV"),
            (b"a;b\n1;2\n", "doc", "format.unknown"),
            (b"PK\x03\x04", "shp", "format.archive"),
            (b"\x00\x00\x27\x0a", "shp", "ESRI Shapefile"),
            (b"\x00\x00\x27\x0a", "gpkg", "format.unknown"),
            (b"SQLite format 3\0", "sqlite", "format.unknown"),
            (b"SQLite format 3\0", "gpkg", "GPKG"),
            (b"<OGRVRTDataSource>", "shp", "format.refers"),
            (b"<VRTDataset>", "geojson", "format.refers"),
            (b"<OGRWFSDataSource>", "gml", "format.refers"),
            (
                b"/vsicurl/http://127.0.0.1:9/a.gpkg",
                "gpkg",
                "format.unknown",
            ),
            (b"MAPPA\r\nH501D076700\r\n", "txt", "format.unknown"),
            (b"%PDF-1.7\n", "pdf", "format.unknown"),
            (b"\xFF\xFEa\0", "csv", "xml.encoding"),
            (b"a\0b", "csv", "format.unknown"),
        ] {
            assert_eq!(found(bytes, ending), driver, "{}", bytes.escape_ascii());
        }
    }
}
