//! Map files that the test makes with GDAL: what `inspect` and `vector` say of them.

mod support;

use std::path::{Path, PathBuf};

use gdal::DriverManager;
use gdal::spatial_ref::SpatialRef;
use gdal::vector::{
    Feature, Geometry, LayerAccess, LayerOptions, OGRFieldType, OGRwkbGeometryType,
};
use support::{inspect, vector};
use wire::{CrsSource, EncodingSource, FieldType, Invalid, Reason};

/// Makes a file of one layer with fields `code` (text), `number`, `area` and these features.
fn map(folder: &Path, driver: &str, name: &str, epsg: Option<u32>, shapes: &[&str]) -> PathBuf {
    let path = folder.join(name);
    // A file geodatabase wants to know.
    let ty = match driver {
        "OpenFileGDB" => OGRwkbGeometryType::wkbMultiPolygon,
        _ => OGRwkbGeometryType::wkbUnknown,
    };
    let driver = DriverManager::get_driver_by_name(driver).expect("the driver");
    let mut dataset = driver.create_vector_only(&path).expect("a file");
    let crs = epsg.map(|code| SpatialRef::from_epsg(code).expect("a CRS"));
    let layer = dataset
        .create_layer(LayerOptions {
            name: "zone",
            srs: crs.as_ref(),
            ty,
            options: None,
        })
        .expect("a layer");
    layer
        .create_defn_fields(&[
            ("code", OGRFieldType::OFTString),
            ("number", OGRFieldType::OFTInteger),
            ("area", OGRFieldType::OFTReal),
        ])
        .expect("fields");
    for (index, shape) in shapes.iter().enumerate() {
        let mut feature = Feature::new(layer.defn()).expect("a feature");
        match index {
            0 => {
                feature.set_field_string(0, "0012").expect("a text");
                feature.set_field_integer(1, 7).expect("a number");
                feature.set_field_double(2, 0.1).expect("a number");
            }
            1 => feature.set_field_string(0, "").expect("a text"),
            _ => feature.set_field_string(0, "citt\u{e0}").expect("a text"),
        }
        if !shape.is_empty() {
            let geometry = Geometry::from_wkt(shape).expect("a shape");
            feature.set_geometry(geometry).expect("it is taken");
        }
        feature.create(&layer).expect("it is written");
    }
    dataset.close().expect("it is closed");
    path
}

const SQUARE: &str = "POLYGON ((528400 5050400,528500 5050400,528500 5050500,528400 5050400))";

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn a_geopackage_is_inspected_and_read() {
    let folder = folder();
    let bow = "POLYGON ((0 0,2 2,2 0,0 2,0 0))";
    let path = map(
        folder.path(),
        "GPKG",
        "Zone \u{e8}.gpkg",
        Some(7791),
        &[SQUARE, bow, ""],
    );
    let inspection = inspect(&[], &path).expect("it is read");
    assert_eq!(inspection.driver, "GPKG");
    let layer = &inspection.layers[0];
    assert_eq!((layer.name.as_str(), layer.features), ("zone", 3));
    let counts: Vec<_> = layer
        .geometries
        .iter()
        .map(|g| (g.value.as_str(), g.count))
        .collect();
    assert_eq!(counts, [("Polygon", 2), ("none", 1)]);
    let crs = layer.crs.as_ref().expect("a CRS");
    assert_eq!(crs.code.as_deref(), Some("EPSG:7791"));
    assert_eq!((crs.source, crs.north_first), (CrsSource::File, false));
    assert_eq!(layer.extent, Some([0.0, 0.0, 528_500.0, 5_050_500.0]));
    let code = &layer.fields[0];
    assert_eq!((code.name.as_str(), code.kind), ("code", FieldType::Text));
    assert_eq!((code.nulls, code.empties), (0, 1));
    assert_eq!(code.samples, ["0012", "citt\u{e0}"]);
    assert_eq!(layer.fields[1].nulls, 2);

    let stream = vector(&["--driver", "GPKG", "--layer", "zone"], &path);
    assert_eq!(stream.failure(), "done");
    assert_eq!(stream.hello.crs, "EPSG:7791");
    assert_eq!(
        stream.hello.types,
        [FieldType::Text, FieldType::Integer, FieldType::Real]
    );
    assert_eq!(stream.rules(), ["geometry.missing 3 record 3"]);
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        stream.features[0].values,
        [text("0012"), text("7"), text("0.1")]
    );
    assert_eq!(stream.features[1].values, [text(""), None, None]);
    let invalid = Invalid {
        reason: Reason::SelfIntersection,
        x: 1.0,
        y: 1.0,
    };
    assert_eq!(stream.features[1].invalid, Some(invalid));
}

#[test]
fn every_format_gives_the_same_features() {
    let folder = folder();
    for (driver, name) in [
        ("GPKG", "a.gpkg"),
        ("ESRI Shapefile", "b.shp"),
        ("FlatGeobuf", "c.fgb"),
        ("MapInfo File", "d.tab"),
        ("GML", "e.gml"),
        ("OpenFileGDB", "f.gdb"),
    ] {
        let other = "POLYGON ((528600 5050400,528700 5050400,528700 5050500,528600 5050400))";
        let path = map(folder.path(), driver, name, Some(32632), &[SQUARE, other]);
        let mut stream = vector(&["--driver", driver], &path);
        assert_eq!(stream.failure(), "done", "{driver} {:?}", stream.end);
        // FlatGeobuf sorts them by place.
        let west = |feature: &wire::Feature| feature.geometry.points()[0][0];
        stream.features.sort_by(|a, b| west(a).total_cmp(&west(b)));
        let at: Vec<[f64; 2]> = stream
            .features
            .iter()
            .map(|f| f.geometry.points()[0])
            .collect();
        // MapInfo stores whole numbers of some small unit.
        for (found, expected) in at
            .iter()
            .zip([[528_400.0, 5_050_400.0], [528_600.0, 5_050_400.0]])
        {
            assert!((found[0] - expected[0]).abs() < 0.02, "{driver} {found:?}");
            assert!((found[1] - expected[1]).abs() < 0.02, "{driver} {found:?}");
        }
        assert_eq!(at.len(), 2, "{driver}");
        let code = stream.hello.fields.iter().position(|field| field == "code");
        let code = code.unwrap_or_else(|| panic!("{driver}: {:?}", stream.hello.fields));
        assert_eq!(
            stream.features[0].values[code].as_deref(),
            Some("0012"),
            "{driver}"
        );
        assert_eq!(stream.hello.crs, "EPSG:32632", "{driver}");
    }
}

#[test]
fn geographic_formats_have_the_longitude_first() {
    let folder = folder();
    let square = "POLYGON ((9.36 45.6,9.37 45.6,9.37 45.61,9.36 45.6))";
    for (driver, name, epsg, source) in [
        ("GeoJSON", "a.geojson", 4326, CrsSource::Format),
        ("LIBKML", "b.kml", 4326, CrsSource::Format),
        ("GML", "c.gml", 6706, CrsSource::File),
        ("GPKG", "d.gpkg", 6706, CrsSource::File),
        ("ESRI Shapefile", "e.shp", 4326, CrsSource::Prj),
    ] {
        let path = folder.path().join(name);
        let made = map(folder.path(), driver, name, None, &[]);
        assert_eq!(made, path);
        std::fs::remove_file(&path).ok();
        let path = map_lon_lat(&path, driver, epsg, square);
        let stream = vector(&["--driver", driver], &path);
        assert_eq!(stream.failure(), "done", "{driver} {:?}", stream.end);
        assert_eq!(stream.hello.crs, format!("EPSG:{epsg}"), "{driver}");
        assert_eq!(stream.hello.crs_source, source, "{driver}");
        let [x, y] = stream.features[0].geometry.points()[0];
        assert!(
            (x - 9.36).abs() < 0.011 && (y - 45.6).abs() < 0.011,
            "{driver} {x} {y}"
        );
    }
}

/// Makes a file whose layer is written with the longitude first.
fn map_lon_lat(path: &Path, driver: &str, epsg: u32, shape: &str) -> PathBuf {
    let driver = DriverManager::get_driver_by_name(driver).expect("the driver");
    let mut dataset = driver.create_vector_only(path).expect("a file");
    let mut crs = SpatialRef::from_epsg(epsg).expect("a CRS");
    crs.set_axis_mapping_strategy(gdal::spatial_ref::AxisMappingStrategy::TraditionalGisOrder);
    let mut layer = dataset
        .create_layer(LayerOptions {
            name: "zone",
            srs: Some(&crs),
            ty: OGRwkbGeometryType::wkbPolygon,
            options: None,
        })
        .expect("a layer");
    let geometry = Geometry::from_wkt(shape).expect("a shape");
    layer.create_feature(geometry).expect("it is written");
    dataset.close().expect("it is closed");
    path.to_path_buf()
}

#[test]
fn gml_with_north_first_is_turned_round() {
    let folder = folder();
    for (srs, x, y) in [
        ("urn:ogc:def:crs:EPSG::6707", 528_400.0, 5_050_400.0),
        ("urn:ogc:def:crs:EPSG::6706", 9.36, 45.6),
        (
            "http://www.opengis.net/def/crs/EPSG/0/3044",
            528_400.0,
            5_050_400.0,
        ),
    ] {
        let path = folder.path().join("north.gml");
        let step = if x > 1_000.0 { 100.0 } else { 0.01 };
        let ring = format!("{y} {x} {y} {} {} {x} {y} {x}", x + step, y + step);
        let text = format!(
            "<?xml version='1.0'?>\n<a:Collection xmlns:a='http://example.org/a' \
             xmlns:gml='http://www.opengis.net/gml/3.2'><gml:featureMember><a:zone gml:id='z.1'>\
             <a:code>0012</a:code><a:geometry><gml:Polygon gml:id='g.1' srsName='{srs}'><gml:exterior>\
             <gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior>\
             </gml:Polygon></a:geometry></a:zone></gml:featureMember></a:Collection>"
        );
        std::fs::write(&path, text).expect("a file");
        let stream = vector(&["--driver", "GML", "--layer", "zone"], &path);
        assert_eq!(stream.failure(), "done", "{srs} {:?}", stream.end);
        assert_eq!(stream.features[0].geometry.points()[0], [x, y], "{srs}");
        let code = srs.rsplit([':', '/']).next().expect("a code");
        assert_eq!(stream.hello.crs, format!("EPSG:{code}"));
        let at = stream
            .hello
            .fields
            .iter()
            .position(|field| field == "code")
            .expect("a field");
        assert_eq!(stream.features[0].values[at].as_deref(), Some("0012"));
        let crs = inspect(&[], &path).expect("read").layers[0]
            .crs
            .clone()
            .expect("a CRS");
        assert!(crs.north_first, "{srs}");
    }
}

#[test]
fn lines_points_heights_curves_and_collections() {
    let folder = folder();
    let path = map(
        folder.path(),
        "GPKG",
        "kinds.gpkg",
        Some(7791),
        &[
            "LINESTRING Z (0 0 1,1 1 2)",
            "MULTIPOINT ((0 0),(5 5))",
            "CURVEPOLYGON (CIRCULARSTRING (0 0,10 0,0 0))",
            "GEOMETRYCOLLECTION (POLYGON ((0 0,1 0,1 1,0 0)),POLYGON ((5 0,6 0,6 1,5 0)))",
            "GEOMETRYCOLLECTION (POINT (0 0),LINESTRING (0 0,1 1))",
            "POINT M (1 2 3)",
            "MULTIPOLYGON EMPTY",
        ],
    );
    let stream = vector(&[], &path);
    assert_eq!(
        stream.rules(),
        [
            "geometry.z_dropped 1 -",
            "geometry.curves 3 -",
            "geometry.collection 4 -",
            "geometry.mixed 5 record 5",
            "geometry.missing 7 record 7",
        ]
    );
    let features = &stream.features;
    assert_eq!(features.len(), 5);
    assert_eq!(
        features[0]
            .geometry
            .as_lines()
            .map(|lines| lines.lines().len()),
        Some(1)
    );
    assert_eq!(features[1].geometry.points(), [[0.0, 0.0], [5.0, 5.0]]);
    assert_eq!(features[2].invalid, None);
    assert!(features[2].geometry.vertex_count() > 40);
    assert_eq!(support::polygon_count(&features[3]), 2);
    let only = vector(&["--geometry", "polygon", "--curve-tolerance", "1"], &path);
    assert_eq!(only.features.len(), 2);
    assert!(only.features[0].geometry.vertex_count() < 20);
    let others = only
        .rules()
        .iter()
        .filter(|rule| rule.starts_with("geometry.other_kind"))
        .count();
    assert_eq!(others, 3);
    let layer = &inspect(&[], &path).expect("it is read").layers[0];
    assert!(layer.has_z && layer.has_m && layer.has_curves);
}

#[test]
fn a_shapefile_is_decoded_as_it_says_or_as_told() {
    let folder = folder();
    let path = map(
        folder.path(),
        "ESRI Shapefile",
        "s.shp",
        None,
        &[SQUARE, SQUARE, SQUARE],
    );
    let cpg = path.with_extension("cpg");
    let dbf = path.with_extension("dbf");
    // One byte for the letter, and nothing that tells.
    let mut bytes = std::fs::read(&dbf).expect("values");
    let at = bytes
        .windows(2)
        .position(|w| w == "\u{e0}".as_bytes() || w == b"t\xE0");
    let at = at.expect("the letter");
    if bytes[at] == 0xC3 {
        bytes.splice(at..at + 2, [0xE0, b' ']);
    }
    bytes[29] = 0;
    std::fs::write(&dbf, &bytes).expect("values");
    let sample = |args: &[&str]| {
        let layer = inspect(args, &path).expect("it is read").layers.remove(0);
        let encoding = layer.encoding.expect("an encoding");
        (encoding.name, encoding.source, encoding.samples.join("|"))
    };
    let text = "citt\u{e0}".to_owned();
    std::fs::remove_file(&cpg).ok();
    let supposed = (
        "windows-1252".to_owned(),
        EncodingSource::Supposed,
        text.clone(),
    );
    assert_eq!(sample(&[]), supposed);
    std::fs::write(&cpg, "1252").expect("a cpg");
    assert_eq!(
        sample(&[]),
        ("windows-1252".to_owned(), EncodingSource::Cpg, text.clone())
    );
    let greek = sample(&["--encoding", "windows-1253"]);
    assert_eq!(greek.1, EncodingSource::Declared);
    assert_eq!(greek.2, "citt\u{3b0}");
    let stream = vector(&["--encoding", "utf-8"], &path);
    assert!(
        stream.rules().contains(&"value.encoding 3 -".to_owned()),
        "{:?}",
        stream.rules()
    );
    assert_eq!(
        vector(&["--encoding", "klingon"], &path).failure(),
        "xml.encoding 0"
    );
}

#[test]
fn a_declared_crs_wins_and_the_difference_is_told() {
    let folder = folder();
    let path = map(folder.path(), "GPKG", "crs.gpkg", Some(32633), &[SQUARE]);
    let stream = vector(&["--crs", "EPSG:7791"], &path);
    assert_eq!(stream.hello.crs, "EPSG:7791");
    assert_eq!(stream.hello.crs_source, CrsSource::Declared);
    assert_eq!(stream.rules(), ["crs.overridden 1 -"]);
    assert_eq!(
        vector(&["--crs", "EPSG:999999"], &path).failure(),
        "crs.unknown 0"
    );
    let same = vector(&["--crs", "EPSG:32633"], &path);
    assert_eq!(same.rules(), [""; 0]);
}

#[test]
fn the_layer_must_be_named_where_there_are_several() {
    let folder = folder();
    let path = map(folder.path(), "GPKG", "one.gpkg", Some(7791), &[SQUARE]);
    assert_eq!(
        vector(&["--layer", "other"], &path).failure(),
        "layer.missing 0"
    );
    let limits = [
        ("--max-fields", "2", "limit.fields 0"),
        ("--max-features", "0", "limit.features 1"),
        ("--max-vertices", "3", "limit.vertices 1"),
        ("--max-feature-vertices", "3", "limit.vertices 1"),
        ("--max-value", "3", "limit.value 1"),
    ];
    for (option, value, failure) in limits {
        assert_eq!(
            vector(&[option, value], &path).failure(),
            failure,
            "{option}"
        );
    }
}

#[test]
fn tables_with_coordinates_are_read() {
    let folder = folder();
    let path = folder.path().join("civici.csv");
    let mut table = b"Numero;Via;Est;Nord\r\n".to_vec();
    table.extend(b"0012;\"Citt\xE0; nuova\";528400,5;5.050.400,25\r\n");
    table.extend(b"0013;;n.d.;\r\n0014;x\r\n");
    std::fs::write(&path, &table).expect("a file");
    let stream = vector(&["--driver", "CSV", "--crs", "EPSG:7791"], &path);
    assert_eq!(
        stream.rules(),
        [
            "encoding.supposed 1 -",
            "geometry.missing 2 record 2",
            "geometry.missing 3 record 3",
        ]
    );
    assert_eq!(stream.hello.fields, ["Numero", "Via", "Est", "Nord"]);
    let feature = &stream.features[0];
    assert_eq!(feature.geometry.points(), [[528_400.5, 5_050_400.25]]);
    assert_eq!(feature.values[0].as_deref(), Some("0012"));
    assert_eq!(feature.values[1].as_deref(), Some("Citt\u{e0}; nuova"));
    let layer = inspect(&[], &path).expect("it is read").layers.remove(0);
    assert_eq!(
        (layer.name.as_str(), layer.features, layer.crs),
        ("civici", 3, None)
    );
    assert_eq!(layer.fields[1].empties, 1);
    let path = folder.path().join("wkt.csv");
    std::fs::write(&path, format!("id,WKT\n1,\"SRID=7791;{SQUARE}\"\n")).expect("a file");
    assert_eq!(support::polygon_count(&vector(&[], &path).features[0]), 1);
    let path = folder.path().join("utf8.csv");
    std::fs::write(&path, "\u{feff}x,y,via\n9.36,45.6,citt\u{e0}\n").expect("a file");
    let encoding = inspect(&[], &path).expect("it is read").layers[0]
        .encoding
        .clone();
    assert_eq!(
        encoding.map(|found| found.source),
        Some(EncodingSource::File)
    );
}

#[test]
fn what_lies_beside_a_gml_file_changes_nothing() {
    let folder = folder();
    let path = map(folder.path(), "GML", "a.gml", Some(32632), &[SQUARE]);
    for (ending, text) in [
        (
            "gfs",
            "<GMLFeatureClassList><GMLFeatureClass><Name>x</Name></GMLFeatureClass>",
        ),
        ("xsd", "<schema/>"),
    ] {
        std::fs::write(path.with_extension(ending), text).expect("a file");
        let stream = vector(&["--driver", "GML", "--layer", "zone"], &path);
        assert_eq!(stream.failure(), "done", "{ending} {:?}", stream.end);
        assert_eq!(stream.features.len(), 1, "{ending}");
    }
}

#[test]
fn a_drawing_has_no_crs() {
    let folder = folder();
    let path = folder.path().join("a.dxf");
    let text = "  0\nSECTION\n  2\nENTITIES\n  0\nLINE\n  8\nMURI\n 10\n1.0\n 20\n2.0\n 30\n0.0\n \
                11\n3.0\n 21\n4.0\n 31\n0.0\n  0\nENDSEC\n  0\nEOF\n";
    std::fs::write(&path, text).expect("a file");
    let stream = vector(&["--driver", "DXF", "--geometry", "line"], &path);
    assert_eq!(stream.failure(), "done", "{:?}", stream.end);
    assert_eq!(
        (stream.hello.crs.as_str(), stream.hello.crs_source),
        ("", CrsSource::Unknown)
    );
    assert_eq!(
        stream.features[0].geometry.points(),
        [[1.0, 2.0], [3.0, 4.0]]
    );
    assert_eq!(stream.features[0].values[0].as_deref(), Some("MURI"));
}
