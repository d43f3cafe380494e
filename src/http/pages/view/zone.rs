//! What the templates of zones show.

use askama::Template;

use super::{DataView, PageView};

/// A zone in the list of all.
#[derive(Debug, Clone)]
pub struct ZoneLine {
    /// Its code.
    pub code: String,
    /// What it is.
    pub name: Option<String>,
    /// Its colour on the map.
    pub fill: &'static str,
    /// Its share of the territory.
    pub share: String,
    /// Its area.
    pub area: String,
    /// The address of its page.
    pub url: String,
}

/// The zones of the plan: `/zone`.
#[derive(Debug, Template)]
#[template(path = "zone/zones.html")]
pub struct ZonesPage {
    /// What stands around the content.
    pub page: PageView,
    /// The zones, by their codes.
    pub zones: Vec<ZoneLine>,
}

/// An area of a zone.
#[derive(Debug, Clone)]
pub struct ZoneAreaView {
    /// How large it is.
    pub area: String,
    /// The place name that lies nearest.
    pub near: Option<String>,
    /// The address of the map there.
    pub map_url: String,
}

/// An article that a zone refers to.
#[derive(Debug, Clone)]
pub struct ZoneArticle {
    /// Number and title.
    pub name: String,
    /// The address of its page.
    pub url: Option<String>,
    /// Its text as HTML that holds nothing but text, tables and links.
    pub text: Option<String>,
}

/// A zone of the plan: `/zona/{code}`.
#[derive(Debug, Template)]
#[template(path = "zone/zone.html")]
pub struct ZonePage {
    /// What stands around the content.
    pub page: PageView,
    /// Its code in a heading.
    pub heading: String,
    /// What it is.
    pub name: Option<String>,
    /// Its homogeneous zone, in words.
    pub class: Option<String>,
    /// Its share of the territory.
    pub share: String,
    /// Its area.
    pub area: String,
    /// How many areas it has.
    pub count: usize,
    /// How many of them are listed at most.
    pub listed: usize,
    /// Where it is, as SVG.
    pub map: String,
    /// Its largest areas.
    pub areas: Vec<ZoneAreaView>,
    /// Its articles.
    pub articles: Vec<ZoneArticle>,
    /// What the answer stands on.
    pub data: DataView,
    /// The address of the layer's page.
    pub layer_url: String,
}
