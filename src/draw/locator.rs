//! A small map that shows where something lies in a comune: its outline, and areas in a colour.

use std::fmt::Write as _;

use crate::snapshot::{Features, PartSnapshot};

/// Width of the drawing, in its own units: a point of it is about a pixel on a large screen.
const WIDTH: f64 = 600.0;

/// Areas of a part within the outline of a comune.
#[derive(Debug, Clone, Copy)]
pub struct Locator<'a> {
    /// The outline, in the CRS of the part.
    pub outline: Option<&'a Features>,
    /// The part.
    pub part: &'a PartSnapshot,
    /// The areas that are shown.
    pub features: &'a [usize],
    /// Their colour, as `#E67A42`.
    pub fill: &'a str,
}

/// The map as SVG, to stand in a page: no styles, no ids.
///
/// `label` says what it shows, for those who do not see it.
pub fn locator(map: &Locator<'_>, label: &str) -> String {
    let mut area = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
    let mut add = |[e, n]: [f64; 2]| {
        area = [
            area[0].min(e),
            area[1].min(n),
            area[2].max(e),
            area[3].max(n),
        ];
    };
    let all = (0..map.part.features.len()).flat_map(|feature| map.part.features.rings_of(feature));
    all.flat_map(|ring| ring.metric)
        .for_each(|point| add(*point));
    let [west, south, east, north] = area;
    if east <= west || north <= south {
        return String::new();
    }
    let scale = WIDTH / (east - west);
    let height = ((north - south) * scale).ceil();
    let place = |[e, n]: [f64; 2]| {
        let x = ((e - west) * scale).round() as i64;
        let y = ((north - n) * scale).round() as i64;
        (x, y)
    };
    let mut svg = format!(
        "<svg class=\"locator\" viewBox=\"-2 -2 {} {}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-label=\"{}\">",
        WIDTH + 4.0,
        height + 4.0,
        super::path::escape(label)
    );
    let ground = match map.outline {
        Some(outline) => path((0..outline.len()).flat_map(|f| outline.rings_of(f)), place),
        None => path(
            (0..map.part.features.len()).flat_map(|f| map.part.features.rings_of(f)),
            place,
        ),
    };
    let _ = write!(
        svg,
        "<path d=\"{ground}\" fill=\"#F0EFEC\" stroke=\"#5A6772\" stroke-width=\"1\"/>"
    );
    let shown = map.features.iter();
    let areas = path(shown.flat_map(|f| map.part.features.rings_of(*f)), place);
    let _ = write!(
        svg,
        "<path d=\"{areas}\" fill=\"{}\" fill-rule=\"evenodd\" stroke=\"#17324D\" stroke-width=\"0.75\"/></svg>",
        map.fill
    );
    svg
}

/// Rings as a path of whole numbers; points that fall together stand once, and a ring of which
/// less than a triangle is left is a dot.
fn path<'a>(
    rings: impl Iterator<Item = crate::snapshot::RingView<'a>>,
    place: impl Fn([f64; 2]) -> (i64, i64),
) -> String {
    let mut text = String::new();
    for ring in rings {
        let mut points: Vec<(i64, i64)> = ring.metric.iter().map(|p| place(*p)).collect();
        points.dedup();
        let Some(((mut x, mut y), rest)) = points.split_first().map(|(f, r)| (*f, r)) else {
            continue;
        };
        let _ = write!(text, "M{x} {y}");
        if rest.is_empty() {
            text.push_str("h1v1h-1z");
            continue;
        }
        text.push('l');
        for (index, (next_x, next_y)) in rest.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            let _ = write!(text, "{space}{} {}", next_x - x, next_y - y);
            (x, y) = (*next_x, *next_y);
        }
        text.push('z');
    }
    text
}
