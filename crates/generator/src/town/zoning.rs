//! The plan in force: which zone each piece of land lies in.

use crate::block::Kind;
use crate::comune::What;
use crate::dice::Dice;
use crate::land::Zone;
use crate::plane::{Point, to_path};
use crate::sheet::Polygon;

use super::Town;
use super::ambito::place_ambiti;
use super::codes::{A1, A2, B1, B2, B3, C1, C2, CODES, D1, D2, E1, E2, E3, F3, F4};
use super::ground::{Ground, Hand};
use super::service::{parks, place_services};

/// A service of the plan.
pub(crate) struct Service {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) planned: bool,
    pub(crate) faces: Vec<usize>,
}

/// An area to be transformed.
pub(crate) struct Ambito {
    pub(crate) name: String,
    pub(crate) use_: &'static str,
    pub(crate) faces: Vec<usize>,
}

/// One polygon of the zones' layer, by the faces it is made of.
pub(crate) struct Area {
    pub(crate) code: usize,
    pub(crate) service: Option<usize>,
    pub(crate) ambito: Option<usize>,
    pub(crate) polygons: Vec<Polygon>,
}

/// The plan in force.
pub(crate) struct Zoning {
    pub(crate) areas: Vec<Area>,
    pub(crate) services: Vec<Service>,
    pub(crate) ambiti: Vec<Ambito>,
    /// For each face the number of its code.
    pub(crate) codes: Vec<usize>,
}

/// Whoever drew the plan: half a metre off, and not every corner.
pub(crate) fn planner(seed: u64) -> Hand {
    Hand {
        detail_m: 0.22,
        off_m: (0.2, 0.8),
        seed,
    }
}

const NONE: usize = usize::MAX;

impl Zoning {
    pub(crate) fn of(town: &Town<'_>) -> Self {
        let mut dice = Dice::for_part(town.comune.seed, 9001);
        let ground = &town.ground;
        let mut codes = first_codes(town, &mut dice);
        spread(ground, &mut codes);
        let mut services = Vec::new();
        for _ in 0..3 {
            merge_small(ground, &mut codes);
        }
        parks(town, &mut codes, &mut services, &mut dice);
        let mut taken: Vec<Option<usize>> = vec![None; ground.faces.len()];
        for (k, service) in services.iter().enumerate() {
            for &f in &service.faces {
                taken[f] = Some(k);
            }
        }
        place_services(town, &mut codes, &mut services, &mut taken, &mut dice);
        let ambiti = place_ambiti(town, &mut codes, &taken, &mut dice);
        let mut of_ambito: Vec<Option<usize>> = vec![None; ground.faces.len()];
        for (k, ambito) in ambiti.iter().enumerate() {
            for &f in &ambito.faces {
                of_ambito[f] = Some(k);
            }
        }
        let groups = ground.groups(|f| (codes[f], taken[f], of_ambito[f]));
        let mut labels = vec![None; ground.faces.len()];
        for (k, (_, faces)) in groups.iter().enumerate() {
            for &f in faces {
                labels[f] = Some(k as u32);
            }
        }
        let polygons = ground.areas(&labels, groups.len(), planner(town.comune.seed));
        let areas = groups
            .into_iter()
            .zip(polygons)
            .map(|(((code, service, ambito), _), polygons)| Area {
                code,
                service,
                ambito,
                polygons,
            })
            .collect();
        Self {
            areas,
            services,
            ambiti,
            codes,
        }
    }
}

/// The code of each face that has a use of its own; streets and ditches follow later.
fn first_codes(town: &Town<'_>, dice: &mut Dice) -> Vec<usize> {
    let ground = &town.ground;
    let blocks = ground.faces.iter().map(|f| f.block).max().unwrap_or(0) as usize + 1;
    let mut of_block = vec![NONE; blocks];
    ground
        .faces
        .iter()
        .map(|face| {
            let line = face.line.map(|l| &town.comune.lines[l]);
            match (face.kind, line) {
                _ if face.zone == Zone::Centre => A1,
                (Kind::Railway, _) => F4,
                (Kind::Water, Some(l)) if town.is_large(l) => E3,
                (Kind::Road, Some(l)) if town.is_main(l) => F3,
                (Kind::Parcel, _) => {
                    let known = &mut of_block[face.block as usize];
                    if *known == NONE {
                        *known = block_code(town, face.zone, face.inner, dice);
                    }
                    *known
                }
                _ => NONE,
            }
        })
        .collect()
}

fn block_code(town: &Town<'_>, zone: Zone, p: Point, dice: &mut Dice) -> usize {
    let by_river = |metres: f64| {
        town.comune
            .lines
            .iter()
            .any(|l| l.what == What::River && town.is_large(l) && to_path(&l.path, p).0 < metres)
    };
    match zone {
        Zone::Centre => A1,
        Zone::Old if p.to(town.comune.centre) < 950.0 * town.scale => B1,
        Zone::Old => A2,
        Zone::Houses => B2,
        Zone::Flats => B3,
        Zone::Recent => C1,
        Zone::Industry => {
            let by_road = |l: &&crate::comune::Line| l.what == What::Road && l.half[0] > 5.5;
            let near = town
                .comune
                .lines
                .iter()
                .filter(by_road)
                .any(|l| to_path(&l.path, p).0 < 170.0);
            if near && dice.chance(0.6) || dice.chance(0.06) {
                D2
            } else {
                D1
            }
        }
        Zone::Fields | Zone::Hills if by_river(150.0 * town.scale.max(0.6)) => E3,
        Zone::Fields => E1,
        Zone::Hills => E2,
    }
}

/// Streets and ditches take the code of most of what lies beside them.
fn spread(ground: &Ground, codes: &mut [usize]) {
    for round in 0..12 {
        let before = codes.to_vec();
        for (f, code) in codes.iter_mut().enumerate() {
            if before[f] != NONE {
                continue;
            }
            let weigh = |c: usize| c != NONE && (round > 5 || !matches!(c, F3 | F4));
            *code = heaviest(ground, f, &before, weigh).unwrap_or(NONE);
        }
    }
    for code in codes.iter_mut().filter(|c| **c == NONE) {
        *code = E1;
    }
}

pub(super) fn heaviest(
    ground: &Ground,
    face: usize,
    codes: &[usize],
    fits: impl Fn(usize) -> bool,
) -> Option<usize> {
    let mut weights = [0.0; CODES.len()];
    for &(other, shared) in &ground.beside[face] {
        if fits(codes[other]) {
            weights[codes[other]] += shared;
        }
    }
    (0..CODES.len())
        .filter(|&c| weights[c] > 0.0)
        .max_by(|&a, &b| weights[a].total_cmp(&weights[b]))
}

/// Areas too small for a plan become part of what surrounds them.
fn merge_small(ground: &Ground, codes: &mut [usize]) {
    for (code, faces) in ground.groups(|f| codes[f]) {
        let size: f64 = faces.iter().map(|&f| ground.faces[f].size).sum();
        let least = match code {
            A1 | F3 | F4 => 0.0,
            A2 | B1 => 2500.0,
            B2 | B3 | C1 | C2 => 5200.0,
            D1 | D2 => 9000.0,
            E3 => 3000.0,
            _ => 2600.0,
        };
        if size >= least {
            continue;
        }
        let mut weights = [0.0; CODES.len()];
        for &f in &faces {
            for &(other, shared) in &ground.beside[f] {
                if codes[other] != code && !matches!(codes[other], F3 | F4) {
                    weights[codes[other]] += shared;
                }
            }
        }
        let best = (0..CODES.len()).max_by(|&a, &b| weights[a].total_cmp(&weights[b]));
        if let Some(best) = best.filter(|&b| weights[b] > 0.0) {
            for &f in &faces {
                codes[f] = best;
            }
        }
    }
}
