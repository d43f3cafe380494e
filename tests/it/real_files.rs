//! Real files of many origins: each is loaded with the counts it is known to have, or refused for
//! the right reason. They are not in the repository: `MAPPALE_GEODATA` names their folder.

use std::path::PathBuf;

use mappale::ingest::{Outcome, ReadOptions, Severity};
use mappale::layer::{Definitions, find_mapping};
use sqlx::{AssertSqlSafe, Connection as _};

use crate::sample::{PARCELS, Town};
use crate::support::{TestDb, skip};
use crate::vector::ZONES;

const AREA: &str = "prova.area";

/// A layer of one column, the key, filled as `from` says.
fn layer(geometry: &str, from: &str, more: &str) -> String {
    format!(
        r#"format = 1
id = "prova.area"
geometry = "{geometry}"
theme = "piano"
key = "code"
title = {{ it = "Aree", en = "Areas" }}
description = {{ it = "Aree.", en = "Areas." }}
source = {{ name = {{ it = "Vari", en = "Various" }}, licence = "CC-BY-4.0" }}
reader = {{ vector = {{}} }}
tile = {{ min_zoom = 10, attributes = [] }}
{more}
[[column]]
name = "code"
type = "text"
required = true
label = {{ it = "Codice", en = "Code" }}
from = {from}

[[example]]
fields = {{}}
error = "has no field"
"#
    )
    .replace(
        if from.contains("content") {
            "error = \"has no field\""
        } else {
            "\u{0}"
        },
        "columns = {}",
    )
}

/// A town with one layer, in a storage CRS of its own.
async fn town(srid: i32, definition: &str) -> Town {
    let mut town = Town::of(TestDb::new().await, "X077", "Prova", srid).await;
    if !definition.is_empty() {
        let folder = tempfile::tempdir().expect("temporary folders can be made");
        std::fs::write(folder.path().join("area.toml"), definition).expect("is ours");
        town.definitions = Definitions::load(folder.path()).unwrap_or_else(|p| panic!("{p:?}"));
    }
    town
}

/// The path of a file; none, and a word about it, where there is no such folder.
fn file(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("MAPPALE_GEODATA");
    let path = folder.map(|folder| PathBuf::from(folder).join(name));
    let found = path.filter(|path| path.is_file());
    if found.is_none() {
        skip(&format!("MAPPALE_GEODATA names no folder with {name}"));
    }
    found
}

fn crs(code: &str) -> ReadOptions {
    ReadOptions {
        crs: Some(code.to_owned()),
        ..ReadOptions::default()
    }
}

fn mapped(town: &Town, layer: &str, mapping: &str) -> ReadOptions {
    let definition = &town.definitions.get(layer).expect("is defined").definition;
    let found = find_mapping(&town.db.config.layers, mapping, definition);
    ReadOptions {
        mapping: Some(found.unwrap_or_else(|error| panic!("{error}"))),
        ..ReadOptions::default()
    }
}

async fn loaded(town: &Town, layer: &str, path: PathBuf, options: ReadOptions) -> Outcome {
    let name = path.display().to_string();
    let outcome = town.load_read(layer, &[path], options, false).await;
    outcome.unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn count(outcome: &Outcome, rule: &str) -> u64 {
    let found = outcome
        .report
        .checks
        .iter()
        .find(|check| check.rule == rule);
    found.unwrap_or_else(|| panic!("no check {rule}")).count
}

async fn text(town: &Town, query: &str) -> String {
    let mut connection = town.db.superuser().await;
    let text = sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
        .fetch_one(&mut connection)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error}"));
    connection.close().await.expect("closes");
    text
}

const H109: &str = r#"format = 1
title = { it = "H109", en = "H109" }
description = { it = "Terreni, acque e strade.", en = "Land, waters and roads." }

[[layer]]
id = "prova.area"
only = { tipo = ["T", "A", "S"] }
"#;

#[tokio::test]
#[ignore = "needs MAPPALE_GEODATA"]
async fn overlaps_and_gaps_of_a_real_cadastre_are_the_known_ones() {
    let Some(path) = file("catasto_H109_32633.gpkg") else {
        return;
    };
    let coverage = "coverage = true\ncoverage_tolerance = { overlap_m2 = 0.01, gap_m2 = 0.01 }";
    let town = town(7791, &layer("polygon", "{ field = \"gid\" }", coverage)).await;
    let options = mapped(
        &town,
        AREA,
        town.file("h109.toml", H109).to_str().expect("is text"),
    );
    let outcome = loaded(&town, AREA, path, options).await;
    assert_eq!(outcome.report.features, 2898 + 26 + 24);
    assert_eq!(count(&outcome, "mapping.only"), 1330);
    assert_eq!(count(&outcome, "geometry.invalid"), 0);
    // Sheets are drawn each on its own: only between them are there overlaps.
    assert_eq!(count(&outcome, "coverage.overlap"), 67);
    assert_eq!(count(&outcome, "coverage.gap"), 14);
    let areas = |rule: &str| -> Vec<f64> {
        let found = outcome
            .report
            .findings
            .iter()
            .filter(|found| found.rule == rule);
        found
            .map(|found| {
                let number = found.message.split(": ").nth(1).expect("has an area");
                let number = number.split(' ').next().unwrap_or_default();
                number.parse().expect("a number")
            })
            .collect()
    };
    let overlaps = areas("coverage.overlap");
    let total: f64 = overlaps.iter().sum();
    assert!((total - 2671.0).abs() < 0.2, "{total}");
    assert_eq!(
        areas("coverage.gap")
            .iter()
            .filter(|area| **area > 1.0)
            .count(),
        11
    );
    // The file is in zone 33, four degrees from its meridian: its own areas are too large.
    let area = outcome
        .report
        .checks
        .iter()
        .find(|check| check.rule == "crs.area");
    let area = area.expect("was checked");
    assert_eq!(area.severity, Some(Severity::Warning));
    assert!(area.message.contains("+0.198 %"), "{}", area.message);
    let operation = outcome.operation.expect("was changed");
    assert_eq!((operation.from, operation.to), (32633, 7791));
}

#[tokio::test]
#[ignore = "needs MAPPALE_GEODATA"]
async fn french_plans_keep_their_accents() {
    let (Some(utf8), Some(cp1252)) = (
        file("fr_PLUi_241800432_utf8_shp.zip"),
        file("fr_PLU_30014_polygonZ_cp1252_shp.zip"),
    ) else {
        return;
    };
    let town = town(2154, "").await;
    let cnig = mapped(&town, ZONES, "cnig");
    // Its .prj names no authority: nothing is guessed.
    let refused = town.load_read(ZONES, std::slice::from_ref(&utf8), cnig.clone(), false);
    let said = refused.await.expect_err("which CRS?").to_string();
    assert!(said.contains("Lambert") && said.contains("--crs"), "{said}");
    let options = ReadOptions {
        crs: Some("EPSG:2154".to_owned()),
        ..cnig.clone()
    };
    let outcome = loaded(&town, ZONES, utf8.clone(), options.clone()).await;
    assert_eq!(outcome.report.members, 221);
    assert_eq!(count(&outcome, "geometry.invalid"), 1);
    // Two features have one key: the second is left out, and told.
    assert_eq!(count(&outcome, "key.duplicate"), 1);
    assert_eq!(outcome.report.features, 219);
    let query = "select description from data.piano_zona where zone = 'UE' limit 1";
    assert_eq!(text(&town, query).await, "UE : zone à vocation économique");
    let classes = "select string_agg(distinct class, ' ' order by class) from data.piano_zona";
    assert_eq!(text(&town, classes).await, "B C E");

    // With a repair it is whole; the outline that it was is kept.
    let options = ReadOptions {
        repair: Some(0.01),
        ..options
    };
    let repaired = loaded(&town, ZONES, utf8, options).await;
    assert_eq!(repaired.report.features, 220);
    assert_eq!(count(&repaired, "geometry.repaired"), 1);
    assert_eq!(count(&repaired, "geometry.invalid"), 0);
    let kept = format!(
        "select original ->> 'geometry_before_repair' from data.piano_zona
          where part_id = {} and original ? 'geometry_before_repair'",
        repaired.part_id
    );
    assert!(text(&town, &kept).await.starts_with("MULTIPOLYGON"));

    let outcome = loaded(&town, ZONES, cp1252, cnig).await;
    assert_eq!(outcome.report.members, 90);
    assert_eq!(outcome.report.features, 90);
    assert!(
        outcome
            .report
            .findings
            .iter()
            .any(|found| found.rule == "geometry.z_dropped")
    );
    let query = "select description from data.piano_zona where zone = 'Ucp' limit 1";
    let said = text(&town, query).await;
    assert!(
        said.starts_with("Zone urbaine soumise à des prescriptions"),
        "{said}"
    );
}

#[tokio::test]
#[ignore = "needs MAPPALE_GEODATA"]
async fn maps_from_elsewhere_are_stored_in_their_own_system() {
    let (Some(zones), Some(parcels)) = (
        file("cambridge_zoning.geojson"),
        file("cambridge_parcels_flood500.geojson"),
    ) else {
        return;
    };
    let town = town(26986, &layer("polygon", "{ field = \"GlobalID\" }", "")).await;
    let outcome = loaded(&town, AREA, zones, ReadOptions::default()).await;
    assert_eq!(outcome.report.features, 261);
    assert_eq!(count(&outcome, "geometry.invalid"), 0);
    let outcome = loaded(&town, AREA, parcels, ReadOptions::default()).await;
    assert_eq!(outcome.report.features, 655);
    // Cambridge lies about there.
    let place = "select round(avg(label_e / 1000))::text || ' ' || round(avg(label_n / 1000))::text
                   from data.prova_area";
    assert_eq!(text(&town, place).await, "230 904");
}

#[tokio::test]
#[ignore = "needs MAPPALE_GEODATA"]
async fn the_cadastre_of_the_wfs_is_loaded_by_its_mapping() {
    let Some(path) = file("ade_wfs_particelle_L439.geojson") else {
        return;
    };
    let town = Town::of(TestDb::new().await, "L439", "Prova", 7792).await;
    let options = mapped(&town, PARCELS, "catasto-wfs");
    let outcome = loaded(&town, PARCELS, path, options).await;
    // Two of the four are of the neighbouring comune.
    assert_eq!(count(&outcome, "comune.other"), 2);
    assert_eq!(outcome.report.features, 2);
    let kinds = "select string_agg(kind, ' ' order by kind) from data.catasto_particella";
    assert_eq!(text(&town, kinds).await, "road water");
}

#[tokio::test]
#[ignore = "needs MAPPALE_GEODATA"]
async fn layers_of_rome_1940_are_changed_by_a_known_operation() {
    let (Some(cdu), Some(civici)) = (
        file("cdu_creator_esempio_3004.gpkg"),
        file("civici_alessandria_3003.gpkg.zip"),
    ) else {
        return;
    };
    let from = "{ fields = [\"sezione\", \"foglio\", \"mappale\"] }";
    let first = town(7792, &layer("polygon", from, "")).await;
    // Three layers: one must be named.
    let files = [cdu.clone()];
    let said = first
        .load_read(AREA, &files, ReadOptions::default(), false)
        .await;
    let said = said.expect_err("which layer?").to_string();
    assert!(said.contains("altro, terreni_catastali, vincoli"), "{said}");
    let options = ReadOptions {
        layer: Some("terreni_catastali".to_owned()),
        ..ReadOptions::default()
    };
    let outcome = loaded(&first, AREA, cdu, options).await;
    assert_eq!(outcome.report.features, 193);
    let operation = outcome.operation.clone().expect("was changed");
    assert_eq!((operation.from, operation.to), (3004, 7792));
    assert!(
        !operation.name.to_lowercase().contains("ballpark"),
        "{operation:?}"
    );
    // One shift for the whole mainland is worse than a plan is drawn: one is warned.
    assert_eq!(count(&outcome, "crs.accuracy"), 1);

    let second = town(7791, &layer("point", "{ content = true }", "")).await;
    let outcome = loaded(&second, AREA, civici, ReadOptions::default()).await;
    assert_eq!(outcome.report.members, 26_160);
    assert_eq!(
        outcome.report.features + count(&outcome, "key.duplicate"),
        26_160
    );
    let leading = "select count(*)::text from data.prova_area where original ->> 'CAP' like '151%'";
    assert_eq!(
        text(&second, leading).await,
        outcome.report.features.to_string()
    );
}

#[tokio::test]
#[ignore = "needs MAPPALE_GEODATA"]
async fn odd_geometries_and_values_are_read_or_refused() {
    let (Some(curve), Some(nulls), Some(dxf)) = (
        file("odd_curvepolygon.gpkg"),
        file("odd_test_gpkg_nulls.gpkg"),
        file("odd_dxf_polylines.dxf"),
    ) else {
        return;
    };
    let curves = town(32609, &layer("polygon", "{ content = true }", "")).await;
    let outcome = loaded(&curves, AREA, curve, ReadOptions::default()).await;
    assert_eq!(outcome.report.features, 1);
    // Its only ring is made of straight lines.
    assert_eq!(outcome.report.vertices, 4);

    let points = town(32631, &layer("point", "{ content = true }", "")).await;
    let outcome = loaded(&points, AREA, nulls, ReadOptions::default()).await;
    assert_eq!(outcome.report.features, 4);
    let empty = "select count(*)::text from data.prova_area where original = '{}'";
    assert_eq!(text(&points, empty).await, "1");

    let lines = town(7791, &layer("line", "{ content = true }", "")).await;
    let files = [dxf.clone()];
    let said = lines
        .load_read(AREA, &files, ReadOptions::default(), false)
        .await;
    let said = said.expect_err("which CRS?").to_string();
    assert!(
        said.contains("does not say") && said.contains("--crs"),
        "{said}"
    );
    let outcome = loaded(&lines, AREA, dxf, crs("EPSG:7791")).await;
    assert_eq!(outcome.report.features, 12);
}

#[tokio::test]
#[ignore = "needs MAPPALE_GEODATA"]
async fn a_gap_of_a_millimetre_passes() {
    let (Some(path), Some(amended)) = (
        file("xplan_Flaechenschluss-Test_1mm.gml"),
        file("xplan_aendertUndWurdeGeandertVon.gml"),
    ) else {
        return;
    };
    let town = town(
        25832,
        &layer("polygon", "{ field = \"gml_id\" }", "coverage = true"),
    )
    .await;
    let options = |layer: &str| ReadOptions {
        layer: Some(layer.to_owned()),
        ..ReadOptions::default()
    };
    let outcome = loaded(&town, AREA, path, options("BP_BaugebietsTeilFlaeche")).await;
    assert_eq!(outcome.report.features, 2);
    assert_eq!(count(&outcome, "coverage.overlap"), 0);
    assert_eq!(count(&outcome, "coverage.gap"), 0);
    let outcome = loaded(&town, AREA, amended, options("BP_Plan")).await;
    assert!(outcome.report.features > 0);
}

#[tokio::test]
#[ignore = "needs MAPPALE_GEODATA"]
async fn what_is_no_map_or_holds_nothing_is_told() {
    let Some(template) = file("piemonte_USC_prg_template_shp.zip") else {
        return;
    };
    let town = town(7791, "").await;
    let options = mapped(&town, ZONES, "piemonte-usc");
    let outcome = loaded(&town, ZONES, template, options).await;
    assert_eq!((outcome.report.members, outcome.report.features), (0, 0));
    assert_eq!(count(&outcome, "file.empty"), 1);
    assert!(outcome.report.has_errors());
    for (name, words) in [
        (
            "synthetic_edge_Z999_000100.cxf",
            "sheets of the cadastre (CXF, CTF)",
        ),
        (
            "amefad_test_malformed.cxf",
            "sheets of the cadastre (CXF, CTF)",
        ),
        ("geos_xml/makevalid.xml", ""),
        ("SOURCES.md", "cannot be read as a map"),
    ] {
        let Some(path) = file(name) else { return };
        let said = town.load(ZONES, &[path]).await.expect_err(name).to_string();
        assert!(said.contains(words), "{name}: {said}");
    }
}
