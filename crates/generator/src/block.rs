//! From a sheet's open land to streets and blocks, and from blocks to parcels.

use crate::dice::Dice;
use crate::land::{Land, Zone};
use crate::plane::{
    Frame, Path, Point, Ring, area, at, bounds, centroid, clipped, compactness, contains, frame,
    has_needle, inner_point, is_simple, to_boundary,
};
use crate::split::{Care, carve, split};

/// What a piece of a sheet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Parcel,
    /// A railway: numbered like a parcel, but not cut.
    Railway,
    Road,
    Water,
}

/// A piece of a sheet; pieces of one kind and group that touch become one road or water.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) ring: Ring,
    pub(crate) holes: Vec<Ring>,
    pub(crate) kind: Kind,
    pub(crate) group: u32,
    /// Parcels of one block lie together between streets; 0 for roads, waters and railways.
    pub(crate) block: u32,
    pub(crate) zone: Zone,
    /// The comune's line (main road, railway, river) that it belongs to.
    pub(crate) line: Option<usize>,
}

/// The middle line of a street within one sheet.
#[derive(Clone, Debug)]
pub(crate) struct Street {
    pub(crate) path: Path,
    pub(crate) half: f64,
    pub(crate) zone: Zone,
}

/// Cuts one sheet's land.
pub(crate) struct Cutter<'a> {
    pub(crate) land: &'a Land,
    pub(crate) dice: Dice,
    pub(crate) out: Vec<Piece>,
    pub(crate) next_group: u32,
    /// Zone of all land cut now, whatever the raster says (the old centre, house fronts).
    pub(crate) fixed: Option<Zone>,
    /// How crooked the lines of the block are that is cut now; 1 is usual.
    pub(crate) crook: f64,
    pub(crate) streets: Vec<Street>,
    /// Number of the block that was begun last.
    pub(crate) blocks: u32,
}

/// Whether a piece is fit to be cut on.
pub(crate) fn sound(ring: &Ring) -> bool {
    is_simple(ring) && !has_needle(ring)
}

/// Streets within so much land become one STRADA.
const DISTRICT_M2: f64 = 160_000.0;

impl Cutter<'_> {
    pub(crate) fn push(&mut self, ring: Ring, kind: Kind, group: u32) {
        self.push_line(ring, kind, group, None);
    }

    /// Hands over a piece of one of the comune's own lines.
    pub(crate) fn push_line(&mut self, ring: Ring, kind: Kind, group: u32, line: Option<usize>) {
        let zone = self.zone(inner_point(&ring));
        self.out.push(Piece {
            ring,
            holes: Vec::new(),
            kind,
            group,
            block: 0,
            zone,
            line,
        });
    }

    pub(crate) fn group(&mut self) -> u32 {
        self.next_group += 1;
        self.next_group
    }

    fn zone(&self, p: Point) -> Zone {
        self.fixed.unwrap_or_else(|| self.land.zone(p))
    }

    /// The most densely parcelled zone that some places of the ring lie in.
    fn busiest(&mut self, ring: &Ring) -> Zone {
        let mut best = self.zone(inner_point(ring));
        if self.fixed.is_some() {
            return best;
        }
        let (low, high) = bounds(ring);
        for _ in 0..10 {
            let p = at(
                self.dice.between(low.x, high.x),
                self.dice.between(low.y, high.y),
            );
            let zone = self.zone(p);
            if zone.habit().density > best.habit().density && contains(ring, p) {
                best = zone;
            }
        }
        best
    }

    /// Cuts land into blocks by streets and ditches, and the blocks into parcels.
    pub(crate) fn land(&mut self, ring: Ring) {
        let mut stack = vec![(ring, 0)];
        while let Some((ring, mut group)) = stack.pop() {
            let size = area(&ring);
            if group == 0 && size < DISTRICT_M2 {
                group = self.group();
            }
            let habit = self.busiest(&ring).habit();
            if size < habit.block * self.dice.between(0.6, 1.4) {
                self.block(ring);
                continue;
            }
            let of = if group == 0 { self.group() } else { group };
            match self.divide(&ring, of) {
                Some(rest) => stack.extend(rest.into_iter().map(|r| (r, group))),
                None => self.block(ring),
            }
        }
    }

    /// One cut across the land, most often a street; `None` when no cut fits.
    fn divide(&mut self, ring: &Ring, group: u32) -> Option<Vec<Ring>> {
        let f = frame(ring);
        let centre = centroid(ring);
        for attempt in 0..14 {
            let across = f.long > 1.25 * f.short || self.dice.chance(0.5);
            let (axis, extent, width) = if across {
                (f.along, f.long, f.short)
            } else {
                (f.along.left(), f.short, f.long)
            };
            let middle = centre.plus(axis, self.dice.between(-0.14, 0.14) * extent);
            let zone = self.zone(middle);
            let habit = zone.habit();
            let tilt = self.dice.between(-0.1, 0.1) * (1.0 + f64::from(attempt) / 7.0);
            let path = self.street_line(
                zone,
                middle,
                axis.left().turned(tilt),
                f.long + f.short,
                width,
            );
            let street = self.dice.chance(habit.streets);
            let ditch = !street && self.dice.chance(habit.ditches);
            if street || ditch {
                let half = if street {
                    self.dice.between(habit.street.0, habit.street.1) / 2.0
                } else {
                    self.dice.between(1.6, 3.2) / 2.0
                };
                let (strip, rest) = carve(ring.clone(), &path, |_| half);
                let fits = strip.len() == 1
                    && rest.len() == 2
                    && rest
                        .iter()
                        .all(|r| compactness(r) > 0.22 && area(r) > 0.2 * area(ring))
                    && rest.iter().chain(&strip).all(|r| is_simple(r));
                if fits {
                    let kind = if street { Kind::Road } else { Kind::Water };
                    for s in strip {
                        if street {
                            let paths = clipped(&path, &s);
                            self.streets.extend(paths.into_iter().map(|path| Street {
                                path,
                                half,
                                zone,
                            }));
                        }
                        self.push(s, kind, group);
                    }
                    return Some(rest);
                }
            } else if let Some((a, b)) = split(ring, &path, Care::FINE)
                && area(&a).min(area(&b)) > 0.2 * area(ring)
                && compactness(&a).min(compactness(&b)) > 0.22
                && sound(&a)
                && sound(&b)
            {
                return Some(vec![a, b]);
            }
        }
        None
    }

    /// A line across land through `middle`: bowed, and on slopes winding.
    fn street_line(
        &mut self,
        zone: Zone,
        middle: Point,
        along: Point,
        reach: f64,
        width: f64,
    ) -> Path {
        let (step, bow, wind) = match zone {
            Zone::Centre => (9.0, 0.10, 0.9),
            Zone::Old => (14.0, 0.10, 0.7),
            Zone::Hills => (19.0, 0.16, 3.0),
            Zone::Fields => (36.0, 0.10, 1.4),
            _ => (34.0, 0.05, 0.1),
        };
        let straight = zone.built() && self.dice.chance(0.35);
        let bow = if straight {
            0.0
        } else {
            self.dice.between(-bow, bow)
        };
        let reach = reach.min(width * 2.2 + 60.0);
        let n = if straight {
            1
        } else {
            (2.0 * reach / step).ceil() as usize
        };
        let side = along.left();
        (0..=n)
            .map(|k| {
                let t = 2.0 * k as f64 / n as f64 - 1.0;
                let off = bow * reach * (0.25 - t * t)
                    + if k == 0 || k == n {
                        0.0
                    } else {
                        self.dice.between(-wind, wind)
                    };
                middle.plus(along, t * reach).plus(side, off)
            })
            .collect()
    }

    /// Cuts a block into parcels.
    pub(crate) fn block(&mut self, ring: Ring) {
        let zone = self.zone(inner_point(&ring));
        self.blocks += 1;
        // A block has its own taste: some are cut small, some are left large.
        let taste = libm::exp(self.dice.normal() * 0.45);
        self.crook = if self.dice.chance(0.52) {
            self.dice.between(0.0, 0.22)
        } else {
            self.dice.between(0.8, 2.9)
        };
        let mut stack = vec![ring];
        while let Some(ring) = stack.pop() {
            let habit = zone.habit();
            let goal = habit.median * taste * libm::exp(self.dice.normal() * habit.spread);
            let size = area(&ring);
            if size < 1.35 * goal.max(24.0) || size < 40.0 {
                self.finish(ring, zone);
                continue;
            }
            match self.cut(&ring, zone, goal) {
                Some((a, b)) => stack.extend([a, b]),
                None => self.finish(ring, zone),
            }
        }
    }

    fn cut(&mut self, ring: &Ring, zone: Zone, goal: f64) -> Option<(Ring, Ring)> {
        let habit = zone.habit();
        let size = area(ring);
        let f = frame(ring);
        let aspect = self.dice.between(habit.aspect.0, habit.aspect.1);
        let care = Care {
            snap: (0.045 * size.sqrt()).clamp(0.4, 4.0),
            clear: 0.25,
        };
        let floor: f64 = if zone.built() { 0.2 } else { 0.12 };
        for attempt in 0..9 {
            let bay = attempt < 4 && size < 14.0 * goal && self.dice.chance(habit.bay);
            let pieces = if bay {
                let path = self.bay(ring, goal.min(size * 0.4));
                path.and_then(|p| split(ring, &p, care))
            } else {
                let path = self.across(ring, &f, zone, aspect, attempt);
                split(ring, &path, care)
            };
            let Some((a, b)) = pieces else { continue };
            let small = area(&a).min(area(&b));
            if small < (0.12 * goal).max(9.0) {
                continue;
            }
            let least = compactness(&a).min(compactness(&b));
            let free = 0.55 * self.dice.share();
            if least > floor.max(free) && sound(&a) && sound(&b) {
                return Some((a, b));
            }
        }
        None
    }

    /// A cut right across: straight, stepped or crooked.
    fn across(&mut self, ring: &Ring, f: &Frame, zone: Zone, aspect: f64, attempt: u32) -> Path {
        let habit = zone.habit();
        let across = f.long > aspect * f.short;
        let (axis, extent, width) = if across {
            (f.along, f.long, f.short)
        } else {
            (f.along.left(), f.short, f.long)
        };
        let middle = centroid(ring).plus(axis, self.dice.between(-0.2, 0.2) * extent);
        let tilt = self.dice.normal() * 0.035 * (1.0 + f64::from(attempt));
        let along = axis.left().turned(tilt);
        let side = along.left();
        let reach = f.long + f.short;
        let (from, to) = (middle.plus(along, -reach), middle.plus(along, reach));
        let shape = self.dice.share();
        let straight = 1.0 - (1.0 - habit.straight) * (0.5 + 0.5 * self.crook);
        if shape < straight || attempt > 6 {
            return vec![from, to];
        }
        if shape < straight + habit.stepped {
            let step = self.dice.sign() * self.dice.between(0.04, 0.28) * extent.min(width);
            let knee = middle.plus(along, self.dice.between(-0.3, 0.3) * width);
            let mut path = vec![from, knee, knee.plus(side, step), to.plus(side, step)];
            if self.dice.chance(0.2 * self.crook) {
                // A bay in the line: forth and back.
                let back = path[2].plus(along, self.dice.between(0.1, 0.3) * width);
                path = vec![from, knee, path[2], back, back.plus(side, -step), to];
            }
            return path;
        }
        let n = (width / habit.bend.0 / self.dice.between(0.6, 1.6) * self.crook)
            .round()
            .clamp(1.0, 14.0) as usize;
        let mut path = vec![from];
        let mut drift = 0.0;
        // Walls run forth and back at right angles; field edges bend.
        let n = if zone.built() { n.div_ceil(2) } else { n };
        for k in 0..n {
            let t = ((k as f64 + 1.0) / (n as f64 + 1.0) - 0.5) * width * 1.05
                + self.dice.between(-0.2, 0.2) * width / n as f64;
            if zone.built() {
                path.push(middle.plus(along, t).plus(side, drift));
                let most = (0.16 * extent).min(4.0 * habit.bend.1);
                drift = if drift.abs() > 0.6 && self.dice.chance(0.5) {
                    0.0
                } else {
                    self.dice.sign() * self.dice.between(0.3, 1.0) * most
                };
            } else {
                drift += self.dice.between(-habit.bend.1, habit.bend.1);
            }
            path.push(middle.plus(along, t).plus(side, drift));
        }
        path.push(to.plus(side, drift));
        path
    }

    /// A line that takes a rectangle of about `size` out of an edge of the ring.
    fn bay(&mut self, ring: &Ring, size: f64) -> Option<Path> {
        let n = ring.len();
        let i = self.dice.below(n);
        let (a, b) = (ring[i], ring[(i + 1) % n]);
        let length = a.to(b);
        let shape = self.dice.between(0.5, 1.6);
        let wide = (size * shape).sqrt();
        let deep = size / wide;
        if length < 4.0 || deep < 1.5 {
            return None;
        }
        let u = b.minus(a).unit();
        let inward = u.left();
        let corner = self.dice.chance(0.4) || length < wide * 1.15;
        if corner {
            // From the next edge: the corner at `b` is taken off.
            let inner = b.plus(u, -wide.min(0.7 * length)).plus(inward, deep);
            let foot = inner.plus(inward, -deep - 2.0);
            return Some(vec![foot, inner, inner.plus(u, wide + 60.0)]);
        }
        let start = self.dice.between(0.08, 0.92 - wide / length).max(0.02) * length;
        let (p, q) = (a.plus(u, start), a.plus(u, start + wide));
        Some(vec![
            p.plus(inward, -2.0),
            p.plus(inward, deep),
            q.plus(inward, deep),
            q.plus(inward, -2.0),
        ])
    }

    /// Hands a parcel over, now and then with a building's parcel inside.
    fn finish(&mut self, ring: Ring, zone: Zone) {
        let size = area(&ring);
        let mut piece = Piece {
            ring,
            holes: Vec::new(),
            kind: Kind::Parcel,
            group: 0,
            block: self.blocks,
            zone,
            line: None,
        };
        if size > 350.0 && self.dice.chance(zone.habit().island) {
            let middle = inner_point(&piece.ring);
            let room = to_boundary(&piece.ring, middle);
            if room > 5.0 {
                let house = self.house(middle, room * 0.8, &piece.ring);
                let mut hole = house.clone();
                hole.reverse();
                piece.holes.push(hole);
                self.out.push(Piece {
                    ring: house,
                    holes: Vec::new(),
                    ..piece.clone()
                });
            }
        }
        self.out.push(piece);
    }

    /// A building's outline within `room` of a place: a rectangle, an L or a rectangle with a bay.
    fn house(&mut self, middle: Point, room: f64, around: &Ring) -> Ring {
        let along = frame(around).along.turned(self.dice.normal() * 0.06);
        let side = along.left();
        let turn = self.dice.between(0.45, 0.95);
        let half = room.min(self.dice.between(5.0, 16.0));
        let (x, y) = (half * libm::cos(turn), half * libm::sin(turn));
        let place = |u: f64, v: f64| middle.plus(along, u * x).plus(side, v * y);
        let (a, b) = (self.dice.between(-0.4, 0.5), self.dice.between(-0.4, 0.5));
        match self.dice.below(3) {
            0 => vec![
                place(-1.0, -1.0),
                place(1.0, -1.0),
                place(1.0, 1.0),
                place(-1.0, 1.0),
            ],
            1 => vec![
                place(-1.0, -1.0),
                place(1.0, -1.0),
                place(1.0, b),
                place(a, b),
                place(a, 1.0),
                place(-1.0, 1.0),
            ],
            _ => {
                let (low, high) = (a.min(b) - 0.2, a.max(b) + 0.25);
                vec![
                    place(-1.0, -1.0),
                    place(low, -1.0),
                    place(low, -0.55),
                    place(high, -0.55),
                    place(high, -1.0),
                    place(1.0, -1.0),
                    place(1.0, 1.0),
                    place(-1.0, 1.0),
                ]
            }
        }
    }
}
