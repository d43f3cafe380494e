//! Rings of a sheet: closed, measured; where a label stands.

use wire::MultiPolygon;

use super::sheet::Border;

/// Width of a letter as a part of its height.
const LETTER_WIDTH: f64 = 0.6;

/// What keeps an area from being a polygon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooShort {
    /// Vertices that its ring has.
    pub(super) vertices: usize,
    /// Whether it is an island.
    pub(super) island: bool,
}

/// Returns the polygon of an area, and how many of its rings had to be closed.
///
/// Islands of fewer than three corners are left out, told by the last value.
pub(super) fn polygon(border: &Border) -> Result<(MultiPolygon, u32, u32), TooShort> {
    let mut shape = MultiPolygon::new();
    let (mut closed, mut dropped) = (0, 0);
    for (index, ring) in border.rings.iter().enumerate() {
        let mut ring = ring.clone();
        ring.dedup();
        if ring.len() > 2 && ring.first() != ring.last() {
            ring.extend(ring.first().copied());
            closed += 1;
        }
        let short = TooShort {
            vertices: ring.len(),
            island: index > 0,
        };
        match shape.push_ring(&ring) {
            Ok(()) => {}
            Err(_) if index > 0 => dropped += 1,
            Err(_) => return Err(short),
        }
    }
    if shape.end_polygon().is_err() {
        return Err(TooShort {
            vertices: 0,
            island: false,
        });
    }
    Ok((shape, closed, dropped))
}

/// Returns the area of an outer ring less those of its islands, in m².
pub(super) fn area(border: &Border) -> f64 {
    let mut areas = border.rings.iter().map(|ring| ring_area(ring));
    let outer = areas.next().unwrap_or_default();
    outer - areas.sum::<f64>()
}

fn ring_area(ring: &[[f64; 2]]) -> f64 {
    let (Some(&[x0, y0]), Some(&last)) = (ring.first(), ring.last()) else {
        return 0.0;
    };
    let pairs = ring.windows(2).map(|pair| (pair[0], pair[1]));
    let closing = std::iter::once((last, [x0, y0]));
    let twice: f64 = pairs
        .chain(closing)
        .map(|([x1, y1], [x2, y2])| (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0))
        .sum();
    (twice / 2.0).abs()
}

/// Says whether a point lies inside an area, by the number of edges that a ray crosses.
pub(super) fn contains(border: &Border, [x, y]: [f64; 2]) -> bool {
    let mut inside = false;
    for ring in &border.rings {
        for pair in ring.windows(2) {
            let [[x1, y1], [x2, y2]] = [pair[0], pair[1]];
            if (y1 > y) != (y2 > y) && x < x1 + (y - y1) / (y2 - y1) * (x2 - x1) {
                inside = !inside;
            }
        }
    }
    inside
}

/// Returns the middle of a label, whose lower left corner, height on the map (tenths of a
/// millimetre), direction and text are known, at a scale of one to `scale`.
pub(super) fn label_middle(
    [x, y]: [f64; 2],
    height: f64,
    angle: f64,
    text: &str,
    scale: f64,
) -> [f64; 2] {
    let height = ground(height, scale);
    #[expect(clippy::cast_precision_loss, reason = "a text has few letters")]
    let width = height * LETTER_WIDTH * text.chars().count() as f64;
    let (sin, cos) = angle.sin_cos();
    let (along, up) = (width / 2.0, height / 2.0);
    [x + along * cos - up * sin, y + along * sin + up * cos]
}

/// Returns the height on the ground in metres of letters of a height on the map.
pub(super) fn ground(height: f64, scale: f64) -> f64 {
    height * 1e-4 * scale
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(west: f64, side: f64) -> Vec<[f64; 2]> {
        vec![
            [west, 0.0],
            [west + side, 0.0],
            [west + side, side],
            [west, side],
            [west, 0.0],
        ]
    }

    #[test]
    fn open_rings_are_closed_and_islands_without_area_dropped() {
        let mut open = square(0.0, 10.0);
        open.pop();
        let border = Border {
            rings: vec![open, vec![[1.0, 1.0], [2.0, 2.0], [1.0, 1.0]]],
            ..Border::default()
        };
        let (shape, closed, dropped) = polygon(&border).expect("is a polygon");
        assert_eq!((closed, dropped), (1, 1));
        assert_eq!(shape.vertex_count(), 5);
        let line = Border {
            rings: vec![vec![[0.0, 0.0], [1.0, 1.0]]],
            ..Border::default()
        };
        let short = polygon(&line).expect_err("is a line");
        assert_eq!((short.vertices, short.island), (2, false));
    }

    #[test]
    fn areas_are_without_islands_and_points_in_them_outside() {
        let border = Border {
            rings: vec![square(0.0, 10.0), square(2.0, 3.0)],
            ..Border::default()
        };
        assert!((area(&border) - 91.0).abs() < 1e-9);
        assert!(contains(&border, [1.0, 5.0]));
        assert!(!contains(&border, [3.0, 1.0]));
        assert!(!contains(&border, [11.0, 5.0]));
    }

    #[test]
    fn the_middle_of_a_label_follows_its_direction() {
        // Ten letters of 2 mm at 1:1000: 2 m high, 12 m long.
        let middle = label_middle([100.0, 50.0], 20.0, 0.0, "0123456789", 1000.0);
        assert!((middle[0] - 106.0).abs() < 1e-9 && (middle[1] - 51.0).abs() < 1e-9);
        let up = std::f64::consts::FRAC_PI_2;
        let middle = label_middle([100.0, 50.0], 20.0, up, "0123456789", 1000.0);
        assert!((middle[0] - 99.0).abs() < 1e-9 && (middle[1] - 56.0).abs() < 1e-9);
    }
}
