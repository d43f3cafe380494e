//! Point queries from memory.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

mod setup;

use criterion::{Criterion, criterion_group, criterion_main};
use mappale::access::Viewer;
use mappale::fact;
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

criterion_group!(benches, points);
criterion_main!(benches);
