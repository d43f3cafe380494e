//! From a file's fields to a layer's columns.

use std::fmt;

use crate::cadastre::{CadastralReference, ReferenceError, SheetReference};

use super::definition::{Column, ColumnType, Definition, LayerRole, ReferencePart};
use super::value::Value;

/// A feature's columns, in the definition's order.
pub type Row = Vec<Value>;

/// Why a feature's fields do not make a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// The file has no such field at all.
    #[error("the file has no field '{field}', from which column '{column}' is filled")]
    NoField {
        /// Missing field.
        field: String,
        /// Column that wants it.
        column: String,
    },
    /// A required column has no value.
    #[error("field '{field}' is empty, but column '{column}' must have a value")]
    Empty {
        /// Empty field.
        field: String,
        /// Required column.
        column: String,
    },
    /// A value is not of the column's type.
    #[error("'{value}' in field '{field}' is no {wanted}")]
    Type {
        /// Field read.
        field: String,
        /// Its value, shortened.
        value: String,
        /// What was wanted.
        wanted: &'static str,
    },
    /// A value is no cadastral reference.
    #[error("field '{field}': {source}")]
    Reference {
        /// Field read.
        field: String,
        /// What is wrong with it.
        source: ReferenceError,
    },
}

/// A definition bound to the fields of one file.
pub struct Mapping<'a> {
    definition: &'a Definition,
    positions: Vec<usize>,
}

impl<'a> Mapping<'a> {
    /// Binds a definition's columns to a file's fields.
    ///
    /// # Errors
    /// [`MappingError::NoField`] for the first field that the file lacks.
    pub fn new<S: AsRef<str>>(
        definition: &'a Definition,
        fields: &[S],
    ) -> Result<Self, MappingError> {
        let positions = definition
            .column
            .iter()
            .map(|column| {
                fields
                    .iter()
                    .position(|field| field.as_ref() == column.from.field)
                    .ok_or_else(|| MappingError::NoField {
                        field: column.from.field.clone(),
                        column: column.name.clone(),
                    })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            definition,
            positions,
        })
    }

    /// Maps a feature's field values, in the order of the file's fields, to a row.
    ///
    /// # Errors
    /// The first [`MappingError`] met.
    pub fn row<S: AsRef<str>>(&self, values: &[Option<S>]) -> Result<Row, MappingError> {
        let mut parsed = ParsedReferences::default();
        self.definition
            .column
            .iter()
            .zip(&self.positions)
            .map(|(column, position)| {
                let text = values
                    .get(*position)
                    .and_then(Option::as_ref)
                    .map(|text| text.as_ref().trim())
                    .filter(|text| !text.is_empty());
                let value = match text {
                    None => Value::Null,
                    Some(text) => match column.from.part {
                        Some(part) => {
                            let reference = parsed.get(self.definition, *position, text);
                            part_of(
                                reference.map_err(|source| MappingError::Reference {
                                    field: column.from.field.clone(),
                                    source,
                                })?,
                                part,
                            )
                        }
                        None => typed(column, text)?,
                    },
                };
                if column.required && value == Value::Null {
                    return Err(MappingError::Empty {
                        field: column.from.field.clone(),
                        column: column.name.clone(),
                    });
                }
                Ok(value)
            })
            .collect()
    }
}

// Several columns come from one reference: it is parsed once a feature.
#[derive(Default)]
struct ParsedReferences(Vec<(usize, Parsed)>);

#[derive(Clone)]
enum Parsed {
    Parcel(CadastralReference),
    Sheet(SheetReference),
}

impl ParsedReferences {
    fn get(
        &mut self,
        definition: &Definition,
        position: usize,
        text: &str,
    ) -> Result<&Parsed, ReferenceError> {
        let found = self.0.iter().position(|(p, _)| *p == position);
        let index = match found {
            Some(index) => index,
            None => {
                let parsed = match definition.role {
                    Some(LayerRole::Sheet) => Parsed::Sheet(text.parse()?),
                    _ => Parsed::Parcel(text.parse()?),
                };
                self.0.push((position, parsed));
                self.0.len() - 1
            }
        };
        Ok(&self.0[index].1)
    }
}

fn part_of(reference: &Parsed, part: ReferencePart) -> Value {
    let text = |text: &dyn fmt::Display| Value::Text(text.to_string());
    let unless = |c: char, none: char| {
        if c == none {
            Value::Null
        } else {
            Value::Text(c.to_string())
        }
    };
    let sheet = match reference {
        Parsed::Parcel(reference) => &reference.sheet,
        Parsed::Sheet(sheet) => sheet,
    };
    match (part, reference) {
        (ReferencePart::Reference, Parsed::Parcel(reference)) => text(reference),
        (ReferencePart::Reference, Parsed::Sheet(sheet)) => text(sheet),
        (ReferencePart::Sheet, _) => text(sheet),
        (ReferencePart::Comune, _) => text(&sheet.comune),
        (ReferencePart::Sezione, _) => unless(sheet.sezione, '_'),
        (ReferencePart::Foglio, _) => Value::Integer(i64::from(sheet.foglio)),
        (ReferencePart::Allegato, _) => unless(sheet.allegato, '0'),
        (ReferencePart::Sviluppo, _) => unless(sheet.sviluppo, '0'),
        (ReferencePart::Number, Parsed::Parcel(reference)) => text(&reference.number),
        (ReferencePart::Kind, Parsed::Parcel(reference)) => text(&reference.kind().as_str()),
        // A sheet has neither; the definition's check refuses to ask for them.
        (ReferencePart::Number | ReferencePart::Kind, Parsed::Sheet(_)) => Value::Null,
    }
}

fn typed(column: &Column, text: &str) -> Result<Value, MappingError> {
    let wrong = |wanted| MappingError::Type {
        field: column.from.field.clone(),
        value: text.chars().take(40).collect(),
        wanted,
    };
    match column.kind {
        ColumnType::Text => Ok(Value::Text(text.replace('\0', ""))),
        ColumnType::Integer => text
            .parse()
            .map(Value::Integer)
            .map_err(|_| wrong("whole number")),
        ColumnType::Real => text
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map(Value::Real)
            .ok_or_else(|| wrong("number")),
        ColumnType::Date => text
            .get(..10)
            .and_then(|day| day.parse().ok())
            .map(Value::Date)
            .ok_or_else(|| wrong("date")),
    }
}
