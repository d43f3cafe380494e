//! Other looks at a comune's map than what is in force today: another day, what is adopted.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use jiff::civil::Date;

use crate::layer::{Standing, parse_day};
use crate::place::Comune;

use super::catalogue::{Catalogue, LayerEntry};

/// Looks that are kept: each shares its features with others, and costs little.
const KEPT: usize = 16;

/// What a map shows in place of what is in force today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// What is in force on a day.
    Day(Date),
    /// What adopted plans say, and nothing else.
    Adopted,
}

impl Look {
    /// The look of a word in an address: a day, or `adottato`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "adottato" => Some(Self::Adopted),
            day => parse_day(day).map(Self::Day),
        }
    }
}

impl fmt::Display for Look {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(out, "{day}"),
            Self::Adopted => out.write_str("adottato"),
        }
    }
}

struct Kept {
    territory_id: i64,
    look: Look,
    /// The catalogue in use when it was made: with another one it may be another.
    current: Weak<Catalogue>,
    catalogue: Arc<Catalogue>,
}

/// The looks that were asked for last, so that their tiles need not be put together each time.
#[derive(Default)]
pub struct Looks {
    kept: Mutex<Vec<Kept>>,
}

impl Looks {
    /// The catalogue of a look, where it was made beside the one that is in use.
    pub fn find(
        &self,
        current: &Arc<Catalogue>,
        comune: &Comune,
        look: Look,
    ) -> Option<Arc<Catalogue>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let current = Arc::downgrade(current);
        kept.retain(|one| Weak::ptr_eq(&one.current, &current));
        let found = kept
            .iter()
            .position(|one| one.territory_id == comune.id && one.look == look)?;
        let one = kept.remove(found);
        let catalogue = Arc::clone(&one.catalogue);
        kept.push(one);
        Some(catalogue)
    }

    /// Keeps the catalogue of a look; the one that was asked for longest ago goes.
    pub fn keep(
        &self,
        current: &Arc<Catalogue>,
        comune: &Comune,
        look: Look,
        catalogue: &Arc<Catalogue>,
    ) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(Kept {
            territory_id: comune.id,
            look,
            current: Arc::downgrade(current),
            catalogue: Arc::clone(catalogue),
        });
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
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

#[cfg(test)]
mod tests {
    use super::Look;

    #[test]
    fn words_of_looks_lead_back_to_them() {
        for word in ["adottato", "2020-02-29"] {
            assert_eq!(
                Look::from_word(word).map(|look| look.to_string()),
                Some(word.to_owned())
            );
        }
        for wrong in ["", "oggi", "2020-02-30", "2020-2-1", "adopted"] {
            assert_eq!(Look::from_word(wrong), None, "{wrong}");
        }
    }
}
