//! The catalogue of services, the sheet of each, and what can be done at a place.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use crate::calendar::{Unit, civil_day};
use crate::layer::Localized;
use crate::practice;
use crate::procedure::{
    self, Answers, ConditionState, Consequence, PlaceKind, Procedure, Regime, Standing,
};
use crate::text::{Lang, NumberFormat};

use super::super::error::Failure;
use super::super::extract::Visit;
use super::failure::{html, show};
use super::present::{self, localized};
use super::view::{
    AreaView, CanDoPage, FeeView, PossibleView, ReasonView, ServiceLink, ServicePage, ServicesPage,
    TermView,
};

/// Parcels that one selection may have.
pub(super) const MAX_SELECTION: usize = 50;

/// The day of the offices.
pub(super) fn today() -> Result<Date, Failure> {
    civil_day(Timestamp::now()).map_err(|error| Failure::internal(&error))
}

/// The scopes whose rules hold for the page's comune.
pub(super) fn scopes(visit: &Visit) -> Vec<String> {
    let code = visit
        .comune
        .as_ref()
        .and_then(|comune| comune.codes.first())
        .map(ToString::to_string);
    match code {
        Some(code) => procedure::scopes_of(&code, None),
        None => vec!["s_italia".to_owned()],
    }
}

/// A link to a procedure's sheet.
pub(super) fn link(visit: &Visit, procedure: &Procedure) -> ServiceLink {
    let definition = &procedure.definition;
    let prefix = present::page(visit, "").prefix;
    ServiceLink {
        code: definition.code.clone(),
        title: localized(&definition.title, visit.lang),
        summary: localized(&definition.sheet.summary, visit.lang),
        url: format!("{prefix}/servizi/{}", definition.code.to_ascii_lowercase()),
    }
}

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SearchQuery {
    #[serde(default)]
    q: String,
}

/// `/servizi`.
pub(super) async fn list(visit: Visit, Query(query): Query<SearchQuery>) -> Response {
    let page = listed(&visit, query.q.trim());
    show(&visit, page)
}

fn listed(visit: &Visit, query: &str) -> Result<Response, Failure> {
    if visit.unknown_comune {
        return Err(Failure::NotFound("there is no such comune".into()));
    }
    let procedures = visit.shared.app.procedures();
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let found: Vec<&Arc<Procedure>> = procedures
        .of(&scopes(visit), today()?)
        .into_iter()
        .filter(|procedure| {
            let text = searched(procedure, visit.lang);
            words.iter().all(|word| text.contains(word.as_str()))
        })
        .collect();
    let areas = procedures
        .areas()
        .iter()
        .map(|area| AreaView {
            title: localized(&area.title, visit.lang),
            description: localized(&area.description, visit.lang),
            services: found
                .iter()
                .filter(|procedure| procedure.definition.area == area.code)
                .map(|procedure| link(visit, procedure))
                .collect(),
        })
        .filter(|area| !area.services.is_empty())
        .collect();
    html(&ServicesPage {
        page: present::page(visit, &visit.lang.text("services-title")),
        query: query.to_owned(),
        areas,
    })
}

/// The words of a procedure that a search looks at.
fn searched(procedure: &Procedure, lang: Lang) -> String {
    let definition = &procedure.definition;
    let mut text = definition.code.clone();
    let mut add = |words: &Localized| {
        text.push(' ');
        text.push_str(&localized(words, lang));
    };
    add(&definition.title);
    add(&definition.sheet.summary);
    definition.sheet.topics.iter().for_each(&mut add);
    for intention in &definition.intention {
        add(&intention.text);
        intention.example.iter().for_each(&mut add);
    }
    text.to_lowercase()
}

/// The procedure that an address names.
pub(super) fn named(
    visit: &Visit,
    names: &HashMap<String, String>,
) -> Result<Arc<Procedure>, Failure> {
    let code = names.get("code").map(String::as_str).unwrap_or_default();
    if visit.unknown_comune {
        return Err(Failure::NotFound("there is no such comune".into()));
    }
    let procedures = visit.shared.app.procedures();
    let found = procedures.get(code, &scopes(visit), today()?);
    found
        .cloned()
        .ok_or_else(|| Failure::NotFound(format!("there is no procedure '{code}'")))
}

/// `/servizi/{code}`.
pub(super) async fn sheet(visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    let page = named(&visit, &names).and_then(|procedure| sheet_of(&visit, &procedure));
    show(&visit, page)
}

fn sheet_of(visit: &Visit, procedure: &Procedure) -> Result<Response, Failure> {
    let lang = visit.lang;
    let definition = &procedure.definition;
    let say = |text: &Localized| localized(text, lang);
    let say_all = |texts: &[Localized]| texts.iter().map(say).collect::<Vec<String>>();
    let procedures = visit.shared.app.procedures();
    let category = procedures
        .areas()
        .iter()
        .find(|area| area.code == definition.area)
        .map(|area| say(&area.title))
        .unwrap_or_default();
    let nothing = nothing_answered(procedure)?;
    let page = present::page(visit, &say(&definition.title));
    html(&ServicePage {
        can_do_url: format!("{}/cosa-posso-fare", page.prefix),
        page,
        code: definition.code.clone(),
        category,
        title: say(&definition.title),
        suspended: definition.sheet.suspended_because.as_ref().map(say),
        summary: say(&definition.sheet.summary),
        audience: say(&definition.sheet.audience),
        how: say(&definition.sheet.how),
        needed: say_all(&definition.sheet.needed),
        documents: definition
            .attachment
            .iter()
            .zip(&nothing.attachments)
            .map(|(rule, due)| (say(&rule.title), say(&rule.reason), due.due))
            .collect(),
        obtained: say(&definition.sheet.obtained),
        times: say(&definition.sheet.times),
        terms: terms(visit, procedure)?,
        silence: say(&definition.silence),
        fees: definition
            .fee
            .iter()
            .map(|fee| FeeView {
                title: say(&fee.title),
                amount: fee.amount.parse().ok().map(|amount| euro(lang, amount)),
                law: fee.law.clone(),
                to_be_confirmed: fee.to_be_confirmed,
            })
            .collect(),
        conditions: say(&definition.sheet.conditions),
        office: [
            say(&procedure.office.name),
            say(&procedure.office.responsible),
            say(&procedure.office.substitute),
            say(&procedure.office.hours),
        ],
        topics: say_all(&definition.sheet.topics),
        laws: definition.law.clone(),
        to_be_confirmed: say_all(&definition.to_be_confirmed),
    })
}

/// What a form without answers says.
fn nothing_answered(procedure: &Procedure) -> Result<procedure::Assessment, Failure> {
    let standing = Standing {
        parcels: serde_json::json!([]),
        facts: serde_json::json!({}),
        person: serde_json::json!({}),
        today: today()?.to_string(),
    };
    procedure::assess(procedure, &Answers::new(), &standing)
        .map_err(|error| Failure::internal(&error))
}

/// An amount in euro.
pub(super) fn euro(lang: Lang, amount: f64) -> String {
    format!("{}\u{a0}€", lang.number(amount, 2))
}

/// The terms of law of a procedure, as they are today.
fn terms(visit: &Visit, procedure: &Procedure) -> Result<Vec<TermView>, Failure> {
    let scopes = scopes(visit);
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let today = today()?;
    let procedures = visit.shared.app.procedures();
    let law = &procedures.law;
    let mut terms = Vec::new();
    for clock in &procedure.definition.clock {
        let Some(term) = law.term(&clock.term, &scopes) else {
            continue;
        };
        let Some(version) = term.on(today) else {
            continue;
        };
        let key = match version.unit {
            Unit::Day => "term-days",
            Unit::WorkingDay => "term-working-days",
            Unit::Month => "term-months",
            Unit::Year => "term-years",
        };
        let count = u64::from(version.length);
        terms.push(TermView {
            title: localized(&term.title, visit.lang),
            length: visit.lang.text_with(key, &[("count", count.into())]),
            law: version.law.clone(),
            to_be_confirmed: version.to_be_confirmed,
        });
    }
    Ok(terms)
}

/// A selection of parcels.
#[derive(Debug, Default, Deserialize)]
pub(super) struct SelectionQuery {
    #[serde(default)]
    sel: String,
}

/// The references of a list, joined by commas or semicolons.
pub(super) fn split(list: &str) -> Vec<String> {
    list.split([',', ';', '\n'])
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| text.replace('~', "/"))
        .collect()
}

/// `/cosa-posso-fare?sel=…`.
pub(super) async fn can_do(mut visit: Visit, Query(query): Query<SelectionQuery>) -> Response {
    let page = what_can_be_done(&mut visit, &query.sel);
    show(&visit, page)
}

fn what_can_be_done(visit: &mut Visit, selection: &str) -> Result<Response, Failure> {
    if visit.unknown_comune {
        return Err(Failure::NotFound("there is no such comune".into()));
    }
    let texts = split(selection);
    if texts.len() > MAX_SELECTION {
        return Err(Failure::BadRequest(format!(
            "a selection has at most {MAX_SELECTION} parcels"
        )));
    }
    // The comune follows from the first parcel where the address does not name it.
    if visit.comune.is_none()
        && let Some(Ok(reference)) = texts
            .first()
            .map(|t| t.parse::<crate::cadastre::CadastralReference>())
    {
        let code = reference.sheet.comune;
        visit.comune = visit.catalogue.comune_by_code(code).cloned();
    }
    let comune = visit
        .comune
        .clone()
        .ok_or_else(|| Failure::BadRequest("which comune is not told".into()))?;
    let (references, unknown) =
        practice::selection(&visit.catalogue, &visit.viewer, &comune, &texts);
    let standing = practice::standing(&visit.catalogue, &visit.viewer, &references, today()?)?;
    let without_data = standing.facts.as_object().map_or(0, |facts| {
        facts
            .values()
            .filter(|fact| !matches!(fact["status"].as_str(), Some("hit" | "clear")))
            .count()
    });
    let page = present::page(visit, &visit.lang.text("can-do-title"));
    let mut possible = Vec::new();
    let procedures = visit.shared.app.procedures();
    for procedure in procedures.of(&scopes(visit), today()?) {
        possible.push(possibility(visit, procedure, &standing)?);
    }
    possible.sort_by_key(|view| view.blocked);
    let parcels = references
        .iter()
        .map(|reference| {
            let sheet = visit.lang.text_with(
                "can-do-parcel",
                &[
                    ("foglio", (&reference.sheet.foglio.to_string()).into()),
                    ("number", (&reference.number.to_string()).into()),
                ],
            );
            let url = format!("{}/particella/{}", page.prefix, reference.to_path_segment());
            (sheet, url)
        })
        .collect();
    let selection: Vec<String> = references.iter().map(ToString::to_string).collect();
    html(&CanDoPage {
        page,
        parcels,
        unknown,
        selection: selection.join(","),
        possible,
        without_data,
    })
}

fn possibility(
    visit: &Visit,
    procedure: &Procedure,
    standing: &Standing,
) -> Result<PossibleView, Failure> {
    let lang = visit.lang;
    let definition = &procedure.definition;
    // What is known before the form: the parcels.
    let mut answers = Answers::new();
    let parcels: Vec<serde_json::Value> = standing
        .parcels
        .as_array()
        .map(|parcels| parcels.iter().map(|p| p["reference"].clone()).collect())
        .unwrap_or_default();
    answers.insert("parcels".to_owned(), parcels.into());
    let state = procedure::assess(procedure, &answers, standing)
        .map_err(|error| Failure::internal(&error))?;
    let mut reasons = Vec::new();
    let mut blocked = definition.sheet.suspended_because.is_some();
    for (condition, (_, condition_state)) in definition.condition.iter().zip(&state.conditions) {
        let kind = match condition_state {
            ConditionState::Not => continue,
            ConditionState::Ask => "ask",
            ConditionState::Officer => "officer",
            ConditionState::Applies | ConditionState::AppliesWithoutData => {
                if condition.consequence == Consequence::NotHere {
                    blocked = true;
                    "blocks"
                } else {
                    "applies"
                }
            }
        };
        let other = condition
            .target
            .as_deref()
            .filter(|_| condition.consequence == Consequence::AlsoProcedure);
        let scopes = scopes(visit);
        let other = other
            .map(|code| {
                let procedures = visit.shared.app.procedures();
                Ok::<_, Failure>(procedures.get(code, &scopes, today()?).cloned())
            })
            .transpose()?
            .flatten();
        reasons.push(ReasonView {
            kind,
            text: localized(&condition.text, lang),
            law: condition.law.clone(),
            link: other.map(|procedure| link(visit, &procedure)),
        });
    }
    let needs_parcels = matches!(definition.place.kind, PlaceKind::Parcels | PlaceKind::Units);
    if needs_parcels && parcels_of(standing) > definition.place.max as usize {
        blocked = true;
        let most = definition.place.max as usize;
        reasons.push(ReasonView {
            kind: "blocks",
            text: lang.text_with("can-do-too-many", &[("count", most.into())]),
            law: String::new(),
            link: None,
        });
    }
    Ok(PossibleView {
        intentions: definition
            .intention
            .iter()
            .map(|intention| localized(&intention.text, lang))
            .collect(),
        service: link(visit, procedure),
        regime: regime_key(definition.regime),
        reasons,
        blocked,
        cost: (state.cost > 0.0).then(|| euro(lang, state.cost)),
        times: localized(&definition.sheet.times, lang),
    })
}

fn parcels_of(standing: &Standing) -> usize {
    standing.parcels.as_array().map_or(0, Vec::len)
}

/// The key of what filing means.
pub(super) fn regime_key(regime: Regime) -> &'static str {
    match regime {
        Regime::Communication => "regime-communication",
        Regime::Notice => "regime-notice",
        Regime::Application => "regime-application",
    }
}
