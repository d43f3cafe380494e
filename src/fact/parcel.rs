//! Facts of a parcel.

use std::sync::Arc;

use crate::access::{Action, Viewer, authorize};
use crate::cadastre::{CadastralReference, ParcelKind};
use crate::crs::{self, LON_LAT, with_transformation};
use crate::geo::{LonLatBox, lon_lat_from_grid};
use crate::layer::{Definition, LayerRole};
use crate::place::Comune;
use crate::snapshot::{Catalogue, PartSnapshot};

use super::Error;
use super::evidence::Evidence;

/// A parcel of the cadastre in force.
#[derive(Debug, Clone)]
pub struct ParcelFacts {
    /// Its national reference.
    pub reference: CadastralReference,
    /// Parcel, road or water.
    pub kind: ParcelKind,
    /// Layer that it comes from.
    pub layer: String,
    /// Its numeric name in tiles.
    pub feature_id: u64,
    /// Its comune.
    pub comune: Arc<Comune>,
    /// Area of the drawing in m², in the storage CRS.
    pub area_m2: f64,
    /// Its box in degrees.
    pub bounds: LonLatBox,
    /// A place inside it: lon, lat in degrees.
    pub inside: (f64, f64),
    /// The version that says so.
    pub evidence: Evidence,
}

impl ParcelFacts {
    /// The facts of a feature of a parcel layer; none when its row names no parcel.
    pub(super) fn of(
        catalogue: &Catalogue,
        definition: &Definition,
        part: &PartSnapshot,
        feature: usize,
    ) -> Option<Self> {
        let reference: CadastralReference = part.features.key(feature).parse().ok()?;
        let bounds = part.features.bounds_of(feature);
        let (west, north) = lon_lat_from_grid(bounds.min);
        let (east, south) = lon_lat_from_grid(bounds.max);
        Some(Self {
            kind: reference.kind(),
            reference,
            layer: definition.id.clone(),
            feature_id: part.features.id(feature),
            comune: Arc::clone(catalogue.comune(part.territory_id)?),
            area_m2: part.features.area_m2(feature),
            bounds: LonLatBox {
                west,
                south,
                east,
                north,
            },
            inside: lon_lat_from_grid(part.features.label(feature)),
            evidence: Evidence::of(part),
        })
    }
}

/// The facts of a parcel by its reference, for a viewer.
///
/// # Errors
/// [`Error::NoParcel`], also for what the viewer may not see; [`Error::NoCadastre`].
pub fn parcel(
    catalogue: &Catalogue,
    viewer: &Viewer,
    reference: &CadastralReference,
) -> Result<ParcelFacts, Error> {
    located(catalogue, viewer, reference).map(|(facts, ..)| facts)
}

/// The facts of a parcel, its part and its position there.
pub(super) fn located<'a>(
    catalogue: &'a Catalogue,
    viewer: &Viewer,
    reference: &CadastralReference,
) -> Result<(ParcelFacts, &'a PartSnapshot, usize), Error> {
    let (definition, part, feature) = locate(catalogue, viewer, reference)?;
    ParcelFacts::of(catalogue, definition, part, feature)
        .map(|facts| (facts, part, feature))
        .ok_or_else(|| Error::NoParcel(reference.clone()))
}

/// Polygons > rings > positions of a parcel, lon/lat in degrees, rings closed, outer rings
/// counter-clockwise (RFC 7946, 3.1.6).
pub type Outline = Vec<Vec<Vec<[f64; 2]>>>;

/// The outline of a parcel by its reference, for a viewer.
///
/// # Errors
/// As [`parcel`], and [`Error::Crs`].
pub fn parcel_outline(
    catalogue: &Catalogue,
    viewer: &Viewer,
    reference: &CadastralReference,
) -> Result<Outline, Error> {
    let (_, part, feature) = locate(catalogue, viewer, reference)?;
    let mut outline: Outline = Vec::new();
    for ring in part.features.rings_of(feature) {
        let mut points: Vec<(f64, f64)> = ring.metric.iter().map(|[e, n]| (*e, *n)).collect();
        with_transformation(part.srid, LON_LAT, |transformation| {
            transformation.apply(&mut points)
        })
        .and_then(|outcome: Result<(), crs::Error>| outcome)?;
        // Kept clockwise for tiles; GeoJSON wants the other direction.
        let ring_points = points.iter().rev().map(|(lon, lat)| [*lon, *lat]).collect();
        match outline.last_mut() {
            Some(polygon) if !ring.exterior => polygon.push(ring_points),
            _ => outline.push(vec![ring_points]),
        }
    }
    Ok(outline)
}

pub(super) fn locate<'a>(
    catalogue: &'a Catalogue,
    viewer: &Viewer,
    reference: &CadastralReference,
) -> Result<(&'a Definition, &'a PartSnapshot, usize), Error> {
    let entry = catalogue
        .layer_with_role(LayerRole::Parcel)
        .filter(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok())
        .ok_or_else(|| Error::NoCadastre(reference.clone()))?;
    let comune = catalogue
        .comune_by_code(reference.sheet.comune)
        .ok_or_else(|| Error::NoCadastre(reference.clone()))?;
    let part = entry
        .parts
        .iter()
        .find(|part| part.territory_id == comune.id)
        .ok_or_else(|| Error::NoCadastre(reference.clone()))?;
    let feature = part
        .features
        .find(&reference.to_string())
        .ok_or_else(|| Error::NoParcel(reference.clone()))?;
    Ok((entry.definition(), part, feature))
}
