//! The submission: one transaction, or nothing.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::access::Viewer;
use crate::calendar::civil_day;
use crate::failpoint::reach;
use crate::place::Comune;
use crate::procedure::{Procedure, assess};
use crate::snapshot::Catalogue;

use super::draft::{DraftRow, keep_definition, now, stored};
use super::event::{Actor, add};
use super::facts::{selection, standing};
use super::file::draft_files;
use super::outbox::{add_code, add_receipt};
use super::state::Step;
use super::verify::held;
use super::{Draft, Error, place, sql};

/// What is submitted, by whom, with which key.
#[derive(Debug, Clone)]
pub struct Submission {
    /// The draft.
    pub draft: Uuid,
    /// The key: sent again, the same practice comes back.
    pub key: Uuid,
    /// Who submits.
    pub actor: Actor,
    /// The same, as the map knows them.
    pub viewer: Viewer,
    /// The procedure that the draft began with.
    pub procedure: Arc<Procedure>,
    /// The comune.
    pub comune: Arc<Comune>,
    /// The map in memory.
    pub catalogue: Arc<Catalogue>,
}

/// Files a draft and returns the number of the practice; in a transaction of the caller's.
///
/// A draft that was filed already gives the practice that it became, whatever the key: the back
/// button files nothing twice.
///
/// # Errors
/// [`Error::NotFound`], [`Error::KeyReused`], [`Error::Incomplete`] and those of the map.
pub async fn submit(connection: &mut PgConnection, submission: &Submission) -> Result<Uuid, Error> {
    let person = &submission.actor.person;
    // Equal submissions wait here for each other.
    let row: Option<DraftRow> = sqlx::query_as(sql::LOCK_DRAFT)
        .bind(submission.draft)
        .bind(person)
        .fetch_optional(&mut *connection)
        .await?;
    let draft = Draft::from(row.ok_or(Error::NotFound(submission.draft))?);
    let files = draft_files(connection, draft.id).await?;
    let body = body_hash(&draft, &files);
    let known: Option<(Uuid, Vec<u8>)> = sqlx::query_as(sql::BY_KEY)
        .bind(person)
        .bind(submission.key)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some((practice, known_body)) = known {
        return if known_body == body {
            Ok(practice)
        } else {
            Err(Error::KeyReused(submission.key))
        };
    }
    if let Some(practice) = draft.submitted_as {
        return Ok(practice);
    }
    reach("submission-key").await;
    let procedure = &submission.procedure;
    if procedure.sha256.as_slice() != draft.definition_sha256 {
        return Err(Error::ProcedureChanged(draft.procedure_code));
    }
    let at = now(connection).await?;
    let day = civil_day(at)?;
    let texts: Vec<String> = draft
        .answers
        .get("parcels")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect();
    let (references, unknown) = selection(
        &submission.catalogue,
        &submission.viewer,
        &submission.comune,
        &texts,
    );
    let standing = standing(&submission.catalogue, &submission.viewer, &references, day)?;
    let state = assess(procedure, &draft.answers, &standing)?;
    let missing = state
        .attachments
        .iter()
        .any(|due| due.due && !files.iter().any(|file| file.code == due.code));
    let areas = place::drawn_areas(procedure, &state.answers);
    let mut outside = false;
    for area in &areas {
        outside |= place::is_outside(connection, draft.territory_id, area).await?;
    }
    if !state.violations.is_empty() || missing || outside || !unknown.is_empty() {
        return Err(Error::Incomplete(draft.id));
    }
    let year = i32::from(day.year());
    sqlx::query(sql::OPEN_REGISTER)
        .bind(draft.territory_id)
        .bind(year)
        .execute(&mut *connection)
        .await?;
    let (number, registered_at): (i32, jiff_sqlx::Timestamp) = sqlx::query_as(sql::TAKE_NUMBER)
        .bind(draft.territory_id)
        .bind(year)
        .fetch_one(&mut *connection)
        .await?;
    let registered_at = registered_at.to_jiff();
    reach("submission-number").await;
    keep_definition(connection, procedure).await?;
    let practice = Uuid::new_v4();
    sqlx::query(sql::ADD_PRACTICE)
        .bind(practice)
        .bind(draft.id)
        .bind(person)
        .bind(&submission.actor.name)
        .bind(submission.key)
        .bind(body.as_slice())
        .bind(draft.territory_id)
        .bind(year)
        .bind(number)
        .bind(stored(registered_at))
        .bind(&draft.procedure_code)
        .bind(procedure.sha256.as_slice())
        .bind(Json::Object(state.answers.clone()))
        .bind(&standing.facts)
        .execute(&mut *connection)
        .await?;
    for parcel in standing.parcels.as_array().into_iter().flatten() {
        sqlx::query(sql::ADD_PARCEL)
            .bind(practice)
            .bind(parcel["reference"].as_str())
            .bind(parcel["area_m2"].as_f64())
            .execute(&mut *connection)
            .await?;
    }
    place::keep(connection, practice, draft.territory_id, &areas).await?;
    sqlx::query(sql::ADD_FILES)
        .bind(practice)
        .bind(draft.id)
        .execute(&mut *connection)
        .await?;
    add_code(connection, practice).await?;
    reach("submission-practice").await;
    let held = held(connection, practice).await?;
    let data = json!({
        "record_sha256": held.record,
        "attached_sha256": held.attached,
        "year": year,
        "number": number,
        "body_sha256": crate::blob::hex(&body),
        "definition_sha256": crate::blob::hex(&procedure.sha256),
        "conditions": state.condition_words(),
        "tacit_consent": state.tacit_consent,
        "cost_eur": state.cost,
    });
    add(
        connection,
        practice,
        1,
        Step::Submitted,
        registered_at,
        &submission.actor,
        &data,
    )
    .await?;
    reach("submission-event").await;
    sqlx::query(sql::END_DRAFT)
        .bind(draft.id)
        .bind(practice)
        .execute(&mut *connection)
        .await?;
    add_receipt(connection, practice).await?;
    reach("submission-outbox").await;
    Ok(practice)
}

/// A hash of everything that is submitted.
fn body_hash(draft: &Draft, files: &[super::FiledDocument]) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(draft.id.as_bytes());
    hash.update(&draft.definition_sha256);
    hash.update(Json::Object(draft.answers.clone()).to_string());
    for file in files {
        hash.update(&file.code);
        hash.update(&file.sha256);
    }
    hash.finalize().to_vec()
}
