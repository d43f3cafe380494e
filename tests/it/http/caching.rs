//! Headers that are on every answer.

use axum::http::Method;

use super::{Answer, Site, api, send};
use crate::sample::Town;

/// Pages, with a word that stands on each.
const PAGES: [(&str, &str); 9] = [
    ("/", "Borgochiaro"),
    ("/mappa", "Borgochiaro"),
    ("/mappa?sel=X001_000300.21", "X001_000300.21"),
    ("/luogo?lon=9.3619635&lat=45.6074641", "X001_000300.21"),
    (
        "/luogo?lon=9.3619635&lat=45.6074641&frammento=1",
        "X001_000300.21",
    ),
    ("/particella/X001_000300.21", "X001_000300.21"),
    ("/particella/X001_000300.21?frammento=1", "X001_000300.21"),
    ("/cerca", "Borgochiaro"),
    ("/cerca?q=3", "X001_000300.21"),
];

fn assert_headers(path: &str, answer: &Answer) {
    let caching = answer.header("cache-control");
    assert!(
        !caching.is_empty(),
        "{path} {}: no Cache-Control",
        answer.status
    );
    if answer.status >= 400 {
        assert_eq!(caching, "no-store", "{path} {}", answer.status);
    }
    // What depends on who asks is nobody else's to keep.
    if answer.headers.contains_key("set-cookie") {
        assert!(caching.contains("no-store"), "{path}: {caching}");
    }
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    assert_eq!(answer.header("x-request-id").len(), 16, "{path}");
    // A tile has no scripts, frames or links that a policy would speak of.
    let is_tile = path.contains("/tiles/") && !path.ends_with(".json");
    if is_tile {
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
    } else {
        let policy = answer.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert!(!answer.header("referrer-policy").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn every_answer_says_how_it_may_be_kept() {
    let site = Site::of(Town::published().await, true).await;
    let mut walked = 0;
    let mut paths = api::documented(&site).await;
    paths.push("/api/openapi.json".into());
    for (path, _) in PAGES {
        paths.push(path.into());
        paths.push(format!("/c/borgochiaro{path}"));
    }
    for path in [
        // Elsewhere, redirected, refused.
        "/c/altrove/",
        "/c/altrove/mappa",
        "/c/borgochiaro",
        "/lingua/en?ritorno=/mappa",
        "/lingua/xx",
        "/demo/accedi",
        "/particella/X001/3/21",
        "/particella/X001/1/1",
        "/particella/X001/x/y",
        "/particella/X001/99/1",
        "/particella/nulla",
        "/particella/X001_000300.999999",
        "/cerca?q=X001_000300.21",
        "/cerca?q=nulla",
        "/luogo",
        "/luogo?lon=a&lat=b",
        "/luogo?lon=200&lat=0",
        "/nulla",
        "/mappa/",
        "/assets/nothing.js",
        "/assets/../Cargo.toml",
        "/assets/%2e%2e/Cargo.toml",
        "/api/v1/nulla",
        "/api/v1/place",
        "/tiles/x/16/0/0",
        "/tiles/catasto.foglio/99/0/0",
        "/particella/%FF",
        "/api/v1/parcels/%FF",
        "/cerca?q=%FF",
    ] {
        paths.push(path.into());
    }
    for path in &paths {
        let answer = site.get(path).await;
        assert_ne!(answer.status, 500, "{path}");
        assert_headers(path, &answer);
        walked += 1;
        for method in [Method::HEAD, Method::OPTIONS, Method::DELETE, Method::PUT] {
            let answer = send(&site.router, method.clone(), path, &[], "").await;
            assert!(answer.status < 500, "{method} {path}");
            assert_headers(&format!("{method} {path}"), &answer);
        }
    }
    assert!(walked > 55, "{walked}");
    for (path, form) in [
        ("/demo/accedi", "ruolo=citizen&ritorno=/"),
        ("/demo/accedi", "ruolo=nobody"),
        ("/demo/accedi", ""),
        ("/demo/esci", "ritorno=/"),
        ("/mappa", ""),
        ("/nulla", ""),
    ] {
        let answer = site.post(path, &[], form).await;
        assert_headers(&format!("POST {path} {form}"), &answer);
    }
    let large = "x".repeat(1 << 20);
    let answer = site.post("/demo/accedi", &[], &large).await;
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    assert_headers("a large form", &answer);
}

#[tokio::test]
async fn pages_hold_what_they_should_and_nothing_that_the_policy_forbids() {
    let site = Site::public().await;
    for (path, word) in PAGES {
        for prefix in ["", "/c/borgochiaro"] {
            let path = format!("{prefix}{path}");
            let answer = site.get(&path).await;
            assert_eq!(answer.status, 200, "{path}");
            let text = answer.text();
            assert!(text.contains(word), "{path}: no {word}");
            for forbidden in [" style=\"", "<script>", "onclick=", "javascript:"] {
                assert!(!text.contains(forbidden), "{path}: {forbidden}");
            }
            if !path.contains("frammento") {
                answer.assert_page(200);
            }
            assert_eq!(
                answer.header("cache-control"),
                "private, no-cache",
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn built_files_are_kept_for_ever_and_only_they() {
    let site = Site::public().await;
    let manifest = site.app.config().assets.join("manifest.json");
    let Ok(text) = std::fs::read_to_string(manifest) else {
        crate::support::skip("web/ is not built");
        return;
    };
    let manifest: serde_json::Value = serde_json::from_str(&text).expect("is JSON");
    let page = site.get("/mappa").await.text();
    let mut seen = 0;
    for part in page.split("\"/assets/").skip(1) {
        let file = part.split('"').next().unwrap_or_default();
        let answer = site.get(&format!("/assets/{file}")).await;
        assert_eq!(answer.status, 200, "{file} {manifest}");
        assert!(
            answer.header("cache-control").contains("immutable"),
            "{file}"
        );
        seen += 1;
    }
    assert!(seen >= 2, "{page}");
    assert_eq!(
        site.get("/assets/nothing.js").await.header("cache-control"),
        "no-store"
    );
}
