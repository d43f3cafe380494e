//! Which reader of foreign files fills a layer, as a definition says it.

use schemars::JsonSchema;
use serde::Deserialize;

/// The reader of foreign files that fills a layer: exactly one is given, but that a layer of the
/// national cadastre may be filled from the sheets that a comune receives too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    /// The national open cadastre's GML (`_ple.gml`, `_map.gml`).
    #[serde(default)]
    pub cadastre_gml: Option<CadastreGml>,
    /// The cadastre's own sheets (CXF, CTF).
    #[serde(default)]
    pub cxf: Option<CxfSheet>,
    /// Map files of any other format.
    #[serde(default)]
    pub vector: Option<VectorFile>,
}

/// Settings of the reader of the national cadastre.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CadastreGml {
    /// Local name of the members that are read: `CadastralParcel` or `CadastralZoning`.
    #[schemars(regex(pattern = r"^(CadastralParcel|CadastralZoning)$"))]
    pub feature: String,
}

/// Settings of the reader of sheets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CxfSheet {
    /// Kinds of elements that are read: `parcel`, `road`, `water`, `building`, `border`, `index`
    /// (borders of sheets in a map of all), `text`, `symbol`, `line`, `fiducial`, `raster`,
    /// `booklet`.
    #[schemars(length(min = 1))]
    pub classes: Vec<CxfClass>,
}

/// A kind of elements of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CxfClass {
    /// Parcels.
    Parcel,
    /// Public roads.
    Road,
    /// Public waters.
    Water,
    /// Buildings.
    Building,
    /// The sheet's own border.
    Border,
    /// Borders of sheets in a map of all (quadro d'unione).
    Index,
    /// Texts.
    Text,
    /// Symbols.
    Symbol,
    /// Lines.
    Line,
    /// Fiducial points.
    Fiducial,
    /// Places of scanned maps.
    Raster,
    /// Lines of surveyors' booklets.
    Booklet,
}

impl CxfClass {
    /// Its word, as the worker knows it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Parcel => "parcel",
            Self::Road => "road",
            Self::Water => "water",
            Self::Building => "building",
            Self::Border => "border",
            Self::Index => "index",
            Self::Text => "text",
            Self::Symbol => "symbol",
            Self::Line => "line",
            Self::Fiducial => "fiducial",
            Self::Raster => "raster",
            Self::Booklet => "booklet",
        }
    }
}

/// Settings of the reader of map files; whoever loads may say otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VectorFile {
    /// Name of the layer in files of several layers.
    #[serde(default)]
    pub layer: Option<String>,
    /// Name of the data set in archives of several, without its ending, such as `PGT_ZONE`.
    #[serde(default)]
    pub member: Option<String>,
}
