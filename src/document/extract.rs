//! Map extracts of a document: drawings with title, caption and legend.

use serde_json::{Value, json};

use crate::draw::Drawing;

/// A map in a document.
#[derive(Debug, Clone)]
pub struct Extract {
    /// Names its files within the document; letters, digits and dashes.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What stands below it.
    pub caption: String,
    /// What it shows, for those who do not see it.
    pub alt: String,
    /// Width on paper, millimetres.
    pub width_mm: f64,
    /// Height on paper, millimetres.
    pub height_mm: f64,
    /// The map.
    pub drawing: Drawing,
}

impl Extract {
    /// Its files: the map and the swatches of its legend.
    pub(super) fn files(&self) -> Vec<(String, String)> {
        let swatches = self.drawing.legend.iter().enumerate();
        let mut files: Vec<(String, String)> = swatches
            .map(|(index, entry)| (self.swatch(index), entry.swatch.clone()))
            .collect();
        files.push((self.map(), self.drawing.svg.clone()));
        files
    }

    fn map(&self) -> String {
        format!("{}.svg", self.name)
    }

    fn swatch(&self, index: usize) -> String {
        format!("{}-legenda-{index}.svg", self.name)
    }

    /// It as a block of a document.
    pub(super) fn block(&self) -> Value {
        let legend: Vec<Value> = self
            .drawing
            .legend
            .iter()
            .enumerate()
            .map(|(index, entry)| json!({"file": self.swatch(index), "label": entry.label}))
            .collect();
        json!({
            "kind": "map",
            "file": self.map(),
            "title": self.title,
            "caption": self.caption,
            "alt": self.alt,
            "width_mm": self.width_mm,
            "height_mm": self.height_mm,
            "legend": legend,
        })
    }
}
