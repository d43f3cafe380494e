//! Following a practice by the code of its receipt: how it stands, and nothing personal.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::db::Tx;
use crate::document::VerificationCode;
use crate::practice;

use super::super::error::Failure;
use super::super::extract::Visit;
use super::drafts::moment;
use super::failure::{failure_page, html, show};
use super::party::personal;
use super::practices::{clock_line, complete, event_key, state_key, turn_key};
use super::present::{self, localized};
use super::services::today;
use super::view::{FollowFormPage, FollowPage};

/// What the form of a code brings.
#[derive(Debug, Default, Deserialize)]
pub(super) struct CodeQuery {
    #[serde(default)]
    codice: String,
}

/// `/segui`: the form, or the way to the page of a code.
pub(super) async fn form(visit: Visit, Query(query): Query<CodeQuery>) -> Response {
    let text = query.codice.trim();
    let problem = if text.is_empty() {
        None
    } else {
        match text.parse::<VerificationCode>() {
            Ok(code) => return Redirect::to(&format!("/segui/{code}")).into_response(),
            Err(error) => {
                let values = [("text", (&error.text).into())];
                Some(visit.lang.text_with("verify-bad-code", &values))
            }
        }
    };
    let page = html(&FollowFormPage {
        page: present::page(&visit, &visit.lang.text("follow-title")),
        code: text.chars().take(40).collect(),
        problem,
    });
    show(&visit, page)
}

/// `/segui/{code}`.
pub(super) async fn page(mut visit: Visit, Path(names): Path<HashMap<String, String>>) -> Response {
    let code = names.get("code").map(String::as_str).unwrap_or_default();
    let page = match code.parse::<VerificationCode>() {
        Ok(code) => followed(&mut visit, &code).await,
        Err(_) => Ok(None),
    };
    match page {
        Ok(Some(page)) => personal(page),
        Ok(None) => {
            let failure = Failure::NotFound("there is no practice with this code".into());
            let detail = visit.lang.text("follow-unknown");
            failure_page(&visit, &failure, Some(detail))
        }
        Err(failure) => failure_page(&visit, &failure, None),
    }
}

async fn followed(visit: &mut Visit, code: &VerificationCode) -> Result<Option<Response>, Failure> {
    let pool = &visit.shared.app.databases().writer;
    let viewer = &visit.viewer;
    let mut tx = Tx::for_viewer(pool, viewer)
        .await
        .map_err(practice::Error::from)?;
    let Some(found) = practice::find_by_code(&mut tx, code).await? else {
        return Ok(None);
    };
    let loaded = complete(visit, &mut tx, found, today()?).await?;
    visit.comune = Some(std::sync::Arc::clone(&loaded.comune));
    let lang = visit.lang;
    let title = localized(&loaded.procedure.definition.title, lang);
    html(&FollowPage {
        page: present::page(visit, &title),
        number: loaded.practice.register_number(),
        state: lang.text(state_key(loaded.state)),
        turn: lang.text(turn_key(loaded.state, true)),
        clock: loaded.clock.as_ref().map(|clock| clock_line(lang, clock)),
        office: localized(&loaded.procedure.office.name, lang),
        events: loaded
            .events
            .iter()
            .filter(|event| event.step != practice::Step::Message)
            .map(|event| (moment(visit, event.at), lang.text(event_key(event.step))))
            .collect(),
        title,
    })
    .map(Some)
}
