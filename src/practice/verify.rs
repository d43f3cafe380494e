//! Verification: whether what was filed and what happened is still what was written down.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

use crate::audit::{self, Salt};
use crate::blob::{Blobs, hex};

use super::{Error, sql};

/// The digest of everything that a practice is made of, as the database has it.
pub(super) async fn record_sha256(
    connection: &mut PgConnection,
    practice: Uuid,
) -> Result<String, Error> {
    let record: String = sqlx::query_scalar(sql::RECORD)
        .bind(practice)
        .fetch_one(connection)
        .await?;
    Ok(hex(&Sha256::digest(record)))
}

/// What an event's columns say, and what its content says of the same.
fn differs(row: &PgRow, content: &Json) -> Result<Option<&'static str>, sqlx::Error> {
    let at: jiff_sqlx::Timestamp = row.try_get("at")?;
    let practice: Uuid = row.try_get("practice_id")?;
    let seq: i32 = row.try_get("seq")?;
    let pairs = [
        ("practice", practice.to_string()),
        ("seq", seq.to_string()),
        ("kind", row.try_get("kind")?),
        ("at", at.to_jiff().to_string()),
        ("actor", row.try_get("actor")?),
        ("name", row.try_get("actor_name")?),
        ("role", row.try_get("actor_role")?),
    ];
    Ok(pairs.into_iter().find_map(|(name, column)| {
        let told = match &content[name] {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        (told != column).then_some(name)
    }))
}

/// Verifies that every event is what was hashed, that its columns say the same, and that every link
/// has its event; returns the flaws, and the digest that each practice had when it was filed.
async fn events(
    connection: &mut PgConnection,
    flaws: &mut Vec<String>,
) -> Result<BTreeMap<Uuid, Option<String>>, Error> {
    let mut filed = BTreeMap::new();
    let mut rows = sqlx::query(sql::CONTENTS).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let practice: Option<Uuid> = row.try_get("practice_id")?;
        let seq: Option<i32> = row.try_get("seq")?;
        let position: Option<i64> = row.try_get("position")?;
        let content: Option<String> = row.try_get("content")?;
        let salt: Option<Vec<u8>> = row.try_get("salt")?;
        let hash: Option<Vec<u8>> = row.try_get("content_sha256")?;
        let name = || match (practice, seq) {
            (Some(practice), Some(seq)) => format!("event {seq} of practice {practice}"),
            _ => format!("the event of link {}", position.unwrap_or_default()),
        };
        let salt: Option<Salt> = salt.and_then(|salt| salt.try_into().ok());
        match (content, salt, hash) {
            (Some(content), Some(salt), Some(hash)) => {
                if audit::content_hash(&salt, content.as_bytes()).as_slice() != hash {
                    flaws.push(format!("{} was altered", name()));
                    continue;
                }
                let content: Json = serde_json::from_str(&content).unwrap_or(Json::Null);
                if let Some(column) = differs(&row, &content)? {
                    flaws.push(format!("{}: its {column} was altered", name()));
                }
                if let (Some(practice), Some(1)) = (practice, seq) {
                    let record = content["data"]["record_sha256"].as_str();
                    filed.insert(practice, record.map(str::to_owned));
                }
            }
            (_, _, None) => flaws.push(format!("{} has no link", name())),
            _ => flaws.push(format!("{} is missing", name())),
        }
    }
    Ok(filed)
}

/// Verifies events, practices, texts of procedures and the register; returns what does not fit.
///
/// # Errors
/// [`Error::Database`].
pub async fn verify_contents(connection: &mut PgConnection) -> Result<Vec<String>, Error> {
    let mut flaws = Vec::new();
    let mut filed = events(connection, &mut flaws).await?;
    {
        let mut rows = sqlx::query_as::<_, (Uuid, String)>(sql::RECORDS).fetch(&mut *connection);
        while let Some((practice, record)) = rows.try_next().await? {
            match filed.remove(&practice) {
                None => flaws.push(format!("practice {practice} has no first event")),
                Some(Some(digest)) if digest != hex(&Sha256::digest(&record)) => {
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
    {
        let mut rows = sqlx::query_as::<_, (Vec<u8>, String, String)>(sql::DEFINITIONS)
            .fetch(&mut *connection);
        while let Some((sha256, code, text)) = rows.try_next().await? {
            if Sha256::digest(text)[..] != sha256[..] {
                flaws.push(format!("the text of procedure {code} was altered"));
            }
        }
    }
    type Register = (i64, i32, i32, i64, i32);
    let register: Vec<Register> = sqlx::query_as(sql::REGISTERS)
        .fetch_all(&mut *connection)
        .await?;
    for (territory, year, last, count, highest) in register {
        if i64::from(last) != count || last != highest {
            flaws.push(format!(
                "register {year} of territory {territory}: {last} numbers given, {count} practices, highest {highest}"
            ));
        }
    }
    Ok(flaws)
}

/// Reads every stored document that a practice names, and returns those that are missing or
/// damaged.
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
