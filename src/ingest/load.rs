//! A load from its files to its publication: one transaction.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use tokio::sync::mpsc;

use crate::config::Config;
use crate::crs;
use crate::db::{self, CopyIn, CopyWriter, Databases, DbRole, Tx, in_transaction};
use crate::job;
use crate::layer::{
    self, DefinitionFile, FEATURE_BLOCK, LayerRole, NewPart, PartOutcome, PublicationKind, Value,
};
use crate::place::{self, Comune};

use super::files::{InputFile, files_digest};
use super::prepare::{Preparation, PrepareError, PreparedRow, Tally, prepare_file};
use super::report::{Check, CheckStatus, Finding, Report, Severity};
use super::worker::ProgressSender;
use super::{sql, worker};

/// What is to be loaded, and how far.
pub struct LoadRequest {
    /// Definition of the layer.
    pub file: Arc<DefinitionFile>,
    /// The comune that the files are about.
    pub comune: Comune,
    /// Paths of the files.
    pub files: Vec<PathBuf>,
    /// True to go on to publication when no error stands.
    pub publish: bool,
    /// Who loads.
    pub by: String,
    /// Told how far the reading is.
    pub progress: ProgressSender,
}

/// What came of a load.
#[derive(Debug)]
pub struct Outcome {
    /// Number of the part; of the earlier one when the same was loaded before.
    pub part_id: i64,
    /// Its version.
    pub version: i32,
    /// True when the same files were loaded before and nothing was stored now.
    pub identical: bool,
    /// True when this call published the part.
    pub published: bool,
    /// The report; of this load only.
    pub report: Report,
}

/// Why a load stored nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No file was given.
    #[error("no file was given")]
    NoFiles,
    /// A file cannot be opened.
    #[error("{path}: {source}", path = .path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The worker could not read a file.
    #[error(transparent)]
    Worker(#[from] worker::WorkerError),
    /// A file does not fit the layer, or its coordinates cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// Another load of the same layer and comune is at work.
    #[error("layer {layer} of {comune} is being loaded by somebody else: wait until that has ended")]
    Busy {
        /// Layer.
        layer: String,
        /// Name of the comune.
        comune: String,
    },
    /// The database's own checks refuse a row that the worker let pass.
    #[error("the database refuses a row of layer {layer} by its rule '{rule}': nothing was stored")]
    Refused {
        /// Layer.
        layer: String,
        /// Name of the constraint.
        rule: String,
    },
    /// The part is not known.
    #[error("there is no version {version} of layer {layer} in {comune}")]
    NoSuchPart {
        /// Layer.
        layer: String,
        /// Version asked for.
        version: i32,
        /// Name of the comune.
        comune: String,
    },
    /// An error of the report stands.
    #[error("version {version} of layer {layer} has errors and cannot be published")]
    HasErrors {
        /// Layer.
        layer: String,
        /// Version.
        version: i32,
    },
    /// The storage CRS cannot be used.
    #[error(transparent)]
    Crs(#[from] crs::Error),
    /// Layers in the database.
    #[error(transparent)]
    Layer(#[from] layer::Error),
    /// Territories in the database.
    #[error(transparent)]
    Place(#[from] place::Error),
    /// The announcement failed.
    #[error(transparent)]
    Announce(#[from] job::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] db::Error),
    /// A statement failed.
    #[error("a statement of the load failed")]
    Statement(#[from] sqlx::Error),
    /// The program is stopping.
    #[error("the load was interrupted")]
    Interrupted,
}

impl From<PrepareError> for Error {
    fn from(error: PrepareError) -> Self {
        match error {
            PrepareError::Worker(error) => Self::Worker(error),
            other => Self::Unusable(other.to_string()),
        }
    }
}

/// Metres that a feature may reach beyond the boundary of its comune.
const MARGIN_M: f64 = 500.0;

/// Share of features that must lie inside: below it, coordinates are likely wrong.
const SHARE_INSIDE: f64 = 0.99;

/// Loads files into a layer, and publishes them where asked and possible.
///
/// # Errors
/// [`Error`]; then nothing is stored.
pub async fn load(
    config: &Config,
    databases: &Databases,
    request: LoadRequest,
) -> Result<Outcome, Error> {
    let paths = request.files.clone();
    let files = tokio::task::spawn_blocking(move || open_files(&paths))
        .await
        .map_err(|_| Error::Interrupted)??;
    crs::check_storage(request.comune.storage_srid)?;
    let mut owner = databases.address.connect(DbRole::Owner).await?;
    layer::ensure_table(&mut owner, &request.file.definition).await?;
    drop(owner);
    let preparation = Preparation {
        worker: config.worker.clone(),
        definition: request.file.definition.clone(),
        codes: request.comune.codes.clone(),
        srid: request.comune.storage_srid,
        progress: request.progress.clone(),
    };
    let ids = databases.writer.clone();
    in_transaction(&databases.writer, move |tx| {
        Box::pin(async move { load_in(tx, ids, preparation, request, files).await })
    })
    .await
}

fn open_files(paths: &[PathBuf]) -> Result<Vec<InputFile>, Error> {
    if paths.is_empty() {
        return Err(Error::NoFiles);
    }
    paths
        .iter()
        .map(|path| {
            InputFile::open(path).map_err(|source| Error::File {
                path: path.clone(),
                source,
            })
        })
        .collect()
}

async fn load_in(
    tx: &mut Tx,
    ids: sqlx::PgPool,
    preparation: Preparation,
    request: LoadRequest,
    files: Vec<InputFile>,
) -> Result<Outcome, Error> {
    let definition = &request.file.definition;
    let comune = &request.comune;
    if !layer::lock_part(tx, &definition.id, comune.id).await? {
        return Err(Error::Busy {
            layer: definition.id.clone(),
            comune: comune.name.clone(),
        });
    }
    sqlx::query(sql::ALLOW_LONG).execute(&mut **tx).await?;
    let digest = files_digest(&files);
    let srid = comune.storage_srid;
    let earlier = layer::find_identical(tx, comune.id, &request.file, &digest, srid).await?;
    if let Some((part_id, version)) = earlier {
        let published = request.publish && publish_if_new(tx, &request, part_id, version).await?;
        return Ok(Outcome {
            part_id,
            version,
            identical: true,
            published,
            report: Report::default(),
        });
    }
    let version = layer::next_version(tx, &definition.id, comune.id).await?;
    let new = NewPart {
        file: &request.file,
        territory_id: comune.id,
        version,
        srid,
        files: serde_json::to_value(&files).unwrap_or_default(),
        files_sha256: digest,
        loaded_by: &request.by,
    };
    let part_id = layer::insert_part(tx, &new).await?;
    let (mut tally, duplicates) = copy_rows(tx, ids, preparation, &request, files, part_id).await?;
    let operation = serde_json::to_value(&tally.operation).unwrap_or_default();
    let mut report = std::mem::take(&mut tally.report);
    add_checks(&mut report, &tally, duplicates);
    let inside = check_inside(tx, &request, part_id, &mut report).await?;
    report.check(inside);
    let outcome = PartOutcome {
        operation,
        report: serde_json::to_value(&report).unwrap_or_default(),
        feature_count: i64::try_from(report.features).unwrap_or(i64::MAX),
        vertex_count: i64::try_from(report.vertices).unwrap_or(i64::MAX),
    };
    layer::complete_part(tx, part_id, &outcome).await?;
    let published = request.publish && !report.has_errors();
    if published {
        publish_now(tx, &request, part_id).await?;
    }
    Ok(Outcome {
        part_id,
        version,
        identical: false,
        published,
        report,
    })
}

/// Reads all files on a thread of their own and copies their rows as they come.
async fn copy_rows(
    tx: &mut Tx,
    ids: sqlx::PgPool,
    preparation: Preparation,
    request: &LoadRequest,
    files: Vec<InputFile>,
    part_id: i64,
) -> Result<(Tally, u64), Error> {
    let definition = &request.file.definition;
    let mut numbers = Numbers {
        known: layer::feature_ids(tx, &definition.id, request.comune.id).await?,
        pool: ids,
        next: 0,
        last: 0,
        new_ids: Vec::new(),
        new_keys: Vec::new(),
    };
    let (sender, mut receiver) = mpsc::channel::<Vec<PreparedRow>>(16);
    let reading = tokio::task::spawn_blocking(move || {
        let mut tally = Tally::default();
        for file in &files {
            prepare_file(&preparation, file, &mut tally, &sender)?;
        }
        Ok::<_, PrepareError>(tally)
    });
    let mut seen: HashSet<String> = HashSet::new();
    let mut repeated = Vec::new();
    let mut vertices = 0;
    let statement = sql::copy_rows(definition);
    let mut copy = CopyIn::begin(tx, &statement).await?;
    while let Some(batch) = receiver.recv().await {
        for row in batch {
            if !seen.insert(row.key.clone()) {
                repeated.push(row.key);
                continue;
            }
            let id = numbers.of(&row.key).await?;
            vertices += row.vertices;
            write_row(copy.row(), part_id, id, &row);
            copy.send_full().await?;
        }
    }
    // A file that cannot be read ends everything: the transaction is given up with it.
    let mut tally = reading.await.map_err(|_| Error::Interrupted)??;
    let features = copy
        .finish()
        .await
        .map_err(|error| refused(error, &definition.id))?;
    tally.report.features = features;
    tally.report.vertices = vertices;
    let duplicates = repeated.len() as u64;
    for key in repeated {
        tally.report.left_out += 1;
        tally.report.find(Finding {
            rule: "key.duplicate".into(),
            severity: Severity::Error,
            file: String::new(),
            line: None,
            message: format!("'{key}' comes from more than one file; the first one was kept"),
            subject: Some(key),
            place: None,
        });
    }
    layer::record_features(
        tx,
        &definition.id,
        request.comune.id,
        &numbers.new_ids,
        &numbers.new_keys,
    )
    .await?;
    Ok((tally, duplicates))
}

fn write_row(writer: &mut CopyWriter, part_id: i64, id: i64, row: &PreparedRow) {
    writer.i64(part_id).i64(id).text(&row.key);
    for value in &row.values {
        match value {
            Value::Null => writer.null(),
            Value::Text(text) => writer.text(text),
            Value::Integer(number) => writer.i64(*number),
            Value::Real(number) => writer.f64(*number),
            Value::Date(date) => writer.date(*date),
        };
    }
    writer
        .json(&row.original)
        .f64(row.label[0])
        .f64(row.label[1])
        .geometry(&row.ewkb);
}

fn refused(error: db::Error, layer: &str) -> Error {
    let constraint = match &error {
        db::Error::Query(error) => error
            .as_database_error()
            .and_then(|database| database.constraint())
            .map(str::to_owned),
        _ => None,
    };
    match constraint {
        Some(rule) => Error::Refused {
            layer: layer.to_owned(),
            rule,
        },
        None => Error::Database(error),
    }
}

/// Numeric names of features: those known, and new ones in blocks.
struct Numbers {
    known: HashMap<String, i64>,
    // Blocks come over a connection of their own: the load's is busy copying.
    pool: sqlx::PgPool,
    next: i64,
    last: i64,
    new_ids: Vec<i64>,
    new_keys: Vec<String>,
}

impl Numbers {
    async fn of(&mut self, key: &str) -> Result<i64, Error> {
        if let Some(id) = self.known.get(key) {
            return Ok(*id);
        }
        if self.next == self.last {
            let mut connection = self.pool.acquire().await?;
            self.next = layer::take_feature_block(&mut connection).await?;
            self.last = self.next + FEATURE_BLOCK;
        }
        let id = self.next;
        self.next += 1;
        self.new_ids.push(id);
        self.new_keys.push(key.to_owned());
        Ok(id)
    }
}

fn add_checks(report: &mut Report, tally: &Tally, duplicates: u64) {
    let empty = u64::from(report.features == 0);
    report.check_rule(
        "file.empty",
        empty,
        Severity::Error,
        "there are features to store",
    );
    let rules = [
        ("value.unusable", tally.unmapped, "values fit the layer's columns"),
        ("comune.other", tally.foreign, "features belong to this comune"),
        ("key.duplicate", duplicates, "every key occurs once"),
        ("geometry.invalid", tally.invalid, "geometries are valid (OGC 06-103r4)"),
    ];
    for (rule, count, about) in rules {
        report.check_rule(rule, count, Severity::Error, about);
    }
}

/// Compares the rows with the boundary of the comune; without one the answer is *no data*.
async fn check_inside(
    tx: &mut PgConnection,
    request: &LoadRequest,
    part_id: i64,
    report: &mut Report,
) -> Result<Check, Error> {
    let definition = &request.file.definition;
    let row = sqlx::query(AssertSqlSafe(sql::outside(definition)))
        .bind(request.comune.id)
        .bind(part_id)
        .bind(MARGIN_M)
        .bind(request.comune.storage_srid)
        .fetch_one(tx)
        .await?;
    let boundaries: i64 = row.try_get("boundaries")?;
    let outside = u64::try_from(row.try_get::<i64, _>("features")?).unwrap_or_default();
    let keys: Vec<String> = row.try_get("keys")?;
    let rule = "territory.inside".to_owned();
    if boundaries == 0 {
        return Ok(Check {
            rule,
            status: CheckStatus::NoData,
            severity: None,
            count: 0,
            message: "no boundary of the comune is known, so this was not checked".into(),
        });
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of features are far below 2^52")]
    let share = 1.0 - outside as f64 / report.features.max(1) as f64;
    let severity = if share < SHARE_INSIDE {
        Severity::Error
    } else {
        Severity::Warning
    };
    for key in keys {
        report.find(Finding {
            rule: rule.clone(),
            severity: Severity::Warning,
            file: String::new(),
            line: None,
            message: format!("'{key}' reaches more than {MARGIN_M} m beyond the boundary"),
            subject: Some(key),
            place: None,
        });
    }
    Ok(Check {
        rule,
        status: if outside == 0 {
            CheckStatus::Passed
        } else {
            CheckStatus::Failed
        },
        severity: (outside > 0).then_some(severity),
        count: outside,
        message: format!("features lie inside the comune, or within {MARGIN_M} m of it"),
    })
}

async fn publish_now(tx: &mut Tx, request: &LoadRequest, part_id: i64) -> Result<(), Error> {
    let definition = &request.file.definition;
    layer::publish(tx, part_id, PublicationKind::Publish, &request.by, None).await?;
    if definition.role == Some(LayerRole::Sheet) {
        let table = layer::data_table(&definition.id);
        place::derive_boundary(tx, request.comune.id, &table, part_id).await?;
    }
    job::announce(tx, layer::PUBLISHED, &part_id.to_string()).await?;
    Ok(())
}

async fn publish_if_new(
    tx: &mut Tx,
    request: &LoadRequest,
    part_id: i64,
    version: i32,
) -> Result<bool, Error> {
    let in_force = layer::published(tx)
        .await?
        .iter()
        .any(|part| part.part_id == part_id);
    if in_force {
        return Ok(false);
    }
    let report = layer::part_report(tx, part_id).await?.unwrap_or_default();
    let errors = |list: &serde_json::Value| {
        list.as_array()
            .is_some_and(|items| items.iter().any(|item| item["severity"] == "error"))
    };
    if errors(&report["checks"]) || errors(&report["findings"]) {
        return Err(Error::HasErrors {
            layer: request.file.definition.id.clone(),
            version,
        });
    }
    publish_now(tx, request, part_id).await?;
    Ok(true)
}
