//! What limits building whatever the plan says: belts along waters and works, monuments, woods.

use crate::comune::{Line, What};
use crate::dice::Dice;
use crate::land::{Land, Zone};
use crate::plane::{Path, Point, at, contains, to_path};
use crate::write::{
    Column::{self, Text},
    Kind, Shape, Table, Value,
};

use super::Town;
use super::region::Region;
use super::zoning::{Zoning, planner};

const COLUMNS: &[(&str, Column)] = &[
    ("CODICE", Text),
    ("NOME", Text),
    ("NORMA", Text),
    ("NOTE", Text),
];
const BANDS: &[(&str, Column)] = &[
    ("CODICE", Text),
    ("NOME", Text),
    ("NORMA", Text),
    ("NOTE", Text),
    ("FASCIA", Text),
];

/// A layer with its features numbered as they come.
struct Layer {
    table: Table,
    prefix: &'static str,
}

impl Layer {
    fn new(name: &'static str, prefix: &'static str) -> Self {
        Self {
            table: Table::new(name, Kind::Polygon, COLUMNS),
            prefix,
        }
    }

    fn add(&mut self, region: &Region, name: &str, law: &str, note: &str) {
        let polygons = region.polygons(4.0);
        if polygons.is_empty() {
            return;
        }
        let key = format!("{}-{:02}", self.prefix, self.table.rows.len() + 1);
        let values: Vec<Value> = vec![key.into(), name.into(), law.into(), note.into()];
        self.table.push(Shape::Polygons(polygons), values);
    }
}

/// All layers of constraints.
pub(crate) fn constraints(town: &Town<'_>, zoning: &Zoning) -> Vec<Table> {
    let outline = Region::ring(&town.comune.outline);
    let land = &town.land;
    let (river, bands) = waters(town, &outline);
    vec![
        river,
        cemetery(town, zoning, &outline),
        roads(town, land, &outline),
        railways(town, &outline),
        power(town, land, &outline),
        wells(town, zoning, &outline),
        monuments(town, zoning),
        landscape(town, &outline),
        woods(town, zoning),
        bands,
    ]
}

/// Every n-th point of a path, and its last.
fn every(path: &[Point], n: usize) -> Path {
    let mut out: Path = path.iter().step_by(n).copied().collect();
    if !(path.len() - 1).is_multiple_of(n) {
        out.extend(path.last());
    }
    out
}

const RIVERS: [&str; 3] = ["Fiume Ardua", "Torrente Lambrusca", "Fiume Olmeda"];

/// Hydraulic bands A, B, C along a river: each with those inside it.
pub(super) fn bands_of(town: &Town<'_>, line: &Line, number: usize) -> [Region; 3] {
    let mut dice = Dice::for_part(town.comune.seed, 9110 + number as u64);
    let path = every(&line.path, 3);
    let half = |i: usize| line.half[(3 * i).min(line.half.len() - 1)];
    let phase = dice.between(0.0, 6.0);
    let swell = |i: usize, least: f64, more: f64| {
        let t = i as f64 / 9.0 + phase;
        half(i) + least + more * (0.5 + 0.3 * libm::sin(t) + 0.2 * libm::sin(2.3 * t + 1.0))
    };
    [(14.0, 50.0), (52.0, 95.0), (130.0, 210.0)]
        .map(|(least, more)| Region::along(&path, |i| swell(i, least, more)))
}

fn waters(town: &Town<'_>, outline: &Region) -> (Table, Table) {
    let mut belt = Layer::new("fiume", "FIU");
    let mut bands = Table::new("pai", Kind::Polygon, BANDS);
    let large = town.comune.lines.iter().filter(|l| town.is_large(l));
    for (k, line) in large.enumerate() {
        let name = RIVERS[k % RIVERS.len()];
        let path = every(&line.path, 3);
        let half = |i: usize| line.half[(3 * i).min(line.half.len() - 1)];
        let region = Region::along(&path, |i| half(i) + 150.0).within(outline);
        belt.add(
            &region,
            name,
            "D.Lgs. 42/2004, art. 142, c. 1, lett. c)",
            "Fascia di 150 m dalle sponde",
        );
        let [a, b, c] = bands_of(town, line, k).map(|band| band.within(outline));
        let of = [
            ("A", "Fascia di deflusso della piena", a.clone()),
            ("B", "Fascia di esondazione", b.minus(&a)),
            (
                "C",
                "Area di inondazione per piena catastrofica",
                c.minus(&b),
            ),
        ];
        for (band, note, region) in of {
            for polygon in region.polygons(60.0) {
                let key = format!("PAI-{band}-{:02}", bands.rows.len() + 1);
                let values: Vec<Value> = vec![
                    key.into(),
                    format!("{name}, fascia {band}").into(),
                    "PAI del bacino del fiume Po, norme di attuazione, artt. 28-31".into(),
                    note.into(),
                    band.into(),
                ];
                bands.push(Shape::Polygons(vec![polygon]), values);
            }
        }
    }
    (belt.table, bands)
}

fn cemetery(town: &Town<'_>, zoning: &Zoning, outline: &Region) -> Table {
    let mut layer = Layer::new("cimitero", "CIM");
    for (k, service) in zoning.services.iter().enumerate() {
        if service.kind != "cimitero" {
            continue;
        }
        let polygons: Vec<_> = zoning
            .areas
            .iter()
            .filter(|a| a.service == Some(k))
            .flat_map(|a| a.polygons.clone())
            .collect();
        let Some(middle) = polygons.first().map(|p| crate::plane::centroid(&p[0])) else {
            continue;
        };
        let ground = Region::of(&polygons);
        // Towards the town the council reduced the belt.
        let u = town.comune.centre.minus(middle).unit();
        let start = middle.plus(u, 20.0);
        let side = u.left();
        let townward = Region::ring(&[
            start.plus(side, -900.0),
            start.plus(side, -900.0).plus(u, 900.0),
            start.plus(side, 900.0).plus(u, 900.0),
            start.plus(side, 900.0),
        ]);
        let reduced = townward.minus(&ground.grown(50.0));
        let belt = ground
            .grown(200.0)
            .minus(&ground)
            .minus(&reduced)
            .within(outline);
        layer.add(
            &belt,
            &service.name,
            "R.D. 1265/1934, art. 338; D.P.R. 285/1990, art. 57",
            "200 m, ridotta a 50 m verso l'abitato con deliberazione C.C. n. 18 del 24/06/1987",
        );
    }
    layer.table
}

/// Stretches of a path for which something holds of the land around.
fn stretches(path: &[Point], fits: impl Fn(Point) -> bool) -> Vec<Path> {
    let mut out = Vec::new();
    let mut open: Path = Vec::new();
    for &p in path {
        if fits(p) {
            open.push(p);
        } else {
            if open.len() > 3 {
                out.push(std::mem::take(&mut open));
            }
            open.clear();
        }
    }
    if open.len() > 3 {
        out.push(open);
    }
    out
}

fn roads(town: &Town<'_>, land: &Land, outline: &Region) -> Table {
    let mut layer = Layer::new("strada", "STR");
    let mut number = 0;
    for line in town.comune.lines.iter().filter(|l| l.what == What::Road) {
        number += 1;
        let half = line.half[0];
        let (depth, kind) = match half {
            h if h > 5.5 => (30.0, "tipo C, extraurbana secondaria"),
            h if h > 3.6 => (20.0, "tipo F, locale"),
            _ => (10.0, "strada vicinale"),
        };
        let open = |p: Point| {
            [
                (0.0, 0.0),
                (35.0, 0.0),
                (-35.0, 0.0),
                (0.0, 35.0),
                (0.0, -35.0),
            ]
            .iter()
            .filter(|d| land.zone(at(p.x + d.0, p.y + d.1)).built())
            .count()
                < 3
        };
        let bed = Region::along(&line.path, |_| half);
        for stretch in stretches(&line.path, open) {
            let belt = Region::along(&stretch, |_| half + depth)
                .minus(&bed)
                .within(outline);
            layer.add(
                &belt,
                &format!("Strada n. {number}, {kind}"),
                "D.Lgs. 285/1992, art. 16; D.P.R. 495/1992, art. 26",
                &format!("{depth} m dal confine stradale, fuori dal centro abitato"),
            );
        }
    }
    layer.table
}

fn railways(town: &Town<'_>, outline: &Region) -> Table {
    let mut layer = Layer::new("ferrovia", "FER");
    for line in town.comune.lines.iter().filter(|l| l.what == What::Railway) {
        let half = line.half[0];
        let belt = Region::along(&line.path, |_| half + 27.0)
            .minus(&Region::along(&line.path, |_| half))
            .within(outline);
        layer.add(
            &belt,
            "Linea ferroviaria",
            "D.P.R. 753/1980, art. 49",
            "30 m dalla più vicina rotaia",
        );
    }
    layer.table
}

/// Power lines: straight from mast to mast, and around the town.
pub(super) fn masts(town: &Town<'_>, land: &Land) -> Vec<(Path, f64, &'static str)> {
    let mut dice = Dice::for_part(town.comune.seed, 9102);
    let reach = 5200.0 * town.scale;
    let mut best: Option<(f64, Path)> = None;
    for _ in 0..90 {
        let angle = dice.between(0.0, std::f64::consts::PI);
        let u = at(1.0, 0.0).turned(angle);
        let off = dice.sign() * dice.between(900.0, 2300.0) * town.scale;
        let bow = dice.between(-350.0, 350.0) * town.scale;
        let path: Path = (-4..=4)
            .map(|k| {
                let t = f64::from(k) / 4.0;
                town.comune.centre.plus(u, t * reach).plus(
                    u.left(),
                    off + bow * (1.0 - t * t) + dice.between(-60.0, 60.0),
                )
            })
            .collect();
        let mut built = 0.0;
        let mut inside = 0.0;
        for w in path.windows(2) {
            for k in 0..40 {
                let p = w[0].plus(w[1].minus(w[0]), f64::from(k) / 40.0);
                if contains(&town.comune.outline, p) {
                    inside += 1.0;
                    built += f64::from(land.zone(p).built());
                }
            }
        }
        let cost = built * 3.0 - inside;
        if best.as_ref().is_none_or(|b| cost < b.0) {
            best = Some((cost, path));
        }
    }
    best.into_iter()
        .map(|(_, path)| (path, 22.0, "Elettrodotto 132 kV"))
        .collect()
}

fn power(town: &Town<'_>, land: &Land, outline: &Region) -> Table {
    let mut layer = Layer::new("elettrodotto", "ELE");
    for (path, depth, name) in masts(town, land) {
        layer.add(
            &Region::along(&path, |_| depth).within(outline),
            name,
            "L. 36/2001; D.P.C.M. 8 luglio 2003; D.M. 29 maggio 2008",
            &format!("Distanza di prima approssimazione {depth} m per lato"),
        );
    }
    layer.table
}

fn wells(town: &Town<'_>, zoning: &Zoning, outline: &Region) -> Table {
    const NAMES: [&str; 4] = [
        "Pozzo Roggia",
        "Pozzo Campo Sportivo",
        "Pozzo Vigne",
        "Pozzo Scalo",
    ];
    let mut layer = Layer::new("pozzo", "POZ");
    let mut dice = Dice::for_part(town.comune.seed, 9103);
    let mut places: Vec<Point> = Vec::new();
    for (k, name) in NAMES.into_iter().enumerate() {
        let aim = (600.0 + 420.0 * k as f64) * town.scale;
        let best = town
            .ground
            .faces
            .iter()
            .enumerate()
            .filter(|(f, face)| {
                face.is_parcel()
                    && matches!(zoning.codes[*f], super::codes::E1 | super::codes::B2)
                    && face.size > 600.0
                    && places.iter().all(|p| p.to(face.inner) > 900.0 * town.scale)
                    && town
                        .comune
                        .lines
                        .iter()
                        .all(|l| to_path(&l.path, face.inner).0 > 40.0)
            })
            .map(|(_, face)| {
                let off = (face.inner.to(town.comune.centre) - aim).abs();
                (off + dice.between(0.0, 120.0), face.inner)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, p)) = best else { continue };
        places.push(p);
        let law = "D.Lgs. 152/2006, art. 94";
        let inner = Region::circle(p, 10.0);
        let outer = Region::circle(p, 200.0).minus(&inner);
        layer.add(
            &inner.within(outline),
            name,
            law,
            "Zona di tutela assoluta, raggio 10 m",
        );
        layer.add(
            &outer.within(outline),
            name,
            law,
            "Zona di rispetto, raggio 200 m",
        );
    }
    layer.table
}

fn monuments(town: &Town<'_>, zoning: &Zoning) -> Table {
    const PALACES: [&str; 7] = [
        "Palazzo Ghisaldi",
        "Casa della Torre",
        "Villa Roverella",
        "Filanda Bassani",
        "Torre dell'Orologio",
        "Corte dei Frati",
        "Mulino della Roggia",
    ];
    let mut layer = Layer::new("monumento", "MON");
    let mut dice = Dice::for_part(town.comune.seed, 9104);
    let ground = &town.ground;
    let mut chosen: Vec<(String, Vec<usize>)> = zoning
        .services
        .iter()
        .filter(|s| s.kind == "culto" || s.name == "Municipio")
        .take(4)
        .map(|s| (s.name.clone(), s.faces.clone()))
        .collect();
    for (k, name) in PALACES.into_iter().enumerate() {
        let free: Vec<usize> = (0..ground.faces.len())
            .filter(|&f| {
                let face = &ground.faces[f];
                let old = if k < 6 {
                    zoning.codes[f] == 0
                } else {
                    zoning.codes[f] == 1
                };
                old && face.is_parcel()
                    && (300.0..2500.0).contains(&face.size)
                    && chosen.iter().all(|c| !c.1.contains(&f))
            })
            .collect();
        if !free.is_empty() {
            chosen.push((name.to_owned(), vec![free[dice.below(free.len())]]));
        }
    }
    let mut labels = vec![None; ground.faces.len()];
    for (k, (_, faces)) in chosen.iter().enumerate() {
        for &f in faces {
            labels[f] = Some(k as u32);
        }
    }
    let polygons = ground.areas(
        &labels,
        chosen.len(),
        planner(town.comune.seed.wrapping_add(3)),
    );
    for (k, ((name, _), polygons)) in chosen.iter().zip(polygons).enumerate() {
        let note = format!(
            "Decreto di vincolo del {:02}/{:02}/19{}",
            3 + k * 2,
            1 + k,
            52 + 4 * k
        );
        layer.add(
            &Region::of(&polygons),
            name,
            "D.Lgs. 42/2004, artt. 10 e 13",
            &note,
        );
    }
    layer.table
}

fn landscape(town: &Town<'_>, outline: &Region) -> Table {
    let mut layer = Layer::new("paesaggio", "PAE");
    let law = "D.Lgs. 42/2004, art. 136, c. 1, lett. d)";
    let mut dice = Dice::for_part(town.comune.seed, 9105);
    for hill in &town.comune.hills {
        let middle = crate::plane::inner_point(hill);
        // Not the whole hill: the slope that one sees from the town.
        let seen = middle.middle(town.comune.centre);
        let radius = middle.to(town.comune.centre) * 0.62;
        let part = Region::ring(&blob(
            seen.plus(middle.minus(seen), 0.45),
            radius,
            &mut dice,
        ));
        let region = part.within(&Region::ring(hill)).within(outline);
        layer.add(
            &region,
            "Versante collinare",
            law,
            "Dichiarazione di notevole interesse pubblico del 16/05/1968",
        );
    }
    let rivers: Vec<_> = town
        .comune
        .lines
        .iter()
        .filter(|l| town.is_large(l))
        .collect();
    if let Some(line) = rivers.first() {
        let inside: Vec<Point> = line
            .path
            .iter()
            .copied()
            .filter(|&p| contains(&town.comune.outline, p))
            .collect();
        if let Some(&p) = inside.get(inside.len() / 4) {
            let region = Region::ring(&blob(p, 420.0 * town.scale, &mut dice)).within(outline);
            layer.add(
                &region,
                "Ansa del Mulino",
                law,
                "Dichiarazione di notevole interesse pubblico del 02/03/1974",
            );
        }
    }
    layer.table
}

/// A pond in the fields, where gravel was dug.
pub(super) fn pond(town: &Town<'_>, number: usize) -> Option<Path> {
    let mut dice = Dice::for_part(town.comune.seed, 9107 + number as u64);
    let ground = &town.ground;
    (0..400).find_map(|_| {
        let face = &ground.faces[dice.below(ground.faces.len())];
        let ring = &face.shape[0];
        let fits = face.is_parcel() && face.zone == Zone::Fields && face.size > 7000.0;
        let room = if fits {
            crate::plane::to_boundary(ring, face.inner)
        } else {
            0.0
        };
        (room > 22.0).then(|| blob(face.inner, room * 0.72, &mut dice))
    })
}

/// A rounded shape that follows nothing in particular.
pub(super) fn blob(p: Point, radius: f64, dice: &mut Dice) -> Path {
    let phase = [
        dice.between(0.0, 6.0),
        dice.between(0.0, 6.0),
        dice.between(0.0, 6.0),
    ];
    (0..90)
        .map(|k| {
            let t = std::f64::consts::TAU * f64::from(k) / 90.0;
            let r = radius
                * (1.0
                    + 0.16 * libm::sin(2.0 * t + phase[0])
                    + 0.09 * libm::sin(3.0 * t + phase[1])
                    + 0.05 * libm::sin(5.0 * t + phase[2]));
            at(p.x + r * libm::cos(t), p.y + r * libm::sin(t))
        })
        .collect()
}

/// Which faces are wooded: groups of parcels on the slopes and along the river.
pub(super) fn wooded(town: &Town<'_>, zoning: &Zoning) -> Vec<bool> {
    let ground = &town.ground;
    let seed = town.comune.seed;
    let mut dice = Dice::for_part(seed, 9106);
    let waves: Vec<(Point, f64)> = (0..5)
        .map(|_| {
            let turn = dice.between(0.0, std::f64::consts::TAU);
            (at(1.0, 0.0).turned(turn), dice.between(0.0, 6.3))
        })
        .collect();
    ground
        .faces
        .iter()
        .enumerate()
        .map(|(f, face)| {
            let least = match (zoning.codes[f], face.zone) {
                (super::codes::E1..=super::codes::E3, Zone::Hills) => -0.1,
                (super::codes::E3, _) => 0.9,
                _ => return false,
            };
            let height: f64 = waves
                .iter()
                .enumerate()
                .map(|(k, (u, phase))| {
                    let long = 260.0 + 190.0 * k as f64;
                    libm::sin(face.inner.dot(*u) * std::f64::consts::TAU / long + phase)
                })
                .sum();
            face.is_parcel() && height > least
        })
        .collect()
}

fn woods(town: &Town<'_>, zoning: &Zoning) -> Table {
    let mut layer = Layer::new("bosco", "BOS");
    let ground = &town.ground;
    let wooded = wooded(town, zoning);
    let groups: Vec<Vec<usize>> = ground
        .groups(|f| wooded[f])
        .into_iter()
        .filter(|(wood, faces)| {
            // Below 2,000 m² it is no wood by law.
            *wood && faces.iter().map(|&f| ground.faces[f].size).sum::<f64>() > 2000.0
        })
        .map(|g| g.1)
        .collect();
    let mut labels = vec![None; ground.faces.len()];
    for (k, faces) in groups.iter().enumerate() {
        for &f in faces {
            labels[f] = Some(k as u32);
        }
    }
    let mut hand = planner(town.comune.seed.wrapping_add(5));
    (hand.detail_m, hand.off_m) = (1.2, (0.3, 2.4));
    for polygons in ground.areas(&labels, groups.len(), hand) {
        layer.add(
            &Region::of(&polygons),
            "Bosco",
            "D.Lgs. 42/2004, art. 142, c. 1, lett. g); L.R. 31/2008, art. 42",
            "Piano di indirizzo forestale",
        );
    }
    layer.table
}
