//! What a schema cannot say of definitions: names that must exist, rules that must compile,
//! examples that must come true.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::rule::{Rule, Vocabulary};

use super::catalogue::Procedure;
use super::definition::{Consequence, Definition, Example};
use super::form::{self, Standing};
use super::law::Law;
use super::section::{FieldKind, Section};

type Faults = Vec<(String, String)>;

/// The vocabulary of the answers to some sections.
pub(super) fn vocabulary(sections: &[Arc<Section>], layers: &[String]) -> Vocabulary {
    let answers = sections
        .iter()
        .flat_map(|section| &section.field)
        .map(|field| (field.key.clone(), field.kind.shape()))
        .collect();
    Vocabulary::new(answers, layers.iter().map(String::as_str))
}

/// What is wrong with a section by itself.
pub(super) fn section_faults(section: &Section) -> Faults {
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, field) in section.field.iter().enumerate() {
        let here = format!("/field/{index}");
        if !seen.insert(&field.key) {
            faults.push((
                format!("{here}/key"),
                format!("field '{}' is defined twice", field.key),
            ));
        }
        let chooses = matches!(field.kind, FieldKind::Choice | FieldKind::Several);
        if chooses == field.option.is_empty() {
            faults.push((
                format!("{here}/kind"),
                "a choice has options, and nothing else has".into(),
            ));
        }
        if (field.kind == FieldKind::Computed) != field.compute.is_some() {
            faults.push((
                format!("{here}/kind"),
                "a computed field has `compute`, and nothing else has".into(),
            ));
        }
    }
    for (index, check) in section.check.iter().enumerate() {
        if section.field(&check.field).is_none() {
            faults.push((
                format!("/check/{index}/field"),
                format!("there is no field '{}'", check.field),
            ));
        }
    }
    faults
}

/// The procedures that conditions send people to.
pub(super) fn procedure_targets(definition: &Definition) -> impl Iterator<Item = &str> {
    definition
        .condition
        .iter()
        .filter(|condition| condition.consequence == Consequence::AlsoProcedure)
        .map(|condition| condition.target.as_deref().unwrap_or_default())
}

/// What is wrong with a procedure in view of its sections and of the law.
pub(super) fn definition_faults(
    definition: &Definition,
    sections: &[Arc<Section>],
    law: &Law,
) -> Faults {
    let mut faults = Vec::new();
    let mut keys = BTreeSet::new();
    for (index, section) in sections.iter().enumerate() {
        for field in &section.field {
            if !keys.insert(field.key.as_str()) {
                faults.push((
                    format!("/step/{index}/section"),
                    format!("field '{}' is asked twice", field.key),
                ));
            }
        }
    }
    let scopes = [definition.scope.as_str(), "s_italia"];
    for (index, clock) in definition.clock.iter().enumerate() {
        let here = format!("/clock/{index}/term");
        match law.term(&clock.term, &scopes) {
            None => faults.push((here, format!("there is no term '{}'", clock.term))),
            Some(term) if term.on(definition.valid_from).is_none() => faults.push((
                here,
                format!(
                    "no version of term '{}' holds on {}",
                    clock.term, definition.valid_from
                ),
            )),
            Some(_) => {}
        }
    }
    if definition.clock.iter().filter(|clock| clock.main).count() > 1 {
        faults.push(("/clock".into(), "one clock at most is the main one".into()));
    }
    for (index, quadro) in definition.quadro.iter().enumerate() {
        let asked = sections
            .iter()
            .any(|section| section.code == quadro.section);
        let attached = definition
            .attachment
            .iter()
            .any(|attachment| attachment.code == quadro.section);
        if !asked && !attached {
            faults.push((
                format!("/quadro/{index}/section"),
                format!("'{}' is no section or attachment of it", quadro.section),
            ));
        }
    }
    let attachments: BTreeSet<&str> = definition
        .attachment
        .iter()
        .map(|attachment| attachment.code.as_str())
        .collect();
    for (index, condition) in definition.condition.iter().enumerate() {
        let here = format!("/condition/{index}/target");
        let target = condition.target.as_deref();
        match condition.consequence {
            Consequence::Attachment if !attachments.contains(target.unwrap_or_default()) => faults
                .push((
                    here,
                    format!("there is no attachment '{}'", target.unwrap_or_default()),
                )),
            Consequence::AlsoProcedure | Consequence::Opinion if target.is_none() => {
                faults.push((here, "this consequence needs a `target`".into()));
            }
            _ => {}
        }
    }
    faults
}

/// Every expression of a procedure with the place that it stands in.
fn expressions<'d>(
    definition: &'d Definition,
    sections: &'d [Arc<Section>],
) -> Vec<(String, &'d str)> {
    let mut all = Vec::new();
    for (index, condition) in definition.condition.iter().enumerate() {
        all.push((format!("/condition/{index}/when"), condition.when.as_str()));
    }
    for (index, rule) in definition.attachment.iter().enumerate() {
        if let Some(text) = &rule.required_if {
            all.push((format!("/attachment/{index}/required_if"), text));
        }
    }
    for (index, fee) in definition.fee.iter().enumerate() {
        all.push((format!("/fee/{index}/amount"), fee.amount.as_str()));
        if let Some(text) = &fee.due_if {
            all.push((format!("/fee/{index}/due_if"), text));
        }
    }
    for (index, step) in definition.step.iter().enumerate() {
        if let Some(text) = &step.visible_if {
            all.push((format!("/step/{index}/visible_if"), text));
        }
        // What is wrong inside a section is told where the procedure asks for it.
        if let Some(section) = sections.get(index) {
            let here = format!("/step/{index}/section");
            for field in &section.field {
                for text in [&field.required_if, &field.visible_if, &field.compute] {
                    all.extend(text.as_deref().map(|text| (here.clone(), text)));
                }
            }
            for check in &section.check {
                all.push((here.clone(), check.that.as_str()));
            }
        }
    }
    all
}

/// The compiled expressions by their text, and those that do not compile.
pub(super) fn compile(
    definition: &Definition,
    sections: &[Arc<Section>],
    vocabulary: &Vocabulary,
) -> (BTreeMap<String, Rule>, Faults) {
    let mut rules = BTreeMap::new();
    let mut faults = Vec::new();
    for (place, text) in expressions(definition, sections) {
        if rules.contains_key(text) {
            continue;
        }
        match Rule::compile(text, vocabulary) {
            Ok(rule) => {
                rules.insert(text.to_owned(), rule);
            }
            Err(problems) => {
                faults.extend(problems.into_iter().map(|p| (place.clone(), p)));
            }
        }
    }
    for (index, condition) in definition.condition.iter().enumerate() {
        let Some(rule) = rules.get(&condition.when) else {
            continue;
        };
        let spatial = !rule.layers().is_empty();
        if spatial && condition.on_no_data.is_none() {
            faults.push((
                format!("/condition/{index}"),
                "a condition that reads layers says what to do without data: `on_no_data`".into(),
            ));
        }
        if !spatial && condition.on_no_data.is_some() {
            faults.push((
                format!("/condition/{index}/on_no_data"),
                "this condition reads no layer".into(),
            ));
        }
    }
    (rules, faults)
}

/// The examples of a procedure that do not come true.
pub(super) fn examples(procedure: &Procedure) -> Faults {
    let mut faults = Vec::new();
    for (index, example) in procedure.definition.example.iter().enumerate() {
        if let Err(message) = run(procedure, example) {
            faults.push((
                format!("/example/{index}"),
                format!("example '{}': {message}", example.name),
            ));
        }
    }
    faults
}

fn run(procedure: &Procedure, example: &Example) -> Result<(), String> {
    let mut facts = serde_json::Map::new();
    for rule in procedure.rules.values() {
        for layer in rule.layers() {
            facts.insert(
                layer.to_owned(),
                json!({"status": "clear", "share": 0.0, "area_m2": 0.0, "keys": []}),
            );
        }
    }
    for (layer, fact) in &example.facts {
        facts.insert(layer.clone(), fact.clone());
    }
    let today = example
        .today
        .clone()
        .unwrap_or_else(|| procedure.definition.valid_from.to_string());
    let standing = Standing {
        parcels: Json::Array(example.parcels.clone()),
        facts: Json::Object(facts),
        person: json!({"name": "Nome Inventato", "role": "citizen"}),
        today,
    };
    let state = form::assess(procedure, &example.form, &standing).map_err(|e| e.to_string())?;
    let list = |mut all: Vec<String>| {
        all.sort();
        all
    };
    let compare = |what: &str, found: Vec<String>, expected: &[String]| {
        let (found, expected) = (list(found), list(expected.to_vec()));
        if found == expected {
            Ok(())
        } else {
            Err(format!("{what} are {found:?}, not {expected:?}"))
        }
    };
    let errors = state.violations.iter().map(|v| v.field.clone()).collect();
    compare("the errors", errors, &example.errors)?;
    let due = state
        .attachments
        .iter()
        .filter(|a| a.due)
        .map(|a| a.code.clone());
    compare("the attachments", due.collect(), &example.attachments)?;
    compare(
        "the conditions",
        state.condition_words(),
        &example.conditions,
    )?;
    match example.cost {
        Some(cost) if (state.cost - cost).abs() > 0.005 => {
            Err(format!("the cost is {}, not {cost}", state.cost))
        }
        _ => Ok(()),
    }
}
