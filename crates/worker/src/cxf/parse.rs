//! The grammar of CXF: bytes to a sheet, with what is wrong and where.
//!
//! Source: Agenzia delle Entrate, "Specifica tecnica del formato per l'Export/Import della
//! cartografia catastale vettoriale CXF". One datum a record; the records of an element follow
//! its keyword. Files as offices deliver them are dirty: whatever is broken is told with its
//! line, and reading goes on at the next keyword.

use wire::Severity;

use super::record::{Fault, Keyword, Records, decoded, keyword, number};
use super::sheet::{Booklet, Border, Fiducial, Line, MapKind, Raster, Sheet, Symbol, Text};
use crate::failure::{Failure, FailureKind};
use crate::output::Note;

/// Notes of one file at most, beside those that the stream bounds by itself.
const MOST_NOTES: usize = 20_000;

/// Parses a file.
///
/// # Errors
/// Where there is neither a header nor an element of CXF in it.
pub fn parse(bytes: &[u8]) -> Result<Sheet, Failure> {
    let mut parser = Parser {
        records: Records::new(bytes),
        sheet: Sheet::default(),
        ended: false,
    };
    let headed = parser.header();
    while parser.element() {}
    if !headed && parser.sheet.element_count() == 0 {
        return Err(Failure::of_file(
            FailureKind::NotCxf,
            "The file is no CXF: it starts with none of MAPPA, MAPPA FONDIARIO and QUADRO \
             D'UNIONE, and holds no element.",
        ));
    }
    if !parser.ended {
        let line = parser.records.line();
        parser.note(
            "cxf.no_eof",
            Severity::Warning,
            line,
            None,
            "The file does not end with EOF: it may have been cut off.",
        );
    }
    Ok(parser.sheet)
}

/// Says what kind of map starts with this record.
pub(super) fn map_kind(line: &[u8]) -> Option<MapKind> {
    let text = decoded(line).to_uppercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        ["MAPPA"] => Some(MapKind::Map),
        ["MAPPA", "FONDIARIO"] => Some(MapKind::Fondiario),
        // The apostrophe is written in several ways.
        ["QUADRO", .., union] if words.len() <= 3 && union.ends_with("UNIONE") => {
            Some(MapKind::Index)
        }
        _ => None,
    }
}

struct Parser<'a> {
    records: Records<'a>,
    sheet: Sheet,
    ended: bool,
}

impl Parser<'_> {
    fn note(
        &mut self,
        rule: &'static str,
        severity: Severity,
        line: u64,
        subject: Option<&str>,
        message: impl Into<String>,
    ) {
        if self.sheet.notes.len() < MOST_NOTES {
            self.sheet.notes.push(Note {
                rule,
                severity,
                line,
                subject: subject.map(str::to_owned),
                message: message.into(),
            });
        }
    }

    /// Reads the header as far as there is one; says whether its first record is right.
    fn header(&mut self) -> bool {
        while self.records.peek().is_some_and(<[u8]>::is_empty) {
            self.records.skip();
        }
        let line = self.records.line();
        let Some(first) = self.records.peek() else {
            return false;
        };
        let Some(kind) = map_kind(first) else {
            if keyword(first).is_none() {
                self.records.skip();
            }
            let message = "The file does not start with the kind of its map; MAPPA is supposed.";
            self.note("cxf.header", Severity::Warning, line, None, message);
            return false;
        };
        self.sheet.kind = kind;
        self.records.skip();
        let line = self.records.line();
        match self.records.peek() {
            Some(name) if keyword(name).is_none() => {
                self.sheet.name = decoded(name).trim().to_owned();
                self.records.skip();
            }
            _ => {}
        }
        if self.sheet.name.is_empty() {
            let message = "The map has no name in the header.";
            self.note("cxf.header", Severity::Warning, line, None, message);
        }
        let line = self.records.line();
        match self.records.peek() {
            Some(scale) if keyword(scale).is_none() => {
                self.sheet.scale = number(scale).filter(|scale| *scale > 0.0);
                self.records.skip();
            }
            _ => {}
        }
        if self.sheet.scale.is_none() {
            let message = "The map has no scale in the header.";
            self.note("cxf.header", Severity::Warning, line, None, message);
        }
        true
    }

    /// Reads an element; false at the end of the file.
    fn element(&mut self) -> bool {
        let line = self.records.line();
        let passed = self.records.skip_to_keyword();
        if passed > 0 {
            let message = format!("{passed} records from here on belong to no element.");
            self.note("cxf.stray_records", Severity::Warning, line, None, message);
        }
        let line = self.records.line();
        let Some((word, outside)) = self.records.peek().and_then(keyword) else {
            return false;
        };
        self.records.skip();
        if word == Keyword::Eof {
            self.ended = true;
            return false;
        }
        if let Err(fault) = self.body(word, outside, line) {
            self.sheet.broken += 1;
            let message = format!(
                "The element of line {line} cannot be read: {}.",
                fault.message
            );
            self.note("cxf.element", Severity::Error, fault.line, None, message);
            // The fault may be a keyword that came too early: it starts the next element.
            self.records.go_to(line + 1);
            let from = self.records.line();
            self.records.skip_to_keyword();
            if self.records.line() < fault.line {
                // A keyword among the data is data: a text may say so.
                self.records.go_to(fault.line.max(from));
                self.records.skip_to_keyword();
            }
        }
        true
    }

    fn body(&mut self, word: Keyword, outside: bool, line: u64) -> Result<(), Fault> {
        let records = &mut self.records;
        match word {
            Keyword::Bordo => {
                let border = border(records, line)?;
                self.sheet.borders.push(border);
            }
            Keyword::Testo => self.sheet.texts.push(Text {
                line,
                outside,
                text: records.text("the text")?,
                height: records.real("the height of the text")?,
                angle: records.real("the angle of the text")?,
                position: records.point("the position of the text")?,
            }),
            Keyword::Simbolo => self.sheet.symbols.push(Symbol {
                line,
                outside,
                code: records.count("the code of the symbol")?,
                angle: records.real("the angle of the symbol")?,
                position: records.point("the position of the symbol")?,
            }),
            Keyword::Fiduciale => self.sheet.fiducials.push(Fiducial {
                line,
                outside,
                number: records.text("the number of the fiducial point")?,
                code: records.count("the symbol of the fiducial point")?,
                position: records.point("the position of the fiducial point")?,
                label: records.point("the label of the fiducial point")?,
            }),
            Keyword::Linea => {
                let code = records.count("the type of the line")?;
                let count = records.count("the number of vertices")?;
                let points = records.points(count, "vertices")?;
                self.sheet.lines.push(Line {
                    line,
                    outside,
                    code,
                    points,
                });
            }
            Keyword::Raster => {
                let file = records.text("the name of the raster")?;
                let mut corners = [[0.0; 2]; 4];
                for corner in &mut corners {
                    *corner = records.point("a corner of the raster")?;
                }
                self.sheet.rasters.push(Raster {
                    line,
                    file,
                    corners,
                });
            }
            Keyword::Libretto => {
                let protocol = records.text("the protocol of the booklet")?;
                let code = records.count("the type of the booklet")?;
                let count = records.count("the number of vertices")?;
                let points = records.points(count, "vertices")?;
                self.sheet.booklets.push(Booklet {
                    line,
                    protocol,
                    code,
                    points,
                });
            }
            // It ends the file before a body is asked for.
            Keyword::Eof => {}
        }
        Ok(())
    }
}

fn border(records: &mut Records<'_>, line: u64) -> Result<Border, Fault> {
    let code = records.text("the code")?;
    let height = records.real("the height of the label")?;
    let angle = records.real("the angle of the label")?;
    let position = records.point("the position of the label")?;
    let interior = records.point("the inner point")?;
    let islands = records.count("the number of islands")?;
    let at = records.line();
    let all = records.count("the number of vertices")?;
    if islands > records.left() {
        let message = format!("{islands} islands are announced, the file has not so many records");
        return Err(Fault { line: at, message });
    }
    let mut sizes = Vec::with_capacity(islands);
    for _ in 0..islands {
        sizes.push(records.count("the number of vertices of an island")?);
    }
    let inner: usize = sizes.iter().sum();
    let Some(outer) = all.checked_sub(inner) else {
        let message = format!("{all} vertices are announced in all, but {inner} of islands alone");
        return Err(Fault { line: at, message });
    };
    let mut rings = vec![records.points(outer, "vertices")?];
    for size in sizes {
        rings.push(records.points(size, "vertices of an island")?);
    }
    Ok(Border {
        line,
        code,
        height,
        angle,
        position,
        interior,
        rings,
    })
}
