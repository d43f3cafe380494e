//! Maps to scale, as SVG: for pages without JavaScript, for prints and for certificates.
//!
//! Pure: what is published in memory and the style fragments in, text out, the same for the same
//! input. Colours, widths and filters come from `styles/`, as on the map, so that screen and
//! paper agree; a pixel of the map is 0.2 mm of paper.

mod clip;
mod frame;
mod furniture;
mod label;
mod legend;
mod locator;
mod paint;
mod path;
mod sheet;
mod subject;

pub use frame::{Frame, GroundBox, SCALES, fit};
pub use furniture::grid_step_m;
pub use legend::LegendEntry;
pub use locator::{Locator, locator};
pub use sheet::{Drawing, Selection, Sheet, draw};
pub use subject::{Subject, subjects};

use crate::cadastre::CadastralReference;
use crate::crs;

/// Why there is no drawing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Coordinates cannot be transformed.
    #[error(transparent)]
    Crs(#[from] crs::Error),
    /// A parcel to be shown is not in the cadastre in force.
    #[error("parcel {0} is not in the cadastre in force")]
    NoParcel(CadastralReference),
    /// The frame is too large, too small or nowhere.
    #[error("a map of {width_mm:.0} x {height_mm:.0} mm at 1:{scale} cannot be drawn")]
    Frame {
        /// Width on paper.
        width_mm: f64,
        /// Height on paper.
        height_mm: f64,
        /// Denominator of the scale.
        scale: u32,
    },
    /// More lies in the frame than a drawing may hold.
    #[error(
        "the map would hold more than {limit} points: choose a larger scale, a smaller sheet or fewer layers"
    )]
    TooMuch {
        /// Points at most.
        limit: usize,
    },
}
