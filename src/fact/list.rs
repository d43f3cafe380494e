//! Lists of features, of which the worker makes GeoPackages and shapefiles: one JSON object a line,
//! the layer first, outlines as well-known binary in hexadecimal digits.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use crate::layer::GeometryKind;
use crate::snapshot::RingView;

use super::region::Shape;

/// The kind of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Whole numbers.
    Integer,
    /// Numbers.
    Real,
    /// Anything else.
    Text,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Real => "real",
            Self::Text => "text",
        }
    }
}

/// The first line: name of the layer, EPSG code, kind of its outlines, and its fields.
pub(super) fn head<'a>(
    name: &str,
    srid: i32,
    geometry: GeometryKind,
    fields: impl Iterator<Item = (&'a str, Kind)>,
) -> String {
    let fields: Vec<Json> = fields
        .map(|(name, kind)| json!({ "name": name, "kind": kind.word() }))
        .collect();
    let geometry = match geometry {
        GeometryKind::Polygon => "polygon",
        GeometryKind::Line => "line",
        GeometryKind::Point => "point",
    };
    let head = json!({ "name": name, "srid": srid, "geometry": geometry, "fields": fields });
    format!("{head}\n")
}

/// Adds the line of a feature; one without an outline has values alone.
pub(super) fn row(values: Vec<Json>, wkb: Option<&[u8]>, out: &mut String) {
    let _ = write!(out, "{{\"values\":{},\"wkb\":\"", Json::from(values));
    for byte in wkb.unwrap_or_default() {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out.push_str("\"}\n");
}

/// Outlines of a feature as well-known binary (OGC 06-103r4), always of the kind for several; outer
/// rings run counter-clockwise.
pub(super) fn wkb_of_rings<'a>(
    kind: GeometryKind,
    rings: impl Iterator<Item = RingView<'a>>,
) -> Vec<u8> {
    let rings: Vec<RingView<'a>> = rings.collect();
    let mut out = Binary::default();
    match kind {
        GeometryKind::Polygon => {
            let starts: Vec<usize> = (0..rings.len())
                .filter(|index| *index == 0 || rings[*index].exterior)
                .collect();
            out.head(6);
            out.count(starts.len());
            for (index, start) in starts.iter().enumerate() {
                let end = starts.get(index + 1).copied().unwrap_or(rings.len());
                out.head(3);
                out.count(end - start);
                for ring in &rings[*start..end] {
                    out.count(ring.metric.len());
                    // Kept clockwise for tiles.
                    out.places(ring.metric.iter().rev());
                }
            }
        }
        GeometryKind::Line => {
            out.head(5);
            out.count(rings.len());
            for line in &rings {
                out.head(2);
                out.count(line.metric.len());
                out.places(line.metric.iter());
            }
        }
        GeometryKind::Point => {
            out.head(4);
            out.count(rings.iter().map(|run| run.metric.len()).sum());
            for place in rings.iter().flat_map(|run| run.metric) {
                out.head(1);
                out.places(std::iter::once(place));
            }
        }
    }
    out.0
}

/// Polygons as well-known binary (OGC 06-103r4); none for no polygon.
pub(super) fn wkb_of_shape(shape: &Shape) -> Option<Vec<u8>> {
    if shape.is_empty() {
        return None;
    }
    let mut out = Binary::default();
    out.head(6);
    out.count(shape.len());
    for polygon in shape {
        out.head(3);
        out.count(polygon.len());
        for ring in polygon {
            out.count(ring.len());
            out.places(ring.iter());
        }
    }
    Some(out.0)
}

/// Well-known binary, little-endian.
#[derive(Default)]
struct Binary(Vec<u8>);

impl Binary {
    fn head(&mut self, kind: u32) {
        self.0.push(1);
        self.0.extend(kind.to_le_bytes());
    }

    fn count(&mut self, number: usize) {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        self.0.extend(number.to_le_bytes());
    }

    fn places<'a>(&mut self, places: impl Iterator<Item = &'a [f64; 2]>) {
        for value in places.flatten() {
            self.0.extend(value.to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_is_a_multipolygon_of_one_ring() {
        let ring = vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]];
        let wkb = wkb_of_shape(&vec![vec![ring]]).expect("there is a polygon");
        // Order, kind, count; order, kind, rings; places; 5 times 16 bytes.
        assert_eq!(wkb.len(), 9 + 9 + 4 + 80);
        assert_eq!(wkb[..9], [1, 6, 0, 0, 0, 1, 0, 0, 0]);
        assert_eq!(wkb_of_shape(&Shape::new()), None);
    }

    #[test]
    fn a_list_is_one_object_a_line() {
        let fields = [("zona", Kind::Text), ("piani", Kind::Integer)];
        let mut text = head(
            "piano-zona",
            7791,
            GeometryKind::Polygon,
            fields.into_iter(),
        );
        row(vec![Json::from("Zona \u{e8}"), Json::Null], None, &mut text);
        let lines: Vec<Json> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("is JSON"))
            .collect();
        assert_eq!(lines[0]["fields"][1]["kind"], "integer");
        assert_eq!(lines[1]["values"][0], "Zona è");
        assert_eq!(lines[1]["wkb"], "");
    }
}
