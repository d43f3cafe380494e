//! What is to be printed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Error;

/// An order: everything that a PDF is made of.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Name of the template.
    pub template: String,
    /// Identifies the document for ever; the PDF's own identifier is a hash of it.
    pub identifier: String,
    /// Moment of issue: the only time that the PDF knows.
    pub issued_at: jiff::Timestamp,
    /// What the template reads.
    pub data: serde_json::Value,
    /// Files that the template shows or attaches: names without folders, and their text.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

impl Order {
    /// Reads an order from JSON.
    ///
    /// # Errors
    /// [`Error::Order`], [`Error::Name`].
    pub fn read(json: &[u8]) -> Result<Self, Error> {
        let order: Self = serde_json::from_slice(json).map_err(Error::Order)?;
        for name in order.files.keys() {
            let plain = name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
            if name.is_empty() || name.starts_with('.') || !plain {
                return Err(Error::Name { name: name.clone() });
            }
        }
        Ok(order)
    }
}
