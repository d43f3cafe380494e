//! The list of parcels that a change of a map touches.

use askama::Template;

use super::PageView;

/// A layer to choose.
#[derive(Debug, Clone)]
pub struct LayerChoiceView {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether it is the chosen one.
    pub chosen: bool,
}

/// A parcel, with what it was and what it is.
#[derive(Debug, Clone)]
pub struct ChangeRowView {
    /// Its reference.
    pub reference: String,
    /// The address of its page.
    pub url: String,
    /// Its area, formatted.
    pub area: String,
    /// What it was, with areas.
    pub before: String,
    /// What it is, with areas.
    pub after: String,
}

/// The page `/modifiche`.
#[derive(Debug, Template)]
#[template(path = "place/changes.html")]
pub struct ChangesPage {
    /// What stands around the content.
    pub page: PageView,
    /// Layers to choose from.
    pub layers: Vec<LayerChoiceView>,
    /// The earlier day, as the form has it.
    pub from: String,
    /// The later day, as the form has it.
    pub to: String,
    /// Whether a question was asked.
    pub asked: bool,
    /// Both days in words.
    pub period: String,
    /// How many parcels are touched.
    pub total: usize,
    /// The first of them.
    pub rows: Vec<ChangeRowView>,
    /// The address of the whole list.
    pub csv_url: String,
}
