//! The private cluster: a PostgreSQL of our own, made from the installed programs.
//!
//! Everything of it lies in one folder, `var/pg` (see [`place`]): `data`, `socket`, `log`.
//! It listens on a unix socket only and believes the operating system who calls. The
//! postmaster runs in a session of its own and outlives the server that started it, so a
//! server that was killed finds it again; two servers may use one cluster.

mod place;
mod process;
mod settings;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use process::{OsUser, Postmaster};

use super::address::{Address, SOCKET_PORT};
use super::{Error as DbError, bootstrap};
use crate::config::Config;

/// How long a start may take; recovery after a crash is part of it.
const START_TIMEOUT: Duration = Duration::from_secs(90);

/// How long the processes of a killed postmaster may take to end.
const ORPHAN_TIMEOUT: Duration = Duration::from_secs(30);

/// What can go wrong with the private cluster.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No programs of PostgreSQL.
    #[error(
        "no PostgreSQL server is installed: install postgresql and postgis, \
         or set MAPPALE_PG_BIN to the folder of postgres and initdb, or DATABASE_URL to a server"
    )]
    NotInstalled,
    /// A user of the operating system that cannot be used.
    #[error("operating-system user {user}: {reason}")]
    User {
        /// Name or number.
        user: String,
        /// Why it cannot be used.
        reason: String,
    },
    /// A file or folder that cannot be used.
    #[error("private cluster: cannot {action} {}: {source}", .path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder that is not what it must be.
    #[error("private cluster: {} {reason}", .path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A program that failed.
    #[error("private cluster: {program} failed: {output}")]
    Program {
        /// Which.
        program: String,
        /// What it printed, at the end.
        output: String,
    },
    /// A postmaster that did not come up.
    #[error("private cluster in {} did not start; the end of its log:\n{log}", .folder.display())]
    Start {
        /// The folder of the cluster.
        folder: PathBuf,
        /// The last lines of its log.
        log: String,
    },
    /// A postmaster that runs and does not answer.
    #[error(
        "private cluster in {} runs as process {pid} and does not answer; \
         mappale db stop ends it; the end of its log:\n{log}", .folder.display()
    )]
    Silent {
        /// The folder of the cluster.
        folder: PathBuf,
        /// The postmaster.
        pid: u32,
        /// The last lines of its log.
        log: String,
    },
    /// Work in the background that was given up.
    #[error("private cluster: given up, the program is stopping")]
    Stopping,
}

/// What the cluster is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// There is none yet.
    Absent,
    /// It exists and does not run.
    Stopped,
    /// It runs.
    Running {
        /// Process id of the postmaster.
        pid: u32,
        /// Whether it lets us in.
        answers: bool,
    },
}

/// Where the cluster is and what it is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Folder of the cluster.
    pub folder: PathBuf,
    /// Whether it lies elsewhere than in `var/pg`, because its user cannot reach that.
    pub moved: bool,
    /// Folder of the socket.
    pub socket: PathBuf,
    /// The operating-system user it runs under.
    pub user: String,
    /// What it is doing.
    pub state: State,
}

/// The private cluster of a `var` folder; cheap to clone.
#[derive(Debug, Clone)]
pub struct Cluster {
    folder: PathBuf,
    moved: bool,
    lock: PathBuf,
    socket: PathBuf,
    bin: PathBuf,
    /// Who runs this program.
    runner: OsUser,
    /// Who PostgreSQL runs under.
    user: OsUser,
}

impl Cluster {
    /// Finds the place of the cluster, and makes its folder when there is none.
    ///
    /// # Errors
    /// When PostgreSQL is not installed, or no folder can be made that its user can reach.
    pub fn open(config: &Config) -> Result<Self, Error> {
        let bin = config.pg_bin.clone().ok_or(Error::NotInstalled)?;
        let runner = OsUser::running()?;
        let place = place::settle(&config.var, &runner)?;
        Ok(Self {
            socket: place::socket(&place.folder, &place.user),
            folder: place.folder,
            moved: place.moved,
            lock: place.lock,
            bin,
            runner,
            user: place.user,
        })
    }

    /// Where the cluster is and what it is doing.
    ///
    /// # Errors
    /// When its folder cannot be read.
    pub async fn status(&self) -> Result<Status, DbError> {
        let state = match self.postmaster()? {
            Some(postmaster) => State::Running {
                pid: postmaster.pid,
                answers: Address::of_socket(&postmaster.socket, "postgres")
                    .connect_as_given()
                    .await
                    .is_ok(),
            },
            None if self.exists() => State::Stopped,
            None => State::Absent,
        };
        Ok(Status {
            folder: self.folder.clone(),
            moved: self.moved,
            socket: self.socket.clone(),
            user: self.user.name.clone(),
            state,
        })
    }

    /// Makes the cluster where there is none, starts it where it does not run, and returns
    /// where our database is. A postmaster that runs already is adopted.
    ///
    /// Processes that do so at once take turns.
    ///
    /// # Errors
    /// When it cannot be made or started; the error has the last lines of its log.
    pub async fn ensure_running(&self) -> Result<Address, DbError> {
        // A task of its own: whoever stops waiting must not leave it half-way.
        let this = self.clone();
        let task = tokio::spawn(async move {
            let cluster = this.clone();
            let (lock, postmaster) = in_background(move || cluster.start_locked()).await?;
            let address = this.answer(&postmaster).await;
            drop(lock);
            address
        });
        task.await.map_err(|_| Error::Stopping)?
    }

    /// The same as [`Cluster::ensure_running`], for the command that says so; returns
    /// whether the cluster had to be started.
    ///
    /// # Errors
    /// As [`Cluster::ensure_running`].
    pub async fn start(&self) -> Result<bool, DbError> {
        let running = self.postmaster()?.map(|postmaster| postmaster.pid);
        self.ensure_running().await?;
        Ok(self.postmaster()?.map(|postmaster| postmaster.pid) != running)
    }

    /// How many others are connected to the cluster, when it runs and answers.
    ///
    /// # Errors
    /// When it runs and does not answer.
    pub async fn others_connected(&self) -> Result<Option<i64>, DbError> {
        let Some(postmaster) = self.postmaster()? else {
            return Ok(None);
        };
        let mut connection = Address::of_socket(&postmaster.socket, "postgres")
            .connect_as_given()
            .await?;
        let others = sqlx::query_scalar(
            "select count(*) from pg_stat_activity
             where backend_type = 'client backend' and pid <> pg_backend_pid()",
        )
        .fetch_one(&mut connection)
        .await?;
        Ok(Some(others))
    }

    /// Stops the cluster: sessions are ended, what they had not committed is undone.
    /// Returns whether it was running.
    ///
    /// # Errors
    /// When it does not stop.
    pub async fn stop(&self) -> Result<bool, DbError> {
        let cluster = self.clone();
        let stopped = in_background(move || cluster.stop_locked()).await?;
        Ok(stopped)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Whether there is a cluster, made to the end.
    fn exists(&self) -> bool {
        self.data().join("PG_VERSION").exists()
    }

    fn postmaster(&self) -> Result<Option<Postmaster>, Error> {
        process::postmaster(&self.data(), &self.socket)
    }

    /// The command of a program of PostgreSQL, run under its user in its folder.
    fn program(&self, name: &str) -> std::process::Command {
        let mut command = process::command(self.bin.join(name), &self.runner, &self.user);
        command.current_dir(&self.folder);
        command
    }

    fn lock(&self) -> Result<File, Error> {
        process::lock(&self.lock)
    }

    /// Runs with the lock held until the caller drops it.
    fn start_locked(&self) -> Result<(File, Postmaster), Error> {
        let lock = self.lock()?;
        if let Some(postmaster) = self.postmaster()? {
            return Ok((lock, postmaster));
        }
        if !self.exists() {
            settings::initialise(self)?;
        }
        place::prepare_socket(self)?;
        settings::write(self)?;
        self.forget_stale_pid()?;
        let started = Instant::now();
        loop {
            // An orphan of a killed starter may have been faster.
            if let Some(postmaster) = self.postmaster()? {
                return Ok((lock, postmaster));
            }
            let failed = match self.launch()? {
                Launch::Up(postmaster) => return Ok((lock, postmaster)),
                Launch::Failed(log) => log,
            };
            // Processes of a postmaster that was killed still hold its memory, or another
            // program (with another lock) was faster.
            let again = failed.contains("is still in use") || failed.contains("already exists");
            if !again || started.elapsed() > ORPHAN_TIMEOUT {
                return Err(Error::Start {
                    folder: self.folder.clone(),
                    log: failed,
                });
            }
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    /// Starts the postmaster once and waits until it is ready.
    fn launch(&self) -> Result<Launch, Error> {
        process::rotate_log(self)?;
        let before = process::log_length(&self.folder);
        // pg_ctl gives the postmaster a session of its own and the log as its output, so
        // that it shares nothing with us. Paths are relative, for it hands them to a shell.
        let mut command = self.program("pg_ctl");
        command
            .args(["start", "-D", "data", "-l", "log", "-w", "-t"])
            .arg(START_TIMEOUT.as_secs().to_string());
        match process::run(&mut command) {
            Ok(()) => {}
            Err(Error::Program { .. }) => {
                return Ok(Launch::Failed(process::log_tail(&self.folder, before)));
            }
            Err(error) => return Err(error),
        }
        match self.postmaster()? {
            Some(postmaster) => Ok(Launch::Up(postmaster)),
            None => Ok(Launch::Failed(process::log_tail(&self.folder, before))),
        }
    }

    /// Removes the notes of a postmaster that is gone where PostgreSQL itself would not:
    /// when its process id now belongs to another program, perhaps of the same user. That
    /// no process of it still works on the data PostgreSQL checks by its shared memory.
    fn forget_stale_pid(&self) -> Result<(), Error> {
        if !process::number_is_reused(&self.data(), &self.socket)? {
            return Ok(());
        }
        let socket = self.socket.join(format!(".s.PGSQL.{SOCKET_PORT}.lock"));
        let mut remove = self.program("/bin/rm");
        process::run(remove.args(["-f", "data/postmaster.pid"]).arg(socket))
    }

    /// Waits until the postmaster lets us in, and makes what our database lacks.
    async fn answer(&self, postmaster: &Postmaster) -> Result<Address, DbError> {
        let started = Instant::now();
        loop {
            let error = match bootstrap::private_cluster(&postmaster.socket).await {
                Ok(address) => return Ok(address),
                Err(error) => error,
            };
            let starting = match &error {
                // 57P03: it is still starting, or recovering.
                DbError::Connect { .. } if error.code().as_deref() == Some("57P03") => true,
                DbError::Connect {
                    source: sqlx::Error::Io(_),
                    ..
                } => true,
                _ => false,
            };
            if !starting {
                return Err(error);
            }
            if started.elapsed() > START_TIMEOUT || !postmaster.lives(&self.data()) {
                return Err(DbError::Cluster(Error::Silent {
                    folder: self.folder.clone(),
                    pid: postmaster.pid,
                    log: process::log_tail(&self.folder, 0),
                }));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn stop_locked(&self) -> Result<bool, Error> {
        let _lock = self.lock()?;
        if self.postmaster()?.is_none() {
            return Ok(false);
        }
        let mut command = self.program("pg_ctl");
        command
            .args(["stop", "-D", "data", "-m", "fast", "-w", "-t"])
            .arg(START_TIMEOUT.as_secs().to_string());
        process::run(&mut command)?;
        Ok(true)
    }

    /// Folder of the cluster.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// How an attempt to start ended.
enum Launch {
    Up(Postmaster),
    /// With these lines in the log.
    Failed(String),
}

/// Runs work that blocks on a thread for that.
async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::Stopping)?
}

/// Turns an error of the file system into ours.
fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::File {
        action,
        path,
        source,
    }
}
