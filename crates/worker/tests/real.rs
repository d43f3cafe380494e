//! The real files of H833 San Felice del Molise.

mod support;

use std::path::PathBuf;

use support::{Stream, read_bytes};
use worker::gml::{Kind, Limits};

fn read(name: &str, kind: Kind) -> Stream {
    let folder = std::env::var_os("MAPPALE_GEODATA").expect("MAPPALE_GEODATA is set");
    let path = PathBuf::from(folder).join(format!("H833_SAN FELICE DEL MOLISE_{name}.gml"));
    let bytes = std::fs::read(&path).expect("the file can be read");
    read_bytes(&bytes, kind, &Limits::default())
}

#[test]
#[ignore = "needs MAPPALE_GEODATA"]
fn parcels_of_h833() {
    let stream = read("ple", Kind::Parcel);
    assert_eq!(stream.findings, []);
    assert_eq!(stream.failure(), "done");
    assert_eq!(stream.features.len(), 1344);
    assert!(
        stream
            .features
            .iter()
            .all(|feature| feature.invalid.is_none())
    );
    for sheet in ["H833_0013A0.", "H833_0014B0."] {
        let of_sheet = |reference: &&str| reference.starts_with(sheet);
        let references = stream
            .features
            .iter()
            .filter_map(|f| f.values[0].as_deref());
        assert!(references.filter(of_sheet).count() > 0, "{sheet}");
    }
    for feature in &stream.features {
        let reference = feature.values[0].as_deref().expect("a reference");
        let label = feature.values[1].as_deref().expect("a label");
        assert_eq!(reference.split_once('.').map(|pair| pair.1), Some(label));
        assert_eq!(feature.values[2].as_deref(), Some("H833"));
        for [x, y] in feature.geometry.points() {
            assert!((14.665..14.740).contains(x) && (41.860..41.928).contains(y));
        }
    }
}

#[test]
#[ignore = "needs MAPPALE_GEODATA"]
fn sheets_of_h833() {
    let stream = read("map", Kind::Zoning);
    assert_eq!(stream.findings, []);
    assert_eq!(stream.features.len(), 26);
    let vertices: usize = stream
        .features
        .iter()
        .map(|f| f.geometry.vertex_count())
        .sum();
    assert!(vertices > 5_000, "{vertices}");
    for feature in &stream.features {
        assert_eq!(feature.invalid, None);
        assert_eq!(feature.values[3].as_deref(), Some("3rdOrder"));
        assert_eq!(feature.values[4].as_deref(), Some("Mappa Catastale"));
    }
}
