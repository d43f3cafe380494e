//! Headers that are on every answer, and the ways in which answers may be kept.

use axum::http::{HeaderName, HeaderValue, header};

/// May be kept by everybody for ever: the URL changes with the content.
pub(super) const IMMUTABLE: HeaderValue =
    HeaderValue::from_static("public, max-age=31536000, immutable");

/// May be kept by everybody, but is asked for again each time.
pub(super) const REVALIDATE: HeaderValue = HeaderValue::from_static("public, no-cache");

/// Must not be kept by anybody.
pub(super) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Depends on who asks: only the browser itself may keep it, and asks each time.
pub(super) const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; \
style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

/// The same for a page that others may put into theirs.
pub(super) const FRAMED: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; worker-src 'self'; \
style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
form-action 'self'; base-uri 'none'; frame-ancestors *; object-src 'none'",
);

/// Headers of every answer.
pub(super) const SECURITY: [(HeaderName, HeaderValue); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(CONTENT_SECURITY_POLICY),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("geolocation=(self), camera=(), microphone=(), payment=()"),
    ),
    (
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=31536000"),
    ),
];
