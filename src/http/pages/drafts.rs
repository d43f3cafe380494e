//! Drafts: the task list, the check of all answers, and the submission.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::access::PracticeAction;
use crate::db::{Tx, in_transaction_for};
use crate::failpoint::reach;
use crate::job::announce;
use crate::place::Comune;
use crate::practice::{self, Actor, Draft, FiledDocument, Occupied, Submission};
use crate::procedure::{
    self, Answers, Assessment, Fault, Prefill, Procedure, StepGroup, Violation,
};
use crate::text::{DateFormat, NumberFormat};

use super::super::error::Failure;
use super::super::extract::Visit;
use super::answers;
use super::failure::html;
use super::party::{Own, grounds, reading, with_status};
use super::practices::may;
use super::present::{self, localized};
use super::services::{named, split, today};
use super::view::{CheckPage, TaskGroup, TaskView, TasksPage};

/// The selection from which a practice is started.
#[derive(Debug, Deserialize)]
pub(super) struct Begin {
    #[serde(default)]
    sel: String,
}

/// Opens a draft: `POST /servizi/{code}/inizia`.
pub(super) async fn begin(
    own: Own,
    Path(names): Path<HashMap<String, String>>,
    Form(begin): Form<Begin>,
) -> Response {
    let page = opened(&own.visit, &own.actor, &names, &begin).await;
    own.answer(page)
}

async fn opened(
    visit: &Visit,
    actor: &Actor,
    names: &HashMap<String, String>,
    begin: &Begin,
) -> Result<Response, Failure> {
    let procedure = named(visit, names)?;
    let comune = visit
        .comune
        .clone()
        .ok_or_else(|| Failure::BadRequest("which comune is not told".into()))?;
    let texts = split(&begin.sel);
    let (references, _) = practice::selection(&visit.catalogue, &visit.viewer, &comune, &texts);
    let mut answers = Answers::new();
    for field in procedure.sections.iter().flat_map(|s| &s.field) {
        let value = match field.prefill {
            Some(Prefill::Selection) => {
                let texts: Vec<String> = references.iter().map(ToString::to_string).collect();
                texts.into()
            }
            Some(Prefill::PersonName) => Json::from(actor.name.clone()),
            Some(Prefill::SelectionArea) | None => continue,
        };
        answers.insert(field.key.clone(), value);
    }
    let person = actor.person.clone();
    let territory = comune.id;
    let id = in_transaction_for(
        &visit.shared.app.databases().writer,
        &visit.viewer,
        move |tx| {
            Box::pin(async move {
                practice::open_draft(tx, &procedure, &person, territory, answers).await
            })
        },
    )
    .await?;
    Ok(Redirect::to(&format!("/pratiche/bozze/{id}")).into_response())
}

/// A draft with everything that is known of it.
pub(super) struct Loaded {
    pub(super) draft: Draft,
    pub(super) procedure: Arc<Procedure>,
    pub(super) comune: Arc<Comune>,
    pub(super) state: Assessment,
    pub(super) files: Vec<FiledDocument>,
    /// Who else has the ground that is asked for.
    pub(super) conflicts: Vec<Occupied>,
}

fn id_of(names: &HashMap<String, String>) -> Result<Uuid, Failure> {
    names
        .get("id")
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| Failure::NotFound("there is no such practice".into()))
}

pub(super) async fn load(
    visit: &mut Visit,
    actor: &Actor,
    names: &HashMap<String, String>,
) -> Result<Loaded, Failure> {
    let id = id_of(names)?;
    let mut connection = reading(visit).await?;
    let draft = practice::find_draft(&mut connection, id, &actor.person).await?;
    may(
        visit,
        &draft.person,
        &draft.procedure_code,
        PracticeAction::Compile,
    )?;
    let files = practice::draft_files(&mut connection, id).await?;
    let (sha256, territory) = (&draft.definition_sha256, draft.territory_id);
    let (procedure, comune) = grounds(visit, &mut connection, sha256, territory).await?;
    drop(connection);
    visit.comune = Some(Arc::clone(&comune));
    let mut state = assessed(visit, &procedure, &comune, &draft.answers)?;
    let conflicts = ground(visit, &procedure, &comune, &mut state, None).await?;
    Ok(Loaded {
        draft,
        procedure,
        comune,
        state,
        files,
        conflicts,
    })
}

/// Looks where drawn areas lie: outside of the comune is a violation, and who else has the same
/// ground is told.
pub(super) async fn ground(
    visit: &Visit,
    procedure: &Procedure,
    comune: &Comune,
    state: &mut Assessment,
    except: Option<Uuid>,
) -> Result<Vec<Occupied>, Failure> {
    let areas = practice::drawn_areas(procedure, &state.answers);
    let mut conflicts = Vec::new();
    if areas.is_empty() {
        return Ok(conflicts);
    }
    let pool = &visit.shared.app.databases().writer;
    let mut tx = Tx::for_system(pool).await.map_err(practice::Error::from)?;
    for area in &areas {
        if practice::is_outside(&mut tx, comune.id, area).await? {
            let asked = |section: &&Arc<procedure::Section>| section.field(&area.key).is_some();
            if let Some(section) = procedure.sections.iter().find(asked) {
                state.violations.push(Violation {
                    section: section.code.clone(),
                    field: area.key.clone(),
                    fault: Fault::OutsideComune,
                });
            }
        }
        conflicts.extend(practice::conflicts(&mut tx, comune.id, area, except).await?);
    }
    Ok(conflicts)
}

/// Conflicts in words.
pub(super) fn conflict_words(visit: &Visit, conflicts: &[Occupied]) -> Vec<String> {
    let lang = visit.lang;
    let words = |occupied: &Occupied| {
        let (from, to) = (lang.date(occupied.from), lang.date(occupied.to));
        let area = lang.area_m2(occupied.overlap_m2);
        lang.text_with(
            "ground-occupied",
            &[
                ("from", (&from).into()),
                ("to", (&to).into()),
                ("area", (&area).into()),
            ],
        )
    };
    conflicts.iter().map(words).collect()
}

/// What answers mean here and today; parcels that are not in the cadastre are violations too.
pub(super) fn assessed(
    visit: &Visit,
    procedure: &Procedure,
    comune: &Comune,
    answers: &Answers,
) -> Result<Assessment, Failure> {
    let texts: Vec<String> = answers
        .get("parcels")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(|text| text.as_str().map(str::to_owned))
        .collect();
    let (references, unknown) =
        practice::selection(&visit.catalogue, &visit.viewer, comune, &texts);
    let standing = practice::standing(&visit.catalogue, &visit.viewer, &references, today()?)?;
    let mut state =
        procedure::assess(procedure, answers, &standing).map_err(practice::Error::from)?;
    if let Some(text) = unknown.first()
        && !state.violations.iter().any(|v| v.field == "parcels")
    {
        for section in &procedure.sections {
            if section.field("parcels").is_some() {
                state.violations.push(Violation {
                    section: section.code.clone(),
                    field: "parcels".to_owned(),
                    fault: Fault::UnknownParcel(text.clone()),
                });
            }
        }
    }
    Ok(state)
}

impl Loaded {
    /// The address of a page of the draft.
    pub(super) fn url(&self, rest: &str) -> String {
        format!("/pratiche/bozze/{}{rest}", self.draft.id)
    }

    pub(super) fn step_url(&self, index: usize) -> String {
        self.url(&format!("/{}", index + 1))
    }

    pub(super) fn status(&self, index: usize) -> &'static str {
        let code = &self.procedure.sections[index].code;
        let touched = self.draft.touched.iter().any(|touched| touched == code);
        match (touched, self.state.of_section(code).is_empty()) {
            (true, true) => "done",
            (true, false) => "problem",
            (false, _) => "todo",
        }
    }

    fn documents_done(&self) -> bool {
        self.state
            .attachments
            .iter()
            .all(|due| !due.due || self.files.iter().any(|file| file.code == due.code))
    }

    fn is_complete(&self) -> bool {
        self.state.violations.is_empty()
            && self.documents_done()
            && self
                .state
                .steps
                .iter()
                .all(|step| self.status(*step) == "done")
    }
}

/// A day and a time of legal time in words.
pub(super) fn moment(visit: &Visit, at: jiff::Timestamp) -> String {
    match at.in_tz(crate::calendar::TIME_ZONE) {
        Ok(at) => format!("{}, {}", visit.lang.date(at.date()), at.strftime("%H:%M")),
        Err(_) => at.to_string(),
    }
}

/// Days before the end of a draft from which on it is warned of.
const WARN_DAYS: i64 = 14;

/// Whether a draft is near its end.
pub(super) fn expires_soon(at: jiff::Timestamp) -> bool {
    at.duration_since(jiff::Timestamp::now()).as_hours() < WARN_DAYS * 24
}

/// `/pratiche/bozze/{id}`: the task list.
pub(super) async fn tasks(mut own: Own, Path(names): Path<HashMap<String, String>>) -> Response {
    let page = match load(&mut own.visit, &own.actor, &names).await {
        Ok(loaded) => task_list(&own.visit, &loaded),
        Err(failure) => Err(failure),
    };
    own.answer(page)
}

fn task_list(visit: &Visit, loaded: &Loaded) -> Result<Response, Failure> {
    if let Some(practice) = loaded.draft.submitted_as {
        return Ok(Redirect::to(&format!("/pratiche/{practice}")).into_response());
    }
    let lang = visit.lang;
    let mut groups: Vec<TaskGroup> = Vec::new();
    let mut next = None;
    for index in &loaded.state.steps {
        let title = match loaded.procedure.definition.step[*index].group {
            StepGroup::Where => "group-where",
            StepGroup::Who => "group-who",
            StepGroup::What => "group-what",
            StepGroup::Declarations => "group-declarations",
        };
        let task = TaskView {
            title: localized(&loaded.procedure.sections[*index].title, lang),
            url: loaded.step_url(*index),
            status: loaded.status(*index),
        };
        if task.status != "done" && next.is_none() {
            next = Some((task.title.clone(), task.url.clone()));
        }
        match groups.last_mut() {
            Some(group) if group.title == title => group.tasks.push(task),
            _ => groups.push(TaskGroup {
                title,
                tasks: vec![task],
            }),
        }
    }
    let documents = TaskView {
        title: lang.text("documents-title"),
        url: loaded.url("/documenti"),
        status: if loaded.documents_done() {
            "done"
        } else {
            "todo"
        },
    };
    let next = next.or_else(|| Some((documents.title.clone(), documents.url.clone())));
    let title = localized(&loaded.procedure.definition.title, lang);
    let expires = crate::calendar::civil_day(loaded.draft.expires_at)
        .map(|day| lang.date(day))
        .unwrap_or_default();
    html(&TasksPage {
        page: present::page(visit, &title),
        title,
        saved: moment(visit, loaded.draft.saved_at),
        expires_soon: expires_soon(loaded.draft.expires_at),
        expires,
        groups,
        next,
        documents,
        check_url: loaded.is_complete().then(|| loaded.url("/riepilogo")),
    })
}

/// `GET /pratiche/bozze/{id}/riepilogo`.
pub(super) async fn check(mut own: Own, Path(names): Path<HashMap<String, String>>) -> Response {
    let page = match load(&mut own.visit, &own.actor, &names).await {
        Ok(loaded) if loaded.draft.submitted_as.is_some() || !loaded.is_complete() => {
            Ok(Redirect::to(&loaded.url("")).into_response())
        }
        Ok(loaded) => check_page(&own.visit, &loaded),
        Err(failure) => Err(failure),
    };
    own.answer(page)
}

fn check_page(visit: &Visit, loaded: &Loaded) -> Result<Response, Failure> {
    let lang = visit.lang;
    let definition = &loaded.procedure.definition;
    let fees = loaded
        .state
        .fees
        .iter()
        .filter_map(|(code, amount)| {
            let fee = definition.fee.iter().find(|fee| fee.code == *code)?;
            Some((
                localized(&fee.title, lang),
                super::services::euro(lang, *amount),
            ))
        })
        .collect();
    html(&CheckPage {
        page: present::page(visit, &lang.text("check-title")),
        title: localized(&definition.title, lang),
        sections: answers::sections(
            &loaded.procedure,
            &loaded.state.answers,
            &loaded.state.steps,
            lang,
            |index| loaded.step_url(index),
        ),
        documents: loaded
            .files
            .iter()
            .map(|file| {
                (
                    answers::document_name(&loaded.procedure, file, lang),
                    file.name.clone(),
                )
            })
            .collect(),
        fees,
        conflicts: conflict_words(visit, &loaded.conflicts),
        key: Uuid::new_v4().to_string(),
        send_url: loaded.url("/invia"),
        back_url: loaded.url(""),
    })
}

/// The key of a submission.
#[derive(Debug, Deserialize)]
pub(super) struct Send {
    key: Uuid,
}

/// `POST /pratiche/bozze/{id}/invia`.
pub(super) async fn send(
    mut own: Own,
    Path(names): Path<HashMap<String, String>>,
    Form(send): Form<Send>,
) -> Response {
    let page = sent(&mut own.visit, &own.actor, &names, send.key).await;
    own.answer(page)
}

async fn sent(
    visit: &mut Visit,
    actor: &Actor,
    names: &HashMap<String, String>,
    key: Uuid,
) -> Result<Response, Failure> {
    let loaded = load(visit, actor, names).await?;
    let (person, procedure) = (&loaded.draft.person, &loaded.draft.procedure_code);
    may(visit, person, procedure, PracticeAction::Submit)?;
    let back = loaded.url("");
    let submission = Submission {
        draft: loaded.draft.id,
        key,
        actor: actor.clone(),
        viewer: visit.viewer.clone(),
        procedure: loaded.procedure,
        comune: loaded.comune,
        catalogue: Arc::clone(&visit.catalogue),
    };
    let filed = in_transaction_for(
        &visit.shared.app.databases().writer,
        &visit.viewer,
        move |tx| {
            Box::pin(async move {
                let filed = practice::submit(tx, &submission).await?;
                announce(tx, practice::OUTBOX, "").await?;
                reach("submission-commit").await;
                Ok::<_, practice::Error>(filed)
            })
        },
    )
    .await;
    reach("submission-answer").await;
    match filed {
        Ok(practice) => {
            Ok(Redirect::to(&format!("/pratiche/{practice}?ricevuta=1")).into_response())
        }
        // Something became incomplete since: the task list says what.
        Err(practice::Error::Incomplete(_)) => Ok(Redirect::to(&back).into_response()),
        Err(practice::Error::KeyReused(_)) => {
            let failure = Failure::BadRequest("the key was used for something else".into());
            let page = super::failure::failure_page(visit, &failure, None);
            Ok(with_status(page, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(error) => Err(error.into()),
    }
}
