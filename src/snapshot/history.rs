//! Parts that are no longer, or not yet, in force: read when somebody asks for their day.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::PgPool;
use tokio::sync::{OnceCell, Semaphore};

use crate::db::Tx;
use crate::layer::{AsOf, Definition, Definitions, PublishedPart};

use super::catalogue::Catalogue;
use super::error::Error;
use super::features::Features;
use super::read::read_features;
use super::refresh::{assemble, plan_snapshots, read_published, snapshot_of};
use super::sql;

/// Bytes of features that are kept when nobody uses them any more.
const KEPT_BYTES: usize = 256 << 20;

/// Parts that are read at once, whoever asks: the database has others to answer.
const READ_AT_ONCE: usize = 2;

/// The last parts asked for by date, up to a number of bytes; each is read once, however many
/// ask for it at the same time.
pub struct History {
    limit: usize,
    reading: Semaphore,
    parts: Mutex<Parts>,
}

#[derive(Default)]
struct Parts {
    /// Counts uses, to know the one that was used longest ago.
    uses: u64,
    slots: HashMap<i64, Slot>,
}

struct Slot {
    cell: Arc<OnceCell<Arc<Features>>>,
    used: u64,
}

impl Default for History {
    fn default() -> Self {
        Self::with_limit(KEPT_BYTES)
    }
}

impl History {
    /// A history that keeps at most so many bytes of features.
    pub fn with_limit(bytes: usize) -> Self {
        Self {
            limit: bytes,
            reading: Semaphore::new(READ_AT_ONCE),
            parts: Mutex::default(),
        }
    }

    /// Bytes of the features that are kept.
    pub fn bytes(&self) -> usize {
        self.lock().bytes()
    }

    /// Numbers of the parts that are kept, in ascending order.
    pub fn parts(&self) -> Vec<i64> {
        let parts = self.lock();
        let read = parts
            .slots
            .iter()
            .filter(|(_, slot)| slot.cell.initialized());
        let mut ids: Vec<i64> = read.map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids
    }

    /// What was in force in some territories as of a day and a moment.
    ///
    /// Features in `current` are used as they are; others are read from the database.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn look_back(
        &self,
        reader: &PgPool,
        definitions: &Definitions,
        current: &Catalogue,
        as_of: AsOf,
        territories: &[i64],
    ) -> Result<Catalogue, Error> {
        let mut read = {
            let mut tx = Tx::begin(reader).await?;
            let read = read_published(&mut tx, as_of, Some(territories)).await?;
            tx.commit().await?;
            read
        };
        let plans = plan_snapshots(current, &mut read)?;
        let in_memory = current.parts_by_id();
        let mut snapshots = Vec::with_capacity(read.parts.len());
        for part in &read.parts {
            // A layer that has no definition any more is not served.
            let Some(file) = definitions.get(&part.layer) else {
                continue;
            };
            let features = match in_memory.get(&part.part_id) {
                Some(known) => Arc::clone(&known.features),
                None => self.features(reader, &file.definition, part).await?,
            };
            snapshots.push(snapshot_of(part, features, &plans));
        }
        let catalogue = assemble(definitions, current, read, snapshots, as_of)?;
        Ok(catalogue.with_plans(plans))
    }

    async fn features(
        &self,
        reader: &PgPool,
        definition: &Definition,
        part: &PublishedPart,
    ) -> Result<Arc<Features>, Error> {
        let cell = self.lock().cell(part.part_id);
        let read = async {
            let _permit = self.reading.acquire().await;
            let mut tx = Tx::begin(reader).await?;
            sqlx::query(sql::ALLOW_LONG_READS).execute(&mut *tx).await?;
            let features = read_features(&mut tx, definition, part).await?;
            tx.commit().await?;
            Ok::<_, Error>(features)
        };
        // Whoever comes first reads, the others wait; when it fails the next one tries.
        let features = Arc::clone(cell.get_or_try_init(|| read).await?);
        self.lock().shrink(self.limit);
        Ok(features)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Parts {
    fn cell(&mut self, part_id: i64) -> Arc<OnceCell<Arc<Features>>> {
        self.uses += 1;
        let used = self.uses;
        let slot = self.slots.entry(part_id).or_insert_with(|| Slot {
            cell: Arc::default(),
            used,
        });
        slot.used = used;
        Arc::clone(&slot.cell)
    }

    fn bytes(&self) -> usize {
        let read = self.slots.values().filter_map(|slot| slot.cell.get());
        read.map(|features| features.bytes()).sum()
    }

    /// Forgets what was used longest ago until the rest fits. What somebody still uses lives
    /// until that ends; what nobody came to read is forgotten too.
    fn shrink(&mut self, limit: usize) {
        self.slots
            .retain(|_, slot| slot.cell.initialized() || Arc::strong_count(&slot.cell) > 1);
        let mut bytes = self.bytes();
        while bytes > limit {
            let read = self
                .slots
                .iter()
                .filter(|(_, slot)| slot.cell.initialized());
            let Some((id, size)) = read
                .min_by_key(|(_, slot)| slot.used)
                .map(|(id, slot)| (*id, slot.cell.get().map_or(0, |features| features.bytes())))
            else {
                return;
            };
            self.slots.remove(&id);
            bytes -= size;
        }
    }
}
