//! What a definition says about its answers: slivers, names of pieces, articles and laws.

use schemars::JsonSchema;
use serde::Deserialize;

use super::definition::Definition;

/// Which pieces of an overlay with a parcel are slivers: reported and marked, but not counted.
///
/// The default is an urban map's tolerance of 0.40 m (DM 28/1998 art. 24); 0.80 m are usual in
/// the plain, 1.60 m in the mountains.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SliverRule {
    /// Tolerance of the map in metres: a piece that is nowhere so wide is a sliver; 0 for no test.
    #[schemars(range(min = 0.0, max = 100.0))]
    pub width_m: f64,
    /// Pieces of less area, in m², are small.
    #[schemars(range(min = 0.0))]
    pub area_m2: f64,
    /// Pieces of a smaller share of the parcel, 0 to 1, are small.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub share: f64,
    /// Whether both limits or either make a piece small.
    pub small: SmallWhen,
}

impl Default for SliverRule {
    fn default() -> Self {
        Self {
            width_m: 0.4,
            area_m2: 1.0,
            share: 0.01,
            small: SmallWhen::Both,
        }
    }
}

/// How the limits of area and share work together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SmallWhen {
    /// A piece is small when it is below both.
    Both,
    /// A piece is small when it is below one of them.
    Either,
}

/// How people read what a layer has at a place: names of columns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FactRule {
    /// Columns whose values, one behind the other, name a piece; the label or the key when empty.
    pub title: Vec<String>,
    /// Column with the numbers of the articles of the plan's rules, joined by commas.
    pub article: Option<String>,
    /// Column with the law that a constraint comes from.
    pub law: Option<String>,
}

impl Definition {
    /// Positions of the columns that name a piece.
    pub fn title_columns(&self) -> Vec<usize> {
        let named: Vec<usize> = self
            .fact
            .title
            .iter()
            .filter_map(|name| self.column_index(name))
            .collect();
        if !named.is_empty() {
            return named;
        }
        let label = self.tile.label.as_ref().map(|label| &label.column);
        label
            .and_then(|name| self.column_index(name))
            .or_else(|| self.key_column())
            .into_iter()
            .collect()
    }

    /// Columns that its rule of facts names and that it does not have, with where that stands.
    pub(super) fn unknown_fact_columns(&self) -> Vec<(String, String)> {
        let title = self.fact.title.iter().enumerate();
        title
            .map(|(index, name)| (format!("/fact/title/{index}"), name))
            .chain(
                self.fact
                    .article
                    .iter()
                    .map(|name| ("/fact/article".into(), name)),
            )
            .chain(self.fact.law.iter().map(|name| ("/fact/law".into(), name)))
            .filter(|(_, name)| self.column_index(name).is_none())
            .map(|(pointer, name)| (pointer, name.clone()))
            .collect()
    }
}
