//! The adopted partial variant.

use super::Town;
use super::codes::{B2, B3, C1, C2, E1, E3, F3, F4};
use super::zoning::{Zoning, heaviest};

/// The adopted variant: which faces lie in its perimeter, and the codes it gives them.
///
/// An area to be transformed and the blocks around it; `None` where the plan has none.
pub(crate) fn variant_codes(town: &Town<'_>, zoning: &Zoning) -> Option<(Vec<bool>, Vec<usize>)> {
    let ground = &town.ground;
    let ambito = zoning
        .ambiti
        .iter()
        .find(|a| zoning.codes[a.faces[0]] == C2 && a.use_ == "residenziale")
        .or_else(|| zoning.ambiti.first())?;
    let middle = ground.faces[ambito.faces[0]].inner;
    let blocks = ground.faces.iter().map(|f| f.block).max()? as usize + 1;
    let mut sums = vec![(0.0, 0.0, 0.0); blocks];
    for face in ground.faces.iter().filter(|f| f.is_parcel()) {
        let sum = &mut sums[face.block as usize];
        *sum = (sum.0 + face.inner.x, sum.1 + face.inner.y, sum.2 + 1.0);
    }
    let near = |face: &super::ground::Face| {
        let (x, y, n) = sums[face.block as usize];
        let at = crate::plane::at(x / n, y / n);
        face.is_parcel() && at.to(middle) < 260.0 * town.scale.max(0.6)
    };
    let mut inside: Vec<bool> = ground.faces.iter().map(near).collect();
    for &f in &ambito.faces {
        inside[f] = true;
    }
    for _ in 0..2 {
        let before = inside.clone();
        for (f, face) in ground.faces.iter().enumerate() {
            if before[f] || face.is_parcel() || matches!(zoning.codes[f], F3 | F4 | E3) {
                continue;
            }
            let all: f64 = ground.beside[f].iter().map(|s| s.1).sum();
            let within = ground.beside[f].iter().filter(|s| before[s.0]);
            inside[f] = within.map(|s| s.1).sum::<f64>() > 0.4 * all;
        }
    }
    let part = ground
        .groups(|f| inside[f])
        .into_iter()
        .find(|(_, faces)| faces.binary_search(&ambito.faces[0]).is_ok())?
        .1;
    inside.fill(false);
    for f in part {
        inside[f] = true;
    }
    let mut codes = zoning.codes.clone();
    for (f, face) in ground.faces.iter().enumerate() {
        if !inside[f] || !face.is_parcel() {
            continue;
        }
        codes[f] = match codes[f] {
            C2 => C1,
            E1 if face.inner.to(middle) < 170.0 * town.scale => C2,
            B2 if face.block % 3 == 0 => B3,
            C1 if face.block % 3 == 0 => B2,
            code => code,
        };
    }
    for (f, face) in ground.faces.iter().enumerate() {
        if inside[f] && !face.is_parcel() {
            codes[f] = heaviest(ground, f, &codes, |c| !matches!(c, F3 | F4)).unwrap_or(codes[f]);
        }
    }
    Some((inside, codes))
}
