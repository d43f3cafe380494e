//! The edges that no neighbour runs the other way, as closed lines.
//!
//! How often a place is covered is the sum of how often each ring winds about it. An edge that one
//! ring runs and another runs back adds nothing to that sum: both are taken out. What is left
//! winds about every place as often as before, and is a small part of a tessellation.

use std::collections::HashMap;

use geo::Polygon;

use super::regions::{Regions, line};

/// Closed lines that wind about every place as often as features cover it, with the first ring
/// in front: it is simple and runs counter-clockwise, by which the union knows the direction.
pub(super) fn of(regions: &Regions) -> Vec<Polygon> {
    let Some(first) = regions.all_rings().next() else {
        return Vec::new();
    };
    // A place that is covered already may be so once more.
    let mut lines = vec![Polygon::new(line(first), Vec::new())];
    let loops = closed(unpaired(regions));
    lines.extend(
        loops
            .iter()
            .map(|points| Polygon::new(line(points), Vec::new())),
    );
    lines
}

/// An edge with its direction.
type Run = [[f64; 2]; 2];

/// How often an edge is run from its smaller end to the larger, less how often back.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    /// Number of a point at which an edge like it starts, plus 1; 0 for an empty slot.
    start: u32,
    net: i32,
}

/// The edges that are left when each is set off against its reverse.
fn unpaired(regions: &Regions) -> Vec<Run> {
    let points = regions.points();
    // Filled by three quarters at most, and by less than a half where each edge is there twice.
    let size = (points.len() + points.len() / 3)
        .next_power_of_two()
        .max(16);
    let mut slots = vec![Slot::default(); size];
    let mut start = 0;
    for ring in regions.all_rings() {
        for (index, pair) in ring.windows(2).enumerate() {
            if pair[0] == pair[1] {
                continue;
            }
            let (edge, step) = ordered([pair[0], pair[1]]);
            let mut at = spread(edge) & (size - 1);
            while slots[at].start != 0 && ordered(run(points, slots[at].start)).0 != edge {
                at = (at + 1) & (size - 1);
            }
            if slots[at].start == 0 {
                // Points of a stream are far fewer than 2^32.
                slots[at].start = u32::try_from(start + index + 1).unwrap_or(u32::MAX);
            }
            slots[at].net += step;
        }
        start += ring.len();
    }
    let mut left = Vec::new();
    for slot in slots.iter().filter(|slot| slot.net != 0) {
        let (edge, _) = ordered(run(points, slot.start));
        let edge = if slot.net > 0 {
            edge
        } else {
            [edge[1], edge[0]]
        };
        left.extend(std::iter::repeat_n(edge, slot.net.unsigned_abs() as usize));
    }
    left
}

/// The edge that starts at a point, by its number plus 1.
fn run(points: &[[f64; 2]], start: u32) -> Run {
    let start = start as usize;
    [points[start - 1], points[start]]
}

/// An edge from its smaller end, and 1, or -1 where it ran the other way.
fn ordered([a, b]: Run) -> (Run, i32) {
    if a < b { ([a, b], 1) } else { ([b, a], -1) }
}

fn spread(edge: Run) -> usize {
    let mixed = edge.as_flattened().iter().fold(0_u64, |mixed, number| {
        let next = (mixed.rotate_left(5) ^ number.to_bits()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        next ^ (next >> 32)
    });
    // What is cut off was mixed into the rest.
    mixed as usize
}

/// Joins edges to closed lines; as many start at each point as end there.
fn closed(mut edges: Vec<Run>) -> Vec<Vec<[f64; 2]>> {
    edges.sort_unstable_by(|a, b| {
        let order = |a: [f64; 2], b: [f64; 2]| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1]));
        order(a[0], b[0]).then_with(|| order(a[1], b[1]))
    });
    let place = |point: [f64; 2]| point.map(f64::to_bits);
    // For each point the next edge that starts there.
    let mut next: HashMap<[u64; 2], usize> = HashMap::with_capacity(edges.len());
    for (index, edge) in edges.iter().enumerate() {
        next.entry(place(edge[0])).or_insert(index);
    }
    let mut used = vec![false; edges.len()];
    let mut loops = Vec::new();
    for first in 0..edges.len() {
        if used[first] {
            continue;
        }
        let begin = edges[first][0];
        let mut points = vec![begin];
        let mut at = begin;
        while let Some(index) = next.get_mut(&place(at)) {
            let edge = *index;
            // Another point's edges begin here: all of this one are used.
            if edges.get(edge).is_none_or(|edge| edge[0] != at) {
                break;
            }
            *index += 1;
            used[edge] = true;
            at = edges[edge][1];
            points.push(at);
            if at == begin {
                break;
            }
        }
        loops.push(points);
    }
    loops
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(rings: &[&[[f64; 2]]]) -> Regions {
        let mut regions = Regions::default();
        for ring in rings {
            let mut shape = wire::MultiPolygon::new();
            shape.push_ring(ring).expect("is a ring");
            shape.end_polygon().expect("has one");
            regions.add(String::new(), &shape);
        }
        regions
    }

    #[test]
    fn edges_that_are_run_both_ways_go_and_the_others_close() {
        let west = [[0.0, 0.0], [5.0, 0.0], [5.0, 5.0], [0.0, 5.0], [0.0, 0.0]];
        // Clockwise, which is turned about.
        let east = [[5.0, 0.0], [5.0, 5.0], [9.0, 5.0], [9.0, 0.0], [5.0, 0.0]];
        let regions = added(&[&west, &east]);
        let edges = unpaired(&regions);
        assert_eq!(edges.len(), 6);
        let loops = closed(edges);
        assert_eq!(loops.len(), 1);
        assert_eq!((loops[0].len(), loops[0].first()), (7, loops[0].last()));
        // Twice the same outline stays twice.
        assert_eq!(unpaired(&added(&[&west, &west])).len(), 8);
        assert_eq!(closed(unpaired(&added(&[&west, &west]))).len(), 2);
    }

    #[test]
    fn nothing_has_no_border() {
        assert!(of(&Regions::default()).is_empty());
    }
}
