//! What stands where in a comune: a raster of quarters, fields and hills.

use crate::dice::Dice;
use crate::plane::{Path, Point, Ring, at, bounds, contains};

/// The age and use of a piece of land: what decides the size and shape of its parcels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Zone {
    /// The historic centre.
    Centre,
    /// Around it, up to the war.
    Old,
    /// Houses with gardens, 1950 to 1980.
    Houses,
    /// Rows and small plots, after 1990.
    Recent,
    /// Blocks of flats.
    Flats,
    /// Works and depots.
    Industry,
    /// Farmland of the plain.
    Fields,
    /// Woods and meadows on slopes.
    Hills,
}

/// A turned ellipse with a ragged edge.
#[derive(Clone, Debug)]
pub(crate) struct Quarter {
    pub(crate) zone: Zone,
    pub(crate) at: Point,
    pub(crate) half: (f64, f64),
    pub(crate) turn: f64,
}

/// Quarters are never drawn larger than this many times their skeleton.
const MOST: f64 = 3.5;

impl Quarter {
    /// The scale at which the quarter just reaches a place, if it ever does.
    fn reach(&self, p: Point) -> Option<f64> {
        let d = p.minus(self.at).turned(-self.turn);
        let (x, y) = (d.x / self.half.0, d.y / self.half.1);
        let r = (x * x + y * y).sqrt();
        if r > MOST * 1.25 {
            return None;
        }
        let angle = libm::atan2(y, x);
        let ragged = 1.0
            + 0.13 * libm::sin(3.0 * angle + self.at.x)
            + 0.08 * libm::sin(7.0 * angle + self.at.y);
        Some(r / ragged)
    }
}

/// How parcels are cut in a zone. Lengths in metres, areas in square metres.
pub(crate) struct Habit {
    /// Parcels per square metre, streets included: measured on what this generator draws.
    pub(crate) density: f64,
    pub(crate) median: f64,
    /// Deviation of the logarithm of a parcel's size.
    pub(crate) spread: f64,
    pub(crate) block: f64,
    pub(crate) street: (f64, f64),
    /// Share of the block's cuts that are streets.
    pub(crate) streets: f64,
    /// Share of the other cuts that are ditches.
    pub(crate) ditches: f64,
    /// A parcel this much longer than wide is cut across.
    pub(crate) aspect: (f64, f64),
    /// Share of straight, stepped and crooked cuts.
    pub(crate) straight: f64,
    pub(crate) stepped: f64,
    /// Distance of the bends of a crooked cut, and how far they lie off.
    pub(crate) bend: (f64, f64),
    /// Share of cuts that take a corner or a bay out of an edge.
    pub(crate) bay: f64,
    /// Chance of a building's parcel inside a large one.
    pub(crate) island: f64,
}

const HABITS: [Habit; 8] = [
    Habit {
        density: 0.0050,
        median: 190.0,
        spread: 0.8,
        block: 4200.0,
        street: (2.6, 4.6),
        streets: 0.75,
        ditches: 0.0,
        aspect: (1.4, 3.0),
        straight: 0.25,
        stepped: 0.45,
        bend: (5.5, 0.7),
        bay: 0.3,
        island: 0.05,
    },
    Habit {
        density: 0.0022,
        median: 370.0,
        spread: 0.9,
        block: 9000.0,
        street: (4.0, 6.0),
        streets: 0.85,
        ditches: 0.0,
        aspect: (1.3, 3.2),
        straight: 0.28,
        stepped: 0.42,
        bend: (7.0, 0.6),
        bay: 0.3,
        island: 0.05,
    },
    Habit {
        density: 0.00141,
        median: 760.0,
        spread: 0.85,
        block: 14000.0,
        street: (5.5, 8.0),
        streets: 0.95,
        ditches: 0.0,
        aspect: (1.2, 2.2),
        straight: 0.45,
        stepped: 0.3,
        bend: (8.0, 0.45),
        bay: 0.26,
        island: 0.07,
    },
    Habit {
        density: 0.00205,
        median: 440.0,
        spread: 1.0,
        block: 16000.0,
        street: (7.0, 9.5),
        streets: 0.97,
        ditches: 0.0,
        aspect: (1.3, 3.0),
        straight: 0.5,
        stepped: 0.28,
        bend: (8.0, 0.45),
        bay: 0.26,
        island: 0.03,
    },
    Habit {
        density: 0.0009,
        median: 1300.0,
        spread: 1.2,
        block: 22000.0,
        street: (8.0, 12.0),
        streets: 0.95,
        ditches: 0.0,
        aspect: (1.2, 2.2),
        straight: 0.45,
        stepped: 0.33,
        bend: (12.0, 0.5),
        bay: 0.32,
        island: 0.1,
    },
    Habit {
        density: 0.00034,
        median: 3300.0,
        spread: 1.3,
        block: 45000.0,
        street: (9.0, 13.0),
        streets: 0.95,
        ditches: 0.05,
        aspect: (1.2, 2.6),
        straight: 0.45,
        stepped: 0.33,
        bend: (19.0, 0.6),
        bay: 0.28,
        island: 0.08,
    },
    Habit {
        density: 0.00033,
        median: 3500.0,
        spread: 1.25,
        block: 100_000.0,
        street: (3.0, 4.4),
        streets: 0.45,
        ditches: 0.3,
        aspect: (1.6, 5.5),
        straight: 0.25,
        stepped: 0.26,
        bend: (14.0, 1.5),
        bay: 0.16,
        island: 0.03,
    },
    Habit {
        density: 0.00035,
        median: 2800.0,
        spread: 1.25,
        block: 80_000.0,
        street: (2.6, 3.6),
        streets: 0.4,
        ditches: 0.1,
        aspect: (1.4, 3.5),
        straight: 0.1,
        stepped: 0.18,
        bend: (11.0, 2.0),
        bay: 0.12,
        island: 0.02,
    },
];

impl Zone {
    pub(crate) fn habit(self) -> &'static Habit {
        &HABITS[self as usize]
    }

    /// Whether streets and houses fill it.
    pub(crate) fn built(self) -> bool {
        !matches!(self, Self::Fields | Self::Hills)
    }
}

const CELL_M: f64 = 20.0;

/// The zones of one comune, cell by cell.
pub(crate) struct Land {
    low: Point,
    columns: usize,
    cells: Vec<Option<Zone>>,
}

impl Land {
    /// Draws the quarters so large that about `parcels` parcels come out.
    pub(crate) fn draw(
        outline: &Ring,
        quarters: &[Quarter],
        hills: &[Ring],
        ribbons: &[Path],
        parcels: f64,
        dice: &mut Dice,
    ) -> Self {
        let (low, high) = bounds(outline);
        let columns = ((high.x - low.x) / CELL_M) as usize + 1;
        let rows = ((high.y - low.y) / CELL_M) as usize + 1;
        let mut ground = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let p = at(
                    low.x + (column as f64 + 0.5) * CELL_M,
                    low.y + (row as f64 + 0.5) * CELL_M,
                );
                let zone = if hills.iter().any(|h| contains(h, p)) {
                    Zone::Hills
                } else {
                    Zone::Fields
                };
                ground.push(contains(outline, p).then_some(zone));
            }
        }
        let mut land = Self {
            low,
            columns,
            cells: ground,
        };
        for path in ribbons {
            let mut settled = false;
            for (i, p) in path.iter().enumerate() {
                if i % 6 == 0 {
                    settled = dice.chance(0.3);
                }
                if settled {
                    land.ribbon(*p);
                }
            }
        }
        land.settle(quarters, parcels);
        land
    }

    /// Lays the quarters over the ground, at the scale at which `parcels` are expected.
    fn settle(&mut self, quarters: &[Quarter], parcels: f64) {
        // Which quarters can reach a cell, in their order, and at what scale.
        let reach: Vec<Vec<(f64, Zone)>> = (0..self.cells.len())
            .map(|cell| {
                if self.cells[cell].is_none() {
                    return Vec::new();
                }
                let p = self.centre_of(cell);
                quarters
                    .iter()
                    .filter_map(|q| q.reach(p).map(|r| (r, q.zone)))
                    .collect()
            })
            .collect();
        let zone = |cell: usize, scale: f64| {
            let ground = self.cells[cell]?;
            Some(
                reach[cell]
                    .iter()
                    .find(|r| r.0 < scale)
                    .map_or(ground, |r| r.1),
            )
        };
        let expected = |scale: f64| -> f64 {
            (0..self.cells.len())
                .filter_map(|cell| zone(cell, scale))
                .map(|zone| zone.habit().density * CELL_M * CELL_M)
                .sum()
        };
        let (mut small, mut large) = (0.25, MOST);
        for _ in 0..14 {
            let scale = (small + large) / 2.0;
            if expected(scale) < parcels {
                small = scale
            } else {
                large = scale
            }
        }
        self.cells = (0..self.cells.len())
            .map(|cell| zone(cell, small))
            .collect();
    }

    fn ribbon(&mut self, p: Point) {
        for (dx, dy) in [
            (0.0, 0.0),
            (28.0, 0.0),
            (-28.0, 0.0),
            (0.0, 28.0),
            (0.0, -28.0),
        ] {
            if let Some(cell @ Some(_)) = self
                .cell(at(p.x + dx, p.y + dy))
                .and_then(|c| self.cells.get_mut(c))
            {
                *cell = Some(Zone::Houses);
            }
        }
    }

    fn cell(&self, p: Point) -> Option<usize> {
        let (x, y) = ((p.x - self.low.x) / CELL_M, (p.y - self.low.y) / CELL_M);
        (x >= 0.0 && y >= 0.0 && (x as usize) < self.columns)
            .then(|| y as usize * self.columns + x as usize)
    }

    fn centre_of(&self, cell: usize) -> Point {
        let (row, column) = (cell / self.columns, cell % self.columns);
        at(
            self.low.x + (column as f64 + 0.5) * CELL_M,
            self.low.y + (row as f64 + 0.5) * CELL_M,
        )
    }

    pub(crate) fn zone(&self, p: Point) -> Zone {
        self.cell(p)
            .and_then(|c| self.cells.get(c).copied().flatten())
            .unwrap_or(Zone::Fields)
    }

    /// Expected number of parcels per square metre at a place.
    pub(crate) fn density(&self, p: Point) -> f64 {
        self.zone(p).habit().density
    }
}
