//! Tiles read by the programs of others: GDAL's MVT driver and `@mapbox/vector-tile`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use mappale::access::Viewer;
use mappale::app::App;
use mappale::geo::{EXTENT, TileAddress};
use mappale::tile::{render, select};
use serde_json::Value;

use crate::mvt::{Layer, decode};
use crate::sample::Town;
use crate::support::skip;
use crate::tile::tiles;

const LAYERS: &str = "catasto.foglio,catasto.particella";

/// West, south, east, north of a part of the sample.
const AREA: [f64; 4] = [9.3600, 45.6050, 9.3680, 45.6100];

/// Tiles of the sample as files, where GDAL finds their numbers: `z/x/y.mvt`.
async fn drawn(folder: &Path) -> Vec<(TileAddress, PathBuf, Vec<Layer>)> {
    let town = Town::published().await;
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let catalogue = app.catalogue();
    let mut files = Vec::new();
    for tile in [10, 14, 17].into_iter().flat_map(|z| tiles(z, AREA)) {
        let selection = select(&catalogue, &Viewer::Anonymous, None, LAYERS, tile);
        let bytes = render(&selection.expect("the layers exist"), tile);
        if bytes.is_empty() {
            continue;
        }
        let column = folder.join(format!("{}/{}", tile.z(), tile.x()));
        std::fs::create_dir_all(&column).expect("the folder is ours");
        let path = column.join(format!("{}.mvt", tile.y()));
        std::fs::write(&path, &bytes).expect("the folder is ours");
        files.push((tile, path, decode(&bytes)));
    }
    assert!(files.len() >= 6, "{}", files.len());
    files
}

/// What a program prints; none where it cannot be run.
fn output(command: &mut Command) -> Option<Value> {
    let output = command.output().ok()?;
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {told}");
    Some(serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{told}")))
}

/// Values as the decoder of the tests writes them.
fn attributes(properties: &Value) -> BTreeMap<String, String> {
    let properties = properties.as_object().expect("are there");
    properties
        .iter()
        .map(|(key, value)| (key.clone(), value.to_string()))
        .collect()
}

#[tokio::test]
async fn vector_tile_reads_what_we_write() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/readers/vector-tile.mjs");
    let library = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/web/node_modules/@mapbox/vector-tile"
    );
    if !Path::new(library).is_dir() {
        skip("npm @mapbox/vector-tile is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let files = drawn(folder.path()).await;
    let paths = files.iter().map(|(_, path, _)| path);
    let Some(read) = output(Command::new("node").arg(script).args(paths)) else {
        skip("node is not installed");
        return;
    };
    let mut compared = 0;
    for ((tile, _, ours), theirs) in files.iter().zip(read.as_array().expect("is a list")) {
        let theirs = theirs.as_array().expect("is a list");
        assert_eq!(ours.len(), theirs.len(), "{tile}");
        for our in ours {
            let their = theirs
                .iter()
                .find(|layer| layer["name"] == our.name.as_str());
            let their = their.unwrap_or_else(|| panic!("{tile}: no {}", our.name));
            assert_eq!(
                (&their["version"], &their["extent"]),
                (&2.into(), &EXTENT.into())
            );
            let features = their["features"].as_array().expect("is a list");
            assert_eq!(our.features.len(), features.len(), "{tile} {}", our.name);
            for (one, other) in our.features.iter().zip(features) {
                assert_eq!(other["id"].as_u64(), Some(one.id), "{tile}");
                assert_eq!(attributes(&other["properties"]), one.attributes, "{tile}");
                let paths: Vec<Vec<[i64; 2]>> =
                    serde_json::from_value(other["paths"].clone()).expect("are pairs");
                let all: Vec<[i64; 2]> = paths.concat();
                let ours: Vec<[i64; 2]> = match one.points() {
                    [] => one.rings().flatten().copied().collect(),
                    points => points.to_vec(),
                };
                assert_eq!(all, ours, "{tile} {}", our.name);
                compared += 1;
            }
        }
    }
    assert!(compared > 300, "{compared}");
}

/// The vertices of a GeoJSON geometry in units of a tile of web Mercator.
fn units(coordinates: &Value, tile: TileAddress, into: &mut BTreeSet<[i64; 2]>) {
    const HALF_M: f64 = 20_037_508.342_789_244;
    let list = coordinates.as_array().expect("is a list");
    let [Some(x), Some(y)] = [0, 1].map(|axis| list.get(axis).and_then(Value::as_f64)) else {
        list.iter().for_each(|inner| units(inner, tile, into));
        return;
    };
    let unit_m = 2.0 * HALF_M / f64::from(1_u32 << tile.z()) / f64::from(EXTENT);
    let origin = tile.origin_units();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "units of the map are 33 bits"
    )]
    let unit = |metres: f64| (metres / unit_m).round() as i64;
    into.insert([unit(x + HALF_M) - origin[0], unit(HALF_M - y) - origin[1]]);
}

#[tokio::test]
async fn gdal_reads_what_we_write() {
    if Command::new("ogr2ogr").arg("--version").output().is_err() {
        skip("ogr2ogr (Debian gdal-bin) is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let files = drawn(folder.path()).await;
    let mut compared = 0;
    for (tile, path, ours) in &files {
        for our in ours {
            let mut command = Command::new("ogr2ogr");
            command
                .args(["-f", "GeoJSON", "/vsistdout/"])
                .arg(format!("MVT:{}", path.display()))
                .arg(&our.name)
                .args(["-oo", "CLIP=NO", "-lco", "COORDINATE_PRECISION=9"]);
            let read = output(&mut command).expect("ran a moment ago");
            let features = read["features"].as_array().expect("is a list");
            assert_eq!(our.features.len(), features.len(), "{tile} {}", our.name);
            for (one, other) in our.features.iter().zip(features) {
                let mut properties = other["properties"].clone();
                let object = properties.as_object_mut().expect("are there");
                let id = object.remove("mvt_id");
                // Without a number it is null, and so is a value that a feature does not have.
                assert_eq!(id.and_then(|id| id.as_u64()).unwrap_or(0), one.id, "{tile}");
                object.retain(|_, value| !value.is_null());
                assert_eq!(attributes(&properties), one.attributes, "{tile}");
                let mut found = BTreeSet::new();
                units(&other["geometry"]["coordinates"], *tile, &mut found);
                let expected: BTreeSet<[i64; 2]> = match one.points() {
                    [] => one.rings().flatten().copied().collect(),
                    points => points.iter().copied().collect(),
                };
                assert_eq!(found, expected, "{tile} {} {}", our.name, one.id);
                compared += 1;
            }
        }
    }
    assert!(compared > 300, "{compared}");
}
