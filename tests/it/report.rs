//! Where a layer lies, what would put it there, and the report that says so.

use mappale::crs::with_transformation;
use mappale::ingest::{Outcome, ReadOptions, Severity};

use crate::sample::Town;
use crate::vector::{ZONES, squares};

/// The boxes of invented zones all over Borgochiaro, changed to other coordinates, as CSV.
async fn zones(town: &Town, to: i32, change: impl Fn([f64; 2]) -> [f64; 2]) -> String {
    // The box of every parcel: they lie all over the comune.
    let mut connection = town.db.superuser().await;
    let boxes: Vec<(f64, f64, f64, f64)> = sqlx::query_as(
        "select st_xmin(geom), st_ymin(geom), st_xmax(geom), st_ymax(geom)
           from data.catasto_particella_current order by key",
    )
    .fetch_all(&mut connection)
    .await
    .expect("answers");
    let mut text = String::from("ID_ZONA,COD_ZONA,WKT\n");
    for (index, (west, south, east, north)) in boxes.into_iter().enumerate() {
        let mut ring = [
            [west, south],
            [east, south],
            [east, north],
            [west, north],
            [west, south],
        ];
        with_transformation(7791, to, |t| t.apply_to(&mut ring))
            .expect("is known")
            .expect("lies in the zone");
        let points: Vec<String> = ring
            .iter()
            .map(|point| {
                let [x, y] = change(*point);
                format!("{x:.7} {y:.7}")
            })
            .collect();
        text += &format!("{index},B,\"POLYGON (({}))\"\n", points.join(", "));
    }
    text
}

async fn loaded(town: &Town, name: &str, text: String, crs: &str) -> Outcome {
    let options = ReadOptions {
        crs: Some(crs.to_owned()),
        ..ReadOptions::default()
    };
    let file = town.file(name, text);
    let outcome = town.load_read(ZONES, &[file], options, true).await;
    outcome.unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn told<'a>(outcome: &'a Outcome, rule: &str) -> Option<(&'a str, Option<Severity>)> {
    let found = outcome
        .report
        .checks
        .iter()
        .find(|check| check.rule == rule);
    found.map(|check| (check.message.as_str(), check.severity))
}

#[tokio::test]
async fn coordinates_in_the_wrong_place_name_what_would_fit() {
    let town = Town::published().await;
    let right = loaded(
        &town,
        "right.csv",
        zones(&town, 7791, |p| p).await,
        "EPSG:7791",
    )
    .await;
    assert!(right.published, "{:?}", right.report);
    assert_eq!(told(&right, "territory.shift"), None);
    let swap = |[x, y]: [f64; 2]| [y, x];
    for (name, text, crs, words) in [
        (
            "swapped.csv",
            zones(&town, 7791, swap).await,
            "EPSG:7791",
            "x and y are swapped",
        ),
        (
            "zone.csv",
            zones(&town, 7792, |p| p).await,
            "EPSG:7791",
            "EPSG:7792",
        ),
        (
            "millimetres.csv",
            zones(&town, 7791, |[x, y]| [x * 1e3, y * 1e3]).await,
            "EPSG:7791",
            "millimetres",
        ),
        (
            "rome.csv",
            zones(&town, 3003, |p| p).await,
            "EPSG:32632",
            "EPSG:3003",
        ),
        (
            "degrees.csv",
            zones(&town, 4326, |p| p).await,
            "EPSG:3003",
            "EPSG:6706",
        ),
    ] {
        let outcome = loaded(&town, name, text, crs).await;
        assert!(!outcome.published, "{name}");
        let (message, severity) = told(&outcome, "territory.inside").expect("was checked");
        assert_eq!(severity, Some(Severity::Error), "{name}: {message}");
        assert!(message.contains(words), "{name}: {message}");
        let named = outcome
            .report
            .findings
            .iter()
            .any(|found| found.rule == "crs.hypothesis" && found.message.contains(words));
        assert!(named, "{name}");
    }
    // Where nothing fits, that is said.
    let lost = zones(&town, 7791, |[x, y]| [x + 90_000.0, y + 5_000.0]).await;
    let outcome = loaded(&town, "lost.csv", lost, "EPSG:7791").await;
    let (message, _) = told(&outcome, "territory.inside").expect("was checked");
    assert!(message.contains("no other reading"), "{message}");
}

#[tokio::test]
async fn a_shift_of_the_datum_is_told() {
    let town = Town::published().await;
    // From Rome 1940 by a mere shift of the false origin: 75 m off, inside the margin.
    let shifted = zones(&town, 3003, |[x, y]| [x - 1e6, y]).await;
    let outcome = loaded(&town, "shifted.csv", shifted, "EPSG:7791").await;
    let (message, severity) = told(&outcome, "territory.shift").expect("is told");
    assert_eq!(severity, Some(Severity::Warning));
    assert!(message.contains("mere shift"), "{message}");
}

#[tokio::test]
async fn a_repair_is_bounded_and_listed() {
    let town = Town::published().await;
    let spike = "9.36 45.6, 9.361 45.6, 9.361 45.6005, 9.3615 45.6005, 9.361 45.6005, \
                 9.361 45.601, 9.36 45.601, 9.36 45.6";
    let bow_tie = "9.362 45.6, 9.363 45.601, 9.363 45.6, 9.362 45.601, 9.362 45.6";
    let text = format!(
        "ID_ZONA,COD_ZONA,WKT\n1,B,\"POLYGON (({spike}))\"\n2,B,\"POLYGON (({bow_tie}))\"\n"
    );
    let files = [town.file("zone.csv", text)];
    let options = ReadOptions {
        crs: Some("EPSG:4326".to_owned()),
        ..ReadOptions::default()
    };
    let plain = town
        .load_read(ZONES, &files, options.clone(), false)
        .await
        .expect("is stored");
    assert_eq!(plain.report.features, 0);
    let options = ReadOptions {
        repair: Some(0.01),
        ..options
    };
    let repaired = town
        .load_read(ZONES, &files, options, false)
        .await
        .expect("is stored");
    assert!(!repaired.identical);
    assert_eq!(repaired.report.features, 1);
    let message = |rule: &str| {
        let found = repaired
            .report
            .findings
            .iter()
            .find(|found| found.rule == rule);
        found.unwrap_or_else(|| panic!("no {rule}")).message.clone()
    };
    assert!(message("geometry.repaired").contains("its area changed by"));
    assert!(message("geometry.not_repaired").contains("more than 1 %"));
    let kept = "select count(*) from data.piano_zona
                 where key = '1' and original ->> 'geometry_before_repair' like '%9.3615 45.6005%'";
    assert_eq!(town.number(kept).await, 1);
}

#[tokio::test]
async fn a_report_is_a_page_with_a_map_and_files() {
    let town = Town::published().await;
    let file = town.file(
        "zone & <b>.geojson",
        squares(&[
            r#""ID_ZONA":"1","COD_ZONA":"B","ZTO":"<script>alert(1)</script>""#,
            r#""ID_ZONA":"2","COD_ZONA":"B","ZTO":"B""#,
            r#""ID_ZONA":"2","COD_ZONA":"B","ZTO":"B""#,
        ]),
    );
    let outcome = town.load(ZONES, &[file]).await.expect("is stored");
    assert!(!outcome.published);
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let path = |name: &str| folder.path().join(name);
    let output = town
        .db
        .command()
        .args(["layer", "report", ZONES, "--comune", "X001"])
        .args(["--html", path("r.html").to_str().expect("is text")])
        .args(["--json", path("r.json").to_str().expect("is text")])
        .args(["--geojson", path("r.geojson").to_str().expect("is text")])
        .args(["--gpkg", path("r.gpkg").to_str().expect("is text")])
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let read = |name: &str| std::fs::read_to_string(path(name)).expect("was written");

    let page = read("r.html");
    assert!(page.contains("Rapporto di caricamento") && page.contains("lang=\"it\""));
    assert!(page.contains("non può essere pubblicata"), "{page}");
    assert!(
        !page.contains("<script>") && page.contains("&#60;script&#62;"),
        "{page}"
    );
    // The boundary and two places: a value and a double key.
    assert_eq!(page.matches("class=\"boundary\"").count(), 1);
    assert_eq!(page.matches("<path class=\"mark error\"").count(), 2);
    for elsewhere in ["http:", "https:", "src=", "<link", "@import", "url("] {
        assert!(!page.contains(elsewhere), "the page refers to {elsewhere}");
    }

    let report: serde_json::Value = serde_json::from_str(&read("r.json")).expect("is JSON");
    assert_eq!(report["finding_count"], outcome.report.finding_count);
    let places: serde_json::Value = serde_json::from_str(&read("r.geojson")).expect("is JSON");
    let places = places["features"].as_array().expect("a list");
    assert_eq!(places.len(), 2);
    assert_eq!(places[0]["properties"]["rule"], "value.unusable");

    let output = town
        .db
        .command()
        .args(["layer", "inspect", "--json"])
        .arg(path("r.gpkg"))
        .output()
        .expect("runs");
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    let layer = &found["datasets"][0]["inspection"]["layers"][0];
    assert_eq!(
        (&layer["name"], &layer["features"]),
        (&"finding".into(), &2.into())
    );
}
