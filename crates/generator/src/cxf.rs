//! Sheets as the office delivers them to a comune: CXF in ETRF2000 (`.ctf`) and SUP.
//!
//! Agenzia delle Entrate, "Specifica tecnica del formato per l'Export/Import della cartografia
//! catastale vettoriale CXF". Texts are right-aligned as it says; lines end with CR LF.

use std::fmt::Write as _;

use crate::block::Kind;
use crate::plane::{Point, Ring, area, bounds, contains, inner_point};
use crate::sheet::{Polygon, Sheet};

/// Height of labels in tenths of a millimetre on the map.
const HEIGHT: usize = 18;

/// Buildings by the parcel that they stand on: sheet, number, outline.
pub(crate) struct Standing<'a> {
    pub(crate) sheet: &'a str,
    pub(crate) parcel: &'a str,
    pub(crate) shape: &'a Polygon,
}

/// Finds for each building the parcel that holds its middle; one on a road stands nowhere.
pub(crate) fn standing<'a>(sheets: &[&'a Sheet], houses: &'a [Polygon]) -> Vec<Standing<'a>> {
    let boxes: Vec<(Point, Point, &Sheet, &crate::sheet::Parcel, &Polygon)> = sheets
        .iter()
        .flat_map(|sheet| sheet.parcels.iter().map(move |parcel| (*sheet, parcel)))
        .filter(|(_, parcel)| matches!(parcel.kind, Kind::Parcel))
        .flat_map(|(sheet, parcel)| parcel.parts.iter().map(move |part| (sheet, parcel, part)))
        .map(|(sheet, parcel, part)| {
            let (low, high) = bounds(&part[0]);
            (low, high, sheet, parcel, part)
        })
        .collect();
    houses
        .iter()
        .filter_map(|shape| {
            let p = inner_point(&shape[0]);
            let found = boxes.iter().find(|(low, high, _, _, part)| {
                p.x >= low.x
                    && p.x <= high.x
                    && p.y >= low.y
                    && p.y <= high.y
                    && contains(&part[0], p)
                    && !part[1..].iter().any(|hole| contains(hole, p))
            });
            found.map(|(_, _, sheet, parcel, _)| Standing {
                sheet: &sheet.code,
                parcel: &parcel.label,
                shape,
            })
        })
        .collect()
}

/// A sheet as CXF and its SUP, with the name of the map.
pub(crate) struct Files {
    pub(crate) name: String,
    pub(crate) cxf: String,
    pub(crate) sup: String,
}

/// Writes a sheet; `origin` is that of the drawing in EPSG:7791, `day` that of the SUP
/// (`AAAAMMGG`).
pub(crate) fn write(
    code: &str,
    sheet: &Sheet,
    standing: &[Standing<'_>],
    origin: Point,
    day: &str,
) -> Files {
    let name = format!("{code}_{}", sheet.code);
    let mut out = Out {
        text: String::new(),
        origin,
        scale: if sheet.code.ends_with("00") {
            2000.0
        } else {
            1000.0
        },
    };
    out.line("MAPPA");
    out.line(&name);
    out.real(out.scale);
    let mut sup = Sup::default();
    for outline in &sheet.outline {
        out.border(&name, outline);
        sup.border += polygon_area(outline);
        sup.cut_out
            .extend(outline[1..].iter().map(|ring| area(ring).abs()));
    }
    for parcel in &sheet.parcels {
        let (word, sum) = match parcel.kind {
            Kind::Road => ("STRADA", Some(&mut sup.roads)),
            Kind::Water => ("ACQUA", Some(&mut sup.waters)),
            Kind::Parcel | Kind::Railway => (parcel.label.as_str(), None),
        };
        match sum {
            Some(list) => list.extend(parcel.parts.iter().map(polygon_area)),
            None => sup.parcels.extend(
                parcel
                    .parts
                    .iter()
                    .map(|part| (word.to_owned(), polygon_area(part))),
            ),
        }
        for part in &parcel.parts {
            out.border(word, part);
        }
    }
    for building in standing.iter().filter(|one| one.sheet == sheet.code) {
        out.border(&format!("{}+", building.parcel), building.shape);
        sup.buildings.push(polygon_area(building.shape));
    }
    // A text, a symbol, a fiducial point and a line, so that every kind of element is there.
    let place = sheet
        .outline
        .first()
        .map(|outline| inner_point(&outline[0]));
    if let Some(place) = place {
        out.line("TESTO");
        out.line(&format!(
            "Foglio {}",
            sheet.code[..4].trim_start_matches('0')
        ));
        out.integer(40);
        out.real(0.0);
        out.point(place);
        out.line("SIMBOLO");
        out.integer(2);
        out.real(0.0);
        out.point(place);
        out.line("FIDUCIALE");
        out.line("1");
        out.integer(20);
        out.point(place);
        out.point(place);
        out.line("LINEA\\");
        out.integer(12);
        let (low, high) = bounds(&sheet.outline[0][0]);
        out.integer(2);
        out.point(low);
        out.point(high);
    }
    out.line("EOF");
    Files {
        sup: sup.text(&name, day),
        cxf: out.text,
        name,
    }
}

/// The area of a polygon in m².
pub(crate) fn polygon_area(polygon: &Polygon) -> f64 {
    let mut areas = polygon.iter().map(|ring| area(ring).abs());
    areas.next().unwrap_or_default() - areas.sum::<f64>()
}

struct Out {
    text: String,
    origin: Point,
    scale: f64,
}

impl Out {
    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push_str("\r\n");
    }

    fn integer(&mut self, value: usize) {
        // Writing to a string does not fail.
        let _ = write!(self.text, "{value:4}\r\n");
    }

    fn real(&mut self, value: f64) {
        let _ = write!(self.text, "{value:12.3}\r\n");
    }

    fn point(&mut self, p: Point) {
        self.real(self.origin.x + p.x);
        self.real(self.origin.y + p.y);
    }

    fn border(&mut self, code: &str, polygon: &Polygon) {
        self.line("BORDO");
        self.line(code);
        self.integer(HEIGHT);
        self.real(0.0);
        let inside = inner_point(&polygon[0]);
        // The lower left corner of a label whose middle is inside.
        let height = HEIGHT as f64 * 1e-4 * self.scale;
        let width = height * 0.6 * code.len() as f64;
        let corner = Point {
            x: inside.x - width / 2.0,
            y: inside.y - height / 2.0,
        };
        self.point(corner);
        self.point(inside);
        let closed: Vec<&Ring> = polygon.iter().collect();
        self.integer(closed.len() - 1);
        self.integer(closed.iter().map(|ring| ring.len() + 1).sum());
        for ring in &closed[1..] {
            self.integer(ring.len() + 1);
        }
        for ring in closed {
            for p in ring.iter().chain(ring.first()) {
                self.point(*p);
            }
        }
    }
}

/// The rows of a SUP, in square metres; sums are rounded as a whole.
#[derive(Default)]
struct Sup {
    buildings: Vec<f64>,
    parcels: Vec<(String, f64)>,
    roads: Vec<f64>,
    waters: Vec<f64>,
    cut_out: Vec<f64>,
    border: f64,
}

impl Sup {
    fn text(mut self, name: &str, day: &str) -> String {
        self.parcels
            .sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut out = format!("{name:<11}{day:>10}\r\n");
        let mut row = |word: &str, value: f64| {
            let _ = write!(out, "{word:<11}{value:>10.0}\r\n");
        };
        let sum = |list: &[f64]| list.iter().sum::<f64>();
        row("N.FABBRIC", self.buildings.len() as f64);
        row("N.PARTIC", self.parcels.len() as f64);
        row("N.STRADE", self.roads.len() as f64);
        row("N.ACQUE", self.waters.len() as f64);
        row("N.SVIL-ALL", self.cut_out.len() as f64);
        row("FABBRIC", sum(&self.buildings));
        for (code, m2) in &self.parcels {
            row(code, *m2);
        }
        let parcels: f64 = self.parcels.iter().map(|(_, m2)| m2).sum();
        row("PARTIC", parcels);
        row("STRADE", sum(&self.roads));
        row("ACQUE", sum(&self.waters));
        row("SVIL-ALL", sum(&self.cut_out).round());
        let total = parcels + sum(&self.roads) + sum(&self.waters);
        row("TOTALE", total);
        row("CONFINE", self.border);
        row("SBILANCIO", total.round() - self.border.round());
        out
    }
}
