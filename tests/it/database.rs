//! Roles, transactions, bulk copy and announcements, on real PostGIS.

use std::task::Poll;
use std::time::Duration;

use jiff::civil::date;
use mappale::config::DatabaseUrl;
use mappale::db::{
    self, CopyIn, CopyWriter, Databases, DbRole, Ewkb, JsonText, Tx, copy_out, in_transaction,
};
use mappale::job::{Listener, Topic, Wake, announce};
use sqlx::{Connection, Row};

use crate::support::{TestDb, url_of};

const CHANGED: Topic = Topic::new("test.changed");

/// A table as a migration would make it.
const TABLE: &str = "
    create table place.sample (
        id bigint primary key,
        short smallint, whole integer, real double precision, yes boolean,
        word text, raw bytea, doc jsonb, day date, key uuid, geom geometry
    )";

/// A database with the sample table.
async fn sample() -> TestDb {
    let test = TestDb::new().await;
    let mut owner = test
        .databases
        .address
        .connect(DbRole::Owner)
        .await
        .expect("the owner may connect");
    sqlx::raw_sql(TABLE)
        .execute(&mut owner)
        .await
        .expect("the owner may create tables");
    owner.close().await.expect("closes");
    test
}

fn code<T: std::fmt::Debug>(outcome: Result<T, sqlx::Error>) -> String {
    let error = outcome.expect_err("the server refuses");
    db::Error::from(error).code().expect("with a code")
}

#[tokio::test]
async fn a_reader_reads_public_schemas_and_nothing_else() {
    let test = sample().await;
    let reader = &test.databases.reader;
    let rows: i64 = sqlx::query_scalar("select count(*) from place.sample")
        .fetch_one(reader)
        .await
        .expect("a reader reads");
    assert_eq!(rows, 0);

    let insert = "insert into place.sample (id) values (1)";
    assert_eq!(code(sqlx::query(insert).execute(reader).await), "25006");
    // Even in a transaction that wants to write, for lack of the right.
    let mut tx = Tx::begin(reader).await.expect("begins");
    sqlx::query("set transaction read write")
        .execute(&mut *tx)
        .await
        .expect("anybody may ask for it");
    assert_eq!(code(sqlx::query(insert).execute(&mut *tx).await), "42501");
    tx.rollback().await.expect("rolls back");

    let others = "select * from audit.migration";
    assert_eq!(code(sqlx::query(others).execute(reader).await), "42501");
}

#[tokio::test]
async fn a_reader_has_two_seconds() {
    let test = TestDb::new().await;
    let sleep = sqlx::query("select pg_sleep(30)").execute(&test.databases.reader);
    assert_eq!(code(sleep.await), "57014");
}

#[tokio::test]
async fn a_writer_adds_rows_and_changes_neither_rows_nor_tables() {
    let test = sample().await;
    let writer = &test.databases.writer;
    sqlx::query("insert into place.sample (id) values (1)")
        .execute(writer)
        .await
        .expect("a writer adds");
    for refused in [
        "update place.sample set id = 2",
        "delete from place.sample",
        "truncate place.sample",
        "drop table place.sample",
        "create table place.other (id bigint)",
        "create table public.other (id bigint)",
        "create schema other",
    ] {
        assert_eq!(
            code(sqlx::query(refused).execute(writer).await),
            "42501",
            "{refused}"
        );
    }
}

#[tokio::test]
async fn a_given_server_without_the_rights_says_what_to_grant() {
    let test = TestDb::new().await;
    let mut superuser = test.superuser().await;
    let (socket, database): (String, String) = sqlx::query_as(
        "select current_setting('unix_socket_directories'), current_database()::text",
    )
    .fetch_one(&mut superuser)
    .await
    .expect("answers");
    superuser.close().await.expect("closes");

    let socket = socket.trim_matches('"');
    let mut config = test.config.clone();
    let url = url_of("mappale_writer", socket.as_ref(), &database);
    config.database_url = Some(DatabaseUrl::new(url).expect("an address"));
    let error = Databases::open(&config)
        .await
        .expect_err("a writer is no owner")
        .to_string();
    assert!(
        error.contains("grant mappale_owner to mappale_writer"),
        "{error}"
    );
}

#[tokio::test]
async fn migrations_run_once_when_two_start_together() {
    let test = TestDb::unmigrated().await;
    let pending = test
        .databases
        .migration_state()
        .await
        .expect("answers")
        .pending
        .len();
    assert!(pending > 0);
    let (one, two) = tokio::join!(test.databases.migrate(), test.databases.migrate());
    one.expect("one applies them");
    two.expect("the other finds them applied");
    let state = test.databases.migration_state().await.expect("answers");
    assert_eq!(state.applied.len(), pending);
    assert!(state.pending.is_empty() && state.unknown.is_empty());
    assert_eq!(test.databases.migrate().await.expect("again"), 0);
}

#[tokio::test]
async fn everything_in_the_schema_is_explained() {
    let test = TestDb::new().await;
    let mut superuser = test.superuser().await;
    let bare: Vec<String> = sqlx::query_scalar(
        "with ours as (
             select oid, nspname from pg_namespace
             where nspname in ('place', 'layer', 'data', 'procedure', 'person',
                               'practice', 'audit', 'job')
         )
         select nspname::text from ours where obj_description(oid, 'pg_namespace') is null
         union all
         select format('%s.%s', nspname, relname)
         from pg_class join ours on ours.oid = relnamespace
         where relkind in ('r', 'v', 'm', 'p') and obj_description(pg_class.oid, 'pg_class') is null
         union all
         select format('%s.%s.%s', nspname, relname, attname)
         from pg_class join ours on ours.oid = relnamespace
         join pg_attribute on attrelid = pg_class.oid
         where relkind in ('r', 'v', 'm', 'p') and attnum > 0 and not attisdropped
           and col_description(pg_class.oid, attnum) is null
         order by 1",
    )
    .fetch_all(&mut superuser)
    .await
    .expect("answers");
    assert!(bare.is_empty(), "without a comment: {bare:#?}");
}

#[tokio::test]
async fn the_program_works_on_the_server_it_is_given() {
    let test = TestDb::new().await;
    let output = test
        .command()
        .args(["db", "status"])
        .output()
        .expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("DATABASE_URL: postgres://postgres@"),
        "{text}"
    );
    assert!(
        text.contains("Migrations applied") && !text.contains("missing"),
        "{text}"
    );
    let output = test
        .command()
        .args(["db", "stop"])
        .output()
        .expect("the program runs");
    assert!(
        !output.status.success(),
        "a given server is not ours to stop"
    );
}

#[tokio::test]
async fn versions_are_told() {
    let test = TestDb::new().await;
    let versions = test.databases.versions().await.expect("answers");
    for version in [
        versions.postgresql,
        versions.postgis,
        versions.geos,
        versions.proj,
    ] {
        assert!(
            version.starts_with(|c: char| c.is_ascii_digit()),
            "{version}"
        );
    }
    test.databases.ping().await.expect("answers");
}

#[tokio::test]
async fn a_transaction_ends_although_its_caller_went_away() {
    let test = sample().await;
    let pool = test.databases.writer.clone();
    let work = in_transaction(&pool, |tx| {
        Box::pin(async move {
            sqlx::query("select pg_sleep(0.3)")
                .execute(&mut **tx)
                .await?;
            sqlx::query("insert into place.sample (id) values (7)")
                .execute(&mut **tx)
                .await?;
            Ok::<_, db::Error>(())
        })
    });
    // The caller goes away long before the end.
    let gone = tokio::time::timeout(Duration::from_millis(50), work).await;
    assert!(gone.is_err());
    for _ in 0..200 {
        let rows: i64 = sqlx::query_scalar("select count(*) from place.sample")
            .fetch_one(&pool)
            .await
            .expect("answers");
        if rows == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the row never came");
}

#[tokio::test]
async fn an_error_undoes_the_transaction() {
    let test = sample().await;
    let done = in_transaction(&test.databases.writer, |tx| {
        Box::pin(async move {
            sqlx::query("insert into place.sample (id) values (7)")
                .execute(&mut **tx)
                .await?;
            Err::<(), _>(db::Error::Stopping)
        })
    });
    assert!(matches!(done.await, Err(db::Error::Stopping)));
    let rows: i64 = sqlx::query_scalar("select count(*) from place.sample")
        .fetch_one(&test.databases.reader)
        .await
        .expect("answers");
    assert_eq!(rows, 0);
}

/// Drops the future of a beginning transaction after ever more polls, and returns how often
/// a connection of the pool was then inside a transaction that nobody had.
async fn left_inside<T, B: Future<Output = T>>(test: &TestDb, begin: impl Fn() -> B) -> i64 {
    let mut superuser = test.superuser().await;
    let mut left = 0;
    for polls in 0..10 {
        for _ in 0..5 {
            go_away_after(polls, begin()).await;
        }
        // Every connection is back in the pool when all can be had at once.
        let pool = &test.databases.writer;
        let mut held = Vec::new();
        for _ in 0..pool.options().get_max_connections() {
            held.push(pool.acquire().await.expect("none is lost"));
        }
        left += sqlx::query_scalar::<_, i64>(
            "select count(*) from pg_stat_activity
             where datname = current_database() and state like 'idle in transaction%'",
        )
        .fetch_one(&mut superuser)
        .await
        .expect("answers");
    }
    left
}

/// Polls a future so many times, then drops it.
async fn go_away_after<T>(polls: u32, future: impl Future<Output = T>) {
    let mut future = std::pin::pin!(future);
    for _ in 0..polls {
        let poll = std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context)));
        if poll.await.is_ready() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_who_go_away_while_a_transaction_begins_poison_nothing() {
    let test = TestDb::new().await;
    let pool = test.databases.writer.clone();
    assert_eq!(left_inside(&test, || Tx::begin(&pool)).await, 0);
}

/// The twin: without a task of its own the same callers do poison the pool. When this fails,
/// sqlx has mended it, and `db::transaction` can become simpler.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_the_driver_alone_is_poisoned_by_callers_who_go_away() {
    let test = TestDb::new().await;
    let pool = test.databases.writer.clone();
    assert!(left_inside(&test, || pool.begin()).await > 0);
}

#[tokio::test]
async fn rows_of_a_bulk_copy_come_back_as_they_went() {
    let test = sample().await;
    let point = Ewkb(
        sqlx::query_scalar::<_, Ewkb>(
            "select st_setsrid(st_makepoint(528400.125, 5050400.5), 7791)",
        )
        .fetch_one(&test.databases.reader)
        .await
        .expect("PostGIS answers")
        .0,
    );
    let key = uuid::Uuid::from_u128(0x1234);
    let sent = point.clone();
    let rows = in_transaction(&test.databases.writer, move |tx| {
        Box::pin(async move {
            let mut copy = CopyIn::begin(
                tx,
                "copy place.sample (id, short, whole, real, yes, word, raw, doc, day, key, geom)
                 from stdin (format binary)",
            )
            .await?;
            for id in 0..40_000_i64 {
                copy.row()
                    .i64(id)
                    .i16(-3)
                    .i32(i32::MIN)
                    .f64(0.1)
                    .bool(id % 2 == 0)
                    .optional((id > 0).then_some("Località Ca' d'Oro €"), CopyWriter::text)
                    .bytes(&[0, 255])
                    .json(r#"{"a": [1]}"#)
                    .date(date(1861, 3, 17))
                    .uuid(key)
                    .geometry(&sent.0);
                copy.send_full().await?;
            }
            copy.finish().await
        })
    })
    .await
    .expect("the server takes all rows");
    assert_eq!(rows, 40_000);

    // The server's own reading of one row.
    let row = sqlx::query(
        "select short, whole, real, yes, word, encode(raw, 'hex'), doc::text, day::text,
                st_x(geom), st_srid(geom), geom
         from place.sample where id = 1",
    )
    .fetch_one(&test.databases.reader)
    .await
    .expect("the row is there");
    assert_eq!(row.get::<i16, _>(0), -3);
    assert_eq!(row.get::<i32, _>(1), i32::MIN);
    assert_eq!(row.get::<f64, _>(2), 0.1);
    assert!(!row.get::<bool, _>(3));
    assert_eq!(row.get::<String, _>(4), "Località Ca' d'Oro €");
    assert_eq!(row.get::<String, _>(5), "00ff");
    assert_eq!(row.get::<String, _>(6), r#"{"a": [1]}"#);
    assert_eq!(row.get::<String, _>(7), "1861-03-17");
    assert_eq!(row.get::<f64, _>(8), 528_400.125);
    assert_eq!(row.get::<i32, _>(9), 7791);
    assert_eq!(row.get::<Ewkb, _>(10), point);

    // And ours of all of them.
    let mut connection = test.databases.reader.acquire().await.expect("one is free");
    let mut sum = 0;
    let read = copy_out(
        &mut connection,
        "copy (select id, short, whole, real, yes, word, raw, doc, day, key, geom
               from place.sample order by id) to stdout (format binary)",
        |row| {
            let id: i64 = row.get(0)?;
            sum += id;
            assert_eq!(row.columns(), 11);
            assert_eq!(row.get::<i16>(1)?, -3);
            assert_eq!(row.get::<i32>(2)?, i32::MIN);
            assert_eq!(row.get::<f64>(3)?, 0.1);
            assert_eq!(row.get::<bool>(4)?, id % 2 == 0);
            assert_eq!(row.get::<Option<&str>>(5)?.is_some(), id > 0);
            assert_eq!(row.get::<&[u8]>(6)?, [0, 255]);
            assert_eq!(row.get::<JsonText<'_>>(7)?.0, r#"{"a": [1]}"#);
            assert_eq!(row.get::<jiff::civil::Date>(8)?, date(1861, 3, 17));
            assert_eq!(row.get::<uuid::Uuid>(9)?, key);
            assert_eq!(row.get::<&[u8]>(10)?, point.0);
            Ok::<_, db::Error>(())
        },
    )
    .await
    .expect("the answer is well formed");
    assert_eq!((read, sum), (40_000, 40_000 * 39_999 / 2));
}

#[tokio::test]
async fn a_bulk_copy_with_a_short_row_changes_nothing() {
    let test = sample().await;
    let done = in_transaction(&test.databases.writer, |tx| {
        Box::pin(async move {
            let mut copy = CopyIn::begin(
                tx,
                "copy place.sample (id, word) from stdin (format binary)",
            )
            .await?;
            copy.row().i64(1).text("whole");
            copy.row().i64(2);
            copy.finish().await
        })
    })
    .await
    .expect_err("row 2 lacks a field");
    assert!(done.to_string().contains("row 2"), "{done}");
    let rows: i64 = sqlx::query_scalar("select count(*) from place.sample")
        .fetch_one(&test.databases.writer)
        .await
        .expect("the pool is well");
    assert_eq!(rows, 0);
}

/// Waits for an announcement, passing over general wakes.
async fn announced(listener: &mut Listener) -> String {
    loop {
        if let Wake::Announced { payload, .. } = listener.next().await {
            return payload;
        }
    }
}

/// Announces a payload, in a transaction that then commits or not.
async fn tell(test: &TestDb, payload: &'static str, commit: bool) {
    let _ = in_transaction(&test.databases.writer, move |tx| {
        Box::pin(async move {
            announce(tx, CHANGED, payload)
                .await
                .expect("can be announced");
            if commit {
                Ok(())
            } else {
                Err(db::Error::Stopping)
            }
        })
    })
    .await;
}

#[tokio::test]
async fn an_announcement_is_heard_if_and_only_if_it_is_committed() {
    let test = TestDb::new().await;
    let mut listener = Listener::start(&test.databases);
    assert_eq!(listener.next().await, Wake::Everything, "at the start");
    // The next general wake comes when the connection listens.
    assert_eq!(listener.next().await, Wake::Everything, "when it listens");
    tell(&test, "undone", false).await;
    tell(&test, "done", true).await;
    assert_eq!(announced(&mut listener).await, "done");
}

#[tokio::test]
async fn a_listener_whose_connection_is_cut_looks_again_and_hears_again() {
    let test = TestDb::new().await;
    let mut listener = Listener::start(&test.databases);
    listener.next().await;
    listener.next().await;
    let mut superuser = test.superuser().await;
    let cut: i64 = sqlx::query_scalar(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity
         where datname = current_database() and query like 'LISTEN%'",
    )
    .fetch_one(&mut superuser)
    .await
    .expect("the superuser may");
    assert_eq!(cut, 1);
    superuser.close().await.expect("closes");
    assert_eq!(listener.next().await, Wake::Everything, "after the cut");
    tell(&test, "again", true).await;
    assert_eq!(announced(&mut listener).await, "again");
}
