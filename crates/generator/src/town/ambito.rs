//! Areas to be transformed.

use crate::dice::Dice;
use crate::plane::{Point, centroid, to_path};

use super::Town;
use super::codes::{B2, B3, C1, C2, D1, D2, E1};
use super::ground::Ground;
use super::zoning::Ambito;

/// Faces about a first one until they have a size: always the one that shares most with them.
pub(super) fn cluster(
    ground: &Ground,
    start: usize,
    size_m2: f64,
    fits: impl Fn(usize) -> bool,
) -> Vec<usize> {
    let mut faces = vec![start];
    let mut size = ground.faces[start].size;
    while size < size_m2 {
        let mut shared: Vec<(usize, f64)> = Vec::new();
        for &f in &faces {
            for &(other, length) in &ground.beside[f] {
                let face = &ground.faces[other];
                if faces.contains(&other) || !face.is_parcel() || !fits(other) {
                    continue;
                }
                match shared.iter_mut().find(|s| s.0 == other) {
                    Some(s) => s.1 += length,
                    None => shared.push((other, length)),
                }
            }
        }
        // Most of its own border: that keeps the whole compact.
        let worth = |s: &(usize, f64)| s.1 / ground.faces[s.0].size.sqrt();
        let room = |s: &&(usize, f64)| size + ground.faces[s.0].size < 1.7 * size_m2;
        let Some(&(best, _)) = shared
            .iter()
            .filter(room)
            .max_by(|a, b| worth(a).total_cmp(&worth(b)))
        else {
            break;
        };
        size += ground.faces[best].size;
        faces.push(best);
    }
    faces.sort_unstable();
    faces
}

/// Fields at the edge of the town, and one old works inside it.
pub(super) fn place_ambiti(
    town: &Town<'_>,
    codes: &mut [usize],
    taken: &[Option<usize>],
    dice: &mut Dice,
) -> Vec<Ambito> {
    const NAMES: [(&str, &str, usize); 10] = [
        ("AT1 Filanda vecchia", "residenziale e servizi", C2),
        ("AT2 Campo dei Gelsi", "residenziale", C2),
        ("AT3 Prati della Roggia", "residenziale", C2),
        ("AT4 Porta sud", "commerciale e terziario", D2),
        ("AT5 Polo produttivo", "produttivo", D2),
        ("AT6 Costa alta", "residenziale", C2),
        ("AT7 Via dei Mulini", "residenziale", C2),
        ("AT8 Scalo", "terziario e servizi", D2),
        ("AT9 Borgo nuovo", "residenziale", C2),
        ("AT10 Vigna lunga", "residenziale", C2),
    ];
    let ground = &town.ground;
    let mut out: Vec<Ambito> = Vec::new();
    let mut middles: Vec<Point> = Vec::new();
    for (k, (name, use_, code)) in NAMES.into_iter().enumerate() {
        let wanted: &[usize] = match (k, code) {
            (0, _) => &[D1],
            (_, D2) => &[D1, D2],
            _ => &[B2, C1, B3],
        };
        let from = if k == 0 { D1 } else { E1 };
        let size = dice.between(7000.0, 26_000.0) * if code == D2 { 1.6 } else { 1.0 };
        let start = (0..codes.len())
            .filter(|&f| {
                let face = &ground.faces[f];
                face.is_parcel()
                    && codes[f] == from
                    && taken[f].is_none()
                    && face.size > 500.0
                    && face.size < size
                    && middles
                        .iter()
                        .all(|m| m.to(face.inner) > 380.0 * town.scale)
                    && town
                        .comune
                        .lines
                        .iter()
                        .all(|l| to_path(&l.path, face.inner).0 > 30.0)
            })
            .map(|f| {
                let beside: f64 = ground.beside[f]
                    .iter()
                    .filter(|(other, _)| wanted.contains(&codes[*other]))
                    .map(|s| s.1)
                    .sum();
                let near = 1.0 / (1.0 + ground.faces[f].inner.to(town.comune.centre) / 900.0);
                (beside.min(60.0) * near * dice.between(0.5, 1.0), f)
            })
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, start)) = start.filter(|s| s.0 > 0.0) else {
            continue;
        };
        let faces = cluster(ground, start, size, |f| {
            codes[f] == from && taken[f].is_none()
        });
        for &f in &faces {
            codes[f] = code;
        }
        middles.push(centroid(&ground.faces[start].shape[0]));
        out.push(Ambito {
            name: name.to_owned(),
            use_,
            faces,
        });
    }
    out
}
