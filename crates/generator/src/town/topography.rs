//! The topographic map: buildings, streets, waters, green, land cover, names, numbers, trees.

use crate::block::Kind as Piece;
use crate::comune::{Line, What};
use crate::dice::Dice;
use crate::land::Zone;
use crate::plane::{Point, bounds, clipped, compactness, contains, length};
use crate::sheet::Polygon;
use crate::write::{
    Column::{Real, Text},
    Kind, Shape, Table, Value,
};

use super::Town;
use super::building::{Building, Farm, buildings};
use super::codes::CODES;
use super::constraint::wooded;
use super::ground::Hand;
use super::names::{HAMLETS, HILLS, QUARTERS};
use super::number::numbers;
use super::street::{Streets, on_street};
use super::zoning::Zoning;

/// All layers of the topographic map.
pub(crate) fn topography(town: &Town<'_>, zoning: &Zoning, lanes: &[Line]) -> Vec<Table> {
    let streets = Streets::of(town, lanes);
    let (houses, farms) = buildings(town, zoning, &streets);
    let (green, parks) = green(town, zoning);
    vec![
        cover(town, zoning),
        waters(town),
        green,
        railways(town),
        ways(&streets),
        built(&houses),
        doors(town, &streets, &houses),
        names(town, &farms),
        trees(town, &streets, &parks, &houses),
    ]
}

/// Outlines of all buildings, without how the surveyor saw them.
pub(crate) fn houses(town: &Town<'_>, zoning: &Zoning, lanes: &[Line]) -> Vec<Polygon> {
    let (houses, _) = buildings(town, zoning, &Streets::of(town, lanes));
    houses.into_iter().map(|house| house.shape).collect()
}

/// Whoever drew the topographic map: from the air, not from the cadastre.
fn surveyor(seed: u64, detail_m: f64) -> Hand {
    Hand {
        detail_m,
        off_m: (0.05, 0.6),
        seed: seed.wrapping_add(40),
    }
}

fn key(prefix: &str, number: usize) -> Value {
    format!("{prefix}{:06}", number + 1).into()
}

fn built(houses: &[Building]) -> Table {
    let columns = &[("EDIF_ID", Text), ("EDIF_USO", Text), ("EDIF_ALT", Real)];
    let mut table = Table::new("edificio", Kind::Polygon, columns);
    for (k, house) in houses.iter().enumerate() {
        let height = (house.height * 10.0).round() / 10.0;
        table.push(
            Shape::Polygons(vec![house.shape.clone()]),
            vec![key("E", k), house.use_.into(), height.into()],
        );
    }
    table
}

fn ways(streets: &Streets) -> Table {
    let columns = &[
        ("ELEM_ID", Text),
        ("TOPONIMO", Text),
        ("CLASSE", Text),
        ("LARGHEZZA", Real),
    ];
    let mut table = Table::new("strada", Kind::Line, columns);
    for (k, way) in streets.ways.iter().enumerate() {
        let name = if way.name.is_empty() {
            Value::Empty
        } else {
            way.name.as_str().into()
        };
        let width = (way.half * 20.0).round() / 10.0;
        table.push(
            Shape::Line(way.path.clone()),
            vec![key("L", k), name, way.class.into(), width.into()],
        );
    }
    table
}

fn railways(town: &Town<'_>) -> Table {
    let columns = &[("ELEM_ID", Text), ("NOME", Text)];
    let mut table = Table::new("ferrovia", Kind::Line, columns);
    for line in town.comune.lines.iter().filter(|l| l.what == What::Railway) {
        for path in clipped(&line.path, &town.comune.outline) {
            let number = table.rows.len();
            table.push(
                Shape::Line(path),
                vec![key("F", number), "Linea Castelrovere-Valdimora".into()],
            );
        }
    }
    table
}

fn waters(town: &Town<'_>) -> Table {
    const RIVERS: [&str; 3] = ["Fiume Ardua", "Torrente Lambrusca", "Fiume Olmeda"];
    const CANALS: [&str; 3] = ["Roggia Gerla", "Roggia Molinara", "Cavo Nuovo"];
    let columns = &[("ACQ_ID", Text), ("NOME", Text), ("TIPO", Text)];
    let mut table = Table::new("acqua", Kind::Polygon, columns);
    let ground = &town.ground;
    let rivers: Vec<usize> = (0..town.comune.lines.len())
        .filter(|&l| town.comune.lines[l].what == What::River)
        .collect();
    // Label 0: ditches; then one for each river.
    let labels: Vec<Option<u32>> = ground
        .faces
        .iter()
        .map(|face| {
            let river = face.line.and_then(|l| rivers.iter().position(|r| *r == l));
            (face.kind == Piece::Water).then(|| river.map_or(0, |r| r as u32 + 1))
        })
        .collect();
    let hand = surveyor(town.comune.seed, 0.3);
    let areas = ground.areas(&labels, rivers.len() + 1, hand);
    let (mut large, mut small) = (0, 0);
    for (label, polygons) in areas.into_iter().enumerate() {
        let (name, kind): (Value, &str) =
            match label.checked_sub(1).map(|r| &town.comune.lines[rivers[r]]) {
                None => (Value::Empty, "canale"),
                Some(line) if town.is_large(line) => {
                    large += 1;
                    (RIVERS[(large - 1) % RIVERS.len()].into(), "fiume")
                }
                Some(_) => {
                    small += 1;
                    (CANALS[(small - 1) % CANALS.len()].into(), "canale")
                }
            };
        let mut parts: Vec<Vec<Polygon>> = Vec::new();
        if label == 0 {
            parts.extend(polygons.into_iter().map(|p| vec![p]));
        } else if !polygons.is_empty() {
            parts.push(polygons);
        }
        for part in parts {
            let number = table.rows.len();
            let values = vec![key("W", number), name.clone(), kind.into()];
            table.push(Shape::Polygons(part), values);
        }
    }
    for (k, name) in ["Laghetto della Cava", "Lago della Fornace"]
        .into_iter()
        .enumerate()
    {
        if let Some(shape) = super::constraint::pond(town, k) {
            let number = table.rows.len();
            table.push(
                Shape::Polygons(vec![vec![shape]]),
                vec![key("W", number), name.into(), "lago".into()],
            );
        }
    }
    table
}

/// What is green, and the parks among it.
fn green(town: &Town<'_>, zoning: &Zoning) -> (Table, Vec<Polygon>) {
    let columns = &[("VER_ID", Text), ("TIPO", Text)];
    let mut table = Table::new("verde", Kind::Polygon, columns);
    let ground = &town.ground;
    let wooded = wooded(town, zoning);
    let mut park = vec![false; ground.faces.len()];
    for service in zoning
        .services
        .iter()
        .filter(|s| s.kind == "verde" && !s.planned)
    {
        for &f in &service.faces {
            park[f] = true;
        }
    }
    let kind = |f: usize| {
        let face = &ground.faces[f];
        match face.zone {
            _ if park[f] => Some("parco"),
            _ if wooded[f] => Some("bosco"),
            _ if !face.is_parcel() => None,
            Zone::Hills if zoning.codes[f] == super::codes::E2 && face.size < 9000.0 => {
                Some("prato")
            }
            Zone::Fields if zoning.codes[f] == super::codes::E3 => Some("prato"),
            Zone::Houses | Zone::Recent | Zone::Old
                if face.size > 1800.0
                    && compactness(&face.shape[0]) > 0.4
                    && f.is_multiple_of(3) =>
            {
                Some("giardino")
            }
            _ => None,
        }
    };
    let groups = ground.groups(kind);
    let mut labels = vec![None; ground.faces.len()];
    for (k, (_, faces)) in groups.iter().enumerate() {
        for &f in faces {
            labels[f] = Some(k as u32);
        }
    }
    let wanted: Vec<Option<u32>> = labels
        .iter()
        .map(|l: &Option<u32>| l.filter(|&k| groups[k as usize].0.is_some()))
        .collect();
    let areas = ground.areas(&wanted, groups.len(), surveyor(town.comune.seed, 0.6));
    let mut parks = Vec::new();
    for ((kind, _), polygons) in groups.iter().zip(areas) {
        let Some(kind) = kind else { continue };
        for polygon in polygons {
            if *kind == "parco" {
                parks.push(polygon.clone());
            }
            let number = table.rows.len();
            table.push(
                Shape::Polygons(vec![polygon]),
                vec![key("V", number), (*kind).into()],
            );
        }
    }
    (table, parks)
}

/// Land cover by the codes of the regional map of uses (DUSAF).
fn cover(town: &Town<'_>, zoning: &Zoning) -> Table {
    let columns = &[("ID", Text), ("COD_USO", Text)];
    let mut table = Table::new("suolo", Kind::Polygon, columns);
    let ground = &town.ground;
    let wooded = wooded(town, zoning);
    let mut of_service = vec![None; ground.faces.len()];
    for service in zoning.services.iter().filter(|s| !s.planned) {
        for &f in &service.faces {
            of_service[f] = Some(service.kind);
        }
    }
    let mut codes: Vec<&str> = ground
        .faces
        .iter()
        .enumerate()
        .map(
            |(f, face)| match (of_service[f], CODES[zoning.codes[f]].code) {
                _ if face.kind == Piece::Water
                    && face
                        .line
                        .is_some_and(|l| town.is_large(&town.comune.lines[l])) =>
                {
                    "511"
                }
                (Some("verde"), _) => "1411",
                (Some("sport"), _) => "1421",
                (Some(_), _) => "1212",
                (_, "F3") => "1221",
                (_, "F4") => "1222",
                _ if wooded[f] => "311",
                _ => match face.zone {
                    Zone::Centre => "1111",
                    Zone::Old => "1112",
                    Zone::Flats => "1112",
                    Zone::Houses | Zone::Recent => "1121",
                    Zone::Industry => "1211",
                    Zone::Hills if face.block % 5 == 1 => "221",
                    Zone::Hills => "231",
                    Zone::Fields if face.block % 23 == 7 => "2241",
                    Zone::Fields if face.block % 6 == 2 || zoning.codes[f] == super::codes::E3 => {
                        "231"
                    }
                    Zone::Fields => "2111",
                },
            },
        )
        .collect();
    // Below the least unit of such maps a piece becomes part of what is around it.
    for _ in 0..3 {
        for (code, faces) in ground.groups(|f| codes[f]) {
            let size: f64 = faces.iter().map(|&f| ground.faces[f].size).sum();
            if size > 1800.0 || matches!(code, "511" | "1221" | "1222") {
                continue;
            }
            let mut around: Vec<(&str, f64)> = Vec::new();
            for &f in &faces {
                for &(other, shared) in &ground.beside[f] {
                    let c = codes[other];
                    if c == code || matches!(c, "511" | "1221" | "1222") {
                        continue;
                    }
                    match around.iter_mut().find(|a| a.0 == c) {
                        Some(a) => a.1 += shared,
                        None => around.push((c, shared)),
                    }
                }
            }
            if let Some(&(best, _)) = around.iter().max_by(|a, b| a.1.total_cmp(&b.1)) {
                for &f in &faces {
                    codes[f] = best;
                }
            }
        }
    }
    let groups = ground.groups(|f| codes[f]);
    let mut labels = vec![None; ground.faces.len()];
    for (k, (_, faces)) in groups.iter().enumerate() {
        for &f in faces {
            labels[f] = Some(k as u32);
        }
    }
    let hand = Hand {
        detail_m: 0.6,
        off_m: (0.2, 1.6),
        seed: town.comune.seed.wrapping_add(41),
    };
    for ((code, _), polygons) in groups.iter().zip(ground.areas(&labels, groups.len(), hand)) {
        let number = table.rows.len();
        table.push(
            Shape::Polygons(polygons),
            vec![key("U", number), (*code).into()],
        );
    }
    table
}

fn doors(town: &Town<'_>, streets: &Streets, houses: &[Building]) -> Table {
    let columns = &[("CIV_ID", Text), ("VIA", Text), ("CIVICO", Text)];
    let mut table = Table::new("civico", Kind::Point, columns);
    for (k, number) in numbers(town, streets, houses).into_iter().enumerate() {
        table.push(
            Shape::Point(number.at),
            vec![key("C", k), number.street.into(), number.text.into()],
        );
    }
    table
}

fn names(town: &Town<'_>, farms: &[Farm]) -> Table {
    let columns = &[("TOP_ID", Text), ("NOME", Text), ("TIPO", Text)];
    let mut table = Table::new("toponimo", Kind::Point, columns);
    let mut add = |name: String, kind: &str, p: Point| {
        if contains(&town.comune.outline, p) {
            let number = table.rows.len();
            table.push(
                Shape::Point(p),
                vec![key("T", number), name.into(), kind.into()],
            );
        }
    };
    let centre = town.comune.centre;
    add("Centro".to_owned(), "quartiere", centre);
    let (mut hamlets, mut quarters) = (0, 0);
    let mut seen: Vec<Point> = vec![centre];
    for quarter in &town.comune.quarters {
        let far = quarter.at.to(centre) > 1250.0 * town.scale;
        let new = seen.iter().all(|p| p.to(quarter.at) > 260.0 * town.scale);
        if !new {
            continue;
        }
        seen.push(quarter.at);
        match quarter.zone {
            Zone::Industry => add("Zona industriale".to_owned(), "localita", quarter.at),
            _ if far && hamlets < HAMLETS.len() => {
                hamlets += 1;
                add(HAMLETS[hamlets - 1].to_owned(), "localita", quarter.at);
            }
            _ if quarters < QUARTERS.len() => {
                quarters += 1;
                add(QUARTERS[quarters - 1].to_owned(), "quartiere", quarter.at);
            }
            _ => (),
        }
    }
    for farm in farms {
        add(farm.name.to_owned(), "cascina", farm.at);
    }
    for (k, hill) in town.comune.hills.iter().enumerate() {
        // The middle of what of the hill lies in the comune.
        let inside: Vec<Point> = town
            .ground
            .faces
            .iter()
            .filter(|f| f.zone == Zone::Hills && contains(hill, f.inner))
            .map(|f| f.inner)
            .collect();
        if let Some(&first) = inside.first() {
            let sum = inside
                .iter()
                .fold((0.0, 0.0), |s, p| (s.0 + p.x, s.1 + p.y));
            let n = inside.len() as f64;
            let middle = crate::plane::at(sum.0 / n, sum.1 / n);
            let p = if contains(hill, middle) {
                middle
            } else {
                first
            };
            add(HILLS[k % HILLS.len()].to_owned(), "monte", p);
        }
    }
    table
}

/// Rows along the avenues, and groups in the parks.
fn trees(town: &Town<'_>, streets: &Streets, parks: &[Polygon], houses: &[Building]) -> Table {
    const SPECIES: [&str; 12] = [
        "Tilia cordata",
        "Platanus acerifolia",
        "Celtis australis",
        "Acer campestre",
        "Quercus robur",
        "Carpinus betulus",
        "Fraxinus ornus",
        "Prunus avium",
        "Morus alba",
        "Populus nigra",
        "Betula pendula",
        "Cedrus atlantica",
    ];
    let columns = &[("ALB_ID", Text), ("SPECIE", Text)];
    let mut table = Table::new("albero", Kind::Point, columns);
    let mut dice = Dice::for_part(town.comune.seed, 9401);
    let homes: Vec<(Point, Point, &Building)> = houses
        .iter()
        .map(|h| {
            let (low, high) = bounds(&h.shape[0]);
            (low, high, h)
        })
        .collect();
    let free = |p: Point| {
        !homes.iter().any(|(low, high, h)| {
            p.x > low.x && p.x < high.x && p.y > low.y && p.y < high.y && contains(&h.shape[0], p)
        })
    };
    let mut places: Vec<(Point, usize)> = Vec::new();
    for way in &streets.ways {
        let avenue = way.built && (way.class != "locale" || length(&way.path) > 170.0);
        if !avenue || !dice.chance(if way.class == "locale" { 0.16 } else { 0.85 }) {
            continue;
        }
        let species = dice.below(SPECIES.len());
        let step = dice.between(8.0, 12.0);
        let mut next = step;
        let mut run = 0.0;
        for w in way.path.windows(2) {
            let long = w[0].to(w[1]);
            let u = w[1].minus(w[0]).unit();
            while next < run + long {
                for side in [1.0, -1.0] {
                    let p = w[0]
                        .plus(u, next - run)
                        .plus(u.left(), side * (way.half + 1.1));
                    if dice.chance(0.88) && !on_street(streets, p, 0.4) && free(p) {
                        places.push((p, species));
                    }
                }
                next += step;
            }
            run += long;
        }
    }
    for park in parks {
        let size = crate::plane::area(&park[0]);
        let (low, high) = bounds(&park[0]);
        let mine = dice.below(SPECIES.len());
        for _ in 0..(size / 130.0) as usize {
            let p = crate::plane::at(dice.between(low.x, high.x), dice.between(low.y, high.y));
            let inside = contains(&park[0], p) && !park[1..].iter().any(|h| contains(h, p));
            if inside && free(p) {
                let species = if dice.chance(0.5) {
                    mine
                } else {
                    dice.below(SPECIES.len())
                };
                places.push((p, species));
            }
        }
    }
    for (k, (p, species)) in places.into_iter().enumerate() {
        table.push(Shape::Point(p), vec![key("A", k), SPECIES[species].into()]);
    }
    table
}
