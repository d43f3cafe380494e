//! People: sessions, reports of wrong facts, and the fixed identities of a demonstration.

mod report;
mod session;
mod sql;

pub use report::{
    MAX_CONTACT, MAX_REPORT, NewReport, Report, ReportError, add_report, answer_report, reports,
};
pub use session::{Error, SessionToken, close_session, find_person, find_session, open_session};

/// Every fixed statement, for the test that prepares them.
pub(crate) use sql::ALL as STATEMENTS;
