//! Cold tiles: from memory, against `ST_AsMVT` of PostGIS over the same parcels.
//!
//! Each figure is the time for *all* tiles of a zoom that meet the comune, one after the
//! other, both layers, no cache. PostGIS is asked twice: with the geometry in its storage CRS,
//! as it stands in our tables, and at its best, with a copy in EPSG:3857 and its own index.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

mod setup;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use mappale::access::Viewer;
use mappale::geo::TileAddress;
use mappale::tile::{Effort, Encoding, compress, render, select};
use setup::Bench;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

const LAYERS: &str = "catasto.foglio,catasto.particella";

fn cold_tile(bench: &Bench, tile: TileAddress, encoding: Encoding) -> usize {
    let viewer = Viewer::Anonymous;
    let comune = Some(&bench.comune);
    let selection =
        select(&bench.catalogue, &viewer, comune, LAYERS, tile).expect("layers are known");
    compress(render(&selection, tile), encoding, Effort::Least)
        .0
        .len()
}

/// The statement for one tile of both layers; `$1` is z, `$2` x, `$3` y.
fn statement(sheets: &str, parcels: &str, geometry: &str, envelope: &str) -> String {
    format!(
        "
with sheets as (
    select st_asmvtgeom({geometry}, st_tileenvelope($1, $2, $3), 4096, 64, true) as geom,
           feature_id, reference, foglio, allegato
      from {sheets} where geom && {envelope}
), parcels as (
    select st_asmvtgeom({geometry}, st_tileenvelope($1, $2, $3), 4096, 64, true) as geom,
           feature_id, reference, number, kind
      from {parcels} where geom && {envelope}
)
select (select st_asmvt(sheets, 'catasto.foglio', 4096, 'geom', 'feature_id') from sheets)
    || (select st_asmvt(parcels, 'catasto.particella', 4096, 'geom', 'feature_id') from parcels)"
    )
}

async fn mercator_copies(owner: &mut PgConnection, territory: i64) {
    for (name, layer) in [("bench_sheets", "foglio"), ("bench_parcels", "particella")] {
        let statements = [
            format!("drop table if exists data.{name}"),
            format!(
                "create table data.{name} as
                 select row.*, st_transform(row.geom, 3857) as geom_3857
                   from data.catasto_{layer}_current as row
                   join layer.part on part.id = row.part_id
                  where part.territory_id = {territory}"
            ),
            format!("alter table data.{name} drop column geom"),
            format!("alter table data.{name} rename column geom_3857 to geom"),
            format!("create index on data.{name} using gist (geom)"),
            format!("analyze data.{name}"),
            format!("grant select on data.{name} to mappale_reader"),
        ];
        for statement in statements {
            sqlx::query(AssertSqlSafe(statement))
                .execute(&mut *owner)
                .await
                .expect("the copy is made");
        }
    }
}

async fn ask(connection: &mut PgConnection, statement: &str, tile: TileAddress) -> Vec<u8> {
    let bytes: Option<Vec<u8>> = sqlx::query_scalar(AssertSqlSafe(statement.to_owned()))
        .bind(i32::from(tile.z()))
        .bind(i32::try_from(tile.x()).expect("fits"))
        .bind(i32::try_from(tile.y()).expect("fits"))
        .fetch_one(connection)
        .await
        .expect("PostGIS answers");
    bytes.unwrap_or_default()
}

fn tiles(criterion: &mut Criterion) {
    let bench = Bench::open();
    let srid = bench.comune.storage_srid;
    let mut connection = bench.runtime.block_on(async {
        let mut owner = bench
            .databases
            .address
            .connect(mappale::db::DbRole::Owner)
            .await
            .expect("connects");
        mercator_copies(&mut owner, bench.comune.id).await;
        owner.close().await.expect("closes");
        bench
            .databases
            .address
            .connect(mappale::db::DbRole::Reader)
            .await
            .expect("connects")
    });
    let stored = statement(
        "data.catasto_foglio_current",
        "data.catasto_particella_current",
        "st_transform(geom, 3857)",
        &format!("st_transform(st_tileenvelope($1, $2, $3, margin => 64.0 / 4096), {srid})"),
    );
    let best = statement(
        "data.bench_sheets",
        "data.bench_parcels",
        "geom",
        "st_tileenvelope($1, $2, $3, margin => 64.0 / 4096)",
    );
    for zoom in [13, 14, 15, 16, 17] {
        let tiles = bench.tiles(zoom);
        let mut group =
            criterion.benchmark_group(format!("{} z{zoom}, {} tiles", bench.data, tiles.len()));
        group.sample_size(10);
        let cases = [
            ("memory", Encoding::Identity),
            ("memory+gzip", Encoding::Gzip),
            ("memory+zstd", Encoding::Zstd),
        ];
        for (name, encoding) in cases {
            group.bench_function(BenchmarkId::new("mappale", name), |b| {
                b.iter(|| {
                    let bytes = |tile: &TileAddress| cold_tile(&bench, *tile, encoding);
                    tiles.iter().map(bytes).sum::<usize>()
                });
            });
        }
        for (name, statement) in [("storage CRS", &stored), ("table in 3857", &best)] {
            group.bench_function(BenchmarkId::new("ST_AsMVT", name), |b| {
                b.iter(|| {
                    bench.runtime.block_on(async {
                        let mut bytes = 0;
                        for tile in &tiles {
                            bytes += ask(&mut connection, statement, *tile).await.len();
                        }
                        bytes
                    })
                });
            });
        }
        group.finish();
    }
}

fn encoding(criterion: &mut Criterion) {
    let bench = Bench::open();
    let tiles = bench.tiles(14);
    let selections: Vec<_> = tiles
        .iter()
        .map(|tile| {
            let viewer = Viewer::Anonymous;
            let comune = Some(&bench.comune);
            let selection = select(
                &bench.catalogue,
                &viewer,
                comune,
                "catasto.particella",
                *tile,
            );
            (selection.expect("the layer is known"), *tile)
        })
        .collect();
    let vertices: usize = selections
        .iter()
        .flat_map(|(selection, tile)| {
            selection.layers.iter().flat_map(move |(_, parts)| {
                parts.iter().map(move |part| {
                    let found = part.features.search(&tile.buffered_box());
                    found
                        .iter()
                        .flat_map(|feature| part.features.rings_of(*feature as usize))
                        .map(|ring| ring.grid.len())
                        .sum::<usize>()
                })
            })
        })
        .sum();
    let mut group = criterion.benchmark_group(format!("{} encoding alone", bench.data));
    group.throughput(criterion::Throughput::Elements(vertices as u64));
    group.bench_function("z14, two attributes and a kind, per vertex", |b| {
        b.iter(|| {
            let bytes = selections.iter().map(|(s, tile)| render(s, *tile).len());
            bytes.sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, tiles, encoding);
criterion_main!(benches);
