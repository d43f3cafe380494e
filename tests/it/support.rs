//! Databases for tests: each test has its own, cloned from a migrated template.
//!
//! They live in a private cluster below the build folder (or the one of `MAPPALE_TEST_VAR`),
//! which is started by the first test that needs it and left running for the next run.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use mappale::config::Config;
use mappale::db::{Cluster, Databases, State, fingerprint};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Lock of the server that lets one process at a time make the template.
const TEMPLATE_LOCK: i64 = 0x6d61_7070_616c_6502;

/// Folder of the socket of the server, once it runs and has the template.
static SERVER: OnceCell<PathBuf> = OnceCell::const_new();

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A database of one test, dropped with it.
pub(crate) struct TestDb {
    /// Settings of a program that works on this database, with a `var` folder of its own.
    pub(crate) config: Config,
    /// The ways into it.
    pub(crate) databases: Databases,
    name: String,
    variables: Vec<(OsString, OsString)>,
    _var: TempDir,
}

impl TestDb {
    /// A database with the whole schema and no rows.
    pub(crate) async fn new() -> Self {
        Self::cloned_from(&template_name()).await
    }

    /// A database with PostGIS and without any schema of ours.
    pub(crate) async fn unmigrated() -> Self {
        Self::cloned_from("template1").await
    }

    async fn cloned_from(template: &str) -> Self {
        let socket = SERVER.get_or_init(server).await;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("mappale_test_{}_{number}", std::process::id());
        let mut admin = admin(socket).await;
        create(&mut admin, &name, template).await;
        admin.close().await.expect("the session can be closed");

        let var = tempfile::tempdir().expect("temporary folders can be made");
        let variables = vec![
            ("MAPPALE_VAR".into(), var.path().as_os_str().to_owned()),
            ("DATABASE_URL".into(), url(socket, &name).into()),
        ];
        let config = config(variables.clone());
        let databases = Databases::open(&config)
            .await
            .expect("a database made a moment ago opens");
        Self {
            config,
            databases,
            name,
            variables,
            _var: var,
        }
    }

    /// The program itself, to be run on this database.
    pub(crate) fn command(&self) -> Command {
        let mut command = program();
        command.envs(self.variables.iter().cloned());
        command
    }

    /// One connection of the superuser.
    pub(crate) async fn superuser(&self) -> PgConnection {
        let socket = SERVER.get_or_init(server).await;
        PgConnection::connect_with(&options(socket).database(&self.name))
            .await
            .expect("the superuser may connect")
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let Some(socket) = SERVER.get().cloned() else {
            return;
        };
        let name = std::mem::take(&mut self.name);
        // The runtime of the test is busy with this very drop.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime can be made");
            runtime.block_on(async {
                let mut admin = admin(&socket).await;
                drop_database(&mut admin, &name).await;
            });
        });
        // What is left is dropped by the next run.
        let _ = dropped.join();
    }
}

/// The program, run from the source folder with nothing of our own settings.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mappale"));
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("MAPPALE_") || name == "DATABASE_URL" {
            command.env_remove(&*name);
        }
    }
    command
}

/// Says that a test could not be made here, and why.
#[expect(
    clippy::print_stderr,
    reason = "the runner of the tests counts these lines"
)]
pub(crate) fn skip(reason: &str) {
    eprintln!("skipped: {reason}");
}

/// Settings of the source folder with these variables.
pub(crate) fn config(variables: Vec<(OsString, OsString)>) -> Config {
    Config::read(
        variables,
        Path::new(env!("CARGO_BIN_EXE_mappale")),
        Path::new(env!("CARGO_MANIFEST_DIR")),
    )
    .expect("settings of tests are good")
}

/// Starts the server, makes the template where it is missing, clears what dead runs left.
async fn server() -> PathBuf {
    let var = std::env::var_os("MAPPALE_TEST_VAR").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("test-var"),
        PathBuf::from,
    );
    let config = config(vec![("MAPPALE_VAR".into(), var.into())]);
    let cluster = Cluster::open(&config).expect("a private cluster has a place");
    cluster
        .ensure_running()
        .await
        .expect("the private cluster of the tests starts");
    let socket = cluster.status().await.expect("it has a status").socket;

    let mut admin = admin(&socket).await;
    // Tests kill processes and never the machine: what the system has taken survives. Tests of
    // the cluster itself have clusters of their own, set as in use.
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        run(&mut admin, format!("alter system set {setting} = off")).await;
    }
    run(&mut admin, "select pg_reload_conf()".to_owned()).await;
    sqlx::query("select pg_advisory_lock($1)")
        .bind(TEMPLATE_LOCK)
        .execute(&mut admin)
        .await
        .expect("the lock can be waited for");
    let names: Vec<String> = sqlx::query_scalar("select datname::text from pg_database")
        .fetch_all(&mut admin)
        .await
        .expect("databases can be listed");
    let template = template_name();
    for name in &names {
        let old = name.starts_with("mappale_template_") && *name != template;
        if old || is_of_dead_run(name) {
            drop_database(&mut admin, name).await;
        }
    }
    if !names.contains(&template) {
        make_template(&mut admin, &socket, &template).await;
    }
    // Closing gives the lock back.
    admin.close().await.expect("the session can be closed");
    socket
}

/// Makes the template under another name first: one that has the name is complete.
async fn make_template(admin: &mut PgConnection, socket: &Path, template: &str) {
    let making = format!("mappale_test_{}_template", std::process::id());
    create(admin, &making, "template1").await;
    let config = config(vec![("DATABASE_URL".into(), url(socket, &making).into())]);
    let databases = Databases::open(&config).await.expect("the template opens");
    databases.migrate().await.expect("all migrations apply");
    databases.close().await;
    run(
        admin,
        format!("alter database {making} rename to {template}"),
    )
    .await;
}

fn template_name() -> String {
    format!("mappale_template_{}", fingerprint())
}

/// Whether a database belongs to a test process that no longer lives.
fn is_of_dead_run(database: &str) -> bool {
    database
        .strip_prefix("mappale_test_")
        .and_then(|rest| rest.split('_').next())
        .is_some_and(|pid| !Path::new("/proc").join(pid).exists())
}

async fn create(admin: &mut PgConnection, name: &str, template: &str) {
    let statement = format!("create database {name} template {template} owner mappale_owner");
    run(admin, statement).await;
}

async fn drop_database(admin: &mut PgConnection, name: &str) {
    run(
        admin,
        format!("drop database if exists {name} with (force)"),
    )
    .await;
}

async fn run(connection: &mut PgConnection, statement: String) {
    let done = sqlx::raw_sql(AssertSqlSafe(statement.clone()))
        .execute(connection)
        .await;
    if let Err(error) = done {
        panic!("{statement}: {error}");
    }
}

async fn admin(socket: &Path) -> PgConnection {
    PgConnection::connect_with(&options(socket).database("postgres"))
        .await
        .expect("the superuser may connect")
}

fn options(socket: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(socket)
        .port(5432)
        .username("postgres")
        .ssl_mode(PgSslMode::Disable)
}

/// The address of a database, as it is given in `DATABASE_URL`.
pub(crate) fn url(socket: &Path, database: &str) -> String {
    url_of("postgres", socket, database)
}

/// The address of a database for a user.
pub(crate) fn url_of(user: &str, socket: &Path, database: &str) -> String {
    let socket = socket.display().to_string().replace('/', "%2F");
    format!("postgres://{user}@{socket}:5432/{database}?sslmode=disable")
}

/// A `var` folder with a database server of its own, set as in use, which ends with the test.
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("mappale-home-")
            .tempdir()
            .expect("temporary folders can be made");
        // The database's user, who is not root, must reach it.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("is ours");
        Self { folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn variables(&self) -> Vec<(OsString, OsString)> {
        vec![("MAPPALE_VAR".into(), self.folder.path().join("var").into())]
    }

    pub(crate) fn config(&self) -> Config {
        config(self.variables())
    }

    /// The program itself, to be run here.
    pub(crate) fn command(&self) -> Command {
        let mut command = program();
        command.envs(self.variables());
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = self.command().args(["db", "stop"]).output();
    }
}

/// Kills the postmaster, and where asked whatever it has started.
pub(crate) async fn kill_database(cluster: &Cluster, with_children: bool) {
    let State::Running { pid, .. } = cluster.status().await.expect("has a status").state else {
        panic!("the database does not run");
    };
    let children = match with_children {
        true => crate::crash::children_of(pid),
        false => Vec::new(),
    };
    let raw = i32::try_from(pid).expect("process ids are small");
    kill_process(Pid::from_raw(raw).expect("not 0"), Signal::KILL).expect("may be killed");
    for child in children {
        // It may have seen already that its parent is gone.
        let _ = kill_process(child, Signal::KILL);
    }
}
