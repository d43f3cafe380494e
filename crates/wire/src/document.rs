//! What the worker says about a file or an archive as a whole: one JSON document.

use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::{CrsSource, FORMAT, Failed, FieldType, Finding};

/// An answer that is no stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Version of the document, [`FORMAT`].
    pub format: u32,
    /// What it says.
    pub content: Content,
}

/// What a document says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// What is in a file.
    Inspection(Inspection),
    /// What was in an archive.
    Unpacked(Unpacked),
    /// Why there is no answer.
    Failed(Failed),
}

/// What is in a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    /// Name of the driver that reads it, as GDAL calls it.
    pub driver: String,
    /// The layers in the order of the file.
    pub layers: Vec<LayerInspection>,
    /// What a person should read.
    pub findings: Vec<Finding>,
}

/// What is in a layer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerInspection {
    /// Its name.
    pub name: String,
    /// Features, those without geometry included.
    pub features: u64,
    /// How many geometries of which type there are, such as `MultiPolygon`; the type `none`
    /// counts features without one, `empty` those with an empty one.
    pub geometries: Vec<Counted>,
    /// The fields in the order of the file.
    pub fields: Vec<FieldInspection>,
    /// The CRS, where the file has one.
    pub crs: Option<CrsInspection>,
    /// Smallest x and y, largest x and y, in the layer's CRS, x = longitude or E.
    pub extent: Option<[f64; 4]>,
    /// How its text is encoded, where the format leaves that open.
    pub encoding: Option<EncodingInspection>,
    /// Whether there are heights.
    pub has_z: bool,
    /// Whether there are measures.
    pub has_m: bool,
    /// Whether there are arcs.
    pub has_curves: bool,
}

/// A value and how often it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// The value.
    pub value: String,
    /// How often it is there.
    pub count: u64,
}

/// What is in a field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldInspection {
    /// Its name.
    pub name: String,
    /// Its type in the file.
    pub kind: FieldType,
    /// The first values that differ, at most 5.
    pub samples: Vec<String>,
    /// Features without a value.
    pub nulls: u64,
    /// Features whose value is an empty text.
    pub empties: u64,
    /// All values with their counts, the most frequent first, where there are 20 or fewer.
    pub values: Option<Vec<Counted>>,
}

/// A CRS, and how it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrsInspection {
    /// Its code, such as `EPSG:3003`, where it is known.
    pub code: Option<String>,
    /// Its name.
    pub name: String,
    /// Its WKT, where its code is not known.
    pub wkt: Option<String>,
    /// How it is known.
    pub source: CrsSource,
    /// How a code was found that the file does not name, or which ones it might be.
    pub how: Option<String>,
    /// Whether the CRS itself has N or latitude first. The stream never has.
    pub north_first: bool,
}

/// An encoding, and how it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncodingInspection {
    /// Its name, such as `windows-1252`.
    pub name: String,
    /// How it is known.
    pub source: EncodingSource,
    /// Values that hold letters beyond ASCII, read so: at most 5.
    pub samples: Vec<String>,
}

/// How an encoding is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EncodingSource {
    /// A person said so.
    Declared,
    /// A `.cpg` or `.cst` file says so.
    Cpg,
    /// The file itself says so.
    File,
    /// There is nothing but ASCII.
    Ascii,
    /// The bytes are well-formed UTF-8, which no other encoding is by accident.
    Utf8,
    /// Nothing tells: the most frequent one is supposed.
    Supposed,
}

/// What was in an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unpacked {
    /// The files, with the names that they have on disk now.
    pub files: Vec<UnpackedFile>,
    /// What can be loaded, in the order of the archive.
    pub datasets: Vec<Dataset>,
    /// What a person should read.
    pub findings: Vec<Finding>,
}

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnpackedFile {
    /// Its path in the archive; archives in archives are separated by `!/`.
    pub original: String,
    /// Its path in the output folder: letters that the worker chose.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Files that make up one data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Its path in the archive without what follows the last dot.
    pub name: String,
    /// Name of the driver that reads it.
    pub driver: String,
    /// The path in the output folder that is to be read.
    pub path: String,
    /// Places of its files in [`Unpacked::files`].
    pub files: Vec<u32>,
    /// Endings that a shapefile should have and has not, such as `shx`.
    pub missing: Vec<String>,
}

/// Upper bounds of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentLimits {
    /// Bytes of the document.
    pub bytes: u64,
}

impl Default for DocumentLimits {
    fn default() -> Self {
        Self { bytes: 8 << 20 }
    }
}

/// Why a document is refused.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The bytes could not be read.
    #[error("document cannot be read")]
    Io(#[from] std::io::Error),
    /// It is too long.
    #[error("document has more than {0} bytes")]
    Limit(u64),
    /// It has not the form of a document.
    #[error("document is not the expected JSON")]
    Json(#[from] serde_json::Error),
    /// It has a version that this package does not read.
    #[error("document has format {0}, which is not supported")]
    Format(u32),
    /// A path leads out of the output folder, or a place out of the table of files.
    #[error("document names a path that cannot be: {0:?}")]
    Path(String),
}

impl Document {
    /// Returns a document of the current version.
    #[must_use]
    pub const fn new(content: Content) -> Self {
        Self {
            format: FORMAT,
            content,
        }
    }

    /// Reads a document, believing nothing.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn read(input: impl Read, limits: &DocumentLimits) -> Result<Self, DocumentError> {
        let mut bytes = Vec::new();
        input.take(limits.bytes + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limits.bytes {
            return Err(DocumentError::Limit(limits.bytes));
        }
        let document: Self = serde_json::from_slice(&bytes)?;
        if document.format != FORMAT {
            return Err(DocumentError::Format(document.format));
        }
        if let Content::Unpacked(unpacked) = &document.content {
            unpacked.check()?;
        }
        Ok(document)
    }
}

impl Unpacked {
    fn check(&self) -> Result<(), DocumentError> {
        let paths = self.files.iter().map(|file| &file.path);
        for path in paths.chain(self.datasets.iter().map(|dataset| &dataset.path)) {
            if !is_own_path(path) {
                return Err(DocumentError::Path(path.clone()));
            }
        }
        for dataset in &self.datasets {
            if dataset
                .files
                .iter()
                .any(|&at| at as usize >= self.files.len())
            {
                return Err(DocumentError::Path(dataset.name.clone()));
            }
        }
        Ok(())
    }
}

/// Says whether a path is one that the worker chooses: small letters, digits, a dot inside.
fn is_own_path(path: &str) -> bool {
    path.len() <= 100
        && path.split('/').all(|part| {
            let letters = part.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)
            });
            letters
                && part
                    .as_bytes()
                    .first()
                    .is_some_and(u8::is_ascii_alphanumeric)
        })
}
