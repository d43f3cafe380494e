//! Parts and publications in the database.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff_sqlx::{Date as SqlDate, Timestamp as SqlTimestamp, ToSqlx};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::db::{self, CopyIn};

use super::as_of::AsOf;
use super::check::DefinitionFile;
use super::definition::Definition;
use super::sql;

/// What can go wrong with the catalogue of layers.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The table of a layer was made by another definition, and cannot hold this one.
    #[error(
        "the table of layer {layer} has {found}, but its definition says {wanted}: give a changed layer a new id"
    )]
    TableDiffers {
        /// The layer.
        layer: String,
        /// What the table has.
        found: String,
        /// What the definition wants.
        wanted: String,
    },
    /// The database failed.
    #[error("catalogue of layers in the database")]
    Database(#[from] sqlx::Error),
    /// The names of features could not be stored.
    #[error("names of features: {0}")]
    Copy(#[from] db::Error),
}

/// Makes the table of a layer where it does not exist, and checks that it fits the definition.
///
/// Runs as the owner of the tables.
///
/// # Errors
/// [`Error`].
pub async fn ensure_table(owner: &mut PgConnection, definition: &Definition) -> Result<(), Error> {
    let name = definition.id.replace('.', "_");
    let columns = |rows: Vec<(String, String)>| -> Vec<(String, String)> {
        rows.into_iter()
            .skip(3)
            .take_while(|(column, _)| column != "original")
            .collect()
    };
    // One transaction: a table without its triggers would hold rows that can be changed.
    let mut tx = owner.begin().await?;
    sqlx::query(sql::LOCK_TABLE)
        .bind(&name)
        .execute(&mut *tx)
        .await?;
    let existing: Vec<(String, String)> = sqlx::query_as(sql::TABLE_COLUMNS)
        .bind(&name)
        .fetch_all(&mut *tx)
        .await?;
    if existing.is_empty() {
        for statement in sql::create_table(definition) {
            sqlx::query(AssertSqlSafe(statement))
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        return Ok(());
    }
    tx.rollback().await?;
    let wanted: Vec<(String, String)> = definition
        .column
        .iter()
        .map(|c| (c.name.clone(), sql::column_type_sql(c.kind).to_owned()))
        .collect();
    let found = columns(existing);
    if found == wanted {
        return Ok(());
    }
    let list = |columns: &[(String, String)]| {
        let texts: Vec<_> = columns.iter().map(|(n, t)| format!("{n} {t}")).collect();
        texts.join(", ")
    };
    Err(Error::TableDiffers {
        layer: definition.id.clone(),
        found: list(&found),
        wanted: list(&wanted),
    })
}

/// Takes the lock on a layer's loads in a territory until the transaction ends.
///
/// False when another load holds it.
///
/// # Errors
/// [`Error::Database`].
pub async fn lock_part(
    tx: &mut PgConnection,
    layer: &str,
    territory_id: i64,
) -> Result<bool, Error> {
    Ok(sqlx::query_scalar(sql::LOCK_PART)
        .bind(layer)
        .bind(territory_id)
        .fetch_one(tx)
        .await?)
}

/// The next version of a layer in a territory, from 1.
///
/// # Errors
/// [`Error::Database`].
pub async fn next_version(
    tx: &mut PgConnection,
    layer: &str,
    territory_id: i64,
) -> Result<i32, Error> {
    Ok(sqlx::query_scalar(sql::NEXT_VERSION)
        .bind(layer)
        .bind(territory_id)
        .fetch_one(tx)
        .await?)
}

/// What makes two loads the same one.
pub struct Identity<'a> {
    /// Definition used.
    pub file: &'a DefinitionFile,
    /// Digest over the files.
    pub files_sha256: [u8; 32],
    /// How the files are read.
    pub reading: &'a serde_json::Value,
    /// EPSG code of the geometries.
    pub srid: i32,
}

/// A part that holds what is to be loaded already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identical {
    /// Number of the part.
    pub part_id: i64,
    /// Its version.
    pub version: i32,
    /// The newest version that was published after it had been: to publish this one again would
    /// take that back.
    pub replaced_by: Option<i32>,
}

/// The part, of any version, into which the same files were loaded in the same way by the same
/// definition; the newest of several.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_identical(
    connection: &mut PgConnection,
    territory_id: i64,
    identity: &Identity<'_>,
) -> Result<Option<Identical>, Error> {
    let found: Option<(i64, i32, Option<i32>)> = sqlx::query_as(sql::FIND_IDENTICAL)
        .bind(&identity.file.definition.id)
        .bind(territory_id)
        .bind(identity.files_sha256.as_slice())
        .bind(identity.file.sha256.as_slice())
        .bind(identity.srid)
        .bind(identity.reading)
        .fetch_optional(connection)
        .await?;
    Ok(found.map(|(part_id, version, replaced_by)| Identical {
        part_id,
        version,
        replaced_by,
    }))
}

/// What is known of a part before its rows are read.
pub struct NewPart<'a> {
    /// Definition used.
    pub file: &'a DefinitionFile,
    /// Territory.
    pub territory_id: i64,
    /// Version within layer and territory.
    pub version: i32,
    /// EPSG code of its geometries.
    pub srid: i32,
    /// Files loaded: name, bytes, digest.
    pub files: serde_json::Value,
    /// Digest over the files.
    pub files_sha256: [u8; 32],
    /// How the files are read.
    pub reading: &'a serde_json::Value,
    /// Who loads.
    pub loaded_by: &'a str,
}

/// Records a part before its rows; its number.
///
/// # Errors
/// [`Error::Database`].
pub async fn insert_part(tx: &mut PgConnection, part: &NewPart<'_>) -> Result<i64, Error> {
    Ok(sqlx::query_scalar(sql::INSERT_PART)
        .bind(&part.file.definition.id)
        .bind(part.territory_id)
        .bind(part.version)
        .bind(part.srid)
        .bind(&part.file.text)
        .bind(part.file.sha256.as_slice())
        .bind(&part.files)
        .bind(part.files_sha256.as_slice())
        .bind(part.loaded_by)
        .bind(part.reading)
        .fetch_one(tx)
        .await?)
}

/// What is known of a part after its rows were stored and checked.
pub struct PartOutcome {
    /// Coordinate operation.
    pub operation: serde_json::Value,
    /// Report of the checks.
    pub report: serde_json::Value,
    /// Features stored.
    pub feature_count: i64,
    /// Vertices stored.
    pub vertex_count: i64,
}

/// Completes a part in the transaction that inserted it; later nobody can.
///
/// # Errors
/// [`Error::Database`].
pub async fn complete_part(
    tx: &mut PgConnection,
    part_id: i64,
    outcome: &PartOutcome,
) -> Result<(), Error> {
    sqlx::query(sql::COMPLETE_PART)
        .bind(part_id)
        .bind(&outcome.operation)
        .bind(&outcome.report)
        .bind(outcome.feature_count)
        .bind(outcome.vertex_count)
        .execute(tx)
        .await?;
    Ok(())
}

/// The numeric names that features of a layer and territory have so far, by key.
///
/// # Errors
/// [`Error::Database`].
pub async fn feature_ids(
    tx: &mut PgConnection,
    layer: &str,
    territory_id: i64,
) -> Result<HashMap<String, i64>, Error> {
    let rows: Vec<(String, i64)> = sqlx::query_as(sql::FEATURE_IDS)
        .bind(layer)
        .bind(territory_id)
        .fetch_all(tx)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Ids that one call of [`take_feature_block`] gives.
pub const FEATURE_BLOCK: i64 = 1024;

/// The first of [`FEATURE_BLOCK`] feature ids that nobody else has.
///
/// # Errors
/// [`Error::Database`].
pub async fn take_feature_block(tx: &mut PgConnection) -> Result<i64, Error> {
    let block: i64 = sqlx::query_scalar(sql::TAKE_BLOCK).fetch_one(tx).await?;
    Ok((block - 1) * FEATURE_BLOCK + 1)
}

/// Records the numeric names of new features, given by key.
///
/// # Errors
/// [`Error::Copy`].
pub async fn record_features(
    tx: &mut PgConnection,
    layer: &str,
    territory_id: i64,
    mut features: Vec<(String, i64)>,
) -> Result<(), Error> {
    if features.is_empty() {
        return Ok(());
    }
    // In the order of the index on keys each goes beside the one before.
    features.sort_unstable();
    let mut copy = CopyIn::begin(tx, sql::RECORD_FEATURES).await?;
    for (key, id) in &features {
        copy.row().i64(*id).text(layer).i64(territory_id).text(key);
        copy.send_full().await?;
    }
    copy.finish().await?;
    Ok(())
}

/// A part that is in force.
#[derive(Debug, Clone)]
pub struct PublishedPart {
    /// Number of the part.
    pub part_id: i64,
    /// Layer.
    pub layer: String,
    /// Territory.
    pub territory_id: i64,
    /// Version within layer and territory.
    pub version: i32,
    /// EPSG code of its geometries.
    pub srid: i32,
    /// Text of the definition with which it was loaded.
    pub definition: String,
    /// Digest of that text.
    pub definition_sha256: Vec<u8>,
    /// When it was loaded.
    pub loaded_at: jiff::Timestamp,
    /// When its publication was recorded.
    pub published_at: jiff::Timestamp,
    /// Features it has.
    pub feature_count: i64,
    /// Number of the act that put it into force.
    pub publication_id: i64,
    /// First day on which it is in force.
    pub valid_from: Date,
    /// Last day, where it is known already what comes after it.
    pub valid_to: Option<Date>,
    /// How it answers.
    pub standing: Standing,
    /// The plan version that it belongs to, where it answers as part of one.
    pub plan_version_id: Option<i64>,
}

/// How a part answers on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// In force inside the perimeter of a variant, in place of what is in force around it.
    Variant,
    /// In force everywhere in its territory.
    InForce,
    /// Adopted: it counts beside what is in force, with that label.
    Adopted,
}

impl Standing {
    fn from_word(word: &str) -> Self {
        match word {
            "variant" => Self::Variant,
            "adopted" => Self::Adopted,
            _ => Self::InForce,
        }
    }
}

type PublishedRow = (
    i64,
    String,
    i64,
    i32,
    i32,
    String,
    Vec<u8>,
    SqlTimestamp,
    SqlTimestamp,
    i64,
    i64,
    SqlDate,
    Option<SqlDate>,
    String,
    Option<i64>,
);

/// Every part that answers as of a day and a moment, of these territories or of all, in the
/// order of layers and territories; there variants come first, the newest before the others,
/// then what is in force everywhere, then what is adopted.
///
/// # Errors
/// [`Error::Database`].
pub async fn standing(
    connection: &mut PgConnection,
    as_of: AsOf,
    territories: Option<&[i64]>,
) -> Result<Vec<PublishedPart>, Error> {
    let rows: Vec<PublishedRow> = sqlx::query_as(sql::STANDING)
        .bind(as_of.date.to_sqlx())
        .bind(as_of.known_at.map(ToSqlx::to_sqlx))
        .bind(territories)
        .fetch_all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| PublishedPart {
            part_id: row.0,
            layer: row.1,
            territory_id: row.2,
            version: row.3,
            srid: row.4,
            definition: row.5,
            definition_sha256: row.6,
            loaded_at: row.7.to_jiff(),
            published_at: row.8.to_jiff(),
            feature_count: row.9,
            publication_id: row.10,
            valid_from: row.11.to_jiff(),
            valid_to: row.12.map(SqlDate::to_jiff),
            standing: Standing::from_word(&row.13),
            plan_version_id: row.14,
        })
        .collect())
}

/// Every part in force everywhere in its territory, as of a day and a moment.
///
/// # Errors
/// [`Error::Database`].
pub async fn published(
    connection: &mut PgConnection,
    as_of: AsOf,
    territories: Option<&[i64]>,
) -> Result<Vec<PublishedPart>, Error> {
    let mut parts = standing(connection, as_of, territories).await?;
    parts.retain(|part| part.standing == Standing::InForce);
    Ok(parts)
}

/// The number of the part of a layer in force in a territory, as of a day and a moment.
///
/// # Errors
/// [`Error::Database`].
pub async fn part_in_force(
    connection: &mut PgConnection,
    layer: &str,
    territory_id: i64,
    as_of: AsOf,
) -> Result<Option<i64>, Error> {
    let row: Option<(i64, i64)> = sqlx::query_as(sql::PART_IN_FORCE)
        .bind(layer)
        .bind(territory_id)
        .bind(as_of.date.to_sqlx())
        .bind(as_of.known_at.map(ToSqlx::to_sqlx))
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|(part_id, _)| part_id))
}

/// The moment of the newest act among those known at a moment; none when there is none.
///
/// Whoever asks again with it as `known_at` gets the same answer for ever.
///
/// # Errors
/// [`Error::Database`].
pub async fn known_until(
    connection: &mut PgConnection,
    known_at: Option<jiff::Timestamp>,
) -> Result<Option<jiff::Timestamp>, Error> {
    let newest: Option<SqlTimestamp> = sqlx::query_scalar(sql::KNOWN_UNTIL)
        .bind(known_at.map(ToSqlx::to_sqlx))
        .fetch_one(connection)
        .await?;
    Ok(newest.map(SqlTimestamp::to_jiff))
}

/// A part as staff see it in a list.
#[derive(Debug, Clone)]
pub struct PartSummary {
    /// Number of the part.
    pub part_id: i64,
    /// Layer.
    pub layer: String,
    /// Territory.
    pub territory_id: i64,
    /// Version.
    pub version: i32,
    /// Features it has.
    pub feature_count: i64,
    /// When it was loaded.
    pub loaded_at: jiff::Timestamp,
    /// Who loaded it.
    pub loaded_by: String,
    /// Last act of publication, if any.
    pub published_at: Option<jiff::Timestamp>,
    /// True when it is the one in force.
    pub in_force: bool,
}

type PartRow = (
    i64,
    String,
    i64,
    i32,
    i64,
    SqlTimestamp,
    String,
    Option<SqlTimestamp>,
    bool,
);

/// The parts of a layer, of a territory, of both, or all.
///
/// # Errors
/// [`Error::Database`].
pub async fn parts(
    connection: &mut PgConnection,
    layer: Option<&str>,
    territory_id: Option<i64>,
) -> Result<Vec<PartSummary>, Error> {
    let rows: Vec<PartRow> = sqlx::query_as(sql::PARTS)
        .bind(layer)
        .bind(territory_id)
        .fetch_all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| PartSummary {
            part_id: row.0,
            layer: row.1,
            territory_id: row.2,
            version: row.3,
            feature_count: row.4,
            loaded_at: row.5.to_jiff(),
            loaded_by: row.6,
            published_at: row.7.map(SqlTimestamp::to_jiff),
            in_force: row.8,
        })
        .collect())
}
