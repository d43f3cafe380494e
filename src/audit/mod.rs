//! The chain of events: what was added cannot be changed, taken out or put in order anew unseen.
//!
//! Each link holds a hash over its position, the link before and a salted content. The content
//! lives with its owner; when it is erased by law, the chain still verifies.

mod chain;
mod sql;

pub use chain::{Error, Flaw, Salt, add, content_hash, verify_links};

/// Every fixed statement, for the test that prepares them.
pub(crate) use sql::ALL as STATEMENTS;
