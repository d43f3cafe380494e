//! The walls that the process puts around itself before it opens anything.
//!
//! | file | holds |
//! |---|---|
//! | `environment` | an empty environment |
//! | `limits` | address space, processor time, size of written files, descriptors |
//! | `files` | Landlock: what can be read, and the one folder that can be written |
//! | `calls` | seccomp: the system calls that remain; no network, no programs |
//! | `network` | whether the process has a network at all |

mod calls;
mod environment;
mod files;
mod limits;
mod network;

use std::path::PathBuf;

pub use environment::{EnvironmentError, empty_environment};
pub use files::{Access, input};

/// What happens where a wall cannot be put up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Without a wall against network and files nothing is done.
    Require,
    /// Walls that this system has not are done without.
    BestEffort,
}

/// What the process keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walls {
    /// What happens where a wall cannot be put up.
    pub mode: Mode,
    /// Address space, in bytes.
    pub memory: u64,
    /// Processor time, in seconds.
    pub cpu: u64,
    /// Bytes of the largest file that is written; 0 forbids all writing.
    pub file_bytes: u64,
    /// What can be read besides the data of GDAL and PROJ.
    pub read: Vec<Access>,
    /// The one folder in which files can be made.
    pub write: Option<PathBuf>,
}

/// Why the walls do not stand.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system refuses a limit.
    #[error(transparent)]
    Limit(#[from] limits::Error),
    /// Files cannot be closed off.
    #[error("files cannot be closed off: {0}")]
    Files(String),
    /// The network cannot be cut off.
    #[error(
        "the network cannot be cut off (seccomp: {0}; and the process has a network), so nothing \
         is read; `--sandbox best-effort` reads all the same"
    )]
    Network(String),
}

/// What stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Landlock closes off the files.
    pub files: bool,
    /// Seccomp closes off the system calls.
    pub calls: bool,
}

/// Puts up the walls around the calling thread and those that it starts.
///
/// A process over its processor time is ended by `SIGXCPU`, without a terminal frame. What is
/// forbidden fails with `EPERM` or `EACCES`, so that a reader can say so in words.
///
/// # Errors
/// Where a limit is refused; with [`Mode::Require`] also where neither seccomp nor an empty
/// network namespace cuts off the network, and where files cannot be closed off outside of one.
pub fn enter(walls: &Walls) -> Result<Standing, Error> {
    let alone = network::is_cut_off();
    let files = files::close(&walls.read, walls.write.as_deref());
    let calls = calls::close();
    if walls.mode == Mode::Require && !alone {
        if let Err(error) = calls {
            return Err(Error::Network(error));
        }
        if let Err(error) = files {
            return Err(Error::Files(error));
        }
    }
    // Last, so that what was said so far could be written even to a file.
    limits::set(walls.memory, walls.cpu, walls.file_bytes)?;
    Ok(Standing {
        files: files.is_ok(),
        calls: calls.is_ok(),
    })
}
