//! A progress line on a terminal.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use crate::ingest::ProgressSender;

/// A channel for progress, and a task that draws it while the standard error is a terminal.
pub(super) fn progress(what: String) -> (ProgressSender, tokio::task::JoinHandle<()>) {
    let (sender, mut receiver) = tokio::sync::watch::channel((0_u64, 0_u64));
    let task = tokio::spawn(async move {
        if !std::io::stderr().is_terminal() {
            return;
        }
        while receiver.changed().await.is_ok() {
            let (done, all) = *receiver.borrow_and_update();
            let percent = done.saturating_mul(100).checked_div(all).unwrap_or(0);
            let _ = write!(std::io::stderr(), "\r{what}: {percent:3} %");
            let _ = std::io::stderr().flush();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    });
    (sender, task)
}
