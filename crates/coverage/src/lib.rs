//! Outlines of map features for every zoom, on the integer grid of the tiles.
//!
//! A *coverage* is a set of polygons that are neighbours: parcels, zones. Simplified one by one,
//! neighbours drift apart and the map tears. Here a vertex belongs to all polygons that share it,
//! and what happens to it happens to all of them:
//!
//! 1. **Noding.** A vertex that lies on a neighbour's edge (within half a cell of the grid) becomes
//!    a vertex of that edge: real cadastres have T-junctions. Edges of one polygon that rounding
//!    made cross get their crossing as a vertex.
//! 2. **Importance.** A vertex where only one line passes may go at a zoom when the line stays
//!    within [`TOLERANCE_UNITS`] of where it was; those that span the smallest triangle (Visvalingam
//!    and Whyatt 1993) go first, and none goes whose triangle holds another vertex, so nothing
//!    crosses. Where three lines meet, and on the *border* of a coverage (edges that no neighbour
//!    runs the other way), vertices stay: the neighbour may be in another file. A vertex that is
//!    gone at a zoom is gone at all smaller ones, so one number says all.
//! 3. **Rounding.** At each zoom the vertices that stay are rounded to tile units, and an edge that
//!    passes the unit square of another vertex is led through it (snap rounding, iterated: Halperin
//!    and Packer 2002). Lines that did not cross then do not cross after rounding either, and none
//!    comes nearer to a foreign vertex than half a unit. Such a vertex is there at that zoom only.
//!
//! The result is every ring once, each vertex with the zooms at which it is drawn: a tile reads
//! the ring, leaves out the others, and has an outline that fits its neighbours' exactly. Where
//! rounding makes an outline touch itself, the feature is marked at that zoom; the reader then has
//! to take the outline apart.
//!
//! | file | holds |
//! |---|---|
//! | `vertices` | points of all rings, each once |
//! | `near` | where vertices lie, to find those near an edge or in a triangle |
//! | `crossing` | edges of one feature that cross |
//! | `route` | the way of an edge through unit squares |
//! | `importance` | from which zoom a vertex is drawn |
//! | `levels` | the outlines at each zoom, put together |

mod crossing;
mod importance;
mod levels;
mod near;
mod route;
mod vertices;

use near::VertexGrid;
use vertices::Vertices;

/// A point of the grid: web Mercator in 2^32 cells a side, x to the east, y to the south.
pub type Point = [u32; 2];

/// The zoom at which one tile unit is one cell of the grid.
pub const DEEPEST: u8 = 20;

/// How far a simplified line may lie from the vertices it left out, in tile units of its zoom:
/// a quarter of a pixel where a tile of 4096 units is drawn 512 pixels wide.
pub const TOLERANCE_UNITS: f64 = 2.0;

/// The zooms at which a vertex is drawn, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zooms {
    /// Smallest zoom.
    pub first: u8,
    /// Largest zoom.
    pub last: u8,
}

impl Zooms {
    /// True when the vertex is drawn at a zoom.
    #[inline]
    pub fn hold(self, zoom: u8) -> bool {
        zoom >= self.first && zoom <= self.last
    }
}

/// What the outlines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Polygons that are neighbours: shared lines are simplified once, borders stay.
    Coverage,
    /// Polygons each for itself.
    Polygons,
    /// Lines each for itself; their ends stay.
    Lines,
}

/// Outlines of features, in flat arrays.
#[derive(Debug, Clone, Copy)]
pub struct Outlines<'a> {
    /// Vertices; the last of a ring may repeat its first.
    pub points: &'a [Point],
    /// Where each ring (or line) begins in `points`, and where the last one ends.
    pub rings: &'a [u32],
    /// Where each feature begins in the rings, and where the last one ends.
    pub features: &'a [u32],
}

/// Outlines for every zoom.
#[derive(Debug, Default)]
pub struct Drawn {
    /// Vertices; rings are open, their first vertex is not repeated.
    pub points: Vec<Point>,
    /// At which zooms each vertex is drawn.
    pub zooms: Vec<Zooms>,
    /// Where each ring begins, and where the last one ends; as many as were given.
    pub rings: Vec<u32>,
    /// One number a feature: bit `z` is set when at zoom `z` its outline touches itself.
    pub unclean: Vec<u32>,
}

/// Outlines for every zoom from `min_zoom` to [`DEEPEST`].
///
/// `measure` is told for each feature and zoom how many bytes its outline takes in a tile.
pub fn generalise(
    outlines: &Outlines<'_>,
    kind: Kind,
    min_zoom: u8,
    measure: &mut dyn FnMut(usize, u8, usize),
) -> Drawn {
    let mut vertices = Vertices::new(outlines, kind);
    if kind != Kind::Lines {
        crossing::split(&mut vertices);
        let grid = VertexGrid::new(&vertices.points);
        route::node(&mut vertices, &grid);
    }
    let grid = VertexGrid::new(&vertices.points);
    let from = importance::first_zooms(&vertices, &grid, kind, min_zoom);
    levels::draw(&vertices, &grid, &from, kind, min_zoom, measure)
}

/// Edges of a coverage that no neighbour runs the other way, after noding and before anything is
/// left out: outer limits, and limits that overlap or gap.
pub fn border(outlines: &Outlines<'_>) -> Vec<[Point; 2]> {
    let mut vertices = Vertices::new(outlines, Kind::Coverage);
    crossing::split(&mut vertices);
    let grid = VertexGrid::new(&vertices.points);
    route::node(&mut vertices, &grid);
    let mut edges = vertices.edges();
    edges.sort_unstable();
    edges
        .chunk_by(|a, b| a.ends() == b.ends())
        .filter_map(|same| {
            let forward = same.iter().filter(|edge| edge.is_forward()).count();
            let [a, b] = same[0].ends().map(|id| vertices.points[id as usize]);
            match (forward * 2).cmp(&same.len()) {
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Greater => Some([a, b]),
                std::cmp::Ordering::Less => Some([b, a]),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
