//! Dividing land into a known number of regions: a province into comuni, a comune into sheets.

use crate::dice::Dice;
use crate::plane::{
    Path, Point, Ring, area, at, bounds, centroid, compactness, contains, frame, to_path,
};
use crate::split::{Care, split};

/// Regions of about the given weights, in the order of `weights`, and the lines between them.
///
/// `density` weighs the land; no line comes nearer to `keep_off` than its radius. `step` is the
/// distance of the lines' vertices, `winding` how crooked they are.
pub(crate) fn divide(
    land: &Ring,
    weights: &[f64],
    density: &dyn Fn(Point) -> f64,
    keep_off: Option<(Point, f64)>,
    step: f64,
    winding: f64,
    dice: &mut Dice,
) -> (Vec<Ring>, Vec<Path>) {
    let mut done: Vec<(usize, Ring)> = Vec::new();
    let mut lines = Vec::new();
    let mut stack = vec![(land.clone(), 0, weights.len())];
    while let Some((ring, from, to)) = stack.pop() {
        if to - from < 2 {
            done.push((from, ring));
            continue;
        }
        let total: f64 = weights[from..to].iter().sum();
        let mut middle = from + 1;
        let mut share = weights[from] / total;
        while middle + 1 < to && share + weights[middle] / total / 2.0 < 0.5 {
            share += weights[middle] / total;
            middle += 1;
        }
        let sample = sample(&ring, density, dice);
        let whole: f64 = sample.iter().map(|s| s.1).sum();
        let mut best: Option<(f64, Ring, Ring, Path)> = None;
        for attempt in 0..360 {
            // Beside the old centre there may be room for an uneven cut only.
            let aim = if attempt < 120 {
                share
            } else {
                dice.between(0.1, 0.9)
            };
            let path = line(&ring, &sample, aim, attempt, step, winding, dice);
            if keep_off.is_some_and(|(p, r)| contains(&ring, p) && to_path(&path, p).0 < r) {
                continue;
            }
            let clear = if attempt < 80 { 5.0 } else { 1.5 };
            let Some((a, b)) = split(&ring, &path, Care { snap: 4.0, clear }) else {
                continue;
            };
            if split(&a, &path, Care::LOOSE).is_some() || split(&b, &path, Care::LOOSE).is_some() {
                continue;
            }
            let inside = sample
                .iter()
                .filter(|s| contains(&a, s.0))
                .map(|s| s.1)
                .sum::<f64>();
            let got = inside / whole.max(1e-9);
            let shape = compactness(&a).min(compactness(&b));
            let off = (got - share).abs().min((1.0 - got - share).abs());
            let worth = shape.min(0.5) - 3.0 * off;
            if best.as_ref().is_none_or(|x| worth > x.0) {
                let (a, b) = if (got - share).abs() <= (1.0 - got - share).abs() {
                    (a, b)
                } else {
                    (b, a)
                };
                best = Some((worth, a, b, path));
            }
            let good_enough = if attempt < 60 { 0.3 } else { -9.0 };
            if attempt > 12 && best.as_ref().is_some_and(|x| x.0 > good_enough) {
                break;
            }
        }
        match best {
            Some((_, a, b, path)) => {
                lines.push(trimmed(&ring, path));
                stack.push((a, from, middle));
                stack.push((b, middle, to));
            }
            // No line fits: one region less.
            None => done.push((from, ring)),
        }
    }
    done.sort_by_key(|d| d.0);
    (done.into_iter().map(|d| d.1).collect(), lines)
}

/// The part of a path within a ring, and a step more at either end.
fn trimmed(ring: &Ring, path: Path) -> Path {
    let inside = |p: &Point| contains(ring, *p);
    let first = path.iter().position(inside).unwrap_or(0).saturating_sub(1);
    let last = path
        .iter()
        .rposition(inside)
        .map_or(path.len(), |k| (k + 2).min(path.len()));
    path[first..last].to_vec()
}

/// Places in the region with the weight of the land around them.
fn sample(ring: &Ring, density: &dyn Fn(Point) -> f64, dice: &mut Dice) -> Vec<(Point, f64)> {
    let (low, high) = bounds(ring);
    let mut out = Vec::new();
    // A grid: luck would make narrow dense quarters count too much or too little.
    let size = (area(ring) / 350.0).sqrt();
    let (dx, dy) = (dice.between(0.0, size), dice.between(0.0, size));
    let mut y = low.y + dy;
    while y < high.y {
        let mut x = low.x + dx;
        while x < high.x {
            let p = at(x, y);
            if contains(ring, p) {
                out.push((p, density(p)));
            }
            x += size;
        }
        y += size;
    }
    out
}

fn line(
    ring: &Ring,
    sample: &[(Point, f64)],
    share: f64,
    attempt: u32,
    step: f64,
    winding: f64,
    dice: &mut Dice,
) -> Path {
    let f = frame(ring);
    let across = f.long > 1.15 * f.short || attempt.is_multiple_of(2);
    let axis = if across { f.along } else { f.along.left() };
    let axis = axis.turned(dice.normal() * (0.08 + 0.012 * f64::from(attempt)));
    let share = if dice.chance(0.5) { share } else { 1.0 - share };
    let mut along: Vec<(f64, f64)> = sample.iter().map(|s| (s.0.dot(axis), s.1)).collect();
    along.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = along.iter().map(|s| s.1).sum();
    let mut sum = 0.0;
    let place = along
        .iter()
        .find(|s| {
            sum += s.1;
            sum >= share * total
        })
        .map_or_else(|| centroid(ring).dot(axis), |s| s.0);
    let side = axis.left();
    let middle = at(0.0, 0.0)
        .plus(axis, place)
        .plus(side, f.centre.dot(side));
    let reach = (f.long + f.short) * 0.75;
    let n = (2.0 * reach / step).ceil().max(4.0) as usize;
    // Waves of several lengths: what rivers, ridges and old estates make of a border.
    let waves: Vec<(f64, f64, f64)> = (0..4)
        .map(|k| {
            let length = reach / f64::from(1 << k) / dice.between(0.8, 1.6);
            (
                std::f64::consts::TAU / length,
                dice.between(0.0, 6.3),
                dice.between(0.01, 0.035) * length * winding,
            )
        })
        .collect();
    (0..=n)
        .map(|k| {
            let t = (2.0 * k as f64 / n as f64 - 1.0) * reach;
            let off: f64 = waves.iter().map(|w| w.2 * libm::sin(w.0 * t + w.1)).sum();
            middle
                .plus(side, t + dice.between(-0.2, 0.2) * step)
                .plus(axis, off + dice.between(-0.06, 0.06) * step * winding)
        })
        .collect()
}
