//! The API: every documented route, and what it says of errors.

use serde_json::Value;

use super::Site;
use crate::sample::expected;

const LAYERS: &str = "catasto.foglio,catasto.particella";

/// Every path of the documentation, with its variables filled in.
pub(super) async fn documented(site: &Site) -> Vec<String> {
    let document = site.get("/api/openapi.json").await.json();
    let version = site.version().await;
    let style = site.get("/api/v1/style/borgochiaro").await.json();
    let sprite = style["sprite"].as_str().expect("an address");
    let sprite = sprite.rsplit('/').next().expect("has a name");
    let paths = document["paths"].as_object().expect("has paths");
    paths
        .iter()
        .filter(|(path, item)| {
            // Questions too long for an address are posted; they change nothing either.
            let posted = item.get("post").is_some();
            assert_eq!(posted, path.starts_with("/api/v1/facts"), "{path}");
            // The sample has no plan: its articles are tested where one is.
            !posted && !path.contains("{article}") && !path.contains("{sha256}")
        })
        .map(|(path, _)| {
            let filled = path
                .replace("{comune}", "borgochiaro")
                .replace("{v}", &version)
                .replace("{layers}", LAYERS)
                .replace("{file}", &format!("{sprite}@2x.json"))
                .replace("{z}/{x}/{y}", "16/34472/23417")
                .replace("{set}", "EuropeanETRS89_LAEAQuad")
                .replace("{id}", "EuropeanETRS89_LAEAQuad")
                .replace("{matrix}/{row}/{col}", "14/10923/8268")
                .replace("{reference}", "X001_000300.21");
            let layer = match filled.starts_with("/live/") {
                true => "pratica.luogo",
                false => "catasto.particella",
            };
            let filled = filled.replace("{layer}", layer);
            match filled.as_str() {
                path if path.contains("/features.") => format!("{filled}?comune=borgochiaro"),
                "/api/v1/place" | "/api/v1/coordinates" => {
                    format!("{filled}?lon=9.3619635&lat=45.6074641")
                }
                "/api/v1/search" => format!("{filled}?q=3%2021"),
                _ => filled,
            }
        })
        .collect()
}

#[tokio::test]
async fn every_documented_route_answers() {
    let site = Site::public().await;
    let paths = documented(&site).await;
    assert!(paths.len() >= 12, "{paths:?}");
    for path in &paths {
        let answer = site.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        // Of live layers nobody who is not signed in sees anything here.
        let may_be_empty = path.starts_with("/live/");
        assert!(may_be_empty || !answer.body.is_empty(), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
    }
    let document = site.get("/api/openapi.json").await.json();
    assert!(
        document["openapi"]
            .as_str()
            .is_some_and(|v| v.starts_with("3."))
    );
    // What is printed is what is served.
    let printed = site
        .town
        .db
        .command()
        .arg("openapi")
        .output()
        .expect("runs");
    let printed: Value = serde_json::from_slice(&printed.stdout).expect("is JSON");
    assert_eq!(printed, document);
}

#[tokio::test]
async fn a_place_is_answered_with_its_evidence() {
    let site = Site::public().await;
    let places = expected();
    for (name, place) in places["places"].as_object().expect("an object") {
        let (lon, lat) = (&place["lon"], &place["lat"]);
        let answer = site
            .get(&format!("/api/v1/place?lon={lon}&lat={lat}"))
            .await;
        assert_eq!(answer.status, 200, "{name}");
        let answer = answer.json();
        let mut found: Vec<&Value> = answer["parcels"]
            .as_array()
            .expect("an array")
            .iter()
            .map(|parcel| &parcel["reference"])
            .collect();
        found.sort_by_key(|reference| reference.as_str());
        let drawn: Vec<&Value> = place["references"]
            .as_array()
            .expect("an array")
            .iter()
            .collect();
        assert_eq!(found, drawn, "{name}");
        let parcels = answer["layers"]
            .as_array()
            .expect("an array")
            .iter()
            .find(|layer| layer["layer"] == "catasto.particella")
            .expect("the layer answers");
        let status = match name.as_str() {
            "outside" => "no_data",
            "gap_between_two_sheets" => "clear",
            _ => "hit",
        };
        assert_eq!(parcels["status"], status, "{name}");
        let versions = parcels["evidence"].as_array().expect("an array").len();
        assert_eq!(versions, usize::from(status != "no_data"), "{name}");
    }
    for query in [
        "",
        "?lon=9",
        "?lon=a&lat=b",
        "?lon=181&lat=0",
        "?lon=NaN&lat=0",
        "?lon=9&lat=inf",
    ] {
        site.get(&format!("/api/v1/place{query}"))
            .await
            .assert_problem(400);
    }
}

#[tokio::test]
async fn a_parcel_is_found_by_its_reference() {
    let site = Site::public().await;
    let parcel = site.get("/api/v1/parcels/X001_000300.123~A").await;
    assert_eq!(parcel.status, 200);
    let parcel = parcel.json();
    assert_eq!(parcel["reference"], "X001_000300.123/A");
    assert_eq!(parcel["number"], "123/A");
    assert_eq!(parcel["kind"], "parcel");
    assert_eq!(parcel["foglio"], 3);
    assert_eq!(parcel["allegato"], Value::Null);
    assert_eq!(parcel["comune"]["name"], "Borgochiaro");
    assert_eq!(parcel["evidence"]["version"], 1);
    let road = site
        .get("/api/v1/parcels/X001_000200.STRADA001")
        .await
        .json();
    assert_eq!(road["kind"], "road");
    let annex = site.get("/api/v1/parcels/X001_0003A0.B").await.json();
    assert_eq!(
        (&annex["allegato"], &annex["number"]),
        (&"A".into(), &"B".into())
    );

    site.get("/api/v1/parcels/X001_000300.999999")
        .await
        .assert_problem(404);
    site.get("/api/v1/parcels/H501_000300.21")
        .await
        .assert_problem(404);
    for bad in [
        "21",
        "X001",
        "X001_000300",
        "X001_000300.",
        "%00",
        "x%27--",
        "X001_0003%2F00.21",
    ] {
        site.get(&format!("/api/v1/parcels/{bad}"))
            .await
            .assert_problem(400);
    }
}

fn signed_area(ring: &Value) -> f64 {
    let points: Vec<[f64; 2]> = serde_json::from_value(ring.clone()).expect("a ring of positions");
    assert_eq!(points.first(), points.last(), "a ring is closed");
    // Relative to the first point: degrees this close cancel out.
    let [x0, y0] = points[0];
    let shifted: Vec<[f64; 2]> = points.iter().map(|[x, y]| [x - x0, y - y0]).collect();
    shifted
        .windows(2)
        .map(|edge| edge[0][0] * edge[1][1] - edge[1][0] * edge[0][1])
        .sum()
}

#[tokio::test]
async fn outlines_are_geojson() {
    let site = Site::public().await;
    for (reference, kind, rings) in [
        ("X001_000300.21", "Polygon", 1),
        ("X001_0003A0.300", "Polygon", 2),
        ("X001_000200.88", "MultiPolygon", 2),
        ("X001_000100.57", "MultiPolygon", 2),
    ] {
        let answer = site
            .get(&format!("/api/v1/parcels/{reference}/geometry"))
            .await;
        assert_eq!(
            answer.header("content-type"),
            "application/geo+json",
            "{reference}"
        );
        let feature = answer.json();
        let geometry = &feature["geometry"];
        assert_eq!(geometry["type"], kind, "{reference}");
        let coordinates = geometry["coordinates"].as_array().expect("an array");
        assert_eq!(coordinates.len(), rings, "{reference}");
        let polygons: Vec<&Vec<Value>> = if kind == "Polygon" {
            vec![coordinates]
        } else {
            coordinates.iter().filter_map(Value::as_array).collect()
        };
        // RFC 7946, 3.1.6: outer rings counter-clockwise, holes clockwise.
        for polygon in polygons {
            for (index, ring) in polygon.iter().enumerate() {
                assert_eq!(
                    signed_area(ring) > 0.0,
                    index == 0,
                    "{reference} ring {index}"
                );
            }
        }
        let bbox: [f64; 4] = serde_json::from_value(feature["bbox"].clone()).expect("a box");
        assert!(bbox[0] < bbox[2] && bbox[1] < bbox[3], "{bbox:?}");
        assert!(
            (bbox[0] - 9.36).abs() < 0.02 && (bbox[1] - 45.6).abs() < 0.02,
            "{bbox:?}"
        );
        assert_eq!(feature["properties"]["reference"], reference);
    }
    site.get("/api/v1/parcels/X001_000300.999999/geometry")
        .await
        .assert_problem(404);
}

#[tokio::test]
async fn the_catalogue_says_what_is_in_force() {
    let site = Site::public().await;
    let all = site.get("/api/v1/layers").await.json();
    let themes: Vec<&Value> = all["themes"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|theme| &theme["id"])
        .collect();
    assert_eq!(themes, ["piano", "vincoli", "rischio", "catasto", "base"]);
    let river = all["layers"]
        .as_array()
        .expect("an array")
        .iter()
        .find(|layer| layer["id"] == "vincolo.fiume")
        .expect("is defined");
    assert_eq!(
        (&river["visible"], &river["parts"]),
        (&false.into(), &Value::Array(Vec::new()))
    );
    let layers = site.get("/api/v1/layers?comune=borgochiaro").await.json();
    let layers = layers["layers"].as_array().expect("an array").clone();
    let ids: Vec<&Value> = layers.iter().map(|layer| &layer["id"]).collect();
    assert_eq!(ids, ["catasto.foglio", "catasto.particella"]);
    assert_eq!(layers[1]["parts"][0]["features"], 341);
    assert_eq!(layers[1]["parts"][0]["storage_crs"], 7791);
    assert_eq!(layers[1]["parts"][0]["version"], 1);
    assert_eq!(layers[1]["theme"], "catasto");
    assert_eq!(layers[1]["geometry"], "polygon");
    assert_eq!(
        (&layers[1]["visible"], &layers[1]["min_zoom"]),
        (&true.into(), &13.into())
    );
    let here = site.get("/api/v1/layers?comune=borgochiaro").await.json();
    assert_eq!(here["layers"].as_array().map(Vec::len), Some(2));
    assert_eq!(here["themes"][0]["title"]["it"], "Catasto");
    site.get("/api/v1/layers?comune=altrove")
        .await
        .assert_problem(404);
    let comuni = site.get("/api/v1/comuni").await.json();
    assert_eq!(comuni["comuni"][0]["slug"], "borgochiaro");
    assert_eq!(comuni["comuni"][0]["codes"][0], "X001");

    let style = site.get("/api/v1/style/borgochiaro?lang=en").await.json();
    assert_eq!(style["version"], 8);
    let tiles = style["sources"]["catasto"]["tiles"][0]
        .as_str()
        .expect("an address");
    assert!(tiles.contains(&site.version().await), "{tiles}");
    let italian = site.get("/api/v1/style/borgochiaro?lang=it").await.json();
    assert_ne!(italian, style);
    site.get("/api/v1/style/altrove").await.assert_problem(404);
    site.get("/api/v1/style/borgochiaro?base=rosa")
        .await
        .assert_problem(400);
    let line = italian["layers"]
        .as_array()
        .expect("an array")
        .iter()
        .find(|layer| layer["id"] == "catasto.particella.line")
        .expect("parcels have lines");
    assert_eq!(line["metadata"]["mappale:layer"], "catasto.particella");
    assert_eq!(line["metadata"]["mappale:theme"], "catasto");
    assert_eq!(line["source"], "catasto");
    let colour = |style: &Value| style["layers"][0]["paint"]["background-color"].clone();
    let dark = site
        .get("/api/v1/style/borgochiaro?base=scura")
        .await
        .json();
    assert_ne!(colour(&dark), colour(&italian));

    // The legend is of what is there, and the images of patterns are where the style says.
    let legend = site.get("/api/v1/legend/borgochiaro?lang=en").await.json();
    assert_eq!(legend["themes"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        legend["themes"][0]["layers"][0]["entries"][0]["text"],
        "Sheets (fogli)"
    );
    let sprite = style["sprite"].as_str().expect("an address");
    let path = sprite.splitn(4, '/').nth(3).expect("has a path");
    for (ending, kind) in [(".json", "application/json"), ("@2x.png", "image/png")] {
        let answer = site.get(&format!("/{path}{ending}")).await;
        assert_eq!(answer.status, 200, "{path}{ending}");
        assert_eq!(answer.header("content-type"), kind);
        assert_eq!(
            answer.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
    }
    site.get("/api/v1/sprite/0000000000000000.png")
        .await
        .assert_problem(404);

    for path in [
        format!("/tiles/{LAYERS}/tilejson.json"),
        format!("/tiles/borgochiaro/{LAYERS}/tilejson.json"),
    ] {
        let document = site.get(&path).await.json();
        assert_eq!(document["tilejson"], "3.0.0", "{path}");
        let ids: Vec<&str> = document["vector_layers"]
            .as_array()
            .expect("an array")
            .iter()
            .filter_map(|layer| layer["id"].as_str())
            .collect();
        assert!(ids.contains(&"catasto.particella") && ids.contains(&"catasto.foglio.label"));
        let bounds: [f64; 4] = serde_json::from_value(document["bounds"].clone()).expect("a box");
        assert!((bounds[0] - 9.3575).abs() < 1e-3 && (bounds[3] - 45.6115).abs() < 1e-3);
        // Its tiles are where it says, and not empty.
        let address = document["tiles"][0].as_str().expect("an address");
        let path = address.splitn(4, '/').nth(3).expect("has a path");
        let tile = path.replace("{z}/{x}/{y}", "16/34472/23417");
        let answer = site.get(&format!("/{tile}")).await;
        assert!(answer.status == 200 && !answer.body.is_empty(), "{tile}");
    }
    site.get("/tiles/catasto.nulla/tilejson.json")
        .await
        .assert_problem(404);
    site.get("/tiles/altrove/catasto.foglio/tilejson.json")
        .await
        .assert_problem(404);
}

#[tokio::test]
async fn the_program_says_that_it_lives_and_is_ready() {
    let site = Site::public().await;
    assert_eq!(site.get("/health").await.json()["status"], "ok");
    let ready = site.get("/ready").await.json();
    assert_eq!(
        (&ready["ready"], &ready["parts"]),
        (&true.into(), &2.into())
    );
}

#[tokio::test]
async fn the_life_of_a_parcel_is_told_by_its_reference() {
    let site = Site::public().await;
    let gone = "X001_000300.21";
    let text = crate::sample::without(&crate::sample::parcels_text(), &format!("{gone}<"));
    let file = site.town.file("less.gml", text);
    let outcome = site.town.load(crate::sample::PARCELS, &[file]).await;
    assert!(outcome.expect("loads").published);
    let answer = site.get(&format!("/api/v1/parcels/{gone}/lineage")).await;
    assert_eq!(answer.status, 200);
    let answer: serde_json::Value = serde_json::from_slice(&answer.body).expect("is JSON");
    assert_eq!(answer["reference"], gone);
    assert_eq!(answer["steps"][0]["kind"], "suppressed", "{answer}");
    assert_eq!(answer["steps"][0]["new_version"], 2);
    let always = site.get("/api/v1/parcels/X001_000300.100/lineage").await;
    assert!(always.text().contains("\"steps\":[]"), "{}", always.text());
    for (path, status) in [("X009_000300.21", 404), ("strada", 400)] {
        let path = format!("/api/v1/parcels/{path}/lineage");
        assert_eq!(site.get(&path).await.status, status, "{path}");
    }
}
