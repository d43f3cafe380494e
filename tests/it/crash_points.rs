use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mappale::db::{Cluster, Databases, DbRole};

use crate::sample::{PARCELS, many_parcels};
use crate::server::Server;
use crate::submission::Points;
use crate::support::{Home, kill_database, skip};

/// Where a load can be held, in their order; the last is when all is committed.
const POINTS: [&str; 5] = [
    "load-part",
    "load-rows",
    "load-checked",
    "load-commit",
    "load-answer",
];

/// What is killed while a load is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    Program,
    Database,
    DatabaseWithChildren,
}

fn start(mut command: Command, file: &Path) -> Child {
    command
        .args(["layer", "load", PARCELS, "--comune", "X001", "--publish"])
        .arg(file)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs")
}

fn parcels(home: &Home, count: usize) -> PathBuf {
    let file = home.folder().join(format!("many-{count}.gml"));
    std::fs::write(&file, many_parcels(count)).expect("is ours");
    file
}

/// Version and number of parcels in force, and how many versions there are at all.
async fn in_force(databases: &Databases) -> (i32, i64, i64) {
    let owner = databases.address.connect(DbRole::Owner).await;
    sqlx::query_as(
        "select part.version, part.feature_count,
                (select count(*) from layer.part where layer = 'catasto.particella')
           from layer.published join layer.part on part.id = published.part_id
          where part.layer = 'catasto.particella' and published.kind = 'publish'",
    )
    .fetch_one(&mut owner.expect("connects"))
    .await
    .expect("something is in force")
}

/// What the server shows: its version of the map.
async fn shown(server: &Server) -> String {
    let (status, body) = server.get("/api/v1/comuni").await;
    assert_eq!(status, 200);
    let comuni: serde_json::Value = serde_json::from_slice(&body).expect("is JSON");
    comuni["comuni"][0]["map_version"].to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_that_is_killed_at_any_point_can_be_made_again() {
    let home = Home::new();
    home.run(&["demo", "load"]);
    let settings = home.config();
    let cluster = Cluster::open(&settings).expect("has a place");
    let databases = Databases::open(&settings).await.expect("opens");
    let points = Points::new(home.folder());
    let server = Server::start(home.command());
    let mut count = 300;
    for victim in [
        Victim::Program,
        Victim::Database,
        Victim::DatabaseWithChildren,
    ] {
        for point in POINTS {
            count += 1;
            let file = parcels(&home, count);
            let (before, map) = (in_force(&databases).await, shown(&server).await);
            points.set(point);
            let mut load = start(points.hold(home.command()), &file);
            let began = Instant::now();
            while !points.is_reached(point) {
                let ended = load.try_wait().expect("can be asked");
                assert!(ended.is_none(), "{point}: {ended:?}");
                assert!(began.elapsed() < Duration::from_secs(60), "{point}");
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            if victim == Victim::Program {
                load.kill().expect("is ours");
            } else {
                kill_database(&cluster, victim == Victim::DatabaseWithChildren).await;
            }
            points.release(point);
            let output = load.wait_with_output().expect("ends");
            cluster.ensure_running().await.expect("starts again");
            let after = in_force(&databases).await;
            if point == "load-answer" {
                // It was committed: it is there, whatever became of who asked for it.
                let new = i64::try_from(count).expect("small");
                assert_eq!(after, (before.0 + 1, new, before.2 + 1), "{victim:?}");
            } else {
                assert!(!output.status.success(), "{victim:?} at {point}");
                assert_eq!(after, before, "{victim:?} at {point}");
                assert_eq!(shown(&server).await, map, "{victim:?} at {point}");
                // Nothing hinders the same load.
                let again = start(home.command(), &file).wait_with_output();
                let again = again.expect("ends");
                let said = String::from_utf8_lossy(&again.stderr);
                assert!(again.status.success(), "{victim:?} at {point}: {said}");
                assert_eq!(in_force(&databases).await.0, before.0 + 1);
            }
        }
    }
    databases.close().await;
}

/// Takes what is free on the disk of a folder but so many megabytes.
fn fill(folder: &Path, left: u64) -> PathBuf {
    let disk = rustix::fs::statvfs(folder).expect("is a disk");
    let free = disk.f_bavail * disk.f_frsize;
    let ballast = folder.join("ballast");
    let bytes = usize::try_from(free.saturating_sub(left << 20)).expect("fits");
    std::fs::write(&ballast, vec![0_u8; bytes]).expect("there is room");
    ballast
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_publishes_nothing_and_loses_nothing() {
    let Some(home) = Home::on_small_disk(700) else {
        skip("a small disk can be mounted by root only");
        return;
    };
    home.run(&["demo", "load"]);
    let settings = home.config();
    let cluster = Cluster::open(&settings).expect("has a place");
    let databases = Databases::open(&settings).await.expect("opens");
    let before = in_force(&databases).await;
    let file = parcels(&home, 20_000);
    // The rows do not fit; then not even a page does.
    for left in [8, 1, 0] {
        let ballast = fill(home.folder(), left);
        let output = start(home.command(), &file)
            .wait_with_output()
            .expect("ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{left} MB: {said}");
        assert!(said.contains("mappale: "), "{left} MB: {said}");
        std::fs::remove_file(&ballast).expect("is ours");
        cluster
            .ensure_running()
            .await
            .expect("goes on, or starts again");
        assert_eq!(in_force(&databases).await, before, "{left} MB: {said}");
    }
    let output = start(home.command(), &file)
        .wait_with_output()
        .expect("ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(in_force(&databases).await.1, 20_000);
    databases.close().await;
}
