use std::collections::BTreeMap;

use serde_json::json;

use super::{MAX_LIST, Rule, Shape, Truth, Vocabulary};

fn vocabulary() -> Vocabulary {
    let mut answers = BTreeMap::new();
    for name in ["works", "area_m2", "from", "to", "listed"] {
        answers.insert(name.to_owned(), Shape::Scalar);
    }
    answers.insert(
        "rows".to_owned(),
        Shape::List(Box::new(Shape::record(["name", "size"]))),
    );
    Vocabulary::new(answers, ["vincolo.paesaggio", "vincolo.pai"])
}

fn holds(rule: &str, values: serde_json::Value) -> Truth {
    let vocabulary = vocabulary();
    let rule = Rule::compile(rule, &vocabulary).expect("compiles");
    let known = vocabulary.know(&values).expect("is short");
    rule.holds(&known).expect("is a condition")
}

fn problems(rule: &str) -> String {
    match Rule::compile(rule, &vocabulary()) {
        Ok(rule) => panic!("compiles, and reads {:?}", rule.paths()),
        Err(problems) => problems.join("; "),
    }
}

#[test]
fn answers_facts_parcels_and_days_are_read() {
    let values = json!({
        "form": {"works": "inside", "area_m2": 40, "from": "2026-12-20", "to": "2027-01-08",
                 "rows": [{"name": "a", "size": 3}, {"name": "b", "size": 5.5}]},
        "parcels": [{"reference": "X100_000400.12", "area_m2": 640.5}],
        "facts": {"vincolo.paesaggio": {"status": "hit", "share": 0.4, "area_m2": 250.0, "keys": ["P1"]},
                  "vincolo.pai": {"status": "no_data"}},
        "person": {"name": "Nome Inventato", "role": "citizen"},
        "today": "2026-11-24",
    });
    let table = [
        ("form.works == 'inside' && form.area_m2 > 30", Truth::Yes),
        ("form.area_m2 * 2.0 == 80.0", Truth::Yes),
        ("form.works in ['outside', 'roof']", Truth::No),
        ("days(form.from, form.to) == 19.0", Truth::Yes),
        ("form.from > today", Truth::Yes),
        (
            "size(parcels) == 1 && parcels[0].area_m2 > 600.0",
            Truth::Yes,
        ),
        (
            "parcels.exists(p, p.reference.startsWith('X100'))",
            Truth::Yes,
        ),
        ("form.rows.all(r, r.size > 4)", Truth::No),
        (
            "facts['vincolo.paesaggio'].status == 'hit' && facts['vincolo.paesaggio'].share > 0.3",
            Truth::Yes,
        ),
        ("facts['vincolo.pai'].status == 'hit'", Truth::No),
        ("'P1' in facts['vincolo.paesaggio'].keys", Truth::Yes),
        ("person.role == 'officer'", Truth::No),
        ("form.listed == null", Truth::Yes),
    ];
    for (rule, expected) in table {
        assert_eq!(holds(rule, values.clone()), expected, "{rule}");
    }
}

#[test]
fn what_was_not_answered_is_unknown() {
    let nothing = json!({});
    assert_eq!(holds("form.area_m2 > 30", nothing.clone()), Truth::Unknown);
    assert_eq!(
        holds("days(form.from, form.to) > 3.0", nothing.clone()),
        Truth::Unknown
    );
    // What decides without it is known.
    assert_eq!(
        holds("form.works == 'x' && form.area_m2 > 30", nothing.clone()),
        Truth::No
    );
    assert_eq!(
        holds("form.works == null || form.area_m2 > 30", nothing.clone()),
        Truth::Yes
    );
    assert_eq!(holds("form.rows.exists(r, r.size > 3)", nothing), Truth::No);
    let half = json!({"form": {"rows": [{"name": "a", "size": null}]}});
    assert_eq!(holds("form.rows.all(r, r.size > 3)", half), Truth::Unknown);
}

#[test]
fn every_path_is_looked_up_when_it_is_compiled() {
    let table = [
        ("form.wroks == 'x'", "there is no 'form.wroks'"),
        ("frm.works == 'x'", "there is no 'frm'"),
        (
            "facts['vincolo.paesagio'].status == 'hit'",
            "there is no 'facts['vincolo.paesagio']'",
        ),
        (
            "facts['vincolo.pai'].hit",
            "there is no 'facts['vincolo.pai'].hit'",
        ),
        ("facts.vincolo == null", "is written facts['vincolo']"),
        (
            "facts[form.works].status == 'hit'",
            "the key of 'facts' is written as a text in quotes",
        ),
        (
            "parcels.exists(p, p.owner == 'x')",
            "there is no 'parcels[].owner'",
        ),
        (
            "form.rows.exists(r, r.weight > 1)",
            "there is no 'form.rows[].weight'",
        ),
        ("form.works.length == 3", "'form.works' has no fields"),
        (
            "parcels.area_m2 > 3.0",
            "'parcels' is a list and has no fields",
        ),
        (
            "matches(form.works, 'a+')",
            "there is no function 'matches'",
        ),
        ("form.works ==", "Syntax error"),
        ("has(form.colour)", "there is no 'form.colour'"),
        (
            "form.works == 'a' && form.x && form.y",
            "there is no 'form.x'; '",
        ),
    ];
    for (rule, expected) in table {
        let told = problems(rule);
        assert!(told.contains(expected), "{rule}: {told}");
    }
}

#[test]
fn an_expression_has_limits() {
    let long = vec!["form.area_m2 > 1.0"; 90].join(" && ");
    assert!(problems(&long).contains("at most 300 nodes"));
    let longer = "form.works == 'x' || ".repeat(200) + "true";
    assert!(problems(&longer).contains("at most 2000 characters"));
    let deep = "parcels.all(a, parcels.all(b, parcels.all(c, a.area_m2 > b.area_m2)))";
    assert!(problems(deep).contains("at most 2 deep"));
    let vocabulary = vocabulary();
    let parcels = vec![json!({"area_m2": 1.0}); MAX_LIST + 1];
    let error = vocabulary
        .know(&json!({"parcels": parcels}))
        .expect_err("is too long");
    assert!(error.to_string().contains("more than 1000"), "{error}");
}

#[test]
fn what_it_reads_is_listed() {
    let rule = Rule::compile(
        "facts['vincolo.pai'].status == 'hit' && form.rows.exists(r, r.size > form.area_m2)",
        &vocabulary(),
    )
    .expect("compiles");
    assert_eq!(
        rule.paths(),
        [
            "facts['vincolo.pai'].status",
            "form.rows",
            "form.rows[].size",
            "form.area_m2"
        ]
    );
    assert_eq!(rule.layers(), ["vincolo.pai"]);
}

#[test]
fn values_are_computed_and_faults_are_told() {
    let vocabulary = vocabulary();
    let values = json!({"form": {"area_m2": 12.5, "works": "a"}});
    let known = vocabulary.know(&values).expect("is short");
    let rule = |text: &str| Rule::compile(text, &vocabulary).expect("compiles");
    assert_eq!(rule("form.area_m2 * 2.0").value(&known), Ok(json!(25.0)));
    assert_eq!(rule("form.works + 'b'").value(&known), Ok(json!("ab")));
    assert_eq!(
        rule("days(form.from, form.to) * 2.0").value(&known),
        Ok(json!(null))
    );
    assert!(rule("form.works").holds(&known).is_err());
    assert!(rule("form.works * 2.0 > 1.0").holds(&known).is_err());
    assert!(
        rule("days(form.works, '2026-01-01') > 1.0")
            .holds(&known)
            .is_err()
    );
}
