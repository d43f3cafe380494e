//! Writes layers of Mapbox Vector Tiles 2.1, straight into bytes.
//!
//! Field numbers are those of `vector_tile.proto` (MVT 2.1, section 4 and appendix). Values
//! are written once a tile; a column whose values are all different skips the look-up.

use crate::geo::EXTENT;

/// A value of a tag, borrowed.
#[derive(Debug, Clone, Copy)]
pub enum TagValue<'a> {
    /// `string_value`.
    Text(&'a str),
    /// `sint_value`.
    Integer(i64),
    /// `double_value`.
    Real(f64),
}

/// Geometry types of MVT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GeometryType {
    Point = 1,
    Line = 2,
    Polygon = 3,
}

const MOVE_TO: u32 = 1;
const LINE_TO: u32 = 2;
const CLOSE_PATH: u32 = 7;

/// Collects the features of one layer of one tile.
pub struct LayerWriter {
    name: String,
    keys: Vec<String>,
    features: Vec<u8>,
    values: Vec<u8>,
    value_count: u32,
    feature_count: u32,
    geometry: Vec<u8>,
    tags: Vec<u8>,
    cursor: [i32; 2],
    kind: GeometryType,
}

impl LayerWriter {
    /// Starts a layer; tags refer to keys by their position.
    pub fn new(name: &str, keys: Vec<String>) -> Self {
        Self {
            name: name.to_owned(),
            keys,
            features: Vec::new(),
            values: Vec::new(),
            value_count: 0,
            feature_count: 0,
            geometry: Vec::new(),
            tags: Vec::new(),
            cursor: [0; 2],
            kind: GeometryType::Polygon,
        }
    }

    /// True when no feature was written.
    pub fn is_empty(&self) -> bool {
        self.feature_count == 0
    }

    /// Adds a value to the layer; its number, for [`LayerWriter::tag`].
    pub fn add_value(&mut self, value: TagValue<'_>) -> u32 {
        let number = self.value_count;
        self.value_count += 1;
        match value {
            TagValue::Text(text) => {
                let length = text.len();
                field(&mut self.values, 4, 2);
                varint(
                    &mut self.values,
                    (1 + varint_size(length as u64) + length) as u64,
                );
                field(&mut self.values, 1, 2);
                varint(&mut self.values, length as u64);
                self.values.extend_from_slice(text.as_bytes());
            }
            TagValue::Integer(integer) => {
                let encoded = ((integer << 1) ^ (integer >> 63)) as u64;
                field(&mut self.values, 4, 2);
                varint(&mut self.values, (1 + varint_size(encoded)) as u64);
                field(&mut self.values, 6, 0);
                varint(&mut self.values, encoded);
            }
            TagValue::Real(real) => {
                field(&mut self.values, 4, 2);
                varint(&mut self.values, 9);
                field(&mut self.values, 3, 1);
                self.values.extend_from_slice(&real.to_le_bytes());
            }
        }
        number
    }

    /// Gives the feature being written a value for a key.
    pub fn tag(&mut self, key: u32, value: u32) {
        varint(&mut self.tags, u64::from(key));
        varint(&mut self.tags, u64::from(value));
    }

    /// Adds a ring (open, at least three vertices) to the feature being written.
    pub fn ring(&mut self, ring: &[[i64; 2]]) {
        let Some((first, rest)) = ring.split_first() else {
            return;
        };
        self.kind = GeometryType::Polygon;
        command(&mut self.geometry, MOVE_TO, 1);
        self.step(*first);
        command(&mut self.geometry, LINE_TO, rest.len());
        for point in rest {
            self.step(*point);
        }
        command(&mut self.geometry, CLOSE_PATH, 1);
    }

    /// Adds a line (at least two vertices) to the feature being written.
    pub fn line(&mut self, line: &[[i64; 2]]) {
        let Some((first, rest)) = line.split_first() else {
            return;
        };
        self.kind = GeometryType::Line;
        command(&mut self.geometry, MOVE_TO, 1);
        self.step(*first);
        command(&mut self.geometry, LINE_TO, rest.len());
        for point in rest {
            self.step(*point);
        }
    }

    /// Makes one or several points the geometry of the feature being written.
    pub fn points(&mut self, points: &[[i64; 2]]) {
        if points.is_empty() {
            return;
        }
        self.kind = GeometryType::Point;
        command(&mut self.geometry, MOVE_TO, points.len());
        for point in points {
            self.step(*point);
        }
    }

    /// Ends the feature being written; without geometry nothing is kept of it.
    ///
    /// What stands for several has no number. Says whether there was geometry.
    pub fn finish_feature(&mut self, id: impl Into<Option<u64>>) -> bool {
        let id = id.into();
        let has_geometry = !self.geometry.is_empty();
        if has_geometry {
            let kind = self.kind as u64;
            let (tags, geometry) = (self.tags.len(), self.geometry.len());
            let size = id.map_or(0, |id| 1 + varint_size(id))
                + if tags == 0 {
                    0
                } else {
                    1 + varint_size(tags as u64) + tags
                }
                + 2
                + 1
                + varint_size(geometry as u64)
                + geometry;
            let out = &mut self.features;
            field(out, 2, 2);
            varint(out, size as u64);
            if let Some(id) = id {
                field(out, 1, 0);
                varint(out, id);
            }
            if tags > 0 {
                field(out, 2, 2);
                varint(out, tags as u64);
                out.extend_from_slice(&self.tags);
            }
            field(out, 3, 0);
            varint(out, kind);
            field(out, 4, 2);
            varint(out, geometry as u64);
            out.extend_from_slice(&self.geometry);
            self.feature_count += 1;
        }
        self.geometry.clear();
        self.tags.clear();
        self.cursor = [0; 2];
        has_geometry
    }

    /// Bytes that the layer takes so far, about.
    pub fn size(&self) -> usize {
        self.features.len() + self.values.len() + 64
    }

    /// Number of features written.
    pub fn feature_count(&self) -> u32 {
        self.feature_count
    }

    /// Appends the layer to a tile; a layer without features is left out (MVT 2.1, 4.1).
    pub fn finish(self, tile: &mut Vec<u8>) {
        if self.is_empty() {
            return;
        }
        let keys: usize = self
            .keys
            .iter()
            .map(|key| 1 + varint_size(key.len() as u64) + key.len())
            .sum();
        let name = self.name.len();
        let size = 2
            + 1
            + varint_size(name as u64)
            + name
            + self.features.len()
            + keys
            + self.values.len()
            + 1
            + varint_size(u64::from(EXTENT));
        field(tile, 3, 2);
        varint(tile, size as u64);
        field(tile, 15, 0);
        varint(tile, 2);
        field(tile, 1, 2);
        varint(tile, name as u64);
        tile.extend_from_slice(self.name.as_bytes());
        tile.extend_from_slice(&self.features);
        for key in &self.keys {
            field(tile, 3, 2);
            varint(tile, key.len() as u64);
            tile.extend_from_slice(key.as_bytes());
        }
        tile.extend_from_slice(&self.values);
        field(tile, 5, 0);
        varint(tile, u64::from(EXTENT));
    }

    fn step(&mut self, point: [i64; 2]) {
        for (cursor, coordinate) in self.cursor.iter_mut().zip(point) {
            // Clipped coordinates lie within a few thousand units.
            let target = coordinate as i32;
            let delta = target - *cursor;
            *cursor = target;
            varint(
                &mut self.geometry,
                u64::from(((delta << 1) ^ (delta >> 31)) as u32),
            );
        }
    }
}

fn command(out: &mut Vec<u8>, id: u32, count: usize) {
    varint(out, u64::from(id) | (count as u64) << 3);
}

fn field(out: &mut Vec<u8>, number: u8, wire_type: u8) {
    out.push(number << 3 | wire_type);
}

#[inline]
fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn varint_size(value: u64) -> usize {
    let bits = 64 - (value | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}
