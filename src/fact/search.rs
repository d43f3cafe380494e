//! Finds parcels by what people type.

use crate::access::{Action, Viewer, authorize};
use crate::cadastre::{CadastralReference, ParcelQuery};
use crate::layer::LayerRole;
use crate::place::Comune;
use crate::snapshot::Catalogue;

use super::parcel::ParcelFacts;

/// Parcels that a search returns at most.
pub const MAX_FOUND: usize = 50;

/// The parcels that a query means, in their natural order, and how many there are in all.
///
/// Without a comune in the query, those of `comune` are searched; without either, all.
pub fn find_parcels(
    catalogue: &Catalogue,
    viewer: &Viewer,
    comune: Option<&Comune>,
    query: &ParcelQuery,
) -> (Vec<ParcelFacts>, usize) {
    let Some(entry) = catalogue
        .layer_with_role(LayerRole::Parcel)
        .filter(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok())
    else {
        return (Vec::new(), 0);
    };
    let wanted = match query.comune {
        Some(code) => match catalogue.comune_by_code(code) {
            Some(comune) => Some(comune.id),
            None => return (Vec::new(), 0),
        },
        None => comune.map(|comune| comune.id),
    };
    let mut found = Vec::new();
    for part in &entry.parts {
        if wanted.is_some_and(|id| id != part.territory_id) {
            continue;
        }
        for feature in 0..part.features.len() {
            let reference = part.features.key(feature).parse::<CadastralReference>();
            if let Ok(reference) = reference
                && query.matches(&reference)
            {
                found.push((reference, part, feature));
            }
        }
    }
    found.sort_by(|a, b| a.0.natural_cmp(&b.0));
    let total = found.len();
    let parcels = found
        .into_iter()
        .take(MAX_FOUND)
        .filter_map(|(_, part, feature)| {
            ParcelFacts::of(catalogue, entry.definition(), part, feature)
        })
        .collect();
    (parcels, total)
}
