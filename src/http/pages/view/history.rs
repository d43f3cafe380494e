//! A parcel through time.

use askama::Template;

use super::PageView;

/// A link with its name.
#[derive(Debug, Clone)]
pub struct LinkView {
    /// Its address.
    pub url: String,
    /// Its name.
    pub name: String,
}

/// A step of a parcel's lineage.
#[derive(Debug, Clone)]
pub struct HistoryStepView {
    /// When it was found out.
    pub day: String,
    /// What happened.
    pub words: String,
    /// The parcel it was made from, when it is another.
    pub from: Option<LinkView>,
    /// The parcel it became, when it is another.
    pub to: Option<LinkView>,
    /// Versions of the cadastre before and after.
    pub versions: String,
}

/// A plan version that the parcel lay, or lies, under.
#[derive(Debug, Clone)]
pub struct HistoryPlanView {
    /// Name of the plan.
    pub plan: String,
    /// Name of the version.
    pub title: String,
    /// Where it stands.
    pub status: String,
    /// From when, in full.
    pub from: Option<String>,
    /// The parcel's page on that day.
    pub url: Option<String>,
}

/// The page `/particella/{reference}/storia`.
#[derive(Debug, Template)]
#[template(path = "place/history.html")]
pub struct HistoryPage {
    /// What stands around the content.
    pub page: PageView,
    /// The parcel.
    pub reference: String,
    /// The address of its page, while it is in the cadastre.
    pub parcel_url: Option<String>,
    /// Steps of its lineage.
    pub steps: Vec<HistoryStepView>,
    /// Plan versions.
    pub plans: Vec<HistoryPlanView>,
}
