//! Facts of a list of parcels, written while they are found.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::extract::rejection::{QueryRejection, StringRejection};
use axum::extract::{Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::{Semaphore, mpsc};
use utoipa::{IntoParams, ToSchema};

use crate::crs::LON_LAT;
use crate::fact::{self, Layers, Line};
use crate::ingest::PackedFormat;
use crate::snapshot::Catalogue;
use crate::text::Lang;

use super::super::error::{Failure, Problem};
use super::super::extract::{AskedBy, Shared};
use super::super::headers::PRIVATE;
use super::super::times::Times;
use super::fact_shape::facts_json;
use super::facts::QUESTION_LIMIT;
use super::packed;

/// Lines of one list.
const MAX_LINES: usize = 20_000;

/// Lines of one list whose answers are a GeoPackage, which is there only when it is whole.
const MAX_PACKED_LINES: usize = 5000;

/// Answers that wait for a slow reader: memory stays the same however long a list is.
const WAITING: usize = 16;

/// A list takes all cores for seconds: one at a time.
static ANSWERING: Semaphore = Semaphore::const_new(1);

/// How answers are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// One line a piece (RFC 4180).
    #[default]
    Csv,
    /// One JSON object a line of the list.
    Jsonl,
    /// A GeoPackage with one feature a piece.
    Gpkg,
}

/// Which layers are asked, for when, and how the answers are written.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchQuery {
    /// `csv`, `jsonl` or `gpkg`.
    #[serde(default)]
    format: Format,
    /// Word of the comune that lines without a code mean.
    #[serde(default)]
    comune: Option<String>,
    /// Ids of layers, joined by commas; all that answer "what is here?" when left out.
    #[serde(default)]
    layers: Option<String>,
    /// The day that the answers are for; today by default.
    #[serde(default)]
    date: Option<String>,
    /// Only what was recorded until this moment counts (RFC 3339, or a day); now by default.
    #[serde(default)]
    known_at: Option<String>,
    /// Language of names: `it` or `en`.
    #[serde(default)]
    lang: Option<String>,
}

/// The facts of a list of parcels, one a line in the body, in the notations that the search
/// understands. Answers come in the order of the list, while they are found; the header
/// `x-total-lines` says of how many lines. A GeoPackage has the pieces with their outlines, in the
/// storage CRS of the first parcel, and at most 5,000 lines.
#[utoipa::path(post, path = "/api/v1/facts/batch", tag = "facts", params(BatchQuery),
    request_body(content = String, content_type = "text/plain"), responses(
    (status = 200, description = "lines of CSV or JSON, or a GeoPackage", content_type = "text/csv"),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 404, body = Problem, content_type = "application/problem+json"),
    (status = 413, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn batch(
    State(shared): State<Shared>,
    AskedBy(viewer): AskedBy,
    query: Result<Query<BatchQuery>, QueryRejection>,
    list: Result<String, StringRejection>,
) -> Result<Response, Failure> {
    let Query(query) = query.map_err(|error| Failure::BadRequest(error.body_text()))?;
    let list = list.map_err(|error| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Failure::TooLarge(format!("the list is longer than {QUESTION_LIMIT} bytes"))
        } else {
            Failure::BadRequest(error.body_text())
        }
    })?;
    let app = &shared.app;
    let current = app.catalogue();
    let comune = match &query.comune {
        Some(slug) => Some(
            current
                .comune_by_slug(slug)
                .cloned()
                .ok_or_else(|| Failure::NotFound(format!("there is no comune '{slug}'")))?,
        ),
        None => match current.comuni() {
            [only] => Some(only.clone()),
            _ => None,
        },
    };
    let times = Times::of(app, query.date.as_deref(), query.known_at.as_deref())?;
    let catalogue = if times.given {
        let comuni = current.comuni().iter();
        let territories: Vec<i64> = comuni.map(|comune| comune.id).collect();
        app.catalogue_as_of(times.as_of, &territories).await?
    } else {
        current
    };
    let layers = Layers::parse(query.layers.as_deref().unwrap_or_default());
    let lang = query
        .lang
        .as_deref()
        .and_then(Lang::from_code)
        .unwrap_or_default();
    let permit = ANSWERING.acquire().await;
    let reading = std::sync::Arc::clone(&catalogue);
    let reader = viewer.clone();
    let lines = tokio::task::spawn_blocking(move || {
        fact::read_list(&reading, &reader, comune.as_deref(), &list)
    })
    .await
    .map_err(|error| Failure::internal(&error))?;
    if lines.is_empty() {
        return Err(Failure::BadRequest("the list names no parcel".into()));
    }
    let most = match query.format {
        Format::Gpkg => MAX_PACKED_LINES,
        Format::Csv | Format::Jsonl => MAX_LINES,
    };
    if lines.len() > most {
        return Err(Failure::TooLarge(format!(
            "the list has {} lines, and {most} are answered at once",
            lines.len()
        )));
    }
    // A layer that does not exist is told before anything is written.
    layers.check(&catalogue, &viewer)?;
    let total = lines.len();
    let format = query.format;
    if format == Format::Gpkg {
        let srid = srid_of(&catalogue, &lines);
        return packed::answer(app, PackedFormat::GeoPackage, "facts", move |list| {
            let _permit = permit;
            list.write_all(fact::list_titles(srid).as_bytes())?;
            fact::each_in_order(&catalogue, &viewer, &layers, &lines, |line, facts| {
                let text = fact::list_lines(line, &facts, lang, srid);
                list.write_all(text.map_err(std::io::Error::other)?.as_bytes())
            })
        })
        .await;
    }
    let (sender, receiver) = mpsc::channel::<Result<Bytes, Infallible>>(WAITING);
    tokio::task::spawn_blocking(move || {
        // Held until the last answer is handed over, or nobody reads any more.
        let _permit = permit;
        if format == Format::Csv && sender.blocking_send(Ok(fact::csv_titles().into())).is_err() {
            return;
        }
        let written = fact::each_in_order(&catalogue, &viewer, &layers, &lines, |line, facts| {
            let text = match format {
                Format::Csv | Format::Gpkg => fact::csv_lines(line, &facts, lang),
                Format::Jsonl => format!("{}\n", facts_json(line, facts.as_ref(), &catalogue)),
            };
            sender.blocking_send(Ok(text.into()))
        });
        if written.is_err() {
            tracing::info!("the reader of a list went away");
        }
    });
    let body = stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|item| (item, receiver))
    });
    let kind = match format {
        Format::Csv | Format::Gpkg => "text/csv; charset=utf-8",
        Format::Jsonl => "application/jsonl",
    };
    let mut response = Body::from_stream(body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    headers.insert(
        HeaderName::from_static("x-total-lines"),
        header::HeaderValue::from(total),
    );
    Ok(response)
}

/// The storage CRS of the comune of the first parcel of a list.
fn srid_of(catalogue: &Catalogue, lines: &[Line]) -> i32 {
    let mut named = lines.iter().filter_map(|line| line.parcel.as_ref().ok());
    named
        .find_map(|parcel| catalogue.comune_by_code(parcel.sheet.comune))
        .or_else(|| catalogue.comuni().first())
        .map_or(LON_LAT, |comune| comune.storage_srid)
}
