//! "How clear is this page?": the feedback component of the national design system, in two steps
//! that work without a script.

use std::collections::HashMap;

use axum::Form;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::person::{self, RatingError, RatingReason};

use super::super::error::Failure;
use super::super::extract::Visit;
use super::failure::{html, show};
use super::language::Return;
use super::present;
use super::view::RatingPage;

/// Kinds of pages that are rated. What somebody has of their own, and what staff work with, is none.
const RATED: [&str; 15] = [
    "/accessibilita",
    "/cerca",
    "/contatti",
    "/cosa-posso-fare",
    "/livelli",
    "/luogo",
    "/modifiche",
    "/norme",
    "/note-legali",
    "/particella",
    "/particelle",
    "/privacy",
    "/servizi",
    "/zona",
    "/zone",
];

/// The kind of page of an address; none where it is not rated.
pub(super) fn kind_of(path: &str) -> Option<&'static str> {
    let path = path.split('?').next().unwrap_or_default();
    let own = match path.strip_prefix("/c/") {
        Some(rest) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => path,
    };
    if own == "/" {
        return Some("/");
    }
    // A form is no information.
    if own.ends_with("/segnala") {
        return None;
    }
    RATED.into_iter().find(|kind| {
        own.strip_prefix(kind)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

/// What the stars send.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Stars {
    #[serde(default)]
    stelle: i16,
    /// Path and query of the page that is rated.
    #[serde(default)]
    ritorno: String,
}

/// `POST /valuta`: keeps the stars, and leads to why.
pub(super) async fn rate(visit: Visit, Form(form): Form<Stars>) -> Response {
    let page = async {
        let comune = visit
            .comune
            .as_ref()
            .ok_or_else(|| Failure::NotFound("there is nothing here".into()))?;
        let back = Return {
            ritorno: form.ritorno,
        };
        let back = back.safe();
        let kind =
            kind_of(back).ok_or_else(|| Failure::BadRequest("this page is not rated".into()))?;
        let pool = &visit.shared.app.databases().writer;
        let kept = async {
            let mut connection = pool.acquire().await?;
            person::add_rating(&mut connection, comune.id, kind, form.stelle).await
        };
        let token = kept.await?;
        let back = urlencoded(back);
        let next = format!("{}/valuta/{token}?ritorno={back}", visit.prefix);
        Ok(Redirect::to(&next).into_response())
    };
    let page = page.await;
    show(&visit, page)
}

fn urlencoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// `GET /valuta/{token}`: why, or thanks where that is said.
pub(super) async fn why(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Query(back): Query<Return>,
) -> Response {
    let token = names.get("token").map(String::as_str).unwrap_or_default();
    let page = async {
        let pool = &visit.shared.app.databases().writer;
        let read = async {
            let mut connection = pool.acquire().await?;
            person::rating(&mut connection, token).await
        };
        let (stars, done) = read.await?;
        let mut page = present::page(&visit, &visit.lang.text("rating-title"));
        page.rated = false;
        let back = back.safe().to_owned();
        html(&RatingPage {
            page,
            stars,
            done,
            action: format!(
                "{}/valuta/{token}?ritorno={}",
                visit.prefix,
                urlencoded(&back)
            ),
            back,
        })
    };
    let page = page.await;
    show(&visit, page)
}

/// What the second step sends.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Why {
    #[serde(default)]
    motivo: String,
    #[serde(default)]
    nota: String,
}

/// `POST /valuta/{token}`: keeps why.
pub(super) async fn explain(
    visit: Visit,
    Path(names): Path<HashMap<String, String>>,
    Query(back): Query<Return>,
    Form(form): Form<Why>,
) -> Response {
    let token = names.get("token").map(String::as_str).unwrap_or_default();
    let page = async {
        let pool = &visit.shared.app.databases().writer;
        let reason = RatingReason::from_word(&form.motivo);
        let kept = async {
            let mut connection = pool.acquire().await?;
            person::add_rating_detail(&mut connection, token, reason, &form.nota).await
        };
        kept.await?;
        let back = urlencoded(back.safe());
        let next = format!("{}/valuta/{token}?ritorno={back}", visit.prefix);
        Ok(Redirect::to(&next).into_response())
    };
    let page = page.await;
    show(&visit, page)
}

impl From<RatingError> for Failure {
    fn from(error: RatingError) -> Self {
        match error {
            RatingError::Stars(_) => Self::BadRequest(error.to_string()),
            RatingError::NoRating => Self::NotFound(error.to_string()),
            RatingError::TooMany => Self::Unavailable(error.to_string()),
            RatingError::Database(error) => {
                tracing::warn!(error = ?error, "a rating could not be kept");
                Self::Unavailable("the database does not answer".into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_kinds_of_public_pages_are_kept() {
        assert_eq!(kind_of("/"), Some("/"));
        assert_eq!(kind_of("/c/borgo/"), Some("/"));
        assert_eq!(
            kind_of("/c/borgo/particella/X001_000300.1?date=2026-01-01"),
            Some("/particella")
        );
        assert_eq!(
            kind_of("/particelle?sel=X001_000300.1"),
            Some("/particelle")
        );
        for none in [
            "/pratiche/0123",
            "/segui/ABCD",
            "/verifica/ABCD",
            "/gis",
            "/mappa",
            "/particella/X001_000300.1/segnala",
            "/zonata",
        ] {
            assert_eq!(kind_of(none), None, "{none}");
        }
    }
}
