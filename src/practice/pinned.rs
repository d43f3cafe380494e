//! The procedures of open drafts and practices: each goes on with the text it started with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::PgConnection;

use crate::procedure::{Procedure, Procedures};

use super::{Error, sql};

/// Procedures made of kept texts that are held at most; they are made again when they are needed.
const HELD: usize = 256;

/// Procedures by the hash of their text, made once of what the database keeps.
#[derive(Debug, Default)]
pub struct Pinned(Mutex<HashMap<Vec<u8>, Arc<Procedure>>>);

impl Pinned {
    /// The procedure of a text: one of those offered now, or made of what was kept with the
    /// first draft.
    ///
    /// # Errors
    /// [`Error::NoText`], [`Error::Text`], [`Error::Database`].
    pub async fn get(
        &self,
        connection: &mut PgConnection,
        offered: &Procedures,
        sha256: &[u8],
    ) -> Result<Arc<Procedure>, Error> {
        if let Some(procedure) = offered.pinned(sha256) {
            return Ok(Arc::clone(procedure));
        }
        if let Some(procedure) = self.held(sha256) {
            return Ok(procedure);
        }
        let text: Option<String> = sqlx::query_scalar(sql::DEFINITION_TEXT)
            .bind(sha256)
            .fetch_optional(connection)
            .await?;
        let text = text.ok_or_else(|| Error::NoText(crate::blob::hex(sha256)))?;
        let procedure = Arc::new(Procedure::from_text(&text)?);
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= HELD {
            held.clear();
        }
        held.insert(sha256.to_vec(), Arc::clone(&procedure));
        Ok(procedure)
    }

    fn held(&self, sha256: &[u8]) -> Option<Arc<Procedure>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(sha256).cloned()
    }
}
