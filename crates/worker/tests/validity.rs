//! Validity of geometries given as well-known text, reason by reason.

use wire::{MultiPolygon, Reason};
use worker::dissolve::{dissolve, without_repeated};
use worker::validity::{Budget, check};

/// Reads `((ring),(hole)),((ring))`, rings as `x y,x y`.
fn shape(text: &str) -> MultiPolygon {
    let mut geometry = MultiPolygon::new();
    for polygon in text.split(")),((") {
        for ring in polygon.split("),(") {
            let points: Vec<[f64; 2]> = ring
                .trim_matches(['(', ')'])
                .split(',')
                .map(|pair| {
                    let mut numbers = pair.split_whitespace().map(|n| n.parse().expect("number"));
                    [numbers.next().expect("x"), numbers.next().expect("y")]
                })
                .collect();
            geometry.push_ring(&points).expect("ring");
        }
        geometry.end_polygon().expect("polygon");
    }
    geometry
}

fn reason(geometry: &MultiPolygon) -> Option<Reason> {
    check(geometry, &mut Budget::new(1 << 30))
        .expect("within budget")
        .map(|invalid| invalid.reason)
}

const SQUARE: &str = "0 0,10 0,10 10,0 10,0 0";

#[test]
fn valid_shapes_are_valid() {
    for text in [
        format!("(({SQUARE}))"),
        // Either direction, repeated points, a vertex in the middle of an edge.
        "((0 0,0 10,10 10,10 0,0 0))".into(),
        "((0 0,0 0,5 0,10 0,10 10,10 10,0 10,0 0,0 0))".into(),
        format!("(({SQUARE}),(2 2,4 2,4 4,2 4,2 2))"),
        // A hole that touches the shell in a point: at a vertex, inside an edge.
        format!("(({SQUARE}),(0 0,4 2,2 4,0 0))"),
        format!("(({SQUARE}),(5 0,6 2,4 2,5 0))"),
        "((0 0,5 0,10 0,10 10,0 10,0 0),(5 0,6 2,4 2,5 0))".into(),
        // Two holes that touch in a point.
        format!("(({SQUARE}),(2 2,4 4,2 4,2 2),(4 4,6 4,6 6,4 4))"),
        // Three holes in one point.
        format!("(({SQUARE}),(5 5,2 6,2 4,5 5),(5 5,8 4,8 6,5 5),(5 5,6 8,4 8,5 5))"),
        // Parts apart, parts that touch in a point, even in two.
        format!("(({SQUARE})),((20 0,30 0,30 10,20 0))"),
        format!("(({SQUARE})),((10 10,20 10,20 20,10 20,10 10))"),
        format!("(({SQUARE})),((10 0,12 5,10 10,20 5,10 0))"),
        // A part in the hole of another, which it touches.
        format!("(({SQUARE}),(2 2,8 2,8 8,2 8,2 2)),((2 2,8 8,3 7,2 2))"),
        format!("(({SQUARE}),(2 2,8 2,8 8,2 8,2 2)),((4 4,6 4,5 6,4 4))"),
    ] {
        assert_eq!(reason(&shape(&text)), None, "{text}");
    }
}

#[test]
fn invalid_shapes_have_their_reason() {
    for (text, expected) in [
        ("((0 0,1 1,0 0,0 0))", Reason::RingTooFewPoints),
        ("((0 0,10 10,10 0,0 10,0 0))", Reason::SelfIntersection),
        ("((0 0,10 0,10 10,5 10,5 15,5 10,0 10,0 0))", Reason::Spike),
        ("((0 0,10 0,5 0,0 0))", Reason::Spike),
        ("((0 0,10 0,10 10,5 0,0 10,0 0))", Reason::RingSelfTouch),
        (
            "((0 0,10 0,10 10,6 10,5 5,4 5,5 5,4 10,0 10,0 0))",
            Reason::Spike,
        ),
        (
            "((0 0,10 0,10 10,8 0,6 0,5 5,0 0))",
            Reason::SelfIntersection,
        ),
        (
            "((0 0,10 0,10 10,0 10,0 0),(5 5,15 5,15 6,5 5))",
            Reason::RingsCross,
        ),
        (
            "((0 0,10 0,10 10,0 10,0 0),(2 0,4 0,3 3,2 0))",
            Reason::RingsShareEdge,
        ),
        (
            "((0 0,10 0,10 10,0 10,0 0),(12 2,14 2,14 4,12 2))",
            Reason::HoleOutsideShell,
        ),
        (
            "((0 0,10 0,10 10,0 10,0 0),(10 5,14 2,14 8,10 5))",
            Reason::HoleOutsideShell,
        ),
        (
            "((0 0,10 0,10 10,0 10,0 0),(1 1,9 1,9 9,1 9,1 1),(3 3,5 3,4 5,3 3))",
            Reason::HolesNested,
        ),
        // A hole across the shell from vertex to vertex; two holes that together do so.
        (
            "((0 0,10 0,10 10,0 10,0 0),(0 0,6 5,10 10,5 6,0 0))",
            Reason::InteriorDisconnected,
        ),
        (
            "((0 0,10 0,10 10,0 10,0 0),(0 5,5 4,5 6,0 5),(5 4,10 5,5 6,6 5,5 4))",
            Reason::InteriorDisconnected,
        ),
        (
            "((0 0,10 0,10 10,0 10,0 0)),((5 5,15 5,15 6,5 5))",
            Reason::PartsCross,
        ),
        (
            "((0 0,10 0,10 10,0 10,0 0)),((10 0,20 0,20 10,10 10,10 0))",
            Reason::PartsShareEdge,
        ),
        (
            "((0 0,10 0,10 10,0 10,0 0)),((2 2,4 2,4 4,2 2))",
            Reason::PartsNested,
        ),
        (
            "((0 0,10 0,10 10,0 10,0 0)),((0 0,5 2,2 5,0 0))",
            Reason::PartsNested,
        ),
        // Crossing in a vertex of both.
        (
            "((0 0,5 5,10 0,5 10,0 0)),((5 5,2 9,8 9,5 0,5 5))",
            Reason::PartsCross,
        ),
    ] {
        assert_eq!(reason(&shape(text)), Some(expected), "{text}");
    }
}

#[test]
fn the_place_of_a_crossing_is_named() {
    let bow_tie = shape("((0 0,10 10,10 0,0 10,0 0))");
    let invalid = check(&bow_tie, &mut Budget::new(1000)).expect("within budget");
    assert_eq!(invalid.map(|i| (i.x, i.y)), Some((5.0, 5.0)));
}

#[test]
fn a_spent_budget_is_an_error() {
    let comb = comb(2_000);
    assert!(check(&comb, &mut Budget::new(100_000)).is_err());
    assert_eq!(reason(&comb), None);
}

/// A shape whose boxes all meet: diagonal teeth, each over the whole extent.
fn comb(teeth: u32) -> MultiPolygon {
    let far = f64::from(teeth * 4);
    let mut ring = vec![[0.0, 0.0]];
    for tooth in 0..teeth {
        let x = f64::from(tooth) * 2.0;
        ring.push([x + far, far]);
        ring.push([x + 1.0, 0.0]);
        ring.push([x + 2.0, 0.0]);
    }
    ring.push([0.0, -1.0]);
    ring.push([0.0, 0.0]);
    let mut geometry = MultiPolygon::new();
    geometry.push_ring(&ring).expect("ring");
    geometry.end_polygon().expect("polygon");
    geometry
}

fn dissolved(text: &str) -> Option<String> {
    let whole = dissolve(&shape(text), &mut Budget::new(1 << 30)).expect("within budget")?;
    assert_eq!(reason(&whole), None, "{text}");
    let polygons: Vec<String> = whole
        .polygons()
        .map(|polygon| {
            let rings: Vec<String> = polygon
                .rings()
                .map(|ring| {
                    let points: Vec<String> =
                        ring.iter().map(|[x, y]| format!("{x} {y}")).collect();
                    format!("({})", points.join(","))
                })
                .collect();
            format!("({})", rings.join(","))
        })
        .collect();
    Some(polygons.join(","))
}

#[test]
fn adjacent_parts_become_one_with_their_own_vertices() {
    for (text, expected) in [
        (
            "((0 0,10 0,10 10,0 10,0 0)),((10 0,20 0,20 10,10 10,10 0))",
            "((0 0,10 0,20 0,20 10,10 10,0 10,0 0))",
        ),
        // Clockwise, and a vertex of one in the middle of an edge of the other.
        (
            "((0 0,0 10,10 10,10 0,0 0)),((10 0,10 5,20 5,20 0,10 0))",
            "((10 5,10 10,0 10,0 0,10 0,20 0,20 5,10 5))",
        ),
        // The same, off by one unit of the eighth decimal.
        (
            "((0 0,10 0,10 10,0 10,0 0)),((10 0,20 0,20 5,10.00000001 5,10 0))",
            "((0 0,10 0,20 0,20 5,10.00000001 5,10 10,0 10,0 0))",
        ),
        // A part that fills a hole.
        (
            "((0 0,9 0,9 9,0 9,0 0),(2 2,2 4,4 4,4 2,2 2)),((2 2,4 2,4 4,2 4,2 2))",
            "((0 0,9 0,9 9,0 9,0 0))",
        ),
        // Two halves of a frame leave a hole.
        (
            "((0 0,5 0,5 2,2 2,2 8,5 8,5 10,0 10,0 0)),((5 0,10 0,10 10,5 10,5 8,8 8,8 2,5 2,5 0))",
            "((0 0,5 0,10 0,10 10,5 10,0 10,0 0),(5 2,2 2,2 8,5 8,8 8,8 2,5 2))",
        ),
        // Three parts, two adjacent, the third in touch: it stays a part.
        (
            "((0 0,1 0,1 1,0 1,0 0)),((1 0,2 0,2 1,1 1,1 0)),((2 1,3 1,3 2,2 2,2 1))",
            "((0 0,1 0,2 0,2 1,1 1,0 1,0 0)),((2 1,3 1,3 2,2 2,2 1))",
        ),
    ] {
        assert_eq!(dissolved(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn parts_one_on_the_other_are_not_dissolved() {
    assert_eq!(
        dissolved("((0 0,10 0,10 10,0 10,0 0)),((0 0,10 0,10 5,0 5,0 0))"),
        None
    );
}

#[test]
fn repeated_parts_are_kept_once() {
    let (once, repeated) = without_repeated(&shape("((0 0,1 0,1 1,0 0)),((0 0,1 0,1 1,0 0))"));
    assert_eq!((once.polygon_count(), repeated), (1, 1));
}
