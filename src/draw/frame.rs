//! The frame of a map to scale: which ground it shows, and where on the paper it lands.

use crate::crs::{self, LON_LAT, with_transformation};
use crate::geo::{GridBox, MAX_LATITUDE, grid_from_lon_lat};

/// Hundredths of a millimetre: the unit of drawings, whose coordinates are whole numbers of it.
pub(super) const UNITS_PER_MM: f64 = 100.0;

/// A rectangle of paper that shows ground to scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// EPSG code of a metric CRS.
    pub srid: i32,
    /// Place in its middle: E, N in metres.
    pub centre: [f64; 2],
    /// Denominator of the scale: 1000 for 1:1000.
    pub scale: u32,
    /// Width on paper, millimetres.
    pub width_mm: f64,
    /// Height on paper, millimetres.
    pub height_mm: f64,
}

/// A box on the ground, E/N in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroundBox {
    /// South-western corner.
    pub min: [f64; 2],
    /// North-eastern corner.
    pub max: [f64; 2],
}

impl GroundBox {
    /// The box that contains nothing and grows with [`GroundBox::add`].
    pub const EMPTY: Self = Self {
        min: [f64::INFINITY; 2],
        max: [f64::NEG_INFINITY; 2],
    };

    /// Grows the box to hold a place.
    pub fn add(&mut self, [e, n]: [f64; 2]) {
        self.min = [self.min[0].min(e), self.min[1].min(n)];
        self.max = [self.max[0].max(e), self.max[1].max(n)];
    }

    /// The smallest box that holds both.
    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        self.add(other.min);
        self.add(other.max);
        self
    }

    /// True when nothing was ever added.
    pub fn is_empty(&self) -> bool {
        self.min[0] > self.max[0]
    }

    /// Its middle: E, N in metres.
    pub fn centre(&self) -> [f64; 2] {
        [
            (self.min[0] + self.max[0]) / 2.0,
            (self.min[1] + self.max[1]) / 2.0,
        ]
    }

    /// Extent to the east and to the north, metres.
    pub fn size(&self) -> [f64; 2] {
        [self.max[0] - self.min[0], self.max[1] - self.min[1]]
    }
}

impl Frame {
    /// Metres on the ground of a millimetre on paper.
    pub fn metres_per_mm(&self) -> f64 {
        f64::from(self.scale) / 1000.0
    }

    /// The ground that it shows.
    pub fn ground(&self) -> GroundBox {
        self.ground_with_margin(0.0)
    }

    pub(super) fn ground_with_margin(&self, margin_mm: f64) -> GroundBox {
        let half = [
            (self.width_mm / 2.0 + margin_mm) * self.metres_per_mm(),
            (self.height_mm / 2.0 + margin_mm) * self.metres_per_mm(),
        ];
        let [e, n] = self.centre;
        GroundBox {
            min: [e - half[0], n - half[1]],
            max: [e + half[0], n + half[1]],
        }
    }

    /// Where a place lands: units from the upper left corner, y downwards.
    pub(super) fn place(&self, [e, n]: [f64; 2]) -> [f64; 2] {
        let units = UNITS_PER_MM / self.metres_per_mm();
        [
            (e - self.centre[0]) * units + self.width() / 2.0,
            (self.centre[1] - n) * units + self.height() / 2.0,
        ]
    }

    /// Width in units.
    pub(super) fn width(&self) -> f64 {
        self.width_mm * UNITS_PER_MM
    }

    /// Height in units.
    pub(super) fn height(&self) -> f64 {
        self.height_mm * UNITS_PER_MM
    }

    /// The box of the grid that holds everything shown, with a margin of paper.
    ///
    /// The edges are followed in steps: a straight edge in E/N is none in web Mercator.
    pub(super) fn grid_box(&self, margin_mm: f64) -> Result<GridBox, crs::Error> {
        let ground = self.ground_with_margin(margin_mm);
        let mut points = Vec::with_capacity(4 * STEPS);
        for step in 0..STEPS {
            let share = step as f64 / (STEPS - 1) as f64;
            let e = ground.min[0] + share * (ground.max[0] - ground.min[0]);
            let n = ground.min[1] + share * (ground.max[1] - ground.min[1]);
            points.extend([
                (e, ground.min[1]),
                (e, ground.max[1]),
                (ground.min[0], n),
                (ground.max[0], n),
            ]);
        }
        with_transformation(self.srid, LON_LAT, |transformation| {
            transformation.apply(&mut points)
        })??;
        let mut area = GridBox::EMPTY;
        for (lon, lat) in points {
            area.add(grid_from_lon_lat(lon, lat));
        }
        Ok(area)
    }

    /// Latitude of its middle in degrees, for the zoom that its scale corresponds to.
    pub(super) fn latitude(&self) -> Result<f64, crs::Error> {
        let mut middle = [(self.centre[0], self.centre[1])];
        with_transformation(self.srid, LON_LAT, |transformation| {
            transformation.apply(&mut middle)
        })??;
        Ok(middle[0].1.clamp(-MAX_LATITUDE, MAX_LATITUDE))
    }
}

const STEPS: usize = 9;

/// Scales in use for maps of parcels, the largest first.
pub const SCALES: [u32; 6] = [500, 1000, 2000, 5000, 10_000, 25_000];

/// The frame of a size on paper whose scale is the largest at which the ground fits.
///
/// `scales` are tried in their order; when none fits, the last one that there is.
/// `share` is how much of the paper the ground may fill, between 0 and 1.
pub fn fit(
    ground: &GroundBox,
    srid: i32,
    [width_mm, height_mm]: [f64; 2],
    scales: &[u32],
    share: f64,
) -> Frame {
    let [wide, high] = ground.size();
    let fits = |scale: u32| {
        let metres_per_mm = f64::from(scale) / 1000.0;
        wide <= width_mm * share * metres_per_mm && high <= height_mm * share * metres_per_mm
    };
    let scale = scales
        .iter()
        .copied()
        .find(|scale| fits(*scale))
        .or_else(|| scales.last().copied())
        .unwrap_or(SCALES[0]);
    Frame {
        srid,
        centre: ground.centre(),
        scale,
        width_mm,
        height_mm,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame {
        srid: 7791,
        centre: [520_000.0, 5_050_000.0],
        scale: 2000,
        width_mm: 170.0,
        height_mm: 120.0,
    };

    #[test]
    fn a_hundred_metres_are_fifty_millimetres_at_1_2000() {
        let [x, y] = FRAME.place([520_100.0, 5_050_000.0]);
        assert_eq!([x - FRAME.width() / 2.0, y], [5_000.0, 6_000.0]);
        let [_, north] = FRAME.place([520_000.0, 5_050_100.0]);
        assert_eq!(north, 1_000.0, "north is up");
        assert_eq!(FRAME.ground().size(), [340.0, 240.0]);
    }

    #[test]
    fn the_largest_scale_that_fits_is_chosen() {
        let ground = |wide: f64, high: f64| GroundBox {
            min: [0.0, 0.0],
            max: [wide, high],
        };
        let scale = |wide, high| fit(&ground(wide, high), 7791, [170.0, 120.0], &SCALES, 0.8).scale;
        assert_eq!(scale(60.0, 40.0), 500);
        assert_eq!(scale(70.0, 20.0), 1000);
        assert_eq!(scale(20.0, 100.0), 2000);
        assert_eq!(scale(900_000.0, 20.0), 25_000);
    }
}
