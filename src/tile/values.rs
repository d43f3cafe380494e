//! Writes the values of features one by one, each distinct value once a layer.

use std::collections::HashMap;

use crate::layer::Value;

use super::encode::{LayerWriter, TagValue};

/// The values that a layer being written has already.
#[derive(Default)]
pub(super) struct Values {
    texts: HashMap<String, u32>,
    integers: HashMap<i64, u32>,
    reals: HashMap<u64, u32>,
}

impl Values {
    /// Gives the feature being written a value for a key; of null nothing is written.
    pub(super) fn tag(&mut self, writer: &mut LayerWriter, key: u32, value: &Value) {
        let number = match value {
            Value::Null => return,
            Value::Text(text) => self.text(writer, text),
            Value::Date(date) => self.text(writer, &date.to_string()),
            Value::Integer(integer) => *self
                .integers
                .entry(*integer)
                .or_insert_with(|| writer.add_value(TagValue::Integer(*integer))),
            Value::Real(real) => *self
                .reals
                .entry(real.to_bits())
                .or_insert_with(|| writer.add_value(TagValue::Real(*real))),
        };
        writer.tag(key, number);
    }

    fn text(&mut self, writer: &mut LayerWriter, text: &str) -> u32 {
        if let Some(number) = self.texts.get(text) {
            return *number;
        }
        let number = writer.add_value(TagValue::Text(text));
        self.texts.insert(text.to_owned(), number);
        number
    }
}
