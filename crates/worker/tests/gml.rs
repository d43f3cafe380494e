//! What the reader makes of documents of the national cadastre.

mod support;

use support::{
    Stream, URN, collection, multi_surface, parcel, polygon, polygon_count, read, read_bytes,
    square,
};
use wire::{Done, Reason, Severity};
use worker::gml::{Kind, Limits};

fn one(geometry: &str) -> Stream {
    read(&collection(&parcel("X001_000100.7", geometry)))
}

#[test]
fn a_parcel_is_read_with_longitude_first() {
    let stream = one(&polygon(&[&square(0, 0)]));
    assert_eq!(stream.hello.crs, "EPSG:6706");
    assert_eq!(stream.hello.fields, Kind::Parcel.fields());
    assert_eq!(stream.findings, []);
    let [feature] = &stream.features[..] else {
        panic!("{stream:?}");
    };
    assert_eq!(feature.line, 6);
    assert_eq!(feature.members, 1);
    assert_eq!(feature.geometry.points()[1], [9.361, 45.6]);
    let values: Vec<_> = feature.values.iter().flatten().collect();
    assert_eq!(
        values,
        ["X001_000100.7", "7", "X001", "IT.AGE.PLA.X001_000100.7"]
    );
    assert_eq!(
        stream.end,
        Ok(Done {
            features: 1,
            members: 1,
            joined: 0,
            left_out: 0,
            vertices: 5
        })
    );
}

#[test]
fn values_are_text_with_entities_and_cdata() {
    let document = collection(&parcel("X001_000100.007", &polygon(&[&square(0, 0)])))
        .replace(
            "<CP:LABEL>007<",
            "<CP:LABEL>\n 0<!-- x -->0<![CDATA[7&]]>&amp;&#x41;&lt; <",
        )
        .replace(
            "<CP:ADMINISTRATIVEUNIT>X001</CP:ADMINISTRATIVEUNIT>",
            "<CP:ADMINISTRATIVEUNIT/>",
        );
    let stream = read(&document);
    assert_eq!(stream.failure(), "done", "{:?}", stream.end);
    let values = &stream.features[0].values;
    assert_eq!(values[1].as_deref(), Some("007&&A<"));
    assert_eq!(values[2], None);
}

#[test]
fn surfaces_are_read_in_each_form() {
    let (a, b) = (square(0, 0), square(5, 5));
    let members = multi_surface(&[&[&a], &[&b]]);
    let plural = members
        .replacen("<gml:surfaceMember>", "<gml:surfaceMembers>", 1)
        .replacen("</gml:surfaceMember><gml:surfaceMember>", "", 1)
        .replace(
            "</gml:surfaceMember></gml:Multi",
            "</gml:surfaceMembers></gml:Multi",
        );
    let patches = members
        .replace("MultiSurface", "Surface")
        .replacen("<gml:surfaceMember>", "<gml:patches>", 1)
        .replacen("</gml:surfaceMember><gml:surfaceMember>", "", 1)
        .replace("</gml:surfaceMember>", "</gml:patches>")
        .replace("gml:Polygon>", "gml:PolygonPatch>");
    let single: String = [&a, &b]
        .map(|ring| {
            let numbers: Vec<&str> = ring.split_whitespace().collect();
            let list: String = numbers
                .chunks(2)
                .map(|pair| format!("<gml:pos>{} {}</gml:pos>", pair[0], pair[1]))
                .collect();
            format!("<gml:posList srsDimension=\"2\">{ring}</gml:posList>|{list}")
        })
        .iter()
        .fold(members.clone(), |text, pair| {
            let (from, to) = pair.split_once('|').expect("a pair");
            text.replace(from, to)
        });
    let expected = one(&members).features;
    assert_eq!(polygon_count(&expected[0]), 2);
    for geometry in [plural, patches, single] {
        let stream = one(&geometry);
        assert_eq!(stream.findings, [], "{geometry}");
        assert_eq!(stream.features, expected, "{geometry}");
    }
}

#[test]
fn members_of_one_reference_are_joined() {
    let document = collection(
        &[
            parcel("X001_000100.1", &polygon(&[&square(0, 0)])),
            parcel("X001_000100.2", &polygon(&[&square(5, 0)])),
            parcel("X001_000100.1", &polygon(&[&square(8, 8)])),
            parcel("X001_000100.3", &polygon(&[&square(2, 0)])),
        ]
        .concat(),
    );
    let stream = read(&document);
    let order: Vec<_> = stream
        .features
        .iter()
        .map(|feature| (feature.values[1].as_deref(), feature.line, feature.members))
        .collect();
    assert_eq!(
        order,
        [(Some("2"), 7, 1), (Some("1"), 6, 2), (Some("3"), 9, 1)]
    );
    assert_eq!(polygon_count(&stream.features[1]), 2);
    assert_eq!(
        stream.end.map(|done| (done.members, done.joined)),
        Ok((4, 1))
    );
}

#[test]
fn adjacent_members_are_dissolved() {
    let document = collection(
        &[
            parcel("X001_000100.1", &polygon(&[&square(0, 0)])),
            parcel("X001_000100.1", &polygon(&[&square(1, 0)])),
        ]
        .concat(),
    );
    let stream = read(&document);
    assert_eq!(stream.rules(), ["feature.dissolved 6 X001_000100.1"]);
    assert_eq!(stream.findings[0].severity, Severity::Info);
    assert_eq!(stream.features[0].invalid, None);
    assert_eq!(polygon_count(&stream.features[0]), 1);
    assert_eq!(stream.features[0].geometry.vertex_count(), 7);
}

#[test]
fn a_member_that_comes_twice_is_kept_once() {
    let member = parcel("X001_000100.1", &polygon(&[&square(0, 0)]));
    let stream = read(&collection(&member.repeat(2)));
    assert_eq!(stream.rules(), ["feature.part_repeated 6 X001_000100.1"]);
    assert_eq!(polygon_count(&stream.features[0]), 1);
    assert_eq!(stream.features[0].members, 2);
}

#[test]
fn members_with_other_values_are_told() {
    let document = collection(
        &[
            parcel("X001_000100.1", &polygon(&[&square(0, 0)])),
            parcel("X001_000100.1", &polygon(&[&square(5, 0)])).replace("LABEL>1<", "LABEL>01<"),
        ]
        .concat(),
    );
    let stream = read(&document);
    assert_eq!(stream.rules(), ["feature.values_differ 7 X001_000100.1"]);
    assert_eq!(stream.features[0].values[1].as_deref(), Some("1"));
}

#[test]
fn invalid_shapes_are_told_with_reason_and_place() {
    let bow_tie = polygon(&["45 9 46 10 46 9 45 10 45 9"]);
    let invalid = one(&bow_tie).features[0].invalid.expect("invalid");
    assert_eq!(invalid.reason, Reason::SelfIntersection);
    assert_eq!((invalid.x, invalid.y), (9.5, 45.5));
    let outside = polygon(&[&square(0, 0), "45.7 9.5 45.8 9.5 45.8 9.6 45.7 9.5"]);
    let invalid = one(&outside).features[0].invalid.expect("invalid");
    assert_eq!(invalid.reason, Reason::HoleOutsideShell);
}

#[test]
fn what_cannot_be_a_feature_is_left_out_and_named() {
    let subject = "X001_000100.7";
    let long = "45 9 45 9.1 45.1 9.1 45 9";
    for (geometry, rule) in [
        (
            polygon(&["45 9 45 9.1 45.1 9.1 45"]),
            "geometry.pos_list_odd",
        ),
        (polygon(&["45 9 45 NaN 45.1 9.1 45 9"]), "geometry.number"),
        (polygon(&["45 9 45 1e999 45.1 9.1 45 9"]), "geometry.number"),
        (polygon(&["45 9 45 9,1 45.1 9.1 45 9"]), "geometry.number"),
        (polygon(&["45 9 45 181 45.1 9.1 45 9"]), "geometry.range"),
        (polygon(&["45 9 91 9 45.1 9.1 45 9"]), "geometry.range"),
        (
            polygon(&["45 9 45 9.1 45.1 9.1 45 9.01"]),
            "geometry.ring_open",
        ),
        (polygon(&["45 9 45 9.1 45 9"]), "geometry.ring_short"),
        (polygon(&[""]), "geometry.ring_short"),
        (polygon(&[]), "geometry.exterior"),
        (
            polygon(&[long, long]).replacen("exterior>", "interior>", 2),
            "geometry.exterior",
        ),
        (
            polygon(&[long]).replace("Dimension=\"2\"", "Dimension=\"3\""),
            "geometry.dimension",
        ),
        (
            polygon(&[long]).replace("LinearRing", "Ring"),
            "geometry.unsupported",
        ),
        (
            polygon(&[long]).replace("posList", "coordinates"),
            "geometry.unsupported",
        ),
        (
            polygon(&[long]).replace("gml:Polygon", "gml:Solid"),
            "geometry.unsupported",
        ),
        (polygon(&[long]).repeat(2), "geometry.unsupported"),
        (multi_surface(&[]), "geometry.missing"),
        (String::new(), "geometry.missing"),
    ] {
        let stream = one(&geometry);
        assert_eq!(
            stream.rules(),
            [format!("{rule} 6 {subject}")],
            "{geometry}"
        );
        assert_eq!(stream.findings[0].severity, Severity::Error);
        assert_eq!(stream.features, [], "{geometry}");
        assert_eq!(
            stream.end.map(|done| (done.members, done.left_out)),
            Ok((1, 1))
        );
    }
}

#[test]
fn a_bad_number_is_named_with_its_own_line() {
    let stream = one(&polygon(&["45 9\n45 9.1\n45.1 x\n45 9"]));
    assert_eq!(stream.rules(), ["geometry.number 8 X001_000100.7"]);
    assert_eq!(
        stream.findings[0].message,
        "The coordinate \"x\" is not a number."
    );
}

#[test]
fn one_bad_member_leaves_its_whole_reference_out() {
    let document = collection(
        &[
            parcel("X001_000100.1", &polygon(&[&square(0, 0)])),
            parcel("X001_000100.1", &polygon(&["45 9 45"])),
        ]
        .concat(),
    );
    let stream = read(&document);
    assert_eq!(stream.rules(), ["geometry.pos_list_odd 7 X001_000100.1"]);
    assert_eq!(stream.features, []);
}

#[test]
fn a_missing_reference_is_named() {
    let document = collection(&parcel("", &polygon(&[&square(0, 0)])));
    assert_eq!(read(&document).rules(), ["feature.no_reference 6 -"]);
}

#[test]
fn unknown_elements_are_told_once() {
    let extra = "<CP:OWNER>?</CP:OWNER></CP:CadastralParcel>";
    let members = [
        parcel("X001_000100.1", &polygon(&[&square(0, 0)])),
        parcel("X001_000100.2", &polygon(&[&square(2, 0)])),
    ]
    .concat()
    .replace("</CP:CadastralParcel>", extra);
    let stream = read(&collection(&members));
    assert_eq!(stream.rules(), ["xml.unknown_element 6 OWNER"]);
    assert_eq!(stream.features.len(), 2);
}

#[test]
fn the_crs_must_be_the_cadastre_s() {
    let document = collection(&parcel("X001_000100.1", &polygon(&[&square(0, 0)])));
    for name in ["EPSG:6706", "http://www.opengis.net/def/crs/EPSG/0/6706"] {
        let stream = read(&document.replace(URN, name));
        assert_eq!(stream.features[0].geometry.points()[1], [9.361, 45.6]);
    }
    let other = document.replace(URN, "urn:ogc:def:crs:EPSG::4326");
    assert_eq!(read(&other).failure(), "crs.unsupported 6");
    let none = document.replace(&format!(" srsName=\"{URN}\""), "");
    assert_eq!(read(&none).failure(), "crs.missing 6");
    let two = collection(
        &[
            parcel("X001_000100.1", &polygon(&[&square(0, 0)])),
            parcel("X001_000100.2", &polygon(&[&square(2, 0)])).replace(URN, "EPSG:6706"),
        ]
        .concat(),
    );
    assert_eq!(read(&two).failure(), "crs.mixed 7");
    let turned = one(&polygon(&["9 45 9.1 45 9.1 45.1 9 45"]));
    assert_eq!(turned.failure(), "crs.axis_order 6");
}

#[test]
fn files_of_something_else_say_what_they_hold() {
    let document = collection(&parcel("X001_000100.1", &polygon(&[&square(0, 0)])));
    let wrong = document.replace("mapserver.gis.umn.edu/mapserver", "example.org/cp");
    let zoning = read_bytes(document.as_bytes(), Kind::Zoning, &Limits::default());
    let report = "<ows:ExceptionReport xmlns:ows=\"http://www.opengis.net/ows/1.1\"/>";
    for (stream, message) in [
        (
            read(&wrong),
            "The file holds no CadastralParcel in http://mapserver.gis.umn.edu/mapserver; it \
             holds 1 CadastralParcel in http://example.org/cp.",
        ),
        (
            zoning,
            "The file holds no CadastralZoning in http://mapserver.gis.umn.edu/mapserver; it \
             holds 1 CadastralParcel.",
        ),
        (
            read(report),
            "The file is ExceptionReport in http://www.opengis.net/ows/1.1, not a \
             FeatureCollection in http://www.opengis.net/wfs/2.0.",
        ),
        (
            read("<html/>"),
            "The file is html in no namespace, not a FeatureCollection in \
             http://www.opengis.net/wfs/2.0.",
        ),
    ] {
        let failed = stream.end.expect_err("refused");
        assert_eq!(failed.kind, "format.not_cadastre");
        assert_eq!(failed.message, message);
    }
}

#[test]
fn an_empty_collection_is_fine_and_an_empty_file_is_not() {
    let stream = read(&collection(""));
    assert_eq!(stream.end, Ok(Done::default()));
    assert_eq!(read("").failure(), "xml.malformed 1");
    assert_eq!(read(" \n ").failure(), "xml.malformed 2");
}

#[test]
fn both_kinds_in_one_file_are_told_apart() {
    let sheet = parcel("X001_0001", &polygon(&[&square(0, 0)]))
        .replace("CadastralParcel", "CadastralZoning")
        .replace("CADASTRALREFERENCE", "CADASTRALZONINGREFERENCE");
    let both = collection(&[sheet, parcel("X001_000100.1", &polygon(&[&square(0, 0)]))].concat());
    for (kind, reference) in [(Kind::Parcel, "X001_000100.1"), (Kind::Zoning, "X001_0001")] {
        let stream = read_bytes(both.as_bytes(), kind, &Limits::default());
        assert_eq!(stream.features.len(), 1);
        assert_eq!(stream.features[0].values[0].as_deref(), Some(reference));
        assert_eq!(stream.findings[0].rule, "format.other_features");
    }
}
