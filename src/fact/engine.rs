//! The facts of parcels and of areas: every layer's answer, with exact areas.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::access::{Action, Viewer, authorize};
use crate::cadastre::CadastralReference;
use crate::crs::{self, with_transformation};
use crate::geo::{MetricBox, box_of, cut_ring, meet};
use crate::layer::{GeometryKind, LayerRole, Standing};
use crate::place::Comune;
use crate::snapshot::{BoundarySnapshot, Catalogue, Features, LayerEntry, PartSnapshot};

use super::Error;
use super::answer::{ALL_TENTHS, Doubtful, Fault, LayerFacts, Measure, Piece};
use super::evidence::Evidence;
use super::overlay::{Doubt, NOISE_M2, Shared, length_inside_m, overlay, remainder, shared};
use super::parcel::{ParcelFacts, located};
use super::region::{Region, Shape};

/// Parcels that one question may name.
pub const MAX_PARCELS: usize = 200;

/// How long the layers of one question may take together.
const DEADLINE: Duration = Duration::from_secs(5);

/// A line that enters a region by less than this only touches it, metres.
const SHORTEST_M: f64 = 0.01;

/// What is asked about, as it was understood.
#[derive(Debug, Clone)]
pub enum Subject {
    /// Parcels of one comune, in the order given.
    Parcels(Vec<ParcelFacts>),
    /// A drawn area.
    Area,
}

/// The facts of parcels or of an area.
#[derive(Debug, Clone)]
pub struct Facts {
    /// What was asked about.
    pub subject: Subject,
    /// The comune that it lies in.
    pub comune: Arc<Comune>,
    /// Its outline and area: of several parcels, their union.
    pub region: Region,
    /// The answer of every layer asked.
    pub layers: Vec<LayerFacts>,
}

impl Facts {
    /// The answer of a layer.
    pub fn layer(&self, id: &str) -> Option<&LayerFacts> {
        self.layers.iter().find(|layer| layer.definition().id == id)
    }
}

/// Which layers are asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Layers {
    /// All that answer "what is here?".
    #[default]
    Facts,
    /// These, in the order of the catalogue.
    Only(Vec<String>),
}

impl Layers {
    /// The layers that a comma-separated list names; all when it is empty.
    pub fn parse(list: &str) -> Self {
        let ids: Vec<String> = list
            .split(',')
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .map(str::to_owned)
            .collect();
        if ids.is_empty() {
            Self::Facts
        } else {
            Self::Only(ids)
        }
    }

    /// Says which of the layers asked for is not there, or may not be read.
    ///
    /// # Errors
    /// [`Error::NoLayer`].
    pub fn check(&self, catalogue: &Catalogue, viewer: &Viewer) -> Result<(), Error> {
        self.of(catalogue, viewer, true).map(|_| ())
    }

    /// The entries that are asked, in the order of the catalogue.
    ///
    /// The parcels themselves are no fact of a parcel: they are asked only by name or about an
    /// area.
    fn of<'a>(
        &self,
        catalogue: &'a Catalogue,
        viewer: &Viewer,
        of_parcels: bool,
    ) -> Result<Vec<&'a LayerEntry>, Error> {
        let readable = |entry: &&LayerEntry| {
            authorize(viewer, Action::Read, entry.definition().policy).is_ok()
        };
        let entries = catalogue.layers().iter().filter(readable);
        match self {
            Self::Facts => Ok(entries
                .filter(|entry| {
                    let definition = entry.definition();
                    definition.facts && !(of_parcels && definition.role == Some(LayerRole::Parcel))
                })
                .collect()),
            Self::Only(ids) => {
                let found: Vec<&LayerEntry> = entries
                    .filter(|entry| ids.contains(&entry.definition().id))
                    .collect();
                let unknown = ids
                    .iter()
                    .find(|id| !found.iter().any(|entry| entry.definition().id == **id));
                match unknown {
                    Some(id) => Err(Error::NoLayer(id.clone())),
                    None => Ok(found),
                }
            }
        }
    }
}

/// The facts of parcels of one comune, for a viewer.
///
/// # Errors
/// [`Error::NoParcel`] and [`Error::NoCadastre`] for the first that is not there,
/// [`Error::TooManyParcels`], [`Error::NoParcels`], [`Error::SeveralComuni`], [`Error::NoLayer`].
pub fn of_parcels(
    catalogue: &Catalogue,
    viewer: &Viewer,
    references: &[CadastralReference],
    layers: &Layers,
) -> Result<Facts, Error> {
    if references.len() > MAX_PARCELS {
        return Err(Error::TooManyParcels(references.len()));
    }
    let entries = layers.of(catalogue, viewer, true)?;
    let mut parcels: Vec<ParcelFacts> = Vec::new();
    let mut regions = Vec::new();
    for reference in references {
        if parcels.iter().any(|known| known.reference == *reference) {
            continue;
        }
        let (facts, part, feature) = located(catalogue, viewer, reference)?;
        if let Some(first) = parcels.first()
            && first.comune.id != facts.comune.id
        {
            return Err(Error::SeveralComuni(
                first.comune.name.clone(),
                facts.comune.name.clone(),
            ));
        }
        regions.push(Region::of_feature(part, feature));
        parcels.push(facts);
    }
    let comune = parcels
        .first()
        .map(|first| Arc::clone(&first.comune))
        .ok_or(Error::NoParcels)?;
    let region = Region::union(regions).ok_or(Error::NoParcels)?;
    // A parcel belongs to its comune, also where its outline runs over the boundary.
    let layers = answers(catalogue, &entries, &region, &comune, 1.0);
    Ok(Facts {
        subject: Subject::Parcels(parcels),
        comune,
        region,
        layers,
    })
}

/// The facts of a drawn area (polygons > rings > lon/lat in degrees, rings closed), for a viewer.
///
/// Areas are measured in the storage CRS of the comune that has most of it.
///
/// # Errors
/// [`Error::BadOutline`], [`Error::Outside`], [`Error::NoLayer`], [`Error::Crs`].
pub fn of_area(
    catalogue: &Catalogue,
    viewer: &Viewer,
    outline: &Shape,
    layers: &Layers,
) -> Result<Facts, Error> {
    let entries = layers.of(catalogue, viewer, false)?;
    let mut best: Option<(f64, Arc<Comune>, Region)> = None;
    let mut refused = None;
    for comune in catalogue.comuni() {
        let region = match Region::from_lon_lat(outline, comune.storage_srid) {
            Ok(region) => region,
            // Far from its zone a CRS may refuse; a bad outline is bad in each.
            Err(error) => {
                refused = Some(error);
                continue;
            }
        };
        let share = share_in(catalogue, comune, &region)?;
        if share > 0.0 && best.as_ref().is_none_or(|(most, ..)| share > *most) {
            best = Some((share, Arc::clone(comune), region));
        }
    }
    let Some((share, comune, region)) = best else {
        return Err(refused.unwrap_or(Error::Outside));
    };
    let layers = answers(catalogue, &entries, &region, &comune, share);
    Ok(Facts {
        subject: Subject::Area,
        comune,
        region,
        layers,
    })
}

/// The share of a region that lies in a comune, as far as its boundary or its maps tell.
fn share_in(catalogue: &Catalogue, comune: &Comune, region: &Region) -> Result<f64, Error> {
    let boundary = catalogue
        .boundaries()
        .iter()
        .find(|boundary| boundary.territory_id == comune.id);
    match boundary {
        Some(boundary) => within(boundary, region),
        // Without a boundary its maps answer where they have something.
        None => {
            let near = catalogue
                .layers()
                .iter()
                .flat_map(|entry| &entry.parts)
                .any(|part| {
                    part.territory_id == comune.id
                        && part.features.bounds().intersects(&region.grid)
                });
            Ok(if near { 1.0 } else { 0.0 })
        }
    }
}

/// The share of a region that lies within a boundary.
fn within(boundary: &BoundarySnapshot, region: &Region) -> Result<f64, Error> {
    if !boundary.features.bounds().intersects(&region.grid) {
        return Ok(0.0);
    }
    let shared = features_overlay(&boundary.features, boundary.srid, region, 0)?;
    Ok(match shared {
        Ok(Shared::Nothing) => 0.0,
        Ok(Shared::All) => 1.0,
        Ok(Shared::Some(_, area_m2)) => (area_m2 / region.area_m2).min(1.0),
        // A boundary is curated; when in doubt, the place is in it.
        Err(_) => 1.0,
    })
}

/// The answers of layers about a region of a comune, `share` of which lies in the comune.
fn answers(
    catalogue: &Catalogue,
    entries: &[&LayerEntry],
    region: &Region,
    comune: &Comune,
    share: f64,
) -> Vec<LayerFacts> {
    let until = Instant::now() + DEADLINE;
    entries
        .iter()
        .map(|entry| answer(catalogue, entry, region, comune, share, until))
        .collect()
}

/// The answer of a layer about a region of a comune, `share` of which lies in the comune.
pub(super) fn answer(
    catalogue: &Catalogue,
    entry: &LayerEntry,
    region: &Region,
    comune: &Comune,
    share: f64,
    until: Instant,
) -> LayerFacts {
    let mut facts = LayerFacts::without_data(&entry.file);
    let mut covered = 0.0;
    // What variants leave of the region to what is in force around them.
    let mut rest = Some(Cow::Borrowed(region));
    for part in entry.standing(comune.id) {
        let Some(place) = rest.take() else {
            break;
        };
        match part.standing {
            Standing::Variant => match divided_by(part, &place) {
                Ok((inside, outside)) => {
                    if let Some(inside) = inside {
                        covered += add(&mut facts, part, &inside, region, share, until);
                    }
                    rest = outside.map(Cow::Owned);
                }
                Err(fault) => {
                    facts.fault = Some(fault);
                    rest = Some(place);
                }
            },
            Standing::InForce => covered += add(&mut facts, part, &place, region, share, until),
            Standing::Adopted => rest = Some(place),
        }
    }
    for part in &entry.parts {
        // A neighbour's map does not cover this comune, whatever reaches over the border.
        if catalogue.comune(part.territory_id).is_some() {
            continue;
        }
        let before = facts.pieces.len();
        if let Err(fault) = collect(&mut facts, part, region, region, until) {
            facts.fault = Some(fault);
        }
        let covers = wider_share(catalogue, part, region, &facts.pieces[before..]);
        if covers > 0.0 || facts.pieces.len() > before {
            facts.evidence.push(Evidence::of(part));
            covered = f64::max(covered, covers);
        }
    }
    facts.covered_share = covered.min(1.0);
    facts.conclude(region, ALL_TENTHS);
    let adopted = entry.standing(comune.id);
    for part in adopted.filter(|part| part.standing == Standing::Adopted) {
        facts
            .adopted
            .extend(of_adopted(entry, part, region, share, until));
    }
    facts
}

/// Adds what a part of the comune says of a place to an answer about a region; the share of the
/// region that it covers.
fn add(
    facts: &mut LayerFacts,
    part: &PartSnapshot,
    place: &Region,
    region: &Region,
    share: f64,
    until: Instant,
) -> f64 {
    if let Err(fault) = collect(facts, part, place, region, until) {
        facts.fault = Some(fault);
    }
    facts.evidence.push(Evidence::of(part));
    share * place.area_m2 / region.area_m2
}

/// What an adopted plan says of a region; none where its perimeter lies elsewhere.
fn of_adopted(
    entry: &LayerEntry,
    part: &PartSnapshot,
    region: &Region,
    share: f64,
    until: Instant,
) -> Option<LayerFacts> {
    let mut facts = LayerFacts::without_data(&entry.file);
    let place = match divided_by(part, region) {
        Ok((inside, _)) => inside?,
        Err(fault) => {
            facts.fault = Some(fault);
            region.clone()
        }
    };
    facts.covered_share = add(&mut facts, part, &place, region, share, until).min(1.0);
    // A share lies between 0 and 1; the cast saturates.
    let tenths = (f64::from(ALL_TENTHS) * place.area_m2 / region.area_m2).round() as u32;
    facts.conclude(&place, tenths);
    Some(facts)
}

/// What of a place lies inside the perimeter of a part's plan, and what outside.
fn divided_by(
    part: &PartSnapshot,
    place: &Region,
) -> Result<(Option<Region>, Option<Region>), Fault> {
    let perimeter = part.plan.as_ref().and_then(|plan| plan.perimeter.as_ref());
    let Some((srid, perimeter)) = perimeter else {
        return Ok((Some(place.clone()), None));
    };
    if !perimeter.bounds().intersects(&place.grid) {
        return Ok((None, Some(place.clone())));
    }
    let shared = features_overlay(perimeter, *srid, place, 0).map_err(|_| Fault::Transformation)?;
    match shared.map_err(|_| Fault::Doubt)? {
        Shared::Nothing => Ok((None, Some(place.clone()))),
        Shared::All => Ok((Some(place.clone()), None)),
        Shared::Some(inside, _) => {
            let (outside, _) = remainder(place, &[&inside]).map_err(|_| Fault::Doubt)?;
            let some = |shape: Shape| {
                let part = place.part(shape);
                (part.area_m2 > NOISE_M2.max(place.area_m2 * 1e-9)).then_some(part)
            };
            Ok((some(inside), some(outside)))
        }
    }
}

/// The share of a region that a wider territory's part covers: its boundary tells, else what it
/// has there.
fn wider_share(
    catalogue: &Catalogue,
    part: &PartSnapshot,
    region: &Region,
    pieces: &[Piece],
) -> f64 {
    let boundary = catalogue
        .boundaries()
        .iter()
        .find(|boundary| boundary.territory_id == part.territory_id);
    match boundary {
        Some(boundary) => within(boundary, region).unwrap_or(0.0),
        None => pieces.iter().map(Piece::area_m2).sum::<f64>() / region.area_m2,
    }
}

/// Adds the pieces that a part has of a place to an answer about a region.
fn collect(
    facts: &mut LayerFacts,
    part: &PartSnapshot,
    place: &Region,
    region: &Region,
    until: Instant,
) -> Result<(), Fault> {
    let evidence = facts.evidence.len();
    let whole = std::ptr::eq(place, region);
    if !part.features.bounds().intersects(&place.grid) {
        return Ok(());
    }
    for feature in part.features.search(&place.grid) {
        if Instant::now() > until {
            return Err(Fault::Deadline);
        }
        let feature = feature as usize;
        if part.features.kind() != GeometryKind::Polygon {
            let measure = reach(part, feature, place).map_err(|_| Fault::Transformation)?;
            if let Some(measure) = measure {
                facts
                    .pieces
                    .push(Piece::of(part, feature, evidence, measure));
            }
            continue;
        }
        let shared = if part.srid == place.srid {
            shared(place, part, feature)
        } else {
            features_overlay(&part.features, part.srid, place, feature)
                .map_err(|_| Fault::Transformation)?
        };
        let (shape, area_m2) = match shared {
            Ok(Shared::Nothing) => continue,
            Ok(Shared::All) => (place.shape.clone(), place.area_m2),
            Ok(Shared::Some(shape, area_m2)) => (shape, area_m2),
            Err(doubt) => {
                tracing::warn!(
                    part = part.part_id,
                    feature = part.features.id(feature),
                    %doubt,
                    "an overlay goes to the database"
                );
                facts.doubtful.push(Doubtful {
                    evidence,
                    feature,
                    whole,
                });
                continue;
            }
        };
        let share = area_m2 / region.area_m2;
        let mut piece = Piece::of(part, feature, evidence, Measure::Area { area_m2, share });
        piece.shape = shape;
        facts.pieces.push(piece);
    }
    Ok(())
}

/// The length of a feature's lines inside a region, or the number of its points; none for nothing.
fn reach(
    part: &PartSnapshot,
    feature: usize,
    region: &Region,
) -> Result<Option<Measure>, crs::Error> {
    let mut length_m = 0.0;
    let mut points = 0;
    for run in part.features.rings_of(feature) {
        let mut places = run.metric.to_vec();
        if part.srid != region.srid {
            with_transformation(part.srid, region.srid, |t| t.apply_to(&mut places))??;
        }
        match part.features.kind() {
            GeometryKind::Line => length_m += length_inside_m(region, &places),
            _ => points += places.iter().filter(|place| region.covers(**place)).count(),
        }
    }
    Ok(if length_m >= SHORTEST_M {
        Some(Measure::Length { length_m })
    } else if points > 0 {
        Some(Measure::Count { points })
    } else {
        None
    })
}

/// What a region shares with a feature in another CRS: the feature's neighbourhood, densified, is
/// taken to the region's CRS, where areas are measured.
fn features_overlay(
    features: &Features,
    srid: i32,
    region: &Region,
    feature: usize,
) -> Result<Result<Shared, Doubt>, crs::Error> {
    // The region's box there, with a margin for its bent edges.
    let area = {
        let [west, south, east, north] = region.bounds;
        let mut corners = Vec::new();
        for step in 0..=8 {
            let share = f64::from(step) / 8.0;
            let (e, n) = (
                west + (east - west) * share,
                south + (north - south) * share,
            );
            corners.extend([(e, south), (e, north), (west, n), (east, n)]);
        }
        with_transformation(region.srid, srid, |t| t.apply(&mut corners))??;
        let corners: Vec<[f64; 2]> = corners.into_iter().map(|(e, n)| [e, n]).collect();
        let tight = box_of(&corners);
        let margin = 1.0 + (tight[2] - tight[0]).max(tight[3] - tight[1]) * 0.01;
        [
            tight[0] - margin,
            tight[1] - margin,
            tight[2] + margin,
            tight[3] + margin,
        ]
    };
    let mut rings = Vec::new();
    let mut vertices = 0;
    let mut meets = false;
    for ring in features.rings_of(feature) {
        let cut = cut_ring(ring.metric, ring.edges, area);
        meets |= cut.meets;
        let mut places = if srid == region.srid {
            cut.ring
        } else {
            divided(&cut.ring, area)
        };
        with_transformation(srid, region.srid, |t| t.apply_to(&mut places))??;
        vertices += places.len();
        rings.push(places);
    }
    if !meets {
        let mut place = [region.shape[0][0][0]];
        with_transformation(region.srid, srid, |t| t.apply_to(&mut place))??;
        let inside = features.covers(feature, place[0]);
        return Ok(Ok(if inside { Shared::All } else { Shared::Nothing }));
    }
    Ok(overlay(region, &rings, vertices))
}

/// A ring with edges near the box divided, so that they bend as the CRS bends them.
fn divided(ring: &[[f64; 2]], area: MetricBox) -> Vec<[f64; 2]> {
    const STEP_M: f64 = 100.0;
    let mut out = Vec::with_capacity(ring.len());
    for pair in ring.windows(2) {
        out.push(pair[0]);
        let length_m = (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]);
        if !meet(box_of(pair), area) {
            continue;
        }
        let pieces = (length_m / STEP_M).ceil().clamp(1.0, 1000.0);
        let mut step = 1.0;
        while step < pieces {
            let share = step / pieces;
            out.push([
                pair[0][0] + (pair[1][0] - pair[0][0]) * share,
                pair[0][1] + (pair[1][1] - pair[0][1]) * share,
            ]);
            step += 1.0;
        }
    }
    out.extend(ring.last().copied());
    out
}
