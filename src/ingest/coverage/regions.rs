//! The polygons of all features of a coverage, in flat arrays.

use std::ops::Range;

use geo::{Coord, LineString, MultiPolygon, Polygon};

use crate::geo::ring_area;

/// Polygons of features, E/N in metres: exteriors counter-clockwise, holes clockwise.
#[derive(Debug, Clone, Default)]
pub(in crate::ingest) struct Regions {
    keys: Vec<String>,
    /// West, south, east and north of each.
    boxes: Vec<[f64; 4]>,
    /// Points of all rings, each ring closed.
    points: Vec<[f64; 2]>,
    /// Where each ring ends in `points`; none is longer than 32 bits can count.
    rings: Vec<u32>,
    /// Where each polygon ends in `rings`.
    polygons: Vec<u32>,
    /// Where each feature ends in `polygons`.
    features: Vec<u32>,
}

impl Regions {
    /// Adds a feature.
    pub(in crate::ingest) fn add(&mut self, key: String, shape: &wire::MultiPolygon) {
        let mut rect = [
            f64::INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NEG_INFINITY,
        ];
        for polygon in shape.polygons() {
            for (index, ring) in polygon.rings().enumerate() {
                let first = self.points.len();
                // Adding zero makes -0.0 and 0.0 one value: points are compared by their bits.
                self.points
                    .extend(ring.iter().map(|[x, y]| [x + 0.0, y + 0.0]));
                if (ring_area(ring) > 0.0) != (index == 0) {
                    self.points[first..].reverse();
                }
                for [x, y] in ring {
                    rect = [
                        rect[0].min(*x),
                        rect[1].min(*y),
                        rect[2].max(*x),
                        rect[3].max(*y),
                    ];
                }
                self.rings.push(offset(self.points.len()));
            }
            self.polygons.push(offset(self.rings.len()));
        }
        self.features.push(offset(self.polygons.len()));
        self.boxes.push(rect);
        self.keys.push(key);
    }

    /// The number of features.
    pub(in crate::ingest) fn len(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn key(&self, feature: usize) -> &str {
        &self.keys[feature]
    }

    /// West, south, east and north of a feature.
    pub(super) fn rect(&self, feature: usize) -> [f64; 4] {
        self.boxes[feature]
    }

    /// The rings of a feature, each closed.
    pub(super) fn rings(&self, feature: usize) -> impl Iterator<Item = &[[f64; 2]]> {
        let polygons = before(&self.features, feature);
        let first = start(&self.polygons, polygons.start);
        let end = start(&self.polygons, polygons.end);
        (first..end).map(|ring| &self.points[before(&self.rings, ring)])
    }

    /// All rings, each closed.
    pub(super) fn all_rings(&self) -> impl Iterator<Item = &[[f64; 2]]> {
        (0..self.rings.len()).map(|ring| &self.points[before(&self.rings, ring)])
    }

    /// All points, ring after ring.
    pub(super) fn points(&self) -> &[[f64; 2]] {
        &self.points
    }

    /// The polygons of a feature, for an overlay.
    pub(super) fn shape(&self, feature: usize) -> MultiPolygon {
        let polygons = before(&self.features, feature).map(|polygon| {
            let mut rings = before(&self.polygons, polygon)
                .map(|ring| line(&self.points[before(&self.rings, ring)]));
            let outer = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
            Polygon::new(outer, rings.collect())
        });
        polygons.collect()
    }
}

/// Points as a line of the overlay.
pub(super) fn line(points: &[[f64; 2]]) -> LineString {
    points.iter().map(|[x, y]| Coord { x: *x, y: *y }).collect()
}

/// Where the items of an index lie, by the ends of all.
fn before(ends: &[u32], index: usize) -> Range<usize> {
    start(ends, index)..ends[index] as usize
}

/// Where the items of an index begin, by the ends of all.
fn start(ends: &[u32], index: usize) -> usize {
    match index {
        0 => 0,
        _ => ends[index - 1] as usize,
    }
}

/// The limits of a stream keep every count far below 2^32.
fn offset(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
