//! Boxes in degrees.

use serde::Serialize;

/// A box in degrees, west ≤ east and south ≤ north.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LonLatBox {
    /// Smallest longitude, degrees.
    pub west: f64,
    /// Smallest latitude, degrees.
    pub south: f64,
    /// Largest longitude, degrees.
    pub east: f64,
    /// Largest latitude, degrees.
    pub north: f64,
}

impl LonLatBox {
    /// The box that contains nothing and grows with [`LonLatBox::add`].
    pub const EMPTY: Self = Self {
        west: f64::INFINITY,
        south: f64::INFINITY,
        east: f64::NEG_INFINITY,
        north: f64::NEG_INFINITY,
    };

    /// Grows the box to hold a place.
    pub fn add(&mut self, lon: f64, lat: f64) {
        self.west = self.west.min(lon);
        self.south = self.south.min(lat);
        self.east = self.east.max(lon);
        self.north = self.north.max(lat);
    }

    /// The smallest box that holds both.
    pub fn union(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    /// True when nothing was ever added.
    pub fn is_empty(&self) -> bool {
        self.west > self.east || self.south > self.north
    }

    /// True when the boxes share at least a point.
    pub fn intersects(&self, other: &Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }

    /// True when the place lies in the box or on its edge.
    pub fn contains(&self, lon: f64, lat: f64) -> bool {
        lon >= self.west && lon <= self.east && lat >= self.south && lat <= self.north
    }

    /// The box grown by a margin in degrees on every side.
    pub fn expanded(self, degrees: f64) -> Self {
        Self {
            west: self.west - degrees,
            south: self.south - degrees,
            east: self.east + degrees,
            north: self.north + degrees,
        }
    }

    /// West, south, east, north: the order of GeoJSON's `bbox` and of TileJSON's `bounds`.
    pub fn to_array(self) -> [f64; 4] {
        [self.west, self.south, self.east, self.north]
    }
}
