//! The features of a part, written as files that other programs read.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::access::{Action, Viewer, authorize};
use crate::crs::{self, LON_LAT, with_transformation};
use crate::geo::lon_lat_from_grid;
use crate::layer::{ColumnType, DefinitionFile, GeometryKind, Value};
use crate::place::Comune;
use crate::snapshot::{Catalogue, PartSnapshot, RingView};

use super::list;

/// Features that are written at a time.
const CHUNK: usize = 200;

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// GeoJSON (RFC 7946): lon/lat in degrees.
    GeoJson,
    /// CSV (RFC 4180) with a point inside each feature, lon/lat in degrees.
    Csv,
    /// What the worker makes GeoPackages and shapefiles of: one JSON object a line, the layer
    /// first, outlines as well-known binary in the storage CRS.
    List,
}

/// A layer of a comune that is being written, some features at a time.
#[derive(Debug, Clone)]
pub struct Export {
    file: Arc<DefinitionFile>,
    part: Arc<PartSnapshot>,
    format: Format,
    next: Option<usize>,
}

impl Export {
    /// The export of a layer for a viewer; none when there is nothing that the viewer may read.
    pub fn of(
        catalogue: &Catalogue,
        viewer: &Viewer,
        comune: &Comune,
        layer: &str,
        format: Format,
    ) -> Option<Self> {
        let entry = catalogue
            .layer(layer)
            .filter(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok())?;
        let own = entry
            .parts
            .iter()
            .find(|part| part.territory_id == comune.id);
        let part = own.or_else(|| catalogue.parts_near(entry, comune).next())?;
        Some(Self {
            file: Arc::clone(&entry.file),
            part: Arc::clone(part),
            format,
            next: Some(0),
        })
    }

    /// The next piece of the file; none when all is written.
    ///
    /// # Errors
    /// [`crs::Error`] when a feature cannot be brought to degrees.
    pub fn next_piece(&mut self) -> Result<Option<String>, crs::Error> {
        let Some(first) = self.next else {
            return Ok(None);
        };
        let count = self.part.features.len();
        let last = (first + CHUNK).min(count);
        let mut piece = String::new();
        if first == 0 {
            piece.push_str(&self.head());
        }
        for feature in first..last {
            match self.format {
                Format::GeoJson => {
                    if feature > 0 {
                        piece.push(',');
                    }
                    piece.push('\n');
                    piece.push_str(&self.geo_json(feature)?.to_string());
                }
                Format::Csv => self.csv_row(feature, &mut piece),
                Format::List => self.list_row(feature, &mut piece),
            }
        }
        self.next = (last < count).then_some(last);
        if self.next.is_none() && self.format == Format::GeoJson {
            piece.push_str("\n]}\n");
        }
        Ok(Some(piece))
    }

    fn head(&self) -> String {
        match self.format {
            Format::GeoJson => {
                let definition = &self.file.definition;
                let licence = Json::from(definition.source.licence.as_str());
                let source = Json::from(definition.source.name.it.as_str());
                format!(
                    "{{\"type\":\"FeatureCollection\",\"name\":{},\"source\":{source},\"licence\":{licence},\"version\":{},\"features\":[",
                    Json::from(definition.id.as_str()),
                    self.part.version
                )
            }
            Format::List => self.list_head(),
            Format::Csv => {
                let columns = &self.file.definition.column;
                let mut head: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
                head.extend(["lon", "lat"]);
                format!("{}\r\n", head.join(","))
            }
        }
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.part.features.len()
    }

    fn list_row(&self, feature: usize, piece: &mut String) {
        let features = &self.part.features;
        let values = (0..self.file.definition.column.len()).map(|index| {
            match features.value(feature, index) {
                Value::Null => Json::Null,
                Value::Text(text) => Json::from(text.as_str()),
                Value::Integer(number) => Json::from(*number),
                Value::Real(number) => Json::from(*number),
                Value::Date(date) => Json::from(date.to_string()),
            }
        });
        let wkb = list::wkb_of_rings(self.file.definition.geometry, features.rings_of(feature));
        list::row(values.collect(), Some(&wkb), piece);
    }

    fn list_head(&self) -> String {
        let definition = &self.file.definition;
        let fields = definition.column.iter().map(|column| {
            let kind = match column.kind {
                ColumnType::Integer => list::Kind::Integer,
                ColumnType::Real => list::Kind::Real,
                ColumnType::Text | ColumnType::Date => list::Kind::Text,
            };
            (column.name.as_str(), kind)
        });
        let name = definition.id.replace('.', "-");
        list::head(&name, self.part.srid, definition.geometry, fields)
    }

    fn geo_json(&self, feature: usize) -> Result<Json, crs::Error> {
        let features = &self.part.features;
        let mut properties = serde_json::Map::new();
        for (index, column) in self.file.definition.column.iter().enumerate() {
            let value = match features.value(feature, index) {
                Value::Null => Json::Null,
                Value::Text(text) => Json::from(text.as_str()),
                Value::Integer(number) => Json::from(*number),
                Value::Real(number) => Json::from(*number),
                Value::Date(date) => Json::from(date.to_string()),
            };
            properties.insert(column.name.clone(), value);
        }
        let rings = features.rings_of(feature);
        let geometry = match self.file.definition.geometry {
            GeometryKind::Polygon => {
                let mut polygons: Vec<Vec<Vec<[f64; 2]>>> = Vec::new();
                for ring in rings {
                    let mut points = self.degrees(&ring)?;
                    // Kept clockwise for tiles; GeoJSON wants the other direction.
                    points.reverse();
                    match polygons.last_mut() {
                        Some(polygon) if !ring.exterior => polygon.push(points),
                        _ => polygons.push(vec![points]),
                    }
                }
                json!({ "type": "MultiPolygon", "coordinates": polygons })
            }
            GeometryKind::Line => {
                let lines: Vec<_> = rings
                    .map(|line| self.degrees(&line))
                    .collect::<Result<_, _>>()?;
                json!({ "type": "MultiLineString", "coordinates": lines })
            }
            GeometryKind::Point => {
                let runs: Vec<_> = rings
                    .map(|run| self.degrees(&run))
                    .collect::<Result<_, _>>()?;
                json!({ "type": "MultiPoint", "coordinates": runs.concat() })
            }
        };
        Ok(json!({
            "type": "Feature",
            "id": features.id(feature),
            "properties": properties,
            "geometry": geometry,
        }))
    }

    // Nine decimals are a tenth of a millimetre.
    fn degrees(&self, ring: &RingView<'_>) -> Result<Vec<[f64; 2]>, crs::Error> {
        let mut points: Vec<(f64, f64)> = ring.metric.iter().map(|[e, n]| (*e, *n)).collect();
        with_transformation(self.part.srid, LON_LAT, |transformation| {
            transformation.apply(&mut points)
        })??;
        let round = |value: f64| (value * 1e9).round() / 1e9;
        Ok(points
            .into_iter()
            .map(|(lon, lat)| [round(lon), round(lat)])
            .collect())
    }

    fn csv_row(&self, feature: usize, piece: &mut String) {
        let features = &self.part.features;
        for index in 0..self.file.definition.column.len() {
            let text = match features.value(feature, index) {
                Value::Null => String::new(),
                Value::Text(text) => text.clone(),
                Value::Integer(number) => number.to_string(),
                Value::Real(number) => number.to_string(),
                Value::Date(date) => date.to_string(),
            };
            piece.push_str(&csv_field(&text));
            piece.push(',');
        }
        let (lon, lat) = lon_lat_from_grid(features.label(feature));
        piece.push_str(&format!("{lon:.7},{lat:.7}\r\n"));
    }
}

fn csv_field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::csv_field;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        assert_eq!(csv_field("8/A"), "8/A");
        assert_eq!(csv_field("Via Roma, 8"), "\"Via Roma, 8\"");
        assert_eq!(
            csv_field("detto \"il Gobbo\""),
            "\"detto \"\"il Gobbo\"\"\""
        );
        assert_eq!(csv_field("due\nrighe"), "\"due\nrighe\"");
    }
}
