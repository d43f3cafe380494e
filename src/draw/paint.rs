//! From a style layer and a feature to how it is drawn.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::style::{Context, Pattern, PatternKind, evaluate};

/// Units of paper (hundredths of a millimetre) of a pixel of the map.
pub(super) const UNITS_PER_PX: f64 = 20.0;

/// The metres that a pixel of the map stands for at zoom 0 on the equator (tiles of 512 px).
const METRES_PER_PX: f64 = 78_271.516_964_020_48;

/// The zoom at which the map shows ground as large as a scale does on paper.
pub(super) fn zoom_of(scale: u32, latitude: f64) -> f64 {
    let metres = f64::from(scale) * UNITS_PER_PX / 100_000.0;
    (METRES_PER_PX * latitude.to_radians().cos() / metres).log2()
}

/// How something is drawn, as attributes of SVG; several, from below to above.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Paint {
    /// Attributes of each path, such as `fill="#eee"`.
    pub(super) coats: Vec<String>,
    /// Hatches that the coats refer to.
    pub(super) hatch: Option<Hatch>,
}

/// Parallel lines that fill an area.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hatch {
    /// Name within the drawing.
    pub(super) id: String,
    /// Degrees that the lines are turned from the horizontal, counter-clockwise.
    pub(super) angle: f64,
    /// Units between two lines.
    pub(super) spacing: f64,
    /// Width of a line in units.
    pub(super) width: f64,
    /// Colour.
    pub(super) colour: String,
    /// How its marks lie.
    pub(super) kind: PatternKind,
}

/// The values of a style layer's `paint` and `layout`.
pub(super) struct Properties<'a> {
    style: &'a Map<String, Value>,
    context: &'a Context<'a>,
}

impl<'a> Properties<'a> {
    pub(super) fn new(style: &'a Map<String, Value>, context: &'a Context<'a>) -> Self {
        Self { style, context }
    }

    fn value(&self, group: &str, name: &str) -> Value {
        self.style
            .get(group)
            .and_then(|group| group.get(name))
            .map_or(Value::Null, |value| evaluate(value, self.context))
    }

    pub(super) fn number(&self, group: &str, name: &str, default: f64) -> f64 {
        self.value(group, name).as_f64().unwrap_or(default)
    }

    pub(super) fn word(&self, group: &str, name: &str) -> Option<String> {
        let value = self.value(group, name);
        (!value.is_null()).then(|| text(&value))
    }

    pub(super) fn colour(&self, name: &str, default: &str) -> String {
        match self.value("paint", name) {
            Value::String(colour) => colour,
            _ => default.to_owned(),
        }
    }

    fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        let list = self.value("paint", name);
        list.as_array()
            .map(|list| list.iter().filter_map(Value::as_f64).collect())
    }
}

/// Below this opacity nothing is seen, and nothing is drawn.
const INVISIBLE: f64 = 0.02;

/// How an area is filled; none when nothing would be seen.
pub(super) fn fill(properties: &Properties<'_>) -> Option<Paint> {
    let opacity = properties.number("paint", "fill-opacity", 1.0);
    if opacity < INVISIBLE {
        return None;
    }
    if let Some(name) = properties.word("paint", "fill-pattern") {
        let hatch = Hatch::from_name(&name)?;
        return Some(Paint {
            coats: vec![format!(
                "fill=\"url(#{})\"{}",
                hatch.id,
                opacity_attribute("fill-opacity", opacity)
            )],
            hatch: Some(hatch),
        });
    }
    let mut coat = format!("fill=\"{}\"", properties.colour("fill-color", "#000"));
    coat.push_str(&opacity_attribute("fill-opacity", opacity));
    let edge = properties.colour("fill-outline-color", "");
    if !edge.is_empty() {
        let _ = write!(coat, " stroke=\"{edge}\" stroke-width=\"8\"");
    }
    Some(Paint {
        coats: vec![coat],
        hatch: None,
    })
}

/// How a line is drawn; none when nothing would be seen.
pub(super) fn line(properties: &Properties<'_>) -> Option<Paint> {
    let opacity = properties.number("paint", "line-opacity", 1.0);
    let width = properties.number("paint", "line-width", 1.0) * UNITS_PER_PX;
    if opacity < INVISIBLE || width <= 0.0 {
        return None;
    }
    let mut coat = format!(
        "fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{}",
        properties.colour("line-color", "#000"),
        // Thinner lines break up in print.
        short(width.max(5.0)),
        opacity_attribute("stroke-opacity", opacity)
    );
    let cap = properties.word("layout", "line-cap");
    let join = properties.word("layout", "line-join");
    for (name, value) in [("linecap", cap), ("linejoin", join)] {
        if let Some(value) = value.filter(|value| value == "round" || value == "square") {
            let _ = write!(coat, " stroke-{name}=\"{value}\"");
        }
    }
    if let Some(dashes) = properties.numbers("line-dasharray") {
        let dashes: Vec<String> = dashes.iter().map(|dash| short(dash * width)).collect();
        let _ = write!(coat, " stroke-dasharray=\"{}\"", dashes.join(" "));
    }
    Some(Paint {
        coats: vec![coat],
        hatch: None,
    })
}

/// How a dot is drawn: its edge below, its disc above.
pub(super) fn circle(properties: &Properties<'_>) -> Option<Paint> {
    let opacity = properties.number("paint", "circle-opacity", 1.0);
    let radius = properties.number("paint", "circle-radius", 5.0) * UNITS_PER_PX;
    if opacity < INVISIBLE || radius <= 0.0 {
        return None;
    }
    let disc = |colour: &str, radius: f64| {
        format!(
            "fill=\"none\" stroke=\"{colour}\" stroke-width=\"{}\" stroke-linecap=\"round\"{}",
            short(radius * 2.0),
            opacity_attribute("stroke-opacity", opacity)
        )
    };
    let mut coats = Vec::new();
    let edge = properties.number("paint", "circle-stroke-width", 0.0) * UNITS_PER_PX;
    if edge > 0.0 {
        let colour = properties.colour("circle-stroke-color", "#000");
        coats.push(disc(&colour, radius + edge));
    }
    coats.push(disc(&properties.colour("circle-color", "#000"), radius));
    Some(Paint { coats, hatch: None })
}

fn opacity_attribute(name: &str, opacity: f64) -> String {
    if opacity >= 1.0 {
        String::new()
    } else {
        format!(" {name}=\"{}\"", short(opacity))
    }
}

/// A value as text: null is empty, whole numbers have no decimals.
pub(super) fn text(value: &Value) -> String {
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

/// A number with two decimals at most.
pub(super) fn short(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Hatch {
    /// The hatch of a pattern's name, as `styles/` write it; none for another name.
    fn from_name(name: &str) -> Option<Self> {
        let pattern = Pattern::parse(name)?;
        Some(Self {
            id: pattern.id.replace('.', "_"),
            angle: f64::from(pattern.angle),
            spacing: pattern.spacing * UNITS_PER_PX,
            width: pattern.width * UNITS_PER_PX,
            colour: pattern.color,
            kind: pattern.kind,
        })
    }

    /// Its definition in SVG.
    pub(super) fn definition(&self) -> String {
        let Self {
            id,
            angle,
            spacing,
            width,
            colour,
            kind,
        } = self;
        let (size, middle) = (short(*spacing), short(spacing / 2.0));
        let (marks, width) = match kind {
            PatternKind::Hatch => (format!("M0 {middle}H{size}"), *width),
            PatternKind::Cross => (format!("M0 {middle}H{size}M{middle} 0V{size}"), *width),
            // A round cap makes a disc of a line of no length.
            PatternKind::Dots => (format!("M{middle} {middle}h0"), width * 2.0),
        };
        format!(
            "<pattern id=\"{id}\" width=\"{size}\" height=\"{size}\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate({})\"><path d=\"{marks}\" fill=\"none\" stroke=\"{colour}\" \
             stroke-width=\"{}\" stroke-linecap=\"round\"/></pattern>",
            short(-angle),
            short(width),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_has_the_zoom_at_which_a_pixel_is_a_fifth_of_a_millimetre() {
        let zoom = zoom_of(2000, 45.6);
        let metres_per_px = METRES_PER_PX * 45.6_f64.to_radians().cos() / zoom.exp2();
        assert!((metres_per_px - 0.4).abs() < 1e-9, "{metres_per_px}");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!(short(12.0), "12");
        assert_eq!(short(0.5), "0.5");
        assert_eq!(short(-0.126), "-0.13");
        assert_eq!(short(100.0), "100");
    }
}
