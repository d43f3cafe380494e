//! Plans: versions that group parts, acts and norms, published whole or not at all.
//!
//! A publication is one row, whatever the number of parts: there is no moment at which half of
//! a version is in force. Which versions are adopted, in force, replaced or withdrawn follows
//! from publications and from the dates of acts.

mod input;
mod markdown;
mod read;
mod record;
mod sql;
mod status;

pub use input::{MAX_DOCUMENT_BYTES, NewAct, NewDocument, NewNorm, NewPlanVersion, PlanError};
pub use markdown::{html_line, markdown_html};
pub use read::{
    ArticleTitle, Norm, NormDocument, PlanAct, PlanMember, PlanPublication, PlanVersion, document,
    norm, plan_version, plan_versions,
};
pub use record::{
    add_norm, add_plan_part, cancel_plan_act, cancel_plan_publication, create_plan_version,
    publish_plan, record_plan_act, withdraw_plan,
};
pub use status::{ActKind, LegalStatus, PlanDates, PlanKind, Salvaguardia, salvaguardia};

pub(crate) use sql::ALL as STATEMENTS;
