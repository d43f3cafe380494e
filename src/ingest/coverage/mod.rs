//! Overlaps and gaps of a layer whose polygons are meant to tessellate.
//!
//! | file | holds |
//! |---|---|
//! | `regions` | the polygons of all features in flat arrays |
//! | `shared_area` | the area that two features have in common, from their edges alone |
//! | `border` | the edges that no neighbour runs the other way, as closed lines |
//!
//! Most neighbours share their edges exactly. The area that two have in common is therefore first
//! summed over their edges, which needs no overlay; and edges that two features run in opposite
//! directions are taken out before everything is united, which changes nothing in what is covered.
//! What is left goes through `i_overlay` by `geo` on a 32-bit grid over the box of what is compared
//! (for a comune of 20 km a grid cell is 10 µm): it alone decides what is reported. What is below
//! the tolerance is not: a real cadastre is drawn sheet by sheet and full of slivers.

mod border;
mod regions;
mod shared_area;

use std::ops::Range;

use geo::algorithm::bool_ops::unary_union;
use geo::{Area, BooleanOps, BoundingRect, InteriorPoint, LineString, MultiPolygon, Polygon, Rect};
use geo_index::rtree::{RTree, RTreeBuilder, RTreeIndex, sort::HilbertSort};

pub(super) use regions::Regions;
use shared_area::{Common, Scratch};

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

/// Threads that look for overlaps at most.
const THREADS: usize = 4;

/// Finds overlaps and gaps whose areas exceed the tolerances, in m².
///
/// Both are looked for at once, on threads of their own.
pub(super) fn check_coverage(regions: &Regions, overlap_m2: f64, gap_m2: f64) -> Coverage {
    std::thread::scope(|scope| {
        let gaps = scope.spawn(|| largest_first(gaps(regions, gap_m2)));
        let overlaps = largest_first(overlaps(regions, overlap_m2));
        Coverage {
            overlaps,
            gaps: finished(gaps),
        }
    })
}

/// What a thread came to; its panic goes on in this one.
fn finished<T>(thread: std::thread::ScopedJoinHandle<'_, T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn largest_first(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2));
    faults
}

fn overlaps(regions: &Regions, tolerance_m2: f64) -> Vec<Fault> {
    let Some(index) = index(regions) else {
        return Vec::new();
    };
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(THREADS));
    let share = regions.len().div_ceil(threads);
    let shares = (0..threads).map(|thread| {
        let end = ((thread + 1) * share).min(regions.len());
        (thread * share).min(end)..end
    });
    std::thread::scope(|scope| {
        let index = &index;
        let running: Vec<_> = shares
            .map(|share| scope.spawn(move || overlaps_of(regions, share, index, tolerance_m2)))
            .collect();
        running.into_iter().flat_map(finished).collect()
    })
}

/// Overlaps of some features with those that come after each of them.
fn overlaps_of(
    regions: &Regions,
    share: Range<usize>,
    index: &RTree<f64>,
    tolerance_m2: f64,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut scratch = Scratch::default();
    for first in share {
        let [west, south, east, north] = regions.rect(first);
        for second in index.search(west, south, east, north) {
            let second = second as usize;
            if second <= first {
                continue;
            }
            match regions.common(first, second, &mut scratch) {
                // The grid of the overlay moves the area by far less than half of it.
                Common::Area(area) if area <= tolerance_m2 / 2.0 - shared_area::NOISE_M2 => {
                    continue;
                }
                Common::Area(_) | Common::TooMany => {}
            }
            let (a, b) = (regions.shape(first), regions.shape(second));
            faults.extend(fault(&a.intersection(&b), tolerance_m2, || {
                [first, second]
                    .map(|of| regions.key(of).to_owned())
                    .to_vec()
            }));
        }
    }
    faults
}

fn index(regions: &Regions) -> Option<RTree<f64>> {
    let count = u32::try_from(regions.len())
        .ok()
        .filter(|count| *count > 0)?;
    let mut builder = RTreeBuilder::<f64>::new(count);
    for region in 0..regions.len() {
        let [west, south, east, north] = regions.rect(region);
        builder.add(west, south, east, north);
    }
    Some(builder.finish::<HilbertSort>())
}

fn gaps(regions: &Regions, tolerance_m2: f64) -> Vec<Fault> {
    let union = unary_union(&border::of(regions));
    let boxes: Vec<Option<Rect>> = union.iter().map(Polygon::bounding_rect).collect();
    let mut faults = Vec::new();
    for hole in union.iter().flat_map(Polygon::interiors) {
        let hole = Polygon::new(hole.clone(), Vec::new());
        // What lies in it only makes it smaller.
        if hole.unsigned_area() <= tolerance_m2 {
            continue;
        }
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

    /// Squares, each with its key, the place of its corner and its side.
    fn squares(given: &[(&str, f64, f64, f64)]) -> Regions {
        let mut regions = Regions::default();
        for (key, x, y, side) in given {
            regions.add((*key).to_owned(), &square(*x, *y, *side));
        }
        regions
    }

    fn square(x: f64, y: f64, side: f64) -> wire::MultiPolygon {
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
        geometry
    }

    #[test]
    fn a_tessellation_has_neither_overlaps_nor_gaps() {
        let mut regions = Regions::default();
        for i in 0..100 {
            let (column, row) = (f64::from(i % 10), f64::from(i / 10));
            let shape = square(500_000.0 + column * 20.0, 5e6 + row * 20.0, 20.0);
            regions.add(i.to_string(), &shape);
        }
        for tolerance in [0.01, 0.0] {
            let coverage = check_coverage(&regions, tolerance, tolerance);
            assert_eq!(coverage.overlaps, []);
            assert_eq!(coverage.gaps, []);
        }
    }

    #[test]
    fn an_overlap_is_measured_and_named() {
        let regions = squares(&[("a", 0.0, 0.0, 10.0), ("b", 8.0, 0.0, 10.0)]);
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
    fn the_same_outline_twice_is_an_overlap_and_no_gap() {
        let regions = squares(&[("a", 0.0, 0.0, 10.0), ("b", 0.0, 0.0, 10.0)]);
        let coverage = check_coverage(&regions, 1.0, 1.0);
        assert_eq!(coverage.overlaps.len(), 1);
        assert!((coverage.overlaps[0].area_m2 - 100.0).abs() < 1e-3);
        assert_eq!(coverage.gaps, []);
    }

    #[test]
    fn a_gap_is_found_and_an_island_in_a_hole_is_none() {
        // Eight squares around an empty ninth.
        let mut ring = Regions::default();
        for i in (0..9).filter(|i| *i != 4) {
            let (column, row) = (f64::from(i % 3), f64::from(i / 3));
            ring.add(i.to_string(), &square(column * 10.0, row * 10.0, 10.0));
        }
        let gaps = check_coverage(&ring, 1.0, 1.0).gaps;
        assert_eq!(gaps.len(), 1);
        assert!((gaps[0].area_m2 - 100.0).abs() < 1e-3);
        // An island that touches nothing takes its area off.
        let mut island = ring.clone();
        island.add("i".to_owned(), &square(14.0, 14.0, 2.0));
        let gaps = check_coverage(&island, 1.0, 1.0).gaps;
        assert!((gaps[0].area_m2 - 96.0).abs() < 1e-3, "{gaps:?}");
        ring.add("4".to_owned(), &square(10.0, 10.0, 10.0));
        assert!(check_coverage(&ring, 1.0, 1.0).gaps.is_empty());
    }

    #[test]
    fn squares_half_over_each_other_leave_the_gap_between_them() {
        // A frame of four bars that lie over each other at the corners, drawn in both directions.
        let mut regions = Regions::default();
        let bars = [
            [0.0, 0.0, 30.0, 10.0],
            [20.0, 0.0, 30.0, 30.0],
            [0.0, 20.0, 30.0, 30.0],
            [0.0, 0.0, 10.0, 30.0],
        ];
        for (index, [w, s, e, n]) in bars.into_iter().enumerate() {
            let mut ring = [[w, s], [e, s], [e, n], [w, n], [w, s]];
            if index % 2 == 1 {
                ring.reverse();
            }
            let mut shape = wire::MultiPolygon::new();
            shape.push_ring(&ring).expect("a bar is a ring");
            shape.end_polygon().expect("it has a ring");
            regions.add(index.to_string(), &shape);
        }
        let coverage = check_coverage(&regions, 1.0, 1.0);
        assert_eq!(coverage.overlaps.len(), 4);
        assert!(
            coverage
                .overlaps
                .iter()
                .all(|o| (o.area_m2 - 100.0).abs() < 1e-3)
        );
        assert_eq!(coverage.gaps.len(), 1);
        assert!((coverage.gaps[0].area_m2 - 100.0).abs() < 1e-3);
    }
}
