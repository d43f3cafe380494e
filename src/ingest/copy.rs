//! The bulk copy of a load: rows as they come from the reading thread, with their numbers.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::db::{self, CopyIn, CopyWriter, Tx};
use crate::layer::{self, Definition, FEATURE_BLOCK, Value};

use super::coverage::{Coverage, Regions, check_coverage};
use super::error::Error;
use super::prepare::{Preparation, PrepareError, PreparedRow, Tally, lon_lat, prepare_file};
use super::report::{Finding, Severity};
use super::sql;

/// Where rows go.
pub(super) struct CopyTarget<'a> {
    pub(super) definition: &'a Definition,
    pub(super) territory_id: i64,
    pub(super) part_id: i64,
}

/// What came of a copy.
pub(super) struct CopyOutcome {
    pub(super) tally: Tally,
    pub(super) duplicates: u64,
    /// Overlaps and gaps of a coverage, still being looked for; none for other layers.
    pub(super) coverage: Option<JoinHandle<Coverage>>,
}

/// Reads all files on a thread of their own and copies their rows as they come.
pub(super) async fn copy_rows(
    tx: &mut Tx,
    ids: sqlx::PgPool,
    preparation: Preparation,
    target: CopyTarget<'_>,
) -> Result<CopyOutcome, Error> {
    let CopyTarget {
        definition,
        territory_id,
        part_id,
    } = target;
    let mut numbers = Numbers {
        known: layer::feature_ids(tx, &definition.id, territory_id).await?,
        pool: ids,
        next: 0,
        last: 0,
        new: Vec::new(),
    };
    let inputs = preparation.intake.inputs.iter();
    let names: Vec<String> = inputs.map(|input| input.name.clone()).collect();
    let srid = preparation.srid;
    let (sender, mut receiver) = mpsc::channel::<Vec<PreparedRow>>(16);
    let reading = tokio::task::spawn_blocking(move || {
        let mut tally = Tally::default();
        for file in preparation.intake.inputs.iter().enumerate() {
            prepare_file(&preparation, file, &mut tally, &sender)?;
        }
        Ok::<_, PrepareError>(tally)
    });
    let statement = sql::copy_rows(definition);
    let mut copy = CopyIn::begin(tx, &statement).await?;
    let mut copied = Copied::default();
    let sent = send_rows(&mut copy, &mut receiver, &mut numbers, part_id, &mut copied).await;
    // With the receiver gone the reading stops, should it still be at work.
    drop(receiver);
    let read = reading.await.map_err(|_| Error::Interrupted);
    // A file that cannot be read ends everything: the transaction is given up with it.
    let mut tally = match (sent, read) {
        (Ok(()), Ok(Ok(tally))) => tally,
        (Err(error), _) | (Ok(()), Err(error)) => {
            copy.abort("the load was given up").await;
            return Err(error);
        }
        (Ok(()), Ok(Err(error))) => {
            copy.abort("a file could not be read").await;
            return Err(error.into());
        }
    };
    // The database takes its time to end the copy: overlaps are looked for meanwhile.
    let coverage = definition
        .coverage
        .then(|| look_for_faults(definition, std::mem::take(&mut copied.regions)));
    let features = copy
        .finish()
        .await
        .map_err(|error| refused(error, &definition.id))?;
    tally.report.features = features;
    tally.report.vertices = copied.vertices;
    let repeated = copied.repeated;
    let duplicates = repeated.len() as u64;
    for Repeated {
        key,
        file,
        line,
        label,
    } in repeated
    {
        let first = copied.seen.get(&key).copied().unwrap_or_default();
        let (first_file, first_line) = (&names[first.0], first.1);
        tally.report.left_out += 1;
        tally.report.find(Finding {
            rule: "key.duplicate".into(),
            severity: Severity::Error,
            file: names[file].clone(),
            line: Some(line),
            message: format!("'{key}' is also in {first_file}:{first_line}, which was kept"),
            subject: Some(key),
            place: lon_lat(srid, label),
        });
    }
    layer::record_features(tx, &definition.id, territory_id, numbers.new).await?;
    Ok(CopyOutcome {
        tally,
        duplicates,
        coverage,
    })
}

/// Looks for overlaps and gaps on a thread that may block.
fn look_for_faults(definition: &Definition, regions: Regions) -> JoinHandle<Coverage> {
    let tolerance = definition.coverage_tolerance;
    tokio::task::spawn_blocking(move || {
        let began = std::time::Instant::now();
        let coverage = check_coverage(&regions, tolerance.overlap_m2, tolerance.gap_m2);
        let (polygons, milliseconds) = (regions.len(), began.elapsed().as_millis());
        tracing::debug!(polygons, milliseconds, "overlaps and gaps were looked for");
        coverage
    })
}

/// What went through a copy.
#[derive(Default)]
struct Copied {
    /// Keys, each with its first file and line.
    seen: HashMap<String, (usize, u64)>,
    repeated: Vec<Repeated>,
    vertices: u64,
    regions: Regions,
}

/// A row whose key was there already.
struct Repeated {
    key: String,
    file: usize,
    line: u64,
    label: [f64; 2],
}

async fn send_rows(
    copy: &mut CopyIn<'_>,
    receiver: &mut mpsc::Receiver<Vec<PreparedRow>>,
    numbers: &mut Numbers,
    part_id: i64,
    copied: &mut Copied,
) -> Result<(), Error> {
    while let Some(batch) = receiver.recv().await {
        for mut row in batch {
            match copied.seen.entry(row.key.clone()) {
                Entry::Occupied(_) => {
                    copied.repeated.push(Repeated {
                        key: row.key,
                        file: row.file,
                        line: row.line,
                        label: row.label,
                    });
                    continue;
                }
                Entry::Vacant(entry) => entry.insert((row.file, row.line)),
            };
            let id = numbers.of(&row.key).await?;
            copied.vertices += row.vertices;
            write_row(copy.row(), part_id, id, &row);
            if let Some(region) = row.region.take() {
                copied.regions.add(row.key, &region);
            }
            copy.send_full().await?;
        }
    }
    Ok(())
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
    /// Keys that had no name, with the one that each is given now.
    new: Vec<(String, i64)>,
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
        self.new.push((key.to_owned(), id));
        Ok(id)
    }
}
