//! Finds parcels, sheets, addresses and places by what people type.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::{Action, Viewer, authorize};
use crate::cadastre::{CadastralReference, ParcelQuery, SheetReference};
use crate::geo::{GridBox, LonLatBox, lon_lat_from_grid};
use crate::layer::{LayerRole, ReferencePart, Value};
use crate::place::Comune;
use crate::snapshot::{Catalogue, Features, LayerEntry, PartSnapshot};

use super::parcel::ParcelFacts;
use super::words::{HouseNumber, Rank, Typed, folded};

/// Layers of the base map that addresses and names of places come from; where one is missing,
/// it is no source of results.
const HOUSES: &str = "base.civico";
const STREETS: &str = "base.strada";
const NAMES: &str = "base.toponimo";

/// Streets, addresses or names that a search returns at most.
const MAX_NAMES: usize = 20;

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
    find_matching(catalogue, viewer, comune, query, |reference| {
        query.matches(reference)
    })
}

/// The parcels on the sheet of a query whose reference matches.
fn find_matching(
    catalogue: &Catalogue,
    viewer: &Viewer,
    comune: Option<&Comune>,
    query: &ParcelQuery,
    matches: impl Fn(&CadastralReference) -> bool,
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
                && matches(&reference)
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

/// What a search found of one kind, best first.
#[derive(Debug, Clone)]
pub struct Findings<T> {
    /// The best of them.
    pub found: Vec<T>,
    /// How many there are in all.
    pub total: usize,
}

impl<T> Default for Findings<T> {
    fn default() -> Self {
        Self {
            found: Vec::new(),
            total: 0,
        }
    }
}

impl<T> Findings<T> {
    /// Keeps the first ones of a sorted list.
    fn first(all: Vec<T>, wanted: usize) -> Self {
        let total = all.len();
        let mut found = all;
        found.truncate(wanted);
        Self { found, total }
    }
}

/// A sheet of the cadastre.
#[derive(Debug, Clone)]
pub struct SheetFound {
    /// Its reference.
    pub sheet: SheetReference,
    /// Its comune.
    pub comune: Arc<Comune>,
    /// Its box in degrees.
    pub bounds: LonLatBox,
}

/// A house number on a street.
#[derive(Debug, Clone)]
pub struct AddressFound {
    /// Name of the street.
    pub street: String,
    /// The number as it is written on the house.
    pub number: String,
    /// Its comune.
    pub comune: Arc<Comune>,
    /// Its place: lon, lat in degrees.
    pub place: (f64, f64),
}

/// A street.
#[derive(Debug, Clone)]
pub struct StreetFound {
    /// Its name.
    pub name: String,
    /// Its comune.
    pub comune: Arc<Comune>,
    /// Box of what is known of it, in degrees.
    pub bounds: LonLatBox,
    /// How many house numbers are known.
    pub houses: usize,
}

/// A place with a name.
#[derive(Debug, Clone)]
pub struct NameFound {
    /// Its name.
    pub name: String,
    /// What is named, as its layer says it: `cascina`.
    pub kind: Option<String>,
    /// Its comune.
    pub comune: Arc<Comune>,
    /// Its place: lon, lat in degrees.
    pub place: (f64, f64),
}

/// Everything that a text may mean.
#[derive(Debug, Clone, Default)]
pub struct SearchFacts {
    /// Parcels, in their natural order.
    pub parcels: Findings<ParcelFacts>,
    /// Sheets, when the text names a sheet alone.
    pub sheets: Findings<SheetFound>,
    /// House numbers, when the text ends with one.
    pub addresses: Findings<AddressFound>,
    /// Streets.
    pub streets: Findings<StreetFound>,
    /// Places with a name.
    pub names: Findings<NameFound>,
}

/// What a text means, for a viewer: `12 345`, `F.12 m.345`, a reference, an address, a name.
///
/// Only `comune` is searched when it is given; a reference may name another one.
pub fn search(
    catalogue: &Catalogue,
    viewer: &Viewer,
    comune: Option<&Comune>,
    text: &str,
) -> SearchFacts {
    let mut facts = SearchFacts::default();
    if let Ok(query) = ParcelQuery::parse(text) {
        let (found, total) = find_parcels(catalogue, viewer, comune, &query);
        // Half a number is no mistake: whoever types it is on the way to the whole one.
        let (found, total) = if total == 0 && query.number.is_some() {
            find_matching(catalogue, viewer, comune, &query, |reference| {
                query.matches_beginning(reference)
            })
        } else {
            (found, total)
        };
        facts.parcels = Findings { found, total };
        if query.number.is_none() {
            facts.sheets = find_sheets(catalogue, viewer, comune, &query);
        }
    }
    if let Some(typed) = Typed::parse(text) {
        let source = Source {
            catalogue,
            viewer,
            comune,
        };
        facts.addresses = source.addresses(&typed);
        facts.streets = source.streets(&typed);
        facts.names = source.names(&typed);
    }
    facts
}

fn find_sheets(
    catalogue: &Catalogue,
    viewer: &Viewer,
    comune: Option<&Comune>,
    query: &ParcelQuery,
) -> Findings<SheetFound> {
    let wanted = match query.comune {
        Some(code) => catalogue.comune_by_code(code).map(|comune| &**comune),
        None => comune,
    };
    let source = Source {
        catalogue,
        viewer,
        comune: wanted,
    };
    let sheets = catalogue.layer_with_role(LayerRole::Sheet);
    let mut found = Vec::new();
    for part in source.parts(sheets.filter(|_| query.comune.is_none() || wanted.is_some())) {
        let Some(comune) = catalogue.comune(part.territory_id) else {
            continue;
        };
        for feature in 0..part.features.len() {
            let Ok(sheet) = part.features.key(feature).parse::<SheetReference>() else {
                continue;
            };
            if query.matches_sheet(&sheet) {
                found.push(SheetFound {
                    sheet,
                    comune: Arc::clone(comune),
                    bounds: in_degrees(part.features.bounds_of(feature)),
                });
            }
        }
    }
    found.sort_by_key(|found| found.sheet);
    Findings::first(found, MAX_NAMES)
}

/// Where names are looked for.
struct Source<'a> {
    catalogue: &'a Catalogue,
    viewer: &'a Viewer,
    comune: Option<&'a Comune>,
}

/// A text column of a part, read through its dictionary: each distinct name is compared once.
struct Names<'a> {
    part: &'a PartSnapshot,
    column: usize,
}

impl<'a> Names<'a> {
    /// The names that answer, by their code.
    fn ranked(&self, rank: impl Fn(&str) -> Option<Rank>) -> Vec<Option<(Rank, &'a str)>> {
        let column = self.part.features.column(self.column);
        let ranked = column.dictionary.iter().map(|value| {
            let name = value.as_text()?;
            Some((rank(name)?, name))
        });
        ranked.collect()
    }

    fn code(&self, feature: usize) -> usize {
        self.part.features.column(self.column).codes[feature] as usize
    }
}

impl<'a> Source<'a> {
    /// The parts of a layer that the viewer may read, of the comune that is searched.
    fn parts(&self, entry: Option<&'a LayerEntry>) -> impl Iterator<Item = &'a PartSnapshot> {
        let wanted = self.comune.map(|comune| comune.id);
        entry
            .filter(|entry| authorize(self.viewer, Action::Read, entry.definition().policy).is_ok())
            .into_iter()
            .flat_map(|entry| &entry.parts)
            .map(|part| &**part)
            .filter(move |part| wanted.is_none_or(|id| id == part.territory_id))
    }

    /// The parts of a layer with one of its text columns, and their comune.
    fn named(&self, layer: &str, column: &str) -> Vec<(Names<'a>, &'a Arc<Comune>)> {
        let entry = self.catalogue.layer(layer);
        let Some(column) = entry.and_then(|entry| entry.definition().column_index(column)) else {
            return Vec::new();
        };
        self.parts(entry)
            .filter_map(|part| {
                let comune = self.catalogue.comune(part.territory_id)?;
                Some((Names { part, column }, comune))
            })
            .collect()
    }

    fn addresses(&self, typed: &Typed) -> Findings<AddressFound> {
        let Some(wanted) = typed.house_number() else {
            return Findings::default();
        };
        let number = self
            .catalogue
            .layer(HOUSES)
            .and_then(|entry| entry.definition().column_index("number"));
        let Some(number) = number else {
            return Findings::default();
        };
        let mut found = Vec::new();
        for (names, comune) in self.named(HOUSES, "street") {
            let ranked = names.ranked(|name| typed.rank_street(name));
            let features = &names.part.features;
            for feature in 0..features.len() {
                let Some((rank, street)) = ranked[names.code(feature)] else {
                    continue;
                };
                let text = features.value(feature, number).as_text();
                let house = text.and_then(|text| Some((text, HouseNumber::parse(text)?)));
                if let Some((text, house)) = house
                    && house.is_meant_by(wanted)
                {
                    let address = AddressFound {
                        street: street.to_owned(),
                        number: text.to_owned(),
                        comune: Arc::clone(comune),
                        place: lon_lat_from_grid(features.label(feature)),
                    };
                    found.push((rank, folded(street), house, address));
                }
            }
        }
        found.sort_by(|a, b| (a.0, &a.1, &a.2).cmp(&(b.0, &b.1, &b.2)));
        let best = found.into_iter().map(|(_, _, _, address)| address);
        Findings::first(best.collect(), MAX_NAMES)
    }

    // A street is known by its houses, by its lines, or by both.
    fn streets(&self, typed: &Typed) -> Findings<StreetFound> {
        let rank = |name: &str| typed.rank(name).or_else(|| typed.rank_street(name));
        let mut streets: BTreeMap<(Rank, String, i64), (StreetFound, GridBox)> = BTreeMap::new();
        for (layer, column) in [(HOUSES, "street"), (STREETS, "name")] {
            for (names, comune) in self.named(layer, column) {
                let ranked = names.ranked(rank);
                if ranked.iter().all(Option::is_none) {
                    continue;
                }
                let features: &Features = &names.part.features;
                for feature in 0..features.len() {
                    let Some((rank, name)) = ranked[names.code(feature)] else {
                        continue;
                    };
                    let (street, bounds) = streets
                        .entry((rank, folded(name), comune.id))
                        .or_insert_with(|| {
                            let street = StreetFound {
                                name: name.to_owned(),
                                comune: Arc::clone(comune),
                                bounds: LonLatBox::EMPTY,
                                houses: 0,
                            };
                            (street, GridBox::EMPTY)
                        });
                    street.houses += usize::from(layer == HOUSES);
                    let around = features.bounds_of(feature);
                    bounds.add(around.min);
                    bounds.add(around.max);
                }
            }
        }
        let best = streets.into_values().map(|(street, bounds)| StreetFound {
            bounds: in_degrees(bounds),
            ..street
        });
        Findings::first(best.collect(), MAX_NAMES)
    }

    fn names(&self, typed: &Typed) -> Findings<NameFound> {
        let kind = self
            .catalogue
            .layer(NAMES)
            .and_then(|entry| entry.definition().column_index("kind"));
        let mut found = Vec::new();
        for (names, comune) in self.named(NAMES, "name") {
            let ranked = names.ranked(|name| typed.rank(name));
            let features = &names.part.features;
            for feature in 0..features.len() {
                let Some((rank, name)) = ranked[names.code(feature)] else {
                    continue;
                };
                let kind = kind.and_then(|column| features.value(feature, column).as_text());
                let name = NameFound {
                    name: name.to_owned(),
                    kind: kind.map(str::to_owned),
                    comune: Arc::clone(comune),
                    place: lon_lat_from_grid(features.label(feature)),
                };
                found.push((rank, folded(&name.name), name));
            }
        }
        found.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        let best = found.into_iter().map(|(_, _, name)| name);
        Findings::first(best.collect(), MAX_NAMES)
    }
}

fn in_degrees(bounds: GridBox) -> LonLatBox {
    let (west, north) = lon_lat_from_grid(bounds.min);
    let (east, south) = lon_lat_from_grid(bounds.max);
    LonLatBox {
        west,
        south,
        east,
        north,
    }
}
