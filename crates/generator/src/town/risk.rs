//! Feasibility by geology, noise classes, floods.

use crate::dice::Dice;
use crate::plane::{Point, at};
use crate::write::{Column::Text, Kind, Shape, Table};

use super::Town;
use super::codes::CODES;
use super::constraint::{bands_of, blob};
use super::ground::Hand;
use super::region::Region;
use super::zoning::Zoning;

/// The layers of the risks.
pub(crate) fn risks(town: &Town<'_>, zoning: &Zoning) -> Vec<Table> {
    vec![geology(town), noise(town, zoning), floods(town)]
}

/// Polygons below this are left to their neighbours by whoever drew the map.
const LEAST_M2: f64 = 150.0;

fn rivers<'a>(town: &'a Town<'_>) -> impl Iterator<Item = &'a crate::comune::Line> {
    town.comune.lines.iter().filter(|l| town.is_large(l))
}

fn union(regions: impl Iterator<Item = Region>) -> Option<Region> {
    regions.reduce(|a, b| a.plus(&b))
}

/// Classes 1 to 4 of feasibility (D.G.R. IX/2616/2011); they fill the comune.
fn geology(town: &Town<'_>) -> Table {
    let columns = &[
        ("ID", Text),
        ("CLASSE", Text),
        ("NOTE", Text),
        ("ART_NTA", Text),
    ];
    let mut table = Table::new("geologia", Kind::Polygon, columns);
    let mut dice = Dice::for_part(town.comune.seed, 9501);
    let outline = Region::ring(&town.comune.outline);
    let all: Vec<[Region; 3]> = rivers(town)
        .enumerate()
        .map(|(k, line)| bands_of(town, line, k))
        .collect();
    let mut four = union(all.iter().map(|b| b[0].clone()));
    let mut three = union(all.iter().map(|b| b[2].clone()));
    // Slopes: class 3, with slides of class 4.
    for hill in &town.comune.hills {
        let inside: Vec<Point> = town
            .ground
            .faces
            .iter()
            .filter(|f| f.zone == crate::land::Zone::Hills)
            .map(|f| f.inner)
            .collect();
        for _ in 0..7 {
            if inside.is_empty() {
                break;
            }
            let p = inside[dice.below(inside.len())];
            let radius = dice.between(170.0, 430.0) * town.scale;
            let slope = Region::ring(&blob(p, radius, &mut dice)).within(&Region::ring(hill));
            three = Some(three.map_or(slope.clone(), |all| all.plus(&slope)));
            if dice.chance(0.5) {
                let q = at(
                    p.x + dice.between(-60.0, 60.0),
                    p.y + dice.between(-60.0, 60.0),
                );
                let slide = Region::ring(&blob(q, radius * 0.32, &mut dice));
                four = Some(four.map_or(slide.clone(), |all| all.plus(&slide)));
            }
        }
    }
    let terrace = blob(
        town.comune.centre.plus(at(0.6, -0.8), 220.0 * town.scale),
        1000.0 * town.scale,
        &mut dice,
    );
    let four = four.unwrap_or_else(Region::none).within(&outline);
    let three = three
        .unwrap_or_else(Region::none)
        .within(&outline)
        .minus(&four);
    let higher = four.plus(&three);
    let one = Region::ring(&terrace).within(&outline).minus(&higher);
    let two = outline.minus(&higher.plus(&one));
    let classes = [
        ("1", "Fattibilità senza particolari limitazioni", "19", one),
        ("2", "Fattibilità con modeste limitazioni", "19", two),
        ("3", "Fattibilità con consistenti limitazioni", "20", three),
        ("4", "Fattibilità con gravi limitazioni", "21", four),
    ];
    for (class, note, article, region) in classes {
        for polygon in region.polygons(1.0) {
            let key = format!("G{class}-{:03}", table.rows.len() + 1);
            table.push(
                Shape::Polygons(vec![polygon]),
                vec![key.into(), class.into(), note.into(), article.into()],
            );
        }
    }
    table
}

/// Classes I to VI of noise (D.P.C.M. 14 November 1997); they fill the comune.
fn noise(town: &Town<'_>, zoning: &Zoning) -> Table {
    let columns = &[("ID", Text), ("CLASSE", Text)];
    let mut table = Table::new("acustica", Kind::Polygon, columns);
    let ground = &town.ground;
    let mut quiet = vec![false; ground.faces.len()];
    for service in &zoning.services {
        let silent = matches!(service.kind, "istruzione" | "cimitero");
        let care = service.kind == "sociale";
        for &f in &service.faces {
            quiet[f] = silent || care;
        }
    }
    let busy: Vec<_> = town
        .comune
        .lines
        .iter()
        .filter(|l| l.half[0] > 5.0 && !town.is_large(l))
        .collect();
    let mut classes: Vec<u8> = ground
        .faces
        .iter()
        .enumerate()
        .map(|(f, face)| match CODES[zoning.codes[f]].code {
            _ if quiet[f] => 1,
            "F3" | "F4" | "D2" => 4,
            "D1" if face.block % 7 == 3 => 6,
            "D1" => 5,
            "E2" if face.zone == crate::land::Zone::Hills => 2,
            "B2" | "C1" | "C2" => {
                let near = busy
                    .iter()
                    .any(|l| crate::plane::to_path(&l.path, face.inner).0 < 65.0);
                if near { 4 } else { 2 }
            }
            _ => {
                let near = busy
                    .iter()
                    .any(|l| crate::plane::to_path(&l.path, face.inner).0 < 50.0);
                if near { 4 } else { 3 }
            }
        })
        .collect();
    for _ in 0..3 {
        for (class, faces) in ground.groups(|f| classes[f]) {
            let size: f64 = faces.iter().map(|&f| ground.faces[f].size).sum();
            if size > if class == 1 { 900.0 } else { 7000.0 } {
                continue;
            }
            let mut weights = [0.0; 7];
            for &f in &faces {
                for &(other, shared) in &ground.beside[f] {
                    if classes[other] != class {
                        weights[usize::from(classes[other])] += shared;
                    }
                }
            }
            let best = (1..7)
                .max_by(|&a, &b| weights[a].total_cmp(&weights[b]))
                .unwrap_or(3);
            if weights[best] > 0.0 {
                for &f in &faces {
                    classes[f] = best as u8;
                }
            }
        }
    }
    let groups = ground.groups(|f| classes[f]);
    let mut labels = vec![None; ground.faces.len()];
    for (k, (_, faces)) in groups.iter().enumerate() {
        for &f in faces {
            labels[f] = Some(k as u32);
        }
    }
    let hand = Hand {
        detail_m: 0.5,
        off_m: (0.1, 0.9),
        seed: town.comune.seed.wrapping_add(50),
    };
    const NAMES: [&str; 7] = ["", "I", "II", "III", "IV", "V", "VI"];
    for ((class, _), polygons) in groups.iter().zip(ground.areas(&labels, groups.len(), hand)) {
        let key = format!("N{:04}", table.rows.len() + 1);
        table.push(
            Shape::Polygons(polygons),
            vec![key.into(), NAMES[usize::from(*class)].into()],
        );
    }
    table
}

/// Floods: frequent (P3), less frequent (P2), rare (P1).
fn floods(town: &Town<'_>) -> Table {
    let columns = &[("ID", Text), ("CLASSE", Text)];
    let mut table = Table::new("idraulica", Kind::Polygon, columns);
    let outline = Region::ring(&town.comune.outline);
    for (k, line) in rivers(town).enumerate() {
        let [a, b, c] = bands_of(town, line, k + 7).map(|r| r.within(&outline));
        for (class, region) in [("P3", a.clone()), ("P2", b.minus(&a)), ("P1", c.minus(&b))] {
            for polygon in region.polygons(LEAST_M2) {
                let key = format!("{class}-{:03}", table.rows.len() + 1);
                table.push(
                    Shape::Polygons(vec![polygon]),
                    vec![key.into(), class.into()],
                );
            }
        }
    }
    table
}
