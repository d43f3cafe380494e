//! The style document of a map, for MapLibre.

use serde_json::{Map, Value, json};

use crate::geo::{LonLatBox, MAX_ZOOM};
use crate::layer::{Definition, Localized};
use crate::text::Lang;

use super::fragment::Fragments;

/// What a map shows, and from where.
pub struct MapContent<'a> {
    /// Name of the map.
    pub name: &'a str,
    /// URL of its tiles with `{z}`, `{x}` and `{y}`, scheme and host included.
    pub tiles_url: String,
    /// Layers that are in the tiles.
    pub layers: Vec<&'a Definition>,
    /// Box of what there is to see.
    pub bounds: Option<LonLatBox>,
}

/// The MapLibre style (version 8) of a map in a language.
pub fn map_style(fragments: &Fragments, content: &MapContent<'_>, lang: Lang) -> Value {
    let mut sources = Map::new();
    if !content.layers.is_empty() {
        let mut source = json!({
            "type": "vector",
            "tiles": [content.tiles_url],
            "minzoom": 0,
            "maxzoom": MAX_ZOOM,
            "attribution": attribution(&content.layers, lang),
        });
        if let Some(area) = content.bounds {
            source["bounds"] = json!(area.to_array());
        }
        sources.insert("mappale".into(), source);
    }
    let style_layers: Vec<Value> = fragments
        .layers()
        .iter()
        .filter(|layer| {
            let drawn = layer.style.get("source-layer").and_then(Value::as_str);
            drawn.is_none_or(|drawn| {
                let base = drawn.strip_suffix(".label").unwrap_or(drawn);
                content.layers.iter().any(|layer| layer.id == base)
            })
        })
        .map(|layer| {
            let mut style = localized_value(&Value::Object(layer.style.clone()), lang);
            if let Some(legend) = &layer.legend {
                style["metadata"] = json!({
                    "mappale:legend": localized(legend, lang),
                    "mappale:order": layer.order,
                });
            }
            style
        })
        .collect();
    json!({
        "version": 8,
        "name": content.name,
        "sources": sources,
        "layers": style_layers,
    })
}

fn localized(text: &Localized, lang: Lang) -> &str {
    match lang {
        Lang::It => &text.it,
        Lang::En => &text.en,
    }
}

// Plain text only: MapLibre would show markup in an attribution as markup.
fn attribution(layers: &[&Definition], lang: Lang) -> String {
    let mut names: Vec<String> = Vec::new();
    for definition in layers {
        let source = &definition.source;
        let name = format!("{} ({})", localized(&source.name, lang), source.licence)
            .replace(['<', '>', '&'], " ");
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" · ")
}

/// A value with every `{"it": …, "en": …}` replaced by the text in one language.
fn localized_value(value: &Value, lang: Lang) -> Value {
    match value {
        Value::Object(object) => {
            if let (2, Some(Value::String(it)), Some(Value::String(en))) =
                (object.len(), object.get("it"), object.get("en"))
            {
                return Value::String(match lang {
                    Lang::It => it.clone(),
                    Lang::En => en.clone(),
                });
            }
            Value::Object(
                object
                    .iter()
                    .map(|(key, value)| (key.clone(), localized_value(value, lang)))
                    .collect(),
            )
        }
        Value::Array(items) => items
            .iter()
            .map(|item| localized_value(item, lang))
            .collect(),
        other => other.clone(),
    }
}
