//! Layer definitions: ours are clean, broken ones are told by file and line.

use std::path::{Path, PathBuf};

use mappale::layer::{Definitions, definition_schema, live_schema};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All problems of a folder, one a line.
fn problems(folder: &Path) -> String {
    match Definitions::load(folder) {
        Ok(_) => String::new(),
        Err(problems) => problems
            .iter()
            .map(|problem| format!("{problem}\n"))
            .collect(),
    }
}

#[test]
fn our_definitions_are_in_order() {
    let folder = root().join("layers");
    assert_eq!(problems(&folder), "");
    let definitions = Definitions::load(&folder).expect("in order");
    let ids: Vec<&str> = definitions
        .iter()
        .map(|file| file.definition.id.as_str())
        .collect();
    // The contract with whoever loads and draws: ids do not change.
    assert_eq!(
        ids,
        [
            "base.acqua",
            "base.albero",
            "base.civico",
            "base.edificio",
            "base.ferrovia",
            "base.strada",
            "base.suolo",
            "base.toponimo",
            "base.verde",
            "catasto.foglio",
            "catasto.particella",
            "piano.ambito",
            "piano.servizio",
            "piano.tessuto",
            "piano.zona",
            "rischio.acustica",
            "rischio.geologia",
            "rischio.idraulica",
            "vincolo.bosco",
            "vincolo.cimitero",
            "vincolo.elettrodotto",
            "vincolo.ferrovia",
            "vincolo.fiume",
            "vincolo.monumento",
            "vincolo.paesaggio",
            "vincolo.pai",
            "vincolo.pozzo",
            "vincolo.strada",
        ]
    );
    // The first word of an id is its theme; only constraints are many, so their theme is plural.
    for file in definitions.iter() {
        let first = file.definition.id.split('.').next().unwrap_or_default();
        let theme = if first == "vincolo" { "vincoli" } else { first };
        assert_eq!(
            file.definition.theme.word(),
            theme,
            "{}",
            file.definition.id
        );
    }
    for file in definitions.iter() {
        assert!(file.definition.example.len() > 1, "{}", file.definition.id);
    }
}

/// Each folder of `tests/cases/layer` holds `input.toml` (and other files) and, in
/// `expected.txt`, every problem of them, with file and line.
#[test]
fn every_mistake_is_told_with_its_line() {
    let cases = root().join("tests/cases/layer");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(cases)
        .expect("is there")
        .map(|entry| entry.expect("can be listed").path())
        .collect();
    folders.sort();
    assert!(folders.len() >= 25, "{}", folders.len());
    let mut differences = String::new();
    for folder in folders {
        let expected = std::fs::read_to_string(folder.join("expected.txt")).unwrap_or_default();
        let found = problems(&folder);
        if found != expected {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            differences += &format!("--- {name}: expected\n{expected}--- found\n{found}");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn a_folder_that_is_not_there_and_a_file_that_is_no_text_are_told() {
    let text = problems(Path::new("/nowhere/layers"));
    assert!(text.contains("the folder cannot be read"), "{text}");
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    std::fs::write(folder.path().join("a.toml"), [0xff, 0xfe, 0x00]).expect("is ours");
    std::fs::write(folder.path().join("b.toml"), vec![b'#'; 2 << 20]).expect("is ours");
    std::fs::write(folder.path().join("c.txt"), "no definition").expect("is ours");
    let text = problems(folder.path());
    assert!(text.contains("a.toml:1: the file cannot be read"), "{text}");
    assert!(
        text.contains("b.toml:1: a definition of more than 1 MB"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 2, "{text}");
}

#[test]
fn the_schema_beside_the_definitions_is_the_one_of_the_program() {
    for (path, schema, option) in [
        ("layers/schema.json", definition_schema(), ""),
        ("layers/live/schema.json", live_schema(), " --live"),
    ] {
        let kept = std::fs::read_to_string(root().join(path)).unwrap_or_default();
        let made = serde_json::to_string_pretty(&schema).expect("is JSON");
        assert!(
            kept.trim_end() == made,
            "{path} is not the schema of the program any more; make it anew with:\n  \
             mappale layer schema{option} > {path}"
        );
    }
}

#[test]
fn the_command_tells_all_mistakes_at_once() {
    let folder = root().join("tests/cases/layer/several_of_sense");
    let output = crate::support::program()
        .args(["layer", "check"])
        .env("MAPPALE_LAYERS", &folder)
        .output()
        .expect("the program runs");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    for line in problems(&folder).lines() {
        assert!(said.contains(line), "{line}\nis not in\n{said}");
    }
}
