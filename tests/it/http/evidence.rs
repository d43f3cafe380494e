use std::fs;
use std::path::Path;

use mappale::db::{DbRole, Tx};
use mappale::{audit, gis, practice};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::Site;
use super::walker::{site, walker};
use crate::support::TestDb;

/// A site with a few practices of which one went its way.
async fn busy() -> Site {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    let officer = walker(&site, "officer").await;
    for number in 0..3 {
        let draft = citizen.complete_draft().await;
        let practice = citizen.file(&draft).await;
        if number == 0 {
            for (step, text) in [("assigned", ""), ("granted", "Rilasciato")] {
                let done = officer.act(&practice, step, text).await;
                assert_eq!(done.status, 303, "{}", done.text());
            }
        }
    }
    site
}

async fn flaws(connection: &mut PgConnection) -> Vec<String> {
    let (_, found) = audit::verify_links(connection).await.expect("answers");
    let mut flaws: Vec<String> = found.iter().map(ToString::to_string).collect();
    let contents = practice::verify_contents(connection).await;
    flaws.extend(contents.expect("answers"));
    let acts = gis::verify_acts(connection).await;
    flaws.extend(acts.expect("answers"));
    flaws
}

async fn run(connection: &mut PgConnection, statement: &str) -> Result<u64, sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(connection)
        .await
        .map(|done| done.rows_affected())
}

/// Columns of which every byte is evidence.
const COLUMNS: &str = "
    select format('%I.%I', nspname, relname), attname::text, format_type(atttypid, atttypmod)
      from pg_attribute
      join pg_class on pg_class.oid = attrelid
      join pg_namespace on pg_namespace.oid = relnamespace
     where (nspname, relname) in (
               ('practice', 'practice'), ('practice', 'event'), ('practice', 'parcel'),
               ('practice', 'file'), ('practice', 'follow'), ('practice', 'erasure'),
               ('practice', 'register'), ('audit', 'link'), ('audit', 'head'),
               ('audit', 'staff_act'), ('procedure', 'definition'))
       and attnum > 0 and not attisdropped
       -- a number of its own and the moment of keeping, which nothing refers to
       and not (relname = 'staff_act' and attname = 'id')
       and not (relname = 'definition' and attname = 'kept_at')
     order by 1, attnum";

struct Chance(u32);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as usize % most
    }
}

/// Changes one byte of a value written as text, so that it is another value of the same type.
fn altered(text: &str, kind: &str, chance: &mut Chance) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let places: Vec<usize> = (0..bytes.len())
        .filter(|place| match kind {
            "bytea" => *place >= 2,
            _ => bytes[*place].is_ascii_alphanumeric(),
        })
        .collect();
    if places.is_empty() {
        return None;
    }
    let place = places[chance.below(places.len())];
    let old = bytes[place];
    bytes[place] = match old {
        b'0'..=b'8' | b'a'..=b'e' | b'A'..=b'E' => old + 1,
        b'9' => b'1',
        other => other ^ 0b11,
    };
    (bytes[place] != old)
        .then(|| String::from_utf8(bytes).ok())
        .flatten()
}

/// Alters single bytes of what is kept as a superuser may, one at a time, and finds each.
async fn edits(wanted: usize) {
    let site = busy().await;
    let mut superuser = site.town.db.superuser().await;
    let detail = serde_json::json!({ "version": 2 });
    let act = gis::NewStaffAct {
        by: "Nome Inventato",
        kind: "publish",
        territory_id: Some(site.town.comune.id),
        layer: Some("catasto.particella"),
        detail: &detail,
    };
    gis::record_act(&mut superuser, &act)
        .await
        .expect("is added");
    erase(&site, 2, Some("Provvedimento 12/2026"))
        .await
        .expect("is ordered");
    assert_eq!(flaws(&mut superuser).await, Vec::<String>::new());
    let columns: Vec<(String, String, String)> = sqlx::query_as(COLUMNS)
        .fetch_all(&mut superuser)
        .await
        .expect("answers");
    let mut chance = Chance(0x2545_f491);
    let (mut done, mut tried) = (0, 0);
    while done < wanted {
        tried += 1;
        assert!(
            tried < wanted * 40 + 400,
            "{done} of {wanted} edits were possible"
        );
        let (table, column, kind) = &columns[chance.below(columns.len())];
        let rows: Vec<(String, Option<String>)> = sqlx::query_as(AssertSqlSafe(format!(
            "select ctid::text, {column}::text from {table} order by 1"
        )))
        .fetch_all(&mut superuser)
        .await
        .expect("answers");
        if rows.is_empty() {
            continue;
        }
        let (row, value) = &rows[chance.below(rows.len())];
        let Some(new) = value.as_ref().and_then(|v| altered(v, kind, &mut chance)) else {
            continue;
        };
        for part in ["begin", "set local session_replication_role = replica"] {
            run(&mut superuser, part).await.expect("the superuser may");
        }
        let changed = sqlx::query(AssertSqlSafe(format!(
            "update {table} set {column} = $1::text::{kind}
              where ctid = '{row}' and {column} is distinct from $1::text::{kind}"
        )))
        .bind(&new)
        .execute(&mut superuser)
        .await;
        // A byte that no value of the type can have is no edit, nor one that means the same.
        if changed.is_ok_and(|changed| changed.rows_affected() == 1) {
            let found = flaws(&mut superuser).await;
            assert!(
                !found.is_empty(),
                "{table}.{column}: {value:?} became {new:?}"
            );
            done += 1;
        }
        run(&mut superuser, "rollback").await.expect("rolls back");
    }
    assert_eq!(flaws(&mut superuser).await, Vec::<String>::new());
}

#[tokio::test]
async fn every_altered_byte_is_found() {
    edits(60).await;
}

#[tokio::test]
async fn long_a_thousand_altered_bytes_are_found() {
    edits(1000).await;
}

/// The practice of a number in the register.
async fn practice_of(site: &Site, number: i32) -> uuid::Uuid {
    let mut superuser = site.town.db.superuser().await;
    sqlx::query_scalar("select id from practice.practice where number = $1")
        .bind(number)
        .fetch_one(&mut superuser)
        .await
        .expect("is there")
}

/// Erases the practice of a number.
async fn erase(
    site: &Site,
    number: i32,
    order: Option<&str>,
) -> Result<Vec<Vec<u8>>, practice::Error> {
    let practice = practice_of(site, number).await;
    let address = &site.town.db.databases.address;
    let mut owner = address.connect(DbRole::Owner).await.expect("connects");
    let by = "Nome Inventato";
    practice::erase(
        &mut owner,
        practice::Erasure {
            practice,
            by,
            order,
        },
    )
    .await
}

#[tokio::test]
async fn what_is_erased_is_gone_and_the_chain_holds() {
    let site = busy().await;
    site.app.do_what_is_due().await.expect("prints");
    let practice = practice_of(&site, 1).await;
    let officer = walker(&site, "officer").await;
    let citizen = walker(&site, "citizen").await;
    let path = format!("/pratiche/{practice}");
    // By its rule it is kept for ten years; one that goes on is kept in any case.
    for (number, told) in [(1, "kept until"), (2, "has not ended")] {
        let kept = erase(&site, number, None).await.expect_err("is kept");
        assert!(kept.to_string().contains(told), "{kept}");
    }
    let mut superuser = site.town.db.superuser().await;
    assert_eq!(flaws(&mut superuser).await, Vec::<String>::new());

    // The command, by an order; the documents that others need stay.
    let mut documents = Vec::new();
    for number in 1..=3 {
        let id = practice_of(&site, number).await.to_string();
        let arguments = [
            "erase",
            &id,
            "--by",
            "Segretario",
            "--order",
            "Provv. 12/2026",
        ];
        let done = site
            .town
            .db
            .command()
            .args(arguments)
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        documents.push(said.contains(if number == 3 { "with 2 " } else { "with 1 " }));
    }
    // Each has its receipt; the same invented proof of payment was filed with all three.
    assert_eq!(documents, [true; 3]);
    assert_eq!(flaws(&mut superuser).await, Vec::<String>::new());
    for table in ["practice", "file", "event", "draft", "outbox", "erasure"] {
        let query = format!(
            "select count(*) from practice.{table} t
              where t::text ~* 'inventato|cittadin|rssmra|mulini|example[.]org|ricevuta.pdf'"
        );
        assert_eq!(site.town.number(&query).await, 0, "{table}");
    }
    let stored = walk(&site.town.db.config.var.join("blobs"));
    assert_eq!(stored, Vec::<std::path::PathBuf>::new());
    citizen.get(&path).await.assert_page(404);
    let page = officer.get(&path).await.assert_page(200);
    assert!(
        page.contains("/0000001") && !page.contains("Inventato"),
        "{page}"
    );
    let verified = site.town.db.command().args(["verify", "--blobs"]).output();
    let verified = verified.expect("runs");
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stdout)
    );

    // What is left is evidence like everything else, and nothing passes for erased that is not.
    for (statement, told) in [
        (
            "update practice.event set kind = 'refused' where kind = 'granted'",
            "what is left",
        ),
        (
            "update practice.practice set answers = '{\"a\": 1}'",
            "what is left",
        ),
        (
            "update practice.erasure set by = 'Altri'",
            "the erasure of practice",
        ),
        ("delete from practice.erasure", "was altered"),
    ] {
        run(&mut superuser, "begin").await.expect("begins");
        run(
            &mut superuser,
            "set local session_replication_role = replica",
        )
        .await
        .expect("may");
        run(&mut superuser, statement)
            .await
            .expect("the superuser may");
        let found = flaws(&mut superuser).await;
        assert!(
            found.iter().any(|flaw| flaw.contains(told)),
            "{statement}: {found:?}"
        );
        run(&mut superuser, "rollback").await.expect("rolls back");
    }
}

/// The files below a folder.
fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(walk(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[tokio::test]
async fn the_server_itself_erases_nothing() {
    let site = busy().await;
    let practice = practice_of(&site, 1).await;
    let mut tx = Tx::for_system(&site.town.db.databases.writer)
        .await
        .expect("begins");
    let allow = format!("select set_config('mappale.erasing', '{practice}', true)");
    run(&mut tx, &allow).await.expect("anybody may say so");
    let refused = run(&mut tx, "update practice.event set content = ''").await;
    assert!(refused.is_err());
    drop(tx);
    // Nor may the owner touch another than the one that is being erased.
    let address = &site.town.db.databases.address;
    let mut owner = address.connect(DbRole::Owner).await.expect("connects");
    run(&mut owner, "begin").await.expect("begins");
    run(&mut owner, &allow).await.expect("may");
    let refused = run(&mut owner, "update practice.practice set person_name = ''").await;
    assert!(refused.is_err());
}

/// A chain whose hashes were made in another way is not taken for good: verification does not ask
/// the code that writes.
#[tokio::test]
async fn verification_computes_hashes_by_itself() {
    let site = busy().await;
    let mut superuser = site.town.db.superuser().await;
    // PostgreSQL's own SHA-256, as a third witness of how links are made.
    let same = "select count(*) from audit.link
                 where sha256 = sha256(int8send(position) || previous_sha256 || content_sha256)";
    assert_eq!(site.town.number(same).await, 5);
    run(&mut superuser, "begin").await.expect("begins");
    run(
        &mut superuser,
        "set local session_replication_role = replica;
         update audit.link set sha256 = sha256(previous_sha256 || content_sha256) where position = 5;
         update audit.head set sha256 = (select sha256 from audit.link where position = 5)",
    )
    .await
    .expect("the superuser may");
    assert_eq!(flaws(&mut superuser).await, ["link 5 was altered"]);
}

#[tokio::test]
async fn rows_taken_out_exchanged_or_cut_off_are_named() {
    let site = busy().await;
    let table = [
        (
            "delete from practice.event where link = 2",
            "event of link 2 is missing",
        ),
        (
            "delete from audit.link where position = 2",
            "link 2 is missing",
        ),
        (
            "update audit.link set position = 5000 where position = 2;
             update audit.link set position = 2 where position = 3;
             update audit.link set position = 3 where position = 5000",
            "link 2 was altered",
        ),
        (
            "delete from practice.event where link = 5; delete from audit.link where position = 5",
            "the chain ends at link 4, but 5 were noted",
        ),
        (
            "delete from practice.practice where number = 2",
            "is missing",
        ),
        (
            "update practice.register set last_number = 9",
            "9 numbers given, 3 practices",
        ),
    ];
    for (statement, told) in table {
        let mut superuser = site.town.db.superuser().await;
        run(&mut superuser, "begin").await.expect("begins");
        run(
            &mut superuser,
            "set local session_replication_role = replica",
        )
        .await
        .expect("may");
        run(&mut superuser, statement)
            .await
            .expect("the superuser may");
        let found = flaws(&mut superuser).await;
        assert!(
            found.iter().any(|flaw| flaw.contains(told)),
            "{statement}: {found:?}"
        );
        run(&mut superuser, "rollback").await.expect("rolls back");
        superuser.close().await.expect("closes");
    }
}

#[tokio::test]
async fn an_old_state_and_a_chain_written_anew_are_found_by_the_roots() {
    let site = busy().await;
    let folder = site.town.file("x", "").with_file_name("roots");
    let mut superuser = site.town.db.superuser().await;
    let days = ["2026-11-23", "2026-11-24"].map(|day| day.parse().expect("a day"));
    for day in days {
        let root = audit::write_root(&mut superuser, &folder, day).await;
        assert_eq!(root.expect("writes").expect("is new").position, 5);
        let again = audit::write_root(&mut superuser, &folder, day).await;
        assert_eq!(again.expect("reads"), None);
    }
    let verify = async |connection: &mut PgConnection| {
        let (roots, flaws) = audit::verify_roots(connection, &folder)
            .await
            .expect("reads");
        (
            roots,
            flaws.iter().map(ToString::to_string).collect::<Vec<_>>(),
        )
    };
    assert_eq!(verify(&mut superuser).await, (2, Vec::new()));

    // The state of yesterday, whole and consistent in itself.
    run(&mut superuser, "begin").await.expect("begins");
    run(
        &mut superuser,
        "set local session_replication_role = replica;
         delete from practice.event where link > 3;
         delete from audit.link where position > 3;
         update audit.head set position = 3,
                sha256 = (select sha256 from audit.link where position = 3)",
    )
    .await
    .expect("the superuser may");
    assert!(
        audit::verify_links(&mut superuser)
            .await
            .expect("answers")
            .1
            .is_empty()
    );
    let (_, found) = verify(&mut superuser).await;
    assert!(
        found.iter().any(|flaw| flaw.contains("older state")),
        "{found:?}"
    );
    run(&mut superuser, "rollback").await.expect("rolls back");

    run(&mut superuser, "begin").await.expect("begins");
    run(
        &mut superuser,
        "set local session_replication_role = replica;
         update audit.link set sha256 = sha256('anew') where position = 5",
    )
    .await
    .expect("the superuser may");
    let (_, found) = verify(&mut superuser).await;
    assert!(
        found.iter().any(|flaw| flaw.contains("not the one")),
        "{found:?}"
    );
    run(&mut superuser, "rollback").await.expect("rolls back");

    // A root that was taken out is missed by the next.
    fs::remove_file(folder.join("2026-11-23.json")).expect("is there");
    let (roots, found) = verify(&mut superuser).await;
    assert_eq!((roots, found.len()), (1, 1), "{found:?}");
}

fn program(db: &TestDb, arguments: &[&str]) -> (bool, String) {
    let output = db
        .command()
        .args(arguments)
        .output()
        .expect("the program runs");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[tokio::test]
async fn a_backup_brings_everything_back_and_a_damaged_one_nothing() {
    let site = busy().await;
    let folder = site.town.file("x", "").with_file_name("backup");
    let place = folder.to_str().expect("a path").to_owned();
    let (ok, said) = program(&site.town.db, &["backup", &place]);
    assert!(ok, "{said}");
    let (ok, said) = program(&site.town.db, &["backup", &place]);
    assert!(!ok && said.contains("is there already"), "{said}");

    let other = TestDb::unmigrated().await;
    let (ok, said) = program(&other, &["restore", &place]);
    assert!(
        ok && said.contains("Restored and verified: 5 events"),
        "{said}"
    );
    let count = |db: &TestDb| {
        let pool = db.databases.writer.clone();
        async move {
            let mut tx = Tx::for_system(&pool).await.expect("begins");
            let query = "select (select count(*) from practice.practice)
                              + (select count(*) from practice.file)
                              + (select count(*) from layer.part)";
            let rows: i64 = sqlx::query_scalar(query)
                .fetch_one(&mut *tx)
                .await
                .expect("answers");
            rows
        }
    };
    assert_eq!(count(&other).await, count(&site.town.db).await);
    // The rights came with it: nobody is nobody.
    let mut tx = Tx::begin(&other.databases.writer).await.expect("begins");
    let rows: i64 = sqlx::query_scalar("select count(*) from practice.practice")
        .fetch_one(&mut *tx)
        .await
        .expect("answers");
    assert_eq!(rows, 0);
    let refused = sqlx::query("delete from practice.event")
        .execute(&mut *tx)
        .await;
    assert!(refused.is_err());
    drop(tx);
    let (ok, said) = program(&other, &["restore", &place]);
    assert!(!ok && said.contains("already"), "{said}");
    let (ok, said) = program(&other, &["verify", "--blobs"]);
    assert!(ok && said.contains("nothing was altered"), "{said}");

    // One byte of the copy, and nothing is restored.
    damage(&folder.join("database.dump"));
    let third = TestDb::unmigrated().await;
    let (ok, said) = program(&third, &["restore", &place]);
    assert!(!ok && said.contains("database.dump was altered"), "{said}");
    assert!(third.databases.schemas().await.expect("answers").is_empty());
}

fn damage(file: &Path) {
    let mut bytes = fs::read(file).expect("is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).expect("is ours");
}
