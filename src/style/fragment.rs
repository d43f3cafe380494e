//! Files in `styles/`, as written: MapLibre style layers with their place in the drawing order.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::layer::{Definitions, Localized};

/// A file of style layers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FragmentFile {
    format: u32,
    layers: Vec<StyleLayer>,
}

/// A MapLibre style layer with what stands around it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleLayer {
    /// Drawing order among all fragments: small numbers are drawn first.
    pub order: i32,
    /// Its text in the legend; none keeps it out of the legend.
    #[serde(default)]
    pub legend: Option<Localized>,
    /// The style layer itself; `{"it": …, "en": …}` stands for a text in both languages.
    pub style: Map<String, Value>,
}

/// A mistake in a style file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// What is wrong, with its line where known.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.message)
    }
}

/// All style layers of an installation, in drawing order.
#[derive(Debug, Clone, Default)]
pub struct Fragments {
    layers: Vec<StyleLayer>,
}

impl Fragments {
    /// Reads and checks every `*.json` of a folder.
    ///
    /// # Errors
    /// All problems of all files at once.
    pub fn load(folder: &Path, definitions: &Definitions) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut layers: Vec<StyleLayer> = Vec::new();
        let mut paths: Vec<PathBuf> = match std::fs::read_dir(folder) {
            Ok(entries) => entries
                .flatten()
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|e| e == "json"))
                .collect(),
            Err(error) => {
                return Err(vec![Problem {
                    file: folder.to_path_buf(),
                    message: format!("the folder cannot be read: {error}"),
                }]);
            }
        };
        paths.sort();
        for path in paths {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_path_buf();
            let mut report = |message: String| {
                problems.push(Problem {
                    file: name.clone(),
                    message,
                });
            };
            let parsed = std::fs::read_to_string(&path)
                .map_err(|error| error.to_string())
                .and_then(|text| {
                    serde_json::from_str::<FragmentFile>(&text).map_err(|error| error.to_string())
                });
            match parsed {
                Ok(file) if file.format == 1 => {
                    for layer in file.layers {
                        if let Some(message) = layer_problem(&layer, &layers, definitions) {
                            report(message);
                        }
                        layers.push(layer);
                    }
                }
                Ok(file) => report(format!("format {} is not known", file.format)),
                Err(message) => report(message),
            }
        }
        layers.sort_by_key(|layer| layer.order);
        if problems.is_empty() {
            Ok(Self { layers })
        } else {
            Err(problems)
        }
    }

    /// Style layers in drawing order.
    pub fn layers(&self) -> &[StyleLayer] {
        &self.layers
    }
}

fn layer_problem(
    layer: &StyleLayer,
    earlier: &[StyleLayer],
    definitions: &Definitions,
) -> Option<String> {
    let Some(id) = layer.style.get("id").and_then(Value::as_str) else {
        return Some("a style layer has no id".into());
    };
    if earlier
        .iter()
        .any(|other| other.style.get("id") == layer.style.get("id"))
    {
        return Some(format!("style layer '{id}' is defined twice"));
    }
    if !layer.style.contains_key("type") {
        return Some(format!("style layer '{id}' has no type"));
    }
    let source_layer = layer.style.get("source-layer").and_then(Value::as_str)?;
    let base = source_layer.strip_suffix(".label").unwrap_or(source_layer);
    match definitions.get(base) {
        None => Some(format!(
            "style layer '{id}' draws '{source_layer}', which is no layer"
        )),
        Some(file) if source_layer != base && file.definition.tile.label.is_none() => Some(
            format!("style layer '{id}' draws labels that '{base}' does not have"),
        ),
        Some(_) => None,
    }
}
