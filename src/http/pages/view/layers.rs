//! Layers in their themes: beside the map, in the list of all, and each on its page.

use super::DataView;

/// A theme with its layers.
#[derive(Debug, Clone, Default)]
pub struct ThemeView {
    /// Its word, as styles and addresses name it: `piano`.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Its layers.
    pub layers: Vec<LayerView>,
}

/// A layer that has data here.
#[derive(Debug, Clone, Default)]
pub struct LayerView {
    /// Its id, as styles and addresses name it: `piano.zona`.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What it is and what it is good for.
    pub description: String,
    /// Licence of the data.
    pub licence: String,
    /// How many features, how old, from whom.
    pub data: DataView,
    /// Whether the map shows it from the start.
    pub visible: bool,
    /// Whether it covers everything, so that two such layers hide each other.
    pub coverage: bool,
    /// The address of its page.
    pub page_url: String,
}
