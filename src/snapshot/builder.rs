//! Builds the flat arrays of a snapshot from rows.

use std::collections::HashMap;
use std::sync::Arc;

use coverage::{Drawn, Kind, Outlines, Zooms};
use geo_index::rtree::{RTree, RTreeBuilder, sort::HilbertSort};

use crate::crs::{self, LON_LAT, with_transformation};
use crate::geo::{
    EdgeIndex, GridBox, GridPoint, MAX_ZOOM, MatrixSet, grid_from_lon_lat, lon_lat_from_grid,
    ring_area,
};
use crate::layer::{Definition, GeometryKind, Value};

use super::features::{BLOCK, Features, ZOOMS, indexed};
use super::load::Load;

/// A row that cannot become part of a snapshot.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The bytes of a geometry are not one of the layer's kind.
    #[error("feature {id} has a geometry that the layer cannot hold: {reason}")]
    Geometry {
        /// Its numeric name.
        id: u64,
        /// What is wrong with the bytes.
        reason: &'static str,
    },
    /// More than 2^32 vertices, rings or features.
    #[error("the part is too large for one snapshot")]
    TooLarge,
    /// Coordinates cannot be brought to the map.
    #[error(transparent)]
    Crs(#[from] crs::Error),
}

/// A row as it comes from the database.
pub struct Raw<'a> {
    /// Numeric name.
    pub id: u64,
    /// Values of the definition's columns.
    pub values: Vec<Value>,
    /// A point inside, E/N in metres; by default the first vertex.
    pub label: Option<[f64; 2]>,
    /// MultiPolygon, MultiLineString or MultiPoint as EWKB in the storage CRS.
    pub ewkb: &'a [u8],
}

/// Collects rows, then makes the arrays.
pub struct Builder {
    features: Features,
    drawing: Option<Drawing>,
    dictionaries: Vec<HashMap<ValueKey, u32>>,
    label_metric: Vec<[f64; 2]>,
}

/// How tiles draw a layer, as far as a snapshot has to know it.
struct Drawing {
    min_zoom: u8,
    is_coverage: bool,
    attributes: Vec<usize>,
}

impl Drawing {
    fn of(definition: &Definition) -> Self {
        let attributes = definition.tile.attributes.iter();
        Self {
            min_zoom: definition.tile.min_zoom.min(MAX_ZOOM),
            is_coverage: definition.coverage,
            attributes: attributes
                .filter_map(|name| definition.column_index(name))
                .chain(definition.label_columns())
                .collect(),
        }
    }
}

#[derive(PartialEq, Eq, Hash)]
enum ValueKey {
    Null,
    Text(String),
    Integer(i64),
    Real(u64),
    Date(jiff::civil::Date),
}

impl From<&Value> for ValueKey {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Text(text) => Self::Text(text.clone()),
            Value::Integer(number) => Self::Integer(*number),
            Value::Real(number) => Self::Real(number.to_bits()),
            Value::Date(date) => Self::Date(*date),
        }
    }
}

impl Builder {
    /// Starts a snapshot of features of a kind with so many columns, one of which is the key.
    pub fn new(kind: GeometryKind, columns: usize, key_column: usize) -> Self {
        let features = Features {
            kind,
            ids: Vec::new(),
            polygons: vec![0],
            rings: vec![0],
            vertices: vec![0],
            drawn: Drawn::default(),
            blocks: Vec::new(),
            visible_from: Vec::new(),
            load: [0; ZOOMS],
            metric: Arc::default(),
            boxes: Vec::new(),
            labels: Vec::new(),
            columns: (0..columns).map(|_| Arc::default()).collect(),
            by_key: Vec::new(),
            key_column,
            index: None,
            bounds: GridBox::EMPTY,
            edges: Vec::new(),
        };
        Self {
            features,
            drawing: None,
            dictionaries: (0..columns).map(|_| HashMap::new()).collect(),
            label_metric: Vec::new(),
        }
    }

    /// Starts a snapshot of features of a layer, generalised for its tiles.
    pub fn for_layer(definition: &Definition) -> Self {
        let key = definition.key_column().unwrap_or_default();
        let mut builder = Self::new(definition.geometry, definition.column.len(), key);
        builder.drawing = Some(Drawing::of(definition));
        builder
    }

    /// Adds a row.
    ///
    /// # Errors
    /// [`BuildError::Geometry`] and [`BuildError::TooLarge`].
    pub fn add(&mut self, row: Raw<'_>) -> Result<(), BuildError> {
        let geometry = |reason| BuildError::Geometry { id: row.id, reason };
        let features = &mut self.features;
        let first_vertex = features.metric.len();
        read_runs(Bytes(row.ewkb), features).map_err(|fault| match fault {
            RunFault::Bytes(reason) => geometry(reason),
            RunFault::TooLarge => BuildError::TooLarge,
        })?;
        if features.metric.len() == first_vertex {
            return Err(geometry("it is empty"));
        }
        features.polygons.push(offset(features.rings.len() - 1)?);
        features.ids.push(row.id);
        let first = features.metric[first_vertex];
        self.label_metric.push(row.label.unwrap_or(first));
        for ((column, dictionary), value) in features
            .columns
            .iter_mut()
            .zip(&mut self.dictionaries)
            .zip(row.values)
        {
            let column = Arc::make_mut(column);
            let next = offset(column.dictionary.len())?;
            let code = *dictionary.entry(ValueKey::from(&value)).or_insert(next);
            if code == next {
                column.dictionary.push(value);
            }
            column.codes.push(code);
        }
        Ok(())
    }

    /// Brings everything to the grid, orients rings, and builds the index.
    ///
    /// `srid` is the storage CRS of the rows' geometries.
    ///
    /// # Errors
    /// [`BuildError::Crs`].
    pub fn finish(self, srid: i32) -> Result<Features, BuildError> {
        let mut features = self.features;
        let mut grid = to_grid(srid, &features.metric)?;
        features.labels = to_grid(srid, &self.label_metric)?;
        let polygons = match features.kind {
            GeometryKind::Polygon => features.rings.as_slice(),
            GeometryKind::Line | GeometryKind::Point => &[],
        };
        for polygon in polygons.windows(2) {
            for ring in polygon[0]..polygon[1] {
                let range = features.vertices[ring as usize] as usize
                    ..features.vertices[ring as usize + 1] as usize;
                // Clockwise on the screen is clockwise in E/N: a negative area.
                let run = &mut Arc::make_mut(&mut features.metric)[range.clone()];
                let clockwise = ring_area(run) < 0.0;
                if clockwise != (ring == polygon[0]) {
                    run.reverse();
                    grid[range].reverse();
                }
                if let Some(index) = EdgeIndex::new(run) {
                    features.edges.push((ring, index));
                }
            }
        }
        place(&mut features, &grid, self.drawing.as_ref())?;
        let mut by_key: Vec<u32> = (0..offset(features.len())?).collect();
        by_key.sort_by(|a, b| features.key(*a as usize).cmp(features.key(*b as usize)));
        features.by_key = by_key;
        shrink(&mut features);
        Ok(features)
    }
}

/// Gives back the room that arrays set aside while they grew: up to half of what they take.
fn shrink(features: &mut Features) {
    Arc::make_mut(&mut features.metric).shrink_to_fit();
    features.drawn.points.shrink_to_fit();
    features.drawn.zooms.shrink_to_fit();
    features.drawn.rings.shrink_to_fit();
    features.ids.shrink_to_fit();
    features.polygons.shrink_to_fit();
    features.rings.shrink_to_fit();
    features.vertices.shrink_to_fit();
    features.boxes.shrink_to_fit();
    features.edges.shrink_to_fit();
    for column in &mut features.columns {
        let column = Arc::make_mut(column);
        column.dictionary.shrink_to_fit();
        column.codes.shrink_to_fit();
    }
}

fn box_of(points: &[GridPoint]) -> GridBox {
    let mut bounds = GridBox::EMPTY;
    points.iter().for_each(|point| bounds.add(*point));
    bounds
}

/// Brings features onto a grid: their boxes, outlines for every zoom, and the index.
fn place(
    features: &mut Features,
    grid: &[GridPoint],
    drawing: Option<&Drawing>,
) -> Result<(), BuildError> {
    for feature in 0..features.len() {
        let mut bounds = GridBox::EMPTY;
        let polygons = features.polygons[feature]..features.polygons[feature + 1];
        for polygon in polygons.start as usize..polygons.end as usize {
            // Holes lie inside the first ring; of lines, every one counts.
            let rings = features.rings[polygon] as usize..features.rings[polygon + 1] as usize;
            let outer = if features.kind == GeometryKind::Polygon {
                rings.start..rings.start + 1
            } else {
                rings
            };
            for ring in outer {
                let run = features.vertices[ring]..features.vertices[ring + 1];
                let run = &grid[run.start as usize..run.end as usize];
                run.iter().for_each(|point| bounds.add(*point));
            }
        }
        features.boxes.push(bounds);
        if !bounds.is_empty() {
            features.bounds.add(bounds.min);
            features.bounds.add(bounds.max);
        }
    }
    draw(features, grid, drawing);
    features.blocks = features.drawn.points.chunks(BLOCK).map(box_of).collect();
    if !features.is_empty() {
        let mut index = RTreeBuilder::<u32>::new(offset(features.len())?);
        for bounds in &features.boxes {
            let [min, max] = indexed(bounds);
            index.add(min[0], min[1], max[0], max[1]);
        }
        let tree: RTree<u32> = index.finish::<HilbertSort>();
        features.index = Some(tree);
    }
    Ok(())
}

impl Features {
    /// The same features as the tiles of a metric set draw them: on its grid, generalised there
    /// from their metric coordinates.
    ///
    /// `srid` is their storage CRS. Attributes and metric coordinates are shared, not copied. A
    /// label may lie half a cell of web Mercator (5 mm) from where it was computed.
    ///
    /// # Errors
    /// [`BuildError::Crs`].
    pub fn on_grid_of(
        &self,
        set: MatrixSet,
        srid: i32,
        definition: &Definition,
    ) -> Result<Self, BuildError> {
        let metric = through(srid, set.srid(), &self.metric)?;
        let labels: Vec<[f64; 2]> = self
            .labels
            .iter()
            .map(|point| lon_lat_from_grid(*point).into())
            .collect();
        let labels = through(LON_LAT, set.srid(), &labels)?;
        let on_grid = |points: &[[f64; 2]]| -> Vec<GridPoint> {
            points.iter().map(|at| set.grid_from_metric(*at)).collect()
        };
        let mut features = Self {
            kind: self.kind,
            ids: self.ids.clone(),
            polygons: self.polygons.clone(),
            rings: self.rings.clone(),
            vertices: self.vertices.clone(),
            drawn: Drawn::default(),
            blocks: Vec::new(),
            visible_from: Vec::new(),
            load: [0; ZOOMS],
            metric: Arc::clone(&self.metric),
            boxes: Vec::with_capacity(self.len()),
            labels: on_grid(&labels),
            columns: self.columns.clone(),
            by_key: self.by_key.clone(),
            key_column: self.key_column,
            index: None,
            bounds: GridBox::EMPTY,
            // Places are looked up in the features that these are made of.
            edges: Vec::new(),
        };
        place(
            &mut features,
            &on_grid(&metric),
            Some(&Drawing::of(definition)),
        )?;
        Ok(features)
    }
}

/// Points in another coordinate system, by way of the degrees by which they come onto the map.
fn through(from: i32, to: i32, points: &[[f64; 2]]) -> Result<Vec<[f64; 2]>, crs::Error> {
    let mut points = points.to_vec();
    if from == to {
        return Ok(points);
    }
    for (from, to) in [(from, LON_LAT), (LON_LAT, to)] {
        if from != to {
            with_transformation(from, to, |transformation| {
                points
                    .chunks_mut(CHUNK)
                    .try_for_each(|chunk| transformation.apply_to(chunk))
            })??;
        }
    }
    Ok(points)
}

/// Brings outlines into the form that tiles draw.
fn draw(features: &mut Features, grid: &[GridPoint], drawing: Option<&Drawing>) {
    let starts: Vec<u32> = features
        .polygons
        .iter()
        .map(|polygon| features.rings[*polygon as usize])
        .collect();
    let outlines = Outlines {
        points: grid,
        rings: &features.vertices,
        features: &starts,
    };
    let kind = match (features.kind, drawing) {
        (GeometryKind::Polygon, Some(drawing)) if drawing.is_coverage => Kind::Coverage,
        (GeometryKind::Line, _) => Kind::Lines,
        _ => Kind::Polygons,
    };
    features.visible_from = (0..features.len())
        .map(|feature| visible_from(features, feature, grid))
        .collect();
    let Some(drawing) = drawing.filter(|_| features.kind != GeometryKind::Point) else {
        features.drawn = Drawn {
            points: grid.to_vec(),
            zooms: vec![
                Zooms {
                    first: 0,
                    last: MAX_ZOOM,
                };
                grid.len()
            ],
            rings: features.vertices.clone(),
            // Nobody looked: whoever draws them has to.
            unclean: vec![u32::MAX; features.len()],
        };
        features.load = Load::of_points(features, drawing.map(|d| d.attributes.as_slice()));
        return;
    };
    let mut load = Load::new(features, &drawing.attributes);
    features.drawn =
        coverage::generalise(&outlines, kind, drawing.min_zoom, &mut |f, zoom, bytes| {
            load.add(f, zoom, bytes);
        });
    features.load = load.finish();
}

/// The zoom below which a polygon is smaller than a pixel, as a map draws 512 for a tile.
fn visible_from(features: &Features, feature: usize, grid: &[GridPoint]) -> u8 {
    const UNITS_OF_A_PIXEL: f64 = 8.0;
    if features.kind != GeometryKind::Polygon {
        return 0;
    }
    let polygons = features.polygons[feature]..features.polygons[feature + 1];
    let rings = features.rings[polygons.start as usize]..features.rings[polygons.end as usize];
    let mut twice = 0_i128;
    for ring in rings.start as usize..rings.end as usize {
        let run = features.vertices[ring] as usize..features.vertices[ring + 1] as usize;
        for pair in grid[run].windows(2) {
            let [[ax, ay], [bx, by]] = [pair[0], pair[1]].map(|point| point.map(i128::from));
            twice += ax * by - bx * ay;
        }
    }
    let area = twice as f64 / 2.0;
    // The side of a pixel in cells doubles with every zoom less than the deepest.
    let wide = |zoom: u8| {
        let side = UNITS_OF_A_PIXEL * f64::from(1_u32 << (MAX_ZOOM - zoom));
        area >= side * side
    };
    (0..=MAX_ZOOM).find(|zoom| wide(*zoom)).unwrap_or(MAX_ZOOM)
}

/// Why the vertices of a geometry cannot be taken over.
enum RunFault {
    Bytes(&'static str),
    TooLarge,
}

impl From<&'static str> for RunFault {
    fn from(reason: &'static str) -> Self {
        Self::Bytes(reason)
    }
}

impl From<BuildError> for RunFault {
    fn from(_: BuildError) -> Self {
        Self::TooLarge
    }
}

/// Adds the rings, lines or points of a geometry to the arrays.
fn read_runs(mut bytes: Bytes<'_>, features: &mut Features) -> Result<(), RunFault> {
    let (outer, inner) = match features.kind {
        GeometryKind::Polygon => (6, 3),
        GeometryKind::Line => (5, 2),
        GeometryKind::Point => (4, 1),
    };
    bytes.header(outer)?;
    for _ in 0..bytes.count()? {
        bytes.header(inner)?;
        if features.kind == GeometryKind::Point {
            bytes.points(1, Arc::make_mut(&mut features.metric))?;
            continue;
        }
        let (runs, least, fault) = match features.kind {
            GeometryKind::Polygon => (bytes.count()?, 4, "a ring of less than four vertices"),
            _ => (1, 2, "a line of less than two vertices"),
        };
        for _ in 0..runs {
            let count = bytes.count()? as usize;
            if count < least {
                return Err(fault.into());
            }
            bytes.points(count, Arc::make_mut(&mut features.metric))?;
            features.vertices.push(offset(features.metric.len())?);
        }
        if features.kind == GeometryKind::Polygon {
            features.rings.push(offset(features.vertices.len() - 1)?);
        }
    }
    match features.kind {
        GeometryKind::Polygon => {}
        GeometryKind::Line => features.rings.push(offset(features.vertices.len() - 1)?),
        GeometryKind::Point => {
            features.vertices.push(offset(features.metric.len())?);
            features.rings.push(offset(features.vertices.len() - 1)?);
        }
    }
    Ok(())
}

const CHUNK: usize = 4096;

fn to_grid(srid: i32, metric: &[[f64; 2]]) -> Result<Vec<GridPoint>, crs::Error> {
    with_transformation(srid, LON_LAT, |transformation| {
        let mut grid = Vec::with_capacity(metric.len());
        let mut chunk = Vec::with_capacity(CHUNK);
        for points in metric.chunks(CHUNK) {
            chunk.clear();
            chunk.extend(points.iter().map(|[e, n]| (*e, *n)));
            transformation.apply(&mut chunk)?;
            grid.extend(chunk.iter().map(|(lon, lat)| grid_from_lon_lat(*lon, *lat)));
        }
        Ok(grid)
    })?
}

fn offset(length: usize) -> Result<u32, BuildError> {
    u32::try_from(length).map_err(|_| BuildError::TooLarge)
}

/// Little-endian EWKB as our own database sends it.
struct Bytes<'a>(&'a [u8]);

const EWKB_SRID: u32 = 0x2000_0000;

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        let (head, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or("it ends in the middle")?;
        self.0 = rest;
        Ok(*head)
    }

    fn count(&mut self) -> Result<u32, &'static str> {
        self.take().map(u32::from_le_bytes)
    }

    fn header(&mut self, wanted: u32) -> Result<(), &'static str> {
        if self.take::<1>()? != [1] {
            return Err("it is not little-endian");
        }
        let kind = self.count()?;
        if kind & EWKB_SRID != 0 {
            self.count()?;
        }
        if kind & !EWKB_SRID != wanted {
            return Err("it is of another type");
        }
        Ok(())
    }

    fn points(&mut self, count: usize, into: &mut Vec<[f64; 2]>) -> Result<(), &'static str> {
        let size = count.checked_mul(16).ok_or("it claims too many points")?;
        let (points, rest) = self
            .0
            .split_at_checked(size)
            .ok_or("it ends in the middle")?;
        self.0 = rest;
        into.extend(points.chunks_exact(16).map(|point| {
            let number = |at: usize| {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&point[at..at + 8]);
                f64::from_le_bytes(bytes)
            };
            [number(0), number(8)]
        }));
        Ok(())
    }
}
