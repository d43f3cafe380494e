//! What is written is read again; what is wrong is named with its offset.

use wire::{
    CrsSource, Done, Error, FORMAT, Failed, Feature, FieldType, Finding, Frame, Geometry, Hello,
    Invalid, Limits, MultiLine, MultiPolygon, Progress, Reader, Reason, Severity, ShapeError,
    WriteError, Writer,
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn hello() -> Hello {
    Hello {
        format: FORMAT,
        reader: "test".into(),
        crs: "EPSG:6706".into(),
        wkt: None,
        crs_source: CrsSource::Format,
        fields: vec!["REFERENCE".into(), "LABEL".into()],
        types: vec![FieldType::Text; 2],
        sheet: None,
    }
}

fn feature() -> Result<Feature, ShapeError> {
    let mut geometry = MultiPolygon::new();
    geometry.push_ring(&[[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [0.0, 0.0]])?;
    geometry.push_ring(&[[1.0, 1.0], [1.0, 2.0], [2.0, 1.0], [1.0, 1.0]])?;
    geometry.end_polygon()?;
    geometry.push_ring(&[[9.0, 9.0], [9.5, 9.0], [9.0, 9.5], [9.0, 9.0]])?;
    geometry.end_polygon()?;
    Ok(Feature {
        line: 7,
        values: vec![Some("X001_0013A0.012".into()), None],
        members: 2,
        invalid: Some(Invalid {
            reason: Reason::PartsShareEdge,
            x: 1.0,
            y: 2.0,
        }),
        geometry: geometry.into(),
    })
}

fn written(
    write: impl FnOnce(&mut Writer<&mut Vec<u8>>) -> Result<(), WriteError>,
) -> Result<Vec<u8>, WriteError> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    writer.hello(&hello())?;
    write(&mut writer)?;
    Ok(bytes)
}

fn read(bytes: &[u8], limits: Limits) -> Result<Vec<Frame>, Error> {
    let mut reader = Reader::new(bytes, limits);
    let mut frames = Vec::new();
    while let Some(frame) = reader.next_frame()? {
        frames.push(frame);
    }
    Ok(frames)
}

fn error(bytes: &[u8]) -> String {
    match read(bytes, Limits::default()) {
        Ok(frames) => format!("{} frames", frames.len()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_frame_comes_back_as_it_was() -> Outcome {
    let finding = Finding {
        rule: "xml.unknown_element".into(),
        severity: Severity::Warning,
        line: Some(3),
        subject: None,
        message: "The element «più» is not read.".into(),
    };
    let progress = Progress {
        bytes_read: 5,
        bytes_total: u64::MAX,
    };
    let done = Done {
        features: 1,
        members: 2,
        joined: 1,
        left_out: 0,
        vertices: 12,
    };
    let feature = feature()?;
    let bytes = written(|writer| {
        writer.progress(progress)?;
        writer.finding(&finding)?;
        writer.feature(&feature)?;
        writer.done(&done)
    })?;
    assert_eq!(
        read(&bytes, Limits::default())?,
        [
            Frame::Hello(hello()),
            Frame::Progress(progress),
            Frame::Finding(finding),
            Frame::Feature(feature),
            Frame::Done(done),
        ]
    );
    let failed = Failed {
        kind: "xml.malformed".into(),
        line: None,
        message: "No.".into(),
    };
    let bytes = written(|writer| writer.failed(&failed))?;
    assert_eq!(
        read(&bytes, Limits::default())?.last(),
        Some(&Frame::Failed(failed))
    );
    Ok(())
}

#[test]
fn lines_and_points_come_back() -> Outcome {
    let mut lines = MultiLine::new();
    lines.push_line(&[[0.0, 0.0], [4.0, 0.5], [0.0, 0.0]])?;
    lines.push_line(&[[1.0, 1.0], [1.0, 1.0]])?;
    assert_eq!(
        lines.push_line(&[[1.0, 1.0]]),
        Err(ShapeError::LineTooShort(1))
    );
    let nan = [[f64::NAN, 1.0], [1.0, 1.0]];
    assert_eq!(lines.push_line(&nan), Err(ShapeError::NotFinite));
    assert_eq!(lines.points().len(), 5);
    for geometry in [
        lines.into(),
        Geometry::Points(vec![[9.36, 45.6], [0.0, 1.0]]),
    ] {
        let feature = Feature {
            geometry,
            ..feature()?
        };
        let bytes = written(|writer| {
            writer.feature(&feature)?;
            writer.done(&Done::default())
        })?;
        let frames = read(&bytes, Limits::default())?;
        assert_eq!(frames[1], Frame::Feature(feature));
    }
    Ok(())
}

#[test]
fn every_reason_comes_back() -> Outcome {
    for reason in Reason::ALL {
        let mut feature = feature()?;
        feature.invalid = Some(Invalid {
            reason: *reason,
            x: 0.5,
            y: -0.5,
        });
        let bytes = written(|writer| {
            writer.feature(&feature)?;
            writer.done(&Done::default())
        })?;
        assert_eq!(
            read(&bytes, Limits::default())?.get(1),
            Some(&Frame::Feature(feature))
        );
    }
    Ok(())
}

#[test]
fn frames_out_of_order_have_their_own_errors() -> Outcome {
    let open = written(|_| Ok(()))?;
    let end = open.len();
    let whole = written(|writer| writer.done(&Done::default()))?;
    assert_eq!(
        error(&[]),
        "stream at byte 0: ends without a terminal frame"
    );
    assert_eq!(
        error(&open),
        format!("stream at byte {end}: ends without a terminal frame")
    );
    assert_eq!(
        error(&[&open[..], &open].concat()),
        format!("stream at byte {end}: has a second hello frame")
    );
    assert_eq!(
        error(&whole[end..]),
        "stream at byte 0: does not start with a hello frame"
    );
    assert_eq!(
        error(&[&whole[..], b"x"].concat()),
        format!(
            "stream at byte {}: goes on after its terminal frame",
            whole.len()
        )
    );
    assert_eq!(
        error(&[&open[..], &[99, 0, 0, 0, 0]].concat()),
        format!("stream at byte {end}: tag 99 is unknown")
    );
    assert_eq!(
        error(&whole[..whole.len() - 1]),
        format!("stream at byte {end}: ends inside a frame")
    );
    assert_eq!(
        error(&whole[..end + 3]),
        format!("stream at byte {end}: ends inside a frame")
    );
    Ok(())
}

#[test]
fn a_reader_gives_nothing_after_an_error() -> Outcome {
    let mut reader = Reader::new(&b"\x63\0\0\0\0"[..], Limits::default());
    assert!(reader.next_frame().is_err());
    assert!(reader.next_frame()?.is_none());
    Ok(())
}

#[test]
fn another_format_is_refused() -> Outcome {
    let mut bytes = Vec::new();
    Writer::new(&mut bytes).hello(&Hello {
        format: 1,
        ..hello()
    })?;
    assert_eq!(error(&bytes), "stream at byte 5: format 1 is not supported");
    Ok(())
}

#[test]
fn a_hello_has_a_type_for_each_field() -> Outcome {
    let without = Hello {
        types: Vec::new(),
        ..hello()
    };
    let written = Writer::new(Vec::new()).hello(&without);
    assert!(matches!(
        written,
        Err(WriteError::TypeCount {
            types: 0,
            fields: 2
        })
    ));
    let payload = serde_json::to_vec(&without)?;
    let mut bytes = vec![1];
    bytes.extend(u32::try_from(payload.len())?.to_le_bytes());
    bytes.extend(payload);
    assert_eq!(
        error(&bytes),
        "stream at byte 5: hello has 0 types, 2 are expected"
    );
    Ok(())
}

/// Offset of the value in the payload of [`feature`], its first byte being at 0.
const VALUES: usize = 8;
const TEXT: usize = VALUES + 8;
const MEMBERS: usize = TEXT + 15 + 4;
const REASON: usize = MEMBERS + 4;
const KIND: usize = REASON + 17;
const POLYGONS: usize = KIND + 1;
const POINTS: usize = POLYGONS + 8;

#[test]
fn a_wrong_feature_is_named_with_its_offset() -> Outcome {
    let open = written(|_| Ok(()))?.len();
    let feature = feature()?;
    let bytes = written(|writer| writer.feature(&feature))?;
    let start = open + 5;
    let changed = |at: usize, with: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[start + at..start + at + with.len()].copy_from_slice(with);
        error(&bytes)
    };
    let nan = f64::NAN.to_le_bytes();
    for (at, with, offset, message) in [
        (
            VALUES,
            &[3][..],
            VALUES,
            "feature has 3 values, 2 are expected",
        ),
        (TEXT, &[0xFF], TEXT - 4, "value is not UTF-8"),
        (
            TEXT - 4,
            &[0, 0, 1],
            TEXT - 4,
            "more than 16384 bytes in a string",
        ),
        (MEMBERS, &[0], MEMBERS, "feature has no member"),
        (REASON, &[200], REASON, "reason 200 is unknown"),
        (
            REASON + 9,
            &nan,
            REASON + 1,
            "place of the invalidity is not finite",
        ),
        (KIND, &[0], KIND, "kind of geometry 0 is unknown"),
        (KIND, &[4], KIND, "kind of geometry 4 is unknown"),
        (KIND, &[2, 0], POLYGONS, "geometry is empty"),
        (KIND, &[3, 0], POLYGONS, "geometry is empty"),
        (
            KIND,
            &[2],
            POLYGONS + 40,
            "a line has 0 points, at least 2 are needed",
        ),
        (POLYGONS, &[0], POLYGONS, "geometry has no polygon"),
        (POLYGONS + 4, &[0], POLYGONS + 4, "a polygon has no ring"),
        (
            POINTS,
            &[3],
            POINTS,
            "a ring has 3 points, at least 4 are needed",
        ),
        (
            POINTS,
            &[2],
            POINTS,
            "a ring has 2 points, at least 4 are needed",
        ),
        (
            POINTS,
            &[255, 255, 255, 255],
            POINTS,
            "more than 200000 vertices in a feature",
        ),
        (
            POINTS,
            &[255, 255],
            POINTS + 4,
            "payload ends inside its points",
        ),
        (
            POINTS + 4,
            &nan,
            POINTS,
            "a coordinate is not a finite number",
        ),
        (POINTS + 4, &[1], POINTS, "a ring is not closed"),
        (
            POLYGONS,
            &[1],
            POINTS + 4 + 2 * 64 + 4,
            "payload has trailing bytes",
        ),
        (
            POLYGONS,
            &[3],
            POINTS + 4 + 3 * 64 + 12,
            "payload ends inside its number of rings",
        ),
    ] {
        assert_eq!(
            changed(at, with),
            format!("stream at byte {}: {message}", start + offset),
            "at {at}"
        );
    }
    Ok(())
}

#[test]
fn limits_hold() -> Outcome {
    let feature = feature()?;
    let bytes = written(|writer| {
        for _ in 0..3 {
            writer.feature(&feature)?;
        }
        writer.done(&Done::default())
    })?;
    let limited = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        match read(&bytes, limits) {
            Err(Error::Limit { what, limit, .. }) => format!("{limit} {what}"),
            other => format!("{other:?}"),
        }
    };
    assert_eq!(limited(|l| l.features = 2), "2 features");
    assert_eq!(limited(|l| l.vertices = 30), "30 vertices");
    assert_eq!(
        limited(|l| l.feature_vertices = 11),
        "11 vertices in a feature"
    );
    assert_eq!(limited(|l| l.string_bytes = 14), "14 bytes in a string");
    assert_eq!(limited(|l| l.frame_bytes = 100), "100 bytes in a frame");
    assert_eq!(limited(|l| l.json_bytes = 10), "10 bytes in a frame");
    assert_eq!(limited(|l| l.fields = 1), "1 fields");
    assert_eq!(limited(|l| l.stream_bytes = 400), "400 bytes in the stream");
    Ok(())
}

#[test]
fn a_writer_refuses_what_a_reader_would() -> Outcome {
    let feature = feature()?;
    let mut writer = Writer::new(Vec::new());
    assert!(matches!(
        writer.feature(&feature),
        Err(WriteError::Order("feature"))
    ));
    writer.hello(&hello())?;
    assert!(matches!(
        writer.hello(&hello()),
        Err(WriteError::Order("hello"))
    ));
    assert!(matches!(
        writer.feature(&Feature {
            values: Vec::new(),
            ..feature.clone()
        }),
        Err(WriteError::ValueCount {
            found: 0,
            expected: 2
        })
    ));
    assert!(matches!(
        writer.feature(&Feature {
            geometry: MultiPolygon::new().into(),
            ..feature.clone()
        }),
        Err(WriteError::NoPolygon)
    ));
    assert!(matches!(
        writer.feature(&Feature {
            geometry: Geometry::Points(Vec::new()),
            ..feature
        }),
        Err(WriteError::EmptyGeometry)
    ));
    writer.done(&Done::default())?;
    assert!(matches!(
        writer.done(&Done::default()),
        Err(WriteError::Order("done"))
    ));
    Ok(())
}

#[test]
fn an_appended_geometry_keeps_its_polygons() -> Outcome {
    let Geometry::Polygons(mut geometry) = feature()?.geometry else {
        return Err("no polygons".into());
    };
    geometry.append(&geometry.clone());
    let shape: Vec<Vec<usize>> = geometry
        .polygons()
        .map(|polygon| polygon.rings().map(<[_]>::len).collect())
        .collect();
    assert_eq!(shape, [vec![4, 4], vec![4], vec![4, 4], vec![4]]);
    assert_eq!(geometry.vertex_count(), 24);
    Ok(())
}
