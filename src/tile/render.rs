//! Renders a tile from snapshots. No request for a tile touches the database.

use crate::geo::{BUFFER_UNITS, EXTENT, GridPoint, TileAddress};
use crate::layer::{Definition, GeometryKind, Value};
use crate::snapshot::{Features, PartSnapshot};

use super::clip::{ClipBox, clip_line, clip_ring};
use super::encode::{LayerWriter, TagValue};
use super::select::Selection;

/// A tile as bytes; empty when nothing meets it.
pub fn render(selection: &Selection, tile: TileAddress) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut drawing = Drawing::new(tile);
    for (file, parts) in &selection.layers {
        let definition = &file.definition;
        let found: Vec<(&PartSnapshot, Vec<u32>)> = parts
            .iter()
            .map(|part| (&**part, part.features.search(&tile.buffered_box())))
            .collect();
        drawing.features(definition, &found, &mut bytes);
        drawing.labels(definition, &found, &mut bytes);
    }
    bytes
}

type Found<'a> = [(&'a PartSnapshot, Vec<u32>)];

/// A tile being drawn, with buffers that are used again for every ring.
struct Drawing {
    tile: TileAddress,
    origin: [i64; 2],
    ring: Vec<[i64; 2]>,
    scratch: Vec<[i64; 2]>,
}

const BUFFERED: ClipBox = ClipBox {
    min: -(BUFFER_UNITS as i64),
    max: EXTENT as i64 + BUFFER_UNITS as i64,
};

impl Drawing {
    fn new(tile: TileAddress) -> Self {
        Self {
            tile,
            origin: tile.origin_units(),
            ring: Vec::new(),
            scratch: Vec::new(),
        }
    }

    fn features(&mut self, definition: &Definition, found: &Found<'_>, bytes: &mut Vec<u8>) {
        let mut writer = LayerWriter::new(&definition.id, definition.tile.attributes.clone());
        let columns: Vec<usize> = definition
            .tile
            .attributes
            .iter()
            .filter_map(|name| definition.column_index(name))
            .collect();
        for (part, features) in found {
            let mut written = WrittenValues::new(&part.features, &columns);
            for &feature in features {
                let feature = feature as usize;
                match part.features.kind() {
                    GeometryKind::Polygon => self.polygons(&part.features, feature, &mut writer),
                    GeometryKind::Line => self.lines(&part.features, feature, &mut writer),
                    GeometryKind::Point => self.points(&part.features, feature, &mut writer),
                }
                written.tag(&mut writer, feature);
                writer.finish_feature(part.features.id(feature));
            }
        }
        writer.finish(bytes);
    }

    fn polygons(&mut self, features: &Features, feature: usize, writer: &mut LayerWriter) {
        let mut outer_kept = false;
        for ring in features.rings_of(feature) {
            // A hole means nothing without the ring that it is cut out of.
            let wanted = ring.exterior || outer_kept;
            let kept = wanted && self.quantise(ring.grid, ring.exterior);
            if ring.exterior {
                outer_kept = kept;
            }
            if kept {
                writer.ring(&self.ring);
            }
        }
    }

    fn lines(&mut self, features: &Features, feature: usize, writer: &mut LayerWriter) {
        for line in features.rings_of(feature) {
            self.quantise_open(line.grid);
            clip_line(&self.ring, &mut self.scratch, BUFFERED, |part| {
                writer.line(part)
            });
        }
    }

    /// Points go into the one tile that holds them, and not into the buffer of its neighbours:
    /// map programs draw symbols across the edge of tiles, and would draw them twice.
    fn points(&mut self, features: &Features, feature: usize, writer: &mut LayerWriter) {
        for run in features.rings_of(feature) {
            self.quantise_open(run.grid);
            self.ring.retain(is_in_tile);
            writer.points(&self.ring);
        }
    }

    /// Fills the buffer with vertices in units of the tile, none twice in a row.
    fn quantise_open(&mut self, grid: &[GridPoint]) {
        self.ring.clear();
        let (shift, origin) = (self.tile.shift(), self.origin);
        for point in grid {
            let unit = [
                to_unit(point[0], shift) - origin[0],
                to_unit(point[1], shift) - origin[1],
            ];
            if self.ring.last() != Some(&unit) {
                self.ring.push(unit);
            }
        }
    }

    /// Brings a ring into the tile; false when nothing of it is left.
    fn quantise(&mut self, grid: &[GridPoint], exterior: bool) -> bool {
        // The closing vertex is left out: ClosePath says it.
        self.quantise_open(&grid[..grid.len().saturating_sub(1)]);
        clip_ring(&mut self.ring, &mut self.scratch, BUFFERED);
        self.ring.dedup();
        while self.ring.len() > 1 && self.ring.first() == self.ring.last() {
            self.ring.pop();
        }
        if self.ring.len() < 3 {
            return false;
        }
        let twice: i64 = twice_area(&self.ring);
        // Rounding may turn a sliver over; a ring of the wrong direction would mean the
        // opposite of what it is.
        if exterior { twice > 0 } else { twice < 0 }
    }

    fn labels(&self, definition: &Definition, found: &Found<'_>, bytes: &mut Vec<u8>) {
        let Some(label) = &definition.tile.label else {
            return;
        };
        if self.tile.z() < label.min_zoom {
            return;
        }
        let columns = definition.label_columns();
        let keys = columns
            .iter()
            .map(|index| definition.column[*index].name.clone())
            .collect();
        let mut writer = LayerWriter::new(&format!("{}.label", definition.id), keys);
        for (part, features) in found {
            let mut written = WrittenValues::new(&part.features, &columns);
            for &feature in features {
                let feature = feature as usize;
                let point = part.features.label(feature);
                let unit =
                    [0, 1].map(|axis| to_unit(point[axis], self.tile.shift()) - self.origin[axis]);
                // Only in the tile that holds it, so that a name stands once on the map.
                if is_in_tile(&unit) {
                    writer.points(&[unit]);
                    written.tag(&mut writer, feature);
                    writer.finish_feature(part.features.id(feature));
                }
            }
        }
        writer.finish(bytes);
    }
}

/// Whether a point lies in the tile itself; of two neighbours, exactly one holds it.
fn is_in_tile(unit: &[i64; 2]) -> bool {
    unit.iter()
        .all(|value| (0..i64::from(EXTENT)).contains(value))
}

/// A grid coordinate in tile units of the whole map, rounded half up.
fn to_unit(value: u32, shift: u32) -> i64 {
    let half = (1_i64 << shift) >> 1;
    (i64::from(value) + half) >> shift
}

fn twice_area(ring: &[[i64; 2]]) -> i64 {
    let mut twice = 0;
    let mut previous = ring[ring.len() - 1];
    for &point in ring {
        twice += previous[0] * point[1] - point[0] * previous[1];
        previous = point;
    }
    twice
}

/// Remembers which of a part's values the layer has already.
struct WrittenValues<'a> {
    columns: Vec<(&'a crate::snapshot::Column, Vec<u32>)>,
}

const NOT_WRITTEN: u32 = u32::MAX;

impl<'a> WrittenValues<'a> {
    fn new(features: &'a Features, columns: &[usize]) -> Self {
        let columns = columns
            .iter()
            .map(|index| {
                let column = features.column(*index);
                let known = if column.is_unique() {
                    Vec::new()
                } else {
                    vec![NOT_WRITTEN; column.dictionary.len()]
                };
                (column, known)
            })
            .collect();
        Self { columns }
    }

    fn tag(&mut self, writer: &mut LayerWriter, feature: usize) {
        for (key, (column, known)) in (0_u32..).zip(&mut self.columns) {
            let code = column.codes[feature] as usize;
            let number = match known.get(code) {
                Some(&number) if number != NOT_WRITTEN => Some(number),
                _ => add_value(writer, &column.dictionary[code]),
            };
            if let Some(number) = number {
                if let Some(slot) = known.get_mut(code) {
                    *slot = number;
                }
                writer.tag(key, number);
            }
        }
    }
}

fn add_value(writer: &mut LayerWriter, value: &Value) -> Option<u32> {
    match value {
        Value::Null => None,
        Value::Text(text) => Some(writer.add_value(TagValue::Text(text))),
        Value::Integer(integer) => Some(writer.add_value(TagValue::Integer(*integer))),
        Value::Real(real) => Some(writer.add_value(TagValue::Real(*real))),
        Value::Date(date) => Some(writer.add_value(TagValue::Text(&date.to_string()))),
    }
}
