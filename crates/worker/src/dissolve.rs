//! Joins the parts of a feature that share edges.
//!
//! A parcel may be drawn in two adjacent parts; OGC wants one polygon then. Edges that two
//! parts have in common are taken out and the rest is put together anew, so that every vertex
//! that stays keeps its coordinates to the last bit and neighbours stay neighbours.

use std::collections::HashMap;

use wire::{MultiPolygon, Polygon};

use crate::validity::{
    BoxTree, Budget, Point, Rect, Ring, TooComplex, check, in_corner, is_nested,
};

/// A vertex this near to an edge of another part lies on it: two units of the eighth decimal
/// of a degree (2 mm), which is what rounding in the national files does.
const TOLERANCE_DEG: f64 = 2e-8;

/// Returns the geometry without its repeated polygons, and how many there were.
#[must_use]
pub fn without_repeated(geometry: &MultiPolygon) -> (MultiPolygon, usize) {
    let mut seen: HashMap<Vec<[u64; 2]>, ()> = HashMap::new();
    let mut out = MultiPolygon::new();
    let mut repeated = 0;
    for polygon in geometry.polygons() {
        let key = polygon
            .rings()
            .flatten()
            .map(|point| point.map(f64::to_bits))
            .collect();
        if seen.insert(key, ()).is_some() {
            repeated += 1;
            continue;
        }
        for ring in polygon.rings() {
            // A ring of a MultiPolygon has passed this check already.
            let _ = out.push_ring(ring);
        }
        let _ = out.end_polygon();
    }
    (out, repeated)
}

/// Returns one valid geometry of the same area (within the tolerance), or `None` where the parts overlap or one of
/// them is invalid by itself.
///
/// Coordinates are degrees. Taking out edges that run both ways changes no winding number; the
/// parts are valid and so is the result: no place is in two parts, none is lost or gained.
///
/// # Errors
/// Where the budget is used up.
pub fn dissolve(
    geometry: &MultiPolygon,
    budget: &mut Budget,
) -> Result<Option<MultiPolygon>, TooComplex> {
    let rings: Vec<Ring> = geometry
        .polygons()
        .enumerate()
        .flat_map(|(polygon, shape)| {
            shape
                .rings()
                .enumerate()
                .map(move |(index, points)| Ring::new(polygon, index > 0, points))
        })
        .collect();
    for part in geometry.polygons() {
        if !is_valid(part, budget)? {
            return Ok(None);
        }
    }
    let rings = noded(&rings, budget)?;
    let Some(edges) = remaining(&rings) else {
        return Ok(None);
    };
    let Some(loops) = loops(&edges) else {
        return Ok(None);
    };
    let Some(whole) = assembled(loops, budget)? else {
        return Ok(None);
    };
    Ok(check(&whole, budget)?.is_none().then_some(whole))
}

fn is_valid(part: Polygon<'_>, budget: &mut Budget) -> Result<bool, TooComplex> {
    let mut alone = MultiPolygon::new();
    for ring in part.rings() {
        if alone.push_ring(ring).is_err() {
            return Ok(false);
        }
    }
    if alone.end_polygon().is_err() {
        return Ok(false);
    }
    Ok(check(&alone, budget)?.is_none())
}

/// Returns the rings with the vertices of other parts inserted in the edges on which they lie.
fn noded(rings: &[Ring], budget: &mut Budget) -> Result<Vec<Vec<Point>>, TooComplex> {
    let segments: Vec<(usize, usize)> = rings
        .iter()
        .enumerate()
        .flat_map(|(ring, of)| (0..of.len()).map(move |index| (ring, index)))
        .collect();
    let tree = BoxTree::new(
        segments
            .iter()
            .map(|(ring, index)| Rect::of(&rings[*ring].segment(*index)))
            .collect(),
    );
    let mut inserted: Vec<Vec<(f64, Point)>> = vec![Vec::new(); segments.len()];
    for ring in rings {
        for p in &ring.points[1..] {
            let near = Rect::of(&[*p]).grown(TOLERANCE_DEG);
            tree.for_each(&near, budget, |item| {
                let (other, index) = segments[item];
                if rings[other].polygon != ring.polygon
                    && let Some(share) = share_along(rings[other].segment(index), *p)
                {
                    inserted[item].push((share, *p));
                }
            })?;
        }
    }
    let mut item = 0;
    let mut out = Vec::with_capacity(rings.len());
    for ring in rings {
        let mut points = Vec::with_capacity(ring.points.len());
        for index in 0..ring.len() {
            points.push(ring.points[index]);
            let between = &mut inserted[item];
            between.sort_by(|a, b| a.0.total_cmp(&b.0));
            points.extend(between.iter().map(|(_, p)| *p));
            item += 1;
        }
        points.dedup();
        // The inside of the polygon is to the left of every edge.
        if ring.is_counterclockwise() == ring.hole {
            points.reverse();
        }
        out.push(points);
    }
    Ok(out)
}

/// Says how far along a segment a point lies (0 to 1) that is on it but is no end of it.
fn share_along([a, b]: [Point; 2], p: Point) -> Option<f64> {
    if p == a || p == b {
        return None;
    }
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx.hypot(dy);
    let share = ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (length * length);
    let distance = ((p[0] - a[0]) * dy - (p[1] - a[1]) * dx).abs() / length;
    (share > 0.0 && share < 1.0 && distance <= TOLERANCE_DEG).then_some(share)
}

type Key = [u64; 2];

fn key(p: Point) -> Key {
    p.map(f64::to_bits)
}

/// Returns the edges without those that run both ways; `None` where one runs twice one way.
fn remaining(rings: &[Vec<Point>]) -> Option<Vec<[Point; 2]>> {
    let mut edges: Vec<Option<[Point; 2]>> = Vec::new();
    let mut index: HashMap<(Key, Key), usize> = HashMap::new();
    for ring in rings {
        for (at, from) in ring.iter().enumerate() {
            let to = ring[(at + 1) % ring.len()];
            if let Some(reverse) = index.remove(&(key(to), key(*from))) {
                edges[reverse] = None;
            } else if index.insert((key(*from), key(to)), edges.len()).is_some() {
                return None;
            } else {
                edges.push(Some([*from, to]));
            }
        }
    }
    Some(edges.into_iter().flatten().collect())
}

/// Puts edges together to loops that visit no vertex twice.
fn loops(edges: &[[Point; 2]]) -> Option<Vec<Vec<Point>>> {
    let mut leaving: HashMap<Key, Vec<usize>> = HashMap::new();
    for (index, edge) in edges.iter().enumerate() {
        leaving.entry(key(edge[0])).or_default().push(index);
    }
    let mut used = vec![false; edges.len()];
    let mut loops = Vec::new();
    for first in 0..edges.len() {
        if used[first] {
            continue;
        }
        let mut path: Vec<Point> = vec![edges[first][0]];
        let mut places: HashMap<Key, usize> = HashMap::from([(key(edges[first][0]), 0)]);
        let mut edge = first;
        loop {
            used[edge] = true;
            let [from, to] = edges[edge];
            if let Some(start) = places.get(&key(to)).copied() {
                let mut closed: Vec<Point> = path.drain(start..).collect();
                for p in &closed {
                    places.remove(&key(*p));
                }
                closed.push(to);
                loops.push(closed);
                if path.is_empty() {
                    break;
                }
            }
            places.insert(key(to), path.len());
            path.push(to);
            edge = next(edges, leaving.get_mut(&key(to))?, &used, from)?;
        }
    }
    Some(loops)
}

/// Returns the edge that leaves a vertex with the sharpest turn to the left.
fn next(
    edges: &[[Point; 2]],
    leaving: &mut Vec<usize>,
    used: &[bool],
    from: Point,
) -> Option<usize> {
    leaving.retain(|edge| !used[*edge]);
    leaving.iter().copied().reduce(|best, other| {
        let [node, to] = edges[best];
        if in_corner(node, to, from, edges[other][1]) {
            other
        } else {
            best
        }
    })
}

/// Puts loops together to polygons: those that run counterclockwise are shells.
fn assembled(
    loops: Vec<Vec<Point>>,
    budget: &mut Budget,
) -> Result<Option<MultiPolygon>, TooComplex> {
    if loops.iter().any(|points| points.len() < 4) {
        return Ok(None);
    }
    let (shells, holes): (Vec<Ring>, Vec<Ring>) = loops
        .iter()
        .map(|points| Ring::new(0, false, points))
        .partition(Ring::is_counterclockwise);
    let mut holes_of: Vec<Vec<usize>> = vec![Vec::new(); shells.len()];
    for (index, hole) in holes.iter().enumerate() {
        let mut around: Option<usize> = None;
        for (candidate, shell) in shells.iter().enumerate() {
            budget.spend(1)?;
            if is_nested(hole, shell, budget)?
                && around.is_none_or(|best| shells[best].rect.covers(&shell.rect))
            {
                around = Some(candidate);
            }
        }
        match around {
            Some(shell) => holes_of[shell].push(index),
            None => return Ok(None),
        }
    }
    let mut out = MultiPolygon::new();
    for (shell, inside) in shells.iter().zip(&holes_of) {
        let rings = std::iter::once(shell).chain(inside.iter().map(|hole| &holes[*hole]));
        for ring in rings {
            if out.push_ring(&ring.points).is_err() {
                return Ok(None);
            }
        }
        if out.end_polygon().is_err() {
            return Ok(None);
        }
    }
    Ok((!out.is_empty()).then_some(out))
}
