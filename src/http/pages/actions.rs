//! What may be done with a practice now, why not, and doing it.

use std::collections::HashMap;

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use crate::access::PracticeAction;
use crate::db::in_transaction_for;
use crate::practice::{self, Actor, Event, Forbidden, State, Step};

use super::super::error::Failure;
use super::super::extract::Visit;
use super::party::{Own, with_status};
use super::practices::{Loaded, clock, handles, load, may, practice_page};
use super::services::today;
use super::view::ActionView;

/// The steps of a side, with the key of each button and whether a text belongs to it.
fn offered(office: bool) -> &'static [(Step, &'static str, bool)] {
    if office {
        &[
            (Step::Assigned, "action-assign", false),
            (Step::SampleDrawn, "action-sample", false),
            (Step::IntegrationRequested, "action-integration", true),
            (Step::Granted, "action-grant", true),
            (Step::Refused, "action-refuse", true),
            (Step::ControlClosed, "action-close-control", true),
            (Step::Message, "action-message", true),
        ]
    } else {
        &[
            (Step::IntegrationAnswered, "action-answer", true),
            (Step::Message, "action-message", true),
            (Step::Withdrawn, "action-withdraw", false),
        ]
    }
}

/// What is offered to a side, with the reason where it cannot be done now.
pub(super) fn actions(
    visit: &Visit,
    loaded: &Loaded,
    office: bool,
) -> Result<Vec<ActionView>, Failure> {
    if loaded.state.has_ended() {
        return Ok(Vec::new());
    }
    let mut actions = Vec::new();
    for (step, label, with_text) in offered(office) {
        let forbidden = forbidden(visit, loaded, *step)?;
        let never = matches!(
            forbidden,
            Some(Forbidden::NothingToDecide | Forbidden::NoSample | Forbidden::NothingAsked)
        );
        // What this kind of practice does not know is not shown at all.
        if never || (*step == Step::Assigned && loaded.state != State::Submitted) {
            continue;
        }
        actions.push(ActionView {
            step: step.as_str(),
            label,
            with_text: *with_text,
            forbidden: forbidden.map(forbidden_key),
        });
    }
    Ok(actions)
}

fn forbidden_key(reason: Forbidden) -> &'static str {
    match reason {
        Forbidden::Awaiting => "forbidden-awaiting",
        Forbidden::NotTaken => "forbidden-not-taken",
        Forbidden::Clock => "forbidden-clock",
        _ => "forbidden-other",
    }
}

/// Why a step cannot be taken now, by the table of states or by the law of the term.
fn forbidden(visit: &Visit, loaded: &Loaded, step: Step) -> Result<Option<Forbidden>, Failure> {
    let regime = loaded.procedure.definition.regime;
    if let Err(reason) = practice::next(Some(loaded.state), step, regime) {
        return Ok(Some(reason));
    }
    if step != Step::IntegrationRequested || loaded.clock.is_none() {
        return Ok(None);
    }
    let mut events = loaded.events.clone();
    if let Some(last) = loaded.events.last() {
        events.push(Event {
            seq: last.seq + 1,
            step,
            at: jiff::Timestamp::now(),
            ..last.clone()
        });
    }
    let fits = clock(visit, &loaded.procedure, &loaded.comune, &events, today()?)?.is_some();
    Ok((!fits).then_some(Forbidden::Clock))
}

/// What is to be done.
#[derive(Debug, Deserialize)]
pub(super) struct Action {
    seen: i32,
    step: String,
    #[serde(default)]
    text: String,
}

/// `POST /pratiche/{id}/azione`.
pub(super) async fn act(
    mut own: Own,
    Path(names): Path<HashMap<String, String>>,
    Form(action): Form<Action>,
) -> Response {
    let page = acted(&mut own.visit, &own.actor, &names, action).await;
    own.answer(page)
}

async fn acted(
    visit: &mut Visit,
    actor: &Actor,
    names: &HashMap<String, String>,
    action: Action,
) -> Result<Response, Failure> {
    let loaded = load(visit, actor, names).await?;
    let office = handles(visit, &loaded.practice);
    let step = Step::from_word(&action.step)
        .filter(|step| offered(office).iter().any(|o| o.0 == *step))
        .ok_or_else(|| Failure::NotFound("there is no such action".into()))?;
    let needed = match step {
        _ if office => PracticeAction::Handle,
        Step::Withdrawn => PracticeAction::Submit,
        _ => PracticeAction::Compile,
    };
    let (person, procedure) = (&loaded.practice.person, &loaded.practice.procedure_code);
    may(visit, person, procedure, needed)?;
    if action.text.chars().count() > 4000 {
        return Err(Failure::BadRequest("the text is too long".into()));
    }
    if let Some(reason) = forbidden(visit, &loaded, step)? {
        let id = loaded.practice.id;
        let conflict = loaded
            .events
            .last()
            .is_some_and(|event| event.seq != action.seen);
        if !conflict {
            return Err(practice::Error::Forbidden { id, reason }.into());
        }
    }
    let text = action.text.trim();
    if step == Step::Message && text.is_empty() {
        return Err(Failure::BadRequest("the message is empty".into()));
    }
    let data = if text.is_empty() {
        json!({})
    } else {
        json!({ "text": text })
    };
    let (id, regime, seen) = (
        loaded.practice.id,
        loaded.procedure.definition.regime,
        action.seen,
    );
    let who = actor.clone();
    let done = in_transaction_for(
        &visit.shared.app.databases().writer,
        &visit.viewer,
        move |tx| {
            Box::pin(async move { practice::act(tx, id, regime, seen, step, &who, &data).await })
        },
    )
    .await;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/pratiche/{id}")).into_response()),
        Err(practice::Error::Conflict { .. }) => {
            let now = load(visit, actor, names).await?;
            let page = practice_page(visit, &now, false, true)?;
            Ok(with_status(page, StatusCode::PRECONDITION_FAILED))
        }
        Err(error) => Err(error.into()),
    }
}
