//! Failures as pages: in words, with a way on.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::super::error::Failure;
use super::super::extract::Visit;
use super::super::headers::NO_STORE;
use super::present;
use super::view::{ErrorKind, ErrorPage};

/// A page, or the page that says why there is none.
pub(super) fn show(visit: &Visit, page: Result<Response, Failure>) -> Response {
    page.unwrap_or_else(|failure| failure_page(visit, &failure, None))
}

/// Renders a template; a template that fails is a fault of ours.
pub(super) fn html(template: &impl Template) -> Result<Response, Failure> {
    let text = template
        .render()
        .map_err(|error| Failure::internal(&error))?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::VARY, "cookie, accept-language"),
    ];
    Ok((headers, text).into_response())
}

/// The page of a failure; `detail` is a sentence in the language of the page.
pub(super) fn failure_page(visit: &Visit, failure: &Failure, detail: Option<String>) -> Response {
    let kind = match failure {
        Failure::BadRequest(_) | Failure::TooLarge(_) => ErrorKind::BadRequest,
        Failure::NotFound(_) => ErrorKind::NotFound,
        Failure::Gone(_) => ErrorKind::Gone,
        Failure::Unavailable(_) | Failure::Overloaded => ErrorKind::Unavailable,
        Failure::Internal => ErrorKind::Internal,
    };
    let mut page = present::page(visit, &ErrorPage::heading(visit.lang, kind));
    page.rated = false;
    let page = ErrorPage { page, kind, detail };
    let mut response = match page.render() {
        Ok(text) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(error = ?error, "the page of an error could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    };
    *response.status_mut() = failure.status();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, NO_STORE);
    response
}

/// Every address that leads nowhere.
pub(in crate::http) async fn not_found(visit: Visit) -> Response {
    failure_page(&visit, &Failure::NotFound(String::new()), None)
}
