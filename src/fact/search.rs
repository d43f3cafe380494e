//! Finds parcels by what people type.

use crate::access::{Action, Viewer, authorize};
use crate::cadastre::{CadastralReference, ParcelQuery};
use crate::layer::{LayerRole, ReferencePart, Value};
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
    let definition = entry.definition();
    let mut found = Vec::new();
    for part in &entry.parts {
        if wanted.is_some_and(|id| id != part.territory_id) {
            continue;
        }
        // The sheet's number is in a column: only its parcels are looked at more closely.
        let sheet = definition
            .part_column(ReferencePart::Foglio)
            .map(|index| part.features.column(index));
        let wanted_code = sheet.map(|column| column.code_of(&Value::Integer(query.foglio.into())));
        if wanted_code == Some(None) {
            continue;
        }
        for feature in 0..part.features.len() {
            let elsewhere = sheet
                .zip(wanted_code.flatten())
                .is_some_and(|(column, code)| column.codes[feature] != code);
            if elsewhere {
                continue;
            }
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
        .filter_map(|(_, part, feature)| ParcelFacts::of(catalogue, definition, part, feature))
        .collect();
    (parcels, total)
}
