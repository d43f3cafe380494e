//! Opening the program, and what its parts share.

use std::fmt::Display;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use tokio::sync::{Mutex, watch};

use crate::config::Config;
use crate::db::{self, Databases};
use crate::document::{Dressings, Press, PressLimits};
use crate::imagery::Imagery;
use crate::layer::{AsOf, Definitions, legal_day};
use crate::practice::Pinned;
use crate::procedure::Procedures;
use crate::snapshot::{self, Adopted, Catalogue, Generations, History, Projections};
use crate::strict::Problem;
use crate::style::Fragments;
use crate::tile::TileCache;

use super::compared::Comparisons;
use super::live::LiveLayers;
use super::receipts;
use super::watch::{
    DatabaseState, keep_current, keep_live_current, remove_expired_drafts, watch_database,
    watch_procedures,
};

/// Why the program does not open.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Definition files have mistakes.
    #[error("mistakes in {folder}:\n{list}")]
    Files {
        /// The folder.
        folder: String,
        /// One a line.
        list: String,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] db::Error),
    /// What is published cannot be read.
    #[error(transparent)]
    Snapshot(#[from] snapshot::Error),
}

/// Where the program reads the time.
pub type Clock = Box<dyn Fn() -> jiff::Timestamp + Send + Sync>;

/// The opened program; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    demo: bool,
    definitions: Definitions,
    fragments: Fragments,
    procedures: ArcSwap<Procedures>,
    pinned: Pinned,
    dressings: Dressings,
    press: Press,
    databases: Databases,
    generations: Generations,
    history: History,
    projections: Projections,
    adopted: Adopted,
    comparisons: Comparisons,
    clock: Clock,
    refreshing: Mutex<Instant>,
    tiles: Arc<TileCache>,
    imagery: Option<Imagery>,
    live: LiveLayers,
    database: watch::Sender<DatabaseState>,
}

impl App {
    /// Reads definitions, opens and migrates the database, and builds the copy in memory.
    ///
    /// `demo` allows the fixed demonstration identities.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn open(config: Config, demo: bool) -> Result<Self, Error> {
        Self::open_by_clock(config, demo, Box::new(jiff::Timestamp::now)).await
    }

    /// As [`App::open`], with another clock: what is in force follows from the day it shows.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn open_by_clock(config: Config, demo: bool, clock: Clock) -> Result<Self, Error> {
        let definitions = Definitions::load(&config.layers)
            .map_err(|problems| mistakes(&config.layers, &problems))?;
        let fragments = Fragments::load(&config.styles, &definitions)
            .map_err(|problems| mistakes(&config.styles, &problems))?;
        let procedures = Procedures::load(&config.procedures)
            .map_err(|problems| mistakes(&config.procedures, &problems))?;
        let dressings = Dressings::load(&config.documents)
            .map_err(|problems| mistakes(&config.documents, &problems))?;
        let press = Press::new(config.press.clone(), PressLimits::default());
        let databases = Databases::open(&config).await?;
        databases.migrate().await?;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let imagery = config.imagery.as_ref().map(Imagery::open);
        let (tiles, tighten) = TileCache::new(config.tile_cache_bytes, cores);
        // Without it, hot tiles stay as they were first compressed.
        let thread = std::thread::Builder::new().name("tighten".to_owned());
        if let Err(error) = thread.spawn(tighten) {
            tracing::warn!(error = ?error, "hot tiles are not compressed harder");
        }
        let live = LiveLayers::new(&definitions);
        let app = Self(Arc::new(Inner {
            config,
            demo,
            definitions,
            fragments,
            procedures: ArcSwap::from_pointee(procedures),
            pinned: Pinned::default(),
            dressings,
            press,
            databases,
            generations: Generations::default(),
            history: History::default(),
            projections: Projections::default(),
            adopted: Adopted::default(),
            comparisons: Comparisons::default(),
            clock,
            refreshing: Mutex::new(Instant::now()),
            tiles,
            imagery,
            live,
            database: watch::Sender::new(DatabaseState::Up),
        }));
        app.refresh().await?;
        app.refresh_live().await?;
        Ok(app)
    }

    /// Starts the tasks that follow the database for as long as the program runs.
    pub fn start_watching(&self) {
        tokio::spawn(keep_current(self.clone()));
        tokio::spawn(keep_live_current(self.clone()));
        tokio::spawn(watch_database(self.clone()));
        tokio::spawn(super::evidence::keep_roots(self.clone()));
        tokio::spawn(watch_procedures(self.clone()));
        tokio::spawn(remove_expired_drafts(self.clone()));
        tokio::spawn(receipts::empty_outbox(self.clone()));
    }

    /// Reads the files of procedures again, as after a hang-up signal; the log says what came of it.
    pub async fn read_procedures(&self) {
        super::watch::read_procedures(self).await;
    }

    /// Does what is due for practices now (receipts), and returns how much was done.
    ///
    /// # Errors
    /// [`receipts::ReceiptError`]; what was not done is still due.
    pub async fn do_what_is_due(&self) -> Result<usize, receipts::ReceiptError> {
        receipts::do_what_is_due(self).await
    }

    /// Scheme and host of addresses that are printed, where no request names them.
    pub fn origin(&self) -> String {
        let config = &self.0.config;
        let listened = || format!("http://{}", config.listen);
        config.origin.clone().unwrap_or_else(listened)
    }

    /// Settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Procedures, terms of law and holidays, as they are offered now.
    pub fn procedures(&self) -> Arc<Procedures> {
        self.0.procedures.load_full()
    }

    /// Procedures of open drafts and practices, by the text they started with.
    pub fn pinned(&self) -> &Pinned {
        &self.0.pinned
    }

    /// Reads the files of procedures again; what is offered changes only when all are in order.
    ///
    /// # Errors
    /// Everything that is wrong; what was offered before stays.
    pub fn reload_procedures(&self) -> Result<(), Vec<Problem>> {
        let procedures = Procedures::load(&self.0.config.procedures)?;
        self.0.procedures.store(Arc::new(procedures));
        Ok(())
    }

    /// True when the fixed demonstration identities are allowed.
    pub fn is_demo(&self) -> bool {
        self.0.demo
    }

    /// Layer definitions.
    pub fn definitions(&self) -> &Definitions {
        &self.0.definitions
    }

    /// Style fragments.
    pub fn fragments(&self) -> &Fragments {
        &self.0.fragments
    }

    /// Letterheads and fixed sentences of documents.
    pub fn dressings(&self) -> &Dressings {
        &self.0.dressings
    }

    /// Comparisons of certificates that were made already.
    pub(super) fn comparisons(&self) -> &Comparisons {
        &self.0.comparisons
    }

    /// What makes PDF documents.
    pub fn press(&self) -> &Press {
        &self.0.press
    }

    /// Ways into the database.
    pub fn databases(&self) -> &Databases {
        &self.0.databases
    }

    /// The catalogue in use, and those it replaced.
    pub fn generations(&self) -> &Generations {
        &self.0.generations
    }

    /// The catalogue in use.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.0.generations.current()
    }

    /// Pictures from the air, where the municipality has configured any.
    pub fn imagery(&self) -> Option<&Imagery> {
        self.0.imagery.as_ref()
    }

    /// Drawn tiles.
    pub fn tiles(&self) -> &TileCache {
        &self.0.tiles
    }

    /// Parts on the grids of metric tile matrix sets.
    pub fn projections(&self) -> &Projections {
        &self.0.projections
    }

    /// The moment that it is.
    pub fn now(&self) -> jiff::Timestamp {
        (self.0.clock)()
    }

    /// The day that it is, in the legal time of Italy.
    pub fn today(&self) -> jiff::civil::Date {
        legal_day((self.0.clock)())
    }

    /// What was, is or will be in force in some territories as of a day and a moment.
    ///
    /// Today's is the catalogue in use, of all territories; any other is put together from the
    /// database and from the parts that were asked for last.
    ///
    /// # Errors
    /// [`snapshot::Error`].
    pub async fn catalogue_as_of(
        &self,
        as_of: AsOf,
        territories: &[i64],
    ) -> Result<Arc<Catalogue>, snapshot::Error> {
        let current = self.catalogue();
        if current.as_of() == Some(as_of) {
            return Ok(current);
        }
        let (reader, definitions) = (&self.0.databases.reader, &self.0.definitions);
        let history = &self.0.history;
        let catalogue = history.look_back(reader, definitions, &current, as_of, territories);
        Ok(Arc::new(catalogue.await?))
    }

    pub(super) fn live_layers(&self) -> &LiveLayers {
        &self.0.live
    }

    /// What adopted plans say, beside what is in force now.
    pub fn adopted_catalogue(&self) -> Arc<Catalogue> {
        self.0.adopted.beside(&self.catalogue())
    }

    /// Whether the database answered when it was last asked.
    pub fn database_state(&self) -> DatabaseState {
        *self.0.database.borrow()
    }

    pub(super) fn set_database_state(&self, state: DatabaseState) {
        self.0.database.send_replace(state);
    }

    /// As [`App::refresh`], but at most once in half a second: what asks may be anybody.
    ///
    /// # Errors
    /// As [`App::refresh`].
    pub async fn refresh_soon(&self) -> Result<(), snapshot::Error> {
        let last_began = *self.0.refreshing.lock().await;
        if last_began.elapsed() < Duration::from_millis(500) {
            return Ok(());
        }
        self.refresh().await
    }

    /// Brings the copy in memory up to what is published; one at a time.
    ///
    /// # Errors
    /// [`snapshot::Error`]; the copy in use stays.
    pub async fn refresh(&self) -> Result<(), snapshot::Error> {
        let asked = Instant::now();
        let mut last_began = self.0.refreshing.lock().await;
        if *last_began > asked {
            // Somebody began to read after this was asked for: that answer is good enough.
            return Ok(());
        }
        let began = Instant::now();
        let current = self.catalogue();
        let mut connection = self.0.databases.reader.acquire().await?;
        let definitions = &self.0.definitions;
        let today = self.today();
        let renewed = snapshot::refresh(&mut connection, definitions, &current, today).await?;
        *last_began = began;
        if let Some(catalogue) = renewed {
            let parts: usize = catalogue.layers().iter().map(|l| l.parts.len()).sum();
            tracing::info!(
                parts,
                duration_ms = began.elapsed().as_millis() as u64,
                "the map in memory is current"
            );
            self.0.generations.replace(catalogue, self.now());
        }
        Ok(())
    }
}

fn mistakes(folder: &std::path::Path, problems: &[impl Display]) -> Error {
    Error::Files {
        folder: folder.display().to_string(),
        list: problems
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n"),
    }
}
