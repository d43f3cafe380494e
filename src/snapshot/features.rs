//! Features of one part in flat arrays.
//!
//! Lines and points use the arrays of polygons: a feature of lines is one polygon whose rings
//! are the lines, a feature of points one polygon with one ring that holds the points.
//!
//! Invariants, held by [`super::Builder`]: offset arrays have one entry more than what they
//! divide, start at 0 and never fall; every ring of a polygon is closed and has at least four
//! vertices, every line at least two; outer rings turn clockwise on the screen (positive area
//! with y to the south), inner rings the other way, as MVT 2.1 section 4.3.3.3 wants.
//!
//! `drawn` has the same rings as tiles draw them, on the grid: open, with vertices that neighbours
//! brought in, and with the zooms at which each vertex is drawn (see the package `coverage`).

use std::sync::Arc;

use geo_index::rtree::{RTree, RTreeIndex};

use coverage::{Drawn, Zooms};

use crate::geo::{
    EdgeIndex, GridBox, GridPoint, Location, MAX_ZOOM, distance_to_line, locate_in_indexed,
    locate_in_ring, ring_area,
};
use crate::layer::{GeometryKind, Value};

/// The values of one column: a dictionary, and one code a feature.
#[derive(Debug, Default, Clone)]
pub struct Column {
    /// Distinct values, in order of first appearance.
    pub dictionary: Vec<Value>,
    /// Position in the dictionary, one a feature.
    pub codes: Vec<u32>,
}

impl Column {
    /// A feature's value.
    pub fn value(&self, feature: usize) -> &Value {
        &self.dictionary[self.codes[feature] as usize]
    }

    /// The code of a value; none when no feature has it.
    pub fn code_of(&self, value: &Value) -> Option<u32> {
        let position = self.dictionary.iter().position(|known| known == value)?;
        u32::try_from(position).ok()
    }

    /// True when every feature has a value of its own.
    pub fn is_unique(&self) -> bool {
        self.dictionary.len() == self.codes.len()
    }
}

/// Features of one part: geometry twice (grid and metres), attributes, index.
#[derive(Debug)]
pub struct Features {
    pub(super) kind: GeometryKind,
    pub(super) ids: Vec<u64>,
    pub(super) polygons: Vec<u32>,
    pub(super) rings: Vec<u32>,
    pub(super) vertices: Vec<u32>,
    pub(super) drawn: Drawn,
    /// Boxes of runs of [`BLOCK`] vertices of `drawn`, whatever ring they are of.
    pub(super) blocks: Vec<GridBox>,
    /// The zoom below which a feature is smaller than a pixel; 0 for lines and points.
    pub(super) visible_from: Vec<u8>,
    /// Bytes that a tile of each zoom takes at most when everything is drawn.
    pub(super) load: [u32; ZOOMS],
    /// Shared with the same features on other grids, as the columns are.
    pub(super) metric: Arc<Vec<[f64; 2]>>,
    pub(super) boxes: Vec<GridBox>,
    pub(super) labels: Vec<GridPoint>,
    pub(super) columns: Vec<Arc<Column>>,
    pub(super) by_key: Vec<u32>,
    pub(super) key_column: usize,
    pub(super) index: Option<RTree<u32>>,
    pub(super) bounds: GridBox,
    /// Indexes of the edges of long rings, by the number of the ring, ascending.
    pub(super) edges: Vec<(u32, EdgeIndex)>,
}

/// Number of zooms that are served.
pub(super) const ZOOMS: usize = MAX_ZOOM as usize + 1;

/// Vertices that share a box. A tile that meets a corner of a river passes over the rest of it.
pub const BLOCK: usize = 32;

/// Metres within which a line or a point is at a place.
///
/// A polygon holds a place or does not. A line and a point have no inside, so nearness decides;
/// it is measured on the ground and not on the screen, so that the answer to "what is here?"
/// is the same at every zoom, on the page and in the API.
pub const REACH_M: f64 = 1.0;

/// A ring in both coordinate spaces; also a line, or all points of a feature.
#[derive(Debug, Clone, Copy)]
pub struct RingView<'a> {
    /// Grid coordinates as tiles draw them: open, and at each zoom a part of them.
    pub drawn: &'a [GridPoint],
    /// The zooms at which each of them is drawn.
    pub zooms: &'a [Zooms],
    /// Boxes of runs of [`BLOCK`] of them; none for a short ring.
    pub blocks: &'a [GridBox],
    /// How many of them come before the first of those runs.
    pub before_blocks: usize,
    /// E/N in metres, storage CRS.
    pub metric: &'a [[f64; 2]],
    /// True for the first ring of a polygon, and for every line and run of points.
    pub exterior: bool,
    /// Index of the edges of a long ring.
    pub edges: Option<&'a EdgeIndex>,
}

impl RingView<'_> {
    /// Where a place (E, N in metres) lies with respect to the ring.
    pub fn locate(&self, place: [f64; 2]) -> Location {
        match self.edges {
            Some(index) => locate_in_indexed(self.metric, index, place),
            None => locate_in_ring(self.metric, place),
        }
    }
}

impl Features {
    /// Kind of all geometries.
    pub fn kind(&self) -> GeometryKind {
        self.kind
    }

    /// Number of features.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Bytes that it takes in memory, about.
    pub fn bytes(&self) -> usize {
        let vertices = self.metric.len() * size_of::<[f64; 2]>()
            + self.drawn.points.len() * (size_of::<GridPoint>() + size_of::<Zooms>())
            + self.blocks.len() * size_of::<GridBox>();
        let offsets = (self.polygons.len() + self.rings.len() + 2 * self.vertices.len()) * 4;
        // Numeric name, box, label, place in the order of keys, share of the index, marks.
        let each = 8 + size_of::<GridBox>() + size_of::<GridPoint>() + 4 + 24 + 5;
        let columns: usize = self
            .columns
            .iter()
            .map(|column| {
                let values: usize = column
                    .dictionary
                    .iter()
                    .map(|value| size_of::<Value>() + value.as_text().map_or(0, str::len))
                    .sum();
                values + column.codes.len() * 4
            })
            .sum();
        let edges: usize = self.edges.iter().map(|(_, index)| index.bytes()).sum();
        vertices + offsets + each * self.ids.len() + columns + edges
    }

    /// Number of vertices, closing ones included.
    pub fn vertex_count(&self) -> usize {
        self.metric.len()
    }

    /// True when the outline of a feature touches itself after rounding to units of a zoom.
    pub fn touches_itself(&self, feature: usize, zoom: u8) -> bool {
        let marks = self.drawn.unclean.get(feature);
        marks.is_some_and(|marks| marks & (1 << zoom) != 0)
    }

    /// The zoom below which a polygon is smaller than a pixel; 0 for lines and points.
    pub fn visible_from(&self, feature: usize) -> u8 {
        self.visible_from[feature]
    }

    /// Bytes that a tile of a zoom takes at most when every feature is drawn.
    pub fn load_at(&self, zoom: u8) -> u32 {
        self.load[usize::from(zoom).min(ZOOMS - 1)]
    }

    /// Box of everything, on the grid.
    pub fn bounds(&self) -> GridBox {
        self.bounds
    }

    /// A feature's numeric name, stable across versions.
    pub fn id(&self, feature: usize) -> u64 {
        self.ids[feature]
    }

    /// A feature's box on the grid.
    pub fn bounds_of(&self, feature: usize) -> GridBox {
        self.boxes[feature]
    }

    /// A point inside a feature, on the grid.
    pub fn label(&self, feature: usize) -> GridPoint {
        self.labels[feature]
    }

    /// Number of columns, as in the layer's definition.
    pub fn column_count(&self) -> usize {
        self.columns.len()
    }

    /// A column by its position in the layer's definition.
    pub fn column(&self, index: usize) -> &Column {
        &self.columns[index]
    }

    /// A feature's value in a column.
    pub fn value(&self, feature: usize, column: usize) -> &Value {
        self.columns[column].value(feature)
    }

    /// The feature with a key.
    pub fn find(&self, key: &str) -> Option<usize> {
        let position = self
            .by_key
            .binary_search_by(|feature| self.key(*feature as usize).cmp(key))
            .ok()?;
        Some(self.by_key[position] as usize)
    }

    /// A feature's key.
    pub fn key(&self, feature: usize) -> &str {
        self.value(feature, self.key_column)
            .as_text()
            .unwrap_or_default()
    }

    /// Features whose boxes meet a box, in ascending order.
    pub fn search(&self, area: &GridBox) -> Vec<u32> {
        let Some(index) = &self.index else {
            return Vec::new();
        };
        let [min, max] = indexed(area);
        let mut found = index.search(min[0], min[1], max[0], max[1]);
        found.sort_unstable();
        found
    }

    /// A feature's rings, polygon after polygon, each with its outer ring first; its lines; or
    /// one run of all its points.
    pub fn rings_of(&self, feature: usize) -> impl Iterator<Item = RingView<'_>> {
        let polygons = self.polygons[feature] as usize..self.polygons[feature + 1] as usize;
        polygons.flat_map(move |polygon| {
            let first = self.rings[polygon] as usize;
            let last = self.rings[polygon + 1] as usize;
            (first..last).map(move |ring| {
                let range = self.vertices[ring] as usize..self.vertices[ring + 1] as usize;
                let drawn = self.drawn.rings[ring] as usize..self.drawn.rings[ring + 1] as usize;
                let (blocks, before_blocks) = self.blocks_of(&drawn);
                RingView {
                    drawn: &self.drawn.points[drawn.clone()],
                    blocks,
                    before_blocks,
                    zooms: &self.drawn.zooms[drawn],
                    metric: &self.metric[range],
                    exterior: ring == first || self.kind != GeometryKind::Polygon,
                    edges: self.edges_of(ring),
                }
            })
        })
    }

    /// Boxes of the runs that lie in a range of drawn vertices as a whole, and how many vertices of
    /// the range come before them.
    fn blocks_of(&self, drawn: &std::ops::Range<usize>) -> (&[GridBox], usize) {
        if drawn.len() < 3 * BLOCK {
            return (&[], 0);
        }
        let (first, last) = (drawn.start.div_ceil(BLOCK), drawn.end / BLOCK);
        (&self.blocks[first..last], first * BLOCK - drawn.start)
    }

    fn edges_of(&self, ring: usize) -> Option<&EdgeIndex> {
        let ring = u32::try_from(ring).ok()?;
        let position = self.edges.binary_search_by_key(&ring, |(r, _)| *r).ok()?;
        Some(&self.edges[position].1)
    }

    /// A feature's area in m², in the storage CRS; 0 for lines and points.
    pub fn area_m2(&self, feature: usize) -> f64 {
        if self.kind != GeometryKind::Polygon {
            return 0.0;
        }
        self.rings_of(feature)
            .map(|ring| {
                let area = ring_area(ring.metric).abs();
                if ring.exterior { area } else { -area }
            })
            .sum()
    }

    /// True when a place (E, N in metres) lies in a feature or on its outline; with lines and
    /// points, within [`REACH_M`] of it.
    pub fn covers(&self, feature: usize, place: [f64; 2]) -> bool {
        let within = |distance: f64| distance <= REACH_M;
        match self.kind {
            GeometryKind::Polygon => self.polygon_covers(feature, place),
            GeometryKind::Line => self
                .rings_of(feature)
                .any(|line| within(distance_to_line(line.metric, place))),
            GeometryKind::Point => self
                .rings_of(feature)
                .flat_map(|run| run.metric)
                .any(|[e, n]| within((e - place[0]).hypot(n - place[1]))),
        }
    }

    fn polygon_covers(&self, feature: usize, place: [f64; 2]) -> bool {
        let mut inside_polygon = false;
        for ring in self.rings_of(feature) {
            let location = ring.locate(place);
            if ring.exterior {
                if inside_polygon {
                    return true;
                }
                inside_polygon = location != Location::Outside;
            } else if location == Location::Inside {
                inside_polygon = false;
            }
            if location == Location::Boundary {
                return true;
            }
        }
        inside_polygon
    }
}

/// A box as the index holds it: halved, because its Hilbert sort adds two coordinates in 32 bits.
///
/// Halving keeps the order, so a search finds at least what it would with whole coordinates.
pub(super) fn indexed(bounds: &GridBox) -> [GridPoint; 2] {
    [bounds.min.map(|v| v >> 1), bounds.max.map(|v| v >> 1)]
}
