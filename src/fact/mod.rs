//! What is true at a place: the one engine behind card, page, API and, later, practices.
//!
//! Every answer says *hit*, *clear* or *no data* for every layer asked, with the versions it
//! stands on. "Nothing found" and "we have no map of that" are different answers.

mod coordinates;
mod evidence;
mod parcel;
mod place;
mod search;
mod selection;
mod words;

pub use coordinates::{CoordinateFacts, Projected, coordinates};
pub use evidence::Evidence;
pub use parcel::{Outline, ParcelFacts, parcel, parcel_outline};
pub use place::{LayerFacts, PlaceFacts, Status, at_point};
pub use search::{
    AddressFound, Findings, MAX_FOUND, NameFound, SearchFacts, SheetFound, StreetFound,
    find_parcels, search,
};
pub use selection::{MAX_CHOSEN, SelectionFacts, parcels_in, selection};

use crate::cadastre::CadastralReference;
use crate::crs;

/// Why there are no facts.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The place is no place on earth.
    #[error("longitude {lon}, latitude {lat} is no place on earth")]
    NoPlace {
        /// Longitude given.
        lon: f64,
        /// Latitude given.
        lat: f64,
    },
    /// No such parcel in the cadastre in force.
    #[error("parcel {0} is not in the cadastre in force")]
    NoParcel(CadastralReference),
    /// No parcels of the comune are published.
    #[error("there is no cadastre of the comune of parcel {0}")]
    NoCadastre(CadastralReference),
    /// Coordinates cannot be transformed.
    #[error(transparent)]
    Crs(#[from] crs::Error),
}
