//! The plan: zones of the comune, services, areas to be transformed, the fabric of the centre.

use crate::block::Kind;
use crate::comune::What;
use crate::dice::Dice;
use crate::land::Zone;
use crate::plane::{Point, centroid, to_path};
use crate::sheet::Polygon;

use super::Town;
use super::ground::{Ground, Hand};

/// A zone of the plan by its local code.
pub(crate) struct Code {
    pub(crate) code: &'static str,
    /// Class of DM 1444/1968: A to F.
    pub(crate) class: &'static str,
    pub(crate) description: &'static str,
    pub(crate) article: &'static str,
}

const fn code(
    code: &'static str,
    class: &'static str,
    article: &'static str,
    description: &'static str,
) -> Code {
    Code {
        code,
        class,
        description,
        article,
    }
}

pub(crate) const CODES: [Code; 16] = [
    code("A1", "A", "22", "Centro storico"),
    code("A2", "A", "23", "Nuclei di antica formazione"),
    code("B1", "B", "24", "Tessuto consolidato di primo impianto"),
    code("B2", "B", "25", "Tessuto consolidato a bassa densità"),
    code("B3", "B", "26", "Tessuto consolidato a media densità"),
    code(
        "C1",
        "C",
        "27",
        "Tessuto residenziale di recente formazione",
    ),
    code("C2", "C", "28", "Aree di espansione residenziale"),
    code("D1", "D", "29", "Tessuto produttivo"),
    code("D2", "D", "30", "Tessuto commerciale e terziario"),
    code("E1", "E", "31", "Aree agricole produttive"),
    code("E2", "E", "32", "Aree agricole e boscate di tutela"),
    code("E3", "E", "33", "Aree fluviali e spondali"),
    code("F1", "F", "34", "Servizi pubblici e di interesse pubblico"),
    code("F2", "F", "35", "Impianti tecnologici"),
    code("F3", "F", "36", "Viabilità principale"),
    code("F4", "F", "37", "Impianti ferroviari"),
];

const A1: usize = 0;
const A2: usize = 1;
const B1: usize = 2;
pub(crate) const B2: usize = 3;
const B3: usize = 4;
const C1: usize = 5;
pub(crate) const C2: usize = 6;
const D1: usize = 7;
pub(crate) const D2: usize = 8;
pub(crate) const E1: usize = 9;
pub(crate) const E2: usize = 10;
pub(crate) const E3: usize = 11;
pub(crate) const F1: usize = 12;
const F2: usize = 13;
const F3: usize = 14;
const F4: usize = 15;

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
        off_m: (0.1, 0.75),
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

fn heaviest(
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

/// Land left open within the town becomes its parks.
fn parks(town: &Town<'_>, codes: &mut [usize], services: &mut Vec<Service>, dice: &mut Dice) {
    let ground = &town.ground;
    const NAMES: [&str; 10] = [
        "Parco dei Gelsi",
        "Parco della Roggia",
        "Parco delle Rimembranze",
        "Giardini del Filatoio",
        "Parco del Lavatoio",
        "Giardino dei Tigli",
        "Parco dell'Aia",
        "Parco dei Salici",
        "Giardino della Filanda",
        "Parco dei Carpini",
    ];
    for (code, faces) in ground.groups(|f| codes[f]) {
        let size: f64 = faces.iter().map(|&f| ground.faces[f].size).sum();
        let inside = matches!(code, E1 | E2) && size < 30_000.0;
        if !inside || services.len() >= NAMES.len() {
            continue;
        }
        let mut built = (0.0, 0.0);
        for &f in &faces {
            for &(other, shared) in &ground.beside[f] {
                if codes[other] != code {
                    built.1 += shared;
                    if codes[other] < D1 {
                        built.0 += shared;
                    }
                }
            }
        }
        if built.0 < 0.6 * built.1 {
            continue;
        }
        for &f in &faces {
            codes[f] = F1;
        }
        services.push(Service {
            kind: "verde",
            name: NAMES[services.len()].to_owned(),
            planned: dice.chance(0.25),
            faces,
        });
    }
}

/// What a town needs: kind, name, code, quarters it lies in, size, distance from the centre.
struct Need {
    kind: &'static str,
    name: &'static str,
    code: usize,
    zones: &'static [usize],
    size_m2: f64,
    from_centre_m: f64,
    planned: bool,
}

const fn need(
    kind: &'static str,
    name: &'static str,
    code: usize,
    zones: &'static [usize],
    size_m2: f64,
    from_centre_m: f64,
) -> Need {
    Need {
        kind,
        name,
        code,
        zones,
        size_m2,
        from_centre_m,
        planned: false,
    }
}

const TOWN_ZONES: &[usize] = &[B1, B2, B3, C1];

const NEEDS: [Need; 40] = [
    need("amministrativo", "Municipio", A1, &[A1], 700.0, 45.0),
    need(
        "religioso",
        "Chiesa parrocchiale di San Vittore",
        A1,
        &[A1],
        900.0,
        20.0,
    ),
    need("cultura", "Biblioteca civica", A1, &[A1], 450.0, 90.0),
    need(
        "sociale",
        "Centro diurno per anziani",
        A1,
        &[A1],
        400.0,
        110.0,
    ),
    need(
        "istruzione",
        "Scuola primaria Il Gelso",
        F1,
        &[B1, B2],
        7500.0,
        330.0,
    ),
    need(
        "istruzione",
        "Scuola secondaria di primo grado",
        F1,
        &[B2, B3],
        11_000.0,
        520.0,
    ),
    need(
        "istruzione",
        "Scuola dell'infanzia Il Girasole",
        F1,
        TOWN_ZONES,
        3800.0,
        420.0,
    ),
    need(
        "istruzione",
        "Asilo nido comunale",
        F1,
        &[C1, B2],
        2600.0,
        760.0,
    ),
    need(
        "istruzione",
        "Scuola primaria della Roggia",
        F1,
        &[C1, B2],
        6200.0,
        950.0,
    ),
    need(
        "sanita",
        "Casa della comunità",
        F1,
        &[B3, B2],
        4200.0,
        480.0,
    ),
    need(
        "religioso",
        "Oratorio di San Rocco",
        F1,
        &[B1, B2],
        4600.0,
        260.0,
    ),
    need(
        "religioso",
        "Chiesa di Santa Maria alla Costa",
        F1,
        &[A2, B2],
        1300.0,
        1750.0,
    ),
    need(
        "religioso",
        "Chiesa di Sant'Anna",
        F1,
        &[C1, B2],
        2100.0,
        900.0,
    ),
    need(
        "sport",
        "Centro sportivo comunale",
        F1,
        &[E1, E3, B2],
        26_000.0,
        900.0,
    ),
    need(
        "sport",
        "Palestra e piscina comunale",
        F1,
        &[B2, C1, E1],
        9000.0,
        800.0,
    ),
    need("sport", "Campi di quartiere", F1, &[C1, B2], 6500.0, 1100.0),
    need("cimitero", "Cimitero comunale", F1, &[E1], 11_500.0, 1150.0),
    need(
        "verde",
        "Giardino di quartiere dei Platani",
        F1,
        TOWN_ZONES,
        2600.0,
        380.0,
    ),
    need(
        "verde",
        "Parco giochi dei Noccioli",
        F1,
        TOWN_ZONES,
        1900.0,
        620.0,
    ),
    need(
        "verde",
        "Giardino delle Betulle",
        F1,
        TOWN_ZONES,
        2400.0,
        830.0,
    ),
    need(
        "verde",
        "Parco giochi degli Olmi",
        F1,
        TOWN_ZONES,
        2100.0,
        1020.0,
    ),
    need(
        "verde",
        "Parco giochi dei Biancospini",
        F1,
        &[B2, C1],
        1600.0,
        1850.0,
    ),
    need(
        "parcheggio",
        "Parcheggio delle Mura",
        F1,
        &[B1],
        1800.0,
        210.0,
    ),
    need(
        "parcheggio",
        "Parcheggio della stazione",
        F1,
        &[B1, B2, D1],
        3900.0,
        640.0,
    ),
    need(
        "parcheggio",
        "Parcheggio del mercato",
        F1,
        &[B1, B2],
        2800.0,
        300.0,
    ),
    need(
        "parcheggio",
        "Parcheggio delle scuole",
        F1,
        &[B2, B3],
        1500.0,
        560.0,
    ),
    need(
        "parcheggio",
        "Parcheggio di quartiere",
        F1,
        &[C1, B2],
        1300.0,
        930.0,
    ),
    need(
        "parcheggio",
        "Parcheggio dell'area produttiva",
        F1,
        &[D1, D2],
        5200.0,
        1500.0,
    ),
    need(
        "amministrativo",
        "Caserma dei carabinieri",
        F1,
        &[B2, B3],
        2300.0,
        600.0,
    ),
    need(
        "amministrativo",
        "Magazzino comunale e protezione civile",
        F1,
        &[D1],
        4200.0,
        1300.0,
    ),
    need(
        "sociale",
        "Residenza sanitaria per anziani",
        F1,
        &[B2, C1],
        7200.0,
        720.0,
    ),
    need("sociale", "Alloggi comunali", F1, &[B3], 3100.0, 540.0),
    need(
        "cultura",
        "Sala polifunzionale La Filanda",
        F1,
        &[B1, B2],
        2700.0,
        350.0,
    ),
    need(
        "tecnologico",
        "Depuratore consortile",
        F2,
        &[E1, E3],
        14_000.0,
        2300.0,
    ),
    need(
        "tecnologico",
        "Piattaforma ecologica",
        F2,
        &[D1, E1],
        5200.0,
        1600.0,
    ),
    need(
        "tecnologico",
        "Cabina primaria elettrica",
        F2,
        &[E1],
        6200.0,
        1750.0,
    ),
    need(
        "tecnologico",
        "Serbatoio dell'acquedotto",
        F2,
        &[E2, E1],
        2200.0,
        1900.0,
    ),
    need("sport", "Nuovo palazzetto", F1, &[E1], 12_000.0, 1000.0),
    need(
        "verde",
        "Nuovo parco urbano",
        F1,
        &[E1, E3],
        21_000.0,
        820.0,
    ),
    need(
        "istruzione",
        "Nuovo polo per l'infanzia",
        F1,
        &[E1, C1],
        6800.0,
        1050.0,
    ),
];

fn place_services(
    town: &Town<'_>,
    codes: &mut [usize],
    services: &mut Vec<Service>,
    taken: &mut [Option<usize>],
    dice: &mut Dice,
) {
    for need in &NEEDS {
        let aim = need.from_centre_m * town.scale;
        let start = (0..codes.len())
            .filter(|&f| {
                let face = &town.ground.faces[f];
                face.is_parcel()
                    && taken[f].is_none()
                    && need.zones.contains(&codes[f])
                    && face.size < 1.6 * need.size_m2
                    && face.size > 0.04 * need.size_m2
            })
            .map(|f| {
                let off = town.ground.faces[f].inner.to(town.comune.centre) - aim;
                (
                    off.abs() + dice.between(0.0, 0.35) * aim + dice.between(0.0, 30.0),
                    f,
                )
            })
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let Some((_, start)) = start else { continue };
        let block = town.ground.faces[start].block;
        let faces = cluster(&town.ground, start, need.size_m2, |f| {
            town.ground.faces[f].block == block && taken[f].is_none()
        });
        let number = services.len();
        for &f in &faces {
            codes[f] = need.code;
            taken[f] = Some(number);
        }
        services.push(Service {
            kind: need.kind,
            name: need.name.to_owned(),
            planned: need.planned || need.name.starts_with("Nuovo"),
            faces,
        });
    }
}

/// Faces about a first one until they have a size: always the one that shares most with them.
fn cluster(
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
fn place_ambiti(
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
