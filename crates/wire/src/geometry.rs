//! The geometry of a feature: polygons, lines or points.

use crate::{MultiLine, MultiPolygon, ShapeError};

/// The geometry of a feature, of one kind; coordinates are x = longitude or E, y = latitude or N.
#[derive(Debug, Clone, PartialEq)]
pub enum Geometry {
    /// Polygons.
    Polygons(MultiPolygon),
    /// Lines.
    Lines(MultiLine),
    /// Points, each `[x, y]` and finite.
    Points(Vec<[f64; 2]>),
}

impl Geometry {
    /// Says whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Polygons(polygons) => polygons.is_empty(),
            Self::Lines(lines) => lines.is_empty(),
            Self::Points(points) => points.is_empty(),
        }
    }

    /// Returns the number of points, closing ones of rings included.
    #[must_use]
    pub fn vertex_count(&self) -> usize {
        self.points().len()
    }

    /// Returns all points, ring after ring or line after line, as `[x, y]`.
    #[must_use]
    pub fn points(&self) -> &[[f64; 2]] {
        match self {
            Self::Polygons(polygons) => polygons.points(),
            Self::Lines(lines) => lines.points(),
            Self::Points(points) => points,
        }
    }

    /// Returns the same geometry with other coordinates, such as those of another CRS.
    ///
    /// `change` is given all points in their order.
    ///
    /// # Errors
    /// Those of `change`.
    pub fn map_points<E>(
        &self,
        change: impl FnOnce(&mut [[f64; 2]]) -> Result<(), E>,
    ) -> Result<Self, E> {
        Ok(match self {
            Self::Polygons(polygons) => Self::Polygons(polygons.map_points(change)?),
            Self::Lines(lines) => Self::Lines(lines.map_points(change)?),
            Self::Points(points) => {
                let mut changed = points.clone();
                change(&mut changed)?;
                Self::Points(changed)
            }
        })
    }

    /// Returns the polygons, and `None` where it is of another kind.
    #[must_use]
    pub const fn as_polygons(&self) -> Option<&MultiPolygon> {
        match self {
            Self::Polygons(polygons) => Some(polygons),
            Self::Lines(_) | Self::Points(_) => None,
        }
    }

    /// Returns the lines, and `None` where it is of another kind.
    #[must_use]
    pub const fn as_lines(&self) -> Option<&MultiLine> {
        match self {
            Self::Lines(lines) => Some(lines),
            Self::Polygons(_) | Self::Points(_) => None,
        }
    }
}

impl Default for Geometry {
    fn default() -> Self {
        Self::Polygons(MultiPolygon::default())
    }
}

impl From<MultiPolygon> for Geometry {
    fn from(polygons: MultiPolygon) -> Self {
        Self::Polygons(polygons)
    }
}

impl From<MultiLine> for Geometry {
    fn from(lines: MultiLine) -> Self {
        Self::Lines(lines)
    }
}

/// Says whether both numbers of all points are finite.
pub(crate) fn check_finite(points: &[[f64; 2]]) -> Result<(), ShapeError> {
    if points.iter().all(|[x, y]| x.is_finite() && y.is_finite()) {
        return Ok(());
    }
    Err(ShapeError::NotFinite)
}
