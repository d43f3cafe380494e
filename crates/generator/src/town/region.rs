//! Regions that are not made of parcels: belts along lines and about places, and their differences.

use geo::{BooleanOps as _, Coord, LineString, MultiPolygon, Polygon as GeoPolygon, unary_union};

use crate::plane::{Path, Point, Ring, area, at, crossing, edges, is_simple};
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

/// A slice of a circle from a direction, turning left.
fn fan(p: Point, from: Point, bend: f64, radius: f64) -> Ring {
    let n = (bend / 0.13).ceil().max(1.0);
    // From behind the middle: sides that nearly coincide with others' are hard to unite.
    let behind = p.plus(from.turned(bend / 2.0), -0.3 * radius);
    let mut out = vec![behind];
    out.extend((0..=n as usize).map(|k| p.plus(from.turned(bend * k as f64 / n), radius)));
    out
}

impl Region {
    pub(crate) fn none() -> Self {
        Self(MultiPolygon::new(Vec::new()))
    }

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
        let last = path.len() - 1;
        let side = |i: usize| path[i + 1].minus(path[i]).unit().left();
        let mut parts = Vec::new();
        for (i, w) in path.windows(2).enumerate() {
            let (r, s, n) = (radius(i), radius(i + 1), side(i));
            parts.push(polygon(&[
                w[0].plus(n, -r),
                w[1].plus(n, -s),
                w[1].plus(n, s),
                w[0].plus(n, r),
            ]));
        }
        // Round about the vertices; corners lie on the sides' ends, so that nothing sticks out.
        for (i, &p) in path.iter().enumerate() {
            let r = radius(i);
            let before = side(i.saturating_sub(1));
            let after = side(i.min(last - 1));
            if i == 0 || i == last {
                let outward = if i == 0 {
                    before
                } else {
                    before.turned(-std::f64::consts::PI)
                };
                parts.push(polygon(&fan(p, outward, std::f64::consts::PI, r)));
                continue;
            }
            let bend = libm::atan2(before.cross(after), before.dot(after));
            if bend.abs() > 1e-6 {
                let (from, bend) = if bend > 0.0 {
                    // A bend to the left opens on the right.
                    (before.turned(std::f64::consts::PI), bend)
                } else {
                    (after, -bend)
                };
                parts.push(polygon(&fan(p, from, bend, r)));
            }
        }
        Self(unary_union(&parts))
    }

    /// The region and all places nearer to it than so many metres.
    pub(crate) fn grown(&self, metres: f64) -> Self {
        let mut parts: Vec<GeoPolygon> = self.0.0.clone();
        for p in &self.0 {
            let mut ring: Path = p.exterior().coords().map(|c| at(c.x, c.y)).collect();
            // Round at the first corner, too.
            ring.extend(ring.get(1).copied());
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

    /// The polygons of some size, outer rings counter-clockwise, on whole millimetres.
    pub(crate) fn polygons(&self, least_m2: f64) -> Vec<Polygon> {
        let mut out = Vec::new();
        for p in &self.0 {
            let Some(polygon) = rings(p) else { continue };
            if area(&polygon[0]) < least_m2 {
                continue;
            }
            if sound(&polygon) {
                out.push(polygon);
                continue;
            }
            // Rounded, it touches or crosses itself: the parts that remain.
            let again = Self(unary_union(&[shape(&polygon)]));
            let parts = again.0.iter().filter_map(rings);
            out.extend(parts.filter(|p| area(&p[0]) >= least_m2 && sound(p)));
        }
        out
    }
}

/// The rings of a polygon; `None` where nothing is left of it.
fn rings(p: &GeoPolygon) -> Option<Polygon> {
    let ring = |l: &LineString| clean(l.coords().map(|c| at(c.x, c.y)).collect());
    let mut outer = ring(p.exterior());
    if area(&outer) < 0.0 {
        outer.reverse();
    }
    if outer.len() < 3 || area(&outer) < 0.5 {
        return None;
    }
    let mut all = vec![outer];
    for hole in p.interiors() {
        let mut hole = ring(hole);
        if area(&hole) > 0.0 {
            hole.reverse();
        }
        if hole.len() > 2 && area(&hole) < -0.5 {
            all.push(hole);
        }
    }
    Some(all)
}

/// Whether rings cross neither themselves nor each other.
fn sound(polygon: &Polygon) -> bool {
    polygon.iter().all(|ring| is_simple(ring))
        && polygon.iter().enumerate().all(|(k, hole)| {
            polygon[..k].iter().all(|other| {
                edges(hole).all(|(a, b)| edges(other).all(|(c, d)| crossing(a, b, c, d).is_none()))
            })
        })
}

/// A ring on whole millimetres, without points that say nothing and lines that go forth and back.
fn clean(mut ring: Ring) -> Ring {
    for p in &mut ring {
        let millimetres = |v: f64| (v * 1000.0).round() / 1000.0;
        *p = at(millimetres(p.x), millimetres(p.y));
    }
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    let mut i = 0;
    while ring.len() > 2 && i < ring.len() {
        let n = ring.len();
        let (a, b, c) = (ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]);
        let (u, v) = (a.minus(b), c.minus(b));
        let spike = u.dot(v) > 0.0 && u.cross(v).abs() < 0.003 * u.dot(u).max(v.dot(v)).sqrt();
        if spike || a == b || b == c {
            ring.remove(i);
            i = i.saturating_sub(2);
        } else {
            i += 1;
        }
    }
    ring
}

fn shape(p: &Polygon) -> GeoPolygon {
    GeoPolygon::new(
        line(&p[0]),
        p.iter().skip(1).map(|hole| line(hole)).collect(),
    )
}
