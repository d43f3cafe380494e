//! What is true of a place, layer by layer, as card and page show it.

use super::{DataView, PageView};
use crate::text::Value;

/// An article of the rules, as it is linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleView {
    /// `art. 24`.
    pub name: String,
    /// The address of its text; none where the rules are not loaded.
    pub url: Option<String>,
    /// Its text, as HTML that holds nothing but text, tables and links; on pages, for zones.
    pub text: Option<String>,
}

/// A piece of the place: a zone, or a constraint.
#[derive(Debug, Clone)]
pub struct PieceView {
    /// The key of its feature, for the map.
    pub key: String,
    /// The address of the zone's page; none for what is no zone.
    pub url: Option<String>,
    /// What it is: `B1 · Residenziale di completamento`.
    pub name: String,
    /// `87,3 %`; none for what has no share.
    pub percent: Option<String>,
    /// `1.083 m²`, a length, or a number of points; none for a place.
    pub measure: Option<String>,
    /// Colour of its share in the bar.
    pub fill: &'static str,
    /// Its articles.
    pub articles: Vec<ArticleView>,
    /// Further values with their names.
    pub values: Vec<(String, String)>,
}

/// A part of the bar of shares: where it begins and how long it is, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BarPart {
    /// Where it begins.
    pub from: u32,
    /// How long it is.
    pub length: u32,
    /// Its colour.
    pub fill: &'static str,
}

/// A layer that has something here.
#[derive(Debug, Clone)]
pub struct LayerHitView {
    /// The id of the layer, for the map.
    pub layer: String,
    /// Its title.
    pub title: String,
    /// What is here, the largest first.
    pub pieces: Vec<PieceView>,
    /// What no zone covers: percentage and area.
    pub remainder: Option<(String, String)>,
    /// How many slivers are left out.
    pub slivers: usize,
    /// The shares as a bar; empty where there are none.
    pub bar: Vec<BarPart>,
    /// How much of the place the map covers, where it is not all.
    pub covered: Option<String>,
    /// What the answer stands on.
    pub data: Option<DataView>,
    /// The address of the form to contest it.
    pub contest_url: Option<String>,
}

impl LayerHitView {
    /// Returns the bar in words, for who does not see it.
    #[must_use]
    pub fn bar_words(&self) -> String {
        let parts: Vec<String> = self
            .pieces
            .iter()
            .filter_map(|piece| Some(format!("{} {}", piece.name, piece.percent.as_ref()?)))
            .collect();
        parts.join(", ")
    }
}

/// Layers of one theme that have something here.
#[derive(Debug, Clone)]
pub struct HitThemeView {
    /// The title of the theme.
    pub title: String,
    /// Its layers.
    pub layers: Vec<LayerHitView>,
}

/// What an adopted plan says of the place, beside what is in force.
#[derive(Debug, Clone)]
pub struct AdoptedView {
    /// Name of the version.
    pub plan: String,
    /// Day of its adoption, in full.
    pub since: Option<String>,
    /// Last day of salvaguardia, in full.
    pub until: Option<String>,
    /// What it says.
    pub hit: LayerHitView,
}

impl AdoptedView {
    /// Returns what the adoption means, with its days.
    #[must_use]
    pub fn note(&self, page: &PageView) -> String {
        let mut text = match &self.since {
            Some(day) => page.t1("facts-adopted-since", "day", day),
            None => page.t("facts-adopted-note"),
        };
        if let Some(day) = &self.until {
            text.push(' ');
            text.push_str(&page.t1("facts-adopted-until", "day", day));
        }
        text
    }
}

/// A layer of which there is a word to say.
#[derive(Debug, Clone)]
pub struct LayerLineView {
    /// Its title.
    pub title: String,
    /// Its answer in words, or why it has none.
    pub words: String,
    /// What the answer stands on.
    pub data: Option<DataView>,
}

/// What is true of a place.
#[derive(Debug, Clone, Default)]
pub struct FactsView {
    /// The zones of the plan.
    pub zones: Vec<LayerHitView>,
    /// What adopted plans say beside them.
    pub adopted: Vec<AdoptedView>,
    /// Everything else that is here, theme by theme.
    pub themes: Vec<HitThemeView>,
    /// Layers with a map of the place and nothing to tell but that.
    pub checked: Vec<LayerLineView>,
    /// Layers without a map, or unreadable ones.
    pub missing: Vec<LayerLineView>,
    /// The address of the pieces as GeoJSON, which the map colours.
    pub pieces_url: Option<String>,
}

impl FactsView {
    /// Returns the heading of what was checked and found empty, with how many.
    #[must_use]
    pub fn checked_heading(&self, page: &PageView) -> String {
        count(page, "facts-checked", self.checked.len())
    }

    /// Returns the heading of what there is no map of, with how many.
    #[must_use]
    pub fn missing_heading(&self, page: &PageView) -> String {
        count(page, "facts-missing", self.missing.len())
    }

    /// Returns how many constraints and hazards are here.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.themes.iter().map(|theme| theme.layers.len()).sum()
    }

    /// Returns the zones and the number of other hits in one breath, for a screen reader.
    #[must_use]
    pub fn spoken(&self, page: &PageView) -> Option<String> {
        let zones: Vec<&str> = self
            .zones
            .iter()
            .flat_map(|layer| &layer.pieces)
            .map(|piece| piece.name.as_str())
            .collect();
        let mut parts = Vec::new();
        if !zones.is_empty() {
            parts.push(page.t1("facts-spoken-zones", "zones", zones.join("; ")));
        }
        if self.hits() > 0 {
            parts.push(page.tn("facts-spoken-hits", self.hits()));
        }
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

fn count(page: &PageView, key: &str, count: usize) -> String {
    page.lang.text_with(key, &[("count", Value::from(count))])
}
