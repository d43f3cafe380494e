//! The facts of parcels: API, card and page, changes, reports, lists.

use serde_json::{Value, json};

use super::session::sign_in;
use super::{Answer, Site, send};
use crate::sample::Town;

const PARCEL: &str = "X001_000300.21";

fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Value {
    json!({ "type": "Polygon", "coordinates": [[
        [west, south], [east, south], [east, north], [west, north], [west, south],
    ]] })
}

/// Zones that divide the town at a meridian: B1 to the west, E1 to the east.
fn zones([west, south, east, north]: [f64; 4], meridian: f64) -> String {
    let zone = |id: &str, zone: &str, class: &str, article: &str, geometry: Value| {
        json!({
            "type": "Feature",
            "geometry": geometry,
            "properties": {
                "ID_ZONA": id, "COD_ZONA": zone, "ZTO": class,
                "DESCRIZ": format!("Zona {zone}"), "ART_NTA": article,
            },
        })
    };
    json!({ "type": "FeatureCollection", "features": [
        zone("1", "B1", "B", "24", rectangle(west, south, meridian, north)),
        zone("2", "E1", "E", "31, 32", rectangle(meridian, south, east, north)),
    ] })
    .to_string()
}

/// The middle of a parcel, and its box.
pub(super) async fn place_of(town: &Town, key: &str) -> (f64, f64) {
    let mut connection = town.db.superuser().await;
    sqlx::query_as(
        "select st_x(at), st_y(at)
           from (select st_transform(st_centroid(geom), 4326) as at
                   from data.catasto_particella where key = $1) as parcel",
    )
    .bind(key)
    .fetch_one(&mut connection)
    .await
    .expect("is in the sample")
}

/// The box of the sample's parcels: west, south, east, north in degrees.
async fn box_of(town: &Town) -> [f64; 4] {
    let mut connection = town.db.superuser().await;
    let (west, south, east, north): (f64, f64, f64, f64) = sqlx::query_as(
        "select st_xmin(area), st_ymin(area), st_xmax(area), st_ymax(area)
           from (select st_extent(st_transform(geom, 4326)) as area
                   from data.catasto_particella) as town",
    )
    .fetch_one(&mut connection)
    .await
    .expect("is in the sample");
    [west, south, east, north]
}

/// The sample with zones divided at the middle of [`PARCEL`], in force since the first of the year.
pub(super) async fn zoned() -> Town {
    let town = Town::published().await;
    let (lon, _) = place_of(&town, PARCEL).await;
    load_zones(&town, lon, "2026-01-01").await;
    town
}

pub(super) async fn load_zones(town: &Town, meridian: f64, from: &str) {
    let name = format!("zone{}.geojson", from.replace('-', ""));
    let file = town.file(&name, zones(box_of(town).await, meridian));
    let outcome = town.load_with("piano.zona", &[file], false).await;
    let report = outcome.expect("the zones load").report;
    assert!(!report.has_errors(), "{report:?}");
    let output = town
        .db
        .command()
        .args([
            "layer",
            "publish",
            "piano.zona",
            "--comune",
            "X001",
            "--at",
            from,
        ])
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
}

fn layer<'a>(facts: &'a Value, id: &str) -> &'a Value {
    facts["layers"]
        .as_array()
        .expect("layers")
        .iter()
        .find(|layer| layer["layer"] == id)
        .unwrap_or_else(|| panic!("{id} in {facts}"))
}

async fn ask(site: &Site, question: &Value) -> Answer {
    let headers = [("content-type", "application/json")];
    let body = question.to_string();
    send(
        &site.router,
        axum::http::Method::POST,
        "/api/v1/facts",
        &headers,
        &body,
    )
    .await
}

#[tokio::test]
async fn a_parcel_on_two_zones_is_told_with_exact_shares() {
    let site = Site::of(zoned().await, false).await;
    let answer = site.get(&format!("/api/v1/parcels/{PARCEL}/facts")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let facts = answer.json();
    let zones = layer(&facts, "piano.zona");
    assert_eq!(zones["status"], "hit");
    assert_eq!(zones["covered_share"], 1.0);
    let pieces = zones["pieces"].as_array().expect("pieces");
    assert_eq!(pieces.len(), 2, "{zones}");
    let sum = |name: &str| -> f64 {
        pieces
            .iter()
            .map(|piece| piece[name].as_f64().expect("a number"))
            .sum()
    };
    let area = facts["area_m2"].as_f64().expect("a number");
    assert!((sum("area_m2") - area).abs() < 0.01, "{zones}");
    assert!((sum("percent") - 100.0).abs() < 1e-9, "{zones}");
    let classes: Vec<&Value> = pieces
        .iter()
        .flat_map(|piece| piece["attributes"].as_array().expect("attributes"))
        .filter(|attribute| attribute["name"] == "class")
        .map(|attribute| &attribute["meaning"]["it"])
        .collect();
    assert!(classes.contains(&&json!("B, edificata")), "{classes:?}");
    // What has no map says so, and is not clear.
    assert_eq!(layer(&facts, "vincolo.fiume")["status"], "no_data");
    assert_eq!(layer(&facts, "vincolo.fiume")["covered_share"], 0.0);

    let one = site
        .get(&format!("/api/v1/parcels/{PARCEL}/facts?layers=piano.zona"))
        .await
        .json();
    assert_eq!(one["layers"].as_array().map(Vec::len), Some(1));
    let pieces = site
        .get(&format!(
            "/api/v1/parcels/{PARCEL}/pieces?layers=piano.zona"
        ))
        .await;
    assert_eq!(pieces.header("content-type"), "application/geo+json");
    let pieces = pieces.json();
    assert_eq!(pieces["features"].as_array().map(Vec::len), Some(2));
    assert_eq!(pieces["features"][0]["geometry"]["type"], "MultiPolygon");
}

#[tokio::test]
async fn several_parcels_and_areas_are_asked_in_a_body() {
    let site = Site::of(zoned().await, false).await;
    let two = ask(&site, &json!({ "parcels": [PARCEL, "X001_000300.22"] })).await;
    assert_eq!(two.status, 200, "{}", two.text());
    assert_eq!(two.json()["parcels"].as_array().map(Vec::len), Some(2));
    let (lon, lat) = place_of(&site.town, PARCEL).await;
    let around = rectangle(lon - 0.0004, lat - 0.0003, lon + 0.0004, lat + 0.0003);
    let area = ask(&site, &json!({ "geometry": around })).await;
    assert_eq!(area.status, 200, "{}", area.text());
    let area = area.json();
    let zones = layer(&area, "piano.zona")["pieces"]
        .as_array()
        .expect("pieces");
    assert_eq!(zones.len(), 2);
    assert!((zones[0]["share"].as_f64().expect("a number") - 0.5).abs() < 0.001);
    // About an area the parcels are a fact too.
    assert_eq!(layer(&area, "catasto.particella")["status"], "hit");
}

#[tokio::test]
async fn questions_that_cannot_be_answered_are_refused_in_words() {
    let site = Site::of(zoned().await, false).await;
    let (lon, lat) = place_of(&site.town, PARCEL).await;
    let bow = json!({ "type": "Polygon", "coordinates": [[
        [lon, lat], [lon + 0.001, lat + 0.001], [lon + 0.001, lat], [lon, lat + 0.001], [lon, lat],
    ]] });
    let many: Vec<[f64; 2]> = (0..10_002)
        .map(|i| [lon + f64::from(i) * 1e-9, lat])
        .collect();
    let table = [
        (json!({ "geometry": bow }), "crosses"),
        (
            json!({ "geometry": rectangle(0.0, 10.0, 0.1, 10.1) }),
            "none of the comuni",
        ),
        (
            json!({ "geometry": rectangle(0.0, 100.0, 0.1, 100.1) }),
            "no longitude",
        ),
        (
            json!({ "geometry": { "type": "Polygon", "coordinates": [many] } }),
            "10002 vertices",
        ),
        (
            json!({ "geometry": { "type": "Point", "coordinates": [1, 2] } }),
            "Point",
        ),
        (
            json!({ "parcels": [PARCEL], "geometry": rectangle(9.0, 45.0, 9.1, 45.1) }),
            "either",
        ),
        (json!({}), "either"),
        (json!({ "parcels": [] }), "no parcel"),
        (json!({ "parcels": ["nulla"] }), "nulla"),
        (json!({ "parcels": vec![PARCEL; 201] }), "201"),
        (json!({ "parcels": [PARCEL], "strato": "x" }), "strato"),
        (json!({ "parcels": [PARCEL], "date": "ieri" }), "ieri"),
    ];
    for (question, words) in table {
        let answer = ask(&site, &question).await;
        answer.assert_problem(400);
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    }
    let answer = ask(
        &site,
        &json!({ "parcels": [PARCEL], "layers": ["piano.nulla"] }),
    )
    .await;
    answer.assert_problem(404);
    assert!(answer.text().contains("piano.nulla"));
    // A million vertices are not even read.
    let text = format!("{{\"geometry\":{}}}", "[9.36,45.61],".repeat(1_000_000));
    let headers = [("content-type", "application/json")];
    let path = "/api/v1/facts";
    let answer = send(
        &site.router,
        axum::http::Method::POST,
        path,
        &headers,
        &text,
    )
    .await;
    answer.assert_problem(413);
    assert!(
        answer.text().contains("10000 vertices"),
        "{}",
        answer.text()
    );
}

/// The text of the sections of facts of a page or card.
fn facts_text(html: &str) -> String {
    let start = html
        .find("place-facts")
        .unwrap_or_else(|| panic!("no facts in {html}"));
    let end = html
        .find("<footer class=\"place-footer")
        .expect("the card ends");
    let mut text = String::new();
    let mut inside = true;
    for c in html[start..end].chars() {
        match c {
            '<' => inside = false,
            '>' => inside = true,
            c if inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn card_page_and_place_tell_the_same_of_any_parcel() {
    let site = Site::of(zoned().await, false).await;
    let mut connection = site.town.db.superuser().await;
    let parcels: Vec<(String, f64, f64)> = sqlx::query_as(
        "select key, st_x(at), st_y(at)
           from (select key, st_transform(st_pointonsurface(geom), 4326) as at
                   from data.catasto_particella where kind = 'parcel'
                  order by md5(key) limit 25) as chosen",
    )
    .fetch_all(&mut connection)
    .await
    .expect("answers");
    for (key, lon, lat) in parcels {
        let segment = key.replace('/', "~");
        let page = site
            .get(&format!("/particella/{segment}"))
            .await
            .assert_page(200);
        let card = site
            .get(&format!("/particella/{segment}?frammento=1"))
            .await
            .text();
        assert_eq!(facts_text(&page), facts_text(&card), "{key}");
        assert!(facts_text(&page).contains("Zone del piano"), "{key}");
        let place = site
            .get(&format!("/luogo?lon={lon}&lat={lat}&frammento=1"))
            .await
            .text();
        // Where two sheets overlap the place has two parcels and speaks of both.
        if place.contains("overlap-note") {
            continue;
        }
        assert_eq!(facts_text(&place), facts_text(&card), "{key}");
    }
    let page = site
        .get(&format!("/particella/{PARCEL}"))
        .await
        .assert_page(200);
    for words in [
        "B1 · Zona B1",
        "art. 24",
        "art. 32",
        "share-bar",
        "Senza dati (",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
}

#[tokio::test]
async fn an_unknown_parcel_leads_to_the_nearest_and_an_early_day_says_from_when() {
    let site = Site::of(zoned().await, false).await;
    let page = site
        .get("/particella/X001_000300.99999")
        .await
        .assert_page(404);
    assert!(page.contains("X001_000300.99999"));
    assert!(page.contains("/particella/X001_000300."), "{page}");
    let page = site
        .get(&format!("/particella/{PARCEL}?date=1950-01-01"))
        .await
        .assert_page(404);
    assert!(page.contains("comincia dal"), "{page}");
}

#[tokio::test]
async fn what_a_new_version_touches_is_listed_with_areas() {
    let town = zoned().await;
    let (lon, _) = place_of(&town, PARCEL).await;
    load_zones(&town, lon + 0.0001, "2026-06-01").await;
    let site = Site::of(town, false).await;
    let path = "/modifiche?layer=piano.zona&da=2026-05-31&a=2026-06-01";
    let page = site.get(path).await.assert_page(200);
    assert!(page.contains(PARCEL), "{page}");
    let csv = site.get(&format!("{path}&formato=csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let csv = csv.text();
    let line = csv
        .lines()
        .find(|line| line.starts_with(PARCEL))
        .expect("is touched");
    let numbers: Vec<f64> = line
        .split(',')
        .filter_map(|field| field.parse().ok())
        .collect();
    // Area, before and after of a zone that grew or shrank.
    assert!((numbers[1] - numbers[2]).abs() > 1.0, "{line}");
    let all: usize = csv.lines().count();
    assert!(all > 2 && all < 200, "far parcels are not touched: {all}");
    let same = "/modifiche?layer=piano.zona&da=2026-06-01&a=2026-06-02";
    let page = site.get(same).await.assert_page(200);
    assert!(page.contains("Nessuna particella"), "{page}");
    site.get("/modifiche?layer=piano.nulla&da=2026-06-01")
        .await
        .assert_page(404);
    site.get("/modifiche?layer=piano.zona&da=mai")
        .await
        .assert_page(400);
}

#[tokio::test]
async fn an_error_is_reported_and_reaches_the_staff_with_its_evidence() {
    let site = Site::of(zoned().await, true).await;
    let path = format!("/particella/{PARCEL}/segnala");
    let form = site
        .get(&format!("{path}?layer=piano.zona"))
        .await
        .assert_page(200);
    assert!(form.contains("value=\"piano.zona\" selected"), "{form}");
    let empty = site
        .post(&path, &[], "testo=%20&layer=piano.zona")
        .await
        .assert_page(200);
    assert!(empty.contains("role=\"alert\""), "{empty}");
    let sent = site
        .post(
            &path,
            &[],
            "testo=Qui+c%27%C3%A8+un+parco&layer=piano.zona&recapito=a%40b.it",
        )
        .await;
    sent.assert_leads_to(&format!("{path}?inviata=1"));
    let receipt = site
        .get(&format!("{path}?inviata=1"))
        .await
        .assert_page(200);
    assert!(receipt.contains("n. 1"), "{receipt}");

    let list = "/gis/segnalazioni";
    let one = "/gis/segnalazioni/1";
    for role in [None, Some("citizen"), Some("officer")] {
        let cookie = match role {
            Some(role) => sign_in(&site, role).await,
            None => String::new(),
        };
        let cookie = [("cookie", cookie.as_str())];
        for path in [list, one] {
            assert_eq!(site.get_with(path, &cookie).await.status, 404, "{role:?}");
        }
        let answer = site.post(one, &cookie, "nota=x").await;
        assert_eq!(answer.status, 404, "{role:?}");
    }
    let cookie = sign_in(&site, "gis_clerk").await;
    let clerk = [("cookie", cookie.as_str()), ("accept-language", "it")];
    let page = site.get_with(list, &clerk).await.assert_page(200);
    for words in [
        "Qui c&#39;è un parco",
        PARCEL,
        "Zone del piano",
        "Aperte (1)",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
    assert!(!page.contains("a@b.it"), "the list has no contacts: {page}");
    let page = site.get_with(one, &clerk).await.assert_page(200);
    for words in ["a@b.it", "contestato", "B1", "piano.zona"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let empty = site.post(one, &clerk, "nota=%20").await.assert_page(200);
    assert!(empty.contains("role=\"alert\""), "{empty}");
    let answer = site.post(one, &clerk, "nota=Corretto").await;
    answer.assert_leads_to(one);
    let page = site.get_with(one, &clerk).await.assert_page(200);
    assert!(
        page.contains("Corretto") && !page.contains("<textarea"),
        "{page}"
    );
    let closed = site
        .get_with(&format!("{list}?stato=chiuse"), &clerk)
        .await
        .assert_page(200);
    assert!(closed.contains("Aperte (0)") && closed.contains("Chiuse (1)"));
    // A report is answered once, and another one does not exist.
    let again = site.post(one, &clerk, "nota=Ancora").await.assert_page(200);
    assert!(again.contains("già chiuso") && again.contains("Corretto"));
    let other = site.post("/gis/segnalazioni/7", &clerk, "nota=x").await;
    assert_eq!(other.status, 404);
}

#[tokio::test]
async fn a_place_without_a_parcel_can_be_contested_too() {
    let site = Site::of(zoned().await, true).await;
    let (lon, lat) = place_of(&site.town, PARCEL).await;
    // The card of a parcel's place keeps where it was clicked.
    let card = site
        .get(&format!("/luogo?lon={lon}&lat={lat}&frammento=1"))
        .await
        .text();
    let form = format!("/particella/{PARCEL}/segnala?lon={lon:.7}&amp;lat={lat:.7}");
    let link = form.replace("&amp;", "&#38;");
    assert!(
        card.contains(&format!("\"{link}\"")) || card.contains(&format!("\"{form}\"")),
        "{card}"
    );
    assert!(
        card.contains("layer=piano.zona"),
        "each layer is contested: {card}"
    );
    let path = format!("/luogo/segnala?lon={lon:.7}&lat={lat:.7}");
    site.get(&path).await.assert_page(200);
    let sent = site.post(&path, &[], "testo=Manca+una+strada").await;
    sent.assert_leads_to(&format!("{path}&inviata=1"));
    site.get("/luogo/segnala").await.assert_page(400);
    site.get("/luogo/segnala?lon=2.35&lat=48.85")
        .await
        .assert_page(404);
    let cookie = sign_in(&site, "gis_clerk").await;
    let clerk = [("cookie", cookie.as_str()), ("accept-language", "it")];
    let page = site
        .get_with("/gis/segnalazioni/1", &clerk)
        .await
        .assert_page(200);
    assert!(
        page.contains("Manca una strada") && page.contains("/luogo?lon="),
        "{page}"
    );
}

#[tokio::test]
async fn lists_of_parcels_are_answered_line_by_line() {
    let town = zoned().await;
    let list = town.file(
        "elenco.csv",
        "Foglio;Particella\n3;21\n\nX001_000300.22\n3;99999\nboh!\n",
    );
    let run = |arguments: &[&str]| {
        let mut command = town.db.command();
        command.args(["fact", "batch"]).args(arguments);
        let output = command.output().expect("runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
            said,
        )
    };
    let file = list.to_str().expect("is text");
    let (good, csv, said) = run(&[file, "--layers", "piano.zona"]);
    assert!(!good && said.contains("2 lines"), "{said}");
    let lines: Vec<&str> = csv.lines().collect();
    assert!(
        lines[0].starts_with("line,parcel,parcel_area_m2,layer,status"),
        "{csv}"
    );
    assert!(lines[1].starts_with("2,X001_000300.21,"), "{csv}");
    assert!(
        csv.contains("B1 · Zona B1") && csv.contains("31 32"),
        "{csv}"
    );
    assert!(
        csv.contains("\r\n5,") && csv.contains("no such parcel"),
        "{csv}"
    );
    assert!(
        csv.contains("\r\n6,") && csv.contains("neither a sheet nor a parcel"),
        "{csv}"
    );

    let (good, jsonl, said) = run(&["--format", "jsonl", "--layers", "piano.zona"]);
    assert!(good, "{said}");
    let objects: Vec<Value> = jsonl
        .lines()
        .map(|line| serde_json::from_str(line).expect("is JSON"))
        .collect();
    assert_eq!(
        objects.len(),
        341,
        "every parcel, road and water of the sample"
    );
    let statuses: Vec<&Value> = objects
        .iter()
        .map(|object| &object["facts"]["layers"][0]["status"])
        .collect();
    assert!(
        statuses.iter().all(|status| *status == "hit"),
        "{statuses:?}"
    );

    let output = town
        .db
        .command()
        .args(["fact", "audit", "--comune", "X001"])
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("341 parcels") && said.contains(" 0 contradicted"),
        "{said}"
    );
}

#[tokio::test]
async fn facts_of_a_list_are_a_geopackage_with_outlines() {
    let site = Site::of(zoned().await, false).await;
    let list = "3;21\n3;22\nboh!\n";
    let asked = "/api/v1/facts/batch?layers=piano.zona";
    let csv = site.post(asked, &[], list).await;
    let answer = site.post(&format!("{asked}&format=gpkg"), &[], list).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(
        answer.headers["content-disposition"],
        "attachment; filename=\"facts.gpkg\""
    );
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let path = folder.path().join("facts.gpkg");
    let read = super::zones::inspected(&site, &path, &answer.body).await;
    let layer = &read.layers[0];
    assert_eq!(layer.name, "facts");
    // A feature for every line of the same answer as CSV, titles left out.
    assert_eq!(layer.features as usize, csv.text().lines().count() - 1);
    let names: Vec<&str> = layer.fields.iter().map(|field| &*field.name).collect();
    assert_eq!(names, mappale::fact::COLUMNS);
    let bounds = layer.extent.expect("pieces have outlines");
    assert!(
        bounds[0] > 100_000.0 && bounds[3] > 4_000_000.0,
        "{bounds:?}"
    );
}
