//! Verification: whether what was filed and what happened is still what was written down.
//!
//! Hashes are computed on the path of [`audit::verify_links`], which writing does not use.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

use crate::audit::{self, verified_sha256};
use crate::blob::{Blobs, hex};
use crate::procedure::Procedure;

use super::{Error, sql};

/// The digests with which a first event holds what was filed.
pub(super) struct Held {
    /// Of everything that the practice is made of.
    pub(super) record: String,
    /// Of its areas and of the code to follow it by.
    pub(super) attached: String,
}

/// The digests of a practice as the database has it.
pub(super) async fn held(connection: &mut PgConnection, practice: Uuid) -> Result<Held, Error> {
    let record: String = sqlx::query_scalar(sql::RECORD)
        .bind(practice)
        .fetch_one(&mut *connection)
        .await?;
    let attached: String = sqlx::query_scalar(sql::ATTACHED)
        .bind(practice)
        .fetch_one(connection)
        .await?;
    Ok(Held {
        record: hex(&Sha256::digest(record)),
        attached: hex(&Sha256::digest(attached)),
    })
}

/// What a first event says of what was filed; nothing where an earlier version did not note it.
#[derive(Default)]
struct Noted {
    record: Option<String>,
    attached: Option<String>,
}

/// What an event's columns say, and what its content says of the same.
fn differs(row: &PgRow, content: &Json) -> Result<Option<&'static str>, sqlx::Error> {
    let at: jiff_sqlx::Timestamp = row.try_get("at")?;
    let practice: Uuid = row.try_get("practice_id")?;
    let seq: i32 = row.try_get("seq")?;
    if content["seq"] != seq {
        return Ok(Some("seq"));
    }
    if content["practice"] != practice.to_string() {
        return Ok(Some("practice"));
    }
    if content["at"] != at.to_jiff().to_string() {
        return Ok(Some("at"));
    }
    for (name, column) in [
        ("kind", "kind"),
        ("actor", "actor"),
        ("name", "actor_name"),
        ("role", "actor_role"),
    ] {
        let column: &str = row.try_get(column)?;
        if content[name] != column {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// Verifies that every event is what was hashed, that its columns say the same, and that every link
/// has what it stands for; returns what each practice's first event says of what was filed.
async fn events(
    connection: &mut PgConnection,
    flaws: &mut Vec<String>,
) -> Result<BTreeMap<Uuid, Noted>, Error> {
    let mut filed = BTreeMap::new();
    {
        let mut rows = sqlx::query(sql::CONTENTS).fetch(&mut *connection);
        while let Some(row) = rows.try_next().await? {
            let practice: Uuid = row.try_get("practice_id")?;
            let seq: i32 = row.try_get("seq")?;
            let name = || format!("event {seq} of practice {practice}");
            let Some(hash) = row.try_get::<Option<&[u8]>, _>("content_sha256")? else {
                flaws.push(format!("{} has no link", name()));
                continue;
            };
            // What is left of it is held by the link of the erasure.
            if row.try_get("erased")? {
                continue;
            }
            let content: &str = row.try_get("content")?;
            if !audit::is_content(row.try_get("salt")?, content.as_bytes(), hash) {
                flaws.push(format!("{} was altered", name()));
                continue;
            }
            let content: Json = serde_json::from_str(content).unwrap_or(Json::Null);
            if let Some(column) = differs(&row, &content)? {
                flaws.push(format!("{}: its {column} was altered", name()));
            }
            if seq == 1 {
                let digest = |name: &str| content["data"][name].as_str().map(str::to_owned);
                let noted = Noted {
                    record: digest("record_sha256"),
                    attached: digest("attached_sha256"),
                };
                filed.insert(practice, noted);
            }
        }
    }
    let bare: Vec<i64> = sqlx::query_scalar(sql::BARE_LINKS)
        .fetch_all(connection)
        .await?;
    for position in bare {
        flaws.push(format!("the event of link {position} is missing"));
    }
    Ok(filed)
}

/// Verifies that every erasure is what was hashed, and that what it left is there as it left it.
async fn erasures(connection: &mut PgConnection, flaws: &mut Vec<String>) -> Result<(), Error> {
    type Row = (
        Uuid,
        jiff_sqlx::Timestamp,
        String,
        String,
        String,
        Vec<u8>,
        Option<Vec<u8>>,
    );
    let rows: Vec<Row> = sqlx::query_as(sql::ERASURES)
        .fetch_all(&mut *connection)
        .await?;
    for (practice, at, by, reason, content, salt, hash) in rows {
        let told: Json = serde_json::from_str(&content).unwrap_or(Json::Null);
        let is_whole = audit::is_content(&salt, content.as_bytes(), &hash.unwrap_or_default())
            && told["practice"] == practice.to_string()
            && told["at"] == at.to_jiff().to_string()
            && told["by"] == by
            && told["reason"] == reason;
        if !is_whole {
            flaws.push(format!("the erasure of practice {practice} was altered"));
        }
        let remains: Option<String> = sqlx::query_scalar(sql::REMAINS)
            .bind(practice)
            .fetch_optional(&mut *connection)
            .await?;
        if told["remains_sha256"] != verified_sha256(remains.unwrap_or_default().as_bytes()) {
            flaws.push(format!("what is left of practice {practice} was altered"));
        }
    }
    Ok(())
}

/// Verifies events, erasures, practices, texts of procedures and the register; returns what does
/// not fit.
///
/// # Errors
/// [`Error::Database`].
pub async fn verify_contents(connection: &mut PgConnection) -> Result<Vec<String>, Error> {
    let mut flaws = Vec::new();
    let mut filed = events(connection, &mut flaws).await?;
    erasures(connection, &mut flaws).await?;
    {
        let mut rows =
            sqlx::query_as::<_, (Uuid, String)>(sql::ALL_ATTACHED).fetch(&mut *connection);
        while let Some((practice, attached)) = rows.try_next().await? {
            let noted = filed
                .get(&practice)
                .and_then(|noted| noted.attached.as_ref());
            if noted.is_some_and(|noted| *noted != verified_sha256(attached.as_bytes())) {
                flaws.push(format!("areas or code of practice {practice} were altered"));
            }
        }
    }
    {
        let mut rows = sqlx::query_as::<_, (Uuid, String)>(sql::RECORDS).fetch(&mut *connection);
        while let Some((practice, record)) = rows.try_next().await? {
            match filed.remove(&practice).map(|noted| noted.record) {
                None => flaws.push(format!("practice {practice} has no first event")),
                Some(Some(digest)) if digest != verified_sha256(record.as_bytes()) => {
                    flaws.push(format!("practice {practice} was altered"));
                }
                // Filed by an earlier version, which did not note the digest.
                Some(_) => {}
            }
        }
    }
    for practice in filed.into_keys() {
        flaws.push(format!("practice {practice} is missing"));
    }
    definitions(connection, &mut flaws).await?;
    type Register = (i64, i32, i32, i64, i32, bool);
    let register: Vec<Register> = sqlx::query_as(sql::REGISTERS)
        .fetch_all(&mut *connection)
        .await?;
    for (territory, year, last, count, highest, in_time) in register {
        if i64::from(last) != count || last != highest {
            flaws.push(format!(
                "register {year} of territory {territory}: {last} numbers given, {count} practices, highest {highest}"
            ));
        } else if !in_time {
            flaws.push(format!(
                "register {year} of territory {territory}: its time is not that of its last practice"
            ));
        }
    }
    Ok(flaws)
}

/// Verifies that texts of procedures are what their hash says, and their columns what they say.
async fn definitions(connection: &mut PgConnection, flaws: &mut Vec<String>) -> Result<(), Error> {
    type Row = (Vec<u8>, String, String, i32, String);
    let rows: Vec<Row> = sqlx::query_as(sql::DEFINITIONS)
        .fetch_all(connection)
        .await?;
    for (sha256, code, scope, version, text) in rows {
        let altered = if hex(&sha256) == verified_sha256(text.as_bytes()) {
            // One of an earlier version that is not read any more is held by its hash alone.
            Procedure::from_text(&text).is_ok_and(|procedure| {
                let definition = &procedure.definition;
                definition.code != code
                    || definition.scope != scope
                    || i64::from(definition.version) != i64::from(version)
            })
        } else {
            true
        };
        if altered {
            flaws.push(format!("the text of procedure {code} was altered"));
        }
    }
    Ok(())
}

/// Reads every stored document that a draft, a practice or a receipt names, and returns those that
/// are missing or damaged.
///
/// # Errors
/// [`Error::Database`].
pub async fn verify_blobs(
    connection: &mut PgConnection,
    blobs: &Blobs,
) -> Result<(usize, Vec<String>), Error> {
    let all: Vec<Vec<u8>> = sqlx::query_scalar(sql::BLOBS).fetch_all(connection).await?;
    let mut flaws = Vec::new();
    for sha256 in &all {
        if let Err(error) = blobs.read(sha256).await {
            flaws.push(format!("document {}: {error}", hex(sha256)));
        }
    }
    Ok((all.len(), flaws))
}
