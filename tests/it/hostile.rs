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
use std::time::{Duration, Instant};

use serde::Deserialize;

use mappale::ingest::ReadOptions;
use mappale::layer::Definitions;

use crate::sample::Town;
use crate::support::{TestDb, program};

/// What a file may take, from the issue of the layers; far above what any of them takes.
const TIME_LIMIT: Duration = Duration::from_secs(15);

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
    /// Pieces of the answer to a load, where they are others.
    load: Option<Vec<String>>,
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

/// Whether a command ended well, and all that it said; within the time that is allowed.
fn answer(mut command: Command) -> (bool, String) {
    let began = Instant::now();
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
    if began.elapsed() > TIME_LIMIT {
        text.push_str("\nit outlived its time");
        return (false, text);
    }
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

/// Areas of any file: a key from the content and no other column.
const ANY: &str = r#"format = 1
id = "prova.area"
geometry = "polygon"
theme = "ambiente"
key = "code"
title = { it = "Aree", en = "Areas" }
description = { it = "Aree.", en = "Areas." }
source = { name = { it = "Vari", en = "Various" }, licence = "CC-BY-4.0" }
reader = { vector = {} }
tile = { min_zoom = 10, attributes = [] }
[[column]]
name = "code"
type = "text"
required = true
label = { it = "Codice", en = "Code" }
from = { content = true }
[[example]]
fields = {}
columns = {}
"#;

#[tokio::test]
async fn no_hostile_file_is_loaded_beyond_its_outlines() {
    let corpus = Corpus::new();
    let mut town = Town::of(TestDb::new().await, "X077", "Prova", 7791).await;
    fs::write(corpus.folder.path().join("area.toml"), ANY).expect("is writable");
    town.definitions = Definitions::load(corpus.folder.path()).unwrap_or_else(|p| panic!("{p:?}"));
    let started = "select extract(epoch from pg_postmaster_start_time())::bigint";
    let before = town.number(started).await;
    let folder = corpus.folder.path().display().to_string();
    let mut wrong = Vec::new();
    for (name, expected) in &corpus.table.inspect {
        let began = Instant::now();
        let options = ReadOptions::default();
        let files = [corpus.file(name)];
        let loaded = town.load_read("prova.area", &files, options, false);
        let (ok, text) = match loaded.await {
            Ok(outcome) => {
                let report = serde_json::to_string(&outcome.report).expect("is JSON");
                (!outcome.report.has_errors(), report)
            }
            Err(error) => (false, error.to_string()),
        };
        let pieces = expected.load.as_ref().unwrap_or(&expected.says);
        let is_said = expected.ok || pieces.iter().all(|piece| text.contains(piece));
        let forbidden = [CANARY, "panicked", &folder].map(|word| text.contains(word));
        let is_late = began.elapsed() > TIME_LIMIT;
        if (ok && !expected.ok)
            || !is_said
            || forbidden.contains(&true)
            || is_late
            || text.is_empty()
        {
            wrong.push(format!(
                "{name}: ok {ok}, late {is_late}, {forbidden:?}\n{text}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    corpus.nothing_happened_outside();
    assert_eq!(
        town.number(started).await,
        before,
        "PostgreSQL was started anew"
    );
    let told =
        format!("select count(*) from data.prova_area as row where row::text like '%{CANARY}%'");
    assert_eq!(town.number(&told).await, 0);
    assert!(town.number("select count(*) from data.prova_area").await > 10);
}
