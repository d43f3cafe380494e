//! What a change of a map touches: parcels whose answer differs between two days.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::access::{Action, Viewer, authorize};
use crate::cadastre::CadastralReference;
use crate::layer::{LayerRole, Localized};
use crate::place::Comune;
use crate::snapshot::{Catalogue, LayerEntry, PartSnapshot};

use super::Error;
use super::answer::{LayerFacts, Measure, Status};
use super::engine::answer;
use super::region::Region;

/// Differences of less than this are rounding, in m² or metres.
const NOTICED: f64 = 0.5;

/// How long one parcel may take.
const DEADLINE: Duration = Duration::from_secs(5);

/// How much of a parcel carries a name, before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct NameChange {
    /// What it is called: `B1 · Tessuto consolidato`.
    pub name: Localized,
    /// Square metres (metres, points) before.
    pub before: f64,
    /// Square metres (metres, points) after.
    pub after: f64,
}

/// A parcel that a change touches.
#[derive(Debug, Clone)]
pub struct TouchedParcel {
    /// Its reference.
    pub reference: CadastralReference,
    /// Its area in m².
    pub area_m2: f64,
    /// The answer before.
    pub before: Status,
    /// The answer after.
    pub after: Status,
    /// What differs, the largest difference first.
    pub names: Vec<NameChange>,
}

/// Parcels of a comune whose answer in a layer differs between two catalogues, in the order of
/// `cadastre`; parcels are taken as they are drawn there.
///
/// # Errors
/// [`Error::NoLayer`].
pub fn touched(
    before: &Catalogue,
    after: &Catalogue,
    cadastre: &Catalogue,
    viewer: &Viewer,
    comune: &Comune,
    layer: &str,
) -> Result<Vec<TouchedParcel>, Error> {
    fn readable<'a>(
        catalogue: &'a Catalogue,
        viewer: &Viewer,
        layer: &str,
    ) -> Result<&'a LayerEntry, Error> {
        catalogue
            .layer(layer)
            .filter(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok())
            .ok_or_else(|| Error::NoLayer(layer.to_owned()))
    }
    let old = readable(before, viewer, layer)?;
    let new = readable(after, viewer, layer)?;
    let parcels: Vec<&Arc<PartSnapshot>> = cadastre
        .layer_with_role(LayerRole::Parcel)
        .filter(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok())
        .into_iter()
        .flat_map(|entry| &entry.parts)
        .filter(|part| part.territory_id == comune.id)
        .collect();
    let mut found = Vec::new();
    for part in parcels {
        let compare = |feature: usize| {
            let reference: CadastralReference = part.features.key(feature).parse().ok()?;
            let region = Region::of_feature(part, feature);
            let until = Instant::now() + DEADLINE;
            let was = answer(before, old, &region, comune, 1.0, until);
            let is = answer(after, new, &region, comune, 1.0, until);
            let names = differences(&was, &is);
            (was.status != is.status || !names.is_empty()).then_some(TouchedParcel {
                reference,
                area_m2: region.area_m2,
                before: was.status,
                after: is.status,
                names,
            })
        };
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let features: Vec<usize> = (0..part.features.len()).collect();
        let share = features.len().div_ceil(threads).max(1);
        let compare = &compare;
        let parts: Vec<Vec<TouchedParcel>> = std::thread::scope(|scope| {
            let running: Vec<_> = features
                .chunks(share)
                .map(|features| {
                    scope.spawn(move || features.iter().filter_map(|f| compare(*f)).collect())
                })
                .collect();
            running
                .into_iter()
                .map(|thread| match thread.join() {
                    Ok(found) => found,
                    Err(panic) => std::panic::resume_unwind(panic),
                })
                .collect()
        });
        found.extend(parts.into_iter().flatten());
    }
    found.sort_by(|a, b| a.reference.natural_cmp(&b.reference));
    Ok(found)
}

fn differences(before: &LayerFacts, after: &LayerFacts) -> Vec<NameChange> {
    let mut names: BTreeMap<String, NameChange> = BTreeMap::new();
    for (layer, is_after) in [(before, false), (after, true)] {
        for piece in layer.pieces.iter().filter(|piece| piece.counts()) {
            let amount = match piece.measure {
                Measure::Here => 0.0,
                Measure::Area { area_m2, .. } => area_m2,
                Measure::Length { length_m } => length_m,
                // Counts of points on a parcel are far below 2^52.
                Measure::Count { points } => points as f64,
            };
            let name = layer.name_of(piece);
            let change = names.entry(name.it.clone()).or_insert(NameChange {
                name,
                before: 0.0,
                after: 0.0,
            });
            if is_after {
                change.after += amount;
            } else {
                change.before += amount;
            }
        }
    }
    let size = |change: &NameChange| (change.after - change.before).abs();
    let mut changes: Vec<NameChange> = names
        .into_values()
        .filter(|change| size(change) > NOTICED)
        .collect();
    changes.sort_by(|a, b| size(b).total_cmp(&size(a)));
    changes
}
