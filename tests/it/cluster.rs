//! The private cluster: made, started, adopted and stopped, by the program itself.

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use mappale::config::Config;
use mappale::db::{Cluster, Databases, DbRole, State};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use sqlx::Connection;
use tempfile::TempDir;

use crate::support;

/// A `var` folder whose cluster, if there is one, ends with the test.
struct Home {
    var: PathBuf,
    _folder: TempDir,
}

impl Home {
    /// A folder that everybody can enter.
    fn new() -> Self {
        Self::below(0o755, "var")
    }

    fn below(mode: u32, path: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("mappale-cluster-")
            .tempdir()
            .expect("temporary folders can be made");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode))
            .expect("the folder is ours");
        Self {
            var: folder.path().join(path),
            _folder: folder,
        }
    }

    fn config(&self) -> Config {
        support::config(vec![("MAPPALE_VAR".into(), self.var.clone().into())])
    }

    fn cluster(&self) -> Cluster {
        Cluster::open(&self.config()).expect("the cluster has a place")
    }

    /// The program, to be run on this folder.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = support::program();
        command.env("MAPPALE_VAR", &self.var).args(arguments);
        command
    }

    /// Process id of the postmaster, which must answer.
    async fn pid(&self) -> u32 {
        let status = self.cluster().status().await.expect("it has a status");
        match status.state {
            State::Running { pid, answers: true } => pid,
            other => panic!("the cluster is {other:?}"),
        }
    }

    async fn kill_postmaster(&self) -> u32 {
        let pid = self.pid().await;
        kill_process(to_pid(pid), Signal::KILL).expect("the postmaster can be killed");
        while fs::read_to_string(format!("/proc/{pid}/stat"))
            .is_ok_and(|stat| !stat.contains(") Z "))
        {
            std::thread::sleep(Duration::from_millis(5));
        }
        pid
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = self.command(&["db", "stop"]).output();
        // A cluster that was moved is below a folder named after this one alone.
        if let Ok(moved) = fs::read_to_string(self.var.join("pg.location"))
            && let Some(parent) = Path::new(moved.trim()).parent()
            && parent.starts_with("/var/lib/mappale/")
        {
            let _ = fs::remove_dir_all(parent);
        }
    }
}

fn to_pid(pid: u32) -> Pid {
    let raw = i32::try_from(pid).expect("process ids are small");
    Pid::from_raw(raw).expect("and not 0")
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The sockets of the network on which a process listens.
fn listens_on_network(pid: u32) -> bool {
    let mut own = Vec::new();
    for entry in fs::read_dir(format!("/proc/{pid}/fd"))
        .expect("its files can be listed")
        .flatten()
    {
        if let Ok(target) = fs::read_link(entry.path())
            && let Some(socket) = target
                .to_string_lossy()
                .strip_prefix("socket:[")
                .and_then(|rest| rest.strip_suffix(']'))
        {
            own.push(socket.to_owned());
        }
    }
    assert!(!own.is_empty(), "a postmaster has at least its unix socket");
    ["/proc/net/tcp", "/proc/net/tcp6"].iter().any(|table| {
        fs::read_to_string(table)
            .unwrap_or_default()
            .lines()
            .filter_map(|line| line.split_whitespace().nth(9))
            .any(|inode| own.iter().any(|socket| socket == inode))
    })
}

#[tokio::test]
async fn an_empty_folder_becomes_a_cluster_of_our_own() {
    let home = Home::new();
    let databases = Databases::open(&home.config()).await.expect("it starts");
    let pid = home.pid().await;
    assert!(!listens_on_network(pid));

    // Started again, by this program and by another, it is the same.
    let again = Databases::open(&home.config())
        .await
        .expect("it is adopted");
    again.close().await;
    let output = home.command(&["db", "start"]).output().expect("runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("running already"),
        "{text}"
    );
    assert_eq!(home.pid().await, pid);

    let mut owner = databases.address.connect(DbRole::Owner).await.expect("may");
    for (setting, value) in [
        ("data_checksums", "on"),
        ("listen_addresses", ""),
        ("fsync", "on"),
        ("server_encoding", "UTF8"),
        ("jit", "off"),
    ] {
        let found: String = sqlx::query_scalar("select current_setting($1)")
            .bind(setting)
            .fetch_one(&mut owner)
            .await
            .expect("answers");
        assert_eq!(found, value, "{setting}");
    }
    // Sessions have the limits of their role, whoever opens them.
    let limits: Vec<(String, String)> = sqlx::query_as(
        "select rolname::text, array_to_string(rolconfig, ' ') from pg_roles
         where rolname like 'mappale\\_%' order by 1",
    )
    .fetch_all(&mut owner)
    .await
    .expect("answers");
    let roles: Vec<&str> = limits.iter().map(|(role, _)| role.as_str()).collect();
    assert_eq!(
        roles,
        [
            "mappale_census",
            "mappale_owner",
            "mappale_reader",
            "mappale_writer"
        ]
    );
    assert!(limits[2].1.contains("statement_timeout=2s"), "{limits:?}");
    assert!(
        limits[2].1.contains("default_transaction_read_only=on"),
        "{limits:?}"
    );
    // Nobody else may even connect to our database.
    let public: bool = sqlx::query_scalar(
        "select coalesce(bool_or(grantee = 0), false)
         from pg_database, aclexplode(datacl) where datname = current_database()",
    )
    .fetch_one(&mut owner)
    .await
    .expect("answers");
    assert!(!public);
    owner.close().await.expect("closes");
    databases.close().await;

    let status = home.command(&["db", "status"]).output().expect("runs");
    let text = String::from_utf8_lossy(&status.stdout);
    for word in [
        "It lies in",
        &pid.to_string(),
        "socket",
        "PostGIS 3",
        "PROJ",
        "No migration",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
    let migrated = home.command(&["db", "migrate"]).output().expect("runs");
    assert!(migrated.status.success());
    let stopped = home.command(&["db", "stop"]).output().expect("runs");
    assert!(stopped.status.success());
    let state = home.cluster().status().await.expect("has one").state;
    assert_eq!(state, State::Stopped);
}

#[tokio::test]
async fn a_cluster_outlives_the_process_group_that_started_it() {
    let home = Home::new();
    // A shell that starts the cluster and goes on, all in one process group.
    let mut starter = Command::new("/bin/sh");
    starter
        .args(["-c", r#""$0" db start && echo up && sleep 600"#])
        .arg(env!("CARGO_BIN_EXE_mappale"))
        .env("MAPPALE_VAR", &home.var)
        .env_remove("DATABASE_URL")
        .stdout(Stdio::piped())
        .process_group(0);
    let mut starter = starter.spawn().expect("a shell runs");
    let mut output = starter.stdout.take().expect("is a pipe");
    let mut heard = String::new();
    let mut byte = [0];
    while !heard.ends_with("up\n") {
        assert_eq!(output.read(&mut byte).expect("readable"), 1, "{heard}");
        heard.push(char::from(byte[0]));
    }
    let pid = home.pid().await;
    kill_process_group(to_pid(starter.id()), Signal::KILL).expect("the group can be killed");
    starter.wait().expect("ends");
    // The pipe ends too: the postmaster has inherited none of it.
    let mut rest = Vec::new();
    output.read_to_end(&mut rest).expect("readable");

    let cluster = home.cluster();
    assert!(!cluster.start().await.expect("is adopted"), "started anew");
    assert_eq!(home.pid().await, pid);
}

#[tokio::test]
async fn starters_killed_half_way_leave_nothing_that_hinders_the_next() {
    let home = Home::new();
    // Densely where the database and the extension are made: the server goes on with a
    // statement whose client is dead, and the next starter comes in upon it.
    for delay_ms in [40, 150, 400, 700, 1000, 120, 160, 200, 240, 280, 320] {
        let mut starter = home.command(&["db", "start"]);
        let mut starter = starter
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("runs");
        std::thread::sleep(Duration::from_millis(delay_ms));
        let _ = starter.kill();
        starter.wait().expect("ends");
    }
    let databases = Databases::open(&home.config()).await.expect("it starts");
    databases.migrate().await.expect("and is whole");
    databases.close().await;
}

#[tokio::test]
async fn two_starts_at_once_make_one_cluster() {
    let home = Home::new();
    let start = || {
        home.command(&["db", "start"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs")
    };
    let starters = [start(), start(), start()];
    let mut said = String::new();
    for starter in starters {
        let output = starter.wait_with_output().expect("ends");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        said.push_str(&String::from_utf8_lossy(&output.stdout));
    }
    let pid = home.pid().await;
    assert_eq!(
        said.matches(&format!("process {pid} ")).count(),
        3,
        "{said}"
    );
}

#[tokio::test]
async fn the_socket_of_a_deep_folder_has_a_short_path() {
    let home = Home::below(0o755, &format!("{}a 'b\", c/var", "deep/".repeat(20)));
    let databases = Databases::open(&home.config()).await.expect("it starts");
    databases.ping().await.expect("it answers");
    databases.close().await;
    let socket = home.cluster().status().await.expect("has one").socket;
    let file = socket.join(".s.PGSQL.5432");
    assert!(file.exists() && file.as_os_str().len() < 100, "{file:?}");
    let mode = fs::metadata(&socket)
        .expect("is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    drop(home);
    let _ = fs::remove_dir_all(socket);
}

#[tokio::test]
async fn a_cluster_whose_user_cannot_reach_var_goes_elsewhere() {
    if !is_root() {
        support::skip("only root has a cluster under another user");
        return;
    }
    let home = Home::below(0o700, "var");
    let output = home.command(&["db", "start"]).output().expect("runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert!(
        text.contains("/var/lib/mappale/") && text.contains("cannot reach"),
        "{text}"
    );
    assert!(!home.var.join("pg").exists());
    let pid = home.pid().await;
    let status = home.cluster().status().await.expect("has one");
    assert!(status.moved);
    // It is found again, also when the folder has become open meanwhile.
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(home._folder.path(), open).expect("is ours");
    home.cluster().ensure_running().await.expect("is adopted");
    assert_eq!(home.pid().await, pid);
}

#[tokio::test]
async fn a_half_made_cluster_is_cleared_and_made_anew() {
    let home = Home::new();
    home.cluster().ensure_running().await.expect("it starts");
    home.cluster().stop().await.expect("it stops");
    // As an initdb that was killed would leave it: under its temporary name, with holes.
    let pg = home.var.join("pg");
    fs::rename(pg.join("data"), pg.join("data.new-0")).expect("is ours");
    fs::remove_file(pg.join("data.new-0/PG_VERSION")).expect("is ours");
    home.cluster().ensure_running().await.expect("it starts");
    assert!(pg.join("data/PG_VERSION").exists());
    assert!(!pg.join("data.new-0").exists());

    // Something else under the name of the data is not touched.
    home.cluster().stop().await.expect("it stops");
    fs::remove_file(pg.join("data/PG_VERSION")).expect("is ours");
    let error = home.cluster().ensure_running().await;
    let error = error.expect_err("it is no cluster").to_string();
    assert!(error.contains("neither empty nor a cluster"), "{error}");
    assert!(pg.join("data/base").exists());
}

#[tokio::test]
async fn a_killed_postmaster_is_replaced_and_its_stale_notes_do_not_matter() {
    let home = Home::new();
    let databases = Databases::open(&home.config()).await.expect("it starts");
    let mut owner = databases.address.connect(DbRole::Owner).await.expect("may");
    sqlx::raw_sql("create table public.kept (id bigint); insert into public.kept values (1)")
        .execute(&mut owner)
        .await
        .expect("can be written");
    drop(owner);

    let killed = home.kill_postmaster().await;
    databases.revive().await.expect("it starts again");
    assert_ne!(home.pid().await, killed);
    databases.ping().await.expect("old pools find it again");

    // The number of a dead postmaster now belongs to another program of the same user.
    let killed = home.kill_postmaster().await;
    let note = home.var.join("pg/data/postmaster.pid");
    let text = fs::read_to_string(&note).expect("its note is there");
    let owner = fs::metadata(&note).expect("has an owner");
    let mut other = Command::new("/bin/sleep");
    other.arg("600").current_dir("/");
    if is_root() {
        use std::os::unix::fs::MetadataExt;
        other.uid(owner.uid()).gid(owner.gid());
    }
    let mut other = other.spawn().expect("runs");
    let reused = text.replacen(&killed.to_string(), &other.id().to_string(), 1);
    fs::write(&note, reused).expect("can be written");
    let revived = databases.revive().await;
    other.kill().expect("is ours");
    other.wait().expect("ends");
    revived.expect("it starts again");

    let mut owner = databases.address.connect(DbRole::Owner).await.expect("may");
    let kept: i64 = sqlx::query_scalar("select count(*) from public.kept")
        .fetch_one(&mut owner)
        .await
        .expect("answers");
    assert_eq!(kept, 1, "what was committed is there");
    owner.close().await.expect("closes");
    databases.close().await;
}
