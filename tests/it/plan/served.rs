//! Plans in the copy that the server holds in memory.

use mappale::app::App;
use mappale::layer::{ActKind, AsOf, LegalStatus, PlanKind, Standing};

use super::{act, add, create, day, publish};
use crate::sample::{PARCELS, SHEETS, Town, parcels_file, parcels_text, sheets_file, without};

/// The sample with a plan of two versions: the second a variant that is adopted.
pub(crate) async fn town() -> Town {
    let town = Town::empty().await;
    let second = town.file("second.gml", without(&parcels_text(), "X001_000300.21<"));
    for (layer, file) in [
        (SHEETS, sheets_file()),
        (PARCELS, parcels_file()),
        (PARCELS, second),
    ] {
        town.load_with(layer, &[file], false).await.expect("loads");
    }
    create(&town, "prima", PlanKind::General)
        .await
        .expect("is new");
    add(&town, "prima", SHEETS, 1).await.expect("is there");
    add(&town, "prima", PARCELS, 1).await.expect("is there");
    act(&town, "prima", ActKind::Publication, "2020-01-01").await;
    create(&town, "variante", PlanKind::Partial)
        .await
        .expect("is new");
    add(&town, "variante", PARCELS, 2).await.expect("is there");
    act(&town, "variante", ActKind::Adoption, "2024-01-01").await;
    town
}

fn standing(catalogue: &mappale::snapshot::Catalogue, id: i64) -> Vec<(i32, Standing)> {
    let entry = catalogue.layer(PARCELS).expect("is defined");
    let standing = entry.standing(id);
    standing.map(|part| (part.version, part.standing)).collect()
}

#[tokio::test]
async fn what_answers_is_in_memory_with_its_plan_and_perimeter() {
    let town = town().await;
    let app = App::open(town.db.config.clone(), false)
        .await
        .expect("the program opens");
    let id = town.comune.id;
    assert!(app.catalogue().plans().is_empty(), "nothing is published");
    assert!(standing(&app.catalogue(), id).is_empty());

    publish(&town, "prima", None).await.expect("is complete");
    publish(&town, "variante", None).await.expect("is complete");
    app.refresh().await.expect("the database answers");
    let catalogue = app.catalogue();
    assert_eq!(
        standing(&catalogue, id),
        [(1, Standing::InForce), (2, Standing::Adopted)]
    );
    let entry = catalogue.layer(PARCELS).expect("is defined");
    assert_eq!(
        entry.parts.len(),
        1,
        "tiles show what is in force everywhere"
    );
    let adopted = entry.beside[0].clone();
    let plan = adopted.plan.clone().expect("is part of one");
    assert_eq!(plan.version.code, "variante");
    assert_eq!(plan.version.status, LegalStatus::Adopted);
    assert_eq!(plan.version.acts[0].kind, ActKind::Adoption);
    let time = plan.version.salvaguardia.expect("was adopted");
    assert_eq!((time.until, time.years), (day("2027-01-01"), 3));
    let (srid, perimeter) = plan.perimeter.as_ref().expect("has one");
    assert_eq!((*srid, perimeter.len()), (7791, 1));
    // The middle of the square is inside, a kilometre away is not.
    let [west, north] = perimeter.rings_of(0).next().expect("a ring").metric[0];
    assert!(perimeter.covers(0, [west, north]));
    assert!(!perimeter.covers(0, [west + 1000.0, north]));

    // In force: before the one that counts everywhere.
    act(&town, "variante", ActKind::Publication, "2025-01-01").await;
    app.refresh().await.expect("the database answers");
    let catalogue = app.catalogue();
    assert_eq!(
        standing(&catalogue, id),
        [(2, Standing::Variant), (1, Standing::InForce)]
    );
    let entry = catalogue.layer(PARCELS).expect("is defined");
    assert!(
        std::sync::Arc::ptr_eq(&entry.beside[0].features, &adopted.features),
        "rows that did not change are not read again"
    );
    // Nothing new: the copy stays as it is.
    let before = app.catalogue();
    app.refresh().await.expect("the database answers");
    assert!(std::sync::Arc::ptr_eq(&before, &app.catalogue()));

    // Other days, from the database.
    for (date, wanted) in [
        ("2019-12-31", vec![]),
        ("2023-12-31", vec![(1, Standing::InForce)]),
        (
            "2024-06-01",
            vec![(1, Standing::InForce), (2, Standing::Adopted)],
        ),
    ] {
        let back = app.catalogue_as_of(AsOf::on(day(date)), &[id]).await;
        assert_eq!(standing(&back.expect("answers"), id), wanted, "{date}");
    }
}

#[tokio::test]
async fn rows_of_a_part_of_a_plan_cannot_be_added() {
    let town = town().await;
    let mut owner = town
        .db
        .databases
        .address
        .connect(mappale::db::DbRole::Owner)
        .await
        .expect("connects");
    let done = sqlx::raw_sql(
        "insert into data.catasto_particella
         select part_id, 999999, 'X001_000100.999999', reference, sezione, foglio, allegato,
                sviluppo, number, kind, original, label_e, label_n, geom
           from data.catasto_particella limit 1",
    )
    .execute(&mut owner)
    .await;
    let text = done.expect_err("is of a plan").to_string();
    assert!(text.contains("never change"), "{text}");
}
