//! Sections of forms: the questions, shared by procedures.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::layer::Localized;
use crate::rule::Shape;

/// A file of sections.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionFile {
    /// Version of this file format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// The sections.
    #[schemars(length(min = 1))]
    pub section: Vec<Section>,
}

/// One page of a form.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its name in definitions: `chi.richiedente`.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"))]
    pub code: String,
    /// Its title.
    pub title: Localized,
    /// What stands above the questions.
    #[serde(default)]
    pub intro: Option<Localized>,
    /// Conditions (CEL) that answers must meet together, beyond those of single questions.
    #[serde(default)]
    pub check: Vec<Check>,
    /// The questions.
    #[schemars(length(min = 1, max = 60))]
    pub field: Vec<Field>,
}

/// A condition on answers, and what is said when it is not met.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// The condition that must hold.
    #[schemars(length(min = 1))]
    pub that: String,
    /// Field at which the message stands.
    pub field: String,
    /// What is said when it does not.
    pub message: Localized,
}

/// A question.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Name of the answer: `form.key` in conditions.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]*$"), length(max = 48))]
    pub key: String,
    /// What is asked for.
    pub kind: FieldKind,
    /// The question.
    pub label: Localized,
    /// A line of help under it.
    #[serde(default)]
    pub help: Option<Localized>,
    /// Why it is asked, folded away.
    #[serde(default)]
    pub why: Option<Localized>,
    /// False when it may be left empty.
    #[serde(default = "yes")]
    pub required: bool,
    /// Condition (CEL) under which it must be answered; then `required` says nothing.
    #[serde(default)]
    pub required_if: Option<String>,
    /// Condition (CEL) under which it is asked at all.
    #[serde(default)]
    pub visible_if: Option<String>,
    /// Choice and several: what there is to choose from.
    #[serde(default)]
    pub option: Vec<Choice>,
    /// Number and money: the least.
    #[serde(default)]
    pub min: Option<f64>,
    /// Number and money: the most.
    #[serde(default)]
    pub max: Option<f64>,
    /// Number: its unit.
    #[serde(default)]
    pub unit: Option<String>,
    /// Texts: the most characters.
    #[serde(default)]
    #[schemars(range(min = 1, max = 20_000))]
    pub max_length: Option<usize>,
    /// Computed: the expression (CEL).
    #[serde(default)]
    pub compute: Option<String>,
    /// Where a first answer comes from; it is shown for review with its source.
    #[serde(default)]
    pub prefill: Option<Prefill>,
    /// True for data that the law protects more: never in lists, exports, logs.
    #[serde(default)]
    pub sensitive: bool,
}

fn yes() -> bool {
    true
}

/// What a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// Several lines.
    LongText,
    /// A number, decimals with a comma.
    Number,
    /// An amount in euro.
    Money,
    /// A day.
    Date,
    /// Yes or no.
    YesNo,
    /// One of several.
    Choice,
    /// Any of several.
    Several,
    /// A tax code (codice fiscale), its check character and omocodia included.
    TaxCode,
    /// A VAT number (partita IVA), check digit included.
    VatNumber,
    /// An e-mail or PEC address.
    Email,
    /// A telephone number.
    Phone,
    /// An address: street and number.
    Address,
    /// Cadastral parcels, one a line.
    Parcels,
    /// Units of a building (subalterni), one a line: parcel and sub.
    Units,
    /// An area: corners as coordinates E N of the comune, one a line.
    Area,
    /// A statement that is made by ticking it.
    Declaration,
    /// Computed from other answers, shown and not asked.
    Computed,
}

impl FieldKind {
    /// The shape of its answer for conditions.
    #[must_use]
    pub fn shape(self) -> Shape {
        match self {
            Self::Several => Shape::List(Box::new(Shape::Scalar)),
            Self::Parcels => Shape::List(Box::new(Shape::Scalar)),
            Self::Units => Shape::List(Box::new(Shape::record(["parcel", "sub"]))),
            Self::Area => Shape::record(["area_m2", "text"]),
            _ => Shape::Scalar,
        }
    }
}

/// Something to choose.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The answer as conditions see it.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]*$"))]
    pub value: String,
    /// The answer as people see it.
    pub label: Localized,
}

/// Where a first answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Prefill {
    /// The parcels from which the practice was started.
    Selection,
    /// The name of the identity that is signed in.
    PersonName,
    /// The area of the selection on the map, m².
    SelectionArea,
}

impl Section {
    /// The question of a key.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.field.iter().find(|field| field.key == key)
    }
}
