//! The limits that the process puts on itself before it opens a file.

use rustix::process::{Resource, Rlimit, setrlimit};

/// A limit that could not be set.
#[derive(Debug, thiserror::Error)]
#[error("limit on {what} cannot be set")]
pub struct Error {
    what: &'static str,
    source: rustix::io::Errno,
}

/// Limits address space (bytes) and processor time (seconds), forbids core files and writes to
/// files.
///
/// The server's sandbox limits more; these hold even where there is none. A process over its
/// processor time is ended by `SIGXCPU`, without a terminal frame.
///
/// # Errors
/// Where the system refuses a limit.
pub fn confine(memory: u64, cpu: u64) -> Result<(), Error> {
    for (resource, most, what) in [
        (Resource::Core, 0, "core files"),
        (Resource::Fsize, 0, "file size"),
        (Resource::Cpu, cpu, "processor time"),
        (Resource::As, memory, "address space"),
    ] {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(resource, limit).map_err(|source| Error { what, source })?;
    }
    Ok(())
}
