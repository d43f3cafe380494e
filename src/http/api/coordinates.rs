//! A place in several coordinate systems.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::fact::{self, Projected};
use crate::text::{Lang, NumberFormat, Value};

use super::super::error::{Failure, Problem};
use super::super::extract::Shared;
use super::super::headers::REVALIDATE;
use super::place::PlaceQuery;
use super::style::Wish;

/// A place in one coordinate system.
#[derive(Debug, Serialize, ToSchema)]
struct SystemShape {
    /// Code of the system.
    #[schema(example = "EPSG:7791")]
    crs: String,
    /// Its name for people.
    title: String,
    /// First coordinate: longitude in degrees, or metres to the east.
    x: f64,
    /// Second coordinate: latitude in degrees, or metres to the north.
    y: f64,
    /// Accuracy in metres of the way from WGS84; null where it is not known.
    accuracy_m: Option<f64>,
    /// The coordinates for people, one a line.
    lines: Vec<String>,
    /// What has to be known of them.
    note: Option<String>,
    /// The coordinates for other programs, x before y.
    #[schema(example = "528410.12 5051220.34")]
    plain: String,
}

/// A place in every system that is of use there.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CoordinatesAnswer {
    systems: Vec<SystemShape>,
}

/// A place in WGS84, in the storage CRS of its comune and, in Italy, in Gauss-Boaga.
#[utoipa::path(get, path = "/api/v1/coordinates", params(PlaceQuery), tag = "facts", responses(
    (status = 200, body = CoordinatesAnswer),
    (status = 400, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn coordinates(
    State(shared): State<Shared>,
    wish: Wish,
    query: Result<Query<PlaceQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(place) = query.map_err(|error| Failure::BadRequest(error.body_text()))?;
    let facts = fact::coordinates(&shared.app.catalogue(), place.lon, place.lat)?;
    let lang = wish.lang;
    let degrees = SystemShape {
        crs: "EPSG:4326".into(),
        title: lang.text("coordinates-wgs84"),
        x: facts.lon,
        y: facts.lat,
        accuracy_m: Some(0.0),
        lines: vec![lang.position(facts.lon, facts.lat)],
        note: None,
        plain: format!("{:.7} {:.7}", facts.lon, facts.lat),
    };
    let storage = facts.storage.map(|place| {
        let title = lang.text("coordinates-storage");
        projected(lang, title, &place)
    });
    let gauss_boaga = facts.gauss_boaga.map(|place| {
        let key = if place.srid == 3003 {
            "coordinates-gauss-boaga-west"
        } else {
            "coordinates-gauss-boaga-east"
        };
        projected(lang, lang.text(key), &place)
    });
    let systems = [Some(degrees), storage, gauss_boaga];
    let answer = CoordinatesAnswer {
        systems: systems.into_iter().flatten().collect(),
    };
    Ok(([(header::CACHE_CONTROL, REVALIDATE)], Json(answer)).into_response())
}

fn projected(lang: Lang, title: String, place: &Projected) -> SystemShape {
    let note = place.accuracy_m.filter(|accuracy| *accuracy >= 0.1);
    SystemShape {
        crs: format!("EPSG:{}", place.srid),
        title: format!("{title} (EPSG:{})", place.srid),
        x: place.east,
        y: place.north,
        accuracy_m: place.accuracy_m,
        lines: vec![
            format!("E {} m", lang.number(place.east, 2)),
            format!("N {} m", lang.number(place.north, 2)),
        ],
        note: note.map(|accuracy| {
            let metres = lang.number(accuracy, 0);
            lang.text_with("coordinates-accuracy", &[("metres", Value::from(&metres))])
        }),
        plain: format!("{:.2} {:.2}", place.east, place.north),
    }
}
