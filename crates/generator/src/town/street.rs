//! The streets as lines that meet: classes, names, and who goes on where.

use std::collections::HashSet;

use crate::comune::{Line, What};
use crate::dice::Dice;
use crate::land::Zone;
use crate::plane::{Path, Point, clipped, length, to_path, to_segment};

use super::Town;
use super::names::{ANY, CENTRE, FAMILIES, LANES, MAIN};

/// A stretch of a street between its ends.
pub(crate) struct Way {
    pub(crate) path: Path,
    pub(crate) half: f64,
    pub(crate) class: &'static str,
    /// Empty where people have no name for it.
    pub(crate) name: String,
    pub(crate) built: bool,
    zone: Zone,
}

/// All streets of the comune.
pub(crate) struct Streets {
    pub(crate) ways: Vec<Way>,
    cells: Cells,
}

impl Streets {
    pub(crate) fn of(town: &Town<'_>, lanes: &[Line]) -> Self {
        let mut dice = Dice::for_part(town.comune.seed, 9201);
        let mut ways = main_roads(town);
        for lane in lanes {
            let pieces = clipped(&lane.path, &town.comune.outline);
            ways.extend(
                pieces
                    .into_iter()
                    .map(|path| local(town, path, lane.half[0])),
            );
        }
        for street in town.sheets.iter().flat_map(|s| &s.streets) {
            let mut way = local(town, street.path.clone(), street.half);
            if street.zone.built() {
                (way.zone, way.built, way.class) = (street.zone, true, "locale");
            }
            ways.push(way);
        }
        ways.retain(|w| length(&w.path) > 14.0);
        join(&mut ways);
        name(town, &mut ways, &mut dice);
        let cells = Cells::of(&ways);
        Self { ways, cells }
    }

    /// The nearest way within some metres: its number, the segment, the place on it.
    pub(crate) fn near(
        &self,
        p: Point,
        reach: f64,
        fits: impl Fn(&Way) -> bool,
    ) -> Option<(usize, usize, Point)> {
        let mut best: Option<(f64, (usize, usize, Point))> = None;
        for (way, segment) in self.cells.around(p, reach) {
            let w = &self.ways[way];
            if !fits(w) {
                continue;
            }
            let (a, b) = (w.path[segment], w.path[segment + 1]);
            let (distance, t) = to_segment(p, a, b);
            let least = best.as_ref().map_or(reach, |b| b.0);
            if distance < least {
                best = Some((distance, (way, segment, a.plus(b.minus(a), t))));
            }
        }
        best.map(|b| b.1)
    }
}

/// The segments of all ways by square cell.
struct Cells {
    map: std::collections::HashMap<(i64, i64), Vec<(usize, usize)>>,
}

const CELL_M: f64 = 60.0;

impl Cells {
    fn of(ways: &[Way]) -> Self {
        let mut map: std::collections::HashMap<(i64, i64), Vec<(usize, usize)>> =
            std::collections::HashMap::new();
        for (k, way) in ways.iter().enumerate() {
            for (i, w) in way.path.windows(2).enumerate() {
                let cell = |v: f64| (v / CELL_M).floor() as i64;
                for x in cell(w[0].x.min(w[1].x))..=cell(w[0].x.max(w[1].x)) {
                    for y in cell(w[0].y.min(w[1].y))..=cell(w[0].y.max(w[1].y)) {
                        map.entry((x, y)).or_default().push((k, i));
                    }
                }
            }
        }
        Self { map }
    }

    fn around(&self, p: Point, reach: f64) -> impl Iterator<Item = (usize, usize)> + '_ {
        let cell = |v: f64| (v / CELL_M).floor() as i64;
        let (low, high) = (
            (cell(p.x - reach), cell(p.y - reach)),
            (cell(p.x + reach), cell(p.y + reach)),
        );
        (low.0..=high.0)
            .flat_map(move |x| (low.1..=high.1).map(move |y| (x, y)))
            .filter_map(|key| self.map.get(&key))
            .flatten()
            .copied()
    }
}

/// The comune's own roads, in stretches: the town's part has a street's name.
fn main_roads(town: &Town<'_>) -> Vec<Way> {
    let centre = town.comune.centre;
    let urban = 1150.0 * town.scale;
    let mut out = Vec::new();
    let mut used = 0;
    let roads = town.comune.lines.iter().filter(|l| l.what == What::Road);
    for (number, line) in roads.enumerate() {
        let half = line.half[0];
        let class = match half {
            h if h > 4.2 => "principale",
            h if h > 3.6 => "secondaria",
            _ => "locale",
        };
        let bypass = half > 5.5;
        for path in clipped(&line.path, &town.comune.outline) {
            // Cut where the road enters the town, and at the centre.
            let side = |p: Point| -> i32 {
                if bypass || p.to(centre) > urban {
                    return 2;
                }
                i32::from(p.minus(centre).dot(path[path.len() - 1].minus(path[0])) > 0.0)
            };
            let mut start = 0;
            for i in 1..=path.len() {
                if i < path.len() && side(path[i]) == side(path[start]) {
                    continue;
                }
                let stretch: Path = path[start..(i + 1).min(path.len())].to_vec();
                let inside = side(path[start]) != 2;
                let name = if bypass {
                    "Tangenziale sud".to_owned()
                } else if inside {
                    used += 1;
                    MAIN[(used - 1) % MAIN.len()].to_owned()
                } else if class == "locale" {
                    format!("Strada comunale {}", LANES[number % LANES.len()])
                } else {
                    format!("Strada provinciale {}", 11 + 3 * number)
                };
                out.push(Way {
                    path: stretch,
                    half,
                    class,
                    name,
                    built: inside && !bypass,
                    zone: Zone::Houses,
                });
                start = i;
            }
        }
    }
    out
}

fn local(town: &Town<'_>, path: Path, half: f64) -> Way {
    let middle = path[path.len() / 2];
    let zone = town.land.zone(middle);
    let built = zone.built();
    let class = if built || half > 1.95 {
        "locale"
    } else {
        "sentiero"
    };
    Way {
        path,
        half,
        class,
        name: String::new(),
        built,
        zone,
    }
}

/// Ends are led to the middle of the street they come out on, which gets a point there.
fn join(ways: &mut [Way]) {
    let cells = Cells::of(ways);
    let mut told: Vec<(usize, usize, f64, Point)> = Vec::new();
    for k in 0..ways.len() {
        for first in [true, false] {
            let end = if first {
                ways[k].path[0]
            } else {
                ways[k].path[ways[k].path.len() - 1]
            };
            let mut best: Option<(f64, usize, usize, f64)> = None;
            for (other, segment) in cells.around(end, 16.0) {
                if other == k {
                    continue;
                }
                let w = &ways[other];
                let (d, t) = to_segment(end, w.path[segment], w.path[segment + 1]);
                let room = d - w.half;
                if room < 4.0 && best.is_none_or(|b| d < b.0) {
                    best = Some((d, other, segment, t));
                }
            }
            let Some((d, other, segment, t)) = best else {
                continue;
            };
            let (a, b) = (ways[other].path[segment], ways[other].path[segment + 1]);
            let foot = if t * a.to(b) < 1.0 {
                a
            } else if (1.0 - t) * a.to(b) < 1.0 {
                b
            } else {
                let foot = a.plus(b.minus(a), t);
                told.push((other, segment, t, foot));
                foot
            };
            let path = &mut ways[k].path;
            let last = path.len() - 1;
            match (first, d < 0.6) {
                (true, true) => path[0] = foot,
                (false, true) => path[last] = foot,
                (true, false) => {
                    path.insert(0, foot);
                    // Numbers of segments told before move on by one.
                    for t in told.iter_mut().filter(|t| t.0 == k) {
                        t.1 += 1;
                    }
                }
                (false, false) => path.push(foot),
            }
        }
    }
    told.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then(b.2.total_cmp(&a.2)));
    for (way, segment, _, foot) in told {
        let path = &mut ways[way].path;
        if segment + 1 < path.len() && path[segment] != foot && path[segment + 1] != foot {
            path.insert(segment + 1, foot);
        }
    }
}

/// A way and which of its ends: the first, or not.
type End = (usize, bool);

/// Ways that go straight on into each other are one street.
fn chains(ways: &[Way]) -> Vec<Vec<usize>> {
    let mut of: Vec<usize> = (0..ways.len()).collect();
    let end = |k: usize, first: bool| {
        let p = &ways[k].path;
        let n = p.len() - 1;
        let m = n.min(2);
        if first {
            (p[0], p[0].minus(p[m]).unit())
        } else {
            (p[n], p[n].minus(p[n - m]).unit())
        }
    };
    let free: Vec<usize> = (0..ways.len())
        .filter(|&k| ways[k].name.is_empty())
        .collect();
    let mut pairs: Vec<(f64, End, End)> = Vec::new();
    for (n, &i) in free.iter().enumerate() {
        for &j in &free[n + 1..] {
            if ways[i].built != ways[j].built {
                continue;
            }
            for (a, b) in [(true, true), (true, false), (false, true), (false, false)] {
                let ((p, u), (q, v)) = (end(i, a), end(j, b));
                let gap = p.to(q);
                let straight = -u.dot(v);
                if gap < 16.0 && straight > 0.86 {
                    pairs.push((gap + 30.0 * (1.0 - straight), (i, a), (j, b)));
                }
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut used: HashSet<End> = HashSet::new();
    for (_, a, b) in pairs {
        if used.contains(&a) || used.contains(&b) || of[a.0] == of[b.0] {
            continue;
        }
        used.extend([a, b]);
        let (from, to) = (of[b.0], of[a.0]);
        for o in &mut of {
            if *o == from {
                *o = to;
            }
        }
    }
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); ways.len()];
    for k in free {
        out[of[k]].push(k);
    }
    out.retain(|c| !c.is_empty());
    out
}

fn name(town: &Town<'_>, ways: &mut [Way], dice: &mut Dice) {
    let centre = town.comune.centre;
    let mut chains: Vec<(f64, Vec<usize>)> = chains(ways)
        .into_iter()
        .map(|c| {
            let nearest = c
                .iter()
                .map(|&k| to_path(&ways[k].path, centre).0)
                .fold(f64::INFINITY, f64::min);
            (nearest, c)
        })
        .collect();
    chains.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut taken: HashSet<String> = ways.iter().map(|w| w.name.clone()).collect();
    let (mut in_centre, mut any, mut lanes) = (0, 0, 0);
    let mut in_family = [0_usize; FAMILIES.len()];
    for (distance, chain) in chains {
        let first = chain[0];
        let long: f64 = chain.iter().map(|&k| length(&ways[k].path)).sum();
        let middle = ways[first].path[ways[first].path.len() / 2];
        let name = if ways[first].zone == Zone::Centre && in_centre < CENTRE.len() {
            in_centre += 1;
            CENTRE[in_centre - 1].to_owned()
        } else if ways[first].built {
            if distance < 700.0 * town.scale && any < ANY.len() && dice.chance(0.2) {
                any += 1;
                ANY[any - 1].to_owned()
            } else {
                // The quarter decides the family, eight directions about the centre.
                let turn = libm::atan2(middle.y - centre.y, middle.x - centre.x);
                let wedge = ((turn + std::f64::consts::PI) / std::f64::consts::TAU * 11.0) as usize;
                let family = if ways[first].zone == Zone::Industry {
                    9
                } else {
                    (wedge * 5 + (distance / 900.0) as usize * 7) % FAMILIES.len()
                };
                fresh(family, &mut in_family, &taken)
            }
        } else if long > 230.0 && dice.chance(0.5) {
            lanes += 1;
            let round = lanes / LANES.len();
            let kind = [
                "Strada vicinale",
                "Strada campestre",
                "Via alle Cascine",
                "Alzaia",
                "Sentiero",
            ][round.min(4)];
            format!("{kind} {}", LANES[lanes % LANES.len()])
        } else {
            String::new()
        };
        taken.insert(name.clone());
        for k in chain {
            ways[k].name = name.clone();
        }
    }
}

/// The next unused name of a family, or of the next family; then lanes off the same streets.
fn fresh(family: usize, next: &mut [usize; 12], taken: &HashSet<String>) -> String {
    for kind in ["Via", "Vicolo", "Largo", "Passaggio", "Traversa"] {
        for step in 0..FAMILIES.len() {
            let k = (family + step) % FAMILIES.len();
            if kind == "Via" {
                if let Some(name) = FAMILIES[k].1.get(next[k]) {
                    next[k] += 1;
                    return format!("{} {name}", FAMILIES[k].0);
                }
            } else if let Some(name) = FAMILIES[k]
                .1
                .iter()
                .map(|name| format!("{kind} {name}"))
                .find(|name| !taken.contains(name))
            {
                return name;
            }
        }
    }
    String::new()
}

/// Whether a place lies on a street.
pub(crate) fn on_street(streets: &Streets, p: Point, clear: f64) -> bool {
    streets
        .near(p, 16.0, |_| true)
        .is_some_and(|(way, _, foot)| foot.to(p) < streets.ways[way].half + clear)
}
