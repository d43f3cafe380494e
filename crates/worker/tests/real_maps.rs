//! Real files of municipalities, regions and the world: counts, CRS and invalid geometries as
//! they were measured with GDAL and GEOS.

mod support;

use std::path::PathBuf;
use std::process::Command;

use support::{Stream, content, inspect, vector};
use wire::{Content, EncodingSource, Unpacked};

fn file(name: &str) -> PathBuf {
    let folder = std::env::var_os("MAPPALE_GEODATA").expect("MAPPALE_GEODATA is set");
    PathBuf::from(folder).join(name)
}

fn unpacked(name: &str) -> (tempfile::TempDir, Unpacked) {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_mappale-worker"))
        .args(["unpack", "--max-entries", "1000"])
        .args([&file(name), folder.path()])
        .env_clear()
        .output()
        .expect("the worker starts");
    match content(&output) {
        Content::Unpacked(unpacked) => (folder, unpacked),
        other => panic!("{other:?}"),
    }
}

/// Returns features, invalid ones, findings that leave one out.
fn counts(stream: &Stream) -> (usize, usize, u64) {
    let done = stream
        .end
        .as_ref()
        .unwrap_or_else(|failed| panic!("{failed:?}"));
    let invalid = stream
        .features
        .iter()
        .filter(|feature| feature.invalid.is_some())
        .count();
    (stream.features.len(), invalid, done.left_out)
}

#[test]
#[ignore = "needs MAPPALE_GEODATA"]
fn single_files() {
    for (name, layer, crs, expected) in [
        ("catasto_H109_32633.gpkg", None, "EPSG:32633", (4_278, 0, 0)),
        (
            "cdu_creator_esempio_3004.gpkg",
            Some("terreni_catastali"),
            "EPSG:3004",
            (193, 0, 0),
        ),
        (
            "cdu_creator_esempio_3004.gpkg",
            Some("vincoli"),
            "EPSG:3004",
            (2, 0, 0),
        ),
        (
            "cdu_creator_esempio_3004.gpkg",
            Some("altro"),
            "EPSG:3004",
            (2, 0, 0),
        ),
        ("cambridge_zoning.geojson", None, "EPSG:4326", (261, 0, 0)),
        (
            "cambridge_parcels_flood500.geojson",
            None,
            "EPSG:4326",
            (655, 0, 0),
        ),
        (
            "ade_wfs_particelle_L439.geojson",
            None,
            "EPSG:6706",
            (4, 0, 0),
        ),
        (
            "H833_SAN FELICE DEL MOLISE_ple.gml",
            None,
            "EPSG:6706",
            (1_344, 0, 0),
        ),
        (
            "H833_SAN FELICE DEL MOLISE_map.gml",
            None,
            "EPSG:6706",
            (26, 0, 0),
        ),
        ("odd_dxf_polylines.dxf", None, "", (12, 0, 0)),
        ("odd_curvepolygon.gpkg", None, "EPSG:4326", (1, 0, 0)),
        ("odd_test_gpkg_nulls.gpkg", None, "EPSG:4326", (4, 0, 0)),
    ] {
        let args = layer.map_or(Vec::new(), |layer| vec!["--layer", layer]);
        let stream = vector(&args, &file(name));
        assert_eq!(counts(&stream), expected, "{name}");
        assert_eq!(stream.hello.crs, crs, "{name}");
        if name.starts_with("H833") {
            let italy = |[x, y]: &[f64; 2]| (14.0..15.0).contains(x) && (41.0..42.0).contains(y);
            let mut points = stream.features.iter().flat_map(|f| f.geometry.points());
            assert!(points.all(italy), "{name}");
        }
    }
}

#[test]
#[ignore = "needs MAPPALE_GEODATA"]
fn leading_zeros_nulls_and_names_with_blanks() {
    let stream = vector(&[], &file("H833_SAN FELICE DEL MOLISE_ple.gml"));
    let label = stream
        .hello
        .fields
        .iter()
        .position(|f| f == "NATIONALCADASTRALREFERENCE");
    let label = label.expect("a field");
    assert!(stream.features.iter().all(|f| {
        f.values[label]
            .as_ref()
            .is_some_and(|value| value.starts_with("H833_00"))
    }));
    let inspection = inspect(&[], &file("cdu_creator_esempio_3004.gpkg")).expect("it is read");
    let mut fields = inspection.layers.iter().flat_map(|layer| &layer.fields);
    assert!(fields.any(|field| field.name == "riferimento legislativo"));
    let nulls = vector(&[], &file("odd_test_gpkg_nulls.gpkg"));
    let empty = nulls
        .features
        .iter()
        .filter(|f| f.values.iter().any(Option::is_none))
        .count();
    assert!(empty > 0);
}

#[test]
#[ignore = "needs MAPPALE_GEODATA"]
fn house_numbers_of_alessandria() {
    let (folder, unpacked) = unpacked("civici_alessandria_3003.gpkg.zip");
    assert_eq!(unpacked.datasets.len(), 1);
    let path = folder.path().join(&unpacked.datasets[0].path);
    let stream = vector(&["--geometry", "point"], &path);
    assert_eq!(counts(&stream), (26_160, 0, 0));
    assert_eq!(stream.hello.crs, "EPSG:3003");
}

#[test]
#[ignore = "needs MAPPALE_GEODATA"]
fn french_plans_keep_their_accents() {
    for (name, of_layer, encoding, accented, invalid) in [
        (
            "fr_PLUi_241800432_utf8_shp.zip",
            &[
                ("ZONE_URBA", 221),
                ("PRESCRIPTION_SURF", 32),
                ("PRESCRIPTION_LIN", 264),
                ("PRESCRIPTION_PCT", 167),
            ][..],
            "UTF-8",
            "zone \u{e0} vocation \u{e9}conomique",
            1,
        ),
        (
            "fr_PLU_30014_polygonZ_cp1252_shp.zip",
            &[
                ("ZONE_URBA", 90),
                ("PRESCRIPTION_SURF", 77),
                ("PRESCRIPTION_LIN", 15),
                ("PRESCRIPTION_PCT", 93),
                ("INFO_SURF", 18),
                ("INFO_PCT", 6),
            ],
            "windows-1252",
            "Zone urbaine soumise \u{e0}",
            usize::MAX,
        ),
    ] {
        let (folder, unpacked) = unpacked(name);
        let mut seen = 0;
        for (part, features) in of_layer {
            let dataset = unpacked
                .datasets
                .iter()
                .find(|dataset| dataset.name.contains(part));
            let dataset = dataset.expect("the layer");
            assert_eq!(dataset.missing, [""; 0]);
            let path = folder.path().join(&dataset.path);
            let stream = vector(&["--driver", &dataset.driver, "--crs", "EPSG:2154"], &path);
            let found = counts(&stream);
            assert_eq!((found.0, found.2), (*features, 0), "{name} {part}");
            if *part == "ZONE_URBA" && invalid != usize::MAX {
                assert_eq!(found.1, invalid, "{name}");
            }
            let layer = &inspect(&[], &path).expect("it is read").layers[0];
            let found = layer.encoding.as_ref().expect("an encoding");
            assert_eq!(
                (found.name.as_str(), found.source),
                (encoding, EncodingSource::Cpg)
            );
            assert_eq!(layer.has_z, name.contains("polygonZ"), "{name} {part}");
            let mut values = stream
                .features
                .iter()
                .flat_map(|f| f.values.iter().flatten());
            seen += usize::from(values.any(|value| value.contains(accented)));
        }
        assert!(seen > 0, "{name}");
    }
}

#[test]
#[ignore = "needs MAPPALE_GEODATA"]
fn empty_layers_of_piemonte() {
    let (folder, unpacked) = unpacked("piemonte_USC_prg_template_shp.zip");
    let shapes: Vec<_> = unpacked
        .datasets
        .iter()
        .filter(|d| d.path.ends_with(".shp"))
        .collect();
    assert!(shapes.len() > 90, "{}", shapes.len());
    for dataset in shapes.iter().step_by(10) {
        let stream = vector(&[], &folder.path().join(&dataset.path));
        assert_eq!(counts(&stream), (0, 0, 0), "{}", dataset.name);
        assert_eq!(stream.hello.crs, "EPSG:32632", "{}", dataset.name);
    }
}

#[test]
#[ignore = "needs MAPPALE_GEODATA"]
fn plans_of_hamburg() {
    for (name, layers, code) in [
        ("xplan_Flaechenschluss-Test_1mm.gml", 1, "EPSG:25832"),
        ("xplan_aendertUndWurdeGeandertVon.gml", 15, "EPSG:31467"),
    ] {
        let inspection = inspect(&["--driver", "GML"], &file(name)).expect("it is read");
        assert!(
            inspection.layers.len() > layers,
            "{}",
            inspection.layers.len()
        );
        let mut crs = inspection
            .layers
            .iter()
            .filter_map(|layer| layer.crs.as_ref());
        assert!(crs.any(|crs| crs.code.as_deref() == Some(code)), "{name}");
    }
}
