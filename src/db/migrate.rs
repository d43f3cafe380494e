//! Migrations and versions.

use std::sync::LazyLock;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Connection, Row, SqlSafeStr};

use super::Error;
use super::address::DbRole;
use super::pool::Databases;

/// Table in which the runner notes what it applied.
const TABLE: &str = "audit.migration";

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../migrations/", $name, ".sql")))),*]
    };
}

/// Every migration, in the order in which they are applied.
const MIGRATIONS: &[(&str, &str)] = migrations![
    "0001_schemas_and_roles",
    "0002_place",
    "0003_layer",
    "0004_session",
    "0005_reading",
    "0006_two_times",
    "0007_plan",
    "0008_lineage",
    "0009_fact_report",
    "0010_practice",
    "0011_certificate",
    "0012_gis",
    "0013_receipt",
    "0014_sheet_system",
    "0015_national_member",
    "0016_census",
    "0017_live",
    "0018_who_may_see",
    "0019_place_of_practice",
    "0020_erasure",
    "0021_page_rating",
    "0022_bulk_load",
];

static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| {
    let migrations = MIGRATIONS
        .iter()
        .map(|(name, sql)| {
            let (number, words) = name.split_once('_').unwrap_or((name, ""));
            Migration::new(
                number.parse().unwrap_or_default(),
                words.replace('_', " ").into(),
                MigrationType::Simple,
                sql.into_sql_str(),
                false,
            )
        })
        .collect();
    let mut migrator = Migrator::with_migrations(migrations);
    migrator.create_schema("audit");
    migrator.dangerous_set_table_name(TABLE);
    migrator
});

/// A migration that the database has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// Its number.
    pub number: i64,
    /// What it brought.
    pub description: String,
    /// When it was applied, in UTC, as PostgreSQL prints it.
    pub at: String,
}

/// How far a database is with the migrations of this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationState {
    /// Those that the database has, in order.
    pub applied: Vec<AppliedMigration>,
    /// Numbers and descriptions of those that it lacks, in order.
    pub pending: Vec<(i64, String)>,
    /// Numbers that this program does not know: the database belongs to a newer one.
    pub unknown: Vec<i64>,
}

/// Versions of everything that computes in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// PostgreSQL.
    pub postgresql: String,
    /// PostGIS.
    pub postgis: String,
    /// GEOS, which PostGIS computes with.
    pub geos: String,
    /// PROJ, which PostGIS transforms coordinates with.
    pub proj: String,
}

impl Databases {
    /// Applies the migrations that are missing and returns how many those were.
    ///
    /// Two programs that do so at once take turns: the runner holds an advisory lock of the
    /// database, on a connection that is closed afterwards in any case.
    ///
    /// # Errors
    /// When one fails, was changed after it had been applied, or is unknown here.
    pub async fn migrate(&self) -> Result<usize, Error> {
        let mut owner = self.address.connect(DbRole::Owner).await?;
        // Waiting for the other one's turn may take as long as its migrations do.
        sqlx::query("set lock_timeout = 0")
            .execute(&mut owner)
            .await?;
        sqlx::query("set client_min_messages = warning")
            .execute(&mut owner)
            .await?;
        let before = count(&mut owner).await?;
        let done = MIGRATOR.run_direct(None, &mut owner, false).await;
        let after = count(&mut owner).await?;
        owner.close().await?;
        done?;
        Ok(usize::try_from(after - before).unwrap_or(0))
    }

    /// Which migrations the database has, lacks, or has beyond this program.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn migration_state(&self) -> Result<MigrationState, Error> {
        let mut owner = self.address.connect(DbRole::Owner).await?;
        let mut applied = Vec::new();
        if has_table(&mut owner).await? {
            let rows = sqlx::query(
                "select version, description,
                        to_char(installed_on at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')
                 from audit.migration order by version",
            )
            .fetch_all(&mut owner)
            .await?;
            for row in rows {
                applied.push(AppliedMigration {
                    number: row.try_get(0)?,
                    description: row.try_get(1)?,
                    at: row.try_get(2)?,
                });
            }
        }
        owner.close().await?;
        let has = |number: i64| applied.iter().any(|done| done.number == number);
        Ok(MigrationState {
            pending: MIGRATOR
                .iter()
                .filter(|migration| !has(migration.version))
                .map(|migration| (migration.version, migration.description.to_string()))
                .collect(),
            unknown: applied
                .iter()
                .map(|done| done.number)
                .filter(|number| !MIGRATOR.version_exists(*number))
                .collect(),
            applied,
        })
    }

    /// The versions of PostgreSQL and of what PostGIS is made of.
    ///
    /// # Errors
    /// When the database does not answer or has no PostGIS.
    pub async fn versions(&self) -> Result<Versions, Error> {
        let row = sqlx::query(
            "select current_setting('server_version'), postgis_lib_version(),
                    postgis_geos_version(), postgis_proj_version()",
        )
        .fetch_one(&self.reader)
        .await?;
        Ok(Versions {
            postgresql: row.try_get(0)?,
            postgis: row.try_get(1)?,
            geos: row.try_get(2)?,
            proj: row.try_get(3)?,
        })
    }
}

async fn has_table(owner: &mut sqlx::PgConnection) -> Result<bool, Error> {
    let table = sqlx::query_scalar("select to_regclass('audit.migration') is not null")
        .fetch_one(owner)
        .await?;
    Ok(table)
}

async fn count(owner: &mut sqlx::PgConnection) -> Result<i64, Error> {
    if !has_table(owner).await? {
        return Ok(0);
    }
    let applied = sqlx::query_scalar("select count(*) from audit.migration")
        .fetch_one(owner)
        .await?;
    Ok(applied)
}

/// A hash of all migrations: two programs with the same one make the same schema.
pub fn fingerprint() -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for migration in MIGRATOR.iter() {
        hash.update(&*migration.checksum);
    }
    let hash = hash.finalize();
    hash.iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder of migrations is part of the source")
            .flatten()
            .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".sql")?.to_owned()))
            .collect();
        files.sort();
        let listed: Vec<&str> = MIGRATIONS.iter().map(|(name, _)| *name).collect();
        assert_eq!(files, listed);
        for (place, migration) in MIGRATOR.iter().enumerate() {
            assert_eq!(migration.version, place as i64 + 1);
        }
    }
}
