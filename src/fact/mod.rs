//! What is true at a place: the one engine behind card, page, API and, later, practices.
//!
//! Every answer says *hit*, *clear* or *no data* for every layer asked, with the versions it
//! stands on. "Nothing found" and "we have no map of that" are different answers.

mod answer;
mod batch;
mod changes;
mod coordinates;
mod engine;
mod evidence;
mod export;
mod list;
mod nearest;
mod oracle;
mod overlay;
mod parcel;
mod percent;
mod place;
mod region;
mod search;
mod selection;
mod sliver;
mod sql;
mod words;
mod zone;

pub use answer::{
    Attribute, COVER_TOLERANCE, Fault, LayerFacts, Measure, Piece, Remainder, Status,
};
pub use batch::{
    COLUMNS, Line, LineFault, all_parcels, csv_lines, csv_titles, each_in_order, list_lines,
    list_titles, read_list, write_csv_field,
};
pub use changes::{NameChange, TouchedParcel, touched};
pub use coordinates::{CoordinateFacts, Projected, coordinates};
pub use engine::{Facts, Layers, MAX_PARCELS, Subject, of_area, of_parcels};
pub use evidence::Evidence;
pub use export::{Export, Format};
pub use nearest::{first_day, nearest};
pub use oracle::{Disagreement, audit, oracle_counts, settle};
pub use overlay::tolerance_m2;
pub use parcel::{Outline, ParcelFacts, parcel, parcel_outline};
pub use percent::largest_remainder;
pub use place::{PlaceFacts, at_point};
pub use region::{MAX_VERTICES, Region, Shape, area_of, to_lon_lat};
pub use search::{
    AddressFound, Findings, MAX_FOUND, NameFound, SearchFacts, SheetFound, StreetFound,
    find_parcels, search,
};
pub use selection::{MAX_CHOSEN, SelectionFacts, parcels_in, selection};
pub use sliver::{SliverReason, sliver};
pub use zone::{ZoneArea, ZoneFacts, zones};

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
    /// A question about no parcel.
    #[error("no parcel is named")]
    NoParcels,
    /// A question about too many parcels.
    #[error("{0} parcels are more than the {MAX_PARCELS} that one question may name")]
    TooManyParcels(usize),
    /// Parcels of several comuni.
    #[error("the parcels lie in {0} and in {1}: ask about one comune at a time")]
    SeveralComuni(String, String),
    /// No such layer, or none that the viewer may see.
    #[error("there is no layer '{0}'")]
    NoLayer(String),
    /// An outline that cannot be used.
    #[error("the outline cannot be used: {0}")]
    BadOutline(String),
    /// An outline outside every comune.
    #[error("the outline lies in none of the comuni of this site")]
    Outside,
    /// Coordinates cannot be transformed.
    #[error(transparent)]
    Crs(#[from] crs::Error),
}

pub(crate) use sql::ALL as STATEMENTS;
