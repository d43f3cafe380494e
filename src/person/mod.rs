//! People: sessions, and the fixed identities of a demonstration.

mod session;
mod sql;

pub use session::{Error, SessionToken, close_session, find_session, open_session};

/// Every fixed statement, for the test that prepares them.
pub(crate) use sql::ALL as STATEMENTS;
