use mappale::ingest;

use super::Site;
use super::facts::{load_zones, place_of, zoned};
use crate::plan::served::town;
use crate::plan::{act, publish};

const PARCEL: &str = "X001_000300.21";

/// The words of HTML: tags fall away, spaces are one.
fn words(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What stands between two marks, the first of each.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text
        .split_once(from)
        .unwrap_or_else(|| panic!("no {from}: {text}"));
    rest.split_once(to)
        .unwrap_or_else(|| panic!("no {to} behind {from}"))
        .0
}

#[tokio::test]
async fn a_zone_has_a_page_with_its_share_and_the_list_sums_to_the_territory() {
    let site = Site::of(zoned().await, false).await;
    let italian = [("accept-language", "it")];
    let list = site.get_with("/zone", &italian).await.assert_page(200);
    let row = |code: &str| {
        let row = list
            .split("<tr>")
            .find(|row| row.contains(&format!("/zona/{code}\"")));
        words(row.unwrap_or_else(|| panic!("no {code}: {list}")))
    };
    let percent = |row: &str| {
        let number = row
            .split_whitespace()
            .find(|word| word.contains(','))
            .and_then(|word| {
                word.trim_end_matches([' ', '%', '\u{a0}'])
                    .replace(',', ".")
                    .parse()
                    .ok()
            });
        number.unwrap_or_else(|| panic!("no share in {row}"))
    };
    let (west, east): (f64, f64) = (percent(&row("B1")), percent(&row("E1")));
    assert!((west + east - 100.0).abs() < 0.11, "{west} and {east}");
    let page = site.get_with("/zona/B1", &italian).await.assert_page(200);
    assert!(page.contains("Zona B1"), "{page}");
    assert!(page.contains("B, edificata"), "{page}");
    assert!(page.contains("art. 24"), "{page}");
    assert!(
        page.contains("role=\"img\" aria-label=\"La zona B1"),
        "{page}"
    );
    assert!(page.contains("/mappa?c="), "{page}");
    let english = site.get("/zona/E1?lang=en").await.assert_page(200);
    assert!(english.contains("Zone E1"), "{english}");
    assert!(
        english.contains("art. 31") && english.contains("art. 32"),
        "{english}"
    );
    site.get("/zona/Z9").await.assert_page(404);
    // Before the plan there were no zones.
    site.get("/zona/B1?date=2025-12-31").await.assert_page(404);
    let before = site
        .get("/zone?date=2025-12-31&lang=it")
        .await
        .assert_page(200);
    assert!(before.contains("non è pubblicata"), "{before}");
}

#[tokio::test]
async fn card_and_page_say_the_same_of_fifty_parcels() {
    let site = Site::of(zoned().await, false).await;
    let mut connection = site.town.db.superuser().await;
    let keys: Vec<String> = sqlx::query_scalar(
        "select key from data.catasto_particella order by md5(key || 'mappale') limit 50",
    )
    .fetch_all(&mut connection)
    .await
    .expect("answers");
    assert_eq!(keys.len(), 50);
    for key in keys {
        let path = format!("/particella/{}", key.replace('/', "~"));
        let page = site.get(&format!("{path}?lang=it")).await.assert_page(200);
        let card = site
            .get(&format!("{path}?frammento=1&lang=it"))
            .await
            .text();
        // What is true of the parcel, without the buttons that only a page or only a card has.
        let facts = |html: &str| {
            words(between(
                html,
                "<section class=\"place-facts",
                "<footer class=\"place-footer",
            ))
        };
        assert_eq!(facts(&card), facts(&page), "{key}");
        let title = |html: &str| words(between(html, "class=\"card-title\"", "</h"));
        assert_eq!(title(&card), title(&page), "{key}");
        let measures = |html: &str| words(between(html, "class=\"fact-number\"", "</span>"));
        assert_eq!(measures(&card), measures(&page), "{key}");
    }
}

#[tokio::test]
async fn the_map_of_another_day_has_tiles_of_that_day() {
    let town = zoned().await;
    // A second version of the zones, with the border somewhere else.
    let (lon, _) = place_of(&town, PARCEL).await;
    load_zones(&town, lon + 0.002, "2026-06-01").await;
    let site = Site::of(town, false).await;
    let style = |query: &str| {
        let path = format!("/api/v1/style/borgochiaro{query}");
        let site = &site;
        async move { site.get(&path).await.json() }
    };
    let tiles = |style: &serde_json::Value| {
        let address = style["sources"]["piano"]["tiles"][0].as_str();
        let address = address.expect("the plan has tiles");
        let path = address
            .split_once("/tiles/")
            .expect("an address of tiles")
            .1;
        format!("/tiles/{path}")
    };
    let (today, before) = (style("").await, style("?date=2026-02-01").await);
    let (today, before) = (tiles(&today), tiles(&before));
    assert!(before.ends_with("?date=2026-02-01"), "{before}");
    assert!(!today.contains('?'), "{today}");
    let (lon, lat) = place_of(&site.town, PARCEL).await;
    let z = 16_u32;
    let n = f64::from(1_u32 << z);
    let x = ((lon + 180.0) / 360.0 * n) as u32;
    let y = ((1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * n) as u32;
    let at = |template: &str| {
        template
            .replace("{z}", &z.to_string())
            .replace("{x}", &x.to_string())
            .replace("{y}", &y.to_string())
    };
    let (now, then) = (site.get(&at(&today)).await, site.get(&at(&before)).await);
    assert_eq!((now.status, then.status), (200, 200));
    assert_ne!(now.body, then.body, "the border was somewhere else");
    // A day is no version, and a version of another day is gone.
    let version = before.split('/').nth(3).expect("a version").to_owned();
    let wrong = at(&before).replace(&version, "ieri");
    assert_eq!(site.get(&wrong).await.status, 404);
    let other = at(&before).replace(&version, "0000000000000000");
    assert_eq!(site.get(&other).await.status, 410);
    assert_eq!(
        site.get("/api/v1/style/borgochiaro?date=ieri").await.status,
        400
    );
}

#[tokio::test]
async fn what_is_adopted_is_drawn_above_what_is_in_force() {
    let town = town().await;
    publish(&town, "prima", None).await.expect("is complete");
    let site = Site::of(town, false).await;
    let plain = site
        .get("/api/v1/style/borgochiaro?adottato=1")
        .await
        .json();
    assert!(plain["sources"]["adottato"].is_null(), "nothing is adopted");
    publish(&site.town, "variante", None)
        .await
        .expect("is complete");
    site.app.refresh().await.expect("the database answers");
    let style = site
        .get("/api/v1/style/borgochiaro?adottato=1")
        .await
        .json();
    let tiles = style["sources"]["adottato"]["tiles"][0].as_str();
    let tiles = tiles.expect("there are tiles of what is adopted");
    assert!(tiles.contains("@adottato/catasto.particella/"), "{tiles}");
    let layers = style["layers"].as_array().expect("layers");
    let at = |id: &str| {
        layers
            .iter()
            .position(|layer| layer["id"] == id)
            .unwrap_or_else(|| panic!("no {id}"))
    };
    let (own, adopted) = (
        at("catasto.particella.fill"),
        at("catasto.particella.fill.adottato"),
    );
    assert_eq!(adopted, own + 1);
    assert_eq!(layers[adopted]["source"], "adottato");
    assert_eq!(layers[adopted]["paint"]["fill-opacity"], 1);
    let page = site.get("/mappa").await.assert_page(200);
    assert!(
        page.contains("value=\"adottato\""),
        "the map can be compared with it"
    );
    act(
        &site.town,
        "variante",
        mappale::layer::ActKind::Publication,
        "2025-01-01",
    )
    .await;
    site.app.refresh().await.expect("the database answers");
    let later = site
        .get("/api/v1/style/borgochiaro?adottato=1")
        .await
        .json();
    assert!(later["sources"]["adottato"].is_null(), "it is in force now");
}

#[tokio::test]
async fn a_variant_in_force_is_drawn_in_its_perimeter_and_nothing_below_it() {
    let town = town().await;
    for version in ["prima", "variante"] {
        publish(&town, version, None).await.expect("is complete");
    }
    let site = Site::of(town, false).await;
    // The tile around the middle of the perimeter.
    let (lon, lat, z) = (9.362_f64, 45.6075_f64, 16);
    let n = f64::from(1_u32 << z);
    let x = ((lon + 180.0) / 360.0 * n) as u32;
    let y = ((1.0 - lat.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * n) as u32;
    let parcels = async || {
        let version = site.version().await;
        let path = format!("/tiles/borgochiaro/{version}/catasto.particella/{z}/{x}/{y}");
        let tile = site.get(&path).await;
        assert_eq!(tile.status, 200, "{path}");
        (version, crate::mvt::layer(&tile.body, "catasto.particella"))
    };
    let (version, before) = parcels().await;
    act(
        &site.town,
        "variante",
        mappale::layer::ActKind::Publication,
        "2025-01-01",
    )
    .await;
    site.app.refresh().await.expect("the database answers");
    let (other, after) = parcels().await;
    assert_ne!(
        version, other,
        "the addresses of tiles change with what they show"
    );
    let area = |features: &[crate::mvt::Feature]| -> i64 {
        features.iter().map(crate::mvt::Feature::twice_area).sum()
    };
    // Parcels that the perimeter cuts are there twice, each time a part of them.
    assert!(
        after.len() > before.len(),
        "{} {}",
        after.len(),
        before.len()
    );
    let (before, after) = (area(&before).abs() as f64, area(&after).abs() as f64);
    assert!(before > 0.0);
    assert!((after / before - 1.0).abs() < 0.02, "{before} {after}");
}

#[tokio::test]
async fn a_layer_is_a_geopackage_and_a_zipped_shapefile() {
    let site = Site::of(zoned().await, false).await;
    let layer = "/api/v1/layers/piano.zona/features";
    let answer = site.get(&format!("{layer}.gpkg?comune=borgochiaro")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(
        answer.headers["content-disposition"],
        "attachment; filename=\"piano.zona-borgochiaro.gpkg\""
    );
    let length = answer.body.len().to_string();
    assert_eq!(answer.headers["content-length"], length.as_str());
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let packed = inspected(&site, &folder.path().join("zone.gpkg"), &answer.body).await;
    assert_eq!(packed.driver, "GPKG");
    let answer = site
        .get(&format!("{layer}.shp.zip?comune=borgochiaro"))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let zipped = inspected(&site, &folder.path().join("zone.zip"), &answer.body).await;
    assert_eq!(zipped.driver, "ESRI Shapefile");
    let csv = site.get(&format!("{layer}.csv?comune=borgochiaro")).await;
    let rows = csv.text().lines().count() - 1;
    let crs = |read: &wire::Inspection| {
        let crs = read.layers[0].crs.as_ref();
        crs.map(|crs| crs.code.clone())
    };
    assert_eq!(crs(&packed), Some(Some("EPSG:7791".to_owned())));
    // A .prj has no code: ours tells the system by its parameters.
    assert!(crs(&zipped).is_some());
    // What an archive holds is unpacked under numbers: its own names stand in its bytes.
    let inside = "piano-zona.shp".as_bytes();
    assert!(answer.body.windows(inside.len()).any(|at| at == inside));
    assert_eq!(packed.layers[0].name, "piano-zona");
    for read in [packed, zipped] {
        assert_eq!(read.layers[0].features, rows as u64);
    }
    let nothing = site.get(&format!("{layer}.gpkg?comune=altrove")).await;
    assert_eq!(nothing.status, 404);
    // Nothing is left behind.
    let outgoing = site.app.config().var.join("outgoing");
    let left = std::fs::read_dir(&outgoing).expect("is there").count();
    assert_eq!(left, 0);
}

/// What our own reader finds in a file that was downloaded.
pub(super) async fn inspected(
    site: &Site,
    path: &std::path::Path,
    bytes: &[u8],
) -> wire::Inspection {
    std::fs::write(path, bytes).expect("is ours");
    let request = ingest::InspectRequest {
        path: path.to_path_buf(),
        member: None,
        driver: None,
        crs: None,
        encoding: None,
    };
    let found = ingest::inspect(site.app.config(), request).await;
    let mut found = found.expect("can be read");
    let dataset = found.datasets.remove(0);
    dataset.inspection.expect("is a map")
}
