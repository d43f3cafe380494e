//! What documents of the program look like, for other programs.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, header};

use crate::document::certificate_schema;

/// The JSON Schema (2020-12) of a zoning certificate's content: what is attached to the PDF and given
/// at `/verifica/{code}/certificato.json`.
#[utoipa::path(get, path = "/api/v1/schemas/certificate.json", tag = "catalogue", responses(
    (status = 200, body = Object, content_type = "application/schema+json"),
))]
pub(super) async fn certificate() -> ([(HeaderName, HeaderValue); 2], Json<serde_json::Value>) {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/schema+json"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=3600"),
        ),
    ];
    (headers, Json(certificate_schema()))
}
