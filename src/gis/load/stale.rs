//! Loads that nobody went on with end by themselves, so that their files and rows do not stay for
//! ever: without a result after 30 days, checked and never published after 90.

use std::path::Path;

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::db::in_transaction;
use crate::gis::{Doer, Error};

use super::session::{discard, folder, session};
use super::sql;

/// Who is noted in the chain as having discarded such a load.
const BY_ITSELF: &str = "Mappale";

/// Ends loads without a result that nobody went on with for 30 days, and removes their files.
///
/// # Errors
/// [`Error::Database`].
pub async fn forget_abandoned(connection: &mut PgConnection, var: &Path) -> Result<(), Error> {
    let ids: Vec<Uuid> = sqlx::query_scalar(sql::ABANDONED)
        .fetch_all(connection)
        .await?;
    for id in ids {
        // What stays is in the way of nothing.
        let _ = std::fs::remove_dir_all(folder(var, id));
    }
    Ok(())
}

/// Discards loads that were checked 90 days ago and never published, with the rows of their versions
/// and their files, each in a transaction of its own; returns how many there were.
///
/// # Errors
/// [`Error`].
pub async fn discard_unpublished(pool: &PgPool, var: &Path) -> Result<usize, Error> {
    let mut count = 0;
    loop {
        let discarded = in_transaction(pool, |tx| {
            Box::pin(async move {
                let stale: Option<(Uuid, i64)> = sqlx::query_as(sql::UNPUBLISHED)
                    .fetch_optional(&mut **tx)
                    .await?;
                let Some((id, territory_id)) = stale else {
                    return Ok::<_, Error>(None);
                };
                if let Some(session) = session(tx, id, territory_id).await? {
                    let name = BY_ITSELF.to_owned();
                    discard(tx, &session, &Doer { name, territory_id }).await?;
                }
                Ok(Some(id))
            })
        });
        let Some(id) = discarded.await? else {
            return Ok(count);
        };
        // What stays is in the way of nothing.
        let _ = std::fs::remove_dir_all(folder(var, id));
        count += 1;
    }
}
