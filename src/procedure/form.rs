//! What a set of answers means: what is asked, what is wrong, what is due, what it costs.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::rule::{self, Known, Truth};

use super::answer::{self, Fault};
use super::catalogue::Procedure;
use super::definition::{Condition, Consequence, OnNoData};
use super::section::{Field, FieldKind, Section};

/// Answers by the keys of their fields.
pub type Answers = Map<String, Json>;

/// What is known besides the answers.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The chosen parcels: a list.
    pub parcels: Json,
    /// Facts by layer.
    pub facts: Json,
    /// Who files.
    pub person: Json,
    /// The day.
    pub today: String,
}

/// Something that an applicant must mend.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// Code of the section.
    pub section: String,
    /// Key of the field.
    pub field: String,
    /// What is wrong.
    pub fault: Fault,
}

/// How a condition of the map stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConditionState {
    /// It applies.
    Applies,
    /// It would apply if there were data; it is treated as if it did.
    AppliesWithoutData,
    /// The applicant is asked.
    Ask,
    /// The officer decides.
    Officer,
    /// It does not apply.
    Not,
}

/// A document in view of the answers.
#[derive(Debug, Clone, PartialEq)]
pub struct DueAttachment {
    /// Its code.
    pub code: String,
    /// Whether it must be there.
    pub due: bool,
}

/// What answers mean as a whole.
#[derive(Debug, Clone)]
pub struct Assessment {
    /// The answers with what is computed from them.
    pub answers: Answers,
    /// Positions of the steps that are asked.
    pub steps: Vec<usize>,
    /// Keys of the fields that are asked.
    pub visible: Vec<String>,
    /// Everything that is wrong.
    pub violations: Vec<Violation>,
    /// How each condition stands, in the order of the definition.
    pub conditions: Vec<(String, ConditionState)>,
    /// Documents that may be added.
    pub attachments: Vec<DueAttachment>,
    /// What is due, by code: euro.
    pub fees: Vec<(String, f64)>,
    /// Euro in all.
    pub cost: f64,
    /// Whether silence may mean consent, as far as the map tells: never without data.
    pub tacit_consent: bool,
}

impl Assessment {
    /// The conditions that do not simply not apply, as examples write them.
    #[must_use]
    pub fn condition_words(&self) -> Vec<String> {
        self.conditions
            .iter()
            .filter_map(|(code, state)| match state {
                ConditionState::Applies => Some(code.clone()),
                ConditionState::AppliesWithoutData => Some(format!("no_data:{code}")),
                ConditionState::Ask => Some(format!("ask:{code}")),
                ConditionState::Officer => Some(format!("officer:{code}")),
                ConditionState::Not => None,
            })
            .collect()
    }

    /// The violations of one section.
    #[must_use]
    pub fn of_section(&self, code: &str) -> Vec<&Violation> {
        self.violations
            .iter()
            .filter(|violation| violation.section == code)
            .collect()
    }
}

/// Takes answers to what they mean.
///
/// # Errors
/// A rule that fails on these answers: a fault of the definition.
pub fn assess(
    procedure: &Procedure,
    answers: &Answers,
    standing: &Standing,
) -> Result<Assessment, rule::Error> {
    let mut answers = answers.clone();
    compute(procedure, &mut answers, standing)?;
    let known = know(procedure, &answers, standing)?;
    let holds = |text: Option<&str>| -> Result<Option<Truth>, rule::Error> {
        let rule = text.and_then(|text| procedure.rules.get(text));
        rule.map(|rule| rule.holds(&known)).transpose()
    };
    let mut steps = Vec::new();
    let mut visible = Vec::new();
    let mut violations = Vec::new();
    for (index, step) in procedure.definition.step.iter().enumerate() {
        // What is not known to be asked is not asked.
        if !matches!(holds(step.visible_if.as_deref())?, None | Some(Truth::Yes)) {
            continue;
        }
        steps.push(index);
        let section = &procedure.sections[index];
        for field in &section.field {
            let asked = matches!(holds(field.visible_if.as_deref())?, None | Some(Truth::Yes));
            if !asked {
                continue;
            }
            visible.push(field.key.clone());
            let required = match holds(field.required_if.as_deref())? {
                Some(truth) => truth == Truth::Yes,
                None => field.required,
            };
            let given = answers.get(&field.key).unwrap_or(&Json::Null);
            if let Some(fault) = answer::fault(field, required, given) {
                violations.push(violation(section, field, fault));
            }
        }
        for check in &section.check {
            let mentioned = violations.iter().any(|v| v.field == check.field);
            if !mentioned && holds(Some(&check.that))? == Some(Truth::No) {
                violations.push(Violation {
                    section: section.code.clone(),
                    field: check.field.clone(),
                    fault: Fault::Check(check.message.clone()),
                });
            }
        }
    }
    answers.retain(|key, _| visible.contains(key));
    let conditions = conditions(procedure, &known, &standing.facts)?;
    let attachments = attachments(procedure, &known, &conditions)?;
    let mut fees = Vec::new();
    for fee in &procedure.definition.fee {
        if matches!(holds(fee.due_if.as_deref())?, None | Some(Truth::Yes))
            && let Some(rule) = procedure.rules.get(&fee.amount)
            && let Some(amount) = rule.value(&known)?.as_f64()
        {
            fees.push((fee.code.clone(), amount));
        }
    }
    let excluded =
        procedure
            .definition
            .condition
            .iter()
            .zip(&conditions)
            .any(|(condition, (_, state))| {
                condition.consequence == Consequence::ExcludesTacitConsent
                    && *state != ConditionState::Not
            });
    Ok(Assessment {
        cost: fees.iter().map(|(_, amount)| amount).sum(),
        answers,
        steps,
        visible,
        violations,
        conditions,
        attachments,
        fees,
        tacit_consent: !excluded,
    })
}

fn violation(section: &Section, field: &Field, fault: Fault) -> Violation {
    Violation {
        section: section.code.clone(),
        field: field.key.clone(),
        fault,
    }
}

fn know(
    procedure: &Procedure,
    answers: &Answers,
    standing: &Standing,
) -> Result<Known, rule::Error> {
    procedure.vocabulary.know(&json!({
        "form": answers,
        "parcels": standing.parcels,
        "facts": standing.facts,
        "person": standing.person,
        "today": standing.today,
    }))
}

/// Computes what is computed, in the order of the form: later ones may use earlier ones.
fn compute(
    procedure: &Procedure,
    answers: &mut Answers,
    standing: &Standing,
) -> Result<(), rule::Error> {
    let computed: Vec<&Field> = procedure
        .sections
        .iter()
        .flat_map(|section| &section.field)
        .filter(|field| field.kind == FieldKind::Computed)
        .collect();
    for field in computed {
        let known = know(procedure, answers, standing)?;
        let rule = field.compute.as_ref().and_then(|t| procedure.rules.get(t));
        if let Some(rule) = rule {
            answers.insert(field.key.clone(), rule.value(&known)?);
        }
    }
    Ok(())
}

fn conditions(
    procedure: &Procedure,
    known: &Known,
    facts: &Json,
) -> Result<Vec<(String, ConditionState)>, rule::Error> {
    let mut states = Vec::new();
    for condition in &procedure.definition.condition {
        let state = condition_state(procedure, condition, known, facts)?;
        states.push((condition.code.clone(), state));
    }
    Ok(states)
}

fn condition_state(
    procedure: &Procedure,
    condition: &Condition,
    known: &Known,
    facts: &Json,
) -> Result<ConditionState, rule::Error> {
    let Some(rule) = procedure.rules.get(&condition.when) else {
        return Ok(ConditionState::Not);
    };
    if rule.holds(known)? == Truth::Yes {
        return Ok(ConditionState::Applies);
    }
    let blind = rule.layers().iter().any(|layer| {
        let status = facts[*layer]["status"].as_str();
        !matches!(status, Some("hit" | "clear"))
    });
    Ok(match (blind, condition.on_no_data) {
        (true, Some(OnNoData::Ask)) => ConditionState::Ask,
        (true, Some(OnNoData::TreatAsHit)) => ConditionState::AppliesWithoutData,
        (true, Some(OnNoData::Officer)) => ConditionState::Officer,
        _ => ConditionState::Not,
    })
}

fn attachments(
    procedure: &Procedure,
    known: &Known,
    conditions: &[(String, ConditionState)],
) -> Result<Vec<DueAttachment>, rule::Error> {
    let by_condition: BTreeMap<&str, bool> = procedure
        .definition
        .condition
        .iter()
        .zip(conditions)
        .filter(|(condition, _)| condition.consequence == Consequence::Attachment)
        .filter_map(|(condition, (_, state))| {
            let applies = matches!(
                state,
                ConditionState::Applies | ConditionState::AppliesWithoutData
            );
            applies.then_some((condition.target.as_deref()?, true))
        })
        .collect();
    let mut due = Vec::new();
    for rule in &procedure.definition.attachment {
        let by_answers = match &rule.required_if {
            Some(text) => match procedure.rules.get(text) {
                Some(compiled) => compiled.holds(known)? == Truth::Yes,
                None => false,
            },
            None => !rule.optional && !targeted(procedure, &rule.code),
        };
        due.push(DueAttachment {
            code: rule.code.clone(),
            due: by_answers || by_condition.contains_key(rule.code.as_str()),
        });
    }
    Ok(due)
}

/// Whether a condition of the map decides about a document.
fn targeted(procedure: &Procedure, code: &str) -> bool {
    procedure.definition.condition.iter().any(|condition| {
        condition.consequence == Consequence::Attachment
            && condition.target.as_deref() == Some(code)
    })
}
