//! People: sessions, reports of wrong facts, and the fixed identities of a demonstration.

mod demonstration;
mod report;
mod session;
mod sql;

pub use demonstration::{IDENTITIES, Identity, open_demonstration};
pub use report::{
    MAX_CONTACT, MAX_REPORT, NewReport, Report, ReportError, add_report, answer_report, reports,
};
pub use session::{
    Error, Found, NewSession, SessionToken, act_under, close_session, find_session, open_session,
};

/// Every fixed statement, for the test that prepares them.
pub(crate) use sql::ALL as STATEMENTS;
