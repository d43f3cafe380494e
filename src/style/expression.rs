//! Works out MapLibre expressions, as far as styles here use them.
//!
//! What is not known gives `null`, and a property that comes out null keeps its default: a style
//! with something new in it is drawn plainly rather than not at all.

use serde_json::Value;

use crate::text::Lang;

/// What an expression may ask for.
pub struct Context<'a> {
    /// Zoom of the map.
    pub zoom: f64,
    /// Language of its texts.
    pub lang: Lang,
    /// Attributes of the feature.
    pub get: &'a dyn Fn(&str) -> Value,
}

/// The value of an expression; what is no array is its own value.
pub fn evaluate(expression: &Value, context: &Context<'_>) -> Value {
    let items = match expression {
        Value::Array(items) => items,
        // A text in both languages.
        Value::Object(texts) => {
            let text = texts.get(context.lang.code()).filter(|_| texts.len() == 2);
            return text.unwrap_or(expression).clone();
        }
        _ => return expression.clone(),
    };
    let Some(Value::String(operator)) = items.first() else {
        return expression.clone();
    };
    let arguments = &items[1..];
    let value = |index: usize| {
        arguments
            .get(index)
            .map_or(Value::Null, |argument| evaluate(argument, context))
    };
    let truth = |index: usize| value(index) == Value::Bool(true);
    match operator.as_str() {
        "literal" => arguments.first().cloned().unwrap_or_default(),
        "get" => match value(0) {
            Value::String(name) => (context.get)(&name),
            _ => Value::Null,
        },
        "has" => match value(0) {
            Value::String(name) => Value::Bool(!(context.get)(&name).is_null()),
            _ => Value::Null,
        },
        "zoom" => context.zoom.into(),
        // Nothing is selected, and no pointer is over anything.
        "feature-state" => Value::Null,
        "!" => Value::Bool(!truth(0)),
        "==" => Value::Bool(same(&value(0), &value(1))),
        "!=" => Value::Bool(!same(&value(0), &value(1))),
        "<" | "<=" | ">" | ">=" => compare(operator, &value(0), &value(1)),
        "all" => Value::Bool((0..arguments.len()).all(truth)),
        "any" => Value::Bool((0..arguments.len()).any(truth)),
        "in" => Value::Bool(match value(1) {
            Value::Array(list) => list.iter().any(|item| same(item, &value(0))),
            Value::String(text) => value(0).as_str().is_some_and(|part| text.contains(part)),
            _ => false,
        }),
        "case" => {
            let mut pairs = arguments.chunks(2);
            pairs
                .find_map(|pair| match pair {
                    [condition, result] => (evaluate(condition, context) == Value::Bool(true))
                        .then(|| evaluate(result, context)),
                    [otherwise] => Some(evaluate(otherwise, context)),
                    _ => None,
                })
                .unwrap_or_default()
        }
        "match" => {
            let input = value(0);
            arguments
                .get(1..)
                .unwrap_or_default()
                .chunks(2)
                .find_map(|pair| match pair {
                    [Value::Array(labels), result] => labels
                        .iter()
                        .any(|label| same(label, &input))
                        .then(|| evaluate(result, context)),
                    [label, result] => same(label, &input).then(|| evaluate(result, context)),
                    [otherwise] => Some(evaluate(otherwise, context)),
                    _ => None,
                })
                .unwrap_or_default()
        }
        "coalesce" => (0..arguments.len())
            .map(value)
            .find(|result| !result.is_null())
            .unwrap_or_default(),
        "boolean" | "string" | "number" => {
            let of_kind = |candidate: &Value| match operator.as_str() {
                "boolean" => candidate.is_boolean(),
                "string" => candidate.is_string(),
                _ => candidate.is_number(),
            };
            (0..arguments.len())
                .map(value)
                .find(of_kind)
                .unwrap_or_default()
        }
        "to-string" => text(&value(0)).into(),
        "to-number" => number(&value(0)).map_or(Value::Null, Value::from),
        "concat" => (0..arguments.len())
            .map(|index| text(&value(index)))
            .collect::<String>()
            .into(),
        "upcase" => text(&value(0)).to_uppercase().into(),
        "downcase" => text(&value(0)).to_lowercase().into(),
        // Pieces of text, each followed by how it is set; the print sets all alike.
        "format" => arguments
            .iter()
            .filter(|argument| argument.as_object().is_none_or(|o| o.contains_key("it")))
            .map(|argument| text(&evaluate(argument, context)))
            .collect::<String>()
            .into(),
        "image" => value(0),
        "length" => match value(0) {
            Value::String(text) => text.chars().count().into(),
            Value::Array(list) => list.len().into(),
            _ => Value::Null,
        },
        "+" | "*" | "min" | "max" => {
            let fold = |a: f64, b: f64| match operator.as_str() {
                "+" => a + b,
                "*" => a * b,
                "min" => a.min(b),
                _ => a.max(b),
            };
            (0..arguments.len())
                .filter_map(|index| number(&value(index)))
                .reduce(fold)
                .map_or(Value::Null, Value::from)
        }
        "-" => match (number(&value(0)), arguments.len()) {
            (Some(a), 1) => (-a).into(),
            (Some(a), _) => number(&value(1)).map_or(Value::Null, |b| (a - b).into()),
            _ => Value::Null,
        },
        "/" => match (number(&value(0)), number(&value(1))) {
            (Some(a), Some(b)) if b != 0.0 => (a / b).into(),
            _ => Value::Null,
        },
        "step" => step(arguments, context),
        "interpolate" => interpolate(arguments, context),
        _ => Value::Null,
    }
}

/// True when a filter lets a feature pass; no filter lets everything pass.
pub fn passes(filter: Option<&Value>, context: &Context<'_>) -> bool {
    filter.is_none_or(|filter| evaluate(filter, context) == Value::Bool(true))
}

fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        // 3 and 3.0 are one number.
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

fn compare(operator: &str, a: &Value, b: &Value) -> Value {
    let order = match (a, b) {
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => number(a)
            .zip(number(b))
            .and_then(|(a, b)| a.partial_cmp(&b)),
    };
    let Some(order) = order else {
        return Value::Null;
    };
    Value::Bool(match operator {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    })
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
        _ => None,
    }
}

/// A value as text: null is empty, whole numbers have no decimals.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            Some(real) if real.fract() == 0.0 && real.abs() < 1e15 => format!("{real:.0}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

// ["step", input, first, stop, value, stop, value …]
fn step(arguments: &[Value], context: &Context<'_>) -> Value {
    let [input, first, stops @ ..] = arguments else {
        return Value::Null;
    };
    let Some(input) = number(&evaluate(input, context)) else {
        return Value::Null;
    };
    let reached = stops
        .chunks_exact(2)
        .take_while(|stop| number(&stop[0]).is_some_and(|stop| stop <= input))
        .last();
    evaluate(reached.map_or(first, |stop| &stop[1]), context)
}

// ["interpolate", kind, input, stop, value, stop, value …]
fn interpolate(arguments: &[Value], context: &Context<'_>) -> Value {
    let [kind, input, stops @ ..] = arguments else {
        return Value::Null;
    };
    let Some(input) = number(&evaluate(input, context)) else {
        return Value::Null;
    };
    let base = match kind.as_array().map(Vec::as_slice) {
        Some([Value::String(name), base]) if name == "exponential" => number(base).unwrap_or(1.0),
        _ => 1.0,
    };
    let stops: Vec<(f64, &Value)> = stops
        .chunks_exact(2)
        .filter_map(|stop| Some((number(&stop[0])?, &stop[1])))
        .collect();
    let after = stops.iter().position(|(stop, _)| *stop > input);
    let (low, high) = match after {
        Some(0) => {
            return stops
                .first()
                .map_or(Value::Null, |s| evaluate(s.1, context));
        }
        None => return stops.last().map_or(Value::Null, |s| evaluate(s.1, context)),
        Some(after) => (stops[after - 1], stops[after]),
    };
    let (span, gone) = (high.0 - low.0, input - low.0);
    let share = if base == 1.0 {
        gone / span
    } else {
        (base.powf(gone) - 1.0) / (base.powf(span) - 1.0)
    };
    let (from, to) = (evaluate(low.1, context), evaluate(high.1, context));
    match (from.as_f64(), to.as_f64()) {
        (Some(from), Some(to)) => (from + share * (to - from)).into(),
        // Colours change by steps: between two of them a print takes the nearer one.
        _ if share < 0.5 => from,
        _ => to,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(zoom: f64, expression: Value) -> Value {
        let get = |name: &str| match name {
            "kind" => json!("road"),
            "width" => json!(4),
            _ => Value::Null,
        };
        evaluate(
            &expression,
            &Context {
                zoom,
                lang: Lang::It,
                get: &get,
            },
        )
    }

    #[test]
    fn attributes_are_compared_and_chosen_by() {
        assert_eq!(at(0.0, json!(["==", ["get", "kind"], "road"])), true);
        assert_eq!(at(0.0, json!(["!=", ["get", "none"], "road"])), true);
        assert_eq!(
            at(
                0.0,
                json!(["match", ["get", "kind"], ["water", "road"], "a", "b"])
            ),
            "a"
        );
        assert_eq!(
            at(0.0, json!(["match", ["get", "kind"], "water", "a", "b"])),
            "b"
        );
        assert_eq!(
            at(
                0.0,
                json!(["case", [">", ["get", "width"], 5], 1, ["has", "kind"], 2, 3])
            ),
            2
        );
        assert_eq!(
            at(0.0, json!(["in", ["get", "kind"], ["literal", ["road"]]])),
            true
        );
    }

    #[test]
    fn text_is_put_together() {
        assert_eq!(
            at(
                0.0,
                json!(["concat", {"it": "n. ", "en": "no. "}, ["get", "width"], ["get", "none"]])
            ),
            "n. 4"
        );
        assert_eq!(at(0.0, json!(["coalesce", ["get", "none"], "–"])), "–");
    }

    #[test]
    fn values_grow_with_the_zoom() {
        let linear = json!(["interpolate", ["linear"], ["zoom"], 10, 1, 20, 3]);
        assert_eq!(at(15.0, linear.clone()), 2.0);
        assert_eq!(at(5.0, linear.clone()), 1);
        assert_eq!(at(25.0, linear), 3);
        let doubling = json!(["interpolate", ["exponential", 2], ["zoom"], 10, 0, 12, 3]);
        assert_eq!(at(11.0, doubling), 1.0);
        let steps = json!(["step", ["zoom"], "a", 14, "b", 16, "c"]);
        assert_eq!(at(13.9, steps.clone()), "a");
        assert_eq!(at(16.0, steps), "c");
    }

    #[test]
    fn what_is_not_known_is_null() {
        assert_eq!(at(0.0, json!(["within", {}])), Value::Null);
    }
}
