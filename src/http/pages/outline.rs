//! Outlines in other writings than corners: GeoJSON, as map programs give it.

use serde_json::Value as Json;

use crate::crs::{LON_LAT, with_transformation};

/// The corners of the only polygon of a GeoJSON text as lines `E N` in a storage CRS; none when it
/// is no GeoJSON with one polygon, which is then told as what was typed.
///
/// Coordinates are degrees (RFC 7946), or already metres of the storage CRS when they cannot be
/// degrees.
pub(super) fn corners(text: &str, srid: i32) -> Option<String> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let json: Json = serde_json::from_str(text).ok()?;
    let ring = ring_of(&json)?.as_array()?;
    let mut points: Vec<[f64; 2]> = ring
        .iter()
        .map(|point| Some([point.get(0)?.as_f64()?, point.get(1)?.as_f64()?]))
        .collect::<Option<_>>()?;
    if points
        .iter()
        .all(|[x, y]| x.abs() <= 180.0 && y.abs() <= 90.0)
    {
        with_transformation(LON_LAT, srid, |transformation| {
            transformation.apply_to(&mut points)
        })
        .ok()?
        .ok()?;
    }
    if points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    let lines: Vec<String> = points
        .iter()
        .map(|[east, north]| format!("{east:.2} {north:.2}"))
        .collect();
    Some(lines.join("\n"))
}

/// The outer ring of the only polygon.
fn ring_of(json: &Json) -> Option<&Json> {
    match json["type"].as_str()? {
        "FeatureCollection" => match json["features"].as_array()?.as_slice() {
            [only] => ring_of(only),
            _ => None,
        },
        "Feature" => ring_of(&json["geometry"]),
        // A hole is no part of what is occupied: an outline with one is not taken.
        "Polygon" => match json["coordinates"].as_array()?.as_slice() {
            [only] => Some(only),
            _ => None,
        },
        "MultiPolygon" => match json["coordinates"].as_array()?.as_slice() {
            [only] => match only.as_array()?.as_slice() {
                [ring] => Some(ring),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_polygon_is_taken_in_degrees_and_in_metres() {
        let ring = "[[9.0,45.0],[9.001,45.0],[9.001,45.001],[9.0,45.0]]";
        let polygon = format!("{{\"type\":\"Polygon\",\"coordinates\":[{ring}]}}");
        // On the central meridian of zone 32 the easting is 500 km.
        let lines = corners(&polygon, 7791).expect("it is one");
        assert_eq!(lines.lines().count(), 3);
        assert!(lines.starts_with("500000.00 49829"), "{lines}");
        let metres = "{\"type\":\"Feature\",\"geometry\":{\"type\":\"Polygon\",\
            \"coordinates\":[[[500000,5000000],[500010,5000000],[500010,5000010]]]}}";
        let lines = corners(metres, 7791).expect("it is one");
        assert_eq!(
            lines,
            "500000.00 5000000.00\n500010.00 5000000.00\n500010.00 5000010.00"
        );
        for text in [
            "500000 5000000".to_owned(),
            "{\"type\":\"Point\",\"coordinates\":[9,45]}".to_owned(),
            "{".to_owned(),
            format!("{{\"type\":\"Polygon\",\"coordinates\":[{ring},{ring}]}}"),
        ] {
            assert_eq!(corners(&text, 7791), None, "{text}");
        }
    }
}
