//! Layers in their themes: beside the map, in the list of all, and each on its page.

use askama::Template;

use super::{DataView, PageView};
use crate::text::Value;

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
    /// How many features it has.
    pub count: usize,
    /// Whether the map shows it from the start.
    pub visible: bool,
    /// Whether it shows what is going on now, and was not loaded from a file.
    pub live: bool,
    /// Whether it covers everything, so that two such layers hide each other.
    pub coverage: bool,
    /// The address of its page.
    pub page_url: String,
    /// The address of the map with this layer drawn.
    pub map_url: String,
    /// The address of its features as GeoJSON.
    pub geojson_url: String,
    /// The address of its features as CSV.
    pub csv_url: String,
    /// The address of its features as a GeoPackage.
    pub gpkg_url: String,
    /// The address of its features as a zipped shapefile.
    pub shp_url: String,
    /// The CRS in which it is stored and measured.
    pub crs: String,
}

impl LayerView {
    /// Returns `un elemento`, `3.891 elementi`.
    #[must_use]
    pub fn size(&self, page: &PageView) -> String {
        let values = [
            ("count", Value::from(self.count)),
            ("number", Value::from(&self.data.features)),
        ];
        page.lang.text_with("layer-features", &values)
    }
}

/// A field of a layer's features.
#[derive(Debug, Clone, Default)]
pub struct FieldView {
    /// Its name in files and answers.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Its values with their names, where they are a closed list.
    pub values: Vec<(String, String)>,
}

/// The list of layers: `/livelli`.
#[derive(Debug, Template)]
#[template(path = "layers.html")]
pub struct LayersPage {
    /// What stands around the content.
    pub page: PageView,
    /// The layers, by theme.
    pub themes: Vec<ThemeView>,
}

/// The page of a layer: `/livelli/{layer}`.
#[derive(Debug, Template)]
#[template(path = "layer.html")]
pub struct LayerPage {
    /// What stands around the content.
    pub page: PageView,
    /// The layer.
    pub layer: LayerView,
    /// The name of its theme.
    pub theme: String,
    /// What its features are drawn as, in words.
    pub geometry: String,
    /// Its fields.
    pub fields: Vec<FieldView>,
}
