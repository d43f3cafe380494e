//! Who acts on a practice, and what went wrong when it could not be done.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};

use sqlx::PgConnection;

use crate::access::{Role, Viewer};
use crate::db::Tx;
use crate::place::Comune;
use crate::practice::{self, Actor};
use crate::procedure::Procedure;

use super::super::error::Failure;
use super::super::extract::{Shared, Visit};
use super::failure::show;

/// What is left of a time when the person was looked up apart from the viewer.
pub(super) struct Person;

impl FromRequestParts<Shared> for Person {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &Shared) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

/// A transaction that shows what the visitor may see of practices, and nothing else.
pub(super) async fn reading(visit: &Visit) -> Result<Tx, Failure> {
    Tx::for_viewer(&visit.shared.app.databases().writer, &visit.viewer)
        .await
        .map_err(|error| practice::Error::from(error).into())
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
pub(super) fn actor(visit: &Visit, _: Person) -> Result<Actor, Response> {
    let (Viewer::Known { name, acting, .. }, Some(person), Some(role)) =
        (&visit.viewer, visit.viewer.person(), visit.viewer.role())
    else {
        return Err(sign_in(visit));
    };
    Ok(Actor {
        person: person.to_owned(),
        // Whose name stands under what is done: the one who did it, and for whom.
        name: match acting {
            Some(acting) => format!("{name} ({})", acting.name),
            None => name.clone(),
        },
        role: match (role, acting) {
            (Role::Officer, None) => "officer",
            (_, Some(_)) => "delegate",
            _ => "applicant",
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
