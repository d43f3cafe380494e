//! The work of the GIS staff: acts in the chain, guided loads, comparisons that can be looked at.
//!
//! Everything that changes what the map says is done through this module when a person does it on
//! a page: the change and its act, a link of the chain, are one transaction.

mod act;
mod error;
mod load;
mod overview;
mod picture;
mod publication;
mod sql;

pub use act::{NewStaffAct, StaffAct, record_act, staff_acts, verify_acts};
pub use error::Error;
pub use load::{
    Chunk, LoadFile, Reading, Session, SessionState, StoredMapping, UploadError, begin, discard,
    discard_unpublished, fits_definition, forget_abandoned, keep_choice, keep_mapping,
    open_sessions, receive_whole, session, set_published, start_chunk, start_load,
    start_recognition, suggest,
};
pub use overview::{PartOverview, PartState, overview};
pub use picture::{Picture, Shape, ShapeKind, difference_picture, extent_picture, part_picture};
pub use publication::{Doer, add_to_plan, cancel, publish, withdraw};

/// Every fixed statement, for the test that prepares them.
pub(crate) use load::STATEMENTS as LOAD_STATEMENTS;
pub(crate) use sql::ALL as STATEMENTS;
