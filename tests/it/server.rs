//! The program as a server, in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// A server that ends with the test.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    child: Child,
    client: reqwest::Client,
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts the program on a free port and waits until it says where it serves.
    pub(crate) fn start(command: Command) -> Self {
        Self::start_with(command, &[])
    }

    /// The same with more arguments.
    pub(crate) fn start_with(mut command: Command, arguments: &[&str]) -> Self {
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program runs");
        let mut output = BufReader::new(child.stdout.take().expect("is a pipe"));
        let mut line = String::new();
        output.read_line(&mut line).expect("is readable");
        let port = line
            .trim()
            .strip_prefix("Mappale serves http://localhost:")
            .and_then(|port| port.parse().ok());
        let Some(port) = port else {
            panic!("the server said: '{line}', and {:?}", child.wait());
        };
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .build()
            .expect("a client can be made");
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            child,
            client,
            _output: output,
        }
    }

    /// Status and body of an answer.
    pub(crate) async fn get(&self, path: &str) -> (u16, Vec<u8>) {
        let url = format!("http://{}{path}", self.address);
        let answer = self.client.get(url).send().await;
        let answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
        let status = answer.status().as_u16();
        let body = answer.bytes().await.expect("the body comes");
        (status, body.to_vec())
    }

    /// Asks until the status is the one wanted.
    pub(crate) async fn wait_for(&self, path: &str, status: u16, limit: Duration) {
        let start = Instant::now();
        loop {
            let (found, body) = self.get(path).await;
            if found == status {
                return;
            }
            let text = String::from_utf8_lossy(&body);
            assert!(start.elapsed() < limit, "{path} is still {found}: {text}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        let raw = i32::try_from(self.child.id()).expect("process ids are small");
        let pid = Pid::from_raw(raw).expect("not 0");
        kill_process(pid, Signal::TERM).expect("is ours");
        self.child.wait().expect("ends")
    }

    /// Kills it with SIGKILL.
    pub(crate) fn kill(&mut self) {
        // It may have ended already; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
