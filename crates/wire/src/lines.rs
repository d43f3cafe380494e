//! Lines in flat arrays.

use crate::ShapeError;
use crate::geometry::check_finite;

/// Lines of at least two points each.
///
/// Coordinates are `[x, y]`, x = longitude or E, y = latitude or N, all finite.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MultiLine {
    points: Vec<[f64; 2]>,
    /// End of each line in `points`.
    ends: Vec<usize>,
}

impl MultiLine {
    /// Returns it without lines.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line.
    ///
    /// # Errors
    /// Where it has fewer than two points or one that is not finite; nothing is added then.
    pub fn push_line(&mut self, line: &[[f64; 2]]) -> Result<(), ShapeError> {
        check_finite(line)?;
        if line.len() < 2 {
            return Err(ShapeError::LineTooShort(line.len()));
        }
        self.points.extend_from_slice(line);
        self.ends.push(self.points.len());
        Ok(())
    }

    /// Says whether there is no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns all points, line after line.
    #[must_use]
    pub fn points(&self) -> &[[f64; 2]] {
        &self.points
    }

    /// Returns the lines in their order.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &[[f64; 2]]> {
        (0..self.ends.len()).map(|index| {
            let first = match index {
                0 => 0,
                _ => self.ends[index - 1],
            };
            &self.points[first..self.ends[index]]
        })
    }

    /// Returns the same lines with other coordinates, such as those of another CRS.
    ///
    /// `change` is given all points, line after line.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn map_points<E>(
        &self,
        change: impl FnOnce(&mut [[f64; 2]]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut changed = self.clone();
        change(&mut changed.points)?;
        Ok(changed)
    }
}
