//! Areas and insides of the wire's polygons.

use wire::MultiPolygon;

/// The area of polygons, holes taken off.
pub(super) fn area(polygons: &MultiPolygon) -> f64 {
    let ring_area = |ring: &[[f64; 2]]| {
        let [x0, y0] = ring.first().copied().unwrap_or_default();
        let twice: f64 = ring
            .windows(2)
            .map(|pair| {
                let [[x1, y1], [x2, y2]] = [pair[0], pair[1]];
                (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
            })
            .sum();
        (twice / 2.0).abs()
    };
    polygons
        .polygons()
        .map(|polygon| {
            let mut rings = polygon.rings().map(ring_area);
            let outer = rings.next().unwrap_or_default();
            outer - rings.sum::<f64>()
        })
        .sum()
}

/// True for a point inside polygons, by the number of edges that a ray crosses.
pub(super) fn is_inside(polygons: &MultiPolygon, [x, y]: [f64; 2]) -> bool {
    let rings = polygons.polygons().flat_map(wire::Polygon::rings);
    let crossed = rings.flat_map(|ring| ring.windows(2)).filter(|pair| {
        let [[x1, y1], [x2, y2]] = [pair[0], pair[1]];
        (y1 > y) != (y2 > y) && x < x1 + (y - y1) / (y2 - y1) * (x2 - x1)
    });
    crossed.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_outside() {
        let mut shape = MultiPolygon::new();
        for ring in [
            [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0], [0.0, 0.0]],
            [[3.0, 3.0], [6.0, 3.0], [6.0, 6.0], [3.0, 6.0], [3.0, 3.0]],
        ] {
            shape.push_ring(&ring).expect("is a ring");
        }
        shape.end_polygon().expect("has rings");
        assert!(is_inside(&shape, [1.0, 1.0]));
        assert!(!is_inside(&shape, [4.0, 4.0]));
        assert!(!is_inside(&shape, [10.0, 4.0]));
    }
}
