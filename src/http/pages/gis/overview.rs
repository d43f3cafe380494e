//! `/gis`: every layer of a comune, what is in force and what waits.

use askama::Template;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::gis::{self, PartOverview, PartState};
use crate::layer::Theme;
use crate::text::{DateFormat as _, NumberFormat as _};

use super::super::super::error::Failure;
use super::super::super::extract::Visit;
use super::super::failure::{html, show};
use super::super::party::personal;
use super::super::present::{self, localized};
use super::super::view::{ComuneView, PageView};
use super::{connection, staff, steward, words};

#[derive(Template)]
#[template(path = "gis/overview.html")]
struct Page {
    page: PageView,
    /// Comuni to choose from, where the address names none.
    comuni: Vec<(ComuneView, String)>,
    base: String,
    themes: Vec<ThemeRows>,
    open: bool,
}

struct ThemeRows {
    title: String,
    rows: Vec<Row>,
}

struct Row {
    title: String,
    id: String,
    url: String,
    current: Option<Line>,
    newest: Option<Line>,
}

struct Line {
    version: i32,
    url: String,
    state: String,
    class: &'static str,
    dates: String,
    features: String,
    size: String,
    loaded: String,
    by: String,
}

/// `GET /gis`.
pub(super) async fn page(visit: Visit) -> Response {
    let page = overview(&visit).await;
    personal(show(&visit, page))
}

async fn overview(visit: &Visit) -> Result<Response, Failure> {
    steward(&visit.viewer)?;
    let title = visit.lang.text("gis-title");
    if visit.comune.is_none() && !visit.unknown_comune {
        let comuni: Vec<_> = visit
            .catalogue
            .comuni()
            .iter()
            .map(|comune| {
                (
                    present::comune(visit, comune),
                    format!("/c/{}/gis", comune.slug),
                )
            })
            .collect();
        if comuni.is_empty() {
            return Ok(Redirect::to("/").into_response());
        }
        return html(&Page {
            page: present::page(visit, &title),
            comuni,
            base: String::new(),
            themes: Vec::new(),
            open: false,
        });
    }
    let staff = staff(visit)?;
    let today = visit.shared.app.today();
    let mut connection = connection(visit).await?;
    let parts = gis::overview(&mut connection, staff.comune.id, None, today).await?;
    let definitions = visit.shared.app.definitions();
    let themes = Theme::ALL
        .into_iter()
        .map(|theme| ThemeRows {
            title: theme.title(visit.lang),
            rows: definitions
                .iter()
                .filter(|file| file.definition.theme == theme)
                .map(|file| {
                    let definition = &file.definition;
                    let own: Vec<&PartOverview> = parts
                        .iter()
                        .filter(|part| part.layer == definition.id)
                        .collect();
                    let current = own.iter().find(|part| part.state == PartState::InForce);
                    let newest = own
                        .iter()
                        .find(|part| part.state != PartState::Discarded)
                        .filter(|part| part.state != PartState::InForce);
                    Row {
                        title: localized(&definition.title, visit.lang),
                        id: definition.id.clone(),
                        url: format!("{}/gis/livelli/{}", visit.prefix, definition.id),
                        current: current.map(|part| line(visit, part)),
                        newest: newest
                            .filter(|part| current.is_none_or(|now| now.version < part.version))
                            .map(|part| line(visit, part)),
                    }
                })
                .collect(),
        })
        .filter(|theme: &ThemeRows| !theme.rows.is_empty())
        .collect();
    html(&Page {
        page: present::page(visit, &title),
        comuni: Vec::new(),
        base: format!("{}/gis", visit.prefix),
        themes,
        open: true,
    })
}

fn line(visit: &Visit, part: &PartOverview) -> Line {
    let lang = visit.lang;
    let dates = match (part.from, part.until) {
        (Some(from), Some(until)) => lang.text_with(
            "gis-from-until",
            &[
                ("from", (&lang.date(from)).into()),
                ("until", (&lang.date(until)).into()),
            ],
        ),
        (Some(from), None) => lang.text_with("gis-from", &[("date", (&lang.date(from)).into())]),
        _ => String::new(),
    };
    Line {
        version: part.version,
        url: format!(
            "{}/gis/livelli/{}/{}",
            visit.prefix, part.layer, part.version
        ),
        state: lang.text(words::state(part.state)),
        class: part.state.as_str(),
        dates,
        features: lang.count(part.features),
        size: words::size(lang, part.bytes),
        loaded: words::moment(lang, part.loaded_at),
        by: part.loaded_by.clone(),
    }
}
