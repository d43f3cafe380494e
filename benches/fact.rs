//! Point queries from memory.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

mod setup;

use criterion::{Criterion, criterion_group, criterion_main};
use mappale::access::Viewer;
use mappale::cadastre::CadastralReference;
use mappale::fact::{self, Layers};
use setup::Bench;

/// A thousand places spread over the comune's box, the same in every run.
fn places(bench: &Bench) -> Vec<(f64, f64)> {
    let area = bench.area();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut share = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        f64::from((state >> 33) as u32) / f64::from(1_u32 << 31)
    };
    (0..1000)
        .map(|_| {
            let lon = area.west + share() * (area.east - area.west);
            let lat = area.south + share() * (area.north - area.south);
            (lon, lat)
        })
        .collect()
}

fn points(criterion: &mut Criterion) {
    let bench = Bench::open();
    let places = places(&bench);
    let mut group = criterion.benchmark_group(format!("{} facts", bench.data));
    group.throughput(criterion::Throughput::Elements(places.len() as u64));
    group.bench_function("at a point, 2 layers", |b| {
        b.iter(|| {
            let hits = places.iter().map(|(lon, lat)| {
                fact::at_point(&bench.catalogue, &Viewer::Anonymous, *lon, *lat)
                    .expect("is a place on earth")
                    .parcels
                    .len()
            });
            hits.sum::<usize>()
        });
    });
    group.finish();
}

/// Parcels spread over the cadastre, as references and as keys.
fn parcels(bench: &Bench, wanted: usize) -> Vec<(CadastralReference, String)> {
    let lines = fact::all_parcels(&bench.catalogue, &Viewer::Anonymous, &bench.comune);
    let step = lines.len().div_ceil(wanted).max(1);
    lines
        .into_iter()
        .step_by(step)
        .filter_map(|line| line.parcel.ok())
        .map(|reference| (reference.clone(), reference.to_string()))
        .collect()
}

/// The same overlay in memory and in PostGIS: a parcel with its sheet and its neighbours.
fn overlays(criterion: &mut Criterion) {
    let bench = Bench::open();
    let parcels = parcels(&bench, 100);
    let layers = Layers::parse("catasto.foglio,catasto.particella");
    let mut group = criterion.benchmark_group(format!("{} overlays", bench.data));
    group.throughput(criterion::Throughput::Elements(parcels.len() as u64));
    group.sample_size(10);
    group.bench_function("facts of a parcel, 2 layers, in memory", |b| {
        b.iter(|| {
            let pieces = parcels.iter().map(|(reference, _)| {
                let one = std::slice::from_ref(reference);
                let facts = fact::of_parcels(&bench.catalogue, &Viewer::Anonymous, one, &layers)
                    .expect("is in the cadastre");
                facts
                    .layers
                    .iter()
                    .map(|layer| layer.pieces.len())
                    .sum::<usize>()
            });
            pieces.sum::<usize>()
        });
    });
    group.bench_function("ST_Area(ST_Intersection) of the same", |b| {
        b.iter(|| {
            bench.runtime.block_on(async {
                let mut connection = bench.databases.reader.acquire().await.expect("connects");
                let mut pieces = 0;
                for (_, key) in &parcels {
                    let rows: Vec<(i64, f64)> = sqlx::query_as(IN_POSTGIS)
                        .bind(key)
                        .fetch_all(&mut *connection)
                        .await
                        .expect("answers");
                    pieces += rows.len();
                }
                pieces
            })
        });
    });
    group.finish();
}

const IN_POSTGIS: &str = "
with parcel as (select geom from data.catasto_particella_current where key = $1)
select feature_id, st_area(st_intersection(sheet.geom, parcel.geom))
  from data.catasto_foglio_current as sheet, parcel
 where sheet.geom && parcel.geom and st_intersects(sheet.geom, parcel.geom)
union all
select feature_id, st_area(st_intersection(other.geom, parcel.geom))
  from data.catasto_particella_current as other, parcel
 where other.geom && parcel.geom and st_intersects(other.geom, parcel.geom)";

criterion_group!(benches, points, overlays);
criterion_main!(benches);
