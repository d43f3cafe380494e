//! Where the label of a geometry stands.

use geo::{Coord, InteriorPoint, LineString, Polygon};
use wire::{Geometry, MultiLine, MultiPolygon};

use crate::geo::{pole, ring_area};
use crate::layer::GeometryKind;

/// The kind of a geometry, in the words of layer definitions.
pub(super) fn kind_of(geometry: &Geometry) -> GeometryKind {
    match geometry {
        Geometry::Polygons(_) => GeometryKind::Polygon,
        Geometry::Lines(_) => GeometryKind::Line,
        Geometry::Points(_) => GeometryKind::Point,
    }
}

/// The place of a label, E/N: where the largest polygon has most room, in the middle of the longest line,
/// or the first point.
pub(super) fn label_point(geometry: &Geometry) -> [f64; 2] {
    let found = match geometry {
        Geometry::Polygons(polygons) => inside_largest(polygons),
        Geometry::Lines(lines) => middle_of_longest(lines),
        Geometry::Points(_) => None,
    };
    found
        .or_else(|| geometry.points().first().copied())
        .unwrap_or_default()
}

/// The place with most room in the largest polygon; any place inside it where it is too thin to
/// have room.
fn inside_largest(polygons: &MultiPolygon) -> Option<[f64; 2]> {
    let area = |rings: &[&[[f64; 2]]]| -> f64 {
        let areas = rings.iter().map(|ring| ring_area(ring).abs());
        // The first ring is the outer one; holes are taken off it.
        areas.reduce(|outer, hole| outer - hole).unwrap_or(0.0)
    };
    let largest: Vec<&[[f64; 2]]> = polygons
        .polygons()
        .map(|polygon| polygon.rings().collect::<Vec<_>>())
        .max_by(|a, b| area(a).total_cmp(&area(b)))?;
    if let Some(place) = pole(&largest) {
        return Some(place);
    }
    let mut rings = largest
        .iter()
        .map(|ring| -> LineString { ring.iter().map(|[x, y]| Coord { x: *x, y: *y }).collect() });
    let outer = rings.next()?;
    let point = Polygon::new(outer, rings.collect()).interior_point()?;
    Some([point.x(), point.y()])
}

fn middle_of_longest(lines: &MultiLine) -> Option<[f64; 2]> {
    let longest = lines
        .lines()
        .max_by(|a, b| length(a).total_cmp(&length(b)))?;
    let half = length(longest) / 2.0;
    let mut gone = 0.0;
    for pair in longest.windows(2) {
        let step = length(pair);
        if gone + step >= half && step > 0.0 {
            let share = (half - gone) / step;
            return Some(
                [0, 1].map(|axis| pair[0][axis] + share * (pair[1][axis] - pair[0][axis])),
            );
        }
        gone += step;
    }
    None
}

fn length(line: &[[f64; 2]]) -> f64 {
    line.windows(2)
        .map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_of_lines_is_in_the_middle_of_the_longest() {
        let mut lines = MultiLine::new();
        for line in [
            &[[0.0, 100.0], [3.0, 100.0]][..],
            &[[0.0, 0.0], [10.0, 0.0], [10.0, 20.0]],
            &[[0.0, 50.0], [0.0, 55.0]],
        ] {
            lines.push_line(line).expect("is a line");
        }
        assert_eq!(label_point(&Geometry::Lines(lines)), [10.0, 5.0]);
        let mut still = MultiLine::new();
        still.push_line(&[[1.0, 2.0], [1.0, 2.0]]).expect("finite");
        assert_eq!(label_point(&Geometry::Lines(still)), [1.0, 2.0]);
    }

    #[test]
    fn the_label_of_points_is_the_first_and_of_a_polygon_inside() {
        let points = Geometry::Points(vec![[3.0, 4.0], [5.0, 6.0]]);
        assert_eq!(label_point(&points), [3.0, 4.0]);
        let mut polygons = MultiPolygon::new();
        let bow = [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [8.0, 1.0], [0.0, 0.0]];
        polygons.push_ring(&bow).expect("is a ring");
        polygons.end_polygon().expect("has a ring");
        let [x, y] = label_point(&Geometry::Polygons(polygons));
        assert!(x > 8.0 && y > 0.0 && y < 9.0, "{x} {y}");
    }
}
