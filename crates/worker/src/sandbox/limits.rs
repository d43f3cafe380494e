//! Limits of resources (`setrlimit`).

use rustix::process::{Resource, Rlimit, setrlimit};

/// Files that the process has open at most.
const FILES: u64 = 256;

/// A limit that could not be set.
#[derive(Debug, thiserror::Error)]
#[error("limit on {what} cannot be set")]
pub struct Error {
    what: &'static str,
    source: rustix::io::Errno,
}

/// Limits address space (bytes), processor time (seconds) and the size of files that are
/// written, and forbids core files.
pub(super) fn set(memory: u64, cpu: u64, file_bytes: u64) -> Result<(), Error> {
    for (resource, most, what) in [
        (Resource::Core, 0, "core files"),
        (Resource::Fsize, file_bytes, "file size"),
        (Resource::Nofile, FILES, "open files"),
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
