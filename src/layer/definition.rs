//! What a file in `layers/` says, as written. The JSON Schema comes from these types.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::PolicyClass;
use crate::text::Lang;

use super::domain::DomainValue;
use super::fact_rule::{FactRule, SliverRule};
use super::reader::Reader;
use super::theme::Theme;

/// A layer: what it holds, where its columns come from, how it is drawn into tiles.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Version of this file format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// Italian path of the layer, such as `catasto.particella`. Also its name in tiles and URLs.
    #[schemars(
        regex(pattern = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"),
        length(max = 48)
    )]
    pub id: String,
    /// Name shown to people.
    pub title: Localized,
    /// One or two sentences: what it is and what it is good for.
    pub description: Localized,
    /// The theme under which people find it in the list of layers.
    #[serde(default)]
    pub theme: Theme,
    /// True when a map shows it from the start; otherwise people switch it on.
    #[serde(default)]
    pub visible: bool,
    /// Set when the program itself relies on the layer: parcels and sheets of the cadastre.
    #[serde(default)]
    pub role: Option<LayerRole>,
    /// The kind of geometry that its rows have.
    pub geometry: GeometryKind,
    /// True when its polygons are meant to tessellate: neighbours must stay neighbours.
    #[serde(default)]
    pub coverage: bool,
    /// How large an overlap or a gap of a coverage is before it is reported.
    #[serde(default)]
    pub coverage_tolerance: CoverageTolerance,
    /// Which pieces of an overlay come from maps that do not fit each other.
    #[serde(default)]
    pub sliver: SliverRule,
    /// How people read what it has at a place.
    #[serde(default)]
    pub fact: FactRule,
    /// True when the answer to "what is here?" includes this layer.
    #[serde(default = "yes")]
    pub facts: bool,
    /// Who may read it.
    #[serde(default = "public")]
    pub policy: PolicyClass,
    /// Whose data it is.
    pub source: Source,
    /// Name of the column that identifies a feature across versions.
    pub key: String,
    /// Which reader of foreign files fills it, with the reader's own settings.
    pub reader: Reader,
    /// Its typed columns, in order.
    #[schemars(length(min = 1, max = 100))]
    pub column: Vec<Column>,
    /// How it appears in tiles.
    pub tile: TileRule,
    /// Input fields and the columns expected from them; the tests run every one.
    #[schemars(length(min = 1))]
    pub example: Vec<Example>,
}

fn yes() -> bool {
    true
}

fn public() -> PolicyClass {
    PolicyClass::Public
}

/// A text in both languages of the interface.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Localized {
    /// Italian.
    #[schemars(length(min = 1))]
    pub it: String,
    /// English.
    #[schemars(length(min = 1))]
    pub en: String,
}

impl Localized {
    /// The text in one language.
    pub fn in_language(&self, lang: Lang) -> &str {
        match lang {
            Lang::It => &self.it,
            Lang::En => &self.en,
        }
    }
}

/// How large an overlap or a gap of a coverage is before it is reported, in m².
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverageTolerance {
    /// Overlaps of more than this are reported.
    #[schemars(range(min = 0.0))]
    pub overlap_m2: f64,
    /// Gaps of more than this are reported.
    #[schemars(range(min = 0.0))]
    pub gap_m2: f64,
}

impl Default for CoverageTolerance {
    fn default() -> Self {
        Self {
            overlap_m2: 1.0,
            gap_m2: 1.0,
        }
    }
}

/// What the program itself relies on a layer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LayerRole {
    /// INSPIRE CadastralParcel (particella).
    Parcel,
    /// INSPIRE CadastralZoning (foglio).
    Sheet,
}

/// Geometry of a layer's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GeometryKind {
    /// Polygons, of one or several parts.
    Polygon,
    /// Lines, of one or several parts.
    Line,
    /// Points, one or several.
    Point,
}

impl GeometryKind {
    /// Its word in definitions and answers: `polygon`, `line` or `point`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Polygon => "polygon",
            Self::Line => "line",
            Self::Point => "point",
        }
    }
}

/// Whose data a layer holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Name of the source.
    pub name: Localized,
    /// Licence, as an SPDX identifier where one exists.
    pub licence: String,
}

/// A typed column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Name in the table, in tiles and in answers.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]*$"), length(max = 40))]
    pub name: String,
    /// Name shown to people.
    pub label: Localized,
    /// Type of its values.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// True when a feature without a value is an error.
    #[serde(default)]
    pub required: bool,
    /// Where the value comes from.
    pub from: ColumnOrigin,
    /// The only values that it may have, in the order of a legend; empty: any.
    #[serde(default)]
    pub domain: Vec<DomainValue>,
}

impl Column {
    /// The name shown to people of one of its values, where the column has a domain.
    pub fn label_of(&self, value: &str) -> Option<&Localized> {
        let known = self.domain.iter().find(|known| known.value == value);
        known.map(|known| &known.label)
    }
}

/// Type of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Text, leading zeros kept.
    Text,
    /// Whole number of 64 bits.
    Integer,
    /// Number with decimals.
    Real,
    /// Civil date, written 2026-11-24, 24/11/2026 or 20261124 in files.
    Date,
}

impl ColumnType {
    /// Its name in definitions.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Real => "real",
            Self::Date => "date",
        }
    }
}

/// Where a column's value comes from: exactly one of `field`, `fields` and `content`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnOrigin {
    /// Name of the file's field. Small and capital letters are the same, and so is a name that a
    /// shapefile has cut to ten letters, where only one field fits.
    #[serde(default)]
    pub field: Option<String>,
    /// When given, the field is a cadastral reference and this part of it is the value.
    #[serde(default)]
    pub part: Option<ReferencePart>,
    /// Names of several fields, whose values are joined; none of them may be empty.
    #[serde(default)]
    pub fields: Vec<String>,
    /// What stands between them; `/` when not given.
    #[serde(default)]
    pub join: Option<String>,
    /// True for the key of a file that has none: a digest of outline and values, the same in
    /// every load as long as neither changes.
    #[serde(default)]
    pub content: bool,
}

/// A part of a cadastral reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferencePart {
    /// The whole reference, checked and in its normal form.
    Reference,
    /// Reference of the sheet alone.
    Sheet,
    /// Code of the comune.
    Comune,
    /// Census section; null where there is none.
    Sezione,
    /// Number of the sheet.
    Foglio,
    /// Annex; null where there is none.
    Allegato,
    /// Development; null where there is none.
    Sviluppo,
    /// Number of the parcel.
    Number,
    /// `parcel`, `road` or `water`.
    Kind,
}

/// How a layer appears in tiles.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TileRule {
    /// First zoom at which it is drawn.
    #[schemars(range(max = 20))]
    pub min_zoom: u8,
    /// Columns that tiles carry, and nothing else.
    pub attributes: Vec<String>,
    /// Label points, when the layer has labels.
    #[serde(default)]
    pub label: Option<Label>,
    /// What polygons of a coverage have to agree in to be drawn as one where they are too small.
    #[serde(default)]
    pub merge: Merge,
    /// Column whose larger values are kept when a tile would be too large; when not given, the
    /// larger polygons and the longer lines are.
    #[serde(default)]
    pub order: Option<String>,
}

/// How polygons of a coverage are drawn as one, so that the ground stays covered.
///
/// Polygons smaller than a pixel are drawn as one with those of the same class and group. Where a
/// tile would be too large, larger ones are too, then all of a group, then all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// Columns whose values stay, because a style tells them apart.
    #[serde(default)]
    pub class: Vec<String>,
    /// Columns that say which belong together, such as those of the sheet of a parcel.
    #[serde(default)]
    pub group: Vec<String>,
    /// Below this zoom everything that a part has is drawn as one: sheets as their comune.
    #[serde(default)]
    #[schemars(range(max = 20))]
    pub whole_below: u8,
}

/// Label points: a companion layer named `{id}.label`, one point for each feature.
///
/// It lies inside a polygon, in the middle of the longest of several lines, and on the first of
/// several points.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Column whose value is written.
    pub column: String,
    /// First zoom at which labels are in the tiles.
    #[schemars(range(max = 20))]
    pub min_zoom: u8,
    /// Further columns that labels carry, for styles that tell them apart.
    #[serde(default)]
    pub attributes: Vec<String>,
}

/// An input and what must come of it: columns, or an error.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The file's fields.
    pub fields: std::collections::BTreeMap<String, String>,
    /// The columns that must come out; null columns are left out.
    #[serde(default)]
    pub columns: Option<std::collections::BTreeMap<String, serde_json::Value>>,
    /// A piece of the error that must come out instead.
    #[serde(default)]
    pub error: Option<String>,
}

impl Definition {
    /// The column that identifies a feature.
    ///
    /// A checked definition always has it.
    pub fn key_column(&self) -> Option<usize> {
        self.column.iter().position(|c| c.name == self.key)
    }

    /// Position of a column by name.
    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.column.iter().position(|c| c.name == name)
    }

    /// Positions of the columns that label points carry: the label's own first.
    pub fn label_columns(&self) -> Vec<usize> {
        let Some(label) = &self.tile.label else {
            return Vec::new();
        };
        let kind = self.part_column(ReferencePart::Kind);
        let further = label.attributes.iter();
        let mut columns: Vec<usize> = Vec::new();
        let named = std::iter::once(&label.column).chain(further);
        for index in named.filter_map(|name| self.column_index(name)).chain(kind) {
            if !columns.contains(&index) {
                columns.push(index);
            }
        }
        columns
    }

    /// Position of the column that holds a part of the cadastral reference.
    pub fn part_column(&self, part: ReferencePart) -> Option<usize> {
        self.column.iter().position(|c| c.from.part == Some(part))
    }
}
