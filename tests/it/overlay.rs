//! Overlays: the real pair of Cambridge with its known counts, and PostGIS as the oracle.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use mappale::access::Viewer;
use mappale::cadastre::CadastralReference;
use mappale::crs::{LON_LAT, Transformation};
use mappale::db::Ewkb;
use mappale::fact::{self, Facts, Layers, Shape, SliverReason, Status, tolerance_m2};
use mappale::layer::{Definitions, GeometryKind, Value};
use mappale::place::Comune;
use mappale::snapshot::{Builder, Catalogue, LayerEntry, PartSnapshot, Raw};
use serde_json::Value as Json;
use sqlx::Connection as _;

use crate::support::{TestDb, skip};

/// Metres of Massachusetts, the CRS of the pair's known answers.
const MASSACHUSETTS: i32 = 26986;

/// A layer `{id}` that is a coverage, with the line of its sliver rule.
fn definition(id: &str, role: &str, sliver: &str) -> String {
    let (role, part) = match role {
        "" => (String::new(), ""),
        role => (format!("role = \"{role}\"\n"), ", part = \"reference\""),
    };
    format!(
        r#"format = 1
id = "{id}"
{role}geometry = "polygon"
theme = "piano"
coverage = true
key = "code"
sliver = {{ {sliver} }}
title = {{ it = "Prova", en = "Trial" }}
description = {{ it = "Prova", en = "Trial" }}
source = {{ name = {{ it = "Prova", en = "Trial" }}, licence = "CC0-1.0" }}
reader = {{ cadastre_gml = {{ feature = "CadastralParcel" }} }}
column = [{{ name = "code", type = "text", required = true, label = {{ it = "Codice", en = "Code" }}, from = {{ field = "CODE"{part} }} }}]
tile = {{ min_zoom = 13, attributes = [] }}
example = [{{ fields = {{ CODE = "X001_000100.1" }}, columns = {{ code = "X001_000100.1" }} }}]
"#
    )
}

/// A multipolygon as the database sends it.
fn ewkb(shape: &Shape, srid: i32) -> Vec<u8> {
    let count = |n: usize| u32::try_from(n).expect("few").to_le_bytes();
    let mut out = vec![1];
    out.extend((6_u32 | 0x2000_0000).to_le_bytes());
    out.extend(srid.to_le_bytes());
    out.extend(count(shape.len()));
    for polygon in shape {
        out.push(1);
        out.extend(3_u32.to_le_bytes());
        out.extend(count(polygon.len()));
        for ring in polygon {
            out.extend(count(ring.len()));
            for number in ring.iter().flatten() {
                out.extend(number.to_le_bytes());
            }
        }
    }
    out
}

/// A part in memory of shapes with their keys.
fn part(number: i64, layer: &str, srid: i32, shapes: &[(String, Shape)]) -> Arc<PartSnapshot> {
    let mut builder = Builder::new(GeometryKind::Polygon, 1, 0);
    for (id, (key, shape)) in shapes.iter().enumerate() {
        builder
            .add(Raw {
                id: id as u64 + 1,
                values: vec![Value::Text(key.clone())],
                label: None,
                ewkb: &ewkb(shape, srid),
            })
            .expect("is a multipolygon");
    }
    Arc::new(PartSnapshot {
        part_id: number,
        layer: layer.to_owned(),
        territory_id: 1,
        version: 1,
        srid,
        loaded_at: jiff::Timestamp::UNIX_EPOCH,
        publication_id: number,
        published_at: jiff::Timestamp::UNIX_EPOCH,
        valid_from: jiff::civil::date(2026, 1, 1),
        valid_to: None,
        standing: mappale::layer::Standing::InForce,
        plan: None,
        features: Arc::new(builder.finish(srid).expect("lies on the map")),
    })
}

/// Parcels and zones in memory, published in the comune X001.
fn catalogue(
    srid: i32,
    sliver: &str,
    parcels: &[(String, Shape)],
    zones: &[(String, Shape)],
) -> Catalogue {
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    for (file, id, role) in [
        ("p.toml", "prova.particella", "parcel"),
        ("z.toml", "prova.zona", ""),
    ] {
        std::fs::write(folder.path().join(file), definition(id, role, sliver)).expect("is ours");
    }
    let definitions = Definitions::load(folder.path()).unwrap_or_else(|problems| {
        let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", list.join("\n"))
    });
    let comune = Comune {
        id: 1,
        slug: "prova".into(),
        name: "Prova".into(),
        storage_srid: srid,
        codes: vec!["X001".parse().expect("a code")],
    };
    let entry = |id: &str, part: Arc<PartSnapshot>| LayerEntry {
        file: Arc::clone(definitions.get(id).expect("is defined")),
        parts: vec![part],
        beside: Vec::new(),
    };
    Catalogue::new(
        vec![Arc::new(comune)],
        Vec::new(),
        vec![
            entry(
                "prova.particella",
                part(1, "prova.particella", srid, parcels),
            ),
            entry("prova.zona", part(2, "prova.zona", srid, zones)),
        ],
    )
}

fn facts_of(catalogue: &Catalogue, parcel: &str) -> Facts {
    let reference: CadastralReference = parcel.parse().expect("a reference");
    fact::of_parcels(catalogue, &Viewer::Anonymous, &[reference], &Layers::Facts).expect("is there")
}

fn rectangle(e: f64, n: f64, width: f64, height: f64) -> Vec<[f64; 2]> {
    vec![
        [e, n],
        [e + width, n],
        [e + width, n + height],
        [e, n + height],
        [e, n],
    ]
}

/// Features of a GeoJSON file in metres; `key` names them by their position.
fn geojson(path: &PathBuf, srid: i32, key: impl Fn(usize) -> String) -> Vec<(String, Shape)> {
    let text = std::fs::read_to_string(path).expect("is there");
    let json: Json = serde_json::from_str(&text).expect("is JSON");
    let transformation = Transformation::new(LON_LAT, srid).expect("is known");
    let ring = |ring: &Json| -> Vec<[f64; 2]> {
        let mut places: Vec<[f64; 2]> = ring
            .as_array()
            .expect("a ring")
            .iter()
            .map(|at| [at[0].as_f64().expect("lon"), at[1].as_f64().expect("lat")])
            .collect();
        transformation.apply_to(&mut places).expect("lies there");
        places
    };
    let polygon = |rings: &Json| -> Vec<Vec<[f64; 2]>> {
        rings.as_array().expect("rings").iter().map(ring).collect()
    };
    json["features"]
        .as_array()
        .expect("a collection")
        .iter()
        .enumerate()
        .map(|(number, feature)| {
            let geometry = &feature["geometry"];
            let coordinates = &geometry["coordinates"];
            let shape = match geometry["type"].as_str() {
                Some("Polygon") => vec![polygon(coordinates)],
                Some("MultiPolygon") => {
                    let polygons = coordinates.as_array().expect("polygons");
                    polygons.iter().map(polygon).collect()
                }
                other => panic!("{other:?}"),
            };
            (key(number), shape)
        })
        .collect()
}

type Named = Vec<(String, Shape)>;

/// The pair of Cambridge, where its folder is given.
fn cambridge() -> Option<(Named, Named)> {
    let folder = PathBuf::from(std::env::var_os("MAPPALE_GEODATA")?);
    let (parcels, zones) = (
        folder.join("cambridge_parcels_flood500.geojson"),
        folder.join("cambridge_zoning.geojson"),
    );
    if !parcels.is_file() || !zones.is_file() {
        return None;
    }
    Some((
        geojson(&parcels, MASSACHUSETTS, |n| {
            format!("X001_000100.{}", n + 1)
        }),
        geojson(&zones, MASSACHUSETTS, |n| format!("zone {}", n + 1)),
    ))
}

/// Parcels on more than one zone, by pieces that count.
fn on_several(catalogue: &Catalogue, parcels: &Named) -> usize {
    parcels
        .iter()
        .filter(|(key, _)| {
            let facts = facts_of(catalogue, key);
            let zones = facts.layer("prova.zona").expect("is asked");
            zones.pieces.iter().filter(|piece| piece.counts()).count() > 1
        })
        .count()
}

#[test]
#[ignore = "needs MAPPALE_GEODATA"]
fn cambridge_has_its_known_slivers() {
    let Some((parcels, zones)) = cambridge() else {
        skip("MAPPALE_GEODATA names no folder with the pair of Cambridge");
        return;
    };
    assert_eq!((parcels.len(), zones.len()), (655, 261));
    let raw = catalogue(
        MASSACHUSETTS,
        r#"width_m = 0.0, area_m2 = 0.0, share = 0.0, small = "either""#,
        &parcels,
        &zones,
    );
    let mut pieces = 0;
    let mut below = BTreeMap::new();
    for (key, _) in &parcels {
        let facts = facts_of(&raw, key);
        let zones = facts.layer("prova.zona").expect("is asked");
        pieces += zones.pieces.len();
        for (name, limit) in [("0.01", 0.01), ("1", 1.0), ("5", 5.0)] {
            *below.entry(name).or_insert(0) += zones
                .pieces
                .iter()
                .filter(|piece| piece.area_m2() < limit)
                .count();
        }
        let whole: f64 = zones.pieces.iter().map(fact::Piece::area_m2).sum();
        let left = zones.remainder.as_ref().map_or(0.0, |left| left.area_m2);
        // Zones may overlap, so pieces may be more than the parcel, never less.
        assert!(
            whole + left >= facts.region.area_m2 - tolerance_m2(facts.region.area_m2),
            "{key}"
        );
    }
    assert_eq!(pieces, 903);
    assert_eq!(
        below,
        BTreeMap::from([("0.01", 31), ("1", 107), ("5", 143)])
    );
    assert_eq!(on_several(&raw, &parcels), 180);
    for (small, expected) in [("either", 69), ("both", 103)] {
        let rule = format!(r#"width_m = 0.0, small = "{small}""#);
        let catalogue = catalogue(MASSACHUSETTS, &rule, &parcels, &zones);
        assert_eq!(on_several(&catalogue, &parcels), expected, "{small}");
    }
}

#[tokio::test]
#[ignore = "needs MAPPALE_GEODATA"]
async fn cambridge_has_the_areas_of_postgis() {
    let Some((parcels, zones)) = cambridge() else {
        skip("MAPPALE_GEODATA names no folder with the pair of Cambridge");
        return;
    };
    let compared = compare_with_postgis(MASSACHUSETTS, &parcels, &zones).await;
    assert_eq!(compared, 903);
}

/// Compares every piece, and every piece's being a sliver by its width, with PostGIS; how many
/// there are.
async fn compare_with_postgis(srid: i32, parcels: &Named, zones: &Named) -> usize {
    let rule = "width_m = 0.4, area_m2 = 0.0, share = 0.0";
    let catalogue = catalogue(srid, rule, parcels, zones);
    let db = TestDb::new().await;
    let mut connection = db.superuser().await;
    for (table, shapes) in [("parcel", parcels), ("zone", zones)] {
        let create = match table {
            "parcel" => "create temp table parcel (key text, geom geometry)",
            _ => "create temp table zone (key text, geom geometry)",
        };
        sqlx::query(create)
            .execute(&mut connection)
            .await
            .expect("is made");
        let insert = match table {
            "parcel" => "insert into parcel select * from unnest($1::text[], $2::geometry[])",
            _ => "insert into zone select * from unnest($1::text[], $2::geometry[])",
        };
        let keys: Vec<&str> = shapes.iter().map(|(key, _)| key.as_str()).collect();
        let geometries: Vec<Ewkb> = shapes.iter().map(|(_, s)| Ewkb(ewkb(s, srid))).collect();
        sqlx::query(insert)
            .bind(keys)
            .bind(geometries)
            .execute(&mut connection)
            .await
            .expect("fits");
    }
    let rows: Vec<(String, String, f64, bool)> = sqlx::query_as(
        "select parcel.key, zone.key, st_area(shared.geom), st_isempty(st_buffer(shared.geom, -0.2))
           from parcel
           join zone on st_intersects(parcel.geom, zone.geom)
          cross join lateral (select st_intersection(parcel.geom, zone.geom) as geom) as shared
          where st_area(shared.geom) > 0",
    )
    .fetch_all(&mut connection)
    .await
    .expect("answers");
    connection.close().await.expect("closes");
    let mut oracle: BTreeMap<(String, String), (f64, bool)> = rows
        .into_iter()
        .map(|(parcel, zone, area_m2, narrow)| ((parcel, zone), (area_m2, narrow)))
        .collect();
    let mut compared = 0;
    for (key, _) in parcels {
        let facts = facts_of(&catalogue, key);
        let layer = facts.layer("prova.zona").expect("is asked");
        assert!(layer.fault.is_none(), "{key}: {:?}", layer.fault);
        for piece in &layer.pieces {
            let (area_m2, narrow) = oracle
                .remove(&(key.clone(), piece.key.clone()))
                .unwrap_or_else(|| panic!("{key} in {} is not in PostGIS", piece.key));
            let difference = (piece.area_m2() - area_m2).abs();
            assert!(
                difference <= tolerance_m2(area_m2),
                "{key} in {}: {} here, {area_m2} in PostGIS",
                piece.key,
                piece.area_m2()
            );
            assert_eq!(
                piece.sliver == Some(SliverReason::Narrow),
                narrow,
                "{key} in {} of {area_m2} m²",
                piece.key
            );
            compared += 1;
        }
    }
    assert!(oracle.is_empty(), "only in PostGIS: {oracle:?}");
    compared
}

/// Zones of squares, shifted against a grid of parcels by `shift` metres.
fn hand_made(shift: f64) -> (Named, Named) {
    let (e, n) = (500_000.0, 5_050_000.0);
    let mut parcels = Vec::new();
    let mut zones = Vec::new();
    for row in 0..6_u32 {
        for column in 0..6_u32 {
            let (x, y) = (f64::from(column) * 20.0, f64::from(row) * 20.0);
            let number = row * 6 + column + 1;
            parcels.push((
                format!("X001_000100.{number}"),
                vec![vec![rectangle(e + x, n + y, 20.0, 20.0)]],
            ));
        }
    }
    for row in 0..3_u32 {
        for column in 0..3_u32 {
            let (x, y) = (f64::from(column) * 40.0 + shift, f64::from(row) * 40.0);
            let zone = vec![vec![rectangle(e + x, n + y, 40.0, 40.0)]];
            zones.push((format!("zone {row}{column}"), zone));
        }
    }
    (parcels, zones)
}

#[test]
fn a_hand_made_coverage_has_its_analytic_areas() {
    let rule = "width_m = 0.4, area_m2 = 1.0, share = 0.01";
    // Shifted by 5 m to the east: the first column of parcels is 5 m without a zone.
    let (parcels, zones) = hand_made(5.0);
    let catalogue = catalogue(7791, rule, &parcels, &zones);
    let facts = facts_of(&catalogue, "X001_000100.1");
    let layer = facts.layer("prova.zona").expect("is asked");
    assert_eq!(layer.status, Status::Hit);
    assert!((layer.pieces[0].area_m2() - 300.0).abs() < 1e-6);
    assert_eq!(layer.pieces[0].percent_tenths, Some(750));
    let left = layer.remainder.as_ref().expect("5 m have no zone");
    assert!((left.area_m2 - 100.0).abs() < 1e-6);
    assert_eq!((left.percent_tenths, left.sliver), (Some(250), None));

    // The third parcel of the first row lies on two zones.
    let facts = facts_of(&catalogue, "X001_000100.3");
    let layer = facts.layer("prova.zona").expect("is asked");
    let areas: Vec<f64> = layer.pieces.iter().map(|p| p.area_m2().round()).collect();
    assert_eq!(areas, [300.0, 100.0]);
    assert!(layer.remainder.is_none());

    // All of a parcel in one zone is exactly the parcel.
    let facts = facts_of(&catalogue, "X001_000100.2");
    let layer = facts.layer("prova.zona").expect("is asked");
    assert_eq!(layer.pieces.len(), 1);
    assert_eq!(layer.pieces[0].percent_tenths, Some(1000));
    assert!((layer.pieces[0].area_m2() - facts.region.area_m2).abs() < 1e-6);
}

#[test]
fn slivers_are_marked_and_take_no_percentage() {
    let rule = "width_m = 0.4, area_m2 = 1.0, share = 0.01";
    // 0.15 m over 20 m: 3 m² and 0.75 %, narrower than the tolerance.
    let (parcels, zones) = hand_made(0.15);
    let catalogue = catalogue(7791, rule, &parcels, &zones);
    let facts = facts_of(&catalogue, "X001_000100.3");
    let layer = facts.layer("prova.zona").expect("is asked");
    assert_eq!(layer.pieces.len(), 2);
    assert_eq!(layer.pieces[0].percent_tenths, Some(1000));
    assert_eq!(layer.pieces[1].sliver, Some(SliverReason::Narrow));
    assert_eq!(layer.pieces[1].percent_tenths, None);
    assert_eq!(layer.keys(), ["zone 01"]);
    // What is left of the first parcel is as narrow.
    let facts = facts_of(&catalogue, "X001_000100.1");
    let layer = facts.layer("prova.zona").expect("is asked");
    let left = layer.remainder.as_ref().expect("0.15 m have no zone");
    assert_eq!(
        (left.percent_tenths, left.sliver),
        (None, Some(SliverReason::Narrow))
    );
    assert_eq!(layer.pieces[0].percent_tenths, Some(1000));
}

#[test]
fn facts_of_a_union_are_the_union_of_facts() {
    let rule = "width_m = 0.4, area_m2 = 1.0, share = 0.01";
    let (parcels, zones) = hand_made(7.3);
    let catalogue = catalogue(7791, rule, &parcels, &zones);
    let references: Vec<CadastralReference> = parcels
        .iter()
        .map(|(key, _)| key.parse().expect("a reference"))
        .collect();
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    for (key, _) in &parcels {
        for piece in &facts_of(&catalogue, key)
            .layer("prova.zona")
            .expect("is asked")
            .pieces
        {
            *sums.entry(piece.key.clone()).or_default() += piece.area_m2();
        }
    }
    let all = fact::of_parcels(&catalogue, &Viewer::Anonymous, &references, &Layers::Facts)
        .expect("are there");
    let layer = all.layer("prova.zona").expect("is asked");
    assert_eq!(layer.pieces.len(), sums.len());
    for piece in &layer.pieces {
        assert!(
            (piece.area_m2() - sums[&piece.key]).abs() < 1e-6,
            "{}",
            piece.key
        );
    }
    let printed: u32 = layer.pieces.iter().filter_map(|p| p.percent_tenths).sum();
    let left = layer
        .remainder
        .as_ref()
        .and_then(|left| left.percent_tenths);
    assert_eq!(printed + left.unwrap_or(0), 1000);
}

#[tokio::test]
async fn a_shifted_coverage_has_the_areas_of_postgis() {
    for shift in [0.0, 0.15, 0.5, 7.3] {
        let (parcels, zones) = hand_made(shift);
        let compared = compare_with_postgis(7791, &parcels, &zones).await;
        assert!(compared >= 36, "{shift}: {compared}");
    }
}

#[test]
fn a_question_that_cannot_be_answered_says_why() {
    let (parcels, zones) = hand_made(5.0);
    let catalogue = catalogue(7791, "width_m = 0.4", &parcels, &zones);
    let ask = |references: &[&str], layers: &str| {
        let references: Vec<CadastralReference> = references
            .iter()
            .map(|text| text.parse().expect("a reference"))
            .collect();
        fact::of_parcels(
            &catalogue,
            &Viewer::Anonymous,
            &references,
            &Layers::parse(layers),
        )
        .map(|facts| facts.layers.len())
        .map_err(|error| error.to_string())
    };
    assert_eq!(ask(&["X001_000100.1"], ""), Ok(1));
    assert_eq!(
        ask(&["X001_000100.1"], "prova.particella, prova.zona"),
        Ok(2)
    );
    let fault = |answer: Result<usize, String>| answer.expect_err("cannot be answered");
    assert!(fault(ask(&["X001_000100.1"], "piano.nulla")).contains("'piano.nulla'"));
    assert!(fault(ask(&["X001_000100.99"], "")).contains("X001_000100.99"));
    assert!(fault(ask(&["X002_000100.1"], "")).contains("no cadastre"));
    assert!(fault(ask(&[], "")).contains("no parcel is named"));
    assert!(fault(ask(&["X001_000100.1"; 201], "")).contains("201"));
}
