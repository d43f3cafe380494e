//! Every short history of acts, and the cases that people meet, resolved.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use mappale::layer::{self, AsOf};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::support::TestDb;

const LAYER: &str = "piano.prova";

/// What an act of a made-up history does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Deed {
    /// Publishes version 1 or 2.
    Publish(i32),
    /// Takes what is there out of force.
    Withdraw,
    /// Cancels the act with this position in the history.
    Cancel(usize),
}

/// An act: what it does, and the first day on which it counts (a day of January 2026).
type Act = (Deed, i8);

/// The version in force on a day when the first `known` acts are known; said again in another
/// way than in the database, act by act.
fn expected(history: &[Act], day: i8, known: usize) -> Option<i32> {
    let mut standing: Option<(i8, Option<i32>)> = None;
    for (place, (deed, from)) in history.iter().take(known).enumerate() {
        let cancelled = history
            .iter()
            .take(known)
            .any(|(other, _)| *other == Deed::Cancel(place));
        let outcome = match deed {
            Deed::Publish(version) => Some(*version),
            Deed::Withdraw => None,
            Deed::Cancel(_) => continue,
        };
        let overtaken = standing.is_some_and(|(first_day, _)| first_day > *from);
        if !cancelled && *from <= day && !overtaken {
            standing = Some((*from, outcome));
        }
    }
    standing.and_then(|(_, version)| version)
}

fn january(day: i8) -> Date {
    date(2026, 1, 1)
        .checked_add(jiff::Span::new().days(i64::from(day) - 1))
        .expect("a day")
}

/// The moment at which the act with this position was recorded.
fn moment(place: usize) -> Timestamp {
    let hours = i64::try_from(place).expect("few acts") * 3600;
    Timestamp::from_second(1_790_000_000 + hours).expect("a moment")
}

/// Stores histories, each for a territory of its own; the numbers of the territories.
async fn store(connection: &mut PgConnection, histories: &[Vec<Act>]) -> Vec<i64> {
    let count = i32::try_from(histories.len()).expect("few");
    let territories: Vec<i64> = sqlx::query_scalar(
        "insert into place.territory (kind, slug, name, storage_srid)
         select 'comune', 'prova-' || number, 'Prova', 7791 from generate_series(1, $1) as number
         returning id",
    )
    .bind(count)
    .fetch_all(&mut *connection)
    .await
    .expect("territories are new");
    sqlx::query(
        "insert into layer.part (layer, territory_id, version, srid, definition,
                                 definition_sha256, files, files_sha256, loaded_by)
         select $1, territory, version, 7791, '', sha256(''), '[]', sha256(''), 'test'
           from unnest($2::bigint[]) as territory cross join generate_series(1, 2) as version",
    )
    .bind(LAYER)
    .bind(&territories)
    .execute(&mut *connection)
    .await
    .expect("parts are new");
    // Numbers of acts are given, so that a cancelling act can name another.
    let mut rows = Vec::new();
    let mut next = 1;
    for (territory, history) in territories.iter().zip(histories) {
        let first = next;
        let mut last = 1;
        for (place, (deed, day)) in history.iter().enumerate() {
            let (kind, cancels) = match deed {
                Deed::Publish(version) => {
                    last = *version;
                    ("publish", "null".to_owned())
                }
                Deed::Withdraw => ("withdraw", "null".to_owned()),
                Deed::Cancel(other) => ("cancel", (first + other).to_string()),
            };
            rows.push(format!(
                "({next}, {territory}, {last}, '{kind}', '{}', '{}', {cancels})",
                moment(place),
                january(*day)
            ));
            next += 1;
        }
    }
    let insert = format!(
        "insert into layer.publication (id, part_id, kind, at, valid_from, by, cancels)
         overriding system value
         select act.id, part.id, act.kind, act.at::timestamptz, act.day::date, 'test', act.cancels::bigint
           from (values {}) as act (id, territory_id, version, kind, at, day, cancels)
           join layer.part on part.territory_id = act.territory_id and part.version = act.version
          order by act.id",
        rows.join(",\n")
    );
    sqlx::raw_sql(AssertSqlSafe(insert))
        .execute(connection)
        .await
        .expect("acts are new");
    territories
}

/// Every history of up to three acts over three days, in every order of days.
fn all_histories() -> Vec<Vec<Act>> {
    let deeds = |place: usize| {
        let mut deeds = vec![Deed::Publish(1), Deed::Publish(2), Deed::Withdraw];
        deeds.extend((0..place).map(Deed::Cancel));
        deeds
    };
    let mut all: Vec<Vec<Act>> = vec![Vec::new()];
    let mut longer = all.clone();
    for place in 0..3 {
        let mut next = Vec::new();
        for history in &longer {
            for deed in deeds(place) {
                // An act is cancelled once, and a cancelling act not at all.
                if let Deed::Cancel(other) = deed
                    && (matches!(history[other].0, Deed::Cancel(_))
                        || history.iter().any(|(earlier, _)| *earlier == deed))
                {
                    continue;
                }
                for day in 2..=4 {
                    let mut history = history.clone();
                    history.push((deed, day));
                    next.push(history);
                }
            }
        }
        all.extend(next.iter().cloned());
        longer = next;
    }
    all.retain(|history| !history.is_empty());
    all
}

#[tokio::test]
async fn every_short_history_is_resolved_as_it_is_defined() {
    let db = TestDb::new().await;
    let mut connection = db.superuser().await;
    let histories = all_histories();
    assert!(histories.len() > 1000, "{}", histories.len());
    let territories = store(&mut connection, &histories).await;
    let mut answers = 0;
    for day in 1..=5 {
        for known in 0..=3_usize {
            // Before the first act, and between two.
            let moment = moment(known)
                .checked_sub(jiff::SignedDuration::from_secs(60))
                .expect("a moment");
            let as_of = AsOf::on(january(day)).as_known_at(moment);
            let parts = layer::published(&mut connection, as_of, None)
                .await
                .expect("answers");
            let found: std::collections::HashMap<i64, i32> = parts
                .iter()
                .map(|part| (part.territory_id, part.version))
                .collect();
            assert_eq!(found.len(), parts.len(), "one part a territory");
            for (territory, history) in territories.iter().zip(&histories) {
                let wanted = expected(history, day, known);
                let answer = found.get(territory).copied();
                assert_eq!(answer, wanted, "day {day}, {known} known: {history:?}");
                answers += usize::from(answer.is_some());
            }
        }
    }
    assert!(answers > 1000, "{answers}");
}

#[tokio::test]
async fn the_cases_that_people_meet() {
    use Deed::{Cancel, Publish, Withdraw};
    let db = TestDb::new().await;
    let mut connection = db.superuser().await;
    // What happened; then for days 1 to 6 what is in force, as known after each act.
    type Case = (&'static str, Vec<Act>, Vec<[i32; 6]>);
    let table: Vec<Case> = vec![
        (
            "published, then replaced",
            vec![(Publish(1), 2), (Publish(2), 4)],
            vec![[0, 1, 1, 1, 1, 1], [0, 1, 1, 2, 2, 2]],
        ),
        (
            "published later with an earlier day: it is inserted before",
            vec![(Publish(2), 4), (Publish(1), 2)],
            vec![[0, 0, 0, 2, 2, 2], [0, 1, 1, 2, 2, 2]],
        ),
        (
            "withdrawn",
            vec![(Publish(1), 2), (Withdraw, 5)],
            vec![[0, 1, 1, 1, 1, 1], [0, 1, 1, 1, 0, 0]],
        ),
        (
            "withdrawn and published again",
            vec![(Publish(1), 1), (Withdraw, 3), (Publish(1), 5)],
            vec![[1, 1, 1, 1, 1, 1], [1, 1, 0, 0, 0, 0], [1, 1, 0, 0, 1, 1]],
        ),
        (
            "corrected: the same day, recorded later",
            vec![(Publish(1), 3), (Publish(2), 3)],
            vec![[0, 0, 1, 1, 1, 1], [0, 0, 2, 2, 2, 2]],
        ),
        (
            "a wrong day, corrected",
            vec![(Publish(1), 2), (Cancel(0), 2), (Publish(1), 4)],
            vec![[0, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 1, 1]],
        ),
        (
            "rolled back",
            vec![(Publish(1), 1), (Publish(2), 3), (Publish(1), 5)],
            vec![[1, 1, 1, 1, 1, 1], [1, 1, 2, 2, 2, 2], [1, 1, 2, 2, 1, 1]],
        ),
        (
            "rolled back on the very day",
            vec![(Publish(1), 1), (Publish(2), 3), (Publish(1), 3)],
            vec![[1, 1, 1, 1, 1, 1], [1, 1, 2, 2, 2, 2], [1, 1, 1, 1, 1, 1]],
        ),
        (
            "a withdrawal that was a mistake",
            vec![(Publish(1), 1), (Withdraw, 3), (Cancel(1), 3)],
            vec![[1, 1, 1, 1, 1, 1], [1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]],
        ),
        (
            "a version of the future that is called off",
            vec![(Publish(1), 1), (Publish(2), 5), (Cancel(1), 5)],
            vec![[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 2, 2], [1, 1, 1, 1, 1, 1]],
        ),
    ];
    let histories: Vec<Vec<Act>> = table.iter().map(|(_, acts, _)| acts.clone()).collect();
    let territories = store(&mut connection, &histories).await;
    for ((name, acts, answers), territory) in table.iter().zip(territories) {
        assert_eq!(acts.len(), answers.len(), "{name}");
        for (place, wanted) in answers.iter().enumerate() {
            for day in 1..=6_i8 {
                let wanted = wanted[usize::from(day.unsigned_abs()) - 1];
                let as_of = AsOf::on(january(day)).as_known_at(moment(place));
                let parts = layer::published(&mut connection, as_of, Some(&[territory]))
                    .await
                    .expect("answers");
                let found = parts.first().map_or(0, |part| part.version);
                assert_eq!(found, wanted, "{name}: day {day} after act {place}");
                if let Some(part) = parts.first() {
                    assert!(part.valid_from <= january(day), "{name}");
                    assert!(
                        part.valid_to.is_none_or(|last| last >= january(day)),
                        "{name}"
                    );
                }
            }
        }
    }
}
