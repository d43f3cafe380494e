//! Several parcels at once: those in view, and those that were chosen together.

use crate::access::{Action, Viewer, authorize};
use crate::cadastre::{CadastralReference, ParcelKind};
use crate::geo::{GridBox, LonLatBox, grid_from_lon_lat};
use crate::layer::LayerRole;
use crate::snapshot::{Catalogue, PartSnapshot};

use super::Error;
use super::parcel::{ParcelFacts, locate};

/// Parcels that can be chosen together.
pub const MAX_CHOSEN: usize = 50;

/// Sides nearer than this to each other, in metres, are one: drawings of one sheet match.
const ON_ONE_SHEET_M: f64 = 0.2;
/// The same for two sheets, which were drawn each on its own.
const ACROSS_SHEETS_M: f64 = 1.0;
/// Two parcels that share less than this, in metres, only touch at a corner.
const SHARED_SIDE_M: f64 = 0.5;

/// Parcels chosen together.
#[derive(Debug, Clone)]
pub struct SelectionFacts {
    /// The parcels, in the order in which they were asked for, each once.
    pub parcels: Vec<ParcelFacts>,
    /// References that are in no cadastre in force here.
    pub missing: Vec<CadastralReference>,
    /// Sum of the areas of the drawings, in m².
    pub area_m2: f64,
    /// Into how many pieces of land they fall: 1 when all of them are contiguous.
    pub pieces: usize,
}

/// The facts of parcels chosen together, for a viewer; at most [`MAX_CHOSEN`] are looked at.
///
/// Parcels are contiguous when they share a side, not only a corner.
pub fn selection(
    catalogue: &Catalogue,
    viewer: &Viewer,
    references: &[CadastralReference],
) -> SelectionFacts {
    let mut parcels = Vec::new();
    let mut missing = Vec::new();
    let mut drawn: Vec<Drawn<'_>> = Vec::new();
    let mut seen: Vec<&CadastralReference> = Vec::new();
    for reference in references {
        if seen.contains(&reference) || seen.len() == MAX_CHOSEN {
            continue;
        }
        seen.push(reference);
        let located =
            locate(catalogue, viewer, reference)
                .ok()
                .and_then(|(definition, part, feature)| {
                    let facts = ParcelFacts::of(catalogue, definition, part, feature)?;
                    Some((facts, Drawn { part, feature }))
                });
        match located {
            Some((facts, outline)) => {
                parcels.push(facts);
                drawn.push(outline);
            }
            None => missing.push(reference.clone()),
        }
    }
    SelectionFacts {
        area_m2: parcels.iter().map(|parcel| parcel.area_m2).sum(),
        pieces: pieces(&parcels, &drawn),
        parcels,
        missing,
    }
}

/// The parcels proper in a box, those nearest to its middle first, and how many there are in all.
///
/// # Errors
/// [`Error::NoPlace`] for a box beyond the earth.
pub fn parcels_in(
    catalogue: &Catalogue,
    viewer: &Viewer,
    area: LonLatBox,
    wanted: usize,
) -> Result<(Vec<ParcelFacts>, usize), Error> {
    for (lon, lat) in [(area.west, area.south), (area.east, area.north)] {
        let on_earth = (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat);
        if !on_earth {
            return Err(Error::NoPlace { lon, lat });
        }
    }
    let Some(entry) = catalogue
        .layer_with_role(LayerRole::Parcel)
        .filter(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok())
    else {
        return Ok((Vec::new(), 0));
    };
    let mut around = GridBox::EMPTY;
    around.add(grid_from_lon_lat(area.west, area.north));
    around.add(grid_from_lon_lat(area.east, area.south));
    let middle = [0, 1].map(|axis| f64::midpoint(around.min[axis].into(), around.max[axis].into()));
    let mut found = Vec::new();
    for part in &entry.parts {
        if !part.features.bounds().intersects(&around) {
            continue;
        }
        for feature in part.features.search(&around) {
            let feature = feature as usize;
            if !part.features.bounds_of(feature).intersects(&around) {
                continue;
            }
            let [x, y] = part.features.label(feature).map(f64::from);
            found.push(((x - middle[0]).hypot(y - middle[1]), part, feature));
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    let is_parcel = |part: &PartSnapshot, feature: usize| {
        let reference = part.features.key(feature).parse::<CadastralReference>();
        reference.is_ok_and(|reference| reference.kind() == ParcelKind::Parcel)
    };
    found.retain(|(_, part, feature)| is_parcel(part, *feature));
    let total = found.len();
    let parcels = found
        .into_iter()
        .take(wanted)
        .filter_map(|(_, part, feature)| {
            ParcelFacts::of(catalogue, entry.definition(), part, feature)
        })
        .collect();
    Ok((parcels, total))
}

/// A parcel's outline, in metres.
struct Drawn<'a> {
    part: &'a PartSnapshot,
    feature: usize,
}

fn pieces(parcels: &[ParcelFacts], drawn: &[Drawn<'_>]) -> usize {
    let mut piece_of: Vec<usize> = (0..drawn.len()).collect();
    for b in 1..drawn.len() {
        for a in 0..b {
            if piece_of[a] == piece_of[b] || drawn[a].part.srid != drawn[b].part.srid {
                continue;
            }
            let same_sheet = parcels[a].reference.sheet == parcels[b].reference.sheet;
            let within = if same_sheet {
                ON_ONE_SHEET_M
            } else {
                ACROSS_SHEETS_M
            };
            if share_a_side(&sides(&drawn[a]), &sides(&drawn[b]), within) {
                let (kept, gone) = (piece_of[a], piece_of[b]);
                for piece in &mut piece_of {
                    if *piece == gone {
                        *piece = kept;
                    }
                }
            }
        }
    }
    piece_of.sort_unstable();
    piece_of.dedup();
    piece_of.len()
}

/// A straight piece of an outline: from and to, E/N in metres.
type Side = [[f64; 2]; 2];

fn sides(drawn: &Drawn<'_>) -> Vec<Side> {
    let rings = drawn.part.features.rings_of(drawn.feature);
    rings
        .flat_map(|ring| ring.metric.windows(2).map(|pair| [pair[0], pair[1]]))
        .collect()
}

/// True when two outlines run beside each other for more than a corner.
fn share_a_side(one: &[Side], other: &[Side], within: f64) -> bool {
    let mut shared = 0.0;
    for [from, to] in one {
        let along = [to[0] - from[0], to[1] - from[1]];
        let length = along[0].hypot(along[1]);
        if length == 0.0 {
            continue;
        }
        let unit = along.map(|value| value / length);
        // Distance along this side, and beside it.
        let seen = |point: &[f64; 2]| {
            let [e, n] = [point[0] - from[0], point[1] - from[1]];
            (
                e.mul_add(unit[0], n * unit[1]),
                n.mul_add(unit[0], -(e * unit[1])),
            )
        };
        for [start, end] in other {
            let ((t0, d0), (t1, d1)) = (seen(start), seen(end));
            let low = t0.min(t1).max(0.0);
            let high = t0.max(t1).min(length);
            if high <= low {
                continue;
            }
            let beside = |t: f64| d0 + (d1 - d0) * (t - t0) / (t1 - t0);
            if beside(low).abs() <= within && beside(high).abs() <= within {
                shared += high - low;
            }
        }
        if shared >= SHARED_SIDE_M {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(east: f64, north: f64, size: f64) -> Vec<Side> {
        let corners = [
            [east, north],
            [east + size, north],
            [east + size, north + size],
            [east, north + size],
            [east, north],
        ];
        corners.windows(2).map(|pair| [pair[0], pair[1]]).collect()
    }

    #[test]
    fn a_side_makes_contiguous_and_a_corner_does_not() {
        let home = square(500_000.0, 5_000_000.0, 10.0);
        let beside = square(500_010.1, 5_000_004.0, 3.0);
        let corner = square(500_010.0, 5_000_010.0, 10.0);
        let across = square(500_010.6, 5_000_000.0, 10.0);
        assert!(share_a_side(&home, &beside, ON_ONE_SHEET_M));
        assert!(share_a_side(&beside, &home, ON_ONE_SHEET_M));
        assert!(!share_a_side(&home, &corner, ON_ONE_SHEET_M));
        assert!(!share_a_side(&home, &across, ON_ONE_SHEET_M));
        assert!(share_a_side(&home, &across, ACROSS_SHEETS_M));
    }

    #[test]
    fn a_crossing_is_no_shared_side() {
        let home = square(0.0, 0.0, 10.0);
        let crossing = square(5.0, 5.0, 10.0);
        assert!(!share_a_side(&home, &crossing, ON_ONE_SHEET_M));
    }
}
