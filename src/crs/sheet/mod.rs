//! Coordinate systems of sheets of the cadastral map: a table that staff fill, and their fit.
//!
//! Most sheets were drawn in one of some 800 local Cassini-Soldner systems, whose origins are
//! known only roughly: each sheet may need a correction of its own. A system is an EPSG code or a
//! PROJ string without datum, whose ellipsoid is then taken to lie on that of ETRF2000, as the
//! origins that municipalities have fitted suppose; a `+towgs84` is applied.

mod fit;
mod local;
mod table;

pub use fit::{ControlPoint, FitError, FitMethod, Fitted, fit};
pub use local::{SheetTransformation, check_system, known_in_system};
pub use table::{SheetKey, SheetSystem, SheetSystems, add_sheet_system, sheet_systems};

/// A linear change of coordinates and a shift, applied to a file's numbers before they are read
/// in their system.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correction {
    /// xx, xy, yx, yy.
    pub matrix: [f64; 4],
    /// Metres added to east and north.
    pub shift: [f64; 2],
}

impl Correction {
    /// The one that changes nothing.
    pub const NONE: Self = Self {
        matrix: [1.0, 0.0, 0.0, 1.0],
        shift: [0.0, 0.0],
    };

    /// A rotation about the origin in degrees, counter-clockwise, with a scale and a shift.
    pub fn of_rotation(degrees: f64, scale: f64, shift: [f64; 2]) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Self {
            matrix: [scale * cos, -scale * sin, scale * sin, scale * cos],
            shift,
        }
    }

    /// A corrected point, E/N.
    pub fn apply(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [xx, xy, yx, yy] = self.matrix;
        [
            xx * x + xy * y + self.shift[0],
            yx * x + yy * y + self.shift[1],
        ]
    }

    /// Its rotation in degrees, counter-clockwise.
    pub fn rotation(&self) -> f64 {
        self.matrix[2].atan2(self.matrix[0]).to_degrees()
    }
}
