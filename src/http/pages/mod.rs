//! Pages for people: HTML that works without JavaScript; the map is an enhancement.

mod actions;
mod answers;
mod certificate;
mod changes;
mod demo;
mod documents;
mod drafts;
mod facts;
mod failure;
mod follow;
mod form;
mod found;
mod gis;
mod history;
mod home;
mod language;
mod layers;
mod map;
mod norm;
mod outline;
mod parcel;
mod parcels;
mod party;
mod place;
mod practices;
mod present;
mod print;
mod rating;
mod report;
mod search;
mod services;
mod site;
mod uploads;
mod verify;
pub mod view;
mod zone;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::extract::Shared;

pub(super) use failure::not_found;
pub(super) use found::Wording;

/// Bytes of an upload: the largest document of any procedure, and the form around it.
const UPLOAD_LIMIT: usize = 102 * 1024 * 1024;

/// Pages that exist once for the whole site and once for every comune under `/c/{slug}`.
fn of_a_comune() -> Router<Shared> {
    Router::new()
        .route("/", get(home::home))
        .route("/mappa", get(map::map))
        .route("/luogo", get(place::place))
        .route("/norme/{plan}", get(norm::norms))
        .route("/norme/{plan}/{article}", get(norm::article))
        .route("/zone", get(zone::list))
        .route("/zona/{code}", get(zone::page))
        .route("/cerca", get(search::search))
        .route("/particelle", get(parcels::parcels))
        .route("/livelli", get(layers::list))
        .route("/livelli/{layer}", get(layers::page))
        .route("/modifiche", get(changes::changes))
        .route("/particella/{reference}/storia", get(history::history))
        .route(
            "/particella/{reference}/segnala",
            get(report::form).post(report::send),
        )
        .route(
            "/luogo/segnala",
            get(report::place_form).post(report::place_send),
        )
        .route("/contatti", get(site::contacts))
        .route("/accessibilita", get(site::accessibility))
        .route("/privacy", get(site::privacy))
        .route("/note-legali", get(site::legal_notes))
        .route("/stemma.svg", get(site::emblem))
        .route("/valuta", post(rating::rate))
        .route("/valuta/{token}", get(rating::why).post(rating::explain))
        .route("/servizi", get(services::list))
        .route("/servizi/{code}", get(services::sheet))
        .route("/servizi/{code}/inizia", post(drafts::begin))
        .route("/cosa-posso-fare", get(services::can_do))
        .route("/particella/{reference}", get(parcel::parcel))
        .route(
            "/particella/{code}/{foglio}/{number}",
            get(parcel::by_parts),
        )
        .route(
            "/particella/{reference}/mappa.svg",
            get(documents::parcel_map),
        )
        .route(
            "/particella/{reference}/scheda.pdf",
            get(documents::parcel_pdf),
        )
        .route("/stampa", get(print::form))
        .route("/stampa.pdf", get(print::pdf))
        .route("/cdu", get(certificate::form).post(certificate::issue))
        .merge(gis::routes())
}

/// Pages that take whole maps from the staff.
pub(super) fn upload_routes() -> Router<Shared> {
    Router::new()
        .merge(gis::upload_routes())
        .nest("/c/{slug}", gis::upload_routes())
}

/// Bytes of a certificate's file that is compared or registered.
const FILE_LIMIT: usize = 64 * 1024 * 1024;

/// Verification: a code says which comune it is of.
fn of_a_certificate() -> Router<Shared> {
    Router::new()
        .route("/verifica", get(verify::form))
        .route("/verifica/{code}", get(verify::page).post(verify::check))
        .route("/verifica/{code}/certificato.json", get(verify::data))
        .route("/verifica/{code}/bozza.pdf", get(verify::draft))
        .route("/verifica/{code}/firmato", post(verify::register))
        .layer(DefaultBodyLimit::max(FILE_LIMIT))
}

/// Documents of drafts, which take their time on a slow line.
pub(super) fn document_routes() -> Router<Shared> {
    Router::new()
        .route(
            "/pratiche/bozze/{id}/documenti/{code}",
            post(uploads::upload),
        )
        .layer(DefaultBodyLimit::max(UPLOAD_LIMIT))
}

/// What is somebody's own, and the officers' desk: once for the whole site.
fn practices() -> Router<Shared> {
    Router::new()
        .route("/pratiche", get(practices::mine))
        .route("/pratiche/{id}", get(practices::practice))
        .route("/pratiche/{id}/azione", post(actions::act))
        .route("/pratiche/{id}/ricevuta.pdf", get(practices::receipt))
        .route("/segui", get(follow::form))
        .route("/segui/{code}", get(follow::page))
        .route("/pratiche/{id}/documenti/{code}", get(practices::document))
        .route("/pratiche/bozze/{id}", get(drafts::tasks))
        .route("/pratiche/bozze/{id}/documenti", get(uploads::documents))
        .route("/pratiche/bozze/{id}/riepilogo", get(drafts::check))
        .route("/pratiche/bozze/{id}/invia", post(drafts::send))
        .route(
            "/pratiche/bozze/{id}/{step}",
            get(form::form).post(form::save),
        )
        .route("/ufficio", get(practices::queue))
}

/// All pages. The demonstration's sign-in exists only with `serve --demo`.
pub(super) fn routes(is_demo: bool) -> Router<Shared> {
    let mut router = Router::new()
        .merge(of_a_comune())
        .merge(of_a_certificate())
        .nest("/c/{slug}", of_a_comune())
        .route("/c/{slug}/", get(home::home))
        .merge(practices())
        .route("/lingua/{code}", get(language::language));
    if is_demo {
        router = router
            .route("/demo/accedi", get(demo::form).post(demo::sign_in))
            .route("/demo/esci", post(demo::sign_out));
    }
    router
}
