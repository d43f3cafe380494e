//! From files to a published version, or to a clear error and nothing stored.

use std::path::PathBuf;

use mappale::ingest::{self, Check, CheckStatus, Outcome, Report, Severity};
use mappale::layer::Value;
use sqlx::Connection as _;

use crate::sample::{
    PARCELS, SHEETS, Town, expected, moved, parcels_file, parcels_gml, parcels_text, sheets_file,
    without,
};

const NOTHING: [i64; 4] = [0; 4];

fn check<'a>(report: &'a Report, rule: &str) -> &'a Check {
    let found = report.checks.iter().find(|check| check.rule == rule);
    found.unwrap_or_else(|| panic!("no check {rule} in {report:?}"))
}

/// What a check says of an outcome that was stored, but not published.
fn failed<'a>(outcome: &'a Outcome, rule: &str) -> &'a Check {
    assert!(!outcome.published, "{:?}", outcome.report);
    assert!(outcome.report.has_errors());
    let check = check(&outcome.report, rule);
    assert_eq!(check.status, CheckStatus::Failed);
    assert_eq!(check.severity, Some(Severity::Error));
    check
}

#[tokio::test]
async fn the_sample_is_loaded_and_published_whole() {
    let town = Town::empty().await;
    let sheets = town.load(SHEETS, &[sheets_file()]).await.expect("loads");
    let parcels = town.load(PARCELS, &[parcels_file()]).await.expect("loads");
    let expected = expected();
    let number = |value: &serde_json::Value| value.as_u64().expect("a number");
    assert!(sheets.published && parcels.published);
    assert_eq!((sheets.version, parcels.version), (1, 1));
    assert_eq!(
        sheets.report.members,
        number(&expected["members"]["zonings"])
    );
    assert_eq!(
        parcels.report.members,
        number(&expected["members"]["parcels"])
    );
    assert_eq!(parcels.report.features, number(&expected["features"]));
    assert_eq!(parcels.report.joined, 1);
    assert_eq!((sheets.report.left_out, parcels.report.left_out), (0, 0));
    for rule in [
        "file.empty",
        "value.unusable",
        "comune.other",
        "key.duplicate",
        "geometry.invalid",
        "territory.inside",
    ] {
        let check = check(&parcels.report, rule);
        assert_eq!(check.status, CheckStatus::Passed, "{rule}");
    }

    let mut connection = town.db.superuser().await;
    for (sheet, drawn) in expected["sheets"].as_object().expect("an object") {
        let (features, roads, waters, area): (i64, i64, i64, f64) = sqlx::query_as(
            "select count(*), count(*) filter (where kind = 'road'),
                    count(*) filter (where kind = 'water'), sum(st_area(geom))
               from data.catasto_particella_current where key like $1 || '.%'",
        )
        .bind(sheet)
        .fetch_one(&mut connection)
        .await
        .expect("answers");
        let count = |key: &str| i64::try_from(number(&drawn[key])).expect("a count");
        assert_eq!(features, count("features"), "{sheet}");
        assert_eq!(roads, count("roads"), "{sheet}");
        assert_eq!(waters, count("waters"), "{sheet}");
        let area_drawn = drawn["area_m2"].as_f64().expect("a number");
        assert!(
            (area - area_drawn).abs() < 0.1 + area_drawn * 1e-5,
            "{sheet}: {area} {area_drawn}"
        );
    }

    // The stored report is the one returned, and the original fields are kept as they were.
    let stored: serde_json::Value =
        sqlx::query_scalar("select report from layer.part where id = $1")
            .bind(parcels.part_id)
            .fetch_one(&mut connection)
            .await
            .expect("answers");
    let returned = serde_json::to_value(&parcels.report).expect("is JSON");
    assert_eq!(stored, returned);
    let (original, allegato, number): (serde_json::Value, Option<String>, String) = sqlx::query_as(
        "select original, allegato, number from data.catasto_particella
              where key = 'X001_0003A0.B'",
    )
    .fetch_one(&mut connection)
    .await
    .expect("answers");
    assert_eq!(original["NATIONALCADASTRALREFERENCE"], "X001_0003A0.B");
    assert_eq!((allegato.as_deref(), number.as_str()), (Some("A"), "B"));

    // A part says where it came from.
    let (files, operation, by): (serde_json::Value, serde_json::Value, String) =
        sqlx::query_as("select files, operation, loaded_by from layer.part where id = $1")
            .bind(parcels.part_id)
            .fetch_one(&mut connection)
            .await
            .expect("answers");
    assert_eq!(files[0]["name"], "X001_BORGOCHIARO_ple.gml");
    assert_eq!(files[0]["sha256"].as_str().map(str::len), Some(64));
    assert!(operation.to_string().contains("7791"), "{operation}");
    assert_eq!(by, "test");
    connection.close().await.expect("closes");
}

#[tokio::test]
async fn the_same_files_again_do_nothing() {
    let town = Town::published().await;
    let before = town.stored().await;
    let again = town.load(PARCELS, &[parcels_file()]).await.expect("loads");
    assert!(again.identical && !again.published);
    assert_eq!(again.version, 1);
    assert_eq!(town.stored().await, before);
    // Another name and another order are the same files.
    let copy = town.file("copy.gml", parcels_text());
    let again = town.load(PARCELS, &[copy]).await.expect("loads");
    assert!(again.identical);
    assert_eq!(town.stored().await, before);
}

#[tokio::test]
async fn what_was_loaded_only_is_published_by_the_same_load_later() {
    let town = Town::empty().await;
    let loaded = town.load_with(PARCELS, &[parcels_file()], false).await;
    assert!(!loaded.expect("loads").published);
    assert_eq!(town.in_force().await, None);
    let published = town.load(PARCELS, &[parcels_file()]).await.expect("loads");
    assert!(published.identical && published.published);
    assert_eq!(town.in_force().await, Some((1, 341)));
}

#[tokio::test]
async fn a_changed_file_is_a_new_version_with_the_same_names() {
    let town = Town::published().await;
    let changed = town.file("changed.gml", without(&parcels_text(), "X001_000300.21<"));
    let second = town.load(PARCELS, &[changed]).await.expect("loads");
    assert!(second.published && !second.identical);
    assert_eq!(second.version, 2);
    assert_eq!(town.in_force().await, Some((2, 340)));
    let same_names = "select count(*) from data.catasto_particella as old
                        join data.catasto_particella as new using (key, feature_id)
                       where old.part_id < new.part_id";
    assert_eq!(town.number(same_names).await, 340);
    let current = "select count(*) from data.catasto_particella_current";
    assert_eq!(town.number(current).await, 340);

    // The first file again is its version; to load it is no way back to it.
    let before = town.stored().await;
    let first = town.load(PARCELS, &[parcels_file()]).await.expect("loads");
    assert_eq!((first.version, first.identical), (1, true));
    assert_eq!((first.published, first.replaced_by), (false, Some(2)));
    assert_eq!(town.stored().await, before);
    assert_eq!(town.in_force().await, Some((2, 340)));

    // A third version, in which the parcel has its old name.
    let other = without(&parcels_text(), "X001_000300.100<");
    let third = town.load(PARCELS, &[town.file("third.gml", other)]).await;
    let third = third.expect("loads");
    assert_eq!((third.version, third.replaced_by), (3, None));
    let ids = "select count(distinct feature_id) from data.catasto_particella
                where key = 'X001_000300.21'";
    assert_eq!(town.number(ids).await, 1);
    assert_eq!(town.number("select count(*) from layer.feature").await, 345);
}

#[tokio::test]
async fn without_sheets_the_place_was_not_checked() {
    let town = Town::empty().await;
    let outcome = town.load(PARCELS, &[parcels_file()]).await.expect("loads");
    let inside = check(&outcome.report, "territory.inside");
    assert_eq!(inside.status, CheckStatus::NoData);
    assert_eq!(inside.severity, None);
    assert!(outcome.published);
}

#[tokio::test]
async fn parcels_in_another_place_are_not_published() {
    let town = Town::published().await;
    let file = town.file("moved.gml", moved(&parcels_text(), 0.0, 1.0));
    let outcome = town.load(PARCELS, &[file]).await.expect("is stored");
    assert_eq!(failed(&outcome, "territory.inside").count, 341);
    assert_eq!(outcome.version, 2);
    assert_eq!(town.in_force().await, Some((1, 341)));

    // Not by trying again either: the same files are the same part, with its errors.
    let file = town.file("again.gml", moved(&parcels_text(), 0.0, 1.0));
    let again = town.load(PARCELS, &[file]).await;
    let text = again.expect_err("has errors").to_string();
    assert!(
        text.contains("version 2") && text.contains("errors"),
        "{text}"
    );
    assert_eq!(town.in_force().await, Some((1, 341)));
}

#[tokio::test]
async fn a_file_of_another_comune_is_told_and_not_published() {
    let town = Town::published().await;
    let file = town.file("other.gml", parcels_text().replace("X001", "X002"));
    let outcome = town.load(PARCELS, &[file]).await.expect("is stored");
    assert_eq!(failed(&outcome, "comune.other").count, 341);
    assert_eq!(outcome.report.features, 0);
    let finding = &outcome.report.findings[0];
    assert_eq!(finding.rule, "comune.other");
    assert!(finding.message.contains("X002_"), "{}", finding.message);
    assert!(finding.line.is_some() && finding.file == "other.gml");
    assert_eq!(town.in_force().await, Some((1, 341)));
}

#[tokio::test]
async fn a_bow_tie_is_told_with_its_place() {
    let town = Town::empty().await;
    let bow_tie = [
        [45.6000, 9.3600],
        [45.6010, 9.3610],
        [45.6010, 9.3600],
        [45.6000, 9.3610],
        [45.6000, 9.3600],
    ];
    let square = [
        [45.6020, 9.3600],
        [45.6030, 9.3600],
        [45.6030, 9.3610],
        [45.6020, 9.3610],
        [45.6020, 9.3600],
    ];
    let text = parcels_gml([
        ("X001_000100.1", bow_tie.as_slice()),
        ("X001_000100.2", square.as_slice()),
    ]);
    let file = town.file("bow.gml", text);
    let outcome = town.load(PARCELS, &[file]).await.expect("is stored");
    assert_eq!(failed(&outcome, "geometry.invalid").count, 1);
    let finding = &outcome.report.findings[0];
    assert_eq!(finding.subject.as_deref(), Some("X001_000100.1"));
    let [lon, lat] = finding.place.expect("it is somewhere");
    assert!(
        (lon - 9.3605).abs() < 1e-6 && (lat - 45.6005).abs() < 1e-6,
        "{lon} {lat}"
    );
    assert_eq!(outcome.report.features, 1);
    assert_eq!(town.in_force().await, None);
}

#[tokio::test]
async fn a_reference_in_two_files_is_an_error() {
    let town = Town::empty().await;
    let one = town.file("one.gml", parcels_text());
    let other = town.file(
        "other.gml",
        parcels_text().replace("wfs:member>\n", "wfs:member> \n"),
    );
    let outcome = town.load(PARCELS, &[one, other]).await.expect("is stored");
    assert_eq!(failed(&outcome, "key.duplicate").count, 341);
    assert_eq!(outcome.report.features, 341);
}

/// A file that cannot be read: the error holds these words, and nothing is stored.
async fn refused(town: &Town, path: PathBuf, words: &[&str]) {
    let name = path.display().to_string();
    let error = town.load(PARCELS, &[path]).await.expect_err(&name);
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "{name}: '{word}' is not in: {text}");
    }
    assert_eq!(town.stored().await, NOTHING, "{name}");
}

#[tokio::test]
async fn files_that_cannot_be_read_are_told_and_nothing_is_stored() {
    let town = Town::empty().await;
    let sample = parcels_text();
    let head = sample.find("<wfs:boundedBy>").expect("is there");
    let with = |at: usize, piece: &str| {
        let mut text = sample.clone();
        text.insert_str(at, piece);
        text
    };
    let line = |at: usize| format!(":{}: ", sample[..at].matches('\n').count() + 1);

    let doctype = "<!DOCTYPE x [<!ENTITY a \"b\">]>\n";
    let root = sample.find("<wfs:FeatureCollection").expect("is there");
    let file = town.file("doctype.gml", with(root, doctype));
    refused(&town, file, &["doctype.gml", &line(root), "document type"]).await;

    let file = town.file("malformed.gml", with(head, "<a></b>"));
    refused(&town, file, &["malformed.gml", &line(head)]).await;

    let cut = sample.len() / 2;
    let file = town.file("cut.gml", &sample[..cut]);
    refused(&town, file, &["cut.gml", &line(cut)]).await;

    let nul = with(sample.find("<CP:LABEL>").expect("is there") + 10, "\0");
    let file = town.file("nul.gml", nul);
    refused(&town, file, &["nul.gml"]).await;

    let file = town.file("other.gml", "<?xml version=\"1.0\"?>\n<svg/>\n");
    refused(&town, file, &["other.gml", ":2: "]).await;

    // A file of sheets holds no parcels.
    refused(
        &town,
        sheets_file(),
        &["X001_BORGOCHIARO_map.gml", "CadastralParcel"],
    )
    .await;

    let file = town.file("empty.gml", "");
    refused(&town, file, &["empty.gml"]).await;

    let file = town.file("noise.gml", [0x1f, 0x8b, 0x08, 0x00, 0xff, 0xfe, 0x00]);
    refused(&town, file, &["noise.gml"]).await;

    let folder = town
        .file("inside", "")
        .parent()
        .expect("a folder")
        .to_path_buf();
    refused(&town, folder, &["the folder holds neither sheets"]).await;

    let missing = PathBuf::from("/nowhere/at all.gml");
    refused(&town, missing, &["/nowhere/at all.gml", "No such file"]).await;

    let error = town.load(PARCELS, &[]).await.expect_err("no file");
    assert!(matches!(error, ingest::Error::NoFiles), "{error}");

    // A good file beside a bad one is not stored either.
    let bad = town.file("bad.gml", "");
    let error = town.load(PARCELS, &[parcels_file(), bad]).await;
    error.expect_err("one of them is bad");
    assert_eq!(town.stored().await, NOTHING);

    // And after all of that the sample loads.
    let outcome = town.load(PARCELS, &[parcels_file()]).await.expect("loads");
    assert_eq!((outcome.version, outcome.published), (1, true));
}

#[tokio::test]
async fn without_its_reader_nothing_can_be_loaded() {
    let mut town = Town::empty().await;
    town.db.config.worker = PathBuf::from("/nowhere/mappale-worker");
    let error = town.load(PARCELS, &[parcels_file()]).await;
    let text = error.expect_err("there is no reader").to_string();
    assert!(text.contains("/nowhere/mappale-worker"), "{text}");
    // A program that is something else writes no stream.
    town.db.config.worker = PathBuf::from("/bin/echo");
    let error = town.load(PARCELS, &[parcels_file()]).await;
    let text = error.expect_err("this is no reader").to_string();
    assert!(text.contains("stopped in the middle"), "{text}");
    assert_eq!(town.stored().await, NOTHING);
}

#[tokio::test]
async fn of_two_loads_at_once_one_wins() {
    let town = Town::empty().await;
    let (other, text) = (
        town.file("other.gml", parcels_text() + "\n"),
        "is being loaded",
    );
    let (a, b) = tokio::join!(
        async { town.load(PARCELS, &[parcels_file()]).await },
        async { town.load(PARCELS, &[other]).await }
    );
    let (won, lost) = match (a, b) {
        (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
        (a, b) => panic!("one should win: {a:?} {b:?}"),
    };
    assert!(won.published);
    assert!(matches!(lost, ingest::Error::Busy { .. }), "{lost:?}");
    assert!(lost.to_string().contains(text), "{lost}");
    assert_eq!(town.stored().await, [1, 1, 341, 341]);
    // Sheets and parcels do not exclude each other.
    let (a, b) = tokio::join!(async { town.load(SHEETS, &[sheets_file()]).await }, async {
        town.load(PARCELS, &[town.file("third.gml", parcels_text() + "\n\n")])
            .await
    });
    assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
}

#[tokio::test]
async fn a_boundary_comes_from_a_file_or_from_the_sheets() {
    let town = Town::published().await;
    let mut connection = town.db.superuser().await;
    let state = mappale::place::boundary_state(&mut connection, town.comune.id)
        .await
        .expect("answers")
        .expect("sheets were published");
    assert_eq!(state.origin, "sheets");

    let square = |crs: &str, west: f64| {
        let (east, south, north) = (west + 0.05, 45.58, 45.63);
        format!(
            r#"{{"type":"FeatureCollection",{crs}"features":[{{"type":"Feature","properties":{{}},
               "geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],
               [{east},{north}],[{west},{north}],[{west},{south}]]]}}}}]}}"#
        )
    };
    let add = |code: &str, name: &str, file: &PathBuf| {
        let mut command = town.db.command();
        command
            .args([
                "comune",
                "add",
                "--code",
                code,
                "--name",
                name,
                "--boundary",
            ])
            .arg(file);
        command.output().expect("the program runs")
    };
    let good = town.file("boundary.geojson", square("", 9.40));
    let output = add("X002", "Monteinventato", &good);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let (origin, detail, area, srid): (String, String, f64, i32) = sqlx::query_as(
        "select boundary.origin, boundary.detail, st_area(boundary.geom), st_srid(boundary.geom)
           from place.boundary join place.comune_code using (territory_id) where code = 'X002'",
    )
    .fetch_one(&mut connection)
    .await
    .expect("one boundary");
    assert_eq!((origin.as_str(), srid), ("file", 7791));
    assert!(detail.starts_with("boundary.geojson, SHA-256 "), "{detail}");
    // 0.05 degrees each way at 45.6 N: 3.9 by 5.56 km.
    assert!((area / 21.68e6 - 1.0).abs() < 0.01, "{area}");

    // A boundary that cannot be used: no comune either.
    let bow_tie = r#"{"type":"Polygon","coordinates":[[[9.3,45.5],[9.4,45.6],[9.4,45.5],[9.3,45.6],[9.3,45.5]]]}"#;
    let before = town.number("select count(*) from place.territory").await;
    for (name, text, word) in [
        ("bow.geojson", bow_tie.to_owned(), "not valid"),
        (
            "point.geojson",
            r#"{"type":"Point","coordinates":[9.3,45.5]}"#.to_owned(),
            "point.geojson",
        ),
        ("half.geojson", "{\"type\":".to_owned(), "half.geojson:1"),
        (
            "empty.geojson",
            r#"{"type":"FeatureCollection","features":[]}"#.to_owned(),
            "empty.geojson",
        ),
    ] {
        let file = town.file(name, text);
        let output = add("X003", "Altrove", &file);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{name}");
        assert!(errors.contains(word), "{name}: {errors}");
    }
    let after = town.number("select count(*) from place.territory").await;
    assert_eq!(after, before);
    connection.close().await.expect("closes");

    // A comune is held against its own boundary: parcels of the sample do not lie in that one.
    let other = town.file("x002.gml", parcels_text().replace("X001", "X002"));
    let output = town
        .db
        .command()
        .args([
            "layer",
            "load",
            PARCELS,
            "--comune",
            "X002",
            "--publish",
            "--json",
        ])
        .arg(other)
        .output()
        .expect("the program runs");
    let report: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("the report is JSON");
    let inside = report["checks"]
        .as_array()
        .expect("an array")
        .iter()
        .find(|check| check["rule"] == "territory.inside");
    assert_eq!(
        inside.map(|check| &check["status"]),
        Some(&"failed".into()),
        "{report}"
    );
}

#[tokio::test]
async fn values_keep_their_form() {
    let town = Town::published().await;
    let app = mappale::app::App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let catalogue = app.catalogue();
    let entry = catalogue.layer(PARCELS).expect("is there");
    let features = &entry.parts[0].features;
    let feature = features.find("X001_000300.123/A").expect("is there");
    let column = |name: &str| entry.definition().column_index(name).expect("a column");
    let value = |name: &str| features.value(feature, column(name));
    assert_eq!(value("number"), &Value::Text("123/A".into()));
    assert_eq!(value("foglio"), &Value::Integer(3));
    assert_eq!(value("allegato"), &Value::Null);
    assert_eq!(value("kind"), &Value::Text("parcel".into()));
}
