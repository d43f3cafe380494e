//! Pages, API and tiles as a client sees them.

/// Who sees what: every route of the router, every role, one's own and others'.
mod access;
mod api;
mod caching;
mod census;
mod documents;
/// Whatever is altered is found; a backup is whole.
mod evidence;
mod facts;
mod gis;
mod gis_load;
mod ground;
mod imagery;
/// Live layers: who sees what, and when.
mod live;
/// Tile matrix sets and their tiles.
mod matrix;
/// What a shared cache keeps, and what it must not.
mod nginx;
mod norms;
mod outage;
mod pages;
mod pinned;
/// From the parcel to the practice and back.
mod practice;
mod receipt;
mod session;
mod site;
mod staff;
mod tiles;
/// Documents of drafts: what is refused, and what leaves nothing behind.
mod uploads;
mod walker;
/// The map of another day or of what is adopted, zones, and what card and page have in common.
mod zones;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use http_body_util::BodyExt as _;
use mappale::app::App;
use tower::ServiceExt as _;

use crate::sample::Town;

/// A published town with the program opened on it; requests go straight to its routes.
struct Site {
    town: Town,
    app: App,
    router: Router,
}

/// An answer, read to its end.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Site {
    /// The sample, served to the public.
    async fn public() -> Self {
        Self::of(Town::published().await, false).await
    }

    /// A town as it is, with or without the demonstration's sign-in.
    async fn of(town: Town, demo: bool) -> Self {
        let app = App::open(town.db.config.clone(), demo)
            .await
            .expect("the program opens");
        let router = mappale::http::router(&app);
        Self { town, app, router }
    }

    /// The routes of another server on the same database.
    async fn beside(&self, demo: bool) -> Router {
        let app = App::open(self.town.db.config.clone(), demo)
            .await
            .expect("the program opens");
        mappale::http::router(&app)
    }

    async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        send(&self.router, Method::GET, path, headers, "").await
    }

    /// A form, sent as a browser would.
    async fn post(&self, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        let headers = [&kind, headers].concat();
        send(&self.router, Method::POST, path, &headers, form).await
    }

    /// Version of the town's map, part of the addresses of its tiles.
    async fn version(&self) -> String {
        let comuni = self.get("/api/v1/comuni").await.json();
        let version = comuni["comuni"][0]["map_version"].as_str();
        version.expect("the comune has a version").to_owned()
    }
}

async fn send(
    router: &Router,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Body::from(body.to_owned()))
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    let answer = router.clone().oneshot(request).await;
    let (parts, body) = answer.expect("routes always answer").into_parts();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body
            .collect()
            .await
            .expect("the body comes")
            .to_bytes()
            .to_vec(),
    }
}

/// Status and JSON of an answer.
pub(crate) async fn get(router: &Router, path: &str) -> (u16, serde_json::Value) {
    let answer = send(router, Method::GET, path, &[], "").await;
    (answer.status, answer.json())
}

/// Status and text of a page in Italian.
pub(crate) async fn page(router: &Router, path: &str) -> (u16, String) {
    let answer = send(router, Method::GET, path, &[("accept-language", "it")], "").await;
    (answer.status, answer.text())
}

impl Answer {
    /// A header's value; empty where there is none.
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("is text")
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// Checks that it is a problem document (RFC 9457) of this status.
    fn assert_problem(&self, status: u16) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.header("cache-control"), "no-store");
        assert_eq!(self.json()["status"], status);
    }

    /// Checks that it is a page of this status.
    fn assert_page(&self, status: u16) -> String {
        assert_eq!(self.status, status, "{:?} {}", self.headers, self.text());
        assert_eq!(self.header("content-type"), "text/html; charset=utf-8");
        let text = self.text();
        assert!(text.contains("<html lang="), "{text}");
        text
    }

    /// Checks that it leads on to another address.
    fn assert_leads_to(&self, address: &str) {
        assert!((300..400).contains(&self.status), "{self:?}");
        assert_eq!(self.header("location"), address);
    }
}
