//! Cold tiles: from memory, against `ST_AsMVT` of PostGIS over the same parcels.
//!
//! Each figure is the time for *all* tiles of a zoom that meet the comune, one after the
//! other, both layers, no cache. PostGIS is asked twice: with the geometry in its storage CRS,
//! as it stands in our tables, and at its best, with a copy in EPSG:3857 and its own index.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]
#![allow(
    clippy::print_stdout,
    reason = "a figure that criterion has no place for"
)]

mod setup;

use coverage::{Kind, Outlines, border, generalise};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use mappale::access::Viewer;
use mappale::geo::TileAddress;
use mappale::tile::{
    ClipBox, Effort, Encoding, clip_ring, compress, render, select, split_at_sides,
};
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
                        .map(|ring| ring.drawn.len())
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

/// What is done once, when a part is published or a server starts: noding, importance, ways.
fn topology(criterion: &mut Criterion) {
    let bench = Bench::open();
    let entry = bench
        .catalogue
        .layer("catasto.particella")
        .expect("is defined");
    let features = &entry.parts[0].features;
    let (mut points, mut rings, mut starts) = (Vec::new(), vec![0], vec![0]);
    for feature in 0..features.len() {
        for ring in features.rings_of(feature) {
            // The deepest zoom has every vertex of the source.
            let all = ring.drawn.iter().zip(ring.zooms);
            points.extend(all.filter(|(_, zooms)| zooms.last == 20).map(|(p, _)| *p));
            rings.push(u32::try_from(points.len()).expect("fits"));
        }
        starts.push(u32::try_from(rings.len() - 1).expect("fits"));
    }
    let outlines = Outlines {
        points: &points,
        rings: &rings,
        features: &starts,
    };
    println!(
        "{}: {} vertices, {:.1} bytes resident a vertex",
        bench.data,
        features.vertex_count(),
        features.bytes() as f64 / features.vertex_count() as f64
    );
    let mut group = criterion.benchmark_group(format!("{} generalising", bench.data));
    group.sample_size(10);
    group.throughput(criterion::Throughput::Elements(points.len() as u64));
    for (name, kind) in [("coverage", Kind::Coverage), ("each alone", Kind::Polygons)] {
        group.bench_function(BenchmarkId::new("z13 to z20", name), |b| {
            b.iter(|| {
                generalise(&outlines, kind, 13, &mut |_, _, _| {})
                    .points
                    .len()
            });
        });
    }
    group.bench_function("border", |b| b.iter(|| border(&outlines).len()));
    group.finish();
}

/// Clipping alone: a ring of many vertices that goes in and out of the tile.
fn clip(criterion: &mut Criterion) {
    let ring: Vec<[i64; 2]> = (0..10_000_i64)
        .map(|step| {
            let turn = step as f64 / 10_000.0 * std::f64::consts::TAU;
            let far = 2_400.0 + 300.0 * (turn * 40.0).sin();
            [
                2_048 + (far * turn.cos()) as i64,
                2_048 + (far * turn.sin()) as i64,
            ]
        })
        .collect();
    let area = ClipBox {
        min: -64,
        max: 4160,
    };
    let mut group = criterion.benchmark_group("clipping");
    group.throughput(criterion::Throughput::Elements(ring.len() as u64));
    let (mut work, mut scratch) = (Vec::new(), Vec::new());
    group.bench_function("a ring, per vertex", |b| {
        b.iter(|| {
            work.clone_from(&ring);
            split_at_sides(&mut work, &mut scratch, area);
            clip_ring(&mut work, &mut scratch, area);
            work.len()
        });
    });
    group.finish();
}

criterion_group!(benches, tiles, encoding, topology, clip);
criterion_main!(benches);
