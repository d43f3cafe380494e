//! What differs between two versions of a layer.

use serde::Serialize;
use serde_json::Value as Json;
use sqlx::{AssertSqlSafe, PgConnection};

use super::definition::Definition;
use super::sql;

/// How a feature differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Key of the feature.
    pub key: String,
    /// Only the second version has it.
    pub added: bool,
    /// Only the first version has it.
    pub removed: bool,
    /// Both have it, with other attributes.
    pub attributes_differ: bool,
    /// Both have it, with another outline on a grid of 1 mm.
    pub geometry_differs: bool,
    /// Its area in the first version, m²; 0 where it is not.
    pub old_area_m2: f64,
    /// Its area in the second version, m²; 0 where it is not.
    pub new_area_m2: f64,
    /// Area that only one of the two outlines covers, m²; 0 where the outline is the same.
    pub moved_m2: f64,
    /// Attributes with another value.
    pub attributes: Vec<AttributeChange>,
}

/// An attribute whose value differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttributeChange {
    /// Its column.
    pub column: String,
    /// The value in the first version.
    pub old: Json,
    /// The value in the second version.
    pub new: Json,
}

/// Everything that differs between two versions, by key.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Differences {
    /// Features that differ, in the order of keys.
    pub changes: Vec<Change>,
}

impl Differences {
    /// Numbers of features added, removed, and changed.
    pub fn counts(&self) -> (usize, usize, usize) {
        let added = self.changes.iter().filter(|change| change.added).count();
        let removed = self.changes.iter().filter(|change| change.removed).count();
        (added, removed, self.changes.len() - added - removed)
    }
}

type Row = (
    String,
    bool,
    bool,
    bool,
    bool,
    f64,
    f64,
    f64,
    Option<Json>,
    Option<Json>,
);

/// What differs between two parts of a layer: first the old one, then the new one.
///
/// # Errors
/// Those of the database.
pub async fn differences(
    connection: &mut PgConnection,
    definition: &Definition,
    old_part: i64,
    new_part: i64,
) -> Result<Differences, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(sql::differences(definition)))
        .bind(old_part)
        .bind(new_part)
        .fetch_all(connection)
        .await?;
    let changes = rows
        .into_iter()
        .map(|row| Change {
            key: row.0,
            added: row.1,
            removed: row.2,
            attributes_differ: row.3,
            geometry_differs: row.4,
            old_area_m2: row.5,
            new_area_m2: row.6,
            moved_m2: row.7,
            attributes: row
                .8
                .zip(row.9)
                .map_or_else(Vec::new, |(old, new)| attribute_changes(&old, &new)),
        })
        .collect();
    Ok(Differences { changes })
}

/// The columns whose values differ; both objects have the same.
fn attribute_changes(old: &Json, new: &Json) -> Vec<AttributeChange> {
    let columns = old.as_object().into_iter().flatten();
    columns
        .filter(|(column, value)| new[column.as_str()] != **value)
        .map(|(column, value)| AttributeChange {
            column: column.clone(),
            old: value.clone(),
            new: new[column.as_str()].clone(),
        })
        .collect()
}
