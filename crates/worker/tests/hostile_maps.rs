//! Map files that mean harm: none reads another file, none runs code, each is answered in words.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use support::{content, vector, worker};
use wire::Content;

/// What stands in a file that no answer may show.
const CANARY: &str = "canary-of-the-house-next-door";

/// Makes a file beside a canary and returns it.
fn made(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    fs::write(folder.join("secret.csv"), format!("a,x,y\n{CANARY},1,2\n")).expect("a canary");
    let path = folder.join(name);
    fs::write(&path, bytes).expect("a file");
    path
}

/// Returns the kind of failure of `inspect`, having looked for the canary in all that is said.
fn kind(args: &[&str], path: &Path) -> String {
    let start = Instant::now();
    let answers = ["inspect", "vector"].map(|command| worker(&[&[command], args].concat(), path));
    for text in answers
        .iter()
        .flat_map(|output| [&output.stdout, &output.stderr])
    {
        assert!(!String::from_utf8_lossy(text).contains(CANARY), "{path:?}");
    }
    assert!(
        start.elapsed() < Duration::from_secs(15),
        "{path:?} takes too long"
    );
    match content(&answers[0]) {
        Content::Inspection(inspection) => format!("read as {}", inspection.driver),
        Content::Failed(failed) => failed.kind,
        Content::Unpacked(_) => panic!("not an archive"),
    }
}

#[test]
fn lists_of_other_files_are_refused_whatever_their_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("secret.csv");
    let vrt = format!(
        "<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{}</SrcDataSource>\
         </OGRVRTLayer></OGRVRTDataSource>",
        secret.display()
    );
    let raster = "<VRTDataset rasterXSize='9' rasterYSize='9'><VRTRasterBand dataType='Byte' \
                  band='1' subClass='VRTRawRasterBand'><SourceFilename>/etc/passwd\
                  </SourceFilename></VRTRasterBand></VRTDataset>";
    let postgres = vrt.replace(&secret.display().to_string(), "PG:host=127.0.0.1 port=9");
    let curl = vrt.replace(
        &secret.display().to_string(),
        "/vsicurl/http://127.0.0.1:9/a.csv",
    );
    let wfs = "<OGRWFSDataSource><URL>http://127.0.0.1:9/wfs</URL></OGRWFSDataSource>";
    let wms = "<GDAL_WMS><Service name='WMS'><ServerUrl>http://127.0.0.1:9/</ServerUrl></Service>\
               </GDAL_WMS>";
    let capabilities = "<wfs:WFS_Capabilities xmlns:wfs='http://www.opengis.net/wfs' \
                        xmlns:gml='http://www.opengis.net/gml'></wfs:WFS_Capabilities>";
    for ending in [
        "shp", "geojson", "gml", "gpkg", "kml", "tab", "csv", "dxf", "fgb",
    ] {
        for text in [&vrt, raster, &postgres, &curl, wfs, wms, capabilities] {
            let path = made(folder.path(), &format!("a.{ending}"), text);
            assert_eq!(kind(&[], &path), "format.refers", "{ending} {text}");
        }
    }
    for driver in ["GPKG", "GeoJSON", "GML", "ESRI Shapefile", "CSV"] {
        let path = made(folder.path(), "b.gml", &vrt);
        assert_eq!(
            kind(&["--driver", driver], &path),
            "format.refers",
            "{driver}"
        );
    }
}

#[test]
fn addresses_are_no_files() {
    let folder = tempfile::tempdir().expect("a folder");
    for ending in ["gpkg", "geojson", "gml", "fgb", "tab"] {
        for text in [
            "/vsicurl/http://127.0.0.1:9/a.gpkg",
            "http://127.0.0.1:9/a",
            "PG:dbname=x",
        ] {
            let path = made(folder.path(), &format!("a.{ending}"), text);
            assert_eq!(kind(&[], &path), "format.unknown", "{ending} {text}");
        }
    }
    for path in [
        "/vsicurl/http://127.0.0.1:9/a.gpkg",
        "http://127.0.0.1:9/a.geojson",
        "PG:x",
    ] {
        assert_eq!(kind(&[], Path::new(path)), "file.unreadable", "{path}");
    }
}

#[test]
fn a_declared_driver_must_be_the_one_of_the_content() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = made(
        folder.path(),
        "a.gpkg",
        "{\"type\":\"FeatureCollection\",\"features\":[]}",
    );
    assert_eq!(kind(&["--driver", "GPKG"], &path), "format.mismatch");
    assert_eq!(
        worker(&["inspect", "--driver", "OGR_VRT"], &path)
            .status
            .code(),
        Some(64)
    );
    assert_eq!(
        worker(&["inspect", "--driver", "PostgreSQL"], &path)
            .status
            .code(),
        Some(64)
    );
}

#[test]
fn markup_that_declares_or_points_elsewhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = folder.path().join("secret.csv");
    for (root, ending) in [
        ("kml", "kml"),
        ("a:X xmlns:a='http://www.opengis.net/gml'", "gml"),
    ] {
        for doctype in [
            format!(
                "<!DOCTYPE x [<!ENTITY e SYSTEM 'file://{}'>]>",
                secret.display()
            ),
            "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>".to_owned(),
            "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>".to_owned(),
        ] {
            let text = format!("<?xml version='1.0'?>\n{doctype}<{root}>&e;</{root}>");
            let path = made(folder.path(), &format!("a.{ending}"), text);
            assert_eq!(kind(&[], &path), "xml.doctype", "{ending}");
        }
        let text = format!("\u{feff}<{root}>");
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let path = made(folder.path(), &format!("b.{ending}"), utf16);
        assert_eq!(kind(&[], &path), "xml.encoding", "{ending}");
    }
    let link = format!(
        "<kml xmlns='http://www.opengis.net/kml/2.2'><Document><name>d</name><NetworkLink><Link>\
         <href>{}</href></Link></NetworkLink><NetworkLink><Link><href>http://127.0.0.1:9/a.kml\
         </href></Link></NetworkLink><Placemark><name>p</name><Point><coordinates>9.36,45.6\
         </coordinates></Point></Placemark></Document></kml>",
        secret.display()
    );
    let path = made(folder.path(), "link.kml", link);
    assert_eq!(kind(&[], &path), "read as LIBKML");
    let schema = format!(
        "<a:C xmlns:a='http://example.org/a' xmlns:gml='http://www.opengis.net/gml' \
         xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' \
         xmlns:xlink='http://www.w3.org/1999/xlink' \
         xsi:schemaLocation='http://example.org/a {}'><gml:featureMember><a:z><a:n \
         xlink:href='http://127.0.0.1:9/x#y'/><a:g><gml:Point srsName='EPSG:7791'><gml:pos>\
         528400 5050400</gml:pos></gml:Point></a:g></a:z></gml:featureMember></a:C>",
        secret.display()
    );
    let path = made(folder.path(), "schema.gml", schema);
    assert_eq!(kind(&[], &path), "read as GML");
}

fn geopackage(folder: &Path, sql: &str) -> PathBuf {
    let path = folder.join("code.gpkg");
    fs::remove_file(&path).ok();
    let database = rusqlite::Connection::open(&path).expect("a database");
    let made = database.execute_batch(&format!(
        "pragma application_id = 1196444487;
         create table gpkg_contents (table_name text primary key, data_type text, identifier text,
           description text, last_change text, min_x, min_y, max_x, max_y, srs_id integer);
         create table gpkg_spatial_ref_sys (srs_name text, srs_id integer primary key,
           organization text, organization_coordsys_id integer, definition text, description text);
         create table gpkg_geometry_columns (table_name text, column_name text,
           geometry_type_name text, srs_id integer, z integer, m integer);
         create table t (fid integer primary key, a text);
         insert into gpkg_contents (table_name, data_type, identifier)
           values ('v', 'attributes', 'v'), ('t', 'attributes', 't');
         {sql}"
    ));
    made.expect("the statements run");
    path
}

#[test]
fn code_in_a_geopackage_is_refused_before_it_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    for sql in [
        "create view v as with recursive r(n) as (select 1 union all select n + 1 from r) \
         select n as a from r;",
        "create view v as select hex(zeroblob(1000000000)) as a;",
        "create view gpkg_extensions as select 1 as a;",
        "create trigger v after insert on t begin select 1; end;",
        "create virtual table v using fts5(a);",
    ] {
        let path = geopackage(folder.path(), sql);
        let start = Instant::now();
        assert_eq!(kind(&[], &path), "format.code", "{sql}");
        assert!(start.elapsed() < Duration::from_secs(5));
    }
    let standard = "create trigger rtree_t_a_insert after insert on t begin select 1; end;";
    let path = geopackage(folder.path(), standard);
    assert_eq!(kind(&[], &path), "read as GPKG");
    let path = folder.path().join("other.gpkg");
    rusqlite::Connection::open(&path)
        .and_then(|database| database.execute_batch("create table t (a);"))
        .expect("a database");
    assert_eq!(kind(&[], &path), "format.unknown");
    let mut broken = fs::read(geopackage(folder.path(), "")).expect("a file");
    broken.truncate(5_000);
    let path = made(folder.path(), "broken.gpkg", broken);
    assert_eq!(kind(&[], &path), "format.unreadable");
}

/// A shapefile of one point, with its index.
fn shapefile(folder: &Path) -> PathBuf {
    let header = |words: u32| {
        let mut bytes = vec![0_u8; 100];
        bytes[..4].copy_from_slice(&9994_u32.to_be_bytes());
        bytes[24..28].copy_from_slice(&words.to_be_bytes());
        bytes[28..32].copy_from_slice(&1000_u32.to_le_bytes());
        bytes[32..36].copy_from_slice(&1_u32.to_le_bytes());
        bytes
    };
    let mut shp = header(64);
    shp.extend(1_u32.to_be_bytes());
    shp.extend(10_u32.to_be_bytes());
    shp.extend(1_u32.to_le_bytes());
    shp.extend(
        [528_400.0_f64, 5_050_400.0]
            .iter()
            .flat_map(|n| n.to_le_bytes()),
    );
    let mut shx = header(54);
    shx.extend(50_u32.to_be_bytes());
    shx.extend(10_u32.to_be_bytes());
    made(folder, "a.shx", shx);
    made(folder, "a.shp", shp)
}

#[test]
fn a_shapefile_that_lies_about_its_size_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = shapefile(folder.path());
    assert_eq!(kind(&[], &path), "read as ESRI Shapefile");
    let whole = fs::read(&path).expect("a file");
    for cut in [10, 60, 99, 100, 120, 127] {
        fs::write(&path, &whole[..cut]).expect("a file");
        assert_eq!(kind(&[], &path), "format.incomplete", "{cut}");
    }
    fs::write(&path, &whole).expect("a file");
    let prj = folder.path().join("a.prj");
    fs::write(&prj, "PROJCS[".repeat(10_000)).expect("a file");
    assert_eq!(kind(&[], &path), "crs.too_long");
    fs::write(&prj, "PROJCS[".repeat(2_000)).expect("a file");
    assert_eq!(kind(&[], &path), "read as ESRI Shapefile");
    fs::remove_file(&prj).expect("it is gone");
    let dbf = folder.path().join("a.dbf");
    let mut table = vec![3, 126, 1, 1, 255, 255, 255, 127, 65, 0, 11, 0];
    table.resize(65, 0);
    fs::write(&dbf, &table).expect("a file");
    assert_eq!(kind(&[], &path), "format.incomplete");
    fs::remove_file(&dbf).expect("it is gone");
    std::os::unix::fs::symlink("/etc/passwd", &dbf).expect("a link");
    assert!(kind(&[], &path) != "read as ESRI Shapefile" || !said(&path).contains("root"));
    fs::remove_file(&dbf).expect("it is gone");
    fs::remove_file(folder.path().join("a.shx")).expect("it is gone");
    assert_eq!(kind(&[], &path), "format.incomplete");
}

fn said(path: &Path) -> String {
    let output = worker(&["inspect"], path);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn numbers_that_are_none_are_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = shapefile(folder.path());
    let mut bytes = fs::read(&path).expect("a file");
    bytes[112..120].copy_from_slice(&f64::INFINITY.to_le_bytes());
    fs::write(&path, &bytes).expect("a file");
    let stream = vector(&[], &path);
    assert_eq!(stream.rules(), ["geometry.number 1 record 1"]);
    let text = "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\
                \"properties\":{},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1e999,2]}}]}";
    let stream = vector(&[], &made(folder.path(), "inf.geojson", text));
    assert_eq!(stream.features, [], "{:?}", stream.rules());
}

#[test]
fn deep_and_broken_files_end_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        (
            "deep.geojson",
            format!("{{\"type\":{}", "[".repeat(200_000)),
        ),
        (
            "cut.geojson",
            "{\"type\":\"FeatureCollection\",\"features\":[{".to_owned(),
        ),
        ("cut.fgb", "fgb\u{3}fgb\0garbage".to_owned()),
        (
            "cut.tab",
            "!table\n!version 300\nDefinition Table\n".to_owned(),
        ),
        ("cut.dxf", "  0\nSECTION\n  2\nENTITIES\n".to_owned()),
        ("deep.kml", format!("<kml>{}", "<Folder>".repeat(50_000))),
    ] {
        let found = kind(&[], &made(folder.path(), name, text));
        assert_eq!(found, "format.unreadable", "{name}");
    }
    assert_eq!(
        kind(&[], &made(folder.path(), "empty.gpkg", "")),
        "format.unknown"
    );
    assert_eq!(kind(&[], folder.path()), "format.unknown");
}
