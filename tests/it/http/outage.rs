//! The database away, the server killed, clients that send nothing.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use mappale::db::{Cluster, State};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::server::Server;
use crate::support::{TestDb, config, program, url};

const TILE: &str = "/tiles/catasto.foglio,catasto.particella/16/34472/23417";
const PLACE: &str = "/api/v1/place?lon=9.3619635&lat=45.6074641";
const REFERENCE: &str = "X001_000300.21";

/// A `var` folder with a database server of its own, which ends with the test.
struct Home {
    var: PathBuf,
    _folder: TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("mappale-outage-")
            .tempdir()
            .expect("temporary folders can be made");
        // The database's user, who is not root, must reach it.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("is ours");
        Self {
            var: folder.path().join("var"),
            _folder: folder,
        }
    }

    fn command(&self) -> Command {
        let mut command = program();
        command.env("MAPPALE_VAR", &self.var);
        command
    }

    fn run(&self, arguments: &[&str]) {
        let output = self.command().args(arguments).output().expect("runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
    }

    async fn status(&self) -> mappale::db::Status {
        let config = config(vec![("MAPPALE_VAR".into(), self.var.clone().into())]);
        let cluster = Cluster::open(&config).expect("it has a place");
        cluster.status().await.expect("it has a status")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = self.command().args(["db", "stop"]).output();
    }
}

/// Checks that what is in memory is served.
async fn assert_serves(server: &Server) {
    assert_eq!(server.get("/health").await.0, 200);
    let (status, tile) = server.get(TILE).await;
    assert_eq!(status, 200);
    assert_eq!(crate::mvt::decode(&tile).len(), 4);
    for path in [PLACE, "/luogo?lon=9.3619635&lat=45.6074641"] {
        let (status, body) = server.get(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(String::from_utf8_lossy(&body).contains(REFERENCE), "{path}");
    }
}

#[tokio::test]
async fn the_map_goes_on_without_the_database() {
    let home = Home::new();
    home.run(&["demo", "load"]);

    // A server that was given the address of its database cannot start it.
    let socket = home.status().await.socket;
    let elsewhere = tempfile::tempdir().expect("temporary folders can be made");
    let mut command = program();
    command
        .env("MAPPALE_VAR", elsewhere.path())
        .env("DATABASE_URL", url(&socket, "mappale"));
    let server = Server::start(command);
    server
        .wait_for("/ready", 200, Duration::from_secs(10))
        .await;
    assert_serves(&server).await;
    home.run(&["db", "stop"]);
    server
        .wait_for("/ready", 503, Duration::from_secs(15))
        .await;
    assert_serves(&server).await;
    let (_, body) = server.get("/ready").await;
    assert!(String::from_utf8_lossy(&body).contains("\"down\""));
    home.run(&["db", "start"]);
    server
        .wait_for("/ready", 200, Duration::from_secs(10))
        .await;
    assert_serves(&server).await;
    drop(server);

    // Killed and started again, it finds its own database running and all of its map.
    let mut server = Server::start(home.command());
    server
        .wait_for("/ready", 200, Duration::from_secs(10))
        .await;
    server.kill();
    let server = Server::start(home.command());
    server
        .wait_for("/ready", 200, Duration::from_secs(10))
        .await;
    assert_serves(&server).await;

    // Its own database, killed, it starts again by itself.
    let State::Running { pid, .. } = home.status().await.state else {
        panic!("the database does not run");
    };
    let raw = i32::try_from(pid).expect("process ids are small");
    kill_process(Pid::from_raw(raw).expect("not 0"), Signal::KILL).expect("may be killed");
    let start = Instant::now();
    loop {
        assert_serves(&server).await;
        let again = match home.status().await.state {
            State::Running { pid: new, answers } => new != pid && answers,
            _ => false,
        };
        if again {
            break;
        }
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "it was not started again"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    server
        .wait_for("/ready", 200, Duration::from_secs(10))
        .await;
}

#[tokio::test]
async fn a_client_that_never_ends_its_request_is_left() {
    let db = TestDb::new().await;
    db.databases.migrate().await.expect("is migrated already");
    let server = Server::start(db.command());
    let mut half = TcpStream::connect(server.address).expect("connects");
    half.write_all(b"GET /health HTTP/1.1\r\nHos")
        .expect("can be sent");
    let start = Instant::now();
    // Others are served meanwhile.
    assert_eq!(server.get("/health").await.0, 200);
    let ended = tokio::task::spawn_blocking(move || {
        half.set_read_timeout(Some(Duration::from_secs(15)))
            .expect("can be set");
        let mut rest = Vec::new();
        half.read_to_end(&mut rest)
            .expect("the server closes the connection");
    });
    ended.await.expect("was closed");
    assert!(
        start.elapsed() > Duration::from_secs(5),
        "a slow client has some time"
    );
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_answers_what_it_began() {
    let db = TestDb::new().await;
    let mut server = Server::start(db.command());
    assert_eq!(server.get("/health").await.0, 200);
    let status = server.stop();
    assert!(status.success(), "{status}");
}
