//! Mappings: what a source's files call the columns of our layers, and what they write in them.
//!
//! A mapping is a TOML file, given with `--map`; those that many need are kept in
//! `layers/presets/`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::strict::{self, Document, Problem};

use super::check::Definitions;
use super::definition::{Definition, Localized};

/// A file of mappings, as written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingFile {
    /// Version of this file format: 1.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// Name shown to people.
    pub title: Localized,
    /// Whose files it fits, in a sentence or two.
    pub description: Localized,
    /// The layers that it fills; of several for one layer the first that fits a file is taken.
    #[schemars(length(min = 1))]
    pub layer: Vec<LayerMapping>,
}

/// How the files of a source fill one layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LayerMapping {
    /// Layer that is filled.
    pub id: String,
    /// Name of the layer in files of several layers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// Name of the data set in archives of several; `*` stands for any letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// Only features whose fields have one of these values are taken.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub only: BTreeMap<String, Vec<String>>,
    /// Columns that are filled otherwise than the definition says.
    #[serde(default)]
    pub column: BTreeMap<String, ColumnMapping>,
}

/// Where a column's value comes from in the files of a source: at most one of `field`, `fields`,
/// `content` and `value`; with none of them, from where the definition says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnMapping {
    /// Name of the file's field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Names of several fields, whose values are joined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// What stands between them; `/` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join: Option<String>,
    /// True for a key made from outline and values.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub content: bool,
    /// The same value for every feature; an empty one is no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What values of the file stand for; an empty one for no value. Others stay as they are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
}

/// The part of a mapping that a load uses, as it is recorded with the part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChosenMapping {
    /// Name of the preset, or of the file.
    pub name: String,
    /// SHA-256 of its text, hexadecimal.
    pub sha256: String,
    /// Its mappings for the layer, in their order.
    pub layers: Vec<LayerMapping>,
}

/// Why a mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingFileError {
    /// There is neither such a preset nor such a file.
    #[error("there is no mapping '{name}': give a file, or one of {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// Names of the presets.
        known: String,
    },
    /// The file has mistakes.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Mistakes(Vec<Problem>),
    /// The mapping does not fill this layer.
    #[error("mapping '{name}' does not fill layer '{layer}'; it fills {known}")]
    OtherLayer {
        /// The mapping.
        name: String,
        /// The layer.
        layer: String,
        /// Layers that it fills.
        known: String,
    },
}

/// Folder of the mappings that come with the program, below that of the definitions.
pub(super) const PRESETS: &str = "presets";

/// Finds the mapping of a name or a file for a layer.
///
/// # Errors
/// [`MappingFileError`].
pub fn find_mapping(
    layers: &Path,
    name: &str,
    definition: &Definition,
) -> Result<ChosenMapping, MappingFileError> {
    let presets = preset_files(layers);
    let is_preset = |path: &&PathBuf| path.file_stem().is_some_and(|stem| stem == name);
    let path = match presets.iter().find(is_preset) {
        Some(path) => path.clone(),
        None if Path::new(name).is_file() => PathBuf::from(name),
        None => {
            let known: Vec<_> = presets
                .iter()
                .filter_map(|path| Some(path.file_stem()?.to_string_lossy()))
                .collect();
            return Err(MappingFileError::Unknown {
                name: name.to_owned(),
                known: known.join(", "),
            });
        }
    };
    let ((document, file), text) = read(&path).map_err(MappingFileError::Mistakes)?;
    let mistakes: Vec<Problem> = file
        .layer
        .iter()
        .enumerate()
        .filter(|(_, mapping)| mapping.id == definition.id)
        .flat_map(|(index, mapping)| mapping_problems(index, mapping, definition))
        .map(|(pointer, message)| document.problem(&path, &pointer, message))
        .collect();
    if !mistakes.is_empty() {
        return Err(MappingFileError::Mistakes(mistakes));
    }
    let (chosen, others): (Vec<_>, Vec<_>) = file
        .layer
        .into_iter()
        .partition(|mapping| mapping.id == definition.id);
    if chosen.is_empty() {
        let mut known: Vec<String> = others.into_iter().map(|mapping| mapping.id).collect();
        known.dedup();
        return Err(MappingFileError::OtherLayer {
            name: name.to_owned(),
            layer: definition.id.clone(),
            known: known.join(", "),
        });
    }
    // The folder is nobody's business but the owner's.
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(ChosenMapping {
        name: match presets.contains(&path) {
            true => name.to_owned(),
            false => file_name.into_owned(),
        },
        sha256: format!("{:x}", Sha256::digest(text.as_bytes())),
        layers: chosen,
    })
}

/// Checks every preset beside the definitions, and counts them.
///
/// # Errors
/// All problems at once.
pub fn check_presets(layers: &Path, definitions: &Definitions) -> Result<usize, Vec<Problem>> {
    let presets = preset_files(layers);
    let mut problems = Vec::new();
    for path in &presets {
        let (document, file) = match read(path) {
            Ok((read, _)) => read,
            Err(found) => {
                problems.extend(found);
                continue;
            }
        };
        for (index, mapping) in file.layer.iter().enumerate() {
            let found = match definitions.get(&mapping.id) {
                Some(known) => mapping_problems(index, mapping, &known.definition),
                None => vec![(
                    format!("/layer/{index}/id"),
                    format!("there is no layer '{}'", mapping.id),
                )],
            };
            problems.extend(
                found
                    .into_iter()
                    .map(|(pointer, message)| document.problem(path, &pointer, message)),
            );
        }
    }
    if problems.is_empty() {
        Ok(presets.len())
    } else {
        Err(problems)
    }
}

/// Names of the mappings that come with the program, in order.
pub fn preset_names(layers: &Path) -> Vec<String> {
    let files = preset_files(layers);
    let stems = files.iter().filter_map(|path| path.file_stem());
    stems
        .map(|stem| stem.to_string_lossy().into_owned())
        .collect()
}

fn preset_files(layers: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(layers.join(PRESETS))
        .into_iter()
        .flatten();
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    files
}

type Read = ((Document, MappingFile), String);

fn read(path: &Path) -> Result<Read, Vec<Problem>> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        vec![Problem {
            file: path.to_path_buf(),
            line: 1,
            message: format!("the file cannot be read: {error}"),
        }]
    })?;
    let schema = schemars::schema_for!(MappingFile).to_value();
    let (file, document) = strict::read(path, &text, &schema)?;
    Ok(((document, file), text))
}

fn mapping_problems(
    index: usize,
    mapping: &LayerMapping,
    definition: &Definition,
) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    for (name, column) in &mapping.column {
        let pointer = format!("/layer/{index}/column/{name}");
        if definition.column_index(name).is_none() {
            let message = format!("layer '{}' has no column '{name}'", definition.id);
            problems.push((pointer.clone(), message));
        }
        let given = [
            column.field.is_some(),
            !column.fields.is_empty(),
            column.content,
            column.value.is_some(),
        ];
        if given.iter().filter(|given| **given).count() > 1 {
            let message = "a column comes from one of `field`, `fields`, `content` and `value`";
            problems.push((pointer.clone(), message.to_owned()));
        }
        if column.content && *name != definition.key {
            let message = "only the key is made from the content".to_owned();
            problems.push((format!("{pointer}/content"), message));
        }
    }
    problems
}
