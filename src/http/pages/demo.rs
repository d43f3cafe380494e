//! The fixed identities of a demonstration; these routes exist only with `serve --demo`.

use axum::Form;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::access::Role;
use crate::person::{self, Identity};

use super::super::error::Failure;
use super::super::extract::Visit;
use super::super::session::{SESSION_S, session_token, set_session};
use super::failure::{html, show};
use super::language::Return;
use super::present;
use super::view::SignInPage;

/// The key of a role's name in words.
pub(super) fn role_key(role: Role) -> &'static str {
    match role {
        Role::Citizen => "demo-citizen-role",
        Role::GisClerk => "demo-clerk-role",
        Role::Officer => "demo-officer-role",
        Role::Administrator => "demo-administrator-role",
    }
}

/// The form with the identities.
pub(super) async fn form(visit: Visit, Query(back): Query<Return>) -> Response {
    let title = visit.lang.text("demo-title");
    let page = html(&SignInPage {
        page: present::page(&visit, &title),
        back: back.safe().to_owned(),
    });
    show(&visit, page)
}

/// The chosen identity.
#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    ruolo: String,
    #[serde(default)]
    ritorno: String,
}

/// Opens a session for a chosen identity.
pub(super) async fn sign_in(visit: Visit, Form(choice): Form<Choice>) -> Response {
    let page = open(&visit, &choice).await;
    show(&visit, page)
}

async fn open(visit: &Visit, choice: &Choice) -> Result<Response, Failure> {
    let identity = Identity::from_word(&choice.ruolo)
        .ok_or_else(|| Failure::BadRequest("there is no such identity".into()))?;
    let unavailable = |error: &dyn std::fmt::Debug| {
        tracing::warn!(error = ?error, "a session could not be opened");
        Failure::Unavailable("the database does not answer".into())
    };
    let pool = &visit.shared.app.databases().writer;
    let mut connection = pool.acquire().await.map_err(|error| unavailable(&error))?;
    let shown = SignInPage::roles()
        .into_iter()
        .find(|shown| shown.code == identity.word)
        .ok_or(Failure::Internal)?;
    let name = visit.lang.text(shown.name);
    let token = person::open_demonstration(&mut connection, identity, &name, SESSION_S)
        .await
        .map_err(|error| unavailable(&error))?;
    let back = Return {
        ritorno: choice.ritorno.clone(),
    };
    let mut response = Redirect::to(back.safe()).into_response();
    let cookie = set_session(&visit.shared.app, Some(&token));
    put_cookie(response.headers_mut(), cookie);
    Ok(response)
}

/// Closes the session.
pub(super) async fn sign_out(
    visit: Visit,
    headers: HeaderMap,
    Form(back): Form<Return>,
) -> Response {
    let app = &visit.shared.app;
    if let Some(token) = session_token(app, &headers) {
        let closed = async {
            let mut connection = app.databases().writer.acquire().await?;
            person::close_session(&mut connection, &token).await
        };
        if let Err(error) = closed.await {
            // The cookie goes away all the same; the session ends by itself.
            tracing::warn!(error = ?error, "a session could not be closed");
        }
    }
    let mut response = Redirect::to(back.safe()).into_response();
    let cookie = set_session(app, None);
    put_cookie(response.headers_mut(), cookie);
    response
}

fn put_cookie(headers: &mut HeaderMap, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
}
