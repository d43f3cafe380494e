//! Live layers in memory: what a view said when it was last looked at.
//!
//! Looking costs one list of numbers. Rows are read again only when their revision is another
//! one; all others are shared with the copy before.

use std::collections::HashMap;
use std::sync::Arc;

use geo_index::rtree::sort::HilbertSort;
use geo_index::rtree::{RTree, RTreeBuilder, RTreeIndex as _};
use serde_json::{Map, Value as Json};
use sqlx::postgres::PgRow;
use sqlx::types::Json as JsonColumn;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use crate::access::RowPolicy;
use crate::db::Ewkb;
use crate::geo::GridBox;
use crate::layer::{ColumnType, Definition, GeometryKind, LiveFile, Value};

use super::builder::{Builder, Raw};
use super::error::Error;
use super::features::{Features, indexed};
use super::sql;

/// Rows that are read at once.
const BATCH: usize = 2_000;

/// A row as the view has it, to be completed by whoever knows what it is about.
#[derive(Debug)]
pub struct RawLive {
    /// Numeric name.
    pub id: i64,
    /// Another one whenever anything of the row is.
    pub revision: i64,
    /// Territory.
    pub territory_id: i64,
    /// Values by name.
    pub attributes: Map<String, Json>,
    /// Who may see it.
    pub policy: RowPolicy,
    geometry: Option<(Ewkb, i32, [f64; 2])>,
}

/// A row in memory.
#[derive(Debug)]
pub struct LiveRow {
    /// Numeric name.
    pub id: u64,
    /// Another one whenever anything of the row is.
    pub revision: i64,
    /// Territory.
    pub territory_id: i64,
    /// Who may see it.
    pub policy: RowPolicy,
    /// Values of the definition's columns, in their order.
    pub values: Vec<Value>,
    /// Its outline and label as the only feature.
    pub features: Features,
}

/// A live layer at one moment; cheap to share, never changed.
#[derive(Debug)]
pub struct LiveLayer {
    /// Its definition.
    pub file: Arc<LiveFile>,
    /// Rows with an outline, by their names.
    rows: Vec<Arc<LiveRow>>,
    /// Revision of every row, also of those that are nowhere.
    revisions: HashMap<i64, i64>,
    index: Option<RTree<u32>>,
}

impl LiveLayer {
    /// A layer that was not looked at yet.
    pub fn empty(file: Arc<LiveFile>) -> Self {
        Self {
            file,
            rows: Vec::new(),
            revisions: HashMap::new(),
            index: None,
        }
    }

    /// All rows that are somewhere, by their names.
    pub fn rows(&self) -> &[Arc<LiveRow>] {
        &self.rows
    }

    /// True when anybody sees some row of it.
    pub fn has_public(&self) -> bool {
        self.rows.iter().any(|row| row.policy.public)
    }

    /// Rows whose box meets an area, by their names.
    pub fn meeting(&self, area: &GridBox) -> Vec<&Arc<LiveRow>> {
        let Some(index) = &self.index else {
            return Vec::new();
        };
        let [min, max] = indexed(area);
        let mut found = index.search(min[0], min[1], max[0], max[1]);
        found.sort_unstable();
        found.iter().map(|at| &self.rows[*at as usize]).collect()
    }
}

/// Looks at the view of a live layer; none when it shows what it showed before.
///
/// `complete` is given each row that is read, before it is kept: the module whose view it is may
/// derive values there, and say that anybody may see it. All is read as of one moment when the
/// connection is in a transaction that promises it.
///
/// # Errors
/// [`Error`]; what was in memory stays as it is.
pub async fn refresh_live(
    connection: &mut PgConnection,
    current: &LiveLayer,
    complete: &(dyn Fn(&mut RawLive) + Send + Sync),
) -> Result<Option<LiveLayer>, Error> {
    let view = &current.file.view;
    let now: Vec<(i64, i64)> = sqlx::query_as(AssertSqlSafe(sql::live_revisions(view)))
        .fetch_all(&mut *connection)
        .await?;
    let changed: Vec<i64> = now
        .iter()
        .filter(|(id, revision)| current.revisions.get(id) != Some(revision))
        .map(|(id, _)| *id)
        .collect();
    if changed.is_empty() && now.len() == current.revisions.len() {
        return Ok(None);
    }
    let mut read: HashMap<i64, Arc<LiveRow>> = HashMap::new();
    for ids in changed.chunks(BATCH) {
        let rows = sqlx::query(AssertSqlSafe(sql::live_rows(view)))
            .bind(ids)
            .fetch_all(&mut *connection)
            .await?;
        let mut raw: Vec<RawLive> = rows.iter().map(raw_row).collect::<Result<_, _>>()?;
        raw.iter_mut().for_each(complete);
        let file = Arc::clone(&current.file);
        // Coordinates are brought to the grid on a thread that may block.
        let built = tokio::task::spawn_blocking(move || {
            let rows = raw
                .into_iter()
                .filter_map(|row| build(&file.definition, row));
            rows.collect::<Vec<_>>()
        });
        let built = built.await.map_err(|_| Error::Interrupted)?;
        read.extend(built);
    }
    let before: HashMap<i64, &Arc<LiveRow>> = current
        .rows
        .iter()
        .filter_map(|row| Some((i64::try_from(row.id).ok()?, row)))
        .collect();
    let revisions: HashMap<i64, i64> = now.iter().copied().collect();
    let rows: Vec<Arc<LiveRow>> = now
        .iter()
        .filter_map(|(id, revision)| {
            let new = read.remove(id);
            let kept = || before.get(id).filter(|row| row.revision == *revision);
            new.or_else(|| kept().map(|row| Arc::clone(row)))
        })
        .collect();
    Ok(Some(LiveLayer {
        file: Arc::clone(&current.file),
        index: index_of(&rows),
        rows,
        revisions,
    }))
}

/// Makes a transaction one that reads everything as of one moment, and may take its time.
///
/// # Errors
/// [`Error::Database`].
pub async fn look_at_one_moment(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query(sql::ONE_MOMENT)
        .execute(&mut *connection)
        .await?;
    sqlx::query(sql::ALLOW_LONG_READS)
        .execute(connection)
        .await?;
    Ok(())
}

fn raw_row(row: &PgRow) -> Result<RawLive, sqlx::Error> {
    let geometry: Option<Ewkb> = row.try_get(3)?;
    let geometry = match geometry {
        Some(ewkb) => {
            let label = [row.try_get(5)?, row.try_get(6)?];
            Some((ewkb, row.try_get(4)?, label))
        }
        None => None,
    };
    let JsonColumn(policy) = row.try_get(8)?;
    Ok(RawLive {
        id: row.try_get(0)?,
        revision: row.try_get(1)?,
        territory_id: row.try_get(2)?,
        attributes: match row.try_get(7)? {
            Json::Object(attributes) => attributes,
            _ => Map::new(),
        },
        policy,
        geometry,
    })
}

/// A row in memory; none when it is nowhere, or its outline cannot be shown.
fn build(definition: &Definition, row: RawLive) -> Option<(i64, Arc<LiveRow>)> {
    let (ewkb, srid, label) = row.geometry?;
    let id = u64::try_from(row.id).ok()?;
    let mut builder = Builder::new(GeometryKind::Polygon, 1, 0);
    let added = builder.add(Raw {
        id,
        values: vec![Value::Text(id.to_string())],
        label: Some(label),
        ewkb: &ewkb.0,
    });
    let features = match added.and_then(|()| builder.finish(srid)) {
        Ok(features) => features,
        Err(error) => {
            tracing::warn!(layer = definition.id, row = id, %error, "a live row is not shown");
            return None;
        }
    };
    let values = definition
        .column
        .iter()
        .map(|column| value(row.attributes.get(&column.name), column.kind))
        .collect();
    let row = LiveRow {
        id,
        revision: row.revision,
        territory_id: row.territory_id,
        policy: row.policy,
        values,
        features,
    };
    Some((i64::try_from(id).ok()?, Arc::new(row)))
}

fn value(json: Option<&Json>, kind: ColumnType) -> Value {
    let read = json.and_then(|json| match kind {
        ColumnType::Text => json.as_str().map(|text| Value::Text(text.to_owned())),
        ColumnType::Integer => json.as_i64().map(Value::Integer),
        ColumnType::Real => json.as_f64().map(Value::Real),
        ColumnType::Date => {
            let day = json.as_str().and_then(|text| text.parse().ok());
            day.map(Value::Date)
        }
    });
    read.unwrap_or(Value::Null)
}

fn index_of(rows: &[Arc<LiveRow>]) -> Option<RTree<u32>> {
    let count = u32::try_from(rows.len()).ok().filter(|count| *count > 0)?;
    let mut index = RTreeBuilder::<u32>::new(count);
    for row in rows {
        let [min, max] = indexed(&row.features.bounds());
        index.add(min[0], min[1], max[0], max[1]);
    }
    Some(index.finish::<HilbertSort>())
}
