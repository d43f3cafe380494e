//! Procedures, terms and holidays: ours are in order, broken ones are told by file and line.

use std::path::{Path, PathBuf};

use mappale::procedure::{Law, holiday_schema, term_schema};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All problems of a folder, one a line.
fn problems(folder: &Path) -> String {
    match Law::load(folder) {
        Ok(_) => String::new(),
        Err(problems) => problems
            .iter()
            .map(|problem| format!("{problem}\n"))
            .collect(),
    }
}

#[test]
fn our_terms_are_in_order() {
    let folder = root().join("procedures");
    assert_eq!(problems(&folder), "");
    let law = Law::load(&folder).expect("is in order");
    assert!(law.terms().count() > 30);
}

/// Each folder of `tests/cases/procedure` holds a broken folder of procedures and, in
/// `expected.txt`, every problem of it, with file and line.
#[test]
fn every_mistake_is_told_with_its_line() {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root().join("tests/cases/procedure"))
        .expect("is there")
        .map(|entry| entry.expect("can be listed").path())
        .collect();
    folders.sort();
    assert!(!folders.is_empty());
    let mut differences = String::new();
    for folder in folders {
        let expected = std::fs::read_to_string(folder.join("expected.txt")).unwrap_or_default();
        assert!(!expected.is_empty(), "{} expects nothing", folder.display());
        let found = problems(&folder);
        if found != expected {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            differences += &format!("--- {name}: expected\n{expected}--- found\n{found}");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn the_schemas_beside_the_definitions_are_those_of_the_program() {
    for (name, schema) in [("terms", term_schema()), ("holidays", holiday_schema())] {
        let path = root().join(format!("procedures/schema/{name}.json"));
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let made = serde_json::to_string_pretty(&schema).expect("is JSON");
        assert!(
            kept.trim_end() == made,
            "{} is not the schema of the program any more; make it anew with:\n  \
             mappale procedure schema {name} > procedures/schema/{name}.json",
            path.display()
        );
    }
}
