//! A load from its files to its publication: one transaction.

use std::path::PathBuf;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use crate::config::Config;
use crate::crs;
use crate::db::{Databases, DbRole, Tx, in_transaction};
use crate::layer::{self, Definition, DefinitionFile, Identity, NewPart, PartOutcome};
use crate::place::Comune;

use super::copy::{CopyOutcome, CopyTarget, copy_rows};
use super::coverage::{Coverage, Fault, Region, check_coverage};
use super::error::Error;
use super::files::{InputFile, files_digest};
use super::options::ReadOptions;
use super::prepare::{Preparation, Tally};
use super::report::{Check, CheckStatus, Finding, Report, Severity};
use super::sql;
use super::worker::ProgressSender;

/// What is to be loaded, and how far.
pub struct LoadRequest {
    /// Definition of the layer.
    pub file: Arc<DefinitionFile>,
    /// The comune that the files are about.
    pub comune: Comune,
    /// Paths of the files.
    pub files: Vec<PathBuf>,
    /// How they are to be read.
    pub options: ReadOptions,
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
    let arguments = request.options.arguments(&request.file.definition)?;
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
        arguments,
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
    let reading = serde_json::to_value(&request.options).unwrap_or_default();
    let same = Identity {
        file: &request.file,
        files_sha256: digest,
        reading: &reading,
        srid,
    };
    let earlier = layer::find_identical(tx, comune.id, &same).await?;
    if let Some((part_id, version)) = earlier {
        let published = request.publish && publish(tx, &request, version).await?;
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
        reading: &reading,
        loaded_by: &request.by,
    };
    let part_id = layer::insert_part(tx, &new).await?;
    let target = CopyTarget {
        definition,
        territory_id: comune.id,
        part_id,
    };
    let CopyOutcome {
        mut tally,
        duplicates,
        regions,
    } = copy_rows(tx, ids, preparation, files, target).await?;
    let operation = serde_json::to_value(&tally.operation).unwrap_or_default();
    let mut report = std::mem::take(&mut tally.report);
    add_checks(&mut report, &tally, duplicates);
    let inside = check_inside(tx, &request, part_id, &mut report).await?;
    report.check(inside);
    if definition.coverage {
        add_coverage(&mut report, definition, srid, regions).await?;
    }
    let outcome = PartOutcome {
        operation,
        report: serde_json::to_value(&report).unwrap_or_default(),
        feature_count: i64::try_from(report.features).unwrap_or(i64::MAX),
        vertex_count: i64::try_from(report.vertices).unwrap_or(i64::MAX),
    };
    layer::complete_part(tx, part_id, &outcome).await?;
    let published = request.publish && !report.has_errors();
    if published {
        publish(tx, &request, version).await?;
    }
    Ok(Outcome {
        part_id,
        version,
        identical: false,
        published,
        report,
    })
}

fn add_checks(report: &mut Report, tally: &Tally, duplicates: u64) {
    let empty = u64::from(report.features == 0);
    report.check_rule(
        "file.empty",
        empty,
        Severity::Error,
        "there are features to store",
    );
    report.check_rule(
        "field.missing",
        tally.missing,
        Severity::Warning,
        "the files have every field",
    );
    let rules = [
        (
            "value.unusable",
            tally.unmapped,
            "values fit the layer's columns",
        ),
        (
            "comune.other",
            tally.foreign,
            "features belong to this comune",
        ),
        ("key.duplicate", duplicates, "every key occurs once"),
        (
            "geometry.invalid",
            tally.invalid,
            "geometries are valid (OGC 06-103r4)",
        ),
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
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of features are far below 2^52"
    )]
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

/// Looks for overlaps and gaps on a thread that may block.
///
/// They are warnings: the cadastre's sheets are drawn each on its own, and no comune can mend
/// them before it publishes.
async fn add_coverage(
    report: &mut Report,
    definition: &Definition,
    srid: i32,
    regions: Vec<Region>,
) -> Result<(), Error> {
    let tolerance = definition.coverage_tolerance;
    let coverage: Coverage = tokio::task::spawn_blocking(move || {
        check_coverage(&regions, tolerance.overlap_m2, tolerance.gap_m2)
    })
    .await
    .map_err(|_| Error::Interrupted)?;
    let kinds = [
        (
            "coverage.overlap",
            "overlaps",
            &coverage.overlaps,
            tolerance.overlap_m2,
        ),
        ("coverage.gap", "gaps", &coverage.gaps, tolerance.gap_m2),
    ];
    for (rule, what, faults, tolerance_m2) in kinds {
        let total_m2: f64 = faults.iter().map(|fault| fault.area_m2).sum();
        let about = if faults.is_empty() {
            format!("there are no {what} of more than {tolerance_m2} m²")
        } else {
            format!("there are {what} of more than {tolerance_m2} m²: {total_m2:.1} m² in all")
        };
        report.check_rule(rule, faults.len() as u64, Severity::Warning, &about);
        for fault in faults {
            report.find(coverage_finding(rule, fault, srid)?);
        }
    }
    Ok(())
}

fn coverage_finding(rule: &str, fault: &Fault, srid: i32) -> Result<Finding, Error> {
    let mut place = [(fault.place[0], fault.place[1])];
    crs::with_transformation(srid, crs::LON_LAT, |t| t.apply(&mut place))??;
    let subject = (!fault.keys.is_empty()).then(|| fault.keys.join(", "));
    let what = match &subject {
        Some(keys) => format!("{keys} overlap"),
        None => "there is a gap".to_owned(),
    };
    let (area_m2, width_m) = (fault.area_m2, fault.width_m);
    Ok(Finding {
        rule: rule.to_owned(),
        severity: Severity::Warning,
        file: String::new(),
        line: None,
        subject,
        place: Some([place[0].0, place[0].1]),
        message: format!("{what}: {area_m2:.2} m², {width_m:.2} m wide on average"),
    })
}

async fn publish(tx: &mut Tx, request: &LoadRequest, version: i32) -> Result<bool, Error> {
    let definition = &request.file.definition;
    let (id, by) = (request.comune.id, &request.by);
    Ok(layer::publish_part(tx, definition, id, Some(version), by, None).await?)
}
