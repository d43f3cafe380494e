//! Why a file is refused.

use wire::{Failed, WriteError};

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The file cannot be opened or read.
    Read,
    /// The file is not well-formed XML.
    Malformed,
    /// The file is not well-formed JSON.
    JsonMalformed,
    /// The file has a document type declaration.
    Doctype,
    /// The file's encoding is not supported.
    Encoding,
    /// The file is not of the cadastre, or has none of the wanted features.
    NotCadastre,
    /// The file is not CXF.
    NotCxf,
    /// The file is not GeoJSON.
    NotGeoJson,
    /// The file's CRS is not the one that its format has here.
    CrsUnsupported,
    /// The file names its CRS in two ways.
    CrsMixed,
    /// The file does not name its CRS.
    CrsMissing,
    /// The file's coordinates are in another order than its CRS says.
    CrsAxisOrder,
    /// The file's coordinates are outside the earth.
    CrsRange,
    /// The file has too many bytes.
    LimitFile,
    /// Elements are nested too deeply.
    LimitDepth,
    /// An element has too many attributes.
    LimitAttributes,
    /// A tag, a comment or a text is too long.
    LimitMarkup,
    /// A value is too long.
    LimitValue,
    /// There are too many features.
    LimitFeatures,
    /// There are too many vertices, in a feature or in the file.
    LimitVertices,
    /// The file's format is not known.
    UnknownFormat,
    /// The file is not of the format that was declared.
    Mismatch,
    /// The file is a list of other files or services, which is not followed.
    Refers,
    /// The file is an archive, which must be unpacked first.
    Archive,
    /// The file is shorter than it says, or a part of it is missing.
    Incomplete,
    /// The driver cannot read the file.
    Unread,
    /// The file holds code: views or triggers.
    Code,
    /// The description of the CRS is too long.
    CrsTooLong,
    /// The CRS that was declared does not exist.
    CrsUnknown,
    /// The layer is not in the file.
    LayerMissing,
    /// The layer has no geometries.
    NoGeometry,
    /// There are too many fields or layers.
    LimitFields,
    /// The archive has too many entries or is too deep.
    LimitEntries,
    /// The archive holds too many bytes.
    LimitBytes,
    /// The archive is compressed too much.
    LimitRatio,
    /// An entry of the archive has a name that leads elsewhere.
    EntryName,
    /// An entry of the archive is no plain file.
    EntryKind,
    /// The archive is broken or encrypted.
    ArchiveBroken,
    /// A file cannot be written into the output folder.
    Write,
}

impl FailureKind {
    /// Returns its identifier.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "file.unreadable",
            Self::Malformed => "xml.malformed",
            Self::JsonMalformed => "json.malformed",
            Self::Doctype => "xml.doctype",
            Self::Encoding => "xml.encoding",
            Self::NotCadastre => "format.not_cadastre",
            Self::NotCxf => "format.not_cxf",
            Self::NotGeoJson => "format.not_geojson",
            Self::CrsUnsupported => "crs.unsupported",
            Self::CrsMixed => "crs.mixed",
            Self::CrsMissing => "crs.missing",
            Self::CrsAxisOrder => "crs.axis_order",
            Self::CrsRange => "crs.range",
            Self::LimitFile => "limit.file",
            Self::LimitDepth => "limit.depth",
            Self::LimitAttributes => "limit.attributes",
            Self::LimitMarkup => "limit.markup",
            Self::LimitValue => "limit.value",
            Self::LimitFeatures => "limit.features",
            Self::LimitVertices => "limit.vertices",
            Self::UnknownFormat => "format.unknown",
            Self::Mismatch => "format.mismatch",
            Self::Refers => "format.refers",
            Self::Archive => "format.archive",
            Self::Incomplete => "format.incomplete",
            Self::Unread => "format.unreadable",
            Self::Code => "format.code",
            Self::CrsTooLong => "crs.too_long",
            Self::CrsUnknown => "crs.unknown",
            Self::LayerMissing => "layer.missing",
            Self::NoGeometry => "layer.no_geometry",
            Self::LimitFields => "limit.fields",
            Self::LimitEntries => "limit.entries",
            Self::LimitBytes => "limit.bytes",
            Self::LimitRatio => "limit.ratio",
            Self::EntryName => "archive.name",
            Self::EntryKind => "archive.kind",
            Self::ArchiveBroken => "archive.broken",
            Self::Write => "output.unwritable",
        }
    }
}

/// A file that is refused, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", kind.as_str())]
pub struct Failure {
    /// The kind.
    pub kind: FailureKind,
    /// Line of the file, from 1.
    pub line: Option<u64>,
    /// An English sentence.
    pub message: String,
}

impl Failure {
    /// Returns a failure at a line.
    pub fn at(kind: FailureKind, line: u64, message: impl Into<String>) -> Self {
        Self {
            kind,
            line: Some(line),
            message: message.into(),
        }
    }

    /// Returns the failure of a file that cannot be opened or read.
    #[must_use]
    pub fn unreadable(error: &std::io::Error) -> Self {
        Self::of_file(
            FailureKind::Read,
            format!("The file cannot be read: {error}."),
        )
    }

    /// Returns a failure of the file as a whole.
    pub fn of_file(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            line: None,
            message: message.into(),
        }
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self {
            kind: failure.kind.as_str().to_owned(),
            line: failure.line,
            message: failure.message,
        }
    }
}

/// What stops the reading of a file before its end.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The file is refused.
    #[error(transparent)]
    Refused(#[from] Failure),
    /// The stream cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}
