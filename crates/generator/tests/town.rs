//! The layers of a town: their files, as a reader finds them.

#![allow(clippy::unwrap_used)]

mod read;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use generator::{Plan, Scale, Written, generate};

use read::{Row, area, gpkg, shapefile};

/// A small town, drawn once for all tests.
fn town() -> &'static (tempfile::TempDir, Written) {
    static TOWN: std::sync::OnceLock<(tempfile::TempDir, Written)> = std::sync::OnceLock::new();
    TOWN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let plan = Plan {
            seed: 1,
            scale: Scale::Sample(2500),
        };
        let written = generate(&plan, folder.path(), |_| ()).unwrap();
        let first = written.comuni[0].clone();
        (folder, first)
    })
}

fn file(name: &str) -> PathBuf {
    town().1.folder.join(name)
}

fn zones() -> Vec<Row> {
    shapefile(&file("pgt.zip"), "PGT_ZONE")
}

#[test]
fn zones_fill_the_comune_and_share_their_edges() {
    let zones = zones();
    assert!(zones.len() > 40, "{} zones", zones.len());
    // Every edge within the comune is run through once in each direction.
    let mut edges: HashMap<(String, String), i32> = HashMap::new();
    for ring in zones.iter().flat_map(|z| &z.rings) {
        for pair in ring.windows(2) {
            let name = |p: (f64, f64)| format!("{:.3} {:.3}", p.0, p.1);
            let (a, b) = (name(pair[0]), name(pair[1]));
            let (key, sign) = if a < b { ((a, b), 1) } else { ((b, a), -1) };
            *edges.entry(key).or_default() += sign;
        }
    }
    let open = edges.values().filter(|n| **n != 0).count();
    assert!(
        edges.values().all(|n| n.abs() <= 1),
        "an edge is run through twice in one direction"
    );
    let sum: f64 = zones.iter().map(area).sum();
    let outline: f64 = read::sheets_area(&town().1.map);
    assert!(
        (sum - outline).abs() < 0.002 * outline,
        "zones {sum} m², sheets {outline} m²"
    );
    // What is left open is the border of the comune: far less than the lines of the plan.
    assert!(open * 3 < edges.len() * 2, "{open} of {}", edges.len());
}

#[test]
fn a_shifted_zone_is_noticed() {
    let mut zones = zones();
    let before = read::unshared(&zones);
    for p in &mut zones[3].rings[0] {
        p.0 += 0.05;
    }
    assert!(read::unshared(&zones) > before + 3);
}

#[test]
fn keys_are_unique_and_values_known() {
    let zones = zones();
    let keys: HashSet<&str> = zones.iter().map(|z| z.text("ID_ZONA")).collect();
    assert_eq!(keys.len(), zones.len());
    for zone in &zones {
        assert!(["A", "B", "C", "D", "E", "F"].contains(&zone.text("ZTO")));
        assert!(zone.text("COD_ZONA").starts_with(zone.text("ZTO")));
        assert!((1..=40).contains(&zone.text("ART_NTA").parse::<u32>().unwrap()));
    }
    let classes: HashSet<&str> = zones.iter().map(|z| z.text("ZTO")).collect();
    assert_eq!(classes.len(), 6, "all of A to F");
    assert!(
        zones.iter().any(|z| z.text("DESCRIZ").contains("densità")),
        "UTF-8"
    );
    for (layer, key) in [
        ("PGT_TESSUTO", "ID_TES"),
        ("PGT_SERVIZI", "ID_SERV"),
        ("PGT_AMBITI", "ID_AT"),
    ] {
        let rows = shapefile(&file("pgt.zip"), layer);
        let keys: HashSet<&str> = rows.iter().map(|r| r.text(key)).collect();
        assert!(!rows.is_empty() && keys.len() == rows.len(), "{layer}");
    }
}

#[test]
fn constraints_have_their_laws() {
    for layer in [
        "fiume",
        "cimitero",
        "strada",
        "ferrovia",
        "elettrodotto",
        "pozzo",
        "monumento",
        "paesaggio",
        "bosco",
        "pai",
    ] {
        let rows = gpkg(&file("vincoli.gpkg"), layer);
        assert!(!rows.is_empty(), "{layer} is empty");
        let keys: HashSet<&str> = rows.iter().map(|r| r.text("CODICE")).collect();
        assert_eq!(keys.len(), rows.len(), "{layer}");
        assert!(rows.iter().all(|r| !r.text("NORMA").is_empty()), "{layer}");
        assert!(rows.iter().all(|r| area(r) > 0.0), "{layer}");
    }
    let bands: HashSet<String> = gpkg(&file("vincoli.gpkg"), "pai")
        .iter()
        .map(|r| r.text("FASCIA").to_owned())
        .collect();
    assert_eq!(bands.len(), 3);
}
