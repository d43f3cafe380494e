//! TOML with the line of every value.

use std::ops::Range;

use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// A parsed file: its values as JSON, and where each of them stands.
#[derive(Debug)]
pub struct Document {
    /// The values.
    pub value: Value,
    /// JSON pointer and byte range of every value and key.
    places: Vec<(String, Range<usize>)>,
    line_starts: Vec<usize>,
}

/// A fault of syntax: line and message.
#[derive(Debug)]
pub struct SyntaxFault {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl Document {
    /// Parses a file.
    ///
    /// # Errors
    /// All faults of syntax at once.
    pub fn parse(text: &str) -> Result<Self, Vec<SyntaxFault>> {
        let line_starts: Vec<usize> = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        let (table, faults) = DeTable::parse_recoverable(text);
        if !faults.is_empty() {
            return Err(faults
                .iter()
                .map(|fault| SyntaxFault {
                    line: line_of(&line_starts, fault.span().map_or(0, |span| span.start)),
                    message: fault.message().to_owned(),
                })
                .collect());
        }
        let mut places = Vec::new();
        let value = table_value(table.get_ref(), "", &mut places);
        Ok(Self {
            value,
            places,
            line_starts,
        })
    }

    /// The line (from 1) of a value, or of the nearest value around it.
    #[must_use]
    pub fn line(&self, pointer: &str) -> usize {
        let mut pointer = pointer;
        loop {
            if let Some((_, range)) = self.places.iter().find(|(place, _)| place == pointer) {
                return line_of(&self.line_starts, range.start);
            }
            match pointer.rfind('/') {
                Some(cut) => pointer = &pointer[..cut],
                None => return 1,
            }
        }
    }
}

fn line_of(starts: &[usize], byte: usize) -> usize {
    starts.partition_point(|start| *start <= byte)
}

type Places = Vec<(String, Range<usize>)>;

fn table_value(table: &DeTable<'_>, pointer: &str, places: &mut Places) -> Value {
    let mut object = Map::new();
    for (key, value) in table {
        let escaped = key.get_ref().replace('~', "~0").replace('/', "~1");
        let child = format!("{pointer}/{escaped}");
        places.push((child.clone(), key.span()));
        object.insert(key.get_ref().to_string(), any_value(value, &child, places));
    }
    Value::Object(object)
}

fn array_value(array: &DeArray<'_>, pointer: &str, places: &mut Places) -> Value {
    let items = array.iter().enumerate().map(|(index, item)| {
        let child = format!("{pointer}/{index}");
        places.push((child.clone(), item.span()));
        any_value(item, &child, places)
    });
    Value::Array(items.collect())
}

fn any_value(value: &Spanned<DeValue<'_>>, pointer: &str, places: &mut Places) -> Value {
    match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::String(number.as_str().to_owned()), Value::from),
        DeValue::Float(number) => number
            .as_str()
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .map_or_else(|| Value::String(number.as_str().to_owned()), Value::Number),
        DeValue::Datetime(datetime) => Value::String(datetime.to_string()),
        DeValue::Array(array) => array_value(array, pointer, places),
        DeValue::Table(table) => table_value(table, pointer, places),
    }
}
