//! Reads a part's rows from PostGIS.

use std::sync::Arc;

use futures_util::TryStreamExt;
use jiff_sqlx::Date as SqlDate;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use crate::db::Ewkb;
use crate::layer::{ColumnType, Definition, PublishedPart, Value};

use super::builder::{Builder, Raw};
use super::error::Error;
use super::features::Features;
use super::sql;

/// Reads the features of a part into memory.
///
/// # Errors
/// [`Error`].
pub async fn read_features(
    connection: &mut PgConnection,
    definition: &Definition,
    part: &PublishedPart,
) -> Result<Arc<Features>, Error> {
    let mut builder = Builder::for_layer(definition);
    {
        let mut rows = sqlx::query(AssertSqlSafe(sql::rows(definition)))
            .bind(part.part_id)
            .fetch(connection);
        while let Some(row) = rows.try_next().await? {
            let id: i64 = row.try_get(0)?;
            let geometry: Ewkb = row.try_get(3)?;
            builder.add(Raw {
                id: id.unsigned_abs(),
                label: Some([row.try_get(1)?, row.try_get(2)?]),
                values: definition
                    .column
                    .iter()
                    .enumerate()
                    .map(|(index, column)| value(&row, index + 4, column.kind))
                    .collect::<Result<_, _>>()?,
                ewkb: &geometry.0,
            })?;
        }
    }
    let srid = part.srid;
    // Projecting millions of vertices is work for a thread that may block.
    let features = tokio::task::spawn_blocking(move || builder.finish(srid))
        .await
        .map_err(|_| Error::Interrupted)??;
    Ok(Arc::new(features))
}

fn value(row: &PgRow, index: usize, kind: ColumnType) -> Result<Value, sqlx::Error> {
    let value = match kind {
        ColumnType::Text => row.try_get::<Option<String>, _>(index)?.map(Value::Text),
        ColumnType::Integer => row.try_get::<Option<i64>, _>(index)?.map(Value::Integer),
        ColumnType::Real => row.try_get::<Option<f64>, _>(index)?.map(Value::Real),
        ColumnType::Date => row
            .try_get::<Option<SqlDate>, _>(index)?
            .map(|date| Value::Date(date.to_jiff())),
    };
    Ok(value.unwrap_or(Value::Null))
}
