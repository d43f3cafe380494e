//! Vector tiles against ST_AsMVT of the same rows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mappale::access::Viewer;
use mappale::app::App;
use mappale::geo::{BUFFER_UNITS, EXTENT, MAX_ZOOM, TileAddress};
use mappale::snapshot::Catalogue;
use mappale::tile::{Effort, Encoding, compress, render, select};
use sqlx::PgConnection;

use crate::mvt::{Feature, Shape, decode, distance, layer, readable, twice_area};
use crate::sample::{PARCELS, SHEETS, Town};

const BOTH: &str = "catasto.foglio,catasto.particella";

/// West, south, east, north of the sample, and a little more.
const AREA: [f64; 4] = [9.3570, 45.6025, 9.3722, 45.6120];

/// Rounding moves a vertex by up to 0.71 units on either side, the other side leaves out vertices
/// that lie within half a unit of the line between their neighbours, and ours may lie two units
/// from what it left out, and half a unit more where it is led through a neighbour's vertex.
const GENERALISED_UNITS: f64 = 4.0;

/// At the deepest zoom ours leaves nothing out. Both round the same coordinates to the same grid:
/// what lies between is the other's half unit, and a unit where a coordinate is rounded by way of
/// web Mercator in metres on the one side and in cells on the other.
const WHOLE_UNITS: f64 = 1.5;

/// How far a vertex of one side may lie from the outline of the other, in units of a tile.
fn tolerance(tile: TileAddress) -> f64 {
    if tile.z() == MAX_ZOOM {
        WHOLE_UNITS
    } else {
        GENERALISED_UNITS
    }
}

/// The tiles of a zoom that meet an area.
pub(crate) fn tiles(z: u8, area: [f64; 4]) -> Vec<TileAddress> {
    let at = |lon, lat| TileAddress::at(z, lon, lat).expect("the zoom is served");
    let (first, last) = (at(area[0], area[3]), at(area[2], area[1]));
    let rows = first.y()..=last.y();
    rows.flat_map(|y| (first.x()..=last.x()).map(move |x| (x, y)))
        .map(|(x, y)| TileAddress::new(u32::from(z), x, y).expect("is on the map"))
        .collect()
}

/// Tiles of deep zooms, scattered over an area, the same in every run.
pub(crate) fn scattered(count: usize, area: [f64; 4]) -> Vec<TileAddress> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        #[expect(clippy::cast_precision_loss, reason = "24 bits")]
        let share = (state >> 40) as f64 / f64::from(1 << 24);
        share
    };
    (0..count)
        .map(|number| {
            let z = [17, 18, 19, 20][number % 4];
            let lon = area[0] + random() * (area[2] - area[0]);
            let lat = area[1] + random() * (area[3] - area[1]);
            TileAddress::at(z, lon, lat).expect("the zoom is served")
        })
        .collect()
}

fn drawn(catalogue: &Catalogue, layers: &str, tile: TileAddress) -> Vec<u8> {
    let selection = select(catalogue, &Viewer::Anonymous, None, layers, tile);
    render(&selection.expect("the layers exist"), tile)
}

/// The same tile of parcels by PostGIS.
async fn by_postgis(connection: &mut PgConnection, tile: TileAddress) -> Vec<u8> {
    sqlx::query_scalar(
        "with tile as (
             select st_tileenvelope($1, $2, $3) as box
         ),
         shapes as (
             select feature_id, reference, number, kind,
                    st_asmvtgeom(st_transform(geom, 3857), box, 4096, 64, true) as geom
               from data.catasto_particella_current, tile
         )
         select coalesce(st_asmvt(shapes, 'catasto.particella', 4096, 'geom', 'feature_id'), '')
           from shapes where geom is not null",
    )
    .bind(i32::from(tile.z()))
    .bind(i32::try_from(tile.x()).expect("small"))
    .bind(i32::try_from(tile.y()).expect("small"))
    .fetch_one(connection)
    .await
    .expect("PostGIS draws")
}

fn inside_buffer(point: [i64; 2]) -> bool {
    let (buffer, extent) = (i64::from(BUFFER_UNITS), i64::from(EXTENT));
    point
        .iter()
        .all(|v| (-buffer..=extent + buffer).contains(v))
}

pub(crate) fn on_edge(point: [i64; 2]) -> bool {
    let (buffer, extent) = (i64::from(BUFFER_UNITS), i64::from(EXTENT));
    // The other side clips after rounding too, but may end a line one unit beside.
    point
        .iter()
        .any(|v| (v + buffer).abs() <= 1 || (v - extent - buffer).abs() <= 1)
}

/// What MVT 2.1 asks of polygons, and what we ask on top.
fn check_form(tile: TileAddress, feature: &Feature) {
    let what = || format!("{tile} feature {} {:?}", feature.id, feature.attributes);
    for polygon in feature.polygons() {
        for (index, ring) in polygon.iter().enumerate() {
            assert!(ring.len() >= 4 && ring.first() == ring.last(), "{}", what());
            let twice = twice_area(ring);
            assert!(
                if index == 0 { twice > 0 } else { twice < 0 },
                "{}: {ring:?}",
                what()
            );
            assert!(
                ring.windows(2).all(|edge| edge[0] != edge[1]),
                "{}: {ring:?}",
                what()
            );
            assert!(
                ring.iter().all(|point| inside_buffer(*point)),
                "{}: {ring:?}",
                what()
            );
        }
    }
}

/// The vertices of a ring, but for the tips of wedges thinner than a unit: rounding folds them to
/// a line that PostGIS takes away and we do not.
fn corners(ring: &[[i64; 2]]) -> Vec<[i64; 2]> {
    let open = &ring[..ring.len() - 1];
    let at = |index: usize| open[index % open.len()];
    (0..open.len())
        .map(|index| [at(index + open.len() - 1), at(index), at(index + 1)])
        .filter(|[a, tip, b]| distance(*a, *tip, *b) > 1.0 && distance(*b, *tip, *a) > 1.0)
        .map(|[_, tip, _]| tip)
        .collect()
}

/// Compares the parcels of a tile; the number of features compared.
pub(crate) fn compare(tile: TileAddress, ours: &[u8], theirs: &[u8]) -> usize {
    let by_id = |bytes: &[u8]| -> BTreeMap<u64, Feature> {
        let features = layer(bytes, PARCELS);
        let merged = features.iter().filter(|f| f.id == 0).count();
        let count = features.len() - merged.saturating_sub(1);
        let map: BTreeMap<_, _> = features.into_iter().map(|f| (f.id, f)).collect();
        assert_eq!(map.len(), count, "{tile}: a feature comes twice");
        map
    };
    let mut ours = by_id(ours);
    let theirs = by_id(theirs);
    // What is smaller than a pixel of 8 units is drawn as one with its like, without a number.
    let merged = ours.remove(&0).is_some();
    let unseen = if merged { 2 * 8 * 8 } else { 4 };
    let (our_ids, their_ids): (BTreeSet<_>, BTreeSet<_>) =
        (ours.keys().collect(), theirs.keys().collect());
    for id in our_ids.symmetric_difference(&their_ids) {
        let only = ours.get(id).or_else(|| theirs.get(id)).expect("one has it");
        assert!(
            only.twice_area().abs() < unseen,
            "{tile}: only one side has {only:?}"
        );
    }
    let mut compared = 0;
    for (id, our) in &ours {
        check_form(tile, our);
        let Some(their) = theirs.get(id) else {
            continue;
        };
        assert_eq!(our.attributes, their.attributes, "{tile}");
        #[expect(clippy::cast_precision_loss, reason = "areas of a tile fit")]
        let difference = (our.twice_area() - their.twice_area()).abs() as f64 / 2.0;
        let allowed = 2.0 * our.perimeter().max(their.perimeter());
        assert!(
            difference <= allowed,
            "{tile}: {difference} > {allowed}\n{our:?}\n{their:?}"
        );
        for (one, other) in [(our, their), (their, our)] {
            for point in one
                .rings()
                .flat_map(|ring| corners(ring))
                .filter(|p| !on_edge(*p))
            {
                let distance = other.distance(point);
                assert!(
                    distance <= tolerance(tile),
                    "{tile}: {point:?} is {distance} away\n{our:?}\n{their:?}"
                );
            }
        }
        compared += 1;
    }
    compared
}

/// Compares tiles of what is published in a database; the number of features compared.
pub(crate) async fn compare_with_postgis(
    catalogue: &Catalogue,
    connection: &mut PgConnection,
    tiles: &[TileAddress],
) -> usize {
    let mut compared = 0;
    for tile in tiles {
        let theirs = by_postgis(connection, *tile).await;
        compared += compare(*tile, &drawn(catalogue, PARCELS, *tile), &theirs);
    }
    compared
}

async fn opened(town: &Town) -> App {
    App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens")
}

#[tokio::test]
async fn tiles_are_those_of_postgis() {
    let town = Town::published().await;
    let app = opened(&town).await;
    let mut connection = town.db.superuser().await;
    let mut wanted: Vec<TileAddress> = (13..=16).flat_map(|z| tiles(z, AREA)).collect();
    wanted.extend(scattered(60, AREA));
    let compared = compare_with_postgis(&app.catalogue(), &mut connection, &wanted).await;
    assert!(compared > 1500, "{compared}");
    // The twin: a tile of another place is told apart.
    let (here, beside) = (tiles(16, AREA)[5], tiles(16, AREA)[6]);
    let theirs = by_postgis(&mut connection, beside).await;
    let ours = drawn(&app.catalogue(), PARCELS, here);
    let told = std::panic::catch_unwind(|| compare(here, &ours, &theirs));
    assert!(told.is_err());
}

#[tokio::test]
async fn what_every_tile_must_be() {
    let town = Town::published().await;
    let app = opened(&town).await;
    let catalogue = app.catalogue();
    for z in 8..=18 {
        for tile in tiles(z, AREA) {
            let bytes = drawn(&catalogue, BOTH, tile);
            for layer in decode(&bytes) {
                assert_eq!((layer.version, layer.extent), (2, EXTENT), "{tile}");
                assert!(
                    !layer.features.is_empty(),
                    "{tile}: {} is empty",
                    layer.name
                );
                let base = layer.name.trim_end_matches(".label");
                let definition = &town.definitions.get(base).expect("ours").definition;
                let label = definition.tile.label.as_ref().expect("both have labels");
                let min_zoom = if base == layer.name {
                    definition.tile.min_zoom
                } else {
                    label.min_zoom
                };
                assert!(z >= min_zoom, "{tile}: {}", layer.name);
                for feature in &layer.features {
                    check_form(tile, feature);
                }
            }
            // The codings hold the same bytes.
            let (zstd, coding) = compress(bytes.clone(), Encoding::Zstd, Effort::Least);
            if !bytes.is_empty() {
                assert_eq!(coding, Encoding::Zstd);
                let back = zstd::stream::decode_all(zstd.as_slice()).expect("is zstd");
                assert_eq!(back, bytes, "{tile}");
            }
        }
    }
    // Nothing is nothing: no layer without features, not even a name.
    for (z, lon, lat) in [(16, 12.0, 42.0), (4, 9.36, 45.6), (12, -60.0, -10.0)] {
        let tile = TileAddress::at(z, lon, lat).expect("on the map");
        assert!(drawn(&catalogue, BOTH, tile).is_empty(), "{tile}");
    }
}

#[tokio::test]
async fn every_label_stands_in_one_tile_of_its_zoom() {
    let town = Town::published().await;
    let app = opened(&town).await;
    let catalogue = app.catalogue();
    for (name, z, all) in [
        (PARCELS, 16, 341),
        (PARCELS, 18, 341),
        (SHEETS, 12, 4),
        (SHEETS, 17, 4),
    ] {
        let mut seen: BTreeMap<u64, TileAddress> = BTreeMap::new();
        for tile in tiles(z, AREA) {
            for feature in layer(&drawn(&catalogue, name, tile), &format!("{name}.label")) {
                let Shape::Point(point) = feature.shape else {
                    panic!("{tile}: a label is a point: {feature:?}");
                };
                assert!(
                    point.iter().all(|v| (0..i64::from(EXTENT)).contains(v)),
                    "{tile}"
                );
                let before = seen.insert(feature.id, tile);
                assert_eq!(before, None, "{name} {} at {z}", feature.id);
                if name == PARCELS {
                    assert!(feature.attributes.contains_key("number"), "{feature:?}");
                    assert!(feature.attributes.contains_key("kind"), "{feature:?}");
                }
            }
        }
        assert_eq!(seen.len(), all, "{name} at {z}");
    }
}

#[tokio::test]
async fn two_tiles_read_as_they_did() {
    let town = Town::published().await;
    let app = opened(&town).await;
    for (name, z, lon, lat) in [
        ("overlap-18", 18, 9.363_406_7, 45.608_473_5),
        ("hole-19", 19, 9.36366, 45.60626),
    ] {
        let tile = TileAddress::at(z, lon, lat).expect("on the map");
        let found = format!(
            "tile {tile}\n{}",
            readable(&drawn(&app.catalogue(), BOTH, tile))
        );
        let case = format!("tests/cases/tile/{name}.txt");
        let expected = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&case))
            .unwrap_or_default();
        if found != expected {
            let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.txt"));
            std::fs::write(&kept, found).expect("the folder is ours");
            let kept = kept.display();
            panic!(
                "the tile is not as before; look: diff {case} {kept}; if right: cp {kept} {case}"
            );
        }
    }
}
