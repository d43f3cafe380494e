//! Buildings: curtains along the old streets, houses in their gardens, works, farms.

use std::collections::HashMap;

use crate::dice::Dice;
use crate::land::Zone;
use crate::plane::{
    Point, Ring, area, at, bounds, centroid, compactness, contains, edges, frame, inner_point,
    is_simple, to_boundary, to_segment,
};

use super::Town;
use super::ground::Face;
use super::region::Region;
use super::street::{Streets, on_street};
use super::zoning::Zoning;

/// A building.
pub(crate) struct Building {
    pub(crate) shape: crate::sheet::Polygon,
    pub(crate) use_: &'static str,
    pub(crate) height: f64,
    /// Whether it has a house number.
    pub(crate) numbered: bool,
}

/// A farm by its name and place.
pub(crate) struct Farm {
    pub(crate) name: &'static str,
    pub(crate) at: Point,
}

/// Buildings of a kind: their sides, how far from the border they stay, how high they are.
struct Type {
    long: (f64, f64),
    deep: (f64, f64),
    off: f64,
    height: (f64, f64),
    /// Land that one takes up.
    land: f64,
    use_: &'static str,
}

const HOUSE: Type = Type {
    long: (10.0, 17.0),
    deep: (8.5, 12.5),
    off: 3.0,
    height: (5.5, 8.5),
    land: 640.0,
    use_: "residenziale",
};
const ROW: Type = Type {
    long: (9.0, 24.0),
    deep: (9.0, 11.5),
    off: 2.0,
    height: (6.0, 10.0),
    land: 700.0,
    use_: "residenziale",
};
const FLATS: Type = Type {
    long: (18.0, 46.0),
    deep: (11.5, 15.0),
    off: 4.0,
    height: (10.0, 25.0),
    land: 1500.0,
    use_: "residenziale",
};
const WORKS: Type = Type {
    long: (26.0, 95.0),
    deep: (18.0, 55.0),
    off: 5.0,
    height: (6.5, 12.0),
    land: 5200.0,
    use_: "produttivo",
};
const SHOP: Type = Type {
    long: (24.0, 70.0),
    deep: (20.0, 45.0),
    off: 6.0,
    height: (6.0, 10.0),
    land: 5200.0,
    use_: "commerciale",
};
const SHED: Type = Type {
    long: (4.5, 9.0),
    deep: (3.0, 6.0),
    off: 0.3,
    height: (2.4, 3.2),
    land: 400.0,
    use_: "accessorio",
};
const SCHOOL: Type = Type {
    long: (28.0, 60.0),
    deep: (14.0, 24.0),
    off: 5.0,
    height: (6.0, 11.0),
    land: 4200.0,
    use_: "servizi",
};
const CHURCH: Type = Type {
    long: (24.0, 40.0),
    deep: (12.0, 17.0),
    off: 1.0,
    height: (13.0, 21.0),
    land: 3000.0,
    use_: "culto",
};
const BARN: Type = Type {
    long: (22.0, 44.0),
    deep: (9.0, 14.0),
    off: 3.0,
    height: (6.0, 9.0),
    land: 2200.0,
    use_: "agricolo",
};

/// What is already built, by cells, so that nothing stands in something else.
struct Site {
    out: Vec<Building>,
    cells: HashMap<(i64, i64), Vec<usize>>,
}

const CELL_M: f64 = 40.0;

impl Site {
    fn around(&self, ring: &[Point], gap: f64) -> impl Iterator<Item = &Building> + '_ {
        let (low, high) = bounds(ring);
        let cell = |v: f64| (v / CELL_M).floor() as i64;
        let rows = cell(low.y - gap)..=cell(high.y + gap);
        (cell(low.x - gap)..=cell(high.x + gap))
            .flat_map(move |x| rows.clone().map(move |y| (x, y)))
            .filter_map(|key| self.cells.get(&key))
            .flatten()
            .map(|&k| &self.out[k])
    }

    fn is_free(&self, ring: &[Point], gap: f64) -> bool {
        self.around(ring, gap).all(|b| {
            let other = &b.shape[0];
            let apart =
                |p: &Point, ring: &[Point]| !contains(ring, *p) && to_boundary(ring, *p) > gap;
            ring.iter().all(|p| apart(p, other)) && other.iter().all(|p| apart(p, ring))
        })
    }

    fn add(&mut self, building: Building) {
        let (low, high) = bounds(&building.shape[0]);
        let cell = |v: f64| (v / CELL_M).floor() as i64;
        for x in cell(low.x)..=cell(high.x) {
            for y in cell(low.y)..=cell(high.y) {
                self.cells.entry((x, y)).or_default().push(self.out.len());
            }
        }
        self.out.push(building);
    }
}

/// All buildings of the comune, and its farms.
pub(crate) fn buildings(
    town: &Town<'_>,
    zoning: &Zoning,
    streets: &Streets,
) -> (Vec<Building>, Vec<Farm>) {
    let mut dice = Dice::for_part(town.comune.seed, 9301);
    let mut site = Site {
        out: Vec::new(),
        cells: HashMap::new(),
    };
    let ground = &town.ground;
    let mut service = vec![None; ground.faces.len()];
    for s in &zoning.services {
        let largest = s
            .faces
            .iter()
            .copied()
            .max_by(|&a, &b| ground.faces[a].size.total_cmp(&ground.faces[b].size));
        for &f in &s.faces {
            service[f] = Some((s.kind, Some(f) == largest && !s.planned));
        }
    }
    let mut future = vec![false; ground.faces.len()];
    for ambito in &zoning.ambiti {
        for &f in &ambito.faces {
            future[f] = true;
        }
    }
    for (f, face) in ground.faces.iter().enumerate() {
        if !face.is_parcel() || face.size < 28.0 {
            continue;
        }
        if let Some((kind, main)) = service[f] {
            if main {
                public(&mut site, streets, face, kind, &mut dice);
            }
            continue;
        }
        if future[f] {
            continue;
        }
        match face.zone {
            Zone::Centre => curtain(town, &mut site, f, 0.97, &mut dice),
            Zone::Old => curtain(town, &mut site, f, 0.85, &mut dice),
            Zone::Houses => garden(&mut site, streets, face, &HOUSE, 0.93, &mut dice),
            Zone::Recent => garden(&mut site, streets, face, &ROW, 0.9, &mut dice),
            Zone::Flats => garden(&mut site, streets, face, &FLATS, 0.9, &mut dice),
            Zone::Industry => {
                let kind = if zoning.codes[f] == super::codes::D2 {
                    &SHOP
                } else {
                    &WORKS
                };
                garden(&mut site, streets, face, kind, 0.92, &mut dice);
            }
            Zone::Fields | Zone::Hills => (),
        }
    }
    let farms = farms(town, zoning, streets, &mut site, &mut dice);
    (site.out, farms)
}

fn public(site: &mut Site, streets: &Streets, face: &Face, kind: &str, dice: &mut Dice) {
    let of = match kind {
        "verde" | "parcheggio" | "cimitero" => return,
        "culto" => &CHURCH,
        "tecnologico" => &SHED,
        _ => &SCHOOL,
    };
    let before = site.out.len();
    garden(site, streets, face, of, 1.0, dice);
    if site.out.len() == before {
        let smaller = Type {
            long: (10.0, 22.0),
            deep: (8.0, 13.0),
            off: 0.4,
            land: 500.0,
            ..*of
        };
        garden(site, streets, face, &smaller, 1.0, dice);
    }
}

/// Buildings side by side along the street, courts behind them.
fn curtain(town: &Town<'_>, site: &mut Site, f: usize, share: f64, dice: &mut Dice) {
    let face = &town.ground.faces[f];
    let ring = &face.shape[0];
    if !dice.chance(share) || compactness(ring) < 0.12 {
        return;
    }
    let height = dice.between(6.5, 13.5);
    let whole = face.size < 150.0 && dice.chance(0.8);
    if whole {
        site.add(Building {
            shape: face.shape.clone(),
            use_: "residenziale",
            height,
            numbered: face.size > 45.0,
        });
        return;
    }
    let mut sides = town.ground.fronts(f);
    if sides.is_empty() {
        // Behind others: a wing along the longest wall.
        let longest = edges(ring).max_by(|a, b| a.0.to(a.1).total_cmp(&b.0.to(b.1)));
        sides.extend(longest);
    }
    let depth = dice.between(8.0, 12.5);
    let mut bands: Option<Region> = None;
    let mut add = |a: Point, b: Point, depth: f64| {
        let u = b.minus(a).unit();
        let (a, b) = (a.plus(u, -1.5), b.plus(u, 1.5));
        let band = Region::ring(&[
            a.plus(u.left(), -1.0),
            b.plus(u.left(), -1.0),
            b.plus(u.left(), depth),
            a.plus(u.left(), depth),
        ]);
        bands = Some(match bands.take() {
            Some(all) => all.plus(&band),
            None => band,
        });
    };
    for (a, b) in &sides {
        add(*a, *b, depth);
    }
    // Often one wing goes back into the court.
    let wings: Vec<(Point, Point)> = edges(ring)
        .filter(|(a, b)| a.to(*b) > 8.0 && !sides.contains(&(*a, *b)))
        .collect();
    if !wings.is_empty() && face.size > 260.0 && dice.chance(0.6) {
        let (a, b) = wings[dice.below(wings.len())];
        add(a, b, dice.between(4.5, 7.0));
    }
    let Some(bands) = bands else { return };
    let built = bands.within(&Region::of(std::slice::from_ref(&face.shape)));
    for (k, shape) in built.polygons(24.0).into_iter().enumerate() {
        if compactness(&shape[0]) < 0.12 {
            continue;
        }
        let size = area(&shape[0]);
        site.add(Building {
            shape,
            use_: if k > 0 && size < 60.0 {
                "accessorio"
            } else {
                "residenziale"
            },
            height: if k > 0 { height * 0.7 } else { height },
            numbered: size > 45.0,
        });
    }
}

/// Buildings that stand free, one or several as the parcel has room.
fn garden(site: &mut Site, streets: &Streets, face: &Face, of: &Type, share: f64, dice: &mut Dice) {
    let ring = &face.shape[0];
    let small = face.size < 0.18 * of.land || compactness(ring) < 0.3;
    if small {
        if face.size > 60.0 && compactness(ring) > 0.35 && dice.chance(0.25) {
            one(site, streets, face, &SHED, dice);
        }
        return;
    }
    if !dice.chance(share) {
        return;
    }
    let count = (face.size / of.land).round().clamp(1.0, 5.0) as usize;
    for _ in 0..count {
        one(site, streets, face, of, dice);
    }
    if of.use_ == "residenziale" && face.size > 420.0 && dice.chance(0.38) {
        one(site, streets, face, &SHED, dice);
    }
}

/// The outline of a building in shares of its half sides.
fn outline(dice: &mut Dice, plain: bool) -> Vec<(f64, f64)> {
    let (a, b) = (dice.between(-0.3, 0.45), dice.between(-0.25, 0.4));
    match dice.below(if plain { 2 } else { 5 }) {
        0 | 1 => vec![(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)],
        2 => vec![
            (-1.0, -1.0),
            (1.0, -1.0),
            (1.0, b),
            (a, b),
            (a, 1.0),
            (-1.0, 1.0),
        ],
        3 => vec![
            (-1.0, -0.7),
            (a - 0.2, -0.7),
            (a - 0.2, -1.0),
            (a + 0.4, -1.0),
            (a + 0.4, -0.7),
            (1.0, -0.7),
            (1.0, 1.0),
            (-1.0, 1.0),
        ],
        _ => vec![
            (-1.0, -1.0),
            (0.4, -1.0),
            (0.4, -0.75),
            (1.0, -0.75),
            (1.0, 0.8),
            (a, 0.8),
            (a, 1.0),
            (-1.0, 1.0),
        ],
    }
}

fn one(site: &mut Site, streets: &Streets, face: &Face, of: &Type, dice: &mut Dice) {
    let ring = &face.shape[0];
    let middle = inner_point(ring);
    let near = streets.near(middle, 90.0, |_| true);
    let along = match near {
        Some((way, segment, _)) => {
            let path = &streets.ways[way].path;
            path[segment + 1].minus(path[segment]).unit()
        }
        None => frame(ring).along,
    };
    // Most stand square to their street, some to their parcel.
    let along = if dice.chance(0.22) {
        frame(ring).along
    } else {
        along
    };
    let along = along.turned(dice.normal() * 0.012);
    let shape = outline(dice, of.use_ == "produttivo" || of.use_ == "accessorio");
    let (long, deep) = (
        dice.between(of.long.0, of.long.1),
        dice.between(of.deep.0, of.deep.1),
    );
    let turned = dice.chance(0.2);
    let across = of.use_ == "residenziale" && dice.chance(0.012);
    let (low, high) = bounds(ring);
    let least = if of.long.1 > 40.0 { 0.3 } else { 0.52 };
    let mut scale = 1.0;
    for attempt in 0..36 {
        if attempt % 6 == 5 {
            scale *= 0.84;
            if scale < least {
                return;
            }
        }
        let p = match attempt {
            0 => middle,
            1 => centroid(ring),
            _ => at(dice.between(low.x, high.x), dice.between(low.y, high.y)),
        };
        let (u, v) = if turned {
            (along.left(), along)
        } else {
            (along, along.left())
        };
        let place = |(x, y): (f64, f64)| {
            p.plus(u, x * long * scale / 2.0)
                .plus(v, y * deep * scale / 2.0)
        };
        let mut house: Ring = shape.iter().map(|&s| place(s)).collect();
        if area(&house) < 0.0 {
            house.reverse();
        }
        let off = if across {
            -2.5
        } else {
            of.off * scale.min(1.0)
        };
        if !fits(&house, face, off) || !site.is_free(&house, 1.2) {
            continue;
        }
        if across && house.iter().any(|&q| on_street(streets, q, 1.0)) {
            continue;
        }
        site.add(Building {
            shape: vec![house],
            use_: of.use_,
            height: dice.between(of.height.0, of.height.1),
            numbered: of.use_ != "accessorio",
        });
        return;
    }
}

/// Whether a building stands in its parcel, so far from its border; negative: as far beyond it.
fn fits(house: &Ring, face: &Face, off: f64) -> bool {
    if !is_simple(house) {
        return false;
    }
    let ring = &face.shape[0];
    let stays = |p: Point| {
        let inside = contains(ring, p) && !face.shape[1..].iter().any(|h| contains(h, p));
        let far = to_boundary(ring, p);
        if off < 0.0 {
            inside || far < -off
        } else {
            inside && far >= off
        }
    };
    house.iter().all(|&p| stays(p))
        && edges(house).all(|(a, b)| stays(a.middle(b)))
        && (off < 0.0
            || face.shape.iter().flatten().all(|&q| {
                !contains(house, q) && edges(house).all(|(a, b)| to_segment(q, a, b).0 > 0.6 * off)
            }))
}

/// Courts in the fields: a few buildings around a yard.
fn farms(
    town: &Town<'_>,
    zoning: &Zoning,
    streets: &Streets,
    site: &mut Site,
    dice: &mut Dice,
) -> Vec<Farm> {
    let names = super::names::FARMS;
    let wanted = ((22.0 * town.scale * town.scale) as usize).clamp(3, names.len());
    let mut out: Vec<Farm> = Vec::new();
    let faces = &town.ground.faces;
    for _ in 0..4000 {
        if out.len() >= wanted {
            break;
        }
        let f = dice.below(faces.len());
        let face = &faces[f];
        let fit = face.is_parcel()
            && matches!(zoning.codes[f], super::codes::E1 | super::codes::E2)
            && (2600.0..16_000.0).contains(&face.size)
            && compactness(&face.shape[0]) > 0.45
            && out.iter().all(|o| o.at.to(face.inner) > 320.0 * town.scale)
            && streets
                .near(face.inner, 140.0, |w| w.class != "sentiero")
                .is_some();
        if !fit {
            continue;
        }
        let before = site.out.len();
        court(site, face, dice);
        if site.out.len() > before + 1 {
            out.push(Farm {
                name: names[out.len()],
                at: face.inner,
            });
        }
    }
    out
}

fn court(site: &mut Site, face: &Face, dice: &mut Dice) {
    let middle = inner_point(&face.shape[0]);
    let u = frame(&face.shape[0]).along.turned(dice.normal() * 0.05);
    let v = u.left();
    let (w, h) = (dice.between(17.0, 26.0), dice.between(15.0, 22.0));
    let wings = [
        (v, h, w, "residenziale"),
        (v, -h, w, "agricolo"),
        (u, w, h, "agricolo"),
        (u, -w, h, "agricolo"),
    ];
    for (k, (side, off, half, use_)) in wings.into_iter().enumerate() {
        if k > 1 && dice.chance(0.35) {
            continue;
        }
        let deep = dice.between(4.2, 6.0);
        let half = half - dice.between(0.5, 3.0) - if k > 1 { 6.5 } else { 0.0 };
        let (x, c) = (side.left(), middle.plus(side, off));
        let mut ring: Ring = vec![
            c.plus(x, -half).plus(side, -deep),
            c.plus(x, half).plus(side, -deep),
            c.plus(x, half).plus(side, deep),
            c.plus(x, -half).plus(side, deep),
        ];
        if area(&ring) < 0.0 {
            ring.reverse();
        }
        if half < 3.0 || !fits(&ring, face, 1.0) || !site.is_free(&ring, 0.4) {
            continue;
        }
        site.add(Building {
            shape: vec![ring],
            use_,
            height: dice.between(BARN.height.0, BARN.height.1),
            numbered: use_ == "residenziale",
        });
    }
}
