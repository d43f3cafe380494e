//! What the pages of prints and certificates show.

use askama::Template;

use super::PageView;

/// A value to choose in a form.
#[derive(Debug, Clone)]
pub struct ChoiceView {
    /// The value.
    pub value: String,
    /// What people read.
    pub label: String,
    /// True for the one that is chosen.
    pub chosen: bool,
}

/// The form of a print to scale.
#[derive(Template)]
#[template(path = "document/print.html")]
pub struct PrintPage {
    /// What stands around it.
    pub page: PageView,
    /// Where the form goes.
    pub action: String,
    /// Kinds of paper.
    pub papers: Vec<ChoiceView>,
    /// Scales.
    pub scales: Vec<ChoiceView>,
    /// Longitude and latitude, as given.
    pub centre: String,
    /// Parcels, as given.
    pub parcels: String,
    /// Layers, as given.
    pub layers: String,
    /// Title, as given.
    pub heading: String,
    /// Day on which it shows what was in force; empty for today.
    pub date: String,
}

/// The officer's form of a certificate.
#[derive(Template)]
#[template(path = "document/certificate.html")]
pub struct CertificatePage {
    /// What stands around it.
    pub page: PageView,
    /// Where the form goes.
    pub action: String,
    /// What is wrong with what was sent.
    pub problem: Option<String>,
    /// Parcels, as given.
    pub parcels: String,
    /// Who asks, as given.
    pub applicant: String,
    /// Number of the request, as given.
    pub number: String,
    /// Day of the request, as given.
    pub date: String,
}

/// The form of a verification code.
#[derive(Template)]
#[template(path = "document/verify_form.html")]
pub struct VerifyFormPage {
    /// What stands around it.
    pub page: PageView,
    /// The code, as given.
    pub code: String,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// A file of a certificate.
#[derive(Debug, Clone)]
pub struct FileView {
    /// What it is.
    pub kind: String,
    /// Its SHA-256 in hexadecimal digits.
    pub hash: String,
    /// When it was recorded.
    pub date: String,
}

/// A difference between a certificate and today.
#[derive(Debug, Clone)]
pub struct ChangeView {
    /// The parcel.
    pub parcel: String,
    /// Name of the layer.
    pub layer: String,
    /// What was certified.
    pub then: String,
    /// What is so today.
    pub now: String,
}

/// The page of a certificate.
#[derive(Template)]
#[template(path = "document/verify.html")]
pub struct VerifyPage {
    /// What stands around it.
    pub page: PageView,
    /// Its code.
    pub code: String,
    /// Its own address.
    pub base: String,
    /// Whether it is in time, in words.
    pub state: String,
    /// True when it is in time and nothing changed.
    pub is_good: bool,
    /// How it stands to today, in words.
    pub comparison: String,
    /// True when something is different today.
    pub is_changed: bool,
    /// What is different.
    pub changes: Vec<ChangeView>,
    /// Name of the comune.
    pub comune: String,
    /// Day of issue.
    pub issued: String,
    /// Last day of validity.
    pub until: String,
    /// Parcels.
    pub parcels: Vec<String>,
    /// Files.
    pub files: Vec<FileView>,
    /// True when a signed file is recorded.
    pub is_signed: bool,
    /// What was found about an uploaded file: whether it is good, and a sentence.
    pub said: Option<(bool, String)>,
    /// True for officers.
    pub may_certify: bool,
}
