//! Sheets of the cadastre: parsed, and written as a stream with all checks.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

use std::fmt::Write as _;

use criterion::{Criterion, criterion_group, criterion_main};
use worker::cxf::{self, Class, Options};

/// A comune of 26 sheets with 577 parcels of 21 vertices each: 15,000 parcels.
fn sheets() -> Vec<String> {
    (1..=26)
        .map(|sheet| {
            let mut text = format!("MAPPA\r\nX001_{sheet:04}00\r\n    2000.000\r\n");
            for parcel in 0..577_u32 {
                let (x, y) = (f64::from(parcel % 25) * 40.0, f64::from(parcel / 25) * 40.0);
                // Writing to a string does not fail.
                let _ = write!(
                    text,
                    "BORDO\r\n{}\r\n  18\r\n       0.000\r\n{x:12.3}\r\n{y:12.3}\r\n{x:12.3}\r\n{y:12.3}\r\n   0\r\n  21\r\n",
                    parcel + 1
                );
                for step in 0..=20_u32 {
                    let along = f64::from(step % 20) * 8.0;
                    let (dx, dy) = match step % 20 {
                        0..=4 => (along, 0.0),
                        5..=9 => (40.0, along - 40.0),
                        10..=14 => (120.0 - along, 40.0),
                        _ => (0.0, 160.0 - along),
                    };
                    let _ = write!(text, "{:12.3}\r\n{:12.3}\r\n", 515_000.0 + x + dx, 5_034_000.0 + y + dy);
                }
            }
            text + "EOF\r\n"
        })
        .collect()
}

fn comune(criterion: &mut Criterion) {
    let sheets = sheets();
    let mut group = criterion.benchmark_group("26 sheets, 15,000 parcels");
    group.sample_size(10);
    group.bench_function("parsed", |b| {
        b.iter(|| {
            let parsed = sheets
                .iter()
                .filter_map(|text| cxf::parse(text.as_bytes()).ok());
            parsed.map(|sheet| sheet.borders.len()).sum::<usize>()
        });
    });
    let options = Options {
        classes: vec![Class::Parcel, Class::Road, Class::Water],
        ..Options::default()
    };
    group.bench_function("parsed, checked, written", |b| {
        b.iter(|| {
            for text in &sheets {
                let written = cxf::read_bytes(text.as_bytes(), &options, std::io::sink());
                assert!(written.is_ok());
            }
        });
    });
    group.finish();
}

criterion_group!(benches, comune);
criterion_main!(benches);
