//! The server and PostgreSQL killed, each time with a submission in flight.

use std::time::{Duration, Instant};

use mappale::db::{Cluster, Databases};
use sqlx::AssertSqlSafe;
use tokio::task::JoinHandle;

use super::applicant::Filing;
use super::{Journal, LIMIT, POINTS, Points, owner};
use crate::sample::Town;
use crate::server::Server;
use crate::support::{Home, kill_database};

/// Submissions in flight at each kill.
const WRITERS: usize = 3;

type InFlight = Vec<(Filing, JoinHandle<Option<String>>)>;

/// A point for each kill: all in turn, and every eighth time any moment.
fn point(kill: usize) -> Option<&'static str> {
    POINTS.get(kill % (POINTS.len() + 1)).copied()
}

fn send_all(journal: &Journal, server: &Server, filings: &[Filing]) -> InFlight {
    filings
        .iter()
        .map(|filing| (*filing, tokio::spawn(journal.send(server.address, *filing))))
        .collect()
}

/// Waits until the program is held at a point, or for some moment while nothing is answered.
async fn wait(points: &Points, point: Option<&str>, kill: usize, in_flight: &InFlight) {
    let Some(point) = point else {
        // From right after the sending to about when the answers come.
        let moment = u64::try_from(kill * 7 % 23).unwrap_or_default();
        tokio::time::sleep(Duration::from_millis(moment)).await;
        return;
    };
    let start = Instant::now();
    while !points.is_reached(point) {
        assert!(start.elapsed() < LIMIT, "{point} was not reached");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(in_flight.iter().any(|(_, sent)| !sent.is_finished()));
}

/// Notes what was answered.
async fn gather(journal: &mut Journal, in_flight: InFlight) {
    for (filing, sent) in in_flight {
        if let Some(practice) = sent.await.expect("was sent") {
            journal.note(filing, practice);
        }
    }
}

/// Kills the server with submissions in flight; returns what is wrong afterwards.
async fn server_kills(
    town: &Town,
    kills: usize,
    point: impl Fn(usize) -> Option<&'static str>,
) -> Vec<String> {
    let points = Points::new(&town.db.config.var);
    let mut server = points.serve(town.db.command());
    let mut journal = Journal::new(&server).await;
    let mut owner = owner(&town.db.databases).await;
    let (mut counted, mut tried) = (0, 0);
    while counted < kills {
        tried += 1;
        assert!(
            tried < kills * 2 + 8,
            "{counted} kills of {tried} had something in flight"
        );
        let filings = journal.drafts(&mut owner, WRITERS).await;
        let point = point(tried);
        if let Some(point) = point {
            points.set(point);
        }
        let in_flight = send_all(&journal, &server, &filings);
        wait(&points, point, tried, &in_flight).await;
        let flying = in_flight.iter().any(|(_, sent)| !sent.is_finished());
        server.kill();
        counted += usize::from(flying);
        gather(&mut journal, in_flight).await;
        if let Some(point) = point {
            points.release(point);
        }
        server = points.serve(town.db.command());
        journal.settle(&server, &filings).await;
    }
    journal.faults(&town.db.databases).await
}

async fn the_server_is_killed(kills: usize) {
    let town = Town::published().await;
    let faults = server_kills(&town, kills, point).await;
    assert_eq!(faults, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_kills_of_the_server_lose_double_and_skip_nothing() {
    the_server_is_killed(100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_a_thousand_kills_of_the_server() {
    the_server_is_killed(1000).await;
}

/// The twin that is broken on purpose: numbers come from a sequence, as is so often done.
#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_instead_of_the_counter_leaves_gaps() {
    let town = Town::published().await;
    let mut owner = owner(&town.db.databases).await;
    for statement in [
        "create sequence practice.twin",
        "create function practice.from_sequence() returns trigger language plpgsql as
         'begin new.last_number := nextval(''practice.twin''); return new; end'",
        "grant execute on function practice.from_sequence() to mappale_writer",
        "grant usage on sequence practice.twin to mappale_writer",
        "create trigger twin before update on practice.register
            for each row execute function practice.from_sequence()",
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut owner)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    let faults = server_kills(&town, 2, |_| Some("submission-event")).await;
    let found = |word: &str| faults.iter().any(|fault| fault.contains(word));
    assert!(
        found("gap or double") && found("numbers given"),
        "{faults:?}"
    );
    assert!(!found("lost"), "{faults:?}");
}

async fn the_database_is_killed(kills: usize) {
    let home = Home::new();
    let loaded = home
        .command()
        .args(["demo", "load"])
        .output()
        .expect("runs");
    assert!(
        loaded.status.success(),
        "{}",
        String::from_utf8_lossy(&loaded.stderr)
    );
    let settings = home.config();
    let cluster = Cluster::open(&settings).expect("it has a place");
    let databases = Databases::open(&settings).await.expect("opens");
    let points = Points::new(home.folder());
    let server = points.serve(home.command());
    let mut journal = Journal::new(&server).await;
    let (mut counted, mut tried) = (0, 0);
    while counted < kills {
        tried += 1;
        assert!(
            tried < kills * 2 + 8,
            "{counted} kills of {tried} had something in flight"
        );
        let mut owner = owner(&databases).await;
        let filings = journal.drafts(&mut owner, WRITERS).await;
        drop(owner);
        let point = point(tried);
        if let Some(point) = point {
            points.set(point);
        }
        let in_flight = send_all(&journal, &server, &filings);
        wait(&points, point, tried, &in_flight).await;
        let flying = in_flight.iter().any(|(_, sent)| !sent.is_finished());
        kill_database(&cluster, !tried.is_multiple_of(3)).await;
        counted += usize::from(flying);
        if let Some(point) = point {
            points.release(point);
        }
        gather(&mut journal, in_flight).await;
        // The server starts it again by itself.
        journal.settle(&server, &filings).await;
    }
    let faults = journal.faults(&databases).await;
    assert_eq!(faults, Vec::<String>::new());
    databases.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_of_the_database_lose_double_and_skip_nothing() {
    the_database_is_killed(20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_a_hundred_kills_of_the_database() {
    the_database_is_killed(100).await;
}
