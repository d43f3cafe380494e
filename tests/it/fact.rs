//! What is true at a place.

use std::collections::BTreeMap;

use mappale::access::Viewer;
use mappale::app::App;
use mappale::fact::{self, Status};

use crate::sample::{PARCELS, SHEETS, Town, expected};

struct Place {
    lon: f64,
    lat: f64,
    references: Vec<String>,
}

fn places() -> BTreeMap<String, Place> {
    let expected = expected();
    let places = expected["places"].as_object().expect("an object");
    places
        .iter()
        .map(|(name, place)| {
            let references = place["references"].as_array().expect("an array");
            let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
            let place = Place {
                lon: place["lon"].as_f64().expect("a number"),
                lat: place["lat"].as_f64().expect("a number"),
                references: references.iter().map(text).collect(),
            };
            (name.clone(), place)
        })
        .collect()
}

fn status(facts: &fact::PlaceFacts, layer: &str) -> Status {
    let answer = facts
        .layers
        .iter()
        .find(|answer| answer.file.definition.id == layer);
    answer.expect("every layer answers").status
}

#[tokio::test]
async fn every_place_of_the_sample_answers_what_was_drawn_there() {
    let town = Town::published().await;
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let catalogue = app.catalogue();
    let places = places();
    assert!(places.len() >= 13, "{}", places.len());
    for (name, place) in &places {
        let facts = fact::at_point(&catalogue, &Viewer::Anonymous, place.lon, place.lat)
            .expect("a place on earth");
        let mut found: Vec<String> = facts
            .parcels
            .iter()
            .map(|parcel| parcel.reference.to_string())
            .collect();
        found.sort();
        assert_eq!(found, place.references, "{name}");

        // The answer of the layer names the same features, and says what it stands on.
        let answer = facts
            .layers
            .iter()
            .find(|answer| answer.file.definition.id == PARCELS)
            .expect("every layer answers");
        let mut keys = answer.keys();
        keys.sort();
        assert_eq!(keys, place.references, "{name}");
        match name.as_str() {
            "outside" => {
                assert!(facts.comune.is_none(), "{name}");
                assert_eq!(status(&facts, PARCELS), Status::NoData, "{name}");
                assert_eq!(status(&facts, SHEETS), Status::NoData, "{name}");
                assert!(answer.evidence.is_empty(), "{name}");
            }
            "gap_between_two_sheets" => {
                assert_eq!(facts.comune.as_deref(), Some(&town.comune), "{name}");
                assert_eq!(status(&facts, PARCELS), Status::Clear, "{name}");
                assert_eq!(answer.evidence.len(), 1, "{name}");
            }
            _ => {
                assert_eq!(status(&facts, PARCELS), Status::Hit, "{name}");
                assert_eq!(status(&facts, SHEETS), Status::Hit, "{name}");
                assert_eq!(answer.evidence[0].version, 1, "{name}");
            }
        }
    }
    assert_eq!(places["overlap_of_two_sheets"].references.len(), 2);
    // Far away, and beyond the earth.
    let far = fact::at_point(&catalogue, &Viewer::Anonymous, -120.0, -40.0).expect("on earth");
    assert!(far.comune.is_none() && status(&far, PARCELS) == Status::NoData);
    for (lon, lat) in [
        (181.0, 0.0),
        (0.0, 90.5),
        (f64::NAN, 0.0),
        (0.0, f64::INFINITY),
    ] {
        let answer = fact::at_point(&catalogue, &Viewer::Anonymous, lon, lat);
        assert!(
            matches!(answer, Err(fact::Error::NoPlace { .. })),
            "{lon} {lat}"
        );
    }
}

#[tokio::test]
async fn areas_are_those_of_the_database_and_the_inside_is_inside() {
    let town = Town::published().await;
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let catalogue = app.catalogue();
    let mut connection = town.db.superuser().await;
    let rows: Vec<(String, f64, i64)> = sqlx::query_as(
        "select key, st_area(geom), feature_id from data.catasto_particella order by key",
    )
    .fetch_all(&mut connection)
    .await
    .expect("answers");
    assert_eq!(rows.len(), 341);
    for (key, area_m2, feature_id) in rows {
        let reference = key.parse().expect("a reference");
        let facts = fact::parcel(&catalogue, &Viewer::Anonymous, &reference).expect("is there");
        let difference = (facts.area_m2 - area_m2).abs() / area_m2;
        assert!(difference < 1e-6, "{key}: {} {area_m2}", facts.area_m2);
        assert_eq!(i64::try_from(facts.feature_id), Ok(feature_id), "{key}");

        let (lon, lat) = facts.inside;
        assert!(facts.bounds.contains(lon, lat), "{key}");
        let here = fact::at_point(&catalogue, &Viewer::Anonymous, lon, lat).expect("on earth");
        assert!(
            here.parcels
                .iter()
                .any(|parcel| parcel.reference == reference),
            "{key} is not at its own inside"
        );
    }
}

#[tokio::test]
async fn a_comune_without_a_map_has_no_data_and_not_nothing() {
    let town = Town::empty().await;
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let catalogue = app.catalogue();
    let facts =
        fact::at_point(&catalogue, &Viewer::Anonymous, 9.3619635, 45.6074641).expect("on earth");
    assert_eq!(status(&facts, PARCELS), Status::NoData);
    let reference = "X001_000300.21".parse().expect("a reference");
    let answer = fact::parcel(&catalogue, &Viewer::Anonymous, &reference);
    assert!(
        matches!(answer, Err(fact::Error::NoCadastre(_))),
        "{answer:?}"
    );
}
