//! The parcels that a map is about.

use crate::access::{Action, Viewer, authorize};
use crate::cadastre::CadastralReference;
use crate::crs::{self, with_transformation};
use crate::layer::LayerRole;
use crate::snapshot::Catalogue;

use super::Error;
use super::frame::GroundBox;

/// A parcel as a map shows it on top: outlined, its number first in the fight for room.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Its national reference.
    pub reference: CadastralReference,
    /// Its rings, closed: E, N in metres of the map's CRS.
    pub rings: Vec<Vec<[f64; 2]>>,
    /// A place inside.
    pub inside: [f64; 2],
}

impl Subject {
    /// Its box on the ground.
    pub fn ground(&self) -> GroundBox {
        let mut area = GroundBox::EMPTY;
        for point in self.rings.iter().flatten() {
            area.add(*point);
        }
        area
    }
}

/// The parcels with these references, for a viewer, in a CRS.
///
/// # Errors
/// [`Error::NoParcel`], also for what the viewer may not see; [`Error::Crs`].
pub fn subjects(
    catalogue: &Catalogue,
    viewer: &Viewer,
    references: &[CadastralReference],
    srid: i32,
) -> Result<Vec<Subject>, Error> {
    references
        .iter()
        .map(|reference| {
            let none = || Error::NoParcel(reference.clone());
            let entry = catalogue
                .layer_with_role(LayerRole::Parcel)
                .filter(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok())
                .ok_or_else(none)?;
            let comune = catalogue
                .comune_by_code(reference.sheet.comune)
                .ok_or_else(none)?;
            let part = entry
                .parts
                .iter()
                .find(|part| part.territory_id == comune.id)
                .ok_or_else(none)?;
            let feature = part
                .features
                .find(&reference.to_string())
                .ok_or_else(none)?;
            let mut rings: Vec<Vec<[f64; 2]>> = part
                .features
                .rings_of(feature)
                .map(|ring| ring.metric.to_vec())
                .collect();
            if part.srid != srid {
                with_transformation(part.srid, srid, |transformation| {
                    rings
                        .iter_mut()
                        .try_for_each(|ring| transformation.apply_to(ring))
                })
                .and_then(|outcome: Result<(), crs::Error>| outcome)?;
            }
            let inside = super::label::inside(&rings).unwrap_or_else(|| rings[0][0]);
            Ok(Subject {
                reference: reference.clone(),
                rings,
                inside,
            })
        })
        .collect()
}
