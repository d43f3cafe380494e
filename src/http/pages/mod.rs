//! Pages for people: HTML that works without JavaScript; the map is an enhancement.

mod changes;
mod demo;
mod facts;
mod failure;
mod found;
mod history;
mod home;
mod language;
mod layers;
mod map;
mod norm;
mod parcel;
mod parcels;
mod place;
mod present;
mod report;
mod search;
pub mod view;

use axum::Router;
use axum::routing::{get, post};

use super::extract::Shared;

pub(super) use failure::not_found;
pub(super) use found::Wording;

/// Pages that exist once for the whole site and once for every comune under `/c/{slug}`.
fn of_a_comune() -> Router<Shared> {
    Router::new()
        .route("/", get(home::home))
        .route("/mappa", get(map::map))
        .route("/luogo", get(place::place))
        .route("/norme/{plan}", get(norm::norms))
        .route("/norme/{plan}/{article}", get(norm::article))
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
        .route("/segnalazioni", get(report::list))
        .route("/segnalazioni/{id}", post(report::close))
        .route("/particella/{reference}", get(parcel::parcel))
        .route(
            "/particella/{code}/{foglio}/{number}",
            get(parcel::by_parts),
        )
}

/// All pages. The demonstration's sign-in exists only with `serve --demo`.
pub(super) fn routes(is_demo: bool) -> Router<Shared> {
    let mut router = Router::new()
        .merge(of_a_comune())
        .nest("/c/{slug}", of_a_comune())
        .route("/c/{slug}/", get(home::home))
        .route("/lingua/{code}", get(language::language));
    if is_demo {
        router = router
            .route("/demo/accedi", get(demo::form).post(demo::sign_in))
            .route("/demo/esci", post(demo::sign_out));
    }
    router
}
