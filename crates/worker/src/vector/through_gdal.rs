//! A file as GDAL reads it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use gdal::config::set_config_option;
use gdal::errors::CplErrType;
use gdal::vector::{Layer as GdalLayer, LayerAccess};
use gdal::{Dataset, DatasetOptions, DriverManager, GdalOpenFlags};
use gdal_sys::OGRFieldType;
use wire::{EncodingSource, FieldType};

use super::driver::Driver;
use super::encoding::Encoding;
use super::source::{Field, Head, Row};
use super::{checks, crs, dbf, raw, text};
use crate::failure::{Failure, FailureKind, Stop};

/// Settings of GDAL, fixed whatever the machine says.
const SETTINGS: [(&str, &str); 16] = [
    ("GDAL_DATA", "/usr/share/gdal"),
    ("GDAL_DRIVER_PATH", "disable"),
    ("GDAL_VRT_ENABLE_PYTHON", "NO"),
    ("GDAL_NUM_THREADS", "1"),
    ("GDAL_HTTP_TIMEOUT", "1"),
    ("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", "{noext}"),
    ("CPL_DEBUG", "OFF"),
    ("OGR_SQLITE_STATIC_VIRTUAL_OGR", "NO"),
    ("OGR_GEOJSON_MAX_OBJ_SIZE", "200"),
    ("SHAPE_RESTORE_SHX", "NO"),
    // Numbers with leading zeros stay text, and nothing is written beside the file.
    ("GML_FIELDTYPES", "ALWAYS_STRING"),
    ("GML_SKIP_RESOLVE_ELEMS", "ALL"),
    ("GML_SAVE_RESOLVED_TO", "NONE"),
    ("LIBKML_RESOLVE_STYLE", "NO"),
    ("OSR_USE_ESTIMATED_COORD_OPS", "NO"),
    ("PROJ_NETWORK", "OFF"),
];

/// What the driver complains about, the first few.
#[derive(Debug, Clone, Default)]
struct Complaints(Arc<Mutex<Vec<String>>>);

impl Complaints {
    fn listen(&self) {
        let list = Arc::clone(&self.0);
        gdal::config::set_error_handler(move |level, _, message| {
            if matches!(level, CplErrType::Failure | CplErrType::Fatal)
                && let Ok(mut list) = list.lock()
                && list.len() < 20
            {
                list.push(message.to_owned());
            }
        });
    }

    fn take(&self) -> Vec<String> {
        self.0
            .lock()
            .map(|mut list| std::mem::take(&mut *list))
            .unwrap_or_default()
    }
}

/// A file that GDAL has open.
pub(crate) struct GdalFile {
    dataset: Dataset,
    driver: Driver,
    path: PathBuf,
    complaints: Complaints,
    /// How text is read that GDAL gives byte by byte, and how that is known.
    pub(crate) encoding: Option<(Encoding, EncodingSource)>,
}

impl GdalFile {
    /// Opens a file with one driver, after its checks.
    pub(crate) fn open(
        path: &Path,
        driver: Driver,
        declared: Option<Encoding>,
    ) -> Result<Self, Failure> {
        let path = std::path::absolute(path).map_err(|error| Failure::unreadable(&error))?;
        // GDAL takes these for networks and archives.
        if path.starts_with("/vsi") || path.to_string_lossy().starts_with("/vsi") {
            return Err(unread(driver, "its path looks like one of GDAL's own"));
        }
        checks::check(&path, driver)?;
        let encoding = match driver {
            Driver::Shapefile => Some(match declared {
                Some(encoding) => (encoding, EncodingSource::Declared),
                None => dbf::encoding(&path)?,
            }),
            _ => declared.map(|encoding| (encoding, EncodingSource::Declared)),
        };
        let complaints = Complaints::default();
        let dataset = open(&path, driver, &complaints)
            .map_err(|error| unread(driver, &words(&complaints, &path, &error)))?;
        // GDAL opens a document that breaks off or is none, and shows what stands before.
        let said = complaints.take();
        if let (Driver::Gml | Driver::Kml, Some(complaint)) = (
            driver,
            said.iter().find(|text| text.contains("XML parsing")),
        ) {
            return Err(unread(driver, &without_path(complaint, &path)));
        }
        if dataset.layer_count() == 0 {
            return Err(unread(driver, "it has no layer"));
        }
        Ok(Self {
            dataset,
            driver,
            path,
            complaints,
            encoding,
        })
    }

    /// Returns the number of layers.
    pub(crate) fn layers(&self) -> usize {
        self.dataset.layer_count()
    }

    /// Returns what is known of a layer.
    pub(crate) fn head(&self, index: usize) -> Result<Head, Failure> {
        let layer = self.layer(index)?;
        let fields = layer.defn().fields().enumerate();
        let fields = fields
            .map(|(index, field)| Field {
                name: self.name(field.name()),
                kind: kind(field.field_type(), || raw::is_boolean(&layer, index)),
                raw: field.field_type(),
            })
            .collect();
        Ok(Head {
            name: layer.name(),
            fields,
            crs: crs::of_layer(layer.spatial_ref(), self.driver),
            rows: layer.try_feature_count(),
        })
    }

    /// Hands over the rows of a layer.
    pub(crate) fn rows(
        &self,
        index: usize,
        fields: &[Field],
        mut take: impl FnMut(Row) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let mut layer = self.layer(index)?;
        let expected = layer.try_feature_count();
        self.complaints.take();
        let mut number = 0;
        for feature in layer.features() {
            number += 1;
            let mut is_garbled = false;
            let values = fields
                .iter()
                .enumerate()
                .map(|(index, field)| {
                    if !raw::has_value(&feature, index) {
                        return None;
                    }
                    self.value(&feature, index, field, &mut is_garbled)
                })
                .collect();
            // Without a geometry the crate hands over one without anything behind it.
            let there = raw::has_geometry(&feature);
            let geometry = match feature.geometry().filter(|_| there) {
                Some(geometry) if !geometry.is_empty() => {
                    let bytes = geometry.wkb();
                    Some(bytes.map_err(|error| unread(self.driver, &error.to_string()))?)
                }
                Some(_) => Some(Vec::new()),
                None => None,
            };
            take(Row {
                number,
                values,
                geometry,
                is_garbled,
            })?;
        }
        // GDAL ends a layer alike where it is complete and where it breaks off.
        let complaints = self.complaints.take();
        if let Some(complaint) = complaints.first() {
            let text = format!("after {number} features: {}", self.without_path(complaint));
            return Err(unread(self.driver, &text).into());
        }
        // Other formats count deleted rows, or keep a number that other programs do not.
        let expected = expected.filter(|_| self.driver == Driver::FlatGeobuf);
        if let Some(expected) = expected.filter(|expected| *expected > number) {
            let text = format!("it says it has {expected} features, {number} can be read");
            return Err(unread(self.driver, &text).into());
        }
        Ok(())
    }

    fn layer(&self, index: usize) -> Result<GdalLayer<'_>, Failure> {
        let found = self.dataset.layer(index);
        found.map_err(|error| unread(self.driver, &error.to_string()))
    }

    fn value(
        &self,
        feature: &gdal::vector::Feature<'_>,
        index: usize,
        field: &Field,
        is_garbled: &mut bool,
    ) -> Option<String> {
        match field.kind {
            FieldType::Binary => None,
            FieldType::Real => match feature.field_as_double(index) {
                Ok(Some(number)) => text::real(number),
                _ => None,
            },
            FieldType::List => Some(match field.raw {
                OGRFieldType::OFTStringList => match feature.field(index) {
                    Ok(Some(gdal::vector::FieldValue::StringListValue(list))) => {
                        serde_json::to_string(&list).unwrap_or_default()
                    }
                    _ => return None,
                },
                kind => format!("[{}]", raw::numbers(feature, index, kind).join(",")),
            }),
            FieldType::Date | FieldType::DateTime | FieldType::Time => {
                let written = String::from_utf8_lossy(&raw::bytes(feature, index)).into_owned();
                Some(text::moment(&written))
            }
            FieldType::Text | FieldType::Integer | FieldType::Boolean => {
                let (text, clean) = self.decoded(&raw::bytes(feature, index));
                *is_garbled |= !clean;
                Some(text)
            }
        }
    }

    fn name(&self, name: String) -> String {
        match self.driver {
            Driver::Shapefile => self.decoded(name.as_bytes()).0,
            _ => name,
        }
    }

    /// Returns the text of a value, and whether all of its bytes have a meaning.
    fn decoded(&self, bytes: &[u8]) -> (String, bool) {
        if bytes.is_ascii() {
            return (String::from_utf8_lossy(bytes).into_owned(), true);
        }
        let encoding = self.encoding.map(|(encoding, _)| encoding);
        if self.driver == Driver::Shapefile {
            // GDAL was told that each byte is a letter of ISO-8859-1: that gives them back.
            let text = String::from_utf8_lossy(bytes);
            let bytes: Vec<u8> = text
                .chars()
                .map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?'))
                .collect();
            let (text, clean) = encoding.unwrap_or(Encoding::SUPPOSED).decode(&bytes);
            return (text.into_owned(), clean);
        }
        if let Ok(text) = std::str::from_utf8(bytes) {
            return (text.to_owned(), true);
        }
        // Only where the format says nothing, or the file lies.
        let (text, _) = encoding.unwrap_or(Encoding::SUPPOSED).decode(bytes);
        (text.into_owned(), encoding.is_some())
    }

    fn without_path(&self, message: &str) -> String {
        without_path(message, &self.path)
    }
}

fn open(path: &Path, driver: Driver, complaints: &Complaints) -> gdal::errors::Result<Dataset> {
    for (key, value) in SETTINGS {
        set_config_option(key, value)?;
    }
    complaints.listen();
    DriverManager::register_all();
    for index in (0..DriverManager::count()).rev() {
        let other = DriverManager::get_driver(index)?;
        // Unit tests share one process, and one of them writes: only the worker itself does this.
        if !cfg!(test) && other.short_name() != driver.name() {
            DriverManager::deregister_driver(&other);
        }
    }
    let options: &[&str] = match driver {
        Driver::GeoPackage => &["LIST_ALL_TABLES=NO", "IMMUTABLE=YES"],
        Driver::Shapefile => &["ENCODING=ISO-8859-1", "AUTO_REPACK=NO"],
        Driver::Gml => &["WRITE_GFS=NO", "DOWNLOAD_SCHEMA=NO"],
        Driver::GeoJson => &["NATIVE_DATA=NO"],
        _ => &[],
    };
    Dataset::open_ex(
        path,
        DatasetOptions {
            open_flags: GdalOpenFlags::GDAL_OF_VECTOR | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR,
            allowed_drivers: Some(&[driver.name()]),
            open_options: Some(options),
            sibling_files: None,
        },
    )
}

fn kind(raw: OGRFieldType::Type, is_boolean: impl Fn() -> bool) -> FieldType {
    match raw {
        OGRFieldType::OFTInteger if is_boolean() => FieldType::Boolean,
        OGRFieldType::OFTInteger | OGRFieldType::OFTInteger64 => FieldType::Integer,
        OGRFieldType::OFTReal => FieldType::Real,
        OGRFieldType::OFTDate => FieldType::Date,
        OGRFieldType::OFTTime => FieldType::Time,
        OGRFieldType::OFTDateTime => FieldType::DateTime,
        OGRFieldType::OFTBinary => FieldType::Binary,
        OGRFieldType::OFTString | OGRFieldType::OFTWideString => FieldType::Text,
        _ => FieldType::List,
    }
}

fn words(complaints: &Complaints, path: &Path, error: &gdal::errors::GdalError) -> String {
    let said = complaints.take();
    let message = said.first().cloned().unwrap_or_else(|| error.to_string());
    without_path(&message, path)
}

/// Takes the folder out of a message: people know the file by its name.
fn without_path(message: &str, path: &Path) -> String {
    match path.parent().and_then(Path::to_str) {
        Some(folder) if folder != "/" => message.replace(&format!("{folder}/"), ""),
        _ => message.to_owned(),
    }
}

fn unread(driver: Driver, what: &str) -> Failure {
    let what = what.trim_end().trim_end_matches('.');
    let message = format!("The file cannot be read as {}: {what}.", driver.name());
    Failure::of_file(FailureKind::Unread, message)
}
