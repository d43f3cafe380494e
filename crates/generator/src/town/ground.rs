//! The whole comune as faces that match: what plans and maps of cover are drawn over.
//!
//! Sheets do not match their neighbours; here they are bent back until they do, so that a label for
//! each face gives areas that fill the comune and share their edges point by point.

use std::collections::{HashMap, HashSet};

use crate::block::Kind;
use crate::comune::{Drawn, Line};
use crate::dice::Dice;
use crate::land::Zone;
use crate::mesh::{Loop, Mesh};
use crate::plane::{Point, Ring, area, at, crossing, inner_point, to_segment};
use crate::sheet::Polygon;

/// A piece of a sheet.
pub(crate) struct Face {
    pub(crate) loops: Vec<Loop>,
    /// As the cadastre has it.
    pub(crate) shape: Polygon,
    pub(crate) kind: Kind,
    pub(crate) zone: Zone,
    /// Number of its block in the comune; 0 when it lies in none.
    pub(crate) block: u32,
    pub(crate) line: Option<usize>,
    pub(crate) size: f64,
    pub(crate) inner: Point,
}

impl Face {
    pub(crate) fn is_parcel(&self) -> bool {
        self.kind == Kind::Parcel
    }
}

/// The faces, their common points, and who lies beside whom along how many metres.
pub(crate) struct Ground {
    pub(crate) faces: Vec<Face>,
    pub(crate) beside: Vec<Vec<(usize, f64)>>,
    mesh: Mesh,
    /// For each face itself, or the neighbour that a crumb counts with.
    host: Vec<usize>,
    /// Directed edges and whose they are.
    sides: Vec<(u32, u32, usize)>,
    /// Directed edges that no other face shares: the comune's border.
    border: Vec<(u32, u32)>,
    on_border: Vec<u32>,
}

impl Ground {
    /// Puts the sheets of a comune together.
    pub(crate) fn of(sheets: &[Drawn], lines: &[Line]) -> Self {
        let mut rings: Vec<Ring> = Vec::new();
        let mut faces = Vec::new();
        let mut blocks = 0;
        for drawn in sheets {
            let mut last = 0;
            for (piece, noded) in drawn.pieces.iter().zip(&drawn.noded) {
                last = last.max(piece.block);
                rings.extend(
                    noded
                        .iter()
                        .map(|r| r.iter().map(|&p| drawn.warp.back(p)).collect()),
                );
                let size: f64 = noded.iter().map(|r| area(r)).sum();
                faces.push(Face {
                    loops: vec![Loop::new(); noded.len()],
                    shape: noded.clone(),
                    kind: piece.kind,
                    zone: piece.zone,
                    block: if piece.block == 0 {
                        0
                    } else {
                        blocks + piece.block
                    },
                    // Beyond the comune's own lines there are lanes on the sheets' borders.
                    line: piece.line.filter(|&l| l < lines.len()),
                    size,
                    inner: inner_point(&noded[0]),
                });
            }
            blocks += last;
        }
        let (mesh, told) = Mesh::of(rings.iter());
        let mut told = told.into_iter();
        for face in &mut faces {
            for ring in &mut face.loops {
                *ring = told.next().unwrap_or_default();
            }
        }
        let sides = sides(&faces);
        let beside = beside(&mesh, &sides, faces.len());
        let host = hosts(&faces, &beside);
        let border = alone(faces.iter().flat_map(|f| &f.loops));
        let mut on_border: Vec<u32> = border.iter().flat_map(|&(a, b)| [a, b]).collect();
        on_border.sort_unstable();
        on_border.dedup();
        Self {
            faces,
            beside,
            mesh,
            host,
            sides,
            border,
            on_border,
        }
    }

    /// Neighbouring faces of one label joined: for each group its label and its faces.
    pub(crate) fn groups<L: Copy + PartialEq>(
        &self,
        label: impl Fn(usize) -> L,
    ) -> Vec<(L, Vec<usize>)> {
        let mut seen = vec![false; self.faces.len()];
        let mut out = Vec::new();
        for start in 0..self.faces.len() {
            if std::mem::replace(&mut seen[start], true) {
                continue;
            }
            let of = label(self.host[start]);
            let mut members = vec![start];
            let mut next = 0;
            while let Some(&i) = members.get(next) {
                next += 1;
                for &(j, shared) in &self.beside[i] {
                    if !seen[j] && (shared > 0.5 || self.host[j] != j) && label(self.host[j]) == of
                    {
                        seen[j] = true;
                        members.push(j);
                    }
                }
            }
            members.sort_unstable();
            out.push((of, members));
        }
        out
    }

    /// The sides of a face along streets, in its direction.
    pub(crate) fn fronts(&self, face: usize) -> Vec<(Point, Point)> {
        let mut out = Vec::new();
        for ring in &self.faces[face].loops {
            for (&a, &b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                let at = self.sides.partition_point(|s| (s.0, s.1) < (b, a));
                let other = self.sides.get(at).filter(|s| (s.0, s.1) == (b, a));
                if other.is_some_and(|s| self.faces[s.2].kind == Kind::Road) {
                    let place = |v: u32| self.mesh.points[v as usize];
                    out.push((place(a), place(b)));
                }
            }
        }
        out
    }

    /// The areas of labels: for each number below `count` the polygons of its faces.
    ///
    /// Lines lie a little off the parcels', as `hand` draws; areas that touch share their points.
    pub(crate) fn areas(
        &self,
        labels: &[Option<u32>],
        count: usize,
        hand: Hand,
    ) -> Vec<Vec<Polygon>> {
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); count];
        for (face, label) in labels.iter().enumerate() {
            if let Some(list) = label.and_then(|l| members.get_mut(l as usize)) {
                list.push(face);
            }
        }
        let unions: Vec<Vec<Vec<Loop>>> = members
            .iter()
            .map(|list| {
                let loops = list.iter().flat_map(|&f| &self.faces[f].loops);
                self.mesh.union(loops)
            })
            .collect();
        // Where lines that were moved or thinned cross, they go back to where they were.
        let mut lines = Lines::of(self, &unions);
        let mut drawn = lines.all(&unions, hand);
        for round in 0..7 {
            let crossings = crossings(&drawn);
            if crossings.is_empty() {
                break;
            }
            if round < 5 {
                lines.hold(&crossings);
            } else {
                lines.drop(&crossings);
            }
            drawn = lines.all(&unions, hand);
        }
        drawn
            .into_iter()
            .map(|polygons| {
                polygons
                    .into_iter()
                    .map(|polygon| {
                        polygon
                            .into_iter()
                            .map(|ring| ring.into_iter().map(|v| v.at).collect::<Ring>())
                            .filter(|ring| ring.len() > 2 && area(ring).abs() > 0.5)
                            .collect::<Polygon>()
                    })
                    .filter(|polygon| !polygon.is_empty())
                    .collect()
            })
            .collect()
    }
}

/// A face below this is what a cut left over.
const CRUMB_M2: f64 = 12.0;

fn hosts(faces: &[Face], beside: &[Vec<(usize, f64)>]) -> Vec<usize> {
    (0..faces.len())
        .map(|f| {
            let large = |s: &&(usize, f64)| faces[s.0].size >= CRUMB_M2;
            let most = beside[f]
                .iter()
                .filter(large)
                .max_by(|a, b| a.1.total_cmp(&b.1));
            match most {
                Some(&(other, _)) if faces[f].size < CRUMB_M2 => other,
                _ => f,
            }
        })
        .collect()
}

/// A vertex of a drawn line: which point of the mesh it is, and where it was drawn.
#[derive(Clone, Copy)]
struct Vertex {
    id: u32,
    at: Point,
}

/// Polygons of each label, as rings of vertices.
type Drawing = Vec<Vec<Vec<Vec<Vertex>>>>;

/// Where lines cross that should not: the place, and the ends of both lines.
fn crossings(drawing: &Drawing) -> Vec<(Point, [u32; 4])> {
    let mut segments: Vec<(Vertex, Vertex)> = Vec::new();
    for ring in drawing.iter().flatten().flatten() {
        for (&a, &b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            segments.push(if a.id < b.id { (a, b) } else { (b, a) });
        }
    }
    segments.sort_unstable_by_key(|s| (s.0.id, s.1.id));
    segments.dedup_by_key(|s| (s.0.id, s.1.id));
    let cell = |v: f64| (v / 30.0).floor() as i64;
    let mut cells: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    for (k, (a, b)) in segments.iter().enumerate() {
        for x in cell(a.at.x.min(b.at.x))..=cell(a.at.x.max(b.at.x)) {
            for y in cell(a.at.y.min(b.at.y))..=cell(a.at.y.max(b.at.y)) {
                cells.entry((x, y)).or_default().push(k);
            }
        }
    }
    let mut out = Vec::new();
    for list in cells.values() {
        for (n, &i) in list.iter().enumerate() {
            let (a, b) = segments[i];
            for &j in &list[n + 1..] {
                let (c, d) = segments[j];
                let joined = a.id == c.id || a.id == d.id || b.id == c.id || b.id == d.id;
                let meet = if joined {
                    // Two lines from one point must not lie on each other.
                    let (o, p, q) = if a.id == c.id {
                        (a, b, d)
                    } else if a.id == d.id {
                        (a, b, c)
                    } else if b.id == c.id {
                        (b, a, d)
                    } else {
                        (b, a, c)
                    };
                    let (u, v) = (p.at.minus(o.at), q.at.minus(o.at));
                    let long = u.dot(u).max(v.dot(v)).sqrt();
                    u.dot(v) > 0.0 && u.cross(v).abs() < 0.002 * long
                } else {
                    let near =
                        |p: Vertex, q: Vertex, r: Vertex| to_segment(p.at, q.at, r.at).0 < 0.002;
                    crossing(a.at, b.at, c.at, d.at).is_some()
                        || near(a, c, d)
                        || near(b, c, d)
                        || near(c, a, b)
                        || near(d, a, b)
                };
                if meet {
                    let at = crossing(a.at, b.at, c.at, d.at).map_or(a.at, |(t, _)| {
                        a.at.plus(b.at.minus(a.at), t.clamp(0.0, 1.0))
                    });
                    out.push((at, [a.id, b.id, c.id, d.id]));
                }
            }
        }
    }
    out
}

fn sides(faces: &[Face]) -> Vec<(u32, u32, usize)> {
    let mut sides: Vec<(u32, u32, usize)> = Vec::new();
    for (i, face) in faces.iter().enumerate() {
        for ring in &face.loops {
            let next = ring.iter().cycle().skip(1);
            sides.extend(ring.iter().zip(next).map(|(&a, &b)| (a, b, i)));
        }
    }
    sides.sort_unstable();
    sides
}

fn beside(mesh: &Mesh, sides: &[(u32, u32, usize)], count: usize) -> Vec<Vec<(usize, f64)>> {
    let mut out: Vec<Vec<(usize, f64)>> = vec![Vec::new(); count];
    for &(a, b, i) in sides {
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

/// How exactly someone drew over the cadastre.
#[derive(Clone, Copy)]
pub(crate) struct Hand {
    /// Details smaller than this are left out; negative: no point is.
    pub(crate) detail_m: f64,
    /// How far lines lie off: least and most.
    pub(crate) off_m: (f64, f64),
    pub(crate) seed: u64,
}

impl Hand {
    fn moved(self, p: Point) -> Point {
        let mut dice = Dice::for_part(self.seed, 77);
        let mut wave = |length: f64| {
            let angle = dice.between(0.0, std::f64::consts::TAU);
            let phase = dice.between(0.0, std::f64::consts::TAU);
            let along = at(1.0, 0.0).turned(angle);
            libm::sin(p.dot(along) * std::f64::consts::TAU / length + phase)
        };
        let angle = 3.1 * (wave(310.0) + wave(173.0));
        let share = 0.5 + 0.25 * (wave(97.0) + wave(211.0));
        let off = self.off_m.0 + (self.off_m.1 - self.off_m.0) * share;
        p.plus(at(1.0, 0.0).turned(angle), off)
    }
}

/// Edges, as they are run through, that nobody runs through the other way.
fn alone<'a>(rings: impl Iterator<Item = &'a Loop>) -> Vec<(u32, u32)> {
    let mut all: Vec<(u32, u32)> = rings
        .flat_map(|ring| {
            ring.iter()
                .copied()
                .zip(ring.iter().cycle().skip(1).copied())
        })
        .collect();
    all.sort_unstable();
    all.iter()
        .filter(|&&(a, b)| all.binary_search(&(b, a)).is_err())
        .copied()
        .collect()
}

/// The lines between areas: how many of them meet at a point.
struct Lines<'a> {
    ground: &'a Ground,
    degree: HashMap<u32, u32>,
    /// Points that stay, and where they are.
    held: HashSet<u32>,
    /// Points that no line has.
    dropped: HashSet<u32>,
}

impl<'a> Lines<'a> {
    fn of(ground: &'a Ground, unions: &[Vec<Vec<Loop>>]) -> Self {
        let mut all: Vec<(u32, u32)> = Vec::new();
        for ring in unions.iter().flatten().flatten() {
            let next = ring.iter().cycle().skip(1);
            all.extend(ring.iter().zip(next).map(|(&a, &b)| (a.min(b), a.max(b))));
        }
        all.sort_unstable();
        all.dedup();
        let mut degree: HashMap<u32, u32> = HashMap::new();
        for (a, b) in all {
            *degree.entry(a).or_default() += 1;
            *degree.entry(b).or_default() += 1;
        }
        Self {
            ground,
            degree,
            held: HashSet::new(),
            dropped: HashSet::new(),
        }
    }

    /// Keeps the lines about some crossings as the mesh has them.
    fn hold(&mut self, crossings: &[(Point, [u32; 4])]) {
        let points = &self.ground.mesh.points;
        for (place, ends) in crossings {
            self.held.extend(ends);
            let near = |v: &&u32| points[**v as usize].to(*place) < 12.0;
            self.held.extend(self.degree.keys().filter(near));
        }
    }

    /// Leaves points out at which the mesh itself all but touches another line.
    fn drop(&mut self, crossings: &[(Point, [u32; 4])]) {
        for (place, ends) in crossings {
            let touches = |v: &&u32| {
                self.degree.get(v) == Some(&2)
                    && self.ground.mesh.points[**v as usize].to(*place) < 0.01
            };
            self.dropped.extend(ends.iter().filter(touches));
        }
    }

    fn all(&self, unions: &[Vec<Vec<Loop>>], hand: Hand) -> Drawing {
        let polygon = |rings: &Vec<Loop>| rings.iter().map(|r| self.drawn(r, hand)).collect();
        unions
            .iter()
            .map(|polygons| polygons.iter().map(polygon).collect())
            .collect()
    }

    /// A ring as it is drawn: each stretch between nodes the same way from both of its sides.
    fn drawn(&self, ring: &Loop, hand: Hand) -> Vec<Vertex> {
        let n = ring.len();
        let node = |v: u32| self.degree.get(&v).copied().unwrap_or(0) != 2;
        let start = (0..n)
            .find(|&i| node(ring[i]))
            .or_else(|| (0..n).min_by_key(|&i| ring[i]))
            .unwrap_or(0);
        let mut out: Vec<Vertex> = Vec::new();
        let mut i = 0;
        while i < n {
            let mut end = i + 1;
            while end < n && !node(ring[(start + end) % n]) {
                end += 1;
            }
            let stretch: Vec<u32> = (i..=end).map(|k| ring[(start + k) % n]).collect();
            let mut points = self.stretch(&stretch, hand);
            points.pop();
            out.extend(points);
            i = end;
        }
        out
    }

    fn stretch(&self, stretch: &[u32], hand: Hand) -> Vec<Vertex> {
        let points = &self.ground.mesh.points;
        let place = |v: u32| {
            let p = points[v as usize];
            let stays = self.held.contains(&v) || self.ground.on_border.binary_search(&v).is_ok();
            Vertex {
                id: v,
                at: if stays { p } else { hand.moved(p) },
            }
        };
        let edge = (stretch[0], stretch[1]);
        if self.ground.border.binary_search(&edge).is_ok() {
            return stretch.iter().map(|&v| place(v)).collect();
        }
        let last = stretch.len() - 1;
        let ahead = (stretch[0], stretch[1]) < (stretch[last], stretch[last - 1]);
        let ids: Vec<u32> = if ahead {
            stretch.to_vec()
        } else {
            stretch.iter().rev().copied().collect()
        };
        let path: Ring = ids.iter().map(|&v| points[v as usize]).collect();
        let kept = thinned(&path, hand.detail_m, |k| self.held.contains(&ids[k]));
        let mut out: Vec<Vertex> = kept
            .into_iter()
            .filter(|&k| !self.dropped.contains(&ids[k]))
            .map(|k| place(ids[k]))
            .collect();
        if !ahead {
            out.reverse();
        }
        out
    }
}

/// The points of a path that say its shape to within so many metres (Douglas and Peucker).
fn thinned(path: &[Point], detail_m: f64, held: impl Fn(usize) -> bool) -> Vec<usize> {
    let last = path.len() - 1;
    let mut keep = vec![false; path.len()];
    (keep[0], keep[last]) = (true, true);
    let mut stack = Vec::new();
    if path[0] == path[last] {
        // A closed line: also its farthest point and one more stay.
        let far = (1..last)
            .max_by(|&a, &b| path[0].to(path[a]).total_cmp(&path[0].to(path[b])))
            .unwrap_or(last);
        keep[far] = true;
        stack.extend([(0, far), (far, last)]);
    } else {
        stack.push((0, last));
    }
    while let Some((from, to)) = stack.pop() {
        let far = (from + 1..to)
            .map(|k| (to_segment(path[k], path[from], path[to]).0, k))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((distance, k)) = far
            && distance > detail_m
        {
            keep[k] = true;
            stack.extend([(from, k), (k, to)]);
        }
    }
    (0..path.len()).filter(|&k| keep[k] || held(k)).collect()
}
