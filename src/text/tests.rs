//! The two files of sentences say the same things, and every key that is asked for exists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fluent_bundle::FluentResource;

use super::{ENGLISH, ITALIAN, Lang, keys};

fn keys_of(source: &str) -> BTreeSet<String> {
    keys(source).map(str::to_owned).collect()
}

/// Returns the variables (`{ $name }`) of each sentence, as `key $name`.
fn variables_of(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut key = "";
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        let indented = line.starts_with([' ', '\t', '}']);
        if let (false, Some((name, _))) = (indented, line.split_once('=')) {
            key = name.trim_end();
        }
        for piece in line.split('$').skip(1) {
            let name: String = piece
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            found.insert(format!("{key} ${name}"));
        }
    }
    found
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the folder is in the repository") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|end| end == extension) {
            found.push(path);
        }
    }
}

fn sources(folder: &str, extension: &str) -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    files(&root.join(folder), extension, &mut paths);
    assert!(!paths.is_empty(), "no .{extension} file in {folder}");
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("the file is text");
            (path, text)
        })
        .collect()
}

/// Returns the literals that follow `call` in a source: `t("card-area")` gives `card-area`.
///
/// `getContext('x')` is no call of `text('`.
fn literals_after(source: &str, call: &str) -> Vec<String> {
    source
        .match_indices(call)
        .filter(|(at, _)| call.starts_with('.') || !source[..*at].ends_with(char::is_alphanumeric))
        .filter_map(|(at, _)| source[at + call.len()..].split_once(['"', '\'']))
        .map(|(key, _)| key.to_owned())
        .collect()
}

/// Returns `file: key` for each key that a source asks for and the sentences lack.
fn missing(sources: &[(PathBuf, String)], calls: &[&str], known: &BTreeSet<String>) -> Vec<String> {
    let mut missing = Vec::new();
    for (path, source) in sources {
        for key in calls.iter().flat_map(|call| literals_after(source, call)) {
            if !known.contains(&key) {
                missing.push(format!("{}: {key}", path.display()));
            }
        }
    }
    missing
}

const TEMPLATE_CALLS: &[&str] = &["page.t(\"", "page.t1(\"", "page.t2(\"", "page.tn(\""];
const SCRIPT_CALLS: &[&str] = &["text('"];
const RUST_CALLS: &[&str] = &[
    ".text(\"",
    ".text_with(\"",
    "page.t(\"",
    "page.t1(\"",
    "page.t2(\"",
    "page.tn(\"",
];

#[test]
fn both_files_are_valid_fluent_without_a_key_twice() {
    for source in [ITALIAN, ENGLISH] {
        let resource = FluentResource::try_new(source.to_owned());
        assert!(resource.is_ok(), "{:?}", resource.err().map(|(_, e)| e));
        assert_eq!(keys(source).count(), keys_of(source).len());
    }
}

#[test]
fn both_files_have_the_same_keys_and_variables() {
    assert_eq!(keys_of(ITALIAN), keys_of(ENGLISH));
    assert_eq!(variables_of(ITALIAN), variables_of(ENGLISH));
}

#[test]
fn every_key_that_is_asked_for_exists() {
    let known = keys_of(ITALIAN);
    let templates = sources("web/templates", "html");
    let scripts = sources("web/src", "ts");
    let mut rust = sources("src", "rs");
    // Bulk copies have a method `text` of their own, and documents have their own sentences.
    rust.retain(|(path, _)| {
        let own = path.components().any(|part| part.as_os_str() == "document");
        !own && !path.ends_with("text/tests.rs") && !path.ends_with("copy_in.rs")
    });
    let mut all = missing(&templates, TEMPLATE_CALLS, &known);
    all.extend(missing(&scripts, SCRIPT_CALLS, &known));
    all.extend(missing(&rust, RUST_CALLS, &known));
    assert!(all.is_empty(), "{all:#?}");
}

#[test]
fn a_key_that_does_not_exist_is_found() {
    let broken = [(
        PathBuf::from("broken.html"),
        "{{ page.t(\"no-such-key\") }}".to_owned(),
    )];
    let found = missing(&broken, TEMPLATE_CALLS, &keys_of(ITALIAN));
    assert_eq!(found, ["broken.html: no-such-key"]);
}

#[test]
fn no_key_is_left_over() {
    let mut text = String::new();
    for (folder, extension) in [("web/templates", "html"), ("web/src", "ts"), ("src", "rs")] {
        for (path, source) in sources(folder, extension) {
            if !path.ends_with("text/tests.rs") {
                text.push_str(&source);
            }
        }
    }
    let unused: Vec<_> = keys_of(ITALIAN)
        .into_iter()
        .filter(|key| !text.contains(&format!("\"{key}\"")) && !text.contains(&format!("'{key}'")))
        .collect();
    assert!(unused.is_empty(), "{unused:#?}");
}

#[test]
fn a_missing_key_is_shown_as_it_is() {
    assert_eq!(Lang::It.text("no-such-key"), "no-such-key");
}

#[test]
fn values_are_put_in_without_marks_around_them() {
    assert_eq!(
        Lang::It.text_with("card-title", &[("number", "345".into())]),
        "Particella 345"
    );
    assert_eq!(
        Lang::It.text_with("card-title-many", &[("count", 2_usize.into())]),
        "2 particelle in questo punto"
    );
}

#[test]
fn the_browser_chooses_the_language() {
    assert_eq!(
        Lang::from_accept_language("en-GB,en;q=0.9,it;q=0.8"),
        Lang::En
    );
    assert_eq!(Lang::from_accept_language("de,it;q=0.8,en;q=0.5"), Lang::It);
    assert_eq!(Lang::from_accept_language("fr"), Lang::It);
    assert_eq!(Lang::from_accept_language("en;q=0"), Lang::It);
    assert_eq!(Lang::from_code("EN-us"), Some(Lang::En));
    assert_eq!(Lang::from_code("de"), None);
}
