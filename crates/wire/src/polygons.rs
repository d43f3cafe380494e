//! A multipolygon in flat arrays: three allocations whatever its number of rings.

use crate::geometry::check_finite;

/// A multipolygon; each polygon is an exterior ring and its holes, each ring closed.
///
/// Coordinates are `[x, y]`, x = longitude or E, y = latitude or N. Built by
/// [`push_ring`](Self::push_ring) and [`end_polygon`](Self::end_polygon), so that every ring
/// has at least four points, is closed and finite, and every polygon has a ring. Nothing is
/// said about its OGC validity.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MultiPolygon {
    points: Vec<[f64; 2]>,
    /// End of each ring in `points`.
    ring_ends: Vec<usize>,
    /// End of each polygon in `ring_ends`.
    polygon_ends: Vec<usize>,
}

/// What keeps points from being a ring or a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// A ring has fewer than four points.
    #[error("a ring has {0} points, at least 4 are needed")]
    RingTooShort(usize),
    /// The last point of a ring is not its first.
    #[error("a ring is not closed")]
    RingOpen,
    /// A coordinate is infinite or not a number.
    #[error("a coordinate is not a finite number")]
    NotFinite,
    /// A line has fewer than two points.
    #[error("a line has {0} points, at least 2 are needed")]
    LineTooShort(usize),
    /// A polygon has no ring.
    #[error("a polygon has no ring")]
    PolygonEmpty,
}

impl MultiPolygon {
    /// Returns a multipolygon without polygons.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a ring to the polygon under construction, the first one being its exterior.
    ///
    /// # Errors
    /// Where the ring is shorter than four points, open or not finite; nothing is added then.
    pub fn push_ring(&mut self, ring: &[[f64; 2]]) -> Result<(), ShapeError> {
        check_ring(ring)?;
        self.points.extend_from_slice(ring);
        self.ring_ends.push(self.points.len());
        Ok(())
    }

    /// Ends the polygon under construction.
    ///
    /// # Errors
    /// Where no ring was added since the last polygon.
    pub fn end_polygon(&mut self) -> Result<(), ShapeError> {
        if self.ring_ends.len() <= self.polygon_ends.last().copied().unwrap_or(0) {
            return Err(ShapeError::PolygonEmpty);
        }
        self.polygon_ends.push(self.ring_ends.len());
        Ok(())
    }

    /// Adds the polygons of another multipolygon after its own.
    pub fn append(&mut self, other: &Self) {
        let (points, rings) = (self.points.len(), self.ring_ends.len());
        self.points.extend_from_slice(&other.points);
        self.ring_ends
            .extend(other.ring_ends.iter().map(|end| end + points));
        self.polygon_ends
            .extend(other.polygon_ends.iter().map(|end| end + rings));
    }

    /// Removes all polygons and keeps the memory.
    pub fn clear(&mut self) {
        self.points.clear();
        self.ring_ends.clear();
        self.polygon_ends.clear();
    }

    /// Says whether there is no polygon.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.polygon_ends.is_empty()
    }

    /// Returns the number of polygons.
    #[must_use]
    pub fn polygon_count(&self) -> usize {
        self.polygon_ends.len()
    }

    /// Returns the number of points, closing ones included.
    #[must_use]
    pub fn vertex_count(&self) -> usize {
        self.points.len()
    }

    /// Returns all points, ring after ring, as `[x, y]`.
    #[must_use]
    pub fn points(&self) -> &[[f64; 2]] {
        &self.points
    }

    /// Returns the same polygons and rings with other coordinates, such as those of another CRS.
    ///
    /// `change` is given all points, ring after ring; points that were equal must stay equal.
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

    /// Returns the polygons in their order.
    pub fn polygons(&self) -> impl ExactSizeIterator<Item = Polygon<'_>> {
        (0..self.polygon_ends.len()).map(|index| {
            let first = match index {
                0 => 0,
                _ => self.polygon_ends[index - 1],
            };
            Polygon {
                of: self,
                first,
                end: self.polygon_ends[index],
            }
        })
    }

    fn ring(&self, index: usize) -> &[[f64; 2]] {
        let first = match index {
            0 => 0,
            _ => self.ring_ends[index - 1],
        };
        &self.points[first..self.ring_ends[index]]
    }
}

fn check_ring(ring: &[[f64; 2]]) -> Result<(), ShapeError> {
    check_finite(ring)?;
    if ring.len() < 4 {
        return Err(ShapeError::RingTooShort(ring.len()));
    }
    if ring.first() != ring.last() {
        return Err(ShapeError::RingOpen);
    }
    Ok(())
}

/// One polygon of a [`MultiPolygon`].
#[derive(Debug, Clone, Copy)]
pub struct Polygon<'a> {
    of: &'a MultiPolygon,
    first: usize,
    end: usize,
}

impl<'a> Polygon<'a> {
    /// Returns the rings, the exterior first, each closed.
    pub fn rings(self) -> impl ExactSizeIterator<Item = &'a [[f64; 2]]> {
        (self.first..self.end).map(move |index| self.of.ring(index))
    }

    /// Returns the exterior ring.
    #[must_use]
    pub fn exterior(self) -> &'a [[f64; 2]] {
        self.of.ring(self.first)
    }
}
