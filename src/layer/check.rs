//! Reads all definitions of a folder and finds everything that is wrong with them at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::strict::{self, Problem, SourceFile};

use super::definition::{
    Column, ColumnType, Definition, Example, GeometryKind, LayerRole, Merge, ReferencePart,
};
use super::field_map::PRESETS;
use super::mapping::Mapping;
use super::value::Value;

/// A definition with its text, as stored with every part that it loads.
#[derive(Debug)]
pub struct DefinitionFile {
    /// What the file says.
    pub definition: Definition,
    /// The file's text.
    pub text: String,
    /// SHA-256 of the text.
    pub sha256: [u8; 32],
}

/// All layer definitions of an installation, by id, in the order of their files.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    files: Vec<Arc<DefinitionFile>>,
}

impl Definitions {
    /// Reads and checks every `*.toml` below a folder.
    ///
    /// # Errors
    /// All problems of all files at once, in the order of files and lines.
    pub fn load(folder: &Path) -> Result<Self, Vec<Problem>> {
        let (found, mut problems) = strict::toml_files(folder);
        let mut files: Vec<Arc<DefinitionFile>> = Vec::new();
        let mut seen: BTreeMap<String, PathBuf> = BTreeMap::new();
        for SourceFile { name, text } in found {
            // Mappings are files of another form.
            if name.starts_with(PRESETS) {
                continue;
            }
            match read(&name, &text) {
                Ok(definition) => {
                    if let Some(first) = seen.insert(definition.id.clone(), name.clone()) {
                        problems.push(Problem {
                            file: name,
                            line: 1,
                            message: format!(
                                "layer '{}' is already defined in {}",
                                definition.id,
                                first.display()
                            ),
                        });
                        continue;
                    }
                    files.push(Arc::new(DefinitionFile {
                        definition,
                        sha256: Sha256::digest(text.as_bytes()).into(),
                        text,
                    }));
                }
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() {
            Ok(Self { files })
        } else {
            Err(problems)
        }
    }

    /// The definition of a layer.
    pub fn get(&self, id: &str) -> Option<&Arc<DefinitionFile>> {
        self.files.iter().find(|file| file.definition.id == id)
    }

    /// The first layer with a role.
    pub fn with_role(&self, role: LayerRole) -> Option<&Arc<DefinitionFile>> {
        self.files
            .iter()
            .find(|file| file.definition.role == Some(role))
    }

    /// All definitions.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<DefinitionFile>> {
        self.files.iter()
    }
}

/// Reads and checks one file.
fn read(name: &Path, text: &str) -> Result<Definition, Vec<Problem>> {
    let (definition, document) =
        strict::read::<Definition>(name, text, &super::definition_schema())?;
    let problems: Vec<Problem> = sense_problems(&definition)
        .into_iter()
        .map(|(pointer, message)| document.problem(name, &pointer, message))
        .collect();
    if problems.is_empty() {
        return Ok(definition);
    }
    Err(strict::in_order(problems))
}

const TAKEN_COLUMNS: [&str; 8] = [
    "part_id",
    "feature_id",
    "key",
    "original",
    "geom",
    "label_e",
    "label_n",
    "id",
];

// What a schema cannot say: names that must exist, examples that must come true.
fn sense_problems(definition: &Definition) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    let mut report = |pointer: String, message: String| problems.push((pointer, message));
    let known = |name: &str| definition.column_index(name).is_some();
    let reader = &definition.reader;
    let cadastre = reader.cadastre_gml.is_some() || reader.cxf.is_some();
    if cadastre == reader.vector.is_some() {
        report(
            "/reader".into(),
            "a layer has one reader, `cadastre_gml`, `cxf` or `vector`, or both of the first two"
                .into(),
        );
    }
    for (index, column) in definition.column.iter().enumerate() {
        let pointer = format!("/column/{index}/name");
        if TAKEN_COLUMNS.contains(&column.name.as_str()) {
            report(
                pointer,
                format!("'{}' is a column that every layer has", column.name),
            );
        } else if definition.column_index(&column.name) != Some(index) {
            report(
                pointer,
                format!("column '{}' is defined twice", column.name),
            );
        }
        for (place, message) in origin_problems(definition, column) {
            report(format!("/column/{index}/{place}"), message);
        }
        for (at, message) in domain_problems(column) {
            report(format!("/column/{index}/domain/{at}"), message);
        }
        if let Some(part) = column.from.part {
            let integer = part == ReferencePart::Foglio;
            if (column.kind == ColumnType::Integer) != integer
                || !matches!(column.kind, ColumnType::Integer | ColumnType::Text)
            {
                let wanted = if integer { "integer" } else { "text" };
                report(
                    format!("/column/{index}/type"),
                    format!("this part of a reference is of type {wanted}"),
                );
            }
            let of_parcel = matches!(part, ReferencePart::Number | ReferencePart::Kind);
            if of_parcel && definition.role == Some(LayerRole::Sheet) {
                report(
                    format!("/column/{index}/from/part"),
                    "a sheet's reference has no such part".into(),
                );
            }
        }
    }
    match definition.key_column() {
        None => report(
            "/key".into(),
            format!("there is no column '{}'", definition.key),
        ),
        Some(index) => {
            let column = &definition.column[index];
            if !column.required || column.kind != ColumnType::Text {
                report(
                    "/key".into(),
                    "the key must be a required text column".into(),
                );
            }
        }
    }
    for (index, name) in definition.tile.attributes.iter().enumerate() {
        if !known(name) {
            report(
                format!("/tile/attributes/{index}"),
                format!("there is no column '{name}'"),
            );
        }
    }
    if let Some(label) = &definition.tile.label
        && !known(&label.column)
    {
        report(
            "/tile/label/column".into(),
            format!("there is no column '{}'", label.column),
        );
    }
    let label_attributes = definition.tile.label.iter().flat_map(|l| &l.attributes);
    for (index, name) in label_attributes.enumerate() {
        if !known(name) {
            report(
                format!("/tile/label/attributes/{index}"),
                format!("there is no column '{name}'"),
            );
        }
    }
    let merge = &definition.tile.merge;
    for (list, names) in [("class", &merge.class), ("group", &merge.group)] {
        for (index, name) in names.iter().enumerate().filter(|(_, name)| !known(name)) {
            report(
                format!("/tile/merge/{list}/{index}"),
                format!("there is no column '{name}'"),
            );
        }
    }
    if !definition.coverage && *merge != Merge::default() {
        report(
            "/tile/merge".into(),
            "only polygons of a coverage are drawn as one".into(),
        );
    }
    if let Some(name) = definition.tile.order.as_ref().filter(|name| !known(name)) {
        report("/tile/order".into(), format!("there is no column '{name}'"));
    }
    if definition.coverage && definition.geometry != GeometryKind::Polygon {
        report("/coverage".into(), "only polygons can tessellate".into());
    }
    for (pointer, name) in definition.unknown_fact_columns() {
        report(pointer, format!("there is no column '{name}'"));
    }
    if definition.role.is_some() && definition.part_column(ReferencePart::Reference).is_none() {
        report(
            "/role".into(),
            "a layer with a role has a column whose `from.part` is \"reference\"".into(),
        );
    }
    for (index, example) in definition.example.iter().enumerate() {
        if let Some(message) = example_problem(definition, example) {
            report(format!("/example/{index}"), message);
        }
    }
    problems
}

// Where a column comes from: from one thing, and from one that can be.
fn origin_problems(definition: &Definition, column: &Column) -> Vec<(&'static str, String)> {
    let from = &column.from;
    let mut problems = Vec::new();
    let given = [from.field.is_some(), !from.fields.is_empty(), from.content];
    if given.iter().filter(|given| **given).count() != 1 {
        let message = "a column comes from one of `field`, `fields` and `content`".to_owned();
        problems.push(("from", message));
    }
    if from.content && column.name != definition.key {
        problems.push((
            "from/content",
            "only the key is made from the content".into(),
        ));
    }
    if from.part.is_some() && from.content {
        problems.push(("from/part", "`part` goes with `field` or `fields`".into()));
    }
    if from.join.is_some() && from.fields.is_empty() {
        problems.push(("from/join", "`join` goes with `fields`".into()));
    }
    if !from.fields.is_empty() && from.part.is_none() && column.kind != ColumnType::Text {
        problems.push(("type", "several fields make a text".into()));
    }
    problems
}

fn domain_problems(column: &Column) -> Vec<(usize, String)> {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, known) in column.domain.iter().enumerate() {
        for value in std::iter::once(&known.value).chain(&known.also) {
            if !seen.insert(value.trim()) {
                problems.push((index, format!("'{value}' is there twice")));
            }
        }
        let fits = match column.kind {
            ColumnType::Text => known.value.trim() == known.value,
            ColumnType::Integer => known.value.parse::<i64>().is_ok(),
            ColumnType::Real | ColumnType::Date => false,
        };
        if !fits {
            let kind = column.kind.as_str();
            let message = format!("'{}' is no value of a column of type {kind}", known.value);
            problems.push((index, message));
        }
    }
    problems
}

fn example_problem(definition: &Definition, example: &Example) -> Option<String> {
    let (names, values): (Vec<_>, Vec<_>) = example
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), Some(value.as_str())))
        .unzip();
    let row = Mapping::new(definition, &names).and_then(|mapping| mapping.row(&values));
    match (&example.columns, &example.error, row) {
        (Some(_), Some(_), _) | (None, None, _) => {
            Some("an example has either `columns` or `error`".into())
        }
        (Some(expected), None, Ok(row)) => {
            let got: BTreeMap<String, serde_json::Value> = definition
                .column
                .iter()
                .zip(&row)
                .filter(|(_, value)| **value != Value::Null)
                .map(|(column, value)| {
                    let json = serde_json::to_value(value).unwrap_or_default();
                    (column.name.clone(), json)
                })
                .collect();
            (got != *expected).then(|| {
                let json = serde_json::to_string(&got).unwrap_or_default();
                format!("the example does not come true: the columns are {json}")
            })
        }
        (Some(_), None, Err(error)) => Some(format!("the example does not come true: {error}")),
        (None, Some(piece), Ok(_)) => Some(format!(
            "the example should fail with '{piece}', but succeeds"
        )),
        (None, Some(piece), Err(error)) => {
            let error = error.to_string();
            (!error.contains(piece.as_str()))
                .then(|| format!("the example should fail with '{piece}', but says: {error}"))
        }
    }
}
