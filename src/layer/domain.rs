//! The values that a column may have, with their names.

use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::Localized;

/// One of the values that a column may have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DomainValue {
    /// The value as it is stored, also where the column holds whole numbers.
    #[schemars(length(min = 1, max = 200))]
    pub value: String,
    /// Its name shown to people.
    pub label: Localized,
    /// What files write for it besides the value itself.
    #[serde(default)]
    pub also: Vec<String>,
}
