//! A later version of the cadastre, and what became of which parcel.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::block::Kind;
use crate::dice::Dice;
use crate::mesh::Mesh;
use crate::plane::{Point, Ring, area, compactness, frame, is_simple};
use crate::sheet::{Parcel, Polygon, Sheet};
use crate::split::{Care, split};

/// What happened to some parcels of one sheet.
pub(crate) struct Change {
    kind: &'static str,
    sheet: String,
    from: Vec<String>,
    to: Vec<String>,
}

/// The parcels of one sheet as they are changed.
struct Desk<'a> {
    sheet: &'a Sheet,
    dice: &'a mut Dice,
    /// Which parcels took part in something.
    touched: Vec<bool>,
    /// Parcels beside each other along so many metres.
    beside: Vec<Vec<(usize, f64)>>,
    /// What each parcel is made of from now on; empty: nothing.
    pieces: Vec<Vec<Polygon>>,
    labels: Vec<String>,
    next: u32,
    changes: Vec<Change>,
}

/// The sheet after some deeds and surveys, and the list of them.
pub(crate) fn later(sheet: &Sheet, dice: &mut Dice) -> (Sheet, Vec<Change>) {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for parcel in &sheet.parcels {
        *counts.entry(&parcel.label).or_default() += 1;
    }
    let plain = |p: &Parcel| {
        p.kind == Kind::Parcel
            && p.parts.len() == 1
            && p.parts[0].len() == 1
            && counts[p.label.as_str()] == 1
            && p.label.bytes().all(|b| b.is_ascii_digit())
    };
    let numbers = sheet
        .parcels
        .iter()
        .filter_map(|p| p.label.parse::<u32>().ok());
    let next = numbers.max().unwrap_or(0) + 1;
    let mut desk = Desk {
        sheet,
        dice,
        touched: sheet.parcels.iter().map(|p| !plain(p)).collect(),
        beside: beside(sheet),
        pieces: sheet.parcels.iter().map(|p| p.parts.clone()).collect(),
        labels: sheet.parcels.iter().map(|p| p.label.clone()).collect(),
        next,
        changes: Vec::new(),
    };
    let many = sheet.parcels.len();
    for _ in 0..many.div_ceil(170) {
        desk.divide();
        desk.unite();
        desk.straighten();
        desk.renumber();
    }
    desk.finish()
}

fn beside(sheet: &Sheet) -> Vec<Vec<(usize, f64)>> {
    let rings = sheet.parcels.iter().flat_map(|p| p.parts.iter().flatten());
    let (mesh, told) = Mesh::of(rings);
    let mut told = told.into_iter();
    let mut sides: Vec<(u32, u32, usize)> = Vec::new();
    for (i, parcel) in sheet.parcels.iter().enumerate() {
        for _ in parcel.parts.iter().flatten() {
            let ring = told.next().unwrap_or_default();
            let next = ring.iter().cycle().skip(1);
            sides.extend(ring.iter().zip(next).map(|(&a, &b)| (a, b, i)));
        }
    }
    sides.sort_unstable();
    let mut out: Vec<Vec<(usize, f64)>> = vec![Vec::new(); sheet.parcels.len()];
    for &(a, b, i) in &sides {
        let at = sides.partition_point(|s| (s.0, s.1) < (b, a));
        if let Some(&(c, d, j)) = sides.get(at)
            && (c, d) == (b, a)
            && i != j
        {
            let length = mesh.points[a as usize].to(mesh.points[b as usize]);
            match out[i].iter_mut().find(|s| s.0 == j) {
                Some(s) => s.1 += length,
                None => out[i].push((j, length)),
            }
        }
    }
    out
}

impl Desk<'_> {
    /// A parcel that nothing happened to, of at least a size.
    fn pick(&mut self, least_m2: f64) -> Option<usize> {
        (0..60).find_map(|_| {
            let i = self.dice.below(self.touched.len());
            let fits = !self.touched[i] && {
                let ring = &self.sheet.parcels[i].parts[0][0];
                area(ring) > least_m2 && compactness(ring) > 0.35
            };
            fits.then_some(i)
        })
    }

    fn new_label(&mut self) -> String {
        self.next += 1;
        (self.next - 1).to_string()
    }

    fn note(&mut self, kind: &'static str, from: Vec<String>, to: Vec<String>) {
        self.changes.push(Change {
            kind,
            sheet: self.sheet.code.clone(),
            from,
            to,
        });
    }

    /// Cuts a ring across at a share of its length.
    fn cut(&mut self, ring: &Ring, share: f64) -> Option<(Ring, Ring)> {
        let f = frame(ring);
        let tilt = self.dice.between(-0.12, 0.12);
        let along = f.along.left().turned(tilt);
        let middle = f.centre.plus(f.along, (share - 0.5) * f.long);
        let path: [Point; 2] = [middle.plus(along, -f.long), middle.plus(along, f.long)];
        let (a, b) = split(ring, &path, Care::FINE)?;
        (is_simple(&a) && is_simple(&b) && area(&a).min(area(&b)) > 40.0).then_some((a, b))
    }

    /// A parcel becomes two or three: one keeps the number, or none.
    fn divide(&mut self) {
        let Some(i) = self.pick(500.0) else { return };
        let ring = self.sheet.parcels[i].parts[0][0].clone();
        let share = self.dice.between(0.35, 0.65);
        let Some((a, b)) = self.cut(&ring, share) else {
            return;
        };
        let mut parts = vec![a, b];
        if area(&parts[0]) > 700.0 && self.dice.chance(0.3) {
            let first = parts[0].clone();
            if let Some((c, d)) = self.cut(&first, 0.5) {
                parts.splice(0..1, [c, d]);
            }
        }
        self.touched[i] = true;
        let from = self.labels[i].clone();
        let keeps = self.dice.chance(0.6);
        let mut to = Vec::new();
        for (k, part) in parts.into_iter().enumerate() {
            let label = if k == 0 && keeps {
                from.clone()
            } else {
                self.new_label()
            };
            to.push(label.clone());
            if k == 0 {
                self.pieces[i] = vec![vec![part]];
                self.labels[i] = label;
            } else {
                self.pieces.push(vec![vec![part]]);
                self.labels.push(label);
            }
        }
        self.note("split", vec![from], to);
    }

    /// The neighbour that shares most and that nothing happened to.
    fn neighbour(&self, i: usize, least_m: f64) -> Option<usize> {
        self.beside[i]
            .iter()
            .filter(|(j, shared)| !self.touched[*j] && *shared > least_m)
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|s| s.0)
    }

    /// Two neighbours become one.
    fn unite(&mut self) {
        let Some(i) = self.pick(60.0) else { return };
        let Some(j) = self.neighbour(i, 4.0) else {
            return;
        };
        (self.touched[i], self.touched[j]) = (true, true);
        let from = vec![self.labels[i].clone(), self.labels[j].clone()];
        if self.dice.chance(0.3) {
            self.labels[i] = self.new_label();
        }
        let other = std::mem::take(&mut self.pieces[j]);
        self.pieces[i].extend(other);
        let to = vec![self.labels[i].clone()];
        self.note("merge", from, to);
    }

    /// A strip goes from one to its neighbour; both keep their numbers.
    fn straighten(&mut self) {
        let Some(i) = self.pick(350.0) else { return };
        let Some(j) = self.neighbour(i, 6.0) else {
            return;
        };
        let ring = self.sheet.parcels[i].parts[0][0].clone();
        let other = self.sheet.parcels[j].parts[0][0].clone();
        for share in [0.12, 0.88] {
            let Some((a, b)) = self.cut(&ring, share) else {
                continue;
            };
            let (large, strip) = if area(&a) > area(&b) { (a, b) } else { (b, a) };
            // The strip must lie along the neighbour.
            let (mesh, told) = Mesh::of([&strip, &other].into_iter());
            if mesh.union(told.iter()).len() != 1 || mesh.union(told.iter())[0].len() != 1 {
                continue;
            }
            let whole = mesh.ring(&mesh.union(told.iter())[0][0]);
            let grown = area(&whole) - area(&other) - area(&strip);
            if grown.abs() > 0.01 || !is_simple(&whole) {
                continue;
            }
            (self.touched[i], self.touched[j]) = (true, true);
            self.pieces[i] = vec![vec![large]];
            self.pieces[j].push(vec![strip]);
            let labels = vec![self.labels[i].clone(), self.labels[j].clone()];
            self.note("boundary", labels.clone(), labels);
            return;
        }
    }

    fn renumber(&mut self) {
        let Some(i) = self.pick(30.0) else { return };
        self.touched[i] = true;
        let from = self.labels[i].clone();
        self.labels[i] = self.new_label();
        let to = self.labels[i].clone();
        self.note("renumber", vec![from], vec![to]);
    }

    /// All rings told each other's points anew, pieces of one parcel joined.
    fn finish(self) -> (Sheet, Vec<Change>) {
        let rings = self.pieces.iter().flatten().flatten();
        let (mesh, told) = Mesh::of(rings);
        let mut told = told.into_iter();
        let mut parcels = Vec::new();
        for (i, pieces) in self.pieces.iter().enumerate() {
            let loops: Vec<_> = pieces
                .iter()
                .map(|polygon| told.by_ref().take(polygon.len()).collect::<Vec<_>>())
                .collect();
            if pieces.is_empty() {
                continue;
            }
            let before = self.sheet.parcels.get(i);
            let joined = before.is_some_and(|p| p.parts.len() < pieces.len());
            let parts: Vec<Polygon> = if joined {
                mesh.union(loops.iter().flatten())
                    .iter()
                    .map(|polygon| polygon.iter().map(|ring| mesh.ring(ring)).collect())
                    .collect()
            } else {
                loops
                    .iter()
                    .map(|polygon| polygon.iter().map(|ring| mesh.ring(ring)).collect())
                    .collect()
            };
            parcels.push(Parcel {
                label: self.labels[i].clone(),
                kind: before.map_or(Kind::Parcel, |p| p.kind),
                parts,
            });
        }
        // The border learns the new ends of lines on it.
        let faces = parcels.iter().flat_map(|p| p.parts.iter().flatten());
        let (mesh, told) = Mesh::of(faces);
        let outline = mesh
            .union(told.iter())
            .iter()
            .map(|polygon| polygon.iter().map(|ring| mesh.ring(ring)).collect())
            .collect();
        let sheet = Sheet {
            code: self.sheet.code.clone(),
            outline,
            parcels,
        };
        (sheet, self.changes)
    }
}

/// The answers, as JSON: what a comparison of the two versions must find.
pub(crate) fn answers(code: &str, changes: &[Change]) -> String {
    let mut out = format!("{{\n  \"format\": 1,\n  \"comune\": \"{code}\",\n  \"changes\": [");
    for (k, change) in changes.iter().enumerate() {
        let list = |labels: &[String]| -> String {
            let all: Vec<String> = labels
                .iter()
                .map(|label| format!("\"{code}_{}.{label}\"", change.sheet))
                .collect();
            all.join(", ")
        };
        // Writing to a string does not fail.
        let _ = write!(
            out,
            "{}\n    {{ \"kind\": \"{}\", \"from\": [{}], \"to\": [{}] }}",
            if k == 0 { "" } else { "," },
            change.kind,
            list(&change.from),
            list(&change.to)
        );
    }
    out.push_str("\n  ]\n}\n");
    out
}
