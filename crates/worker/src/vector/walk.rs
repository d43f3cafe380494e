//! A layer, row by row: checking, writing.

use std::io::Write;
use std::path::Path;

use wire::{
    CrsInspection, CrsSource, EncodingSource, FORMAT, Feature, FieldType, Geometry, Hello, Invalid,
    Progress, Severity, ShapeError,
};

use super::repair::{self, Repaired};
use super::source::{Head, Row, Source};
use super::wkb::{self, Parts, Problem, Reading};
use super::{Kind, Options, READER, agreed, crs, declared_encoding};
use crate::failure::{Failure, FailureKind, Stop};
use crate::output::{Note, Output};
use crate::settle::too_complex;
use crate::validity::{self, Budget, TooComplex};

/// The field that keeps the outline (WKT) of what was repaired.
const BEFORE_REPAIR: &str = "geometry_before_repair";
/// Bytes of such a text at most; what is longer is not repaired.
const KEPT_BYTES: usize = 4 << 20;
/// Rows between two progress frames.
const PROGRESS_ROWS: u64 = 10_000;
/// Metres of a degree at the equator: what a tolerance in metres is in degrees, at most.
const DEGREE_M: f64 = 111_320.0;

/// A layer that is about to be read.
pub(crate) struct Prepared {
    source: Source,
    layer: usize,
    head: Head,
    bytes: u64,
    /// The CRS that the file names, where another one was declared.
    overridden: Option<CrsInspection>,
    /// How the code was found that the file does not name, or which ones it might be.
    how: Option<String>,
    is_geographic: bool,
    pub(crate) hello: Hello,
}

/// Opens a file and finds the layer.
pub(crate) fn prepare(path: &Path, options: &Options) -> Result<Prepared, Failure> {
    let declared = declared_encoding(options.encoding.as_deref())?;
    let driver = agreed(path, options.driver)?;
    let source = Source::open(path, driver, declared)?;
    let (layer, head) = find(&source, options)?;
    let kept = options.repair.map(|_| BEFORE_REPAIR.to_owned());
    if head.fields.len() + usize::from(kept.is_some()) > options.limits.fields {
        let message = format!("The layer has more than {} fields.", options.limits.fields);
        return Err(Failure::of_file(FailureKind::LimitFields, message));
    }
    let in_file = head.crs.clone();
    let (crs, overridden) = match options.crs {
        Some(code) => {
            let crs = crs::declared(code)?;
            let overridden = in_file.filter(|found| found.code != crs.code);
            (Some(crs), overridden)
        }
        None => (in_file, None),
    };
    let how = crs.as_ref().and_then(|crs| crs.how.clone());
    let hello = Hello {
        format: FORMAT,
        reader: READER.to_owned(),
        crs: crs
            .as_ref()
            .and_then(|crs| crs.code.clone())
            .unwrap_or_default(),
        wkt: crs.as_ref().and_then(|crs| crs.wkt.clone()),
        crs_source: crs.as_ref().map_or(CrsSource::Unknown, |crs| crs.source),
        fields: head
            .fields
            .iter()
            .map(|field| field.name.clone())
            .chain(kept.clone())
            .collect(),
        types: head
            .fields
            .iter()
            .map(|field| field.kind)
            .chain(kept.map(|_| FieldType::Text))
            .collect(),
        sheet: None,
    };
    Ok(Prepared {
        is_geographic: crs::is_geographic(crs.as_ref()),
        bytes: path.metadata().map_or(0, |found| found.len()),
        source,
        layer,
        head,
        overridden,
        how,
        hello,
    })
}

fn find(source: &Source, options: &Options) -> Result<(usize, Head), Failure> {
    let most = options.limits.layers;
    if source.layers() > most {
        let message = format!("The file has more than {most} layers.");
        return Err(Failure::of_file(FailureKind::LimitFields, message));
    }
    let heads: Vec<Head> = (0..source.layers())
        .map(|index| source.head(index))
        .collect::<Result<_, _>>()?;
    let found = match &options.layer {
        Some(name) => heads.iter().position(|head| head.name == *name),
        None => {
            let folded = options.preferred.as_ref().map(|name| name.to_lowercase());
            let preferred = heads
                .iter()
                .position(|head| Some(head.name.to_lowercase()) == folded);
            preferred.or_else(|| (heads.len() == 1).then_some(0))
        }
    };
    if let Some(index) = found {
        return Ok((index, heads[index].clone()));
    }
    let names: Vec<&str> = heads
        .iter()
        .take(50)
        .map(|head| head.name.as_str())
        .collect();
    let message = match &options.layer {
        Some(name) => format!(
            "There is no layer {name:?}; there are: {}.",
            names.join(", ")
        ),
        None => format!("One layer must be chosen; there are: {}.", names.join(", ")),
    };
    Err(Failure::of_file(FailureKind::LayerMissing, message))
}

/// Reads the rows of a layer and writes them as features.
pub(crate) fn walk<W: Write>(
    prepared: &Prepared,
    options: &Options,
    output: &mut Output<W>,
) -> Result<(), Stop> {
    let tolerance = options.curve_tolerance_m;
    let mut walk = Walk {
        options,
        reading: Reading {
            vertices: options.limits.feature_vertices,
            tolerance: if prepared.is_geographic {
                tolerance / DEGREE_M
            } else {
                tolerance
            },
        },
        output,
        fields: &prepared.hello.fields,
        vertices: 0,
        told: Told::default(),
    };
    walk.begin(prepared)?;
    let rows = prepared.head.rows.unwrap_or(0);
    prepared
        .source
        .rows(prepared.layer, &prepared.head.fields, |row| {
            let number = row.number;
            walk.row(row)?;
            if number % PROGRESS_ROWS == 0 && rows >= number {
                walk.output.progress(Progress {
                    bytes_read: prepared.bytes / rows * number,
                    bytes_total: prepared.bytes,
                })?;
            }
            Ok(())
        })?;
    walk.output.progress(Progress {
        bytes_read: prepared.bytes,
        bytes_total: prepared.bytes,
    })?;
    Ok(())
}

/// What has been told once.
#[derive(Default)]
struct Told {
    heights: bool,
    curves: bool,
    collections: bool,
}

struct Walk<'a, W> {
    options: &'a Options,
    reading: Reading,
    output: &'a mut Output<W>,
    fields: &'a [String],
    vertices: u64,
    told: Told,
}

/// Why a row is left out.
struct LeftOut(&'static str, Severity, String);

impl<W: Write> Walk<'_, W> {
    fn begin(&mut self, prepared: &Prepared) -> Result<(), Stop> {
        if let Some(found) = &prepared.overridden {
            let named = found.code.as_ref().unwrap_or(&found.name);
            let message = format!(
                "The file says that it is in {named}; {} was declared.",
                prepared.hello.crs
            );
            self.tell("crs.overridden", Severity::Warning, 1, message)?;
        }
        if let Some(how) = &prepared.how {
            let rule = match prepared.hello.crs.is_empty() {
                true => "crs.candidates",
                false => "crs.identified",
            };
            self.tell(rule, Severity::Info, 1, how.clone())?;
        }
        if let Some((encoding, EncodingSource::Supposed)) = prepared.source.encoding() {
            let message = format!(
                "Nothing tells the encoding of the text; {} is supposed.",
                encoding.name()
            );
            self.tell("encoding.supposed", Severity::Warning, 1, message)?;
        }
        Ok(())
    }

    fn row(&mut self, row: Row) -> Result<(), Stop> {
        let line = row.number;
        self.output.count_member();
        let limits = &self.options.limits;
        if line > limits.features {
            let message = format!("The layer has more than {} features.", limits.features);
            return Err(Failure::at(FailureKind::LimitFeatures, line, message).into());
        }
        for (name, value) in self.fields.iter().zip(&row.values) {
            if value
                .as_ref()
                .is_some_and(|value| value.len() > limits.value_bytes)
            {
                let most = limits.value_bytes;
                let message = format!("A value of {name:?} has more than {most} bytes.");
                return Err(Failure::at(FailureKind::LimitValue, line, message).into());
            }
        }
        if row.is_garbled {
            let message = "A value has bytes that mean nothing in the encoding.".to_owned();
            self.tell("value.encoding", Severity::Warning, line, message)?;
        }
        match self.geometry(row.geometry.as_deref(), line)? {
            Err(LeftOut(rule, severity, message)) => {
                self.output.leave_out(Note {
                    rule,
                    severity,
                    line,
                    subject: Some(subject(line)),
                    message,
                })?;
            }
            Ok(geometry) => {
                self.vertices += geometry.vertex_count() as u64;
                if self.vertices > self.options.limits.vertices {
                    let most = self.options.limits.vertices;
                    let message = format!("The layer has more than {most} vertices.");
                    return Err(Failure::at(FailureKind::LimitVertices, line, message).into());
                }
                match self.invalid(&geometry) {
                    Err(TooComplex) => {
                        self.output
                            .leave_out(too_complex(line, Some(subject(line))))?;
                    }
                    Ok(invalid) => {
                        let mut values = row.values;
                        let (geometry, invalid, before) = self.mended(geometry, invalid, line)?;
                        if self.options.repair.is_some() {
                            values.push(before);
                        }
                        self.output.feature(&Feature {
                            line,
                            values,
                            members: 1,
                            invalid,
                            geometry,
                        })?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Mends an invalid geometry where that is asked for and changes little; with the text of
    /// what it was.
    fn mended(
        &mut self,
        geometry: Geometry,
        invalid: Option<Invalid>,
        line: u64,
    ) -> Result<(Geometry, Option<Invalid>, Option<String>), Stop> {
        let (Some(most), Some(found), Some(polygons)) =
            (self.options.repair, invalid, geometry.as_polygons())
        else {
            return Ok((geometry, invalid, None));
        };
        let reason = found.reason.as_str().replace('_', " ");
        let percent = |change: f64| format!("{:+.4} %", change * 100.0);
        let mut budget = Budget::new(self.options.limits.comparisons);
        let text = repair::to_wkt(&geometry).filter(|text| text.len() <= KEPT_BYTES);
        match (
            repair::repair(polygons, most, self.reading, &mut budget),
            text,
        ) {
            (Repaired::Valid(valid, change), Some(text)) => {
                let change = percent(change);
                let message = format!(
                    "It was not valid ({reason}) and was repaired: its area changed by {change}."
                );
                self.tell("geometry.repaired", Severity::Warning, line, message)?;
                Ok((Geometry::Polygons(valid), None, Some(text)))
            }
            (Repaired::TooMuch(change), _) => {
                let (change, most) = (percent(change), most * 100.0);
                let message =
                    format!("A repair would change its area by {change}, more than {most} %.");
                self.tell("geometry.not_repaired", Severity::Info, line, message)?;
                Ok((geometry, invalid, None))
            }
            (Repaired::Not | Repaired::Valid(..), _) => {
                let message = "It cannot be repaired.".to_owned();
                self.tell("geometry.not_repaired", Severity::Info, line, message)?;
                Ok((geometry, invalid, None))
            }
        }
    }

    fn invalid(&self, geometry: &Geometry) -> Result<Option<Invalid>, TooComplex> {
        match geometry {
            Geometry::Polygons(polygons) => {
                validity::check(polygons, &mut Budget::new(self.options.limits.comparisons))
            }
            Geometry::Lines(_) | Geometry::Points(_) => Ok(None),
        }
    }

    fn geometry(
        &mut self,
        bytes: Option<&[u8]>,
        line: u64,
    ) -> Result<Result<Geometry, LeftOut>, Stop> {
        let error = |rule, message| Ok(Err(LeftOut(rule, Severity::Error, message)));
        let missing = "The feature has no geometry, or an empty one.";
        let bytes = match bytes {
            Some(bytes) if !bytes.is_empty() => bytes,
            _ => return error("geometry.missing", missing.to_owned()),
        };
        let parts = match wkb::read(bytes, self.reading) {
            Ok(parts) => parts,
            Err(Problem::TooMany) => {
                let most = self.reading.vertices;
                let message = format!("A feature has more than {most} vertices.");
                return Err(Failure::at(FailureKind::LimitVertices, line, message).into());
            }
            Err(problem) => return error(rule(&problem), format!("In the geometry {problem}.")),
        };
        self.tell_forms(&parts, line)?;
        Ok(self.chosen(parts))
    }

    /// Returns the geometry of the kind that is wanted.
    fn chosen(&self, parts: Parts) -> Result<Geometry, LeftOut> {
        let (polygons, lines) = (!parts.polygons.is_empty(), !parts.lines.is_empty());
        let points = !parts.points.is_empty();
        let kinds = [
            (polygons, Kind::Polygon),
            (lines, Kind::Line),
            (points, Kind::Point),
        ];
        let mut there = kinds.iter().filter(|(is_there, _)| *is_there);
        let Some((_, kind)) = there.next() else {
            let message = "The geometry is empty.".to_owned();
            return Err(LeftOut("geometry.missing", Severity::Error, message));
        };
        if there.next().is_some() {
            let message = "The geometry mixes polygons, lines and points.".to_owned();
            return Err(LeftOut("geometry.mixed", Severity::Error, message));
        }
        if self.options.geometry.is_some_and(|wanted| wanted != *kind) {
            let message = format!("The geometry is a {}, another kind is read.", name(*kind));
            return Err(LeftOut("geometry.other_kind", Severity::Warning, message));
        }
        Ok(match kind {
            Kind::Polygon => Geometry::Polygons(parts.polygons),
            Kind::Line => Geometry::Lines(parts.lines),
            Kind::Point => Geometry::Points(parts.points),
        })
    }

    /// Tells what becomes of heights, arcs and collections, once each.
    fn tell_forms(&mut self, parts: &Parts, line: u64) -> Result<(), Stop> {
        let info = Severity::Info;
        if (parts.has_z || parts.has_m) && !std::mem::replace(&mut self.told.heights, true) {
            let what = match (parts.has_z, parts.has_m) {
                (true, true) => "a height and a measure",
                (true, false) => "a height",
                _ => "a measure",
            };
            let message = format!("Positions have {what}, dropped here and further down.");
            self.tell("geometry.z_dropped", info, line, message)?;
        }
        if parts.has_curves && !std::mem::replace(&mut self.told.curves, true) {
            let tolerance = self.options.curve_tolerance_m;
            let message = format!(
                "Arcs became straight pieces, nowhere farther than {tolerance} m from the arc."
            );
            self.tell("geometry.curves", info, line, message)?;
        }
        if parts.is_collection && !std::mem::replace(&mut self.told.collections, true) {
            let message = "A collection was taken apart, here and further down.".to_owned();
            self.tell("geometry.collection", info, line, message)?;
        }
        Ok(())
    }

    fn tell(
        &mut self,
        rule: &'static str,
        severity: Severity,
        line: u64,
        message: String,
    ) -> Result<(), Stop> {
        self.output.note(Note {
            rule,
            severity,
            line,
            subject: None,
            message,
        })?;
        Ok(())
    }
}

fn subject(line: u64) -> String {
    format!("record {line}")
}

const fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Polygon => "polygon",
        Kind::Line => "line",
        Kind::Point => "point",
    }
}

const fn rule(problem: &Problem) -> &'static str {
    match problem {
        Problem::Shape(ShapeError::NotFinite) => "geometry.number",
        Problem::Shape(ShapeError::RingOpen) => "geometry.ring_open",
        Problem::Shape(ShapeError::RingTooShort(_)) => "geometry.ring_short",
        Problem::Shape(ShapeError::LineTooShort(_)) => "geometry.line_short",
        Problem::Shape(ShapeError::PolygonEmpty) => "geometry.missing",
        Problem::Type(_) | Problem::TooDeep | Problem::TooMany | Problem::Cut => {
            "geometry.unsupported"
        }
    }
}
