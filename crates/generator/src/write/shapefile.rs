//! ESRI shapefiles (whitepaper of July 1998) with dBase III tables in UTF-8.
//!
//! Written here because the libraries at hand stamp the day into the table.

use super::{Column, Shape, Table, Value, closed, placed};
use crate::plane::Point;

/// Coordinate reference system of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Crs {
    /// EPSG:32632, as plans of Lombardy are delivered.
    Utm32Wgs84,
}

const UTM32_WGS84: &str = "PROJCS[\"WGS_1984_UTM_Zone_32N\",GEOGCS[\"GCS_WGS_1984\",\
DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],\
PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433]],\
PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"False_Easting\",500000.0],\
PARAMETER[\"False_Northing\",0.0],PARAMETER[\"Central_Meridian\",9.0],\
PARAMETER[\"Scale_Factor\",0.9996],PARAMETER[\"Latitude_Of_Origin\",0.0],UNIT[\"Meter\",1.0]]";

const POLYGON: i32 = 5;

/// The five files of a layer of polygons: shp, shx, dbf, prj, cpg.
pub(crate) fn shapefile(table: &Table, origin: Point, crs: Crs) -> Vec<(String, Vec<u8>)> {
    let mut body = Vec::new();
    let mut index = Vec::new();
    let mut all = Bounds::default();
    for (number, (shape, _)) in table.rows.iter().enumerate() {
        let record = polygon(shape, origin, &mut all);
        let start = (100 + body.len()) / 2;
        let words = record.len() / 2;
        for (file, first) in [(&mut index, start), (&mut body, number + 1)] {
            file.extend((first as i32).to_be_bytes());
            file.extend((words as i32).to_be_bytes());
        }
        body.extend(record);
    }
    let with_head = |content: Vec<u8>| {
        let mut out = Vec::with_capacity(100 + content.len());
        out.extend(9994_i32.to_be_bytes());
        out.extend([0; 20]);
        out.extend((((100 + content.len()) / 2) as i32).to_be_bytes());
        out.extend(1000_i32.to_le_bytes());
        out.extend(POLYGON.to_le_bytes());
        all.write(&mut out);
        out.extend([0; 32]);
        out.extend(content);
        out
    };
    let Crs::Utm32Wgs84 = crs;
    [
        ("shp", with_head(body)),
        ("shx", with_head(index)),
        ("dbf", dbf(table)),
        ("prj", UTM32_WGS84.as_bytes().to_vec()),
        ("cpg", b"UTF-8".to_vec()),
    ]
    .into_iter()
    .map(|(ending, bytes)| (format!("{}.{ending}", table.name), bytes))
    .collect()
}

/// West, south, east, north.
#[derive(Clone, Copy)]
struct Bounds([f64; 4]);

impl Default for Bounds {
    fn default() -> Self {
        let far = f64::INFINITY;
        Self([far, far, -far, -far])
    }
}

impl Bounds {
    fn add(&mut self, (x, y): (f64, f64)) {
        let b = &mut self.0;
        *b = [b[0].min(x), b[1].min(y), b[2].max(x), b[3].max(y)];
    }

    fn write(&self, out: &mut Vec<u8>) {
        for v in self.0 {
            let v = if v.is_finite() { v } else { 0.0 };
            out.extend(v.to_le_bytes());
        }
    }
}

fn polygon(shape: &Shape, origin: Point, all: &mut Bounds) -> Vec<u8> {
    let rings: Vec<Vec<(f64, f64)>> = match shape {
        Shape::Polygons(polygons) => polygons
            .iter()
            .flat_map(|p| p.iter().enumerate())
            // Outer rings run clockwise in shapefiles.
            .map(|(k, ring)| closed(ring, origin, k > 0))
            .filter(|ring| ring.len() > 3)
            .collect(),
        Shape::Line(path) => vec![path.iter().map(|&p| placed(p, origin)).collect()],
        Shape::Point(p) => vec![vec![placed(*p, origin)]],
    };
    let mut own = Bounds::default();
    for &p in rings.iter().flatten() {
        own.add(p);
        all.add(p);
    }
    let mut out = Vec::new();
    out.extend(POLYGON.to_le_bytes());
    own.write(&mut out);
    out.extend((rings.len() as i32).to_le_bytes());
    let points: usize = rings.iter().map(Vec::len).sum();
    out.extend((points as i32).to_le_bytes());
    let mut start = 0;
    for ring in &rings {
        out.extend((start as i32).to_le_bytes());
        start += ring.len();
    }
    for (x, y) in rings.iter().flatten() {
        out.extend(x.to_le_bytes());
        out.extend(y.to_le_bytes());
    }
    out
}

const REAL_WIDTH: usize = 14;

fn dbf(table: &Table) -> Vec<u8> {
    let width = |k: usize, column: Column| match column {
        Column::Real => REAL_WIDTH,
        Column::Text => table
            .rows
            .iter()
            .map(|r| match &r.1[k] {
                Value::Text(t) => t.len(),
                _ => 1,
            })
            .max()
            .unwrap_or(1)
            .clamp(1, 254),
    };
    let widths: Vec<usize> = table
        .columns
        .iter()
        .enumerate()
        .map(|(k, c)| width(k, c.1))
        .collect();
    let head = 32 + 32 * table.columns.len() + 1;
    let record = 1 + widths.iter().sum::<usize>();
    // Version, then the day of the last change: 30 June 2026, always.
    let mut out = vec![3, 126, 6, 30];
    out.extend((table.rows.len() as u32).to_le_bytes());
    out.extend((head as u16).to_le_bytes());
    out.extend((record as u16).to_le_bytes());
    out.extend([0; 20]);
    for ((name, column), &w) in table.columns.iter().zip(&widths) {
        let mut field = [0_u8; 32];
        field[..name.len()].copy_from_slice(name.as_bytes());
        (field[11], field[17]) = match column {
            Column::Text => (b'C', 0),
            Column::Real => (b'N', 2),
        };
        field[16] = w as u8;
        out.extend(field);
    }
    out.push(0x0d);
    for (_, values) in &table.rows {
        out.push(b' ');
        for (value, &w) in values.iter().zip(&widths) {
            let text = match value {
                Value::Text(t) => cut(t, w).to_owned(),
                Value::Real(r) => format!("{r:>w$.2}"),
                Value::Empty => " ".repeat(w),
            };
            let mut bytes = text.into_bytes();
            bytes.resize(w, b' ');
            out.extend(bytes);
        }
    }
    out.push(0x1a);
    out
}

/// As much of a text as fits into so many bytes.
fn cut(text: &str, width: usize) -> &str {
    let mut end = text.len().min(width);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
