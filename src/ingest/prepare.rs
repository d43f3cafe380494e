//! From a worker's features to rows ready for the database.

use std::collections::HashSet;

use wire::{Feature, Frame, Geometry, MapSheet, MultiPolygon};

use crate::cadastre::{ComuneCode, SheetReference};
use crate::crs::{
    self, Operation, SheetSystems, SheetTransformation, Transformation, with_transformation,
};
use crate::geo::LonLatBox;
use crate::layer::{ChosenMapping, Definition, Mapping, ReferencePart, Row, Value};

use super::content_key::content_key;
use super::error::unknown_crs;
use super::ewkb::geometry_ewkb;
use super::inside::Sample;
use super::intake::{Input, Intake};
use super::label::{kind_of, label_point};
use super::measure::{area, is_inside};
use super::original::Names;
use super::report::{Finding, Report, Severity};
use super::sheet::plausible;
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
    pub(super) region: Option<MultiPolygon>,
}

/// What reading a file is bound to.
pub(super) struct Preparation {
    pub(super) worker: std::path::PathBuf,
    pub(super) definition: Definition,
    /// The worker's arguments before the file.
    pub(super) arguments: Vec<String>,
    /// The same for sheets of the cadastre.
    pub(super) sheet_arguments: Vec<String>,
    /// Coordinate systems of sheets.
    pub(super) systems: SheetSystems,
    /// True where invalid polygons are left out with a warning.
    pub(super) leave_out_invalid: bool,
    /// How fields fill columns, where not as the definition says.
    pub(super) mapping: Option<ChosenMapping>,
    /// The files.
    pub(super) intake: Intake,
    /// Where the territory is, for the choice of the change of coordinates.
    pub(super) area: Option<LonLatBox>,
    /// Folder of grids for it.
    pub(super) grids: Option<std::path::PathBuf>,
    pub(super) codes: Vec<ComuneCode>,
    pub(super) srid: i32,
    pub(super) progress: ProgressSender,
}

/// Counts and findings of the rules that rows are held against while they are read.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) report: Report,
    pub(super) invalid: u64,
    /// Invalid features that were left out with a warning.
    pub(super) invalid_left: u64,
    /// Keys of sheets that came from the sheets themselves.
    sheets: HashSet<String>,
    /// Repairs that were listed.
    pub(super) repaired: u64,
    /// Features that the mapping does not take.
    pub(super) set_aside: u64,
    pub(super) missing: u64,
    pub(super) unmapped: u64,
    pub(super) foreign: u64,
    pub(super) operation: Option<Operation>,
    /// Features whose coordinates could not be transformed.
    pub(super) lost: u64,
    /// Some of the files' points as they are there.
    pub(super) sample: Sample,
    /// Areas in the files' coordinates, where those are metres, and as stored.
    areas: [f64; 2],
}

impl Tally {
    /// How much areas in the files' coordinates differ from those on the ground, as a part of
    /// these; none without areas in metres.
    pub(super) fn area_difference(&self) -> Option<f64> {
        let [in_files, stored] = self.areas;
        (stored > 0.0).then(|| in_files / stored - 1.0)
    }
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
    #[error("{file}: {reason}")]
    SheetCrs { file: String, reason: String },
    #[error("{file}: {}", unknown_crs(.wkt.as_deref(), .candidates.as_deref()))]
    UnknownCrs {
        file: String,
        wkt: Option<String>,
        /// Which systems it might be in, as the worker says.
        candidates: Option<String>,
    },
}

const BATCH: usize = 256;

/// Reads a file and sends its rows in batches; runs on a thread that may block.
///
/// When the receiver is gone the reading stops.
pub(super) fn prepare_file(
    preparation: &Preparation,
    (number, file): (usize, &Input),
    tally: &mut Tally,
    rows: &tokio::sync::mpsc::Sender<Vec<PreparedRow>>,
) -> Result<(), PrepareError> {
    let given = match file.is_sheet {
        true => &preparation.sheet_arguments,
        false => &preparation.arguments,
    };
    let mut arguments: Vec<&str> = given.iter().map(String::as_str).collect();
    if file.is_sheet {
        arguments.extend(["--name", file.stem()]);
    }
    let mut state = FileState {
        preparation,
        file,
        number,
        fields: Vec::new(),
        names: Names::default(),
        mapping: None,
        unknown: None,
        from: 0,
        is_metric: false,
        transformation: None,
        sheet: None,
        label: None,
        class: None,
        batch: Vec::with_capacity(BATCH),
    };
    let mut fault = None;
    let reading = Reading {
        program: &preparation.worker,
        arguments: &arguments,
        file: &file.path,
        output: None,
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
    // Complete once a point went through it.
    if let (Some(transformation), None) = (&state.transformation, &tally.operation) {
        tally.operation = Some(transformation.operation());
    }
    Ok(())
}

struct FileState<'a> {
    preparation: &'a Preparation,
    file: &'a Input,
    number: usize,
    fields: Vec<String>,
    /// The fields as names of a JSON object.
    names: Names,
    mapping: Option<Mapping<'a>>,
    from: i32,
    /// Why the coordinates cannot be used: said when the first of them comes, because a file
    /// that cannot be read at all has no CRS either.
    unknown: Option<PrepareError>,
    is_metric: bool,
    transformation: Option<Transformation>,
    /// The change of coordinates of a sheet by the table, before anything else.
    sheet: Option<SheetTransformation>,
    /// Places of the fields that say where the map writes a label.
    label: Option<[usize; 2]>,
    /// Place of the field that says what an element of a sheet is.
    class: Option<usize>,
    batch: Vec<PreparedRow>,
}

impl<'a> FileState<'a> {
    fn send(&mut self, rows: &tokio::sync::mpsc::Sender<Vec<PreparedRow>>) -> bool {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        rows.blocking_send(batch).is_ok()
    }

    fn take(&mut self, frame: Frame, tally: &mut Tally) -> Result<(), PrepareError> {
        if let Some(mut unknown) = self.unknown.take() {
            if let (Frame::Finding(finding), PrepareError::UnknownCrs { candidates, .. }) =
                (&frame, &mut unknown)
                && finding.rule == "crs.candidates"
            {
                *candidates = Some(finding.message.clone());
            }
            return Err(unknown);
        }
        match frame {
            Frame::Hello(hello) => {
                let code = hello.crs.strip_prefix("EPSG:");
                let code = match (code.and_then(|code| code.parse().ok()), &hello.sheet) {
                    (Some(code), _) => code,
                    (None, Some(sheet)) => match self.sheet_system(sheet, tally)? {
                        Ok(code) => code,
                        Err(reason) => {
                            let file = self.file.name.clone();
                            self.unknown = Some(PrepareError::SheetCrs { file, reason });
                            return Ok(());
                        }
                    },
                    (None, None) => {
                        self.unknown = Some(PrepareError::UnknownCrs {
                            file: self.file.name.clone(),
                            wkt: hello.wkt.clone(),
                            candidates: None,
                        });
                        return Ok(());
                    }
                };
                self.from = code;
                if hello.sheet.is_some() {
                    let at = |name: &str| hello.fields.iter().position(|field| field == name);
                    self.label = at("LABEL_X").zip(at("LABEL_Y")).map(|(x, y)| [x, y]);
                    self.class = at("CLASS");
                }
                self.names = Names::new(&hello.fields);
                self.fields = hello.fields;
                self.is_metric = crs::is_metric(self.from).map_err(|e| self.fault(e))?;
                let grids = self.preparation.grids.as_deref();
                let (area, srid) = (self.preparation.area, self.preparation.srid);
                let chosen = Transformation::in_area(self.from, srid, area, grids);
                self.transformation = Some(chosen.map_err(|e| self.fault(e))?);
                let mapping = self.bind(tally)?;
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
            Frame::Finding(finding) => {
                tally.repaired += u64::from(finding.rule == "geometry.repaired");
                tally.report.find(Finding {
                    rule: finding.rule,
                    severity: finding.severity.into(),
                    file: self.file.name.clone(),
                    line: finding.line,
                    subject: finding.subject,
                    place: None,
                    message: finding.message,
                });
            }
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

    /// Binds the file's fields, and says how.
    fn bind(&self, tally: &mut Tally) -> Result<Mapping<'a>, PrepareError> {
        let preparation = self.preparation;
        let definition = &preparation.definition;
        let bound = match &preparation.mapping {
            None => Mapping::new(definition, &self.fields).map(|bound| (String::new(), bound)),
            Some(chosen) => {
                let found = Mapping::first_fit(definition, &chosen.layers, &self.fields);
                found.map(|(at, bound)| {
                    let which = match chosen.layers.len() {
                        1 => String::new(),
                        all => format!(" ({} of {all})", at + 1),
                    };
                    (format!("mapping '{}'{which}: ", chosen.name), bound)
                })
            }
        };
        let (which, mapping) = bound.map_err(|error| PrepareError::Fields {
            file: self.file.name.clone(),
            reason: format!("{error}; it has: {}", self.fields.join(", ")),
        })?;
        // The cadastre's files have the same fields everywhere.
        if definition.reader.vector.is_some() || preparation.mapping.is_some() {
            tally.report.find(Finding {
                rule: "mapping.applied".into(),
                severity: Severity::Info,
                file: self.file.name.clone(),
                line: None,
                subject: None,
                place: None,
                message: format!("{which}{}", mapping.told(&self.fields)),
            });
        }
        Ok(mapping)
    }

    fn feature(&mut self, feature: Feature, tally: &mut Tally) -> Result<(), PrepareError> {
        let definition = &self.preparation.definition;
        // A stream starts with its Hello, or the reader of the stream would have refused it.
        let Some(mapping) = &self.mapping else {
            return Ok(());
        };
        if !mapping.takes(&feature.values) {
            tally.set_aside += 1;
            return Ok(());
        }
        let mut feature = feature;
        if let Err(message) = self.to_system(&mut feature) {
            tally.lost += 1;
            tally.report.left_out += 1;
            tally.report.find(Finding {
                rule: "crs.coordinate".to_owned(),
                severity: Severity::Error,
                file: self.file.name.clone(),
                line: Some(feature.line),
                subject: None,
                place: None,
                message,
            });
            return Ok(());
        }
        let row = mapping.row(&feature.values);
        let first = feature.geometry.points().first().copied();
        let place = |at: Option<[f64; 2]>| lon_lat(self.from, at?);
        let lenient =
            feature.invalid.is_some() && (self.file.is_sheet || self.preparation.leave_out_invalid);
        let mut find = |rule: &str, subject: Option<&str>, place, message: String| {
            tally.report.left_out += 1;
            let severity = match rule {
                "geometry.invalid" if lenient => Severity::Warning,
                _ => Severity::Error,
            };
            tally.report.find(Finding {
                rule: rule.to_owned(),
                severity,
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
            match lenient {
                true => tally.invalid_left += 1,
                false => tally.invalid += 1,
            }
            let message = format!(
                "the geometry of '{key}' is not valid: {}",
                invalid.reason.as_str().replace('_', " ")
            );
            let at = place(Some([invalid.x, invalid.y]));
            find("geometry.invalid", Some(&key), at, message);
            return Ok(());
        }
        if let Some(class) = self.class.and_then(|at| feature.values[at].as_deref()) {
            match class {
                "border" => {
                    tally.sheets.insert(key.clone());
                }
                "index" if tally.sheets.contains(&key) => {
                    tally.set_aside += 1;
                    return Ok(());
                }
                _ => {}
            }
        }
        let kind = kind_of(&feature.geometry);
        if kind != definition.geometry {
            let (is, wanted) = (kind.word(), definition.geometry.word());
            let message = format!("the geometry of '{key}' is a {is}, the layer holds a {wanted}");
            find("geometry.unsupported", Some(&key), place(first), message);
            return Ok(());
        }
        tally.sample.offer(self.from, feature.geometry.points());
        let Some(geometry) = self.to_storage(&feature.geometry) else {
            tally.lost += 1;
            let message = format!("the coordinates of '{key}' cannot be in EPSG:{}", self.from);
            find("crs.coordinate", Some(&key), None, message);
            return Ok(());
        };
        if self.is_metric
            && let (Some(given), Some(stored)) =
                (feature.geometry.as_polygons(), geometry.as_polygons())
        {
            tally.areas[0] += area(given);
            tally.areas[1] += area(stored);
        }
        if let Some(index) = definition.key_column()
            && mapping.makes_key()
        {
            key = content_key(&values, &geometry);
            values[index] = Value::Text(key.clone());
        }
        self.batch.push(PreparedRow {
            file: self.number,
            line: feature.line,
            label: self
                .map_label(&feature, &geometry)
                .unwrap_or_else(|| label_point(&geometry)),
            ewkb: geometry_ewkb(&geometry, self.preparation.srid),
            vertices: geometry.vertex_count() as u64,
            original: self.names.object(&feature.values),
            region: match geometry {
                Geometry::Polygons(polygons) if definition.coverage => Some(polygons),
                _ => None,
            },
            key,
            values,
        });
        Ok(())
    }

    /// The CRS of a sheet of which the file says nothing: by the table of systems, else the one
    /// in whose range the numbers lie and which puts them where the comune is; the reason in
    /// words where none does.
    fn sheet_system(
        &mut self,
        sheet: &MapSheet,
        tally: &mut Tally,
    ) -> Result<Result<i32, String>, PrepareError> {
        let preparation = self.preparation;
        let (area, grids) = (preparation.area, preparation.grids.as_deref());
        let reference = sheet.name.parse::<SheetReference>().ok();
        let row = reference.and_then(|reference| preparation.systems.of(&reference));
        let (found, rule, message) = match row {
            Some(row) => {
                let opened = SheetTransformation::new(row, preparation.srid, area, grids);
                let opened = opened.map_err(|e| self.fault(e))?;
                if tally.operation.is_none() {
                    tally.operation = Some(opened.operation());
                }
                self.sheet = Some(opened);
                (Ok(preparation.srid), "crs.sheet", row.told())
            }
            None => match plausible(sheet, area) {
                Ok(code) => (
                    Ok(code),
                    "crs.recognised",
                    format!(
                        "{}: the file names no coordinate system; of those in whose range its \
                         numbers lie, EPSG:{code} alone puts it where the comune is",
                        sheet.name
                    ),
                ),
                Err(reason) => (Err(reason), "", String::new()),
            },
        };
        if found.is_ok() {
            tally.report.find(Finding {
                rule: rule.to_owned(),
                severity: Severity::Info,
                file: self.file.name.clone(),
                line: None,
                subject: Some(sheet.name.clone()),
                place: None,
                message,
            });
        }
        Ok(found)
    }

    /// Brings a feature of a sheet whose system is in the table into the storage CRS.
    fn to_system(&self, feature: &mut Feature) -> Result<(), String> {
        let Some(sheet) = &self.sheet else {
            return Ok(());
        };
        let moved = feature.geometry.map_points(|points| sheet.apply_to(points));
        feature.geometry = moved.map_err(|error| error.to_string())?;
        if let Some(invalid) = &mut feature.invalid {
            let mut at = [[invalid.x, invalid.y]];
            sheet.apply_to(&mut at).map_err(|error| error.to_string())?;
            [invalid.x, invalid.y] = at[0];
        }
        Ok(())
    }

    /// Where the map writes the label of a feature, in the storage CRS; none where it says
    /// nothing, or writes it outside of a polygon.
    fn map_label(&self, feature: &Feature, stored: &Geometry) -> Option<[f64; 2]> {
        let number = |at: usize| feature.values.get(at)?.as_deref()?.parse::<f64>().ok();
        let [x, y] = self.label?;
        let mut at = [[number(x)?, number(y)?]];
        match &self.sheet {
            Some(sheet) => sheet.apply_to(&mut at).ok()?,
            None => self.transformation.as_ref()?.apply_to(&mut at).ok()?,
        }
        match stored {
            Geometry::Polygons(polygons) => is_inside(polygons, at[0]).then_some(at[0]),
            Geometry::Points(_) => Some(at[0]),
            Geometry::Lines(_) => None,
        }
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

    /// The geometry in the storage CRS; none where its coordinates cannot be transformed.
    fn to_storage(&self, geometry: &Geometry) -> Option<Geometry> {
        let transformation = self.transformation.as_ref()?;
        let stored = geometry.map_points(|points| transformation.apply_to(points));
        stored.ok()
    }

    fn fault(&self, source: crs::Error) -> PrepareError {
        PrepareError::Crs {
            file: self.file.name.clone(),
            source,
        }
    }
}

/// A place in lon/lat, where it can be told.
pub(super) fn lon_lat(from: i32, at: [f64; 2]) -> Option<[f64; 2]> {
    let mut point = [at];
    let moved = with_transformation(from, crs::LON_LAT, |t| t.apply_to(&mut point));
    matches!(moved, Ok(Ok(()))).then_some(point[0])
}
