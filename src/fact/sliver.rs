//! Slivers: pieces that come from maps which do not fit each other, not from the plan.

use std::panic::{AssertUnwindSafe, catch_unwind};

use i_overlay::mesh::float::outline::offset::OutlineOffset;
use i_overlay::mesh::float::style::{LineJoin, OutlineStyle};
use serde::Serialize;

use crate::geo::ring_area;
use crate::layer::{SliverRule, SmallWhen};

use super::region::{Shape, open};

/// Why a piece is a sliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SliverReason {
    /// Nowhere as wide as the map's tolerance.
    Narrow,
    /// Of less area, and of less a share, than the layer's limits.
    Small,
}

/// Why a piece of a region is a sliver by a layer's rule; none for a piece that counts.
///
/// `share` is the piece's share of the region, 0 to 1.
pub fn sliver(rule: &SliverRule, shape: &Shape, area_m2: f64, share: f64) -> Option<SliverReason> {
    let (by_area, by_share) = (area_m2 < rule.area_m2, share < rule.share);
    let small = match rule.small {
        SmallWhen::Both => by_area && by_share,
        SmallWhen::Either => by_area || by_share,
    };
    if small {
        Some(SliverReason::Small)
    } else if rule.width_m > 0.0 && vanishes(shape, area_m2, rule.width_m / 2.0) {
        Some(SliverReason::Narrow)
    } else {
        None
    }
}

/// True when nothing is left of polygons after an inward buffer: no disc of that radius fits.
fn vanishes(shape: &Shape, area_m2: f64, radius_m: f64) -> bool {
    // A disc that fits has an area of its own.
    if area_m2 < std::f64::consts::PI * radius_m * radius_m {
        return true;
    }
    shape.iter().all(|polygon| {
        let area_m2 = polygon
            .iter()
            .map(|ring| ring_area(ring).abs())
            .enumerate()
            .fold(
                0.0,
                |sum, (index, area)| if index == 0 { area } else { sum - area },
            );
        // A domain without holes holds a disc of radius area / perimeter.
        if polygon.len() == 1 && area_m2 >= radius_m * perimeter_m(&polygon[0]) {
            return false;
        }
        buffered_away(polygon, radius_m)
    })
}

fn perimeter_m(ring: &[[f64; 2]]) -> f64 {
    ring.windows(2)
        .map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]))
        .sum()
}

fn buffered_away(polygon: &[Vec<[f64; 2]>], radius_m: f64) -> bool {
    let Some(&origin) = polygon.first().and_then(|ring| ring.first()) else {
        return true;
    };
    // The buffer wants outer rings counter-clockwise and inner ones clockwise.
    let rings: Vec<Vec<[f64; 2]>> = polygon
        .iter()
        .enumerate()
        .map(|(index, ring)| {
            let mut ring_open = open(ring, origin);
            if (ring_area(ring) > 0.0) != (index == 0) {
                ring_open.reverse();
            }
            ring_open
        })
        .collect();
    let style = OutlineStyle::new(-radius_m).line_join(LineJoin::Round(0.1));
    // What cannot be buffered is shown rather than hidden.
    catch_unwind(AssertUnwindSafe(|| {
        rings.outline_as::<i64>(&style).is_empty()
    }))
    .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: SliverRule = SliverRule {
        width_m: 0.4,
        area_m2: 1.0,
        share: 0.01,
        small: SmallWhen::Both,
    };

    fn strip(width: f64, length: f64) -> Shape {
        let (e, n) = (500_000.0, 5_000_000.0);
        vec![vec![vec![
            [e, n],
            [e + length, n],
            [e + length, n + width],
            [e, n + width],
            [e, n],
        ]]]
    }

    fn of(shape: &Shape, share: f64) -> Option<SliverReason> {
        sliver(&RULE, shape, super::super::region::area_of(shape), share)
    }

    #[test]
    fn width_decides_however_long_a_strip_is() {
        assert_eq!(of(&strip(0.38, 400.0), 0.1), Some(SliverReason::Narrow));
        assert_eq!(of(&strip(0.42, 400.0), 0.1), None);
        assert_eq!(of(&strip(0.42, 3.0), 0.1), None);
        // A needle is wide enough at its foot.
        let (e, n) = (500_000.0, 5_000_000.0);
        let needle = |foot: f64| -> Shape {
            vec![vec![vec![[e, n], [e + foot, n], [e, n + 100.0], [e, n]]]]
        };
        assert_eq!(of(&needle(0.3), 0.1), Some(SliverReason::Narrow));
        assert_eq!(of(&needle(1.0), 0.1), None);
    }

    #[test]
    fn a_frame_is_as_wide_as_its_bars() {
        let frame = |bar: f64| {
            let mut outer = strip(20.0, 20.0).remove(0);
            let (e, n, far) = (500_000.0 + bar, 5_000_000.0 + bar, 20.0 - 2.0 * bar);
            outer.push(vec![
                [e, n],
                [e, n + far],
                [e + far, n + far],
                [e + far, n],
                [e, n],
            ]);
            vec![outer]
        };
        assert_eq!(of(&frame(0.3), 0.5), Some(SliverReason::Narrow));
        assert_eq!(of(&frame(0.5), 0.5), None);
    }

    #[test]
    fn small_means_both_or_either_as_the_layer_says() {
        let tile = strip(0.9, 1.0);
        assert_eq!(of(&tile, 0.009), Some(SliverReason::Small));
        assert_eq!(of(&tile, 0.5), None);
        let either = SliverRule {
            small: SmallWhen::Either,
            ..RULE
        };
        assert_eq!(sliver(&either, &tile, 0.9, 0.5), Some(SliverReason::Small));
        let large = strip(10.0, 10.0);
        assert_eq!(
            sliver(&either, &large, 100.0, 0.009),
            Some(SliverReason::Small)
        );
        assert_eq!(of(&large, 0.009), None);
        let no_width = SliverRule {
            width_m: 0.0,
            ..RULE
        };
        assert_eq!(sliver(&no_width, &strip(0.1, 400.0), 40.0, 0.1), None);
    }
}
