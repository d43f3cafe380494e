//! What handlers are given: who asks, in which language, about which comune.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Path, Query, RawQuery};
use axum::http::header;
use axum::http::request::Parts;
use tower_http::request_id::RequestId;

use crate::access::Viewer;
use crate::app::App;
use crate::place::Comune;
use crate::snapshot::Catalogue;
use crate::text::Lang;

use super::session::{LANGUAGE_COOKIE, cookie, viewer};
use super::times::Times;

/// Who asks, by the session of the request.
pub(super) struct AskedBy(pub(super) Viewer);

impl FromRequestParts<Shared> for AskedBy {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Infallible> {
        Ok(Self(viewer(&state.app, &parts.headers).await))
    }
}

/// What every handler shares; cheap to clone.
#[derive(Clone)]
pub(super) struct Shared {
    /// The opened program.
    pub(super) app: App,
    /// Built files of the pages.
    pub(super) assets: Arc<super::pages::view::Assets>,
}

/// The language of a request: `?lang=`, else the cookie, else what the browser prefers.
pub(super) fn language(parts: &Parts) -> Lang {
    let asked = Query::<HashMap<String, String>>::try_from_uri(&parts.uri)
        .ok()
        .and_then(|query| query.get("lang").and_then(|code| Lang::from_code(code)));
    let kept = || cookie(&parts.headers, LANGUAGE_COOKIE).and_then(Lang::from_code);
    let preferred = || {
        parts
            .headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .map_or(Lang::It, Lang::from_accept_language)
    };
    asked.or_else(kept).unwrap_or_else(preferred)
}

/// Everything that a page needs to know of its request.
pub(super) struct Visit {
    /// What handlers share.
    pub(super) shared: Shared,
    /// The map in memory, for the whole of this request.
    pub(super) catalogue: Arc<Catalogue>,
    /// Who asks.
    pub(super) viewer: Viewer,
    /// Language of the page.
    pub(super) lang: Lang,
    /// The comune that the address names, or the only one; none when there are several or none.
    pub(super) comune: Option<Arc<Comune>>,
    /// True when the address names a comune that does not exist.
    pub(super) unknown_comune: bool,
    /// True when the host of the request is this comune's own.
    pub(super) own_host: bool,
    /// What addresses of this comune begin with: empty or `/c/{slug}`.
    pub(super) prefix: String,
    /// Path and query of the request.
    pub(super) path: String,
    /// Scheme and host under which the server is reached.
    pub(super) origin: String,
    /// The times that the address asks for, where the page looks at them.
    pub(super) times: Option<Times>,
    /// Number of the request, as in the log.
    pub(super) request_id: String,
}

impl FromRequestParts<Shared> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Infallible> {
        let catalogue = state.app.catalogue();
        let named =
            <Path<HashMap<String, String>> as OptionalFromRequestParts<Shared>>::from_request_parts(
                parts, state,
            )
            .await
            .ok()
            .flatten();
        let slug = named.and_then(|Path(mut names)| names.remove("slug"));
        let of_host = comune_of_host(state, &catalogue, parts).cloned();
        let own_host = slug.is_none() && of_host.is_some();
        let comune = match &slug {
            Some(slug) => catalogue.comune_by_slug(slug).cloned(),
            None => of_host.or_else(|| match catalogue.comuni() {
                [only] => Some(Arc::clone(only)),
                _ => None,
            }),
        };
        Ok(Self {
            shared: state.clone(),
            viewer: viewer(&state.app, &parts.headers).await,
            lang: language(parts),
            unknown_comune: slug.is_some() && comune.is_none(),
            prefix: match (&slug, &comune) {
                (Some(_), Some(comune)) => format!("/c/{}", comune.slug),
                _ => String::new(),
            },
            comune,
            own_host,
            catalogue,
            path: path_and_query(parts).await,
            origin: match (own_host, host(parts)) {
                (true, Some(host)) => own_origin(&state.app, host),
                _ => origin(&state.app, parts),
            },
            times: None,
            request_id: request_id(parts),
        })
    }
}

// The path as the browser knows it: inside a nested router the prefix is cut off.
async fn path_and_query(parts: &mut Parts) -> String {
    let path = parts
        .extensions
        .get::<axum::extract::OriginalUri>()
        .map_or_else(
            || parts.uri.path().to_owned(),
            |uri| uri.0.path().to_owned(),
        );
    let Ok(RawQuery(query)) = RawQuery::from_request_parts(parts, &()).await;
    match query {
        Some(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path,
    }
}

/// The comune whose own host the request names.
fn comune_of_host<'a>(
    state: &Shared,
    catalogue: &'a Catalogue,
    parts: &Parts,
) -> Option<&'a Arc<Comune>> {
    let slug = state.app.dressings().slug_of_host(host(parts)?)?;
    catalogue.comune_by_slug(slug)
}

/// The host that a request names, where it is one.
fn host(parts: &Parts) -> Option<&str> {
    parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| parts.uri.authority().map(|authority| authority.as_str()))
        .filter(|host| {
            host.chars()
                .all(|c| c.is_ascii_alphanumeric() || ".:-[]".contains(c))
        })
}

/// Scheme and host of a comune that has its own.
fn own_origin(app: &App, host: &str) -> String {
    let configured = app.config().origin.as_deref();
    let secure = configured.is_some_and(|origin| origin.starts_with("https:"));
    format!("{}://{host}", if secure { "https" } else { "http" })
}

/// Scheme and host of the server: as configured, else as the request names it.
pub(super) fn origin(app: &App, parts: &Parts) -> String {
    if let Some(origin) = &app.config().origin {
        return origin.clone();
    }
    match host(parts) {
        Some(host) => format!("http://{host}"),
        None => format!("http://{}", app.config().listen),
    }
}

/// The number of a request, set for every one by the router.
pub(super) fn request_id(parts: &Parts) -> String {
    parts
        .extensions
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .unwrap_or_default()
        .to_owned()
}
