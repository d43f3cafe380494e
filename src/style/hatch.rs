//! Patterns of constraints: hatches, crosses and dots, drawn from their names.
//!
//! `hatch-45-8-1.5-c0392b` is a hatch of lines at 45°, 8 pixels apart, 1.5 pixels wide, in that
//! colour; `cross-…` has lines at that angle and across; `dots-9-1.6-0a7e8c` has dots 9 pixels
//! apart with a radius of 1.6. An image is one period of the pattern, so that copies side by
//! side show no seam: angles are those whose slopes are ratios of small whole numbers.

use serde::Serialize;

/// How the marks of a pattern lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PatternKind {
    /// Lines in one direction.
    Hatch,
    /// Lines in two directions, across each other.
    Cross,
    /// Dots.
    Dots,
}

/// A pattern that fills an area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pattern {
    /// Its name, from which everything else follows.
    pub id: String,
    /// How its marks lie.
    pub kind: PatternKind,
    /// Angle of its lines in degrees, counter-clockwise from the east; 0 for dots.
    pub angle: u16,
    /// Pixels between neighbouring marks.
    pub spacing: f64,
    /// Width of lines, or radius of dots, in pixels.
    pub width: f64,
    /// Colour, as `#rrggbb`.
    pub color: String,
}

/// A square image of a pattern: red, green, blue and opacity of each pixel, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternImage {
    /// Pixels of a side.
    pub side: usize,
    /// Four bytes a pixel, colours not multiplied by the opacity.
    pub rgba: Vec<u8>,
}

/// Angles with the whole numbers (a, b) by which a·x + b·y (y to the south) is constant on a line.
const SLOPES: [(u16, [i32; 2]); 8] = [
    (0, [0, 1]),
    (27, [1, 2]),
    (45, [1, 1]),
    (63, [2, 1]),
    (90, [1, 0]),
    (117, [2, -1]),
    (135, [1, -1]),
    (153, [1, -2]),
];

impl Pattern {
    /// True when a text wants to be the name of a pattern.
    pub fn is_name(text: &str) -> bool {
        ["hatch-", "cross-", "dots-"]
            .iter()
            .any(|start| text.starts_with(start))
    }

    /// The pattern of a name; none when it is no name of a pattern.
    pub fn parse(id: &str) -> Option<Self> {
        let mut words = id.split('-');
        let kind = match words.next()? {
            "hatch" => PatternKind::Hatch,
            "cross" => PatternKind::Cross,
            "dots" => PatternKind::Dots,
            _ => return None,
        };
        let angle = match kind {
            PatternKind::Dots => 0,
            _ => words.next()?.parse().ok()?,
        };
        let mut number = || words.next()?.parse().ok();
        let (spacing, width): (f64, f64) = (number()?, number()?);
        let color = words.next()?;
        let plain = color.len() == 6 && color.bytes().all(|byte| byte.is_ascii_hexdigit());
        let sensible = (2.0..=64.0).contains(&spacing) && width > 0.0 && width < spacing;
        let known = SLOPES.iter().any(|(slope, _)| *slope == angle);
        (plain && sensible && known && words.next().is_none()).then(|| Self {
            id: id.to_owned(),
            kind,
            angle,
            spacing,
            width,
            color: format!("#{color}"),
        })
    }

    /// Draws one period at so many device pixels a pixel.
    pub fn image(&self, ratio: f64) -> PatternImage {
        let slope = SLOPES
            .iter()
            .find(|(angle, _)| *angle == self.angle)
            .map_or([0, 1], |(_, slope)| *slope)
            .map(f64::from);
        let length = slope[0].hypot(slope[1]);
        let scale = match self.kind {
            PatternKind::Dots => 1.0,
            _ => length,
        };
        let period = (self.spacing * scale * ratio).round().max(2.0);
        let side = period as usize;
        let across = [slope[1], -slope[0]];
        // How far a pixel lies from the nearest line of a direction.
        let from_line = |[a, b]: [f64; 2], x: f64, y: f64| {
            let along = (a * x + b * y).rem_euclid(period);
            along.min(period - along) / length
        };
        let half = match self.kind {
            PatternKind::Dots => self.width * ratio,
            _ => self.width * ratio / 2.0,
        };
        let [red, green, blue] = self.channels();
        let mut rgba = Vec::with_capacity(side * side * 4);
        for row in 0..side {
            for column in 0..side {
                let (x, y) = (column as f64 + 0.5, row as f64 + 0.5);
                let distance = match self.kind {
                    PatternKind::Hatch => from_line(slope, x, y),
                    PatternKind::Cross => from_line(slope, x, y).min(from_line(across, x, y)),
                    PatternKind::Dots => (x - period / 2.0).hypot(y - period / 2.0),
                };
                let covered = (half - distance + 0.5).clamp(0.0, 1.0);
                rgba.extend([red, green, blue, (covered * 255.0).round() as u8]);
            }
        }
        PatternImage { side, rgba }
    }

    fn channels(&self) -> [u8; 3] {
        [1, 3, 5].map(|at| {
            let digits = self.color.get(at..at + 2).unwrap_or("00");
            u8::from_str_radix(digits, 16).unwrap_or(0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_everything_and_others_are_refused() {
        let hatch = Pattern::parse("hatch-45-8-1.5-c0392b").expect("is a pattern");
        assert_eq!((hatch.angle, hatch.spacing, hatch.width), (45, 8.0, 1.5));
        assert_eq!(hatch.color, "#c0392b");
        let dots = Pattern::parse("dots-9-1.6-0a7e8c").expect("is a pattern");
        assert_eq!(dots.kind, PatternKind::Dots);
        for bad in [
            "hatch-44-8-1.5-c0392b",
            "hatch-45-8-9-c0392b",
            "hatch-45-8-1.5-red",
            "hatch-45-8-1.5",
            "hatch-45-8-1.5-c0392b-x",
            "hatch-45-1e9-1-c0392b",
            "dots-9-NaN-0a7e8c",
            "stripes-45-8-1.5-c0392b",
        ] {
            assert_eq!(Pattern::parse(bad), None, "{bad}");
        }
    }

    /// Share of the area that is covered.
    fn covered(image: &PatternImage) -> f64 {
        let sum: f64 = image
            .rgba
            .chunks_exact(4)
            .map(|pixel| f64::from(pixel[3]))
            .sum();
        sum / 255.0 / (image.side * image.side) as f64
    }

    #[test]
    fn every_angle_is_drawn_in_the_given_density_and_without_a_seam() {
        for (angle, _) in SLOPES {
            for ratio in [1.0, 2.0] {
                let name = format!("hatch-{angle}-10-2-336699");
                let image = Pattern::parse(&name).expect("is a pattern").image(ratio);
                let share = covered(&image);
                assert!((share - 0.2).abs() < 0.03, "{name} at {ratio}: {share}");
                // The pattern goes on from the last row to the first as from row to row.
                let at = |x: usize, y: usize| {
                    let side = image.side;
                    i32::from(image.rgba[4 * ((y % side) * side + x % side) + 3])
                };
                let jump = |y: usize| -> i32 {
                    (0..image.side)
                        .map(|x| (at(x, y) - at(x, y + 1)).abs())
                        .sum()
                };
                let inner = (0..image.side - 1).map(jump).max().unwrap_or(0);
                let seam = jump(image.side - 1);
                assert!(seam <= inner + 260, "{name} at {ratio}: {seam} {inner}");
            }
        }
    }

    #[test]
    fn a_hatch_of_45_degrees_rises_to_the_right() {
        let image = Pattern::parse("hatch-45-8-1.5-c0392b")
            .expect("is one")
            .image(1.0);
        let opacity = |x: usize, y: usize| image.rgba[4 * (y * image.side + x) + 3];
        // From the south-west to the north-east: x + y is constant on a line.
        assert!(opacity(image.side - 2, 1) > 200 && opacity(1, image.side - 2) > 200);
        assert_eq!(opacity(2, 2), 0);
        assert_eq!(image.rgba[..3], [0xc0, 0x39, 0x2b]);
    }
}
