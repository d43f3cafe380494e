//! Tiles of metric tile matrix sets: those of PostGIS, whole at the seams, and where they should be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mappale::access::Viewer;
use mappale::app::App;
use mappale::crs::{LON_LAT, with_transformation};
use mappale::geo::{GridBox, MatrixSet, TileAddress};
use mappale::layer::{DefinitionFile, Definitions};
use mappale::tile::{Selection, on_grid_of, render, select_in};
use sqlx::PgConnection;

use crate::mvt::layer;
use crate::sample::{PARCELS, Town};
use crate::seams::{PLACE, SYSTEMS, Square, parcels, placed, strip};
use crate::tile::compare;

/// The metric sets.
const SETS: [MatrixSet; 3] = [MatrixSet::EuropeanLaea, MatrixSet::Utm32, MatrixSet::Utm33];

/// A tile of a set by its numbers.
fn numbered(set: MatrixSet, matrix: u8, row: u32, col: u32) -> TileAddress {
    set.address(&matrix.to_string(), &row.to_string(), &col.to_string())
        .unwrap_or_else(|error| panic!("{set:?} {matrix}/{row}/{col}: {error}"))
}

/// Row and column of the tile of a matrix that holds a place.
fn at(set: MatrixSet, matrix: u8, lon: f64, lat: f64) -> [u32; 2] {
    let mut places = [(lon, lat)];
    with_transformation(LON_LAT, set.srid(), |transformation| {
        transformation.apply(&mut places)
    })
    .expect("is known")
    .expect("lies in it");
    let side = set.side_m() / f64::from(1_u32 << matrix);
    let [west, north] = set.origin();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "lies in the set"
    )]
    let number = |distance: f64| (distance / side).floor() as u32;
    [number(north - places[0].1), number(places[0].0 - west)]
}

/// The parcels of a tile by PostGIS, which makes the envelope from the set's own box.
async fn by_postgis(
    connection: &mut PgConnection,
    set: MatrixSet,
    matrix: u8,
    [row, col]: [u32; 2],
) -> Vec<u8> {
    let [west, north] = set.origin();
    sqlx::query_scalar(
        "with tile as (
             select st_tileenvelope($1, $2, $3,
                        st_makeenvelope($4, $5, $6, $7, $8)) as box
         ),
         shapes as (
             select feature_id, reference, number, kind,
                    st_asmvtgeom(st_transform(geom, $8), box, 4096, 64, true) as geom
               from data.catasto_particella_current, tile
         )
         select coalesce(st_asmvt(shapes, 'catasto.particella', 4096, 'geom', 'feature_id'), '')
           from shapes where geom is not null",
    )
    .bind(i32::from(matrix))
    .bind(i32::try_from(col).expect("small"))
    .bind(i32::try_from(row).expect("small"))
    .bind(west)
    .bind(north - set.side_m())
    .bind(west + set.side_m())
    .bind(north)
    .bind(set.srid())
    .fetch_one(connection)
    .await
    .expect("PostGIS draws")
}

#[tokio::test]
async fn tiles_of_metric_sets_are_those_of_postgis() {
    let town = Town::published().await;
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let mut connection = town.db.superuser().await;
    let catalogue = app.catalogue();
    for set in SETS {
        let mut compared = 0;
        for matrix in [set.deepest() - 4, set.deepest() - 2, set.deepest()] {
            let [row, col] = at(set, matrix, 9.3619, 45.6075);
            for (row, col) in [
                (row, col),
                (row + 1, col),
                (row, col + 1),
                (row + 1, col + 1),
            ] {
                let tile = numbered(set, matrix, row, col);
                let viewer = Viewer::Anonymous;
                let selection = select_in(set, &catalogue, &viewer, None, PARCELS, tile);
                let selection = selection.expect("the layer is there");
                let on_grid = on_grid_of(set, &selection, app.projections()).await;
                let ours = render(&on_grid.expect("lies in the set"), tile);
                let theirs = by_postgis(&mut connection, set, matrix, [row, col]).await;
                compared += compare(tile, &ours, &theirs);
            }
        }
        assert!(compared > 60, "{set:?}: {compared}");
    }
    assert!(app.projections().bytes() > 0);
}

/// What is in the strips that neighbouring tiles share: vertices that only one of the two has, and
/// those that both have.
fn shared(set: MatrixSet, draw: &dyn Fn(TileAddress) -> Vec<u8>) -> [usize; 2] {
    let (mut differ, mut same) = (0, 0);
    // About as wide as those of web Mercator at zooms 16 to 19; the sets end before.
    for matrix in [set.deepest() - 3, set.deepest() - 1] {
        let [row, col] = at(set, matrix, PLACE.0, PLACE.1);
        for (row, col) in [(row, col), (row - 1, col), (row, col - 1)] {
            let one = draw(numbered(set, matrix, row, col));
            for (next, axis) in [([row, col + 1], 0), ([row + 1, col], 1)] {
                let next = draw(numbered(set, matrix, next[0], next[1]));
                let (one, next) = (strip(&one, axis, 0), strip(&next, axis, 4096));
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
    }
    [differ, same]
}

fn on_set(
    file: &Arc<DefinitionFile>,
    set: MatrixSet,
    srid: i32,
    parcels: &[(u64, Square)],
) -> Selection {
    placed(file, srid, parcels, |features| {
        features
            .on_grid_of(set, srid, &file.definition)
            .expect("lies in the set")
    })
}

#[test]
fn both_tiles_of_a_metric_set_have_what_lies_in_the_strip_that_they_share() {
    let definitions = Definitions::load(std::path::Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/layers"
    )))
    .expect("our definitions are good");
    let file = definitions.get(PARCELS).expect("ours");
    for set in SETS {
        for srid in SYSTEMS {
            let all: Vec<(u64, Square)> = (1..).zip(parcels(srid)).collect();
            let everything = on_set(file, set, srid, &all);
            let [differ, same] = shared(set, &|tile| render(&everything, tile));
            assert_eq!(differ, 0, "{set:?} of EPSG:{srid}");
            assert!(same > 100, "{set:?} of EPSG:{srid}: {same}");
            // The twin looks for features without the buffer of the tile.
            let [differ, _] = shared(set, &|tile| {
                let buffered = tile.buffered_box();
                let [step, _] = [0, 1].map(|axis| (buffered.max[axis] - buffered.min[axis]) / 4226);
                let tight = GridBox {
                    min: buffered.min.map(|v| v + 65 * step),
                    max: buffered.max.map(|v| v - 65 * step),
                };
                let found: Vec<_> = everything.layers[0].1[0]
                    .features
                    .search(&tight)
                    .into_iter()
                    .map(|feature| all[feature as usize])
                    .collect();
                render(&on_set(file, set, srid, &found), tile)
            });
            assert!(
                differ > 0,
                "the twin of {set:?} of EPSG:{srid} is not told apart"
            );
        }
    }
}

#[test]
fn a_vertex_is_where_its_metric_coordinates_say() {
    let definitions = Definitions::load(std::path::Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/layers"
    )))
    .expect("our definitions are good");
    let file = definitions.get(PARCELS).expect("ours");
    let set = MatrixSet::Utm32;
    // A parcel on whole metres in the tile of 32 m that begins at 528,000 and 5,050,016.
    let square = [[0.0, 0.0], [8.0, 0.0], [8.0, 4.0], [0.0, 4.0], [0.0, 0.0]]
        .map(|[e, n]| [528_004.0 + e, 5_050_000.0 + n]);
    let (row, col) = ((6_000_000 - 5_050_016) / 32, 528_000 / 32);
    let tile = numbered(set, set.deepest(), row, col);
    let bytes = render(&on_set(file, set, 7791, &[(7, square)]), tile);
    let found = layer(&bytes, PARCELS);
    assert_eq!(found.len(), 1);
    // A metre is 128 units; y runs to the south.
    let ring: BTreeSet<[i64; 2]> = found[0].rings().flatten().copied().collect();
    let expected = [[512, 1536], [1536, 1536], [1536, 2048], [512, 2048]];
    assert_eq!(ring, BTreeSet::from(expected));
}
