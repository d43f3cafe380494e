//! A load that is killed leaves what was in force, and nothing else.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use mappale::app::App;
use rustix::process::{Pid, Signal, kill_process};
use sqlx::PgConnection;

use crate::sample::{PARCELS, Town, many_parcels};

fn command(town: &Town, file: &Path) -> Command {
    let mut command = town.db.command();
    command
        .args(["layer", "load", PARCELS, "--comune", "X001", "--publish"])
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

fn start(town: &Town, file: &Path) -> Child {
    command(town, file).spawn().expect("the program runs")
}

/// The backend that copies rows of the load, once it is at work.
async fn copying(connection: &mut PgConnection, load: &mut Child) -> i32 {
    loop {
        let ended = load.try_wait().expect("it can be asked");
        assert!(
            ended.is_none(),
            "the load ended before it was seen: {ended:?}"
        );
        let backend: Option<i32> = sqlx::query_scalar(
            "select pid from pg_stat_progress_copy
              where datname = current_database() and tuples_processed > 0",
        )
        .fetch_optional(&mut *connection)
        .await
        .expect("answers");
        if let Some(backend) = backend {
            return backend;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Waits until no other session is at work any more, nor about to begin.
pub(crate) async fn quiet(connection: &mut PgConnection) {
    let start = Instant::now();
    loop {
        let busy: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity
              where datname = current_database() and pid <> pg_backend_pid()
                and backend_type = 'client backend' and state is distinct from 'idle'",
        )
        .fetch_one(&mut *connection)
        .await
        .expect("answers");
        if busy == 0 {
            return;
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "a session goes on"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The only child of a process: the reader of the file, or what shuts it in.
fn child_of(parent: u32) -> Pid {
    let children = children_of(parent);
    assert_eq!(children.len(), 1, "one reader of files");
    children[0]
}

pub(crate) fn children_of(parent: u32) -> Vec<Pid> {
    let is_child = |pid: &str| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // pid (name) state parent: the name may hold anything.
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        after_name.split(' ').nth(1) == Some(parent.to_string().as_str())
    };
    fs::read_dir("/proc")
        .expect("is there")
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.bytes().all(|b| b.is_ascii_digit()) && is_child(name))
        .filter_map(|name| name.parse().ok().and_then(Pid::from_raw))
        .collect()
}

fn failed(output: &Output, word: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("mappale: ") && said.contains(word),
        "'{word}' is not in: {said}"
    );
}

#[tokio::test]
async fn a_load_that_is_killed_stores_nothing() {
    const NOTHING: [i64; 4] = [0; 4];
    let town = Town::empty().await;
    let file = town.file("many.gml", many_parcels(20_000));
    let mut connection = town.db.superuser().await;

    // The program itself.
    let mut load = start(&town, &file);
    copying(&mut connection, &mut load).await;
    load.kill().expect("is ours");
    let status = load.wait().expect("ends");
    assert!(!status.success());
    quiet(&mut connection).await;
    assert_eq!(town.stored().await, NOTHING);
    assert_eq!(town.in_force().await, None);

    // Its session in the database.
    let mut load = start(&town, &file);
    let backend = copying(&mut connection, &mut load).await;
    sqlx::query("select pg_terminate_backend($1)")
        .bind(backend)
        .execute(&mut connection)
        .await
        .expect("may be terminated");
    failed(&load.wait_with_output().expect("ends"), "database: ");
    quiet(&mut connection).await;
    assert_eq!(town.stored().await, NOTHING);

    // The reader of the file.
    let mut load = start(&town, &file);
    copying(&mut connection, &mut load).await;
    kill_process(child_of(load.id()), Signal::KILL).expect("may be killed");
    failed(&load.wait_with_output().expect("ends"), "many.gml");
    quiet(&mut connection).await;
    assert_eq!(town.stored().await, NOTHING);

    // None of that hinders the same load.
    let output = command(&town, &file).output().expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(town.stored().await, [1, 1, 20_000, 20_000]);
    assert_eq!(town.in_force().await, Some((1, 20_000)));
}

/// Version and features of the parcels that a server shows.
async fn shown(app: &App) -> Option<(i32, usize)> {
    app.refresh().await.expect("the database answers");
    let catalogue = app.catalogue();
    let part = catalogue.layer(PARCELS)?.parts.first()?.clone();
    Some((part.version, part.features.len()))
}

/// Loads that are killed at any moment: what is shown is the old version or the whole new one.
///
/// A load that was killed may still have published: when the signal comes after the commit and
/// before the exit. A load that said that it succeeded has published.
async fn kill_cycles(cycles: usize) {
    const PARCELS_LEAST: usize = 4000;
    let town = Town::empty().await;
    let mut connection = town.db.superuser().await;
    let first = town.file("first.gml", many_parcels(PARCELS_LEAST));
    let began = Instant::now();
    let output = command(&town, &first).output().expect("the program runs");
    assert!(output.status.success());
    let whole = began.elapsed();
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let mut before = shown(&app).await.expect("was published");
    assert_eq!(before, (1, PARCELS_LEAST));

    let mut state = 0x2545_f491_u32;
    let (mut kept, mut renewed) = (0, 0);
    for cycle in 1..=cycles {
        let file = town.file("cycle.gml", many_parcels(PARCELS_LEAST + cycle));
        let mut load = start(&town, &file);
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let share = f64::from(state) / f64::from(u32::MAX);
        tokio::time::sleep(whole.mul_f64(share * 1.1)).await;
        // Every third time it is the reader, if it is at work just then.
        let status = if cycle % 3 == 0 {
            for reader in children_of(load.id()) {
                // It may have ended meanwhile.
                let _ = kill_process(reader, Signal::KILL);
            }
            load.wait().expect("ends")
        } else {
            killed(&mut load)
        };
        quiet(&mut connection).await;

        let after = shown(&app).await.expect("something is always shown");
        let new = (before.0 + 1, PARCELS_LEAST + cycle);
        if after == new {
            renewed += 1;
        } else {
            assert!(
                !status.success(),
                "cycle {cycle}: it said that it had published"
            );
            assert_eq!(after, before, "cycle {cycle} at {share}: {status}");
            kept += 1;
        }
        let [parts, publications, _, _] = town.stored().await;
        let versions = i64::from(after.0);
        assert_eq!((parts, publications), (versions, versions), "cycle {cycle}");
        before = after;
    }
    assert!(kept > 0, "no load was killed in time ({renewed} were not)");
}

fn killed(load: &mut Child) -> ExitStatus {
    // It may have ended already; then its own status counts.
    let _ = load.kill();
    load.wait().expect("ends")
}

#[tokio::test]
async fn a_kill_at_any_moment_leaves_the_old_version_or_the_new() {
    kill_cycles(8).await;
}

#[tokio::test]
async fn long_two_hundred_kills() {
    kill_cycles(200).await;
}
