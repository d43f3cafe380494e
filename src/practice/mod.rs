//! Practices: from a draft to what the office decides, every step an event that is only added.
//!
//! A draft is its writer's and may change; a practice never does. What is current (state, clocks,
//! who has it) is derived from events, which are hash-chained ([`crate::audit`]). A submission is
//! one transaction: key, practice, register number, first event.

mod draft;
mod erase;
mod event;
mod facts;
mod file;
mod on_map;
mod outbox;
mod pinned;
mod place;
mod record;
mod sql;
mod state;
mod submit;
mod verify;

use uuid::Uuid;

pub use draft::{Draft, MAX_DRAFTS, drafts, drop_expired, find_draft, open_draft, save_draft};
pub use erase::{Erasure, Kept, erase, may_go};
pub use event::{Actor, Event, act, events};
pub use facts::{selection, standing};
pub use file::{
    FiledDocument, draft_files, drop_file, files, media_of, needed_blobs, put_file, room_for,
};
pub use on_map::{ON_MAP, complete_on_map, procedures_on_map};
pub use outbox::{
    Due, OUTBOX, Receipt, end_due, find_by_code, follow_code, for_system, keep_receipt, put_off,
    receipt, take_due,
};
pub use pinned::Pinned;
pub use place::{DrawnArea, Occupied, conflicts, drawn_areas, is_outside};
pub use record::{ClockView, Practice, clock_of, find, of_office, of_person, parcels};
pub use state::{Forbidden, State, Step, fold, next};
pub use submit::{Submission, submit};
pub use verify::{verify_blobs, verify_contents};

/// Every fixed statement, for the test that prepares them.
pub(crate) use sql::ALL as STATEMENTS;

/// What can go wrong with practices.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such draft or practice for this person.
    #[error("there is no practice {0}")]
    NotFound(Uuid),
    /// Somebody saved or acted in the meantime.
    #[error("practice {id} is at {now}, not at {seen}")]
    Conflict {
        /// The draft or practice.
        id: Uuid,
        /// What the asker had seen.
        seen: i32,
        /// What it is at.
        now: i32,
    },
    /// The key of another submission.
    #[error("submission key {0} was used for something else")]
    KeyReused(Uuid),
    /// Documents in drafts of one person are too large together.
    #[error("more than {0} bytes of documents in the drafts of one person")]
    Quota(u64),
    /// Too many drafts.
    #[error("more than {MAX_DRAFTS} drafts of one person")]
    TooManyDrafts,
    /// Answers or documents are missing or wrong.
    #[error("draft {0} is not complete")]
    Incomplete(Uuid),
    /// The procedure it began with is not offered any more.
    #[error("procedure {0} has changed")]
    ProcedureChanged(String),
    /// The operating system gives no random bytes.
    #[error("no random bytes for the code of a practice")]
    Random,
    /// The text it began with was never kept.
    #[error("there is no text {0} of a procedure")]
    NoText(String),
    /// The text it began with cannot be read.
    #[error(transparent)]
    Text(#[from] crate::procedure::TextError),
    /// What is to be done cannot be done now.
    #[error("practice {id}: {reason}")]
    Forbidden {
        /// The practice.
        id: Uuid,
        /// Why.
        reason: Forbidden,
    },
    /// Its personal data are not to be erased yet.
    #[error("practice {id}: {reason}")]
    Kept {
        /// The practice.
        id: Uuid,
        /// Why.
        reason: Kept,
    },
    /// A rule of the procedure fails.
    #[error(transparent)]
    Rule(#[from] crate::rule::Error),
    /// The map does not answer.
    #[error(transparent)]
    Fact(#[from] crate::fact::Error),
    /// The chain of events.
    #[error(transparent)]
    Audit(#[from] crate::audit::Error),
    /// Stored bytes.
    #[error(transparent)]
    Blob(#[from] crate::blob::Error),
    /// Nobody could be told.
    #[error(transparent)]
    Job(#[from] crate::job::Error),
    /// The legal day is not known.
    #[error("the day of legal time")]
    Day(#[from] jiff::Error),
    /// The database failed.
    #[error("practices in the database")]
    Database(#[from] sqlx::Error),
    /// The database cannot be used.
    #[error(transparent)]
    Db(#[from] crate::db::Error),
}
