//! Writes the findings of a report as a GeoPackage (OGC 12-128r19), for desktop programs.
//!
//! The only thing that this program writes and did not unpack. It is made here because SQLite is
//! here: the server is free of it.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, params};
use serde::Deserialize;
use wire::{Unpacked, UnpackedFile};

use crate::failure::{Failure, FailureKind};

/// Name of the file in the output folder.
const NAME: &str = "findings.gpkg";
/// Bytes of the input at most; a thousand findings have one million.
const INPUT_BYTES: u64 = 64 << 20;

/// GeoJSON of points, as the server writes it.
#[derive(Deserialize)]
struct Collection {
    features: Vec<Finding>,
}

#[derive(Deserialize)]
struct Finding {
    geometry: Point,
    properties: Properties,
}

#[derive(Deserialize)]
struct Point {
    coordinates: [f64; 2],
}

#[derive(Deserialize)]
struct Properties {
    rule: String,
    severity: String,
    file: String,
    line: Option<i64>,
    subject: Option<String>,
    message: String,
}

/// The parts of the standard that a layer of points needs.
const TABLES: &str = "
pragma journal_mode = off;
pragma synchronous = off;
pragma temp_store = memory;
pragma application_id = 0x47504B47;
pragma user_version = 10300;
create table gpkg_spatial_ref_sys (
    srs_name text not null, srs_id integer not null primary key, organization text not null,
    organization_coordsys_id integer not null, definition text not null, description text);
insert into gpkg_spatial_ref_sys values
    ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', null),
    ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', null),
    ('WGS 84 geodetic', 4326, 'EPSG', 4326,
     'GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563,AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],AUTHORITY[\"EPSG\",\"4326\"]]',
     'longitude, latitude');
create table gpkg_contents (
    table_name text not null primary key, data_type text not null, identifier text unique,
    description text default '', last_change datetime not null, min_x double, min_y double,
    max_x double, max_y double, srs_id integer references gpkg_spatial_ref_sys (srs_id));
create table gpkg_geometry_columns (
    table_name text not null primary key references gpkg_contents (table_name),
    column_name text not null, geometry_type_name text not null,
    srs_id integer not null references gpkg_spatial_ref_sys (srs_id),
    z tinyint not null, m tinyint not null);
create table finding (
    fid integer primary key autoincrement not null, geom point, rule text, severity text,
    file text, line integer, subject text, message text);
insert into gpkg_geometry_columns values ('finding', 'geom', 'POINT', 4326, 0, 0);
";

/// Writes the findings of a GeoJSON file into a new GeoPackage in a folder.
///
/// # Errors
/// Where the input is no list of findings, or the file cannot be written.
pub fn write(input: &Path, folder: &Path) -> Result<Unpacked, Failure> {
    let size = input.metadata().map_or(0, |found| found.len());
    if size > INPUT_BYTES {
        let message = format!("There are more than {INPUT_BYTES} bytes of findings.");
        return Err(Failure::of_file(FailureKind::LimitFile, message));
    }
    let text = std::fs::read(input).map_err(|error| Failure::unreadable(&error))?;
    let collection: Collection = serde_json::from_slice(&text).map_err(|error| {
        let message = format!("The file is no list of findings: {error}.");
        Failure::of_file(FailureKind::NotGeoJson, message)
    })?;
    let path = folder.join(NAME);
    fill(&path, &collection.features).map_err(|error| {
        let message = format!("The GeoPackage cannot be written: {error}.");
        Failure::of_file(FailureKind::Write, message)
    })?;
    Ok(Unpacked {
        files: vec![UnpackedFile {
            original: NAME.to_owned(),
            path: NAME.to_owned(),
            bytes: path.metadata().map_or(0, |found| found.len()),
        }],
        ..Unpacked::default()
    })
}

fn fill(path: &Path, findings: &[Finding]) -> rusqlite::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(path, flags)?;
    database.execute_batch(TABLES)?;
    database.execute_batch("begin")?;
    let mut insert = database.prepare(
        "insert into finding (geom, rule, severity, file, line, subject, message)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let mut extent = [
        f64::INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    ];
    for Finding {
        geometry: Point { coordinates },
        properties: row,
    } in findings
    {
        let [x, y] = *coordinates;
        extent = [
            extent[0].min(x),
            extent[1].min(y),
            extent[2].max(x),
            extent[3].max(y),
        ];
        insert.execute(params![
            geometry(*coordinates),
            row.rule,
            row.severity,
            row.file,
            row.line,
            row.subject,
            row.message
        ])?;
    }
    drop(insert);
    let extent = extent.map(|side| side.is_finite().then_some(side));
    database.execute(
        "insert into gpkg_contents values ('finding', 'features', 'finding', 'Findings of a load',
         strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ?1, ?2, ?3, ?4, 4326)",
        params![extent[0], extent[1], extent[2], extent[3]],
    )?;
    database.execute_batch("commit")?;
    database.close().map_err(|(_, error)| error)
}

/// A point as GeoPackage has it: its header without a box, then well-known binary.
fn geometry([x, y]: [f64; 2]) -> Vec<u8> {
    let mut out = vec![b'G', b'P', 0, 1];
    out.extend(4326_i32.to_le_bytes());
    out.push(1);
    out.extend(1_u32.to_le_bytes());
    out.extend(x.to_le_bytes());
    out.extend(y.to_le_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vector::{Options, inspect};

    #[test]
    fn gdal_reads_what_is_written() {
        let folder = tempfile::tempdir().expect("temporary folders can be made");
        let input = folder.path().join("findings.geojson");
        let text = r#"{"type":"FeatureCollection","features":[
            {"type":"Feature","geometry":{"type":"Point","coordinates":[9.36,45.6]},
             "properties":{"rule":"geometry.invalid","severity":"error","file":"è.shp","line":3,
                           "subject":null,"message":"it isn't"}}]}"#;
        std::fs::write(&input, text).expect("is ours");
        let written = write(&input, folder.path()).expect("can be written");
        assert!(written.files[0].bytes > 1000);
        let path = folder.path().join(NAME);
        let inspection = inspect(&path, &Options::default()).expect("is a GeoPackage");
        let layer = &inspection.layers[0];
        assert_eq!((layer.name.as_str(), layer.features), ("finding", 1));
        assert_eq!(layer.extent, Some([9.36, 45.6, 9.36, 45.6]));
        let crs = layer.crs.as_ref().and_then(|crs| crs.code.as_deref());
        assert_eq!(crs, Some("EPSG:4326"));
        // Nothing is written over.
        write(&input, folder.path()).expect_err("is there already");
        std::fs::write(&input, "{}").expect("is ours");
        write(&input, folder.path()).expect_err("holds no findings");
    }
}
