//! What the staff did, as links of the chain.

use jiff::Timestamp;
use jiff_sqlx::{Timestamp as SqlTimestamp, ToSqlx as _};
use serde_json::{Value as Json, json};
use sqlx::PgConnection;

use crate::audit;

use super::error::Error;
use super::sql;

/// Something that a person of the staff does.
#[derive(Debug, Clone, Copy)]
pub struct NewStaffAct<'a> {
    /// Who does it.
    pub by: &'a str,
    /// What is done, in a word such as `publish`.
    pub kind: &'a str,
    /// The comune that it is done for; none: the whole installation.
    pub territory_id: Option<i64>,
    /// The layer that it is done to.
    pub layer: Option<&'a str>,
    /// What else is to be known.
    pub detail: &'a Json,
}

/// Something that a person of the staff did.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffAct {
    /// Its number.
    pub id: i64,
    /// When it was done.
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
    /// What was done, in a word.
    pub kind: String,
    /// The layer that it was done to.
    pub layer: Option<String>,
    /// What else is known of it.
    pub detail: Json,
}

/// Adds an act and its link to the chain, and returns the number of the act.
///
/// # Errors
/// [`Error::Audit`] and [`Error::Database`].
pub async fn record_act(
    connection: &mut PgConnection,
    act: &NewStaffAct<'_>,
) -> Result<i64, Error> {
    // What the database keeps has microseconds.
    let at = Timestamp::from_microsecond(Timestamp::now().as_microsecond()).unwrap_or_default();
    let content = json!({
        "at": at.to_string(),
        "by": act.by,
        "kind": act.kind,
        "territory": act.territory_id,
        "layer": act.layer,
        "detail": act.detail,
    })
    .to_string();
    let (link, salt) = audit::add(connection, content.as_bytes()).await?;
    Ok(sqlx::query_scalar(sql::ADD_ACT)
        .bind(at.to_sqlx())
        .bind(act.by)
        .bind(act.kind)
        .bind(act.territory_id)
        .bind(act.layer)
        .bind(content)
        .bind(salt.as_slice())
        .bind(link)
        .fetch_one(connection)
        .await?)
}

/// The newest acts about a comune, or about one of its layers.
///
/// # Errors
/// [`Error::Database`].
pub async fn staff_acts(
    connection: &mut PgConnection,
    territory_id: i64,
    layer: Option<&str>,
    most: i64,
) -> Result<Vec<StaffAct>, Error> {
    type Row = (i64, SqlTimestamp, String, String, Option<String>, String);
    let rows: Vec<Row> = sqlx::query_as(sql::ACTS)
        .bind(territory_id)
        .bind(layer)
        .bind(most)
        .fetch_all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, at, by, kind, layer, content)| {
            let mut content: Json = serde_json::from_str(&content).unwrap_or_default();
            StaffAct {
                id,
                at: at.to_jiff(),
                by,
                kind,
                layer,
                detail: content["detail"].take(),
            }
        })
        .collect())
}

/// Verifies that every act is what was hashed, and returns what is not, in sentences.
///
/// # Errors
/// [`Error::Database`].
pub async fn verify_acts(connection: &mut PgConnection) -> Result<Vec<String>, Error> {
    type Row = (
        i64,
        SqlTimestamp,
        String,
        String,
        Option<i64>,
        Option<String>,
        String,
        Vec<u8>,
        Vec<u8>,
    );
    let rows: Vec<Row> = sqlx::query_as(sql::CONTENTS).fetch_all(connection).await?;
    let mut flaws = Vec::new();
    for (id, at, by, kind, territory, layer, content, salt, hash) in rows {
        let told: Json = serde_json::from_str(&content).unwrap_or_default();
        let same = audit::is_content(&salt, content.as_bytes(), &hash)
            && told["at"] == at.to_jiff().to_string()
            && told["by"] == by
            && told["kind"] == kind
            && told["territory"] == json!(territory)
            && told["layer"] == json!(layer);
        if !same {
            flaws.push(format!("act {id} of the staff was altered"));
        }
    }
    Ok(flaws)
}
