//! Layers in the formats of the trade: GeoPackage and zipped shapefiles, the same bytes each time.

mod archive;
mod geopackage;
mod shapefile;

pub(crate) use archive::archive;
pub(crate) use geopackage::geopackage;
pub(crate) use shapefile::{Crs, shapefile};

use crate::plane::{Path, Point};
use crate::sheet::Polygon;

/// A value of a feature.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Real(f64),
    Empty,
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Text,
    Real,
}

#[derive(Clone, Debug)]
pub(crate) enum Shape {
    Polygons(Vec<Polygon>),
    Line(Path),
    Point(Point),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Polygon,
    Line,
    Point,
}

/// One layer: its rows in metres about the origin of the drawing.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) columns: &'static [(&'static str, Column)],
    pub(crate) rows: Vec<(Shape, Vec<Value>)>,
}

impl Table {
    pub(crate) fn new(
        name: &'static str,
        kind: Kind,
        columns: &'static [(&'static str, Column)],
    ) -> Self {
        Self {
            name,
            kind,
            columns,
            rows: Vec::new(),
        }
    }

    pub(crate) fn push(&mut self, shape: Shape, values: Vec<Value>) {
        debug_assert_eq!(values.len(), self.columns.len(), "{}", self.name);
        self.rows.push((shape, values));
    }
}

/// Coordinates as files have them: whole millimetres about the origin of the projection.
pub(crate) fn placed(p: Point, origin: Point) -> (f64, f64) {
    let millimetres = |v: f64| (v * 1000.0).round() / 1000.0;
    (millimetres(p.x + origin.x), millimetres(p.y + origin.y))
}

/// A closed ring of placed points without repetitions, counter-clockwise or the other way round.
pub(crate) fn closed(ring: &[Point], origin: Point, counter_clockwise: bool) -> Vec<(f64, f64)> {
    let mut out: Vec<(f64, f64)> = ring.iter().map(|&p| placed(p, origin)).collect();
    out.dedup();
    while out.len() > 1 && out.first() == out.last() {
        out.pop();
    }
    let (x, y) = out.first().copied().unwrap_or_default();
    let twice: f64 = out
        .iter()
        .zip(out.iter().cycle().skip(1))
        .map(|(a, b)| (a.0 - x) * (b.1 - y) - (b.0 - x) * (a.1 - y))
        .sum();
    if (twice > 0.0) != counter_clockwise {
        out.reverse();
    }
    out.extend(out.first().copied());
    out
}
