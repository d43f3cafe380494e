//! What became of parcels from one version to the next, on a small invented case.

use mappale::layer::{self, LineageKind};

use crate::sample::{PARCELS, Town, parcels_gml};

/// A parcel: its number, and the columns and the row of a grid that it covers.
type Parcel = (&'static str, f64, f64, f64);

fn file(parcels: &[Parcel]) -> String {
    const STEP: f64 = 0.001;
    let rings: Vec<(String, [[f64; 2]; 5])> = parcels
        .iter()
        .map(|(number, from, to, row)| {
            let (west, east) = (9.36 + from * STEP, 9.36 + to * STEP);
            let (south, north) = (45.6 + row * STEP, 45.6 + (row + 1.0) * STEP);
            let ring = [
                [south, west],
                [north, west],
                [north, east],
                [south, east],
                [south, west],
            ];
            (format!("X001_000100.{number}"), ring)
        })
        .collect();
    parcels_gml(
        rings
            .iter()
            .map(|(reference, ring)| (reference.as_str(), ring.as_slice())),
    )
}

const BEFORE: [Parcel; 10] = [
    ("1", 0.0, 1.0, 0.0),
    ("2", 1.0, 2.0, 0.0),
    ("3", 2.0, 3.0, 0.0),
    ("4", 3.0, 4.0, 0.0),
    ("5", 4.0, 5.0, 0.0),
    ("6", 5.0, 6.0, 0.0),
    ("7", 6.0, 7.0, 0.0),
    ("8", 7.0, 8.0, 0.0),
    ("9", 8.0, 9.0, 0.0),
    ("10", 9.0, 10.0, 0.0),
];

const AFTER: [Parcel; 11] = [
    ("101", 0.0, 0.5, 0.0),
    ("102", 0.5, 1.0, 0.0),
    ("103", 1.0, 3.0, 0.0),
    ("104", 3.0, 4.0, 0.0),
    ("5", 4.0, 4.8, 0.0),
    ("6", 4.8, 6.0, 0.0),
    ("8", 7.0, 8.0, 0.0),
    ("106", 8.0, 8.6, 0.0),
    ("107", 8.6, 10.0, 0.0),
    ("105", 0.0, 1.0, 3.0),
    ("108", 1.0, 2.0, 3.0),
];

const EXPECTED: [&str; 14] = [
    "-105 created",
    "-108 created",
    "1-101 split",
    "1-102 split",
    "10-107 rearrangement",
    "2-103 merge",
    "3-103 merge",
    "4-104 renumbering",
    "5-5 boundary_change",
    "5-6 boundary_change",
    "6-6 boundary_change",
    "7- suppressed",
    "9-106 rearrangement",
    "9-107 rearrangement",
];

fn number(key: &Option<String>) -> &str {
    key.as_deref()
        .and_then(|key| key.split_once('.'))
        .map_or("", |(_, number)| number)
}

#[tokio::test]
async fn a_new_cadastre_is_compared_when_it_is_published() {
    let town = Town::empty().await;
    let first = town.file("first.gml", file(&BEFORE));
    let second = town.file("second.gml", file(&AFTER));
    assert!(town.load(PARCELS, &[first]).await.expect("loads").published);
    assert!(
        town.load(PARCELS, &[second])
            .await
            .expect("loads")
            .published
    );
    let mut connection = town.db.superuser().await;
    let rows: Vec<(String, Option<String>, Option<String>, f64)> =
        sqlx::query_as("select kind, predecessor, successor, confidence from layer.lineage")
            .fetch_all(&mut connection)
            .await
            .expect("answers");
    let mut found: Vec<String> = rows
        .iter()
        .map(|(kind, old, new, confidence)| {
            assert!(*confidence > 0.95, "{kind} {old:?} {new:?}: {confidence}");
            format!("{}-{} {kind}", number(old), number(new))
        })
        .collect();
    found.sort();
    assert_eq!(found, EXPECTED);

    // Predecessors of the merged parcel, successors of the split one, nothing of the others.
    let id = town.comune.id;
    let of = async |connection: &mut sqlx::PgConnection, number: &str| {
        let key = format!("X001_000100.{number}");
        let steps = layer::lineage_of(connection, PARCELS, id, &key).await;
        steps.expect("answers")
    };
    let merged = of(&mut connection, "103").await;
    assert_eq!(merged.len(), 2);
    assert!(
        merged
            .iter()
            .all(|step| step.lineage.kind == LineageKind::Merge)
    );
    assert_eq!((merged[0].old_version, merged[0].new_version), (1, 2));
    assert_eq!(of(&mut connection, "1").await.len(), 2);
    assert!(of(&mut connection, "8").await.is_empty());

    // The same by command; a single version against itself is refused.
    let run = |arguments: &[&str]| {
        let output = town
            .db
            .command()
            .args(["layer", "lineage", PARCELS, "--comune", "X001"])
            .args(arguments)
            .output()
            .expect("the program runs");
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    };
    let (done, said) = run(&["1", "2", "--json"]);
    assert!(done, "{said}");
    let json: serde_json::Value = serde_json::from_str(&said).expect("is JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(EXPECTED.len()));
    let (done, said) = run(&["--key", "X001_000100.103"]);
    assert!(done && said.contains("merge"), "{said}");
    let (done, said) = run(&["2", "2"]);
    assert!(!done && said.contains("differ"), "{said}");
}

#[tokio::test]
async fn an_identical_reload_differs_in_nothing_and_has_no_lineage() {
    let town = Town::empty().await;
    // The same parcels written in another order.
    let again: Vec<Parcel> = BEFORE.iter().rev().copied().collect();
    let first = town.file("first.gml", file(&BEFORE));
    let second = town.file("second.gml", file(&again));
    town.load(PARCELS, &[first]).await.expect("loads");
    let outcome = town.load(PARCELS, &[second]).await.expect("loads");
    let mut connection = town.db.superuser().await;
    if !outcome.identical {
        let parts: Vec<i64> = sqlx::query_scalar("select id from layer.part order by id")
            .fetch_all(&mut connection)
            .await
            .expect("answers");
        let definition = &town.definitions.get(PARCELS).expect("is ours").definition;
        let found = layer::differences(&mut connection, definition, parts[0], parts[1])
            .await
            .expect("answers");
        assert!(found.changes.is_empty(), "{:?}", found.changes);
    }
    assert_eq!(town.number("select count(*) from layer.lineage").await, 0);
}

#[tokio::test]
async fn what_differs_is_told_with_values_and_areas() {
    let town = Town::empty().await;
    let first = town.file("first.gml", file(&BEFORE));
    let second = town.file("second.gml", file(&AFTER));
    town.load(PARCELS, &[first]).await.expect("loads");
    town.load(PARCELS, &[second]).await.expect("loads");
    let parts =
        [1, 2].map(|version| format!("select id from layer.part where version = {version}"));
    let (old, new) = (town.number(&parts[0]).await, town.number(&parts[1]).await);
    let mut connection = town.db.superuser().await;
    let definition = &town.definitions.get(PARCELS).expect("is ours").definition;
    let found = layer::differences(&mut connection, definition, old, new)
        .await
        .expect("answers");
    assert_eq!(found.counts(), (8, 7, 2));
    let five = found
        .changes
        .iter()
        .find(|change| change.key.ends_with(".5"));
    let five = five.expect("moved");
    assert!(five.geometry_differs && !five.attributes_differ, "{five:?}");
    // A fifth of its width moved, all of it lost.
    let lost = five.old_area_m2 - five.new_area_m2;
    assert!(
        (five.moved_m2 - lost).abs() < 0.5 && lost > 1000.0,
        "{five:?}"
    );
}
