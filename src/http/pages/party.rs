//! Who acts on a practice, and what went wrong when it could not be done.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::access::{Role, Viewer};
use crate::person;
use crate::practice::{self, Actor};

use super::super::error::Failure;
use super::super::extract::{Shared, Visit};
use super::super::session::session_token;

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

fn sign_in(visit: &Visit) -> Response {
    if !visit.shared.app.is_demo() {
        let failure = Failure::NotFound("nobody is signed in".into());
        return super::failure::failure_page(visit, &failure, None);
    }
    let path: String = visit
        .path
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    Redirect::to(&format!("/demo/accedi?ritorno={path}")).into_response()
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
