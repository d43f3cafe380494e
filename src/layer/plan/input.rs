//! What is given to be recorded of plans, and why it may be refused.

use jiff::civil::Date;

use crate::db::Ewkb;
use crate::job;

use super::status::{ActKind, PlanKind};
use crate::layer::publication::PublishError;

/// Bytes of a document of norms at most.
pub const MAX_DOCUMENT_BYTES: usize = 64 << 20;

/// Why nothing was recorded of a plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// There is no such version.
    #[error("plan {plan} has no version '{version}' here")]
    NoSuchVersion {
        /// Word of the plan.
        plan: String,
        /// Word of the version.
        version: String,
    },
    /// The version exists already.
    #[error("plan {plan} has a version '{version}' already")]
    VersionExists {
        /// Word of the plan.
        plan: String,
        /// Word of the version.
        version: String,
    },
    /// The words of plan or version cannot stand in a URL.
    #[error("'{0}' is no word of small letters, digits and hyphens")]
    BadWord(String),
    /// A general version has no perimeter, a variant has one.
    #[error("version '{version}' is {kind}: {rule}")]
    Perimeter {
        /// Word of the version.
        version: String,
        /// Its kind.
        kind: &'static str,
        /// What holds for that kind.
        rule: &'static str,
    },
    /// A published version is complete.
    #[error("version '{0}' is published: its parts cannot change")]
    Complete(String),
    /// It has no parts.
    #[error("version '{0}' has no parts: add the layers that belong to it")]
    NoParts(String),
    /// A part has errors.
    #[error("version '{version}' cannot be published: the report of {layers} has errors")]
    HasErrors {
        /// Word of the version.
        version: String,
        /// Its layers with errors.
        layers: String,
    },
    /// Nothing says from when it counts.
    #[error(
        "version '{0}' has neither an act of adoption nor one of publication: record one, or say from which day it is in force"
    )]
    NoDay(String),
    /// It is not published.
    #[error("version '{0}' is not published")]
    NotPublished(String),
    /// There is no such act or publication to cancel.
    #[error("version '{version}' has no {what} {id} that could be cancelled")]
    NoSuchAct {
        /// Word of the version.
        version: String,
        /// `act` or `publication`.
        what: &'static str,
        /// Its number.
        id: i64,
    },
    /// It was cancelled already.
    #[error("{what} {id} of version '{version}' was cancelled already")]
    Cancelled {
        /// Word of the version.
        version: String,
        /// `act` or `publication`.
        what: &'static str,
        /// Its number.
        id: i64,
    },
    /// An article cannot be recorded.
    #[error("article '{article}': {reason}")]
    Norm {
        /// Its code.
        article: String,
        /// What is wrong.
        reason: String,
    },
    /// A part is not there.
    #[error(transparent)]
    Part(#[from] PublishError),
    /// The announcement failed.
    #[error(transparent)]
    Announce(#[from] job::Error),
    /// The transaction failed.
    #[error(transparent)]
    Transaction(#[from] crate::db::Error),
    /// The database failed.
    #[error("plans in the database")]
    Database(#[from] sqlx::Error),
}

/// A version of a plan to be recorded.
#[derive(Debug, Clone)]
pub struct NewPlanVersion {
    /// Territory.
    pub territory_id: i64,
    /// Word of the plan; a plan that is not there yet is recorded too.
    pub plan: String,
    /// Name of the plan, for a new one.
    pub plan_title: String,
    /// Word of the version.
    pub code: String,
    /// What it is.
    pub kind: PlanKind,
    /// Its name.
    pub title: String,
    /// MultiPolygon in the storage CRS inside which it counts.
    pub perimeter: Option<Ewkb>,
    /// Who records.
    pub by: String,
}

/// An act to be recorded.
#[derive(Debug, Clone)]
pub struct NewAct {
    /// What it is.
    pub kind: ActKind,
    /// Number in its register.
    pub number: Option<String>,
    /// Its date.
    pub date: Date,
    /// Who decided.
    pub body: Option<String>,
    /// What else is to be known.
    pub note: Option<String>,
}

/// A document of norms.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// Its name for people.
    pub name: String,
    /// A PDF; only its first bytes are looked at.
    pub content: Vec<u8>,
}

/// An article to be recorded: with its text, its place in a document, or both.
#[derive(Debug, Clone)]
pub struct NewNorm {
    /// Its code, as features name it.
    pub article: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub markdown: Option<String>,
    /// SHA-256 and name of a document that was stored.
    pub document: Option<(Vec<u8>, String)>,
    /// Page of the document, from 1.
    pub page: Option<i32>,
}
