//! The version that an answer stands on.

use crate::snapshot::PartSnapshot;

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
            features: part.features.len(),
        }
    }
}
