//! Tile matrix sets (OGC 17-083r4): squares of tiles in other systems than web Mercator.
//!
//! Each metric set has a grid of its own, made like that of web Mercator: unsigned 32-bit integers,
//! and a zoom with tiles about as wide on the ground. So whatever draws tiles of web Mercator draws
//! these too, with the same rules of size; only the numbers of tiles differ. Matrix 0 of a metric
//! set is one tile of the grid's zoom [`Spec::first_zoom`], the second from the left and from
//! above: what lies to the west or the north of the set has coordinates too.

use super::grid::GridPoint;
use super::tile::{MAX_ZOOM, TileAddress, TileError, number};

/// A tile matrix set in which tiles are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MatrixSet {
    /// Web Mercator, EPSG:3857 (OGC 17-083r4, annex D.1).
    WebMercator,
    /// ETRS89 / LAEA Europe, EPSG:3035 (registered by OGC).
    EuropeanLaea,
    /// RDN2008 / UTM zone 32N, EPSG:7791: a set of our own.
    Utm32,
    /// RDN2008 / UTM zone 33N, EPSG:7792: a set of our own.
    Utm33,
}

/// What a set is made of.
struct Spec {
    id: &'static str,
    title: &'static str,
    srid: i32,
    /// True where the CRS names the northing first.
    north_first: bool,
    /// Upper left corner: easting and northing, metres.
    origin: [f64; 2],
    /// Side of the only tile of matrix 0, metres.
    side_m: f64,
    /// The last matrix.
    deepest: u8,
    /// Zoom of the grid that matrix 0 is.
    first_zoom: u8,
}

const MERCATOR: Spec = Spec {
    id: "WebMercatorQuad",
    title: "Google Maps Compatible for the World",
    srid: 3857,
    north_first: false,
    origin: [-20_037_508.342_789_244, 20_037_508.342_789_244],
    side_m: 40_075_016.685_578_49,
    deepest: MAX_ZOOM,
    first_zoom: 0,
};

const LAEA: Spec = Spec {
    id: "EuropeanETRS89_LAEAQuad",
    title: "Lambert Azimuthal Equal Area ETRS89 for Europe",
    srid: 3035,
    north_first: true,
    origin: [2_000_000.0, 5_500_000.0],
    side_m: 4_500_000.0,
    deepest: 15,
    first_zoom: 3,
};

/// Both zones of Italy: 2^21 m wide, so that sides of tiles are powers of two of a metre: those of
/// matrix 11 are 1,024 m, those of matrix 16 are 32 m.
const UTM32: Spec = Spec {
    id: "RDN2008_UTM32Quad",
    title: "RDN2008 / UTM zone 32N (E-N)",
    srid: 7791,
    north_first: false,
    origin: [0.0, 6_000_000.0],
    side_m: 2_097_152.0,
    deepest: 16,
    first_zoom: 4,
};

const UTM33: Spec = Spec {
    id: "RDN2008_UTM33Quad",
    title: "RDN2008 / UTM zone 33N (E-N)",
    srid: 7792,
    ..UTM32
};

impl MatrixSet {
    /// All sets, web Mercator first.
    pub const ALL: [Self; 4] = [
        Self::WebMercator,
        Self::EuropeanLaea,
        Self::Utm32,
        Self::Utm33,
    ];

    const fn spec(self) -> &'static Spec {
        match self {
            Self::WebMercator => &MERCATOR,
            Self::EuropeanLaea => &LAEA,
            Self::Utm32 => &UTM32,
            Self::Utm33 => &UTM33,
        }
    }

    /// Its name, as in addresses.
    pub const fn id(self) -> &'static str {
        self.spec().id
    }

    /// The set with a name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.id() == id)
    }

    /// Its title, in English.
    pub const fn title(self) -> &'static str {
        self.spec().title
    }

    /// EPSG code of its coordinate system.
    pub const fn srid(self) -> i32 {
        self.spec().srid
    }

    /// True where the coordinate system names the northing before the easting.
    pub const fn is_north_first(self) -> bool {
        self.spec().north_first
    }

    /// Its upper left corner: easting and northing in metres.
    pub const fn origin(self) -> [f64; 2] {
        self.spec().origin
    }

    /// Side of its matrix 0 in metres.
    pub const fn side_m(self) -> f64 {
        self.spec().side_m
    }

    /// Its last matrix.
    pub const fn deepest(self) -> u8 {
        self.spec().deepest
    }

    /// The first matrix whose tiles are no wider than those of a zoom of web Mercator are in Italy.
    pub const fn matrix_of_zoom(self, zoom: u8) -> u8 {
        zoom.saturating_sub(self.spec().first_zoom)
    }

    /// The address on the set's grid of a tile, from the three parts of a path in the order of OGC
    /// API: matrix, row, column.
    ///
    /// # Errors
    /// [`TileError`].
    pub fn address(self, matrix: &str, row: &str, col: &str) -> Result<TileAddress, TileError> {
        let (matrix, row, col) = (number(matrix)?, number(row)?, number(col)?);
        let spec = self.spec();
        let level = u8::try_from(matrix)
            .ok()
            .filter(|level| *level <= spec.deepest)
            .ok_or(TileError::Matrix {
                set: spec.id,
                matrix,
            })?;
        let side = 1_u32 << level;
        if row >= side || col >= side {
            return Err(TileError::Outside {
                z: level,
                x: col,
                y: row,
            });
        }
        let shift = self.shift(level);
        TileAddress::new(u32::from(level + spec.first_zoom), col + shift, row + shift)
    }

    /// Tiles of a matrix that lie to the west and to the north of the set, on its grid.
    const fn shift(self, level: u8) -> u32 {
        if self.spec().first_zoom == 0 {
            0
        } else {
            1 << level
        }
    }

    /// Cells of the grid in a metre, and cells to the west and the north of the set.
    fn cells(self) -> (f64, f64) {
        const CELLS: f64 = 4_294_967_296.0;
        let spec = self.spec();
        let of_side = CELLS / f64::from(1_u32 << spec.first_zoom);
        let before = if spec.first_zoom == 0 { 0.0 } else { of_side };
        (of_side / spec.side_m, before)
    }

    /// The cell of the set's grid that holds a place in its coordinate system; places beyond the
    /// grid's edge land on the edge.
    pub fn grid_from_metric(self, [e, n]: [f64; 2]) -> GridPoint {
        let (in_metre, before) = self.cells();
        let [west, north] = self.spec().origin;
        // A float-to-integer cast saturates, which is what the edge needs.
        [
            ((e - west) * in_metre + before).round() as u32,
            ((north - n) * in_metre + before).round() as u32,
        ]
    }

    /// The place of a cell of the set's grid: easting and northing in metres.
    pub fn metric_from_grid(self, [x, y]: GridPoint) -> [f64; 2] {
        let (in_metre, before) = self.cells();
        let [west, north] = self.spec().origin;
        [
            west + (f64::from(x) - before) / in_metre,
            north - (f64::from(y) - before) / in_metre,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geo::GridBox;

    #[test]
    fn a_tile_of_a_metric_set_is_where_the_standard_says() {
        // OGC 17-083r4, 6.2: origin plus column times the side of a tile.
        for set in MatrixSet::ALL {
            for (matrix, row, col) in [(0, 0, 0), (3, 5, 2), (set.deepest(), 77, 101)] {
                let side = set.side_m() / f64::from(1_u32 << matrix);
                let tile = set
                    .address(&matrix.to_string(), &row.to_string(), &col.to_string())
                    .expect("is in the set");
                let units = u64::from(crate::geo::EXTENT) << tile.shift();
                let corner = [tile.x(), tile.y()].map(|v| u32::try_from(u64::from(v) * units));
                let corner = corner.map(|v| v.expect("lies on the grid"));
                let [e, n] = set.metric_from_grid(corner);
                let [west, north] = set.origin();
                assert!((e - (west + f64::from(col) * side)).abs() < 1e-6, "{set:?}");
                assert!(
                    (n - (north - f64::from(row) * side)).abs() < 1e-6,
                    "{set:?}"
                );
                assert_eq!(set.grid_from_metric([e, n]), corner, "{set:?}");
            }
        }
    }

    #[test]
    fn web_mercator_is_the_grid_that_there_is() {
        let set = MatrixSet::WebMercator;
        assert_eq!(
            set.address("16", "23417", "34472"),
            TileAddress::new(16, 34472, 23417)
        );
        let (e, n) = (1_041_950.5, 5_720_444.25);
        let (lon, lat) = (
            e / 20_037_508.342_789_244 * 180.0,
            (std::f64::consts::PI * n / 20_037_508.342_789_244)
                .sinh()
                .atan()
                .to_degrees(),
        );
        let of_degrees = crate::geo::grid_from_lon_lat(lon, lat);
        let of_metres = set.grid_from_metric([e, n]);
        assert!((0..2).all(|axis| of_degrees[axis].abs_diff(of_metres[axis]) <= 1));
    }

    #[test]
    fn tiles_outside_a_set_are_refused() {
        for set in MatrixSet::ALL {
            assert_eq!(MatrixSet::from_id(set.id()), Some(set));
            let beyond = (u32::from(set.deepest()) + 1).to_string();
            assert!(set.address(&beyond, "0", "0").is_err());
            for matrix in 0..=set.deepest() {
                let side = 1_u32 << matrix;
                let (last, first_beyond) = ((side - 1).to_string(), side.to_string());
                let matrix = matrix.to_string();
                let tile = set.address(&matrix, &last, &last).expect("is in the set");
                // The buffer beyond the last tile is on the grid too.
                let GridBox { min, max } = tile.buffered_box();
                assert!(set == MatrixSet::WebMercator || min.iter().chain(&max).all(|v| *v > 0));
                assert!(set.address(&matrix, &first_beyond, "0").is_err());
                assert!(set.address(&matrix, "0", &first_beyond).is_err());
            }
        }
        assert_eq!(MatrixSet::from_id("WorldCRS84Quad"), None);
    }
}
