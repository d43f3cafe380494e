//! Draws a map: style layer after style layer, then the parcels it is about, then the texts.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::access::{Action, Viewer, authorize};
use crate::crs::{self, with_transformation};
use crate::layer::{Localized, Value};
use crate::snapshot::{Catalogue, LayerEntry, PartSnapshot};
use crate::style::{Context, Fragments, StyleLayer, passes};
use crate::text::Lang;

use super::Error;
use super::clip;
use super::frame::{Frame, GroundBox};
use super::furniture;
use super::label::{self, Label, Room};
use super::legend::{Entry, LegendEntry, Mark};
use super::paint::{self, Paint, Properties, UNITS_PER_PX};
use super::path::{Path, escape};
use super::subject::Subject;

/// Which layers are drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All that the viewer may see.
    All,
    /// Those with these ids.
    Ids(Vec<String>),
}

impl Selection {
    fn holds(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Ids(ids) => ids.iter().any(|known| known == id),
        }
    }
}

/// A map to be drawn.
#[derive(Debug, Clone)]
pub struct Sheet<'a> {
    /// Where, how large, at which scale.
    pub frame: Frame,
    /// What of.
    pub layers: Selection,
    /// The parcels that it is about; may be none.
    pub subjects: &'a [Subject],
    /// Language of its texts.
    pub lang: Lang,
    /// What it shows, for those who do not see it.
    pub description: String,
}

/// A drawn map.
#[derive(Debug, Clone)]
pub struct Drawing {
    /// SVG; its size is that of the frame, in millimetres.
    pub svg: String,
    /// What is drawn, the topmost first.
    pub legend: Vec<LegendEntry>,
    /// Ids of the layers of which something is drawn, in the order of the catalogue.
    pub layers: Vec<String>,
}

/// Points that a drawing may hold: an A3 of a town centre has about 200,000.
const MAX_POINTS: usize = 1_500_000;

/// Paper beyond the frame, so that what is cut there is not seen.
const MARGIN_MM: f64 = 4.0;

/// Draws a map for a viewer.
///
/// # Errors
/// [`Error::Frame`], [`Error::TooMuch`], [`Error::Crs`].
pub fn draw(
    catalogue: &Catalogue,
    viewer: &Viewer,
    fragments: &Fragments,
    sheet: &Sheet<'_>,
) -> Result<Drawing, Error> {
    let frame = sheet.frame;
    let sensible = |mm: f64| (5.0..=2_000.0).contains(&mm);
    if !sensible(frame.width_mm)
        || !sensible(frame.height_mm)
        || !(1..=1_000_000).contains(&frame.scale)
    {
        return Err(Error::Frame {
            width_mm: frame.width_mm,
            height_mm: frame.height_mm,
            scale: frame.scale,
        });
    }
    let mut canvas = Canvas {
        frame,
        area: frame.ground_with_margin(MARGIN_MM),
        zoom: paint::zoom_of(frame.scale, frame.latitude()?),
        lang: sheet.lang,
        points: 0,
        body: String::new(),
        definitions: Vec::new(),
        labels: Vec::new(),
        legend: Vec::new(),
        drawn: Vec::new(),
    };
    let seen = frame.grid_box(MARGIN_MM)?;
    let entries: Vec<&LayerEntry> = catalogue
        .layers()
        .iter()
        .filter(|entry| authorize(viewer, Action::Read, entry.definition().policy).is_ok())
        .filter(|entry| sheet.layers.holds(&entry.definition().id))
        .collect();
    for layer in fragments.layers() {
        let word = |name: &str| layer.style.get(name).and_then(Json::as_str);
        if word("type") == Some("background") {
            canvas.background(layer);
            continue;
        }
        let Some(source) = word("source-layer") else {
            continue;
        };
        let id = source.strip_suffix(".label").unwrap_or(source);
        let Some(entry) = entries.iter().find(|entry| entry.definition().id == id) else {
            continue;
        };
        if !canvas.zooms(layer) {
            continue;
        }
        for part in &entry.parts {
            let features = &part.features;
            if features.is_empty() || !features.bounds().intersects(&seen) {
                continue;
            }
            let found = features.search(&seen);
            canvas.style_layer(layer, entry, part, &found)?;
        }
    }
    canvas.subjects(sheet.subjects);
    Ok(canvas.finish(sheet))
}

struct Canvas {
    frame: Frame,
    area: GroundBox,
    zoom: f64,
    lang: Lang,
    points: usize,
    body: String,
    definitions: Vec<(String, String)>,
    labels: Vec<(i32, Label)>,
    legend: Vec<(i32, String, Entry)>,
    drawn: Vec<String>,
}

impl Canvas {
    // A style layer with minzoom 17 is drawn at 1:2000, which corresponds to 17.1.
    fn zooms(&self, layer: &StyleLayer) -> bool {
        let bound = |name: &str| layer.style.get(name).and_then(Json::as_f64);
        bound("minzoom").is_none_or(|min| self.zoom >= min)
            && bound("maxzoom").is_none_or(|max| self.zoom < max)
    }

    fn background(&mut self, layer: &StyleLayer) {
        let nothing = |_: &str| Json::Null;
        let context = Context {
            zoom: self.zoom,
            lang: self.lang,
            get: &nothing,
        };
        let colour = Properties::new(&layer.style, &context).colour("background-color", "#fff");
        let _ = write!(
            self.body,
            "<rect width=\"{:.0}\" height=\"{:.0}\" fill=\"{colour}\"/>",
            self.frame.width(),
            self.frame.height()
        );
    }

    fn style_layer(
        &mut self,
        layer: &StyleLayer,
        entry: &LayerEntry,
        part: &PartSnapshot,
        found: &[u32],
    ) -> Result<(), Error> {
        let kind = layer.style.get("type").and_then(Json::as_str);
        let mut groups: Vec<(Paint, Path)> = Vec::new();
        for feature in found.iter().map(|feature| *feature as usize) {
            let get = |name: &str| attribute(entry, part, feature, name);
            let context = Context {
                zoom: self.zoom,
                lang: self.lang,
                get: &get,
            };
            if !passes(layer.style.get("filter"), &context) {
                continue;
            }
            let properties = Properties::new(&layer.style, &context);
            let painted = match kind {
                Some("fill") => paint::fill(&properties),
                Some("line") => paint::line(&properties),
                Some("circle") => paint::circle(&properties),
                Some("symbol") => {
                    let rings = self.rings(part, feature)?;
                    self.symbol(layer, &properties, &rings);
                    continue;
                }
                _ => None,
            };
            let Some(painted) = painted else {
                continue;
            };
            let rings = self.rings(part, feature)?;
            if let Some(column) = &layer.classes
                && let Some(label) = class_label(entry, part, feature, column, self.lang)
            {
                let mark = mark_of(kind);
                self.legend_entry(layer.order, entry, label, mark, painted.clone());
            }
            let index = match groups.iter().position(|(known, _)| *known == painted) {
                Some(index) => index,
                None => {
                    groups.push((painted, Path::default()));
                    groups.len() - 1
                }
            };
            let path = &mut groups[index].1;
            let before = path.points;
            for ring in &rings {
                match kind {
                    Some("fill") => {
                        let ring = clip::ring(ring, &self.area);
                        path.add(&self.frame, &ring, true);
                    }
                    Some("line") => {
                        for piece in clip::line(ring, &self.area) {
                            let closed = piece.len() > 3 && piece.first() == piece.last();
                            path.add(&self.frame, &piece, closed);
                        }
                    }
                    _ => ring
                        .iter()
                        .filter(|point| clip::holds(&self.area, **point))
                        .for_each(|point| path.dot(&self.frame, *point)),
                }
            }
            self.points += path.points - before;
            if self.points > MAX_POINTS {
                return Err(Error::TooMuch { limit: MAX_POINTS });
            }
        }
        self.write(layer, entry, kind, groups);
        Ok(())
    }

    fn write(
        &mut self,
        layer: &StyleLayer,
        entry: &LayerEntry,
        kind: Option<&str>,
        groups: Vec<(Paint, Path)>,
    ) {
        let mark = mark_of(kind);
        let mut is_drawn = false;
        for (painted, path) in groups {
            if path.data.is_empty() {
                continue;
            }
            if let Some(hatch) = &painted.hatch
                && !self.definitions.iter().any(|(id, _)| *id == hatch.id)
            {
                self.definitions
                    .push((hatch.id.clone(), hatch.definition()));
            }
            for coat in &painted.coats {
                let _ = write!(self.body, "<path {coat} d=\"{}\"/>", path.data);
            }
            if let Some(text) = &layer.legend
                && layer.classes.is_none()
                && !is_drawn
            {
                let label = in_language(text, self.lang).to_owned();
                self.legend_entry(layer.order, entry, label, mark, painted);
            }
            is_drawn = true;
        }
        if is_drawn && !self.drawn.contains(&entry.definition().id) {
            self.drawn.push(entry.definition().id.clone());
        }
    }

    /// Explains a paint; paints of one layer with one text stand together.
    fn legend_entry(
        &mut self,
        order: i32,
        layer: &LayerEntry,
        label: String,
        mark: Mark,
        painted: Paint,
    ) {
        let id = &layer.definition().id;
        let known = self
            .legend
            .iter_mut()
            .find(|(_, known, entry)| known == id && entry.label == label);
        match known {
            Some((_, _, entry)) => {
                if !entry.coats.contains(&(mark, painted.clone())) {
                    entry.coats.push((mark, painted));
                }
            }
            None => {
                let entry = Entry {
                    label,
                    coats: vec![(mark, painted)],
                };
                self.legend.push((order, id.clone(), entry));
            }
        }
    }

    fn symbol(&mut self, layer: &StyleLayer, properties: &Properties<'_>, rings: &[Vec<[f64; 2]>]) {
        let Some(text) = text_of(properties) else {
            return;
        };
        if properties.number("paint", "text-opacity", 1.0) < 0.05 {
            return;
        }
        let is_line = properties
            .word("layout", "symbol-placement")
            .is_some_and(|placement| placement.starts_with("line"));
        let visible = self.frame.ground_with_margin(-1.0);
        if is_line {
            let label = Label::new(properties, &text, [0.0; 2], 1.0);
            let wanted = label.extent()[0] * 1.1;
            for ring in rings {
                if let Some((at, angle)) = label::along(&self.frame, ring, &visible, wanted) {
                    let label = Label {
                        at,
                        angle,
                        ..label.clone()
                    };
                    self.labels.push((layer.order, label));
                }
            }
            return;
        }
        let is_area = rings
            .first()
            .is_some_and(|ring| ring.len() > 3 && ring.first() == ring.last());
        let place = if is_area {
            // What is seen of it, for the rest is on no paper.
            let cut: Vec<Vec<[f64; 2]>> = rings
                .iter()
                .map(|ring| clip::ring(ring, &visible))
                .filter(|ring| !ring.is_empty())
                .collect();
            label::inside(&cut)
        } else {
            rings
                .iter()
                .flat_map(|ring| ring.get(ring.len() / 2))
                .find(|point| clip::holds(&visible, **point))
                .copied()
        };
        if let Some(place) = place {
            let label = Label::new(properties, &text, self.frame.place(place), 0.0);
            self.labels.push((layer.order, label));
        }
    }

    /// Rings or lines of a feature in the map's CRS.
    fn rings(&self, part: &PartSnapshot, feature: usize) -> Result<Vec<Vec<[f64; 2]>>, Error> {
        let mut rings: Vec<Vec<[f64; 2]>> = part
            .features
            .rings_of(feature)
            .map(|ring| ring.metric.to_vec())
            .collect();
        if part.srid != self.frame.srid {
            with_transformation(part.srid, self.frame.srid, |transformation| {
                rings
                    .iter_mut()
                    .try_for_each(|ring| transformation.apply_to(ring))
            })
            .and_then(|outcome: Result<(), crs::Error>| outcome)?;
        }
        Ok(rings)
    }

    fn subjects(&mut self, subjects: &[Subject]) {
        let mut path = Path::default();
        for ring in subjects.iter().flat_map(|subject| &subject.rings) {
            let ring = clip::ring(ring, &self.area);
            path.add(&self.frame, &ring, true);
        }
        if path.data.is_empty() {
            return;
        }
        let data = &path.data;
        let _ = write!(
            self.body,
            "<g id=\"subjects\" stroke-linejoin=\"round\"><path d=\"{data}\" fill=\"#0066cc\" fill-opacity=\"0.1\" \
             stroke=\"#fff\" stroke-width=\"130\" stroke-opacity=\"0.9\"/>\
             <path d=\"{data}\" fill=\"none\" stroke=\"#0066cc\" stroke-width=\"70\"/></g>"
        );
        for subject in subjects {
            let label = Label {
                at: self.frame.place(subject.inside),
                angle: 0.0,
                lines: vec![subject.reference.number.clone()],
                size: 13.0 * UNITS_PER_PX,
                colour: "#003d7a".into(),
                halo: Some(("#fff".into(), 36.0)),
                bold: true,
            };
            self.labels.push((i32::MAX, label));
        }
    }

    fn finish(mut self, sheet: &Sheet<'_>) -> Drawing {
        let mut room = Room::default();
        let mut above = String::new();
        furniture::grid(&self.frame, &mut above, &mut room);
        furniture::scale_bar(&self.frame, self.lang, &mut above, &mut room);
        furniture::north(&self.frame, &mut above, &mut room);
        // The topmost style layer has the first choice; within one, the order of features.
        self.labels
            .sort_by_key(|(order, _)| std::cmp::Reverse(*order));
        let mut texts = String::new();
        for (_, label) in &self.labels {
            room.place(label, &self.frame, &mut texts);
        }
        self.legend
            .sort_by_key(|(order, ..)| std::cmp::Reverse(*order));
        let definitions: String = self
            .definitions
            .iter()
            .map(|(_, text)| text.as_str())
            .collect();
        let (wide, high) = (self.frame.width().round(), self.frame.height().round());
        let mut svg = String::with_capacity(self.body.len() + texts.len() + above.len() + 1024);
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}mm\" height=\"{}mm\" viewBox=\"0 0 {wide} {high}\" role=\"img\">\
             <title>{}</title><defs><clipPath id=\"window\"><rect width=\"{wide}\" height=\"{high}\"/></clipPath>{definitions}</defs>\
             <g clip-path=\"url(#window)\"><rect width=\"{wide}\" height=\"{high}\" fill=\"#fff\"/>{}\
             <g font-family=\"Titillium Web, DejaVu Sans, sans-serif\" text-anchor=\"middle\">{texts}{above}</g></g>",
            paint::short(self.frame.width_mm),
            paint::short(self.frame.height_mm),
            escape(&sheet.description),
            self.body,
        );
        furniture::border(&self.frame, &mut svg);
        svg.push_str("</svg>");
        Drawing {
            svg,
            legend: self
                .legend
                .into_iter()
                .map(|(_, _, entry)| entry.finish())
                .collect(),
            layers: self.drawn,
        }
    }
}

fn in_language(text: &Localized, lang: Lang) -> &str {
    match lang {
        Lang::It => &text.it,
        Lang::En => &text.en,
    }
}

fn mark_of(kind: Option<&str>) -> Mark {
    match kind {
        Some("fill") => Mark::Area,
        Some("line") => Mark::Line,
        _ => Mark::Dot,
    }
}

/// What a feature's value in a column with a domain means.
fn class_label(
    entry: &LayerEntry,
    part: &PartSnapshot,
    feature: usize,
    column: &str,
    lang: Lang,
) -> Option<String> {
    let definition = entry.definition();
    let index = definition.column_index(column)?;
    let value = part.features.value(feature, index).as_text()?;
    let label = definition.column[index].label_of(value)?;
    Some(in_language(label, lang).to_owned())
}

/// The text of a symbol; none when there is nothing to write.
fn text_of(properties: &Properties<'_>) -> Option<String> {
    let text = properties.word("layout", "text-field")?;
    let text = match properties.word("layout", "text-transform").as_deref() {
        Some("uppercase") => text.to_uppercase(),
        Some("lowercase") => text.to_lowercase(),
        _ => text,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// An attribute of a feature as styles see it.
fn attribute(entry: &LayerEntry, part: &PartSnapshot, feature: usize, name: &str) -> Json {
    let Some(column) = entry.definition().column_index(name) else {
        return Json::Null;
    };
    match part.features.value(feature, column) {
        Value::Null => Json::Null,
        Value::Text(text) => text.clone().into(),
        Value::Integer(number) => (*number).into(),
        Value::Real(number) => (*number).into(),
        Value::Date(date) => date.to_string().into(),
    }
}
