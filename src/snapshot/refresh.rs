//! Brings the copy in memory up to what is published.

use std::sync::Arc;

use sqlx::{Connection, PgConnection};

use crate::layer::{self, Definitions, Value};
use crate::place;

use super::builder::{BuildError, Builder, Raw};
use super::catalogue::{BoundarySnapshot, Catalogue, LayerEntry, PartSnapshot};
use super::error::Error;
use super::read::read_part;
use super::sql;

/// Reads what is published and builds what is new; none when the catalogue is current.
///
/// Parts that are in `current` already are kept, not read again: published rows never change.
///
/// # Errors
/// [`Error`]; the catalogue in use stays as it is.
pub async fn refresh(
    connection: &mut PgConnection,
    definitions: &Definitions,
    current: &Catalogue,
) -> Result<Option<Catalogue>, Error> {
    let mut tx = connection.begin().await?;
    sqlx::query(sql::ONE_MOMENT).execute(&mut *tx).await?;
    sqlx::query(sql::ALLOW_LONG_READS).execute(&mut *tx).await?;
    let comuni: Vec<_> = place::comuni(&mut tx).await?;
    let boundaries = place::boundaries(&mut tx).await?;
    let published = layer::published(&mut tx).await?;
    let mut in_memory = current.parts_by_id();
    let same_parts = published.len() == in_memory.len()
        && published
            .iter()
            .all(|part| in_memory.contains_key(&part.part_id));
    let same_comuni = comuni.len() == current.comuni().len()
        && comuni
            .iter()
            .zip(current.comuni())
            .all(|(new, old)| *new == **old);
    let same_boundaries = boundaries.len() == current.boundaries().len()
        && boundaries
            .iter()
            .zip(current.boundaries())
            .all(|(new, old)| new.boundary_id == old.boundary_id);
    if same_parts
        && same_comuni
        && same_boundaries
        && current.layers().len() == definitions.iter().count()
    {
        return Ok(None);
    }
    let mut layers: Vec<LayerEntry> = definitions
        .iter()
        .map(|file| LayerEntry {
            file: Arc::clone(file),
            parts: Vec::new(),
        })
        .collect();
    for part in &published {
        let Some(entry) = layers
            .iter_mut()
            .find(|entry| entry.definition().id == part.layer)
        else {
            tracing::warn!(
                layer = part.layer,
                part = part.part_id,
                "a published layer has no definition any more and is not served"
            );
            continue;
        };
        let snapshot: Arc<PartSnapshot> = match in_memory.remove(&part.part_id) {
            Some(snapshot) => snapshot,
            None => {
                let definition = entry.definition().clone();
                Arc::new(read_part(&mut tx, &definition, part).await?)
            }
        };
        entry.parts.push(snapshot);
    }
    tx.commit().await?;
    let boundaries = boundaries
        .into_iter()
        .map(|row| read_boundary(current, row).map_err(Error::from))
        .collect::<Result<_, _>>()?;
    let comuni = comuni.into_iter().map(Arc::new).collect();
    Ok(Some(Catalogue::new(comuni, boundaries, layers)))
}

/// A boundary as a snapshot of one feature; the one in memory when it is the same.
fn read_boundary(
    current: &Catalogue,
    row: place::BoundaryRow,
) -> Result<Arc<BoundarySnapshot>, BuildError> {
    let known = current
        .boundaries()
        .iter()
        .find(|known| known.boundary_id == row.boundary_id);
    if let Some(known) = known {
        return Ok(Arc::clone(known));
    }
    let mut builder = Builder::new(1, 0);
    builder.add(Raw {
        id: 1,
        values: vec![Value::Text(row.territory_id.to_string())],
        label: None,
        ewkb: &row.geometry.0,
    })?;
    Ok(Arc::new(BoundarySnapshot {
        boundary_id: row.boundary_id,
        territory_id: row.territory_id,
        srid: row.srid,
        features: builder.finish(row.srid)?,
    }))
}
