//! A sheet: its pieces noded, joined, numbered, and outlined by their union.

use crate::block::{Kind, Piece};
use crate::dice::Dice;
use crate::mesh::{Loop, Mesh};
use crate::plane::{Point, Ring, area, centroid, compactness, to_segment};

/// A polygon: outer ring, then holes (clockwise).
pub(crate) type Polygon = Vec<Ring>;

/// One member of the parcels' file.
pub(crate) struct Parcel {
    pub(crate) label: String,
    pub(crate) kind: Kind,
    pub(crate) parts: Vec<Polygon>,
}

/// One finished sheet.
pub(crate) struct Sheet {
    /// Number and allegato as the reference writes them: `001200`, `0003A0`.
    pub(crate) code: String,
    pub(crate) outline: Vec<Polygon>,
    pub(crate) parcels: Vec<Parcel>,
}

/// A parcel below this, or thinner than `SLIVER`, is what a cut left over: its neighbour takes it.
const CRUMB_M2: f64 = 7.0;
const SLIVER: f64 = 0.045;
const PINCH_M: f64 = 0.004;

struct Face {
    loops: Vec<Loop>,
    kind: Kind,
    group: u32,
}

/// Finishes a sheet from pieces that fill it; also the pieces' rings, noded.
pub(crate) fn assemble(code: String, pieces: &[Piece], dice: &mut Dice) -> (Sheet, Vec<Polygon>) {
    let rings = pieces
        .iter()
        .flat_map(|p| std::iter::once(&p.ring).chain(&p.holes));
    let (mesh, told) = Mesh::of(rings);
    let mut told = told.into_iter();
    let faces: Vec<Face> = pieces
        .iter()
        .map(|p| Face {
            loops: told.by_ref().take(1 + p.holes.len()).collect(),
            kind: p.kind,
            group: p.group,
        })
        .collect();
    let noded = faces
        .iter()
        .map(|f| f.loops.iter().map(|l| mesh.ring(l)).collect())
        .collect();
    let owner = crumbs(&mesh, &faces);
    let outline = polygons(&mesh, faces.iter().flat_map(|f| &f.loops));

    let mut parcels = Vec::new();
    let mut joined: Vec<(u8, u32, usize)> = Vec::new();
    let mut heirs: Vec<Vec<usize>> = vec![Vec::new(); faces.len()];
    for (i, &o) in owner.iter().enumerate() {
        heirs[o].push(i);
    }
    for (i, face) in faces.iter().enumerate() {
        if owner[i] != i {
            continue;
        }
        match face.kind {
            Kind::Parcel | Kind::Railway if heirs[i].len() == 1 => {
                parcels.push(vec![face.loops.iter().map(|l| mesh.ring(l)).collect()]);
            }
            Kind::Parcel | Kind::Railway => {
                let loops = heirs[i].iter().flat_map(|&k| &faces[k].loops);
                parcels.push(polygons(&mesh, loops));
            }
            Kind::Road | Kind::Water => {
                joined.extend(heirs[i].iter().map(|&k| (face.kind as u8, face.group, k)));
            }
        }
    }
    joined.sort_unstable();
    let mut strips: [Vec<Polygon>; 2] = [Vec::new(), Vec::new()];
    for run in joined.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let loops = run.iter().flat_map(|&(_, _, k)| &faces[k].loops);
        let kind = usize::from(run[0].0 == Kind::Water as u8);
        strips[kind].extend(polygons(&mesh, loops));
    }
    let mut sheet = Sheet {
        code,
        outline,
        parcels: number(parcels, dice),
    };
    for (strips, (name, kind)) in strips
        .into_iter()
        .zip([("STRADA", Kind::Road), ("ACQUA", Kind::Water)])
    {
        for (k, polygon) in strips.into_iter().enumerate() {
            let label = format!("{name}{:03}", k + 1);
            sheet.parcels.push(Parcel {
                label,
                kind,
                parts: vec![polygon],
            });
        }
    }
    (sheet, noded)
}

fn polygons<'a>(mesh: &Mesh, loops: impl Iterator<Item = &'a Loop>) -> Vec<Polygon> {
    mesh.union(loops)
        .iter()
        .map(|polygon| polygon.iter().map(|ring| mesh.ring(ring)).collect())
        .collect()
}

/// Whether a ring comes so near to itself that rounding to 8 decimals (1 mm) could make it cross.
fn pinched(ring: &Ring) -> bool {
    let n = ring.len();
    (0..n).any(|i| {
        let (a, b) = (ring[i], ring[(i + 1) % n]);
        (2..n).any(|k| {
            let p = ring[(i + k) % n];
            let reach = |v: f64, a: f64, b: f64| v > a.min(b) - PINCH_M && v < a.max(b) + PINCH_M;
            reach(p.x, a.x, b.x)
                && reach(p.y, a.y, b.y)
                && to_segment(p, a, b).0 < PINCH_M
                && p.to(a).min(p.to(b)) > 0.02
        })
    })
}

/// For each face the face that it becomes part of; most are their own.
fn crumbs(mesh: &Mesh, faces: &[Face]) -> Vec<usize> {
    let mut owner: Vec<usize> = (0..faces.len()).collect();
    let small: Vec<usize> = (0..faces.len())
        .filter(|&i| {
            let f = &faces[i];
            if f.kind != Kind::Parcel || f.loops.len() > 1 {
                return false;
            }
            let ring = mesh.ring(&f.loops[0]);
            let size = area(&ring);
            size < CRUMB_M2 || (size < 150.0 && compactness(&ring) < SLIVER) || pinched(&ring)
        })
        .collect();
    if small.is_empty() {
        return owner;
    }
    let mut sides: Vec<(u32, u32, usize)> = Vec::new();
    for (i, face) in faces.iter().enumerate() {
        for ring in &face.loops {
            let next = ring.iter().cycle().skip(1);
            sides.extend(ring.iter().zip(next).map(|(&a, &b)| (a, b, i)));
        }
    }
    sides.sort_unstable();
    for &i in &small {
        let ring = &faces[i].loops[0];
        let mut shared: Vec<(usize, f64)> = Vec::new();
        for (&a, &b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            let at = sides.partition_point(|s| (s.0, s.1) < (b, a));
            if let Some(&(c, d, k)) = sides.get(at)
                && (c, d) == (b, a)
            {
                let length = mesh.points[a as usize].to(mesh.points[b as usize]);
                match shared.iter_mut().find(|s| s.0 == k) {
                    Some(s) => s.1 += length,
                    None => shared.push((k, length)),
                }
            }
        }
        // Crumbs do not take crumbs: chains would need an order.
        let best = shared
            .iter()
            .filter(|s| !small.contains(&s.0))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some(&(k, _)) = best {
            owner[i] = k;
        }
    }
    owner
}

/// Numbers parcels row by row from the north, with gaps and later additions as registers have.
fn number(shapes: Vec<Vec<Polygon>>, dice: &mut Dice) -> Vec<Parcel> {
    let mut rows: Vec<(i64, Point, Vec<Polygon>)> = shapes
        .into_iter()
        .map(|parts| {
            let c = centroid(&parts[0][0]);
            (-(c.y / 55.0).floor() as i64, c, parts)
        })
        .collect();
    rows.sort_by(|a, b| {
        (a.0, a.1.x)
            .partial_cmp(&(b.0, b.1.x))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let count = rows.len();
    let mut next = 1;
    let mut late = count + count / 8 + 20;
    let mut out: Vec<Parcel> = Vec::with_capacity(count);
    let mut middles: Vec<Point> = Vec::with_capacity(count);
    for (_, middle, parts) in rows {
        let label = if dice.chance(0.22) {
            // Split off later: the register's next free number.
            late += 1 + usize::from(dice.chance(0.2)) * dice.below(6);
            late.to_string()
        } else {
            next += if dice.chance(0.92) {
                1
            } else {
                1 + dice.below(4)
            };
            next.to_string()
        };
        out.push(Parcel {
            label,
            kind: Kind::Parcel,
            parts,
        });
        middles.push(middle);
    }
    oddities(&mut out, &middles, dice);
    out
}

/// Numbers with a stroke, parcels in two parts, and numbers that come as two members.
fn oddities(parcels: &mut Vec<Parcel>, middles: &[Point], dice: &mut Dice) {
    let n = parcels.len();
    if n < 3 {
        return;
    }
    let mut gone = vec![false; n];
    let mut touched = vec![false; n];
    for _ in 0..n / 60 {
        let i = dice.below(n - 1);
        if !touched[i] && !touched[i + 1] {
            parcels[i + 1].label = format!("{}/A", parcels[i].label);
            (touched[i], touched[i + 1]) = (true, true);
        }
    }
    for round in 0..n / 220 + 1 {
        let i = dice.below(n);
        let j = (i + 3 + dice.below(12)).min(n - 1);
        let free = i != j && !touched[i] && !touched[j] && middles[i].to(middles[j]) < 400.0;
        if !free
            || share_a_point(&parcels[i], &parcels[j])
            || parcels[i].parts[0].len() + parcels[j].parts[0].len() > 2
        {
            continue;
        }
        (touched[i], touched[j]) = (true, true);
        if round % 3 == 2 {
            parcels[j].label = parcels[i].label.clone();
        } else {
            let part = parcels[j].parts.pop();
            parcels[i].parts.extend(part);
            gone[j] = true;
        }
    }
    let mut gone = gone.into_iter();
    parcels.retain(|_| !gone.next().unwrap_or(false));
}

fn share_a_point(a: &Parcel, b: &Parcel) -> bool {
    a.parts
        .iter()
        .flatten()
        .flatten()
        .any(|p| b.parts.iter().flatten().flatten().any(|q| p.to(*q) < 1.0))
}
