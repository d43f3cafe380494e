//! Which reader of foreign files fills a layer, as a definition says it.

use schemars::JsonSchema;
use serde::Deserialize;

/// The reader of foreign files that fills a layer: exactly one is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    /// The national open cadastre's GML (`_ple.gml`, `_map.gml`).
    #[serde(default)]
    pub cadastre_gml: Option<CadastreGml>,
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
