//! GeoPackage 1.3 (OGC 12-128r17): one SQLite file with several layers.

use std::path::Path;

use rusqlite::{Connection, params, params_from_iter, types::Value as Sql};

use super::{Column, Kind, Shape, Table, Value, closed, placed};
use crate::plane::Point;
use crate::sheet::Polygon;

/// EPSG:7791, in which the topographic layers are delivered.
const SRS: i32 = 7791;
const DAY: &str = "2026-06-30T00:00:00.000Z";

const SCHEMA: &str = "
pragma page_size = 4096;
pragma application_id = 1196444487;
pragma user_version = 10300;
create table gpkg_spatial_ref_sys (srs_name text not null, srs_id integer not null primary key,
  organization text not null, organization_coordsys_id integer not null, definition text not null,
  description text);
create table gpkg_contents (table_name text not null primary key, data_type text not null,
  identifier text unique, description text default '',
  last_change datetime not null default (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x double, min_y double, max_x double, max_y double, srs_id integer,
  constraint fk_gc_r_srs_id foreign key (srs_id) references gpkg_spatial_ref_sys(srs_id));
create table gpkg_geometry_columns (table_name text not null, column_name text not null,
  geometry_type_name text not null, srs_id integer not null, z tinyint not null, m tinyint not null,
  constraint pk_geom_cols primary key (table_name, column_name),
  constraint uk_gc_table_name unique (table_name),
  constraint fk_gc_tn foreign key (table_name) references gpkg_contents(table_name),
  constraint fk_gc_srs foreign key (srs_id) references gpkg_spatial_ref_sys (srs_id));
";

const WGS84: &str = "GEOGCS[\"WGS 84\",DATUM[\"WGS_1984\",SPHEROID[\"WGS 84\",6378137,298.257223563,\
AUTHORITY[\"EPSG\",\"7030\"]],AUTHORITY[\"EPSG\",\"6326\"]],PRIMEM[\"Greenwich\",0,\
AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],\
AXIS[\"Latitude\",NORTH],AXIS[\"Longitude\",EAST],AUTHORITY[\"EPSG\",\"4326\"]]";

const RDN2008_UTM32: &str = "PROJCS[\"RDN2008 / UTM zone 32N\",GEOGCS[\"RDN2008\",\
DATUM[\"Rete_Dinamica_Nazionale_2008\",SPHEROID[\"GRS 1980\",6378137,298.257222101,\
AUTHORITY[\"EPSG\",\"7019\"]],AUTHORITY[\"EPSG\",\"1132\"]],PRIMEM[\"Greenwich\",0,\
AUTHORITY[\"EPSG\",\"8901\"]],UNIT[\"degree\",0.0174532925199433,AUTHORITY[\"EPSG\",\"9122\"]],\
AUTHORITY[\"EPSG\",\"6706\"]],PROJECTION[\"Transverse_Mercator\"],\
PARAMETER[\"latitude_of_origin\",0],PARAMETER[\"central_meridian\",9],\
PARAMETER[\"scale_factor\",0.9996],PARAMETER[\"false_easting\",500000],\
PARAMETER[\"false_northing\",0],UNIT[\"metre\",1,AUTHORITY[\"EPSG\",\"9001\"]],\
AXIS[\"Easting\",EAST],AXIS[\"Northing\",NORTH],AUTHORITY[\"EPSG\",\"7791\"]]";

/// Writes the layers into a new file.
pub(crate) fn geopackage(path: &Path, tables: &[Table], origin: Point) -> rusqlite::Result<()> {
    let mut connection = Connection::open(path)?;
    connection.execute_batch("pragma journal_mode = off; pragma synchronous = off;")?;
    connection.execute_batch(SCHEMA)?;
    let transaction = connection.transaction()?;
    for (name, id, organization, code, definition) in [
        ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
        ("WGS 84", 4326, "EPSG", 4326, WGS84),
        ("RDN2008 / UTM zone 32N", SRS, "EPSG", SRS, RDN2008_UTM32),
    ] {
        transaction.execute(
            "insert into gpkg_spatial_ref_sys values (?, ?, ?, ?, ?, null)",
            params![name, id, organization, code, definition],
        )?;
    }
    for table in tables {
        layer(&transaction, table, origin)?;
    }
    transaction.commit()
}

fn layer(connection: &Connection, table: &Table, origin: Point) -> rusqlite::Result<()> {
    let name = table.name;
    let of = match table.kind {
        Kind::Polygon => "MULTIPOLYGON",
        Kind::Line => "LINESTRING",
        Kind::Point => "POINT",
    };
    let columns: String = table
        .columns
        .iter()
        .map(|(column, kind)| {
            let kind = match kind {
                Column::Text => "text",
                Column::Real => "double",
            };
            format!(", {column} {kind}")
        })
        .collect();
    connection.execute_batch(&format!(
        "create table {name} (fid integer primary key autoincrement not null, geom {of}{columns});"
    ))?;
    let marks = ", ?".repeat(table.columns.len());
    let mut insert = connection.prepare(&format!("insert into {name} values (?, ?{marks})"))?;
    let far = f64::INFINITY;
    let mut all = [far, far, -far, -far];
    for (k, (shape, values)) in table.rows.iter().enumerate() {
        let mut row = vec![
            Sql::Integer(k as i64 + 1),
            Sql::Blob(blob(shape, origin, &mut all)),
        ];
        row.extend(values.iter().map(|value| match value {
            Value::Text(text) => Sql::Text(text.clone()),
            Value::Real(number) => Sql::Real(*number),
            Value::Empty => Sql::Null,
        }));
        insert.execute(params_from_iter(row))?;
    }
    let bounds = all.map(|v| v.is_finite().then_some(v));
    connection.execute(
        "insert into gpkg_contents values (?, 'features', ?, '', ?, ?, ?, ?, ?, ?)",
        params![
            name, name, DAY, bounds[0], bounds[1], bounds[2], bounds[3], SRS
        ],
    )?;
    connection.execute(
        "insert into gpkg_geometry_columns values (?, 'geom', ?, ?, 0, 0)",
        params![name, of, SRS],
    )?;
    Ok(())
}

/// Well-known binary behind the head that GeoPackage puts before it, with an envelope.
fn blob(shape: &Shape, origin: Point, all: &mut [f64; 4]) -> Vec<u8> {
    let mut wkb = Vec::new();
    let far = f64::INFINITY;
    let mut own = [far, far, -far, -far];
    let mut point = |(x, y): (f64, f64), out: &mut Vec<u8>| {
        own = [own[0].min(x), own[1].min(y), own[2].max(x), own[3].max(y)];
        out.extend(x.to_le_bytes());
        out.extend(y.to_le_bytes());
    };
    match shape {
        Shape::Point(p) => {
            start(&mut wkb, 1, None);
            point(placed(*p, origin), &mut wkb);
        }
        Shape::Line(path) => {
            let mut placed: Vec<(f64, f64)> = path.iter().map(|&p| placed(p, origin)).collect();
            placed.dedup();
            start(&mut wkb, 2, Some(placed.len()));
            for p in placed {
                point(p, &mut wkb);
            }
        }
        Shape::Polygons(polygons) => {
            start(&mut wkb, 6, Some(polygons.len()));
            for polygon in polygons {
                let rings = rings(polygon, origin);
                start(&mut wkb, 3, Some(rings.len()));
                for ring in rings {
                    wkb.extend((ring.len() as u32).to_le_bytes());
                    for p in ring {
                        point(p, &mut wkb);
                    }
                }
            }
        }
    }
    *all = [
        all[0].min(own[0]),
        all[1].min(own[1]),
        all[2].max(own[2]),
        all[3].max(own[3]),
    ];
    let mut out = b"GP\0".to_vec();
    // Little endian, with an envelope of x and y but for points.
    let bare = matches!(shape, Shape::Point(_));
    out.push(if bare { 1 } else { 3 });
    out.extend(SRS.to_le_bytes());
    if !bare {
        for v in [own[0], own[2], own[1], own[3]] {
            out.extend(v.to_le_bytes());
        }
    }
    out.extend(wkb);
    out
}

fn rings(polygon: &Polygon, origin: Point) -> Vec<Vec<(f64, f64)>> {
    polygon
        .iter()
        .enumerate()
        .map(|(k, ring)| closed(ring, origin, k == 0))
        .filter(|ring| ring.len() > 3)
        .collect()
}

fn start(out: &mut Vec<u8>, kind: u32, count: Option<usize>) {
    out.push(1);
    out.extend(kind.to_le_bytes());
    if let Some(count) = count {
        out.extend((count as u32).to_le_bytes());
    }
}
