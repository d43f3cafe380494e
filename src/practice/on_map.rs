//! Practices on the map: the live layer `pratica.luogo` over the view `practice.on_map`.
//!
//! A feature carries `practice`, the random number of the practice, only for those who may see
//! it: the page `{prefix}/pratiche/{practice}` is what a click leads to. What anybody sees of a
//! practice, where its procedure is shown on the map at all, has no such value and nothing that
//! leads to a person: state, phase, short code of the procedure and year of the register.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use sqlx::PgConnection;

use crate::procedure::{Procedure, Procedures};
use crate::snapshot::RawLive;

use super::state::{State, Step, fold};
use super::{Error, Pinned, sql};

/// The view of practices on the map.
pub const ON_MAP: &str = r#""practice"."on_map""#;

/// The procedures of all practices and drafts, by the hexadecimal digest of their texts.
///
/// A text that cannot be read any more is left out: its practices are shown without a state.
///
/// # Errors
/// [`Error::Database`].
pub async fn procedures_on_map(
    connection: &mut PgConnection,
    pinned: &Pinned,
    offered: &Procedures,
) -> Result<HashMap<String, Arc<Procedure>>, Error> {
    let texts: Vec<Vec<u8>> = sqlx::query_scalar(sql::DEFINITIONS)
        .fetch_all(&mut *connection)
        .await?;
    let mut found = HashMap::new();
    for sha256 in texts {
        match pinned.get(connection, offered, &sha256).await {
            Ok(procedure) => {
                found.insert(crate::blob::hex(&sha256), procedure);
            }
            Err(error @ Error::Database(_)) => return Err(error),
            Err(error) => tracing::debug!(%error, "practices are shown without a state"),
        }
    }
    Ok(found)
}

/// Completes a row of the view: its state from its steps, and whether anybody may see it, which
/// the text of the procedure with which the practice started says.
pub fn complete_on_map(row: &mut RawLive, procedures: &HashMap<String, Arc<Procedure>>) {
    let definition = row.attributes.remove("definition");
    let procedure = definition
        .as_ref()
        .and_then(Json::as_str)
        .and_then(|sha256| procedures.get(sha256));
    let steps = row.attributes.remove("steps");
    let state = procedure.and_then(|procedure| state(procedure, steps.as_ref()));
    if let Some(state) = state {
        row.attributes.insert("state".into(), json!(state));
        row.attributes.insert("phase".into(), phase(state).into());
    }
    row.policy.public = procedure.is_some_and(|procedure| procedure.definition.public_on_map);
}

fn state(procedure: &Procedure, steps: Option<&Json>) -> Option<State> {
    let steps: Option<Vec<Step>> = steps?
        .as_array()?
        .iter()
        .map(|word| word.as_str().and_then(Step::from_word))
        .collect();
    fold(steps?, procedure.definition.regime)
}

/// How far a practice is, as the map colours it.
fn phase(state: State) -> &'static str {
    match state {
        State::AwaitingApplicant => "waiting",
        State::Effective => "effective",
        state if state.has_ended() => "ended",
        _ => "open",
    }
}
