//! What adopted plans say, as a catalogue of its own.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::layer::Standing;

use super::catalogue::{Catalogue, LayerEntry};

/// The catalogue of what is adopted beside the one in use, made when it is first asked for.
#[derive(Default)]
pub struct Adopted {
    kept: Mutex<Option<(Weak<Catalogue>, Arc<Catalogue>)>>,
}

impl Adopted {
    /// What adopted plans say beside the catalogue in use, and nothing else.
    pub fn beside(&self, current: &Arc<Catalogue>) -> Arc<Catalogue> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let beside = Arc::downgrade(current);
        if let Some((made_beside, adopted)) = kept.as_ref()
            && Weak::ptr_eq(made_beside, &beside)
        {
            return Arc::clone(adopted);
        }
        let adopted = Arc::new(current.adopted_only());
        *kept = Some((beside, Arc::clone(&adopted)));
        adopted
    }
}

impl Catalogue {
    /// The same with what adopted plans say, and nothing else.
    #[must_use]
    pub fn adopted_only(&self) -> Self {
        let layers = self.layers().iter().map(|entry| LayerEntry {
            file: Arc::clone(&entry.file),
            parts: entry
                .beside
                .iter()
                .filter(|part| part.standing == Standing::Adopted)
                .cloned()
                .collect(),
            beside: Vec::new(),
        });
        Self::new(
            self.comuni().to_vec(),
            self.boundaries().to_vec(),
            layers.collect(),
        )
    }
}
