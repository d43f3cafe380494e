//! Writes names and numbers where there is room for them.

use std::fmt::Write as _;

use crate::geo::ring_area;

use super::clip;
use super::frame::{Frame, GroundBox};
use super::paint::{Properties, UNITS_PER_PX, short};
use super::path::escape;

/// A text that wants a place.
#[derive(Debug, Clone)]
pub(super) struct Label {
    /// Middle of the text, in units of paper.
    pub(super) at: [f64; 2],
    /// Degrees that it is turned, clockwise.
    pub(super) angle: f64,
    /// What is written, line by line.
    pub(super) lines: Vec<String>,
    /// Height of the letters' body in units.
    pub(super) size: f64,
    pub(super) colour: String,
    pub(super) halo: Option<(String, f64)>,
    pub(super) bold: bool,
}

impl Label {
    /// The label of a style layer's text at a place.
    pub(super) fn new(properties: &Properties<'_>, text: &str, at: [f64; 2], angle: f64) -> Self {
        let size = properties.number("layout", "text-size", 16.0) * UNITS_PER_PX;
        let wide = properties.number("layout", "text-max-width", 10.0);
        let halo = properties.number("paint", "text-halo-width", 0.0) * UNITS_PER_PX;
        Self {
            at,
            angle,
            lines: wrapped(text, if angle == 0.0 { wide } else { f64::INFINITY }),
            size,
            colour: properties.colour("text-color", "#000"),
            halo: (halo > 0.0).then(|| (properties.colour("text-halo-color", "#fff"), halo)),
            bold: properties
                .word("layout", "text-font")
                .is_some_and(|fonts| fonts.contains("Bold")),
        }
    }

    /// Width and height of the whole text in units, before it is turned.
    pub(super) fn extent(&self) -> [f64; 2] {
        let widest = self
            .lines
            .iter()
            .map(|line| width_em(line))
            .fold(0.0, f64::max);
        [
            widest * self.size,
            self.lines.len() as f64 * LINE_HEIGHT * self.size,
        ]
    }

    /// The upright box around the text, in units.
    fn bounds(&self) -> GroundBox {
        let [wide, high] = self.extent();
        let (sin, cos) = self.angle.to_radians().sin_cos();
        let half = [
            (wide * cos.abs() + high * sin.abs()) / 2.0,
            (wide * sin.abs() + high * cos.abs()) / 2.0,
        ];
        GroundBox {
            min: [self.at[0] - half[0], self.at[1] - half[1]],
            max: [self.at[0] + half[0], self.at[1] + half[1]],
        }
    }

    fn write(&self, svg: &mut String) {
        let weight = if self.bold {
            " font-weight=\"600\""
        } else {
            ""
        };
        let halo = self.halo.as_ref().map_or_else(String::new, |(colour, width)| {
            format!(
                " stroke=\"{colour}\" stroke-width=\"{}\" stroke-linejoin=\"round\" paint-order=\"stroke\"",
                short(width * 2.0)
            )
        });
        for (index, line) in self.lines.iter().enumerate() {
            let offset = (index as f64 - (self.lines.len() - 1) as f64 / 2.0) * LINE_HEIGHT;
            // A third of the size below the middle stands the base line.
            let y = (offset + 0.34) * self.size;
            let (x0, y0) = (self.at[0].round(), self.at[1].round());
            let turn = if self.angle == 0.0 {
                format!("x=\"{x0}\" y=\"{}\"", (y0 + y).round())
            } else {
                format!(
                    "y=\"{}\" transform=\"translate({x0} {y0})rotate({})\"",
                    y.round(),
                    short(self.angle)
                )
            };
            let _ = write!(
                svg,
                "<text {turn} font-size=\"{}\" fill=\"{}\"{weight}{halo}>{}</text>",
                short(self.size),
                self.colour,
                escape(line)
            );
        }
    }
}

const LINE_HEIGHT: f64 = 1.2;

/// Room that is taken: texts go only where nothing else stands.
#[derive(Debug, Default)]
pub(super) struct Room {
    taken: Vec<GroundBox>,
}

impl Room {
    /// Takes a box, in units.
    pub(super) fn take(&mut self, area: GroundBox) {
        self.taken.push(area);
    }

    /// Writes a label where it fits and returns true; else leaves it out.
    pub(super) fn place(&mut self, label: &Label, frame: &Frame, svg: &mut String) -> bool {
        let area = label.bounds();
        let inside = area.min[0] >= EDGE
            && area.min[1] >= EDGE
            && area.max[0] <= frame.width() - EDGE
            && area.max[1] <= frame.height() - EDGE;
        let meets = |other: &GroundBox| {
            (0..2).all(|axis| area.min[axis] < other.max[axis] && other.min[axis] < area.max[axis])
        };
        if label.lines.is_empty() || !inside || self.taken.iter().any(meets) {
            return false;
        }
        label.write(svg);
        self.taken.push(area);
        true
    }
}

/// Units between a text and the edge of the frame.
const EDGE: f64 = 60.0;

/// Width of a text in the unit of its size, near enough to keep texts apart.
pub(super) fn width_em(text: &str) -> f64 {
    text.chars()
        .map(|c| match c {
            'i' | 'l' | 'I' | '.' | ',' | '\'' | '|' | ':' | ';' => 0.27,
            ' ' | 't' | 'f' | 'r' | 'j' | '(' | ')' | '/' | '-' => 0.36,
            'm' | 'w' | 'M' | 'W' => 0.82,
            c if c.is_uppercase() => 0.62,
            _ => 0.53,
        })
        .sum()
}

/// A text in lines of at most so many em, broken between words.
fn wrapped(text: &str, limit: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width_em(line) + 0.25 + width_em(word) <= limit => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A place well inside rings, the first of which is an outer one: for labels of what is cut.
///
/// The widest stretch inside, over horizontal lines through the box; none for empty rings.
pub(super) fn inside(rings: &[Vec<[f64; 2]>]) -> Option<[f64; 2]> {
    let mut area = GroundBox::EMPTY;
    for point in rings.iter().flatten() {
        area.add(*point);
    }
    if area.is_empty() || rings.iter().all(|ring| ring_area(ring) == 0.0) {
        return None;
    }
    let [_, high] = area.size();
    let mut best: Option<(f64, [f64; 2])> = None;
    for step in 1..SCANS {
        let share = f64::from(step) / f64::from(SCANS);
        let n = area.min[1] + share * high;
        let mut crossings: Vec<f64> = rings
            .iter()
            .flat_map(|ring| ring.windows(2))
            .filter(|pair| (pair[0][1] > n) != (pair[1][1] > n))
            .map(|pair| {
                let along = (n - pair[0][1]) / (pair[1][1] - pair[0][1]);
                pair[0][0] + along * (pair[1][0] - pair[0][0])
            })
            .collect();
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            // The middle of the box is preferred to its ends where stretches are alike.
            let central = 1.0 - (share - 0.5).abs() * 0.6;
            let merit = (pair[1] - pair[0]) * central;
            if best.is_none_or(|(found, _)| merit > found * 1.000_001) {
                best = Some((merit, [(pair[0] + pair[1]) / 2.0, n]));
            }
        }
    }
    best.map(|(_, place)| place)
}

const SCANS: i32 = 16;

/// Where a text along a line goes: middle and angle of the longest straight stretch in the box.
///
/// In units of paper; none when no stretch is as long as `wanted`.
pub(super) fn along(
    frame: &Frame,
    line: &[[f64; 2]],
    area: &GroundBox,
    wanted: f64,
) -> Option<([f64; 2], f64)> {
    let mut best: Option<(f64, [f64; 2], f64)> = None;
    for piece in clip::line(line, area) {
        let points: Vec<[f64; 2]> = piece.iter().map(|point| frame.place(*point)).collect();
        for stretch in straight(&points) {
            let [from, to] = stretch;
            let (run, rise) = (to[0] - from[0], to[1] - from[1]);
            let length = run.hypot(rise);
            if length >= wanted && best.is_none_or(|(found, ..)| length > found) {
                let mut angle = rise.atan2(run).to_degrees();
                if angle.abs() > 90.0 {
                    angle += 180.0_f64.copysign(-angle);
                }
                let middle = [(from[0] + to[0]) / 2.0, (from[1] + to[1]) / 2.0];
                best = Some((length, middle, angle));
            }
        }
    }
    best.map(|(_, middle, angle)| (middle, angle))
}

/// The stretches of a line that bend by less than a few degrees from their chord.
fn straight(points: &[[f64; 2]]) -> Vec<[[f64; 2]; 2]> {
    let mut stretches = Vec::new();
    let mut start = 0;
    for end in 1..points.len() {
        let next = points.get(end + 1);
        let bends = next.is_some_and(|next| {
            let chord = direction(points[start], points[end]);
            let ahead = direction(points[end], *next);
            let turn = (ahead - chord).to_degrees().abs() % 360.0;
            turn.min(360.0 - turn) > 12.0
        });
        if bends || next.is_none() {
            stretches.push([points[start], points[end]]);
            start = end;
        }
    }
    stretches
}

fn direction(from: [f64; 2], to: [f64; 2]) -> f64 {
    (to[1] - from[1]).atan2(to[0] - from[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_inside_a_horseshoe_is_inside() {
        let horseshoe = vec![
            [0.0, 0.0],
            [10.0, 0.0],
            [10.0, 10.0],
            [8.0, 10.0],
            [8.0, 2.0],
            [2.0, 2.0],
            [2.0, 10.0],
            [0.0, 10.0],
            [0.0, 0.0],
        ];
        let place = inside(std::slice::from_ref(&horseshoe)).expect("it has an area");
        assert_eq!(
            crate::geo::locate_in_ring(&horseshoe, place),
            crate::geo::Location::Inside
        );
    }

    #[test]
    fn words_are_broken_between_words() {
        assert_eq!(wrapped("Cascina della Roggia Nuova", 8.0).len(), 2);
        assert_eq!(wrapped("  ", 8.0).len(), 0);
        assert_eq!(wrapped("Roncaldera", 1.0), ["Roncaldera"]);
    }

    #[test]
    fn nothing_is_written_over_something_else() {
        let frame = Frame {
            srid: 7791,
            centre: [0.0, 0.0],
            scale: 1000,
            width_mm: 100.0,
            height_mm: 100.0,
        };
        let label = Label {
            at: [5_000.0, 5_000.0],
            angle: 0.0,
            lines: vec!["123".into()],
            size: 220.0,
            colour: "#000".into(),
            halo: None,
            bold: false,
        };
        let mut room = Room::default();
        let mut svg = String::new();
        assert!(room.place(&label, &frame, &mut svg));
        assert!(!room.place(&label, &frame, &mut svg));
        let beside = Label {
            at: [5_600.0, 5_000.0],
            ..label.clone()
        };
        assert!(room.place(&beside, &frame, &mut svg));
        let outside = Label {
            at: [9_990.0, 5_000.0],
            ..label
        };
        assert!(!room.place(&outside, &frame, &mut svg));
        assert_eq!(svg.matches("<text").count(), 2);
    }
}
