//! Holes in shells, shells beside shells, and an inside in one piece.
//!
//! Rings that cross or share edges are found before; here they touch in points at most.

use std::collections::{HashMap, HashSet};

use wire::{Invalid, Reason};

use super::crossing::Touch;
use super::{Budget, Ring, TooComplex, at, is_nested};

/// Returns what is wrong in how rings lie within each other.
pub(crate) fn find(
    rings: &[Ring],
    touches: &[Touch],
    budget: &mut Budget,
) -> Result<Option<Invalid>, TooComplex> {
    let polygons: Vec<&[Ring]> = rings.chunk_by(|a, b| a.polygon == b.polygon).collect();
    for polygon in &polygons {
        if let Some(invalid) = holes(polygon, budget)? {
            return Ok(Some(invalid));
        }
    }
    if let Some(invalid) = parts(&polygons, budget)? {
        return Ok(Some(invalid));
    }
    Ok(pieces(rings.len(), touches))
}

fn holes(polygon: &[Ring], budget: &mut Budget) -> Result<Option<Invalid>, TooComplex> {
    let Some((shell, holes)) = polygon.split_first() else {
        return Ok(None);
    };
    for hole in holes {
        if !is_nested(hole, shell, budget)? {
            return Ok(Some(at(Reason::HoleOutsideShell, hole.points[0])));
        }
    }
    for (index, hole) in holes.iter().enumerate() {
        budget.spend(holes.len())?;
        for (other, around) in holes.iter().enumerate() {
            if index != other && is_nested(hole, around, budget)? {
                return Ok(Some(at(Reason::HolesNested, hole.points[0])));
            }
        }
    }
    Ok(None)
}

fn parts(polygons: &[&[Ring]], budget: &mut Budget) -> Result<Option<Invalid>, TooComplex> {
    if polygons.len() < 2 {
        return Ok(None);
    }
    for (index, polygon) in polygons.iter().enumerate() {
        budget.spend(polygons.len())?;
        for (other, around) in polygons.iter().enumerate() {
            if index != other && is_inside(&polygon[0], around, budget)? {
                return Ok(Some(at(Reason::PartsNested, polygon[0].points[0])));
            }
        }
    }
    Ok(None)
}

/// Says whether a shell lies inside another polygon, its holes excepted.
fn is_inside(shell: &Ring, polygon: &[Ring], budget: &mut Budget) -> Result<bool, TooComplex> {
    let Some((around, holes)) = polygon.split_first() else {
        return Ok(false);
    };
    if !is_nested(shell, around, budget)? {
        return Ok(false);
    }
    for hole in holes {
        budget.spend(1)?;
        if is_nested(shell, hole, budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Finds a cycle of rings that touch: it cuts the inside of their polygon into pieces.
///
/// Rings and the points in which they touch are the nodes of a graph; the inside is in one
/// piece where that graph has no cycle.
fn pieces(rings: usize, touches: &[Touch]) -> Option<Invalid> {
    let mut points: HashMap<[u64; 2], usize> = HashMap::new();
    let mut groups: Vec<usize> = (0..rings).collect();
    let mut linked: HashSet<(usize, usize)> = HashSet::new();
    for touch in touches {
        let key = touch.point.map(f64::to_bits);
        let point = *points.entry(key).or_insert_with(|| {
            groups.push(groups.len());
            groups.len() - 1
        });
        for ring in touch.rings {
            if !linked.insert((ring, point)) {
                continue;
            }
            let (a, b) = (root(&mut groups, ring), root(&mut groups, point));
            if a == b {
                return Some(at(Reason::InteriorDisconnected, touch.point));
            }
            groups[a] = b;
        }
    }
    None
}

fn root(groups: &mut [usize], mut of: usize) -> usize {
    while groups[of] != of {
        groups[of] = groups[groups[of]];
        of = groups[of];
    }
    of
}
