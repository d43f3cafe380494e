//! Terms: the golden cases of `tests/cases/clock`, through the command that anybody can run.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

fn case_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/clock");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("is there")
        .map(|entry| entry.expect("can be listed").path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    files.sort();
    files
}

fn cases(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("is text");
    let all: Value = serde_json::from_str(&text).expect("is JSON");
    all.as_array().expect("is a list").clone()
}

/// What `mappale clock eval` answers, or what it complains about.
fn eval(cases: &str) -> Result<Vec<Value>, String> {
    let mut child = crate::support::program()
        .args(["clock", "eval"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut input = child.stdin.take().expect("was asked for");
    input.write_all(cases.as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let answers: Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    Ok(answers.as_array().expect("is a list").clone())
}

/// Every expectation that an answer does not meet, one a line.
fn differences(case: &Value, answer: &Value) -> String {
    let expected = case["expect"]
        .as_object()
        .expect("every case expects something");
    assert!(!expected.is_empty());
    let mut told = String::new();
    for (key, value) in expected {
        if answer[key] != *value {
            told += &format!("{}: {key} is {}, not {value}\n", case["id"], answer[key]);
        }
        // An error is an answer without a reading.
        if key == "error" && answer.get("due").is_some() {
            told += &format!("{}: there is a reading beside the error\n", case["id"]);
        }
    }
    if !expected.contains_key("error") && answer.get("error").is_some() {
        told += &format!("{}: {}\n", case["id"], answer["error"]);
    }
    if !expected.contains_key("effect")
        && answer.get("effect").is_some()
        && expected.contains_key("state")
    {
        told += &format!("{}: unexpected effect {}\n", case["id"], answer["effect"]);
    }
    told
}

#[test]
fn every_golden_case_comes_true() {
    let files = case_files();
    let mut told = String::new();
    let mut ids = std::collections::BTreeSet::new();
    for file in &files {
        let cases = cases(file);
        let text = std::fs::read_to_string(file).expect("is text");
        let answers = eval(&text).expect("the cases are in order");
        assert_eq!(cases.len(), answers.len(), "{}", file.display());
        for (case, answer) in cases.iter().zip(&answers) {
            assert_eq!(case["id"], answer["id"]);
            assert!(ids.insert(case["id"].to_string()), "{} twice", case["id"]);
            assert!(
                case["why"].as_str().is_some_and(|why| why.len() > 10),
                "{case}"
            );
            told += &differences(case, answer);
        }
    }
    assert!(told.is_empty(), "{told}");
    assert!(ids.len() >= 60, "{} cases", ids.len());
}

#[test]
fn a_wrong_expectation_is_found() {
    let mut case = cases(&case_files()[0])[0].clone();
    let answers = eval(&Value::Array(vec![case.clone()]).to_string()).expect("is in order");
    assert_eq!(differences(&case, &answers[0]), "");
    case["expect"]["due"] = "1999-01-01".into();
    assert_ne!(differences(&case, &answers[0]), "");
}

#[test]
fn what_is_no_case_is_told() {
    let told = eval("{}").expect_err("is no list");
    assert!(told.contains("no JSON array of terms"), "{told}");
    let told = eval(
        r#"[{"id": "x", "term": "cdu.rilascio", "start": "2026-02-30", "today": "2026-03-01"}]"#,
    )
    .expect_err("there is no such day");
    assert!(told.contains("no JSON array of terms"), "{told}");
    let answers = eval(r#"[{"id": "x", "term": "cdu.rilascio", "start": "2026-02-20", "today": "2026-03-01", "operations": [{"on": "2026-02-21", "do": "close"}]}]"#)
        .expect("is a case");
    assert_eq!(answers[0]["state"], "closed");
}
