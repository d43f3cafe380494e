//! Where vertices lie, to find those near an edge or in a triangle.

use super::Point;

/// Vertices by the cells of a square raster.
#[derive(Debug)]
pub(crate) struct VertexGrid {
    origin: Point,
    shift: u32,
    columns: usize,
    rows: usize,
    /// Where each cell begins in `ids`, and where the last ends.
    starts: Vec<u32>,
    ids: Vec<u32>,
}

impl VertexGrid {
    pub(crate) fn new(points: &[Point]) -> Self {
        let mut min = [u32::MAX; 2];
        let mut max = [0; 2];
        for point in points {
            for axis in 0..2 {
                min[axis] = min[axis].min(point[axis]);
                max[axis] = max[axis].max(point[axis]);
            }
        }
        if points.is_empty() {
            min = [0; 2];
        }
        // The smallest cells of which there are not more than four for each vertex.
        let wanted = 4 * points.len() as u64 + 16;
        let size = |shift: u32| [0, 1].map(|axis| u64::from((max[axis] - min[axis]) >> shift) + 1);
        let shift = (0..32)
            .find(|shift| size(*shift)[0] * size(*shift)[1] <= wanted)
            .unwrap_or(31);
        let [columns, rows] = size(shift).map(|count| count as usize);
        let cell = |point: &Point| {
            let [column, row] = [0, 1].map(|axis| ((point[axis] - min[axis]) >> shift) as usize);
            row * columns + column
        };
        let mut starts = vec![0_u32; columns * rows + 1];
        for point in points {
            starts[cell(point) + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut next = starts.clone();
        let mut ids = vec![0; points.len()];
        for (id, point) in (0_u32..).zip(points) {
            let slot = &mut next[cell(point)];
            ids[*slot as usize] = id;
            *slot += 1;
        }
        Self {
            origin: min,
            shift,
            columns,
            rows,
            starts,
            ids,
        }
    }

    /// Visits the vertices that may lie within `margin` of a line, until told to stop by `false`.
    pub(crate) fn near_line(
        &self,
        line: [[f64; 2]; 2],
        margin: f64,
        mut visit: impl FnMut(u32) -> bool,
    ) {
        self.rows_of(
            &line,
            margin,
            |low, high| span(line[0], line[1], low, high),
            &mut visit,
        );
    }

    /// Visits the vertices that may lie in a triangle, until told to stop by `false`.
    pub(crate) fn in_triangle(&self, corners: [[f64; 2]; 3], mut visit: impl FnMut(u32) -> bool) {
        let [a, b, c] = corners;
        let across = |low, high| {
            let sides = [
                span(a, b, low, high),
                span(b, c, low, high),
                span(c, a, low, high),
            ];
            sides
                .into_iter()
                .flatten()
                .reduce(|one, other| [one[0].min(other[0]), one[1].max(other[1])])
        };
        self.rows_of(&corners, 0.0, across, &mut visit);
    }

    fn rows_of(
        &self,
        corners: &[[f64; 2]],
        margin: f64,
        across: impl Fn(f64, f64) -> Option<[f64; 2]>,
        visit: &mut dyn FnMut(u32) -> bool,
    ) {
        let low = corners.iter().fold(f64::INFINITY, |low, p| low.min(p[1])) - margin;
        let high = corners
            .iter()
            .fold(f64::NEG_INFINITY, |high, p| high.max(p[1]))
            + margin;
        let cells = f64::from(1_u32 << self.shift);
        let place = |value: f64, axis: usize, count: usize| {
            let cell = ((value - f64::from(self.origin[axis])) / cells).floor();
            // Out of range on either side is the first or the last cell.
            (cell.max(0.0) as usize).min(count - 1)
        };
        for row in place(low, 1, self.rows)..=place(high, 1, self.rows) {
            let top = f64::from(self.origin[1]) + row as f64 * cells;
            let Some([west, east]) = across(top - margin - 1.0, top + cells + margin + 1.0) else {
                continue;
            };
            let from = place(west - margin - 1.0, 0, self.columns);
            let to = place(east + margin + 1.0, 0, self.columns);
            let start = self.starts[row * self.columns + from];
            let end = self.starts[row * self.columns + to + 1];
            for id in &self.ids[start as usize..end as usize] {
                if !visit(*id) {
                    return;
                }
            }
        }
    }
}

/// From where to where on the first axis a line runs between two heights on the second.
fn span(a: [f64; 2], b: [f64; 2], low: f64, high: f64) -> Option<[f64; 2]> {
    let (first, last) = if a[1] <= b[1] { (a, b) } else { (b, a) };
    if last[1] < low || first[1] > high {
        return None;
    }
    let rise = last[1] - first[1];
    let at = |height: f64| {
        if rise > 0.0 {
            let share = ((height - first[1]) / rise).clamp(0.0, 1.0);
            first[0] + share * (last[0] - first[0])
        } else {
            first[0]
        }
    };
    let (one, other) = if rise > 0.0 {
        (at(low), at(high))
    } else {
        (first[0], last[0])
    };
    Some([one.min(other), one.max(other)])
}

/// A point with decimals; nothing is lost.
pub(crate) fn real(point: Point) -> [f64; 2] {
    point.map(f64::from)
}
