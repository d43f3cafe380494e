//! What variants in force take from the map around them: inside its perimeter a variant counts
//! alone, and outside it says nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::single::SingleFloatOverlay;

use crate::geo::{GridBox, GridPoint};
use crate::layer::Standing;
use crate::snapshot::{Features, PartSnapshot};

use super::assemble::twice_area;

/// Polygons as rings in units of a tile, outer rings and holes one way and the other.
pub(super) type Rings = Vec<Vec<[i64; 2]>>;

/// Where a part of a layer is drawn.
pub(super) enum Mask<'a> {
    /// Everywhere, which is all that most parts need.
    Everywhere,
    /// Nowhere: a variant counts in all of its territory.
    Nowhere,
    /// Inside one perimeter, and outside others.
    Cut {
        /// The part's own perimeter.
        inside: Option<&'a Features>,
        /// Perimeters of newer variants.
        outside: Vec<&'a Features>,
    },
}

impl<'a> Mask<'a> {
    /// The mask of a part among the parts of its layer, which come with the newest variant last.
    pub(super) fn of(parts: &[(&'a PartSnapshot, Vec<u32>)], position: usize) -> Self {
        let own = parts[position].0;
        let newer = parts[position + 1..]
            .iter()
            .map(|(part, _)| *part)
            .filter(|part| part.territory_id == own.territory_id)
            .filter(|part| part.standing == Standing::Variant);
        let mut outside = Vec::new();
        for variant in newer {
            match perimeter(variant) {
                Some(perimeter) => outside.push(perimeter),
                None => return Self::Nowhere,
            }
        }
        let inside = match own.standing {
            Standing::Variant => perimeter(own),
            Standing::InForce | Standing::Adopted => None,
        };
        if inside.is_none() && outside.is_empty() {
            return Self::Everywhere;
        }
        Self::Cut { inside, outside }
    }

    /// Whether a feature in a box must be cut; none where it is not drawn at all.
    pub(super) fn cuts(&self, bounds: &GridBox) -> Option<bool> {
        match self {
            Self::Everywhere => Some(false),
            Self::Nowhere => None,
            Self::Cut { inside, outside } => match inside {
                Some(perimeter) if !perimeter.bounds().intersects(bounds) => None,
                Some(_) => Some(true),
                None => Some(
                    outside
                        .iter()
                        .any(|other| other.bounds().intersects(bounds)),
                ),
            },
        }
    }

    /// Whether a point is drawn.
    pub(super) fn shows(&self, point: GridPoint) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Nowhere => false,
            Self::Cut { inside, outside } => {
                inside.is_none_or(|perimeter| holds(perimeter, point))
                    && !outside.iter().any(|other| holds(other, point))
            }
        }
    }

    /// What is left of polygons; `rings_of` gives a perimeter in units of the same tile.
    pub(super) fn left_of(
        &self,
        polygons: Rings,
        mut rings_of: impl FnMut(&Features) -> Rings,
    ) -> Rings {
        let Self::Cut { inside, outside } = self else {
            return polygons;
        };
        let kept = match inside {
            Some(perimeter) => overlay(&polygons, &rings_of(perimeter), OverlayRule::Intersect),
            None => polygons,
        };
        outside.iter().fold(kept, |kept, other| {
            overlay(&kept, &rings_of(other), OverlayRule::Difference)
        })
    }
}

fn perimeter(part: &PartSnapshot) -> Option<&Features> {
    let (_, perimeter) = part.plan.as_ref()?.perimeter.as_ref()?;
    Some(perimeter)
}

/// Whether polygons on the grid hold a point: an odd number of edges lies to one side of it.
fn holds(perimeter: &Features, [x, y]: GridPoint) -> bool {
    let (x, y) = (f64::from(x), f64::from(y));
    let mut inside = false;
    for ring in perimeter.rings_of(0) {
        for edge in ring.drawn.windows(2) {
            let [[x1, y1], [x2, y2]] = [edge[0], edge[1]].map(|p| p.map(f64::from));
            if (y1 > y) != (y2 > y) && x < x1 + (y - y1) / (y2 - y1) * (x2 - x1) {
                inside = !inside;
            }
        }
    }
    inside
}

/// An overlay of polygons in units of a tile, rounded to them; what it cannot do stays as it is.
fn overlay(subject: &Rings, clip: &Rings, rule: OverlayRule) -> Rings {
    let metric = |rings: &Rings| -> Vec<Vec<[f64; 2]>> {
        let ring = |ring: &Vec<[i64; 2]>| ring.iter().map(|p| p.map(|v| v as f64)).collect();
        rings.iter().map(ring).collect()
    };
    let (subject_rings, clip_rings) = (metric(subject), metric(clip));
    let found = catch_unwind(AssertUnwindSafe(|| {
        subject_rings.overlay_as::<i64>(&clip_rings, rule, FillRule::EvenOdd)
    }));
    let Ok(found) = found else {
        return subject.clone();
    };
    let mut rings = Rings::new();
    for polygon in found {
        for (index, ring) in polygon.into_iter().enumerate() {
            let mut ring: Vec<[i64; 2]> = ring
                .into_iter()
                .map(|point: [f64; 2]| point.map(|value| value.round() as i64))
                .collect();
            if (twice_area(&ring) > 0) != (index == 0) {
                ring.reverse();
            }
            rings.push(ring);
        }
    }
    rings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(from: i64, to: i64) -> Vec<[i64; 2]> {
        vec![[from, from], [to, from], [to, to], [from, to]]
    }

    fn area(rings: &Rings) -> i64 {
        rings.iter().map(|ring| twice_area(ring)).sum::<i64>() / 2
    }

    #[test]
    fn what_is_taken_out_and_what_is_left_are_the_whole() {
        let whole = vec![square(0, 100)];
        let part = vec![square(40, 60)];
        let outside = overlay(&whole, &part, OverlayRule::Difference);
        let inside = overlay(&whole, &part, OverlayRule::Intersect);
        assert_eq!((area(&outside), area(&inside)), (9600, 400));
        // The hole runs the other way.
        assert_eq!(outside.len(), 2);
        assert!(twice_area(&outside[0]) > 0 && twice_area(&outside[1]) < 0);
        let nothing = overlay(&part, &whole, OverlayRule::Difference);
        assert_eq!(nothing, Rings::new());
    }
}
