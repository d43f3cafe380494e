//! What is written is deterministic, valid, and fills its sheets.
//!
//! Coordinates are compared as whole units of 0.000 000 01 degrees, exactly as they stand in the
//! files: nothing here rounds.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use generator::{Plan, Scale, generate};
use sha2::{Digest, Sha256};

type Point = (i64, i64);
type Ring = Vec<Point>;

struct Member {
    reference: String,
    rings: Vec<Ring>,
}

fn number(text: &str) -> i64 {
    let (whole, decimals) = text.split_once('.').unwrap();
    assert_eq!(decimals.len(), 8, "{text}");
    whole.parse::<i64>().unwrap() * 100_000_000 + decimals.parse::<i64>().unwrap()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let from = text.find(before).unwrap() + before.len();
    &text[from..from + text[from..].find(after).unwrap()]
}

fn read(path: &Path) -> Vec<Member> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .filter(|line| line.starts_with("<wfs:member>"))
        .map(|line| Member {
            reference: between(line, "<CP:INSPIREID_LOCALID>", "</").to_owned(),
            rings: line
                .split("<gml:posList srsDimension=\"2\">")
                .skip(1)
                .map(|rest| {
                    let numbers: Vec<i64> = rest[..rest.find('<').unwrap()]
                        .split_whitespace()
                        .map(number)
                        .collect();
                    let mut ring: Ring = numbers.chunks(2).map(|c| (c[1], c[0])).collect();
                    assert_eq!(ring.first(), ring.last(), "a ring is closed");
                    ring.pop();
                    ring
                })
                .collect(),
        })
        .collect()
}

fn turn(a: Point, b: Point, c: Point) -> i128 {
    let (ux, uy) = (i128::from(b.0 - a.0), i128::from(b.1 - a.1));
    let (vx, vy) = (i128::from(c.0 - a.0), i128::from(c.1 - a.1));
    (ux * vy - uy * vx).signum()
}

fn on(a: Point, b: Point, p: Point) -> bool {
    turn(a, b, p) == 0
        && (a.0.min(b.0)..=a.0.max(b.0)).contains(&p.0)
        && (a.1.min(b.1)..=a.1.max(b.1)).contains(&p.1)
}

fn meet(a: Point, b: Point, c: Point, d: Point) -> bool {
    (turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0)
        || on(a, b, c)
        || on(a, b, d)
        || on(c, d, a)
        || on(c, d, b)
}

/// Why a ring is not simple, if it is not.
fn fault(ring: &Ring) -> Option<String> {
    let n = ring.len();
    if n < 3 {
        return Some(format!("{n} points"));
    }
    for i in 0..n {
        let (a, b) = (ring[i], ring[(i + 1) % n]);
        if a == b {
            return Some(format!("{a:?} twice in a row"));
        }
        if on(a, b, ring[(i + 2) % n]) || on(b, ring[(i + 2) % n], a) {
            return Some(format!("a spike at {b:?}"));
        }
        for j in i + 2..n {
            let (c, d) = (ring[j], ring[(j + 1) % n]);
            let apart = a.0.max(b.0) < c.0.min(d.0)
                || c.0.max(d.0) < a.0.min(b.0)
                || a.1.max(b.1) < c.1.min(d.1)
                || c.1.max(d.1) < a.1.min(b.1);
            let neighbours = i == 0 && j == n - 1;
            if !(apart || neighbours) && meet(a, b, c, d) {
                return Some(format!("edges at {a:?} and {c:?} meet"));
            }
        }
    }
    None
}

fn edges(rings: &[Ring]) -> impl Iterator<Item = (Point, Point)> + '_ {
    rings
        .iter()
        .flat_map(|r| r.iter().copied().zip(r.iter().cycle().skip(1).copied()))
}

/// What is left of all edges when those that run both ways are struck out.
fn rim<'a>(members: impl Iterator<Item = &'a Member>) -> HashSet<(Point, Point)> {
    let mut left = HashSet::new();
    for member in members {
        for (a, b) in edges(&member.rings) {
            if !left.remove(&(b, a)) {
                assert!(
                    left.insert((a, b)),
                    "{}: an edge comes twice",
                    member.reference
                );
            }
        }
    }
    left
}

/// All files of a folder and its folders.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(files(&path));
        } else {
            names.push(path);
        }
    }
    names.sort();
    names
}

fn digest(folder: &Path) -> String {
    let mut hash = Sha256::new();
    for name in files(folder) {
        hash.update(name.file_name().unwrap().as_encoded_bytes());
        hash.update(std::fs::read(&name).unwrap());
    }
    format!("{:x}", hash.finalize())
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let draw = |seed| {
        let folder = tempfile::tempdir().unwrap();
        generate(
            &Plan {
                seed,
                scale: Scale::Sample(400),
            },
            folder.path(),
            |_| (),
        )
        .unwrap();
        digest(folder.path())
    };
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
}

#[test]
fn a_small_town_is_valid_and_fills_its_sheets() {
    for seed in [1, 2, 3] {
        let folder = tempfile::tempdir().unwrap();
        let plan = Plan {
            seed,
            scale: Scale::Sample(700),
        };
        let summary = generate(&plan, folder.path(), |_| ()).unwrap();
        let town = &summary.comuni[0];
        let (parcels, sheets) = (read(&town.ple), read(&town.map));
        assert_eq!(parcels.len(), town.members);
        assert_eq!(sheets.len(), town.sheets);
        assert!(
            (450..1100).contains(&parcels.len()),
            "{} parcels of 700",
            parcels.len()
        );
        assert!(
            sheets.iter().any(|s| s.reference.ends_with("A0")),
            "an allegato"
        );
        assert!(parcels.iter().any(|p| p.reference.contains(".STRADA")));
        assert!(parcels.iter().any(|p| p.reference.contains(".ACQUA")));
        for member in parcels.iter().chain(&sheets) {
            for ring in &member.rings {
                assert_eq!(fault(ring), None, "{} of seed {seed}", member.reference);
            }
        }

        let mut by_sheet: BTreeMap<String, Vec<&Member>> = BTreeMap::new();
        for parcel in &parcels {
            let sheet = parcel.reference.split_once("PLA.").unwrap().1;
            let sheet = sheet.split_once('.').unwrap().0.to_owned();
            by_sheet.entry(sheet).or_default().push(parcel);
        }
        for sheet in &sheets {
            let code = sheet.reference.split_once("MAP.").unwrap().1;
            let inside = rim(by_sheet[code].iter().copied());
            let outline: HashSet<_> = edges(&sheet.rings).collect();
            assert_eq!(
                inside, outline,
                "the parcels fill sheet {code} of seed {seed}"
            );
        }

        // Each sheet was drawn on its own: some common borders do not match.
        let all = rim(sheets.iter().collect::<Vec<_>>().into_iter());
        let border = all.len();
        let matching = edges(
            &sheets
                .iter()
                .flat_map(|s| s.rings.clone())
                .collect::<Vec<_>>(),
        )
        .count();
        assert!(border < matching, "some borders of sheets match");
    }
}

#[test]
fn no_outline_comes_twice() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan {
        seed: 5,
        scale: Scale::Sample(1500),
    };
    let summary = generate(&plan, folder.path(), |_| ()).unwrap();
    let mut seen: HashMap<Ring, String> = HashMap::new();
    for member in read(&summary.comuni[0].ple) {
        for ring in &member.rings {
            let least = *ring.iter().min().unwrap();
            let mut moved: Ring = ring
                .iter()
                .map(|p| (p.0 - least.0, p.1 - least.1))
                .collect();
            let start = moved
                .iter()
                .position(|p| *p == (0, moved[0].1) || p.0 == 0)
                .unwrap();
            moved.rotate_left(start);
            // A hole and the parcel in it run opposite ways and do not count as a repetition.
            let other = seen.insert(moved, member.reference.clone());
            assert_eq!(other, None, "{} repeats an outline", member.reference);
        }
    }
}

#[test]
fn the_checks_can_fail() {
    let square = vec![(0, 0), (9, 0), (9, 9), (0, 9)];
    assert_eq!(fault(&square), None);
    assert!(
        fault(&vec![(0, 0), (9, 9), (9, 0), (0, 9)]).is_some(),
        "a bow tie"
    );
    assert!(
        fault(&vec![(0, 0), (9, 0), (4, 0), (4, 9)]).is_some(),
        "a spike"
    );
    assert!(
        fault(&vec![(0, 0), (9, 0), (9, 9), (4, 0), (0, 9)]).is_some(),
        "a point on an edge"
    );
    let member = |ring: &Ring| Member {
        reference: String::new(),
        rings: vec![ring.clone()],
    };
    let beside = vec![(9, 0), (18, 0), (18, 9), (9, 8)];
    let (one, two) = (member(&square), member(&beside));
    assert_eq!(
        rim([&one, &two].into_iter()).len(),
        8,
        "nothing is shared: one corner is off"
    );
}
