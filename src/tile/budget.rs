//! Keeps a tile within a number of bytes.
//!
//! The layers of a tile share its budget: one that needs less than an equal share leaves the rest
//! to the others. What does not fit is made smaller from what was found already:
//!
//! - a coverage is drawn as fewer polygons, step by step: those below a pixel as one with others of
//!   their class and group, then those below 2, 4, 8, 16 and 64 pixels wide, then all of a class
//!   and group, then all of a group, then all of a part;
//! - of other layers the most important features are kept, in the order of the column that the
//!   definition names (`tile.order`, largest first), else of area or length; equal ones by their
//!   numbers. The first that does not fit and all after it are left out.
//!
//! The order does not depend on the order of rows, so the same data gives the same tile.

use crate::geo::EXTENT;
use crate::layer::{GeometryKind, Value};
use crate::snapshot::Features;

use super::encode::{LayerWriter, TagValue};
use super::pen::Pen;
use super::render::{Drawn, Found, Step};

/// Name of the layer that says what is left out: a point in the middle of the tile for each layer
/// concerned, with `layer`, `left_out` and `merged`, numbers of features.
pub const LEFT_OUT: &str = "mappale.left_out";

/// Bytes of a tile before compression, by default.
pub const DEFAULT_BUDGET: usize = 500_000;

/// What the layer of what is left out may take.
const RESERVE: usize = 2_000;

const STEPS: [Step; 8] = [
    Step::Small(1),
    Step::Small(2),
    Step::Small(3),
    Step::Small(4),
    Step::Small(6),
    Step::Classes,
    Step::Groups,
    Step::Whole,
];

/// Draws layers again that take more than their share.
pub(super) fn fit(pen: &mut Pen, layers: &[Found<'_>], drawn: &mut [Drawn], budget: usize) {
    let mut order: Vec<usize> = (0..drawn.len()).collect();
    order.sort_by_key(|index| (drawn[*index].bytes.len(), *index));
    let mut room = budget.saturating_sub(RESERVE);
    let mut report = LayerWriter::new(
        LEFT_OUT,
        ["layer", "left_out", "merged"].map(str::to_owned).to_vec(),
    );
    let count = order.len();
    for (done, index) in order.into_iter().enumerate() {
        let share = room / (count - done);
        if drawn[index].bytes.len() > share {
            let full = drawn[index].alone + drawn[index].merged;
            let merged = drawn[index].merged;
            drawn[index] = if layers[index].definition.coverage {
                fewer_polygons(pen, &layers[index], share)
            } else {
                most_important(pen, &layers[index], share)
            };
            let left = &drawn[index];
            // Polygons that are part of a larger one are not left out.
            let left_out = full.saturating_sub(left.alone + left.merged);
            let more_merged = left.merged.saturating_sub(merged);
            if left_out + more_merged > 0 {
                say(
                    &mut report,
                    &layers[index].definition.id,
                    [left_out, more_merged],
                );
            }
        }
        room = room.saturating_sub(drawn[index].bytes.len());
    }
    if let Some(last) = drawn.last_mut() {
        report.finish(&mut last.bytes);
    }
}

fn say(report: &mut LayerWriter, layer: &str, counts: [usize; 2]) {
    let middle = i64::from(EXTENT / 2);
    report.points(&[[middle, middle]]);
    let name = report.add_value(TagValue::Text(layer));
    report.tag(0, name);
    for (key, count) in (1_u32..).zip(counts) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let count = report.add_value(TagValue::Integer(count));
        report.tag(key, count);
    }
    report.finish_feature(None);
}

fn fewer_polygons(pen: &mut Pen, layer: &Found<'_>, share: usize) -> Drawn {
    let mut drawn = Drawn::default();
    for step in STEPS {
        drawn = layer.draw(pen, step, &|_, _| true);
        if drawn.bytes.len() <= share {
            break;
        }
    }
    drawn
}

fn most_important(pen: &mut Pen, layer: &Found<'_>, share: usize) -> Drawn {
    let mut ranked = ranked(layer);
    // Halving finds how many fit; each try draws candidates that are in memory already.
    let (mut fits, mut too_many) = (0, ranked.len());
    let mut best = Drawn::default();
    while fits + 1 < too_many {
        let middle = usize::midpoint(fits, too_many);
        let mut kept: Vec<(usize, usize)> = ranked[..middle].to_vec();
        kept.sort_unstable();
        let wanted = |part: usize, feature: usize| kept.binary_search(&(part, feature)).is_ok();
        let drawn = layer.draw(pen, Step::Small(0), &wanted);
        if drawn.bytes.len() <= share {
            fits = middle;
            best = drawn;
        } else {
            too_many = middle;
        }
    }
    ranked.clear();
    best
}

/// The features of a layer, by the position of their part and their own, the most important first.
fn ranked(layer: &Found<'_>) -> Vec<(usize, usize)> {
    let order = &layer.definition.tile.order;
    let column = order
        .as_ref()
        .and_then(|name| layer.definition.column_index(name));
    let mut ranked: Vec<(f64, u64, (usize, usize))> = Vec::new();
    for (position, (part, found)) in layer.parts.iter().enumerate() {
        let features = &part.features;
        ranked.extend(found.iter().map(|feature| {
            let feature = *feature as usize;
            let weight = match column {
                Some(column) => number(features.value(feature, column)),
                None => extent(features, feature),
            };
            (weight, features.id(feature), (position, feature))
        }));
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.into_iter().map(|(_, _, at)| at).collect()
}

/// A value as a number; what is none comes last.
fn number(value: &Value) -> f64 {
    match value {
        Value::Integer(number) => *number as f64,
        Value::Real(number) => *number,
        Value::Null | Value::Text(_) | Value::Date(_) => f64::NEG_INFINITY,
    }
}

/// Area of a polygon in m², length of a line in m, 0 for points.
fn extent(features: &Features, feature: usize) -> f64 {
    match features.kind() {
        GeometryKind::Polygon => features.area_m2(feature),
        GeometryKind::Line => features
            .rings_of(feature)
            .flat_map(|line| line.metric.windows(2))
            .map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]))
            .sum(),
        GeometryKind::Point => 0.0,
    }
}
