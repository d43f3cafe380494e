//! Why the staff's work was not done.

use crate::{audit, db, ingest, layer};

/// Why something that the staff wanted was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The chain of events.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// Publishing or withdrawing was refused.
    #[error(transparent)]
    Publish(#[from] layer::PublishError),
    /// A plan refused a part.
    #[error(transparent)]
    Plan(#[from] layer::PlanError),
    /// A load failed.
    #[error(transparent)]
    Load(#[from] ingest::Error),
    /// A reason is due and was not given.
    #[error("a reason is due")]
    NoReason,
    /// A reason is longer than what is kept.
    #[error("a reason of more than {0} letters is not kept")]
    LongReason(usize),
    /// The transaction failed.
    #[error(transparent)]
    Transaction(#[from] db::Error),
    /// The database failed.
    #[error("the work of the staff in the database")]
    Database(#[from] sqlx::Error),
}
