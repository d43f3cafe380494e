//! Announcements between processes: something changed, look again.
//!
//! A module that changes something announces it inside its own transaction, so that the
//! announcement is made if and only if the change is. An announcement only wakes: whoever
//! hears it reads the state anew, and does so without any every five seconds and after
//! every reconnection, so nothing depends on one being heard.

mod listener;
mod sql;

pub use listener::{Listener, Wake};

use crate::db::{self, Tx};

/// The channel of PostgreSQL that carries every announcement.
const CHANNEL: &str = "mappale";

/// Bytes of a payload at most; PostgreSQL takes less than 8,000 with the topic.
const MAX_PAYLOAD: usize = 7_000;

/// What can go wrong when something is announced.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A payload that is too long: announce the id of what changed, not the change.
    #[error("announcement {topic}: {bytes} bytes are more than the {MAX_PAYLOAD} that fit")]
    PayloadTooLong {
        /// What it was about.
        topic: &'static str,
        /// How long its payload is.
        bytes: usize,
    },
    /// The database refused.
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// What an announcement is about: a word such as `layer.published`, declared by the module
/// that announces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Topic(&'static str);

impl Topic {
    /// A topic of that name: lower-case letters, dots and underscores.
    ///
    /// # Panics
    /// At compile time, in a constant, when the name has anything else.
    pub const fn new(name: &'static str) -> Self {
        let bytes = name.as_bytes();
        assert!(
            !bytes.is_empty() && bytes.len() <= 100,
            "topic is a short word"
        );
        let mut at = 0;
        while at < bytes.len() {
            assert!(
                matches!(bytes[at], b'a'..=b'z' | b'.' | b'_'),
                "topic has only lower-case letters, dots and underscores"
            );
            at += 1;
        }
        Self(name)
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

/// Announces, when the transaction commits, that something changed.
///
/// # Errors
/// When the payload is too long or the database refuses.
pub async fn announce(tx: &mut Tx, topic: Topic, payload: &str) -> Result<(), Error> {
    if payload.len() > MAX_PAYLOAD {
        return Err(Error::PayloadTooLong {
            topic: topic.as_str(),
            bytes: payload.len(),
        });
    }
    sqlx::query(sql::NOTIFY)
        .bind(CHANNEL)
        .bind(format!("{} {payload}", topic.as_str()))
        .execute(&mut **tx)
        .await
        .map_err(db::Error::from)?;
    Ok(())
}
