//! Path data: whole numbers of hundredths of a millimetre, relative after the first point.

use std::fmt::Write as _;

use super::frame::Frame;

/// Points nearer to the last one than this, in units, say nothing that a reader sees.
const NEAR: i64 = 2;

/// Collects path data, and counts its points.
#[derive(Debug, Default)]
pub(super) struct Path {
    pub(super) data: String,
    pub(super) points: usize,
}

impl Path {
    /// Adds a line, or a ring when it is `closed`, which then repeats its first point.
    pub(super) fn add(&mut self, frame: &Frame, points: &[[f64; 2]], closed: bool) {
        let mut last: Option<[i64; 2]> = None;
        let count = if closed {
            points.len().saturating_sub(1)
        } else {
            points.len()
        };
        for (index, point) in points[..count].iter().enumerate() {
            let at = frame.place(*point).map(|value| value.round() as i64);
            match last {
                None => {
                    let _ = write!(self.data, "M{} {}", at[0], at[1]);
                }
                Some(before) => {
                    let step = [at[0] - before[0], at[1] - before[1]];
                    let is_end = index + 1 == count && !closed;
                    if step == [0, 0] || (step.iter().all(|s| s.abs() < NEAR) && !is_end) {
                        continue;
                    }
                    let minus = if step[1] < 0 { "" } else { " " };
                    let _ = write!(self.data, "l{}{minus}{}", step[0], step[1]);
                }
            }
            last = Some(at);
            self.points += 1;
        }
        if closed && last.is_some() {
            self.data.push('z');
        }
    }

    /// Adds a dot: a line of no length, which a round cap makes a disc.
    pub(super) fn dot(&mut self, frame: &Frame, point: [f64; 2]) {
        let [x, y] = frame.place(point).map(|value| value.round() as i64);
        let _ = write!(self.data, "M{x} {y}h0");
        self.points += 1;
    }
}

/// Text made safe for XML; control characters, which XML cannot hold, fall away.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    safe
}
