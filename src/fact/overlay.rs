//! What a region and a feature share: exact areas in memory.
//!
//! The library's grid of 64-bit integers over the neighbourhood is far below a nanometre; its
//! grid of 32 bits was off by 3e-4 m² on real zones. Zones of thousands of vertices are first cut
//! to the region's box by the index of their edges, which drops vertices and makes none.

use std::panic::{AssertUnwindSafe, catch_unwind};

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::single::SingleFloatOverlay;

use crate::geo::{MetricBox, cut_ring};
use crate::snapshot::{PartSnapshot, RingView};

use super::region::{Region, Shape, area_of, closed, flat, open};

/// Pairs of edges up to which an overlay is done in memory: more can take minutes when two
/// outlines interleave.
const MAX_PAIRS: usize = 50_000_000;

/// Areas below this, in m², are the grid's own rounding. Where outlines were rounded before they
/// came here, larger ones are left: they are pieces, and slivers.
pub(super) const NOISE_M2: f64 = 1e-15;

/// Metres around a region's box that are kept of its neighbours.
const MARGIN_M: f64 = 0.01;

/// Why an overlay in memory is not to be trusted; the database is asked instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Doubt {
    /// Too many edges.
    #[error("too many edges for an overlay in memory")]
    TooMany,
    /// The areas contradict each other.
    #[error("the areas of an overlay in memory contradict each other")]
    Contradiction,
    /// The library gave up.
    #[error("the overlay in memory failed")]
    Failed,
}

/// What a region and a feature share.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shared {
    /// Nothing of an area.
    Nothing,
    /// The whole region.
    All,
    /// A part of it, with its area in m².
    Some(Shape, f64),
}

/// What a region shares with a polygon feature of a part in the same CRS.
pub(super) fn shared(
    region: &Region,
    part: &PartSnapshot,
    feature: usize,
) -> Result<Shared, Doubt> {
    let area = grown(region.bounds, MARGIN_M);
    let mut rings = Vec::new();
    let mut meets = false;
    let mut vertices = 0;
    for ring in part.features.rings_of(feature) {
        let RingView { metric, edges, .. } = ring;
        let cut = cut_ring(metric, edges, area);
        meets |= cut.meets;
        if cut.meets || cut.ring.len() > 3 {
            vertices += cut.ring.len();
            rings.push(cut.ring);
        }
    }
    if !meets {
        // No edge comes near: the feature has all of the region's box or nothing of it.
        let inside = part.features.covers(feature, region.shape[0][0][0]);
        return Ok(if inside { Shared::All } else { Shared::Nothing });
    }
    overlay(region, &rings, vertices)
}

/// What a region shares with rings of which an even-odd rule makes an area.
pub(super) fn overlay(
    region: &Region,
    rings: &[Vec<[f64; 2]>],
    vertices: usize,
) -> Result<Shared, Doubt> {
    if region.vertex_count().saturating_mul(vertices) > MAX_PAIRS {
        return Err(Doubt::TooMany);
    }
    let origin = [region.bounds[0], region.bounds[1]];
    let subject = flat(&region.shape, origin);
    let clip: Vec<Vec<[f64; 2]>> = rings.iter().map(|ring| open(ring, origin)).collect();
    let found = catch_unwind(AssertUnwindSafe(|| {
        subject.overlay_as::<i64>(&clip, OverlayRule::Intersect, FillRule::EvenOdd)
    }))
    .map_err(|_| Doubt::Failed)?;
    let shape = closed(found, origin);
    let area_m2 = area_of(&shape);
    // A part is never larger than the whole.
    let tolerance_m2 = tolerance_m2(region.area_m2);
    if !area_m2.is_finite() || area_m2 < -tolerance_m2 || area_m2 > region.area_m2 + tolerance_m2 {
        return Err(Doubt::Contradiction);
    }
    Ok(if area_m2 < NOISE_M2 {
        Shared::Nothing
    } else {
        Shared::Some(shape, area_m2)
    })
}

/// How far two exact answers may be apart: 0.01 m² or a millionth.
pub fn tolerance_m2(area_m2: f64) -> f64 {
    (area_m2.abs() * 1e-6).max(0.01)
}

/// What of a region none of the shapes covers: its outline and area in m².
pub(super) fn remainder(region: &Region, shapes: &[&Shape]) -> Result<(Shape, f64), Doubt> {
    let origin = [region.bounds[0], region.bounds[1]];
    let subject = flat(&region.shape, origin);
    let clip: Vec<Vec<[f64; 2]>> = shapes
        .iter()
        .flat_map(|shape| flat(shape, origin))
        .collect();
    let found = catch_unwind(AssertUnwindSafe(|| {
        // Pieces turn one way and their holes the other, so overlaps only wind more often.
        subject.overlay_as::<i64>(&clip, OverlayRule::Difference, FillRule::NonZero)
    }))
    .map_err(|_| Doubt::Failed)?;
    let shape = closed(found, origin);
    let area_m2 = area_of(&shape);
    if !area_m2.is_finite() || area_m2 > region.area_m2 + tolerance_m2(region.area_m2) {
        return Err(Doubt::Contradiction);
    }
    Ok((shape, area_m2.max(0.0)))
}

fn grown(area: MetricBox, by_m: f64) -> MetricBox {
    [
        area[0] - by_m,
        area[1] - by_m,
        area[2] + by_m,
        area[3] + by_m,
    ]
}

/// The length of a line inside a region, in metres: parts on its outline count as inside.
pub(super) fn length_inside_m(region: &Region, line: &[[f64; 2]]) -> f64 {
    let mut length_m = 0.0;
    for pair in line.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let direction = [b[0] - a[0], b[1] - a[1]];
        let whole_m = direction[0].hypot(direction[1]);
        if whole_m == 0.0 {
            continue;
        }
        // Where the segment meets the outline, as shares of its length.
        let mut stops = vec![0.0, 1.0];
        for edge in region
            .shape
            .iter()
            .flatten()
            .flat_map(|ring| ring.windows(2))
        {
            let along = [edge[1][0] - edge[0][0], edge[1][1] - edge[0][1]];
            let between = [edge[0][0] - a[0], edge[0][1] - a[1]];
            let cross = direction[0] * along[1] - direction[1] * along[0];
            if cross == 0.0 {
                // Parallel: the ends of the edge may lie on the segment.
                for end in [edge[0], edge[1]] {
                    let to = [end[0] - a[0], end[1] - a[1]];
                    stops.push((to[0] * direction[0] + to[1] * direction[1]) / (whole_m * whole_m));
                }
                continue;
            }
            let share = (between[0] * along[1] - between[1] * along[0]) / cross;
            let on_edge = (between[0] * direction[1] - between[1] * direction[0]) / cross;
            if (0.0..=1.0).contains(&on_edge) {
                stops.push(share);
            }
        }
        stops.retain(|share| (0.0..=1.0).contains(share));
        stops.sort_by(f64::total_cmp);
        for stop in stops.windows(2) {
            let middle = f64::midpoint(stop[0], stop[1]);
            let place = [a[0] + direction[0] * middle, a[1] + direction[1] * middle];
            if region.covers(place) {
                length_m += (stop[1] - stop[0]) * whole_m;
            }
        }
    }
    length_m
}

#[cfg(test)]
mod tests {
    use super::*;

    const E: f64 = 500_000.0;
    const N: f64 = 5_000_000.0;

    /// A square of 10 m with a hole of 2 m in its middle.
    fn region() -> Region {
        let square = |from: f64, side: f64| -> Vec<[f64; 2]> {
            [
                [0.0, 0.0],
                [side, 0.0],
                [side, side],
                [0.0, side],
                [0.0, 0.0],
            ]
            .map(|[e, n]| [E + from + e, N + from + n])
            .to_vec()
        };
        Region::of_shape(7791, vec![vec![square(0.0, 10.0), square(4.0, 2.0)]])
    }

    fn inside(line: &[[f64; 2]]) -> f64 {
        let line: Vec<[f64; 2]> = line.iter().map(|[e, n]| [E + e, N + n]).collect();
        length_inside_m(&region(), &line)
    }

    #[test]
    fn a_line_counts_where_it_is_inside() {
        let close = |found: f64, expected: f64| {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        };
        close(inside(&[[-5.0, 1.0], [15.0, 1.0]]), 10.0);
        close(inside(&[[-5.0, 5.0], [15.0, 5.0]]), 8.0);
        close(inside(&[[1.0, 1.0], [1.0, 3.0], [3.0, 3.0]]), 4.0);
        close(inside(&[[20.0, 0.0], [20.0, 10.0]]), 0.0);
        close(inside(&[[4.5, 4.5], [5.5, 5.5]]), 0.0);
        // Along its outline, and only touching it.
        close(inside(&[[0.0, -5.0], [0.0, 15.0]]), 10.0);
        close(inside(&[[-1.0, 1.0], [0.0, 0.0], [1.0, -1.0]]), 0.0);
        close(inside(&[[1.0, 1.0], [1.0, 1.0]]), 0.0);
    }

    #[test]
    fn what_would_take_too_long_is_not_begun() {
        let ring = vec![[E, N]; MAX_PAIRS / 10 + 1];
        let count = ring.len();
        assert_eq!(overlay(&region(), &[ring], count), Err(Doubt::TooMany));
    }
}
