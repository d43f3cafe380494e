//! The switch of languages.

use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::text::Lang;

use super::super::session::LANGUAGE_COOKIE;

/// Where to go on.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Return {
    /// Path and query of this site.
    #[serde(default)]
    pub(super) ritorno: String,
}

impl Return {
    /// The address, when it is one of this site; else the home page.
    pub(super) fn safe(&self) -> &str {
        let path = self.ritorno.as_str();
        let own = path.starts_with('/')
            && !path.starts_with("//")
            // Browsers take tabs and line ends out of an address: `/<tab>/host` is another site.
            && !path.contains(|c: char| c == '\\' || c.is_control())
            && path.len() <= 2000;
        if own { path } else { "/" }
    }
}

/// `/lingua/{it|en}?ritorno=`: keeps the choice in a cookie for a year.
pub(super) async fn language(Path(code): Path<String>, Query(back): Query<Return>) -> Response {
    let lang = Lang::from_code(&code).unwrap_or_default();
    let cookie = format!(
        "{LANGUAGE_COOKIE}={}; Path=/; SameSite=Lax; Max-Age=31536000",
        lang.code()
    );
    // A language in the address would win over the cookie that was just chosen.
    let target = without_language(back.safe());
    (
        [
            (header::SET_COOKIE, cookie),
            (header::CACHE_CONTROL, "no-store".to_owned()),
        ],
        Redirect::to(&target),
    )
        .into_response()
}

fn without_language(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else {
        return path.to_owned();
    };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.starts_with("lang="))
        .collect();
    if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", kept.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_site_are_returned_to() {
        let safe = |text: &str| {
            Return {
                ritorno: text.into(),
            }
            .safe()
            .to_owned()
        };
        assert_eq!(safe("/mappa?sel=X001_000100.1"), "/mappa?sel=X001_000100.1");
        for bad in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil",
            "/a\r\nb",
        ] {
            assert_eq!(safe(bad), "/", "{bad}");
        }
    }

    #[test]
    fn the_language_of_an_address_is_taken_out() {
        assert_eq!(without_language("/mappa?lang=en&c=1,2,3"), "/mappa?c=1,2,3");
        assert_eq!(without_language("/mappa?lang=en"), "/mappa");
        assert_eq!(without_language("/mappa"), "/mappa");
    }
}
