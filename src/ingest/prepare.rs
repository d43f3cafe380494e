//! From a worker's features to rows ready for the database.

use wire::{Feature, Frame, Geometry};

use crate::cadastre::ComuneCode;
use crate::crs::{self, Operation, with_transformation};
use crate::layer::{Definition, Mapping, ReferencePart, Row, Value};

use super::content_key::content_key;
use super::coverage::Region;
use super::ewkb::geometry_ewkb;
use super::files::InputFile;
use super::label::{kind_of, label_point};
use super::report::{Finding, Report, Severity};
use super::worker::{ProgressSender, Reading, WorkerError, read_file};

/// A row, complete but for its numeric name.
pub(super) struct PreparedRow {
    pub(super) key: String,
    /// Its place in the files: which file, and the line there.
    pub(super) file: usize,
    pub(super) line: u64,
    pub(super) values: Row,
    pub(super) original: String,
    pub(super) label: [f64; 2],
    pub(super) ewkb: Vec<u8>,
    pub(super) vertices: u64,
    /// The same geometry for the check of a coverage; none for other layers.
    pub(super) region: Option<Region>,
}

/// What reading a file is bound to.
pub(super) struct Preparation {
    pub(super) worker: std::path::PathBuf,
    pub(super) definition: Definition,
    /// The worker's arguments before the file.
    pub(super) arguments: Vec<String>,
    pub(super) codes: Vec<ComuneCode>,
    pub(super) srid: i32,
    pub(super) progress: ProgressSender,
}

/// Counts and findings of the rules that rows are held against while they are read.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) report: Report,
    pub(super) invalid: u64,
    pub(super) missing: u64,
    pub(super) unmapped: u64,
    pub(super) foreign: u64,
    pub(super) operation: Option<Operation>,
}

/// Why a file could not be prepared.
#[derive(Debug, thiserror::Error)]
pub(super) enum PrepareError {
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error("{file}: {reason}")]
    Fields { file: String, reason: String },
    #[error("{file}: {source}")]
    Crs { file: String, source: crs::Error },
    #[error("{file}: {}", unknown_crs(.wkt.as_deref()))]
    UnknownCrs { file: String, wkt: Option<String> },
}

fn unknown_crs(wkt: Option<&str>) -> String {
    let name = wkt.and_then(|wkt| wkt.split('"').nth(1));
    let what = match name {
        Some(name) => format!("its coordinate system '{name}' has no EPSG code"),
        None => "it does not say in which coordinate system it is".to_owned(),
    };
    format!("{what}; give the right one with --crs EPSG:…")
}

const BATCH: usize = 256;

/// Reads a file and sends its rows in batches; runs on a thread that may block.
///
/// When the receiver is gone the reading stops.
pub(super) fn prepare_file(
    preparation: &Preparation,
    (number, file): (usize, &InputFile),
    tally: &mut Tally,
    rows: &tokio::sync::mpsc::Sender<Vec<PreparedRow>>,
) -> Result<(), PrepareError> {
    let arguments: Vec<&str> = preparation.arguments.iter().map(String::as_str).collect();
    let mut state = FileState {
        preparation,
        file,
        number,
        fields: Vec::new(),
        mapping: None,
        from: 0,
        batch: Vec::with_capacity(BATCH),
    };
    let mut fault = None;
    let reading = Reading {
        program: &preparation.worker,
        arguments: &arguments,
        file: &file.path,
        name: &file.name,
    };
    read_file(&reading, |frame| match state.take(frame, tally) {
        Ok(()) => state.batch.len() < BATCH || state.send(rows),
        Err(error) => {
            fault = Some(error);
            false
        }
    })?;
    if let Some(error) = fault {
        return Err(error);
    }
    state.send(rows);
    Ok(())
}

struct FileState<'a> {
    preparation: &'a Preparation,
    file: &'a InputFile,
    number: usize,
    fields: Vec<String>,
    mapping: Option<Mapping<'a>>,
    from: i32,
    batch: Vec<PreparedRow>,
}

impl FileState<'_> {
    fn send(&mut self, rows: &tokio::sync::mpsc::Sender<Vec<PreparedRow>>) -> bool {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        rows.blocking_send(batch).is_ok()
    }

    fn take(&mut self, frame: Frame, tally: &mut Tally) -> Result<(), PrepareError> {
        match frame {
            Frame::Hello(hello) => {
                self.from = hello
                    .crs
                    .strip_prefix("EPSG:")
                    .and_then(|code| code.parse().ok())
                    .ok_or_else(|| PrepareError::UnknownCrs {
                        file: self.file.name.clone(),
                        wkt: hello.wkt.clone(),
                    })?;
                self.fields = hello.fields;
                let mapping = Mapping::new(&self.preparation.definition, &self.fields);
                let mapping = mapping.map_err(|error| PrepareError::Fields {
                    file: self.file.name.clone(),
                    reason: format!("{error}; it has: {}", self.fields.join(", ")),
                })?;
                for (field, column) in mapping.missing() {
                    tally.missing += 1;
                    tally.report.find(Finding {
                        rule: "field.missing".into(),
                        severity: Severity::Warning,
                        file: self.file.name.clone(),
                        line: None,
                        subject: Some(column.to_owned()),
                        place: None,
                        message: format!("there is no field '{field}': '{column}' stays empty"),
                    });
                }
                self.mapping = Some(mapping);
            }
            Frame::Feature(feature) => self.feature(feature, tally)?,
            Frame::Finding(finding) => tally.report.find(Finding {
                rule: finding.rule,
                severity: finding.severity.into(),
                file: self.file.name.clone(),
                line: finding.line,
                subject: finding.subject,
                place: None,
                message: finding.message,
            }),
            Frame::Progress(progress) => {
                self.preparation
                    .progress
                    .send_replace((progress.bytes_read, progress.bytes_total));
            }
            Frame::Done(done) => {
                tally.report.members += done.members;
                tally.report.joined += done.joined;
                tally.report.left_out += done.left_out;
            }
            // read_file keeps failures to itself.
            Frame::Failed(_) => {}
        }
        Ok(())
    }

    fn feature(&mut self, feature: Feature, tally: &mut Tally) -> Result<(), PrepareError> {
        let definition = &self.preparation.definition;
        // A stream starts with its Hello, or the reader of the stream would have refused it.
        let Some(mapping) = &self.mapping else {
            return Ok(());
        };
        let row = mapping.row(&feature.values);
        let first = feature.geometry.points().first().copied();
        let place = |at: Option<[f64; 2]>| lon_lat(self.from, at?);
        let mut find = |rule: &str, subject: Option<&str>, place, message: String| {
            tally.report.left_out += 1;
            tally.report.find(Finding {
                rule: rule.to_owned(),
                severity: Severity::Error,
                file: self.file.name.clone(),
                line: Some(feature.line),
                subject: subject.map(str::to_owned),
                place,
                message,
            });
        };
        let values = match row {
            Ok(values) => values,
            Err(error) => {
                tally.unmapped += 1;
                find("value.unusable", None, place(first), error.to_string());
                return Ok(());
            }
        };
        let mut values = values;
        let mut key = definition
            .key_column()
            .and_then(|index| values[index].as_text())
            .unwrap_or_default()
            .to_owned();
        if !self.is_at_home(&values) {
            tally.foreign += 1;
            let message = format!("'{key}' belongs to another comune");
            find("comune.other", Some(&key), place(first), message);
            return Ok(());
        }
        if let Some(invalid) = feature.invalid {
            tally.invalid += 1;
            let message = format!(
                "the geometry of '{key}' is not valid: {}",
                invalid.reason.as_str().replace('_', " ")
            );
            let at = place(Some([invalid.x, invalid.y]));
            find("geometry.invalid", Some(&key), at, message);
            return Ok(());
        }
        let kind = kind_of(&feature.geometry);
        if kind != definition.geometry {
            let (is, wanted) = (kind.word(), definition.geometry.word());
            let message = format!("the geometry of '{key}' is a {is}, the layer holds a {wanted}");
            find("geometry.unsupported", Some(&key), place(first), message);
            return Ok(());
        }
        let geometry = self.to_storage(&feature.geometry, tally)?;
        if let Some(index) = definition.key_column()
            && definition.column[index].from.content
        {
            key = content_key(&values, &geometry);
            values[index] = Value::Text(key.clone());
        }
        let polygons = geometry.as_polygons().filter(|_| definition.coverage);
        self.batch.push(PreparedRow {
            file: self.number,
            line: feature.line,
            label: label_point(&geometry),
            ewkb: geometry_ewkb(&geometry, self.preparation.srid),
            vertices: geometry.vertex_count() as u64,
            original: self.original(&feature.values),
            region: polygons.map(|polygons| Region::new(key.clone(), polygons)),
            key,
            values,
        });
        Ok(())
    }

    // A layer with cadastral references takes only those of its comune.
    fn is_at_home(&self, values: &Row) -> bool {
        let reference = self
            .preparation
            .definition
            .part_column(ReferencePart::Reference)
            .and_then(|index| values[index].as_text());
        reference.is_none_or(|reference| {
            self.preparation
                .codes
                .iter()
                .any(|code| reference.starts_with(code.as_str()))
        })
    }

    fn to_storage(&self, geometry: &Geometry, tally: &mut Tally) -> Result<Geometry, PrepareError> {
        let fault = |source| PrepareError::Crs {
            file: self.file.name.clone(),
            source,
        };
        with_transformation(self.from, self.preparation.srid, |transformation| {
            let stored = geometry.map_points(|points| transformation.apply_to(points))?;
            if tally.operation.is_none() {
                tally.operation = Some(transformation.operation());
            }
            Ok(stored)
        })
        .and_then(|outcome| outcome)
        .map_err(fault)
    }

    fn original(&self, values: &[Option<String>]) -> String {
        let object: serde_json::Map<String, serde_json::Value> = self
            .fields
            .iter()
            .zip(values)
            .filter_map(|(field, value)| {
                let text = value.as_ref()?.replace('\0', "");
                Some((field.clone(), text.into()))
            })
            .collect();
        serde_json::Value::Object(object).to_string()
    }
}

/// A place in lon/lat, where it can be told.
pub(super) fn lon_lat(from: i32, at: [f64; 2]) -> Option<[f64; 2]> {
    let mut point = [at];
    let moved = with_transformation(from, crs::LON_LAT, |t| t.apply_to(&mut point));
    matches!(moved, Ok(Ok(()))).then_some(point[0])
}
