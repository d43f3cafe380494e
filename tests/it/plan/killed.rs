//! Plan versions published while everything is killed: what is served is one version or the
//! other, never a mixture.

use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use mappale::app::App;
use mappale::layer::{ActKind, PlanKind};

use super::{PLAN, act, add, create, publish};
use crate::crash::quiet;
use crate::sample::{
    PARCELS, SHEETS, Town, many_parcels, parcels_file, parcels_text, sheets_file, without,
};

/// The sample twice, as two general versions of a plan; the first is in force.
async fn town() -> Town {
    let town = Town::empty().await;
    let sheets = std::fs::read_to_string(sheets_file()).expect("is there");
    // A sheet is gone from the second version.
    let second_sheets = town.file("sheets.gml", without(&sheets, "X001_0003A0"));
    let second_parcels = town.file("parcels.gml", without(&parcels_text(), "X001_000300.21<"));
    for (layer, file) in [
        (SHEETS, sheets_file()),
        (SHEETS, second_sheets),
        (PARCELS, parcels_file()),
        (PARCELS, second_parcels),
    ] {
        let outcome = town.load_with(layer, &[file], false).await.expect("loads");
        assert!(!outcome.identical);
    }
    for (code, version) in [("a", 1), ("b", 2)] {
        create(&town, code, PlanKind::General)
            .await
            .expect("is new");
        for layer in [SHEETS, PARCELS] {
            add(&town, code, layer, version).await.expect("is there");
        }
        act(&town, code, ActKind::Adoption, "2019-01-01").await;
    }
    publish(&town, "a", Some("2020-01-01"))
        .await
        .expect("is complete");
    town
}

/// The version that both layers show; they must show the same.
fn shown(app: &App) -> i32 {
    let catalogue = app.catalogue();
    let version = |layer: &str| {
        let entry = catalogue.layer(layer).expect("is defined");
        assert_eq!(entry.parts.len(), 1, "{layer}");
        entry.parts[0].version
    };
    let (sheets, parcels) = (version(SHEETS), version(PARCELS));
    assert_eq!(sheets, parcels, "a mixture of two versions");
    sheets
}

fn start(town: &Town, arguments: &[&str]) -> Child {
    town.db
        .command()
        .args(arguments)
        .args(["--comune", "X001"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs")
}

async fn cycles(count: usize) {
    let town = town().await;
    let mut connection = town.db.superuser().await;
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let mut before = shown(&app);
    assert_eq!(before, 1);
    // A reader that looks all the time.
    let (stop, looks) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let reader = tokio::spawn({
        let (app, stop, looks) = (app.clone(), Arc::clone(&stop), Arc::clone(&looks));
        async move {
            while !stop.load(Ordering::Relaxed) {
                // The session of the reader may be the one that is killed.
                let _ = app.refresh().await;
                shown(&app);
                looks.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    });
    let file = town
        .file("many.gml", many_parcels(3000))
        .display()
        .to_string();
    let began = Instant::now();
    let first = start(&town, &["plan", "publish", PLAN, "a", "--at", "2021-01-01"])
        .wait()
        .expect("ends");
    assert!(first.success());
    let whole = began.elapsed();

    let mut state = 0x9e37_79b9_u32;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        f64::from(state) / f64::from(u32::MAX)
    };
    let (mut kept, mut renewed) = (0, 0);
    for cycle in 1..=count {
        let next = if before == 1 { ("b", 2) } else { ("a", 1) };
        let day = format!("{}-01-01", 2021 + cycle.min(4));
        // Every fourth is a load that never publishes: killing it changes nothing.
        let is_load = cycle % 4 == 0;
        let mut program = if is_load {
            start(&town, &["layer", "load", PARCELS, &file])
        } else {
            start(&town, &["plan", "publish", PLAN, next.0, "--at", &day])
        };
        tokio::time::sleep(whole.mul_f64(random() * 1.2)).await;
        if cycle % 3 == 0 {
            // Its session in the database, and every other one.
            sqlx::query(
                "select pg_terminate_backend(pid) from pg_stat_activity
                  where datname = current_database() and pid <> pg_backend_pid()
                    and backend_type = 'client backend' and usename <> 'mappale_reader'",
            )
            .execute(&mut connection)
            .await
            .expect("may be terminated");
        } else {
            // It may have ended already; then its own status counts.
            let _ = program.kill();
        }
        let status = program.wait().expect("ends");
        quiet(&mut connection).await;
        app.refresh().await.expect("the database answers");
        let after = shown(&app);
        if after == next.1 && !is_load {
            renewed += 1;
        } else {
            assert!(
                is_load || !status.success(),
                "cycle {cycle}: it said that it had published"
            );
            assert_eq!(after, before, "cycle {cycle}: {status}");
            kept += 1;
        }
        before = after;
    }
    stop.store(true, Ordering::Relaxed);
    reader.await.expect("never saw a mixture");
    assert!(looks.load(Ordering::Relaxed) > 0);
    assert!(kept > 0, "nothing was killed in time ({renewed} were not)");
}

#[tokio::test]
async fn a_kill_at_any_moment_leaves_one_version_whole() {
    cycles(12).await;
}

#[tokio::test]
async fn long_eight_hundred_kills_of_plans() {
    cycles(800).await;
}

/// The twin that is broken on purpose: one layer of the set is published alone.
#[tokio::test]
#[should_panic(expected = "a mixture of two versions")]
async fn a_mixture_would_be_seen() {
    let town = town().await;
    let file = town.file("alone.gml", without(&parcels_text(), "X001_000300.21<"));
    let outcome = town.load(PARCELS, &[file]).await.expect("loads");
    assert!(outcome.published);
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    shown(&app);
}
