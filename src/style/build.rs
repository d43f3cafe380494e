//! The style document of a map, for MapLibre.

use serde_json::{Map, Value, json};

use crate::geo::{LonLatBox, MAX_ZOOM};
use crate::layer::{Definition, Theme};
use crate::text::Lang;

use super::base::Base;
use super::fragment::{Fragments, StyleLayer};

/// The tiles of a theme: one source of the style, so that a layer of it that is switched on or
/// off is there without asking for tiles again.
pub struct ThemeTiles<'a> {
    /// The theme; its word is the source's name.
    pub theme: Theme,
    /// URL of its tiles with `{z}`, `{x}` and `{y}`, scheme and host included.
    pub tiles_url: String,
    /// Layers that are in the tiles.
    pub layers: Vec<&'a Definition>,
}

/// Pictures from the air.
pub struct Imagery {
    /// URL of the pictures with `{z}`, `{x}` and `{y}`, scheme and host included.
    pub tiles_url: String,
    /// Whose pictures they are.
    pub attribution: String,
    /// Deepest zoom that there are pictures of.
    pub max_zoom: u8,
}

/// What a map shows, and from where.
pub struct MapContent<'a> {
    /// Name of the map.
    pub name: &'a str,
    /// Look of the base map.
    pub base: Base,
    /// Tiles, theme by theme.
    pub themes: Vec<ThemeTiles<'a>>,
    /// URL of the pattern images without ending, scheme and host included.
    pub sprite_url: String,
    /// Pictures from the air, where there are any.
    pub imagery: Option<Imagery>,
    /// Box of what there is to see.
    pub bounds: Option<LonLatBox>,
}

impl<'a> MapContent<'a> {
    /// The definition of a layer that is on the map.
    fn layer(&self, id: &str) -> Option<&'a Definition> {
        let layers = self.themes.iter().flat_map(|theme| &theme.layers);
        layers.copied().find(|layer| layer.id == id)
    }
}

/// Pictures from the air lie on the base map and under everything else.
const IMAGERY_ORDER: i32 = 100;

/// The MapLibre style (version 8) of a map in a language.
pub fn map_style(fragments: &Fragments, content: &MapContent<'_>, lang: Lang) -> Value {
    let mut sources = Map::new();
    for theme in &content.themes {
        let min_zoom = theme.layers.iter().map(|layer| layer.tile.min_zoom).min();
        let mut source = json!({
            "type": "vector",
            "tiles": [theme.tiles_url],
            "minzoom": min_zoom.unwrap_or(0),
            "maxzoom": MAX_ZOOM,
            "attribution": attribution(&theme.layers, lang),
        });
        if let Some(area) = content.bounds {
            source["bounds"] = json!(area.to_array());
        }
        sources.insert(theme.theme.word().into(), source);
    }
    let mut layers: Vec<(i32, Value)> = fragments
        .layers_on(content.base)
        .iter()
        .filter_map(|layer| {
            let definition = layer.layer().map(|id| content.layer(id));
            // Of a layer that this map does not have nothing is drawn.
            let absent = matches!(definition, Some(None));
            (!absent).then(|| (layer.order, style_layer(layer, definition.flatten(), lang)))
        })
        .collect();
    if let Some(imagery) = &content.imagery {
        sources.insert(
            "ortofoto".into(),
            json!({
                "type": "raster",
                "tiles": [imagery.tiles_url],
                "tileSize": 256,
                "maxzoom": imagery.max_zoom,
                "attribution": plain(&imagery.attribution),
            }),
        );
        let title = lang.text("layer-imagery");
        let layer = json!({
            "id": "ortofoto",
            "type": "raster",
            "source": "ortofoto",
            "layout": { "visibility": "none" },
            "metadata": {
                "mappale:layer": "ortofoto",
                "mappale:theme": Theme::Base.word(),
                "mappale:legend": title,
                "mappale:order": IMAGERY_ORDER,
            },
        });
        let at = layers.partition_point(|(order, _)| *order < IMAGERY_ORDER);
        layers.insert(at, (IMAGERY_ORDER, layer));
    }
    let layers: Vec<Value> = layers.into_iter().map(|(_, layer)| layer).collect();
    json!({
        "version": 8,
        "name": content.name,
        "metadata": { "mappale:base": content.base.word() },
        "sprite": content.sprite_url,
        "sources": sources,
        "layers": layers,
    })
}

/// Name of the source of what adopted plans say.
const ADOPTED: &str = "adottato";

/// Draws what adopted plans say of some layers above what is in force of them.
///
/// Each style layer of those layers stands a second time, right above, as `{id}.adottato`; areas
/// are opaque there, so that what is in force does not shine through.
pub fn draw_adopted(style: &mut Value, layers: &[&str], tiles_url: &str) {
    if layers.is_empty() {
        return;
    }
    let bounds = style["sources"]
        .as_object()
        .and_then(|sources| sources.values().find_map(|source| source.get("bounds")))
        .cloned();
    let mut source = json!({ "type": "vector", "tiles": [tiles_url], "maxzoom": MAX_ZOOM });
    if let Some(bounds) = bounds {
        source["bounds"] = bounds;
    }
    style["sources"][ADOPTED] = source;
    let drawn = style["layers"].take();
    let mut all = Vec::new();
    for layer in drawn.as_array().into_iter().flatten() {
        all.push(layer.clone());
        let of = layer["metadata"]["mappale:layer"].as_str();
        if !of.is_some_and(|id| layers.contains(&id)) {
            continue;
        }
        let mut second = layer.clone();
        let id = layer["id"].as_str().unwrap_or_default();
        second["id"] = format!("{id}.{ADOPTED}").into();
        second["source"] = ADOPTED.into();
        if second["paint"].get("fill-color").is_some() {
            second["paint"]["fill-opacity"] = 1.into();
        }
        all.push(second);
    }
    style["layers"] = all.into();
}

/// A style layer with its source, its visibility at the start and what the page knows it by.
fn style_layer(layer: &StyleLayer, definition: Option<&Definition>, lang: Lang) -> Value {
    let mut style = localized_value(&Value::Object(layer.style.clone()), lang);
    let mut metadata = Map::new();
    if let Some(definition) = definition {
        style["source"] = definition.theme.word().into();
        metadata.insert("mappale:layer".into(), definition.id.clone().into());
        metadata.insert("mappale:theme".into(), definition.theme.word().into());
        if !definition.visible {
            style["layout"]["visibility"] = "none".into();
        }
        let title = layer.classes.as_ref().map(|_| &definition.title);
        if let Some(text) = layer.legend.as_ref().or(title) {
            metadata.insert("mappale:legend".into(), text.in_language(lang).into());
        }
    }
    metadata.insert("mappale:order".into(), layer.order.into());
    style["metadata"] = metadata.into();
    style
}

// Plain text only: MapLibre would show markup in an attribution as markup.
fn attribution(layers: &[&Definition], lang: Lang) -> String {
    let mut names: Vec<String> = Vec::new();
    for definition in layers {
        let source = &definition.source;
        let name = format!("{} ({})", source.name.in_language(lang), source.licence);
        let name = plain(&name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(" · ")
}

fn plain(text: &str) -> String {
    text.replace(['<', '>', '&'], " ")
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
