//! Every URL on one screen, and what stands around all of them.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::csrf::CsrfLayer;
use tower_http::request_id::{
    MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::{RequestBodyDeadlineLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

use super::error::Failure;
use super::extract::Shared;
use super::headers::{IMMUTABLE, NO_STORE, SECURITY};
use super::{api, assets, pages};

/// Header of a request's number.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Bytes of a request body; uploads will have their own way in.
const BODY_LIMIT: usize = 64 * 1024;

/// Time for a request's body to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(30);

/// Time for an answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// Time for a map of staff or a document of an applicant to arrive.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(4 * 3600);

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Mappale",
        description = "The map of a municipality: what is true at a place, and vector tiles. Coordinates are longitude, latitude in WGS84 degrees; areas are square metres, measured in the storage CRS. Pages for people are not listed here."
    ),
    tags(
        (name = "facts", description = "What is true at a place and of a parcel, with the versions that say so"),
        (name = "catalogue", description = "What there is"),
        (name = "tiles", description = "Vector tiles and what maps need to show them"),
        (name = "service", description = "Whether the program works"),
    )
)]
struct Documentation;

fn documented() -> OpenApiRouter<Shared> {
    OpenApiRouter::with_openapi(Documentation::openapi()).merge(api::routes())
}

/// The documentation of the API (OpenAPI).
pub fn openapi() -> OpenApi {
    documented().merge(api::tile_routes()).split_for_parts().1
}

/// All routes of the program.
pub fn router(app: &App) -> Router {
    let shared = Shared {
        app: app.clone(),
        assets: Arc::new(assets::read_manifest(&app.config().assets)),
    };
    let (api, _) = documented().split_for_parts();
    let documentation = openapi();
    let (tiles, _) = api::tile_routes().split_for_parts();
    let tiles = around_tiles(tiles.with_state(shared.clone()));
    let api = api
        .route(
            "/api/openapi.json",
            get(move || std::future::ready(Json(documentation.clone()))),
        )
        .layer(SetResponseHeaderLayer::if_not_present(
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            HeaderValue::from_static("*"),
        ));
    let built = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            // Names change with the content; a name that is not there may come with the next build.
            |response: &Response<_>| response.status().is_success().then_some(IMMUTABLE),
        ))
        .service(
            ServeDir::new(&app.config().assets)
                .precompressed_br()
                .precompressed_gzip(),
        );
    let router = Router::new()
        .merge(api)
        .merge(api::staff_routes())
        .merge(pages::routes(app.is_demo()))
        .route("/ortofoto/{z}/{x}/{y}", get(api::picture))
        .nest_service("/assets", built)
        .fallback(pages::not_found)
        .with_state(shared.clone());
    let router = router.layer(middleware::from_fn_with_state(
        app.clone(),
        may_have_written,
    ));
    // Maps of staff are large, and lines of applicants slow: a file may take hours to arrive, but never
    // stands in memory.
    let uploads = Router::new()
        .merge(pages::upload_routes())
        .merge(pages::document_routes())
        .merge(api::upload_routes())
        .with_state(shared)
        .layer(DefaultBodyLimit::disable())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            UPLOAD_TIMEOUT,
        ));
    around(limited(router).merge(uploads)).merge(tiles)
}

/// Live layers are looked at again after a request that may have changed what they show.
async fn may_have_written(
    State(app): State<App>,
    request: axum::extract::Request,
    next: Next,
) -> Response {
    let writes = !request.method().is_safe();
    let answer = next.run(request).await;
    if writes {
        app.touch_live();
    }
    answer
}

/// Limits of every request but an upload.
fn limited(router: Router) -> Router {
    router.layer(
        ServiceBuilder::new()
            .layer(TimeoutLayer::with_status_code(
                StatusCode::SERVICE_UNAVAILABLE,
                ANSWER_TIMEOUT,
            ))
            .layer(RequestBodyDeadlineLayer::new(BODY_DEADLINE))
            .layer(DefaultBodyLimit::max(BODY_LIMIT)),
    )
}

/// Numbers, logs, limits and headers of every request, from the outside to the inside.
fn around(router: Router) -> Router {
    let compressible = DefaultPredicate::new().and(NotForContentType::const_new(
        "application/vnd.mapbox-vector-tile",
    ));
    // One stack, so that a request passes through one box and not through one for each layer.
    let stack = ServiceBuilder::new()
        .map_request(forget_request_id)
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewRequestId::default()))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_response(log_answer),
        )
        .map_response(with_headers)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(
            CompressionLayer::new()
                .gzip(true)
                .compress_when(compressible),
        )
        .layer(CsrfLayer::new());
    router.layer(stack)
}

/// What stands around tiles: numbers, logs, time. They have no body to read, no session, nothing
/// to compress once more, and no page whose scripts or frames a policy would speak of.
fn around_tiles(router: Router) -> Router {
    let stack = ServiceBuilder::new()
        .map_request(forget_request_id)
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewRequestId::default()))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_response(log_answer),
        )
        .map_response(with_tile_headers)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            ANSWER_TIMEOUT,
        ));
    router.layer(stack)
}

/// Headers of tiles: maps of others may show them, and nothing takes them for something else.
fn with_tile_headers<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

/// Headers that an answer has unless its handler said otherwise.
fn with_headers<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    // Redirects, refused methods and the like: what says nothing is kept by nobody.
    headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    for (name, value) in SECURITY {
        headers.entry(name).or_insert(value);
    }
    response
}

/// Numbers for requests: a keyed hash of a count, so that they tell nothing and cost no question
/// to the system.
#[derive(Clone, Default)]
struct NewRequestId {
    key: RandomState,
    count: Arc<AtomicU64>,
}

impl MakeRequestId for NewRequestId {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let text = format!("{:016x}", self.key.hash_one(count));
        HeaderValue::from_str(&text).ok().map(RequestId::new)
    }
}

// A number that the client brings would let it write into the log.
fn forget_request_id<B>(mut request: Request<B>) -> Request<B> {
    request.headers_mut().remove("x-request-id");
    request
}

// The path, but no query: what people search for is nobody's business.
fn span<B>(request: &Request<B>) -> tracing::Span {
    let id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .unwrap_or_default();
    tracing::info_span!(
        "request",
        id,
        method = %request.method(),
        path = request.uri().path(),
    )
}

fn log_answer<B>(response: &Response<B>, latency: Duration, _: &tracing::Span) {
    tracing::info!(
        status = response.status().as_u16(),
        duration_us = latency.as_micros() as u64,
        "answered"
    );
}

fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let cause = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(cause, "a handler panicked");
    Failure::Internal.into_response()
}
