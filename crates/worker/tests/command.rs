//! The program itself: exit codes, stream, limits.

mod support;

use std::io::Write;
use std::process::{Command, Output};

use support::{collection, parcel, polygon, sorted, square};

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mappale-worker"))
        .args(args)
        .output()
        .expect("the worker starts")
}

fn file(content: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(content.as_bytes()).expect("it is written");
    file
}

fn read(content: &str, options: &[&str]) -> Output {
    let file = file(content);
    let path = file.path().to_str().expect("a path in UTF-8").to_owned();
    let mut args = vec!["cadastre-gml", "--feature", "CadastralParcel"];
    args.extend(options);
    args.push(&path);
    run(&args)
}

#[test]
fn a_good_file_ends_with_zero() {
    let output = read(
        &collection(&parcel("X001_000100.1", &polygon(&[&square(0, 0)]))),
        &[],
    );
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
    assert_eq!(sorted(&output.stdout).features.len(), 1);
}

#[test]
fn a_refused_file_ends_with_two() {
    let output = read(&collection("<wfs:member>"), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(sorted(&output.stdout).failure(), "xml.malformed 7");
    let missing = run(&[
        "cadastre-gml",
        "--feature",
        "CadastralParcel",
        "/does/not/exist.gml",
    ]);
    assert_eq!(missing.status.code(), Some(2));
    assert_eq!(sorted(&missing.stdout).failure(), "file.unreadable 0");
    let folder = run(&["cadastre-gml", "--feature", "CadastralParcel", "/"]);
    assert_eq!(folder.status.code(), Some(2));
    assert_eq!(sorted(&folder.stdout).failure(), "file.unreadable 0");
}

#[test]
fn a_wrong_command_ends_with_64() {
    let output = run(&["cadastre-gml", "--feature", "Building", "x.gml"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("usage:"));
    assert_eq!(run(&["--help"]).status.code(), Some(0));
}

#[test]
fn memory_is_limited() {
    // 8 MB of markup are allowed, 4 MB of address space are not enough for anything.
    let output = read(&collection(""), &["--max-memory", "4M"]);
    assert_ne!(output.status.code(), Some(0));
}

#[test]
fn nothing_can_be_written_to_a_file() {
    let out = tempfile::NamedTempFile::new().expect("a temporary file");
    let input = file(&collection(""));
    let status = Command::new(env!("CARGO_BIN_EXE_mappale-worker"))
        .args(["cadastre-gml", "--feature", "CadastralParcel"])
        .arg(input.path())
        .stdout(out.reopen().expect("it opens again"))
        .status()
        .expect("the worker starts");
    assert_ne!(status.code(), Some(0));
    assert_eq!(out.as_file().metadata().expect("it is there").len(), 0);
}

#[test]
fn the_file_may_stand_behind_two_dashes() {
    let gml = file(&collection(&parcel(
        "X001_000100.1",
        &polygon(&[&square(0, 0)]),
    )));
    let path = gml.path().to_str().expect("a path in UTF-8");
    let output = run(&["cadastre-gml", "--feature", "CadastralParcel", "--", path]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(sorted(&output.stdout).features.len(), 1);
}

#[test]
fn geojson_is_read_or_refused() {
    let good = file(
        r#"{"type":"Polygon","coordinates":[[[9.36,45.6],[9.37,45.6],[9.37,45.7],[9.36,45.6]]]}"#,
    );
    let path = good.path().to_str().expect("a path in UTF-8");
    let output = run(&["geojson", "--", path]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(sorted(&output.stdout).features.len(), 1);
    let output = run(&["geojson", "--max-file", "10", "--", path]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(sorted(&output.stdout).failure(), "limit.file 0");
    for missing in ["/does/not/exist.geojson", "/"] {
        let output = run(&["geojson", "--", missing]);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(sorted(&output.stdout).failure(), "file.unreadable 0");
    }
}
