//! Statements of announcements.

/// Announces a text on a channel at commit.
pub(super) const NOTIFY: &str = "select pg_notify($1, $2)";
