//! The national cadastre's file layout: GML 3.2 as MapServer prints it.
//!
//! EPSG:6706, latitude before longitude, 8 decimals, one member a line; the layout of the bulk
//! download as `data/borgochiaro` keeps it.

use std::io::{self, Write};

use crate::plane::{Point, Ring};
use crate::projection::Utm32;
use crate::sheet::{Polygon, Sheet};

const CRS: &str = "urn:ogc:def:crs:EPSG::6706";

/// Writes members of one file and gathers the box of all of them.
pub(crate) struct Writer<'a> {
    code: &'a str,
    origin: Point,
    utm: &'a Utm32,
    members: Vec<u8>,
    count: usize,
    all: Bounds,
    coordinates: Vec<(i64, i64)>,
}

#[derive(Clone, Copy)]
struct Bounds {
    low: (i64, i64),
    high: (i64, i64),
}

impl Bounds {
    const NONE: Self = Self {
        low: (i64::MAX, i64::MAX),
        high: (i64::MIN, i64::MIN),
    };

    fn take(&mut self, p: (i64, i64)) {
        self.low = (self.low.0.min(p.0), self.low.1.min(p.1));
        self.high = (self.high.0.max(p.0), self.high.1.max(p.1));
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<gml:Envelope srsName=\"");
        out.extend_from_slice(CRS.as_bytes());
        out.extend_from_slice(b"\"><gml:lowerCorner>");
        decimals(out, (self.low.0 + 50).div_euclid(100), 6);
        out.push(b' ');
        decimals(out, (self.low.1 + 50).div_euclid(100), 6);
        out.extend_from_slice(b"</gml:lowerCorner><gml:upperCorner>");
        decimals(out, (self.high.0 + 50).div_euclid(100), 6);
        out.push(b' ');
        decimals(out, (self.high.1 + 50).div_euclid(100), 6);
        out.extend_from_slice(b"</gml:upperCorner></gml:Envelope>");
    }
}

/// A number with a fixed point: `digits` decimals of an integer.
fn decimals(out: &mut Vec<u8>, value: i64, digits: u32) {
    let scale = 10_i64.pow(digits);
    let mut text = [b'0'; 20];
    let mut rest = value.unsigned_abs();
    let mut k = text.len();
    let mut written = 0;
    loop {
        k -= 1;
        if written == digits {
            text[k] = b'.';
            written += 1;
            continue;
        }
        text[k] = b'0' + (rest % 10) as u8;
        rest /= 10;
        written += 1;
        if rest == 0 && written > digits + 1 {
            break;
        }
    }
    debug_assert!(value.abs() < scale * 1000);
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&text[k..]);
}

/// What one sheet's rings become in whole units of 0.000 000 01 degrees.
fn to_degrees(utm: &Utm32, origin: Point, ring: &Ring, out: &mut Vec<(i64, i64)>) {
    out.clear();
    for p in ring {
        let q = utm.to_lat_lon(origin.x + p.x, origin.y + p.y);
        if out.last() != Some(&q) {
            out.push(q);
        }
    }
    while out.len() > 1 && out.first() == out.last() {
        out.pop();
    }
}

impl<'a> Writer<'a> {
    pub(crate) fn new(code: &'a str, origin: Point, utm: &'a Utm32) -> Self {
        Self {
            code,
            origin,
            utm,
            members: Vec::new(),
            count: 0,
            all: Bounds::NONE,
            coordinates: Vec::new(),
        }
    }

    fn text(&mut self, parts: &[&str]) {
        for part in parts {
            self.members.extend_from_slice(part.as_bytes());
        }
    }

    fn polygon(&mut self, polygon: &Polygon, bounds: &mut Bounds) {
        for (k, ring) in polygon.iter().enumerate() {
            let side = if k == 0 { "exterior" } else { "interior" };
            self.text(&[
                "<gml:",
                side,
                "><gml:LinearRing><gml:posList srsDimension=\"2\">",
            ]);
            let mut ring_out = std::mem::take(&mut self.coordinates);
            to_degrees(self.utm, self.origin, ring, &mut ring_out);
            for &p in ring_out.iter().chain(ring_out.first()) {
                bounds.take(p);
                decimals(&mut self.members, p.0, 8);
                self.members.push(b' ');
                decimals(&mut self.members, p.1, 8);
                self.members.push(b' ');
            }
            self.coordinates = ring_out;
            self.text(&["</gml:posList></gml:LinearRing></gml:", side, ">"]);
        }
    }

    /// One Polygon, or a MultiSurface whose polygons are numbered from 2.
    fn geometry(&mut self, parts: &[Polygon], id: &str) -> Bounds {
        let mut bounds = Bounds::NONE;
        if let [one] = parts {
            self.text(&["<gml:Polygon gml:id=\"", id, ".1\" srsName=\"", CRS, "\">"]);
            self.polygon(one, &mut bounds);
            self.text(&["</gml:Polygon>"]);
        } else {
            self.text(&[
                "<gml:MultiSurface gml:id=\"",
                id,
                ".1\" srsName=\"",
                CRS,
                "\">",
            ]);
            for (k, part) in parts.iter().enumerate() {
                let number = (k + 2).to_string();
                self.text(&[
                    "<gml:surfaceMember><gml:Polygon gml:id=\"",
                    id,
                    ".",
                    &number,
                    "\">",
                ]);
                self.polygon(part, &mut bounds);
                self.text(&["</gml:Polygon></gml:surfaceMember>"]);
            }
            self.text(&["</gml:MultiSurface>"]);
        }
        self.all.take(bounds.low);
        self.all.take(bounds.high);
        self.count += 1;
        bounds
    }

    pub(crate) fn parcel(&mut self, sheet: &str, label: &str, parts: &[Polygon]) {
        let reference = format!("{}_{sheet}.{label}", self.code);
        let id = format!("CadastralParcel.IT.AGE.PLA.{reference}");
        self.text(&[
            "<wfs:member><CP:CadastralParcel gml:id=\"",
            &id,
            "\"><gml:boundedBy>",
        ]);
        // The envelope comes before the ring, but is known after it.
        let start = self.members.len();
        self.text(&["</gml:boundedBy><CP:msGeometry>"]);
        let bounds = self.geometry(parts, &id);
        let mut envelope = Vec::with_capacity(220);
        bounds.write(&mut envelope);
        self.members.splice(start..start, envelope);
        self.text(&[
            "</CP:msGeometry><CP:INSPIREID_LOCALID>IT.AGE.PLA.", &reference,
            "</CP:INSPIREID_LOCALID><CP:INSPIREID_NAMESPACE>IT.AGE.PLA.</CP:INSPIREID_NAMESPACE><CP:LABEL>",
            label, "</CP:LABEL><CP:NATIONALCADASTRALREFERENCE>", &reference,
            "</CP:NATIONALCADASTRALREFERENCE><CP:ADMINISTRATIVEUNIT>", self.code,
            "</CP:ADMINISTRATIVEUNIT></CP:CadastralParcel></wfs:member>\n",
        ]);
    }

    pub(crate) fn sheet(&mut self, sheet: &Sheet) {
        let reference = format!("{}_{}", self.code, sheet.code);
        let id = format!("CadastralZoning.IT.AGE.MAP.{reference}");
        let (number, allegato) = (sheet.code[..4].trim_start_matches('0'), &sheet.code[4..5]);
        let label = format!("{number}{}", allegato.trim_start_matches('0'));
        self.text(&[
            "<wfs:member><CP:CadastralZoning gml:id=\"",
            &id,
            "\"><CP:msGeometry>",
        ]);
        self.geometry(&sheet.outline, &id);
        self.text(&[
            "</CP:msGeometry><CP:INSPIREID_LOCALID>IT.AGE.MAP.", &reference,
            "</CP:INSPIREID_LOCALID><CP:INSPIREID_NAMESPACE>IT.AGE.MAP.</CP:INSPIREID_NAMESPACE><CP:LABEL>",
            &label, "</CP:LABEL><CP:LEVEL>3rdOrder</CP:LEVEL><CP:LEVELNAME>Mappa Catastale</CP:LEVELNAME>\
             <CP:NATIONALCADASTRALZONINGREFERENCE>", &reference,
            "</CP:NATIONALCADASTRALZONINGREFERENCE><CP:ADMINISTRATIVEUNIT>", self.code,
            "</CP:ADMINISTRATIVEUNIT></CP:CadastralZoning></wfs:member>\n",
        ]);
    }

    /// Writes the collection as of a day: head, members in the order they were given, tail.
    pub(crate) fn finish(self, mut out: impl Write, day: &str) -> io::Result<()> {
        let mut head = Vec::new();
        self.all.write(&mut head);
        let envelope = String::from_utf8_lossy(&head);
        write!(
            out,
            "<?xml version='1.0' encoding=\"UTF-8\" ?>\n<wfs:FeatureCollection\n   \
             xmlns:CP=\"http://mapserver.gis.umn.edu/mapserver\"\n   \
             xmlns:gml=\"http://www.opengis.net/gml/3.2\"\n   \
             xmlns:wfs=\"http://www.opengis.net/wfs/2.0\"\n   \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"\n   \
             timeStamp=\"{day}T10:00:00\" numberMatched=\"{n}\" numberReturned=\"{n}\">\n\
             <wfs:boundedBy>{envelope}</wfs:boundedBy>\n",
            n = self.count
        )?;
        out.write_all(&self.members)?;
        out.write_all(b"</wfs:FeatureCollection>\n")?;
        out.flush()
    }
}
