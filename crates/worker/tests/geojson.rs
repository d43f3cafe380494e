//! Polygons in GeoJSON: what is read, what is left out, what is refused.

mod support;

use proptest::prelude::*;
use support::{Stream, polygon_count, sorted};
use wire::{Reason, Severity};
use worker::geojson::{self, Limits};

fn read_within(bytes: &[u8], limits: &Limits) -> Stream {
    let mut out = Vec::new();
    geojson::read(bytes, limits, &mut out).expect("memory takes everything");
    sorted(&out)
}

fn read(text: &str) -> Stream {
    read_within(text.as_bytes(), &Limits::default())
}

/// A closed square of a thousandth of a degree, steps from 9.36 E 45.60 N.
fn square(east: u32, north: u32) -> String {
    let at = |origin: f64, steps: u32| origin + f64::from(steps) / 1e3;
    let (x, x1) = (at(9.36, east), at(9.36, east + 1));
    let (y, y1) = (at(45.6, north), at(45.6, north + 1));
    format!("[[{x:.3},{y:.3}],[{x1:.3},{y:.3}],[{x1:.3},{y1:.3}],[{x:.3},{y1:.3}],[{x:.3},{y:.3}]]")
}

fn polygon(rings: &str) -> String {
    format!(r#"{{"type":"Polygon","coordinates":[{rings}]}}"#)
}

fn feature(geometry: &str) -> String {
    format!(r#"{{"type":"Feature","properties":{{"a":[{{}}]}},"geometry":{geometry}}}"#)
}

/// A collection whose features stand one on a line, from line 2.
fn collection(features: &[String]) -> String {
    let features = features.join(",\n");
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{features}\n]}}\n")
}

fn message(stream: &Stream) -> &str {
    match &stream.end {
        Err(failed) => &failed.message,
        Ok(_) => "",
    }
}

#[test]
fn every_form_of_polygons_is_read() {
    let (a, b) = (square(0, 0), square(5, 5));
    let one = polygon(&a);
    let two = format!(r#"{{"type":"MultiPolygon","coordinates":[[{a}],[{b}]]}}"#);
    let both = format!(
        r#"{{"type":"GeometryCollection","geometries":[{one},{{"type":"GeometryCollection","geometries":[{}]}}]}}"#,
        polygon(&b)
    );
    for (text, polygons) in [
        (one.clone(), vec![1]),
        (two.clone(), vec![2]),
        (both.clone(), vec![2]),
        (feature(&one), vec![1]),
        (format!("\u{feff} \n{}", feature(&two)), vec![2]),
        (
            collection(&[feature(&one), feature(&two), feature(&both)]),
            vec![1, 2, 2],
        ),
        (collection(&[]), vec![]),
    ] {
        let stream = read(&text);
        let found: Vec<usize> = stream.features.iter().map(polygon_count).collect();
        assert_eq!(found, polygons, "{text}");
        assert_eq!(stream.rules(), [""; 0], "{text}");
        assert_eq!(stream.failure(), "done", "{text}");
        assert!(stream.features.iter().all(|one| one.invalid.is_none()));
    }
}

#[test]
fn the_stream_says_what_it_holds() {
    let stream = read(&collection(&[
        feature(&polygon(&square(0, 0))),
        feature(&polygon(&square(1, 0))),
    ]));
    assert_eq!(stream.hello.reader, "geojson");
    assert_eq!(stream.hello.crs, "EPSG:4326");
    assert!(stream.hello.fields.is_empty());
    let lines: Vec<u64> = stream.features.iter().map(|one| one.line).collect();
    assert_eq!(lines, [2, 3]);
    assert_eq!(stream.features[0].geometry.points()[0], [9.36, 45.6]);
    let done = stream.end.expect("it is done");
    assert_eq!((done.features, done.members, done.left_out), (2, 2, 0));
    assert_eq!(done.vertices, 10);
}

#[test]
fn members_may_stand_in_any_order() {
    let text = format!(
        "{{\"features\":[{{\"geometry\":{{\"coordinates\":[{}],\"\\u0074ype\":\"Polygon\"}},\
         \"id\":1,\"type\":\"Feature\"}}],\"bbox\":[1,2,3,4],\"type\":\"FeatureCollection\"}}",
        square(0, 0)
    );
    assert_eq!(read(&text).features.len(), 1);
}

#[test]
fn coordinates_keep_every_digit() {
    let text = polygon(
        "[[14.672626190123457,41.91596262],[15,41],[15e0,4.2e1],[14.672626190123457,41.91596262]]",
    );
    let stream = read(&text);
    assert_eq!(
        stream.features[0].geometry.points(),
        [
            [14.672_626_190_123_457, 41.915_962_62],
            [15.0, 41.0],
            [15.0, 42.0],
            [14.672_626_190_123_457, 41.915_962_62]
        ]
    );
}

#[test]
fn heights_are_dropped_and_told_once() {
    let high = square(0, 0)
        .replace("],", ",12.5],")
        .replace("]]", ",12.5]]");
    let stream = read(&collection(&[
        feature(&polygon(&square(1, 1))),
        feature(&polygon(&high)),
        feature(&polygon(&high)),
    ]));
    assert_eq!(stream.rules(), ["geometry.z_dropped 3 features[1]"]);
    assert_eq!(stream.findings[0].severity, Severity::Info);
    assert_eq!(stream.features.len(), 3);
    assert_eq!(stream.features[1].geometry.points()[0], [9.36, 45.6]);
}

#[test]
fn invalid_shapes_are_in_the_stream_with_their_reason() {
    let bow = "[[9,45],[10,46],[10,45],[9,46],[9,45]]";
    let stream = read(&feature(&polygon(bow)));
    let invalid = stream.features[0].invalid.expect("it is invalid");
    assert_eq!(invalid.reason, Reason::SelfIntersection);
    assert_eq!([invalid.x, invalid.y], [9.5, 45.5]);
}

#[test]
fn adjacent_parts_are_joined_as_in_the_other_reader() {
    let text = format!(
        r#"{{"type":"MultiPolygon","coordinates":[[{}],[{}]]}}"#,
        square(0, 0),
        square(1, 0)
    );
    let stream = read(&text);
    assert_eq!(stream.rules(), ["feature.dissolved 1 -"]);
    assert_eq!(polygon_count(&stream.features[0]), 1);
}

#[test]
fn what_is_no_polygon_is_left_out_with_its_index() {
    let a = square(0, 0);
    for (geometry, rule) in [
        (
            r#"{"type":"Point","coordinates":[9,45]}"#.to_owned(),
            "geometry.unsupported",
        ),
        (
            r#"{"type":"LineString","coordinates":[[9,45],[9,46]]}"#.to_owned(),
            "geometry.unsupported",
        ),
        (r#"{"type":"Circle"}"#.to_owned(), "geometry.unsupported"),
        (r"{}".to_owned(), "geometry.unsupported"),
        (r"[1]".to_owned(), "geometry.unsupported"),
        (
            format!(
                r#"{{"type":"GeometryCollection","geometries":[{},{{"type":"Point","coordinates":[9,45]}}]}}"#,
                polygon(&a)
            ),
            "geometry.unsupported",
        ),
        ("null".to_owned(), "geometry.missing"),
        (r#"{"type":"Polygon"}"#.to_owned(), "geometry.missing"),
        (
            r#"{"type":"Polygon","coordinates":null}"#.to_owned(),
            "geometry.missing",
        ),
        (polygon(" "), "geometry.missing"),
        (
            r#"{"type":"GeometryCollection","geometries":[]}"#.to_owned(),
            "geometry.missing",
        ),
        (
            r#"{"type":"GeometryCollection","geometries":{}}"#.to_owned(),
            "geometry.missing",
        ),
        (
            r#"{"type":"MultiPolygon","coordinates":[[]]}"#.to_owned(),
            "geometry.exterior",
        ),
        (polygon("[]"), "geometry.ring_short"),
        (polygon("[[9,45],[9,46],[9,45]]"), "geometry.ring_short"),
        (
            polygon("[[9,45],[9,46],[8,45],[8,46]]"),
            "geometry.ring_open",
        ),
        (polygon("[[9],[9,46],[8,45],[9]]"), "geometry.dimension"),
        (polygon("[[]]"), "geometry.dimension"),
        (polygon("[[9,45,1,2]]"), "geometry.dimension"),
        (polygon("[[9,null]]"), "geometry.number"),
        (polygon("[[9,\"45\"]]"), "geometry.number"),
        (polygon("[[9,1e999]]"), "geometry.number"),
        (polygon("[9,45]"), "geometry.nesting"),
        (
            r#"{"type":"Polygon","coordinates":{}}"#.to_owned(),
            "geometry.nesting",
        ),
        (
            format!(r#"{{"type":"MultiPolygon","coordinates":[{a}]}}"#),
            "geometry.nesting",
        ),
        (polygon(&format!("[{a}]")), "geometry.number"),
    ] {
        let stream = read(&collection(&[
            feature(&polygon(&square(7, 7))),
            feature(&geometry),
        ]));
        assert_eq!(
            stream.rules(),
            [format!("{rule} 3 features[1]")],
            "{geometry}"
        );
        assert_eq!(stream.findings[0].severity, Severity::Error);
        assert!(stream.findings[0].message.starts_with("features[1]: "));
        let done = stream.end.expect("it is done");
        assert_eq!((done.features, done.left_out), (1, 1), "{geometry}");
    }
    assert_eq!(
        read(r#"{"type":"Point","coordinates":[9,45]}"#).rules(),
        ["geometry.unsupported 1 -"]
    );
}

#[test]
fn a_finding_in_coordinates_names_their_line() {
    let text = polygon("[[9,45],\n[9,46],\n[8,x],[9,45]]").replace('x', "true");
    assert_eq!(read(&text).rules(), ["geometry.number 3 -"]);
}

#[test]
fn the_legacy_crs_is_wgs84_or_nothing() {
    let named = |name: &str| format!(r#"{{"type":"name","properties":{{"name":"{name}"}}}}"#);
    for (crs, failure) in [
        (named("urn:ogc:def:crs:OGC:1.3:CRS84"), "done"),
        (named("EPSG:4326"), "done"),
        (
            r#"{"type":"EPSG","properties":{"code":4326}}"#.to_owned(),
            "done",
        ),
        ("null".to_owned(), "done"),
        (named("urn:ogc:def:crs:EPSG::6706"), "crs.unsupported 2"),
        (named("EPSG:3003"), "crs.unsupported 2"),
        (
            r#"{"type":"EPSG","properties":{"code":3003}}"#.to_owned(),
            "crs.unsupported 2",
        ),
        (
            r#"{"type":"link","properties":{"href":"x"}}"#.to_owned(),
            "crs.unsupported 2",
        ),
        (r#""EPSG:4326""#.to_owned(), "crs.unsupported 2"),
    ] {
        let member = format!("\n\"crs\":{crs},\"type\":");
        let geometry = polygon(&square(0, 0));
        for text in [
            collection(&[feature(&geometry)]).replacen("\"type\":", &member, 1),
            feature(&geometry).replacen("\"type\":", &member, 1),
            feature(&geometry.replacen("\"type\":", &member, 1)),
            geometry.replacen("\"type\":", &member, 1),
        ] {
            let stream = read(&text);
            assert_eq!(stream.failure(), failure, "{text}");
        }
    }
    let stream = read(&feature(&polygon(&square(0, 0))).replacen(
        '{',
        &format!("{{\"crs\":{},", named("EPSG:3003")),
        1,
    ));
    assert!(message(&stream).contains("\"EPSG:3003\""));
}

#[test]
fn coordinates_outside_of_the_earth_are_refused_in_words() {
    let metres = polygon("[[528400,5050400],[528500,5050400],[528500,5050500],[528400,5050400]]");
    let stream = read(&collection(&[
        feature(&polygon(&square(0, 0))),
        feature(&metres),
        feature(&polygon(&square(1, 0))),
    ]));
    assert_eq!(stream.failure(), "crs.range 3");
    assert!(message(&stream).starts_with("4 of 14 positions are outside of the earth"));
    // The corners of the earth are on it.
    let earth = polygon("[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]");
    assert_eq!(read(&earth).failure(), "done");
}

#[test]
fn swapped_coordinates_are_told() {
    let far = polygon("[[-30,100],[-30,140],[-20,140],[-30,100]]");
    let italy = polygon("[[45.6,9.3],[45.7,9.3],[45.7,9.4],[45.6,9.3]]");
    for text in [
        far.clone(),
        italy.clone(),
        collection(&[feature(&far), feature(&italy)]),
    ] {
        let stream = read(&text);
        assert!(stream.failure().starts_with("crs.axis_order"), "{text}");
        assert!(message(&stream).contains("swapped in all positions"));
    }
    let mixed = collection(&[feature(&far), feature(&polygon(&square(0, 0)))]);
    assert_eq!(read(&mixed).failure(), "crs.range 2");
}

#[test]
fn malformed_json_is_refused_at_its_line() {
    let good = collection(&[feature(&polygon(&square(0, 0)))]);
    for (from, to, failure) in [
        ("\n]}", "", "json.malformed 3"),
        ("\n]}", ",\n]}", "json.malformed 3"),
        ("\n]}", "\n]}\n{}", "json.malformed 4"),
        ("\"properties\"", "properties", "json.malformed 2"),
        ("{\"a\":[{}]}", "{\"a\":[{}]", "json.malformed 3"),
        ("[9.360", "[09.360", "json.malformed 2"),
        ("[9.360", "[NaN", "json.malformed 2"),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let stream = read(&text);
        assert_eq!(stream.failure(), failure, "{from} → {to}");
        assert!(stream.features.is_empty());
    }
    let end = good.trim_end().len();
    for cut in 1..end {
        let failure = read(&good[..cut]).failure();
        assert!(
            failure.starts_with("json.malformed"),
            "cut at {cut}: {failure}"
        );
    }
    let mut bytes = good.into_bytes();
    bytes.extend(b"\xff");
    let failure = read_within(&bytes, &Limits::default()).failure();
    assert_eq!(failure, "json.malformed 4");
}

#[test]
fn what_is_no_geojson_is_refused() {
    for text in [
        "",
        " \n",
        "[]",
        "3",
        "<wfs:FeatureCollection/>",
        "PK\u{3}\u{4}",
        "{}",
        r#"{"type":3}"#,
        r#"{"type":null}"#,
        r#"{"type":"polygon"}"#,
        r#"{"type":"Topology","objects":{}}"#,
        r#"{"type":"Feature","type":"Feature"}"#,
        r#"{"type":"FeatureCollection"}"#,
        r#"{"type":"FeatureCollection","features":{}}"#,
        r#"{"type":"FeatureCollection","features":[1]}"#,
        r#"{"type":"FeatureCollection","features":[["Feature"]]}"#,
        r#"{"type":"FeatureCollection","features":[{"type":"Polygon"}]}"#,
        r#"{"type":"FeatureCollection","features":[{"type":"FeatureCollection"}]}"#,
    ] {
        let failure = read(text).failure();
        assert!(
            failure.starts_with("format.not_geojson"),
            "{text}: {failure}"
        );
    }
}

#[test]
fn limits_refuse_the_file() {
    let nested = |depth: usize| {
        let open = r#"{"type":"GeometryCollection","geometries":["#;
        [
            &open.repeat(depth),
            polygon(&square(0, 0)).as_str(),
            &"]}".repeat(depth),
        ]
        .concat()
    };
    let file = collection(&[
        feature(&polygon(&square(0, 0))),
        feature(&polygon(&square(1, 0))),
    ]);
    let default = Limits::default;
    let size = file.len() as u64;
    for (text, limits, failure) in [
        (
            &file,
            Limits {
                file_bytes: size,
                ..default()
            },
            "done",
        ),
        (
            &file,
            Limits {
                file_bytes: size - 1,
                ..default()
            },
            "limit.file 0",
        ),
        (
            &file,
            Limits {
                features: 2,
                ..default()
            },
            "done",
        ),
        (
            &file,
            Limits {
                features: 1,
                ..default()
            },
            "limit.features 3",
        ),
        (
            &file,
            Limits {
                feature_vertices: 5,
                ..default()
            },
            "done",
        ),
        (
            &file,
            Limits {
                feature_vertices: 4,
                ..default()
            },
            "limit.vertices 2",
        ),
        (
            &file,
            Limits {
                vertices: 10,
                ..default()
            },
            "done",
        ),
        (
            &file,
            Limits {
                vertices: 9,
                ..default()
            },
            "limit.vertices 3",
        ),
        (&nested(64), default(), "done"),
        (&nested(65), default(), "limit.depth 1"),
        (
            &nested(101),
            Limits {
                depth: usize::MAX,
                ..default()
            },
            "limit.depth 1",
        ),
    ] {
        assert_eq!(
            read_within(text.as_bytes(), &limits).failure(),
            failure,
            "{limits:?}"
        );
    }
    let tight = Limits {
        comparisons: 1,
        ..default()
    };
    assert_eq!(
        read_within(file.as_bytes(), &tight).rules(),
        [
            "geometry.too_complex 2 features[0]",
            "geometry.too_complex 3 features[1]"
        ]
    );
}

#[test]
fn deep_nesting_ends_in_words() {
    let deep = "[".repeat(1_000_000);
    let open = format!(r#"{{"type":"Feature","properties":{deep}"#);
    assert_eq!(read(&open).failure(), "json.malformed 1");
    let closed = format!(
        r#"{{"type":"Feature","properties":{deep}{},"geometry":{}}}"#,
        "]".repeat(1_000_000),
        polygon(&square(0, 0))
    );
    assert_eq!(read(&closed).features.len(), 1);
    let rings = polygon(&format!("{deep}{}", "]".repeat(1_000_000)));
    assert_eq!(read(&rings).rules(), ["geometry.number 1 -"]);
}

#[test]
fn very_many_geometries_take_no_time() {
    let empty = "{\"type\":\"Polygon\",\"coordinates\":[]},\n".repeat(200_000);
    let text = format!(
        r#"{{"type":"GeometryCollection","geometries":[{empty}{}]}}"#,
        polygon(&square(0, 0))
    );
    assert_eq!(read(&text).features.len(), 1);
}

fn byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        any::<u8>(),
        prop::sample::select(&b"{}[],:\"\\0159-.eE \nnull"[..])
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn changed_bytes_end_in_done_or_failed(
        changes in prop::collection::vec((any::<prop::sample::Index>(), byte()), 0..4),
        moved in prop::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1_usize..200), 0..3),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let (a, b) = (square(0, 0), square(1, 0));
        let several = format!(r#"{{"type":"MultiPolygon","coordinates":[[{a}],[{b}]]}}"#);
        let text = collection(&[
            feature(&polygon(&a)),
            feature(&several),
            feature(&format!(r#"{{"type":"GeometryCollection","geometries":[{several}]}}"#)),
        ]);
        let mut bytes = text.into_bytes();
        for (from, to, count) in moved {
            let from = from.index(bytes.len());
            let piece = bytes[from..(from + count).min(bytes.len())].to_vec();
            let to = to.index(bytes.len());
            bytes.splice(to..to, piece);
        }
        for (at, with) in changes {
            let at = at.index(bytes.len());
            bytes[at] = with;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        // `sorted` checks that the stream is in order and ends in Done or Failed.
        let stream = read_within(&bytes, &Limits::default());
        if let Ok(done) = stream.end {
            prop_assert_eq!(done.features + done.left_out, done.members);
            prop_assert_eq!(done.features, stream.features.len() as u64);
        }
    }
}
