//! Plan versions with their acts, days and norms, as of a day and a moment.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::{Date as SqlDate, Timestamp as SqlTimestamp, ToSqlx};
use sqlx::PgConnection;

use crate::db::Ewkb;

use super::sql;
use super::status::{ActKind, LegalStatus, PlanDates, PlanKind, Salvaguardia, salvaguardia};
use crate::layer::as_of::AsOf;

/// An act about a plan version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanAct {
    /// Number of the record.
    pub id: i64,
    /// What it is.
    pub kind: ActKind,
    /// Number in its register.
    pub number: Option<String>,
    /// Its date.
    pub date: Date,
    /// Who decided.
    pub body: Option<String>,
    /// What else is to be known.
    pub note: Option<String>,
    /// When it was recorded.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

/// A part of a plan version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanMember {
    /// Its layer.
    pub layer: String,
    /// Its number.
    pub part_id: i64,
    /// Its version within layer and territory.
    pub version: i32,
}

/// An article of the norms, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleTitle {
    /// Its code, as features name it.
    pub article: String,
    /// Its title.
    pub title: String,
    /// True when it stands in a document.
    pub has_document: bool,
}

/// A publication, or a withdrawal, of a plan version that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanPublication {
    /// Its number.
    pub id: i64,
    /// `publish` or `withdraw`.
    pub kind: String,
    /// First day on which it counts; none: as the acts say.
    pub valid_from: Option<Date>,
    /// When it was recorded.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}

/// A version of a plan with everything that follows from its acts.
#[derive(Debug, Clone)]
pub struct PlanVersion {
    /// Number of the version.
    pub id: i64,
    /// Number of the plan.
    pub plan_id: i64,
    /// Territory.
    pub territory_id: i64,
    /// Word of the plan in URLs.
    pub plan: String,
    /// Name of the plan.
    pub plan_title: String,
    /// Word of the version in URLs.
    pub code: String,
    /// What it is.
    pub kind: PlanKind,
    /// Its name.
    pub title: String,
    /// EPSG code and MultiPolygon inside which it counts; none: everywhere in the territory.
    pub perimeter: Option<(i32, Ewkb)>,
    /// Acts that count, by date.
    pub acts: Vec<PlanAct>,
    /// Publications and withdrawals that count, oldest first.
    pub publications: Vec<PlanPublication>,
    /// Its parts, by layer.
    pub members: Vec<PlanMember>,
    /// Its articles, in their natural order.
    pub articles: Vec<ArticleTitle>,
    /// Its days.
    pub dates: PlanDates,
    /// Where it stands on the day asked for.
    pub status: LegalStatus,
    /// Last day of that, as far as it is known.
    pub valid_to: Option<Date>,
    /// The time in which it suspends what contradicts it; none when it was never adopted.
    pub salvaguardia: Option<Salvaguardia>,
}

impl PlanVersion {
    /// An article by its code.
    pub fn article(&self, code: &str) -> Option<&ArticleTitle> {
        self.articles.iter().find(|known| known.article == code)
    }

    /// True when salvaguardia holds on a day.
    pub fn suspends(&self, day: Date) -> bool {
        self.status == LegalStatus::Adopted
            && self
                .salvaguardia
                .is_some_and(|time| time.from <= day && day <= time.until)
    }
}

/// A publication of a version with the days that follow from it.
struct Entry {
    publication_id: i64,
    plan_version_id: i64,
    plan_id: i64,
    is_general: bool,
    adopted_from: Option<Date>,
    in_force_from: Option<Date>,
    withdrawn_from: Option<Date>,
}

type VersionRow = (
    i64,
    i64,
    i64,
    String,
    String,
    String,
    String,
    String,
    Option<i32>,
    Option<Ewkb>,
);

type EntryRow = (
    i64,
    i64,
    i64,
    bool,
    Option<SqlDate>,
    Option<SqlDate>,
    Option<SqlDate>,
);

type PublicationRow = (
    i64,
    i64,
    String,
    Option<SqlDate>,
    SqlTimestamp,
    String,
    Option<String>,
);

type ActRow = (
    i64,
    i64,
    String,
    Option<String>,
    SqlDate,
    Option<String>,
    Option<String>,
    SqlTimestamp,
    String,
);

/// The plan versions of some territories, or of all, as of a day and a moment: drafts too, in
/// the order of territories and plans, each plan's versions as they were recorded.
///
/// Read in one transaction of one moment: it takes several statements.
///
/// # Errors
/// Those of the database.
pub async fn plan_versions(
    connection: &mut PgConnection,
    as_of: AsOf,
    territories: Option<&[i64]>,
) -> Result<Vec<PlanVersion>, sqlx::Error> {
    let known = as_of.known_at.map(ToSqlx::to_sqlx);
    let rows: Vec<VersionRow> = sqlx::query_as(sql::VERSIONS)
        .bind(territories)
        .bind(known)
        .fetch_all(&mut *connection)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let entries: Vec<EntryRow> = sqlx::query_as(sql::ENTRIES)
        .bind(territories)
        .bind(known)
        .fetch_all(&mut *connection)
        .await?;
    let entries: Vec<Entry> = entries.into_iter().map(entry).collect();
    let acts: Vec<ActRow> = sqlx::query_as(sql::ACTS)
        .bind(territories)
        .bind(known)
        .fetch_all(&mut *connection)
        .await?;
    let publications: Vec<PublicationRow> = sqlx::query_as(sql::PUBLICATIONS)
        .bind(territories)
        .bind(known)
        .fetch_all(&mut *connection)
        .await?;
    let members: Vec<(i64, String, i64, i32)> = sqlx::query_as(sql::MEMBERS)
        .bind(territories)
        .fetch_all(&mut *connection)
        .await?;
    let articles: Vec<(i64, String, String, bool)> = sqlx::query_as(sql::ARTICLES)
        .bind(territories)
        .bind(known)
        .fetch_all(connection)
        .await?;
    let mut acts_of: HashMap<i64, Vec<PlanAct>> = HashMap::new();
    for (version, act) in acts.into_iter().filter_map(act) {
        acts_of.entry(version).or_default().push(act);
    }
    let mut publications_of: HashMap<i64, Vec<PlanPublication>> = HashMap::new();
    for (version, id, kind, valid_from, at, by, reason) in publications {
        let publication = PlanPublication {
            id,
            kind,
            valid_from: valid_from.map(SqlDate::to_jiff),
            at: at.to_jiff(),
            by,
            reason,
        };
        publications_of
            .entry(version)
            .or_default()
            .push(publication);
    }
    let mut members_of: HashMap<i64, Vec<PlanMember>> = HashMap::new();
    for (id, layer, part_id, version) in members {
        members_of.entry(id).or_default().push(PlanMember {
            layer,
            part_id,
            version,
        });
    }
    let mut articles_of: HashMap<i64, Vec<ArticleTitle>> = HashMap::new();
    for (id, article, title, has_document) in articles {
        articles_of.entry(id).or_default().push(ArticleTitle {
            article,
            title,
            has_document,
        });
    }
    let versions = rows.into_iter().filter_map(|row| {
        let (id, plan_id, territory_id, plan, plan_title, code, kind, title, srid, geometry) = row;
        let acts = acts_of.remove(&id).unwrap_or_default();
        let dates = dates_of(id, plan_id, as_of.date, &entries);
        let days = acts.iter().map(|act| (act.kind, act.date));
        let mut articles = articles_of.remove(&id).unwrap_or_default();
        articles.sort_by_cached_key(|title| natural(&title.article));
        Some(PlanVersion {
            id,
            plan_id,
            territory_id,
            plan,
            plan_title,
            code,
            kind: PlanKind::from_word(&kind)?,
            title,
            perimeter: srid.zip(geometry),
            status: dates.status(as_of.date),
            valid_to: dates.valid_to(as_of.date),
            salvaguardia: salvaguardia(days, &dates),
            acts,
            publications: publications_of.remove(&id).unwrap_or_default(),
            members: members_of.remove(&id).unwrap_or_default(),
            articles,
            dates,
        })
    });
    Ok(versions.collect())
}

/// A plan version by the words of plan and version; none when there is no such one.
///
/// # Errors
/// Those of the database.
pub async fn plan_version(
    connection: &mut PgConnection,
    territory_id: i64,
    plan: &str,
    code: &str,
    as_of: AsOf,
) -> Result<Option<PlanVersion>, sqlx::Error> {
    let versions = plan_versions(connection, as_of, Some(&[territory_id])).await?;
    Ok(versions
        .into_iter()
        .find(|version| version.plan == plan && version.code == code))
}

fn entry(row: EntryRow) -> Entry {
    let day = |day: Option<SqlDate>| day.map(SqlDate::to_jiff);
    Entry {
        publication_id: row.0,
        plan_version_id: row.1,
        plan_id: row.2,
        is_general: row.3,
        adopted_from: day(row.4),
        in_force_from: day(row.5),
        withdrawn_from: day(row.6),
    }
}

fn act(row: ActRow) -> Option<(i64, PlanAct)> {
    let act = PlanAct {
        id: row.1,
        kind: ActKind::from_word(&row.2)?,
        number: row.3,
        date: row.4.to_jiff(),
        body: row.5,
        note: row.6,
        at: row.7.to_jiff(),
        by: row.8,
    };
    Some((row.0, act))
}

/// The days of a version: of its latest publication that counts on a day, else of the next.
fn dates_of(version: i64, plan: i64, day: Date, entries: &[Entry]) -> PlanDates {
    let stands = |entry: &&Entry| entry.withdrawn_from.is_none_or(|end| end > day);
    let own = || {
        entries
            .iter()
            .filter(move |entry| entry.plan_version_id == version)
    };
    let order = |entry: &&Entry| (entry.in_force_from, entry.publication_id);
    let has_come = |entry: &&Entry| entry.in_force_from.is_some_and(|first| first <= day);
    let chosen = own()
        .filter(has_come)
        .filter(stands)
        .max_by_key(order)
        .or_else(|| own().filter(has_come).max_by_key(order))
        .or_else(|| {
            own()
                .filter(|entry| entry.in_force_from.is_some())
                .min_by_key(order)
        })
        .or_else(|| own().max_by_key(order));
    let Some(chosen) = chosen else {
        return PlanDates::default();
    };
    let replaced_from = entries
        .iter()
        .filter(|other| other.is_general && other.plan_id == plan)
        .filter(|other| other.plan_version_id != version && order(other) > order(&chosen))
        .filter(stands)
        .filter_map(|other| other.in_force_from)
        .filter(|_| chosen.in_force_from.is_some())
        .min();
    PlanDates {
        is_published: true,
        adopted_from: chosen.adopted_from,
        in_force_from: chosen.in_force_from,
        replaced_from,
        withdrawn_from: chosen.withdrawn_from,
    }
}

/// Digits compare as numbers: article 9 comes before article 24.
fn natural(code: &str) -> Vec<(u64, String)> {
    let mut pieces = Vec::new();
    let mut rest = code;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let word = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (word, after) = after.split_at(word);
        pieces.push((number.parse().unwrap_or(0), word.to_owned()));
        rest = after;
    }
    pieces
}

/// The document that an article stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NormDocument {
    /// SHA-256 of the document.
    pub sha256: Vec<u8>,
    /// Its name for people.
    pub name: String,
    /// Page, from 1.
    pub page: Option<i32>,
}

/// An article of the norms of a plan version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Norm {
    /// Its code.
    pub article: String,
    /// Its title.
    pub title: String,
    /// Its text (CommonMark with tables), where it was given.
    pub markdown: Option<String>,
    /// The document that it stands in, where one was given.
    pub document: Option<NormDocument>,
    /// When it was recorded.
    pub at: Timestamp,
}

type NormRow = (
    String,
    String,
    Option<String>,
    Option<Vec<u8>>,
    Option<String>,
    Option<i32>,
    SqlTimestamp,
);

/// An article of a plan version, as known at a moment (none: now).
///
/// # Errors
/// Those of the database.
pub async fn norm(
    connection: &mut PgConnection,
    plan_version_id: i64,
    article: &str,
    known_at: Option<Timestamp>,
) -> Result<Option<Norm>, sqlx::Error> {
    let row: Option<NormRow> = sqlx::query_as(sql::NORM)
        .bind(plan_version_id)
        .bind(article)
        .bind(known_at.map(ToSqlx::to_sqlx))
        .fetch_optional(connection)
        .await?;
    Ok(row.map(norm_of))
}

/// Every article of a plan version, in the order of their codes as texts.
///
/// # Errors
/// Those of the database.
pub async fn norms(
    connection: &mut PgConnection,
    plan_version_id: i64,
    known_at: Option<Timestamp>,
) -> Result<Vec<Norm>, sqlx::Error> {
    let rows: Vec<NormRow> = sqlx::query_as(sql::NORMS)
        .bind(plan_version_id)
        .bind(known_at.map(ToSqlx::to_sqlx))
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(norm_of).collect())
}

fn norm_of(row: NormRow) -> Norm {
    Norm {
        article: row.0,
        title: row.1,
        markdown: row.2,
        document: row.3.zip(row.4).map(|(sha256, name)| NormDocument {
            sha256,
            name,
            page: row.5,
        }),
        at: row.6.to_jiff(),
    }
}

/// Content and name of a document that norms of a plan version stand in.
///
/// # Errors
/// Those of the database.
pub async fn document(
    connection: &mut PgConnection,
    plan_version_id: i64,
    sha256: &[u8],
) -> Result<Option<(Vec<u8>, String)>, sqlx::Error> {
    sqlx::query_as(sql::DOCUMENT)
        .bind(plan_version_id)
        .bind(sha256)
        .fetch_optional(connection)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_are_in_their_natural_order() {
        let mut codes = vec!["24", "9", "24.1", "10", "24bis", "A2", "A10", "1"];
        codes.sort_by_key(|code| natural(code));
        assert_eq!(codes, ["A2", "A10", "1", "9", "10", "24", "24.1", "24bis"]);
    }
}
