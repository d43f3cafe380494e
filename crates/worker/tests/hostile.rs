//! Documents that are broken or mean harm: each ends in words and at a line.

mod support;

use std::fmt::Write;

use proptest::prelude::*;
use support::{collection, parcel, polygon, read, read_bytes, sorted, square};
use worker::gml::{self, Kind, Limits};

fn document() -> String {
    collection(&parcel("X001_000100.1", &polygon(&[&square(0, 0)])))
}

#[test]
fn a_doctype_is_refused_at_its_line() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
    for doctype in [
        bomb,
        "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">",
        "<!doctype html>",
    ] {
        let text = document().replacen('\n', &format!("\n\n{doctype}\n"), 1);
        assert_eq!(read(&text).failure(), "xml.doctype 3", "{doctype}");
    }
}

#[test]
fn malformed_files_are_refused_at_their_line() {
    let good = document();
    for (from, to, failure) in [
        ("</CP:LABEL>", "</CP:LABLE>", "xml.malformed 6"),
        (
            "</wfs:member>\n",
            "</wfs:member>\n</wfs:member>",
            "xml.malformed 7",
        ),
        ("</wfs:FeatureCollection>\n", "", "xml.malformed 8"),
        (
            "</wfs:FeatureCollection>\n",
            "</wfs:FeatureCollection>\n<a/>",
            "xml.malformed 9",
        ),
        (
            "</wfs:FeatureCollection>\n",
            "</wfs:FeatureCollection>\nx",
            "xml.malformed 8",
        ),
        ("<CP:LABEL>1", "<CP:LABEL>&nbsp;", "xml.malformed 6"),
        ("<CP:LABEL>1", "<CP:LABEL>&#0;", "xml.malformed 6"),
        ("<CP:LABEL>1", "<CP:LABEL>&#1;", "xml.malformed 6"),
        ("<CP:LABEL>1", "<CP:LABEL>\u{1}", "xml.malformed 6"),
        ("<CP:LABEL>1", "<CP:LABEL>& 1", "xml.malformed 6"),
        ("<CP:LABEL>", "<CP:LABEL a='1' a='2'>", "xml.malformed 6"),
        ("<CP:LABEL>", "<CP:LABEL a=1>", "xml.malformed 6"),
        ("<CP:LABEL>", "<CP:LABEL a='<'>", "xml.malformed 6"),
        ("<CP:LABEL>", "<CP:LABEL a='&x;'>", "xml.malformed 6"),
        ("<CP:LABEL>", "<XP:LABEL>", "xml.malformed 6"),
        (
            " xmlns:gml=\"http://www.opengis.net/gml/3.2\"",
            "",
            "xml.malformed 6",
        ),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        assert_eq!(read(&text).failure(), failure, "{from} → {to}");
    }
}

#[test]
fn a_cut_file_is_never_taken_for_whole() {
    let text = document();
    let end = text.trim_end().len();
    for cut in 0..end {
        let failure = read(&text[..cut]).failure();
        assert!(failure.starts_with("xml."), "cut at {cut}: {failure}");
    }
}

#[test]
fn limits_refuse_with_their_line() {
    let limits = Limits {
        value_bytes: 100,
        markup_bytes: 10_000,
        feature_vertices: 20,
        features: 2,
        vertices: 25,
        ..Limits::default()
    };
    let deep = format!("<CP:LABEL>{}", "<CP:a>".repeat(1_000));
    let mut attributes = String::from("<CP:LABEL");
    for number in 0..70 {
        write!(attributes, " a{number}='1'").expect("a string takes everything");
    }
    let many = "45.1 9.1 ".repeat(30);
    for (from, to, failure) in [
        ("<CP:LABEL>", deep.as_str(), "limit.depth 6"),
        ("<CP:LABEL", &attributes, "limit.attributes 6"),
        (
            "<CP:LABEL",
            &format!("<CP:LABEL a='{}'", "x".repeat(100_000)),
            "limit.markup 6",
        ),
        (
            "<CP:LABEL",
            &format!("<!--{}--><CP:LABEL", "x".repeat(100_000)),
            "limit.markup 6",
        ),
        (
            "<CP:LABEL>",
            &format!("<CP:LABEL>{}", "x".repeat(100_000)),
            "limit.markup 6",
        ),
        (
            "<CP:LABEL>",
            &format!("<CP:LABEL>{}", "&lt;x".repeat(9_000)),
            "limit.markup 6",
        ),
        (
            "<CP:LABEL>",
            &format!("<CP:LABEL>{}", "x".repeat(101)),
            "limit.value 6",
        ),
        (
            "45.60000000",
            &format!("{many}45.60000000"),
            "limit.vertices 6",
        ),
    ] {
        let text = document().replacen(from, to, 1);
        let stream = read_bytes(text.as_bytes(), Kind::Parcel, &limits);
        assert_eq!(stream.failure(), failure, "{from}");
    }
    let member = parcel("X001_000100.1", &polygon(&[&square(0, 0)]));
    let three = collection(&member.repeat(3));
    assert_eq!(
        read_bytes(three.as_bytes(), Kind::Parcel, &limits).failure(),
        "limit.features 8"
    );
    let six: String = (0..6)
        .map(|i| parcel(&format!("X001_000100.{i}"), &polygon(&[&square(2 * i, 0)])))
        .collect();
    let limits = Limits {
        features: 10,
        ..limits
    };
    assert_eq!(
        read_bytes(collection(&six).as_bytes(), Kind::Parcel, &limits).failure(),
        "limit.vertices 11"
    );
    let joined: String = (0..5)
        .map(|i| parcel("X001_000100.1", &polygon(&[&square(2 * i, 0)])))
        .collect();
    assert_eq!(
        read_bytes(collection(&joined).as_bytes(), Kind::Parcel, &limits).failure(),
        "limit.vertices 10"
    );
}

#[test]
fn shapes_too_intricate_to_check_are_left_out() {
    let limits = Limits {
        comparisons: 5,
        ..Limits::default()
    };
    let stream = read_bytes(document().as_bytes(), Kind::Parcel, &limits);
    assert_eq!(stream.rules(), ["geometry.too_complex 6 X001_000100.1"]);
    assert_eq!(stream.features, []);
}

#[test]
fn findings_of_one_rule_are_bounded() {
    let members: String = (0..1_200)
        .map(|i| parcel(&format!("X001_000100.{i}"), ""))
        .collect();
    let stream = read(&collection(&members));
    assert_eq!(stream.findings.len(), 1_001);
    assert_eq!(stream.findings[1_000].rule, "findings.more");
    assert_eq!(stream.end.map(|done| done.left_out), Ok(1_200));
}

#[test]
fn old_encodings_are_decoded_and_others_refused_in_words() {
    let text = document().replace("<CP:LABEL>1", "<CP:LABEL>A\u{e9}\u{20ac}");
    for name in ["ISO-8859-1", "windows-1252"] {
        let bytes: Vec<u8> = text
            .replace("UTF-8", name)
            .chars()
            .map(|char| match char {
                '\u{20ac}' => 0x80,
                other => u8::try_from(u32::from(other)).unwrap_or(b'?'),
            })
            .collect();
        let stream = read_bytes(&bytes, Kind::Parcel, &Limits::default());
        assert_eq!(
            stream.features[0].values[1].as_deref(),
            Some("A\u{e9}\u{20ac}"),
            "{name}"
        );
    }
    let other = text.replace("UTF-8", "EBCDIC-CP-IT");
    assert_eq!(read(&other).failure(), "xml.encoding 1");
    let late = text.replacen(
        "<?xml version='1.0'",
        &format!("<?xml version='1.0'{}", " ".repeat(2_000)),
        1,
    );
    assert_eq!(read(&late).failure(), "done");
    assert_eq!(
        read(&late.replace("UTF-8", "ISO-8859-1")).failure(),
        "xml.encoding 1"
    );
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let stream = read_bytes(&utf16, Kind::Parcel, &Limits::default());
    assert_eq!(stream.failure(), "xml.encoding 1");
    let mut broken = document().into_bytes();
    let at = broken
        .windows(9)
        .position(|w| w == b"CP:LABEL>")
        .expect("a label");
    broken[at + 9] = 0xE9;
    let stream = read_bytes(&broken, Kind::Parcel, &Limits::default());
    assert_eq!(stream.failure(), "xml.encoding 6");
    let marked = format!("\u{feff}{}", document());
    assert_eq!(read(&marked).failure(), "done");
}

/// Mostly what coordinates and names are made of: other bytes seldom get past the XML.
fn byte() -> impl Strategy<Value = u8> {
    prop_oneof![
        4 => prop::sample::select(&b"0123456789. -e"[..]),
        4 => b' '..=b'~',
        1 => any::<u8>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn changed_bytes_end_in_done_or_failed(
        changes in prop::collection::vec((any::<prop::sample::Index>(), byte()), 0..4),
        moved in prop::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1_usize..300), 0..2),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let (a, b) = (square(0, 0), square(1, 0));
        let text = collection(&[
            parcel("X001_000100.1", &polygon(&[&a])),
            parcel("X001_000100.2", &support::multi_surface(&[&[&b], &[&square(5, 5)]])),
            parcel("X001_000100.1", &polygon(&[&b])),
        ].concat());
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
        let mut out = Vec::new();
        let outcome = gml::read(
            std::io::Cursor::new(&bytes), Kind::Parcel, &Limits::default(), &mut out);
        prop_assert!(outcome.is_ok());
        // Panics where the stream is out of order.
        sorted(&out);
    }
}
