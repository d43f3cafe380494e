//! Services of the plan: parks where land was left open, and what else a town needs.

use crate::dice::Dice;

use super::Town;
use super::ambito::cluster;
use super::codes::{A1, A2, B1, B2, B3, C1, D1, D2, E1, E2, E3, F1, F2};
use super::zoning::Service;

/// Land left open within the town becomes its parks.
pub(super) fn parks(
    town: &Town<'_>,
    codes: &mut [usize],
    services: &mut Vec<Service>,
    dice: &mut Dice,
) {
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
        "culto",
        "Chiesa parrocchiale di San Vittore",
        A1,
        &[A1],
        900.0,
        20.0,
    ),
    need("sociale", "Biblioteca civica", A1, &[A1], 450.0, 90.0),
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
        "sociale",
        "Casa della comunità",
        F1,
        &[B3, B2],
        4200.0,
        480.0,
    ),
    need(
        "culto",
        "Oratorio di San Rocco",
        F1,
        &[B1, B2],
        4600.0,
        260.0,
    ),
    need(
        "culto",
        "Chiesa di Santa Maria alla Costa",
        F1,
        &[A2, B2],
        1300.0,
        1750.0,
    ),
    need("culto", "Chiesa di Sant'Anna", F1, &[C1, B2], 2100.0, 900.0),
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
        "sociale",
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

pub(super) fn place_services(
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
