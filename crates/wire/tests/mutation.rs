//! Changed bytes of a valid stream: no panic, no frame beyond the limits.

use proptest::prelude::*;
use wire::{
    CrsSource, Done, FORMAT, Feature, FieldType, Finding, Frame, Geometry, Hello, Limits,
    MultiLine, MultiPolygon, Progress, Reader, Severity, Writer,
};

fn stream() -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    writer.hello(&Hello {
        format: FORMAT,
        reader: "test".into(),
        crs: "EPSG:6706".into(),
        wkt: None,
        crs_source: CrsSource::Format,
        fields: vec!["A".into(), "B".into()],
        types: vec![FieldType::Text; 2],
        sheet: None,
    })?;
    writer.progress(Progress {
        bytes_read: 1,
        bytes_total: 2,
    })?;
    for line in 0..4 {
        let mut geometry = MultiPolygon::new();
        for polygon in 0..=line {
            let x = f64::from(u32::try_from(polygon)?);
            geometry.push_ring(&[[x, 0.0], [x + 1.0, 0.0], [x, 1.0], [x, 0.0]])?;
            geometry.end_polygon()?;
        }
        writer.feature(&Feature {
            line,
            values: vec![Some("abc".into()), None],
            members: 1,
            invalid: None,
            geometry: geometry.into(),
        })?;
    }
    let mut lines = MultiLine::new();
    lines.push_line(&[[0.0, 0.0], [1.0, 0.0]])?;
    for geometry in [lines.into(), Geometry::Points(vec![[0.0, 1.0]])] {
        writer.feature(&Feature {
            line: 9,
            values: vec![Some(String::new()), None],
            members: 1,
            invalid: None,
            geometry,
        })?;
    }
    writer.finding(&Finding {
        rule: "a.b".into(),
        severity: Severity::Info,
        line: None,
        subject: None,
        message: "m".into(),
    })?;
    writer.done(&Done::default())?;
    Ok(bytes)
}

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let limits = Limits {
        stream_bytes: 4096,
        frame_bytes: 1024,
        json_bytes: 512,
        string_bytes: 16,
        fields: 4,
        features: 8,
        findings: 2,
        feature_vertices: 20,
        vertices: 60,
    };
    let mut reader = Reader::new(bytes, limits);
    let (mut features, mut vertices) = (0, 0);
    while let Ok(Some(frame)) = reader.next_frame() {
        if let Frame::Feature(feature) = frame {
            features += 1;
            vertices += feature.geometry.vertex_count();
            prop_assert!(feature.geometry.vertex_count() <= 20);
            prop_assert!(feature.values.iter().flatten().all(|text| text.len() <= 16));
            prop_assert!(
                feature
                    .geometry
                    .points()
                    .iter()
                    .flatten()
                    .all(|c| c.is_finite())
            );
            prop_assert!(!feature.geometry.is_empty());
            let polygons = feature.geometry.as_polygons().into_iter();
            for ring in polygons
                .flat_map(MultiPolygon::polygons)
                .flat_map(wire::Polygon::rings)
            {
                prop_assert!(ring.len() >= 4 && ring.first() == ring.last());
            }
            let lines = feature.geometry.as_lines().into_iter();
            for line in lines.flat_map(MultiLine::lines) {
                prop_assert!(line.len() >= 2);
            }
        }
    }
    prop_assert!(features <= 8 && vertices <= 60);
    prop_assert!(reader.offset() <= bytes.len() as u64);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn changed_bytes_are_read_or_refused(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
        doubled in prop::option::of((any::<prop::sample::Index>(), 1_usize..64)),
    ) {
        let mut bytes = stream().map_err(|error| TestCaseError::fail(error.to_string()))?;
        for (at, with) in changes {
            let at = at.index(bytes.len());
            bytes[at] = with;
        }
        if let Some((at, count)) = doubled {
            let at = at.index(bytes.len());
            let piece = bytes[at..(at + count).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        check(&bytes)?;
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes)?;
    }
}
