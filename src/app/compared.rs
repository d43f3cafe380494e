//! Comparisons of certificates that were made already: anybody may ask for one again and again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::snapshot::Catalogue;

use super::office::Comparison;

/// Comparisons that are kept; with one more, all are forgotten.
const KEPT: usize = 1000;

/// Comparisons by the number of the certificate, each with the catalogue that it was made with.
#[derive(Default)]
pub(super) struct Comparisons(Mutex<HashMap<i64, (Weak<Catalogue>, Comparison)>>);

impl Comparisons {
    /// The comparison of a certificate with a catalogue, where it is known.
    pub(super) fn get(&self, certificate: i64, with: &Arc<Catalogue>) -> Option<Comparison> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (catalogue, comparison) = kept.get(&certificate)?;
        Weak::ptr_eq(catalogue, &Arc::downgrade(with)).then(|| comparison.clone())
    }

    /// Keeps a comparison until there is another catalogue.
    pub(super) fn keep(&self, certificate: i64, with: &Arc<Catalogue>, comparison: Comparison) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(certificate, (Arc::downgrade(with), comparison));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_kept_for_its_catalogue_alone() {
        let kept = Comparisons::default();
        let catalogue = Arc::new(Catalogue::default());
        assert_eq!(kept.get(1, &catalogue), None);
        kept.keep(1, &catalogue, Comparison::Newer);
        assert_eq!(kept.get(1, &catalogue), Some(Comparison::Newer));
        assert_eq!(kept.get(2, &catalogue), None);
        let other = Arc::new(Catalogue::default());
        assert_eq!(kept.get(1, &other), None);
        for certificate in 0..=KEPT as i64 {
            kept.keep(certificate, &other, Comparison::Same);
        }
        let count = kept.0.lock().expect("nobody panicked").len();
        assert!(count <= KEPT, "{count}");
    }
}
