//! What only the office may see is seen by nobody else, whatever they ask for.

use std::path::PathBuf;

use axum::http::Method;
use mappale::layer::Definitions;

use super::session::sign_in;
use super::{Answer, Site, send};
use crate::sample::{PARCELS, SHEETS, Town, parcels_file, sheets_file};

const SURVEY: &str = "ufficio.rilievo";
const TITLE: &str = "Rilievo riservato";
const PLACE: &str = "lon=9.3619635&lat=45.6074641";
const REFERENCE: &str = "X001_000300.21";

/// A folder of definitions with ours, changed.
fn layers(town: &Town, change: impl Fn(&str, String) -> String) -> PathBuf {
    let ours = &town.db.config.layers;
    let folder = town.file("layers", "").with_file_name("definitions");
    std::fs::create_dir(&folder).expect("the folder is ours");
    // All of them: the styles draw every layer.
    for theme in std::fs::read_dir(ours).expect("is readable") {
        let theme = theme.expect("is readable").path();
        if !theme.is_dir() || theme.ends_with("presets") {
            continue;
        }
        for file in std::fs::read_dir(&theme).expect("is readable") {
            let file = file.expect("is readable").path();
            let name = file
                .file_name()
                .and_then(|name| name.to_str())
                .expect("a name");
            let text = std::fs::read_to_string(&file).expect("is there");
            if theme.ends_with("live") {
                // Read apart from the others.
                let live = folder.join("live");
                std::fs::create_dir_all(&live).expect("is ours");
                std::fs::write(live.join(name), text).expect("is ours");
                continue;
            }
            if theme.ends_with("catasto") {
                std::fs::write(folder.join(name), change(name, text)).expect("is ours");
            } else if name.ends_with(".toml") {
                let theme = theme
                    .file_name()
                    .and_then(|name| name.to_str())
                    .expect("a name");
                std::fs::write(folder.join(format!("{theme}_{name}")), text).expect("is ours");
            }
        }
    }
    folder
}

/// The town with a layer for staff beside the public ones, served with sign-in.
async fn with_survey() -> Site {
    let mut town = Town::published().await;
    let folder = layers(&town, |_, text| text);
    let parcels = std::fs::read_to_string(folder.join("particella.toml")).expect("is there");
    let survey = parcels
        .replace("id = \"catasto.particella\"", &format!("id = \"{SURVEY}\""))
        .replace("role = \"parcel\"\n", "")
        .replace("policy = \"public\"", "policy = \"staff\"")
        .replace(
            "it = \"Particelle catastali\"",
            &format!("it = \"{TITLE}\""),
        );
    std::fs::write(folder.join("rilievo.toml"), survey).expect("is ours");
    town.definitions = Definitions::load(&folder).expect("is good");
    town.db.config.layers = folder;
    let outcome = town.load(SURVEY, &[parcels_file()]).await.expect("loads");
    assert!(outcome.published);
    Site::of(town, true).await
}

/// The cookies of everybody who may not see what is for staff.
async fn outsiders(site: &Site) -> [String; 3] {
    [
        String::new(),
        sign_in(site, "citizen").await,
        format!("mappale={}", "0".repeat(64)),
    ]
}

fn mentions(answer: &Answer, word: &str) -> bool {
    answer
        .body
        .windows(word.len())
        .any(|window| window == word.as_bytes())
}

#[tokio::test]
async fn a_layer_for_staff_is_nowhere_for_others() {
    let site = with_survey().await;
    let version = site.version().await;
    for cookie in outsiders(&site).await {
        let headers = [("cookie", cookie.as_str())];
        for path in [
            "/api/v1/layers",
            &format!("/api/v1/place?{PLACE}"),
            &format!("/api/v1/parcels/{REFERENCE}"),
            "/api/v1/style/borgochiaro",
            "/api/v1/comuni",
            "/tiles/catasto.foglio,catasto.particella/tilejson.json",
            "/tiles/borgochiaro/catasto.particella/tilejson.json",
            "/",
            "/mappa",
            &format!("/mappa?sel={REFERENCE}"),
            &format!("/luogo?{PLACE}"),
            &format!("/luogo?{PLACE}&frammento=1"),
            &format!("/particella/{REFERENCE}"),
            "/cerca?q=3",
            "/nulla",
            "/api/openapi.json",
        ] {
            let answer = site.get_with(path, &headers).await;
            assert!(answer.status < 500, "{path}");
            for word in [SURVEY, TITLE] {
                assert!(
                    !mentions(&answer, word),
                    "{path} tells of {word} to {cookie}"
                );
            }
        }
        // It does not exist, in the same words as one that really does not.
        for (hidden, missing) in [
            (
                format!("/tiles/{SURVEY}/16/34472/23417"),
                "/tiles/ufficio.nulla/16/34472/23417".to_owned(),
            ),
            (
                format!("/tiles/borgochiaro/{version}/{SURVEY}/16/34472/23417"),
                format!("/tiles/borgochiaro/{version}/ufficio.nulla/16/34472/23417"),
            ),
            (
                format!("/tiles/{SURVEY}/tilejson.json"),
                "/tiles/ufficio.nulla/tilejson.json".to_owned(),
            ),
            (
                format!("/tiles/borgochiaro/catasto.foglio,{SURVEY}/tilejson.json"),
                "/tiles/borgochiaro/catasto.foglio,ufficio.nulla/tilejson.json".to_owned(),
            ),
        ] {
            let hidden = site.get_with(&hidden, &headers).await;
            let missing = site.get_with(&missing, &headers).await;
            hidden.assert_problem(404);
            let said = hidden.text().replace(SURVEY, "…");
            assert_eq!(said, missing.text().replace("ufficio.nulla", "…"));
        }
    }
}

#[tokio::test]
async fn staff_see_it_and_only_where_the_server_offers_them_to_sign_in() {
    let site = with_survey().await;
    let plain = site.beside(false).await;
    for role in ["gis_clerk", "officer"] {
        let session = sign_in(&site, role).await;
        let headers = [("cookie", session.as_str())];
        let layers = site.get_with("/api/v1/layers", &headers).await;
        assert!(mentions(&layers, SURVEY), "{role}");
        assert_eq!(layers.header("cache-control"), "private, no-cache");
        let place = format!("/api/v1/place?{PLACE}");
        let answer = site.get_with(&place, &headers).await;
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        let answer = answer.json();
        let survey = answer["layers"]
            .as_array()
            .expect("an array")
            .iter()
            .find(|layer| layer["layer"] == SURVEY);
        let survey = survey.expect("the clerk sees it");
        assert_eq!(
            (&survey["status"], &survey["keys"][0]),
            (&"hit".into(), &REFERENCE.into())
        );
        let page = site.get_with(&format!("/luogo?{PLACE}"), &headers).await;
        assert!(mentions(&page, TITLE), "{role}");

        // Addresses that caches share hold what anybody may see, whoever asks.
        let style = site.get_with("/api/v1/style/borgochiaro", &headers).await;
        assert!(!mentions(&style, SURVEY));
        let tile = format!("/tiles/{SURVEY}/16/34472/23417");
        site.get_with(&tile, &headers).await.assert_problem(404);

        // The session of a demonstration means nothing to a server without one.
        let layers = send(&plain, Method::GET, "/api/v1/layers", &headers, "").await;
        assert_eq!(layers.status, 200);
        assert!(!mentions(&layers, SURVEY), "{role}");
    }
}

#[tokio::test]
async fn parcels_for_staff_are_found_by_no_search() {
    let mut town = Town::empty().await;
    let folder = layers(&town, |name, text| match name {
        "particella.toml" => text.replace("policy = \"public\"", "policy = \"staff\""),
        _ => text,
    });
    town.definitions = Definitions::load(&folder).expect("is good");
    town.db.config.layers = folder;
    for (layer, file) in [(SHEETS, sheets_file()), (PARCELS, parcels_file())] {
        assert!(town.load(layer, &[file]).await.expect("loads").published);
    }
    let site = Site::of(town, true).await;
    for cookie in outsiders(&site).await {
        let headers = [("cookie", cookie.as_str())];
        for (path, status) in [
            (format!("/api/v1/parcels/{REFERENCE}"), 404),
            (format!("/api/v1/parcels/{REFERENCE}/geometry"), 404),
            (format!("/particella/{REFERENCE}"), 404),
            (format!("/particella/{REFERENCE}?frammento=1"), 404),
            ("/particella/X001/2/STRADA001".to_owned(), 404),
        ] {
            let answer = site.get_with(&path, &headers).await;
            assert_eq!(answer.status, status, "{path}");
        }
        for path in [
            "/",
            "/mappa",
            "/cerca",
            "/cerca?q=3",
            "/cerca?q=2%20STRADA001",
            &format!("/mappa?sel={}", "X001_000200.STRADA001"),
            &format!("/luogo?{PLACE}"),
            &format!("/api/v1/place?{PLACE}"),
        ] {
            let answer = site.get_with(path, &headers).await;
            assert_eq!(answer.status, 200, "{path}");
            for hint in ["X001_000200.S", "X001_000300.", "particella/X001", PARCELS] {
                let asked = path.contains(hint);
                assert!(asked || !mentions(&answer, hint), "{path} tells of {hint}");
            }
        }
        // Examples of searches are taken from parcels: there are none for the public.
        let home = site.get_with("/", &headers).await.text();
        assert!(!home.contains("/cerca?q="), "{home}");
    }
    let clerk = sign_in(&site, "gis_clerk").await;
    let path = format!("/api/v1/parcels/{REFERENCE}");
    let answer = site.get_with(&path, &[("cookie", &clerk)]).await;
    assert_eq!(answer.status, 200);
}
