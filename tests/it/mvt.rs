//! Vector tiles, decoded by a library of others: the form a test can read and compare.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fast_mvt::{MvtReaderRef, MvtValueRef};
use geo::{Geometry, LineString};

/// A ring in tile units, closed; y to the south.
pub(crate) type Ring = Vec<[i64; 2]>;

/// A feature of a tile.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Feature {
    pub(crate) id: u64,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) shape: Shape,
}

/// What a feature looks like.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Point([i64; 2]),
    /// Several points, or one that is written as several.
    Points(Vec<[i64; 2]>),
    /// Lines, each of at least two points.
    Lines(Vec<Ring>),
    /// Polygons, each its outer ring and its holes.
    Polygons(Vec<Vec<Ring>>),
}

/// A layer of a tile.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layer {
    pub(crate) name: String,
    pub(crate) version: u32,
    pub(crate) extent: u32,
    pub(crate) features: Vec<Feature>,
}

/// The layers of a tile.
///
/// # Panics
/// When the tile is not what MVT 2.1 asks for.
pub(crate) fn decode(bytes: &[u8]) -> Vec<Layer> {
    if let Err(fault) = crate::mvt_check::check(bytes) {
        panic!("no valid tile: {fault}");
    }
    let reader = MvtReaderRef::new(bytes).expect("is a tile");
    reader
        .layers()
        .map(|layer| Layer {
            name: layer.name().to_owned(),
            version: layer.version(),
            extent: layer.extent(),
            features: layer
                .features()
                .map(|feature| Feature {
                    // What stands for several features has no number.
                    id: feature.id().unwrap_or(0),
                    attributes: feature
                        .properties()
                        .map(|property| property.expect("tags refer to keys and values"))
                        .map(|(key, value)| (key.to_owned(), text(value)))
                        .collect(),
                    shape: shape(&feature.geometry().expect("commands make a geometry")),
                })
                .collect(),
        })
        .collect()
}

/// A layer of a tile by its name; one without features where the tile has none.
pub(crate) fn layer(bytes: &[u8], name: &str) -> Vec<Feature> {
    let found = decode(bytes).into_iter().find(|layer| layer.name == name);
    found.map_or_else(Vec::new, |layer| layer.features)
}

fn text(value: MvtValueRef<'_>) -> String {
    match value {
        MvtValueRef::String(text) => format!("\"{text}\""),
        MvtValueRef::Int(number) | MvtValueRef::SInt(number) => number.to_string(),
        MvtValueRef::UInt(number) => number.to_string(),
        MvtValueRef::Double(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

fn shape(geometry: &Geometry<i32>) -> Shape {
    let ring = |line: &LineString<i32>| -> Ring {
        line.coords()
            .map(|point| [i64::from(point.x), i64::from(point.y)])
            .collect()
    };
    let polygon = |polygon: &geo::Polygon<i32>| -> Vec<Ring> {
        std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .map(ring)
            .collect()
    };
    match geometry {
        Geometry::Point(point) => Shape::Point([i64::from(point.x()), i64::from(point.y())]),
        Geometry::MultiPoint(several) => Shape::Points(
            several
                .iter()
                .map(|point| [i64::from(point.x()), i64::from(point.y())])
                .collect(),
        ),
        Geometry::LineString(line) => Shape::Lines(vec![ring(line)]),
        Geometry::MultiLineString(several) => Shape::Lines(several.iter().map(ring).collect()),
        Geometry::Polygon(one) => Shape::Polygons(vec![polygon(one)]),
        Geometry::MultiPolygon(several) => Shape::Polygons(several.iter().map(polygon).collect()),
        other => panic!("a geometry that we do not write: {other:?}"),
    }
}

impl Feature {
    /// Its polygons; points and lines have none.
    pub(crate) fn polygons(&self) -> &[Vec<Ring>] {
        match &self.shape {
            Shape::Point(_) | Shape::Points(_) | Shape::Lines(_) => &[],
            Shape::Polygons(polygons) => polygons,
        }
    }

    /// Its points; lines and polygons have none.
    pub(crate) fn points(&self) -> &[[i64; 2]] {
        match &self.shape {
            Shape::Point(point) => std::slice::from_ref(point),
            Shape::Points(points) => points,
            Shape::Lines(_) | Shape::Polygons(_) => &[],
        }
    }

    /// Its lines; points and polygons have none.
    pub(crate) fn lines(&self) -> &[Ring] {
        match &self.shape {
            Shape::Lines(lines) => lines,
            Shape::Point(_) | Shape::Points(_) | Shape::Polygons(_) => &[],
        }
    }

    /// All its rings.
    pub(crate) fn rings(&self) -> impl Iterator<Item = &Ring> {
        self.polygons().iter().flatten()
    }

    /// Twice its area: outer rings count, holes are taken off.
    pub(crate) fn twice_area(&self) -> i64 {
        self.rings().map(|ring| twice_area(ring)).sum()
    }

    /// Length of its outlines in tile units.
    pub(crate) fn perimeter(&self) -> f64 {
        let edges = self.rings().flat_map(|ring| ring.windows(2));
        edges.map(|edge| length(edge[0], edge[1])).sum()
    }

    /// How far a point lies from its outlines, in tile units.
    pub(crate) fn distance(&self, point: [i64; 2]) -> f64 {
        let edges = self.rings().flat_map(|ring| ring.windows(2));
        edges
            .map(|edge| distance(point, edge[0], edge[1]))
            .fold(f64::INFINITY, f64::min)
    }
}

/// Twice the area of a closed ring; positive for outer rings of tiles (MVT 2.1, 4.3.4.4).
pub(crate) fn twice_area(ring: &[[i64; 2]]) -> i64 {
    ring.windows(2)
        .map(|edge| edge[0][0] * edge[1][1] - edge[1][0] * edge[0][1])
        .sum()
}

#[expect(clippy::cast_precision_loss, reason = "tile units are small numbers")]
fn real(point: [i64; 2]) -> [f64; 2] {
    [point[0] as f64, point[1] as f64]
}

fn length(a: [i64; 2], b: [i64; 2]) -> f64 {
    let (a, b) = (real(a), real(b));
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// How far a point lies from an edge, in tile units.
pub(crate) fn distance(point: [i64; 2], a: [i64; 2], b: [i64; 2]) -> f64 {
    let (p, a, b) = (real(point), real(a), real(b));
    let along = [b[0] - a[0], b[1] - a[1]];
    let squared = along[0] * along[0] + along[1] * along[1];
    let share = if squared > 0.0 {
        (((p[0] - a[0]) * along[0] + (p[1] - a[1]) * along[1]) / squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (p[0] - a[0] - share * along[0]).hypot(p[1] - a[1] - share * along[1])
}

/// A tile as text: a layer, a feature, a ring a line.
pub(crate) fn readable(bytes: &[u8]) -> String {
    let mut out = String::new();
    for layer in decode(bytes) {
        let (name, version, extent) = (&layer.name, layer.version, layer.extent);
        let _ = writeln!(out, "layer {name} version {version} extent {extent}");
        for feature in &layer.features {
            let _ = write!(out, "  {}", feature.id);
            for (key, value) in &feature.attributes {
                let _ = write!(out, " {key}={value}");
            }
            let _ = writeln!(out);
            for point in feature.points() {
                let _ = writeln!(out, "    point {},{}", point[0], point[1]);
            }
            for line in feature.lines() {
                let _ = writeln!(out, "    line {line:?}");
            }
            for polygon in feature.polygons() {
                for (index, ring) in polygon.iter().enumerate() {
                    let word = if index == 0 { "outer" } else { "hole" };
                    let points: Vec<String> = ring
                        .iter()
                        .map(|point| format!("{},{}", point[0], point[1]))
                        .collect();
                    let _ = writeln!(out, "    {word} {}", points.join(" "));
                }
            }
        }
    }
    out
}
