//! Kinds of feature and their fields, in the names that the files use.

pub(super) const WFS: &str = "http://www.opengis.net/wfs/2.0";
pub(super) const GML: &str = "http://www.opengis.net/gml/3.2";
pub(super) const MAPSERVER: &str = "http://mapserver.gis.umn.edu/mapserver";

/// A kind of feature of the national cadastre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `CadastralParcel`, the parcels, roads and waters of `_ple.gml`.
    Parcel,
    /// `CadastralZoning`, the sheets of `_map.gml`.
    Zoning,
}

impl Kind {
    /// Returns the kind of an element's local name.
    #[must_use]
    pub fn from_element(name: &str) -> Option<Self> {
        [Self::Parcel, Self::Zoning]
            .into_iter()
            .find(|kind| kind.element() == name)
    }

    /// Returns the local name of its element.
    #[must_use]
    pub const fn element(self) -> &'static str {
        match self {
            Self::Parcel => "CadastralParcel",
            Self::Zoning => "CadastralZoning",
        }
    }

    /// Returns the local names of its fields, the reference first.
    #[must_use]
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Parcel => &[
                "NATIONALCADASTRALREFERENCE",
                "LABEL",
                "ADMINISTRATIVEUNIT",
                "INSPIREID_LOCALID",
                "INSPIREID_NAMESPACE",
            ],
            Self::Zoning => &[
                "NATIONALCADASTRALZONINGREFERENCE",
                "LABEL",
                "ADMINISTRATIVEUNIT",
                "LEVEL",
                "LEVELNAME",
                "ORIGINALMAPSCALEDENOMINATOR",
                "BEGINLIFESPANVERSION",
                "ENDLIFESPANVERSION",
                "INSPIREID_LOCALID",
                "INSPIREID_NAMESPACE",
            ],
        }
    }
}
