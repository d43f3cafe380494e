//! Web Mercator as unsigned 32-bit integers: the grid on which tiles are cut.
//!
//! The world's square (±20037508.34 m) is divided into 2^32 cells a side: a cell is 9.3 mm at
//! the equator and 6.6 mm at 45°. x grows to the east, y to the *south*, as in tiles, so that
//! tile coordinates at any zoom are plain shifts.

use std::f64::consts::PI;

/// The latitude at which web Mercator ends, degrees.
pub const MAX_LATITUDE: f64 = 85.051_128_779_806_59;

/// A point of the grid: x to the east, y to the south.
pub type GridPoint = [u32; 2];

const CELLS: f64 = 4_294_967_296.0;

/// The grid cell of a place in degrees; places beyond the map's edge land on the edge.
pub fn grid_from_lon_lat(lon: f64, lat: f64) -> GridPoint {
    let lat = lat.clamp(-MAX_LATITUDE, MAX_LATITUDE).to_radians();
    let x = (lon + 180.0) / 360.0;
    let y = 0.5 - (lat.tan() + 1.0 / lat.cos()).ln() / (2.0 * PI);
    [to_cell(x), to_cell(y)]
}

/// The place in degrees (lon, lat) of a grid point.
pub fn lon_lat_from_grid(point: GridPoint) -> (f64, f64) {
    let x = f64::from(point[0]) / CELLS;
    let y = f64::from(point[1]) / CELLS;
    let lat = (PI * (1.0 - 2.0 * y)).sinh().atan();
    (x * 360.0 - 180.0, lat.to_degrees())
}

// A float-to-integer cast saturates, which is what the edge needs.
fn to_cell(fraction: f64) -> u32 {
    (fraction * CELLS).round() as u32
}

/// The cells that a distance in metres takes at a latitude in degrees, rounded up.
pub fn cells_across(distance_m: f64, lat: f64) -> u32 {
    const EQUATOR_M: f64 = 40_075_016.685_578_5;
    let lat = lat.clamp(-MAX_LATITUDE, MAX_LATITUDE).to_radians();
    (distance_m * CELLS / (EQUATOR_M * lat.cos())).ceil() as u32
}

/// A box of the grid, both corners included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GridBox {
    /// North-western corner.
    pub min: GridPoint,
    /// South-eastern corner.
    pub max: GridPoint,
}

impl GridBox {
    /// The box that contains nothing and grows with [`GridBox::add`].
    pub const EMPTY: Self = Self {
        min: [u32::MAX; 2],
        max: [0; 2],
    };

    /// Grows the box to hold a point.
    pub fn add(&mut self, point: GridPoint) {
        let [x, y] = point;
        self.min = [self.min[0].min(x), self.min[1].min(y)];
        self.max = [self.max[0].max(x), self.max[1].max(y)];
    }

    /// True when the boxes share at least a cell.
    pub fn intersects(&self, other: &Self) -> bool {
        (0..2).all(|axis| self.min[axis] <= other.max[axis] && other.min[axis] <= self.max[axis])
    }

    /// True when nothing was ever added.
    pub fn is_empty(&self) -> bool {
        self.min[0] > self.max[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_the_grid_within_a_cell() {
        for (lon, lat) in [(9.36, 45.6), (14.7, 41.89), (-179.9, -84.0), (0.0, 0.0)] {
            let (lon2, lat2) = lon_lat_from_grid(grid_from_lon_lat(lon, lat));
            assert!((lon - lon2).abs() < 1e-7, "{lon} {lon2}");
            assert!((lat - lat2).abs() < 1e-7, "{lat} {lat2}");
        }
    }

    #[test]
    fn a_metre_is_more_cells_in_the_north() {
        assert_eq!(cells_across(1.0, 0.0), 108);
        assert_eq!(cells_across(1.0, 45.6), 154);
        assert_eq!(cells_across(0.0, 45.6), 0);
    }

    #[test]
    fn the_edges_of_the_world_stay_on_the_grid() {
        assert_eq!(grid_from_lon_lat(-180.0, 90.0), [0, 0]);
        assert_eq!(grid_from_lon_lat(180.0, -90.0), [u32::MAX, u32::MAX]);
    }
}
