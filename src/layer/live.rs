//! Live layers: SQL views of a fixed shape, shown as they are at this moment.
//!
//! Other layers are loaded from files and published; a live layer is what a view of the database
//! says now, such as the practices and where they are. The view has six columns: `id bigint`
//! (numeric name, below 2^53, the same in every instance), `revision bigint` (another one
//! whenever anything of the row is), `territory_id bigint`, `geom` (MultiPolygon in the storage
//! CRS of the territory, or null), `attributes jsonb` (values by name) and `policy jsonb` (who may
//! see the row: `persons`, `office`, `public`). Whoever changes what the view shows announces
//! [`LIVE_CHANGED`] in the same transaction.

use std::path::Path;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::access::PolicyClass;
use crate::strict::{self, Problem};

use super::definition::{
    Column, ColumnOrigin, ColumnType, CoverageTolerance, Definition, GeometryKind, Label,
    Localized, Source, TileRule,
};
use super::domain::DomainValue;
use super::fact_rule::{FactRule, SliverRule};
use super::reader::Reader;
use super::theme::Theme;

/// Announced when what a live layer shows has changed; the payload is the name of its view.
pub const LIVE_CHANGED: crate::job::Topic = crate::job::Topic::new("live.changed");

/// Folder of the definitions of live layers, below that of all definitions.
pub(super) const FOLDER: &str = "live";

/// A file of a live layer, as written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LiveText {
    /// Version of this file format: 1.
    #[schemars(range(min = 1, max = 1))]
    format: u32,
    /// Italian path of the layer, such as `pratica.luogo`. Also its name in tiles and URLs.
    #[schemars(
        regex(pattern = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"),
        length(max = 48)
    )]
    id: String,
    /// Name shown to people.
    title: Localized,
    /// One or two sentences: what it is and what it is good for.
    description: Localized,
    /// The theme under which people find it in the list of layers.
    theme: Theme,
    /// True when a map shows it from the start.
    #[serde(default)]
    visible: bool,
    /// Whose data it is.
    source: Source,
    /// The view that it shows: schema and name.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$"))]
    view: String,
    /// Columns that anybody sees of a row that is public. The others are for those who may see
    /// the row itself.
    public: Vec<String>,
    /// Its columns, in order: what tiles carry of a row's attributes.
    #[schemars(length(min = 1, max = 30))]
    column: Vec<LiveColumn>,
    /// First zoom at which it is drawn; a companion layer of points marks each row where its
    /// outline is too small to be seen.
    #[schemars(range(max = 20))]
    min_zoom: u8,
}

/// A column of a live layer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LiveColumn {
    /// Name in the attributes of the view and in tiles.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9_]*$"), length(max = 40))]
    name: String,
    /// Name shown to people.
    label: Localized,
    /// Type of its values.
    #[serde(rename = "type")]
    kind: ColumnType,
    /// The only values that it may have, in the order of a legend; empty: any.
    #[serde(default)]
    domain: Vec<DomainValue>,
}

/// A live layer.
#[derive(Debug)]
pub struct LiveFile {
    /// What it has in common with other layers: how it is called, drawn and explained. It is
    /// read from no file, and answers no question about a place.
    pub definition: Definition,
    /// The view that it shows, quoted for SQL.
    pub view: String,
    /// For each column, whether anybody sees it of a row that is public.
    pub public: Vec<bool>,
    /// SHA-256 of the text of its definition.
    pub sha256: [u8; 32],
}

impl LiveFile {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// All problems at once.
    pub(super) fn read(name: &Path, text: &str) -> Result<Self, Vec<Problem>> {
        let (live, document) = strict::read::<LiveText>(name, text, &SCHEMA)?;
        let known = |wanted: &String| live.column.iter().any(|column| column.name == *wanted);
        let mut problems: Vec<Problem> = Vec::new();
        for (index, wanted) in live.public.iter().enumerate() {
            if !known(wanted) {
                let message = format!("there is no column '{wanted}'");
                problems.push(document.problem(name, &format!("/public/{index}"), message));
            }
        }
        for (index, column) in live.column.iter().enumerate() {
            let first = live
                .column
                .iter()
                .position(|other| other.name == column.name);
            if first != Some(index) {
                let message = format!("column '{}' is defined twice", column.name);
                problems.push(document.problem(name, &format!("/column/{index}/name"), message));
            }
        }
        if !problems.is_empty() {
            return Err(strict::in_order(problems));
        }
        let sha256 = Sha256::digest(text.as_bytes()).into();
        Ok(live.into_file(sha256))
    }
}

impl LiveText {
    fn into_file(self, sha256: [u8; 32]) -> LiveFile {
        let names: Vec<String> = self.column.iter().map(|c| c.name.clone()).collect();
        let public = names
            .iter()
            .map(|name| self.public.contains(name))
            .collect();
        let view: Vec<String> = self.view.split('.').map(super::quoted).collect();
        let column = self
            .column
            .into_iter()
            .map(|column| Column {
                name: column.name,
                label: column.label,
                kind: column.kind,
                required: false,
                from: ColumnOrigin::default(),
                domain: column.domain,
            })
            .collect();
        let definition = Definition {
            format: self.format,
            id: self.id,
            title: self.title,
            description: self.description,
            theme: self.theme,
            visible: self.visible,
            role: None,
            geometry: GeometryKind::Polygon,
            coverage: false,
            coverage_tolerance: CoverageTolerance::default(),
            sliver: SliverRule::default(),
            fact: FactRule::default(),
            facts: false,
            policy: PolicyClass::Staff,
            source: self.source,
            key: String::new(),
            reader: Reader::default(),
            column,
            tile: TileRule {
                min_zoom: self.min_zoom,
                label: names.split_first().map(|(first, others)| Label {
                    column: first.clone(),
                    min_zoom: self.min_zoom,
                    attributes: others.to_vec(),
                }),
                attributes: names,
            },
            example: Vec::new(),
        };
        LiveFile {
            definition,
            view: view.join("."),
            public,
            sha256,
        }
    }
}

static SCHEMA: LazyLock<serde_json::Value> = LazyLock::new(live_schema);

/// The JSON Schema (2020-12) of a file in `layers/live/`, made from the Rust types.
pub fn live_schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(LiveText).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".into(), "Live layer of Mappale".into());
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
format = 1
id = "prova.luogo"
title = { it = "Prova", en = "Trial" }
description = { it = "Prova", en = "Trial" }
theme = "pratiche"
source = { name = { it = "Prova", en = "Trial" }, licence = "CC0-1.0" }
view = "prova.on_map"
public = ["state"]
min_zoom = 10

[[column]]
name = "state"
type = "text"
label = { it = "Stato", en = "State" }

[[column]]
name = "holder"
type = "text"
label = { it = "Chi", en = "Who" }
"#;

    #[test]
    fn a_file_says_what_anybody_sees() {
        let file = LiveFile::read(Path::new("prova.toml"), GOOD).expect("is good");
        assert_eq!(file.view, r#""prova"."on_map""#);
        assert_eq!(file.public, [true, false]);
        assert_eq!(file.definition.tile.attributes, ["state", "holder"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let text = GOOD
            .replace("public = [\"state\"]", "public = [\"stato\"]")
            .replace("name = \"holder\"", "name = \"state\"");
        let problems = LiveFile::read(Path::new("prova.toml"), &text).expect_err("is bad");
        let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "prova.toml:9: there is no column 'stato'",
                "prova.toml:18: column 'state' is defined twice"
            ]
        );
        let text = GOOD.replace("prova.on_map", "prova.on_map; drop table x");
        let problems = LiveFile::read(Path::new("prova.toml"), &text).expect_err("is bad");
        assert_eq!(problems[0].line, 8);
    }
}
