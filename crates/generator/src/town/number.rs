//! House numbers: odd on the left, even on the right, from the centre outwards.

use std::collections::HashMap;

use crate::plane::{Path, Point, centroid, length};

use super::Town;
use super::building::Building;
use super::street::Streets;

/// A house number at its door.
pub(crate) struct Number {
    pub(crate) street: String,
    /// `8` or `8/A`.
    pub(crate) text: String,
    pub(crate) at: Point,
}

/// One way of a street as one walks it: how far from its start, and whether against its points.
struct Leg {
    start: f64,
    back: bool,
}

/// The ways of each named street, in the order in which one walks them.
fn legs(town: &Town<'_>, streets: &Streets) -> Vec<Option<Leg>> {
    let mut by_name: HashMap<&str, Vec<usize>> = HashMap::new();
    for (k, way) in streets.ways.iter().enumerate() {
        if !way.name.is_empty() {
            by_name.entry(&way.name).or_default().push(k);
        }
    }
    let centre = town.comune.centre;
    let mut out: Vec<Option<Leg>> = streets.ways.iter().map(|_| None).collect();
    let ends = |k: usize| {
        let path: &Path = &streets.ways[k].path;
        (path[0], path[path.len() - 1])
    };
    for ways in by_name.values() {
        let mut left = ways.clone();
        left.sort_unstable();
        let mut place = None;
        let mut run = 0.0;
        while !left.is_empty() {
            // First the end nearest to the centre, then always the end nearest to where one is.
            let here = place.unwrap_or(centre);
            let mut best = (f64::INFINITY, 0, false);
            for (i, &k) in left.iter().enumerate() {
                let (a, b) = ends(k);
                for (p, back) in [(a, false), (b, true)] {
                    if p.to(here) < best.0 {
                        best = (p.to(here), i, back);
                    }
                }
            }
            let k = left.remove(best.1);
            if place.is_some() {
                run += best.0;
            }
            out[k] = Some(Leg {
                start: run,
                back: best.2,
            });
            run += length(&streets.ways[k].path);
            let (a, b) = ends(k);
            place = Some(if best.2 { a } else { b });
        }
    }
    out
}

/// The numbers of all buildings that have one.
pub(crate) fn numbers(town: &Town<'_>, streets: &Streets, buildings: &[Building]) -> Vec<Number> {
    let legs = legs(town, streets);
    // Street, side, how far along it, door, building.
    let mut doors: Vec<(&str, bool, f64, Point, usize)> = Vec::new();
    for (k, building) in buildings.iter().enumerate() {
        if !building.numbered {
            continue;
        }
        let p = centroid(&building.shape[0]);
        let named = |w: &super::street::Way| !w.name.is_empty();
        let Some((way, segment, foot)) = streets.near(p, 62.0, named) else {
            continue;
        };
        let Some(leg) = &legs[way] else { continue };
        let w = &streets.ways[way];
        // Beyond a street's end there is only what lies close to it.
        let end = foot == w.path[0] || foot == w.path[w.path.len() - 1];
        if end && foot.to(p) > 26.0 {
            continue;
        }
        let along = length(&w.path[..=segment]) + w.path[segment].to(foot);
        let direction = w.path[segment + 1].minus(w.path[segment]);
        let (run, left) = if leg.back {
            (
                length(&w.path) - along,
                direction.cross(p.minus(foot)) < 0.0,
            )
        } else {
            (along, direction.cross(p.minus(foot)) > 0.0)
        };
        let door = foot.plus(p.minus(foot).unit(), (w.half + 0.8).min(foot.to(p)));
        doors.push((&w.name, left, leg.start + run, door, k));
    }
    doors.sort_by(|a, b| {
        (a.0, a.1)
            .cmp(&(b.0, b.1))
            .then(a.2.total_cmp(&b.2))
            .then(a.4.cmp(&b.4))
    });
    let mut out = Vec::with_capacity(doors.len());
    for side in doors.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        // Left of the street odd, right of it even.
        let first = if side[0].1 { 1 } else { 2 };
        let (mut number, mut letters, mut last): (u32, u8, Option<f64>) = (first, 0, None);
        for &(street, _, run, at, _) in side {
            if let Some(before) = last {
                let gap = run - before;
                if gap < 6.0 && letters < 5 {
                    letters += 1;
                } else {
                    number += 2 * (1 + ((gap / 38.0) as u32).min(3));
                    letters = 0;
                }
            }
            last = Some(run);
            let text = if letters == 0 {
                number.to_string()
            } else {
                format!("{number}/{}", char::from(b'A' + letters - 1))
            };
            out.push(Number {
                street: street.to_owned(),
                text,
                at,
            });
        }
    }
    out
}
