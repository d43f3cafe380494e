//! Asks PostGIS where an overlay in memory is not to be trusted, and in the audit for all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;
use sqlx::{AssertSqlSafe, PgPool};

use crate::db::Ewkb;
use crate::layer::{Definition, Standing};
use crate::snapshot::{Catalogue, PartSnapshot};

use super::answer::{ALL_TENTHS, Fault, LayerFacts, Measure, Piece};
use super::engine::Facts;
use super::overlay::{NOISE_M2, tolerance_m2};
use super::region::{Region, Shape, area_of};
use super::sql;

/// Overlays that the database did since the program started.
static ASKED: AtomicU64 = AtomicU64::new(0);

/// Overlays in memory that the database contradicted since the program started.
static CONTRADICTED: AtomicU64 = AtomicU64::new(0);

/// How often the database was asked, and how often it contradicted, since the program started.
pub fn oracle_counts() -> (u64, u64) {
    (
        ASKED.load(Ordering::Relaxed),
        CONTRADICTED.load(Ordering::Relaxed),
    )
}

/// A piece on which memory and database do not agree.
#[derive(Debug, Clone, PartialEq)]
pub struct Disagreement {
    /// Layer.
    pub layer: String,
    /// Key of the feature.
    pub key: String,
    /// Area from memory, m².
    pub memory_m2: f64,
    /// Area from PostGIS, m².
    pub database_m2: f64,
}

/// Lets the database overlay what memory could not; layers that it cannot answer stay errors.
pub async fn settle(pool: &PgPool, catalogue: &Catalogue, facts: &mut Facts) {
    for layer in &mut facts.layers {
        let doubtful = std::mem::take(&mut layer.doubtful);
        if doubtful.is_empty() {
            continue;
        }
        layer.fault = layer.fault.filter(|fault| *fault != Fault::Doubt);
        for doubt in doubtful {
            // What a perimeter leaves of a region is not in the database.
            if !doubt.whole {
                layer.fault = Some(Fault::Doubt);
                continue;
            }
            let part_id = layer.evidence.get(doubt.evidence).map(|e| e.part_id);
            let Some(part) = part_id.and_then(|id| part_of(catalogue, layer, id)) else {
                layer.fault = Some(Fault::Doubt);
                continue;
            };
            let id = part.features.id(doubt.feature);
            match ask(pool, layer.definition(), part, id, &facts.region).await {
                Ok(shape) => {
                    let area_m2 = area_of(&shape);
                    if area_m2 >= NOISE_M2 {
                        let share = area_m2 / facts.region.area_m2;
                        let measure = Measure::Area { area_m2, share };
                        let mut piece = Piece::of(part, doubt.feature, doubt.evidence, measure);
                        piece.shape = shape;
                        layer.pieces.push(piece);
                    }
                }
                Err(fault) => layer.fault = Some(fault),
            }
        }
        layer.conclude(&facts.region, ALL_TENTHS);
    }
}

/// Asks the database about every piece of an area, takes its answer where it disagrees, and
/// returns where that was.
pub async fn audit(pool: &PgPool, catalogue: &Catalogue, facts: &mut Facts) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for layer in &mut facts.layers {
        // In a variant's perimeter pieces are those of a part of the region.
        if layer
            .evidence
            .iter()
            .any(|e| e.standing == Standing::Variant)
        {
            continue;
        }
        let mut changed = false;
        for index in 0..layer.pieces.len() {
            let piece = &layer.pieces[index];
            let Measure::Area { area_m2, .. } = piece.measure else {
                continue;
            };
            let (id, evidence) = (piece.feature_id, piece.evidence);
            let part_id = layer.evidence.get(evidence).map(|e| e.part_id);
            let Some(part) = part_id.and_then(|id| part_of(catalogue, layer, id)) else {
                continue;
            };
            let Ok(shape) = ask(pool, layer.definition(), part, id, &facts.region).await else {
                continue;
            };
            let database_m2 = area_of(&shape);
            if (area_m2 - database_m2).abs() <= tolerance_m2(database_m2) {
                continue;
            }
            CONTRADICTED.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(
                part = part.part_id,
                feature = id,
                memory_m2 = area_m2,
                database_m2,
                "the database contradicts an overlay in memory"
            );
            found.push(Disagreement {
                layer: layer.definition().id.clone(),
                key: piece.key.clone(),
                memory_m2: area_m2,
                database_m2,
            });
            let piece = &mut layer.pieces[index];
            piece.shape = shape;
            piece.measure = Measure::Area {
                area_m2: database_m2,
                share: database_m2 / facts.region.area_m2,
            };
            changed = true;
        }
        if changed {
            layer.conclude(&facts.region, ALL_TENTHS);
        }
    }
    found
}

fn part_of<'a>(
    catalogue: &'a Catalogue,
    layer: &LayerFacts,
    part_id: i64,
) -> Option<&'a Arc<PartSnapshot>> {
    let entry = catalogue.layer(&layer.definition().id)?;
    entry.parts.iter().find(|part| part.part_id == part_id)
}

/// What a region shares with a feature, by PostGIS.
async fn ask(
    pool: &PgPool,
    definition: &Definition,
    part: &PartSnapshot,
    feature_id: u64,
    region: &Region,
) -> Result<Shape, Fault> {
    // No statement compares two SRIDs.
    if part.srid != region.srid {
        return Err(Fault::Doubt);
    }
    ASKED.fetch_add(1, Ordering::Relaxed);
    let feature_id = i64::try_from(feature_id).map_err(|_| Fault::Database)?;
    let text: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql::shared(definition)))
        .bind(part.part_id)
        .bind(feature_id)
        .bind(Ewkb(region.to_ewkb()))
        .fetch_optional(pool)
        .await
        .map_err(|error| {
            tracing::warn!(%error, "the database did not overlay");
            Fault::Database
        })?
        .flatten();
    let Some(text) = text else {
        return Ok(Shape::new());
    };
    let multipolygon: MultiPolygon = serde_json::from_str(&text).map_err(|_| Fault::Database)?;
    Ok(multipolygon.coordinates)
}

#[derive(Deserialize)]
struct MultiPolygon {
    coordinates: Shape,
}
