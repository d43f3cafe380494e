//! The features of a sheet, as a stream.
//!
//! Every feature has the same fields; those of areas are named as in the national cadastre, so
//! that a layer's definition reads both.

use std::collections::HashMap;
use std::io::Write;

use wire::{Feature, FieldType, Geometry, MultiLine, MultiPolygon, Severity};

use super::class::{Class, class_of, line_name, symbol_name};
use super::geometry::{TooShort, area, ground, label_middle, polygon};
use super::sheet::{Border, Sheet};
use super::{Limits, Options};
use crate::failure::{Failure, FailureKind, Stop};
use crate::output::{Note, Output};
use crate::settle::{settle, too_complex};

/// Scale that is supposed for the size of letters where a map has none.
const USUAL_SCALE: f64 = 2000.0;

/// Names of the fields of every feature, with their types.
pub(super) const FIELDS: [(&str, FieldType); 14] = [
    ("NATIONALCADASTRALREFERENCE", FieldType::Text),
    ("NATIONALCADASTRALZONINGREFERENCE", FieldType::Text),
    ("ADMINISTRATIVEUNIT", FieldType::Text),
    ("LABEL", FieldType::Text),
    ("ORIGINALMAPSCALEDENOMINATOR", FieldType::Integer),
    ("CLASS", FieldType::Text),
    ("BUILDINGREFERENCE", FieldType::Text),
    ("CODE", FieldType::Integer),
    ("NAME", FieldType::Text),
    ("OUTSIDE", FieldType::Boolean),
    ("ANGLE", FieldType::Real),
    ("HEIGHT", FieldType::Real),
    ("LABEL_X", FieldType::Real),
    ("LABEL_Y", FieldType::Real),
];

/// What a feature says beside its geometry.
#[derive(Debug, Clone, Default)]
struct Said {
    reference: Option<String>,
    label: String,
    building: Option<String>,
    code: Option<usize>,
    name: Option<&'static str>,
    outside: bool,
    angle: Option<f64>,
    height: Option<f64>,
    at: Option<[f64; 2]>,
}

/// Writes the features of the classes that are wanted.
pub(super) fn write<W: Write>(
    sheet: &Sheet,
    name: &str,
    options: &Options,
    output: &mut Output<W>,
) -> Result<(), Stop> {
    let mut writing = Writing {
        sheet,
        name,
        limits: &options.limits,
        output,
        vertices: 0,
        features: 0,
    };
    writing.areas(&options.classes)?;
    for class in &options.classes {
        match class {
            Class::Text => writing.texts()?,
            Class::Symbol => writing.symbols()?,
            Class::Line => writing.lines()?,
            Class::Fiducial => writing.fiducials()?,
            Class::Raster => writing.rasters()?,
            Class::Booklet => writing.booklets()?,
            Class::Parcel
            | Class::Road
            | Class::Water
            | Class::Building
            | Class::Border
            | Class::Index => {}
        }
    }
    Ok(())
}

struct Writing<'a, W> {
    sheet: &'a Sheet,
    name: &'a str,
    limits: &'a Limits,
    output: &'a mut Output<W>,
    vertices: u64,
    features: u64,
}

impl<W: Write> Writing<'_, W> {
    fn scale(&self) -> f64 {
        self.sheet.scale.unwrap_or(USUAL_SCALE)
    }

    /// Writes areas; those of one class and code are the parts of one feature.
    fn areas(&mut self, wanted: &[Class]) -> Result<(), Stop> {
        let sheet = self.sheet;
        let mut groups: Vec<(Class, String, Vec<&Border>)> = Vec::new();
        let mut places: HashMap<(Class, String), usize> = HashMap::new();
        let mut numbers: HashMap<Class, usize> = HashMap::new();
        for border in &sheet.borders {
            let class = class_of(&border.code, self.name, sheet.kind);
            if !wanted.contains(&class) {
                continue;
            }
            self.output.count_member();
            let code = match class {
                // Those of a map are all called the same; each is a feature of its own.
                Class::Road | Class::Water => {
                    let number = numbers.entry(class).or_default();
                    *number += 1;
                    numbered(class, &border.code, *number)
                }
                _ => border.code.to_ascii_uppercase(),
            };
            if code.is_empty() {
                self.output.leave_out(Note {
                    rule: "feature.no_reference",
                    severity: Severity::Error,
                    line: border.line,
                    subject: None,
                    message: "The area has no code.".to_owned(),
                })?;
                continue;
            }
            let place = *places.entry((class, code.clone())).or_insert_with(|| {
                groups.push((class, code, Vec::new()));
                groups.len() - 1
            });
            groups[place].2.push(border);
        }
        for (class, code, parts) in groups {
            self.area(class, &code, &parts)?;
        }
        Ok(())
    }

    fn area(&mut self, class: Class, code: &str, parts: &[&Border]) -> Result<(), Stop> {
        let largest = parts.iter().max_by(|a, b| area(a).total_cmp(&area(b)));
        let (Some(first), Some(largest)) = (parts.first(), largest) else {
            return Ok(());
        };
        let subject = self.reference(class, code);
        let mut shape = MultiPolygon::new();
        for border in parts {
            match polygon(border) {
                Ok((part, closed, dropped)) => {
                    self.mended(border, &subject, closed, dropped)?;
                    shape.append(&part);
                }
                Err(TooShort { vertices, .. }) => self.output.note(Note {
                    rule: "geometry.ring_too_short",
                    severity: Severity::Warning,
                    line: border.line,
                    subject: Some(subject.clone()),
                    message: format!("The area has {vertices} vertices: it is left out."),
                })?,
            }
        }
        if shape.is_empty() {
            return Ok(());
        }
        let most = self.limits.feature_vertices;
        if shape.vertex_count() > most {
            let message = format!("An area has more than {most} vertices.");
            return Err(Failure::at(FailureKind::LimitVertices, first.line, message).into());
        }
        let settled = settle(
            shape,
            first.line,
            Some(&subject),
            self.limits.comparisons,
            self.output,
        )?;
        let (shape, invalid) = match settled {
            Ok(settled) => settled,
            Err(_) => {
                self.output
                    .leave_out(too_complex(first.line, Some(subject)))?;
                return Ok(());
            }
        };
        let (shape, invalid) = match invalid {
            Some(_) => self.mend(shape, invalid, first.line, &subject)?,
            None => (shape, invalid),
        };
        let scale = self.scale();
        let said = Said {
            label: self.label(class, &largest.code),
            building: (class == Class::Building).then(|| subject.clone()),
            reference: Some(match class {
                Class::Building => subject.trim_end_matches('+').to_owned(),
                _ => subject.clone(),
            }),
            angle: Some(largest.angle.to_degrees()),
            height: Some(ground(largest.height, scale)),
            at: Some(label_middle(
                largest.position,
                largest.height,
                largest.angle,
                &self.label(class, &largest.code),
                scale,
            )),
            ..Said::default()
        };
        let members = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        self.feature(class, first.line, members, said, invalid, shape.into())
    }

    /// Removes spikes and points that a ring touches twice from an invalid shape, within a bound
    /// of 1 % of its area; what stays invalid is told by whoever reads the stream.
    fn mend(
        &mut self,
        shape: MultiPolygon,
        invalid: Option<wire::Invalid>,
        line: u64,
        subject: &str,
    ) -> Result<(MultiPolygon, Option<wire::Invalid>), Stop> {
        let Some(part) = self.limits.repair else {
            return Ok((shape, invalid));
        };
        let mended = crate::vector::repaired(
            &shape,
            part,
            self.limits.feature_vertices,
            self.limits.comparisons,
        );
        match mended {
            Some((mended, change)) => {
                self.output.note(Note {
                    rule: "geometry.repaired",
                    severity: Severity::Warning,
                    line,
                    subject: Some(subject.to_owned()),
                    message: format!(
                        "The outline was not valid and was repaired: its area changed by {:+.3} %.",
                        change * 100.0
                    ),
                })?;
                Ok((mended, None))
            }
            None => Ok((shape, invalid)),
        }
    }

    fn mended(
        &mut self,
        border: &Border,
        subject: &str,
        closed: u32,
        dropped: u32,
    ) -> Result<(), Stop> {
        let rules = [
            (
                closed,
                "geometry.ring_open",
                "rings were not closed and have been",
            ),
            (
                dropped,
                "geometry.island_too_short",
                "islands of fewer than three corners are left out",
            ),
        ];
        for (count, rule, what) in rules {
            if count > 0 {
                self.output.note(Note {
                    rule,
                    severity: Severity::Warning,
                    line: border.line,
                    subject: Some(subject.to_owned()),
                    message: format!("{count} {what}."),
                })?;
            }
        }
        Ok(())
    }

    fn reference(&self, class: Class, code: &str) -> String {
        match class {
            Class::Border | Class::Index => code.to_owned(),
            _ => {
                let number: String = code.chars().filter(|c| !c.is_whitespace()).collect();
                format!("{}.{number}", self.name)
            }
        }
    }

    /// The text that a map writes on an area: of a sheet its number, annex and development.
    fn label(&self, class: Class, code: &str) -> String {
        match class {
            Class::Border | Class::Index => code.get(5..).unwrap_or(code).to_owned(),
            _ => code.to_owned(),
        }
    }

    fn texts(&mut self) -> Result<(), Stop> {
        let scale = self.scale();
        for text in &self.sheet.texts {
            self.output.count_member();
            let said = Said {
                label: text.text.trim().to_owned(),
                outside: text.outside,
                angle: Some(text.angle.to_degrees()),
                height: Some(ground(text.height, scale)),
                at: Some(label_middle(
                    text.position,
                    text.height,
                    text.angle,
                    text.text.trim(),
                    scale,
                )),
                ..Said::default()
            };
            let place = Geometry::Points(vec![text.position]);
            self.feature(Class::Text, text.line, 1, said, None, place)?;
        }
        Ok(())
    }

    fn symbols(&mut self) -> Result<(), Stop> {
        for symbol in &self.sheet.symbols {
            self.output.count_member();
            let said = Said {
                code: Some(symbol.code),
                name: symbol_name(symbol.code),
                outside: symbol.outside,
                angle: Some(symbol.angle.to_degrees()),
                ..Said::default()
            };
            let place = Geometry::Points(vec![symbol.position]);
            self.feature(Class::Symbol, symbol.line, 1, said, None, place)?;
        }
        Ok(())
    }

    fn fiducials(&mut self) -> Result<(), Stop> {
        for fiducial in &self.sheet.fiducials {
            self.output.count_member();
            let said = Said {
                label: fiducial.number.clone(),
                code: Some(fiducial.code),
                name: symbol_name(fiducial.code),
                outside: fiducial.outside,
                at: Some(fiducial.label),
                ..Said::default()
            };
            let place = Geometry::Points(vec![fiducial.position]);
            self.feature(Class::Fiducial, fiducial.line, 1, said, None, place)?;
        }
        Ok(())
    }

    fn lines(&mut self) -> Result<(), Stop> {
        for line in &self.sheet.lines {
            self.output.count_member();
            let said = Said {
                code: Some(line.code),
                name: line_name(line.code),
                outside: line.outside,
                ..Said::default()
            };
            self.line(Class::Line, line.line, said, &line.points)?;
        }
        Ok(())
    }

    fn booklets(&mut self) -> Result<(), Stop> {
        for booklet in &self.sheet.booklets {
            self.output.count_member();
            let said = Said {
                label: booklet.protocol.clone(),
                code: Some(booklet.code),
                ..Said::default()
            };
            self.line(Class::Booklet, booklet.line, said, &booklet.points)?;
        }
        Ok(())
    }

    fn line(
        &mut self,
        class: Class,
        line: u64,
        said: Said,
        points: &[[f64; 2]],
    ) -> Result<(), Stop> {
        let mut shape = MultiLine::new();
        if let Err(error) = shape.push_line(points) {
            self.output.note(Note {
                rule: "geometry.line_too_short",
                severity: Severity::Warning,
                line,
                subject: None,
                message: format!("The line is left out: {error}."),
            })?;
            return Ok(());
        }
        self.feature(class, line, 1, said, None, Geometry::Lines(shape))
    }

    fn rasters(&mut self) -> Result<(), Stop> {
        for raster in &self.sheet.rasters {
            self.output.count_member();
            let [a, b, c, d] = raster.corners;
            let mut shape = MultiPolygon::new();
            if shape.push_ring(&[a, b, c, d, a]).is_err() || shape.end_polygon().is_err() {
                continue;
            }
            let said = Said {
                label: raster.file.clone(),
                ..Said::default()
            };
            let settled = settle(
                shape,
                raster.line,
                Some(&raster.file),
                self.limits.comparisons,
                self.output,
            )?;
            if let Ok((shape, invalid)) = settled {
                self.feature(Class::Raster, raster.line, 1, said, invalid, shape.into())?;
            }
        }
        Ok(())
    }

    fn feature(
        &mut self,
        class: Class,
        line: u64,
        members: u32,
        said: Said,
        invalid: Option<wire::Invalid>,
        geometry: Geometry,
    ) -> Result<(), Stop> {
        self.features += 1;
        self.vertices += geometry.vertex_count() as u64;
        if self.features > self.limits.features {
            let message = format!("The file has more than {} features.", self.limits.features);
            return Err(Failure::at(FailureKind::LimitFeatures, line, message).into());
        }
        if self.vertices > self.limits.vertices {
            let message = format!("The file has more than {} vertices.", self.limits.vertices);
            return Err(Failure::at(FailureKind::LimitVertices, line, message).into());
        }
        let is_sheet = matches!(class, Class::Border | Class::Index);
        let zoning = match (&said.reference, is_sheet) {
            (Some(reference), true) => reference.clone(),
            _ => self.name.to_owned(),
        };
        let text = |text: String| (!text.is_empty()).then_some(text);
        let real = |value: Option<f64>| value.map(|value| format!("{value:.4}"));
        let values = vec![
            said.reference.filter(|_| !is_sheet),
            text(zoning),
            text(self.name.get(..4).unwrap_or_default().to_owned()),
            text(said.label),
            self.sheet.scale.map(|scale| format!("{scale:.0}")),
            Some(class.word().to_owned()),
            said.building,
            said.code.map(|code| code.to_string()),
            said.name.map(str::to_owned),
            Some(if said.outside { "1" } else { "0" }.to_owned()),
            real(said.angle),
            real(said.height),
            real(said.at.map(|at| at[0])),
            real(said.at.map(|at| at[1])),
        ];
        let limit = self.limits.value_bytes;
        let values = values
            .into_iter()
            .map(|value| value.map(|value| shortened(value, limit)));
        self.output.feature(&Feature {
            line,
            values: values.collect(),
            members,
            invalid,
            geometry,
        })?;
        Ok(())
    }
}

/// The number of a road or water, as the national cadastre has it: `STRADA001`.
fn numbered(class: Class, code: &str, place: usize) -> String {
    let word = if class == Class::Road {
        "STRADA"
    } else {
        "ACQUA"
    };
    let digits = code.trim_start_matches(|c: char| !c.is_ascii_digit());
    match digits.parse::<usize>() {
        Ok(number) => format!("{word}{number:03}"),
        Err(_) => format!("{word}{place:03}"),
    }
}

fn shortened(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
    }
    text
}
