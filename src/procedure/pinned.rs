//! The text of a procedure as drafts and practices keep it, and the procedure that it makes.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use super::catalogue::Procedure;
use super::definition::{Definition, Office};
use super::section::Section;
use super::sense;

/// A kept text that makes no procedure.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// It is not what was kept.
    #[error("the kept text of a procedure cannot be read")]
    Text(#[from] serde_json::Error),
    /// Its expressions do not compile any more.
    #[error("rules of the kept text of {code}: {list}")]
    Rules {
        /// Short code of the procedure.
        code: String,
        /// What is wrong with them.
        list: String,
    },
}

/// A text, read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    definition: Definition,
    sections: Vec<Section>,
    office: Office,
    layers: Vec<String>,
}

/// The parts of a text, as their files say them; a narrower scope's already over the wider's.
pub(super) struct Parts<'p> {
    pub(super) definition: &'p Json,
    pub(super) sections: &'p [&'p Json],
    pub(super) office: &'p Json,
}

impl Procedure {
    /// The procedure of a kept text; needs nothing but the text.
    ///
    /// Neither the law nor the examples are asked again: what began under a text goes on under it.
    ///
    /// # Errors
    /// [`TextError`].
    pub fn from_text(text: &str) -> Result<Self, TextError> {
        let kept: Kept = serde_json::from_str(text)?;
        let sections: Vec<Arc<Section>> = kept.sections.into_iter().map(Arc::new).collect();
        let vocabulary = sense::vocabulary(&sections, &kept.layers);
        let (rules, faults) = sense::compile(&kept.definition, &sections, &vocabulary);
        if !faults.is_empty() {
            let list: Vec<String> = faults
                .into_iter()
                .map(|(place, message)| format!("{place}: {message}"))
                .collect();
            return Err(TextError::Rules {
                code: kept.definition.code,
                list: list.join("; "),
            });
        }
        Ok(Self {
            definition: kept.definition,
            sections,
            office: kept.office,
            vocabulary,
            rules,
            text: text.to_owned(),
            sha256: Sha256::digest(text.as_bytes()).into(),
        })
    }

    /// Gives a procedure the text of what it was put together from, with the layers it asks for.
    pub(super) fn pin(&mut self, parts: &Parts<'_>) {
        let layers: BTreeSet<&str> = self.rules.values().flat_map(|rule| rule.layers()).collect();
        self.text = json!({
            "definition": parts.definition,
            "sections": parts.sections,
            "office": parts.office,
            "layers": layers,
        })
        .to_string();
        self.sha256 = Sha256::digest(self.text.as_bytes()).into();
    }
}
