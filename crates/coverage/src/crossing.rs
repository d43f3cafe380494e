//! Edges of one feature that cross: rounding to the grid may bring them to it.

use std::collections::HashMap;

use super::Point;
use super::vertices::{NumberMap, Vertices, key, pairs};

/// Gives edges of one feature that cross their crossing as a common vertex.
pub(crate) fn split(vertices: &mut Vertices) {
    let mut known: NumberMap<(u64, u32), u32> = HashMap::default();
    // A crossing is rounded, which may bring another about; more than a few times never happens.
    for _ in 0..4 {
        let mut found: Vec<(u64, u64, Point, u32)> = Vec::new();
        let mut edges: Vec<[u32; 2]> = Vec::new();
        for feature in vertices.features.windows(2) {
            edges.clear();
            for ring in feature[0]..feature[1] {
                edges.extend(pairs(vertices.ring(ring as usize), vertices.closed));
            }
            crossings(vertices, &mut edges, &mut found);
        }
        if found.is_empty() {
            return;
        }
        let mut ways: NumberMap<u64, Vec<u32>> = HashMap::default();
        for (one, other, point, owner) in found {
            let id = vertices.add_point(&mut known, point, owner);
            for edge in [one, other] {
                if !super::vertices::ends(edge).contains(&id) {
                    ways.entry(edge).or_default().push(id);
                }
            }
        }
        for (edge, way) in &mut ways {
            let [a, b] = super::vertices::ends(*edge).map(|id| vertices.points[id as usize]);
            way.sort_by_key(|id| along(a, b, vertices.points[*id as usize]));
            way.dedup();
        }
        if ways.is_empty() {
            return;
        }
        vertices.reroute(&ways);
    }
}

fn crossings(vertices: &Vertices, edges: &mut [[u32; 2]], found: &mut Vec<(u64, u64, Point, u32)>) {
    let at = |id: u32| vertices.points[id as usize];
    let west = |edge: &[u32; 2]| at(edge[0])[0].min(at(edge[1])[0]);
    edges.sort_unstable_by_key(west);
    for (index, edge) in edges.iter().enumerate() {
        let [a, b] = edge.map(at);
        let east = a[0].max(b[0]);
        let (north, south) = (a[1].min(b[1]), a[1].max(b[1]));
        for other in edges[index + 1..]
            .iter()
            .take_while(|other| west(other) <= east)
        {
            let [c, d] = other.map(at);
            if c[1].max(d[1]) < north || c[1].min(d[1]) > south {
                continue;
            }
            if edge.iter().any(|id| other.contains(id)) {
                continue;
            }
            if let Some(point) = crossing([a, b], [c, d]) {
                let owner = vertices.owners[edge[0] as usize];
                found.push((key(edge[0], edge[1]), key(other[0], other[1]), point, owner));
            }
        }
    }
}

/// Twice the area of a triangle, positive when it turns clockwise on the screen.
pub(crate) fn turn(a: Point, b: Point, c: Point) -> i128 {
    let [ax, ay] = a.map(i128::from);
    let [bx, by] = b.map(i128::from);
    let [cx, cy] = c.map(i128::from);
    (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
}

/// How far along a line a point lies, in the measure of the line's squared length.
fn along(a: Point, b: Point, point: Point) -> i128 {
    (0..2)
        .map(|axis| {
            let run = i128::from(b[axis]) - i128::from(a[axis]);
            run * (i128::from(point[axis]) - i128::from(a[axis]))
        })
        .sum()
}

/// The cell in which two lines cross properly, not at an end of either.
fn crossing([a, b]: [Point; 2], [c, d]: [Point; 2]) -> Option<Point> {
    let (of_a, of_b) = (turn(c, d, a), turn(c, d, b));
    let (of_c, of_d) = (turn(a, b, c), turn(a, b, d));
    if of_a.signum() * of_b.signum() >= 0 || of_c.signum() * of_d.signum() >= 0 {
        return None;
    }
    let whole = of_a - of_b;
    Some([0, 1].map(|axis| {
        let run = i128::from(b[axis]) - i128::from(a[axis]);
        let step = (2 * run * of_a + whole).div_euclid(2 * whole);
        // It lies between the two ends.
        (i128::from(a[axis]) + step) as u32
    }))
}
