//! Facts at a point.

use std::sync::Arc;

use crate::access::{Action, Viewer, authorize};
use crate::crs::{self, LON_LAT, with_transformation};
use crate::geo::{GridBox, cells_across, grid_from_lon_lat};
use crate::layer::{GeometryKind, LayerRole, Standing};
use crate::place::Comune;
use crate::snapshot::{Catalogue, LayerEntry, PartSnapshot, REACH_M};

use super::Error;
use super::answer::{LayerFacts, Measure, Piece, Status};
use super::evidence::Evidence;
use super::parcel::ParcelFacts;

/// Everything known of a place.
#[derive(Debug, Clone)]
pub struct PlaceFacts {
    /// Longitude, degrees.
    pub lon: f64,
    /// Latitude, degrees.
    pub lat: f64,
    /// The comune that the place lies in, as far as boundaries and maps tell.
    pub comune: Option<Arc<Comune>>,
    /// Parcels here: more than one where sheets overlap. Parcels proper come first.
    pub parcels: Vec<ParcelFacts>,
    /// The answer of every layer that has facts.
    pub layers: Vec<LayerFacts>,
}

/// What is true at a point, in degrees, for a viewer.
///
/// # Errors
/// [`Error::NoPlace`] for coordinates beyond the earth, [`Error::Crs`].
pub fn at_point(
    catalogue: &Catalogue,
    viewer: &Viewer,
    lon: f64,
    lat: f64,
) -> Result<PlaceFacts, Error> {
    let on_earth = (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat);
    if !on_earth {
        return Err(Error::NoPlace { lon, lat });
    }
    let home = comune_at(catalogue, lon, lat)?;
    let mut facts = PlaceFacts {
        lon,
        lat,
        comune: home.clone(),
        parcels: Vec::new(),
        layers: Vec::new(),
    };
    for entry in catalogue.layers() {
        let definition = entry.definition();
        if !definition.facts || authorize(viewer, Action::Read, definition.policy).is_err() {
            continue;
        }
        let mut answer = LayerFacts::without_data(&entry.file);
        for part in counting(entry, lon, lat)? {
            let found = features_at(part, lon, lat)?;
            // Without a boundary a part answers only where it has something.
            let covers = home
                .as_ref()
                .is_some_and(|home| home.id == part.territory_id);
            if found.is_empty() && !covers {
                continue;
            }
            for feature in found {
                let evidence = answer.evidence.len();
                answer
                    .pieces
                    .push(Piece::of(part, feature, evidence, Measure::Here));
                if definition.role == Some(LayerRole::Parcel)
                    && let Some(parcel) = ParcelFacts::of(catalogue, definition, part, feature)
                {
                    facts.parcels.push(parcel);
                }
            }
            answer.evidence.push(Evidence::of(part));
            answer.covered_share = 1.0;
        }
        answer.status = match (answer.pieces.is_empty(), answer.evidence.is_empty()) {
            (false, _) => Status::Hit,
            (true, false) => Status::Clear,
            (true, true) => Status::NoData,
        };
        facts.layers.push(answer);
    }
    facts.parcels.sort_by(|a, b| {
        let rank = |parcel: &ParcelFacts| parcel.kind != crate::cadastre::ParcelKind::Parcel;
        rank(a)
            .cmp(&rank(b))
            .then_with(|| a.reference.natural_cmp(&b.reference))
    });
    if facts.comune.is_none() {
        facts.comune = facts
            .parcels
            .first()
            .map(|parcel| Arc::clone(&parcel.comune));
    }
    Ok(facts)
}

/// The parts of a layer that count at a place: where it lies in the perimeter of a variant in force,
/// the newest such variant in place of what is in force around it.
fn counting(entry: &LayerEntry, lon: f64, lat: f64) -> Result<Vec<&PartSnapshot>, crs::Error> {
    let variants = entry.beside.iter();
    let variants = variants.filter(|part| part.standing == Standing::Variant);
    let mut decided = Vec::new();
    let mut parts = Vec::new();
    for part in variants.chain(&entry.parts) {
        if decided.contains(&part.territory_id) {
            continue;
        }
        if part.standing == Standing::Variant {
            let plan = part.plan.as_ref();
            if let Some((srid, perimeter)) = plan.and_then(|plan| plan.perimeter.as_ref())
                && !perimeter.covers(0, to_storage(*srid, lon, lat)?)
            {
                continue;
            }
            decided.push(part.territory_id);
        }
        parts.push(&**part);
    }
    Ok(parts)
}

/// Features of a part that cover a place; lines and points within [`REACH_M`] of it.
fn features_at(part: &PartSnapshot, lon: f64, lat: f64) -> Result<Vec<usize>, crs::Error> {
    let cell = grid_from_lon_lat(lon, lat);
    // The grid rounds: a place on an outline may fall a cell beside a feature's box.
    let margin = match part.features.kind() {
        GeometryKind::Polygon => 2,
        GeometryKind::Line | GeometryKind::Point => 2 + cells_across(REACH_M, lat),
    };
    let around = GridBox {
        min: cell.map(|value| value.saturating_sub(margin)),
        max: cell.map(|value| value.saturating_add(margin)),
    };
    if !part.features.bounds().intersects(&around) {
        return Ok(Vec::new());
    }
    let candidates = part.features.search(&around);
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let place = to_storage(part.srid, lon, lat)?;
    Ok(candidates
        .into_iter()
        .map(|feature| feature as usize)
        .filter(|feature| part.features.covers(*feature, place))
        .collect())
}

fn to_storage(srid: i32, lon: f64, lat: f64) -> Result<[f64; 2], crs::Error> {
    let mut points = [(lon, lat)];
    with_transformation(LON_LAT, srid, |transformation| {
        transformation.apply(&mut points)
    })??;
    Ok([points[0].0, points[0].1])
}

/// The comune whose boundary holds a place.
pub(super) fn comune_at(
    catalogue: &Catalogue,
    lon: f64,
    lat: f64,
) -> Result<Option<Arc<Comune>>, crs::Error> {
    let cell = grid_from_lon_lat(lon, lat);
    let here = GridBox {
        min: cell,
        max: cell,
    };
    for boundary in catalogue.boundaries() {
        if boundary.features.bounds().intersects(&here) {
            let place = to_storage(boundary.srid, lon, lat)?;
            if boundary.features.covers(0, place) {
                return Ok(catalogue.comune(boundary.territory_id).cloned());
            }
        }
    }
    Ok(None)
}
