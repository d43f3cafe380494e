//! Runs compiled expressions over what is known.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use cel::{Context, Env, ExecutionError, Value};
use jiff::civil::Date;
use serde_json::Value as Json;

use super::vocabulary::{Shape, Vocabulary};
use super::{MAX_LIST, Rule};

/// What an expression says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It needs an answer that was not given.
    Unknown,
}

/// Why an expression says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It failed on these values.
    #[error("'{rule}' fails: {reason}")]
    Fails {
        /// The expression.
        rule: String,
        /// Why.
        reason: String,
    },
    /// A condition that is neither true nor false.
    #[error("'{rule}' is neither true nor false")]
    NoCondition {
        /// The expression.
        rule: String,
    },
    /// A list that is too long.
    #[error("'{path}' has {length} entries, more than {MAX_LIST}")]
    LongList {
        /// The path.
        path: String,
        /// Its length.
        length: usize,
    },
}

/// CEL's standard operators, functions and macros, without optional values.
pub(super) fn environment() -> &'static Arc<Env> {
    static ENVIRONMENT: LazyLock<Arc<Env>> =
        LazyLock::new(|| Arc::new(Env::stdlib().with_optional_support(false)));
    &ENVIRONMENT
}

/// What expressions are run over: values by the names of the vocabulary.
#[derive(Debug, Clone)]
pub struct Known {
    values: HashMap<String, Value>,
    json: Json,
}

impl Vocabulary {
    /// Takes what is known, `{"form": {…}, "parcels": […], …}`: what is missing is null, and what
    /// the vocabulary does not name is left out.
    ///
    /// # Errors
    /// [`Error::LongList`].
    pub fn know(&self, values: &Json) -> Result<Known, Error> {
        let mut known = HashMap::new();
        for (name, shape) in &self.roots {
            let value = values.get(name).unwrap_or(&Json::Null);
            known.insert(name.clone(), taken(value, shape, name)?);
        }
        Ok(Known {
            values: known,
            json: values.clone(),
        })
    }
}

fn taken(value: &Json, shape: &Shape, path: &str) -> Result<Value, Error> {
    match shape {
        Shape::Scalar => Ok(match value {
            Json::Bool(flag) => Value::Bool(*flag),
            Json::Number(number) => number.as_f64().map_or(Value::Null, Value::Float),
            Json::String(text) => Value::String(Arc::new(text.clone())),
            Json::Null | Json::Array(_) | Json::Object(_) => Value::Null,
        }),
        Shape::List(element) => {
            let entries = match value {
                Json::Array(entries) => entries.as_slice(),
                _ => &[],
            };
            if entries.len() > MAX_LIST {
                return Err(Error::LongList {
                    path: path.to_owned(),
                    length: entries.len(),
                });
            }
            let taken: Result<Vec<Value>, Error> = entries
                .iter()
                .map(|entry| taken(entry, element, path))
                .collect();
            Ok(Value::List(Arc::new(taken?)))
        }
        Shape::Record(fields) | Shape::Keyed(fields) => {
            let mut map: HashMap<String, Value> = HashMap::with_capacity(fields.len());
            for (name, shape) in fields {
                let value = value.get(name).unwrap_or(&Json::Null);
                map.insert(
                    name.clone(),
                    taken(value, shape, &format!("{path}.{name}"))?,
                );
            }
            Ok(map.into())
        }
    }
}

impl Rule {
    /// Whether the condition holds for what is known.
    ///
    /// # Errors
    /// [`Error::Fails`], [`Error::NoCondition`].
    pub fn holds(&self, known: &Known) -> Result<Truth, Error> {
        match self.run(known)? {
            Some(Value::Bool(true)) => Ok(Truth::Yes),
            Some(Value::Bool(false)) => Ok(Truth::No),
            Some(Value::Null) | None => Ok(Truth::Unknown),
            Some(_) => Err(Error::NoCondition {
                rule: self.source().to_owned(),
            }),
        }
    }

    /// What the expression computes: text, number, yes or no; null when an answer is missing.
    ///
    /// # Errors
    /// [`Error::Fails`], also for lists and records.
    pub fn value(&self, known: &Known) -> Result<Json, Error> {
        let fails = |reason: &str| Error::Fails {
            rule: self.source().to_owned(),
            reason: reason.to_owned(),
        };
        match self.run(known)? {
            None | Some(Value::Null) => Ok(Json::Null),
            Some(Value::Bool(flag)) => Ok(flag.into()),
            Some(Value::Int(number)) => Ok(number.into()),
            Some(Value::UInt(number)) => Ok(number.into()),
            Some(Value::Float(number)) => serde_json::Number::from_f64(number)
                .map(Json::Number)
                .ok_or_else(|| fails("the result is no number")),
            Some(Value::String(text)) => Ok(text.as_str().into()),
            Some(_) => Err(fails("the result is no single value")),
        }
    }

    /// None when it fails for want of an answer.
    fn run(&self, known: &Known) -> Result<Option<Value>, Error> {
        let mut context = Context::with_env(Arc::clone(environment()));
        for (name, value) in &known.values {
            context.add_variable_from_value(name.clone(), value.clone());
        }
        context
            .add_function("days", days)
            .map_err(|error| Error::Fails {
                rule: self.source().to_owned(),
                reason: error.to_string(),
            })?;
        match self.program.execute(&context) {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.lacks_an_answer(known) => Ok(None),
            Err(error) => Err(Error::Fails {
                rule: self.source().to_owned(),
                reason: error.to_string(),
            }),
        }
    }

    fn lacks_an_answer(&self, known: &Known) -> bool {
        self.paths().iter().any(|path| {
            let pointer = path
                .replace("['", "\u{1}")
                .replace("']", "")
                .replace('.', "\u{2}");
            // A key in quotes may hold dots of its own.
            let mut value = Some(&known.json);
            for piece in split(&pointer) {
                let Some(name) = piece.strip_suffix("[]") else {
                    value = value.and_then(|value| value.get(piece.as_str()));
                    continue;
                };
                value = value.and_then(|value| value.get(name));
                // Any entry of a list may lack it.
                return match value {
                    Some(Json::Array(entries)) => entries.iter().any(|entry| {
                        entry
                            .as_object()
                            .is_none_or(|o| o.values().any(Json::is_null))
                    }),
                    _ => true,
                };
            }
            value.is_none_or(Json::is_null)
        })
    }
}

/// The pieces of a path whose quotes and dots were marked.
fn split(marked: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    for (number, part) in marked.split('\u{1}').enumerate() {
        if number == 0 {
            pieces.extend(part.split('\u{2}').map(str::to_owned));
            continue;
        }
        // `layer.id` then perhaps one field: the field is what stands after the last dot.
        match part.rsplit_once('\u{2}') {
            Some((key, field)) => {
                pieces.push(key.replace('\u{2}', "."));
                pieces.push(field.to_owned());
            }
            None => pieces.push(part.to_owned()),
        }
    }
    pieces
}

fn days(from: Arc<String>, to: Arc<String>) -> Result<Value, ExecutionError> {
    let day = |text: &str| {
        text.parse::<Date>()
            .map_err(|_| ExecutionError::function_error("days", format!("'{text}' is no day")))
    };
    let hours = day(&from)?.duration_until(day(&to)?).as_hours();
    #[allow(clippy::cast_precision_loss)]
    Ok(Value::Float((hours / 24) as f64))
}
