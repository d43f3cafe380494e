//! Procedures, terms and holidays: ours are in order, broken ones are told by file and line.

use std::path::{Path, PathBuf};

use mappale::procedure::{
    Procedures, area_schema, holiday_schema, layer_schema, office_schema, procedure_schema,
    scopes_of, section_schema, term_schema,
};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All problems of a folder, one a line.
fn problems(folder: &Path) -> String {
    match Procedures::load(folder) {
        Ok(_) => String::new(),
        Err(problems) => problems
            .iter()
            .map(|problem| format!("{problem}\n"))
            .collect(),
    }
}

#[test]
fn our_procedures_are_in_order() {
    let folder = root().join("procedures");
    assert_eq!(problems(&folder), "");
    let procedures = Procedures::load(&folder).expect("is in order");
    assert!(procedures.law.terms().count() > 30);
    let day = jiff::civil::date(2026, 11, 24);
    let codes = |scopes: &[String]| -> Vec<(String, String)> {
        let found = procedures.of(scopes, day);
        let pair = |p: &std::sync::Arc<mappale::procedure::Procedure>| {
            (p.definition.code.clone(), p.definition.scope.clone())
        };
        found.into_iter().map(pair).collect()
    };
    let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter()
            .map(|(a, b)| ((*a).into(), (*b).into()))
            .collect()
    };
    assert_eq!(
        codes(&scopes_of("X001", None)),
        pairs(&[
            ("ED-CILA", "s_italia"),
            ("SP-OSPT", "s_italia"),
            ("UR-CDU", "s_italia")
        ])
    );
    // The comune declares its fees again, and nothing else.
    assert_eq!(
        codes(&scopes_of("X100", Some("r_lombar"))),
        pairs(&[
            ("ED-CILA", "s_italia"),
            ("SP-OSPT", "s_italia"),
            ("UR-CDU", "c_x100")
        ])
    );
    let before = jiff::civil::date(2020, 1, 1);
    assert!(procedures.of(&scopes_of("X001", None), before).is_empty());
}

#[test]
fn every_part_of_the_national_form_has_its_place() {
    let procedures = Procedures::load(&root().join("procedures")).expect("is in order");
    let cila = procedures
        .all()
        .iter()
        .find(|procedure| procedure.definition.code == "ED-CILA")
        .expect("is there");
    let parts = &cila.definition.quadro;
    assert!(parts.len() >= 35, "{}", parts.len());
    // What nobody has held against the published form says so.
    assert!(parts.iter().all(|part| !part.checked));
    for step in &cila.definition.step {
        assert!(
            parts.iter().any(|part| part.section == step.section),
            "{} stands for no part of the form",
            step.section
        );
    }
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
    let schemas = [
        ("procedure", procedure_schema()),
        ("sections", section_schema()),
        ("areas", area_schema()),
        ("offices", office_schema()),
        ("layers", layer_schema()),
        ("terms", term_schema()),
        ("holidays", holiday_schema()),
    ];
    for (name, schema) in schemas {
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
