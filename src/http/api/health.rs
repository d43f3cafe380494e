//! Whether the program lives, and whether all of it works.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::DatabaseState;

use super::super::extract::Shared;
use super::super::headers::NO_STORE;

/// The program lives.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// Always `ok`.
    status: &'static str,
}

/// What works.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Readiness {
    /// True when everything works.
    ready: bool,
    /// `up`, or `down`: then tiles and facts go on from memory, and nothing can be written.
    database: &'static str,
    /// Parts of layers in memory.
    parts: usize,
}

/// Whether the program lives.
#[utoipa::path(get, path = "/health", tag = "service", responses((status = 200, body = Health)))]
pub(super) async fn health() -> Response {
    let headers = [(header::CACHE_CONTROL, NO_STORE)];
    (headers, Json(Health { status: "ok" })).into_response()
}

/// Whether everything works; 503 when something does not.
#[utoipa::path(get, path = "/ready", tag = "service", responses(
    (status = 200, body = Readiness),
    (status = 503, body = Readiness),
))]
pub(super) async fn ready(State(shared): State<Shared>) -> Response {
    let up = shared.app.database_state() == DatabaseState::Up;
    let catalogue = shared.app.catalogue();
    let answer = Readiness {
        ready: up,
        database: if up { "up" } else { "down" },
        parts: catalogue.layers().iter().map(|l| l.parts.len()).sum(),
    };
    let status = if up {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, [(header::CACHE_CONTROL, NO_STORE)], Json(answer)).into_response()
}
