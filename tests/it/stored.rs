//! What was stored cannot be changed, and what is added must fit.

use mappale::db::DbRole;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::sample::{PARCELS, Town, parcels_file};

async fn refuses(connection: &mut PgConnection, statement: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(&mut *connection)
        .await;
    assert!(done.is_err(), "was allowed: {statement}");
}

#[tokio::test]
async fn what_was_stored_can_be_changed_by_nobody() {
    let town = Town::published().await;
    let before = town.stored().await;
    let address = &town.db.databases.address;
    let add_row = "insert into data.catasto_particella
        select part_id, 999999, 'X001_000100.999999', reference, sezione, foglio, allegato, sviluppo,
               number, kind, original, label_e, label_n, geom
          from data.catasto_particella limit 1";
    for role in [DbRole::Owner, DbRole::Writer] {
        let mut connection = address.connect(role).await.expect("connects");
        for statement in [
            "update data.catasto_particella set number = '1' where number = '21'",
            "delete from data.catasto_particella where number = '21'",
            "update layer.part set loaded_by = 'nobody'",
            "delete from layer.part",
            "update layer.publication set by = 'nobody'",
            "delete from layer.publication",
            add_row,
        ] {
            refuses(&mut connection, statement).await;
        }
        connection.close().await.expect("closes");
    }
    let mut writer = address.connect(DbRole::Writer).await.expect("connects");
    for statement in [
        "truncate data.catasto_particella",
        "drop table data.catasto_particella",
        "alter table data.catasto_particella disable trigger all",
        "update layer.feature set key = 'x'",
        "delete from layer.feature",
        "delete from place.boundary",
        "update place.territory set name = 'x'",
        "create table data.another (id bigint)",
    ] {
        refuses(&mut writer, statement).await;
    }
    writer.close().await.expect("closes");
    let mut reader = address.connect(DbRole::Reader).await.expect("connects");
    for statement in [
        "delete from layer.part",
        add_row,
        "select * from person.session",
    ] {
        refuses(&mut reader, statement).await;
    }
    reader.close().await.expect("closes");
    assert_eq!(town.stored().await, before);
}

#[tokio::test]
async fn rows_of_a_part_are_in_its_crs_and_valid() {
    let town = Town::empty().await;
    let stored = town.load_with(PARCELS, &[parcels_file()], false).await;
    let part = stored.expect("loads").part_id;
    let mut owner = town
        .db
        .databases
        .address
        .connect(DbRole::Owner)
        .await
        .expect("connects");
    let add = |id: i64, geom: &str| {
        format!(
            "insert into data.catasto_particella
             select part_id, {id}, 'X001_000100.{id}', reference, sezione, foglio, allegato, sviluppo,
                    number, kind, original, label_e, label_n, {geom}
               from data.catasto_particella where part_id = {part} limit 1"
        )
    };
    for geom in [
        "st_transform(geom, 7792)",
        "st_setsrid(geom, 0)",
        "st_centroid(geom)",
        "st_multi(st_geomfromtext('POLYGON((0 0,1 1,1 0,0 1,0 0))', 7791))",
    ] {
        refuses(&mut owner, &add(900_001, geom)).await;
    }
    // To a part that is not published a good row may be added: the twin of the above.
    sqlx::raw_sql(AssertSqlSafe(add(900_002, "geom")))
        .execute(&mut owner)
        .await
        .expect("a good row");
    owner.close().await.expect("closes");
}

#[tokio::test]
async fn the_name_of_a_feature_is_of_a_territory_that_exists() {
    let town = Town::published().await;
    let address = &town.db.databases.address;
    let mut writer = address.connect(DbRole::Writer).await.expect("connects");
    let add = |territory: &str| {
        format!(
            "insert into layer.feature (id, layer, territory_id, key)
             select max(id) + 1, 'catasto.particella', {territory}, 'nowhere' from layer.feature"
        )
    };
    refuses(&mut writer, &add("999999")).await;
    sqlx::raw_sql(AssertSqlSafe(add("min(territory_id)")))
        .execute(&mut writer)
        .await
        .expect("that of the town is there");
    writer.close().await.expect("closes");
}

#[tokio::test]
async fn a_layer_whose_columns_changed_is_not_mixed_with_its_past() {
    let mut town = Town::published().await;
    let layers = town.file("layers", "").with_file_name("changed");
    std::fs::create_dir(&layers).expect("the folder is ours");
    let ours = town.db.config.layers.join("catasto/particella.toml");
    let text = std::fs::read_to_string(ours).expect("is there");
    let changed = text
        .replace("name = \"sviluppo\"", "name = \"development\"")
        .replace(
            "\"allegato\", \"sviluppo\"]",
            "\"allegato\", \"development\"]",
        );
    std::fs::write(layers.join("particella.toml"), changed).expect("is ours");
    town.definitions = mappale::layer::Definitions::load(&layers).expect("is good");
    let before = town.stored().await;
    let error = town.load(PARCELS, &[parcels_file()]).await;
    let text = error.expect_err("the table differs").to_string();
    assert!(
        text.contains("development") && text.contains(PARCELS),
        "{text}"
    );
    assert_eq!(town.stored().await, before);
}
