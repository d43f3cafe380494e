//! Everything opened once: settings, definitions, database, the copy in memory.

mod census;
mod compared;
mod evidence;
mod live;
mod office;
mod open;
mod receipts;
mod watch;

pub use office::{
    CertificateOrder, Change, Comparison, Issued, OfficeError, PrintOrder, compare,
    issue_certificate, print_map, print_parcel,
};
pub use open::{App, Clock, Error};
pub use receipts::ReceiptError;
pub use watch::DatabaseState;

/// Every fixed SQL statement of the program, for the test that prepares them.
pub fn statements() -> Vec<&'static str> {
    [
        crate::place::STATEMENTS,
        crate::census::STATEMENTS,
        crate::crs::STATEMENTS,
        crate::layer::STATEMENTS,
        crate::layer::PLAN_STATEMENTS,
        crate::ingest::STATEMENTS,
        crate::snapshot::STATEMENTS,
        crate::fact::STATEMENTS,
        crate::person::STATEMENTS,
        crate::audit::STATEMENTS,
        crate::practice::STATEMENTS,
        crate::document::STATEMENTS,
        crate::gis::STATEMENTS,
        crate::gis::LOAD_STATEMENTS,
    ]
    .concat()
}
