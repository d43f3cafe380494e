//! The collection, member by member.

use std::collections::BTreeMap;
use std::io::Read;

use super::Kind;
use super::schema::{MAPSERVER, WFS};
use super::xml::{Ns, Xml};
use crate::failure::{Failure, FailureKind, Stop};

/// Names of features of other kinds that are told apart.
const MOST_NAMES: usize = 20;

/// Takes what a walk meets.
pub(crate) trait Visitor<R> {
    /// Takes the feature of the wanted kind whose start tag the file is at, to its end tag.
    fn member(&mut self, xml: &mut Xml<R>) -> Result<(), Stop>;

    /// Takes note of an element of the collection that is not read.
    fn unknown(&mut self, name: &str, line: u64) -> Result<(), Stop>;
}

/// Features of other kinds: names with their namespace, and how many.
pub(crate) type Others = BTreeMap<String, u64>;

/// Walks through a whole file and returns the features of other kinds that it holds.
pub(crate) fn walk<R: Read>(
    xml: &mut Xml<R>,
    kind: Kind,
    visitor: &mut impl Visitor<R>,
) -> Result<Others, Stop> {
    let mut others = Others::new();
    let root = xml.root()?;
    if root != Ns::Wfs || xml.name() != "FeatureCollection" {
        let message = format!(
            "The file is {}, not a FeatureCollection in {WFS}.",
            shown(xml.name(), xml.namespace())
        );
        return Err(Failure::at(FailureKind::NotCadastre, xml.line(), message).into());
    }
    while let Some(ns) = xml.child()? {
        match (ns, xml.name()) {
            (Ns::Wfs, "member") => members(xml, kind, visitor, &mut others)?,
            (Ns::Wfs, "boundedBy") => xml.skip()?,
            _ => {
                visitor.unknown(&shown(xml.name(), xml.namespace()), xml.line())?;
                xml.skip()?;
            }
        }
    }
    xml.finish()?;
    Ok(others)
}

fn members<R: Read>(
    xml: &mut Xml<R>,
    kind: Kind,
    visitor: &mut impl Visitor<R>,
    others: &mut Others,
) -> Result<(), Stop> {
    while let Some(ns) = xml.child()? {
        if ns == Ns::MapServer && xml.name() == kind.element() {
            visitor.member(xml)?;
            continue;
        }
        let name = if ns == Ns::MapServer {
            xml.name().to_owned()
        } else {
            shown(xml.name(), xml.namespace())
        };
        if others.len() < MOST_NAMES || others.contains_key(&name) {
            *others.entry(name).or_default() += 1;
        }
        xml.skip()?;
    }
    Ok(())
}

/// Returns the failure of a file that holds features, but none of the wanted kind.
pub(crate) fn none_of(kind: Kind, others: &Others) -> Failure {
    let list: Vec<String> = others
        .iter()
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    Failure::of_file(
        FailureKind::NotCadastre,
        format!(
            "The file holds no {} in {MAPSERVER}; it holds {}.",
            kind.element(),
            list.join(", ")
        ),
    )
}

fn shown(name: &str, namespace: &str) -> String {
    let short = |text: &str| text[..text.floor_char_boundary(200)].to_owned();
    if namespace.is_empty() {
        format!("{} in no namespace", short(name))
    } else {
        format!("{} in {}", short(name), short(namespace))
    }
}
