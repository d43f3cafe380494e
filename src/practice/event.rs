//! Events: what happened, in order, each a link of the chain.

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row as _};
use uuid::Uuid;

use crate::audit;
use crate::procedure::Regime;

use super::draft::{now, stored};
use super::state::{Step, fold, next};
use super::{Error, sql};

/// Who does something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The same in every session.
    pub person: String,
    /// Name to show.
    pub name: String,
    /// Role in which it is done: `applicant` or `officer`.
    pub role: &'static str,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// Counts from 1.
    pub seq: i32,
    /// What.
    pub step: Step,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// Name of who did it.
    pub actor_name: String,
    /// Role of who did it.
    pub actor_role: String,
    /// What belongs to it.
    pub data: Json,
}

struct EventRow {
    seq: i32,
    kind: String,
    at: jiff_sqlx::Timestamp,
    actor: String,
    actor_name: String,
    actor_role: String,
    content: String,
}

impl FromRow<'_, PgRow> for EventRow {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            seq: row.try_get("seq")?,
            kind: row.try_get("kind")?,
            at: row.try_get("at")?,
            actor: row.try_get("actor")?,
            actor_name: row.try_get("actor_name")?,
            actor_role: row.try_get("actor_role")?,
            content: row.try_get("content")?,
        })
    }
}

/// The events of a practice, in order.
///
/// # Errors
/// [`Error::Database`].
pub async fn events(connection: &mut PgConnection, practice: Uuid) -> Result<Vec<Event>, Error> {
    let rows: Vec<EventRow> = sqlx::query_as(sql::EVENTS)
        .bind(practice)
        .fetch_all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let content: Json = serde_json::from_str(&row.content).unwrap_or(Json::Null);
            Some(Event {
                seq: row.seq,
                step: Step::from_word(&row.kind)?,
                at: row.at.to_jiff(),
                actor: row.actor,
                actor_name: row.actor_name,
                actor_role: row.actor_role,
                data: content["data"].clone(),
            })
        })
        .collect())
}

/// Adds an event and its link.
pub(super) async fn add(
    connection: &mut PgConnection,
    practice: Uuid,
    seq: i32,
    step: Step,
    at: Timestamp,
    actor: &Actor,
    data: &Json,
) -> Result<(), Error> {
    let content = json!({
        "practice": practice,
        "seq": seq,
        "kind": step.as_str(),
        "at": at.to_string(),
        "actor": actor.person,
        "name": actor.name,
        "role": actor.role,
        "data": data,
    })
    .to_string();
    let (link, salt) = audit::add(connection, content.as_bytes()).await?;
    sqlx::query(sql::ADD_EVENT)
        .bind(practice)
        .bind(seq)
        .bind(step.as_str())
        .bind(stored(at))
        .bind(&actor.person)
        .bind(&actor.name)
        .bind(actor.role)
        .bind(content)
        .bind(salt.as_slice())
        .bind(link)
        .execute(connection)
        .await?;
    Ok(())
}

/// Does something to a practice that the actor has seen at `seen`, the number of its events.
///
/// # Errors
/// [`Error::Conflict`] when something happened in the meantime, [`Error::Forbidden`].
pub async fn act(
    connection: &mut PgConnection,
    practice: Uuid,
    regime: Regime,
    seen: i32,
    step: Step,
    actor: &Actor,
    data: &Json,
) -> Result<(), Error> {
    let before = events(connection, practice).await?;
    let last: i32 = sqlx::query_scalar(sql::LAST_SEQ)
        .bind(practice)
        .fetch_one(&mut *connection)
        .await?;
    let conflict = |now| Error::Conflict {
        id: practice,
        seen,
        now,
    };
    if last != seen {
        return Err(conflict(last));
    }
    let state = fold(before.iter().map(|event| event.step), regime);
    next(state, step, regime).map_err(|reason| Error::Forbidden {
        id: practice,
        reason,
    })?;
    let at = now(connection).await?;
    let added = add(connection, practice, last + 1, step, at, actor, data).await;
    match added {
        // Two at once: the number of the event decides who was first.
        Err(Error::Database(sqlx::Error::Database(error))) if error.is_unique_violation() => {
            Err(conflict(last + 1))
        }
        other => other,
    }
}
