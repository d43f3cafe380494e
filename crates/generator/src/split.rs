//! Cutting rings along paths, and strips out of rings.

use crate::plane::{
    Path, Point, Ring, area, bounds, contains, crossing, edges, inner_point, offset, to_boundary,
    to_path, to_segment,
};

/// How near a cut may come to the ring's vertices.
#[derive(Clone, Copy)]
pub(crate) struct Care {
    /// A cut that arrives this near a vertex ends there.
    pub(crate) snap: f64,
    /// No other vertex may lie nearer to the cut.
    pub(crate) clear: f64,
}

impl Care {
    pub(crate) const LOOSE: Self = Self {
        snap: 0.6,
        clear: 0.0,
    };
    pub(crate) const FINE: Self = Self {
        snap: 0.4,
        clear: 0.25,
    };
}

struct Hit {
    along: f64,
    place: f64,
    point: Point,
}

fn hits(ring: &[Point], path: &[Point], snap: f64) -> Vec<Hit> {
    let n = ring.len();
    let (low, high) = bounds(ring);
    let mut out = Vec::new();
    for (i, w) in path.windows(2).enumerate() {
        let (a, b) = (w[0], w[1]);
        let (lx, hx) = (a.x.min(b.x), a.x.max(b.x));
        let (ly, hy) = (a.y.min(b.y), a.y.max(b.y));
        if lx > high.x || hx < low.x || ly > high.y || hy < low.y {
            continue;
        }
        for (j, (c, d)) in edges(ring).enumerate() {
            if c.x.min(d.x) > hx || c.x.max(d.x) < lx || c.y.min(d.y) > hy || c.y.max(d.y) < ly {
                continue;
            }
            let Some((u, v)) = crossing(a, b, c, d) else {
                continue;
            };
            let mut point = c.plus(d.minus(c), v);
            let mut place = j as f64 + v;
            if point.to(c) < snap && point.to(c) <= point.to(d) {
                (point, place) = (c, j as f64);
            } else if point.to(d) < snap {
                (point, place) = (d, ((j + 1) % n) as f64);
            }
            out.push(Hit {
                along: i as f64 + u,
                place,
                point,
            });
        }
    }
    out.sort_by(|a, b| a.along.total_cmp(&b.along));
    out
}

/// The ring's two pieces along a path whose ends lie outside: (right of it, left of it).
///
/// Both pieces carry the very same points along the cut.
pub(crate) fn split(ring: &[Point], path: &[Point], care: Care) -> Option<(Ring, Ring)> {
    // Where snapping would pinch a piece, the cut stays where it is.
    cut_at(ring, path, care).or_else(|| cut_at(ring, path, Care { snap: 0.0, ..care }))
}

fn cut_at(ring: &[Point], path: &[Point], care: Care) -> Option<(Ring, Ring)> {
    let hits = hits(ring, path, care.snap);
    for pair in hits.windows(2) {
        let (one, two) = (&pair[0], &pair[1]);
        if one.point == two.point {
            continue;
        }
        let first = one.along.floor() as usize + 1;
        let last = two.along.ceil() as usize;
        let inner: Vec<Point> = (first..last.max(first))
            .map(|k| path[k])
            .filter(|q| q.to(one.point) > 0.05 && q.to(two.point) > 0.05)
            .collect();
        let mut cut = vec![one.point];
        cut.extend(&inner);
        cut.push(two.point);
        if !lies_inside(ring, &cut, care) || (care.snap > 0.0 && crosses(ring, &cut)) {
            continue;
        }
        let mut right = walk(ring, one, two);
        right.extend(inner.iter().rev());
        let mut left = walk(ring, two, one);
        left.extend(&inner);
        if area(&right).min(area(&left)) < 0.05 || repeats(&right) || repeats(&left) {
            continue;
        }
        return Some((right, left));
    }
    None
}

/// Whether an end of a cut, moved to a vertex, now crosses the ring.
fn crosses(ring: &[Point], cut: &[Point]) -> bool {
    let last = cut.len() - 1;
    [(cut[0], cut[1]), (cut[last], cut[last - 1])]
        .into_iter()
        .any(|(p, q)| {
            let ((lx, hx), (ly, hy)) = ((p.x.min(q.x), p.x.max(q.x)), (p.y.min(q.y), p.y.max(q.y)));
            edges(ring).any(|(c, d)| {
                let apart = c.x.min(d.x) > hx
                    || c.x.max(d.x) < lx
                    || c.y.min(d.y) > hy
                    || c.y.max(d.y) < ly;
                let joined = c == p || d == p || c == q || d == q;
                // An end that was not moved lies on its edge.
                !apart
                    && !joined
                    && to_segment(p, c, d).0 > 1e-7
                    && to_segment(q, c, d).0 > 1e-7
                    && crossing(p, q, c, d).is_some()
            })
        })
}

fn lies_inside(ring: &[Point], cut: &[Point], care: Care) -> bool {
    let mut farthest: f64 = 0.0;
    let last = cut.len() - 1;
    for (k, w) in cut.windows(2).enumerate() {
        let middle = w[0].middle(w[1]);
        if !contains(ring, middle) || (k + 1 < last && !contains(ring, w[1])) {
            return false;
        }
        if farthest < 0.1 {
            farthest = farthest.max(to_boundary(ring, middle));
        }
        if care.clear > 0.0 && k + 1 < last && to_boundary(ring, w[1]) < care.clear {
            return false;
        }
    }
    if farthest < 0.1 {
        return false;
    }
    care.clear == 0.0
        || ring.iter().all(|&v| {
            v == cut[0]
                || v == cut[last]
                || cut
                    .windows(2)
                    .all(|w| to_segment(v, w[0], w[1]).0 > care.clear)
        })
}

/// Whether a ring visits a point twice.
fn repeats(ring: &[Point]) -> bool {
    if ring.len() < 30 {
        return ring.iter().enumerate().any(|(i, p)| ring[..i].contains(p));
    }
    let mut keys: Vec<(u64, u64)> = ring.iter().map(|p| p.key()).collect();
    keys.sort_unstable();
    keys.windows(2).any(|w| w[0] == w[1])
}

/// The ring from one hit forward to another, both included.
fn walk(ring: &[Point], from: &Hit, to: &Hit) -> Ring {
    let n = ring.len();
    let end = if to.place <= from.place {
        to.place + n as f64
    } else {
        to.place
    };
    let mut out = vec![from.point];
    for k in from.place.floor() as usize + 1..end.ceil() as usize {
        let v = ring[k % n];
        if v != from.point && v != to.point {
            out.push(v);
        }
    }
    out.push(to.point);
    out
}

/// All pieces into which a path cuts a ring, however often it crosses.
pub(crate) fn split_all(ring: Ring, path: &[Point], care: Care) -> Vec<Ring> {
    let mut out = Vec::new();
    let mut stack = vec![ring];
    while let Some(ring) = stack.pop() {
        match split(&ring, path, care) {
            Some((a, b)) => stack.extend([b, a]),
            None => out.push(ring),
        }
    }
    out
}

/// Cuts the strip along a path out of a ring: (pieces of the strip, the others).
///
/// `half` is half the width at a vertex of the path.
pub(crate) fn carve(
    ring: Ring,
    path: &Path,
    half: impl Fn(usize) -> f64,
) -> (Vec<Ring>, Vec<Ring>) {
    let left = offset(path, &half);
    let right = offset(path, |i| -half(i));
    let (mut strip, mut rest) = (Vec::new(), Vec::new());
    for piece in split_all(ring, &left, Care::LOOSE) {
        for piece in split_all(piece, &right, Care::LOOSE) {
            let (distance, i) = to_path(path, inner_point(&piece));
            let inside = distance < half(i).max(half((i + 1).min(path.len() - 1))) + 0.01;
            if inside { &mut strip } else { &mut rest }.push(piece);
        }
    }
    (strip, rest)
}
