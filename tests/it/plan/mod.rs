//! Plans: versions published whole, adopted beside what is in force, replaced and withdrawn.

mod command;
mod killed;
pub(crate) mod served;

use jiff::civil::Date;
use mappale::db::{BoxFuture, Ewkb, Tx, in_transaction};
use mappale::layer::{
    self, ActKind, AsOf, LegalStatus, NewAct, NewPlanVersion, PlanError, PlanKind, Standing,
};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::sample::Town;

pub(crate) const PLAN: &str = "pgt";

pub(crate) fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

/// Runs work in a transaction.
pub(crate) async fn write<T: Send + 'static>(
    town: &Town,
    work: impl for<'t> FnOnce(&'t mut Tx, i64) -> BoxFuture<'t, Result<T, PlanError>> + Send + 'static,
) -> Result<T, PlanError> {
    let id = town.comune.id;
    in_transaction(&town.db.databases.writer, move |tx| {
        Box::pin(async move { work(tx, id).await })
    })
    .await
}

/// A square of the storage CRS around the sample's middle, as a perimeter.
pub(crate) async fn square(town: &Town) -> Ewkb {
    let mut connection = town.db.superuser().await;
    let geometry = sqlx::query_scalar(
        "select st_multi(st_transform(st_makeenvelope(9.361, 45.607, 9.363, 45.608, 4326), 7791))",
    )
    .fetch_one(&mut connection)
    .await;
    geometry.expect("a square")
}

pub(crate) async fn create(
    town: &Town,
    code: &'static str,
    kind: PlanKind,
) -> Result<i64, PlanError> {
    let perimeter = match kind {
        PlanKind::General => None,
        _ => Some(square(town).await),
    };
    let new = NewPlanVersion {
        territory_id: town.comune.id,
        plan: PLAN.to_owned(),
        plan_title: "Piano di prova".to_owned(),
        code: code.to_owned(),
        kind,
        title: format!("Versione {code}"),
        perimeter,
        by: "test".to_owned(),
    };
    write(town, move |tx, _| {
        Box::pin(async move { layer::create_plan_version(tx, &new).await })
    })
    .await
}

pub(crate) async fn add(
    town: &Town,
    code: &'static str,
    layer: &'static str,
    version: i32,
) -> Result<i32, PlanError> {
    write(town, move |tx, id| {
        Box::pin(async move {
            layer::add_plan_part(tx, id, (PLAN, code), layer, Some(version), "test").await
        })
    })
    .await
}

pub(crate) async fn act(town: &Town, code: &'static str, kind: ActKind, date: &str) -> i64 {
    let act = NewAct {
        kind,
        number: Some("12".to_owned()),
        date: day(date),
        body: Some("Consiglio comunale".to_owned()),
        note: None,
    };
    write(town, move |tx, id| {
        Box::pin(async move { layer::record_plan_act(tx, id, (PLAN, code), &act, "test").await })
    })
    .await
    .expect("may be recorded")
}

pub(crate) async fn publish(
    town: &Town,
    code: &'static str,
    at: Option<&str>,
) -> Result<(), PlanError> {
    let at = at.map(day);
    write(town, move |tx, id| {
        Box::pin(async move { layer::publish_plan(tx, id, (PLAN, code), at, "test", None).await })
    })
    .await
}

async fn withdraw(town: &Town, code: &'static str, at: &str) -> Result<Date, PlanError> {
    let at = Some(day(at));
    write(town, move |tx, id| {
        Box::pin(
            async move { layer::withdraw_plan(tx, id, (PLAN, code), at, "test", "prova").await },
        )
    })
    .await
}

/// Stores parts without rows: enough to ask what answers on a day.
async fn parts(town: &Town, layer: &str, versions: i32) {
    let mut connection = town.db.superuser().await;
    sqlx::query(
        "insert into layer.part (layer, territory_id, version, srid, definition,
                                 definition_sha256, files, files_sha256, loaded_by)
         select $1, $2, version, 7791, '', sha256(''), '[]', sha256(''), 'test'
           from generate_series(1, $3) as version",
    )
    .bind(layer)
    .bind(town.comune.id)
    .bind(versions)
    .execute(&mut connection)
    .await
    .expect("parts are new");
}

/// What answers on a day: `layer version`, with `~` for a variant and `?` for adopted.
async fn answers(connection: &mut PgConnection, as_of: AsOf) -> String {
    let standing = layer::standing(connection, as_of, None)
        .await
        .expect("answers");
    let words: Vec<String> = standing
        .iter()
        .map(|part| {
            let mark = match part.standing {
                Standing::Variant => "~",
                Standing::InForce => "",
                Standing::Adopted => "?",
            };
            assert!(part.valid_from <= as_of.date);
            assert!(
                part.valid_to.is_none_or(|last| last >= as_of.date),
                "{part:?}"
            );
            let layer = part.layer.strip_prefix("piano.").unwrap_or(&part.layer);
            format!("{layer}{}{mark}", part.version)
        })
        .collect();
    words.join(" ")
}

/// Checks that what answers agrees with the status that is told of each version.
async fn statuses(connection: &mut PgConnection, date: Date) -> String {
    let as_of = AsOf::on(date);
    let versions = layer::plan_versions(connection, as_of, None)
        .await
        .expect("answers");
    let standing = layer::standing(connection, as_of, None)
        .await
        .expect("answers");
    for version in &versions {
        let answers = |wanted: &[Standing]| {
            standing.iter().any(|part| {
                part.plan_version_id == Some(version.id) && wanted.contains(&part.standing)
            })
        };
        let in_force = [Standing::InForce, Standing::Variant];
        let (code, status) = (&version.code, version.status);
        assert_eq!(
            answers(&[Standing::Adopted]),
            status == LegalStatus::Adopted,
            "{code} on {date}: {status:?}"
        );
        assert_eq!(
            answers(&in_force),
            status == LegalStatus::InForce,
            "{code} on {date}: {status:?}"
        );
    }
    let words: Vec<String> = versions
        .iter()
        .map(|version| format!("{} {}", version.code, version.status.as_str()))
        .collect();
    words.join(", ")
}

/// Two general versions and a variant between them, with two layers.
async fn town_with_plan() -> Town {
    let town = Town::empty().await;
    parts(&town, "piano.zona", 4).await;
    parts(&town, "piano.servizio", 4).await;
    create(&town, "prima", PlanKind::General)
        .await
        .expect("is new");
    for layer in ["piano.zona", "piano.servizio"] {
        add(&town, "prima", layer, 1).await.expect("is there");
    }
    act(&town, "prima", ActKind::Adoption, "2009-05-01").await;
    act(&town, "prima", ActKind::Publication, "2010-01-01").await;
    publish(&town, "prima", None).await.expect("is complete");
    create(&town, "variante", PlanKind::Partial)
        .await
        .expect("is new");
    add(&town, "variante", "piano.zona", 2)
        .await
        .expect("is there");
    act(&town, "variante", ActKind::Adoption, "2014-03-10").await;
    publish(&town, "variante", None).await.expect("is complete");
    act(&town, "variante", ActKind::Approval, "2014-12-20").await;
    act(&town, "variante", ActKind::Publication, "2015-02-01").await;
    create(&town, "seconda", PlanKind::General)
        .await
        .expect("is new");
    for layer in ["piano.zona", "piano.servizio"] {
        add(&town, "seconda", layer, 3).await.expect("is there");
    }
    act(&town, "seconda", ActKind::Adoption, "2018-06-01").await;
    act(&town, "seconda", ActKind::Publication, "2019-09-01").await;
    publish(&town, "seconda", None).await.expect("is complete");
    town
}

#[tokio::test]
async fn what_answers_follows_from_acts_and_agrees_with_the_status() {
    let town = town_with_plan().await;
    let mut connection = town.db.superuser().await;
    let table = [
        (
            "2009-04-30",
            "",
            "prima draft, variante draft, seconda draft",
        ),
        (
            "2009-05-01",
            "servizio1? zona1?",
            "prima adopted, variante draft, seconda draft",
        ),
        (
            "2010-01-01",
            "servizio1 zona1",
            "prima in_force, variante draft, seconda draft",
        ),
        (
            "2014-03-10",
            "servizio1 zona1 zona2?",
            "prima in_force, variante adopted, seconda draft",
        ),
        (
            "2015-02-01",
            "servizio1 zona2~ zona1",
            "prima in_force, variante in_force, seconda draft",
        ),
        (
            "2018-06-01",
            "servizio1 servizio3? zona2~ zona1 zona3?",
            "prima in_force, variante in_force, seconda adopted",
        ),
        (
            "2019-09-01",
            "servizio3 zona3",
            "prima replaced, variante replaced, seconda in_force",
        ),
    ];
    for (date, wanted, status) in table {
        let date = day(date);
        assert_eq!(
            answers(&mut connection, AsOf::on(date)).await,
            wanted,
            "{date}"
        );
        assert_eq!(statuses(&mut connection, date).await, status, "{date}");
        // The day before the change is still as it was.
        statuses(&mut connection, date.yesterday().expect("a day")).await;
    }
}

#[tokio::test]
async fn a_withdrawn_version_gives_way_to_the_one_before_and_history_stays() {
    let town = town_with_plan().await;
    let mut connection = town.db.superuser().await;
    let today = day("2021-01-01");
    let then = answers(&mut connection, AsOf::on(today)).await;
    let known = layer::known_until(&mut connection, None)
        .await
        .expect("answers")
        .expect("acts were recorded");
    assert_eq!(then, "servizio3 zona3");

    withdraw(&town, "seconda", "2020-07-01")
        .await
        .expect("is published");
    for (date, wanted, status) in [
        (
            "2020-06-30",
            "servizio3 zona3",
            "replaced, variante replaced, seconda in_force",
        ),
        (
            "2020-07-01",
            "servizio1 zona2~ zona1",
            "in_force, variante in_force, seconda withdrawn",
        ),
        (
            "2021-01-01",
            "servizio1 zona2~ zona1",
            "in_force, variante in_force, seconda withdrawn",
        ),
    ] {
        let date = day(date);
        assert_eq!(
            answers(&mut connection, AsOf::on(date)).await,
            wanted,
            "{date}"
        );
        assert_eq!(
            statuses(&mut connection, date).await,
            format!("prima {status}"),
            "{date}"
        );
    }
    // What was known before the withdrawal is still what was answered then.
    let as_of = AsOf::on(today).as_known_at(known);
    assert_eq!(answers(&mut connection, as_of).await, then);

    // The withdrawal was a mistake; then the date of an act was.
    let withdrawal = town.number("select max(id) from layer.publication").await;
    write(&town, move |tx, id| {
        Box::pin(async move {
            let name = (PLAN, "seconda");
            layer::cancel_plan_publication(tx, id, name, withdrawal, "test", "errore").await
        })
    })
    .await
    .expect("may be cancelled");
    assert_eq!(answers(&mut connection, AsOf::on(today)).await, then);
    let wrong = town
        .number("select id from layer.plan_act where date = '2019-09-01'")
        .await;
    write(&town, move |tx, id| {
        Box::pin(async move {
            layer::cancel_plan_act(tx, id, (PLAN, "seconda"), wrong, "test", "errore").await
        })
    })
    .await
    .expect("may be cancelled");
    act(&town, "seconda", ActKind::Publication, "2020-09-01").await;
    for (date, wanted) in [
        ("2020-08-31", "servizio1 servizio3? zona2~ zona1 zona3?"),
        ("2020-09-01", "servizio3 zona3"),
    ] {
        let date = day(date);
        assert_eq!(
            answers(&mut connection, AsOf::on(date)).await,
            wanted,
            "{date}"
        );
        statuses(&mut connection, date).await;
    }
    let as_of = AsOf::on(day("2019-10-01")).as_known_at(known);
    assert_eq!(answers(&mut connection, as_of).await, "servizio3 zona3");
    for (act, word) in [(wrong, "already"), (999_999, "no act")] {
        let error = write(&town, move |tx, id| {
            Box::pin(async move {
                layer::cancel_plan_act(tx, id, (PLAN, "seconda"), act, "test", "errore").await
            })
        })
        .await
        .expect_err("cannot be cancelled");
        assert!(error.to_string().contains(word), "{error}");
    }
}

#[tokio::test]
async fn a_plan_and_single_layers_share_one_timeline() {
    let town = town_with_plan().await;
    let mut connection = town.db.superuser().await;
    // A single layer that was published by itself, between the two general versions.
    sqlx::raw_sql(
        "insert into layer.publication (part_id, kind, valid_from, by)
         select id, 'publish', '2012-01-01', 'test' from layer.part
          where layer = 'piano.zona' and version = 4",
    )
    .execute(&mut connection)
    .await
    .expect("is stored");
    for (date, wanted) in [
        ("2011-12-31", "servizio1 zona1"),
        ("2012-01-01", "servizio1 zona4"),
        ("2019-09-01", "servizio3 zona3"),
    ] {
        assert_eq!(
            answers(&mut connection, AsOf::on(day(date))).await,
            wanted,
            "{date}"
        );
    }
    // An earlier version is published again from a day on.
    publish(&town, "prima", Some("2022-01-01"))
        .await
        .expect("is complete");
    for (date, wanted) in [
        ("2010-06-01", "servizio1 zona1"),
        ("2021-12-31", "servizio3 zona3"),
        ("2022-01-01", "servizio1 zona1"),
    ] {
        let date = day(date);
        assert_eq!(
            answers(&mut connection, AsOf::on(date)).await,
            wanted,
            "{date}"
        );
    }
    assert_eq!(
        statuses(&mut connection, day("2022-01-01")).await,
        "prima in_force, variante replaced, seconda replaced"
    );
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_leaves_nothing() {
    let town = town_with_plan().await;
    let counts = "select (select count(*) from layer.publication) * 10000
                       + (select count(*) from layer.plan_version) * 100
                       + (select count(*) from layer.plan_part)";
    create(&town, "vuota", PlanKind::General)
        .await
        .expect("is new");
    let before = town.number(counts).await;
    let refused = |error: PlanError, word: &str| {
        let text = error.to_string();
        assert!(text.contains(word), "'{word}' is not in: {text}");
    };
    let no = "must be refused";
    refused(
        publish(&town, "vuota", None).await.expect_err(no),
        "no parts",
    );
    refused(publish(&town, "terza", None).await.expect_err(no), "terza");
    refused(
        create(&town, "prima", PlanKind::General)
            .await
            .expect_err(no),
        "already",
    );
    refused(
        create(&town, "Prima!", PlanKind::General)
            .await
            .expect_err(no),
        "Prima!",
    );
    refused(
        add(&town, "prima", "piano.zona", 2).await.expect_err(no),
        "published",
    );
    refused(
        add(&town, "vuota", "piano.zona", 9).await.expect_err(no),
        "piano.zona",
    );
    refused(
        withdraw(&town, "vuota", "2020-01-01").await.expect_err(no),
        "not published",
    );
    let bare = |kind, perimeter| NewPlanVersion {
        territory_id: town.comune.id,
        plan: PLAN.to_owned(),
        plan_title: "Piano".to_owned(),
        code: "quarta".to_owned(),
        kind,
        title: "Quarta".to_owned(),
        perimeter,
        by: "test".to_owned(),
    };
    for new in [
        bare(PlanKind::General, Some(square(&town).await)),
        bare(PlanKind::Partial, None),
    ] {
        let error = write(&town, move |tx, _| {
            Box::pin(async move { layer::create_plan_version(tx, &new).await })
        });
        refused(error.await.expect_err(no), "perimeter");
    }
    assert_eq!(town.number(counts).await, before);

    // With a part, but without a day; then with a part that has errors.
    add(&town, "vuota", "piano.zona", 4)
        .await
        .expect("is there");
    refused(
        publish(&town, "vuota", None).await.expect_err(no),
        "adoption",
    );
    let mut connection = town.db.superuser().await;
    sqlx::raw_sql(
        "insert into layer.part (layer, territory_id, version, srid, definition,
                                 definition_sha256, files, files_sha256, loaded_by, report)
         select layer, territory_id, 5, srid, '', sha256(''), '[]', sha256(''), 'test',
                '{\"checks\": [{\"rule\": \"x\", \"severity\": \"error\"}]}'
           from layer.part where layer = 'piano.servizio' and version = 1",
    )
    .execute(&mut connection)
    .await
    .expect("is stored");
    add(&town, "vuota", "piano.servizio", 5)
        .await
        .expect("is there");
    let error = publish(&town, "vuota", Some("2023-01-01"))
        .await
        .expect_err(no);
    refused(error, "piano.servizio");
    // The newest part of a layer counts: another one mends it.
    add(&town, "vuota", "piano.servizio", 4)
        .await
        .expect("is there");
    publish(&town, "vuota", Some("2023-01-01"))
        .await
        .expect("is complete");
    let date = AsOf::on(day("2023-01-01"));
    assert_eq!(answers(&mut connection, date).await, "servizio4 zona4");
}

#[tokio::test]
async fn an_error_after_publication_leaves_nothing_of_it() {
    let town = town_with_plan().await;
    let mut connection = town.db.superuser().await;
    create(&town, "terza", PlanKind::General)
        .await
        .expect("is new");
    for layer in ["piano.zona", "piano.servizio"] {
        add(&town, "terza", layer, 4).await.expect("is there");
    }
    let date = AsOf::on(day("2024-01-01"));
    let before = answers(&mut connection, date).await;
    let error = write(&town, |tx, id| {
        Box::pin(async move {
            let at = Some(day("2023-01-01"));
            layer::publish_plan(tx, id, (PLAN, "terza"), at, "test", None).await?;
            // Whatever comes next in the transaction fails.
            layer::publish_plan(tx, id, (PLAN, "quarta"), at, "test", None).await
        })
    })
    .await;
    assert!(
        matches!(error, Err(PlanError::NoSuchVersion { .. })),
        "{error:?}"
    );
    assert_eq!(answers(&mut connection, date).await, before);
    publish(&town, "terza", Some("2023-01-01"))
        .await
        .expect("is complete");
    assert_eq!(answers(&mut connection, date).await, "servizio4 zona4");
}

#[tokio::test]
async fn what_was_recorded_of_plans_is_changed_by_nobody() {
    let town = town_with_plan().await;
    let mut owner = town
        .db
        .databases
        .address
        .connect(mappale::db::DbRole::Owner)
        .await
        .expect("connects");
    for statement in [
        "update layer.plan set title = 'x'",
        "delete from layer.plan_version",
        "update layer.plan_part set part_id = 1",
        "delete from layer.plan_part",
        "update layer.plan_act set date = '2000-01-01'",
        "delete from layer.plan_act",
        "update layer.norm set title = 'x' where id > 0",
        "insert into layer.plan_part (plan_version_id, part_id, by)
         select plan_version_id, part_id, 'x' from layer.plan_part limit 1",
        "insert into layer.publication (kind, valid_from, by) values ('publish', '2020-01-01', 'x')",
        "insert into layer.publication (kind, part_id, by, valid_from)
         select 'publish', id, 'x', null from layer.part limit 1",
    ] {
        let done = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
            .execute(&mut owner)
            .await;
        let nothing = statement.contains("layer.norm");
        assert!(done.is_err() || nothing, "was allowed: {statement}");
    }
}
