//! The plan's files, as a comune of Lombardy delivers them.

use crate::write::{Column::Text, Kind, Shape, Table, Value};

use super::Town;
use super::codes::CODES;
use super::fabric::fabric;
use super::ground::Hand;
use super::variant::variant_codes;
use super::zoning::{Zoning, planner};

/// `PGT_ZONE`, `PGT_TESSUTO`, `PGT_SERVIZI` and `PGT_AMBITI` of the plan in force.
pub(crate) fn pgt(town: &Town<'_>, zoning: &Zoning) -> Vec<Table> {
    let mut zones = zone_table();
    let mut services = Table::new(
        "PGT_SERVIZI",
        Kind::Polygon,
        &[
            ("ID_SERV", Text),
            ("TIPO_SERV", Text),
            ("NOME", Text),
            ("STATO", Text),
            ("ART_NTA", Text),
        ],
    );
    let mut ambiti = Table::new(
        "PGT_AMBITI",
        Kind::Polygon,
        &[
            ("ID_AT", Text),
            ("NOME", Text),
            ("DESTINAZ", Text),
            ("ART_NTA", Text),
        ],
    );
    let mut of_service = vec![Vec::new(); zoning.services.len()];
    let mut of_ambito = vec![Vec::new(); zoning.ambiti.len()];
    for (k, area) in zoning.areas.iter().enumerate() {
        push_zone(
            &mut zones,
            format!("Z{:04}", k + 1),
            area.code,
            area.polygons.clone(),
        );
        if let Some(s) = area.service {
            of_service[s].extend(area.polygons.clone());
        }
        if let Some(a) = area.ambito {
            of_ambito[a].extend(area.polygons.clone());
        }
    }
    for (k, (service, polygons)) in zoning.services.iter().zip(of_service).enumerate() {
        let state = if service.planned {
            "previsto"
        } else {
            "esistente"
        };
        let article = if service.kind == "tecnologico" {
            "35"
        } else {
            "34"
        };
        services.push(
            Shape::Polygons(polygons),
            vec![
                format!("S{:03}", k + 1).into(),
                service.kind.into(),
                service.name.as_str().into(),
                state.into(),
                article.into(),
            ],
        );
    }
    for (ambito, polygons) in zoning.ambiti.iter().zip(of_ambito) {
        let (code, name) = ambito.name.split_once(' ').unwrap_or((&ambito.name, ""));
        ambiti.push(
            Shape::Polygons(polygons),
            vec![code.into(), name.into(), ambito.use_.into(), "39".into()],
        );
    }
    let mut fabrics = Table::new(
        "PGT_TESSUTO",
        Kind::Polygon,
        &[
            ("ID_TES", Text),
            ("TIPO", Text),
            ("DESCRIZ", Text),
            ("ART_NTA", Text),
        ],
    );
    for (k, (kind, text, polygon)) in fabric(town, zoning).into_iter().enumerate() {
        fabrics.push(
            Shape::Polygons(vec![polygon]),
            vec![
                format!("T{:04}", k + 1).into(),
                kind.into(),
                text.into(),
                "38".into(),
            ],
        );
    }
    vec![zones, fabrics, services, ambiti]
}

fn zone_table() -> Table {
    Table::new(
        "PGT_ZONE",
        Kind::Polygon,
        &[
            ("ID_ZONA", Text),
            ("COD_ZONA", Text),
            ("ZTO", Text),
            ("DESCRIZ", Text),
            ("ART_NTA", Text),
        ],
    )
}

fn push_zone(table: &mut Table, key: String, code: usize, polygons: Vec<crate::sheet::Polygon>) {
    let code = &CODES[code];
    let values: [Value; 5] = [
        key.into(),
        code.code.into(),
        code.class.into(),
        code.description.into(),
        code.article.into(),
    ];
    table.push(Shape::Polygons(polygons), values.to_vec());
}

/// `PGT_ZONE` and `PERIMETRO` of the adopted partial variant, where there is room for one.
pub(crate) fn variant(town: &Town<'_>, zoning: &Zoning) -> Option<Vec<Table>> {
    let (inside, codes) = variant_codes(town, zoning)?;
    // Every corner, so that zones and perimeter have the same points.
    let hand = Hand {
        detail_m: -1.0,
        ..planner(town.comune.seed)
    };
    let ground = &town.ground;
    let perimeter: Vec<Option<u32>> = inside.iter().map(|&i| i.then_some(0)).collect();
    let mut table = Table::new(
        "PERIMETRO",
        Kind::Polygon,
        &[("ID_VAR", Text), ("DESCRIZ", Text)],
    );
    let polygons = ground.areas(&perimeter, 1, hand).pop().unwrap_or_default();
    table.push(
        Shape::Polygons(polygons),
        vec!["VAR1".into(), "Variante parziale n. 1".into()],
    );
    let groups: Vec<_> = ground
        .groups(|f| inside[f].then_some(codes[f]))
        .into_iter()
        .filter_map(|(code, faces)| code.map(|c| (c, faces)))
        .collect();
    let mut labels = vec![None; ground.faces.len()];
    for (k, (_, faces)) in groups.iter().enumerate() {
        for &f in faces {
            labels[f] = Some(k as u32);
        }
    }
    let mut zones = zone_table();
    for ((code, _), polygons) in groups.iter().zip(ground.areas(&labels, groups.len(), hand)) {
        let key = format!("V{:04}", zones.rows.len() + 1);
        push_zone(&mut zones, key, *code, polygons);
    }
    Some(vec![zones, table])
}
