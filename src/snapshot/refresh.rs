//! Brings the copy in memory up to what is published.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use sqlx::{Connection, PgConnection};

use crate::db::Ewkb;
use crate::layer::{
    self, AsOf, Definitions, GeometryKind, PlanVersion, PublishedPart, Standing, Value,
};
use crate::place::{self, Comune};

use super::builder::{BuildError, Builder, Raw};
use super::catalogue::{BoundarySnapshot, Catalogue, LayerEntry, PartSnapshot, PlanSnapshot};
use super::error::Error;
use super::features::Features;
use super::read::read_features;
use super::sql;

/// Reads what is in force on a day and builds what is new; none when the catalogue is that.
///
/// Features that are in `current` already are kept, not read again: published rows never
/// change.
///
/// # Errors
/// [`Error`]; the catalogue in use stays as it is.
pub async fn refresh(
    connection: &mut PgConnection,
    definitions: &Definitions,
    current: &Catalogue,
    today: Date,
) -> Result<Option<Catalogue>, Error> {
    let as_of = AsOf::on(today);
    let mut tx = connection.begin().await?;
    let mut read = read_published(&mut tx, as_of, None).await?;
    let (parts, undefined): (Vec<_>, Vec<_>) = read
        .parts
        .into_iter()
        .partition(|part| definitions.get(&part.layer).is_some());
    read.parts = parts;
    let in_memory = current.parts_by_id();
    let snapshots_now: HashMap<_, _> = current
        .layers()
        .iter()
        .flat_map(|layer| layer.parts.iter().chain(&layer.beside))
        .map(|part| ((part.part_id, part.publication_id, part.standing), part))
        .collect();
    let same_parts = read.parts.len() == snapshots_now.len()
        && read.parts.iter().all(|part| {
            let known = snapshots_now.get(&(part.part_id, part.publication_id, part.standing));
            known.is_some_and(|known| known.is(part))
        });
    let same_comuni = read.comuni.len() == current.comuni().len()
        && read
            .comuni
            .iter()
            .zip(current.comuni())
            .all(|(new, old)| *new == **old);
    let same_boundaries = read.boundaries.len() == current.boundaries().len()
        && read
            .boundaries
            .iter()
            .zip(current.boundaries())
            .all(|(new, old)| new.boundary_id == old.boundary_id);
    if same_parts
        && same_comuni
        && same_boundaries
        && current.as_of() == Some(as_of)
        && current.known_until() == read.known_until
        && current.layers().len() == definitions.iter().count()
    {
        return Ok(None);
    }
    for part in undefined {
        tracing::warn!(
            layer = part.layer,
            part = part.part_id,
            "a published layer has no definition any more and is not served"
        );
    }
    let plans = plan_snapshots(current, &mut read)?;
    let mut snapshots = Vec::with_capacity(read.parts.len());
    for part in &read.parts {
        let features = match in_memory.get(&part.part_id) {
            Some(known) => Arc::clone(&known.features),
            None => {
                let Some(file) = definitions.get(&part.layer) else {
                    continue;
                };
                read_features(&mut tx, &file.definition, part).await?
            }
        };
        snapshots.push(snapshot_of(part, features, &plans));
    }
    tx.commit().await?;
    let catalogue = assemble(definitions, current, read, snapshots, as_of)?;
    Ok(Some(catalogue.with_plans(plans)))
}

/// A part with the plan version that it belongs to.
pub(super) fn snapshot_of(
    part: &PublishedPart,
    features: Arc<Features>,
    plans: &[Arc<PlanSnapshot>],
) -> Arc<PartSnapshot> {
    let plan = plans
        .iter()
        .find(|plan| Some(plan.version.id) == part.plan_version_id);
    Arc::new(PartSnapshot::new(part, features, plan.cloned()))
}

/// The published plan versions that were read, with their perimeters.
pub(super) fn plan_snapshots(
    current: &Catalogue,
    read: &mut Published,
) -> Result<Vec<Arc<PlanSnapshot>>, BuildError> {
    std::mem::take(&mut read.plans)
        .into_iter()
        .filter(|version| version.dates.is_published)
        .map(|mut version| {
            let known = current
                .plans()
                .iter()
                .find(|known| known.version.id == version.id);
            let perimeter = match (version.perimeter.take(), known) {
                (None, _) => None,
                (Some(_), Some(known)) => known.perimeter.clone(),
                (Some((srid, geometry)), None) => {
                    let features = one_feature(version.territory_id, srid, &geometry)?;
                    Some((srid, Arc::new(features)))
                }
            };
            Ok(Arc::new(PlanSnapshot { version, perimeter }))
        })
        .collect()
}

/// What is in force as of a day and a moment, without the rows of parts.
pub(super) struct Published {
    pub(super) comuni: Vec<Comune>,
    pub(super) boundaries: Vec<place::BoundaryRow>,
    pub(super) parts: Vec<PublishedPart>,
    pub(super) plans: Vec<PlanVersion>,
    pub(super) known_until: Option<jiff::Timestamp>,
}

/// Reads what is in force in these territories, or in all, as of one moment of the database.
pub(super) async fn read_published(
    tx: &mut PgConnection,
    as_of: AsOf,
    territories: Option<&[i64]>,
) -> Result<Published, Error> {
    sqlx::query(sql::ONE_MOMENT).execute(&mut *tx).await?;
    sqlx::query(sql::ALLOW_LONG_READS).execute(&mut *tx).await?;
    Ok(Published {
        comuni: place::comuni(&mut *tx).await?,
        boundaries: place::boundaries(&mut *tx, as_of.date, as_of.known_at).await?,
        parts: layer::standing(&mut *tx, as_of, territories).await?,
        plans: layer::plan_versions(&mut *tx, as_of, territories).await?,
        known_until: layer::known_until(&mut *tx, as_of.known_at).await?,
    })
}

/// Puts what was read together; boundaries that are in `current` already are kept.
pub(super) fn assemble(
    definitions: &Definitions,
    current: &Catalogue,
    read: Published,
    snapshots: Vec<Arc<PartSnapshot>>,
    as_of: AsOf,
) -> Result<Catalogue, Error> {
    let mut layers: Vec<LayerEntry> = definitions
        .iter()
        .map(|file| LayerEntry {
            file: Arc::clone(file),
            parts: Vec::new(),
            beside: Vec::new(),
        })
        .collect();
    for snapshot in snapshots {
        if let Some(entry) = layers
            .iter_mut()
            .find(|entry| entry.definition().id == snapshot.layer)
        {
            match snapshot.standing {
                Standing::InForce => entry.parts.push(snapshot),
                Standing::Variant | Standing::Adopted => entry.beside.push(snapshot),
            }
        }
    }
    let boundaries = read
        .boundaries
        .into_iter()
        .map(|row| read_boundary(current, row).map_err(Error::from))
        .collect::<Result<_, _>>()?;
    let comuni = read.comuni.into_iter().map(Arc::new).collect();
    Ok(Catalogue::new(comuni, boundaries, layers).read_as_of(as_of, read.known_until))
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
    Ok(Arc::new(BoundarySnapshot {
        boundary_id: row.boundary_id,
        territory_id: row.territory_id,
        srid: row.srid,
        features: one_feature(row.territory_id, row.srid, &row.geometry)?,
    }))
}

/// A multipolygon as the only feature.
fn one_feature(territory_id: i64, srid: i32, geometry: &Ewkb) -> Result<Features, BuildError> {
    let mut builder = Builder::new(GeometryKind::Polygon, 1, 0);
    builder.add(Raw {
        id: 1,
        values: vec![Value::Text(territory_id.to_string())],
        label: None,
        ewkb: &geometry.0,
    })?;
    builder.finish(srid)
}
