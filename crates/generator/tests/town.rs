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

#[test]
fn covers_fill_the_comune() {
    let sheets = read::sheets_area(&town().1.map);
    for (package, layer) in [
        ("rischio.gpkg", "geologia"),
        ("rischio.gpkg", "acustica"),
        ("topografico.gpkg", "suolo"),
    ] {
        let rows = gpkg(&file(package), layer);
        let sum: f64 = rows.iter().map(area).sum();
        assert!(
            (sum - sheets).abs() < 0.002 * sheets,
            "{layer}: {sum} m² of {sheets}"
        );
    }
    for (package, layer) in [("rischio.gpkg", "acustica"), ("topografico.gpkg", "suolo")] {
        let rows = gpkg(&file(package), layer);
        let (open, all) = (read::unshared(&rows), read::edges(&rows));
        assert!(
            open * 2 < all,
            "{layer}: {open} of {all} edges have one side only"
        );
    }
}

#[test]
fn values_are_those_of_the_layers() {
    let known = |package: &str, layer: &str, column: &str, values: &[&str]| {
        let rows = gpkg(&file(package), layer);
        assert!(!rows.is_empty(), "{layer}");
        for row in &rows {
            let value = row.text(column);
            assert!(values.contains(&value), "{layer}: {value}");
        }
    };
    for service in shapefile(&file("pgt.zip"), "PGT_SERVIZI") {
        let kinds = [
            "istruzione",
            "sociale",
            "amministrativo",
            "culto",
            "sport",
            "verde",
            "parcheggio",
            "cimitero",
            "tecnologico",
        ];
        assert!(kinds.contains(&service.text("TIPO_SERV")));
        assert!(["esistente", "previsto"].contains(&service.text("STATO")));
    }
    let covers = [
        "1111", "1112", "1121", "1211", "1212", "1221", "1222", "1411", "1421", "2111", "221",
        "2241", "231", "311", "511",
    ];
    known("topografico.gpkg", "suolo", "COD_USO", &covers);
    known("rischio.gpkg", "geologia", "CLASSE", &["1", "2", "3", "4"]);
    known(
        "rischio.gpkg",
        "acustica",
        "CLASSE",
        &["I", "II", "III", "IV", "V", "VI"],
    );
    known("rischio.gpkg", "idraulica", "CLASSE", &["P1", "P2", "P3"]);
    let roads = [
        "autostrada",
        "principale",
        "secondaria",
        "locale",
        "sentiero",
    ];
    known("topografico.gpkg", "strada", "CLASSE", &roads);
    known(
        "topografico.gpkg",
        "acqua",
        "TIPO",
        &["fiume", "canale", "lago"],
    );
    known(
        "topografico.gpkg",
        "verde",
        "TIPO",
        &["parco", "bosco", "giardino", "prato"],
    );
    let places = ["localita", "quartiere", "cascina", "monte"];
    known("topografico.gpkg", "toponimo", "TIPO", &places);
    let uses = [
        "residenziale",
        "produttivo",
        "commerciale",
        "agricolo",
        "servizi",
        "culto",
        "accessorio",
    ];
    known("topografico.gpkg", "edificio", "EDIF_USO", &uses);
    for (layer, key) in [
        ("edificio", "EDIF_ID"),
        ("strada", "ELEM_ID"),
        ("civico", "CIV_ID"),
        ("albero", "ALB_ID"),
        ("suolo", "ID"),
        ("verde", "VER_ID"),
        ("acqua", "ACQ_ID"),
        ("toponimo", "TOP_ID"),
    ] {
        let rows = gpkg(&file("topografico.gpkg"), layer);
        let keys: HashSet<&str> = rows.iter().map(|r| r.text(key)).collect();
        assert_eq!(keys.len(), rows.len(), "{layer}");
    }
}

#[test]
fn houses_stand_in_their_parcels_and_some_across() {
    let parcels = read::parcels(&town().1.ple);
    let houses = gpkg(&file("topografico.gpkg"), "edificio");
    assert!(houses.len() > 500, "{} houses", houses.len());
    let mut across = 0;
    for house in &houses {
        // Corners drawn a little in: a wall on the border stands in its parcel.
        let ring = &house.rings[0];
        let (x, y) = read::middle(ring);
        let inner: Vec<(f64, f64)> = ring
            .iter()
            .map(|p| (p.0 + (x - p.0) * 0.04, p.1 + (y - p.1) * 0.04))
            .collect();
        let fits = |parcel: &Row| inner.iter().all(|p| read::inside(parcel, *p));
        across += usize::from(!parcels.near(x, y).any(fits));
    }
    let share = across as f64 / houses.len() as f64;
    assert!(share < 0.12, "{across} of {} stand across", houses.len());
    assert!(across > 0, "none stands across a border");
}

#[test]
fn numbers_are_odd_on_the_left() {
    let streets = gpkg(&file("topografico.gpkg"), "strada");
    let doors = gpkg(&file("topografico.gpkg"), "civico");
    assert!(doors.len() > 400, "{} doors", doors.len());
    assert!(doors.iter().any(|d| d.text("CIVICO").ends_with("/A")));
    let mut seen = HashSet::new();
    // For each way: how far along it a door is, its number, and whether it lies on the left.
    let mut ways: HashMap<String, Vec<(f64, f64, bool)>> = HashMap::new();
    for door in &doors {
        let (street, number) = (door.text("VIA"), door.text("CIVICO"));
        assert!(
            seen.insert((street, number)),
            "{street} {number} comes twice"
        );
        let value: u32 = number.split('/').next().unwrap().parse().unwrap();
        let p = door.rings[0][0];
        let (way, left, distance, along) = streets
            .iter()
            .filter(|s| s.text("TOPONIMO") == street)
            .map(|s| {
                let (left, distance, along) = read::beside(&s.rings[0], p);
                (s.text("ELEM_ID"), left, distance, along)
            })
            .min_by(|a, b| a.2.total_cmp(&b.2))
            .unwrap();
        assert!(
            distance < 20.0,
            "{street} {number} is {distance} m off its street"
        );
        let doors = ways.entry(way.to_owned()).or_default();
        doors.push((along, f64::from(value), left));
    }
    let (mut right, mut wrong) = (0, 0);
    for doors in ways.values().filter(|d| d.len() > 5) {
        // Numbers grow along the way, or the way runs against them.
        let n = doors.len() as f64;
        let mean = |pick: fn(&(f64, f64, bool)) -> f64| doors.iter().map(pick).sum::<f64>() / n;
        let (along, value) = (mean(|d| d.0), mean(|d| d.1));
        let with: f64 = doors.iter().map(|d| (d.0 - along) * (d.1 - value)).sum();
        for (_, value, left) in doors {
            if (value % 2.0 == 1.0) == (*left == (with > 0.0)) {
                right += 1;
            } else {
                wrong += 1;
            }
        }
    }
    assert!(
        wrong * 30 < right,
        "{wrong} doors on the wrong side, {right} on the right one"
    );
}

#[test]
fn the_variant_stays_in_its_perimeter() {
    let zones = shapefile(&file("pgt_variante.zip"), "PGT_ZONE");
    let perimeter = shapefile(&file("pgt_variante.zip"), "PERIMETRO");
    assert_eq!(perimeter.len(), 1);
    let (inside, whole): (f64, f64) = (zones.iter().map(area).sum(), area(&perimeter[0]));
    assert!((inside - whole).abs() < 1.0, "{inside} of {whole} m²");
    assert!(zones.len() > 1);
    // Other codes than the plan in force has there.
    let before: HashSet<String> = self::zones()
        .iter()
        .map(|z| z.text("ID_ZONA").to_owned())
        .collect();
    assert!(zones.iter().all(|z| !before.contains(z.text("ID_ZONA"))));
}

#[test]
fn norms_cover_what_the_plan_names() {
    for number in 1..=40 {
        let text = std::fs::read_to_string(file(&format!("norme/{number}.md"))).unwrap();
        let title = format!("# Art. {number} - ");
        assert!(text.starts_with(&title), "{number}");
    }
    let named: HashSet<String> = zones()
        .iter()
        .map(|z| z.text("ART_NTA").to_owned())
        .collect();
    for article in named {
        let text = std::fs::read_to_string(file(&format!("norme/{article}.md"))).unwrap();
        let zone = zones()
            .into_iter()
            .find(|z| z.text("ART_NTA") == article)
            .unwrap();
        let code = zone.text("COD_ZONA");
        assert!(
            text.contains(&format!("Zona {code} ")),
            "{article} is about {code}"
        );
    }
}

#[test]
fn the_lineage_names_parcels_of_both_versions() {
    let text =
        std::fs::read_to_string(town().1.later.as_ref().unwrap().join("lineage.json")).unwrap();
    let labels = |path: &std::path::Path| -> HashSet<String> {
        let rows = read::parcels(path);
        rows.all().map(|r| r.text("REFERENCE").to_owned()).collect()
    };
    let later = std::fs::read_dir(town().1.later.as_ref().unwrap())
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.to_string_lossy().ends_with("_ple.gml"))
        .unwrap();
    let (before, after) = (labels(&town().1.ple), labels(&later));
    assert_ne!(before, after);
    let list = |line: &str, name: &str| -> Vec<String> {
        let rest = line.split(&format!("\"{name}\": [")).nth(1).unwrap();
        rest[..rest.find(']').unwrap()]
            .split(", ")
            .map(|r| r.trim_matches('"').to_owned())
            .collect()
    };
    let mut kinds: HashMap<String, usize> = HashMap::new();
    for line in text.lines().filter(|l| l.contains("\"kind\"")) {
        let (from, to) = (list(line, "from"), list(line, "to"));
        assert!(from.iter().all(|r| before.contains(r)), "{line}");
        assert!(to.iter().all(|r| after.contains(r)), "{line}");
        for gone in from.iter().filter(|r| !to.contains(r)) {
            assert!(!after.contains(gone), "{gone} is still there");
        }
        let kind = line.split('"').nth(3).unwrap().to_owned();
        *kinds.entry(kind).or_default() += 1;
    }
    assert_eq!(kinds.len(), 4, "{kinds:?}");
    assert!(kinds.values().all(|n| *n > 2), "{kinds:?}");
}

#[test]
fn the_manifest_names_files_that_are_there() {
    let text = std::fs::read_to_string(&town().1.manifest).unwrap();
    let files: Vec<&str> = text
        .lines()
        .filter_map(|l| l.strip_prefix("file = \""))
        .map(|l| l.trim_end_matches('"'))
        .collect();
    assert!(files.len() > 30, "{} layers", files.len());
    for name in files {
        assert!(file(name).exists(), "{name}");
    }
}

#[test]
fn no_line_crosses_another_of_its_feature() {
    for seed in [1, 4] {
        let folder = tempfile::tempdir().unwrap();
        let scale = Scale::Sample(2000);
        let town = generate(&Plan { seed, scale }, folder.path(), |_| ()).unwrap();
        let home = &town.comuni[0].folder;
        for layer in ["PGT_ZONE", "PGT_TESSUTO", "PGT_SERVIZI", "PGT_AMBITI"] {
            for row in shapefile(&home.join("pgt.zip"), layer) {
                assert_eq!(read::fault(&row), None, "{layer} of seed {seed}");
            }
        }
        for (package, layers) in [
            (
                "vincoli.gpkg",
                &["fiume", "strada", "ferrovia", "pai", "bosco", "cimitero"][..],
            ),
            ("rischio.gpkg", &["geologia", "acustica", "idraulica"]),
            ("topografico.gpkg", &["suolo", "verde", "acqua", "edificio"]),
        ] {
            for layer in layers {
                for row in gpkg(&home.join(package), layer) {
                    assert_eq!(read::fault(&row), None, "{layer} of seed {seed}");
                }
            }
        }
    }
    let mut bow = zones()[0].clone();
    bow.rings = vec![vec![
        (0.0, 0.0),
        (9.0, 9.0),
        (9.0, 0.0),
        (0.0, 9.0),
        (0.0, 0.0),
    ]];
    assert!(read::fault(&bow).is_some(), "a bow tie");
}
