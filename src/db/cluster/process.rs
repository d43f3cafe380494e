//! Programs, users and processes of the operating system (Linux).

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::{FlockOperation, OFlags, flock};

use super::{Cluster, Error, file};

/// The log is put aside at a start when it is longer than this.
const MAX_LOG: u64 = 16 << 20;

/// Bytes at the end of a log that are shown.
const TAIL: u64 = 4_000;

/// A user of the operating system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OsUser {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl OsUser {
    /// Who runs this program.
    pub(super) fn running() -> Result<Self, Error> {
        Self::of_uid(rustix::process::geteuid().as_raw())
    }

    pub(super) fn of_uid(uid: u32) -> Result<Self, Error> {
        Self::find(&uid.to_string())?.ok_or_else(|| Error::User {
            user: uid.to_string(),
            reason: "has no name in the system, and PostgreSQL needs one".to_owned(),
        })
    }

    /// The user of a name or number.
    pub(super) fn find(key: &str) -> Result<Option<Self>, Error> {
        let found = Command::new("getent")
            .args(["passwd", key])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .map_err(file("run", Path::new("getent")))?;
        Ok(Self::of_line(&String::from_utf8_lossy(&found.stdout)))
    }

    /// The user of a line of the form `name:password:uid:gid:…`.
    fn of_line(line: &str) -> Option<Self> {
        let mut fields = line.trim_end().split(':');
        let name = fields.next().filter(|name| !name.is_empty())?.to_owned();
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Self { name, uid, gid })
    }

    pub(super) fn is_root(&self) -> bool {
        self.uid == 0
    }
}

/// The program of util-linux that takes on a user, without root's groups, and becomes another.
const SETPRIV: &str = "/usr/bin/setpriv";

/// A command run under a user, with nothing of our environment.
pub(super) fn command(program: impl AsRef<OsStr>, runner: &OsUser, user: &OsUser) -> Command {
    let mut command = if runner.uid == user.uid {
        Command::new(program)
    } else {
        // Not `CommandExt::uid`, for which std forks: PROJ takes a lock in every fork, and
        // while another thread holds that lock the child waits for ever, and we for it.
        let mut command = Command::new(SETPRIV);
        command
            .arg(format!("--reuid={}", user.uid))
            .arg(format!("--regid={}", user.gid))
            .args(["--clear-groups", "--"])
            .arg(program);
        command
    };
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("LC_ALL", "C")
        .current_dir("/")
        .stdin(Stdio::null());
    command
}

/// The program that a command runs in the end.
fn program_of(command: &Command) -> OsString {
    let first = command.get_program();
    let behind = command.get_args().skip_while(|word| *word != "--").nth(1);
    let program = behind.filter(|_| first == SETPRIV).unwrap_or(first);
    program.to_owned()
}

/// Runs a command to its end; its failure is what it printed.
pub(super) fn run(command: &mut Command) -> Result<(), Error> {
    let name = program_of(command);
    let output = command.output().map_err(file("run", Path::new(&name)))?;
    if output.status.success() {
        return Ok(());
    }
    let mut printed = output.stderr;
    printed.extend_from_slice(&output.stdout);
    let printed = String::from_utf8_lossy(&printed);
    let end = last_lines(&printed);
    Err(Error::Program {
        program: Path::new(&name)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        output: if end.is_empty() {
            output.status.to_string()
        } else {
            end
        },
    })
}

/// Waits for the lock of a file, which ends with the value returned or with this process.
pub(super) fn lock(path: &Path) -> Result<File, Error> {
    let lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(no_follow())
        .open(path)
        .map_err(file("open", path))?;
    loop {
        match flock(&lock, FlockOperation::LockExclusive) {
            Ok(()) => return Ok(lock),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(file("lock", path)(error.into())),
        }
    }
}

/// Flag that refuses a symbolic link; a file of ours is never one.
fn no_follow() -> i32 {
    // The bits of a flag are the same number, whatever its sign.
    OFlags::NOFOLLOW.bits().cast_signed()
}

/// A postmaster that runs on our data.
#[derive(Debug, Clone)]
pub(super) struct Postmaster {
    pub(super) pid: u32,
    /// Folder of its socket.
    pub(super) socket: PathBuf,
}

impl Postmaster {
    /// Whether the process lives and works on this data.
    pub(super) fn lives(&self, data: &Path) -> bool {
        // A postmaster's working directory is its data; a process that took over the
        // number of a dead one has another.
        let Ok(data) = data.canonicalize() else {
            return false;
        };
        let process = PathBuf::from(format!("/proc/{}", self.pid));
        fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd == data)
            && !fs::read_to_string(process.join("stat")).is_ok_and(|stat| is_zombie(&stat))
    }
}

/// Whether a line of `/proc/…/stat` is that of a process which has ended.
fn is_zombie(stat: &str) -> bool {
    stat.rsplit_once(')')
        .is_some_and(|(_, rest)| rest.trim_start().starts_with(['Z', 'X']))
}

/// The postmaster of a data folder, when one lives.
pub(super) fn postmaster(data: &Path, socket: &Path) -> Result<Option<Postmaster>, Error> {
    Ok(noted(data, socket)?.filter(|postmaster| postmaster.lives(data)))
}

/// Whether the number of a postmaster that is gone now belongs to another process.
pub(super) fn number_is_reused(data: &Path, socket: &Path) -> Result<bool, Error> {
    Ok(noted(data, socket)?.is_some_and(|postmaster| {
        !postmaster.lives(data) && Path::new(&format!("/proc/{}", postmaster.pid)).exists()
    }))
}

/// The postmaster that a data folder notes, alive or not.
fn noted(data: &Path, socket: &Path) -> Result<Option<Postmaster>, Error> {
    let note = data.join("postmaster.pid");
    let text = match fs::read_to_string(&note) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(file("read", &note)(error)),
    };
    // Lines: process id, data folder, start time, port, socket folder, …
    let mut lines = text.lines();
    let Some(pid) = lines.next().and_then(|line| line.trim().parse().ok()) else {
        return Ok(None);
    };
    let noted = lines.nth(3).map(str::trim).filter(|line| !line.is_empty());
    Ok(Some(Postmaster {
        pid,
        socket: noted.map_or_else(|| socket.to_owned(), PathBuf::from),
    }))
}

/// Puts a long log aside, keeping one.
pub(super) fn rotate_log(cluster: &Cluster) -> Result<(), Error> {
    if log_length(&cluster.folder) < MAX_LOG {
        return Ok(());
    }
    let mut command = cluster.program("/bin/mv");
    run(command.args(["-f", "log", "log.old"]))
}

pub(super) fn log_length(folder: &Path) -> u64 {
    fs::symlink_metadata(folder.join("log")).map_or(0, |found| found.len())
}

/// The last lines of the log, of those after `from`.
pub(super) fn log_tail(folder: &Path, from: u64) -> String {
    let read = || {
        let mut log = OpenOptions::new()
            .read(true)
            .custom_flags(no_follow())
            .open(folder.join("log"))?;
        let length = log.metadata()?.len();
        let start = from.max(length.saturating_sub(TAIL)).min(length);
        log.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        log.take(TAIL).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(bytes)
    };
    match read() {
        Ok(bytes) => last_lines(&String::from_utf8_lossy(&bytes)),
        Err(error) => format!("(no log: {error})"),
    }
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let start = lines.len().saturating_sub(20);
    lines.get(start..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_read_from_their_line() {
        let user = OsUser::of_line("postgres:x:101:104:PostgreSQL:/var/lib/postgresql:/bin/bash\n")
            .expect("a good line");
        assert_eq!((user.uid, user.gid), (101, 104));
        assert_eq!(OsUser::of_line(""), None);
        assert_eq!(OsUser::of_line("anna:x:one:2:"), None);
    }

    #[test]
    fn only_a_process_that_works_on_the_data_is_its_postmaster() {
        let data = tempfile::tempdir().expect("temporary folders can be made");
        let note = data.path().join("postmaster.pid");
        let look = || postmaster(data.path(), Path::new("/s")).expect("the note can be read");
        assert!(look().is_none(), "no note");
        fs::write(&note, "").expect("writable");
        assert!(look().is_none(), "empty note");
        // This process lives, and works elsewhere.
        fs::write(&note, format!("{}\n/x\n1\n5432\n/s\n", std::process::id())).expect("writable");
        assert!(look().is_none(), "another program");
    }

    #[test]
    fn a_zombie_is_told_by_its_state() {
        assert!(is_zombie("7 (a) b) Z 1 7"));
        assert!(!is_zombie("7 (Z) S 1 7"));
    }

    #[test]
    fn the_tail_of_a_log_is_its_last_lines() {
        let text: String = (1..=30).map(|line| format!("{line}\n")).collect();
        assert!(last_lines(&text).starts_with("11\n"));
        assert!(last_lines(&text).ends_with("\n30"));
    }
}
