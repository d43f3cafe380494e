//! Runs the worker on a file and reads what it writes, believing nothing.

use std::io::{BufReader, Read};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::confinement::Confinement;
use wire::census::CensusLine;
use wire::{Content, Document, DocumentLimits, Failed, Frame, Limits, Reader};

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
    /// The worker could not shut itself in, so it read nothing.
    #[error("{file}: nothing was read, because the reader of files cannot be shut in: {reason}")]
    NotConfined {
        /// Name of the file.
        file: String,
        /// Which wall is missing.
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

/// Exit status of the worker where its walls could not be put up.
const NOT_CONFINED: i32 = 71;
/// Time that the worker may take for one file.
const TIME_LIMIT: Duration = Duration::from_secs(600);

/// A file to be read, and how.
pub(super) struct Reading<'a> {
    /// The worker's program.
    pub(super) program: &'a Path,
    /// Its arguments before the file.
    pub(super) arguments: &'a [&'a str],
    /// The file.
    pub(super) file: &'a Path,
    /// The folder that it may write into, where it does.
    pub(super) output: Option<&'a Path>,
    /// Its name, for people.
    pub(super) name: &'a str,
}

/// A worker at work; dropped, it is killed and reaped.
struct Running {
    child: Child,
    name: String,
    complaints: Option<std::thread::JoinHandle<String>>,
    watchdog: Option<Watchdog>,
}

impl Running {
    /// Starts the worker; what it writes is in the second value.
    fn start(reading: &Reading<'_>) -> Result<(Self, ChildStdout), WorkerError> {
        let confinement = Confinement::of(reading.program);
        let mut child = confinement
            .command(
                reading.program,
                reading.arguments,
                reading.file,
                reading.output,
            )
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| WorkerError::Start {
                program: reading.program.to_path_buf(),
                source,
            })?;
        let stdout = child.stdout.take();
        let stderr = child.stderr.take();
        let watchdog = Some(Watchdog::start(&child));
        let mut running = Self {
            child,
            name: reading.name.to_owned(),
            complaints: None,
            watchdog,
        };
        let (Some(stdout), Some(mut stderr)) = (stdout, stderr) else {
            return Err(running.broken("it has no output"));
        };
        // What the worker complains about goes to the log, capped; it must not block on a full
        // pipe.
        running.complaints = Some(std::thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.by_ref().take(4096).read_to_end(&mut text);
            let _ = std::io::copy(&mut stderr, &mut std::io::sink());
            String::from_utf8_lossy(&text).into_owned()
        }));
        Ok((running, stdout))
    }

    fn broken(&self, reason: impl Into<String>) -> WorkerError {
        WorkerError::Broken {
            file: self.name.clone(),
            reason: reason.into(),
        }
    }

    /// Waits for the worker to end by itself, and says whether it ended well.
    fn finish(mut self) -> Result<(), WorkerError> {
        let status = self.child.wait();
        let said = self.settle()?;
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(self.ending(status, &said)),
            Err(error) => Err(self.broken(error.to_string())),
        }
    }

    /// Why its output ended too early: what the worker ended of, else what is wrong with it.
    fn cut_short(mut self, wrong: &str) -> WorkerError {
        // At the end of its output it is about to end itself; a moment shows how.
        let mut status = None;
        for _ in 0..50 {
            status = self.child.try_wait().ok().flatten();
            if status.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.kill();
        match (self.settle(), status) {
            (Err(slow), _) => slow,
            (Ok(said), Some(status)) if !status.success() => self.ending(status, &said),
            (Ok(_), _) => self.broken(wrong),
        }
    }

    /// What an exit status other than success means.
    fn ending(&self, status: ExitStatus, said: &str) -> WorkerError {
        if status.code() == Some(NOT_CONFINED) {
            let reason = said.trim().trim_start_matches("mappale-worker: ");
            return WorkerError::NotConfined {
                file: self.name.clone(),
                reason: reason.to_owned(),
            };
        }
        // Bubblewrap tells the signal that ended what it started by adding 128.
        let inside = status.code().filter(|code| *code > 128);
        let signal = status.signal().or(inside.map(|code| code - 128));
        let number = |signal: rustix::process::Signal| Some(signal.as_raw());
        self.broken(match signal {
            _ if signal == number(rustix::process::Signal::XCPU) => {
                "it took more processor time than is allowed".to_owned()
            }
            _ if signal == number(rustix::process::Signal::XFSZ) => {
                "it wrote more than is allowed".to_owned()
            }
            _ if signal == number(rustix::process::Signal::KILL) => {
                "it was killed, for want of memory or by an administrator".to_owned()
            }
            Some(signal) => format!("it failed with signal {signal}"),
            None => status.to_string(),
        })
    }

    /// Kills the worker; an error only when its time was over.
    fn stop(mut self) -> Result<(), WorkerError> {
        self.kill();
        self.settle().map(drop)
    }

    fn kill(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Ends watchdog and log; what the worker complained of.
    fn settle(&mut self) -> Result<String, WorkerError> {
        let expired = self.watchdog.take().is_some_and(Watchdog::stop);
        let complaints = self.complaints.take().map(std::thread::JoinHandle::join);
        let said = complaints.and_then(Result::ok).unwrap_or_default();
        if !said.trim().is_empty() {
            tracing::warn!(file = self.name, complaints = said.trim(), "worker");
        }
        if expired {
            return Err(WorkerError::TooSlow {
                file: self.name.clone(),
                limit: TIME_LIMIT,
            });
        }
        Ok(said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
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
    let (running, stdout) = Running::start(reading)?;
    // Outlines of what was repaired are kept as text.
    let string_bytes = match reading.arguments.contains(&"--repair") {
        true => 4 << 20,
        false => Limits::default().string_bytes,
    };
    let limits = Limits {
        string_bytes,
        ..Limits::default()
    };
    let mut reader = Reader::new(BufReader::with_capacity(1 << 18, stdout), limits);
    loop {
        match reader.next_frame() {
            Ok(Some(Frame::Failed(failed))) => {
                running.stop()?;
                return Err(WorkerError::File {
                    file: reading.name.to_owned(),
                    failed,
                });
            }
            Ok(Some(frame)) => {
                if !take(frame) {
                    return running.stop();
                }
            }
            Ok(None) => return running.finish(),
            Err(error) => return Err(running.cut_short(&error.to_string())),
        }
    }
}

/// Runs the worker on a file and reads the one document that it writes.
///
/// # Errors
/// [`WorkerError`].
pub(super) fn read_document(reading: &Reading<'_>) -> Result<Content, WorkerError> {
    let (running, stdout) = Running::start(reading)?;
    let document = Document::read(BufReader::new(stdout), &DocumentLimits::default());
    match document.map(|document| document.content) {
        Ok(Content::Failed(failed)) => {
            running.stop()?;
            Err(WorkerError::File {
                file: reading.name.to_owned(),
                failed,
            })
        }
        Ok(content) => {
            running.finish()?;
            Ok(content)
        }
        Err(error) => Err(running.cut_short(&error.to_string())),
    }
}

/// Runs the worker on a census file and hands every line to `take`; false stops it.
///
/// `kind` is the ending of the file: `fab`, `ter`, `sog`, `tit` or `prm`.
///
/// # Errors
/// [`WorkerError`]; it never holds a value of the file.
pub fn read_census(
    program: &Path,
    (file, name): (&Path, &str),
    kind: &str,
    mut take: impl FnMut(CensusLine) -> bool,
) -> Result<(), WorkerError> {
    let reading = Reading {
        program,
        arguments: &["census", "--kind", kind],
        file,
        output: None,
        name,
    };
    let (running, stdout) = Running::start(&reading)?;
    let mut input = BufReader::with_capacity(1 << 18, stdout);
    let mut ended = false;
    loop {
        match CensusLine::read(&mut input) {
            Ok(Some(CensusLine::Failed(failed))) => {
                running.stop()?;
                return Err(WorkerError::File {
                    file: name.to_owned(),
                    failed,
                });
            }
            Ok(Some(line)) => {
                ended = matches!(line, CensusLine::Done(_));
                if !take(line) {
                    return running.stop();
                }
            }
            Ok(None) if ended => return running.finish(),
            Ok(None) => {
                let broken = running.broken("it ended in the middle");
                running.stop()?;
                return Err(broken);
            }
            // What the line holds is nobody's business.
            Err(_) => {
                let broken = running.broken("a line of it is none");
                running.stop()?;
                return Err(broken);
            }
        }
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
