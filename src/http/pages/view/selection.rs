//! Several parcels: chosen together, or in view.

use askama::Template;

use super::{PageView, ParcelView};

/// Parcels chosen together.
#[derive(Debug, Clone, Default)]
pub struct SelectionView {
    /// The parcels, in the order in which they were chosen.
    pub parcels: Vec<ParcelView>,
    /// References that are in no cadastre in force here.
    pub missing: Vec<String>,
    /// The sum of their areas, formatted.
    pub area: String,
    /// Whether they lie together, in words; `None` for a single parcel.
    pub contiguity: Option<String>,
    /// Whether they are one piece of land.
    pub is_contiguous: bool,
    /// West, south, east and north of all of them in degrees, joined by commas.
    pub bounds: String,
    /// The address of their page.
    pub page_url: String,
    /// The address of the map with all of them selected.
    pub map_url: String,
}

impl SelectionView {
    /// Returns `2 particelle, 1.240 m² in tutto, contigue`, for a screen reader.
    #[must_use]
    pub fn announcement(&self, page: &PageView) -> String {
        let mut parts = vec![
            page.tn("selection-count", self.parcels.len()),
            page.t1("selection-area", "area", &self.area),
        ];
        parts.extend(self.contiguity.clone());
        format!("{}.", parts.join(", "))
    }

    /// Returns the parcels as the map selects them: JSON with layer, id and reference of each.
    #[must_use]
    pub fn selection(&self) -> String {
        super::card::selection_json(&self.parcels)
    }
}

/// The chosen parcels alone, for the panel beside the map (`?frammento=1`).
#[derive(Debug, Template)]
#[template(path = "place/selection_fragment.html")]
pub struct SelectionFragment {
    /// Language and addresses.
    pub page: PageView,
    /// The parcels.
    pub selection: SelectionView,
}

/// The page of chosen parcels: `/particelle?sel=`.
#[derive(Debug, Template)]
#[template(path = "place/selection.html")]
pub struct SelectionPage {
    /// What stands around the content.
    pub page: PageView,
    /// The parcels.
    pub selection: SelectionView,
}

/// The parcels in view, as checkboxes beside the map: `/particelle?bbox=`.
#[derive(Debug, Template)]
#[template(path = "place/in_view.html")]
pub struct InViewFragment {
    /// Language and addresses.
    pub page: PageView,
    /// The parcels, nearest to the middle first.
    pub parcels: Vec<ParcelView>,
    /// How many there are in all.
    pub total: usize,
    /// The same, formatted.
    pub total_text: String,
}
