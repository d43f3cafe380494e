//! The features of a large city pass the default limits, none lost.

use wire::{
    CrsSource, Done, FORMAT, Feature, FieldType, Frame, Hello, Limits, MultiPolygon, Reader, Writer,
};

#[test]
fn a_large_city_passes_whole() -> Result<(), Box<dyn std::error::Error>> {
    let mut ring: Vec<[f64; 2]> = (0..12)
        .map(|i| (f64::from(i) / 12.0 * std::f64::consts::TAU).sin_cos())
        .map(|(y, x)| [x, y])
        .collect();
    ring.push(ring[0]);
    let mut geometry = MultiPolygon::new();
    geometry.push_ring(&ring)?;
    geometry.end_polygon()?;
    let fields = ["REFERENCE", "LABEL", "UNIT", "ID", "NAMESPACE"];
    let feature = Feature {
        line: 1,
        values: fields.map(|field| Some(field.into())).to_vec(),
        members: 1,
        invalid: None,
        geometry: geometry.into(),
    };
    let mut writer = Writer::new(Vec::new());
    writer.hello(&Hello {
        format: FORMAT,
        reader: "speed".into(),
        crs: "EPSG:6706".into(),
        wkt: None,
        crs_source: CrsSource::Format,
        fields: fields.map(Into::into).to_vec(),
        types: vec![FieldType::Text; fields.len()],
        sheet: None,
    })?;
    for _ in 0..430_000 {
        writer.feature(&feature)?;
    }
    writer.done(&Done::default())?;
    let bytes = writer.into_inner();
    let mut reader = Reader::new(&bytes[..], Limits::default());
    let mut features = 0;
    while let Some(frame) = reader.next_frame()? {
        features += u32::from(matches!(frame, Frame::Feature(_)));
    }
    assert_eq!(features, 430_000);
    Ok(())
}
