//! Cookies: the session's and the language's.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::access::Viewer;
use crate::app::App;
use crate::person::{self, SessionToken};

/// Cookie of the language.
pub(super) const LANGUAGE_COOKIE: &str = "lingua";

const SESSION_COOKIE: &str = "mappale";

/// Seconds that a session lasts: a working day.
pub(super) const SESSION_S: i32 = 8 * 3600;

/// A cookie's value.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

// Over https the prefix __Host- binds the cookie to this host and to secure connections.
fn session_cookie_name(app: &App) -> String {
    let prefix = if is_secure(app) { "__Host-" } else { "" };
    format!("{prefix}{SESSION_COOKIE}")
}

fn is_secure(app: &App) -> bool {
    app.config()
        .origin
        .as_deref()
        .is_some_and(|origin| origin.starts_with("https://"))
}

/// The session's token in a request.
pub(super) fn session_token(app: &App, headers: &HeaderMap) -> Option<SessionToken> {
    SessionToken::parse(cookie(headers, &session_cookie_name(app))?)
}

/// Who asks. While the database does not answer everybody is anonymous.
pub(super) async fn viewer(app: &App, headers: &HeaderMap) -> Viewer {
    found(app, headers)
        .await
        .map_or(Viewer::Anonymous, |found| found.viewer)
}

/// What the session of a request says; none when there is none.
pub(super) async fn found(app: &App, headers: &HeaderMap) -> Option<person::Found> {
    let token = session_token(app, headers)?;
    let found = async {
        let mut connection = app.databases().writer.acquire().await?;
        person::find_session(&mut connection, &token, app.is_demo()).await
    };
    found.await.unwrap_or_else(|error| {
        tracing::warn!(error = ?error, "a session could not be looked up");
        None
    })
}

/// The header that sets the session's cookie, or removes it when there is no token.
pub(super) fn set_session(app: &App, token: Option<&SessionToken>) -> Option<HeaderValue> {
    let name = session_cookie_name(app);
    let secure = if is_secure(app) { "; Secure" } else { "" };
    let (value, age) = token.map_or(("", 0), |token| (token.expose(), SESSION_S));
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}");
    let mut header = HeaderValue::from_str(&text).ok()?;
    header.set_sensitive(true);
    Some(header)
}
