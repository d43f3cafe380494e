//! Live layers: who completes their rows, and when they are looked at.
//!
//! An instance that changed something itself shows it at once: whatever may have written calls
//! [`App::touch_live`], and the next request for a live layer looks at the database first.
//! Others are woken by the announcement; where it is lost they look every five seconds.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use tokio::sync::Mutex;

use crate::db::Tx;
use crate::layer::Definitions;
use crate::practice::{ON_MAP, complete_on_map, procedures_on_map};
use crate::snapshot::{self, LiveLayer, RawLive};

use super::open::App;

/// All live layers, and how current they are.
pub(super) struct LiveLayers {
    layers: Vec<ArcSwap<LiveLayer>>,
    /// Counts what may have changed them here.
    touched: AtomicU64,
    /// The count that was reached when the last look began.
    seen: AtomicU64,
    looking: Mutex<()>,
}

impl LiveLayers {
    pub(super) fn new(definitions: &Definitions) -> Self {
        let empty = |file| ArcSwap::from_pointee(LiveLayer::empty(Arc::clone(file)));
        Self {
            layers: definitions.live().iter().map(empty).collect(),
            touched: AtomicU64::new(0),
            seen: AtomicU64::new(0),
            looking: Mutex::new(()),
        }
    }
}

impl App {
    /// Live layers as they were last seen, in the order of their files.
    pub fn live(&self) -> Vec<Arc<LiveLayer>> {
        let layers = self.live_layers().layers.iter();
        layers.map(ArcSwap::load_full).collect()
    }

    /// A live layer as it is now: what this instance wrote before is in it.
    ///
    /// While the database does not answer it is what was last seen.
    pub async fn live_layer(&self, id: &str) -> Option<Arc<LiveLayer>> {
        let live = self.live_layers();
        let slot = live
            .layers
            .iter()
            .find(|slot| slot.load().file.definition.id == id)?;
        if live.seen.load(Ordering::Acquire) < live.touched.load(Ordering::Acquire)
            && let Err(error) = self.look(true).await
        {
            tracing::warn!(error = ?error, "a live layer is shown as it was");
        }
        Some(slot.load_full())
    }

    /// Says that this instance may have changed what live layers show.
    pub fn touch_live(&self) {
        self.live_layers().touched.fetch_add(1, Ordering::AcqRel);
    }

    /// Looks at all live layers.
    ///
    /// # Errors
    /// [`snapshot::Error`]; what was seen last stays.
    pub async fn refresh_live(&self) -> Result<(), snapshot::Error> {
        self.look(false).await
    }

    /// Looks, one at a time; `if_touched` leaves it when another has looked in the meantime.
    async fn look(&self, if_touched: bool) -> Result<(), snapshot::Error> {
        let live = self.live_layers();
        let _one = live.looking.lock().await;
        let touched = live.touched.load(Ordering::Acquire);
        if if_touched && live.seen.load(Ordering::Acquire) >= touched {
            return Ok(());
        }
        if !live.layers.is_empty() {
            // The view names persons, which the reader's role may not see.
            // How isolated a transaction is must be said before anything is asked in it.
            let mut tx = Tx::begin(&self.databases().writer).await?;
            snapshot::look_at_one_moment(&mut tx).await?;
            tx.see_all().await?;
            let procedures = procedures_on_map(&mut tx, self.pinned(), &self.procedures())
                .await
                .unwrap_or_else(|error| {
                    tracing::warn!(error = ?error, "practices are shown without a state");
                    HashMap::new()
                });
            let procedures = &procedures;
            for slot in &live.layers {
                let current = slot.load_full();
                let view = current.file.view.clone();
                let complete = move |row: &mut RawLive| {
                    if view == ON_MAP {
                        complete_on_map(row, procedures);
                    }
                };
                let renewed = snapshot::refresh_live(&mut tx, &current, &complete).await?;
                if let Some(renewed) = renewed {
                    slot.store(Arc::new(renewed));
                }
            }
            tx.commit().await?;
        }
        live.seen.store(touched, Ordering::Release);
        Ok(())
    }
}
