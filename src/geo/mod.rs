//! Checked tile addresses, boxes, grid coordinates and plane predicates: pure arithmetic.
//!
//! Three coordinate spaces occur in Mappale, and each has its own type or its own word:
//! *lon/lat* in degrees (WGS84, which RDN2008 equals within its accuracy), *E/N* in metres
//! of a territory's storage CRS, and *grid* = web Mercator as unsigned 32-bit integers.

mod bounds;
mod edges;
mod grid;
mod matrix;
mod pole;
mod ring;
mod tile;

pub use bounds::LonLatBox;
pub use edges::{
    Cut, EMPTY_BOX, EdgeIndex, MetricBox, box_of, cut_ring, joined, locate_in_indexed, meet,
};
pub use grid::{
    GridBox, GridPoint, MAX_LATITUDE, cells_across, grid_from_lon_lat, lon_lat_from_grid,
};
pub use matrix::MatrixSet;
pub use pole::pole;
pub use ring::{Location, distance_to_line, locate_in_ring, ring_area};
pub use tile::{BUFFER_UNITS, EXTENT, MAX_ZOOM, TileAddress, TileError};
