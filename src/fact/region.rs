//! The area that is asked about, in metres of the comune's storage CRS.

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::single::SingleFloatOverlay;

use crate::crs::{self, LON_LAT, with_transformation};
use crate::geo::{
    EMPTY_BOX, GridBox, Location, MetricBox, box_of, grid_from_lon_lat, joined, locate_in_ring,
    ring_area,
};
use crate::snapshot::PartSnapshot;

use super::Error;

/// Polygons > rings > places, E/N in metres; rings closed, the outer ring of a polygon first.
pub type Shape = Vec<Vec<Vec<[f64; 2]>>>;

/// Vertices that the outline of a question may have.
pub const MAX_VERTICES: usize = 10_000;

/// An edge of a drawn outline is divided when it is longer: a line that is straight in degrees
/// bends in the storage CRS, by 5 mm over this length.
const STRAIGHT_M: f64 = 500.0;

/// The area that is asked about.
#[derive(Debug, Clone)]
pub struct Region {
    /// EPSG code of its coordinates.
    pub srid: i32,
    /// Its polygons.
    pub shape: Shape,
    /// Its area in m².
    pub area_m2: f64,
    /// Its box in metres.
    pub bounds: MetricBox,
    /// Its box on the grid, a few cells wider.
    pub grid: GridBox,
}

impl Region {
    /// The region of one feature, exactly as it is drawn.
    pub(super) fn of_feature(part: &PartSnapshot, feature: usize) -> Self {
        let shape = shape_of(part, feature);
        let bounds = part.features.bounds_of(feature);
        Self::with(part.srid, shape, widened(bounds))
    }

    /// The union of regions in one CRS.
    pub(super) fn union(regions: Vec<Self>) -> Option<Self> {
        let mut regions = regions.into_iter();
        let first = regions.next()?;
        let rest: Vec<Self> = regions.collect();
        if rest.is_empty() {
            return Some(first);
        }
        let (srid, mut grid) = (first.srid, first.grid);
        let origin = [first.bounds[0], first.bounds[1]];
        let mut rings = flat(&first.shape, origin);
        for region in &rest {
            rings.extend(flat(&region.shape, origin));
            grid.add(region.grid.min);
            grid.add(region.grid.max);
        }
        // Each ring winds by its role (outer and inner turn against each other), so what any
        // parcel covers winds at least once.
        let union = rings.overlay_as::<i64>(&NOTHING, OverlayRule::Subject, FillRule::NonZero);
        Some(Self::with(srid, closed(union, origin), grid))
    }

    /// The region of an outline in degrees (polygons > rings > lon/lat, rings closed), in the
    /// storage CRS `srid`.
    ///
    /// # Errors
    /// [`Error::BadOutline`] says what is wrong and where.
    pub fn from_lon_lat(outline: &Shape, srid: i32) -> Result<Self, Error> {
        let bad = |reason: String| Error::BadOutline(reason);
        let vertices: usize = outline.iter().flatten().map(Vec::len).sum();
        if vertices > MAX_VERTICES {
            return Err(bad(format!(
                "it has {vertices} vertices, and {MAX_VERTICES} are the most that is answered"
            )));
        }
        if outline.is_empty() || outline.iter().any(Vec::is_empty) {
            return Err(bad("it is empty".into()));
        }
        let mut grid = GridBox::EMPTY;
        for (number, ring) in outline.iter().flatten().enumerate() {
            let number = number + 1;
            if ring.len() < 4 || ring.first() != ring.last() {
                return Err(bad(format!(
                    "ring {number} is not closed or has less than four positions"
                )));
            }
            for [lon, lat] in ring {
                let on_earth = (-180.0..=180.0).contains(lon) && (-90.0..=90.0).contains(lat);
                if !on_earth {
                    return Err(bad(format!(
                        "{lon}, {lat} in ring {number} is no longitude and latitude"
                    )));
                }
                grid.add(grid_from_lon_lat(*lon, *lat));
            }
        }
        let mut shape = Shape::new();
        for polygon in outline {
            let mut rings = Vec::with_capacity(polygon.len());
            for ring in polygon {
                rings.push(to_storage(ring, srid)?);
            }
            shape.push(rings);
        }
        if let Some([e, n]) = first_crossing(&shape) {
            let mut at = [(e, n)];
            with_transformation(srid, LON_LAT, |t| t.apply(&mut at))??;
            return Err(bad(format!(
                "its outline crosses or touches itself at longitude {:.6}, latitude {:.6}",
                at[0].0, at[0].1
            )));
        }
        orient(&mut shape);
        let region = Self::with(srid, shape, widened(grid));
        if region.area_m2 <= 0.0 {
            return Err(bad(
                "it has no area, or a hole is larger than its polygon".into()
            ));
        }
        Ok(region)
    }

    /// A region of a shape, for tests of what does not search by the grid.
    #[cfg(test)]
    pub(super) fn of_shape(srid: i32, shape: Shape) -> Self {
        Self::with(srid, shape, GridBox::EMPTY)
    }

    /// A part of it, such as what lies in a perimeter.
    pub(super) fn part(&self, shape: Shape) -> Self {
        Self::with(self.srid, shape, self.grid)
    }

    fn with(srid: i32, shape: Shape, grid: GridBox) -> Self {
        let bounds = shape.iter().flatten().map(box_of).fold(EMPTY_BOX, joined);
        Self {
            srid,
            area_m2: area_of(&shape),
            shape,
            bounds,
            grid,
        }
    }

    /// It as a multipolygon for the database (EWKB, little-endian).
    pub(super) fn to_ewkb(&self) -> Vec<u8> {
        const SRID: u32 = 0x2000_0000;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
        let mut out = vec![1];
        out.extend((6 | SRID).to_le_bytes());
        out.extend(self.srid.to_le_bytes());
        out.extend(count(self.shape.len()));
        for polygon in &self.shape {
            out.push(1);
            out.extend(3_u32.to_le_bytes());
            out.extend(count(polygon.len()));
            for ring in polygon {
                out.extend(count(ring.len()));
                out.extend(
                    ring.iter()
                        .flatten()
                        .flat_map(|number| number.to_le_bytes()),
                );
            }
        }
        out
    }

    /// Its vertices, closing ones included.
    pub fn vertex_count(&self) -> usize {
        self.shape.iter().flatten().map(Vec::len).sum()
    }

    /// True when a place (E/N) lies in it or on its outline.
    pub fn covers(&self, place: [f64; 2]) -> bool {
        self.shape.iter().any(|polygon| {
            let mut rings = polygon.iter();
            let outer = rings.next().map(|ring| locate_in_ring(ring, place));
            outer.is_some_and(|outer| outer != Location::Outside)
                && rings.all(|ring| locate_in_ring(ring, place) != Location::Inside)
        })
    }
}

/// An empty clip for operations on one subject.
const NOTHING: [Vec<[f64; 2]>; 0] = [];

/// A feature's polygons as they are stored.
pub(super) fn shape_of(part: &PartSnapshot, feature: usize) -> Shape {
    let mut shape = Shape::new();
    for ring in part.features.rings_of(feature) {
        match shape.last_mut() {
            Some(polygon) if !ring.exterior => polygon.push(ring.metric.to_vec()),
            _ => shape.push(vec![ring.metric.to_vec()]),
        }
    }
    shape
}

/// The area of polygons in m²: outer rings less inner ones, however they turn.
pub fn area_of(shape: &Shape) -> f64 {
    shape
        .iter()
        .map(|polygon| {
            polygon
                .iter()
                .enumerate()
                .map(|(index, ring)| {
                    let area = ring_area(ring).abs();
                    if index == 0 { area } else { -area }
                })
                .sum::<f64>()
        })
        .sum()
}

/// Polygons in degrees (polygons > rings > lon/lat), outer rings counter-clockwise as RFC 7946
/// (3.1.6) wants, rounded to a tenth of a millimetre.
///
/// # Errors
/// [`crs::Error`].
pub fn to_lon_lat(shape: &Shape, srid: i32) -> Result<Shape, crs::Error> {
    let mut degrees = shape.clone();
    for ring in degrees.iter_mut().flatten() {
        with_transformation(srid, LON_LAT, |t| t.apply_to(ring))??;
        for place in ring.iter_mut() {
            *place = place.map(|value| (value * 1e9).round() / 1e9);
        }
    }
    orient(&mut degrees);
    Ok(degrees)
}

/// Open rings about an origin, as the overlay takes them: small numbers keep their digits.
pub(super) fn flat(shape: &Shape, origin: [f64; 2]) -> Vec<Vec<[f64; 2]>> {
    shape
        .iter()
        .flatten()
        .map(|ring| open(ring, origin))
        .collect()
}

/// An open ring about an origin.
pub(super) fn open(ring: &[[f64; 2]], origin: [f64; 2]) -> Vec<[f64; 2]> {
    ring[..ring.len().saturating_sub(1)]
        .iter()
        .map(|[e, n]| [e - origin[0], n - origin[1]])
        .collect()
}

/// What an overlay returned, with closed rings in the storage CRS.
pub(super) fn closed(shapes: Shape, origin: [f64; 2]) -> Shape {
    let mut shapes = shapes;
    for ring in shapes.iter_mut().flatten() {
        for place in ring.iter_mut() {
            *place = [place[0] + origin[0], place[1] + origin[1]];
        }
        ring.extend(ring.first().copied());
    }
    shapes
}

/// Turns outer rings counter-clockwise and inner ones clockwise.
fn orient(shape: &mut Shape) {
    for polygon in shape {
        for (index, ring) in polygon.iter_mut().enumerate() {
            if (ring_area(ring) > 0.0) != (index == 0) {
                ring.reverse();
            }
        }
    }
}

// The grid rounds: what lies on an outline may fall a cell beside a box.
fn widened(bounds: GridBox) -> GridBox {
    GridBox {
        min: bounds.min.map(|value| value.saturating_sub(2)),
        max: bounds.max.map(|value| value.saturating_add(2)),
    }
}

/// A ring of degrees in the storage CRS, long edges divided.
fn to_storage(ring: &[[f64; 2]], srid: i32) -> Result<Vec<[f64; 2]>, Error> {
    let mut corners: Vec<(f64, f64)> = ring.iter().map(|[lon, lat]| (*lon, *lat)).collect();
    with_transformation(LON_LAT, srid, |t| t.apply(&mut corners))??;
    let mut points = Vec::with_capacity(ring.len());
    for (index, pair) in ring.windows(2).enumerate() {
        let (from, to) = (corners[index], corners[index + 1]);
        let length_m = (to.0 - from.0).hypot(to.1 - from.1);
        // At most as many pieces as keep the whole world's outline small.
        let pieces = (length_m / STRAIGHT_M).ceil().clamp(1.0, 1000.0);
        points.push((pair[0][0], pair[0][1]));
        let mut step = 1.0;
        while step < pieces {
            let share = step / pieces;
            points.push((
                pair[0][0] + (pair[1][0] - pair[0][0]) * share,
                pair[0][1] + (pair[1][1] - pair[0][1]) * share,
            ));
            step += 1.0;
        }
    }
    points.extend(ring.last().map(|[lon, lat]| (*lon, *lat)));
    with_transformation(LON_LAT, srid, |t| t.apply(&mut points))??;
    let mut points: Vec<[f64; 2]> = points.into_iter().map(|(e, n)| [e, n]).collect();
    // PROJ need not give the same bits twice.
    if let (Some(first), Some(last)) = (points.first().copied(), points.last_mut()) {
        *last = first;
    }
    Ok(points)
}

/// A place where edges of an outline meet that are not neighbours in their ring.
///
/// Edges are sorted by their smallest E, so that only those that overlap there are compared.
fn first_crossing(shape: &Shape) -> Option<[f64; 2]> {
    struct Edge {
        a: [f64; 2],
        b: [f64; 2],
        ring: usize,
        number: usize,
        ring_length: usize,
    }
    let mut edges = Vec::new();
    for (ring_number, ring) in shape.iter().flatten().enumerate() {
        let ring_length = ring.len() - 1;
        for (number, pair) in ring.windows(2).enumerate() {
            if pair[0] == pair[1] {
                continue;
            }
            edges.push(Edge {
                a: pair[0],
                b: pair[1],
                ring: ring_number,
                number,
                ring_length,
            });
        }
    }
    edges.sort_by(|x, y| x.a[0].min(x.b[0]).total_cmp(&y.a[0].min(y.b[0])));
    for (position, edge) in edges.iter().enumerate() {
        let east = edge.a[0].max(edge.b[0]);
        for other in edges[position + 1..]
            .iter()
            .take_while(|other| other.a[0].min(other.b[0]) <= east)
        {
            let apart = edge.number.abs_diff(other.number);
            let neighbours =
                edge.ring == other.ring && (apart == 1 || apart == edge.ring_length - 1);
            let touch = meeting(edge.a, edge.b, other.a, other.b);
            match touch {
                // Neighbours share a vertex; they are at fault only when one runs back over the other.
                Some(at) if !neighbours => return Some(at),
                Some(_) if runs_back(edge.a, edge.b, other.a, other.b) => return Some(edge.b),
                _ => {}
            }
        }
    }
    None
}

fn turn(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
}

fn within(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> bool {
    (0..2).all(|axis| c[axis] >= a[axis].min(b[axis]) && c[axis] <= a[axis].max(b[axis]))
}

/// A place that two edges share.
fn meeting(a: [f64; 2], b: [f64; 2], c: [f64; 2], d: [f64; 2]) -> Option<[f64; 2]> {
    let (abc, abd) = (turn(a, b, c), turn(a, b, d));
    let (cda, cdb) = (turn(c, d, a), turn(c, d, b));
    if abc * abd < 0.0 && cda * cdb < 0.0 {
        let share = cda / (cda - cdb);
        return Some([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]);
    }
    [
        (abc, a, b, c),
        (abd, a, b, d),
        (cda, c, d, a),
        (cdb, c, d, b),
    ]
    .into_iter()
    .find(|(turn, from, to, place)| *turn == 0.0 && within(*from, *to, *place))
    .map(|(_, _, _, place)| place)
}

/// True when two edges lie on one line and share more than a vertex.
fn runs_back(a: [f64; 2], b: [f64; 2], c: [f64; 2], d: [f64; 2]) -> bool {
    if turn(a, b, c) != 0.0 || turn(a, b, d) != 0.0 {
        return false;
    }
    let inner = |from: [f64; 2], to: [f64; 2], place: [f64; 2]| {
        within(from, to, place) && place != from && place != to
    };
    inner(a, b, c) || inner(a, b, d) || inner(c, d, a) || inner(c, d, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(lon: f64, lat: f64, side: f64) -> Vec<[f64; 2]> {
        vec![
            [lon, lat],
            [lon + side, lat],
            [lon + side, lat + side],
            [lon, lat + side],
            [lon, lat],
        ]
    }

    fn fault(outline: Shape) -> String {
        match Region::from_lon_lat(&outline, 7791) {
            Err(Error::BadOutline(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_outline_in_degrees_becomes_metres() {
        let outline = vec![vec![square(9.36, 45.6, 0.01), square(9.362, 45.602, 0.001)]];
        let region = Region::from_lon_lat(&outline, 7791).expect("is good");
        // A degree of longitude at 45.6 N is 78.0 km, one of latitude 111.1 km.
        let expected = 780.0 * 1111.3 * (1.0 - 0.01);
        assert!(
            (region.area_m2 / expected - 1.0).abs() < 0.01,
            "{}",
            region.area_m2
        );
        assert!(region.vertex_count() > 10, "long edges are divided");
    }

    #[test]
    fn faults_of_an_outline_are_told_with_their_place() {
        let bow = vec![
            [9.36, 45.6],
            [9.37, 45.61],
            [9.37, 45.6],
            [9.36, 45.61],
            [9.36, 45.6],
        ];
        let text = fault(vec![vec![bow]]);
        assert!(
            text.contains("crosses") && text.contains("longitude 9.36"),
            "{text}"
        );
        let text = fault(vec![vec![square(9.36, 245.6, 0.01)]]);
        assert!(text.contains("245.6"), "{text}");
        let text = fault(vec![vec![vec![[9.0, 45.0], [9.1, 45.0], [9.0, 45.0]]]]);
        assert!(text.contains("ring 1"), "{text}");
        let text = fault(vec![vec![square(9.36, 45.6, 0.01); 2501]]);
        assert!(text.contains("12505 vertices"), "{text}");
        assert!(fault(Vec::new()).contains("empty"));
        let spike = vec![
            [9.36, 45.6],
            [9.37, 45.6],
            [9.365, 45.6],
            [9.365, 45.61],
            [9.36, 45.6],
        ];
        let _ = fault(vec![vec![spike]]);
        let outside = vec![vec![square(9.36, 45.6, 0.001), square(9.36, 45.6, 0.01)]];
        let _ = fault(outside);
    }

    #[test]
    fn a_union_counts_an_overlap_once() {
        let of = |e: f64| {
            let ring = square(e, 5_000_000.0, 10.0);
            Region::of_shape(7791, vec![vec![ring]])
        };
        let union = Region::union(vec![of(500_000.0), of(500_005.0), of(500_100.0)]);
        let union = union.expect("three regions");
        assert!((union.area_m2 - 250.0).abs() < 1e-6, "{}", union.area_m2);
        assert_eq!(union.shape.len(), 2);
        assert!(union.covers([500_012.0, 5_000_005.0]) && !union.covers([500_050.0, 5_000_005.0]));
    }
}
