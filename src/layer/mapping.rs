//! From a file's fields to a layer's columns.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use crate::cadastre::{CadastralReference, ReferenceError, SheetReference};

use super::definition::{Column, Definition, LayerRole, ReferencePart};
use super::field::{Found, find_field};
use super::field_map::{ColumnMapping, LayerMapping};
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
    bound: Vec<Bound<'a>>,
    /// Positions of fields, each with the values that are taken.
    only: Vec<(usize, &'a [String])>,
}

/// Where a column's values are in a file.
struct Bound<'a> {
    origin: Origin<'a>,
    /// The field or fields as they are wanted, for messages.
    fields: String,
    /// What values of the file stand for.
    values: Option<&'a BTreeMap<String, String>>,
}

enum Origin<'a> {
    /// The file has no such field, and the column needs none.
    Missing,
    Field(usize),
    Joined(Vec<usize>, &'a str),
    /// Made from outline and values, later.
    Content,
    Constant(&'a str),
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
        Self::mapped(definition, None, fields)
    }

    /// Binds a definition's columns to a file's fields, by a mapping where one is given.
    ///
    /// # Errors
    /// As [`Mapping::new`].
    pub fn mapped<S: AsRef<str>>(
        definition: &'a Definition,
        mapping: Option<&'a LayerMapping>,
        fields: &[S],
    ) -> Result<Self, MappingError> {
        let bound = definition
            .column
            .iter()
            .map(|column| {
                let given = mapping.and_then(|mapping| mapping.column.get(&column.name));
                bind(column, given, fields)
            })
            .collect::<Result<_, _>>()?;
        let mut only = Vec::new();
        for (field, values) in mapping.into_iter().flat_map(|mapping| &mapping.only) {
            let position = find(fields, field, "only")?.ok_or_else(|| MappingError::NoField {
                field: field.clone(),
                column: "only".to_owned(),
            })?;
            only.push((position, values.as_slice()));
        }
        Ok(Self {
            definition,
            bound,
            only,
        })
    }

    /// Binds a file's fields by the first of several mappings that finds all of its fields there,
    /// else by the first that is possible at all; with its place among them.
    ///
    /// # Errors
    /// That of the first mapping, where none is possible.
    pub fn first_fit<S: AsRef<str>>(
        definition: &'a Definition,
        mappings: &'a [LayerMapping],
        fields: &[S],
    ) -> Result<(usize, Self), MappingError> {
        let mut possible = None;
        let mut fault = None;
        for (index, mapping) in mappings.iter().enumerate() {
            match Self::mapped(definition, Some(mapping), fields) {
                Ok(bound) if bound.missing().next().is_none() => return Ok((index, bound)),
                Ok(bound) => possible = possible.or(Some((index, bound))),
                Err(error) => fault = fault.or(Some(error)),
            }
        }
        match (possible, fault) {
            (Some(possible), _) => Ok(possible),
            (None, Some(error)) => Err(error),
            (None, None) => Ok((0, Self::new(definition, fields)?)),
        }
    }

    /// Names of fields that the file lacks, with the columns that stay empty for it.
    pub fn missing(&self) -> impl Iterator<Item = (&str, &str)> {
        let columns = self.definition.column.iter().zip(&self.bound);
        columns
            .filter(|(_, bound)| matches!(bound.origin, Origin::Missing))
            .map(|(column, bound)| (bound.fields.as_str(), column.name.as_str()))
    }

    /// True when the key is made from outline and values.
    pub fn makes_key(&self) -> bool {
        let key = self.definition.key_column();
        key.is_some_and(|key| matches!(self.bound[key].origin, Origin::Content))
    }

    /// Which column is filled from what, in the file's own words.
    pub fn told<S: AsRef<str>>(&self, fields: &[S]) -> String {
        let name = |position: &usize| fields[*position].as_ref();
        let columns = self.definition.column.iter().zip(&self.bound);
        let told: Vec<String> = columns
            .map(|(column, bound)| {
                let from = match &bound.origin {
                    Origin::Missing => "nothing".to_owned(),
                    Origin::Field(position) => name(position).to_owned(),
                    Origin::Joined(positions, join) => {
                        let names: Vec<&str> = positions.iter().map(name).collect();
                        names.join(join)
                    }
                    Origin::Content => "outline and values".to_owned(),
                    Origin::Constant("") => "nothing".to_owned(),
                    Origin::Constant(value) => format!("'{value}'"),
                };
                format!("{} ← {from}", column.name)
            })
            .collect();
        told.join(", ")
    }

    /// True when the mapping takes a feature with these field values.
    pub fn takes<S: AsRef<str>>(&self, values: &[Option<S>]) -> bool {
        self.only.iter().all(|(position, taken)| {
            let value = values.get(*position).and_then(Option::as_ref);
            let value = value.map_or("", |value| value.as_ref().trim());
            taken.iter().any(|taken| taken == value)
        })
    }

    /// Maps a feature's field values, in the order of the file's fields, to a row.
    ///
    /// A key that is made from the content is null here.
    ///
    /// # Errors
    /// The first [`MappingError`] met.
    pub fn row<S: AsRef<str>>(&self, values: &[Option<S>]) -> Result<Row, MappingError> {
        let mut parsed = ParsedReferences::default();
        let columns = self.definition.column.iter().zip(&self.bound);
        columns
            .map(|(column, bound)| {
                if matches!(bound.origin, Origin::Content) {
                    return Ok(Value::Null);
                }
                let text = bound.text(values);
                let value = match (text.as_deref(), column.from.part) {
                    (None, _) => Value::Null,
                    (Some(text), Some(part)) => {
                        let reference = parsed.get(self.definition, bound, text);
                        let reference = reference.map_err(|source| MappingError::Reference {
                            field: bound.fields.clone(),
                            source,
                        })?;
                        part_of(reference, part)
                    }
                    (Some(text), None) => typed(column, &bound.fields, text)?,
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

impl Bound<'_> {
    /// The text that a feature has for the column; none where it is empty.
    fn text<'v, S: AsRef<str>>(&'v self, values: &'v [Option<S>]) -> Option<Cow<'v, str>> {
        let at = |position: &usize| {
            let value = values.get(*position).and_then(Option::as_ref)?;
            Some(value.as_ref().trim()).filter(|text| !text.is_empty())
        };
        let text = match &self.origin {
            Origin::Missing | Origin::Content => None,
            Origin::Field(position) => at(position).map(Cow::Borrowed),
            Origin::Joined(positions, join) => {
                let texts: Option<Vec<&str>> = positions.iter().map(at).collect();
                texts.map(|texts| Cow::Owned(texts.join(join)))
            }
            Origin::Constant(value) => Some(Cow::Borrowed(*value)),
        };
        let text = match self.values {
            None => text,
            Some(known) => {
                let meant = known.get(text.as_deref().unwrap_or_default());
                meant.map(|meant| Cow::Borrowed(meant.trim())).or(text)
            }
        };
        text.filter(|text| !text.is_empty())
    }
}

fn bind<'a, S: AsRef<str>>(
    column: &'a Column,
    given: Option<&'a ColumnMapping>,
    fields: &[S],
) -> Result<Bound<'a>, MappingError> {
    let values = given.map(|given| &given.values).filter(|v| !v.is_empty());
    let from = &column.from;
    let says = |given: &&ColumnMapping| {
        given.field.is_some() || !given.fields.is_empty() || given.content || given.value.is_some()
    };
    let (field, several, join, content, constant) = match given.filter(says) {
        Some(given) => (
            &given.field,
            &given.fields,
            &given.join,
            given.content,
            given.value.as_deref(),
        ),
        None => (&from.field, &from.fields, &from.join, from.content, None),
    };
    let wanted: Vec<&str> = match field {
        Some(field) => vec![field],
        None => several.iter().map(String::as_str).collect(),
    };
    let mut positions = Vec::new();
    for field in &wanted {
        match find(fields, field, &column.name)? {
            Some(position) => positions.push(position),
            None if column.required => {
                return Err(MappingError::NoField {
                    field: (*field).to_owned(),
                    column: column.name.clone(),
                });
            }
            None => {}
        }
    }
    let origin = match (constant, positions.as_slice()) {
        (Some(value), _) => Origin::Constant(value.trim()),
        (None, _) if content => Origin::Content,
        (None, found) if found.len() < wanted.len() => Origin::Missing,
        (None, [position]) => Origin::Field(*position),
        (None, _) => Origin::Joined(positions, join.as_deref().unwrap_or("/")),
    };
    Ok(Bound {
        origin,
        fields: wanted.join(", "),
        values,
    })
}

fn find<S: AsRef<str>>(
    fields: &[S],
    wanted: &str,
    column: &str,
) -> Result<Option<usize>, MappingError> {
    match find_field(fields, wanted) {
        Found::One(position) => Ok(Some(position)),
        Found::None => Ok(None),
        Found::Several(candidates) => Err(MappingError::Ambiguous {
            field: wanted.to_owned(),
            column: column.to_owned(),
            candidates,
        }),
    }
}

// Several columns come from one reference: it is parsed once a feature.
#[derive(Default)]
struct ParsedReferences(Vec<(String, Parsed)>);

#[derive(Clone)]
enum Parsed {
    Parcel(CadastralReference),
    Sheet(SheetReference),
}

impl ParsedReferences {
    fn get(
        &mut self,
        definition: &Definition,
        bound: &Bound<'_>,
        text: &str,
    ) -> Result<&Parsed, ReferenceError> {
        let found = self.0.iter().position(|(field, _)| *field == bound.fields);
        let index = match found {
            Some(index) => index,
            None => {
                let parsed = match definition.role {
                    Some(LayerRole::Sheet) => Parsed::Sheet(text.parse()?),
                    _ => Parsed::Parcel(text.parse()?),
                };
                self.0.push((bound.fields.clone(), parsed));
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
