//! The hand-drawn skeletons of `data/skeleton`, and their variation by seed.

use serde::Deserialize;

use crate::comune::{Line, What};
use crate::dice::Dice;
use crate::land::{Quarter, Zone};
use crate::plane::{Path, Point, Ring, area, at, curve, offset};

/// `data/skeleton/town.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Town {
    pub(crate) format: u32,
    pub(crate) name: String,
    pub(crate) parcels: usize,
    pub(crate) sheets: usize,
    pub(crate) outline: Vec<(f64, f64)>,
    pub(crate) centre_radius: f64,
    road: Vec<Drawn>,
    river: Vec<Drawn>,
    railway: Vec<Drawn>,
    quarter: Vec<DrawnQuarter>,
    hill: Vec<DrawnHill>,
}

/// `data/skeleton/province.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Province {
    pub(crate) format: u32,
    pub(crate) parcels: usize,
    pub(crate) outline: Vec<(f64, f64)>,
    river: Vec<Drawn>,
    railway: Vec<Drawn>,
    hill: Vec<DrawnHill>,
    pub(crate) comune: Vec<Named>,
}

/// A comune of the province by name and relative number of parcels.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) parcels: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Drawn {
    width: Width,
    points: Vec<(f64, f64)>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Width {
    One(f64),
    Many(Vec<f64>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DrawnQuarter {
    zone: Zone,
    at: (f64, f64),
    half: (f64, f64),
    turn: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DrawnHill {
    points: Vec<(f64, f64)>,
}

/// Turns, mirrors, scales and gently bends a drawing, the same way for all of its points.
pub(crate) struct Variation {
    turn: f64,
    mirror: f64,
    scale: f64,
    bend: [(f64, f64, f64); 2],
}

impl Variation {
    pub(crate) fn new(scale: f64, bend: f64, dice: &mut Dice) -> Self {
        let mut wave = || {
            (
                dice.between(0.6, 1.0) * bend,
                dice.between(7.0, 11.0) * bend,
                dice.between(0.0, 6.3),
            )
        };
        let bend = [wave(), wave()];
        Self {
            turn: dice.between(0.0, std::f64::consts::TAU),
            mirror: dice.sign(),
            scale,
            bend,
        }
    }

    pub(crate) fn point(&self, (x, y): (f64, f64)) -> Point {
        let (x, y) = (x * self.scale, y * self.scale * self.mirror);
        let p = at(x, y).turned(self.turn);
        let wave = |(height, length, phase): (f64, f64, f64), t: f64| {
            if height == 0.0 {
                0.0
            } else {
                height * (libm::sin(t / length + phase) - libm::sin(phase))
            }
        };
        at(p.x + wave(self.bend[0], p.y), p.y + wave(self.bend[1], p.x))
    }

    fn points(&self, drawn: &[(f64, f64)]) -> Path {
        drawn.iter().map(|&p| self.point(p)).collect()
    }

    fn line(&self, drawn: &Drawn, what: What, dice: &mut Dice) -> Line {
        let (step, jitter) = match what {
            What::Road => (26.0, 0.35),
            What::Railway => (60.0, 0.0),
            What::River => (17.0, 1.3),
        };
        let points = self.points(&drawn.points);
        let path = curve(&points, step, dice, jitter);
        let widths = match &drawn.width {
            Width::One(w) => vec![*w],
            Width::Many(w) => w.clone(),
        };
        let half = (0..path.len())
            .map(|i| {
                let t = i as f64 / path.len() as f64 * (widths.len() - 1) as f64;
                let k = t.floor() as usize;
                let next = widths[(k + 1).min(widths.len() - 1)];
                let even = widths[k] + (next - widths[k]) * (t - k as f64);
                let uneven = if what == What::River {
                    dice.between(0.9, 1.1)
                } else {
                    1.0
                };
                even * uneven / 2.0
            })
            .collect();
        Line { path, half, what }
    }
}

/// A closed curve through hand-drawn points.
fn border(points: &[Point], step: f64, dice: &mut Dice) -> Ring {
    let mut closed = points.to_vec();
    closed.push(points[0]);
    // Straighter than the curve between the drawn points, but winding as ditches and lanes do.
    let round = curve(&closed, step, dice, step * 0.06);
    let waves: Vec<(f64, f64, f64)> = [(27.0, 1.3), (11.0, 0.6), (5.0, 0.3)]
        .into_iter()
        .map(|(length, height)| {
            let length = length * step * dice.between(0.7, 1.4);
            (
                std::f64::consts::TAU / length,
                dice.between(0.0, 6.3),
                height * step,
            )
        })
        .collect();
    let mut run = 0.0;
    let shift: Vec<f64> = (0..round.len())
        .map(|i| {
            run += if i == 0 {
                0.0
            } else {
                round[i].to(round[i - 1])
            };
            let ends = (i.min(round.len() - 1 - i) as f64 / 8.0).min(1.0);
            ends * waves
                .iter()
                .map(|w| w.2 * libm::sin(w.0 * run + w.1))
                .sum::<f64>()
        })
        .collect();
    let mut ring = offset(&round, |i| shift[i]);
    ring.pop();
    if area(&ring) < 0.0 {
        ring.reverse();
    }
    ring
}

fn lines(v: &Variation, kinds: &[(&[Drawn], What)], dice: &mut Dice) -> Vec<Line> {
    let mut out = Vec::new();
    for (drawn, what) in kinds {
        for d in *drawn {
            out.push(v.line(d, *what, dice));
        }
    }
    out
}

fn drawn_area(points: &[(f64, f64)]) -> f64 {
    area(&points.iter().map(|&(x, y)| at(x, y)).collect::<Vec<_>>()).abs()
}

impl Town {
    pub(crate) fn scale_for(&self, area_m2: f64) -> f64 {
        (area_m2 / drawn_area(&self.outline)).sqrt()
    }

    pub(crate) fn border(&self, v: &Variation, dice: &mut Dice) -> Ring {
        border(&v.points(&self.outline), 30.0, dice)
    }

    pub(crate) fn lines(&self, v: &Variation, dice: &mut Dice) -> Vec<Line> {
        let kinds: [(&[Drawn], What); 3] = [
            (&self.road, What::Road),
            (&self.railway, What::Railway),
            (&self.river, What::River),
        ];
        lines(v, &kinds, dice)
    }

    /// The quarters about a centre, each moved and stretched a little.
    pub(crate) fn quarters(&self, v: &Variation, centre: Point, dice: &mut Dice) -> Vec<Quarter> {
        self.quarter
            .iter()
            .map(|q| {
                let p = v.point(q.at);
                let move_by = 0.12 * q.half.0;
                let (dx, dy) = (
                    dice.between(-move_by, move_by),
                    dice.between(-move_by, move_by),
                );
                Quarter {
                    zone: q.zone,
                    at: at(centre.x + p.x + dx, centre.y + p.y + dy),
                    half: (
                        q.half.0 * v.scale * dice.between(0.88, 1.14),
                        q.half.1 * v.scale * dice.between(0.88, 1.14),
                    ),
                    turn: q.turn.to_radians() * v.mirror + v.turn,
                }
            })
            .collect()
    }

    pub(crate) fn hills(&self, v: &Variation) -> Vec<Ring> {
        self.hill.iter().map(|h| v.points(&h.points)).collect()
    }
}

impl Province {
    /// From kilometres to metres of a province of the wanted size.
    pub(crate) fn scale_for(&self, area_m2: f64) -> f64 {
        (area_m2 / drawn_area(&self.outline)).sqrt()
    }

    pub(crate) fn border(&self, v: &Variation, dice: &mut Dice) -> Ring {
        border(&v.points(&self.outline), 90.0, dice)
    }

    pub(crate) fn lines(&self, v: &Variation, dice: &mut Dice) -> Vec<Line> {
        let kinds: [(&[Drawn], What); 2] =
            [(&self.railway, What::Railway), (&self.river, What::River)];
        lines(v, &kinds, dice)
    }

    pub(crate) fn hills(&self, v: &Variation) -> Vec<Ring> {
        self.hill.iter().map(|h| v.points(&h.points)).collect()
    }
}
