//! The chain of events: what was added cannot be changed, taken out or put in order anew unseen.
//!
//! Each link holds a hash over its position, the link before and a salted content. The content
//! lives with its owner; when it is erased by law, the chain still verifies.

mod chain;
mod journal;
mod root;
mod sql;
mod verify;

pub use chain::{Error, Flaw, Salt, add, content_hash, end, link};
pub use journal::{Access, Looker, accesses, note_access};
pub use root::{Root, today, verify_roots, write_root};
pub use verify::{is_content, verified_sha256, verify_links};

/// Every fixed statement, for the test that prepares them.
pub(crate) use sql::ALL as STATEMENTS;
