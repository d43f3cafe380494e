//! What a search found, in groups: for the page, and for the suggestions on the map.

use serde::Serialize;
use utoipa::ToSchema;

/// What a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResultKind {
    /// A parcel.
    Parcel,
    /// A sheet of the cadastre.
    Sheet,
    /// A house number on a street.
    Address,
    /// A street.
    Street,
    /// A place with a name.
    Name,
}

/// One result, in words, with its place on the map.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ResultView {
    /// What it is called: `Via dei Mulini 8/A`.
    #[schema(example = "Via dei Mulini 8/A")]
    pub title: String,
    /// What tells it from others of its name: sheet, comune.
    pub detail: String,
    /// Longitude of a place of it, degrees.
    pub lon: f64,
    /// Latitude of a place of it, degrees.
    pub lat: f64,
    /// West, south, east, north in degrees, where it has an extent.
    pub bbox: Option<[f64; 4]>,
    /// National cadastral reference of a parcel.
    pub reference: Option<String>,
    /// Path of the page that says what is there; of the map where there is no such page.
    pub page: String,
    /// Path of the map that shows it.
    pub map: String,
}

/// Results of one kind, best first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ResultGroupView {
    /// Their kind.
    pub kind: ResultKind,
    /// The name of the kind in the language of the answer: `Indirizzi`.
    pub title: String,
    /// How many there are in all.
    pub total: usize,
    /// The best of them.
    pub results: Vec<ResultView>,
}

impl ResultGroupView {
    /// Returns whether these are the parcels.
    #[must_use]
    pub fn is_parcels(&self) -> bool {
        self.kind == ResultKind::Parcel
    }

    /// Returns whether there are more than are shown.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.total > self.results.len()
    }
}
