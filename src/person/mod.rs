//! People: sessions, reports of wrong facts, ratings of pages, and the fixed identities of a demonstration.

mod demonstration;
mod rating;
mod report;
mod session;
mod sql;

pub use demonstration::{IDENTITIES, Identity, open_demonstration};
pub use rating::{
    MAX_RATING_NOTE, RatedPage, RatingError, RatingNote, RatingReason, add_rating,
    add_rating_detail, rating, ratings,
};
pub use report::{
    MAX_CONTACT, MAX_REPORT, NewReport, Report, ReportAnswer, ReportError, ReportState, add_report,
    answer_report, report, report_counts, reports,
};
pub use session::{
    Error, Found, NewSession, SessionToken, act_under, close_session, find_session, open_session,
};

/// Every fixed statement, for the test that prepares them.
pub(crate) use sql::ALL as STATEMENTS;
