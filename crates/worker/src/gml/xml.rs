//! Elements and text of a well-formed file, within limits.

use std::io::Read;

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesDecl, BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

use super::Limits;
use super::crs::Named;
use super::encoding::{self, Encoding};
use super::lines::{Lines, TooLong};
use super::schema::{GML, MAPSERVER, WFS};
use crate::failure::{Failure, FailureKind};

/// The namespace of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ns {
    Gml,
    MapServer,
    Wfs,
    Other,
}

/// What comes next in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Start(Ns),
    End,
    /// Text, a comment, an instruction.
    Other,
    Eof,
}

/// A file, element by element.
pub(crate) struct Xml<R> {
    reader: NsReader<Lines<R>>,
    encoding: Encoding,
    limits: Limits,
    buffer: Vec<u8>,
    depth: usize,
    started: bool,
    line: u64,
    /// What the latest start tag says.
    element: Element,
    crs: Named,
    collects: bool,
    text: String,
}

/// The latest start tag.
#[derive(Debug, Default)]
struct Element {
    name: String,
    namespace: String,
    dimension: Option<String>,
}

impl<R: Read> Xml<R> {
    pub(crate) fn new(input: R, encoding: Encoding, limits: &Limits) -> Self {
        let mut reader = NsReader::from_reader(Lines::new(input, limits.markup_bytes));
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            encoding,
            limits: limits.clone(),
            buffer: Vec::new(),
            depth: 0,
            started: false,
            line: 1,
            element: Element::default(),
            crs: Named::default(),
            collects: false,
            text: String::new(),
        }
    }

    /// Returns the local name of the latest start tag.
    pub(crate) fn name(&self) -> &str {
        &self.element.name
    }

    /// Returns the namespace of the latest start tag.
    pub(crate) fn namespace(&self) -> &str {
        &self.element.namespace
    }

    /// Returns the `srsDimension` of the latest start tag.
    pub(crate) fn dimension(&self) -> Option<&str> {
        self.element.dimension.as_deref()
    }

    /// Returns the line at which the latest tag or text starts.
    pub(crate) const fn line(&self) -> u64 {
        self.line
    }

    /// Says whether a `srsName` was met.
    pub(crate) const fn crs_is_known(&self) -> bool {
        self.crs.is_known()
    }

    /// Returns how many bytes were read, after decoding.
    pub(crate) fn bytes(&self) -> u64 {
        self.reader.get_ref().bytes()
    }

    /// Returns the namespace of the root element.
    pub(crate) fn root(&mut self) -> Result<Ns, Failure> {
        loop {
            match self.next()? {
                Token::Start(ns) => return Ok(ns),
                Token::Eof => return Err(self.malformed("The file has no element.")),
                Token::End | Token::Other => {}
            }
        }
    }

    /// Returns the namespace of the next child, and `None` at the end of the element.
    pub(crate) fn child(&mut self) -> Result<Option<Ns>, Failure> {
        loop {
            match self.next()? {
                Token::Start(ns) => return Ok(Some(ns)),
                Token::End => return Ok(None),
                Token::Other => {}
                Token::Eof => return Err(self.malformed("The file ends too early.")),
            }
        }
    }

    /// Goes to the end of the latest element, whatever it holds.
    pub(crate) fn skip(&mut self) -> Result<(), Failure> {
        let depth = self.depth;
        while self.depth >= depth {
            if self.next()? == Token::Eof {
                return Err(self.malformed("The file ends too early."));
            }
        }
        Ok(())
    }

    /// Returns the text of the latest element and goes to its end; children are left out.
    pub(crate) fn text(&mut self) -> Result<&str, Failure> {
        self.text.clear();
        self.collects = true;
        let end = self.text_to_end();
        self.collects = false;
        end?;
        Ok(&self.text)
    }

    fn text_to_end(&mut self) -> Result<(), Failure> {
        while self.child()?.is_some() {
            self.collects = false;
            self.skip()?;
            self.collects = true;
        }
        Ok(())
    }

    /// Goes to the end of the file, which must follow the root element.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        while self.next()? != Token::Eof {}
        Ok(())
    }

    fn bounded_text(&self, line: u64) -> Result<Token, Failure> {
        if self.text.len() as u64 > self.limits.markup_bytes {
            return Err(too_long(line, self.limits.markup_bytes));
        }
        Ok(Token::Other)
    }

    fn malformed(&self, message: impl Into<String>) -> Failure {
        Failure::at(FailureKind::Malformed, self.line, message)
    }

    fn next(&mut self) -> Result<Token, Failure> {
        self.buffer.clear();
        let lines = self.reader.get_mut();
        lines.start_piece();
        self.line = lines.line();
        let line = self.line;
        let (ns, event) = match self.reader.read_resolved_event_into(&mut self.buffer) {
            Ok(read) => read,
            Err(error) => return Err(refused(&error, line, self.limits.markup_bytes)),
        };
        match event {
            Event::Start(start) => {
                if self.depth == 0 && self.started {
                    return Err(malformed(line, "The file has a second root element."));
                }
                self.started = true;
                self.depth += 1;
                if self.depth > self.limits.depth {
                    return Err(Failure::at(
                        FailureKind::LimitDepth,
                        line,
                        format!("Elements are nested more than {} deep.", self.limits.depth),
                    ));
                }
                let ns = self.element.take(ns, &start, line)?;
                let most = self.limits.attributes;
                self.element
                    .take_attributes(ns, &start, line, most, &mut self.crs)?;
                Ok(Token::Start(ns))
            }
            Event::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(Token::End)
            }
            Event::Text(text) => {
                if self.depth == 0 && !text.chars().all(char::is_whitespace) {
                    return Err(malformed(line, "Text stands outside of the root element."));
                }
                if self.collects {
                    self.text.push_str(&text.xml10_content());
                }
                self.bounded_text(line)
            }
            Event::CData(text) => {
                if self.depth == 0 {
                    return Err(malformed(line, "Text stands outside of the root element."));
                }
                if self.collects {
                    self.text.push_str(&text.xml10_content());
                }
                self.bounded_text(line)
            }
            Event::GeneralRef(reference) => {
                if self.depth == 0 {
                    return Err(malformed(line, "Text stands outside of the root element."));
                }
                let char = reference
                    .resolve_char_ref()
                    .map_err(|error| malformed(line, sentence(&error)))?;
                if let Some(char) = char {
                    if !is_xml_char(char) {
                        return Err(malformed(line, "A character reference is not allowed."));
                    }
                    if self.collects {
                        self.text.push(char);
                    }
                } else if let Some(text) = resolve_predefined_entity(&reference) {
                    if self.collects {
                        self.text.push_str(text);
                    }
                } else {
                    let name: String = reference.chars().take(40).collect();
                    return Err(malformed(line, format!("The entity {name:?} is unknown.")));
                }
                self.bounded_text(line)
            }
            Event::Comment(_) | Event::PI(_) => Ok(Token::Other),
            Event::Decl(declaration) => {
                declared(&declaration, self.encoding, line)?;
                Ok(Token::Other)
            }
            Event::DocType(_) => Err(Failure::at(
                FailureKind::Doctype,
                line,
                "The file has a document type declaration (DOCTYPE), which is refused.",
            )),
            Event::Eof if self.depth > 0 => Err(malformed(
                line,
                format!("The file ends with {} elements still open.", self.depth),
            )),
            Event::Eof => Ok(Token::Eof),
            // Empty elements are expanded.
            Event::Empty(_) => Ok(Token::Other),
        }
    }
}

impl Element {
    /// Takes its name, and returns the namespace.
    fn take(
        &mut self,
        resolved: ResolveResult<'_>,
        start: &BytesStart<'_>,
        line: u64,
    ) -> Result<Ns, Failure> {
        self.name.clear();
        self.name.push_str(start.local_name().as_ref());
        self.namespace.clear();
        match resolved {
            ResolveResult::Bound(namespace) => self.namespace.push_str(namespace.0),
            ResolveResult::Unbound => {}
            ResolveResult::Unknown(prefix) => {
                return Err(malformed(
                    line,
                    format!("The namespace prefix {prefix:?} is not declared."),
                ));
            }
        }
        Ok(match self.namespace.as_str() {
            GML => Ns::Gml,
            MAPSERVER => Ns::MapServer,
            WFS => Ns::Wfs,
            _ => Ns::Other,
        })
    }

    /// Checks the attributes and takes those that matter.
    fn take_attributes(
        &mut self,
        ns: Ns,
        start: &BytesStart<'_>,
        line: u64,
        most: usize,
        crs: &mut Named,
    ) -> Result<(), Failure> {
        self.dimension = None;
        for (count, attribute) in start.attributes().enumerate() {
            if count >= most {
                return Err(Failure::at(
                    FailureKind::LimitAttributes,
                    line,
                    format!("An element has more than {most} attributes."),
                ));
            }
            let attribute = attribute.map_err(|error| malformed(line, sentence(&error)))?;
            if attribute.value.contains('<') {
                return Err(malformed(line, "An attribute holds a `<`."));
            }
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| malformed(line, sentence(&error)))?;
            match attribute.key.as_ref() {
                "srsName" if ns == Ns::Gml => crs.meet(value.trim(), line)?,
                "srsDimension" if ns == Ns::Gml => self.dimension = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Says whether XML 1.0 allows a character (production 2).
pub(crate) fn is_xml_char(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

pub(crate) fn malformed(line: u64, message: impl Into<String>) -> Failure {
    Failure::at(FailureKind::Malformed, line, message)
}

fn too_long(line: u64, most: u64) -> Failure {
    Failure::at(
        FailureKind::LimitMarkup,
        line,
        format!("One tag, comment or run of text is longer than {most} bytes."),
    )
}

/// Checks that the declaration names the encoding that was found at the start of the file.
fn declared(declaration: &BytesDecl<'_>, encoding: Encoding, line: u64) -> Result<(), Failure> {
    declaration
        .xml_version()
        .map_err(|error| malformed(line, sentence(&error)))?;
    let Some(name) = declaration.encoding() else {
        return Ok(());
    };
    let name = name.map_err(|error| malformed(line, sentence(&error)))?;
    if Encoding::named(&name) != Some(encoding) {
        return Err(encoding::unsupported(&name));
    }
    Ok(())
}

fn refused(error: &quick_xml::Error, line: u64, most: u64) -> Failure {
    match error {
        quick_xml::Error::Io(error) => {
            if error.get_ref().is_some_and(|inner| inner.is::<TooLong>()) {
                too_long(line, most)
            } else {
                Failure::unreadable(error)
            }
        }
        quick_xml::Error::Encoding(_) => Failure::at(
            FailureKind::Encoding,
            line,
            "The file is not in the encoding that it declares, which is UTF-8 by default.",
        ),
        quick_xml::Error::Namespace(quick_xml::name::NamespaceError::TooDeeplyNested(_)) => {
            Failure::at(FailureKind::LimitDepth, line, sentence(error))
        }
        other => malformed(line, sentence(other)),
    }
}

/// Makes a sentence of an error of the XML library.
fn sentence(error: &impl std::fmt::Display) -> String {
    format!("The file is not well-formed XML: {error}.")
}
