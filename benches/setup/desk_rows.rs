//! Practices and their chain of events, made in bulk as the program itself would have written them.

use std::collections::HashMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use mappale::audit::content_hash;
use mappale::practice::{Event, Step};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

use super::execute;

/// Events that are copied at a time.
const BATCH: usize = 50_000;

/// What happens to every practice after it was filed, the last again and again.
const STEPS: [(&str, &str); 4] = [
    ("assigned", "officer"),
    ("integration_requested", "officer"),
    ("integration_answered", "applicant"),
    ("message", "applicant"),
];

/// Practices as copies of one that was filed, under numbers that go on from the last.
const PRACTICES: &str = "
with model as (
    select * from practice.practice order by number limit 1
), counter as (
    select register.* from practice.register join model using (territory_id, year)
), made as (
    insert into practice.practice (
           id, draft_id, person, person_name, idempotency_key, body_sha256, territory_id, year,
           number, registered_at, procedure_code, definition_sha256, answers, facts)
    select gen_random_uuid(), gen_random_uuid(), 'bench:' || n, 'Nome ' || n, gen_random_uuid(),
           model.body_sha256, model.territory_id, model.year, counter.last_number + n,
           date_trunc('second', now()) - (interval '20 days' * n / $1) - interval '2 days',
           model.procedure_code, model.definition_sha256, model.answers, model.facts
      from model, counter, generate_series(1, $1::int) as n
    returning id
), parcels as (
    insert into practice.parcel (practice_id, reference, area_m2)
    select made.id, parcel.reference, parcel.area_m2
      from made, model join practice.parcel on parcel.practice_id = model.id
), files as (
    insert into practice.file (practice_id, code, sha256, name, media, bytes)
    select made.id, file.code, file.sha256, file.name, file.media, file.bytes
      from made, model join practice.file on file.practice_id = model.id
), codes as (
    insert into practice.follow (practice_id, code) select id, 'BENCH-' || id from made
)
update practice.register set last_number = last_number + $1::int
 where (territory_id, year) = (select territory_id, year from model)";

/// The statement of verification that gives a text for each practice.
fn statement(marks: [&str; 2]) -> &'static str {
    mappale::app::statements()
        .into_iter()
        .find(|text| {
            text.trim_start().starts_with("select practice.id,")
                && marks.iter().all(|mark| text.contains(mark))
        })
        .expect("verification has it")
}

async fn digests(owner: &mut PgConnection, marks: [&str; 2]) -> HashMap<Uuid, String> {
    let rows: Vec<(Uuid, String)> = sqlx::query_as(AssertSqlSafe(statement(marks)))
        .fetch_all(owner)
        .await
        .expect("answers");
    rows.into_iter()
        .map(|(id, text)| (id, hex(&Sha256::digest(text))))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Makes practices, and so many events of them in all, each a link of the chain.
pub(crate) async fn fill(owner: &mut PgConnection, practices: usize, events: usize) {
    let before: i64 = sqlx::query_scalar("select count(*) from practice.practice")
        .fetch_one(&mut *owner)
        .await
        .expect("answers");
    sqlx::query(PRACTICES)
        .bind(i32::try_from(practices).expect("not so many"))
        .execute(&mut *owner)
        .await
        .expect("the owner may");
    execute(owner, "analyze").await;
    let records = digests(owner, ["'answers', practice.answers", "'files'"]).await;
    let attached = digests(owner, ["'code'", "'places'"]).await;
    let made: Vec<(Uuid, jiff_sqlx::Timestamp, String, String)> = sqlx::query_as(
        "select id, registered_at, person, person_name from practice.practice
          order by number offset $1",
    )
    .bind(before)
    .fetch_all(&mut *owner)
    .await
    .expect("answers");
    let (mut position, mut previous): (i64, Vec<u8>) =
        sqlx::query_as("select position, sha256 from audit.head")
            .fetch_one(&mut *owner)
            .await
            .expect("answers");
    let each = (events / practices.max(1)).max(1);
    let (mut links, mut contents, mut waiting) = (String::new(), String::new(), 0);
    for (practice, registered_at, person, name) in made {
        let begun = registered_at.to_jiff();
        for index in 0..each {
            let seconds = i64::try_from(index).expect("few") * 3600;
            let at = Timestamp::from_second(begun.as_second() + seconds).expect("is near");
            let (kind, role) = match index {
                0 => ("submitted", "applicant"),
                _ => STEPS[(index - 1).min(STEPS.len() - 1)],
            };
            let (actor, actor_name) = match role {
                "officer" => ("demo:officer", "Funzionario inventato"),
                _ => (person.as_str(), name.as_str()),
            };
            let data = match index {
                0 => json!({
                    "record_sha256": records[&practice],
                    "attached_sha256": attached[&practice],
                }),
                _ => json!({ "text": "Testo inventato" }),
            };
            let content = json!({
                "practice": practice,
                "seq": index + 1,
                "kind": kind,
                "at": at.to_string(),
                "actor": actor,
                "name": actor_name,
                "role": role,
                "data": data,
            })
            .to_string();
            position += 1;
            let salt: [u8; 32] = Sha256::digest(position.to_be_bytes()).into();
            let hashed = content_hash(&salt, content.as_bytes());
            let mut link = Sha256::new();
            link.update(position.to_be_bytes());
            link.update(&previous);
            link.update(hashed);
            let link = link.finalize().to_vec();
            let _ = writeln!(
                links,
                "{position}\t\\\\x{}\t\\\\x{}\t\\\\x{}",
                hex(&hashed),
                hex(&previous),
                hex(&link)
            );
            let _ = writeln!(
                contents,
                "{practice}\t{}\t{kind}\t{at}\t{actor}\t{actor_name}\t{role}\t{}\t\\\\x{}\t{position}",
                index + 1,
                content.replace('\\', "\\\\"),
                hex(&salt)
            );
            previous = link;
            waiting += 1;
        }
        if waiting >= BATCH {
            copy(owner, &mut links, &mut contents, position, &previous).await;
            waiting = 0;
        }
    }
    copy(owner, &mut links, &mut contents, position, &previous).await;
    execute(owner, "analyze").await;
}

/// Copies what was gathered, and moves the end of the chain, in one transaction.
async fn copy(
    owner: &mut PgConnection,
    links: &mut String,
    contents: &mut String,
    position: i64,
    end: &[u8],
) {
    let mut tx = owner.begin().await.expect("begins");
    for (statement, rows) in [
        (
            "copy audit.link (position, content_sha256, previous_sha256, sha256) from stdin",
            links,
        ),
        (
            "copy practice.event (practice_id, seq, kind, at, actor, actor_name, actor_role, content,
                                  salt, link) from stdin",
            contents,
        ),
    ] {
        let mut copy = tx.copy_in_raw(statement).await.expect("may copy");
        copy.send(rows.as_bytes()).await.expect("takes rows");
        copy.finish().await.expect("takes all");
        rows.clear();
    }
    sqlx::query("update audit.head set position = $1, sha256 = $2")
        .bind(position)
        .bind(end)
        .execute(&mut *tx)
        .await
        .expect("may");
    tx.commit().await.expect("commits");
}

/// Every event of every practice, in order.
pub(crate) async fn events(owner: &mut PgConnection) -> HashMap<Uuid, Vec<Event>> {
    type Row = (
        Uuid,
        i32,
        String,
        jiff_sqlx::Timestamp,
        String,
        String,
        String,
    );
    let rows: Vec<Row> = sqlx::query_as(
        "select practice_id, seq, kind, at, actor, actor_name, actor_role
           from practice.event order by practice_id, seq",
    )
    .fetch_all(owner)
    .await
    .expect("answers");
    let mut all: HashMap<Uuid, Vec<Event>> = HashMap::new();
    for (practice, seq, kind, at, actor, actor_name, actor_role) in rows {
        all.entry(practice).or_default().push(Event {
            seq,
            step: Step::from_word(&kind).expect("a step of ours"),
            at: at.to_jiff(),
            actor,
            actor_name,
            actor_role,
            data: Json::Null,
        });
    }
    all
}
