//! The legend of a map, made from its style: what is drawn is what is explained.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::layer::Definition;
use crate::text::Lang;

use super::base::Base;
use super::expression::{Context, evaluate, passes};
use super::fragment::{Fragments, StyleLayer};
use super::hatch::Pattern;

/// Zoom at which symbols are shown as they are on the map: streets have their full width.
const LEGEND_ZOOM: f64 = 17.0;

/// Below this a symbol cannot be seen.
const LEAST_OPACITY: f64 = 0.02;

/// A mark that a style layer draws, with everything worked out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Symbol {
    /// An area.
    Fill {
        /// Colour; none where only a pattern is drawn.
        color: Option<String>,
        /// From 0 to 1.
        opacity: f64,
        /// Pattern over the colour.
        pattern: Option<Pattern>,
        /// Colour of a thin outline.
        outline: Option<String>,
    },
    /// A line, also the outline of an area.
    Line {
        /// Colour.
        color: String,
        /// From 0 to 1.
        opacity: f64,
        /// Pixels.
        width: f64,
        /// Lengths of dashes and gaps, as multiples of the width; empty for a whole line.
        dash: Vec<f64>,
    },
    /// A dot.
    Circle {
        /// Colour.
        color: String,
        /// From 0 to 1.
        opacity: f64,
        /// Pixels.
        radius: f64,
        /// Colour of its outline, where it has one.
        stroke: Option<String>,
        /// Width of its outline in pixels.
        stroke_width: f64,
    },
}

/// An entry of the legend: a text and the marks that are drawn for it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LegendEntry {
    /// Layer that it explains.
    pub layer: String,
    /// Its text.
    pub text: String,
    /// Attributes of the features that it stands for: "only what is in view" compares them with
    /// those of the tiles. Empty: all features of the layer.
    pub when: Map<String, Value>,
    /// Style layers that draw it, in drawing order.
    pub style_layers: Vec<String>,
    /// First zoom at which any of it is drawn.
    pub min_zoom: f64,
    /// Zoom from which nothing of it is drawn any more.
    pub max_zoom: f64,
    /// Marks, in drawing order.
    pub symbols: Vec<Symbol>,
}

/// The legend of a layer, in the order of its style layers and of the values of its columns.
pub fn legend(
    fragments: &Fragments,
    definition: &Definition,
    base: Base,
    lang: Lang,
) -> Vec<LegendEntry> {
    let own: Vec<&StyleLayer> = fragments
        .layers_on(base)
        .iter()
        .filter(|layer| layer.layer() == Some(&definition.id))
        .collect();
    let mut entries: Vec<LegendEntry> = Vec::new();
    for layer in &own {
        let mut add = |text: &str, when: Map<String, Value>| {
            let filter = layer.style.get("filter");
            let passes = with_context(&when, LEGEND_ZOOM, lang, |context| passes(filter, context));
            // A value that the style layer does not draw, and one that stands there already.
            if !passes
                || entries
                    .iter()
                    .any(|entry| entry.when == when && entry.text == text)
            {
                return;
            }
            entries.push(entry(definition, &own, text, when, lang));
        };
        if let Some(column) = &layer.classes {
            let index = definition.column_index(column);
            let domain = index.map_or(&[][..], |index| &definition.column[index].domain);
            for value in domain {
                let mut when = Map::new();
                when.insert(column.clone(), value.value.clone().into());
                add(value.label.in_language(lang), when);
            }
        } else if let Some(text) = &layer.legend {
            add(text.in_language(lang), condition(layer.style.get("filter")));
        }
    }
    entries.retain(|entry| !entry.symbols.is_empty());
    entries
}

/// What expressions ask for, with the attributes of an entry.
fn with_context<T>(
    when: &Map<String, Value>,
    zoom: f64,
    lang: Lang,
    work: impl FnOnce(&Context<'_>) -> T,
) -> T {
    // Of several values any is as good as the others: the style draws them alike.
    let get = |name: &str| match when.get(name) {
        Some(Value::Array(values)) => values.first().cloned().unwrap_or_default(),
        Some(value) => value.clone(),
        None => Value::Null,
    };
    work(&Context {
        zoom,
        lang,
        get: &get,
    })
}

/// The attributes that a filter asks for: what it compares with one value or looks up in a list.
fn condition(filter: Option<&Value>) -> Map<String, Value> {
    let mut when = Map::new();
    let Some(items) = filter.and_then(Value::as_array) else {
        return when;
    };
    let column = |value: &Value| -> Option<String> {
        let [operator, name] = value.as_array()?.as_slice() else {
            return None;
        };
        (operator == "get").then(|| name.as_str().map(str::to_owned))?
    };
    match items.as_slice() {
        [operator, subject, value] if operator == "==" => {
            if let Some(column) = column(subject) {
                when.insert(column, value.clone());
            }
        }
        [operator, subject, Value::Array(list)] if operator == "in" => {
            if let (Some(column), Some(values)) = (column(subject), list.get(1)) {
                when.insert(column, values.clone());
            }
        }
        [operator, conditions @ ..] if operator == "all" => {
            for one in conditions {
                when.extend(condition(Some(one)));
            }
        }
        _ => {}
    }
    when
}

fn entry(
    definition: &Definition,
    own: &[&StyleLayer],
    text: &str,
    when: Map<String, Value>,
    lang: Lang,
) -> LegendEntry {
    let mut found = LegendEntry {
        layer: definition.id.clone(),
        text: text.to_owned(),
        when,
        style_layers: Vec::new(),
        min_zoom: 24.0,
        max_zoom: 0.0,
        symbols: Vec::new(),
    };
    for layer in own {
        let zoom_of = |name: &str| layer.style.get(name).and_then(Value::as_f64);
        let from = zoom_of("minzoom")
            .unwrap_or(0.0)
            .max(f64::from(definition.tile.min_zoom));
        let to = zoom_of("maxzoom").unwrap_or(24.0);
        let zoom = LEGEND_ZOOM.clamp(from, to.max(from));
        let symbol = with_context(&found.when, zoom, lang, |context| {
            passes(layer.style.get("filter"), context)
                .then(|| symbol(layer, context))
                .flatten()
        });
        if let Some(symbol) = symbol {
            found.symbols.push(symbol);
            found.style_layers.push(layer.id().to_owned());
            found.min_zoom = found.min_zoom.min(from);
            found.max_zoom = found.max_zoom.max(to);
        }
    }
    found
}

/// What a style layer draws; none where nothing of it can be seen.
fn symbol(layer: &StyleLayer, context: &Context<'_>) -> Option<Symbol> {
    let paint = layer.style.get("paint").and_then(Value::as_object);
    let value = |name: &str| paint?.get(name).map(|value| evaluate(value, context));
    let number = |name: &str, default: f64| {
        value(name)
            .and_then(|value| value.as_f64())
            .unwrap_or(default)
    };
    let text = |name: &str| value(name)?.as_str().map(str::to_owned);
    let opacity = |name: &str| Some(number(name, 1.0)).filter(|share| *share >= LEAST_OPACITY);
    match layer.kind() {
        "fill" => {
            let pattern = text("fill-pattern").and_then(|id| Pattern::parse(&id));
            let color = text("fill-color").filter(|_| pattern.is_none());
            (color.is_some() || pattern.is_some()).then_some(())?;
            Some(Symbol::Fill {
                color,
                opacity: opacity("fill-opacity")?,
                pattern,
                outline: text("fill-outline-color"),
            })
        }
        "line" => {
            let dash = value("line-dasharray").unwrap_or_else(|| json!([]));
            let lengths = dash.as_array().into_iter().flatten();
            Some(Symbol::Line {
                color: text("line-color")?,
                opacity: opacity("line-opacity")?,
                width: Some(number("line-width", 1.0)).filter(|width| *width > 0.0)?,
                dash: lengths.filter_map(Value::as_f64).collect(),
            })
        }
        "circle" => Some(Symbol::Circle {
            color: text("circle-color")?,
            opacity: opacity("circle-opacity")?,
            radius: number("circle-radius", 5.0),
            stroke: text("circle-stroke-color"),
            stroke_width: number("circle-stroke-width", 0.0),
        }),
        // Labels explain themselves.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_says_what_an_entry_stands_for() {
        let one = json!(["==", ["get", "kind"], "water"]);
        assert_eq!(json!(condition(Some(&one))), json!({ "kind": "water" }));
        let list = json!(["in", ["get", "kind"], ["literal", ["a", "b"]]]);
        assert_eq!(json!(condition(Some(&list))), json!({ "kind": ["a", "b"] }));
        let both = json!(["all", one, ["!=", ["get", "x"], 1]]);
        assert_eq!(json!(condition(Some(&both))), json!({ "kind": "water" }));
        assert!(condition(None).is_empty());
    }
}
