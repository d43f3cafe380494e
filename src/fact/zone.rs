//! Zones of the plan by their code: how much of the territory they are, and where.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::{Action, Viewer, authorize};
use crate::geo::lon_lat_from_grid;
use crate::layer::{DefinitionFile, Value};
use crate::place::Comune;
use crate::snapshot::{Catalogue, PartSnapshot};

/// A zone of the plan in force: all areas with one code.
#[derive(Debug, Clone)]
pub struct ZoneFacts {
    /// The layer that it is of.
    pub file: Arc<DefinitionFile>,
    /// The part that says so.
    pub part: Arc<PartSnapshot>,
    /// Its code, as the map shows it: `B1`.
    pub code: String,
    /// Its areas, the largest first: positions in the part.
    pub features: Vec<usize>,
    /// Area in m², measured in the storage CRS.
    pub area_m2: f64,
    /// Share of all that the plan divides, 0 to 1.
    pub share: f64,
}

/// An area of a zone.
#[derive(Debug, Clone)]
pub struct ZoneArea {
    /// Area in m².
    pub area_m2: f64,
    /// A place inside: longitude and latitude in degrees.
    pub inside: (f64, f64),
    /// The place name that lies nearest, where names are loaded.
    pub near: Option<String>,
}

impl ZoneFacts {
    /// The value of a column, where all areas of the zone agree on it.
    pub fn value(&self, column: &str) -> Option<&Value> {
        let index = self.file.definition.column_index(column)?;
        let mut values = self
            .features
            .iter()
            .map(|feature| self.part.features.value(*feature, index));
        let first = values.next().filter(|value| **value != Value::Null)?;
        values.all(|value| value == first).then_some(first)
    }

    /// The numbers of the articles that its areas refer to, each once.
    pub fn articles(&self) -> Vec<&str> {
        let column = self.file.definition.fact.article.as_deref();
        let Some(index) = column.and_then(|name| self.file.definition.column_index(name)) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for feature in &self.features {
            let list = self.part.features.value(*feature, index).as_text();
            for number in list.unwrap_or_default().split([',', ';']).map(str::trim) {
                if !number.is_empty() && !found.contains(&number) {
                    found.push(number);
                }
            }
        }
        found
    }

    /// Its largest areas, each with the place name that lies nearest.
    pub fn areas(&self, catalogue: &Catalogue, viewer: &Viewer, limit: usize) -> Vec<ZoneArea> {
        let names = place_names(catalogue, viewer, self.part.territory_id);
        self.features
            .iter()
            .take(limit)
            .map(|feature| {
                let inside = lon_lat_from_grid(self.part.features.label(*feature));
                // Degrees of longitude are shorter: good enough to find the nearest of some names.
                let narrow = inside.1.to_radians().cos();
                let distance = |place: &(f64, f64)| {
                    let east = (place.0 - inside.0) * narrow;
                    let north = place.1 - inside.1;
                    east * east + north * north
                };
                let near = names
                    .iter()
                    .min_by(|(a, _), (b, _)| distance(a).total_cmp(&distance(b)));
                ZoneArea {
                    area_m2: self.part.features.area_m2(*feature),
                    inside,
                    near: near.map(|(_, name)| name.clone()),
                }
            })
            .collect()
    }
}

fn place_names(
    catalogue: &Catalogue,
    viewer: &Viewer,
    territory_id: i64,
) -> Vec<((f64, f64), String)> {
    let Some(entry) = catalogue
        .layer("base.toponimo")
        .filter(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok())
    else {
        return Vec::new();
    };
    let Some(index) = entry.definition().column_index("name") else {
        return Vec::new();
    };
    entry
        .parts
        .iter()
        .filter(|part| part.territory_id == territory_id)
        .flat_map(|part| {
            (0..part.features.len()).filter_map(move |feature| {
                let name = part.features.value(feature, index).as_text()?;
                let place = lon_lat_from_grid(part.features.label(feature));
                Some((place, name.to_owned()))
            })
        })
        .collect()
}

/// The zones of the plan in force in a comune, in the order of their codes; none where no plan
/// is published, or the viewer may not see it.
pub fn zones(catalogue: &Catalogue, viewer: &Viewer, comune: &Comune) -> Vec<ZoneFacts> {
    let found = catalogue.layers().iter().find_map(|entry| {
        let definition = entry.definition();
        if !definition.is_zoning() || authorize(viewer, Action::Read, definition.policy).is_err() {
            return None;
        }
        let mut parts = entry.parts.iter();
        let part = parts.find(|part| part.territory_id == comune.id)?;
        Some((entry, part, *definition.title_columns().first()?))
    });
    let Some((entry, part, column)) = found else {
        return Vec::new();
    };
    let mut by_code: BTreeMap<&str, Vec<(usize, f64)>> = BTreeMap::new();
    for feature in 0..part.features.len() {
        if let Some(code) = part.features.value(feature, column).as_text() {
            let area = part.features.area_m2(feature);
            by_code.entry(code).or_default().push((feature, area));
        }
    }
    let area = |areas: &[(usize, f64)]| areas.iter().map(|(_, area)| area).sum::<f64>();
    let total: f64 = by_code.values().map(|areas| area(areas)).sum();
    by_code
        .into_iter()
        .map(|(code, mut areas)| {
            areas.sort_by(|(_, a), (_, b)| b.total_cmp(a));
            let area_m2 = area(&areas);
            ZoneFacts {
                file: Arc::clone(&entry.file),
                part: Arc::clone(part),
                code: code.to_owned(),
                features: areas.into_iter().map(|(feature, _)| feature).collect(),
                area_m2,
                share: if total > 0.0 { area_m2 / total } else { 0.0 },
            }
        })
        .collect()
}
