//! From a file's fields to a layer's columns.

use std::fmt;

use crate::cadastre::{CadastralReference, ReferenceError, SheetReference};

use super::definition::{Column, Definition, LayerRole, ReferencePart};
use super::field::{Found, find_field};
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
    /// Several fields of the file could be the one that is meant.
    #[error("column '{column}' is filled from field '{field}', but the file has {candidates}")]
    Ambiguous {
        /// Field wanted.
        field: String,
        /// Column that wants it.
        column: String,
        /// Fields that could be it.
        candidates: String,
    },
    /// A value is not in the column's domain.
    #[error("'{value}' in field '{field}' is no value of column '{column}': it has {known}")]
    Domain {
        /// Field read.
        field: String,
        /// Its value, shortened.
        value: String,
        /// Column.
        column: String,
        /// Values that the column has.
        known: String,
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
    bound: Vec<Bound>,
}

/// Where a column's values are in a file.
struct Bound {
    origin: Origin,
    /// The field or fields, for messages.
    fields: String,
}

enum Origin {
    /// The file has no such field, and the column needs none.
    Missing,
    Field(usize),
    Joined(Vec<usize>),
    /// Made from outline and values, later.
    Content,
}

impl<'a> Mapping<'a> {
    /// Binds a definition's columns to a file's fields.
    ///
    /// # Errors
    /// [`MappingError::NoField`] for the first field that the file lacks and a column must have,
    /// [`MappingError::Ambiguous`] where several could be it.
    pub fn new<S: AsRef<str>>(
        definition: &'a Definition,
        fields: &[S],
    ) -> Result<Self, MappingError> {
        let columns = definition.column.iter();
        let bound = columns
            .map(|column| bind(column, fields))
            .collect::<Result<_, _>>()?;
        Ok(Self { definition, bound })
    }

    /// Names of fields that the file lacks, with the columns that stay empty for it.
    pub fn missing(&self) -> impl Iterator<Item = (&str, &str)> {
        let columns = self.definition.column.iter().zip(&self.bound);
        columns
            .filter(|(_, bound)| matches!(bound.origin, Origin::Missing))
            .map(|(column, bound)| (bound.fields.as_str(), column.name.as_str()))
    }

    /// Maps a feature's field values, in the order of the file's fields, to a row.
    ///
    /// A key that is made from the content is null here.
    ///
    /// # Errors
    /// The first [`MappingError`] met.
    pub fn row<S: AsRef<str>>(&self, values: &[Option<S>]) -> Result<Row, MappingError> {
        let mut parsed = ParsedReferences::default();
        let text = |position: usize| {
            let value = values.get(position).and_then(Option::as_ref)?;
            Some(value.as_ref().trim()).filter(|text| !text.is_empty())
        };
        self.definition
            .column
            .iter()
            .zip(&self.bound)
            .map(|(column, bound)| {
                let value = match (&bound.origin, column.from.part) {
                    (Origin::Content, _) => return Ok(Value::Null),
                    (Origin::Missing, _) => Value::Null,
                    (Origin::Field(position), Some(part)) => match text(*position) {
                        None => Value::Null,
                        Some(text) => {
                            let reference = parsed.get(self.definition, *position, text);
                            let reference =
                                reference.map_err(|source| MappingError::Reference {
                                    field: bound.fields.clone(),
                                    source,
                                })?;
                            part_of(reference, part)
                        }
                    },
                    (Origin::Field(position), None) => match text(*position) {
                        None => Value::Null,
                        Some(text) => typed(column, &bound.fields, text)?,
                    },
                    (Origin::Joined(positions), _) => {
                        let texts: Option<Vec<&str>> = positions.iter().map(|p| text(*p)).collect();
                        match texts {
                            None => Value::Null,
                            Some(texts) => typed(column, &bound.fields, &texts.join("/"))?,
                        }
                    }
                };
                if column.required && value == Value::Null {
                    return Err(MappingError::Empty {
                        field: bound.fields.clone(),
                        column: column.name.clone(),
                    });
                }
                Ok(value)
            })
            .collect()
    }
}

fn bind<S: AsRef<str>>(column: &Column, fields: &[S]) -> Result<Bound, MappingError> {
    let wanted: Vec<&str> = match &column.from.field {
        Some(field) => vec![field],
        None => column.from.fields.iter().map(String::as_str).collect(),
    };
    let mut positions = Vec::new();
    for field in &wanted {
        match find_field(fields, field) {
            Found::One(position) => positions.push(position),
            Found::None if column.required => {
                return Err(MappingError::NoField {
                    field: (*field).to_owned(),
                    column: column.name.clone(),
                });
            }
            Found::None => {}
            Found::Several(candidates) => {
                return Err(MappingError::Ambiguous {
                    field: (*field).to_owned(),
                    column: column.name.clone(),
                    candidates,
                });
            }
        }
    }
    let origin = if column.from.content {
        Origin::Content
    } else if positions.len() < wanted.len() {
        Origin::Missing
    } else {
        match positions.as_slice() {
            [position] => Origin::Field(*position),
            _ => Origin::Joined(positions),
        }
    };
    Ok(Bound {
        origin,
        fields: wanted.join(", "),
    })
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

fn typed(column: &Column, field: &str, text: &str) -> Result<Value, MappingError> {
    let shortened = || text.chars().take(40).collect();
    let text = match column.domain.as_slice() {
        [] => text,
        known => {
            let meant = known
                .iter()
                .find(|known| known.value == text || known.also.iter().any(|also| also == text));
            match meant {
                Some(meant) => meant.value.as_str(),
                None => {
                    let values: Vec<&str> = known
                        .iter()
                        .take(20)
                        .map(|known| known.value.as_str())
                        .collect();
                    return Err(MappingError::Domain {
                        field: field.to_owned(),
                        value: shortened(),
                        column: column.name.clone(),
                        known: values.join(", "),
                    });
                }
            }
        }
    };
    Value::read(column.kind, text).map_err(|wanted| MappingError::Type {
        field: field.to_owned(),
        value: shortened(),
        wanted,
    })
}
