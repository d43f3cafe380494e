//! One page of the form: shown, saved whole, and saved on the way, field by field.
//!
//! A page carries the mark of the answers that it shows. Whoever saves over other answers than
//! those is shown both; somebody who saves another page is in nobody's way.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::extract::{Form, Path};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::blob;
use crate::db::in_transaction_for;
use crate::practice::{self, Actor};
use crate::procedure::{self, Answers, FieldKind, Section};

use super::super::error::Failure;
use super::super::extract::Visit;
use super::answers;
use super::drafts::{Loaded, assessed, load, moment};
use super::failure::html;
use super::party::{Own, Person, actor, personal, sign_in_url, with_status};
use super::present::{self, localized};
use super::view::{ExpiredPage, FormPage};

/// Times that a saving is tried again when another page of the same draft was saved meanwhile.
const ATTEMPTS: usize = 4;

/// Characters of what somebody typed that are carried over a sign-in.
const CARRIED: usize = 48 * 1024;

/// The position of a page of the form.
fn step_of(loaded: &Loaded, names: &HashMap<String, String>) -> Result<usize, Failure> {
    let number: Option<usize> = names.get("step").and_then(|step| step.parse().ok());
    number
        .and_then(|number| number.checked_sub(1))
        .filter(|index| loaded.state.steps.contains(index))
        .ok_or_else(|| Failure::NotFound("there is no such page".into()))
}

/// The mark of a page's answers: another one as soon as one of them changes.
fn mark(section: &Section, answers: &Answers) -> String {
    let mut hash = Sha256::new();
    for field in &section.field {
        if let Some(value) = answers.get(&field.key).filter(|v| !procedure::is_empty(v)) {
            hash.update(format!("{}={value}\n", field.key));
        }
    }
    blob::hex(&hash.finalize()[..12])
}

/// `GET /pratiche/bozze/{id}/{step}`.
pub(super) async fn form(mut own: Own, Path(names): Path<HashMap<String, String>>) -> Response {
    let page = match load(&mut own.visit, &own.actor, &names).await {
        Ok(loaded) => step_of(&loaded, &names).and_then(|step| {
            // Nothing is wrong yet on a page that was never saved.
            let told = loaded.status(step) == "problem";
            form_page(&own.visit, &loaded, step, told, None)
        }),
        Err(failure) => Err(failure),
    };
    own.answer(page)
}

/// A page of the form; `others` are the answers that somebody saved meanwhile.
fn form_page(
    visit: &Visit,
    loaded: &Loaded,
    step: usize,
    told: bool,
    others: Option<&Answers>,
) -> Result<Response, Failure> {
    let lang = visit.lang;
    let section = &loaded.procedure.sections[step];
    let violations = if told {
        loaded.state.of_section(&section.code)
    } else {
        Vec::new()
    };
    // A page shows its questions as they follow from the answers saved; those that depend on an
    // answer of the same page appear when it is saved.
    let mut fields: Vec<_> = section
        .field
        .iter()
        .filter(|field| loaded.state.visible.contains(&field.key))
        .map(|field| answers::field(field, &loaded.draft.answers, &violations, lang))
        .collect();
    if let Some(others) = others {
        let differing = differing(visit, section, &loaded.draft.answers, others);
        for field in &mut fields {
            field.other = differing.get(&field.key).cloned();
        }
    }
    let errors = fields
        .iter()
        .filter_map(|field| Some((field.key.clone(), field.error.clone()?)))
        .map(|(key, message)| {
            let label = fields.iter().find(|field| field.key == key);
            let label = label.map(|field| field.label.clone()).unwrap_or_default();
            (key, format!("{label}: {message}"))
        })
        .collect();
    let title = localized(&section.title, lang);
    let position = loaded.state.steps.iter().position(|other| *other == step);
    html(&FormPage {
        page: present::page(visit, &title),
        title,
        intro: section.intro.as_ref().map(|intro| localized(intro, lang)),
        position: (position.unwrap_or(0) + 1, loaded.state.steps.len()),
        mark: mark(section, others.unwrap_or(&loaded.draft.answers)),
        saved: moment(visit, loaded.draft.saved_at),
        conflict: others.is_some(),
        own_url: loaded.step_url(step),
        sign_in_url: sign_in_url("/pratiche"),
        fields,
        errors,
        back_url: loaded.url(""),
    })
}

/// The other answers in words, by key, where they are not those that were typed.
fn differing(
    visit: &Visit,
    section: &Section,
    typed: &Answers,
    others: &Answers,
) -> BTreeMap<String, String> {
    let nothing = visit.lang.text("form-other-nothing");
    section
        .field
        .iter()
        .filter(|field| field.kind != FieldKind::Computed)
        .filter_map(|field| {
            let of = |answers: &Answers| answers.get(&field.key).cloned().unwrap_or_default();
            let (ours, theirs) = (of(typed), of(others));
            let both_empty = procedure::is_empty(&ours) && procedure::is_empty(&theirs);
            if ours == theirs || both_empty {
                return None;
            }
            let words = answers::words(field, &theirs, visit.lang);
            Some((field.key.clone(), words.unwrap_or_else(|| nothing.clone())))
        })
        .collect()
}

/// What was sent of a page: names and values, and how it is to be answered.
struct Sent<'p> {
    pairs: &'p [(String, String)],
    /// Mark of the answers that were shown.
    mark: Option<String>,
    /// Whether a script saves on the way; it is answered in JSON.
    on_the_way: bool,
}

impl Sent<'_> {
    fn value(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The answers with what was typed on a page.
    fn over(&self, section: &Section, visible: &[String], answers: &Answers) -> Answers {
        let mut answers = answers.clone();
        for field in &section.field {
            if field.kind == FieldKind::Computed || !visible.contains(&field.key) {
                continue;
            }
            let typed: Vec<String> = self
                .pairs
                .iter()
                .filter(|(key, _)| *key == field.key)
                .map(|(_, value)| value.clone())
                .collect();
            answers.insert(field.key.clone(), procedure::read_answer(field, &typed));
        }
        answers
    }
}

/// `POST /pratiche/bozze/{id}/{step}`: saves what was typed, complete or not.
///
/// With `_then=stay` a script saves on the way: the answer is JSON, and the page does not count
/// as finished. The mark comes in `If-Match` or in the form.
pub(super) async fn save(
    visit: Visit,
    person: Person,
    Path(names): Path<HashMap<String, String>>,
    headers: HeaderMap,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    let in_header = headers
        .get(header::IF_MATCH)
        .and_then(|value| value.to_str().ok())
        .map(|tag| tag.trim_matches('"').to_owned());
    let mut sent = Sent {
        pairs: &pairs,
        mark: in_header,
        on_the_way: false,
    };
    sent.on_the_way = sent.value("_then") == Some("stay");
    if sent.mark.is_none() {
        sent.mark = sent.value("_revision").map(str::to_owned);
    }
    let actor = match actor(&visit, person) {
        Ok(actor) => actor,
        Err(elsewhere) => return personal(expired(&visit, &sent).unwrap_or(elsewhere)),
    };
    let mut own = Own { visit, actor };
    let page = saved(&mut own.visit, &own.actor, &names, &sent).await;
    own.answer(page)
}

/// What was typed, kept in the page until its writer has signed in again.
fn expired(visit: &Visit, sent: &Sent<'_>) -> Option<Response> {
    if sent.on_the_way {
        let body = json!({"message": visit.lang.text("form-expired")});
        return Some((StatusCode::UNAUTHORIZED, axum::Json(body)).into_response());
    }
    let size: usize = sent.pairs.iter().map(|(k, v)| k.len() + v.len()).sum();
    if size > CARRIED {
        return None;
    }
    let page = html(&ExpiredPage {
        page: present::page(visit, &visit.lang.text("form-expired-title")),
        url: visit.path.clone(),
        sign_in_url: sign_in_url("/pratiche"),
        pairs: sent.pairs.to_vec(),
    });
    page.ok()
        .map(|page| with_status(page, StatusCode::UNAUTHORIZED))
}

async fn saved(
    visit: &mut Visit,
    actor: &Actor,
    names: &HashMap<String, String>,
    sent: &Sent<'_>,
) -> Result<Response, Failure> {
    for _ in 0..ATTEMPTS {
        let mut loaded = load(visit, actor, names).await?;
        if let Some(practice) = loaded.draft.submitted_as {
            let url = format!("/pratiche/{practice}");
            return Ok(Redirect::to(&url).into_response());
        }
        let step = step_of(&loaded, names)?;
        let section = Arc::clone(&loaded.procedure.sections[step]);
        let visible = loaded.state.visible.clone();
        let answers = sent.over(&section, &visible, &loaded.draft.answers);
        let kept = loaded.draft.answers.clone();
        let (now, wanted) = (mark(&section, &kept), mark(&section, &answers));
        let seen = sent.mark.as_deref();
        if now != wanted && seen.is_some_and(|seen| seen != now) {
            return conflict(visit, loaded, step, answers, &kept, sent);
        }
        let draft = loaded.draft.clone();
        let stored = answers.clone();
        let finished = (!sent.on_the_way).then(|| section.code.clone());
        let done = in_transaction_for(
            &visit.shared.app.databases().writer,
            &visit.viewer,
            move |tx| {
                Box::pin(async move {
                    practice::save_draft(tx, &draft, &stored, finished.as_deref()).await
                })
            },
        )
        .await;
        match done {
            // Another page was saved in this moment: look again.
            Err(practice::Error::Conflict { .. }) => continue,
            other => other?,
        }
        if sent.value("_then") == Some("leave") {
            return Ok(Redirect::to(&loaded.url("")).into_response());
        }
        let comune = Arc::clone(&loaded.comune);
        loaded.state = assessed(visit, &loaded.procedure, &comune, &answers)?;
        loaded.draft.answers = answers;
        loaded.draft.saved_at = jiff::Timestamp::now();
        if !sent.on_the_way {
            loaded.draft.touched.push(section.code.clone());
        }
        let asked = |loaded: &Loaded| -> Vec<String> {
            let all = loaded.state.visible.iter();
            let here = all.filter(|key| section.field(key).is_some());
            here.cloned().collect()
        };
        let here: Vec<String> = visible
            .into_iter()
            .filter(|key| section.field(key).is_some())
            .collect();
        let changed = asked(&loaded) != here;
        if sent.on_the_way {
            return Ok(stayed(visit, &loaded, &section, changed));
        }
        let more_asked = asked(&loaded).iter().any(|key| !here.contains(key));
        return after(visit, &loaded, step, more_asked);
    }
    Err(Failure::Overloaded)
}

/// Where a saved page leads.
fn after(
    visit: &Visit,
    loaded: &Loaded,
    step: usize,
    more_asked: bool,
) -> Result<Response, Failure> {
    if more_asked {
        return Ok(Redirect::to(&loaded.step_url(step)).into_response());
    }
    let section = &loaded.procedure.sections[step];
    if !loaded.state.of_section(&section.code).is_empty() {
        let page = form_page(visit, loaded, step, true, None)?;
        return Ok(with_status(page, StatusCode::UNPROCESSABLE_ENTITY));
    }
    let next = loaded.state.steps.iter().find(|other| **other > step);
    let url = match next {
        Some(next) if loaded.status(*next) != "done" => loaded.step_url(*next),
        _ => loaded.url(""),
    };
    Ok(Redirect::to(&url).into_response())
}

/// What a script is told that saved on the way.
fn stayed(visit: &Visit, loaded: &Loaded, section: &Section, changed: bool) -> Response {
    let when = moment(visit, loaded.draft.saved_at);
    let shown: BTreeMap<&str, String> = section
        .field
        .iter()
        .filter(|field| field.kind == FieldKind::Computed)
        .map(|field| {
            let value = loaded.state.answers.get(&field.key);
            let words = value.and_then(|value| answers::words(field, value, visit.lang));
            let words = words.unwrap_or_else(|| visit.lang.text("form-not-yet"));
            (field.key.as_str(), words)
        })
        .collect();
    axum::Json(json!({
        "mark": mark(section, &loaded.draft.answers),
        "saved": visit.lang.text_with("draft-saved", &[("moment", (&when).into())]),
        "changed": changed,
        "computed": shown,
    }))
    .into_response()
}

/// Both answers beside each other; saving again is then a choice.
fn conflict(
    visit: &Visit,
    mut loaded: Loaded,
    step: usize,
    typed: Answers,
    kept: &Answers,
    sent: &Sent<'_>,
) -> Result<Response, Failure> {
    if sent.on_the_way {
        let section = &loaded.procedure.sections[step];
        let body = json!({
            "message": visit.lang.text("form-conflict"),
            "mark": mark(section, kept),
            "others": differing(visit, section, &typed, kept),
        });
        return Ok((StatusCode::PRECONDITION_FAILED, axum::Json(body)).into_response());
    }
    loaded.draft.answers = typed;
    let page = form_page(visit, &loaded, step, false, Some(kept))?;
    Ok(with_status(page, StatusCode::PRECONDITION_FAILED))
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;

    #[test]
    fn a_mark_changes_with_an_answer_and_with_nothing_else() {
        let section: Section = serde_json::from_value(json!({
            "code": "chi.prova", "title": {"it": "x", "en": "x"},
            "field": [{"key": "a", "kind": "text", "label": {"it": "x", "en": "x"}}],
        }))
        .expect("it is one");
        let of = |value: Json| {
            let Json::Object(answers) = value else {
                panic!("no answers")
            };
            mark(&section, &answers)
        };
        assert_eq!(of(json!({})), of(json!({"a": ""})));
        assert_eq!(of(json!({"a": "1"})), of(json!({"a": "1", "elsewhere": 2})));
        assert_ne!(of(json!({"a": "1"})), of(json!({"a": "2"})));
    }
}
