//! Regions that are not made of parcels: belts along lines and about places, and their differences.

use geo::{BooleanOps as _, Coord, LineString, MultiPolygon, Polygon as GeoPolygon, unary_union};

use crate::plane::{Path, Point, Ring, area, at};
use crate::sheet::Polygon;

/// A set of polygons.
#[derive(Clone, Debug)]
pub(crate) struct Region(MultiPolygon);

fn line(ring: &[Point]) -> LineString {
    ring.iter().map(|p| Coord { x: p.x, y: p.y }).collect()
}

fn polygon(ring: &[Point]) -> GeoPolygon {
    GeoPolygon::new(line(ring), Vec::new())
}

fn circle(p: Point, radius: f64, corners: usize) -> Ring {
    (0..corners)
        .map(|k| {
            let (sin, cos) = libm::sincos(std::f64::consts::TAU * k as f64 / corners as f64);
            at(p.x + radius * cos, p.y + radius * sin)
        })
        .collect()
}

impl Region {
    pub(crate) fn ring(ring: &[Point]) -> Self {
        Self(MultiPolygon::new(vec![polygon(ring)]))
    }

    pub(crate) fn circle(p: Point, radius: f64) -> Self {
        Self::ring(&circle(p, radius, 72))
    }

    pub(crate) fn of(polygons: &[Polygon]) -> Self {
        Self(polygons.iter().map(shape).collect())
    }

    /// All places nearer to a path than `radius(vertex)`.
    pub(crate) fn along(path: &[Point], radius: impl Fn(usize) -> f64) -> Self {
        let mut parts = Vec::new();
        for (i, w) in path.windows(2).enumerate() {
            let (r, s) = (radius(i), radius(i + 1));
            let side = w[1].minus(w[0]).unit().left();
            parts.push(polygon(&[
                w[0].plus(side, -r),
                w[1].plus(side, -s),
                w[1].plus(side, s),
                w[0].plus(side, r),
            ]));
            let corners = if r > 60.0 { 48 } else { 24 };
            parts.push(polygon(&circle(w[1], s, corners)));
        }
        if let Some(&first) = path.first() {
            parts.push(polygon(&circle(first, radius(0), 36)));
        }
        Self(unary_union(&parts))
    }

    /// The region and all places nearer to it than so many metres.
    pub(crate) fn grown(&self, metres: f64) -> Self {
        let mut parts: Vec<GeoPolygon> = self.0.0.clone();
        for p in &self.0 {
            let ring: Path = p.exterior().coords().map(|c| at(c.x, c.y)).collect();
            parts.extend(Self::along(&ring, |_| metres).0);
        }
        Self(unary_union(&parts))
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        Self(self.0.difference(&other.0))
    }

    pub(crate) fn within(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0))
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0))
    }

    /// The polygons of some size, outer rings counter-clockwise.
    pub(crate) fn polygons(&self, least_m2: f64) -> Vec<Polygon> {
        let ring = |l: &LineString| -> Ring {
            let mut ring: Ring = l.coords().map(|c| at(c.x, c.y)).collect();
            ring.pop();
            ring
        };
        self.0
            .iter()
            .filter_map(|p| {
                let mut outer = ring(p.exterior());
                if area(&outer) < 0.0 {
                    outer.reverse();
                }
                if area(&outer) < least_m2 {
                    return None;
                }
                let mut all = vec![outer];
                for hole in p.interiors() {
                    let mut hole = ring(hole);
                    if area(&hole) > 0.0 {
                        hole.reverse();
                    }
                    if area(&hole) < -0.5 {
                        all.push(hole);
                    }
                }
                Some(all)
            })
            .collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.polygons(1.0).is_empty()
    }
}

fn shape(p: &Polygon) -> GeoPolygon {
    GeoPolygon::new(
        line(&p[0]),
        p.iter().skip(1).map(|hole| line(hole)).collect(),
    )
}
