//! What a town has besides its cadastre: plan, constraints, risks, the topographic map.

mod ambito;
mod building;
mod codes;
mod constraint;
mod fabric;
mod ground;
mod lineage;
mod names;
mod norms;
mod number;
mod plan;
mod region;
mod risk;
mod service;
mod street;
mod topography;
mod variant;
mod zoning;

use crate::comune::{Comune, Drawn, Line, What};
use crate::dice::Dice;
use crate::land::Land;
use ground::Ground;

pub(crate) use constraint::constraints;
pub(crate) use lineage::{answers, later};
pub(crate) use norms::{ACTS, ARTICLES, CHANGED};
pub(crate) use plan::{pgt, variant};
pub(crate) use risk::risks;
pub(crate) use topography::{houses, topography};
pub(crate) use zoning::Zoning;

/// One comune, drawn, with all that its layers are made from.
pub(crate) struct Town<'a> {
    pub(crate) comune: &'a Comune,
    pub(crate) sheets: &'a [Drawn],
    ground: Ground,
    land: Land,
    /// How large the town is against its skeleton.
    scale: f64,
}

impl<'a> Town<'a> {
    pub(crate) fn of(comune: &'a Comune, sheets: &'a [Drawn]) -> Self {
        Self {
            comune,
            sheets,
            ground: Ground::of(sheets, &comune.lines),
            land: comune.land(&mut Dice::for_part(comune.seed, 1)),
            scale: comune.old_radius / 125.0,
        }
    }

    /// Whether a river is one that maps know by its bed, not a ditch.
    fn is_large(&self, line: &Line) -> bool {
        line.what == What::River && line.half.iter().any(|&h| h > 8.0)
    }

    /// Whether a road leads beyond the comune.
    fn is_main(&self, line: &Line) -> bool {
        line.what == What::Road && line.half[0] > 3.6
    }
}
