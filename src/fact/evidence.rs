//! The version that an answer stands on.

use std::sync::Arc;

use crate::layer::Standing;
use crate::snapshot::{PartSnapshot, PlanSnapshot};

/// What an answer stands on.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// Number of the part.
    pub part_id: i64,
    /// Its version.
    pub version: i32,
    /// When it was loaded.
    pub loaded_at: jiff::Timestamp,
    /// When it was published.
    pub published_at: jiff::Timestamp,
    /// First day on which it is in force.
    pub valid_from: jiff::civil::Date,
    /// Last day, where it is known already what comes after it.
    pub valid_to: Option<jiff::civil::Date>,
    /// How it answers.
    pub standing: Standing,
    /// The plan version that it belongs to.
    pub plan: Option<Arc<PlanSnapshot>>,
    /// Features it has.
    pub features: usize,
}

impl Evidence {
    /// The evidence that a part is.
    pub fn of(part: &PartSnapshot) -> Self {
        Self {
            part_id: part.part_id,
            version: part.version,
            loaded_at: part.loaded_at,
            published_at: part.published_at,
            valid_from: part.valid_from,
            valid_to: part.valid_to,
            standing: part.standing,
            plan: part.plan.clone(),
            features: part.features.len(),
        }
    }
}
