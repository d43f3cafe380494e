//! Runs the press on an order and takes the PDF, within limits.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

/// What is to be printed; the press says what each field is (`crates/press/src/order.rs`).
#[derive(Debug, Clone, Serialize)]
pub struct Order {
    /// Name of the template.
    pub template: &'static str,
    /// Identifies the document for ever.
    pub identifier: String,
    /// Moment of issue.
    pub issued_at: jiff::Timestamp,
    /// What the template reads.
    pub data: serde_json::Value,
    /// Files that it shows or attaches.
    pub files: BTreeMap<String, String>,
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PressError {
    /// The press's program cannot be started.
    #[error("the press ({program}) cannot be started: {source}")]
    Start {
        /// Path of the program.
        program: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Too many documents are being printed.
    #[error("too many documents are being printed just now")]
    Busy,
    /// It took longer than allowed.
    #[error("printing took longer than {} seconds and was stopped", .limit.as_secs())]
    TooSlow {
        /// The limit.
        limit: Duration,
    },
    /// The PDF is larger than allowed.
    #[error("the document has more than {limit} bytes and was not printed")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// It ended otherwise than with a PDF.
    #[error("the press stopped: {reason}")]
    Broken {
        /// What was seen of it.
        reason: String,
    },
    /// The order cannot be written as JSON.
    #[error("the order cannot be written")]
    Order(#[from] serde_json::Error),
}

/// What a run of the press may take.
#[derive(Debug, Clone, Copy)]
pub struct PressLimits {
    /// Time from start to end.
    pub time: Duration,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// Bytes of the PDF.
    pub pdf_bytes: u64,
    /// How long a document waits for its turn.
    pub queue: Duration,
}

impl Default for PressLimits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(25),
            memory_mib: 2048,
            pdf_bytes: 128 << 20,
            queue: Duration::from_secs(4),
        }
    }
}

/// The press: a program of its own, a run for every document; cheap to clone.
#[derive(Debug, Clone)]
pub struct Press {
    program: PathBuf,
    limits: PressLimits,
    turns: Arc<Semaphore>,
}

/// Documents printed at once.
const TURNS: usize = 2;

impl Press {
    /// The press of a program, with limits.
    pub fn new(program: PathBuf, limits: PressLimits) -> Self {
        Self {
            program,
            limits,
            turns: Arc::new(Semaphore::new(TURNS)),
        }
    }

    /// Prints an order.
    ///
    /// The press runs in a process group of its own, without environment and without files; when
    /// this future is dropped, the group is killed.
    ///
    /// # Errors
    /// [`PressError`].
    pub async fn print(&self, order: &Order) -> Result<Vec<u8>, PressError> {
        let json = serde_json::to_vec(order)?;
        let turn = tokio::time::timeout(self.limits.queue, self.turns.acquire()).await;
        let Ok(Ok(_turn)) = turn else {
            return Err(PressError::Busy);
        };
        let mut running = Running::start(self)?;
        let outcome = tokio::time::timeout(self.limits.time, running.exchange(&json, self.limits));
        match outcome.await {
            Ok(outcome) => outcome,
            Err(_) => Err(PressError::TooSlow {
                limit: self.limits.time,
            }),
        }
    }
}

/// A press at work; dropped, its group is killed, and the runtime reaps it.
struct Running {
    child: Child,
    group: Option<Pid>,
}

impl Running {
    fn start(press: &Press) -> Result<Self, PressError> {
        let child = Command::new(&press.program)
            .arg("--memory-mib")
            .arg(press.limits.memory_mib.to_string())
            .arg("--cpu-seconds")
            .arg(
                (press.limits.time.as_secs().saturating_mul(2))
                    .max(1)
                    .to_string(),
            )
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| PressError::Start {
                program: press.program.clone(),
                source,
            })?;
        let group = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        Ok(Self { child, group })
    }

    async fn exchange(&mut self, json: &[u8], limits: PressLimits) -> Result<Vec<u8>, PressError> {
        let broken = |reason: &str| PressError::Broken {
            reason: reason.to_owned(),
        };
        let (Some(mut stdin), Some(stdout), Some(stderr)) = (
            self.child.stdin.take(),
            self.child.stdout.take(),
            self.child.stderr.take(),
        ) else {
            return Err(broken("it has no input or output"));
        };
        let feed = async {
            // A press that ends early closes its input; its own message says why.
            let _ = stdin.write_all(json).await;
            let _ = stdin.shutdown().await;
            drop(stdin);
        };
        let mut pdf = Vec::new();
        let mut complaints = Vec::new();
        let (mut output, mut messages) = (
            stdout.take(limits.pdf_bytes + 1),
            stderr.take(MAX_COMPLAINT),
        );
        let ((), read, _) = tokio::join!(
            feed,
            output.read_to_end(&mut pdf),
            messages.read_to_end(&mut complaints),
        );
        read.map_err(|error| broken(&error.to_string()))?;
        if pdf.len() as u64 > limits.pdf_bytes {
            return Err(PressError::TooLarge {
                limit: limits.pdf_bytes,
            });
        }
        let status = self
            .child
            .wait()
            .await
            .map_err(|error| broken(&error.to_string()))?;
        // Ended and reaped: its number may belong to somebody else from now on.
        self.group = None;
        let complaints = String::from_utf8_lossy(&complaints);
        match (status.success(), pdf.starts_with(b"%PDF-")) {
            (true, true) => Ok(pdf),
            (true, false) => Err(broken("what it wrote is no PDF")),
            (false, _) if complaints.trim().is_empty() => Err(broken(&status.to_string())),
            (false, _) => Err(broken(&format!("{status}: {}", complaints.trim()))),
        }
    }
}

const MAX_COMPLAINT: u64 = 8192;

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // It may have ended already; then there is nothing to kill.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
