//! Reports that a fact is wrong.

use askama::Template;

use super::{LayerChoiceView, PageView};

/// The form of a report, or its receipt.
#[derive(Debug, Template)]
#[template(path = "place/report.html")]
pub struct ReportPage {
    /// What stands around the content.
    pub page: PageView,
    /// The parcel that it is about.
    pub reference: String,
    /// The address of its page.
    pub parcel_url: String,
    /// Where the form goes.
    pub action: String,
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

/// A report in the list of the staff.
#[derive(Debug, Clone)]
pub struct ReportView {
    /// Its number.
    pub id: i64,
    /// When it arrived.
    pub day: String,
    /// The parcel that it is about.
    pub parcel: String,
    /// The address of the parcel's page.
    pub parcel_url: String,
    /// The layer that it is about.
    pub layer: Option<String>,
    /// What is wrong.
    pub text: String,
    /// Where to answer.
    pub contact: Option<String>,
    /// The facts as they were told, as JSON.
    pub evidence: String,
    /// Where its answer goes.
    pub action: String,
    /// What was done, by whom; none while it is open.
    pub answer: Option<String>,
}

/// The list of the staff.
#[derive(Debug, Template)]
#[template(path = "place/reports.html")]
pub struct ReportsPage {
    /// What stands around the content.
    pub page: PageView,
    /// Reports, open ones first.
    pub reports: Vec<ReportView>,
}
