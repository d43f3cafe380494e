//! Tile addresses that cannot be wrong.

use std::fmt;

use super::bounds::LonLatBox;
use super::grid::{GridBox, MAX_LATITUDE, lon_lat_from_grid};

/// Units along the side of a tile (MVT `extent`).
pub const EXTENT: u32 = 4096;

/// Units beyond the tile's edge that are still drawn, so that strokes meet at seams.
pub const BUFFER_UNITS: u32 = 64;

/// The deepest zoom served; clients overzoom beyond it. At 20 one tile unit is one grid cell.
pub const MAX_ZOOM: u8 = 20;

/// Why an address names no tile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// A part of the address is no plain decimal number.
    #[error("tile address part '{0}' is not a number")]
    NotANumber(String),
    /// The zoom is deeper than [`MAX_ZOOM`].
    #[error("zoom {0} is beyond {MAX_ZOOM}")]
    Zoom(u32),
    /// The tile matrix set has no such matrix.
    #[error("tile matrix set '{set}' has no matrix {matrix}")]
    Matrix {
        /// Name of the set.
        set: &'static str,
        /// What was asked for.
        matrix: u32,
    },
    /// Column or row lies outside the zoom's square.
    #[error("tile {z}/{x}/{y} lies outside the map")]
    Outside {
        /// Zoom.
        z: u8,
        /// Column.
        x: u32,
        /// Row.
        y: u32,
    },
}

/// A tile of WebMercatorQuad (OGC 17-083r4): z ≤ 20, x to the east, y to the south.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileAddress {
    z: u8,
    x: u32,
    y: u32,
}

impl TileAddress {
    /// Checks and builds an address.
    ///
    /// # Errors
    /// [`TileError::Zoom`] and [`TileError::Outside`].
    pub fn new(z: u32, x: u32, y: u32) -> Result<Self, TileError> {
        let zoom = u8::try_from(z)
            .ok()
            .filter(|zoom| *zoom <= MAX_ZOOM)
            .ok_or(TileError::Zoom(z))?;
        let side = 1_u32 << zoom;
        if x >= side || y >= side {
            return Err(TileError::Outside { z: zoom, x, y });
        }
        Ok(Self { z: zoom, x, y })
    }

    /// Reads the three parts of a path; `1e3`, `+1`, `-1` and `١` are no numbers here.
    ///
    /// # Errors
    /// As [`TileAddress::new`], and [`TileError::NotANumber`].
    pub fn parse(z: &str, x: &str, y: &str) -> Result<Self, TileError> {
        Self::new(number(z)?, number(x)?, number(y)?)
    }

    /// Zoom, 0 to 20.
    pub fn z(self) -> u8 {
        self.z
    }

    /// Column, from the west.
    pub fn x(self) -> u32 {
        self.x
    }

    /// Row, from the north.
    pub fn y(self) -> u32 {
        self.y
    }

    /// The bits by which a grid coordinate is shifted to become a tile unit at this zoom.
    pub fn shift(self) -> u32 {
        u32::from(MAX_ZOOM - self.z)
    }

    /// The tile's north-western corner in tile units of the whole map.
    pub fn origin_units(self) -> [i64; 2] {
        let extent = i64::from(EXTENT);
        [i64::from(self.x) * extent, i64::from(self.y) * extent]
    }

    /// The tile with its buffer, on the grid, widened by half a unit for rounding.
    pub fn buffered_box(self) -> GridBox {
        let shift = self.shift();
        let buffer = i64::from(BUFFER_UNITS) + 1;
        let clamp = |value: i64| value.clamp(0, i64::from(u32::MAX)) as u32;
        let origin = self.origin_units();
        let side = i64::from(EXTENT);
        GridBox {
            min: [
                clamp((origin[0] - buffer) << shift),
                clamp((origin[1] - buffer) << shift),
            ],
            max: [
                clamp((origin[0] + side + buffer) << shift),
                clamp((origin[1] + side + buffer) << shift),
            ],
        }
    }

    /// The tile without buffer, in degrees.
    pub fn lon_lat_box(self) -> LonLatBox {
        let cell = |units: i64| {
            u32::try_from((units << self.shift()).min(i64::from(u32::MAX))).unwrap_or(u32::MAX)
        };
        let origin = self.origin_units();
        let side = i64::from(EXTENT);
        let (west, north) = lon_lat_from_grid([cell(origin[0]), cell(origin[1])]);
        let (east, south) = lon_lat_from_grid([cell(origin[0] + side), cell(origin[1] + side)]);
        LonLatBox {
            west,
            south: south.max(-MAX_LATITUDE),
            east,
            north: north.min(MAX_LATITUDE),
        }
    }

    /// The tile that holds a place, at a zoom.
    ///
    /// # Errors
    /// [`TileError::Zoom`].
    pub fn at(z: u8, lon: f64, lat: f64) -> Result<Self, TileError> {
        let [x, y] = super::grid::grid_from_lon_lat(lon, lat);
        let shift = 32_u32.saturating_sub(u32::from(z));
        let cell = |v: u32| u32::try_from(u64::from(v) >> shift).unwrap_or(u32::MAX);
        Self::new(u32::from(z), cell(x), cell(y))
    }
}

impl fmt::Display for TileAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.z, self.x, self.y)
    }
}

pub(super) fn number(text: &str) -> Result<u32, TileError> {
    let plain = !text.is_empty() && text.len() <= 10 && text.bytes().all(|b| b.is_ascii_digit());
    plain
        .then(|| text.parse().ok())
        .flatten()
        .ok_or_else(|| TileError::NotANumber(text.chars().take(20).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_outside_the_map_are_refused() {
        assert_eq!(TileAddress::new(21, 0, 0), Err(TileError::Zoom(21)));
        assert_eq!(TileAddress::new(31, 0, 0), Err(TileError::Zoom(31)));
        for z in 0..=u32::from(MAX_ZOOM) {
            let side = 1_u32 << z;
            assert!(TileAddress::new(z, side - 1, side - 1).is_ok());
            assert!(TileAddress::new(z, side, 0).is_err());
            assert!(TileAddress::new(z, 0, side).is_err());
        }
    }

    #[test]
    fn only_plain_decimals_are_numbers() {
        for bad in [
            "",
            "-1",
            "+1",
            "1e3",
            "NaN",
            " 1",
            "1.0",
            "99999999999",
            "0x1",
            "١",
        ] {
            assert!(TileAddress::parse("4", bad, "0").is_err(), "{bad}");
        }
        assert!(TileAddress::parse("4", "7", "15").is_ok());
    }

    #[test]
    fn a_tile_found_by_place_contains_it() {
        for z in 0..=MAX_ZOOM {
            let tile = TileAddress::at(z, 9.36, 45.6).expect("zoom is in range");
            let b = tile.lon_lat_box().expanded(1e-6);
            assert!(b.contains(9.36, 45.6), "{tile} {b:?}");
        }
    }
}
