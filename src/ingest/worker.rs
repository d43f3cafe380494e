//! Runs the worker on a file and reads what it writes, believing nothing.

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use wire::{Failed, Frame, Limits, Reader};

/// How far a load is: bytes read and bytes to read, over all passes of the current file.
pub type ProgressSender = tokio::sync::watch::Sender<(u64, u64)>;

/// Why a file gave no features.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The worker's program cannot be started.
    #[error("the reader of files ({program}) cannot be started: {source}")]
    Start {
        /// Path of the program.
        program: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file cannot be read as what it should be.
    #[error("{file}{}: {}", line_text(.failed), .failed.message)]
    File {
        /// Name of the file.
        file: String,
        /// What the worker said.
        failed: Failed,
    },
    /// The worker did not end well, or wrote something that is no stream.
    #[error("{file}: the reader stopped in the middle: {reason}")]
    Broken {
        /// Name of the file.
        file: String,
        /// What was seen.
        reason: String,
    },
    /// The file took longer than allowed.
    #[error("{file}: reading took longer than {} minutes and was stopped", .limit.as_secs() / 60)]
    TooSlow {
        /// Name of the file.
        file: String,
        /// The limit.
        limit: Duration,
    },
}

fn line_text(failed: &Failed) -> String {
    failed
        .line
        .map_or_else(String::new, |line| format!(":{line}"))
}

/// Time that the worker may take for one file.
const TIME_LIMIT: Duration = Duration::from_secs(600);

/// A worker at work; dropped, it is killed and reaped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A file to be read, and how.
pub(super) struct Reading<'a> {
    /// The worker's program.
    pub(super) program: &'a Path,
    /// Its arguments before the file.
    pub(super) arguments: &'a [&'a str],
    /// The file.
    pub(super) file: &'a Path,
    /// Its name, for people.
    pub(super) name: &'a str,
}

/// Runs the worker on a file and hands every frame to `take`, on the calling thread.
///
/// `take` returning false stops the worker.
///
/// # Errors
/// [`WorkerError`].
pub(super) fn read_file(
    reading: &Reading<'_>,
    mut take: impl FnMut(Frame) -> bool,
) -> Result<(), WorkerError> {
    let name = reading.name;
    let mut child = Command::new(reading.program)
        .args(reading.arguments)
        .arg("--")
        .arg(reading.file)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| WorkerError::Start {
            program: reading.program.to_path_buf(),
            source,
        })?;
    let broken = |reason: String| WorkerError::Broken {
        file: name.to_owned(),
        reason,
    };
    let (Some(stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(broken("it has no output".into()));
    };
    let mut running = Running(child);
    // What the worker complains about goes to the log, capped; it must not block on a full pipe.
    let complaints = std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = stderr.by_ref().take(4096).read_to_end(&mut text);
        let _ = std::io::copy(&mut stderr, &mut std::io::sink());
        String::from_utf8_lossy(&text).into_owned()
    });
    let watchdog = Watchdog::start(&running.0);
    let mut reader = Reader::new(BufReader::with_capacity(1 << 18, stdout), Limits::default());
    let mut stopped = false;
    let outcome = loop {
        match reader.next_frame() {
            Ok(Some(Frame::Failed(failed))) => {
                break Err(WorkerError::File {
                    file: name.to_owned(),
                    failed,
                });
            }
            Ok(Some(frame)) => {
                if !take(frame) {
                    stopped = true;
                    break Ok(());
                }
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(broken(error.to_string())),
        }
    };
    let expired = watchdog.stop();
    // Stopped early, or at odds with the stream: it is killed, and how it ends says nothing.
    let status = match &outcome {
        Ok(()) if !stopped => running.0.wait().ok(),
        _ => None,
    };
    drop(running);
    let complaints = complaints.join().unwrap_or_default();
    if !complaints.trim().is_empty() {
        tracing::warn!(file = name, complaints = complaints.trim(), "worker");
    }
    if expired {
        return Err(WorkerError::TooSlow {
            file: name.to_owned(),
            limit: TIME_LIMIT,
        });
    }
    outcome?;
    if stopped {
        return Ok(());
    }
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(broken(status.to_string())),
        None => Err(broken("its end is not known".into())),
    }
}

/// Kills a worker that takes too long.
struct Watchdog {
    stop: mpsc::Sender<()>,
    thread: std::thread::JoinHandle<bool>,
}

impl Watchdog {
    fn start(child: &Child) -> Self {
        let (stop, stopped) = mpsc::channel();
        let pid = i32::try_from(child.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw);
        let thread = std::thread::spawn(move || {
            let expired = stopped.recv_timeout(TIME_LIMIT) == Err(mpsc::RecvTimeoutError::Timeout);
            if expired && let Some(pid) = pid {
                // The child is not reaped before the watchdog is joined: the pid is still its own.
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
            expired
        });
        Self { stop, thread }
    }

    fn stop(self) -> bool {
        let _ = self.stop.send(());
        self.thread.join().unwrap_or(false)
    }
}
