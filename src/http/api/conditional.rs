//! Conditional requests (RFC 9110, section 13).

use axum::http::{HeaderMap, header};

/// True when `If-None-Match` names the entity tag: the answer is 304.
pub(super) fn matches_entity_tag(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|item| item == "*" || item.strip_prefix("W/").unwrap_or(item) == tag)
}
