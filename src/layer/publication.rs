//! The life of a part after its load: publishing, withdrawing, going back, correcting.
//!
//! Acts are only added, each with the first day on which it counts. Going back is publishing
//! an earlier version again, with a reason; an act that was a mistake is cancelled by another.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::{Date as SqlDate, Timestamp as SqlTimestamp, ToSqlx};
use serde_json::Value as Json;

use crate::db::Tx;
use crate::place::BoundaryTimes;
use crate::{job, place};

use super::PUBLISHED;
use super::as_of::{AsOf, legal_day};
use super::catalogue::part_in_force;
use super::definition::{Definition, LayerRole};
use super::lineage::record_lineage;
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
    /// There is no such act to cancel.
    #[error("layer {layer} has no act {act} here that could be cancelled")]
    NoSuchAct {
        /// Layer.
        layer: String,
        /// Number asked for.
        act: i64,
    },
    /// The act was cancelled already.
    #[error("act {act} of layer {layer} was cancelled already")]
    Cancelled {
        /// Layer.
        layer: String,
        /// Number asked for.
        act: i64,
    },
    /// What is in force could not be read.
    #[error(transparent)]
    Catalogue(#[from] super::catalogue::Error),
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
    /// Its number.
    pub id: i64,
    /// `publish`, `withdraw` or `cancel`.
    pub kind: String,
    /// When it was recorded.
    pub at: jiff::Timestamp,
    /// By whom.
    pub by: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// First day on which it counts.
    pub valid_from: Date,
    /// The act that it cancels.
    pub cancels: Option<i64>,
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

type ActRow = (
    i64,
    String,
    SqlTimestamp,
    String,
    Option<String>,
    SqlDate,
    Option<i64>,
);

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
    let acts: Vec<ActRow> = sqlx::query_as(sql::ACTS)
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
            .map(|(id, kind, at, by, reason, valid_from, cancels)| Act {
                id,
                kind,
                at: at.to_jiff(),
                by,
                reason,
                valid_from: valid_from.to_jiff(),
                cancels,
            })
            .collect(),
    })
}

/// What is to be published, from when, and on whose word.
#[derive(Debug, Clone, Default)]
pub struct Publish {
    /// The version; the newest by default.
    pub version: Option<i32>,
    /// First day on which it is in force; today by default.
    pub valid_from: Option<Date>,
    /// Number of an earlier act that was a mistake and is cancelled in the same transaction.
    pub instead_of: Option<i64>,
    /// Who publishes.
    pub by: String,
    /// Why, where a reason is due.
    pub reason: Option<String>,
}

/// What came of a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It was in force on that day already; nothing was recorded.
    Unchanged,
    /// It is in force from this day on.
    From(Date),
}

/// Puts a version into force from today on, and announces it; false when it is already.
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
    let publish = Publish {
        version,
        by: by.to_owned(),
        reason: reason.map(str::to_owned),
        ..Publish::default()
    };
    let recorded = publish_on(tx, definition, territory_id, &publish).await?;
    Ok(recorded != Recorded::Unchanged)
}

/// Puts a version into force from a day on, and announces it.
///
/// A day in the past inserts the version into the history: it is in force from that day until
/// the day of the next act. A day in the future comes by itself.
///
/// # Errors
/// [`PublishError`]; a part with errors is never published.
pub async fn publish_on(
    tx: &mut Tx,
    definition: &Definition,
    territory_id: i64,
    publish: &Publish,
) -> Result<Recorded, PublishError> {
    let part = part_details(tx, &definition.id, territory_id, publish.version).await?;
    if part.has_errors() {
        return Err(PublishError::HasErrors {
            layer: definition.id.clone(),
            version: part.version,
        });
    }
    // What the version replaces is compared before anybody has to wait for this act.
    let day = publish
        .valid_from
        .unwrap_or_else(|| legal_day(Timestamp::now()));
    let before = in_force_on(tx, definition, territory_id, day).await?;
    if let Some(before) = before
        && definition.role == Some(LayerRole::Parcel)
        && before < part.part_id
    {
        record_lineage(tx, definition, before, part.part_id).await?;
    }
    let moment = moment_of_acts(tx).await?;
    let by = Word {
        moment,
        by: &publish.by,
        reason: publish.reason.as_deref(),
    };
    if let Some(mistake) = publish.instead_of {
        cancel_in(tx, definition, territory_id, mistake, &by).await?;
    }
    let valid_from = publish.valid_from.unwrap_or_else(|| legal_day(moment));
    let in_force = in_force_on(tx, definition, territory_id, valid_from).await?;
    if publish.instead_of.is_none() && in_force == Some(part.part_id) {
        return Ok(Recorded::Unchanged);
    }
    if definition.role == Some(LayerRole::Sheet) {
        let table = sql::data_table(&definition.id);
        let counts = BoundaryTimes {
            recorded_at: moment,
            valid_from,
        };
        place::derive_boundary(tx, territory_id, &table, part.part_id, counts).await?;
    }
    act(tx, part.part_id, "publish", valid_from, None, &by).await?;
    Ok(Recorded::From(valid_from))
}

/// Takes what is in force of a layer in a territory out of force from a day on (today by
/// default), and announces it; the day.
///
/// # Errors
/// [`PublishError`].
pub async fn withdraw_layer(
    tx: &mut Tx,
    definition: &Definition,
    territory_id: i64,
    from: Option<Date>,
    by: &str,
    reason: &str,
) -> Result<Date, PublishError> {
    let moment = moment_of_acts(tx).await?;
    let valid_from = from.unwrap_or_else(|| legal_day(moment));
    let part_id = in_force_on(tx, definition, territory_id, valid_from)
        .await?
        .ok_or_else(|| PublishError::NotInForce {
            layer: definition.id.clone(),
        })?;
    let word = Word {
        moment,
        by,
        reason: Some(reason),
    };
    act(tx, part_id, "withdraw", valid_from, None, &word).await?;
    Ok(valid_from)
}

/// Cancels an act that was a mistake: from now on it does not count, as if it had never been
/// made; what was answered before stays as it was for whoever asks what was known then.
///
/// # Errors
/// [`PublishError`].
pub async fn cancel_act(
    tx: &mut Tx,
    definition: &Definition,
    territory_id: i64,
    act_id: i64,
    by: &str,
    reason: &str,
) -> Result<(), PublishError> {
    let word = Word {
        moment: moment_of_acts(tx).await?,
        by,
        reason: Some(reason),
    };
    cancel_in(tx, definition, territory_id, act_id, &word).await
}

/// On whose word, when and why something is recorded.
struct Word<'a> {
    moment: Timestamp,
    by: &'a str,
    reason: Option<&'a str>,
}

/// Takes the turn of this transaction among those that record acts; the moment of its acts.
pub(super) async fn moment_of_acts(tx: &mut Tx) -> Result<Timestamp, sqlx::Error> {
    sqlx::query(sql::LOCK_ACTS).execute(&mut **tx).await?;
    let moment: SqlTimestamp = sqlx::query_scalar(sql::MOMENT).fetch_one(&mut **tx).await?;
    Ok(moment.to_jiff())
}

async fn in_force_on(
    tx: &mut Tx,
    definition: &Definition,
    territory_id: i64,
    day: Date,
) -> Result<Option<i64>, PublishError> {
    let as_of = AsOf::on(day);
    Ok(part_in_force(tx, &definition.id, territory_id, as_of).await?)
}

async fn cancel_in(
    tx: &mut Tx,
    definition: &Definition,
    territory_id: i64,
    act_id: i64,
    word: &Word<'_>,
) -> Result<(), PublishError> {
    let found: Option<(i64, SqlDate, bool)> = sqlx::query_as(sql::ACT)
        .bind(act_id)
        .bind(&definition.id)
        .bind(territory_id)
        .fetch_optional(&mut **tx)
        .await?;
    let layer = || definition.id.clone();
    match found {
        None => Err(PublishError::NoSuchAct {
            layer: layer(),
            act: act_id,
        }),
        Some((_, _, true)) => Err(PublishError::Cancelled {
            layer: layer(),
            act: act_id,
        }),
        Some((part_id, valid_from, false)) => {
            let valid_from = valid_from.to_jiff();
            act(tx, part_id, "cancel", valid_from, Some(act_id), word).await
        }
    }
}

async fn act(
    tx: &mut Tx,
    part_id: i64,
    kind: &str,
    valid_from: Date,
    cancels: Option<i64>,
    word: &Word<'_>,
) -> Result<(), PublishError> {
    sqlx::query(sql::RECORD_ACT)
        .bind(part_id)
        .bind(kind)
        .bind(word.moment.to_sqlx())
        .bind(valid_from.to_sqlx())
        .bind(word.by)
        .bind(word.reason)
        .bind(cancels)
        .execute(&mut **tx)
        .await?;
    job::announce(tx, PUBLISHED, &part_id.to_string()).await?;
    Ok(())
}
