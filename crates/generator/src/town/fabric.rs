//! The fabric of the historic centre.

use crate::dice::Dice;
use crate::sheet::Polygon;

use super::Town;
use super::codes::A1;
use super::zoning::{Zoning, planner};

/// What the buildings of the centre are, parcel by parcel: kind, description, polygons.
pub(crate) fn fabric(
    town: &Town<'_>,
    zoning: &Zoning,
) -> Vec<(&'static str, &'static str, Polygon)> {
    const KINDS: [(&str, &str); 6] = [
        ("T1", "Edifici a corte"),
        ("T2", "Edifici a schiera"),
        ("T3", "Palazzi e ville storiche"),
        ("T4", "Edifici specialistici"),
        ("T5", "Edifici recenti o sostituiti"),
        ("T6", "Aree libere, orti e giardini"),
    ];
    let mut dice = Dice::for_part(town.comune.seed, 9002);
    let ground = &town.ground;
    let mut kinds: Vec<usize> = ground
        .faces
        .iter()
        .map(|f| {
            let turn = dice.share();
            match f.size {
                _ if !f.is_parcel() => usize::MAX,
                s if s < 130.0 => 1,
                s if s < 420.0 => [1, 0, 0, 4][(turn * 4.0) as usize],
                s if s < 900.0 => [0, 0, 2, 5][(turn * 4.0) as usize],
                _ => [2, 5, 5][(turn * 3.0) as usize],
            }
        })
        .collect();
    for service in zoning.services.iter().filter(|s| s.kind != "verde") {
        for &f in &service.faces {
            kinds[f] = 3;
        }
    }
    let inside = |f: usize| zoning.codes[f] == A1 && ground.faces[f].is_parcel();
    let groups = ground.groups(|f| inside(f).then(|| (ground.faces[f].block, kinds[f])));
    let groups: Vec<_> = groups
        .into_iter()
        .filter_map(|(key, faces)| key.map(|(_, kind)| (kind, faces)))
        .collect();
    let mut labels = vec![None; ground.faces.len()];
    for (k, (_, faces)) in groups.iter().enumerate() {
        for &f in faces {
            labels[f] = Some(k as u32);
        }
    }
    let polygons = ground.areas(&labels, groups.len(), planner(town.comune.seed));
    groups
        .into_iter()
        .zip(polygons)
        .flat_map(|((kind, _), polygons)| {
            let (code, text) = KINDS[kind];
            polygons.into_iter().map(move |p| (code, text, p))
        })
        .collect()
}
