use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::route::unit;
use super::{DEEPEST, Drawn, Kind, Outlines, Point, border, generalise};

type Unit = [i64; 2];

/// Polygons of one ring each, in flat arrays.
struct Flat {
    points: Vec<Point>,
    rings: Vec<u32>,
    features: Vec<u32>,
}

impl Flat {
    fn new(rings: &[Vec<Point>]) -> Self {
        let mut flat = Self {
            points: Vec::new(),
            rings: vec![0],
            features: vec![0],
        };
        for ring in rings {
            flat.points.extend(ring);
            flat.rings.push(flat.points.len() as u32);
            flat.features.push(flat.rings.len() as u32 - 1);
        }
        flat
    }

    fn outlines(&self) -> Outlines<'_> {
        Outlines {
            points: &self.points,
            rings: &self.rings,
            features: &self.features,
        }
    }
}

/// Random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }

    fn share(&mut self) -> f64 {
        self.roll(1 << 20) as f64 / f64::from(1 << 20)
    }
}

/// A square cut again and again by crooked lines, many of whose ends only one side knows of.
fn subdivision(seed: u64, cuts: usize, side: u32) -> Vec<Vec<Point>> {
    let mut dice = Dice(seed | 1);
    let west = 2_000_000_000;
    let [low, high] = [west, west + side];
    let mut rings = vec![vec![[low, low], [high, low], [high, high], [low, high]]];
    let mut ends: Vec<Point> = Vec::new();
    for _ in 0..cuts {
        let chosen = dice.roll(rings.len() as u64) as usize;
        let ring = rings[chosen].clone();
        let count = ring.len() as u64;
        let (one, other) = (dice.roll(count) as usize, dice.roll(count) as usize);
        if one == other {
            continue;
        }
        let (one, other) = (one.min(other), one.max(other));
        let mut on = |edge: usize| {
            let (a, b) = (ring[edge], ring[(edge + 1) % ring.len()]);
            let share = dice.share();
            [0, 1].map(|axis| {
                let (a, b) = (f64::from(a[axis]), f64::from(b[axis]));
                (a + share * (b - a)).round() as u32
            })
        };
        let (start, end) = (on(one), on(other));
        let steps = dice.roll(9) + 1;
        let length = f64::from(start[0].abs_diff(end[0]).max(start[1].abs_diff(end[1])));
        let crooked = length * 0.08;
        let mut cut = vec![start];
        for step in 1..steps {
            let share = step as f64 / steps as f64;
            cut.push([0, 1].map(|axis| {
                let (a, b) = (f64::from(start[axis]), f64::from(end[axis]));
                let aside = (dice.share() - 0.5) * crooked;
                (a + share * (b - a) + aside).round() as u32
            }));
        }
        cut.push(end);
        let mut left: Vec<Point> = ring[..=one].to_vec();
        left.extend(&cut);
        left.extend(&ring[other + 1..]);
        let mut right: Vec<Point> = ring[one + 1..=other].to_vec();
        right.extend(cut.iter().rev());
        for ring in [&mut left, &mut right] {
            ring.dedup();
            while ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            }
        }
        // A cut may not leave the polygon: both sides turn as it does.
        let whole = |ring: &Vec<Point>| ring.len() > 2 && is_simple(ring) && area(ring) > 0;
        if whole(&left) && whole(&right) {
            rings[chosen] = left;
            rings.push(right);
            for (edge, end) in [(one, start), (other, end)] {
                let (a, b) = (ring[edge], ring[(edge + 1) % ring.len()]);
                give(&mut rings, [b, a], end);
                ends.push(end);
            }
        }
    }
    let mut held = BTreeSet::new();
    for end in ends {
        // Forgotten by a polygon on whose edge it lies, but never two in a row.
        let passed = rings.iter().position(|ring| is_passed(ring, end));
        if let Some(passed) = passed.filter(|_| !held.contains(&end)) {
            let ring = &mut rings[passed];
            if let Some(at) = ring.iter().position(|point| *point == end) {
                held.insert(ring[(at + ring.len() - 1) % ring.len()]);
                held.insert(ring[(at + 1) % ring.len()]);
                ring.remove(at);
            }
        }
    }
    rings
}

/// Makes a point a vertex of the polygon that has an edge.
fn give(rings: &mut [Vec<Point>], [a, b]: [Point; 2], point: Point) {
    if point == a || point == b {
        return;
    }
    for ring in rings {
        let edge = (0..ring.len()).find(|at| [ring[*at], ring[(at + 1) % ring.len()]] == [a, b]);
        if let Some(edge) = edge {
            ring.insert(edge + 1, point);
        }
    }
}

/// True when a polygon with four vertices or more is the same, within less than half a cell,
/// without one of them.
fn is_passed(ring: &[Point], point: Point) -> bool {
    let count = ring.len();
    let Some(at) = ring.iter().position(|vertex| *vertex == point) else {
        return false;
    };
    let (before, after) = (ring[(at + count - 1) % count], ring[(at + 1) % count]);
    count > 3 && super::route::distance(point, before, after) < 0.45
}

fn edges_of(ring: &[Unit]) -> impl Iterator<Item = [Unit; 2]> + '_ {
    (0..ring.len()).map(|index| [ring[index], ring[(index + 1) % ring.len()]])
}

fn turn(a: Unit, b: Unit, c: Unit) -> i64 {
    ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])).signum()
}

fn cross([a, b]: [Unit; 2], [c, d]: [Unit; 2]) -> bool {
    turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0
}

fn touches([a, b]: [Unit; 2], point: Unit) -> bool {
    let within = |axis: usize| (a[axis].min(b[axis])..=a[axis].max(b[axis])).contains(&point[axis]);
    point != a && point != b && turn(a, b, point) == 0 && within(0) && within(1)
}

fn area(ring: &[Point]) -> i64 {
    let west = i64::from(ring[0][0]);
    let ring: Vec<Unit> = ring
        .iter()
        .map(|p| [i64::from(p[0]) - west, i64::from(p[1])])
        .collect();
    twice_area(&ring)
}

fn is_simple(ring: &[Point]) -> bool {
    let ring: Vec<Unit> = ring.iter().map(|p| p.map(i64::from)).collect();
    let edges: Vec<_> = edges_of(&ring).collect();
    let distinct: BTreeSet<_> = ring.iter().collect();
    distinct.len() == ring.len()
        && edges
            .iter()
            .all(|edge| ring.iter().all(|point| !touches(*edge, *point)))
        && edges
            .iter()
            .all(|one| edges.iter().all(|other| !cross(*one, *other)))
}

fn twice_area(ring: &[Unit]) -> i64 {
    edges_of(ring).map(|[a, b]| a[0] * b[1] - b[0] * a[1]).sum()
}

/// The rings of a zoom in tile units.
fn at_zoom(drawn: &Drawn, zoom: u8) -> Vec<Vec<Unit>> {
    drawn
        .rings
        .windows(2)
        .map(|range| {
            let range = range[0] as usize..range[1] as usize;
            let mut ring: Vec<Unit> = drawn.points[range.clone()]
                .iter()
                .zip(&drawn.zooms[range])
                .filter(|(_, zooms)| zooms.hold(zoom))
                .map(|(point, _)| point.map(|v| unit(v, u32::from(DEEPEST - zoom))))
                .collect();
            ring.dedup();
            while ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            }
            ring
        })
        .collect()
}

/// Edges that no other ring runs the other way, with how often.
fn unmatched(rings: &[Vec<Unit>]) -> BTreeMap<[Unit; 2], i64> {
    let mut count: BTreeMap<[Unit; 2], i64> = BTreeMap::new();
    for [a, b] in rings
        .iter()
        .flat_map(|ring| edges_of(ring))
        .filter(|[a, b]| a != b)
    {
        let (key, step) = if a <= b { ([a, b], 1) } else { ([b, a], -1) };
        *count.entry(key).or_default() += step;
    }
    count.retain(|_, count| *count != 0);
    count
}

fn drawn_as(rings: &[Vec<Point>], kind: Kind, min_zoom: u8) -> Drawn {
    generalise(
        &Flat::new(rings).outlines(),
        kind,
        min_zoom,
        &mut |_, _, _| {},
    )
}

/// What must hold at a zoom; the number of vertices, or what does not hold.
fn check(drawn: &Drawn, zoom: u8, outer: i64) -> Result<usize, String> {
    let rings = at_zoom(drawn, zoom);
    let shift = u32::from(DEEPEST - zoom);
    for edge in unmatched(&rings).keys() {
        let on_side = (0..2).any(|axis| {
            let side = [2_000_000_000, 2_000_000_000 + outer].map(|v| unit(v as u32, shift));
            edge[0][axis] == edge[1][axis] && side.contains(&edge[0][axis])
        });
        if !on_side {
            return Err(format!("zoom {zoom}: {edge:?} has no reverse"));
        }
    }
    let mut edges: Vec<[Unit; 2]> = rings.iter().flat_map(|ring| edges_of(ring)).collect();
    edges.sort_unstable();
    for (index, one) in edges.iter().enumerate() {
        let east = one[0][0].max(one[1][0]);
        // Sorted by their first vertex only: all have to be looked at.
        for other in &edges[index + 1..] {
            if other[0][0].min(other[1][0]) > east {
                continue;
            }
            if cross(*one, *other) {
                return Err(format!("zoom {zoom}: {one:?} crosses {other:?}"));
            }
            for point in other {
                if touches(*one, *point) {
                    return Err(format!("zoom {zoom}: {one:?} passes {point:?}"));
                }
            }
        }
    }
    for (feature, ring) in rings.iter().enumerate() {
        let distinct: BTreeSet<_> = ring.iter().collect();
        let repeats = ring.len() >= 3 && distinct.len() < ring.len();
        if repeats != (drawn.unclean[feature] & (1 << zoom) != 0) {
            return Err(format!("zoom {zoom}: feature {feature} is marked wrongly"));
        }
        if ring.len() >= 3 && !repeats && twice_area(ring) <= 0 {
            return Err(format!("zoom {zoom}: feature {feature} is turned over"));
        }
    }
    let all: i64 = rings.iter().map(|ring| twice_area(ring)).sum();
    let [low, high] = [2_000_000_000, 2_000_000_000 + outer].map(|v| unit(v as u32, shift));
    if all != 2 * (high - low) * (high - low) {
        return Err(format!("zoom {zoom}: twice the area is {all}"));
    }
    Ok(rings.iter().map(Vec::len).sum())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn neighbours_stay_neighbours(seed in any::<u64>(), cuts in 1_usize..60, size in 7_u32..18) {
        let side = 1 << size;
        let rings = subdivision(seed, cuts, side);
        // Where an edge and the pieces beside it round apart, the source has a border.
        let outer = border(&Flat::new(&rings).outlines());
        prop_assume!(outer.iter().all(|[a, b]| (0..2).any(|axis| a[axis] == b[axis])));
        let drawn = drawn_as(&rings, Kind::Coverage, 4);
        for zoom in 4..=DEEPEST {
            if let Err(fault) = check(&drawn, zoom, i64::from(side)) {
                prop_assert!(false, "{} polygons: {fault}", rings.len());
            }
        }
    }

    #[test]
    fn polygons_of_their_own_stay_simple(seed in any::<u64>(), cuts in 1_usize..30) {
        let rings = subdivision(seed, cuts, 1 << 14);
        let drawn = drawn_as(&rings, Kind::Polygons, 4);
        for zoom in 4..=DEEPEST {
            for (feature, ring) in at_zoom(&drawn, zoom).iter().enumerate() {
                if ring.len() < 3 || drawn.unclean[feature] & (1 << zoom) != 0 {
                    continue;
                }
                let edges: Vec<_> = edges_of(ring).collect();
                prop_assert!(edges.iter().all(|a| edges.iter().all(|b| !cross(*a, *b))));
                prop_assert!(twice_area(ring) > 0);
            }
        }
    }
}

#[test]
fn the_twin_that_simplifies_each_alone_is_told_apart() {
    let rings = subdivision(77, 60, 1 << 16);
    let alone = drawn_as(&rings, Kind::Polygons, 4);
    let together = drawn_as(&rings, Kind::Coverage, 4);
    assert!((8..19).all(|zoom| check(&together, zoom, 1 << 16).is_ok()));
    assert!((8..19).any(|zoom| check(&alone, zoom, 1 << 16).is_err()));
}

#[test]
fn small_zooms_have_fewer_vertices() {
    let rings = subdivision(5, 200, 1 << 18);
    let drawn = drawn_as(&rings, Kind::Coverage, 4);
    let count = |zoom| check(&drawn, zoom, 1 << 18).expect("holds");
    let (deep, middle, small) = (count(20), count(12), count(8));
    assert!(
        small * 3 < deep * 2 && small < middle && middle < deep,
        "{small} {middle} {deep}"
    );
}

#[test]
fn a_vertex_on_a_neighbours_edge_is_given_to_the_neighbour() {
    let rings = [
        vec![[0, 0], [10, 0], [10, 10], [0, 10]],
        vec![[10, 0], [20, 0], [20, 5], [10, 5]],
        vec![[10, 5], [20, 5], [20, 10], [10, 10]],
    ];
    let drawn = drawn_as(&rings, Kind::Coverage, 20);
    assert_eq!(
        at_zoom(&drawn, 20)[0],
        [[0, 0], [10, 0], [10, 5], [10, 10], [0, 10]]
    );
    // The border has all edges that are not between two of them.
    assert_eq!(border(&Flat::new(&rings).outlines()).len(), 7);
}

#[test]
fn edges_that_cross_get_a_common_vertex() {
    let bow = vec![[0, 0], [10, 10], [10, 0], [0, 10]];
    let drawn = drawn_as(&[bow], Kind::Coverage, 20);
    let ring = &at_zoom(&drawn, 20)[0];
    assert_eq!(ring.iter().filter(|point| **point == [5, 5]).count(), 2);
    assert_eq!(drawn.unclean[0], 1 << 20);
}

#[test]
fn ends_of_lines_stay_and_their_middles_go() {
    let line: Vec<Point> = (0..50)
        .map(|step| [step * 1000, 1_000_000 + step % 2 * 40])
        .collect();
    let drawn = drawn_as(std::slice::from_ref(&line), Kind::Lines, 8);
    let at = |zoom: u8| {
        let kept = drawn.points.iter().zip(&drawn.zooms);
        let kept: Vec<Point> = kept
            .filter(|(_, z)| z.hold(zoom))
            .map(|(p, _)| *p)
            .collect();
        kept
    };
    assert_eq!(at(20), line);
    assert_eq!(at(14), [line[0], line[49]]);
    assert_eq!(drawn.rings, [0, 50]);
}

#[test]
fn nothing_and_single_points_are_no_reason_to_fall() {
    assert!(drawn_as(&[], Kind::Coverage, 4).points.is_empty());
    let drawn = drawn_as(&[vec![[7, 7], [7, 7], [7, 7]]], Kind::Coverage, 4);
    assert_eq!(drawn.points, [[7, 7]]);
    let line = drawn_as(&[vec![[7, 7], [9, 7], [7, 7]]], Kind::Coverage, 4);
    assert_eq!(line.points.len(), 2);
}
