//! Parts on the grids of metric tile matrix sets: made when somebody asks for their tiles.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OnceCell, Semaphore};

use crate::geo::MatrixSet;
use crate::layer::DefinitionFile;

use super::catalogue::PartSnapshot;
use super::error::Error;
use super::features::Features;

/// Bytes of features that are kept when nobody draws them any more.
const KEPT_BYTES: usize = 256 << 20;

/// A part, the text of its definition, and the set.
type Key = (i64, [u8; 32], MatrixSet);

/// The last parts asked for in metric sets, up to a number of bytes; each is made once, however
/// many ask for it at the same time, and one after the other: making one takes a core for as long
/// as a publication does, and the tiles of web Mercator go first.
pub struct Projections {
    limit: usize,
    making: Semaphore,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// Counts uses, to know the one that was used longest ago.
    uses: u64,
    slots: HashMap<Key, Slot>,
}

struct Slot {
    cell: Arc<OnceCell<Arc<Features>>>,
    used: u64,
}

impl Default for Projections {
    fn default() -> Self {
        Self::with_limit(KEPT_BYTES)
    }
}

impl Projections {
    /// One that keeps at most so many bytes of features.
    pub fn with_limit(bytes: usize) -> Self {
        Self {
            limit: bytes,
            making: Semaphore::new(1),
            kept: Mutex::default(),
        }
    }

    /// Bytes of the features that are kept; what they share with those on the map counts too.
    pub fn bytes(&self) -> usize {
        self.lock().bytes()
    }

    /// A part as the tiles of a set draw it; of web Mercator, the part itself.
    ///
    /// # Errors
    /// [`Error::Build`] when its coordinates cannot be brought into the set's system.
    pub async fn on_grid_of(
        &self,
        set: MatrixSet,
        file: &Arc<DefinitionFile>,
        part: &Arc<PartSnapshot>,
    ) -> Result<Arc<PartSnapshot>, Error> {
        if set == MatrixSet::WebMercator {
            return Ok(Arc::clone(part));
        }
        let key = (part.part_id, file.sha256, set);
        let cell = self.lock().cell(key);
        let make = || async {
            let _place = self
                .making
                .acquire()
                .await
                .map_err(|_| Error::Interrupted)?;
            let (file, part) = (Arc::clone(file), Arc::clone(part));
            tokio::task::spawn_blocking(move || {
                let features = part.features.on_grid_of(set, part.srid, &file.definition);
                features.map(Arc::new).map_err(Error::from)
            })
            .await
            .map_err(|_| Error::Interrupted)?
        };
        let features = Arc::clone(cell.get_or_try_init(make).await?);
        self.lock().make_room(self.limit);
        Ok(Arc::new(part.with_features(features)))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn cell(&mut self, key: Key) -> Arc<OnceCell<Arc<Features>>> {
        self.uses += 1;
        let slot = self.slots.entry(key).or_insert_with(|| Slot {
            cell: Arc::default(),
            used: 0,
        });
        slot.used = self.uses;
        Arc::clone(&slot.cell)
    }

    fn bytes(&self) -> usize {
        let made = self.slots.values().filter_map(|slot| slot.cell.get());
        made.map(|features| features.bytes()).sum()
    }

    /// Lets go of those used longest ago, but never of the last one.
    fn make_room(&mut self, limit: usize) {
        while self.bytes() > limit {
            let mut made: Vec<(u64, Key)> = self
                .slots
                .iter()
                .filter(|(_, slot)| slot.cell.initialized())
                .map(|(key, slot)| (slot.used, *key))
                .collect();
            made.sort_unstable();
            let [oldest, _, ..] = made.as_slice() else {
                return;
            };
            self.slots.remove(&oldest.1);
        }
    }
}
