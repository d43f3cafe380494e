//! Practices: mine, one of them, and the officers' queue.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::access::{self, Concerned, PracticeAction, Relation};
use crate::blob::{self, Blobs};
use crate::cadastre::CadastralReference;
use crate::calendar::{ClockState, Unit};
use crate::document::VerificationCode;
use crate::place::Comune;
use crate::practice::{
    self, Actor, ClockView, Event, FiledDocument, Practice, Receipt, State, Step,
};
use crate::procedure::{self, Procedure};
use crate::text::{DateFormat, Lang, Value};

use super::super::error::Failure;
use super::super::extract::Visit;
use super::actions::actions;
use super::answers;
use super::documents::pdf_response;
use super::drafts::moment;
use super::failure::html;
use super::party::{Own, grounds, reading};
use super::present::{self, localized};
use super::services::today;
use super::view::{ClockLine, EventView, MinePage, PracticeLink, PracticePage, QueuePage};

/// Whether somebody acts for the office.
pub(super) fn is_officer(actor: &Actor) -> bool {
    actor.role == "officer"
}

/// A practice with everything that is known of it.
pub(super) struct Loaded {
    pub(super) practice: Practice,
    pub(super) procedure: Arc<Procedure>,
    pub(super) comune: Arc<Comune>,
    pub(super) events: Vec<Event>,
    pub(super) parcels: Vec<String>,
    pub(super) files: Vec<FiledDocument>,
    pub(super) state: State,
    pub(super) clock: Option<ClockView>,
    pub(super) receipt: Option<Receipt>,
    pub(super) code: Option<VerificationCode>,
}

pub(super) async fn complete(
    visit: &Visit,
    connection: &mut PgConnection,
    practice: Practice,
    today: Date,
) -> Result<Loaded, Failure> {
    let (sha256, territory) = (&practice.definition_sha256, practice.territory_id);
    let (procedure, comune) = grounds(visit, connection, sha256, territory).await?;
    let events = practice::events(connection, practice.id).await?;
    let parcels = practice::parcels(connection, practice.id).await?;
    let files = practice::files(connection, practice.id).await?;
    let regime = procedure.definition.regime;
    let state = practice::fold(events.iter().map(|event| event.step), regime)
        .ok_or_else(|| Failure::internal(&"the events of a practice cannot have been"))?;
    let clock = clock(visit, &procedure, &comune, &events, today)?;
    Ok(Loaded {
        practice,
        procedure,
        comune,
        events,
        parcels,
        files,
        state,
        clock,
        receipt: None,
        code: None,
    })
}

/// The main clock of a practice; none when it has none, or its events do not fit the law.
pub(super) fn clock(
    visit: &Visit,
    procedure: &Procedure,
    comune: &Comune,
    events: &[Event],
    today: Date,
) -> Result<Option<ClockView>, Failure> {
    let code = comune
        .codes
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    let scopes = procedure::scopes_of(&code, None);
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let procedures = visit.shared.app.procedures();
    let law = &procedures.law;
    let clock = practice::clock_of(procedure, events, law, &scopes, &code, today)?;
    Ok(match clock {
        Some(Ok(clock)) => Some(clock),
        Some(Err(error)) => {
            tracing::warn!(error = %error, "a clock does not fit its events");
            None
        }
        None => None,
    })
}

/// How the visitor stands to what is somebody's, when they may do this with it; otherwise there is
/// no such thing.
pub(super) fn may(
    visit: &Visit,
    person: &str,
    procedure: &str,
    action: PracticeAction,
) -> Result<Relation, Failure> {
    let relation = access::relation(&visit.viewer, Concerned { person, procedure });
    access::authorize_practice(relation, action)
        .map_err(|_| Failure::NotFound("there is no such practice".into()))?;
    Ok(relation)
}

/// Whether the visitor handles a practice, and not their own.
pub(super) fn handles(visit: &Visit, practice: &Practice) -> bool {
    let (person, procedure) = (&practice.person, &practice.procedure_code);
    may(visit, person, procedure, PracticeAction::Handle).is_ok()
}

pub(super) async fn load(
    visit: &mut Visit,
    actor: &Actor,
    names: &HashMap<String, String>,
) -> Result<Loaded, Failure> {
    let id: Uuid = names
        .get("id")
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| Failure::NotFound("there is no such practice".into()))?;
    let mut connection = reading(visit).await?;
    let found = practice::find(&mut connection, id, &actor.person, is_officer(actor)).await?;
    may(
        visit,
        &found.person,
        &found.procedure_code,
        PracticeAction::Read,
    )?;
    let mut loaded = complete(visit, &mut connection, found, today()?).await?;
    loaded.receipt = practice::receipt(&mut connection, id).await?;
    loaded.code = practice::follow_code(&mut connection, id).await?;
    visit.comune = Some(Arc::clone(&loaded.comune));
    Ok(loaded)
}

/// `/pratiche`.
pub(super) async fn mine(own: Own) -> Response {
    let page = mine_page(&own.visit, &own.actor).await;
    own.answer(page)
}

async fn mine_page(visit: &Visit, actor: &Actor) -> Result<Response, Failure> {
    let mut connection = reading(visit).await?;
    let mut drafts = Vec::new();
    for draft in practice::drafts(&mut connection, &actor.person).await? {
        let (sha256, territory) = (&draft.definition_sha256, draft.territory_id);
        let (procedure, _) = grounds(visit, &mut connection, sha256, territory).await?;
        drafts.push(PracticeLink {
            title: localized(&procedure.definition.title, visit.lang),
            url: format!("/pratiche/bozze/{}", draft.id),
            date: moment(visit, draft.saved_at),
            ..PracticeLink::default()
        });
    }
    let mut practices = Vec::new();
    let today = today()?;
    for found in practice::of_person(&mut connection, &actor.person).await? {
        let loaded = complete(visit, &mut connection, found, today).await?;
        practices.push(link(visit, &loaded, false, today));
    }
    html(&MinePage {
        page: present::page(visit, &visit.lang.text("mine-title")),
        drafts,
        practices,
    })
}

/// `/ufficio`: the most urgent first.
pub(super) async fn queue(own: Own) -> Response {
    let page = if is_officer(&own.actor) {
        queue_page(&own.visit).await
    } else {
        Err(Failure::NotFound("there is no such page".into()))
    };
    own.answer(page)
}

async fn queue_page(visit: &Visit) -> Result<Response, Failure> {
    let mut connection = reading(visit).await?;
    let today = today()?;
    let mut practices = Vec::new();
    for found in practice::of_office(&mut connection).await? {
        let loaded = complete(visit, &mut connection, found, today).await?;
        if !loaded.state.has_ended() {
            practices.push(link(visit, &loaded, true, today));
        }
    }
    practices.sort_by_key(|item| item.days_left.unwrap_or(i64::MAX));
    html(&QueuePage {
        page: present::page(visit, &visit.lang.text("queue-title")),
        practices,
    })
}

fn link(visit: &Visit, loaded: &Loaded, office: bool, today: Date) -> PracticeLink {
    let clock = loaded
        .clock
        .as_ref()
        .filter(|clock| clock.reading.state != ClockState::Closed);
    let days_left =
        clock.map(|clock| clock.reading.rolled_due.duration_since(today).as_hours() / 24);
    PracticeLink {
        title: localized(&loaded.procedure.definition.title, visit.lang),
        url: format!("/pratiche/{}", loaded.practice.id),
        number: loaded.practice.register_number(),
        date: moment(visit, loaded.practice.registered_at),
        state: visit.lang.text(state_key(loaded.state)),
        turn: visit.lang.text(turn_key(loaded.state, office)),
        who: loaded.practice.person_name.clone(),
        place: loaded.parcels.join(", "),
        days_left,
        due: clock.map(|clock| visit.lang.date(clock.reading.rolled_due)),
    }
}

pub(super) fn state_key(state: State) -> &'static str {
    match state {
        State::Submitted => "state-submitted",
        State::InReview => "state-in-review",
        State::AwaitingApplicant => "state-awaiting",
        State::Effective => "state-effective",
        State::InControl => "state-in-control",
        State::Granted => "state-granted",
        State::Refused => "state-refused",
        State::Withdrawn => "state-withdrawn",
        State::Closed => "state-closed",
    }
}

pub(super) fn turn_key(state: State, office: bool) -> &'static str {
    match (state, office) {
        (State::Submitted | State::InReview | State::InControl, _) => "turn-office",
        (State::AwaitingApplicant, false) => "turn-you",
        (State::AwaitingApplicant, true) => "turn-applicant",
        _ => "turn-nobody",
    }
}

/// How a practice is shown.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Shown {
    #[serde(default)]
    ricevuta: Option<String>,
}

/// `/pratiche/{id}`.
pub(super) async fn practice(
    mut own: Own,
    Path(names): Path<HashMap<String, String>>,
    Query(shown): Query<Shown>,
) -> Response {
    let page = match load(&mut own.visit, &own.actor, &names).await {
        Ok(loaded) => {
            let receipt = shown.ricevuta.as_deref() == Some("1");
            practice_page(&own.visit, &loaded, receipt, false)
        }
        Err(failure) => Err(failure),
    };
    own.answer(page)
}

/// The page of a practice.
pub(super) fn practice_page(
    visit: &Visit,
    loaded: &Loaded,
    receipt: bool,
    conflict: bool,
) -> Result<Response, Failure> {
    let lang = visit.lang;
    let office = handles(visit, &loaded.practice);
    let procedure = &loaded.procedure;
    let definition = &procedure.definition;
    let title = localized(&definition.title, lang);
    let page = present::page(visit, &title);
    let first = loaded.events.first();
    let said = |key: &str| {
        first
            .map(|event| event.data[key].clone())
            .unwrap_or_default()
    };
    let url = format!("/pratiche/{}", loaded.practice.id);
    let conditions = said("conditions")
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|word| {
            let word = word.as_str()?;
            let (key, code) = match word.split_once(':') {
                Some(("ask", code)) => ("reason-ask", code),
                Some(("officer", code)) => ("reason-officer", code),
                Some((_, code)) => ("reason-applies", code),
                None => ("reason-applies", word),
            };
            let condition = definition.condition.iter().find(|c| c.code == code)?;
            Some((localized(&condition.text, lang), lang.text(key)))
        })
        .collect();
    html(&PracticePage {
        receipt: receipt && !office,
        office,
        conflict,
        number: loaded.practice.register_number(),
        registered: moment(visit, loaded.practice.registered_at),
        hash: said("body_sha256").as_str().unwrap_or_default().to_owned(),
        state: lang.text(state_key(loaded.state)),
        turn: lang.text(turn_key(loaded.state, office)),
        clock: loaded.clock.as_ref().map(|clock| clock_line(lang, clock)),
        silence: localized(&definition.silence, lang),
        office_names: [
            localized(&procedure.office.name, lang),
            localized(&procedure.office.responsible, lang),
            localized(&procedure.office.substitute, lang),
        ],
        parcels: loaded
            .parcels
            .iter()
            .filter_map(|text| {
                let reference: CadastralReference = text.parse().ok()?;
                let name = lang.text_with(
                    "can-do-parcel",
                    &[
                        ("foglio", (&reference.sheet.foglio.to_string()).into()),
                        ("number", (&reference.number.to_string()).into()),
                    ],
                );
                let segment = reference.to_path_segment();
                Some((name, format!("{}/particella/{segment}", page.prefix)))
            })
            .collect(),
        events: loaded
            .events
            .iter()
            .map(|event| EventView {
                date: moment(visit, event.at),
                what: lang.text(event_key(event.step)),
                who: event.actor_name.clone(),
                text: event.data["text"].as_str().map(str::to_owned),
            })
            .collect(),
        sections: answers::filed(procedure, &loaded.practice, lang),
        documents: loaded
            .files
            .iter()
            .map(|file| {
                (
                    answers::document_name(procedure, file, lang),
                    format!("{} ({})", file.name, answers::size(file.bytes, lang)),
                    format!("{url}/documenti/{}", file.code),
                )
            })
            .collect(),
        conditions,
        actions: actions(visit, loaded, office)?,
        receipt_url: loaded
            .receipt
            .is_some()
            .then(|| format!("{url}/ricevuta.pdf")),
        code: loaded.code.as_ref().map(ToString::to_string),
        your_turn: !office && loaded.state == State::AwaitingApplicant,
        expected: loaded
            .clock
            .as_ref()
            .filter(|clock| clock.reading.state != ClockState::Closed)
            .map(|clock| {
                let key = match clock.reading.provisional {
                    true => "expected-decision-provisional",
                    false => "expected-decision",
                };
                (lang.date(clock.reading.rolled_due), lang.text(key))
            }),
        map_url: loaded.parcels.first().and_then(|text| {
            let reference: CadastralReference = text.parse().ok()?;
            let segment = reference.to_path_segment();
            Some(format!("{}/particella/{segment}/mappa.svg", page.prefix))
        }),
        seen: loaded.events.last().map_or(0, |event| event.seq),
        action_url: format!("{url}/azione"),
        title,
        page,
    })
}

pub(super) fn event_key(step: Step) -> &'static str {
    match step {
        Step::Submitted => "event-submitted",
        Step::Assigned => "event-assigned",
        Step::SampleDrawn => "event-sample-drawn",
        Step::IntegrationRequested => "event-integration-requested",
        Step::IntegrationAnswered => "event-integration-answered",
        Step::Granted => "event-granted",
        Step::Refused => "event-refused",
        Step::ControlClosed => "event-control-closed",
        Step::Withdrawn => "event-withdrawn",
        Step::Message => "event-message",
    }
}

pub(super) fn clock_line(lang: Lang, clock: &ClockView) -> ClockLine {
    let reading = &clock.reading;
    let elapsed = u64::try_from(reading.elapsed).unwrap_or(0);
    let total = u64::try_from(reading.total).unwrap_or(0);
    let key = match clock.term.unit {
        Unit::WorkingDay => "clock-working-day",
        _ => "clock-day",
    };
    let (bar, still) = bar(clock);
    ClockLine {
        day: lang.text_with(
            key,
            &[
                ("day", Value::Count(elapsed)),
                ("total", Value::Count(total)),
            ],
        ),
        bar,
        pauses: (still > 0).then(|| {
            let days = still.unsigned_abs();
            lang.text_with("clock-pauses", &[("count", Value::Count(days))])
        }),
        due: lang.date(reading.rolled_due),
        suspended: matches!(
            reading.state,
            ClockState::Suspended | ClockState::Interrupted
        ),
        late: (reading.late_days > 0).then(|| {
            let days = reading.late_days.unsigned_abs();
            lang.text_with("clock-late", &[("count", Value::Count(days))])
        }),
        law: clock.term.law.clone(),
    }
}

/// The parts of a clock's bar (kind, start and width in thousandths), and the days it stood still.
fn bar(clock: &ClockView) -> (Vec<(&'static str, i64, i64)>, i64) {
    let reading = &clock.reading;
    let start = reading.counts_from;
    let days = |day: Date| day.duration_since(start).as_hours() / 24;
    let whole = days(reading.rolled_due).max(days(clock.today)).max(1);
    let place = |day: Date| (days(day).clamp(0, whole) * 1000) / whole;
    let until = reading.closed_on.unwrap_or(clock.today);
    let late = until > reading.rolled_due;
    let mut parts = vec![("passed", 0, place(until.min(reading.rolled_due)))];
    if late {
        let from = place(reading.rolled_due);
        parts.push(("late", from, place(until) - from));
    }
    let mut still = 0;
    for pause in &reading.pauses {
        let to = pause.to.unwrap_or(clock.today);
        still += days(to) - days(pause.from);
        parts.push(("pause", place(pause.from), place(to) - place(pause.from)));
    }
    (parts, still)
}

/// `/pratiche/{id}/ricevuta.pdf`.
pub(super) async fn receipt(mut own: Own, Path(names): Path<HashMap<String, String>>) -> Response {
    let page = receipt_of(&mut own.visit, &own.actor, &names).await;
    own.answer(page)
}

async fn receipt_of(
    visit: &mut Visit,
    actor: &Actor,
    names: &HashMap<String, String>,
) -> Result<Response, Failure> {
    let loaded = load(visit, actor, names).await?;
    let receipt = loaded
        .receipt
        .ok_or_else(|| Failure::Unavailable("the receipt is being printed".into()))?;
    let blobs = Blobs::new(&visit.shared.app.config().var.join("blobs"));
    let pdf = blobs
        .read(&receipt.sha256)
        .await
        .map_err(|error: blob::Error| Failure::internal(&error))?;
    let number = loaded.practice.register_number().replace('/', "-");
    Ok(pdf_response(pdf, &format!("ricevuta-{number}.pdf")))
}

/// `/pratiche/{id}/documenti/{code}`: the bytes as they were filed, never shown by the browser.
pub(super) async fn document(mut own: Own, Path(names): Path<HashMap<String, String>>) -> Response {
    let page = downloaded(&mut own.visit, &own.actor, &names).await;
    own.answer(page)
}

async fn downloaded(
    visit: &mut Visit,
    actor: &Actor,
    names: &HashMap<String, String>,
) -> Result<Response, Failure> {
    let loaded = load(visit, actor, names).await?;
    let code = names.get("code").map(String::as_str).unwrap_or_default();
    let file = loaded
        .files
        .iter()
        .find(|file| file.code == code)
        .ok_or_else(|| Failure::NotFound("there is no such document".into()))?;
    let blobs = Blobs::new(&visit.shared.app.config().var.join("blobs"));
    let bytes = blobs
        .read(&file.sha256)
        .await
        .map_err(|error: blob::Error| Failure::internal(&error))?;
    let end = file.name.rsplit_once('.').map_or("", |(_, end)| end);
    let end: String = end
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(8)
        .collect();
    let name = format!("attachment; filename=\"{code}.{end}\"");
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|e| Failure::internal(&e));
    headers.insert(header::CONTENT_TYPE, value(&file.media)?);
    headers.insert(header::CONTENT_DISPOSITION, value(&name)?);
    headers.insert(
        HeaderName::from_static("content-security-policy"),
        HeaderValue::from_static("sandbox; default-src 'none'"),
    );
    Ok(response)
}
