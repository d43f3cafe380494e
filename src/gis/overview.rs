//! The versions of a comune's layers, and how each stands.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::{Date as SqlDate, Timestamp as SqlTimestamp, ToSqlx as _};
use sqlx::{PgConnection, Row as _};

use super::error::Error;
use super::sql;

/// How a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartState {
    /// It answers: everywhere, or inside the perimeter of its variant.
    InForce,
    /// It belongs to a plan that is adopted and not yet in force.
    Adopted,
    /// It is published for a day to come.
    Planned,
    /// It was published, and does not answer any more.
    Past,
    /// It was never published.
    Waiting,
    /// It has errors and cannot be published.
    Faulty,
    /// It was discarded.
    Discarded,
}

impl PartState {
    /// Its word in keys of sentences.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::Adopted => "adopted",
            Self::Planned => "planned",
            Self::Past => "past",
            Self::Waiting => "waiting",
            Self::Faulty => "faulty",
            Self::Discarded => "discarded",
        }
    }
}

/// A version of a layer, as the overview lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct PartOverview {
    /// Number of the part.
    pub part_id: i64,
    /// Its layer.
    pub layer: String,
    /// Version within layer and territory.
    pub version: i32,
    /// EPSG code of its geometries.
    pub srid: i32,
    /// Features stored.
    pub features: u64,
    /// Vertices stored.
    pub vertices: u64,
    /// Bytes of the files it was loaded from.
    pub bytes: u64,
    /// When it was loaded.
    pub loaded_at: Timestamp,
    /// Who loaded it.
    pub loaded_by: String,
    /// How it stands.
    pub state: PartState,
    /// First day on which it answers, or will answer.
    pub from: Option<Date>,
    /// First day on which it does not answer any more, as far as it is known.
    pub until: Option<Date>,
    /// Title of the plan version that it belongs to.
    pub plan: Option<String>,
}

/// The versions of a comune's layers, or of one of them, by layer, the newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn overview(
    connection: &mut PgConnection,
    territory_id: i64,
    layer: Option<&str>,
    day: Date,
) -> Result<Vec<PartOverview>, Error> {
    let rows = sqlx::query(sql::OVERVIEW)
        .bind(territory_id)
        .bind(layer)
        .bind(day.to_sqlx())
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            let count = |name: &str| -> Result<u64, sqlx::Error> {
                let value: i64 = row.try_get(name)?;
                Ok(u64::try_from(value).unwrap_or_default())
            };
            let date = |name: &str| -> Result<Option<Date>, sqlx::Error> {
                let value: Option<SqlDate> = row.try_get(name)?;
                Ok(value.map(SqlDate::to_jiff))
            };
            let flag = |name: &str| row.try_get::<bool, _>(name);
            let standing: Option<String> = row.try_get("status")?;
            let planned = date("planned")?;
            let state = match standing.as_deref() {
                Some("adopted") => PartState::Adopted,
                Some(_) => PartState::InForce,
                None if flag("discarded")? => PartState::Discarded,
                None if planned.is_some() => PartState::Planned,
                None if flag("ever")? => PartState::Past,
                None if flag("has_errors")? => PartState::Faulty,
                None => PartState::Waiting,
            };
            let loaded_at: SqlTimestamp = row.try_get("loaded_at")?;
            Ok(PartOverview {
                part_id: row.try_get("id")?,
                layer: row.try_get("layer")?,
                version: row.try_get("version")?,
                srid: row.try_get("srid")?,
                features: count("feature_count")?,
                vertices: count("vertex_count")?,
                bytes: count("bytes")?,
                loaded_at: loaded_at.to_jiff(),
                loaded_by: row.try_get("loaded_by")?,
                state,
                from: date("valid_from")?.or(planned),
                until: date("valid_to")?,
                plan: row.try_get("plan")?,
            })
        })
        .collect()
}
