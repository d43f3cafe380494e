//! The documents of a draft: what is due, and what was uploaded.

use std::collections::HashMap;

use axum::extract::{Multipart, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::blob::{self, Blobs};
use crate::db::in_transaction_for;
use crate::practice::{self, Actor};

use super::super::error::Failure;
use super::super::extract::Visit;
use super::answers;
use super::drafts::{Loaded, load};
use super::failure::html;
use super::party::{Own, reading, with_status};
use super::present::{self, localized};
use super::view::{DocumentsPage, SlotView};

/// `GET /pratiche/bozze/{id}/documenti`.
pub(super) async fn documents(
    mut own: Own,
    Path(names): Path<HashMap<String, String>>,
) -> Response {
    let page = match load(&mut own.visit, &own.actor, &names).await {
        Ok(loaded) => documents_page(&own.visit, &loaded, None),
        Err(failure) => Err(failure),
    };
    own.answer(page)
}

fn documents_page(
    visit: &Visit,
    loaded: &Loaded,
    wrong: Option<(&str, String)>,
) -> Result<Response, Failure> {
    let lang = visit.lang;
    let slots = loaded
        .procedure
        .definition
        .attachment
        .iter()
        .zip(&loaded.state.attachments)
        .filter(|(rule, due)| due.due || rule.optional)
        .map(|(rule, due)| {
            let file = loaded.files.iter().find(|file| file.code == rule.code);
            let most = u64::from(rule.max_mb);
            SlotView {
                code: rule.code.clone(),
                title: localized(&rule.title, lang),
                reason: localized(&rule.reason, lang),
                due: due.due,
                limits: lang.text_with(
                    "documents-limits",
                    &[
                        ("formats", (&answers::formats(&rule.formats)).into()),
                        ("count", most.into()),
                    ],
                ),
                file: file.map(|file| {
                    (
                        file.name.clone(),
                        answers::size(file.bytes, lang),
                        blob::hex(&file.sha256),
                    )
                }),
                error: wrong
                    .as_ref()
                    .filter(|(code, _)| *code == rule.code)
                    .map(|(_, message)| message.clone()),
            }
        })
        .collect();
    html(&DocumentsPage {
        page: present::page(visit, &lang.text("documents-title")),
        slots,
        url: loaded.url("/documenti"),
        back_url: loaded.url(""),
    })
}

/// `POST /pratiche/bozze/{id}/documenti/{code}`.
pub(super) async fn upload(
    mut own: Own,
    Path(names): Path<HashMap<String, String>>,
    multipart: Multipart,
) -> Response {
    let page = uploaded(&mut own.visit, &own.actor, &names, multipart).await;
    own.answer(page)
}

async fn uploaded(
    visit: &mut Visit,
    actor: &Actor,
    names: &HashMap<String, String>,
    multipart: Multipart,
) -> Result<Response, Failure> {
    let loaded = load(visit, actor, names).await?;
    let code = names.get("code").map(String::as_str).unwrap_or_default();
    let rule = loaded
        .procedure
        .definition
        .attachment
        .iter()
        .find(|rule| rule.code == code)
        .ok_or_else(|| Failure::NotFound("there is no such document".into()))?;
    if loaded.draft.submitted_as.is_some() {
        return Err(Failure::Gone("the draft was filed".into()));
    }
    let most = u64::from(rule.max_mb) * 1_000_000;
    let blobs = Blobs::new(&visit.shared.app.config().var.join("blobs"));
    let refused = |key: &str| {
        let message = visit.lang.text(key);
        let page = documents_page(visit, &loaded, Some((code, message)))?;
        Ok(with_status(page, StatusCode::UNPROCESSABLE_ENTITY))
    };
    let config = visit.shared.app.config();
    // What is registered and printed must still find room when documents do not.
    let has_room = blobs.has_room(most, config.reserved_bytes).await;
    if !has_room.map_err(practice::Error::from)? {
        tracing::error!("the disk has no room for documents");
        return refused("documents-no-room");
    }
    let quota = config.upload_quota_bytes;
    let mut tx = reading(visit).await?;
    let left = match practice::room_for(&mut tx, loaded.draft.id, code, quota).await {
        Ok(left) => left,
        Err(practice::Error::Quota(_)) => return refused("documents-quota"),
        Err(error) => return Err(error.into()),
    };
    drop(tx);
    let (name, stored) = match received(&blobs, most.min(left), multipart).await {
        Ok(received) => received,
        Err("documents-too-large") if left < most => return refused("documents-quota"),
        Err(key) => return refused(key),
    };
    let Some((format, media)) = practice::media_of(&stored.first) else {
        return refused("documents-no-format");
    };
    if !rule.formats.contains(&format) {
        return refused("documents-no-format");
    }
    let id = loaded.draft.id;
    let code_owned = code.to_owned();
    in_transaction_for(
        &visit.shared.app.databases().writer,
        &visit.viewer,
        move |tx| {
            Box::pin(
                async move { practice::put_file(tx, id, &code_owned, &name, media, &stored).await },
            )
        },
    )
    .await?;
    Ok(Redirect::to(&loaded.url("/documenti")).into_response())
}

/// The first file of a form, stored; or the key of what was wrong.
async fn received(
    blobs: &Blobs,
    most: u64,
    mut multipart: Multipart,
) -> Result<(String, blob::Stored), &'static str> {
    while let Some(mut part) = multipart.next_field().await.map_err(|_| "documents-cut")? {
        let Some(name) = part.file_name().map(str::to_owned) else {
            continue;
        };
        let disk = |error: blob::Error| {
            if matches!(error, blob::Error::TooLarge(_)) {
                return "documents-too-large";
            }
            tracing::error!(error = ?error, "an upload could not be stored");
            "documents-not-stored"
        };
        let mut incoming = blobs.begin(most).await.map_err(disk)?;
        let mut is_empty = true;
        loop {
            match part.chunk().await {
                Ok(Some(bytes)) => {
                    is_empty &= bytes.is_empty();
                    incoming.write(&bytes).await.map_err(disk)?;
                }
                Ok(None) => break,
                Err(_) => return Err("documents-cut"),
            }
        }
        if is_empty {
            return Err("documents-empty");
        }
        return Ok((name, incoming.finish().await.map_err(disk)?));
    }
    Err("documents-empty")
}
