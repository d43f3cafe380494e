//! Polygons and surfaces of GML 3.2.

use std::io::Read;

use wire::{MultiPolygon, ShapeError};

use super::crs::check_order;
use super::xml::{Ns, Xml};
use crate::failure::{Failure, FailureKind};

/// What keeps a feature out of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) rule: &'static str,
    pub(crate) line: u64,
    pub(crate) message: String,
}

/// Reads the geometry of a feature; after its first problem it only goes on.
pub(crate) struct Geometry {
    most: usize,
    shape: MultiPolygon,
    ring: Vec<[f64; 2]>,
    problem: Option<Problem>,
}

impl Geometry {
    pub(crate) fn new(most_vertices: usize) -> Self {
        Self {
            most: most_vertices,
            shape: MultiPolygon::new(),
            ring: Vec::new(),
            problem: None,
        }
    }

    /// Reads the content of the property element that the file is at.
    pub(crate) fn read<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<(), Failure> {
        let line = xml.line();
        let mut found = false;
        while let Some(ns) = xml.child()? {
            if found {
                self.stop(
                    "geometry.unsupported",
                    xml.line(),
                    "There is a second geometry.",
                );
                xml.skip()?;
                continue;
            }
            found = true;
            match (ns, xml.name()) {
                (Ns::Gml, "MultiSurface") => self.multi_surface(xml)?,
                _ => self.surface(xml, ns)?,
            }
        }
        if !found {
            self.stop("geometry.missing", line, "The geometry is empty.");
        }
        Ok(())
    }

    /// Returns the shape, or what is wrong with it; `line` is that of the feature.
    pub(crate) fn finish(self, line: u64) -> Result<MultiPolygon, Problem> {
        match self.problem {
            Some(problem) => Err(problem),
            None if self.shape.is_empty() => Err(Problem {
                rule: "geometry.missing",
                line,
                message: "The feature has no geometry.".to_owned(),
            }),
            None => Ok(self.shape),
        }
    }

    pub(crate) fn stop(&mut self, rule: &'static str, line: u64, message: impl Into<String>) {
        if self.problem.is_none() {
            self.problem = Some(Problem {
                rule,
                line,
                message: message.into(),
            });
        }
    }

    fn multi_surface<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<(), Failure> {
        self.check_frame(xml)?;
        while let Some(ns) = xml.child()? {
            match (ns, xml.name()) {
                (Ns::Gml, "surfaceMember" | "surfaceMembers") => {
                    let line = xml.line();
                    let mut found = false;
                    while let Some(ns) = xml.child()? {
                        found = true;
                        self.surface(xml, ns)?;
                    }
                    if !found {
                        self.stop("geometry.missing", line, "A member of a surface is empty.");
                    }
                }
                (Ns::Gml, name) if is_description(name) => xml.skip()?,
                _ => self.unsupported(xml)?,
            }
        }
        Ok(())
    }

    fn surface<R: Read>(&mut self, xml: &mut Xml<R>, ns: Ns) -> Result<(), Failure> {
        match (ns, xml.name()) {
            (Ns::Gml, "Polygon") => self.polygon(xml),
            (Ns::Gml, "Surface") => self.patches(xml),
            _ => self.unsupported(xml),
        }
    }

    fn patches<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<(), Failure> {
        self.check_frame(xml)?;
        while let Some(ns) = xml.child()? {
            match (ns, xml.name()) {
                (Ns::Gml, "patches") => {
                    while let Some(ns) = xml.child()? {
                        match (ns, xml.name()) {
                            (Ns::Gml, "PolygonPatch") => self.polygon(xml)?,
                            _ => self.unsupported(xml)?,
                        }
                    }
                }
                (Ns::Gml, name) if is_description(name) => xml.skip()?,
                _ => self.unsupported(xml)?,
            }
        }
        Ok(())
    }

    fn polygon<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<(), Failure> {
        let line = xml.line();
        self.check_frame(xml)?;
        let mut rings = 0;
        while let Some(ns) = xml.child()? {
            match (ns, xml.name()) {
                (Ns::Gml, "exterior") if rings == 0 => {
                    rings += 1;
                    self.ring_of(xml)?;
                }
                (Ns::Gml, "exterior") => {
                    self.stop(
                        "geometry.exterior",
                        xml.line(),
                        "A polygon has its exterior twice or after a hole.",
                    );
                    xml.skip()?;
                }
                (Ns::Gml, "interior") => {
                    if rings == 0 {
                        self.stop(
                            "geometry.exterior",
                            xml.line(),
                            "A polygon has a hole before its exterior.",
                        );
                    }
                    rings += 1;
                    self.ring_of(xml)?;
                }
                (Ns::Gml, name) if is_description(name) => xml.skip()?,
                _ => self.unsupported(xml)?,
            }
        }
        if rings == 0 {
            self.stop("geometry.exterior", line, "A polygon has no exterior.");
        }
        if self.problem.is_none() && self.shape.end_polygon().is_err() {
            self.stop("geometry.exterior", line, "A polygon has no exterior.");
        }
        Ok(())
    }

    fn ring_of<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<(), Failure> {
        let line = xml.line();
        let mut found = false;
        while let Some(ns) = xml.child()? {
            match (ns, xml.name()) {
                (Ns::Gml, "LinearRing") if !found => {
                    found = true;
                    self.linear_ring(xml)?;
                }
                _ => self.unsupported(xml)?,
            }
        }
        if !found {
            self.stop("geometry.ring_short", line, "A ring has no points.");
        }
        Ok(())
    }

    fn linear_ring<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<(), Failure> {
        let line = xml.line();
        self.check_frame(xml)?;
        self.ring.clear();
        while let Some(ns) = xml.child()? {
            match (ns, xml.name()) {
                _ if self.problem.is_some() => xml.skip()?,
                (Ns::Gml, "posList") => self.positions(xml, false)?,
                (Ns::Gml, "pos") => self.positions(xml, true)?,
                (Ns::Gml, name) if is_description(name) => xml.skip()?,
                _ => self.unsupported(xml)?,
            }
        }
        if self.problem.is_some() {
            return Ok(());
        }
        if let Some(first) = self.ring.first() {
            check_order(*first, line)?;
        }
        match self.shape.push_ring(&self.ring) {
            Ok(()) => {}
            Err(ShapeError::RingOpen) => {
                self.stop("geometry.ring_open", line, "A ring is not closed.");
            }
            Err(ShapeError::RingTooShort(points)) => self.stop(
                "geometry.ring_short",
                line,
                format!("A ring has {points} points; 4 are the least."),
            ),
            Err(error) => self.stop("geometry.number", line, format!("{error}.")),
        }
        Ok(())
    }

    fn positions<R: Read>(&mut self, xml: &mut Xml<R>, single: bool) -> Result<(), Failure> {
        self.check_frame(xml)?;
        let line = xml.line();
        let text = xml.text()?;
        if self.problem.is_some() {
            return Ok(());
        }
        let before = self.ring.len();
        let most = self.most.saturating_sub(self.shape.vertex_count());
        if let Err(bad) = read_positions(text, &mut self.ring, most) {
            let newlines = text.as_bytes()[..bad.at].iter();
            let line = line + newlines.filter(|byte| **byte == b'\n').count() as u64;
            match bad.rule {
                Some(rule) => self.stop(rule, line, bad.message),
                None => return Err(too_many_vertices(line, self.most)),
            }
        } else if single && self.ring.len() != before + 1 {
            self.stop("geometry.number", line, "A pos does not hold one position.");
        }
        Ok(())
    }

    /// Checks dimension and CRS of the latest start tag.
    fn check_frame<R: Read>(&mut self, xml: &Xml<R>) -> Result<(), Failure> {
        if !xml.crs_is_known() {
            return Err(Failure::at(
                FailureKind::CrsMissing,
                xml.line(),
                "A geometry stands before any srsName: the CRS is unknown.",
            ));
        }
        if let Some(dimension) = xml.dimension()
            && dimension != "2"
        {
            let message = format!("The coordinates have {dimension:?} dimensions instead of 2.");
            self.stop("geometry.dimension", xml.line(), message);
        }
        Ok(())
    }

    fn unsupported<R: Read>(&mut self, xml: &mut Xml<R>) -> Result<(), Failure> {
        let message = format!("The element {:?} of a geometry cannot be read.", xml.name());
        self.stop("geometry.unsupported", xml.line(), message);
        xml.skip()
    }
}

/// Returns the failure of a feature of too many vertices.
pub(crate) fn too_many_vertices(line: u64, most: usize) -> Failure {
    Failure::at(
        FailureKind::LimitVertices,
        line,
        format!("A feature has more than {most} vertices."),
    )
}

/// Says whether a child of a GML object only describes it.
fn is_description(name: &str) -> bool {
    matches!(
        name,
        "description"
            | "descriptionReference"
            | "identifier"
            | "name"
            | "metaDataProperty"
            | "boundedBy"
    )
}

struct Bad {
    /// Offset in the text.
    at: usize,
    /// `None` where there are too many vertices.
    rule: Option<&'static str>,
    message: String,
}

/// Reads positions, latitude first, as `[x, y]` = longitude, latitude.
fn read_positions(text: &str, ring: &mut Vec<[f64; 2]>, most: usize) -> Result<(), Bad> {
    let mut tokens = text.split_ascii_whitespace();
    while let Some(first) = tokens.next() {
        // Tokens are slices of the text.
        let at = first.as_ptr() as usize - text.as_ptr() as usize;
        let Some(second) = tokens.next() else {
            return Err(Bad {
                at,
                rule: Some("geometry.pos_list_odd"),
                message: "A list of positions has an odd number of values.".to_owned(),
            });
        };
        let y = degrees(first, 90.0).map_err(|bad| Bad { at, ..bad })?;
        let x = degrees(second, 180.0).map_err(|bad| Bad { at, ..bad })?;
        if ring.len() >= most {
            return Err(Bad {
                at,
                rule: None,
                message: String::new(),
            });
        }
        ring.push([x, y]);
    }
    Ok(())
}

fn degrees(token: &str, most: f64) -> Result<f64, Bad> {
    let bad = |rule, what: &str| Bad {
        at: 0,
        rule: Some(rule),
        message: format!("The coordinate {:?} {what}.", shown(token)),
    };
    let value: f64 = token
        .parse()
        .map_err(|_| bad("geometry.number", "is not a number"))?;
    if !value.is_finite() {
        return Err(bad("geometry.number", "is not a finite number"));
    }
    if value.abs() > most {
        return Err(bad("geometry.range", "is outside of the globe"));
    }
    Ok(value)
}

fn shown(token: &str) -> &str {
    &token[..token.floor_char_boundary(40)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<[f64; 2]>, (usize, Option<&'static str>)> {
        let mut ring = Vec::new();
        match read_positions(text, &mut ring, 5) {
            Ok(()) => Ok(ring),
            Err(bad) => Err((bad.at, bad.rule)),
        }
    }

    #[test]
    fn positions_change_places_and_keep_every_digit() {
        assert_eq!(
            read(" 41.91596262 14.67262619\n+41.5e0\t.5 "),
            Ok(vec![[14.672_626_19, 41.915_962_62], [0.5, 41.5]])
        );
    }

    #[test]
    fn bad_positions_name_rule_and_place() {
        for (text, at, rule) in [
            ("1 2 3", 4, Some("geometry.pos_list_odd")),
            ("1 2 nan 4", 4, Some("geometry.number")),
            ("1 2 3 INF", 4, Some("geometry.number")),
            ("1,2 3", 0, Some("geometry.number")),
            ("90.1 3", 0, Some("geometry.range")),
            ("1 -180.1", 0, Some("geometry.range")),
            ("1 1 1 1 1 1 1 1 1 1 1 1", 20, None),
        ] {
            assert_eq!(read(text), Err((at, rule)), "{text}");
        }
    }
}
