//! The life of a part after its load: publishing, withdrawing, going back.
//!
//! Acts are only added. Going back is publishing an earlier version again, with a reason.

use jiff_sqlx::Timestamp as SqlTimestamp;
use serde_json::Value as Json;

use crate::db::Tx;
use crate::{job, place};

use super::PUBLISHED;
use super::definition::{Definition, LayerRole};
use super::sql;

/// Why nothing was published or withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The part is not known.
    #[error("layer {layer} has no such version here")]
    NoSuchPart {
        /// Layer.
        layer: String,
    },
    /// An error of the report stands.
    #[error("version {version} of layer {layer} has errors and cannot be published")]
    HasErrors {
        /// Layer.
        layer: String,
        /// Version.
        version: i32,
    },
    /// Nothing of the layer is in force.
    #[error("nothing of layer {layer} is in force here")]
    NotInForce {
        /// Layer.
        layer: String,
    },
    /// The boundary could not be made from the sheets.
    #[error(transparent)]
    Place(#[from] place::Error),
    /// The announcement failed.
    #[error(transparent)]
    Announce(#[from] job::Error),
    /// The transaction failed.
    #[error(transparent)]
    Transaction(#[from] crate::db::Error),
    /// The database failed.
    #[error("publications in the database")]
    Database(#[from] sqlx::Error),
}

/// An act of publication.
#[derive(Debug, Clone)]
pub struct Act {
    /// `publish` or `withdraw`.
    pub kind: String,
    /// When.
    pub at: jiff::Timestamp,
    /// By whom.
    pub by: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

/// A part with everything that was recorded of it.
#[derive(Debug, Clone)]
pub struct PartDetails {
    /// Number of the part.
    pub part_id: i64,
    /// Version within layer and territory.
    pub version: i32,
    /// EPSG code of its geometries.
    pub srid: i32,
    /// Files it was loaded from: name, bytes, SHA-256.
    pub files: Json,
    /// Coordinate operation.
    pub operation: Json,
    /// Report of the checks.
    pub report: Json,
    /// Features stored.
    pub feature_count: i64,
    /// Vertices stored.
    pub vertex_count: i64,
    /// When it was loaded.
    pub loaded_at: jiff::Timestamp,
    /// Who loaded it.
    pub loaded_by: String,
    /// True when it is in force.
    pub in_force: bool,
    /// Acts about it, oldest first.
    pub acts: Vec<Act>,
}

impl PartDetails {
    /// True when an error of its report stands.
    pub fn has_errors(&self) -> bool {
        ["checks", "findings"].into_iter().any(|list| {
            self.report[list]
                .as_array()
                .is_some_and(|items| items.iter().any(|item| item["severity"] == "error"))
        })
    }
}

type PartRow = (
    i64,
    i32,
    i32,
    Json,
    Json,
    Json,
    i64,
    i64,
    SqlTimestamp,
    String,
    bool,
);

/// A version of a layer in a territory with all that is recorded of it; the newest by default.
///
/// # Errors
/// [`PublishError::NoSuchPart`] and [`PublishError::Database`].
pub async fn part_details(
    connection: &mut sqlx::PgConnection,
    layer: &str,
    territory_id: i64,
    version: Option<i32>,
) -> Result<PartDetails, PublishError> {
    let row: Option<PartRow> = sqlx::query_as(sql::PART)
        .bind(layer)
        .bind(territory_id)
        .bind(version)
        .fetch_optional(&mut *connection)
        .await?;
    let row = row.ok_or_else(|| PublishError::NoSuchPart {
        layer: layer.to_owned(),
    })?;
    let acts: Vec<(String, SqlTimestamp, String, Option<String>)> = sqlx::query_as(sql::ACTS)
        .bind(row.0)
        .fetch_all(connection)
        .await?;
    Ok(PartDetails {
        part_id: row.0,
        version: row.1,
        srid: row.2,
        files: row.3,
        operation: row.4,
        report: row.5,
        feature_count: row.6,
        vertex_count: row.7,
        loaded_at: row.8.to_jiff(),
        loaded_by: row.9,
        in_force: row.10,
        acts: acts
            .into_iter()
            .map(|(kind, at, by, reason)| Act {
                kind,
                at: at.to_jiff(),
                by,
                reason,
            })
            .collect(),
    })
}

/// Puts a version into force and announces it; false when it is in force already.
///
/// # Errors
/// [`PublishError`]; a part with errors is never published.
pub async fn publish_part(
    tx: &mut Tx,
    definition: &Definition,
    territory_id: i64,
    version: Option<i32>,
    by: &str,
    reason: Option<&str>,
) -> Result<bool, PublishError> {
    let part = part_details(tx, &definition.id, territory_id, version).await?;
    if part.has_errors() {
        return Err(PublishError::HasErrors {
            layer: definition.id.clone(),
            version: part.version,
        });
    }
    if part.in_force {
        return Ok(false);
    }
    act(tx, part.part_id, "publish", by, reason).await?;
    if definition.role == Some(LayerRole::Sheet) {
        let table = sql::data_table(&definition.id);
        place::derive_boundary(tx, territory_id, &table, part.part_id).await?;
    }
    Ok(true)
}

/// Takes what is in force of a layer in a territory out of force, and announces it.
///
/// # Errors
/// [`PublishError`].
pub async fn withdraw_layer(
    tx: &mut Tx,
    definition: &Definition,
    territory_id: i64,
    by: &str,
    reason: &str,
) -> Result<(), PublishError> {
    let part_id: Option<i64> = sqlx::query_scalar(sql::IN_FORCE)
        .bind(&definition.id)
        .bind(territory_id)
        .fetch_optional(&mut **tx)
        .await?;
    let part_id = part_id.ok_or_else(|| PublishError::NotInForce {
        layer: definition.id.clone(),
    })?;
    act(tx, part_id, "withdraw", by, Some(reason)).await
}

async fn act(
    tx: &mut Tx,
    part_id: i64,
    kind: &str,
    by: &str,
    reason: Option<&str>,
) -> Result<(), PublishError> {
    sqlx::query(sql::PUBLISH)
        .bind(part_id)
        .bind(kind)
        .bind(by)
        .bind(reason)
        .execute(&mut **tx)
        .await?;
    job::announce(tx, PUBLISHED, &part_id.to_string()).await?;
    Ok(())
}
