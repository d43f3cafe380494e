//! The only map from errors to statuses (RFC 9110) and to problem documents (RFC 9457).

use std::fmt::Debug;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::cadastre::{QueryError, ReferenceError};
use crate::fact;
use crate::geo::TileError;
use crate::tile::{DrawError, MatrixError, SelectionError};

use super::headers::NO_STORE;

/// Why a request is not answered as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// 400: the request cannot be understood; the text says which part.
    BadRequest(String),
    /// 404: there is nothing here, or nothing that this viewer may see.
    NotFound(String),
    /// 410: it was here, and was replaced.
    Gone(String),
    /// 413: more was sent than is read; the text says how much may be.
    TooLarge(String),
    /// 503: what is needed does not answer just now.
    Unavailable(String),
    /// 503: more is asked for than can be answered just now.
    Overloaded,
    /// 500: a fault of ours; its cause is in the log under the id of the request.
    Internal,
}

impl Failure {
    /// The status of the answer.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Gone(_) => StatusCode::GONE,
            Self::Unavailable(_) | Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What the asker is told.
    pub(super) fn detail(&self) -> Option<&str> {
        match self {
            Self::BadRequest(text)
            | Self::NotFound(text)
            | Self::Gone(text)
            | Self::TooLarge(text)
            | Self::Unavailable(text) => Some(text),
            Self::Overloaded => Some("more is asked for than can be answered just now"),
            Self::Internal => None,
        }
    }

    /// A fault of ours: logged here, once, and not shown.
    pub(super) fn internal(error: &dyn Debug) -> Self {
        tracing::error!(error = ?error, "a request failed");
        Self::Internal
    }
}

impl From<TileError> for Failure {
    fn from(error: TileError) -> Self {
        Self::NotFound(error.to_string())
    }
}

impl From<SelectionError> for Failure {
    fn from(error: SelectionError) -> Self {
        match error {
            SelectionError::UnknownLayer(_) => Self::NotFound(error.to_string()),
            SelectionError::BadList(_) => Self::BadRequest(error.to_string()),
        }
    }
}

impl From<MatrixError> for Failure {
    fn from(error: MatrixError) -> Self {
        match error {
            MatrixError::Selection(error) => error.into(),
            MatrixError::Tile(error) => Self::internal(&error),
        }
    }
}

impl From<DrawError> for Failure {
    fn from(error: DrawError) -> Self {
        match error {
            DrawError::Overloaded => Self::Overloaded,
            // Logged where it happened.
            DrawError::Interrupted => Self::Internal,
        }
    }
}

impl From<ReferenceError> for Failure {
    fn from(error: ReferenceError) -> Self {
        Self::BadRequest(error.to_string())
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        Self::BadRequest(error.to_string())
    }
}

impl From<fact::Error> for Failure {
    fn from(error: fact::Error) -> Self {
        match error {
            fact::Error::NoPlace { .. }
            | fact::Error::NoParcels
            | fact::Error::TooManyParcels(_)
            | fact::Error::SeveralComuni(..)
            | fact::Error::BadOutline(_)
            | fact::Error::Outside => Self::BadRequest(error.to_string()),
            fact::Error::NoParcel(_) | fact::Error::NoCadastre(_) | fact::Error::NoLayer(_) => {
                Self::NotFound(error.to_string())
            }
            fact::Error::Crs(_) => Self::internal(&error),
        }
    }
}

/// A problem document.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Problem {
    /// Always `about:blank`: the status says the kind.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The status in words.
    title: &'static str,
    /// The status.
    status: u16,
    /// What is wrong, naming the part that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// As an answer of the API.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = self.status();
        let overloaded = self == Self::Overloaded;
        let problem = Problem {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: self.detail().map(str::to_owned),
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, NO_STORE);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let seconds = if overloaded { "1" } else { "5" };
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        response
    }
}
