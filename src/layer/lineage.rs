//! What became of the parcels of one version in the next: split, merge, new number, moved
//! boundary.
//!
//! Two kinds of evidence: keys that both versions have, and areas that features of both share.
//! Only features that changed are looked at. Pieces that share more than a sliver are joined to
//! groups; what a group is follows from how many it has on each side.

use std::collections::{BTreeMap, BTreeSet};

use jiff_sqlx::Timestamp as SqlTimestamp;
use serde::Serialize;
use sqlx::{AssertSqlSafe, PgConnection};

use super::definition::Definition;
use super::difference::{Differences, differences};
use super::sql;

/// Two features belong together when they share at least this part of one of them: a boundary
/// that is drawn anew moves by less, a piece that is split off is all inside.
const SHARE: f64 = 0.1;

/// Shared areas below this are drawing noise, m².
const NOISE_M2: f64 = 0.01;

/// What became of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineageKind {
    /// One became several (frazionamento).
    Split,
    /// Several became one (fusione).
    Merge,
    /// Several became several others.
    Rearrangement,
    /// It has another number and about the same outline.
    Renumbering,
    /// It has the same number and another outline.
    BoundaryChange,
    /// It is new where nothing was.
    Created,
    /// It is gone and nothing took its place.
    Suppressed,
}

impl LineageKind {
    const ALL: [Self; 7] = [
        Self::Split,
        Self::Merge,
        Self::Rearrangement,
        Self::Renumbering,
        Self::BoundaryChange,
        Self::Created,
        Self::Suppressed,
    ];

    /// The word stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::Merge => "merge",
            Self::Rearrangement => "rearrangement",
            Self::Renumbering => "renumbering",
            Self::BoundaryChange => "boundary_change",
            Self::Created => "created",
            Self::Suppressed => "suppressed",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A feature that became another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lineage {
    /// What happened.
    pub kind: LineageKind,
    /// Key before; none for what is new.
    pub predecessor: Option<String>,
    /// Key after; none for what is gone.
    pub successor: Option<String>,
    /// Area that both share, m².
    pub shared_m2: f64,
    /// From 0 to 1: the part of the larger side of its group that both sides share.
    pub confidence: f64,
}

/// Features of both versions that share an area.
#[derive(Debug, Clone, PartialEq)]
struct Pair {
    old: String,
    new: String,
    shared_m2: f64,
}

/// What became of what between two parts of a layer: first the old one, then the new one; in
/// the order of predecessors and successors.
///
/// # Errors
/// Those of the database.
pub async fn lineage(
    connection: &mut PgConnection,
    definition: &Definition,
    old_part: i64,
    new_part: i64,
) -> Result<Vec<Lineage>, sqlx::Error> {
    let differences = differences(connection, definition, old_part, new_part).await?;
    let (old, new) = changed(&differences);
    let rows: Vec<(String, String, f64)> =
        sqlx::query_as(AssertSqlSafe(sql::shared_areas(definition)))
            .bind(old_part)
            .bind(new_part)
            .bind(old.keys().cloned().collect::<Vec<_>>())
            .bind(new.keys().cloned().collect::<Vec<_>>())
            .fetch_all(connection)
            .await?;
    let pairs = rows.into_iter().map(|(old, new, shared_m2)| Pair {
        old,
        new,
        shared_m2,
    });
    Ok(classify(&old, &new, pairs.collect()))
}

type Areas = BTreeMap<String, f64>;

/// Areas of the features whose outline or existence differs, before and after.
fn changed(differences: &Differences) -> (Areas, Areas) {
    let moved = |added: bool, geometry: bool, removed: bool| added || removed || geometry;
    let mut old = Areas::new();
    let mut new = Areas::new();
    for change in &differences.changes {
        if !moved(change.added, change.geometry_differs, change.removed) {
            continue;
        }
        if !change.added {
            old.insert(change.key.clone(), change.old_area_m2);
        }
        if !change.removed {
            new.insert(change.key.clone(), change.new_area_m2);
        }
    }
    (old, new)
}

/// Groups of features that share more than slivers, and what each group is.
fn classify(old: &Areas, new: &Areas, pairs: Vec<Pair>) -> Vec<Lineage> {
    let area = |areas: &Areas, key: &str| areas.get(key).copied().unwrap_or(0.0);
    let mut pairs: Vec<Pair> = pairs
        .into_iter()
        .filter(|pair| {
            let smaller = area(old, &pair.old).min(area(new, &pair.new));
            pair.shared_m2 > NOISE_M2 && pair.shared_m2 >= SHARE * smaller
        })
        .collect();
    pairs.sort_by(|a, b| (&a.old, &a.new).cmp(&(&b.old, &b.new)));
    let mut groups = Groups::new(old.len() + new.len());
    let old_index: BTreeMap<&str, usize> = old.keys().map(String::as_str).zip(0..).collect();
    let new_index: BTreeMap<&str, usize> =
        new.keys().map(String::as_str).zip(old.len()..).collect();
    for pair in &pairs {
        groups.join(old_index[pair.old.as_str()], new_index[pair.new.as_str()]);
    }
    type Members<'a> = (BTreeSet<&'a str>, BTreeSet<&'a str>, Vec<&'a Pair>);
    let mut members: BTreeMap<usize, Members<'_>> = BTreeMap::new();
    for (key, index) in &old_index {
        members.entry(groups.of(*index)).or_default().0.insert(key);
    }
    for (key, index) in &new_index {
        members.entry(groups.of(*index)).or_default().1.insert(key);
    }
    for pair in &pairs {
        let group = groups.of(old_index[pair.old.as_str()]);
        members.entry(group).or_default().2.push(pair);
    }
    let mut found = Vec::new();
    for (before, after, pairs) in members.into_values() {
        let total = |areas: &Areas, keys: &BTreeSet<&str>| -> f64 {
            keys.iter().map(|key| area(areas, key)).sum()
        };
        let larger = total(old, &before).max(total(new, &after));
        let shared: f64 = pairs.iter().map(|pair| pair.shared_m2).sum();
        let confidence = if larger > 0.0 {
            (shared / larger).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let kind = match (before.len(), after.len()) {
            (_, 0) => LineageKind::Suppressed,
            (0, _) => LineageKind::Created,
            (1, 1) if before == after => LineageKind::BoundaryChange,
            (1, 1) => LineageKind::Renumbering,
            (1, _) => LineageKind::Split,
            (_, 1) => LineageKind::Merge,
            // Neighbours that keep their numbers only moved what lies between them.
            _ if before == after => LineageKind::BoundaryChange,
            _ => LineageKind::Rearrangement,
        };
        // Nothing is shared: whether it is really new or gone, areas cannot say.
        let alone = |predecessor: Option<&str>, successor: Option<&str>| Lineage {
            kind,
            predecessor: predecessor.map(str::to_owned),
            successor: successor.map(str::to_owned),
            shared_m2: 0.0,
            confidence: 1.0,
        };
        match kind {
            LineageKind::Suppressed => {
                found.extend(before.iter().map(|key| alone(Some(key), None)))
            }
            LineageKind::Created => found.extend(after.iter().map(|key| alone(None, Some(key)))),
            _ => found.extend(pairs.into_iter().map(|pair| Lineage {
                kind,
                predecessor: Some(pair.old.clone()),
                successor: Some(pair.new.clone()),
                shared_m2: pair.shared_m2,
                confidence,
            })),
        }
    }
    found.sort_by(|a, b| (&a.predecessor, &a.successor).cmp(&(&b.predecessor, &b.successor)));
    found
}

/// Groups that are joined (union-find with halved paths).
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn of(&mut self, mut member: usize) -> usize {
        while self.0[member] != member {
            self.0[member] = self.0[self.0[member]];
            member = self.0[member];
        }
        member
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of(a), self.of(b));
        self.0[a.max(b)] = a.min(b);
    }
}

/// Finds out and stores what became of what between two parts, once; how many rows it has.
///
/// # Errors
/// Those of the database.
pub async fn record_lineage(
    connection: &mut PgConnection,
    definition: &Definition,
    old_part: i64,
    new_part: i64,
) -> Result<usize, sqlx::Error> {
    let known: bool = sqlx::query_scalar(sql::HAS_LINEAGE)
        .bind(old_part)
        .bind(new_part)
        .fetch_one(&mut *connection)
        .await?;
    if known {
        return Ok(0);
    }
    let rows = lineage(connection, definition, old_part, new_part).await?;
    let words: Vec<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
    let before: Vec<Option<&str>> = rows.iter().map(|r| r.predecessor.as_deref()).collect();
    let after: Vec<Option<&str>> = rows.iter().map(|r| r.successor.as_deref()).collect();
    sqlx::query(sql::RECORD_LINEAGE)
        .bind(old_part)
        .bind(new_part)
        .bind(words)
        .bind(before)
        .bind(after)
        .bind(rows.iter().map(|row| row.shared_m2).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.confidence).collect::<Vec<_>>())
        .execute(connection)
        .await?;
    Ok(rows.len())
}

/// A step in the life of a feature, as it was stored.
#[derive(Debug, Clone, PartialEq)]
pub struct LineageStep {
    /// What happened, and to which keys.
    pub lineage: Lineage,
    /// Version of the part before.
    pub old_version: i32,
    /// Version of the part after.
    pub new_version: i32,
    /// When it was found out.
    pub at: jiff::Timestamp,
}

/// The steps that a key is predecessor or successor of, in the order of versions.
///
/// # Errors
/// Those of the database.
pub async fn lineage_of(
    connection: &mut PgConnection,
    layer: &str,
    territory_id: i64,
    key: &str,
) -> Result<Vec<LineageStep>, sqlx::Error> {
    type Row = (
        String,
        Option<String>,
        Option<String>,
        f64,
        f64,
        i32,
        i32,
        SqlTimestamp,
    );
    let rows: Vec<Row> = sqlx::query_as(sql::LINEAGE_OF)
        .bind(layer)
        .bind(territory_id)
        .bind(key)
        .fetch_all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(LineageStep {
                lineage: Lineage {
                    kind: LineageKind::from_word(&row.0)?,
                    predecessor: row.1,
                    successor: row.2,
                    shared_m2: row.3,
                    confidence: row.4,
                },
                old_version: row.5,
                new_version: row.6,
                at: row.7.to_jiff(),
            })
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn areas(keys: &[(&str, f64)]) -> Areas {
        keys.iter()
            .map(|(key, area)| ((*key).to_owned(), *area))
            .collect()
    }

    fn pair(old: &str, new: &str, shared_m2: f64) -> Pair {
        Pair {
            old: old.to_owned(),
            new: new.to_owned(),
            shared_m2,
        }
    }

    /// `old>new kind confidence`, for each row.
    fn words(rows: &[Lineage]) -> Vec<String> {
        let key = |key: &Option<String>| key.clone().unwrap_or_default();
        rows.iter()
            .map(|row| {
                let (old, new) = (key(&row.predecessor), key(&row.successor));
                format!("{old}>{new} {} {:.2}", row.kind.as_str(), row.confidence)
            })
            .collect()
    }

    #[test]
    fn groups_are_named_by_what_they_have_on_each_side() {
        let old = areas(&[
            ("1", 100.0),
            ("2", 60.0),
            ("3", 40.0),
            ("4", 50.0),
            ("5", 100.0),
            ("6", 80.0),
            ("9", 30.0),
        ]);
        let new = areas(&[
            ("11", 70.0),
            ("12", 30.0),
            ("13", 100.0),
            ("14", 50.0),
            ("5", 90.0),
            ("6", 90.0),
            ("15", 20.0),
        ]);
        let found = classify(
            &old,
            &new,
            vec![
                pair("1", "11", 70.0),
                pair("1", "12", 30.0),
                pair("2", "13", 60.0),
                pair("3", "13", 40.0),
                pair("4", "14", 49.0),
                pair("5", "5", 90.0),
                pair("5", "6", 10.0),
                pair("6", "6", 80.0),
            ],
        );
        // The ten square metres from 5 to 6 are an eighth of 6: one group, both keep their number.
        assert_eq!(
            words(&found),
            [
                ">15 created 1.00",
                "1>11 split 1.00",
                "1>12 split 1.00",
                "2>13 merge 1.00",
                "3>13 merge 1.00",
                "4>14 renumbering 0.98",
                "5>5 boundary_change 1.00",
                "5>6 boundary_change 1.00",
                "6>6 boundary_change 1.00",
                "9> suppressed 1.00",
            ]
        );
    }

    #[test]
    fn slivers_join_nothing() {
        let old = areas(&[("1", 1000.0), ("2", 1000.0)]);
        let new = areas(&[("1", 1000.0), ("2", 1000.0)]);
        let found = classify(
            &old,
            &new,
            vec![
                pair("1", "1", 970.0),
                pair("1", "2", 30.0),
                pair("2", "1", 0.005),
                pair("2", "2", 970.0),
            ],
        );
        assert_eq!(
            words(&found),
            ["1>1 boundary_change 0.97", "2>2 boundary_change 0.97"]
        );
    }

    #[test]
    fn several_to_several_is_a_rearrangement() {
        let old = areas(&[("1", 100.0), ("2", 100.0)]);
        let new = areas(&[("3", 120.0), ("4", 80.0)]);
        let found = classify(
            &old,
            &new,
            vec![
                pair("1", "3", 100.0),
                pair("2", "3", 20.0),
                pair("2", "4", 80.0),
            ],
        );
        assert!(
            found
                .iter()
                .all(|row| row.kind == LineageKind::Rearrangement),
            "{found:?}"
        );
        assert_eq!(found.len(), 3);
        // A number that is used again elsewhere is not its own successor.
        let found = classify(
            &areas(&[("1", 100.0)]),
            &areas(&[("1", 50.0), ("2", 100.0)]),
            vec![pair("1", "2", 100.0)],
        );
        assert_eq!(words(&found), [">1 created 1.00", "1>2 renumbering 1.00"]);
    }
}
