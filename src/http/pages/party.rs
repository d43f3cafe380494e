//! Who acts on a practice, and what went wrong when it could not be done.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};

use sqlx::PgConnection;

use crate::access::{Role, Viewer};
use crate::person;
use crate::place::Comune;
use crate::practice::{self, Actor};
use crate::procedure::Procedure;

use super::super::error::Failure;
use super::super::extract::{Shared, Visit};
use super::super::session::session_token;
use super::failure::show;

/// The person behind a request: the same in every session; none while nobody is signed in.
pub(super) struct Person(pub(super) Option<String>);

impl FromRequestParts<Shared> for Person {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Infallible> {
        Ok(Self(of_request(state, &parts.headers).await))
    }
}

async fn of_request(shared: &Shared, headers: &HeaderMap) -> Option<String> {
    let app = &shared.app;
    let token = session_token(app, headers)?;
    let found = async {
        let mut connection = app.databases().writer.acquire().await?;
        person::find_person(&mut connection, &token, app.is_demo()).await
    };
    found.await.unwrap_or_else(|error| {
        tracing::warn!(error = ?error, "a person could not be looked up");
        None
    })
}

/// A request of somebody who is signed in; anybody else is led to sign in, and back.
pub(super) struct Own {
    /// What is asked.
    pub(super) visit: Visit,
    /// Who asks.
    pub(super) actor: Actor,
}

impl FromRequestParts<Shared> for Own {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Response> {
        let Ok(visit) = Visit::from_request_parts(parts, state).await;
        let Ok(person) = Person::from_request_parts(parts, state).await;
        let actor = actor(&visit, person)?;
        Ok(Self { visit, actor })
    }
}

impl Own {
    /// A page of somebody's own, or the page that says why there is none.
    pub(super) fn answer(&self, page: Result<Response, Failure>) -> Response {
        personal(show(&self.visit, page))
    }
}

/// What drafts and practices stand on: the procedure of the text they started with, and the
/// comune.
pub(super) async fn grounds(
    visit: &Visit,
    connection: &mut PgConnection,
    definition_sha256: &[u8],
    territory_id: i64,
) -> Result<(Arc<Procedure>, Arc<Comune>), Failure> {
    let app = &visit.shared.app;
    let offered = app.procedures();
    let pinned = app.pinned();
    let procedure = pinned.get(connection, &offered, definition_sha256).await?;
    let comune = visit
        .catalogue
        .comune(territory_id)
        .cloned()
        .ok_or_else(|| Failure::NotFound("there is no such comune".into()))?;
    Ok((procedure, comune))
}

/// The one who acts, or the way to sign in and come back.
pub(super) fn actor(visit: &Visit, person: Person) -> Result<Actor, Response> {
    let Viewer::Known { name, role, .. } = &visit.viewer else {
        return Err(sign_in(visit));
    };
    let Some(person) = person.0 else {
        return Err(sign_in(visit));
    };
    Ok(Actor {
        person,
        name: name.clone(),
        role: match role {
            Role::Officer => "officer",
            Role::Citizen | Role::GisClerk => "applicant",
        },
    })
}

/// The address of the sign-in that leads back to a path of this site.
pub(super) fn sign_in_url(back: &str) -> String {
    let path: String = back
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("/demo/accedi?ritorno={path}")
}

fn sign_in(visit: &Visit) -> Response {
    if !visit.shared.app.is_demo() {
        let failure = Failure::NotFound("nobody is signed in".into());
        return super::failure::failure_page(visit, &failure, None);
    }
    Redirect::to(&sign_in_url(&visit.path)).into_response()
}

impl From<practice::Error> for Failure {
    fn from(error: practice::Error) -> Self {
        match error {
            practice::Error::NotFound(_) => Self::NotFound("there is no such practice".into()),
            practice::Error::Conflict { .. } | practice::Error::Forbidden { .. } => {
                Self::BadRequest(error.to_string())
            }
            practice::Error::TooManyDrafts
            | practice::Error::Incomplete(_)
            | practice::Error::KeyReused(_) => Self::BadRequest(error.to_string()),
            practice::Error::ProcedureChanged(_) => Self::Gone(error.to_string()),
            practice::Error::Fact(error) => error.into(),
            practice::Error::Database(sqlx::Error::PoolTimedOut | sqlx::Error::Io(_))
            | practice::Error::Db(_) => {
                tracing::warn!(error = ?error, "a practice could not be read or written");
                Self::Unavailable("the database does not answer".into())
            }
            practice::Error::Blob(crate::blob::Error::TooLarge(_)) => {
                Self::BadRequest(error.to_string())
            }
            other => Self::internal(&other),
        }
    }
}

/// A failure of the database.
pub(super) fn unavailable(error: sqlx::Error) -> Failure {
    practice::Error::from(error).into()
}

/// Pages that show what is somebody's: kept by no cache.
pub(super) fn personal(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, super::super::headers::NO_STORE);
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        axum::http::HeaderValue::from_static("noindex"),
    );
    response
}

/// The same page with another status.
pub(super) fn with_status(mut response: Response, status: StatusCode) -> Response {
    *response.status_mut() = status;
    response
}
