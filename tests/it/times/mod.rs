//! The two times of an answer: the day in force, and what was known when.

mod histories;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use jiff::civil::Date;
use mappale::access::Viewer;
use mappale::app::App;
use mappale::db::in_transaction;
use mappale::fact;
use mappale::layer::{self, AsOf, Publish, PublishError, Recorded};
use mappale::snapshot::{Catalogue, History};

use crate::sample::{PARCELS, Town, parcels_file, parcels_text, without};

/// A clock that tests turn.
fn clock() -> (Arc<AtomicI64>, mappale::app::Clock) {
    let seconds = Arc::new(AtomicI64::new(Timestamp::now().as_second()));
    let hand = Arc::clone(&seconds);
    let read = move || Timestamp::from_second(hand.load(Ordering::Relaxed)).expect("a moment");
    (seconds, Box::new(read))
}

fn days_from_now(days: i64) -> Date {
    layer::legal_day(Timestamp::now())
        .checked_add(jiff::Span::new().days(days))
        .expect("a day")
}

/// The town with a second version of its parcels, which lacks one parcel and is not published.
async fn two_versions() -> Town {
    let town = Town::published().await;
    let text = without(&parcels_text(), "X001_000300.21<");
    let file = town.file("second.gml", text);
    let outcome = town.load_with(PARCELS, &[file], false).await;
    assert_eq!(outcome.expect("loads").version, 2);
    town
}

async fn publish(town: &Town, publish: Publish) -> Result<Recorded, PublishError> {
    let file = town.definitions.get(PARCELS).expect("is ours").clone();
    let id = town.comune.id;
    in_transaction(&town.db.databases.writer, move |tx| {
        Box::pin(async move { layer::publish_on(tx, &file.definition, id, &publish).await })
    })
    .await
}

fn version(version: i32, valid_from: Option<Date>) -> Publish {
    Publish {
        version: Some(version),
        valid_from,
        by: "test".to_owned(),
        ..Publish::default()
    }
}

fn shown(catalogue: &Catalogue) -> Option<i32> {
    let entry = catalogue.layer(PARCELS).expect("is defined");
    entry.parts.first().map(|part| part.version)
}

#[tokio::test]
async fn a_version_of_the_future_comes_into_force_by_itself() {
    let town = two_versions().await;
    let (hand, clock) = clock();
    let app = App::open_by_clock(town.db.config.clone(), false, clock)
        .await
        .expect("the program opens");
    let day = days_from_now(3);
    let recorded = publish(&town, version(2, Some(day))).await;
    assert_eq!(recorded.expect("may be published"), Recorded::From(day));
    app.refresh().await.expect("the database answers");
    assert_eq!(shown(&app.catalogue()), Some(1));
    let part = app.catalogue().layer(PARCELS).expect("is defined").parts[0].clone();
    assert_eq!(part.valid_to, day.yesterday().ok());

    // Nothing is announced at midnight: the day alone makes the difference.
    for (days, wanted) in [(2, 1), (3, 2), (30, 2)] {
        let noon = days_from_now(days)
            .at(12, 0, 0, 0)
            .in_tz("Europe/Rome")
            .expect("a moment");
        hand.store(noon.timestamp().as_second(), Ordering::Relaxed);
        app.refresh().await.expect("the database answers");
        assert_eq!(shown(&app.catalogue()), Some(wanted), "in {days} days");
        assert_eq!(app.catalogue().as_of(), Some(AsOf::on(days_from_now(days))));
    }
    // And looking back from there shows the version before.
    let back = app
        .catalogue_as_of(AsOf::on(days_from_now(2)), &[town.comune.id])
        .await
        .expect("answers");
    assert_eq!(shown(&back), Some(1));
}

#[tokio::test]
async fn a_correction_leaves_the_answer_of_before_intact() {
    let town = two_versions().await;
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let router = mappale::http::router(&app);
    let get = async |path: &str| {
        app.refresh().await.expect("the database answers");
        crate::http::get(&router, path).await
    };
    let place = "/api/v1/place?lon=9.3619635&lat=45.6074641";
    let parcel = "/api/v1/parcels/X001_000300.21";
    let (status, before) = get(place).await;
    assert_eq!(status, 200);
    let (status, parcel_before) = get(parcel).await;
    assert_eq!(status, 200, "{parcel_before}");
    let known = before["as_of"]["known_at"]
        .as_str()
        .expect("is said")
        .to_owned();
    let today = before["as_of"]["date"]
        .as_str()
        .expect("is said")
        .to_owned();

    // The first publication named the wrong version.
    let wrong = town
        .number(
            "select publication.id from layer.publication join layer.part on part.id = part_id
              where layer = 'catasto.particella'",
        )
        .await;
    let correction = Publish {
        instead_of: Some(wrong),
        ..version(2, None)
    };
    let recorded = publish(&town, correction.clone()).await;
    assert!(matches!(recorded, Ok(Recorded::From(_))), "{recorded:?}");
    let again = publish(&town, correction).await;
    assert!(
        matches!(again, Err(PublishError::Cancelled { .. })),
        "{again:?}"
    );

    let (status, _) = get(parcel).await;
    assert_eq!(status, 404, "the correction counts now");
    let times = format!("date={today}&known_at={known}");
    let (status, then) = get(&format!("{place}&{times}")).await;
    assert_eq!((status, &then), (200, &before), "the answer of before");
    let (status, then) = get(&format!("{parcel}?{times}")).await;
    assert_eq!((status, &then), (200, &parcel_before));

    // A day before everything: there was no map, which is not the same as nothing.
    let (status, early) = get(&format!("{place}&date=1999-12-31")).await;
    assert_eq!(status, 200);
    for answer in early["layers"].as_array().expect("a list") {
        assert_eq!(answer["status"], "no_data", "{early}");
    }
    for bad in [
        "date=1999-13-01",
        "known_at=ieri",
        "date=",
        "known_at=2026-01-01T10:00",
    ] {
        let (status, problem) = get(&format!("{place}&{bad}")).await;
        assert_eq!(status, 400, "{bad}");
        let detail = problem["detail"].as_str().expect("is said");
        let name = bad.split('=').next().expect("a name");
        assert!(detail.contains(name), "{detail}");
    }
}

#[tokio::test]
async fn pages_of_another_day_say_so_and_lead_to_it() {
    let town = two_versions().await;
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let router = mappale::http::router(&app);
    let day = days_from_now(10);
    publish(&town, version(2, Some(day))).await.expect("may be");
    let missing = format!("/particella/X001_000300.21?date={day}");
    let (status, _) = crate::http::page(&router, &missing).await;
    assert_eq!(status, 404, "version 2 lacks it");
    for path in [
        "/luogo?lon=9.3619635&lat=45.6074641&",
        "/particella/X001_000300.22?",
    ] {
        let (status, html) = crate::http::page(&router, &format!("{path}date={day}")).await;
        assert_eq!(status, 200, "{path}");
        assert!(html.contains("Situazione al"), "{path}: {html}");
        assert!(html.contains(&format!("date={day}")), "{path}: {html}");
        let (_, html) = crate::http::page(&router, path).await;
        assert!(!html.contains("Situazione al"), "{path}: {html}");
        let (status, _) = crate::http::page(&router, &format!("{path}date=x")).await;
        assert_eq!(status, 400, "{path}");
    }
}

#[tokio::test]
async fn parts_of_other_days_are_read_once_and_kept_within_a_limit() {
    let town = two_versions().await;
    let file = town.file("third.gml", without(&parcels_text(), "X001_000300.22<"));
    let outcome = town.load_with(PARCELS, &[file], false).await;
    assert_eq!(outcome.expect("loads").version, 3);
    let (second, third) = (days_from_now(10), days_from_now(20));
    publish(&town, version(2, Some(second)))
        .await
        .expect("may be");
    publish(&town, version(3, Some(third)))
        .await
        .expect("may be");
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let current = app.catalogue();
    let reader = &town.db.databases.reader;
    let look = async |history: &History, day: Date| {
        let territories = [town.comune.id];
        let looking = history.look_back(
            reader,
            &town.definitions,
            &current,
            AsOf::on(day),
            &territories,
        );
        let catalogue = looking.await.expect("answers");
        catalogue.layer(PARCELS).expect("is defined").parts[0].clone()
    };

    let history = History::default();
    let together = futures_util::future::join_all((0..12).map(|_| look(&history, second))).await;
    for part in &together {
        assert_eq!(part.version, 2);
        // Each reading makes features of its own.
        assert!(Arc::ptr_eq(&part.features, &together[0].features));
    }
    let size = together[0].features.bytes();
    assert_eq!(history.parts(), [together[0].part_id]);
    assert_eq!(history.bytes(), size);
    assert_eq!(look(&history, third).await.version, 3);
    assert_eq!(history.parts().len(), 2);

    // Room for one only: the one that was used longest ago goes.
    let small = History::with_limit(size + size / 2);
    look(&small, second).await;
    let kept = look(&small, third).await;
    assert_eq!(small.parts(), [kept.part_id]);
    assert!(small.bytes() <= size + size / 2);
    // Room for none: it answers all the same, and keeps nothing.
    let none = History::with_limit(1);
    assert_eq!(look(&none, second).await.version, 2);
    assert_eq!((none.parts(), none.bytes()), (Vec::new(), 0));
    // What is in memory anyway is not read again.
    let today = look(&none, days_from_now(1)).await;
    assert_eq!(today.version, 1);
    let in_use = current.layer(PARCELS).expect("is defined").parts[0].clone();
    assert!(Arc::ptr_eq(&today.features, &in_use.features));
}

#[tokio::test]
async fn what_cannot_be_published_says_why() {
    let town = two_versions().await;
    let unchanged = publish(&town, version(1, None)).await;
    assert_eq!(unchanged.expect("is no error"), Recorded::Unchanged);
    for (wrong, word) in [(999_999, "999999"), (-1, "-1")] {
        let publication = Publish {
            instead_of: Some(wrong),
            ..version(2, None)
        };
        let error = publish(&town, publication).await.expect_err("no such act");
        let text = error.to_string();
        assert!(text.contains(word) && text.contains(PARCELS), "{text}");
    }
    let error = publish(&town, version(7, None))
        .await
        .expect_err("no such part");
    assert!(matches!(error, PublishError::NoSuchPart { .. }));
    // None of it left anything behind.
    assert_eq!(town.in_force().await.map(|(version, _)| version), Some(1));

    // The same through the command line, with words.
    let run = |arguments: &[&str]| {
        let output = town
            .db
            .command()
            .args(["layer"])
            .args(arguments)
            .args(["--comune", "X001"])
            .output()
            .expect("the program runs");
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    };
    let day = days_from_now(5).to_string();
    let (done, said) = run(&["publish", PARCELS, "--version", "2", "--at", &day]);
    assert!(done && said.contains(&day), "{said}");
    let (done, said) = run(&["publish", PARCELS, "--at", "domani"]);
    assert!(!done && said.contains("domani"), "{said}");
    let (done, said) = run(&["show", PARCELS, "--version", "2"]);
    assert!(
        done && said.contains(&format!("publish from {day}")),
        "{said}"
    );
    let act = town
        .number("select max(id) from layer.publication")
        .await
        .to_string();
    let (done, said) = run(&["cancel", PARCELS, &act, "--reason", "wrong day"]);
    assert!(done && said.contains("Cancelled"), "{said}");
    let (done, said) = run(&["cancel", PARCELS, &act, "--reason", "again"]);
    assert!(!done && said.contains("already"), "{said}");
    let (done, said) = run(&["withdraw", PARCELS, "--at", &day, "--reason", "test"]);
    assert!(done && said.contains(&day), "{said}");
    assert_eq!(town.in_force().await.map(|(version, _)| version), Some(1));
    let later = AsOf::on(days_from_now(6));
    let mut connection = town.db.superuser().await;
    let part = layer::part_in_force(&mut connection, PARCELS, town.comune.id, later).await;
    assert_eq!(part.expect("answers"), None);
}

#[tokio::test]
async fn acts_become_visible_in_the_order_of_their_moments() {
    let town = two_versions().await;
    // Two at once: the later moment belongs to the one that commits later.
    let (first, second) = tokio::join!(
        publish(&town, version(2, Some(days_from_now(1)))),
        publish(&town, version(2, Some(days_from_now(-1)))),
    );
    first.expect("may be");
    second.expect("may be");
    let out_of_order = town
        .number(
            "select count(*) from layer.publication as a join layer.publication as b
                 on a.id < b.id and a.at >= b.at",
        )
        .await;
    assert_eq!(out_of_order, 0);
    // A clock that was set back does not put an act before another.
    let mut connection = town.db.superuser().await;
    sqlx::raw_sql(
        "insert into layer.publication (part_id, kind, at, valid_from, by)
         select min(id), 'publish', now() + interval '1 day', current_date + 100, 'test'
           from layer.part",
    )
    .execute(&mut connection)
    .await
    .expect("is stored");
    publish(&town, version(1, Some(days_from_now(2))))
        .await
        .expect("may be");
    let newest = town
        .number(
            "select count(*) from layer.publication
              where at = (select max(at) from layer.publication)
                and valid_from = (now() at time zone 'Europe/Rome')::date + 2",
        )
        .await;
    assert_eq!(newest, 1);
}

#[tokio::test]
async fn facts_of_another_day_are_those_of_its_map() {
    let town = two_versions().await;
    let day = days_from_now(10);
    publish(&town, version(2, Some(day))).await.expect("may be");
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let reference = "X001_000300.21".parse().expect("a reference");
    let parcel = |catalogue: &Catalogue| fact::parcel(catalogue, &Viewer::Anonymous, &reference);
    let found = parcel(&app.catalogue()).expect("is there today");
    assert_eq!(found.evidence.valid_to, day.yesterday().ok());
    let then = app
        .catalogue_as_of(AsOf::on(day), &[town.comune.id])
        .await
        .expect("answers");
    assert!(parcel(&then).is_err());
    // The file of the first version is known as that version still.
    let again = town.load(PARCELS, &[parcels_file()]).await.expect("loads");
    assert_eq!((again.version, again.identical), (1, true));
    assert_eq!((again.published, again.replaced_by), (false, Some(2)));
}
