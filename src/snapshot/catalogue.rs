//! Everything that is published, at one moment.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::access::PolicyClass;
use crate::cadastre::ComuneCode;
use crate::geo::{GridBox, LonLatBox, grid_from_lon_lat, lon_lat_from_grid};
use crate::layer::{
    ArticleTitle, AsOf, Definition, DefinitionFile, LayerRole, LegalStatus, PlanVersion,
    PublishedPart, Standing,
};
use crate::place::Comune;

use super::features::Features;

/// Raised whenever the bytes of a tile change for the same data: it is part of every version.
pub(crate) const ENCODER: &str = "mappale-tile-2";

/// A part in memory.
#[derive(Debug)]
pub struct PartSnapshot {
    /// Number of the part.
    pub part_id: i64,
    /// Layer.
    pub layer: String,
    /// Territory.
    pub territory_id: i64,
    /// Version within layer and territory.
    pub version: i32,
    /// Storage CRS.
    pub srid: i32,
    /// When it was loaded.
    pub loaded_at: jiff::Timestamp,
    /// Number of the act that put it into force.
    pub publication_id: i64,
    /// When that act was recorded.
    pub published_at: jiff::Timestamp,
    /// First day on which it is in force.
    pub valid_from: jiff::civil::Date,
    /// Last day, where it is known already what comes after it.
    pub valid_to: Option<jiff::civil::Date>,
    /// How it answers.
    pub standing: Standing,
    /// The plan version that it belongs to, where it answers as part of one.
    pub plan: Option<Arc<PlanSnapshot>>,
    /// Its features; the same for every time at which the part is in force.
    pub features: Arc<Features>,
}

impl PartSnapshot {
    /// A part in force with its features.
    pub fn new(
        part: &PublishedPart,
        features: Arc<Features>,
        plan: Option<Arc<PlanSnapshot>>,
    ) -> Self {
        Self {
            part_id: part.part_id,
            layer: part.layer.clone(),
            territory_id: part.territory_id,
            version: part.version,
            srid: part.srid,
            loaded_at: part.loaded_at,
            publication_id: part.publication_id,
            published_at: part.published_at,
            valid_from: part.valid_from,
            valid_to: part.valid_to,
            standing: part.standing,
            plan,
            features,
        }
    }

    /// The same part with its features on another grid.
    #[must_use]
    pub(super) fn with_features(&self, features: Arc<Features>) -> Self {
        Self {
            layer: self.layer.clone(),
            plan: self.plan.clone(),
            features,
            ..*self
        }
    }

    /// True when the part is in force by the same act until the same day.
    pub fn is(&self, part: &PublishedPart) -> bool {
        self.part_id == part.part_id
            && self.publication_id == part.publication_id
            && self.valid_to == part.valid_to
            && self.standing == part.standing
            && self.plan.as_ref().map(|plan| plan.version.id) == part.plan_version_id
    }

    /// Box of its features in degrees; none when it has no features.
    pub fn lon_lat_box(&self) -> Option<LonLatBox> {
        let GridBox { min, max } = self.features.bounds();
        (!self.features.is_empty()).then(|| {
            let (west, north) = lon_lat_from_grid(min);
            let (east, south) = lon_lat_from_grid(max);
            LonLatBox {
                west,
                south,
                east,
                north,
            }
        })
    }
}

/// The boundary of a territory: a single feature.
#[derive(Debug)]
pub struct BoundarySnapshot {
    /// Number of the row it was read from.
    pub boundary_id: i64,
    /// Territory.
    pub territory_id: i64,
    /// CRS of its metric coordinates.
    pub srid: i32,
    /// The boundary as the only feature.
    pub features: Features,
}

/// A plan version that is published, with its perimeter.
#[derive(Debug)]
pub struct PlanSnapshot {
    /// The version, its acts, days, parts and the titles of its articles.
    pub version: PlanVersion,
    /// EPSG code of the perimeter and the perimeter as the only feature; none: it counts
    /// everywhere in its territory.
    pub perimeter: Option<(i32, Arc<Features>)>,
}

impl PlanSnapshot {
    /// Word of plan and version in addresses: `pgt@2019`.
    pub fn word(&self) -> String {
        format!("{}@{}", self.version.plan, self.version.code)
    }
}

/// A layer with its parts in force.
#[derive(Debug, Clone)]
pub struct LayerEntry {
    /// Definition in use.
    pub file: Arc<DefinitionFile>,
    /// Parts in force everywhere in their territory, in the order of territories.
    pub parts: Vec<Arc<PartSnapshot>>,
    /// Parts that answer beside them: variants in force inside their perimeter, the newest
    /// first, then adopted ones.
    pub beside: Vec<Arc<PartSnapshot>>,
}

impl LayerEntry {
    /// The definition.
    pub fn definition(&self) -> &Definition {
        &self.file.definition
    }

    /// What a map draws: what is in force everywhere, then variants in force, the newest last.
    pub fn drawn(&self) -> impl Iterator<Item = &Arc<PartSnapshot>> {
        let variants = self.beside.iter().rev();
        self.parts
            .iter()
            .chain(variants.filter(|part| part.standing == Standing::Variant))
    }

    /// Everything that answers for a territory: variants in force, the newest first, which
    /// count inside their perimeter in place of what follows; what is in force everywhere;
    /// what is adopted.
    pub fn standing(&self, territory_id: i64) -> impl Iterator<Item = &Arc<PartSnapshot>> {
        let variants = self
            .beside
            .iter()
            .filter(|part| part.standing == Standing::Variant);
        let adopted = self
            .beside
            .iter()
            .filter(|part| part.standing == Standing::Adopted);
        variants
            .chain(&self.parts)
            .chain(adopted)
            .filter(move |part| part.territory_id == territory_id)
    }
}

/// Everything in force on one day, as known at one moment; cheap to share, never changed.
#[derive(Debug, Default)]
pub struct Catalogue {
    as_of: Option<AsOf>,
    known_until: Option<jiff::Timestamp>,
    comuni: Vec<Arc<Comune>>,
    layers: Vec<LayerEntry>,
    boundaries: Vec<Arc<BoundarySnapshot>>,
    plans: Vec<Arc<PlanSnapshot>>,
    boxes: HashMap<i64, LonLatBox>,
    grid_boxes: HashMap<i64, GridBox>,
    versions: HashMap<i64, String>,
}

impl Catalogue {
    /// Puts together comuni, their boundaries, definitions and the parts in force.
    pub fn new(
        comuni: Vec<Arc<Comune>>,
        boundaries: Vec<Arc<BoundarySnapshot>>,
        layers: Vec<LayerEntry>,
    ) -> Self {
        let mut boxes: HashMap<i64, LonLatBox> = HashMap::new();
        let mut grid_boxes: HashMap<i64, GridBox> = HashMap::new();
        for part in layers.iter().flat_map(|layer| &layer.parts) {
            if let Some(part_box) = part.lon_lat_box() {
                let bounds = part.features.bounds();
                let grid_box = grid_boxes
                    .entry(part.territory_id)
                    .or_insert(GridBox::EMPTY);
                grid_box.add(bounds.min);
                grid_box.add(bounds.max);
                boxes
                    .entry(part.territory_id)
                    .and_modify(|all| *all = all.union(part_box))
                    .or_insert(part_box);
            }
        }
        let mut catalogue = Self {
            as_of: None,
            known_until: None,
            comuni,
            layers,
            boundaries,
            plans: Vec::new(),
            boxes,
            grid_boxes,
            versions: HashMap::new(),
        };
        catalogue.versions = catalogue
            .comuni
            .iter()
            .map(|comune| (comune.id, catalogue.version_of(comune)))
            .collect();
        catalogue
    }

    /// The same with the day and the moment that it was read for, and the newest act in it.
    #[must_use]
    pub fn read_as_of(self, as_of: AsOf, known_until: Option<jiff::Timestamp>) -> Self {
        Self {
            as_of: Some(as_of),
            known_until,
            ..self
        }
    }

    /// The same with the plan versions that are published.
    #[must_use]
    pub fn with_plans(self, plans: Vec<Arc<PlanSnapshot>>) -> Self {
        Self { plans, ..self }
    }

    /// Plan versions that are published, by territory and plan, in the order of recording.
    pub fn plans(&self) -> &[Arc<PlanSnapshot>] {
        &self.plans
    }

    /// A plan version of a territory by its word in addresses: `pgt@2019`, or `pgt` for the
    /// general version in force.
    pub fn plan(&self, territory_id: i64, word: &str) -> Option<&Arc<PlanSnapshot>> {
        let mut here = self
            .plans
            .iter()
            .filter(|plan| plan.version.territory_id == territory_id);
        match word.split_once('@') {
            Some((name, code)) => {
                here.find(|plan| plan.version.plan == name && plan.version.code == code)
            }
            None => here.find(|plan| {
                plan.version.plan == word
                    && plan.version.status == LegalStatus::InForce
                    && plan.perimeter.is_none()
            }),
        }
    }

    /// An article that a feature of a plan version names, with the version whose norms have it:
    /// a variant that says nothing of it leaves the norms of the plan in force as they are.
    pub fn norm_of<'a>(
        &'a self,
        plan: &'a Arc<PlanSnapshot>,
        article: &str,
    ) -> Option<(&'a Arc<PlanSnapshot>, &'a ArticleTitle)> {
        let version = &plan.version;
        if let Some(found) = version.article(article) {
            return Some((plan, found));
        }
        let base = self.plan(version.territory_id, &version.plan)?;
        Some((base, base.version.article(article)?))
    }

    /// The day and the moment that it is about; none for one that was not read.
    pub fn as_of(&self) -> Option<AsOf> {
        self.as_of
    }

    /// The moment of the newest act that it knows: the `known_at` that leads to the same
    /// answers for ever. None when nothing was published yet.
    pub fn known_until(&self) -> Option<jiff::Timestamp> {
        self.known_until
    }

    /// Territories whose maps may answer at a place, in degrees: those whose boundary is near,
    /// or not known.
    pub fn territories_near(&self, lon: f64, lat: f64) -> Vec<i64> {
        // Less than the 500 m that features may reach beyond a boundary would be too little.
        const NEAR_DEGREES: f64 = 0.01;
        let cell = |lon: f64, lat: f64| grid_from_lon_lat(lon, lat);
        let mut around = GridBox::EMPTY;
        around.add(cell(lon - NEAR_DEGREES, lat + NEAR_DEGREES));
        around.add(cell(lon + NEAR_DEGREES, lat - NEAR_DEGREES));
        self.comuni
            .iter()
            .map(|comune| comune.id)
            .filter(|id| {
                let mut known = self
                    .boundaries
                    .iter()
                    .filter(|boundary| boundary.territory_id == *id)
                    .peekable();
                known.peek().is_none()
                    || known.any(|boundary| boundary.features.bounds().intersects(&around))
            })
            .collect()
    }

    /// All comuni.
    pub fn comuni(&self) -> &[Arc<Comune>] {
        &self.comuni
    }

    /// A comune by its word in URLs.
    pub fn comune_by_slug(&self, slug: &str) -> Option<&Arc<Comune>> {
        self.comuni.iter().find(|comune| comune.slug == slug)
    }

    /// A comune by a cadastral code.
    pub fn comune_by_code(&self, code: ComuneCode) -> Option<&Arc<Comune>> {
        self.comuni
            .iter()
            .find(|comune| comune.codes.contains(&code))
    }

    /// A comune by the number of its territory.
    pub fn comune(&self, id: i64) -> Option<&Arc<Comune>> {
        self.comuni.iter().find(|comune| comune.id == id)
    }

    /// Boundaries of territories, as far as they are known.
    pub fn boundaries(&self) -> &[Arc<BoundarySnapshot>] {
        &self.boundaries
    }

    /// All layers that are defined, published or not.
    pub fn layers(&self) -> &[LayerEntry] {
        &self.layers
    }

    /// A layer by its id.
    pub fn layer(&self, id: &str) -> Option<&LayerEntry> {
        self.layers.iter().find(|layer| layer.definition().id == id)
    }

    /// The layer with a role.
    pub fn layer_with_role(&self, role: LayerRole) -> Option<&LayerEntry> {
        self.layers
            .iter()
            .find(|layer| layer.definition().role == Some(role))
    }

    /// Box of a comune's published features; none where nothing is published.
    pub fn box_of(&self, comune: &Comune) -> Option<LonLatBox> {
        self.boxes.get(&comune.id).copied()
    }

    /// Version of a comune's map: it changes when, and only when, a tile of it could change.
    pub fn map_version(&self, comune: &Comune) -> &str {
        self.versions.get(&comune.id).map_or("", String::as_str)
    }

    /// Parts of a layer that belong on a comune's map, its own and those that reach its box: what
    /// is in force everywhere, then variants in force, the newest last.
    pub fn parts_near<'a>(
        &'a self,
        layer: &'a LayerEntry,
        comune: &'a Comune,
    ) -> impl Iterator<Item = &'a Arc<PartSnapshot>> {
        // Asked for every tile: boxes are compared on the grid, where nothing is computed.
        let area = self.grid_boxes.get(&comune.id);
        layer.drawn().filter(move |part| {
            part.territory_id == comune.id
                || area.is_some_and(|area| {
                    !part.features.is_empty() && area.intersects(&part.features.bounds())
                })
        })
    }

    /// Parts that answer, by their numbers.
    pub fn parts_by_id(&self) -> HashMap<i64, Arc<PartSnapshot>> {
        self.layers
            .iter()
            .flat_map(|layer| layer.parts.iter().chain(&layer.beside))
            .map(|part| (part.part_id, Arc::clone(part)))
            .collect()
    }

    fn version_of(&self, comune: &Comune) -> String {
        let mut hash = Sha256::new();
        hash.update(ENCODER);
        for layer in &self.layers {
            // Only public layers share URLs that caches keep.
            if layer.definition().policy != PolicyClass::Public {
                continue;
            }
            hash.update(layer.definition().id.as_bytes());
            hash.update(layer.file.sha256);
            for part in self.parts_near(layer, comune) {
                hash.update(part.part_id.to_le_bytes());
            }
        }
        short_hex(&hash.finalize())
    }
}

/// The first 16 hexadecimal digits of a digest.
fn short_hex(digest: &[u8]) -> String {
    digest.iter().take(8).fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
