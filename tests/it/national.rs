//! Archives of the national cadastre: a region in one load, again without work, with bad members.

use mappale::ingest::{NationalOutcome, NationalReport, NationalRequest, load_national};

use crate::sample::{Town, parcels_file, sheets_file};
use crate::vector::zip;

async fn load(town: &Town, path: &std::path::Path) -> NationalReport {
    let request = NationalRequest {
        path: path.to_path_buf(),
        only: Vec::new(),
        add_missing: None,
        publish: true,
        by: "test".to_owned(),
    };
    let (config, databases) = (&town.db.config, &town.db.databases);
    load_national(config, databases, &town.definitions, &request, |_| ())
        .await
        .expect("the archive is read")
}

/// A region of one province with three comuni: one that is here, one broken, one elsewhere.
fn region(map: &[u8], ple: &[u8]) -> Vec<u8> {
    let good = zip(&[
        ("X001_BORGO CHIARO_map.gml", map),
        ("X001_BORGO CHIARO_ple.gml", ple),
    ]);
    let other = zip(&[("X003_ALTROVE_map.gml", map), ("X003_ALTROVE_ple.gml", ple)]);
    let province = zip(&[
        ("X001_BORGO CHIARO.zip", &good),
        ("X002_ROTTO D'ADDA.zip", b"PK\x03\x04 and nothing more"),
        ("X003_ALTROVE.zip", &other),
    ]);
    zip(&[("XX.zip", &province), ("YY.zip", b"no archive at all")])
}

#[tokio::test]
async fn a_region_is_one_load_and_loaded_again_is_no_work() {
    let town = Town::empty().await;
    let map = std::fs::read(sheets_file()).expect("is there");
    let ple = std::fs::read(parcels_file()).expect("is there");
    // The broken comune is one of this installation.
    let new = mappale::place::NewComune {
        code: "X002".parse().expect("a code"),
        name: "Rotto d'Adda".to_owned(),
        slug: None,
        storage_srid: 7791,
    };
    mappale::ingest::add_comune(&town.db.config, &town.db.databases, new, None)
        .await
        .expect("is new");
    let path = town.file("REGIONE.zip", region(&map, &ple));
    let report = load(&town, &path).await;
    let outcomes: Vec<&NationalOutcome> = report.members.iter().map(|one| &one.outcome).collect();
    let [
        NationalOutcome::Loaded {
            published: true,
            left_out: 0,
            ..
        },
        NationalOutcome::SetAside(reason),
        NationalOutcome::NotHere,
    ] = outcomes.as_slice()
    else {
        panic!("{outcomes:?}")
    };
    assert!(reason.contains("X002_ROTTO D'ADDA.zip"), "{reason}");
    assert_eq!(report.broken.len(), 1);
    assert!(report.broken[0].0.contains("YY.zip"), "{:?}", report.broken);
    assert!(town.in_force().await.is_some());
    let stored = town.stored().await;

    let again = load(&town, &path).await;
    assert_eq!(again.members[0].outcome, NationalOutcome::Unchanged);
    assert_eq!(town.stored().await, stored);
    // A comune that changed is loaded, and only its files are looked at.
    let changed =
        crate::sample::without(&String::from_utf8(ple).expect("is text"), "X001_000200.1<");
    let path = town.file("REGIONE_2.zip", region(&map, changed.as_bytes()));
    let third = load(&town, &path).await;
    assert!(
        matches!(third.members[0].outcome, NationalOutcome::Loaded { .. }),
        "{third:?}"
    );
    assert_eq!(town.in_force().await.map(|(version, _)| version), Some(2));
}
