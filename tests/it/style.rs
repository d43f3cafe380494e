//! Styles, their colours and their legend: what a map draws can be told apart and is explained.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mappale::layer::Definitions;
use mappale::style::{Base, Fragments, Pattern, StyleLayer, Symbol, legend};
use mappale::text::Lang;
use serde_json::Value;

fn opened() -> (Definitions, Fragments) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let definitions = Definitions::load(&root.join("layers")).expect("in order");
    let fragments = Fragments::load(&root.join("styles"), &definitions).expect("in order");
    (definitions, fragments)
}

fn style_layer<'a>(fragments: &'a Fragments, id: &str) -> &'a StyleLayer {
    let found = fragments.layers().iter().find(|layer| layer.id() == id);
    found.unwrap_or_else(|| panic!("there is no {id}"))
}

/// Colours by class, from `["match", ["get", column], class, colour, …, otherwise]`.
fn matched_colours(layer: &StyleLayer) -> BTreeMap<String, String> {
    let value = &layer.style["paint"]["fill-color"];
    let items = value.as_array().expect("is an expression");
    assert_eq!(items[0], "match");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut colours: BTreeMap<String, String> = items[2..]
        .chunks_exact(2)
        .map(|pair| (text(&pair[0]), text(&pair[1])))
        .collect();
    colours.insert("other".to_owned(), text(items.last().expect("has an end")));
    colours
}

type Matrix = [[f64; 3]; 3];

/// How people see: as most do, and without one kind of cones (Machado, Oliveira and Fernandes,
/// "A physiologically-based model for simulation of color vision deficiency", 2009, severity 1).
const VISIONS: [(&str, Matrix); 4] = [
    (
        "normal",
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    ),
    (
        "protanopia",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

/// Linear red, green and blue of `#rrggbb` (IEC 61966-2-1).
fn linear(colour: &str) -> [f64; 3] {
    [1, 3, 5].map(|at| {
        let byte = u8::from_str_radix(&colour[at..at + 2], 16).expect("is a colour");
        let share = f64::from(byte) / 255.0;
        if share <= 0.040_45 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    })
}

fn times(matrix: &Matrix, [a, b, c]: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row[0] * a + row[1] * b + row[2] * c)
}

/// CIE L*a*b* of linear red, green and blue, white D65.
fn lab(rgb: [f64; 3]) -> [f64; 3] {
    const TO_XYZ: Matrix = [
        [0.412_456_4, 0.357_576_1, 0.180_437_5],
        [0.212_672_9, 0.715_152_2, 0.072_175_0],
        [0.019_333_9, 0.119_192_0, 0.950_304_1],
    ];
    let xyz = times(&TO_XYZ, rgb.map(|share| share.clamp(0.0, 1.0)));
    let [x, y, z] = [xyz[0] / 0.950_47, xyz[1], xyz[2] / 1.088_83].map(|share: f64| {
        if share > 216.0 / 24_389.0 {
            share.cbrt()
        } else {
            (24_389.0 / 27.0 * share + 16.0) / 116.0
        }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// The smallest difference (CIE 1976) of any two colours in any vision, and what it is of.
fn least_difference(colours: &BTreeMap<String, String>) -> (f64, String) {
    let mut least = (f64::INFINITY, String::new());
    for (vision, matrix) in &VISIONS {
        let seen: Vec<(&String, [f64; 3])> = colours
            .iter()
            .map(|(name, colour)| (name, lab(times(matrix, linear(colour)))))
            .collect();
        for (index, (one, a)) in seen.iter().enumerate() {
            for (other, b) in &seen[..index] {
                let squares: f64 = (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum();
                if squares.sqrt() < least.0 {
                    least = (squares.sqrt(), format!("{one} and {other}, {vision}"));
                }
            }
        }
    }
    least
}

#[test]
fn zones_can_be_told_apart_in_four_kinds_of_vision() {
    let (_, fragments) = opened();
    let mut colours = matched_colours(style_layer(&fragments, "piano.zona.fill"));
    // Public green is drawn together with the zones.
    let services = matched_colours(style_layer(&fragments, "piano.servizio.fill"));
    colours.insert("verde".to_owned(), services["verde"].clone());
    assert_eq!(colours.len(), 8, "{colours:?}");
    let (least, what) = least_difference(&colours);
    assert!(least >= 20.0, "{least:.1}: {what}");
    // The twin: production and services in two blues, as they are often drawn.
    colours.insert("D".to_owned(), "#8fb4e8".to_owned());
    let (least, what) = least_difference(&colours);
    assert!(least < 20.0 && what.contains('D'), "{least:.1}: {what}");
}

/// Names of patterns anywhere in a value.
fn pattern_names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if Pattern::is_name(text) => {
            found.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| pattern_names(item, found)),
        Value::Object(object) => object.values().for_each(|item| pattern_names(item, found)),
        _ => {}
    }
}

#[test]
fn constraints_differ_in_angle_and_spacing_and_not_only_in_colour() {
    let (definitions, fragments) = opened();
    let mut marks = BTreeMap::new();
    let mut layers = BTreeSet::new();
    for layer in fragments.layers() {
        let id = layer.layer().unwrap_or_default();
        if id.starts_with("vincolo.") && layer.kind() == "fill" {
            let mut names = BTreeSet::new();
            pattern_names(&Value::Object(layer.style.clone()), &mut names);
            assert!(!names.is_empty(), "{} has no pattern", layer.id());
            layers.insert(id.to_owned());
            for name in names {
                let pattern = Pattern::parse(&name).expect("checked when it was read");
                let marked = format!("{:?} {}° {}", pattern.kind, pattern.angle, pattern.spacing);
                let before = marks.insert(marked.clone(), name);
                assert_eq!(before, None, "{marked} comes twice");
                for ratio in [1, 2] {
                    let places = &fragments.sprites().of_ratio(ratio).places;
                    assert!(places.get(&pattern.id).is_some(), "{}", pattern.id);
                }
            }
        }
    }
    let defined = definitions.iter().map(|file| file.definition.id.as_str());
    let constraints: Vec<&str> = defined.filter(|id| id.starts_with("vincolo.")).collect();
    assert_eq!(layers.len(), constraints.len(), "{layers:?}");
}

#[test]
fn every_layer_is_drawn_and_everything_drawn_is_explained() {
    let (definitions, fragments) = opened();
    for file in definitions.iter() {
        let definition = &file.definition;
        for (base, lang) in [(Base::Chiara, Lang::It), (Base::Scura, Lang::En)] {
            let entries = legend(&fragments, definition, base, lang);
            let drawn = fragments
                .layers_on(base)
                .iter()
                .any(|layer| layer.layer() == Some(&definition.id));
            assert!(drawn, "{} is not drawn", definition.id);
            // House numbers and place names are nothing but their own text.
            let only_text =
                ["base.civico", "base.toponimo", "catasto.testo"].contains(&definition.id.as_str());
            assert_eq!(
                entries.is_empty(),
                only_text,
                "{}: {entries:?}",
                definition.id
            );
            for entry in &entries {
                assert!(
                    !entry.text.is_empty() && entry.min_zoom < entry.max_zoom,
                    "{entry:?}"
                );
                assert!(
                    entry.min_zoom >= f64::from(definition.tile.min_zoom),
                    "{entry:?}"
                );
            }
        }
        // Every value of a column that colours depend on has one entry, and no other has any.
        let entries = legend(&fragments, definition, Base::Chiara, Lang::It);
        for layer in fragments.layers() {
            let (Some(column), true) = (&layer.classes, layer.layer() == Some(&definition.id))
            else {
                continue;
            };
            let index = definition.column_index(column).expect("was checked");
            for value in &definition.column[index].domain {
                let of_value = entries
                    .iter()
                    .filter(|entry| entry.when.get(column) == Some(&value.value.clone().into()));
                assert_eq!(of_value.count(), 1, "{} {}", definition.id, value.value);
            }
        }
    }
}

#[test]
fn the_legend_of_zones_is_that_of_the_style() {
    let (definitions, fragments) = opened();
    let zones = &definitions.get("piano.zona").expect("is ours").definition;
    let entries = legend(&fragments, zones, Base::Chiara, Lang::En);
    assert_eq!(entries.len(), 6, "{entries:?}");
    assert_eq!(entries[1].text, "B, built-up");
    let Symbol::Fill { color, opacity, .. } = &entries[1].symbols[0] else {
        panic!("{:?}", entries[1].symbols);
    };
    assert_eq!((color.as_deref(), *opacity), (Some("#fab988"), 0.6));
    let parcels = &definitions
        .get("catasto.particella")
        .expect("is ours")
        .definition;
    let entries = legend(&fragments, parcels, Base::Chiara, Lang::It);
    let water = entries
        .iter()
        .find(|entry| entry.text == "Acque")
        .expect("has waters");
    assert_eq!(water.when["kind"], "water");
    // The fill and its edge; nothing of selection and hover, which are not there.
    assert_eq!(water.symbols.len(), 2, "{water:?}");
    let river = &definitions
        .get("vincolo.fiume")
        .expect("is ours")
        .definition;
    let entries = legend(&fragments, river, Base::Chiara, Lang::It);
    let Symbol::Fill {
        color: None,
        pattern: Some(pattern),
        ..
    } = &entries[0].symbols[0]
    else {
        panic!("{entries:?}");
    };
    assert_eq!((pattern.angle, pattern.color.as_str()), (0, "#1f6fb2"));
}

#[test]
fn a_mistake_in_a_style_is_told_with_its_file() {
    let (definitions, _) = opened();
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    std::fs::write(
        folder.path().join("bad.json"),
        r##"{ "format": 1, "colours": { "chiara": { "land": "#fff" } }, "layers": [
            { "order": 1, "style": { "id": "a", "type": "background", "paint": { "background-color": "@land" } } },
            { "order": 2, "style": { "id": "b", "type": "fill", "source-layer": "piano.nulla" } },
            { "order": 3, "classes": "code", "style": { "id": "c", "type": "fill", "source-layer": "piano.zona" } },
            { "order": 4, "style": { "id": "d", "type": "fill", "source-layer": "piano.zona", "paint": { "fill-pattern": "hatch-7-1-2-x" } } },
            { "order": 5, "style": { "id": "a", "type": "background" } }
        ] }"##,
    )
    .expect("the folder is ours");
    let problems = Fragments::load(folder.path(), &definitions).expect_err("it is bad");
    let told: String = problems
        .iter()
        .map(|problem| format!("{problem}\n"))
        .collect();
    for piece in [
        "bad.json: style layer 'b' draws 'piano.nulla', which is no layer",
        "bad.json: style layer 'c' has classes by 'code', which is no column with a domain",
        "bad.json: style layer 'd': 'hatch-7-1-2-x' is no pattern",
        "bad.json: style layer 'a' is defined twice",
        "bad.json: style layer 'a': base 'scura' has no colour 'land'",
    ] {
        assert!(told.contains(piece), "{piece}\nis not in\n{told}");
    }
}
