//! The comuni of a plan: one town, or a province whose comuni share their borders.

use crate::comune::{Comune, Line, What};
use crate::dice::Dice;
use crate::division::divide;
use crate::mesh::Mesh;
use crate::plane::{
    Path, Point, Ring, area, at, bounds, contains, curve, edges, to_boundary, to_path,
};
use crate::skeleton::{Province, Town, Variation};

/// Mean land per parcel, roads and waters included.
const LAND_PER_PARCEL_M2: f64 = 2000.0;
const PARCELS_PER_SHEET: f64 = 577.0;

/// The demonstration town alone: code X100.
pub(crate) fn town(skeleton: &Town, parcels: usize, seed: u64) -> Comune {
    let mut dice = Dice::for_part(seed, 7);
    let scale = skeleton.scale_for(parcels as f64 * LAND_PER_PARCEL_M2);
    let v = Variation::new(scale, 130.0, &mut dice);
    let sheets = (skeleton.sheets * parcels)
        .div_ceil(skeleton.parcels)
        .max(3);
    Comune {
        code: "X100".to_owned(),
        name: skeleton.name.clone(),
        outline: skeleton.border(&v, &mut dice),
        centre: at(0.0, 0.0),
        old_radius: skeleton.centre_radius * scale.clamp(0.5, 1.2),
        lines: skeleton.lines(&v, &mut dice),
        quarters: skeleton.quarters(&v, at(0.0, 0.0), &mut dice),
        hills: skeleton.hills(&v),
        parcels,
        sheets,
        seed,
    }
}

/// Comuni of a province.
pub(crate) const COMUNI: usize = 40;

/// Provinces of the region.
pub(crate) const PROVINCES: usize = 15;

/// Parcels of the region.
const REGION_PARCELS: usize = 8_000_000;

/// Metres from a province's place to the next: none reaches its neighbour.
const APART_M: f64 = 62_000.0;

/// Provinces beside each other before the next row.
const A_ROW: usize = 3;

/// What follows the names of a province's comuni, so that no two of the region are called alike.
const EPITHETS: [&str; PROVINCES] = [
    "",
    " SUPERIORE",
    " INFERIORE",
    " AL PIANO",
    " AL MONTE",
    " NUOVO",
    " MAGGIORE",
    " MINORE",
    " SUL FIUME",
    " IN VALLE",
    " AL LAGO",
    " DEI PRATI",
    " DELLE VIGNE",
    " DEI MULINI",
    " DELLE FORNACI",
];

/// The comuni of a province of the region: forty codes each, from X101 on.
pub(crate) fn of_region(skeleton: &Province, town: &Town, seed: u64, number: usize) -> Vec<Comune> {
    let own_seed = seed.wrapping_add(10_000 * number as u64);
    let mut comuni = province(skeleton, town, REGION_PARCELS / PROVINCES, own_seed);
    for (position, comune) in comuni.iter_mut().enumerate() {
        comune.code = format!("X{}", 101 + COMUNI * number + position);
        comune.name.push_str(EPITHETS[number]);
    }
    comuni
}

/// Where a province of the region is drawn: in rows to the north of the first.
pub(crate) fn place_in_region(origin: Point, number: usize) -> Point {
    let (column, row) = (number % A_ROW, number / A_ROW);
    at(
        origin.x + column as f64 * APART_M,
        origin.y + row as f64 * APART_M,
    )
}

/// The comuni X101, X102, … of the province, with about so many parcels.
pub(crate) fn province(skeleton: &Province, town: &Town, parcels: usize, seed: u64) -> Vec<Comune> {
    let wanted = parcels as f64;
    let mut dice = Dice::for_part(seed, 11);
    let land = wanted * LAND_PER_PARCEL_M2;
    let v = Variation::new(skeleton.scale_for(land), 700.0, &mut dice);
    let outline = skeleton.border(&v, &mut dice);
    let lines = skeleton.lines(&v, &mut dice);
    let hills = skeleton.hills(&v);

    // Neighbours in the list become neighbours on the ground: shuffle, so that sizes mix.
    let mut order: Vec<usize> = (0..skeleton.comune.len()).collect();
    for i in (1..order.len()).rev() {
        order.swap(i, dice.below(i + 1));
    }
    let total: f64 = skeleton.comune.iter().map(|c| c.parcels).sum();
    let weights: Vec<f64> = order
        .iter()
        .map(|&i| libm::pow(skeleton.comune[i].parcels, 0.7))
        .collect();
    let (rings, _) = divide(&outline, &weights, &|_| 1.0, None, 90.0, 1.3, &mut dice);
    let (mesh, told) = Mesh::of(rings.iter());
    let rings: Vec<Ring> = told.iter().map(|r| winding(&mesh.ring(r), seed)).collect();
    let centres: Vec<Point> = rings.iter().map(|r| centre(r, &lines, &mut dice)).collect();
    let roads = roads(&told, &mesh, &centres, &mut dice);

    let mut comuni: Vec<Comune> = Vec::with_capacity(rings.len());
    for (k, outline) in rings.into_iter().enumerate() {
        let named = &skeleton.comune[order[k]];
        let parcels = (named.parcels / total * wanted).round() as usize;
        let mut dice = Dice::for_part(seed, 1000 + order[k] as u64);
        let scale = town.scale_for(area(&outline)).clamp(0.45, 1.3);
        let v = Variation::new(scale, 0.0, &mut dice);
        let mut own = through_centre(&roads, k, centres[k], &mut dice);
        own.extend(lines.iter().filter(|l| near(l, &outline)).cloned());
        let sheets = (parcels as f64 / PARCELS_PER_SHEET)
            .max(area(&outline) / 1.6e6)
            .round();
        comuni.push(Comune {
            code: format!("X{}", 101 + order[k]),
            name: named.name.clone(),
            centre: centres[k],
            old_radius: town.centre_radius * scale.clamp(0.5, 1.2),
            lines: own,
            quarters: town.quarters(&v, centres[k], &mut dice),
            hills: hills.clone(),
            parcels,
            sheets: (sheets as usize).max(3),
            seed: seed.wrapping_add(order[k] as u64 + 1),
            outline,
        });
    }
    comuni.sort_by(|a, b| a.code.cmp(&b.code));
    comuni
}

/// The ring with two more points on each edge, a little off it; a neighbour's are the same.
fn winding(ring: &Ring, seed: u64) -> Ring {
    let mut out = Ring::with_capacity(3 * ring.len());
    for (a, b) in edges(ring) {
        let ahead = a.key() < b.key();
        let (from, to) = if ahead { (a, b) } else { (b, a) };
        let (x, y) = from.key();
        let mut dice = Dice::for_part(seed, x ^ y.rotate_left(32));
        let d = to.minus(from);
        let mut bend = |share: f64| {
            let off = dice.between(-0.05, 0.05);
            from.plus(d, share + dice.between(-0.1, 0.1))
                .plus(d.left(), off)
        };
        let (p, q) = (bend(0.33), bend(0.67));
        out.push(a);
        out.extend(if ahead { [p, q] } else { [q, p] });
    }
    out
}

fn near(line: &Line, outline: &Ring) -> bool {
    let ((a, b), (c, d)) = (bounds(&line.path), bounds(outline));
    a.x - 50.0 < d.x && b.x + 50.0 > c.x && a.y - 50.0 < d.y && b.y + 50.0 > c.y
}

/// A place for the town: well inside, not in the river and not on the railway.
fn centre(outline: &Ring, lines: &[Line], dice: &mut Dice) -> Point {
    let (low, high) = bounds(outline);
    let mut best = (f64::NEG_INFINITY, low.middle(high));
    for _ in 0..220 {
        let p = at(dice.between(low.x, high.x), dice.between(low.y, high.y));
        if !contains(outline, p) {
            continue;
        }
        let off_lines = lines
            .iter()
            .map(|l| to_path(&l.path, p).0)
            .fold(f64::INFINITY, f64::min);
        let worth = to_boundary(outline, p).min(2.2 * off_lines) * dice.between(0.75, 1.0);
        if worth > best.0 {
            best = (worth, p);
        }
    }
    best.1
}

/// Roads between neighbouring towns, through a place on their common border.
fn roads(
    told: &[Vec<u32>],
    mesh: &Mesh,
    centres: &[Point],
    dice: &mut Dice,
) -> Vec<(usize, usize, Path)> {
    let mut sides: Vec<(u32, u32, usize)> = Vec::new();
    for (i, ring) in told.iter().enumerate() {
        sides.extend(
            ring.iter()
                .zip(ring.iter().cycle().skip(1))
                .map(|(&a, &b)| (a, b, i)),
        );
    }
    sides.sort_unstable();
    // The common border's points, by pair of comuni.
    let mut shared: Vec<(usize, usize, u32)> = Vec::new();
    for &(a, b, i) in &sides {
        let at = sides.partition_point(|s| (s.0, s.1) < (b, a));
        if let Some(&(c, d, j)) = sides.get(at)
            && (c, d) == (b, a)
            && i < j
        {
            shared.push((i, j, a));
        }
    }
    shared.sort_by_key(|s| (s.0, s.1));
    let mut pairs: Vec<(f64, usize, usize, Point)> = shared
        .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .filter(|run| run.len() > 24)
        .map(|run| {
            let (i, j) = (run[0].0, run[0].1);
            let way = |p: Point| p.to(centres[i]) + p.to(centres[j]);
            let best = run
                .iter()
                .map(|s| mesh.points[s.2 as usize])
                .min_by(|p, q| way(*p).total_cmp(&way(*q)))
                .unwrap_or(centres[i]);
            (way(best), i, j, best)
        })
        .collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut degree = vec![0; centres.len()];
    let mut out: Vec<(usize, usize, Path)> = Vec::new();
    for (_, i, j, gate) in pairs {
        if degree[i] >= 5 || degree[j] >= 5 {
            continue;
        }
        // No two roads leave a town in nearly the same direction.
        let crowded = |k: usize| {
            out.iter().any(|(a, b, path)| {
                let first = if *a == k {
                    path[4.min(path.len() - 1)]
                } else if *b == k {
                    path[path.len().saturating_sub(5)]
                } else {
                    return false;
                };
                let (u, v) = (
                    first.minus(centres[k]).unit(),
                    gate.minus(centres[k]).unit(),
                );
                u.dot(v) > 0.75
            })
        };
        if crowded(i) || crowded(j) {
            continue;
        }
        degree[i] += 1;
        degree[j] += 1;
        let mut knee = |a: Point, b: Point| {
            let d = b.minus(a);
            let off = dice.normal() * 0.06;
            at(a.x + d.x / 2.0 - d.y * off, a.y + d.y / 2.0 + d.x * off)
        };
        let points = [
            centres[i],
            knee(centres[i], gate),
            gate,
            knee(gate, centres[j]),
            centres[j],
        ];
        out.push((i, j, curve(&points, 26.0, dice, 0.35)));
    }
    out
}

/// A comune's roads: the first goes through its centre, the others start there.
fn through_centre(
    roads: &[(usize, usize, Path)],
    k: usize,
    centre: Point,
    dice: &mut Dice,
) -> Vec<Line> {
    let mut own: Vec<Path> = roads
        .iter()
        .filter_map(|(i, j, path)| {
            if *i == k {
                Some(path.clone())
            } else if *j == k {
                Some(path.iter().rev().copied().collect())
            } else {
                None
            }
        })
        .collect();
    let leaves = |path: &Path| path[3.min(path.len() - 1)].minus(centre).unit();
    while own.len() < 2 {
        // A road that ends somewhere beyond the border.
        let d = own
            .first()
            .map_or_else(|| at(1.0, 0.0).turned(dice.between(0.0, 6.3)), leaves);
        let points = [
            centre,
            centre.plus(d.turned(0.2), -1500.0),
            centre.plus(d, -9000.0),
        ];
        own.push(curve(&points, 26.0, dice, 0.35));
    }
    let mut best = (f64::INFINITY, 0, 1);
    for i in 0..own.len() {
        for j in i + 1..own.len() {
            let straight = leaves(&own[i]).dot(leaves(&own[j]));
            if straight < best.0 {
                best = (straight, i, j);
            }
        }
    }
    let mut through: Path = own[best.1].iter().rev().copied().collect();
    through.extend(own[best.2].iter().skip(1));
    let mut paths = vec![through];
    paths.extend(
        own.into_iter()
            .enumerate()
            .filter(|(i, _)| *i != best.1 && *i != best.2)
            .map(|(_, p)| p),
    );
    paths
        .into_iter()
        .map(|path| {
            let half = 4.1;
            Line {
                half: vec![half; path.len()],
                path,
                what: What::Road,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_comuni_share_their_borders() {
        let read = |text| toml::from_str(text).map_err(|e: toml::de::Error| e.to_string());
        let town = toml::from_str::<Town>(include_str!("../../../data/skeleton/town.toml"))
            .expect("the skeleton of the town is well formed");
        let skeleton: Province = read(include_str!("../../../data/skeleton/province.toml"))
            .expect("the skeleton of the province is well formed");
        let comuni = province(&skeleton, &town, skeleton.parcels, 3);
        assert_eq!(comuni.len(), 40);
        assert_eq!(
            comuni.iter().map(|c| &c.name).collect::<HashSet<_>>().len(),
            40
        );
        assert_eq!(
            (comuni[0].code.as_str(), comuni[39].code.as_str()),
            ("X101", "X140")
        );
        let sides: HashSet<_> = comuni
            .iter()
            .flat_map(|c| {
                edges(&c.outline)
                    .map(|(a, b)| (a.key(), b.key()))
                    .collect::<Vec<_>>()
            })
            .collect();
        let alone = sides
            .iter()
            .filter(|(a, b)| !sides.contains(&(*b, *a)))
            .count();
        // The province's border is about 110 km long, with a vertex about every 30 m.
        assert!(
            alone * 4 < sides.len(),
            "{alone} of {} sides have no neighbour",
            sides.len()
        );
        for comune in &comuni {
            assert!(contains(&comune.outline, comune.centre), "{}", comune.name);
        }
    }

    #[test]
    fn the_provinces_of_the_region_are_apart_and_no_code_or_name_comes_twice() {
        let town = toml::from_str::<Town>(include_str!("../../../data/skeleton/town.toml"))
            .expect("the skeleton of the town is well formed");
        let skeleton: Province =
            toml::from_str(include_str!("../../../data/skeleton/province.toml"))
                .expect("the skeleton of the province is well formed");
        let mut codes = HashSet::new();
        let mut names = HashSet::new();
        let mut parcels = 0;
        let mut boxes: Vec<(Point, Point)> = Vec::new();
        for number in 0..PROVINCES {
            let place = place_in_region(at(0.0, 0.0), number);
            let mut whole: Option<(Point, Point)> = None;
            for comune in of_region(&skeleton, &town, 1, number) {
                let (low, high) = bounds(&comune.outline);
                let (low, high) = (low.plus(place, 1.0), high.plus(place, 1.0));
                whole = Some(match whole {
                    Some((a, b)) => (
                        at(a.x.min(low.x), a.y.min(low.y)),
                        at(b.x.max(high.x), b.y.max(high.y)),
                    ),
                    None => (low, high),
                });
                parcels += comune.parcels;
                assert!(codes.insert(comune.code.clone()), "{}", comune.code);
                assert!(names.insert(comune.name.clone()), "{}", comune.name);
            }
            boxes.extend(whole);
        }
        assert_eq!(codes.len(), 600);
        assert!(codes.contains("X101") && codes.contains("X700"));
        assert!(
            parcels.abs_diff(REGION_PARCELS) < REGION_PARCELS / 100,
            "{parcels}"
        );
        for (i, (a, b)) in boxes.iter().enumerate() {
            for (c, d) in &boxes[i + 1..] {
                let meet = a.x < d.x && c.x < b.x && a.y < d.y && c.y < b.y;
                assert!(!meet, "provinces overlap: {a:?} {b:?} {c:?} {d:?}");
            }
        }
    }
}
