//! OGC validity of a geometry, with reason and place.
//!
//! The rules are those of Simple Features 1.2.1 (6.1.11, 6.1.14) as GEOS decides them for
//! `ST_IsValid`; all decisions are made by exact predicates. The work is bounded by a
//! [`Budget`], because no algorithm without one is safe on hostile input.
//!
//! | file | holds |
//! |---|---|
//! | `plane` | orientation, meeting of segments, angles around a point |
//! | `boxes` | a tree of boxes over segments |
//! | `ring` | a ring without repeated points; point in ring, ring in ring |
//! | `crossing` | how the rings meet |
//! | `nesting` | holes in shells, shells beside shells, inside in one piece |

mod boxes;
mod crossing;
mod nesting;
mod plane;
mod ring;

use wire::{Invalid, MultiPolygon, Reason};

pub(crate) use boxes::{BoxTree, Rect};
pub(crate) use plane::{Point, in_corner};
pub(crate) use ring::{Ring, is_nested};

/// A feature whose validity takes more steps than its budget allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("validity takes more steps than allowed")]
pub struct TooComplex;

/// The steps that are left for a check.
#[derive(Debug, Clone, Copy)]
pub struct Budget(u64);

impl Budget {
    /// Returns a budget of a number of steps, each some nanoseconds.
    #[must_use]
    pub const fn new(steps: u64) -> Self {
        Self(steps)
    }

    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), TooComplex> {
        self.0 = self.0.checked_sub(steps as u64).ok_or(TooComplex)?;
        Ok(())
    }
}

/// Returns the first rule that a geometry breaks and where, and `None` for a valid one.
///
/// Coordinates are x = longitude or E, y = latitude or N; any unit.
///
/// # Errors
/// Where the budget is used up.
pub fn check(geometry: &MultiPolygon, budget: &mut Budget) -> Result<Option<Invalid>, TooComplex> {
    let mut rings = Vec::with_capacity(geometry.polygon_count());
    for (polygon, shape) in geometry.polygons().enumerate() {
        for (index, points) in shape.rings().enumerate() {
            let ring = Ring::new(polygon, index > 0, points);
            if ring.points.len() < 4 {
                return Ok(Some(at(Reason::RingTooFewPoints, ring.points[0])));
            }
            rings.push(ring);
        }
    }
    let touches = match crossing::find(&rings, budget)? {
        Ok(touches) => touches,
        Err(invalid) => return Ok(Some(invalid)),
    };
    nesting::find(&rings, &touches, budget)
}

const fn at(reason: Reason, [x, y]: Point) -> Invalid {
    Invalid { reason, x, y }
}
