//! Files in `styles/`, as written: MapLibre style layers with their place in the drawing order.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::layer::{Definitions, Localized};

use super::base::Base;
use super::hatch::Pattern;
use super::sprite::Sprites;

/// Colours by their names.
type Colours = BTreeMap<String, String>;

/// A file of style layers, of colours, or of both.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FragmentFile {
    format: u32,
    /// Colours of each base; a style says `@name` where it wants one of them.
    #[serde(default)]
    colours: BTreeMap<Base, Colours>,
    #[serde(default)]
    layers: Vec<StyleLayer>,
}

/// A MapLibre style layer with what stands around it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleLayer {
    /// Drawing order among all fragments: small numbers are drawn first.
    pub order: i32,
    /// Its text in the legend; without it and without classes it has no entry of its own.
    #[serde(default)]
    pub legend: Option<Localized>,
    /// A column with a domain: the legend has an entry for each of its values.
    #[serde(default)]
    pub classes: Option<String>,
    /// The style layer itself; `{"it": …, "en": …}` stands for a text in both languages. Its
    /// source is not said: it follows from the theme of the layer that it draws.
    pub style: Map<String, Value>,
}

impl StyleLayer {
    /// Its id.
    pub fn id(&self) -> &str {
        self.word("id")
    }

    /// What it draws: `fill`, `line`, `circle`, `symbol` or `background`.
    pub fn kind(&self) -> &str {
        self.word("type")
    }

    /// The layer that it draws, also where it draws that layer's labels; none for the background.
    pub fn layer(&self) -> Option<&str> {
        let drawn = self.style.get("source-layer").and_then(Value::as_str)?;
        Some(drawn.strip_suffix(".label").unwrap_or(drawn))
    }

    fn word(&self, name: &str) -> &str {
        let value = self.style.get(name).and_then(Value::as_str);
        value.unwrap_or_default()
    }
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
    bases: BTreeMap<Base, Vec<StyleLayer>>,
    sprites: Sprites,
}

impl Fragments {
    /// Reads and checks every `*.json` of a folder.
    ///
    /// # Errors
    /// All problems of all files at once.
    pub fn load(folder: &Path, definitions: &Definitions) -> Result<Self, Vec<Problem>> {
        let mut found = Found::default();
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
        for path in &paths {
            let name = path.strip_prefix(folder).unwrap_or(path);
            found.read(path, name, definitions);
        }
        found.layers.sort_by_key(|(_, layer)| layer.order);
        found.finish()
    }

    /// Style layers in drawing order, on the light base.
    pub fn layers(&self) -> &[StyleLayer] {
        self.layers_on(Base::default())
    }

    /// Style layers in drawing order, on a base.
    pub fn layers_on(&self, base: Base) -> &[StyleLayer] {
        self.bases.get(&base).map_or(&[], Vec::as_slice)
    }

    /// The images of all patterns.
    pub fn sprites(&self) -> &Sprites {
        &self.sprites
    }
}

/// What files hold, while they are read.
#[derive(Default)]
struct Found {
    layers: Vec<(PathBuf, StyleLayer)>,
    colours: BTreeMap<Base, Colours>,
    problems: Vec<Problem>,
}

impl Found {
    fn read(&mut self, path: &Path, name: &Path, definitions: &Definitions) {
        let parsed = std::fs::read_to_string(path)
            .map_err(|error| error.to_string())
            .and_then(|text| {
                serde_json::from_str::<FragmentFile>(&text).map_err(|error| error.to_string())
            });
        match parsed {
            Ok(file) if file.format == 1 => {
                for layer in file.layers {
                    if let Some(message) = layer_problem(&layer, &self.layers, definitions) {
                        self.report(name, message);
                    }
                    self.layers.push((name.to_path_buf(), layer));
                }
                for (base, colours) in file.colours {
                    for (colour, value) in colours {
                        let known = self.colours.entry(base).or_default();
                        if known.insert(colour.clone(), value).is_some() {
                            let base = base.word();
                            self.report(name, format!("colour '{colour}' of {base} comes twice"));
                        }
                    }
                }
            }
            Ok(file) => self.report(name, format!("format {} is not known", file.format)),
            Err(message) => self.report(name, message),
        }
    }

    fn report(&mut self, file: &Path, message: String) {
        self.problems.push(Problem {
            file: file.to_path_buf(),
            message,
        });
    }

    /// Puts the colours of each base in, and draws the patterns.
    fn finish(mut self) -> Result<Fragments, Vec<Problem>> {
        let layers = std::mem::take(&mut self.layers);
        let mut bases = BTreeMap::new();
        let mut patterns: BTreeMap<String, Pattern> = BTreeMap::new();
        for base in Base::ALL {
            let colours = self.colours.remove(&base).unwrap_or_default();
            let mut coloured = Vec::with_capacity(layers.len());
            for (file, layer) in &layers {
                let mut layer = layer.clone();
                let mut faults = Vec::new();
                for value in layer.style.values_mut() {
                    colour_in(value, &colours, &mut |text| {
                        if !Pattern::is_name(text) {
                            return;
                        }
                        match Pattern::parse(text) {
                            Some(pattern) => {
                                patterns.insert(text.to_owned(), pattern);
                            }
                            None => faults.push(format!("'{text}' is no pattern")),
                        }
                    })
                    .unwrap_or_else(|name| {
                        faults.push(format!("base '{}' has no colour '{name}'", base.word()));
                    });
                }
                for fault in faults {
                    let message = format!("style layer '{}': {fault}", layer.id());
                    self.report(file, message);
                }
                coloured.push(layer);
            }
            bases.insert(base, coloured);
        }
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let patterns: Vec<Pattern> = patterns.into_values().collect();
        Ok(Fragments {
            bases,
            sprites: Sprites::draw(&patterns),
        })
    }
}

/// Replaces every `@name` by its colour and shows every other text; the first unknown name.
fn colour_in(
    value: &mut Value,
    colours: &Colours,
    show: &mut impl FnMut(&str),
) -> Result<(), String> {
    match value {
        Value::String(text) => match text.strip_prefix('@') {
            Some(name) => {
                let colour = colours.get(name).ok_or_else(|| name.to_owned())?;
                *text = colour.clone();
            }
            None => show(text),
        },
        Value::Array(items) => {
            for item in items {
                colour_in(item, colours, show)?;
            }
        }
        Value::Object(object) => {
            for item in object.values_mut() {
                colour_in(item, colours, show)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn layer_problem(
    layer: &StyleLayer,
    earlier: &[(PathBuf, StyleLayer)],
    definitions: &Definitions,
) -> Option<String> {
    let id = layer.id();
    if id.is_empty() {
        return Some("a style layer has no id".into());
    }
    if earlier.iter().any(|(_, other)| other.id() == id) {
        return Some(format!("style layer '{id}' is defined twice"));
    }
    if layer.kind().is_empty() {
        return Some(format!("style layer '{id}' has no type"));
    }
    let source_layer = layer.style.get("source-layer").and_then(Value::as_str)?;
    let base = layer.layer()?;
    let Some(definition) = definitions.drawn(base) else {
        return Some(format!(
            "style layer '{id}' draws '{source_layer}', which is no layer"
        ));
    };
    if source_layer != base && definition.tile.label.is_none() {
        return Some(format!(
            "style layer '{id}' draws labels that '{base}' does not have"
        ));
    }
    let column = layer.classes.as_ref()?;
    let has_domain = definition
        .column_index(column)
        .is_some_and(|index| !definition.column[index].domain.is_empty());
    (!has_domain).then(|| {
        format!("style layer '{id}' has classes by '{column}', which is no column with a domain")
    })
}
