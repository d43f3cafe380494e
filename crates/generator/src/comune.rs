//! One comune: its land divided into sheets, roads and waters through them, and every sheet cut.

use crate::block::{Cutter, Kind, Piece, Street, sound};
use crate::dice::Dice;
use crate::division::divide;
use crate::land::{Land, Quarter, Zone};
use crate::mesh::{Mesh, moved};
use crate::plane::{
    Path, Point, Ring, at, bounds, centroid, contains, edges, inner_point, offset, to_path,
    to_segment,
};
use crate::sheet::{Polygon, Sheet, assemble};
use crate::split::{Care, carve, split_all};

/// A road, railway or river: its middle line and half its width at each vertex.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) path: Path,
    pub(crate) half: Vec<f64>,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Road,
    /// A railway is numbered like any parcel.
    Railway,
    River,
}

/// One sheet as it was drawn, with what others than the cadastre need of it.
pub(crate) struct Drawn {
    pub(crate) sheet: Sheet,
    pub(crate) pieces: Vec<Piece>,
    /// The pieces' rings with all points on their edges.
    pub(crate) noded: Vec<Polygon>,
    pub(crate) warp: Warp,
    pub(crate) streets: Vec<Street>,
}

/// From a sheet as its surveyor drew it back to one that matches its neighbours.
#[derive(Clone)]
pub(crate) struct Warp {
    old: Ring,
    new: Ring,
}

/// So far from its border a sheet is bent to match its neighbours.
const BENT_M: f64 = 14.0;

impl Warp {
    /// The place in the matching sheet; on the border exactly, further in less and less moved.
    pub(crate) fn back(&self, p: Point) -> Point {
        let mut best = (BENT_M, 0, 0.0);
        for (i, (a, b)) in edges(&self.new).enumerate() {
            let apart = a.x.min(b.x) > p.x + best.0
                || a.x.max(b.x) < p.x - best.0
                || a.y.min(b.y) > p.y + best.0
                || a.y.max(b.y) < p.y - best.0;
            if apart {
                continue;
            }
            let (distance, t) = to_segment(p, a, b);
            if distance < best.0 {
                best = (distance, i, t);
            }
        }
        let (distance, i, t) = best;
        if distance >= BENT_M {
            return p;
        }
        let j = (i + 1) % self.old.len();
        let foot = |ring: &Ring| ring[i].plus(ring[j].minus(ring[i]), t);
        let (old, new) = (foot(&self.old), foot(&self.new));
        if distance < 1e-5 {
            return if t == 0.0 {
                self.old[i]
            } else if t == 1.0 {
                self.old[j]
            } else {
                old
            };
        }
        p.plus(old.minus(new), 1.0 - distance / BENT_M)
    }
}

/// All that decides how a comune is drawn; metres about the origin of its file.
pub(crate) struct Comune {
    pub(crate) code: String,
    pub(crate) name: String,
    /// Border, shared point by point with the comuni around.
    pub(crate) outline: Ring,
    pub(crate) centre: Point,
    /// Radius of the historic centre, which is the allegato of its sheet.
    pub(crate) old_radius: f64,
    pub(crate) lines: Vec<Line>,
    pub(crate) quarters: Vec<Quarter>,
    pub(crate) hills: Vec<Ring>,
    pub(crate) parcels: usize,
    pub(crate) sheets: usize,
    pub(crate) seed: u64,
}

impl Comune {
    /// What stands where.
    pub(crate) fn land(&self, dice: &mut Dice) -> Land {
        let roads: Vec<Path> = self
            .lines
            .iter()
            .filter(|l| l.what == What::Road)
            .map(|l| l.path.clone())
            .collect();
        Land::draw(
            &self.outline,
            &self.quarters,
            &self.hills,
            &roads,
            self.parcels as f64,
            dice,
        )
    }

    /// Draws all sheets, one after the other; the allegato follows its sheet.
    ///
    /// Gives the lanes on the sheets' common borders.
    pub(crate) fn draw(&self, mut each: impl FnMut(Drawn)) -> Vec<Line> {
        let mut dice = Dice::for_part(self.seed, 1);
        let land = self.land(&mut dice);
        let rim = self.rim(&mut dice);
        let (sheets, borders) = self.sheets(&land, &mut dice);
        let mut lines = self.lines.clone();
        lines.extend(borders);
        for (k, (before, sheet)) in sheets.into_iter().enumerate() {
            let warp = Warp {
                old: before,
                new: sheet.clone(),
            };
            let mut dice = Dice::for_part(self.seed, 100 + k as u64);
            let main = contains(&sheet, self.centre);
            let mut cutter = Cutter {
                land: &land,
                dice: dice.clone(),
                out: Vec::new(),
                next_group: 0,
                fixed: None,
                crook: 1.0,
                streets: Vec::new(),
                blocks: 0,
            };
            let mut open = vec![sheet];
            for (number, line) in lines.iter().enumerate() {
                open = run(&mut cutter, open, line, number);
            }
            let mut inside = Vec::new();
            if main {
                (open, inside) = self.take_centre(&mut cutter, open, &rim);
            }
            for line in &lines {
                open = fronts(&mut cutter, open, line);
            }
            for ring in open {
                cutter.land(ring);
            }
            let (sheet, noded) = assemble(format!("{:04}00", k + 1), &cutter.out, &mut dice);
            let pieces = std::mem::take(&mut cutter.out);
            each(Drawn {
                sheet,
                pieces,
                noded,
                warp: warp.clone(),
                streets: std::mem::take(&mut cutter.streets),
            });
            if main {
                let mut old = Cutter {
                    out: inside,
                    fixed: Some(Zone::Centre),
                    ..cutter
                };
                let open: Vec<Ring> = old
                    .out
                    .extract_if(.., |p| p.kind == Kind::Parcel)
                    .map(|p| p.ring)
                    .collect();
                for ring in open {
                    old.land(ring);
                }
                let (sheet, noded) = assemble(format!("{:04}A0", k + 1), &old.out, &mut dice);
                each(Drawn {
                    sheet,
                    pieces: old.out,
                    noded,
                    warp,
                    streets: old.streets,
                });
            }
        }
        lines.split_off(self.lines.len())
    }

    /// The line of the former walls, a closed path.
    fn rim(&self, dice: &mut Dice) -> Ring {
        let phase = [dice.between(0.0, 6.0), dice.between(0.0, 6.0)];
        let n = (self.old_radius * 0.55).max(24.0) as usize;
        (0..n)
            .map(|k| {
                let a = std::f64::consts::TAU * k as f64 / n as f64;
                let r = self.old_radius
                    * (1.0
                        + 0.09 * libm::cos(2.0 * a + phase[0])
                        + 0.05 * libm::sin(3.0 * a + phase[1]))
                    + dice.between(-0.8, 0.8);
                at(
                    self.centre.x + r * libm::cos(a),
                    self.centre.y + r * libm::sin(a),
                )
            })
            .collect()
    }

    /// Sheets as each was drawn on its own, and the roads on their common borders.
    ///
    /// Each sheet as it matches its neighbours, and as its own surveyor drew it.
    fn sheets(&self, land: &Land, dice: &mut Dice) -> (Vec<(Ring, Ring)>, Vec<Line>) {
        let keep_off = (self.centre, self.old_radius * 1.25 + 25.0);
        let weights = vec![1.0; self.sheets];
        let (rings, cuts) = divide(
            &self.outline,
            &weights,
            &|p| land.density(p),
            Some(keep_off),
            32.0,
            1.0,
            dice,
        );
        let mut roads = Vec::new();
        for path in cuts {
            if dice.chance(0.55) {
                let half = dice.between(2.4, 3.6);
                roads.push(Line {
                    half: vec![half; path.len()],
                    path,
                    what: What::Road,
                });
            }
        }
        let mut order: Vec<usize> = (0..rings.len()).collect();
        let middles: Vec<Point> = rings.iter().map(|r| centroid(r)).collect();
        order.sort_by(|&a, &b| {
            let row = |p: Point| -(p.y / 1100.0).floor();
            (row(middles[a]), middles[a].x)
                .partial_cmp(&(row(middles[b]), middles[b].x))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let (mesh, told) = Mesh::of(rings.iter());
        let mut neighbour: Vec<(u32, u32, usize)> = Vec::new();
        for (i, ring) in told.iter().enumerate() {
            neighbour.extend(
                ring.iter()
                    .zip(ring.iter().cycle().skip(1))
                    .map(|(&a, &b)| (a, b, i)),
            );
        }
        neighbour.sort_unstable();
        let sheets = order
            .iter()
            .map(|&i| {
                let ring = &told[i];
                let of: Vec<Option<usize>> = ring
                    .iter()
                    .zip(ring.iter().cycle().skip(1))
                    .map(|(&a, &b)| {
                        let at = neighbour.partition_point(|s| (s.0, s.1) < (b, a));
                        neighbour
                            .get(at)
                            .filter(|s| (s.0, s.1) == (b, a))
                            .map(|s| s.2)
                    })
                    .collect();
                let ring = mesh.ring(ring);
                let redrawn = redraw(&ring, &of, dice);
                (ring, redrawn)
            })
            .collect();
        (sheets, roads)
    }

    /// Cuts the historic centre and the street around it out of a sheet's pieces:
    /// (land outside, all pieces of the centre).
    fn take_centre(
        &self,
        cutter: &mut Cutter<'_>,
        open: Vec<Ring>,
        rim: &Ring,
    ) -> (Vec<Ring>, Vec<Piece>) {
        let street = {
            let around = moved(rim, |i| rim[i].minus(self.centre).unit());
            moved(&around, |i| {
                let d = rim[i].minus(self.centre).unit();
                at(d.x * 4.6, d.y * 4.6)
            })
        };
        let middle = moved(rim, |i| {
            let d = rim[i].minus(self.centre).unit();
            at(d.x * 2.8, d.y * 2.8)
        });
        cutter.streets.push(Street {
            path: middle.iter().chain(middle.first()).copied().collect(),
            half: 2.8,
            zone: Zone::Centre,
        });
        let group = cutter.group();
        let mut all: Vec<(Ring, Kind, u32, Option<usize>)> = open
            .into_iter()
            .map(|r| (r, Kind::Parcel, 0, None))
            .collect();
        let taken = cutter.out.drain(..);
        all.extend(taken.map(|p| (p.ring, p.kind, p.group, p.line)));
        let (mut outside, mut inside) = (Vec::new(), Vec::new());
        for (ring, kind, of, line) in all {
            for piece in cut_closed(ring, &street) {
                if !contains(&street, inner_point(&piece)) {
                    match kind {
                        Kind::Parcel => outside.push(piece),
                        _ => cutter.push_line(piece, kind, of, line),
                    }
                    continue;
                }
                for piece in cut_closed(piece, rim) {
                    if contains(rim, inner_point(&piece)) {
                        let holes = Vec::new();
                        inside.push(Piece {
                            ring: piece,
                            holes,
                            kind,
                            group: of,
                            block: 0,
                            zone: Zone::Centre,
                            line,
                        });
                    } else {
                        let (kind, of) = if kind == Kind::Parcel {
                            (Kind::Road, group)
                        } else {
                            (kind, of)
                        };
                        cutter.push_line(piece, kind, of, line);
                    }
                }
            }
        }
        (outside, inside)
    }
}

/// Cuts along a closed line, begun at a place outside the ring.
fn cut_closed(ring: Ring, line: &Ring) -> Vec<Ring> {
    let Some(start) = (0..line.len()).find(|&i| !contains(&ring, line[i])) else {
        return vec![ring];
    };
    let mut path: Path = line[start..]
        .iter()
        .chain(&line[..=start])
        .copied()
        .collect();
    path.dedup();
    split_all(ring, &path, Care::LOOSE)
}

/// Carves a line out of open land; what it covers is handed to the cutter.
fn run(cutter: &mut Cutter<'_>, open: Vec<Ring>, line: &Line, number: usize) -> Vec<Ring> {
    let (low, high) = bounds(&line.path);
    let mut rest = Vec::new();
    let group = cutter.group();
    let kind = match line.what {
        What::Road => Kind::Road,
        What::Railway => Kind::Railway,
        What::River => Kind::Water,
    };
    for ring in open {
        let (a, b) = bounds(&ring);
        let widest = line.half.iter().fold(0.0_f64, |w, &h| w.max(h));
        let far = a.x > high.x + widest
            || b.x < low.x - widest
            || a.y > high.y + widest
            || b.y < low.y - widest;
        if far {
            rest.push(ring);
            continue;
        }
        let (strip, others) = carve(ring, &line.path, |i| line.half[i]);
        for piece in strip {
            cutter.push_line(piece, kind, group, Some(number));
        }
        rest.extend(others);
    }
    rest
}

/// House plots along a road through fields: the strip of their depth is cut off and parcelled.
fn fronts(cutter: &mut Cutter<'_>, mut open: Vec<Ring>, line: &Line) -> Vec<Ring> {
    if line.what != What::Road {
        return open;
    }
    let mut i = 1;
    while i + 4 < line.path.len() {
        let n = 4 + cutter.dice.below(5);
        let end = (i + n).min(line.path.len() - 2);
        let stretch = &line.path[i..=end];
        let settled = stretch.len() > 2
            && stretch
                .iter()
                .filter(|p| cutter.land.zone(**p).built())
                .count()
                * 2
                > stretch.len();
        if settled {
            for side in [1.0, -1.0] {
                let depth = cutter.dice.between(26.0, 44.0);
                let half = line.half[i];
                let near = offset(stretch, |_| side * (half - 1.0));
                let mut path = vec![near[0]];
                path.extend(offset(stretch, |_| side * (half + depth)));
                path.extend(near.last());
                let mut rest = Vec::new();
                for ring in open {
                    let pieces = split_all(ring.clone(), &path, Care::LOOSE);
                    // Inside a sharp bend the strip's edge crosses itself.
                    if pieces.len() == 1 || !pieces.iter().all(sound) {
                        rest.push(ring);
                        continue;
                    }
                    for piece in pieces {
                        let p = inner_point(&piece);
                        let closed = contains(&path, p);
                        if closed && to_path(stretch, p).0 < half + depth + 2.0 {
                            let before = cutter.fixed;
                            let zone = cutter.land.zone(p);
                            cutter.fixed = Some(if zone.built() { zone } else { Zone::Houses });
                            cutter.block(piece);
                            cutter.fixed = before;
                        } else {
                            rest.push(piece);
                        }
                    }
                }
                open = rest;
            }
        }
        i = end;
    }
    open
}

/// A sheet's outline as its own surveyor drew it: in places 0.1 to 2 m off its neighbour's.
///
/// `of` names the neighbour beyond each edge; the comune's border stays as it is.
fn redraw(ring: &Ring, of: &[Option<usize>], dice: &mut Dice) -> Ring {
    let n = ring.len();
    let mut shift = vec![0.0; n];
    let Some(first) = (0..n).find(|&i| of[i] != of[(i + n - 1) % n]) else {
        return ring.clone();
    };
    let mut i = 0;
    while i < n {
        let start = (first + i) % n;
        let mut length = 1;
        while i + length < n && of[(start + length) % n] == of[start] {
            length += 1;
        }
        if of[start].is_some() && length > 3 && dice.chance(0.6) {
            let most = dice.sign() * libm::exp(dice.normal() * 0.55 - 0.6).clamp(0.1, 1.9);
            let waves = dice.between(0.6, 3.2);
            let phase = dice.between(0.0, 6.0);
            for k in 1..length {
                let t = k as f64 / length as f64;
                let taper = (6.0 * t.min(1.0 - t)).min(1.0);
                let wave = libm::sin(std::f64::consts::TAU * waves * t + phase).max(-0.35);
                shift[(start + k) % n] = most * taper * wave;
            }
        }
        i += length;
    }
    moved(ring, |i| {
        if shift[i] == 0.0 {
            return at(0.0, 0.0);
        }
        let d = ring[(i + 1) % n].minus(ring[(i + n - 1) % n]).unit().left();
        at(d.x * shift[i], d.y * shift[i])
    })
}
