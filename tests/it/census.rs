//! The census of land and buildings: join to the map, owners behind purpose and key.

use std::path::{Path, PathBuf};

use generator::{Plan, Scale, generate};
use mappale::census::{CensusReport, CensusRequest, Error, load_census, owners_of, parcel_census};
use mappale::db::DbRole;
use sqlx::Connection as _;

use crate::sample::{PARCELS, SHEETS, Town};
use crate::support::TestDb;

/// Names that must be nowhere but behind the role and the key.
const CANARIES: [&str; 3] = ["CANARINAMENTE", "GIALLORENA", "CNRGLL50A41X999K"];

async fn load(town: &Town, paths: &[PathBuf]) -> Result<CensusReport, Error> {
    let request = CensusRequest {
        paths: paths.to_vec(),
        comune: town.comune.clone(),
        parcels: PARCELS.to_owned(),
        by: "test".to_owned(),
    };
    load_census(&town.db.config, &town.db.databases, &request).await
}

/// A supply of one parcel with one owner, in a folder of its own.
fn supply(town: &Town, name: &str, kind: &str, area: u32, progressivo: u32) -> PathBuf {
    let folder = town.file("marker", "").with_file_name(name);
    std::fs::create_dir(&folder).expect("is new");
    let (hectares, ares, centiares) = (area / 10_000, area / 100 % 100, area % 100);
    let [last, first, tax] = CANARIES;
    for (ending, text) in [
        (
            "TER",
            format!(
                "X001||7|T|{progressivo}|1|0001|00001||||001|2|{hectares}|{ares}|{centiares}||||||1,50|0,75||||||||||||||||\r\n\
                     X001||8|T|1|1|0099|00001||||001|2|0|1|0||||||1,50|0,75||||||||||||||||\r\n"
            ),
        ),
        (
            "SOG",
            format!("X001||3|P|{last}|{first}|2|01011950|X999|{tax}||\r\n"),
        ),
        (
            "TIT",
            "X001||3|P|7|T|1||1000|1000||||||||||||||||||77\r\n".to_owned(),
        ),
        (
            "PRM",
            format!("Tipologia di estrazione : {kind}\r\nData elaborazione : 01022026\r\n"),
        ),
    ] {
        std::fs::write(folder.join(format!("X001.{ending}")), text).expect("is ours");
    }
    folder
}

/// Loads a census that gives [`PARCEL`] an area in m².
pub(crate) async fn with_area(town: &Town, area: u32) {
    let path = supply(town, "censuario", "completa", area, 1);
    load(town, &[path]).await.expect("loads");
}

/// The number of a parcel of the sample's sheet 1.
pub(crate) const PARCEL: &str = "X001_000100.1";

#[tokio::test]
async fn owners_are_told_with_a_purpose_only_and_it_is_written_down() {
    let town = Town::published().await;
    let path = supply(&town, "prima", "completa", 12_345, 1);
    let report = load(&town, std::slice::from_ref(&path))
        .await
        .expect("loads");
    assert!(report.complete && report.supply_id > 0, "{report:?}");
    assert_eq!((report.land, report.persons, report.titles), (2, 1, 1));
    assert_eq!(report.not_on_map, ["_|99|1"]);
    assert!(load(&town, &[path]).await.expect("is read").identical);

    let (config, databases) = (&town.db.config, &town.db.databases);
    let reference = PARCEL.parse().expect("a reference");
    let census = parcel_census(databases, &reference).await.expect("answers");
    assert_eq!(census.land[0].area_m2, Some(12_345));
    assert_eq!(census.land[0].dominicale_cents, Some(150));
    for purpose in ["", "   x  "] {
        let refused = owners_of(config, databases, &reference, ("test", purpose)).await;
        assert!(matches!(refused, Err(Error::NoPurpose)));
    }
    assert_eq!(town.number("select count(*) from census.access").await, 0);
    let asked = ("ufficio inventato", "visura per una pratica inventata");
    let owners = owners_of(config, databases, &reference, asked)
        .await
        .expect("answers");
    let person = owners[0].person.as_ref().expect("is there");
    assert_eq!(person.name, CANARIES[0]);
    assert_eq!(owners[0].share, Some((1000, 1000)));
    assert!(!format!("{owners:?}").contains(CANARIES[0]));
    let written = "select count(*) from census.access
                    where by = 'ufficio inventato' and parcel = 'X001_000100.1' and persons = 1";
    assert_eq!(town.number(written).await, 1);

    // Updates go on top, a full supply replaces.
    let path = supply(&town, "seconda", "aggiornamento", 12_000, 2);
    assert!(!load(&town, &[path]).await.expect("loads").complete);
    let census = parcel_census(databases, &reference).await.expect("answers");
    assert_eq!(census.land.len(), 1);
    assert_eq!(census.land[0].area_m2, Some(12_000));
}

#[tokio::test]
async fn no_canary_is_where_the_servers_roles_can_read() {
    let town = Town::published().await;
    let path = supply(&town, "prima", "completa", 500, 1);
    load(&town, &[path]).await.expect("loads");
    // The roles of the server cannot even look.
    for role in [DbRole::Writer, DbRole::Reader] {
        let mut connection = town
            .db
            .databases
            .address
            .connect(role)
            .await
            .expect("connects");
        for table in ["land", "person", "title", "access"] {
            let query = format!("select count(*) from census.{table}");
            let refused = sqlx::query(sqlx::AssertSqlSafe(query))
                .execute(&mut connection)
                .await;
            let refused = refused.expect_err("is not theirs").to_string();
            assert!(refused.contains("permission denied"), "{refused}");
        }
        connection.close().await.expect("closes");
    }
    // Not a byte of any table holds one, those of the census included: it is encrypted.
    let mut connection = town.db.superuser().await;
    let tables: Vec<(String, String)> = sqlx::query_as(
        "select schemaname, tablename from pg_tables
          where schemaname in ('place', 'layer', 'data', 'person', 'audit', 'job', 'document', 'census')",
    )
    .fetch_all(&mut connection)
    .await
    .expect("answers");
    assert!(
        tables
            .iter()
            .any(|(schema, table)| schema == "census" && table == "person")
    );
    for (schema, table) in &tables {
        let query = format!(
            "select count(*) from {schema}.{table} as t
              where t::text like any (array['%{}%', '%{}%', '%{}%'])",
            CANARIES[0], CANARIES[1], CANARIES[2]
        );
        let found: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(query))
            .fetch_one(&mut connection)
            .await
            .expect("answers");
        assert_eq!(found, 0, "{schema}.{table}");
    }
    let hexed: String = CANARIES[0]
        .bytes()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let query =
        format!("select count(*) from census.person where encode(secret, 'hex') like '%{hexed}%'");
    assert_eq!(town.number(&query).await, 0);
    connection.close().await.expect("closes");
}

#[tokio::test]
async fn a_faulty_supply_stores_nothing_and_tells_no_value() {
    let town = Town::published().await;
    let path = supply(&town, "prima", "completa", 500, 1);
    let sog = format!(
        "X001||x|P|{}|{}|2|01011950|X999||\r\n",
        CANARIES[0], CANARIES[1]
    );
    std::fs::write(path.join("X001.SOG"), sog).expect("is ours");
    let refused = load(&town, std::slice::from_ref(&path))
        .await
        .expect_err("is faulty")
        .to_string();
    assert!(
        refused.contains("X001.SOG:1") && refused.contains("field 3"),
        "{refused}"
    );
    for canary in CANARIES {
        assert!(!refused.contains(canary), "{refused}");
    }
    assert_eq!(town.number("select count(*) from census.supply").await, 0);
    // Updates without a base, and another comune's supply.
    let path = supply(&town, "seconda", "aggiornamento", 500, 1);
    assert!(matches!(load(&town, &[path]).await, Err(Error::NoBase(_))));
    let path = supply(&town, "terza", "completa", 500, 1);
    let text = std::fs::read_to_string(path.join("X001.TER")).expect("is there");
    std::fs::write(path.join("X001.TER"), text.replace("X001||8", "X002||8")).expect("is ours");
    assert!(matches!(
        load(&town, &[path]).await,
        Err(Error::SeveralComuni(..))
    ));
    assert!(matches!(
        load(&town, &[Path::new("/nowhere").to_path_buf()]).await,
        Err(Error::NoFiles(_))
    ));
}

#[tokio::test]
async fn the_towns_census_joins_its_map() {
    let made = tempfile::tempdir().expect("temporary folders can be made");
    let plan = Plan {
        seed: 11,
        scale: Scale::Sample(300),
    };
    let summary = generate(&plan, made.path(), |_| ()).expect("is written");
    let written = summary.comuni.into_iter().next().expect("there is one");
    let town = Town::of(TestDb::new().await, "X100", "Roncaldera", 7791).await;
    for (layer, file) in [(SHEETS, &written.map), (PARCELS, &written.ple)] {
        let loaded = town
            .load(layer, std::slice::from_ref(file))
            .await
            .expect("loads");
        assert!(loaded.published, "{:?}", loaded.report);
    }
    let report = load(&town, &[written.office.expect("a town has one")])
        .await
        .expect("loads");
    assert_eq!(
        (report.not_on_map_count, report.without_number),
        (0, 0),
        "{report:?}"
    );
    assert!(report.joined > 200 && report.units > 10, "{report:?}");
    // One parcel in forty has another area; all the others agree to within 5 %.
    let share = report.areas_apart_count * 1000 / report.land;
    assert!((5..60).contains(&share), "{report:?}");
}
