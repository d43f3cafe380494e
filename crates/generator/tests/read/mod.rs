//! Just enough of shapefiles, GeoPackages and the cadastre's GML to look at what was written.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;

/// A feature: its rings (or its one line or point) and its values.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) rings: Vec<Vec<(f64, f64)>>,
    pub(crate) values: HashMap<String, String>,
}

impl Row {
    pub(crate) fn text(&self, column: &str) -> &str {
        &self.values[column]
    }
}

fn twice(ring: &[(f64, f64)]) -> f64 {
    let o = ring[0];
    ring.windows(2)
        .map(|w| (w[0].0 - o.0) * (w[1].1 - o.1) - (w[1].0 - o.0) * (w[0].1 - o.1))
        .sum()
}

/// Area whichever way the rings run, holes running the other way than outer rings.
pub(crate) fn area(row: &Row) -> f64 {
    row.rings.iter().map(|r| twice(r)).sum::<f64>().abs() / 2.0
}

/// Edges that are not run through once in each direction.
pub(crate) fn unshared(rows: &[Row]) -> usize {
    let mut edges: HashMap<[i64; 4], i32> = HashMap::new();
    for ring in rows.iter().flat_map(|r| &r.rings) {
        for w in ring.windows(2) {
            let mm = |v: f64| (v * 1000.0).round() as i64;
            let (a, b) = ([mm(w[0].0), mm(w[0].1)], [mm(w[1].0), mm(w[1].1)]);
            let (key, sign) = if a < b {
                ([a[0], a[1], b[0], b[1]], 1)
            } else {
                ([b[0], b[1], a[0], a[1]], -1)
            };
            *edges.entry(key).or_default() += sign;
        }
    }
    edges.values().filter(|n| **n != 0).count()
}

fn u32_at(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

fn points(bytes: &[u8], at: usize, count: usize) -> Vec<(f64, f64)> {
    let number = |at: usize| f64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    (0..count)
        .map(|k| (number(at + 16 * k), number(at + 16 * k + 8)))
        .collect()
}

pub(crate) fn shapefile(archive: &Path, layer: &str) -> Vec<Row> {
    let mut zip = zip::ZipArchive::new(std::fs::File::open(archive).unwrap()).unwrap();
    let mut member = |ending: &str| {
        let mut bytes = Vec::new();
        let mut file = zip.by_name(&format!("{layer}.{ending}")).unwrap();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    };
    let (shp, dbf) = (member("shp"), member("dbf"));
    assert_eq!(member("cpg"), b"UTF-8");
    assert!(
        String::from_utf8(member("prj"))
            .unwrap()
            .contains("UTM_Zone_32N")
    );
    let short = |at: usize| u16::from_le_bytes(dbf[at..at + 2].try_into().unwrap()) as usize;
    let (head, width) = (short(8), short(10));
    let fields: Vec<(String, usize)> = (0..(head - 33) / 32)
        .map(|k| {
            let field = &dbf[32 + 32 * k..64 + 32 * k];
            let name = String::from_utf8(field[..11].to_vec()).unwrap();
            (name.trim_end_matches('\0').to_owned(), field[16] as usize)
        })
        .collect();
    let mut rows = Vec::new();
    let mut at = 100;
    while at < shp.len() {
        let words = i32::from_be_bytes(shp[at + 4..at + 8].try_into().unwrap()) as usize;
        let (parts, count) = (u32_at(&shp, at + 44), u32_at(&shp, at + 48));
        let mut starts: Vec<usize> = (0..parts).map(|k| u32_at(&shp, at + 52 + 4 * k)).collect();
        starts.push(count);
        let all = points(&shp, at + 52 + 4 * parts, count);
        let rings = starts
            .windows(2)
            .map(|w| all[w[0]..w[1]].to_vec())
            .collect();
        let mut from = head + width * rows.len() + 1;
        let mut values = HashMap::new();
        for (name, width) in &fields {
            let text = String::from_utf8(dbf[from..from + width].to_vec()).unwrap();
            values.insert(name.clone(), text.trim().to_owned());
            from += width;
        }
        rows.push(Row { rings, values });
        at += 8 + 2 * words;
    }
    assert_eq!(rows.len(), u32_at(&dbf, 4), "as many shapes as records");
    rows
}

pub(crate) fn gpkg(path: &Path, layer: &str) -> Vec<Row> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut statement = connection
        .prepare(&format!("select * from {layer}"))
        .unwrap();
    let names: Vec<String> = statement
        .column_names()
        .iter()
        .map(|n| (*n).to_owned())
        .collect();
    let rows = statement.query_map([], |row| {
        let blob: Vec<u8> = row.get("geom")?;
        let mut values = HashMap::new();
        for (k, name) in names.iter().enumerate().skip(2) {
            let text = match row.get_ref(k)? {
                rusqlite::types::ValueRef::Real(r) => r.to_string(),
                rusqlite::types::ValueRef::Text(t) => String::from_utf8(t.to_vec()).unwrap(),
                _ => String::new(),
            };
            values.insert(name.clone(), text);
        }
        let start = if blob[3] & 2 == 0 { 8 } else { 40 };
        let mut rings = Vec::new();
        wkb(&blob, start, &mut rings);
        Ok(Row { rings, values })
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn wkb(bytes: &[u8], at: usize, rings: &mut Vec<Vec<(f64, f64)>>) -> usize {
    let kind = u32_at(bytes, at + 1);
    if kind == 1 {
        rings.push(points(bytes, at + 5, 1));
        return at + 21;
    }
    let count = u32_at(bytes, at + 5);
    let mut at = at + 9;
    match kind {
        2 => {
            rings.push(points(bytes, at, count));
            at + 16 * count
        }
        3 => {
            for _ in 0..count {
                let n = u32_at(bytes, at);
                rings.push(points(bytes, at + 4, n));
                at += 4 + 16 * n;
            }
            at
        }
        _ => {
            for _ in 0..count {
                at = wkb(bytes, at, rings);
            }
            at
        }
    }
}

/// Square metres of all sheets, near enough: degrees taken for those of the town's latitude.
pub(crate) fn sheets_area(map: &Path) -> f64 {
    let text = std::fs::read_to_string(map).unwrap();
    let mut sum = 0.0;
    for rest in text.split("<gml:posList srsDimension=\"2\">").skip(1) {
        let numbers: Vec<f64> = rest[..rest.find('<').unwrap()]
            .split_whitespace()
            .map(|n| n.parse().unwrap())
            .collect();
        let latitude = numbers[0].to_radians();
        // Length of a degree of each (WGS 84), and the projection's scale.
        let (north, east) = (
            111_132.95 - 559.85 * (2.0 * latitude).cos(),
            111_412.88 * latitude.cos() - 93.5 * (3.0 * latitude).cos(),
        );
        let ring: Vec<(f64, f64)> = numbers
            .chunks(2)
            .map(|c| (c[1] * east, c[0] * north))
            .collect();
        sum += twice(&ring) / 2.0 * 0.9996 * 0.9996;
    }
    sum.abs()
}

/// Number of different edges, whichever way they are run through.
pub(crate) fn edges(rows: &[Row]) -> usize {
    let mut seen = std::collections::HashSet::new();
    for ring in rows.iter().flat_map(|r| &r.rings) {
        for w in ring.windows(2) {
            let mm = |v: f64| (v * 1000.0).round() as i64;
            let (a, b) = ([mm(w[0].0), mm(w[0].1)], [mm(w[1].0), mm(w[1].1)]);
            seen.insert((a.min(b), a.max(b)));
        }
    }
    seen.len()
}

/// Mean of the corners.
pub(crate) fn middle(ring: &[(f64, f64)]) -> (f64, f64) {
    let n = (ring.len() - 1) as f64;
    let sum = ring[1..]
        .iter()
        .fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
    (sum.0 / n, sum.1 / n)
}

pub(crate) fn inside(row: &Row, p: (f64, f64)) -> bool {
    let mut inside = false;
    for w in row.rings.iter().flat_map(|r| r.windows(2)) {
        let (a, b) = (w[0], w[1]);
        if (a.1 > p.1) != (b.1 > p.1) && p.0 < a.0 + (p.1 - a.1) * (b.0 - a.0) / (b.1 - a.1) {
            inside = !inside;
        }
    }
    inside
}

/// Whether a place lies left of a line, how far off, and how far along it.
pub(crate) fn beside(line: &[(f64, f64)], p: (f64, f64)) -> (bool, f64, f64) {
    let mut best = (false, f64::INFINITY, 0.0);
    let mut run = 0.0;
    for w in line.windows(2) {
        let (a, b) = (w[0], w[1]);
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let t = ((p.0 - a.0) * dx + (p.1 - a.1) * dy) / (dx * dx + dy * dy);
        let t = t.clamp(0.0, 1.0);
        let distance = (a.0 + t * dx - p.0).hypot(a.1 + t * dy - p.1);
        if distance < best.1 {
            let left = dx * (p.1 - a.1) - dy * (p.0 - a.0) > 0.0;
            best = (left, distance, run + t * dx.hypot(dy));
        }
        run += dx.hypot(dy);
    }
    best
}

/// Parcels with their places in EPSG:7791, by cells of 100 m.
pub(crate) struct Parcels {
    rows: Vec<Row>,
    cells: HashMap<(i64, i64), Vec<usize>>,
}

impl Parcels {
    pub(crate) fn all(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }

    pub(crate) fn near(&self, x: f64, y: f64) -> impl Iterator<Item = &Row> {
        let cell = ((x / 100.0).floor() as i64, (y / 100.0).floor() as i64);
        let list = self.cells.get(&cell).into_iter().flatten();
        list.map(|&k| &self.rows[k])
    }
}

pub(crate) fn parcels(ple: &Path) -> Parcels {
    let text = std::fs::read_to_string(ple).unwrap();
    let mut out = Parcels {
        rows: Vec::new(),
        cells: HashMap::new(),
    };
    for line in text.lines().filter(|l| l.starts_with("<wfs:member>")) {
        let tag = "<CP:NATIONALCADASTRALREFERENCE>";
        let rest = &line[line.find(tag).unwrap() + tag.len()..];
        let reference = rest[..rest.find('<').unwrap()].to_owned();
        let rings: Vec<Vec<(f64, f64)>> = line
            .split("<gml:posList srsDimension=\"2\">")
            .skip(1)
            .map(|rest| {
                let numbers: Vec<f64> = rest[..rest.find('<').unwrap()]
                    .split_whitespace()
                    .map(|n| n.parse().unwrap())
                    .collect();
                numbers.chunks(2).map(|c| utm(c[0], c[1])).collect()
            })
            .collect();
        for ring in &rings {
            let cell = |v: f64| (v / 100.0).floor() as i64;
            let range = |pick: fn(&(f64, f64)) -> f64| {
                let low = ring.iter().map(pick).fold(f64::INFINITY, f64::min);
                let high = ring.iter().map(pick).fold(f64::NEG_INFINITY, f64::max);
                cell(low)..=cell(high)
            };
            for x in range(|p| p.0) {
                for y in range(|p| p.1) {
                    out.cells.entry((x, y)).or_default().push(out.rows.len());
                }
            }
        }
        let values = HashMap::from([("REFERENCE".to_owned(), reference)]);
        out.rows.push(Row { rings, values });
    }
    out
}

/// UTM zone 32 on GRS80, to a millimetre (Snyder 1987, eq. 8-9 and 8-10).
fn utm(lat: f64, lon: f64) -> (f64, f64) {
    let f = 1.0 / 298.257_222_101;
    let e2: f64 = f * (2.0 - f);
    let (phi, l) = (lat.to_radians(), (lon - 9.0).to_radians());
    let second = e2 / (1.0 - e2);
    let n = 6_378_137.0 / (1.0 - e2 * phi.sin().powi(2)).sqrt();
    let (t, c, a) = (phi.tan().powi(2), second * phi.cos().powi(2), l * phi.cos());
    let m = 6_378_137.0
        * ((1.0 - e2 / 4.0 - 3.0 * e2.powi(2) / 64.0 - 5.0 * e2.powi(3) / 256.0) * phi
            - (3.0 * e2 / 8.0 + 3.0 * e2.powi(2) / 32.0 + 45.0 * e2.powi(3) / 1024.0)
                * (2.0 * phi).sin()
            + (15.0 * e2.powi(2) / 256.0 + 45.0 * e2.powi(3) / 1024.0) * (4.0 * phi).sin()
            - 35.0 * e2.powi(3) / 3072.0 * (6.0 * phi).sin());
    let x = a
        + (1.0 - t + c) * a.powi(3) / 6.0
        + (5.0 - 18.0 * t + t * t + 72.0 * c - 58.0 * second) * a.powi(5) / 120.0;
    let y = m + n
        * phi.tan()
        * (a * a / 2.0
            + (5.0 - t + 9.0 * c + 4.0 * c * c) * a.powi(4) / 24.0
            + (61.0 - 58.0 * t + t * t + 600.0 * c - 330.0 * second) * a.powi(6) / 720.0);
    (500_000.0 + 0.9996 * n * x, 0.9996 * y)
}

/// Two edges of a feature that cross or touch where they should not, if there are such.
pub(crate) fn fault(row: &Row) -> Option<((f64, f64), (f64, f64))> {
    // Relative to the first point, in millimetres: exact.
    let o = row.rings[0][0];
    let mm = |p: (f64, f64)| {
        let whole = |v: f64| (v * 1000.0).round() as i128;
        (whole(p.0 - o.0), whole(p.1 - o.1))
    };
    let mut edges = Vec::new();
    for ring in &row.rings {
        edges.extend(ring.windows(2).map(|w| (mm(w[0]), mm(w[1]), w[0])));
    }
    edges.sort_unstable_by_key(|e| e.0.0.min(e.1.0));
    let turn = |a: (i128, i128), b: (i128, i128), c: (i128, i128)| {
        ((b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)).signum()
    };
    for (i, &(a, b, p)) in edges.iter().enumerate() {
        let right = a.0.max(b.0);
        for &(c, d, q) in edges[i + 1..]
            .iter()
            .take_while(|e| e.0.0.min(e.1.0) <= right)
        {
            if c.1.min(d.1) > a.1.max(b.1) || c.1.max(d.1) < a.1.min(b.1) {
                continue;
            }
            let crosses = turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;
            let same = (a, b) == (c, d) || (a, b) == (d, c);
            if crosses || same {
                return Some((p, q));
            }
        }
    }
    None
}
