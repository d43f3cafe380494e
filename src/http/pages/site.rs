//! Pages of a comune about itself, and its coat of arms.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use crate::document::SitePage;

use super::super::error::Failure;
use super::super::extract::Visit;
use super::failure::{html, show};
use super::present;
use super::view::SiteTextPage;

/// A coat of arms is drawn and does nothing else, also where it is opened by itself.
const DRAWN: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");

/// `/contatti`.
pub(super) async fn contacts(visit: Visit) -> Response {
    text(&visit, SitePage::Contacts)
}

/// `/accessibilita`.
pub(super) async fn accessibility(visit: Visit) -> Response {
    text(&visit, SitePage::Accessibility)
}

/// `/privacy`.
pub(super) async fn privacy(visit: Visit) -> Response {
    text(&visit, SitePage::Privacy)
}

/// `/note-legali`.
pub(super) async fn legal_notes(visit: Visit) -> Response {
    text(&visit, SitePage::LegalNotes)
}

fn text(visit: &Visit, which: SitePage) -> Response {
    let page = || {
        let comune = visit.comune.as_ref();
        let comune = comune.ok_or_else(|| Failure::NotFound("there is no such comune".into()))?;
        let dressing = visit.shared.app.dressings().of(&comune.slug);
        let title = visit.lang.text(match which {
            SitePage::Contacts => "footer-contacts",
            SitePage::Accessibility => "footer-accessibility",
            SitePage::Privacy => "footer-privacy",
            SitePage::LegalNotes => "footer-legal",
        });
        let declaration = dressing.site.accessibility.clone();
        html(&SiteTextPage {
            page: present::page(visit, &title),
            text: dressing
                .site
                .page_html(which, visit.lang, &comune.name, &dressing.letterhead),
            declaration: declaration.filter(|_| which == SitePage::Accessibility),
        })
    };
    show(visit, page())
}

/// `/stemma.svg`.
pub(super) async fn emblem(visit: Visit) -> Response {
    let dressings = visit.shared.app.dressings();
    let comune = visit.comune.as_deref();
    let svg = comune.and_then(|comune| dressings.of(&comune.slug).letterhead.emblem_svg.clone());
    match svg {
        Some(svg) => (
            [
                (
                    header::CONTENT_TYPE,
                    HeaderValue::from_static("image/svg+xml"),
                ),
                (
                    header::CACHE_CONTROL,
                    HeaderValue::from_static("public, max-age=86400"),
                ),
                (header::CONTENT_SECURITY_POLICY, DRAWN),
            ],
            svg,
        )
            .into_response(),
        None => show(
            &visit,
            Err(Failure::NotFound("there is no coat of arms".into())),
        ),
    }
}
