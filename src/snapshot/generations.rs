//! The catalogue in use, and those it replaced.

use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use jiff::{SignedDuration, Timestamp};

use crate::place::Comune;

use super::catalogue::Catalogue;

/// How long tiles of a replaced version are still served: maps that are open go on meanwhile.
const GRACE: SignedDuration = SignedDuration::from_mins(15);

/// Replaced catalogues kept at most, however short the time between publications.
const KEPT: usize = 32;

/// Catalogues of other days that are kept, so that their tiles ask the database nothing.
const OTHER_DAYS: usize = 4;

/// What a version in a tile's URL leads to.
pub enum Served {
    /// The version in use.
    Current(Arc<Catalogue>),
    /// A version replaced less than a quarter of an hour ago.
    Replaced(Arc<Catalogue>),
    /// A version that is not known here, or no more.
    Unknown,
}

/// A clock that was set back makes nothing old.
fn is_recent(since: Timestamp, now: Timestamp) -> bool {
    now.duration_since(since) < GRACE
}

/// The catalogue in use, swapped whole, and those it replaced in the last quarter of an hour.
#[derive(Default)]
pub struct Generations {
    current: ArcSwap<Catalogue>,
    replaced: Mutex<Vec<(Timestamp, Arc<Catalogue>)>>,
    /// Those of other days that somebody looks at, the last one asked for at the end.
    other_days: Mutex<Vec<(Timestamp, Arc<Catalogue>)>>,
}

impl Generations {
    /// The catalogue in use.
    pub fn current(&self) -> Arc<Catalogue> {
        self.current.load_full()
    }

    /// Puts a catalogue into use. Readers keep the one they began with.
    pub fn replace(&self, catalogue: Catalogue, now: Timestamp) {
        let old = self.current.swap(Arc::new(catalogue));
        let mut replaced = self
            .replaced
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        replaced.push((now, old));
        replaced.retain(|(since, _)| is_recent(*since, now));
        let surplus = replaced.len().saturating_sub(KEPT);
        replaced.drain(..surplus);
    }

    /// Keeps a catalogue of another day for those who ask for its tiles next.
    pub fn remember(&self, catalogue: &Arc<Catalogue>, now: Timestamp) {
        let mut days = self
            .other_days
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        days.retain(|(since, known)| is_recent(*since, now) && !Arc::ptr_eq(known, catalogue));
        days.push((now, Arc::clone(catalogue)));
        let surplus = days.len().saturating_sub(OTHER_DAYS);
        days.drain(..surplus);
    }

    /// The catalogue that a version of a comune's map belongs to.
    pub fn with_version(&self, comune: &Comune, version: &str, now: Timestamp) -> Served {
        let current = self.current();
        if current.map_version(comune) == version {
            return Served::Current(current);
        }
        let replaced = self
            .replaced
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let days = self
            .other_days
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        replaced
            .iter()
            .chain(days.iter())
            .rev()
            .find(|(since, catalogue)| {
                is_recent(*since, now) && catalogue.map_version(comune) == version
            })
            .map_or(Served::Unknown, |(_, catalogue)| {
                Served::Replaced(Arc::clone(catalogue))
            })
    }
}
