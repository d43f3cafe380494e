//! Reports that a fact is wrong.

use askama::Template;

use super::{LayerChoiceView, PageView};

/// The form of a report, or its receipt.
#[derive(Debug, Template)]
#[template(path = "place/report.html")]
pub struct ReportPage {
    /// What stands around the content.
    pub page: PageView,
    /// What it is about, in words: a parcel, or a position.
    pub subject: String,
    /// The address of the page with the facts.
    pub subject_url: String,
    /// Where the form goes.
    pub action: String,
    /// The place that was clicked, longitude and latitude, where there is one.
    pub place: Option<(String, String)>,
    /// Layers that it may be about.
    pub layers: Vec<LayerChoiceView>,
    /// What was written already.
    pub text: String,
    /// Where to answer.
    pub contact: String,
    /// The number of the report that was just sent.
    pub sent: Option<i64>,
    /// What is wrong with what was written.
    pub fault: Option<String>,
}

/// A report in a list.
#[derive(Debug, Clone)]
pub struct ReportLine {
    /// Its number.
    pub id: i64,
    /// The address of its page.
    pub url: String,
    /// When it arrived.
    pub at: String,
    /// What it is about: a parcel, or a position.
    pub subject: String,
    /// The address of the page with the facts.
    pub subject_url: String,
    /// The address of the map there.
    pub map_url: String,
    /// The layer that it is about.
    pub layer: Option<String>,
    /// What is wrong.
    pub text: String,
    /// Where to answer.
    pub contact: Option<String>,
}

/// The list of the staff.
#[derive(Debug, Template)]
#[template(path = "gis/reports.html")]
pub struct StaffReportsPage {
    /// What stands around the content.
    pub page: PageView,
    /// The address of the list.
    pub base: String,
    /// Whether those that are answered are shown.
    pub answered: bool,
    /// How many are open.
    pub open_count: i64,
    /// How many are answered.
    pub answered_count: i64,
    /// The newest.
    pub reports: Vec<ReportLine>,
}

/// What the card said of a layer.
#[derive(Debug, Clone, Default)]
pub struct ToldLayer {
    /// Its title.
    pub title: String,
    /// Its answer in a word, in the language of the page.
    pub status: String,
    /// What was there.
    pub pieces: Vec<String>,
    /// The version that answered.
    pub version: Option<String>,
    /// Whether the report is about it.
    pub contested: bool,
}

/// A report, for the staff.
#[derive(Debug, Template)]
#[template(path = "gis/reported.html")]
pub struct StaffReportPage {
    /// What stands around the content.
    pub page: PageView,
    /// The report.
    pub report: ReportLine,
    /// What the card said, what is contested first.
    pub told: Vec<ToldLayer>,
    /// The same as JSON.
    pub evidence: String,
    /// Where the answer goes.
    pub action: String,
    /// What was done, by whom, and when; none while it is open.
    pub answer: Option<(String, String, String)>,
    /// What is wrong with the answer that was written.
    pub fault: Option<String>,
}
