//! How the reader of foreign files is shut in before it starts.
//!
//! The worker puts walls around itself before it opens anything and does nothing without a wall
//! against the network. Where user namespaces are allowed, bubblewrap stands around it besides:
//! then it sees no other file of this machine at all, whatever its own walls let through.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde::Serialize;

/// Where Debian and its relatives keep it; a search along `PATH` could find somebody else's.
const BUBBLEWRAP: &str = "/usr/bin/bwrap";
/// The one folder that it may read, as it sees it.
const IN: &str = "/in";
/// The one folder that it may write, as it sees it.
const OUT: &str = "/out";

/// How the reader of foreign files is shut in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Confinement {
    /// In namespaces of its own by bubblewrap, and behind its own walls.
    Bubblewrap,
    /// Behind its own walls alone.
    OwnWalls {
        /// Why bubblewrap is not used.
        reason: String,
    },
}

impl Confinement {
    /// How the program is shut in on this machine; found out once for each program.
    #[must_use]
    pub fn of(program: &Path) -> Arc<Self> {
        static KNOWN: LazyLock<Mutex<HashMap<PathBuf, Arc<Confinement>>>> =
            LazyLock::new(Mutex::default);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(program) {
            return Arc::clone(found);
        }
        let found = Arc::new(Self::find(Path::new(BUBBLEWRAP), program));
        known.insert(program.to_owned(), Arc::clone(&found));
        found
    }

    /// Tries whether the program starts inside bubblewrap.
    fn find(bubblewrap: &Path, program: &Path) -> Self {
        if !bubblewrap.exists() {
            let reason = "bubblewrap is not installed".to_owned();
            return Self::OwnWalls { reason };
        }
        let mut command = wrapped(bubblewrap, program, None, None);
        command.args(["--", "/worker", "--help"]);
        let reason = match command.stdin(Stdio::null()).output() {
            Ok(output) if output.status.success() => return Self::Bubblewrap,
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                let first = said.lines().next().unwrap_or_default();
                format!("bubblewrap cannot be used here: {} {first}", output.status)
            }
            Err(error) => format!("bubblewrap cannot be started: {error}"),
        };
        Self::OwnWalls { reason }
    }

    /// The command that runs the program on a file, with a folder that it may write into.
    pub(super) fn command(
        &self,
        program: &Path,
        arguments: &[&str],
        file: &Path,
        output: Option<&Path>,
    ) -> Command {
        let (folder, name) = (file.parent(), file.file_name());
        let mut command = match (self, folder, name) {
            (Self::Bubblewrap, Some(folder), Some(name)) => {
                let mut command = wrapped(Path::new(BUBBLEWRAP), program, Some(folder), output);
                command.args(["--", "/worker"]).args(arguments).arg("--");
                command.arg(Path::new(IN).join(name));
                command.args(output.map(|_| OUT));
                command
            }
            _ => {
                let mut command = Command::new(program);
                command.args(arguments).arg("--").arg(file).args(output);
                command
            }
        };
        command.env_clear().current_dir("/");
        command
    }
}

impl std::fmt::Display for Confinement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bubblewrap => write!(
                f,
                "files are read inside bubblewrap (no network, one folder read-only) and behind \
                 the reader's own walls"
            ),
            Self::OwnWalls { reason } => write!(
                f,
                "files are read behind the reader's own walls (no network, one file); {reason}"
            ),
        }
    }
}

/// Bubblewrap up to its `--`; what is not named here is not there for the program.
fn wrapped(
    bubblewrap: &Path,
    program: &Path,
    input: Option<&Path>,
    output: Option<&Path>,
) -> Command {
    let mut command = Command::new(bubblewrap);
    let mut all = |arguments: &[&OsStr]| {
        command.args(arguments);
    };
    for option in [
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
    ] {
        all(&[option.as_ref()]);
    }
    for [option, from, to] in [
        ["--ro-bind", "/usr", "/usr"],
        ["--symlink", "usr/lib", "/lib"],
        ["--symlink", "usr/lib64", "/lib64"],
        ["--ro-bind-try", "/etc/alternatives", "/etc/alternatives"],
    ] {
        all(&[option.as_ref(), from.as_ref(), to.as_ref()]);
    }
    for [option, to] in [["--proc", "/proc"], ["--dev", "/dev"], ["--chdir", "/"]] {
        all(&[option.as_ref(), to.as_ref()]);
    }
    all(&["--ro-bind".as_ref(), program.as_ref(), "/worker".as_ref()]);
    for (option, from, to) in [("--ro-bind", input, IN), ("--bind", output, OUT)] {
        if let Some(from) = from {
            all(&[option.as_ref(), from.as_ref(), to.as_ref()]);
        }
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_bubblewrap_the_own_walls_stand_alone() {
        let found = Confinement::find(Path::new("/none/bwrap"), Path::new("/usr/bin/true"));
        assert!(matches!(found, Confinement::OwnWalls { .. }), "{found:?}");
        assert!(found.to_string().contains("is not installed"), "{found}");
        let (file, out) = (Path::new("/a/b.zip"), Path::new("/c"));
        let command = found.command(Path::new("/w"), &["unpack"], file, Some(out));
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(command.get_program(), "/w");
        assert_eq!(arguments, ["unpack", "--", "/a/b.zip", "/c"]);
    }

    #[test]
    fn a_program_that_does_not_start_inside_is_told() {
        // `false` takes bubblewrap's arguments and fails, as where namespaces are forbidden.
        let found = Confinement::find(Path::new("/usr/bin/false"), Path::new("/usr/bin/true"));
        assert!(found.to_string().contains("cannot be used here"), "{found}");
    }

    #[test]
    fn inside_only_the_folders_of_the_file_are_there() {
        let (file, out) = (Path::new("/a/b.zip"), Path::new("/c"));
        let command = Confinement::Bubblewrap.command(Path::new("/w"), &["x"], file, Some(out));
        let arguments: Vec<_> = command.get_args().collect();
        let bound: Vec<_> = arguments
            .windows(3)
            .filter(|three| ["--ro-bind", "--bind"].iter().any(|bind| three[0] == *bind))
            .map(|three| [three[0], three[1], three[2]])
            .collect();
        assert_eq!(
            bound,
            [
                ["--ro-bind", "/usr", "/usr"],
                ["--ro-bind", "/w", "/worker"],
                ["--ro-bind", "/a", "/in"],
                ["--bind", "/c", "/out"],
            ]
        );
        assert!(arguments.ends_with(&["/worker", "x", "--", "/in/b.zip", "/out"].map(OsStr::new)));
    }
}
