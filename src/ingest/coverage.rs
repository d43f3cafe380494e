//! Overlaps and gaps of a layer whose polygons are meant to tessellate.
//!
//! Engine: `i_overlay` through `geo`, even-odd, on a 32-bit grid over the box of what is
//! compared (for a comune of 20 km a grid cell is 10 µm). What is below the tolerance is not
//! reported: a real cadastre is drawn sheet by sheet and full of slivers.

use geo::algorithm::bool_ops::unary_union;
use geo::{
    Area, BooleanOps, BoundingRect, Coord, InteriorPoint, LineString, MultiPolygon, Polygon, Rect,
};
use geo_index::rtree::{RTree, RTreeBuilder, RTreeIndex, sort::HilbertSort};

/// A feature's polygons, E/N in metres.
pub(super) struct Region {
    pub(super) key: String,
    pub(super) polygons: MultiPolygon,
}

impl Region {
    /// The region of a stored geometry.
    pub(super) fn new(key: String, geometry: &wire::MultiPolygon) -> Self {
        let line = |ring: &[[f64; 2]]| -> LineString {
            ring.iter().map(|[x, y]| Coord { x: *x, y: *y }).collect()
        };
        let polygons = geometry.polygons().map(|polygon| {
            let mut rings = polygon.rings().map(line);
            let outer = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
            Polygon::new(outer, rings.collect())
        });
        Self {
            key,
            polygons: polygons.collect(),
        }
    }
}

/// A place where two features overlap, or where none is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    /// Keys of the two features that overlap; empty for a gap.
    pub(super) keys: Vec<String>,
    /// Area in m².
    pub(super) area_m2: f64,
    /// Mean width in metres: twice the area by the perimeter.
    pub(super) width_m: f64,
    /// A place inside, E/N in metres.
    pub(super) place: [f64; 2],
}

/// Overlaps and gaps above the tolerances, the largest first.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    pub(super) overlaps: Vec<Fault>,
    pub(super) gaps: Vec<Fault>,
}

/// Finds overlaps and gaps whose areas exceed the tolerances, in m².
pub(super) fn check_coverage(regions: &[Region], overlap_m2: f64, gap_m2: f64) -> Coverage {
    let mut coverage = Coverage {
        overlaps: overlaps(regions, overlap_m2),
        gaps: gaps(regions, gap_m2),
    };
    for faults in [&mut coverage.overlaps, &mut coverage.gaps] {
        faults.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2));
    }
    coverage
}

fn overlaps(regions: &[Region], tolerance_m2: f64) -> Vec<Fault> {
    let boxes: Vec<Option<Rect>> = regions
        .iter()
        .map(|region| region.polygons.bounding_rect())
        .collect();
    let Some(index) = index(&boxes) else {
        return Vec::new();
    };
    let mut faults = Vec::new();
    for (first, own) in boxes.iter().enumerate() {
        let Some(own) = own else { continue };
        for second in index.search(own.min().x, own.min().y, own.max().x, own.max().y) {
            let second = second as usize;
            let Some(other) = boxes[second].filter(|_| second > first) else {
                continue;
            };
            if common_area(own, &other) <= tolerance_m2 {
                continue;
            }
            let (a, b) = (&regions[first], &regions[second]);
            if only_share_edges(&a.polygons, &b.polygons) {
                continue;
            }
            let common = a.polygons.intersection(&b.polygons);
            faults.extend(fault(&common, tolerance_m2, || {
                vec![a.key.clone(), b.key.clone()]
            }));
        }
    }
    faults
}

fn index(boxes: &[Option<Rect>]) -> Option<RTree<f64>> {
    let count = u32::try_from(boxes.len()).ok().filter(|count| *count > 0)?;
    let mut builder = RTreeBuilder::<f64>::new(count);
    for rect in boxes {
        match rect {
            Some(rect) => builder.add(rect.min().x, rect.min().y, rect.max().x, rect.max().y),
            // A place that no search comes to; the numbering must not shift.
            None => builder.add(f64::MAX, f64::MAX, f64::MAX, f64::MAX),
        };
    }
    Some(builder.finish::<HilbertSort>())
}

fn common_area(a: &Rect, b: &Rect) -> f64 {
    let width = a.max().x.min(b.max().x) - a.min().x.max(b.min().x);
    let height = a.max().y.min(b.max().y) - a.min().y.max(b.min().y);
    width.max(0.0) * height.max(0.0)
}

/// True when a straight line separates the two: most neighbours are told apart by an axis or
/// by one of their own edges, which is far cheaper than an overlay.
fn only_share_edges(a: &MultiPolygon, b: &MultiPolygon) -> bool {
    separated_by_edge(a, b) || separated_by_edge(b, a)
}

fn separated_by_edge(a: &MultiPolygon, b: &MultiPolygon) -> bool {
    /// Metres by which a vertex may lie on the wrong side of the separating line.
    const SLACK_M: f64 = 1e-4;
    /// Comparisons beyond which the overlay is cheaper: zones of a plan have thousands of edges.
    const MOST: usize = 50_000;
    let ([a], [b]) = (a.0.as_slice(), b.0.as_slice()) else {
        return false;
    };
    let (own, other) = (a.exterior().0.len(), b.exterior().0.len());
    if own * (own + other) > MOST {
        return false;
    }
    a.exterior().lines().any(|edge| {
        let (dx, dy) = (edge.end.x - edge.start.x, edge.end.y - edge.start.y);
        let length = dx.hypot(dy);
        if length == 0.0 {
            return false;
        }
        let side = |p: &Coord| ((p.y - edge.start.y) * dx - (p.x - edge.start.x) * dy) / length;
        let sides = |polygon: &Polygon| {
            let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
            for point in &polygon.exterior().0 {
                let distance = side(point);
                least = least.min(distance);
                most = most.max(distance);
            }
            (least, most)
        };
        let ((a_least, a_most), (b_least, b_most)) = (sides(a), sides(b));
        (a_most <= SLACK_M && b_least >= -SLACK_M) || (a_least >= -SLACK_M && b_most <= SLACK_M)
    })
}

fn gaps(regions: &[Region], tolerance_m2: f64) -> Vec<Fault> {
    let polygons: Vec<&Polygon> = regions.iter().flat_map(|region| &region.polygons).collect();
    let union = unary_union(polygons);
    let boxes: Vec<Option<Rect>> = union.iter().map(Polygon::bounding_rect).collect();
    let mut faults = Vec::new();
    for hole in union.iter().flat_map(Polygon::interiors) {
        let hole = Polygon::new(hole.clone(), Vec::new());
        let Some(area) = hole.bounding_rect() else {
            continue;
        };
        // Features may lie in the hole without touching its edge.
        let inside = |rect: &Option<Rect>| {
            rect.is_some_and(|rect| {
                rect.min().x > area.min().x
                    && rect.min().y > area.min().y
                    && rect.max().x < area.max().x
                    && rect.max().y < area.max().y
            })
        };
        let islands: Vec<Polygon> = union
            .iter()
            .zip(&boxes)
            .filter(|(_, rect)| inside(rect))
            .map(|(polygon, _)| polygon.clone())
            .collect();
        let gap = if islands.is_empty() {
            MultiPolygon::new(vec![hole])
        } else {
            hole.difference(&MultiPolygon::new(islands))
        };
        faults.extend(fault(&gap, tolerance_m2, Vec::new));
    }
    faults
}

fn fault(
    shape: &MultiPolygon,
    tolerance_m2: f64,
    keys: impl FnOnce() -> Vec<String>,
) -> Option<Fault> {
    let area_m2 = shape.unsigned_area();
    if area_m2 <= tolerance_m2 {
        return None;
    }
    let perimeter_m: f64 = shape
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
        .flat_map(LineString::lines)
        .map(|line| line.dx().hypot(line.dy()))
        .sum();
    let point = shape.interior_point()?;
    Some(Fault {
        keys: keys(),
        area_m2,
        width_m: 2.0 * area_m2 / perimeter_m,
        place: [point.x(), point.y()],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(key: &str, x: f64, y: f64, side: f64) -> Region {
        let ring = [
            [x, y],
            [x + side, y],
            [x + side, y + side],
            [x, y + side],
            [x, y],
        ];
        let mut geometry = wire::MultiPolygon::new();
        geometry.push_ring(&ring).expect("a square is a ring");
        geometry.end_polygon().expect("it has a ring");
        Region::new(key.to_owned(), &geometry)
    }

    #[test]
    fn a_tessellation_has_neither_overlaps_nor_gaps() {
        let regions: Vec<Region> = (0..100)
            .map(|i| {
                let (column, row) = (f64::from(i % 10), f64::from(i / 10));
                square(
                    &i.to_string(),
                    500_000.0 + column * 20.0,
                    5e6 + row * 20.0,
                    20.0,
                )
            })
            .collect();
        let coverage = check_coverage(&regions, 0.01, 0.01);
        assert_eq!(coverage.overlaps, []);
        assert_eq!(coverage.gaps, []);
    }

    #[test]
    fn an_overlap_is_measured_and_named() {
        let regions = [square("a", 0.0, 0.0, 10.0), square("b", 8.0, 0.0, 10.0)];
        let coverage = check_coverage(&regions, 1.0, 1.0);
        let [overlap] = coverage.overlaps.as_slice() else {
            panic!("{coverage:?}")
        };
        assert_eq!(overlap.keys, ["a", "b"]);
        assert!((overlap.area_m2 - 20.0).abs() < 1e-3);
        assert!((overlap.width_m - 20.0 * 2.0 / 24.0).abs() < 1e-3);
        // Below the tolerance nothing is said.
        assert!(check_coverage(&regions, 20.1, 1.0).overlaps.is_empty());
    }

    #[test]
    fn a_gap_is_found_and_an_island_in_a_hole_is_none() {
        // Eight squares around an empty ninth.
        let ring: Vec<Region> = (0..9)
            .filter(|i| *i != 4)
            .map(|i| {
                let (column, row) = (f64::from(i % 3), f64::from(i / 3));
                square(&i.to_string(), column * 10.0, row * 10.0, 10.0)
            })
            .collect();
        let gaps = check_coverage(&ring, 1.0, 1.0).gaps;
        assert_eq!(gaps.len(), 1);
        assert!((gaps[0].area_m2 - 100.0).abs() < 1e-3);
        let mut filled = ring;
        filled.push(square("4", 10.0, 10.0, 10.0));
        assert!(check_coverage(&filled, 1.0, 1.0).gaps.is_empty());
    }
}
