//! The file, feature by feature: checking, writing.

use std::io::Write;

use wire::{Feature, MultiPolygon, Progress, Severity};

use super::coordinates::{self, Bad, Tally};
use super::object::{Object, each};
use super::text::{Lines, words};
use super::{CRS, Limits, crs};
use crate::failure::{Failure, FailureKind, Stop};
use crate::output::{Note, Output};
use crate::settle::{settle, too_complex};
use crate::validity::TooComplex;

/// Bytes between two progress frames.
const PROGRESS_BYTES: u64 = 4 << 20;
/// Geometry collections in one another, whatever the limits say: each takes some stack.
const MOST_DEPTH: usize = 100;

/// Reads the features of a well-formed file and writes them.
pub(crate) fn walk<W: Write>(
    text: &str,
    limits: &Limits,
    output: &mut Output<W>,
) -> Result<(), Stop> {
    let mut walk = Walk {
        lines: Lines::new(text),
        size: text.len() as u64,
        limits,
        output,
        tally: Tally::default(),
        first_outside: None,
        features: 0,
        next_progress: PROGRESS_BYTES,
    };
    walk.root(text)?;
    walk.check_tally()?;
    walk.output.progress(Progress {
        bytes_read: walk.size,
        bytes_total: walk.size,
    })?;
    Ok(())
}

struct Walk<'a, W> {
    lines: Lines<'a>,
    size: u64,
    limits: &'a Limits,
    output: &'a mut Output<W>,
    tally: Tally,
    /// Line of the first position that is not on the earth.
    first_outside: Option<u64>,
    features: u64,
    next_progress: u64,
}

/// Why a geometry is not read to its end.
enum Unread {
    /// The feature is left out.
    LeftOut {
        rule: &'static str,
        line: u64,
        message: String,
    },
    /// The file is refused.
    Refused(Failure),
}

impl From<Failure> for Unread {
    fn from(failure: Failure) -> Self {
        Self::Refused(failure)
    }
}

impl<'a, W: Write> Walk<'a, W> {
    fn root(&mut self, text: &'a str) -> Result<(), Stop> {
        let text = text.trim_ascii_start();
        let line = self.lines.go_to(text);
        let root = Object::read(text).map_err(|error| not_geojson(line, words(&error)))?;
        self.check_crs(&root)?;
        match root.kind.as_deref() {
            Some("FeatureCollection") => self.collection(&root, line),
            Some("Feature") => self.feature(root.geometry.map(|raw| raw.get()), line, None),
            Some(kind) if is_geometry(kind) => self.feature(Some(text), line, None),
            Some("Topology") => Err(not_geojson(line, "it is TopoJSON").into()),
            Some(kind) => {
                let what = format!("its type {:?} is none of GeoJSON", shown(kind));
                Err(not_geojson(line, what).into())
            }
            None => Err(not_geojson(line, "it has no type").into()),
        }
    }

    fn collection(&mut self, root: &Object<'a>, line: u64) -> Result<(), Stop> {
        let no_array = || not_geojson(line, "the collection has no array of features").into();
        let features = root.features.ok_or_else(no_array)?.get();
        let mut index = 0_u64;
        each(features, |piece| {
            let line = self.lines.go_to(piece);
            let name = format!("features[{index}]");
            index += 1;
            let feature = Object::read(piece)
                .map_err(|error| not_geojson(line, format!("{name}: {}", words(&error))))?;
            if feature.kind.as_deref() != Some("Feature") {
                return Err(not_geojson(line, format!("{name} is not a Feature")).into());
            }
            self.check_crs(&feature)?;
            self.feature(feature.geometry.map(|raw| raw.get()), line, Some(name))
        })
        .unwrap_or_else(|| Err(no_array()))
    }

    /// Reads, checks and writes a feature; `name` is its place in a collection.
    fn feature(
        &mut self,
        geometry: Option<&'a str>,
        line: u64,
        name: Option<String>,
    ) -> Result<(), Stop> {
        self.output.count_member();
        self.features += 1;
        if self.features > self.limits.features {
            let message = format!("The file has more than {} features.", self.limits.features);
            return Err(Failure::at(FailureKind::LimitFeatures, line, message).into());
        }
        let before = (self.tally.heights, self.tally.outside);
        let mut shape = MultiPolygon::new();
        let read = match geometry {
            None => Err(missing(line, "The feature has no geometry.")),
            Some(piece) => self.geometry(piece, 0, &mut shape),
        };
        self.note_height(before.0, line, name.as_ref())?;
        if self.tally.outside > before.1 {
            self.first_outside.get_or_insert(line);
        }
        self.check_vertices(line)?;
        self.tick()?;
        match read {
            Ok(()) if shape.is_empty() => {
                let message = "The geometry is empty.".to_owned();
                self.leave_out("geometry.missing", line, name, message)
            }
            // The file is going to be refused: only what its other positions are like counts.
            Ok(()) if self.first_outside.is_some() => Ok(()),
            Ok(()) => self.emit(shape, line, name),
            Err(Unread::LeftOut {
                rule,
                line,
                message,
            }) => self.leave_out(rule, line, name, message),
            Err(Unread::Refused(failure)) => Err(failure.into()),
        }
    }

    fn geometry(
        &mut self,
        piece: &'a str,
        depth: usize,
        shape: &mut MultiPolygon,
    ) -> Result<(), Unread> {
        // Lines are counted only where one is told: a feature may hold very many geometries.
        let line = || self.lines.line_of(piece);
        let unsupported = |message: String| Unread::LeftOut {
            rule: "geometry.unsupported",
            line: line(),
            message,
        };
        let object = Object::read(piece).map_err(|error| {
            unsupported(format!("The geometry cannot be read: {}.", words(&error)))
        })?;
        self.check_crs(&object)?;
        let several = match object.kind.as_deref() {
            Some("Polygon") => false,
            Some("MultiPolygon") => true,
            Some("GeometryCollection") => return self.geometries(&object, piece, depth, shape),
            kind => {
                return Err(unsupported(format!(
                    "A geometry of type {:?} is not read, only polygons are.",
                    shown(kind.unwrap_or_default())
                )));
            }
        };
        let Some(coordinates) = object.coordinates else {
            return Err(missing(line(), "A geometry has no coordinates."));
        };
        let coordinates = coordinates.get();
        if coordinates.strip_prefix('[').is_some_and(is_end) {
            // RFC 7946, 3.1: an empty array is as good as no geometry.
            return Ok(());
        }
        let most = self.limits.feature_vertices;
        match coordinates::read(coordinates, several, most, shape, &mut self.tally) {
            Ok(()) => Ok(()),
            Err(Bad::TooMany) => Err(Failure::at(
                FailureKind::LimitVertices,
                line(),
                format!("A feature has more than {most} vertices."),
            )
            .into()),
            Err(Bad::Rule {
                rule,
                line: within,
                message,
            }) => Err(Unread::LeftOut {
                rule,
                line: self.lines.line_of(coordinates) + within - 1,
                message,
            }),
        }
    }

    fn geometries(
        &mut self,
        object: &Object<'a>,
        piece: &'a str,
        depth: usize,
        shape: &mut MultiPolygon,
    ) -> Result<(), Unread> {
        let most = self.limits.depth.min(MOST_DEPTH);
        if depth >= most {
            let line = self.lines.line_of(piece);
            let message = format!("Geometry collections are nested more than {most} deep.");
            return Err(Failure::at(FailureKind::LimitDepth, line, message).into());
        }
        let no_array = |lines: &Lines<'_>| {
            let line = lines.line_of(piece);
            missing(line, "A collection has no array of geometries.")
        };
        let Some(geometries) = object.geometries else {
            return Err(no_array(&self.lines));
        };
        each(geometries.get(), |piece| {
            self.geometry(piece, depth + 1, shape)
        })
        .unwrap_or_else(|| Err(no_array(&self.lines)))
    }

    fn emit(&mut self, shape: MultiPolygon, line: u64, name: Option<String>) -> Result<(), Stop> {
        let steps = self.limits.comparisons;
        match settle(shape, line, name.as_ref(), steps, self.output)? {
            Ok((geometry, invalid)) => self.output.feature(&Feature {
                line,
                values: Vec::new(),
                members: 1,
                invalid,
                geometry: geometry.into(),
            })?,
            Err(TooComplex) => self.output.leave_out(too_complex(line, name))?,
        }
        Ok(())
    }

    fn leave_out(
        &mut self,
        rule: &'static str,
        line: u64,
        name: Option<String>,
        message: String,
    ) -> Result<(), Stop> {
        self.output.leave_out(Note {
            rule,
            severity: Severity::Error,
            line,
            message: match &name {
                Some(name) => format!("{name}: {message}"),
                None => message,
            },
            subject: name,
        })?;
        Ok(())
    }

    /// Tells of the first height of the file.
    fn note_height(&mut self, before: u64, line: u64, name: Option<&String>) -> Result<(), Stop> {
        if before == 0 && self.tally.heights > 0 {
            self.output.note(Note {
                rule: "geometry.z_dropped",
                severity: Severity::Info,
                line,
                subject: name.cloned(),
                message: "Positions have a height; it is dropped, here and further down."
                    .to_owned(),
            })?;
        }
        Ok(())
    }

    fn tick(&mut self) -> Result<(), Stop> {
        let bytes = self.lines.bytes();
        if bytes >= self.next_progress {
            self.next_progress = bytes + PROGRESS_BYTES;
            self.output.progress(Progress {
                bytes_read: bytes,
                bytes_total: self.size,
            })?;
        }
        Ok(())
    }

    fn check_vertices(&self, line: u64) -> Result<(), Stop> {
        let most = self.limits.vertices;
        if self.tally.positions > most {
            let message = format!("The file has more than {most} vertices.");
            return Err(Failure::at(FailureKind::LimitVertices, line, message).into());
        }
        Ok(())
    }

    fn check_crs(&self, object: &Object<'a>) -> Result<(), Failure> {
        let Some(member) = object.crs else {
            return Ok(());
        };
        crs::check(member.get()).map_err(|message| {
            let line = self.lines.line_of(member.get());
            Failure::at(FailureKind::CrsUnsupported, line, message)
        })
    }

    /// Refuses a file with positions outside of the earth, or all the wrong way round.
    fn check_tally(&self) -> Result<(), Failure> {
        let Tally {
            positions,
            swapped,
            outside,
            ..
        } = self.tally;
        let line = self.first_outside.unwrap_or(1);
        if swapped > 0 && swapped == positions {
            return Err(Failure::at(
                FailureKind::CrsAxisOrder,
                line,
                "Latitude and longitude look swapped in all positions; GeoJSON has the \
                 longitude first.",
            ));
        }
        if outside > 0 {
            return Err(Failure::at(
                FailureKind::CrsRange,
                line,
                format!(
                    "{outside} of {positions} positions are outside of the earth: GeoJSON is in \
                     degrees of {CRS}, longitudes to 180, latitudes to 90."
                ),
            ));
        }
        Ok(())
    }
}

fn is_geometry(kind: &str) -> bool {
    matches!(
        kind,
        "Point"
            | "MultiPoint"
            | "LineString"
            | "MultiLineString"
            | "Polygon"
            | "MultiPolygon"
            | "GeometryCollection"
    )
}

fn is_end(rest: &str) -> bool {
    rest.trim_ascii() == "]"
}

fn missing(line: u64, message: &str) -> Unread {
    Unread::LeftOut {
        rule: "geometry.missing",
        line,
        message: message.to_owned(),
    }
}

fn not_geojson(line: u64, what: impl Into<String>) -> Failure {
    let message = format!("The file is not GeoJSON: {}.", what.into());
    Failure::at(FailureKind::NotGeoJson, line, message)
}

fn shown(text: &str) -> &str {
    &text[..text.floor_char_boundary(40)]
}
