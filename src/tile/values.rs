//! Remembers which of a part's values a layer of a tile has already.

use crate::layer::Value;
use crate::snapshot::{Column, Features};

use super::encode::{LayerWriter, TagValue};

/// Columns of a part, each with the numbers of the values that are written.
pub(super) struct WrittenValues<'a> {
    columns: Vec<(&'a Column, Vec<u32>)>,
}

const NOT_WRITTEN: u32 = u32::MAX;

impl<'a> WrittenValues<'a> {
    pub(super) fn new(features: &'a Features, columns: &[usize]) -> Self {
        let columns = columns
            .iter()
            .map(|index| {
                let column = features.column(*index);
                let known = if column.is_unique() {
                    Vec::new()
                } else {
                    vec![NOT_WRITTEN; column.dictionary.len()]
                };
                (column, known)
            })
            .collect();
        Self { columns }
    }

    /// Tags the feature being written with its values.
    pub(super) fn tag(&mut self, writer: &mut LayerWriter, feature: usize) {
        self.tag_some(writer, feature, |_| true);
    }

    /// Tags the feature being written with its values in some columns, by their position.
    pub(super) fn tag_some(
        &mut self,
        writer: &mut LayerWriter,
        feature: usize,
        wanted: impl Fn(usize) -> bool,
    ) {
        for (key, (column, known)) in (0_u32..).zip(&mut self.columns) {
            if !wanted(key as usize) {
                continue;
            }
            let code = column.codes[feature] as usize;
            let number = match known.get(code) {
                Some(&number) if number != NOT_WRITTEN => Some(number),
                _ => add_value(writer, &column.dictionary[code]),
            };
            if let Some(number) = number {
                if let Some(slot) = known.get_mut(code) {
                    *slot = number;
                }
                writer.tag(key, number);
            }
        }
    }
}

fn add_value(writer: &mut LayerWriter, value: &Value) -> Option<u32> {
    match value {
        Value::Null => None,
        Value::Text(text) => Some(writer.add_value(TagValue::Text(text))),
        Value::Integer(integer) => Some(writer.add_value(TagValue::Integer(*integer))),
        Value::Real(real) => Some(writer.add_value(TagValue::Real(*real))),
        Value::Date(date) => Some(writer.add_value(TagValue::Text(&date.to_string()))),
    }
}
