//! A load from its files to its publication: one transaction.

use std::path::PathBuf;
use std::sync::Arc;

use crate::config::Config;
use crate::crs::{self, Operation};
use crate::db::{Databases, DbRole, Tx, in_transaction};
use crate::failpoint::reach;
use crate::layer::{self, Definition, DefinitionFile, Identity, NewPart, PartOutcome};
use crate::place::Comune;

use super::copy::{CopyOutcome, CopyTarget, copy_rows};
use super::coverage::{Coverage, Fault};
use super::error::Error;
use super::files::files_digest;
use super::inside::{Placed, check_inside, territory_box};
use super::intake::{Intake, Wanted};
use super::options::ReadOptions;
use super::prepare::{Preparation, Tally, lon_lat};
use super::report::{Finding, Report, Severity};
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
    /// The version that has replaced this one since: it was not published again, because that
    /// would be a way back, which wants its own word and reason.
    pub replaced_by: Option<i32>,
    /// True when this call published the part.
    pub published: bool,
    /// The report; of this load only.
    pub report: Report,
    /// What was done to the coordinates, in this load.
    pub operation: Option<Operation>,
}

/// Difference of areas from which the files' zone is wrong; inside its own it stays below 0.1 %.
const WRONG_ZONE: f64 = 0.001;
/// Accuracy in metres from which one is warned: grids reach 0.1 m, single shifts 4 m.
const POOR_M: f64 = 2.0;

/// Loads files into a layer, and publishes them where asked and possible.
///
/// # Errors
/// [`Error`]; then nothing is stored.
pub async fn load(
    config: &Config,
    databases: &Databases,
    request: LoadRequest,
) -> Result<Outcome, Error> {
    let definition = &request.file.definition;
    let intake = take_in(config, &request).await?;
    // Each is refused only where a file needs it.
    let arguments = match intake.inputs.iter().any(|input| !input.is_sheet) {
        true => request.options.arguments(definition)?,
        false => Vec::new(),
    };
    let sheets = request.options.sheet_arguments(definition);
    if sheets.is_none() && intake.inputs.iter().any(|input| input.is_sheet) {
        return Err(Error::Unusable(format!(
            "layer {} is not filled from sheets of the cadastre (CXF, CTF)",
            definition.id
        )));
    }
    crs::check_storage(request.comune.storage_srid)?;
    let mut owner = databases.address.connect(DbRole::Owner).await?;
    layer::ensure_table(&mut owner, &request.file.definition).await?;
    let area = territory_box(&mut owner, &request.comune).await?;
    let systems = crs::sheet_systems(&mut owner, Some(&request.comune.codes)).await?;
    drop(owner);
    let preparation = Preparation {
        worker: config.worker.clone(),
        definition: request.file.definition.clone(),
        arguments,
        sheet_arguments: sheets.unwrap_or_default(),
        systems,
        leave_out_invalid: request.options.leave_out_invalid,
        mapping: request.options.mapping.clone(),
        intake,
        area,
        grids: config.grids.clone(),
        codes: request.comune.codes.clone(),
        srid: request.comune.storage_srid,
        progress: request.progress.clone(),
    };
    let ids = databases.writer.clone();
    let loaded = in_transaction(&databases.writer, move |tx| {
        Box::pin(async move {
            let outcome = load_in(tx, ids, preparation, request).await?;
            reach("load-commit").await;
            Ok(outcome)
        })
    })
    .await;
    reach("load-answer").await;
    loaded
}

async fn take_in(config: &Config, request: &LoadRequest) -> Result<Intake, Error> {
    let config = config.clone();
    let paths = request.files.clone();
    let options = request.options.clone();
    let file = Arc::clone(&request.file);
    tokio::task::spawn_blocking(move || {
        let preferred = options.preferred(&file.definition);
        let wanted = match &options.member {
            Some(name) => Wanted::Named(name),
            None => Wanted::Preferred(&preferred),
        };
        Intake::take(&config, &paths, wanted)
    })
    .await
    .map_err(|_| Error::Interrupted)?
}

async fn load_in(
    tx: &mut Tx,
    ids: sqlx::PgPool,
    preparation: Preparation,
    request: LoadRequest,
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
    let digest = files_digest(&preparation.intake.files);
    let srid = comune.storage_srid;
    let reading = serde_json::to_value(&request.options).unwrap_or_default();
    let same = Identity {
        file: &request.file,
        files_sha256: digest,
        reading: &reading,
        srid,
    };
    let earlier = layer::find_identical(tx, comune.id, &same).await?;
    if let Some(earlier) = earlier {
        let may_publish = request.publish && earlier.replaced_by.is_none();
        let published = may_publish && publish(tx, &request, earlier.version).await?;
        return Ok(Outcome {
            part_id: earlier.part_id,
            version: earlier.version,
            identical: true,
            replaced_by: earlier.replaced_by,
            published,
            report: Report::default(),
            operation: None,
        });
    }
    let version = layer::next_version(tx, &definition.id, comune.id).await?;
    let new = NewPart {
        file: &request.file,
        territory_id: comune.id,
        version,
        srid,
        files: serde_json::to_value(&preparation.intake.files).unwrap_or_default(),
        files_sha256: digest,
        reading: &reading,
        loaded_by: &request.by,
    };
    let part_id = layer::insert_part(tx, &new).await?;
    reach("load-part").await;
    let found = preparation.intake.findings.clone();
    let target = CopyTarget {
        definition,
        territory_id: comune.id,
        part_id,
    };
    let CopyOutcome {
        mut tally,
        duplicates,
        coverage,
    } = copy_rows(tx, ids, preparation, target).await?;
    reach("load-rows").await;
    let operation = serde_json::to_value(&tally.operation).unwrap_or_default();
    let mut report = std::mem::take(&mut tally.report);
    for finding in found {
        report.find(finding);
    }
    add_checks(&mut report, &tally, duplicates);
    let placed = Placed {
        definition,
        comune,
        part_id,
        sample: &tally.sample,
        lost: tally.lost,
    };
    check_inside(tx, &placed, &mut report).await?;
    if let Some(coverage) = coverage {
        let coverage = coverage.await.map_err(|_| Error::Interrupted)?;
        add_coverage(&mut report, definition, srid, &coverage);
    }
    let outcome = PartOutcome {
        operation,
        report: serde_json::to_value(&report).unwrap_or_default(),
        feature_count: i64::try_from(report.features).unwrap_or(i64::MAX),
        vertex_count: i64::try_from(report.vertices).unwrap_or(i64::MAX),
    };
    layer::complete_part(tx, part_id, &outcome).await?;
    reach("load-checked").await;
    let published = request.publish && !report.has_errors();
    if published {
        publish(tx, &request, version).await?;
    }
    Ok(Outcome {
        part_id,
        version,
        identical: false,
        replaced_by: None,
        published,
        report,
        operation: tally.operation,
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
    if tally.repaired > 0 {
        let about = "geometries were repaired; the originals are kept with the features";
        report.check_rule(
            "geometry.repaired",
            tally.repaired,
            Severity::Warning,
            about,
        );
    }
    if tally.set_aside > 0 {
        let about = "features that the mapping does not take were left aside";
        report.check_rule("mapping.only", tally.set_aside, Severity::Info, about);
    }
    if tally.invalid_left > 0 {
        let about = "polygons that are not valid were left out";
        report.check_rule(
            "geometry.left_out",
            tally.invalid_left,
            Severity::Warning,
            about,
        );
    }
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
    if let Some(operation) = &tally.operation {
        add_accuracy(report, operation);
    }
    if let Some(difference) = tally.area_difference() {
        let wrong = difference.abs() > WRONG_ZONE;
        let about = match wrong {
            false => "areas are the same in the files' coordinates as stored".to_owned(),
            true => format!(
                "areas in the files' coordinates differ by {:+.3} % from the ground: the files are \
                 in the projection of another zone",
                difference * 100.0
            ),
        };
        report.check_rule("crs.area", u64::from(wrong), Severity::Warning, &about);
    }
}

/// Warns where positions are known worse than maps of a plan are drawn.
fn add_accuracy(report: &mut Report, operation: &Operation) {
    let poor = operation.accuracy_m.is_none_or(|metres| metres > POOR_M);
    let about = match operation.accuracy_m {
        Some(metres) => format!("the change of coordinates is accurate to {metres} m"),
        None => "nothing is known of the accuracy of the change of coordinates".to_owned(),
    };
    report.check_rule("crs.accuracy", u64::from(poor), Severity::Warning, &about);
}

/// Tells of overlaps and gaps.
///
/// They are warnings: the cadastre's sheets are drawn each on its own, and no comune can mend
/// them before it publishes.
fn add_coverage(report: &mut Report, definition: &Definition, srid: i32, coverage: &Coverage) {
    let tolerance = definition.coverage_tolerance;
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
            report.find(coverage_finding(rule, fault, srid));
        }
    }
}

fn coverage_finding(rule: &str, fault: &Fault, srid: i32) -> Finding {
    let subject = (!fault.keys.is_empty()).then(|| fault.keys.join(", "));
    let what = match &subject {
        Some(keys) => format!("{keys} overlap"),
        None => "there is a gap".to_owned(),
    };
    let (area_m2, width_m) = (fault.area_m2, fault.width_m);
    Finding {
        rule: rule.to_owned(),
        severity: Severity::Warning,
        file: String::new(),
        line: None,
        subject,
        // Coordinates that are far off have no place on Earth; that is told elsewhere.
        place: lon_lat(srid, fault.place),
        message: format!("{what}: {area_m2:.2} m², {width_m:.2} m wide on average"),
    }
}

async fn publish(tx: &mut Tx, request: &LoadRequest, version: i32) -> Result<bool, Error> {
    let definition = &request.file.definition;
    let (id, by) = (request.comune.id, &request.by);
    Ok(layer::publish_part(tx, definition, id, Some(version), by, None).await?)
}
