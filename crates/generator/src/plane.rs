//! Plane geometry in metres: measures of rings and paths, curves and offsets.
//!
//! A ring is counter-clockwise, without its closing point. A path is open.

use crate::dice::Dice;

/// A place in metres: x east, y north.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

pub(crate) type Ring = Vec<Point>;
pub(crate) type Path = Vec<Point>;

pub(crate) const fn at(x: f64, y: f64) -> Point {
    Point { x, y }
}

impl Point {
    pub(crate) fn plus(self, direction: Point, length: f64) -> Point {
        at(self.x + direction.x * length, self.y + direction.y * length)
    }

    pub(crate) fn minus(self, other: Point) -> Point {
        at(self.x - other.x, self.y - other.y)
    }

    pub(crate) fn to(self, other: Point) -> f64 {
        let d = self.minus(other);
        d.dot(d).sqrt()
    }

    pub(crate) fn dot(self, other: Point) -> f64 {
        self.x * other.x + self.y * other.y
    }

    pub(crate) fn cross(self, other: Point) -> f64 {
        self.x * other.y - self.y * other.x
    }

    pub(crate) fn middle(self, other: Point) -> Point {
        at((self.x + other.x) / 2.0, (self.y + other.y) / 2.0)
    }

    /// The direction turned a quarter to the left.
    pub(crate) fn left(self) -> Point {
        at(-self.y, self.x)
    }

    pub(crate) fn turned(self, angle: f64) -> Point {
        let (sin, cos) = libm::sincos(angle);
        at(self.x * cos - self.y * sin, self.x * sin + self.y * cos)
    }

    pub(crate) fn unit(self) -> Point {
        let length = self.dot(self).sqrt().max(1e-12);
        at(self.x / length, self.y / length)
    }

    /// Equal for the very same coordinates only: pieces share points bit by bit.
    pub(crate) fn key(self) -> (u64, u64) {
        // Adding zero makes -0 and 0 the same.
        ((self.x + 0.0).to_bits(), (self.y + 0.0).to_bits())
    }
}

/// The edges of a ring, the closing one included.
pub(crate) fn edges(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> + '_ {
    let next = ring.iter().skip(1).chain(ring.first());
    ring.iter().copied().zip(next.copied())
}

pub(crate) fn area(ring: &[Point]) -> f64 {
    // Relative to the first point: small numbers keep their digits.
    let Some(&o) = ring.first() else { return 0.0 };
    edges(ring)
        .map(|(a, b)| a.minus(o).cross(b.minus(o)))
        .sum::<f64>()
        / 2.0
}

pub(crate) fn perimeter(ring: &[Point]) -> f64 {
    edges(ring).map(|(a, b)| a.to(b)).sum()
}

/// 1 for a circle, 0.785 for a square, near 0 for a sliver.
pub(crate) fn compactness(ring: &[Point]) -> f64 {
    let around = perimeter(ring);
    4.0 * std::f64::consts::PI * area(ring) / (around * around)
}

pub(crate) fn centroid(ring: &[Point]) -> Point {
    let o = ring[0];
    let (mut x, mut y, mut twice) = (0.0, 0.0, 0.0);
    for (a, b) in edges(ring) {
        let (a, b) = (a.minus(o), b.minus(o));
        let c = a.cross(b);
        x += (a.x + b.x) * c;
        y += (a.y + b.y) * c;
        twice += c;
    }
    at(o.x + x / (3.0 * twice), o.y + y / (3.0 * twice))
}

pub(crate) fn contains(ring: &[Point], p: Point) -> bool {
    let mut inside = false;
    for (a, b) in edges(ring) {
        if (a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) * (b.x - a.x) / (b.y - a.y) {
            inside = !inside;
        }
    }
    inside
}

/// Distance of a point from a segment, and where along it (0 to 1) the foot lies.
pub(crate) fn to_segment(p: Point, a: Point, b: Point) -> (f64, f64) {
    let d = b.minus(a);
    let length2 = d.dot(d);
    let t = if length2 == 0.0 {
        0.0
    } else {
        (p.minus(a).dot(d) / length2).clamp(0.0, 1.0)
    };
    (p.to(a.plus(d, t)), t)
}

pub(crate) fn to_boundary(ring: &[Point], p: Point) -> f64 {
    edges(ring)
        .map(|(a, b)| to_segment(p, a, b).0)
        .fold(f64::INFINITY, f64::min)
}

/// Distance from a path, and the number of the nearest segment's first vertex.
pub(crate) fn to_path(path: &[Point], p: Point) -> (f64, usize) {
    let mut best = (f64::INFINITY, 0);
    for (i, w) in path.windows(2).enumerate() {
        let d = to_segment(p, w[0], w[1]).0;
        if d < best.0 {
            best = (d, i);
        }
    }
    best
}

/// Lower left and upper right corner.
pub(crate) fn bounds(points: &[Point]) -> (Point, Point) {
    points.iter().fold(
        (
            at(f64::INFINITY, f64::INFINITY),
            at(f64::NEG_INFINITY, f64::NEG_INFINITY),
        ),
        |(low, high), p| {
            (
                at(low.x.min(p.x), low.y.min(p.y)),
                at(high.x.max(p.x), high.y.max(p.y)),
            )
        },
    )
}

/// A point well inside: the middle of the widest of seven horizontal cuts.
pub(crate) fn inner_point(ring: &[Point]) -> Point {
    let (low, high) = bounds(ring);
    let mut best = (0.0, centroid(ring));
    let mut cuts = Vec::new();
    for k in 1..8 {
        let y = low.y + (high.y - low.y) * (f64::from(k) / 8.0 + 0.000_7);
        cuts.clear();
        for (a, b) in edges(ring) {
            if (a.y > y) != (b.y > y) {
                cuts.push(a.x + (y - a.y) * (b.x - a.x) / (b.y - a.y));
            }
        }
        cuts.sort_by(f64::total_cmp);
        for pair in cuts.chunks_exact(2) {
            if pair[1] - pair[0] > best.0 {
                best = (pair[1] - pair[0], at((pair[0] + pair[1]) / 2.0, y));
            }
        }
    }
    best.1
}

/// The smallest box around a ring that is parallel to one of its longer edges.
pub(crate) struct Frame {
    /// Unit vector along the longer side.
    pub(crate) along: Point,
    pub(crate) long: f64,
    pub(crate) short: f64,
    pub(crate) centre: Point,
}

pub(crate) fn frame(ring: &[Point]) -> Frame {
    let mut sides: Vec<(f64, Point)> = edges(ring)
        .map(|(a, b)| (a.to(b), b.minus(a).unit()))
        .collect();
    sides.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut best: Option<(f64, Point, [f64; 4])> = None;
    for &(_, u) in sides.iter().take(14) {
        let v = u.left();
        let mut e = [
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::INFINITY,
            f64::NEG_INFINITY,
        ];
        for p in ring {
            let (a, b) = (p.dot(u), p.dot(v));
            e = [e[0].min(a), e[1].max(a), e[2].min(b), e[3].max(b)];
        }
        let size = (e[1] - e[0]) * (e[3] - e[2]);
        if best.as_ref().is_none_or(|b| size < b.0) {
            best = Some((size, u, e));
        }
    }
    let (_, u, e) = best.unwrap_or((0.0, at(1.0, 0.0), [0.0; 4]));
    let (w, h) = (e[1] - e[0], e[3] - e[2]);
    let centre = at(0.0, 0.0)
        .plus(u, (e[0] + e[1]) / 2.0)
        .plus(u.left(), (e[2] + e[3]) / 2.0);
    if w >= h {
        Frame {
            along: u,
            long: w,
            short: h,
            centre,
        }
    } else {
        Frame {
            along: u.left(),
            long: h,
            short: w,
            centre,
        }
    }
}

/// A Catmull-Rom curve through the points, a vertex about every `step` metres.
pub(crate) fn curve(points: &[Point], step: f64, dice: &mut Dice, jitter: f64) -> Path {
    let mut out = vec![points[0]];
    for i in 0..points.len() - 1 {
        let p1 = points[i];
        let p2 = points[i + 1];
        let p0 = if i == 0 { p1 } else { points[i - 1] };
        let p3 = if i + 2 < points.len() {
            points[i + 2]
        } else {
            p2
        };
        let n = (p1.to(p2) / step).round().max(1.0) as usize;
        for k in 1..=n {
            let t = k as f64 / n as f64;
            let mix = |a: f64, b: f64, c: f64, d: f64| {
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t
                    + (3.0 * b - a - 3.0 * c + d) * t * t * t)
            };
            let mut p = at(mix(p0.x, p1.x, p2.x, p3.x), mix(p0.y, p1.y, p2.y, p3.y));
            if k < n {
                p = at(
                    p.x + dice.between(-jitter, jitter),
                    p.y + dice.between(-jitter, jitter),
                );
            }
            out.push(p);
        }
    }
    out
}

/// The path moved to its left by `distance(vertex)`; to its right where that is negative.
pub(crate) fn offset(path: &[Point], distance: impl Fn(usize) -> f64) -> Path {
    let last = path.len() - 1;
    (0..path.len())
        .map(|i| {
            let d = path[(i + 1).min(last)]
                .minus(path[i.saturating_sub(1)])
                .unit();
            path[i].plus(d.left(), distance(i))
        })
        .collect()
}

/// Whether no two edges cross or touch but neighbours in their common point.
pub(crate) fn is_simple(ring: &[Point]) -> bool {
    let n = ring.len();
    if n < 3 {
        return false;
    }
    for i in 0..n {
        let (a, b) = (ring[i], ring[(i + 1) % n]);
        let (lx, hx) = (a.x.min(b.x), a.x.max(b.x));
        let (ly, hy) = (a.y.min(b.y), a.y.max(b.y));
        for j in i + 2..n {
            if i == 0 && j == n - 1 {
                continue;
            }
            let (c, d) = (ring[j], ring[(j + 1) % n]);
            if c.x.min(d.x) > hx || c.x.max(d.x) < lx || c.y.min(d.y) > hy || c.y.max(d.y) < ly {
                continue;
            }
            if crossing(a, b, c, d).is_some() {
                return false;
            }
        }
    }
    true
}

/// Whether a corner is sharper than about four degrees.
pub(crate) fn has_needle(ring: &[Point]) -> bool {
    let n = ring.len();
    (0..n).any(|i| {
        let (u, v) = (
            ring[(i + n - 1) % n].minus(ring[i]),
            ring[(i + 1) % n].minus(ring[i]),
        );
        let along = u.dot(v);
        along > 0.0 && u.cross(v).abs() < 0.07 * along
    })
}

/// The stretches of a path within a ring.
pub(crate) fn clipped(path: &[Point], ring: &[Point]) -> Vec<Path> {
    let (low, high) = bounds(ring);
    let mut out: Vec<Path> = Vec::new();
    let mut open: Path = Vec::new();
    let mut cuts = Vec::new();
    for w in path.windows(2) {
        let (a, b) = (w[0], w[1]);
        let apart = a.x.min(b.x) > high.x
            || a.x.max(b.x) < low.x
            || a.y.min(b.y) > high.y
            || a.y.max(b.y) < low.y;
        cuts.clear();
        if !apart {
            cuts.extend(edges(ring).filter_map(|(c, d)| crossing(a, b, c, d).map(|c| c.0)));
        }
        cuts.extend([0.0, 1.0]);
        cuts.sort_by(f64::total_cmp);
        for pair in cuts.windows(2) {
            if pair[1] - pair[0] < 1e-9 {
                continue;
            }
            let (p, q) = (a.plus(b.minus(a), pair[0]), a.plus(b.minus(a), pair[1]));
            if !apart && contains(ring, p.middle(q)) {
                if open.is_empty() {
                    open.push(p);
                }
                open.push(q);
            } else if open.len() > 1 {
                out.push(std::mem::take(&mut open));
            }
        }
    }
    if open.len() > 1 {
        out.push(open);
    }
    out
}

/// Length of a path.
pub(crate) fn length(path: &[Point]) -> f64 {
    path.windows(2).map(|w| w[0].to(w[1])).sum()
}

/// Where two segments cross: shares of ab and of cd.
pub(crate) fn crossing(a: Point, b: Point, c: Point, d: Point) -> Option<(f64, f64)> {
    let (r, s) = (b.minus(a), d.minus(c));
    let det = r.cross(s);
    if det.abs() < 1e-12 {
        return None;
    }
    let ac = c.minus(a);
    let (u, v) = (ac.cross(s) / det, ac.cross(r) / det);
    let fits = |t: f64| (-1e-12..=1.0 + 1e-12).contains(&t);
    (fits(u) && fits(v)).then_some((u, v))
}
