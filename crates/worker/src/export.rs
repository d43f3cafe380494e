//! Writes features that the server has listed into a file of the trade: a GeoPackage, or a
//! shapefile in a ZIP archive.
//!
//! The input is the server's own: JSON, one object a line. The first says what the layer is, each
//! other is a feature, whose outline may be missing. Nothing is held but one feature at a time.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use gdal::DriverManager;
use gdal::config::set_config_option;
use gdal::spatial_ref::{AxisMappingStrategy, SpatialRef};
use gdal::vector::{Feature, FieldDefn, Geometry, Layer, LayerAccess as _, LayerOptions};
use gdal_sys::{OGRFieldType, OGRwkbGeometryType};
use serde::Deserialize;
use serde_json::Value;
use wire::{Unpacked, UnpackedFile};

use crate::failure::{Failure, FailureKind};

/// Bytes of a line at most.
const LINE_BYTES: usize = 64 << 20;

/// A format that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// GeoPackage.
    GeoPackage,
    /// Shapefile, in a ZIP archive.
    Shapefile,
}

impl Format {
    /// The format of a word: `gpkg` or `shp`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "gpkg" => Some(Self::GeoPackage),
            "shp" => Some(Self::Shapefile),
            _ => None,
        }
    }

    fn driver(self) -> &'static str {
        match self {
            Self::GeoPackage => "GPKG",
            Self::Shapefile => "ESRI Shapefile",
        }
    }
}

#[derive(Deserialize)]
struct Head {
    name: String,
    srid: u32,
    geometry: String,
    fields: Vec<Field>,
}

#[derive(Deserialize)]
struct Field {
    name: String,
    kind: String,
}

#[derive(Deserialize)]
struct Row {
    values: Vec<Value>,
    /// Well-known binary in hexadecimal digits; empty for none.
    wkb: String,
}

/// Writes a list of features into a new file in a folder.
///
/// # Errors
/// Where the input is no such list, or the file cannot be written.
pub fn write(input: &Path, folder: &Path, format: Format) -> Result<Unpacked, Failure> {
    let file = File::open(input).map_err(|error| Failure::unreadable(&error))?;
    let mut lines = BufReader::new(file).lines().map(|line| match line {
        Ok(text) if text.len() <= LINE_BYTES => Ok(text),
        Ok(_) => Err(no_list("a line is too long")),
        Err(error) => Err(Failure::unreadable(&error)),
    });
    let first = lines.next().ok_or_else(|| no_list("it is empty"))??;
    let head: Head = serde_json::from_str(&first).map_err(|error| no_list(&error.to_string()))?;
    let safe = head
        .name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if !safe || head.name.is_empty() {
        return Err(no_list("the layer's name is none for a file"));
    }
    let stem = folder.join(&head.name);
    let path = match format {
        Format::GeoPackage => stem.with_extension("gpkg"),
        Format::Shapefile => stem.with_extension("shp"),
    };
    fill(&path, format, &head, lines)?;
    let name = match format {
        Format::GeoPackage => format!("{}.gpkg", head.name),
        Format::Shapefile => {
            let name = format!("{}.zip", head.name);
            pack(folder, &head.name, &folder.join(&name)).map_err(|error| no_file(&error))?;
            name
        }
    };
    Ok(Unpacked {
        files: vec![UnpackedFile {
            original: name.clone(),
            bytes: folder.join(&name).metadata().map_or(0, |found| found.len()),
            path: name,
        }],
        ..Unpacked::default()
    })
}

fn no_list(what: &str) -> Failure {
    let message = format!("The file is no list of features: {what}.");
    Failure::of_file(FailureKind::NotGeoJson, message)
}

fn no_file(error: &dyn std::fmt::Display) -> Failure {
    let message = format!("The file cannot be written: {error}.");
    Failure::of_file(FailureKind::Write, message)
}

fn fill(
    path: &Path,
    format: Format,
    head: &Head,
    lines: impl Iterator<Item = Result<String, Failure>>,
) -> Result<(), Failure> {
    // A journal would have to be removed, and nothing can be removed here.
    let settings = [
        ("OGR_SQLITE_JOURNAL", "OFF"),
        ("OGR_SQLITE_SYNCHRONOUS", "OFF"),
        ("OGR_SQLITE_PRAGMA", "temp_store=memory"),
        ("PROJ_NETWORK", "OFF"),
    ];
    for (name, value) in settings {
        set_config_option(name, value).map_err(|error| no_file(&error))?;
    }
    let failed = |error: gdal::errors::GdalError| no_file(&error);
    // Whoever opened a file before left one driver registered.
    DriverManager::register_all();
    let driver = DriverManager::get_driver_by_name(format.driver()).map_err(failed)?;
    let mut dataset = driver.create_vector_only(path).map_err(failed)?;
    let mut srs = SpatialRef::from_epsg(head.srid).map_err(failed)?;
    srs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    let ty = match head.geometry.as_str() {
        "polygon" => OGRwkbGeometryType::wkbMultiPolygon,
        "line" => OGRwkbGeometryType::wkbMultiLineString,
        "point" => OGRwkbGeometryType::wkbMultiPoint,
        other => return Err(no_list(&format!("'{other}' is no kind of geometry"))),
    };
    let encoding = ["ENCODING=UTF-8"];
    let options = LayerOptions {
        name: &head.name,
        srs: Some(&srs),
        ty,
        options: (format == Format::Shapefile).then_some(&encoding),
    };
    match format {
        Format::GeoPackage => {
            let mut transaction = dataset.start_transaction().map_err(failed)?;
            let mut layer = transaction.create_layer(options).map_err(failed)?;
            rows(&mut layer, head, lines)?;
            transaction.commit().map_err(failed)?;
        }
        Format::Shapefile => {
            let mut layer = dataset.create_layer(options).map_err(failed)?;
            rows(&mut layer, head, lines)?;
        }
    }
    dataset.close().map_err(failed)
}

fn rows(
    layer: &mut Layer<'_>,
    head: &Head,
    lines: impl Iterator<Item = Result<String, Failure>>,
) -> Result<(), Failure> {
    let failed = |error: gdal::errors::GdalError| no_file(&error);
    for field in &head.fields {
        let kind = match field.kind.as_str() {
            "integer" => OGRFieldType::OFTInteger64,
            "real" => OGRFieldType::OFTReal,
            _ => OGRFieldType::OFTString,
        };
        let definition = FieldDefn::new(&field.name, kind).map_err(failed)?;
        definition.add_to_layer(layer).map_err(failed)?;
    }
    let defn = layer.defn();
    for line in lines {
        let row: Row = serde_json::from_str(&line?).map_err(|error| no_list(&error.to_string()))?;
        let mut feature = Feature::new(defn).map_err(failed)?;
        for (index, value) in row.values.iter().enumerate().take(head.fields.len()) {
            match value {
                Value::Null => Ok(()),
                Value::String(text) => feature.set_field_string(index, text),
                Value::Number(number) => match number.as_i64() {
                    Some(number) => feature.set_field_integer64(index, number),
                    None => feature.set_field_double(index, number.as_f64().unwrap_or_default()),
                },
                _ => return Err(no_list("a value is a list")),
            }
            .map_err(failed)?;
        }
        if !row.wkb.is_empty() {
            let bytes = from_hex(&row.wkb).ok_or_else(|| no_list("an outline has odd digits"))?;
            let outline = Geometry::from_wkb(&bytes).map_err(failed)?;
            feature.set_geometry(outline).map_err(failed)?;
        }
        feature.create(layer).map_err(failed)?;
    }
    Ok(())
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let value = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|v| u8::try_from(v).ok())
    };
    digits
        .chunks_exact(2)
        .map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?))
        .collect()
}

/// Packs the files of a shapefile.
fn pack(folder: &Path, stem: &str, path: &Path) -> std::io::Result<()> {
    let mut archive = zip::ZipWriter::new(File::create_new(path)?);
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .large_file(true);
    for ending in ["shp", "shx", "dbf", "prj", "cpg"] {
        let name = format!("{stem}.{ending}");
        let Ok(mut file) = File::open(folder.join(&name)) else {
            continue;
        };
        archive.start_file(name, options)?;
        std::io::copy(&mut file, &mut archive)?;
    }
    archive.finish()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::{Options, inspect};

    /// A square of 16 m, as well-known binary.
    const SQUARE: &str = "0106000000010000000103000000010000000500000000000000001d2041000000000001554100000000201d2041000000000001554100000000201d2041000000000401554100000000001d2041000000000401554100000000001d20410000000000015541";

    fn list(folder: &Path) -> std::path::PathBuf {
        let lines = [
            serde_json::json!({ "name": "piano-zona", "srid": 7791, "geometry": "polygon", "fields": [
                { "name": "zona", "kind": "text" }, { "name": "piani", "kind": "integer" },
                { "name": "indice_fondiario", "kind": "real" },
            ] }),
            serde_json::json!({ "values": ["Zona è 007", 3, 1.25], "wkb": SQUARE }),
            serde_json::json!({ "values": ["0012", null, 2.0], "wkb": SQUARE }),
            serde_json::json!({ "values": [null, 0, null], "wkb": "" }),
        ];
        let path = folder.join("list.ndjson");
        let text: Vec<String> = lines.iter().map(ToString::to_string).collect();
        std::fs::write(&path, text.join("\n")).expect("is ours");
        path
    }

    #[test]
    fn gdal_reads_what_is_written() {
        for (format, name) in [
            (Format::GeoPackage, "piano-zona.gpkg"),
            (Format::Shapefile, "piano-zona.shp"),
        ] {
            let folder = tempfile::tempdir().expect("temporary folders can be made");
            let written = write(&list(folder.path()), folder.path(), format).expect("is written");
            assert!(written.files[0].bytes > 300, "{written:?}");
            let path = folder.path().join(name);
            let inspection = inspect(&path, &Options::default()).expect("can be read");
            let layer = &inspection.layers[0];
            assert_eq!(layer.features, 3, "{name}");
            let crs = layer.crs.as_ref().expect("has one");
            if format == Format::GeoPackage {
                assert_eq!(crs.code.as_deref(), Some("EPSG:7791"));
            }
            let names: Vec<&str> = layer.fields.iter().map(|field| &*field.name).collect();
            let long = ["indice_fondiario", "indice_fon"][usize::from(format == Format::Shapefile)];
            assert_eq!(names, ["zona", "piani", long], "{name}");
            let dataset = gdal::Dataset::open(&path).expect("can be opened");
            let mut layer = dataset.layer(0).expect("there is one");
            let rows: Vec<_> = layer
                .features()
                .map(|row| {
                    (
                        row.field_as_string(0).expect("there is a field"),
                        row.field_as_integer64(1).expect("there is a field"),
                        row.field_as_double(2).expect("there is a field"),
                        // No geometry, or an empty one: programs read either.
                        row.geometry()
                            .map(Geometry::area)
                            .filter(|area| *area > 0.0),
                    )
                })
                .collect();
            let area = Some(256.0);
            assert_eq!(
                rows,
                [
                    (Some("Zona è 007".into()), Some(3), Some(1.25), area),
                    (Some("0012".into()), None, Some(2.0), area),
                    (None, Some(0), None, None),
                ],
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let folder = tempfile::tempdir().expect("temporary folders can be made");
        let path = folder.path().join("list.ndjson");
        for text in [
            "",
            "{}",
            "{\"name\":\"../x\",\"srid\":7791,\"geometry\":\"polygon\",\"fields\":[]}",
            "{\"name\":\"x\",\"srid\":7791,\"geometry\":\"sphere\",\"fields\":[]}",
        ] {
            std::fs::write(&path, text).expect("is ours");
            write(&path, folder.path(), Format::GeoPackage).expect_err(text);
        }
    }
}
