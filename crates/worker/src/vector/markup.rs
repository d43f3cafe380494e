//! The start of an XML file, up to its root element: what it is, and that it declares nothing.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::failure::{Failure, FailureKind};

/// Bytes of a KML file that are searched for references.
const LOOKED_AT: u64 = 64 << 20;

/// What the root element says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    /// Something with geometries of GML.
    Gml,
    /// KML.
    Kml,
}

/// Returns what the root element is.
///
/// A document type declaration stands before the root element or nowhere: after it the parser
/// itself refuses it. What stands there is ASCII in every encoding that is let in.
pub(crate) fn root(text: &[u8]) -> Result<Root, Failure> {
    let whole = text;
    let mut rest = text.trim_ascii_start();
    loop {
        let line = || 1 + newlines(&whole[..whole.len() - rest.len()]);
        if let Some(instruction) = rest.strip_prefix(b"<?") {
            rest = after(instruction, b"?>", line())?;
        } else if let Some(comment) = rest.strip_prefix(b"<!--") {
            rest = after(comment, b"-->", line())?;
        } else if rest.starts_with(b"<!") {
            return Err(Failure::at(
                FailureKind::Doctype,
                line(),
                "The file has a document type declaration (DOCTYPE), which is refused.",
            ));
        } else if let Some(element) = rest.strip_prefix(b"<") {
            return kind(element, line());
        } else {
            return Err(malformed(
                line(),
                "Text stands outside of the root element.",
            ));
        }
        rest = rest.trim_ascii_start();
    }
}

/// Returns the first element of a KML file that would fetch others, if there is one.
pub(crate) fn reference(path: &Path) -> Result<Option<&'static str>, Failure> {
    let file = File::open(path).map_err(|error| Failure::unreadable(&error))?;
    let mut text = Vec::new();
    file.take(LOOKED_AT)
        .read_to_end(&mut text)
        .map_err(|error| Failure::unreadable(&error))?;
    let elements = [
        "NetworkLink",
        "GroundOverlay",
        "PhotoOverlay",
        "ScreenOverlay",
        "Model",
    ];
    Ok(elements
        .into_iter()
        .find(|name| contains(&text, format!("<{name}").as_bytes())))
}

fn kind(element: &[u8], line: u64) -> Result<Root, Failure> {
    let Some(end) = element.iter().position(|&byte| byte == b'>') else {
        return Err(malformed(line, "The root element does not end."));
    };
    let tag = &element[..end];
    let name_end = tag
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || *byte == b'/')
        .unwrap_or(tag.len());
    let name = &tag[..name_end];
    let local = name.rsplit(|&byte| byte == b':').next().unwrap_or(name);
    let lower = local.to_ascii_lowercase();
    if local == b"kml" {
        return Ok(Root::Kml);
    }
    let refers = [
        &b"vrt"[..],
        b"ogrvrt",
        b"ogrwfs",
        b"gdal_",
        b"wms",
        b"wmts",
        b"pam",
    ];
    if refers.iter().any(|start| lower.starts_with(start))
        || lower.ends_with(b"capabilities")
        || lower.ends_with(b"datasource")
    {
        return Err(Failure::at(
            FailureKind::Refers,
            line,
            format!(
                "The file ({}) refers to other files or services, which are not followed.",
                String::from_utf8_lossy(&local[..local.len().min(40)])
            ),
        ));
    }
    if contains(tag, b"http://www.opengis.net/gml") || contains(tag, b"https://www.opengis.net/gml")
    {
        return Ok(Root::Gml);
    }
    Err(Failure::at(
        FailureKind::UnknownFormat,
        line,
        "The file is XML, but neither GML nor KML.",
    ))
}

fn after<'a>(text: &'a [u8], end: &[u8], line: u64) -> Result<&'a [u8], Failure> {
    let at = text.windows(end.len()).position(|found| found == end);
    let Some(at) = at else {
        return Err(malformed(
            line,
            "The file does not come to its root element.",
        ));
    };
    Ok(&text[at + end.len()..])
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|found| found == part)
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn malformed(line: u64, what: &str) -> Failure {
    Failure::at(FailureKind::Malformed, line, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doctype_is_found_wherever_it_can_stand() {
        for text in [
            "<!DOCTYPE x><kml>",
            "<?xml version='1.0'?>\n<!-- <kml> -->\n<!doctype x><kml>",
            "<?a ?><?b ?><!DOCTYPE kml SYSTEM 'x'>",
        ] {
            let failure = root(text.as_bytes()).expect_err(text);
            assert_eq!(failure.kind, FailureKind::Doctype, "{text}");
        }
        assert_eq!(root(b"<!-- <!DOCTYPE x> --><kml>"), Ok(Root::Kml));
        assert!(root(b"<?xml").is_err() && root(b"<kml").is_err() && root(b"<a>").is_err());
    }
}
