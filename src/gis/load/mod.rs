//! Guided loads: files arrive piece by piece, are recognised, mapped, checked, and published.
//!
//! The state of a load is a row of the database and its files a folder below `var/uploads`: who
//! goes away and comes back finds everything. Steps that take long run as tasks of the server,
//! which give a sign every second; one that died is told and can be begun again.

mod files;
mod session;
mod sql;
mod stale;
mod suggest;
mod work;

pub use files::{Chunk, UploadError, begin, receive_whole, start_chunk};
pub use session::{
    LoadFile, Reading, Session, SessionState, StoredMapping, discard, keep_choice, keep_mapping,
    open_sessions, session, set_published,
};
pub use stale::{discard_unpublished, forget_abandoned};
pub use suggest::{fits_definition, suggest};
pub use work::{start_load, start_recognition};

pub(crate) use sql::ALL as STATEMENTS;
