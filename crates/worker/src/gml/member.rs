//! One member of the collection: its values and its geometry.

use std::io::Read;

use wire::MultiPolygon;

use super::geometry::{Geometry, Problem};
use super::xml::{Ns, Xml, is_xml_char, malformed};
use super::{Kind, Limits};
use crate::failure::{Failure, FailureKind};

/// A member as the file has it.
#[derive(Debug)]
pub(crate) struct Member {
    /// Line of its start tag.
    pub(crate) line: u64,
    /// Values in the order of the kind's fields, the reference first.
    pub(crate) values: Vec<Option<String>>,
    /// Its geometry, or what is wrong with it.
    pub(crate) shape: Result<MultiPolygon, Problem>,
    /// Elements of it that are not read: name and line.
    pub(crate) unknown: Vec<(String, u64)>,
    /// Fields that it has twice: name and line.
    pub(crate) repeated: Vec<(&'static str, u64)>,
}

impl Member {
    /// Returns its reference.
    pub(crate) fn reference(&self) -> Option<&str> {
        self.values.first().and_then(|value| value.as_deref())
    }
}

/// Reads the member whose start tag the file is at.
pub(crate) fn read<R: Read>(
    xml: &mut Xml<R>,
    kind: Kind,
    limits: &Limits,
) -> Result<Member, Failure> {
    let line = xml.line();
    let mut member = Member {
        line,
        values: vec![None; kind.fields().len()],
        shape: Ok(MultiPolygon::new()),
        unknown: Vec::new(),
        repeated: Vec::new(),
    };
    let mut geometry = Geometry::new(limits.feature_vertices);
    let mut geometries = 0;
    while let Some(ns) = xml.child()? {
        match (ns, xml.name()) {
            (Ns::MapServer, "msGeometry") => {
                geometries += 1;
                if geometries > 1 {
                    let message = "The feature has a second geometry.";
                    geometry.stop("geometry.unsupported", xml.line(), message);
                    xml.skip()?;
                } else {
                    geometry.read(xml)?;
                }
            }
            (Ns::Gml, "boundedBy" | "name" | "description" | "identifier") => xml.skip()?,
            (ns, name) => {
                let field = (ns == Ns::MapServer)
                    .then(|| kind.fields().iter().position(|field| *field == name))
                    .flatten();
                match field {
                    Some(field) => value(xml, kind, field, limits, &mut member)?,
                    None => {
                        if member.unknown.len() < limits.attributes {
                            member.unknown.push((name.to_owned(), xml.line()));
                        }
                        xml.skip()?;
                    }
                }
            }
        }
    }
    member.shape = geometry.finish(line);
    Ok(member)
}

/// Reads only the reference of the member whose start tag the file is at.
pub(crate) fn read_reference<R: Read>(
    xml: &mut Xml<R>,
    kind: Kind,
    limits: &Limits,
) -> Result<Option<String>, Failure> {
    let mut reference = None;
    while let Some(ns) = xml.child()? {
        if ns == Ns::MapServer && xml.name() == kind.fields()[0] && reference.is_none() {
            reference = text(xml, limits)?;
        } else {
            xml.skip()?;
        }
    }
    Ok(reference)
}

fn value<R: Read>(
    xml: &mut Xml<R>,
    kind: Kind,
    field: usize,
    limits: &Limits,
    member: &mut Member,
) -> Result<(), Failure> {
    let line = xml.line();
    let value = text(xml, limits)?;
    let place = &mut member.values[field];
    if place.is_none() {
        *place = value;
    } else if value.is_some() && member.repeated.len() < limits.attributes {
        member.repeated.push((kind.fields()[field], line));
    }
    Ok(())
}

/// Reads the value of a field: text as it stands, without the space around it.
fn text<R: Read>(xml: &mut Xml<R>, limits: &Limits) -> Result<Option<String>, Failure> {
    let line = xml.line();
    let text = xml.text()?.trim();
    if text.len() > limits.value_bytes {
        return Err(Failure::at(
            FailureKind::LimitValue,
            line,
            format!("A value is longer than {} bytes.", limits.value_bytes),
        ));
    }
    if !text.chars().all(is_xml_char) {
        return Err(malformed(
            line,
            "A value holds a character that XML forbids.",
        ));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
