//! How the rings of a geometry meet.

use wire::{Invalid, Reason};

use super::plane::{Meeting, Point, crosses, meeting};
use super::{BoxTree, Budget, Rect, Ring, TooComplex, at};

/// Two rings of one polygon that touch in a point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Touch {
    pub(crate) rings: [usize; 2],
    pub(crate) point: Point,
}

/// Returns where rings of one polygon touch, or what is wrong in how rings meet.
pub(crate) fn find(
    rings: &[Ring],
    budget: &mut Budget,
) -> Result<Result<Vec<Touch>, Invalid>, TooComplex> {
    if let Some(place) = rings.iter().find_map(spike) {
        return Ok(Err(at(Reason::Spike, place)));
    }
    let segments: Vec<(usize, usize)> = rings
        .iter()
        .enumerate()
        .flat_map(|(ring, of)| (0..of.len()).map(move |index| (ring, index)))
        .collect();
    let boxes = segments
        .iter()
        .map(|(ring, index)| Rect::of(&rings[*ring].segment(*index)))
        .collect();
    let mut touches = Vec::new();
    let found = BoxTree::new(boxes).find_pair(budget, |a, b| {
        let (a, b) = (segments[a], segments[b]);
        if a.0 == b.0 {
            within_ring(&rings[a.0], a.1, b.1)
        } else {
            between_rings(rings, a, b, &mut touches)
        }
    })?;
    Ok(match found {
        Some(invalid) => Err(invalid),
        None => Ok(touches),
    })
}

/// Returns the corner in which a ring runs back over its last edge.
fn spike(ring: &Ring) -> Option<Point> {
    (0..ring.len()).find_map(|index| {
        let corner = ring.points[index];
        let [before, after] = ring.around(index, corner);
        match meeting([corner, before], [corner, after]) {
            Meeting::Along(_) => Some(corner),
            _ => None,
        }
    })
}

fn within_ring(ring: &Ring, a: usize, b: usize) -> Option<Invalid> {
    let apart = a.abs_diff(b);
    let neighbours = apart == 1 || apart == ring.len() - 1;
    match meeting(ring.segment(a), ring.segment(b)) {
        Meeting::None => None,
        // Where neighbours run along each other, there was a spike.
        Meeting::Touch(_) if neighbours => None,
        Meeting::Across(p) | Meeting::Along(p) => Some(at(Reason::SelfIntersection, p)),
        Meeting::Touch(p) => {
            let (around_a, around_b) = (ring.around(a, p), ring.around(b, p));
            let along = shared_direction(p, around_a, around_b).is_some();
            if along || crosses(p, around_a, around_b) {
                Some(at(Reason::SelfIntersection, p))
            } else {
                Some(at(Reason::RingSelfTouch, p))
            }
        }
    }
}

fn between_rings(
    rings: &[Ring],
    a: (usize, usize),
    b: (usize, usize),
    touches: &mut Vec<Touch>,
) -> Option<Invalid> {
    let (ring_a, ring_b) = (&rings[a.0], &rings[b.0]);
    let one_polygon = ring_a.polygon == ring_b.polygon;
    let (cross, along) = if one_polygon {
        (Reason::RingsCross, Reason::RingsShareEdge)
    } else {
        (Reason::PartsCross, Reason::PartsShareEdge)
    };
    let (segment_a, segment_b) = (ring_a.segment(a.1), ring_b.segment(b.1));
    match meeting(segment_a, segment_b) {
        Meeting::None => None,
        Meeting::Across(p) => Some(at(cross, p)),
        Meeting::Along(p) => Some(at(along, p)),
        // The end of a segment is the start of the next one, which comes by itself.
        Meeting::Touch(p) if p == segment_a[1] || p == segment_b[1] => None,
        Meeting::Touch(p) => {
            let (around_a, around_b) = (ring_a.around(a.1, p), ring_b.around(b.1, p));
            if let Some(shared) = shared_direction(p, around_a, around_b) {
                return Some(at(along, shared));
            }
            if crosses(p, around_a, around_b) {
                return Some(at(cross, p));
            }
            if one_polygon {
                touches.push(Touch {
                    rings: [a.0, b.0],
                    point: p,
                });
            }
            None
        }
    }
}

/// Returns the node where an edge of one path runs along an edge of the other: such a pair is
/// found as a shared edge too, but perhaps later than a crossing would be claimed here.
fn shared_direction(node: Point, a: [Point; 2], b: [Point; 2]) -> Option<Point> {
    let shares = |p: Point| {
        b.iter()
            .any(|q| matches!(meeting([node, p], [node, *q]), Meeting::Along(_)))
    };
    a.into_iter().any(shares).then_some(node)
}
