//! Renders a tile from snapshots. No request for a tile touches the database.

use std::collections::BTreeMap;

use crate::geo::TileAddress;
use crate::layer::{Definition, GeometryKind};
use crate::snapshot::{Features, PartSnapshot};

use super::assemble::Assembler;
use super::budget;
use super::encode::LayerWriter;
use super::mask::Mask;
use super::pen::{Pen, write_polygons};
use super::select::Selection;
use super::values::WrittenValues;

/// A tile as bytes; empty when nothing meets it.
///
/// Over the selection's budget, coverages are drawn as fewer and larger polygons, other features
/// are left out, and the layer [`budget::LEFT_OUT`] says how many.
pub fn render(selection: &Selection, tile: TileAddress) -> Vec<u8> {
    let mut pen = Pen::new(tile);
    let layers: Vec<Found<'_>> = selection
        .layers
        .iter()
        .map(|(file, parts)| Found {
            definition: &file.definition,
            parts: parts
                .iter()
                .map(|part| (&**part, part.features.search(&tile.buffered_box())))
                .collect(),
        })
        .collect();
    let mut drawn: Vec<Drawn> = layers
        .iter()
        .map(|layer| layer.draw(&mut pen, layer.first_step(tile), &|_, _| true))
        .collect();
    if drawn.iter().map(|layer| layer.bytes.len()).sum::<usize>() > selection.budget {
        budget::fit(&mut pen, &layers, &mut drawn, selection.budget);
    }
    let mut layers = drawn.into_iter().map(|layer| layer.bytes);
    let mut tile = layers.next().unwrap_or_default();
    layers.for_each(|layer| tile.extend_from_slice(&layer));
    tile
}

/// A layer with the features that meet the tile.
pub(super) struct Found<'a> {
    pub(super) definition: &'a Definition,
    pub(super) parts: Vec<(&'a PartSnapshot, Vec<u32>)>,
}

/// A layer of a tile.
#[derive(Default)]
pub(super) struct Drawn {
    pub(super) bytes: Vec<u8>,
    /// Features that are drawn, each for itself.
    pub(super) alone: usize,
    /// Features that are drawn as one with others.
    pub(super) merged: usize,
}

/// Which polygons of a coverage are drawn as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Those of one class and group that are smaller than a pixel, its side doubled so many times.
    Small(u8),
    /// All of one class and group.
    Classes,
    /// All of a group.
    Groups,
    /// All of a part.
    Whole,
}

/// Tells of the features of a part, by its position in the layer, which are drawn.
pub(super) type Wanted<'a> = dyn Fn(usize, usize) -> bool + 'a;

impl<'a> Found<'a> {
    /// How a coverage is drawn at a zoom when there is room.
    pub(super) fn first_step(&self, tile: TileAddress) -> Step {
        if tile.z() < self.definition.tile.merge.whole_below {
            Step::Whole
        } else {
            Step::Small(0)
        }
    }

    /// Draws the layer with its labels.
    pub(super) fn draw(&self, pen: &mut Pen, step: Step, wanted: &Wanted<'_>) -> Drawn {
        let definition = self.definition;
        let mut drawn = Drawn::default();
        let mut writer = LayerWriter::new(&definition.id, definition.tile.attributes.clone());
        let columns: Vec<usize> = definition
            .tile
            .attributes
            .iter()
            .filter_map(|name| definition.column_index(name))
            .collect();
        for (position, (part, features)) in self.parts.iter().enumerate() {
            let mut written = WrittenValues::new(&part.features, &columns);
            let mut merger = Merger::new(definition, &part.features, step);
            let mask = Mask::of(&self.parts, position);
            for feature in features.iter().map(|feature| *feature as usize) {
                if !wanted(position, feature) {
                    continue;
                }
                let Some(is_cut) = mask.cuts(&part.features.bounds_of(feature)) else {
                    continue;
                };
                if is_cut && part.features.kind() == GeometryKind::Polygon {
                    pen.masked(&part.features, feature, &mask, &mut writer);
                    written.tag(&mut writer, feature);
                    drawn.alone += usize::from(writer.finish_feature(part.features.id(feature)));
                    continue;
                }
                if is_cut && !mask.shows(part.features.label(feature)) {
                    continue;
                }
                if merger.takes(pen.tile().z(), feature) {
                    merger.add(pen, feature);
                    drawn.merged += 1;
                    continue;
                }
                match part.features.kind() {
                    GeometryKind::Polygon => pen.polygons(&part.features, feature, &mut writer),
                    GeometryKind::Line => pen.lines(&part.features, feature, &mut writer),
                    GeometryKind::Point => pen.points(&part.features, feature, &mut writer),
                }
                written.tag(&mut writer, feature);
                drawn.alone += usize::from(writer.finish_feature(part.features.id(feature)));
            }
            merger.write(definition, &mut written, &mut writer);
        }
        writer.finish(&mut drawn.bytes);
        self.draw_labels(pen, step, wanted, &mut drawn.bytes);
        drawn
    }

    /// A name stands where its feature is drawn for itself, once on the whole map.
    fn draw_labels(&self, pen: &Pen, step: Step, wanted: &Wanted<'_>, bytes: &mut Vec<u8>) {
        let definition = self.definition;
        let zoom = pen.tile().z();
        let label = definition.tile.label.as_ref();
        if label.is_none_or(|label| zoom < label.min_zoom) {
            return;
        }
        let columns = definition.label_columns();
        let keys = columns
            .iter()
            .map(|index| definition.column[*index].name.clone())
            .collect();
        let mut writer = LayerWriter::new(&format!("{}.label", definition.id), keys);
        for (position, (part, features)) in self.parts.iter().enumerate() {
            let mut written = WrittenValues::new(&part.features, &columns);
            let merger = Merger::new(definition, &part.features, step);
            let mask = Mask::of(&self.parts, position);
            for feature in features.iter().map(|feature| *feature as usize) {
                if !mask.shows(part.features.label(feature)) {
                    continue;
                }
                let Some(unit) = pen.point_in_tile(part.features.label(feature)) else {
                    continue;
                };
                if wanted(position, feature) && !merger.takes(zoom, feature) {
                    writer.points(&[unit]);
                    written.tag(&mut writer, feature);
                    writer.finish_feature(part.features.id(feature));
                }
            }
        }
        writer.finish(bytes);
    }
}

/// Polygons of a part that are drawn as one.
struct Merger<'a> {
    features: &'a Features,
    is_coverage: bool,
    step: Step,
    class: Vec<usize>,
    /// Columns in which those that become one agree.
    agree: Vec<usize>,
    groups: BTreeMap<Vec<u32>, Group>,
}

#[derive(Default)]
struct Group {
    rings: Assembler,
    /// By the values of the class: how many have them, and the first that does.
    classes: BTreeMap<Vec<u32>, (usize, usize)>,
}

impl<'a> Merger<'a> {
    fn new(definition: &Definition, features: &'a Features, step: Step) -> Self {
        let merge = &definition.tile.merge;
        let positions = |names: &[String]| -> Vec<usize> {
            let found = names
                .iter()
                .filter_map(|name| definition.column_index(name));
            found.collect()
        };
        let (class, group) = (positions(&merge.class), positions(&merge.group));
        let agree = match step {
            Step::Small(_) | Step::Classes => class.iter().chain(&group).copied().collect(),
            Step::Groups => group,
            Step::Whole => Vec::new(),
        };
        Self {
            features,
            is_coverage: definition.coverage,
            step,
            class,
            agree,
            groups: BTreeMap::new(),
        }
    }

    fn takes(&self, zoom: u8, feature: usize) -> bool {
        self.is_coverage
            && match self.step {
                Step::Small(doubled) => zoom < self.features.visible_from(feature) + doubled,
                Step::Classes | Step::Groups | Step::Whole => true,
            }
    }

    fn add(&mut self, pen: &mut Pen, feature: usize) {
        let codes = |columns: &[usize]| -> Vec<u32> {
            let codes = columns
                .iter()
                .map(|column| self.features.column(*column).codes[feature]);
            codes.collect()
        };
        let (key, class) = (codes(&self.agree), codes(&self.class));
        let group = self.groups.entry(key).or_default();
        pen.gather(self.features, feature, &mut group.rings);
        group.classes.entry(class).or_insert((0, feature)).0 += 1;
    }

    /// Writes each group as one feature without a number, of the class that most of it has.
    fn write(
        self,
        definition: &Definition,
        written: &mut WrittenValues<'_>,
        writer: &mut LayerWriter,
    ) {
        let attributes = &definition.tile.attributes;
        let stays: Vec<bool> = attributes
            .iter()
            .filter_map(|name| definition.column_index(name))
            .map(|column| self.agree.contains(&column) || self.class.contains(&column))
            .collect();
        for mut group in self.groups.into_values() {
            write_polygons(&mut group.rings, writer);
            let most = group
                .classes
                .values()
                .max_by_key(|(count, first)| (*count, std::cmp::Reverse(*first)));
            if let Some((_, feature)) = most {
                written.tag_some(writer, *feature, |position| stays[position]);
            }
            writer.finish_feature(None);
        }
    }
}
