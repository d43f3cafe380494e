//! Hostile and broken files: each gets its answer in words, and none reaches beyond itself.
//!
//! `tests/cases/hostile/make.py` makes them; `expected.toml` says of each what must be answered.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::Deserialize;

use crate::support::program;

/// What must never be seen in an answer: the content of a file outside the folder.
const CANARY: &str = "canarino-giallo-7193";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Answers of `mappale layer inspect FILE`, by the name of the file.
    inspect: BTreeMap<String, Expected>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// True when the file is accepted, with or without findings.
    ok: bool,
    /// Pieces of the answer, all of them.
    says: Vec<String>,
}

struct Corpus {
    folder: tempfile::TempDir,
    table: Table,
    connections: Arc<AtomicUsize>,
}

impl Corpus {
    fn new() -> Self {
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/hostile");
        let folder = tempfile::tempdir().expect("temporary folders can be made");
        let canary = folder.path().join("outside.txt");
        fs::write(&canary, CANARY).expect("is writable");
        let sink = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = sink.local_addr().expect("it has an address").port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        std::thread::spawn(move || {
            for _ in sink.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        let made = Command::new("python3")
            .arg(cases.join("make.py"))
            .arg(folder.path().join("in"))
            .arg(&canary)
            .arg(port.to_string())
            .output()
            .expect("python3 is installed");
        let errors = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "{errors}");
        let table = fs::read_to_string(cases.join("expected.toml")).expect("is there");
        let table = toml::from_str(&table).expect("is a table of answers");
        Self {
            folder,
            table,
            connections,
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("in").join(name)
    }

    /// Runs a command on each file, and lists every answer that is not the one of the table.
    fn wrong(
        &self,
        expected: &BTreeMap<String, Expected>,
        command: impl Fn(&Path) -> Command,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        for (name, expected) in expected {
            let path = self.file(name);
            assert!(path.exists(), "{name} is not made");
            let output = answer(command(&path));
            let (ok, text) = output;
            let folder = self.folder.path().display().to_string();
            let missing: Vec<_> = expected
                .says
                .iter()
                .filter(|piece| !text.contains(*piece))
                .collect();
            let forbidden: Vec<_> = [CANARY, "panicked", "\u{1b}", &folder]
                .into_iter()
                .filter(|word| text.contains(word))
                .collect();
            if ok != expected.ok || !missing.is_empty() || !forbidden.is_empty() {
                wrong.push(format!(
                    "{name}: ok {ok}, not said {missing:?}, must not be said {forbidden:?}\n{text}"
                ));
            }
        }
        wrong
    }

    fn nothing_happened_outside(&self) {
        assert_eq!(
            self.connections.load(Ordering::SeqCst),
            0,
            "a file dialled out"
        );
        for escaped in [
            self.folder.path().join("09_escaped.txt"),
            std::env::temp_dir().join("09_escaped.txt"),
        ] {
            assert!(!escaped.exists(), "{}", escaped.display());
        }
    }
}

/// Whether a command ended well, and all that it said.
fn answer(mut command: Command) -> (bool, String) {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut errors = child.stderr.take().expect("is a pipe");
    let said = std::thread::spawn(move || {
        let mut text = Vec::new();
        let _ = errors.read_to_end(&mut text);
        text
    });
    let output = child.wait_with_output().expect("it ends");
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&said.join().expect("is read")));
    (output.status.success(), text)
}

#[test]
fn every_hostile_file_is_answered_in_words() {
    let corpus = Corpus::new();
    let files = &corpus.table.inspect;
    assert!(files.len() >= 100, "{} files", files.len());
    let var = tempfile::tempdir().expect("temporary folders can be made");
    let wrong = corpus.wrong(files, |path| {
        let mut command = program();
        command.env("MAPPALE_VAR", var.path());
        command.args(["layer", "inspect"]).arg(path);
        command
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    corpus.nothing_happened_outside();
}
