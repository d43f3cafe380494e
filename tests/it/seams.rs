//! Seams: what lies near the edge of a tile is in both tiles, whatever CRS the data is stored in.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mappale::crs::{LON_LAT, with_transformation};
use mappale::geo::TileAddress;
use mappale::layer::{DefinitionFile, Definitions, PublishedPart, Standing, Value};
use mappale::snapshot::{Builder, Features, PartSnapshot, Raw};
use mappale::tile::{Selection, render};

use crate::mvt::layer;
use crate::sample::PARCELS;

/// Metric systems in which Italian, Swiss and European data comes.
pub(crate) const SYSTEMS: [i32; 6] = [7791, 7792, 3003, 25832, 3035, 2056];

pub(crate) const PLACE: (f64, f64) = (9.36, 45.62);

/// Parcels a side, and how wide each is in metres.
const SIDE: u32 = 64;
const WIDTH: f64 = 6.0;

/// A parcel in metres, counter-clockwise, closed.
pub(crate) type Square = [[f64; 2]; 5];

pub(crate) fn from_lon_lat(srid: i32, lon: f64, lat: f64) -> [f64; 2] {
    let mut points = [(lon, lat)];
    with_transformation(LON_LAT, srid, |transformation| {
        transformation.apply(&mut points)
    })
    .expect("is known")
    .expect("lies in it");
    [points[0].0, points[0].1]
}

/// Parcels around the place: a square of squares, along the axes of their own system.
pub(crate) fn parcels(srid: i32) -> Vec<Square> {
    let [e, n] = from_lon_lat(srid, PLACE.0, PLACE.1);
    let at = |column: u32, row: u32| {
        let half = f64::from(SIDE) / 2.0;
        [
            e + (f64::from(column) - half) * WIDTH,
            n + (f64::from(row) - half) * WIDTH,
        ]
    };
    (0..SIDE)
        .flat_map(|column| (0..SIDE).map(move |row| (column, row)))
        .map(|(column, row)| {
            [
                at(column, row),
                at(column + 1, row),
                at(column + 1, row + 1),
                at(column, row + 1),
                at(column, row),
            ]
        })
        .collect()
}

fn ewkb(square: &Square) -> Vec<u8> {
    let mut out = Vec::new();
    for (kind, count) in [(6_u32, 1_u32), (3, 1)] {
        out.push(1);
        out.extend(kind.to_le_bytes());
        out.extend(count.to_le_bytes());
    }
    out.extend(5_u32.to_le_bytes());
    out.extend(
        square
            .iter()
            .flatten()
            .flat_map(|number| number.to_le_bytes()),
    );
    out
}

/// A layer of parcels in memory.
fn selection(file: &Arc<DefinitionFile>, srid: i32, parcels: &[(u64, Square)]) -> Selection {
    placed(file, srid, parcels, |features| features)
}

/// The features of a layer, each a square.
pub(crate) fn features_of(
    file: &Arc<DefinitionFile>,
    srid: i32,
    parcels: &[(u64, Square)],
) -> Features {
    let mut builder = Builder::for_layer(&file.definition);
    for (id, square) in parcels {
        builder
            .add(Raw {
                id: *id,
                values: vec![Value::Null; file.definition.column.len()],
                label: None,
                ewkb: &ewkb(square),
            })
            .expect("is a polygon");
    }
    builder.finish(srid).expect("lies on the map")
}

/// A layer of parcels in memory, brought onto another grid by `place`.
pub(crate) fn placed(
    file: &Arc<DefinitionFile>,
    srid: i32,
    parcels: &[(u64, Square)],
    place: impl FnOnce(Features) -> Features,
) -> Selection {
    let part = PublishedPart {
        part_id: 1,
        layer: PARCELS.to_owned(),
        territory_id: 1,
        version: 1,
        srid,
        definition: String::new(),
        definition_sha256: Vec::new(),
        feature_count: 0,
        loaded_at: jiff::Timestamp::UNIX_EPOCH,
        publication_id: 1,
        published_at: jiff::Timestamp::UNIX_EPOCH,
        valid_from: jiff::civil::date(2026, 1, 1),
        valid_to: None,
        standing: Standing::InForce,
        plan_version_id: None,
    };
    let features = Arc::new(place(features_of(file, srid, parcels)));
    Selection {
        layers: vec![(
            Arc::clone(file),
            vec![Arc::new(PartSnapshot::new(&part, features, None))],
        )],
        budget: usize::MAX,
    }
}

/// Vertices of each feature strictly inside the strip that a tile shares with the next one along
/// an axis; `shift` brings the units of the next one to those of the first.
pub(crate) fn strip(bytes: &[u8], axis: usize, shift: i64) -> BTreeMap<u64, BTreeSet<[i64; 2]>> {
    let mut strip: BTreeMap<u64, BTreeSet<[i64; 2]>> = BTreeMap::new();
    for feature in layer(bytes, PARCELS) {
        for point in feature.rings().flatten() {
            let mut point = *point;
            point[axis] += shift;
            let (along, across) = (point[1 - axis], point[axis]);
            if (-63..4160).contains(&along) && (4096 - 63..4096 + 64).contains(&across) {
                strip.entry(feature.id).or_default().insert(point);
            }
        }
    }
    strip
}

/// Pairs of neighbouring tiles near the place, with the axis along which they are neighbours.
fn neighbours(zoom: u8) -> Vec<(TileAddress, TileAddress, usize)> {
    let centre = TileAddress::at(zoom, PLACE.0, PLACE.1).expect("is served");
    let tile = |x: u32, y: u32| TileAddress::new(u32::from(zoom), x, y).expect("is on the map");
    let mut pairs = Vec::new();
    for x in centre.x() - 1..=centre.x() + 1 {
        for y in centre.y() - 1..=centre.y() + 1 {
            pairs.push((tile(x, y), tile(x + 1, y), 0));
            pairs.push((tile(x, y), tile(x, y + 1), 1));
        }
    }
    pairs
}

/// Vertices in shared strips that only one of the two tiles has, and those that both have.
fn compare(draw: &dyn Fn(TileAddress) -> Vec<u8>) -> [usize; 2] {
    let (mut differ, mut same) = (0, 0);
    for zoom in 16..=19 {
        for (one, next, axis) in neighbours(zoom) {
            let one = strip(&draw(one), axis, 0);
            let next = strip(&draw(next), axis, 4096);
            let ids: BTreeSet<_> = one.keys().chain(next.keys()).collect();
            for id in ids {
                let of = |strip: &BTreeMap<u64, BTreeSet<[i64; 2]>>| {
                    strip.get(id).cloned().unwrap_or_default()
                };
                differ += of(&one).symmetric_difference(&of(&next)).count();
                same += of(&one).intersection(&of(&next)).count();
            }
        }
    }
    [differ, same]
}

#[test]
fn both_tiles_have_what_lies_in_the_strip_that_they_share() {
    let definitions = Definitions::load(std::path::Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/layers"
    )))
    .expect("our definitions are good");
    let file = definitions.get(PARCELS).expect("ours");
    let mut told = 0;
    for srid in SYSTEMS {
        let all: Vec<(u64, Square)> = (1..).zip(parcels(srid)).collect();
        let everything = selection(file, srid, &all);
        let [differ, same] = compare(&|tile| render(&everything, tile));
        assert_eq!(differ, 0, "EPSG:{srid}");
        assert!(same > 1_000, "EPSG:{srid}: {same}");
        // The twin asks as a server does that turns the four corners of the tile, without its
        // buffer, into the storage CRS and takes the box around them.
        let [differ, _] = compare(&|tile| {
            let area = tile.lon_lat_box();
            let corners = [
                from_lon_lat(srid, area.west, area.south),
                from_lon_lat(srid, area.east, area.south),
                from_lon_lat(srid, area.east, area.north),
                from_lon_lat(srid, area.west, area.north),
            ];
            let range = |axis: usize| {
                let values = corners.map(|corner| corner[axis]);
                values
                    .iter()
                    .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| {
                        (low.min(*v), high.max(*v))
                    })
            };
            let ((west, east), (south, north)) = (range(0), range(1));
            let meets = |square: &Square| {
                square[0][0] <= east
                    && square[2][0] >= west
                    && square[0][1] <= north
                    && square[2][1] >= south
            };
            let found: Vec<_> = all
                .iter()
                .filter(|(_, square)| meets(square))
                .copied()
                .collect();
            render(&selection(file, srid, &found), tile)
        });
        told += usize::from(differ > 0);
    }
    assert_eq!(
        told,
        SYSTEMS.len(),
        "the twin is told apart in every system"
    );
}
