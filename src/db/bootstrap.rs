//! What must exist before migrations can run: the roles, the database, PostGIS.
//!
//! In the private cluster the superuser makes all of it. On a server that was given by its
//! address we make what we may, and name the statement for what we may not.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::address::{Address, DbRole};
use super::{Error, code};

/// Name of our database in the private cluster.
pub(super) const DATABASE: &str = "mappale";

/// Lock that lets one process at a time make roles, databases and extensions; any number
/// that nobody else uses.
const LOCK: i64 = 0x6d61_7070_616c_6501;

const ROLES: &str = "\
    select array_agg(rolname::text) from pg_roles
    where rolname in ('mappale_owner', 'mappale_writer', 'mappale_reader', 'mappale_census')";

const POSTGIS: &str = "select exists (select from pg_extension where extname = 'postgis')";

/// Makes roles, database and extension of a private cluster, as far as they are missing.
///
/// The extension comes last, so where it stands everything else does; a process killed
/// half-way is made good by the next.
pub(super) async fn private_cluster(socket: &std::path::Path) -> Result<Address, Error> {
    let ours = Address::of_socket(socket, DATABASE);
    match ours.connect_as_given().await {
        Ok(mut connection) => {
            let complete: bool = sqlx::query_scalar(POSTGIS)
                .fetch_one(&mut connection)
                .await?;
            let present: Option<Vec<String>> =
                sqlx::query_scalar(ROLES).fetch_one(&mut connection).await?;
            connection.close().await?;
            // A cluster of an older version lacks the roles that came since.
            let all = present.is_some_and(|present| present.len() == DbRole::ALL.len());
            if complete && all {
                return Ok(ours);
            }
        }
        // 3D000: the database does not exist yet.
        Err(error) if error.code().as_deref() == Some("3D000") => {}
        Err(error) => return Err(error),
    }
    let mut maintenance = Address::of_socket(socket, "postgres")
        .connect_as_given()
        .await?;
    lock(&mut maintenance).await?;
    let present: Option<Vec<String>> = sqlx::query_scalar(ROLES)
        .fetch_one(&mut maintenance)
        .await?;
    let present = present.unwrap_or_default();
    for role in DbRole::ALL {
        let name = role.name();
        if !present.iter().any(|have| have == name) {
            run(&mut maintenance, format!("create role {name} login")).await?;
        }
        for (setting, value) in role.settings() {
            let statement = format!("alter role {name} set {setting} = '{value}'");
            run(&mut maintenance, statement).await?;
        }
    }
    create_database(&mut maintenance, DATABASE).await?;
    maintenance.close().await?;

    let mut connection = ours.connect_as_given().await?;
    lock(&mut connection).await?;
    sqlx::query("create extension if not exists postgis")
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(ours)
}

/// Waits until nobody else prepares this database, until the session ends.
///
/// The server goes on with a statement whose client was killed, `create database` for one, and
/// that session keeps the lock until it is done: so the next process finds either nothing or
/// the whole, and never an error for what appears under its hands.
async fn lock(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query("select pg_advisory_lock($1)")
        .bind(LOCK)
        .execute(connection)
        .await?;
    Ok(())
}

/// Makes a database that only our roles may use, unless it exists.
async fn create_database(maintenance: &mut PgConnection, name: &str) -> Result<(), Error> {
    let statement = format!("create database {name} owner mappale_owner");
    match sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(&mut *maintenance)
        .await
    {
        Ok(_) => {}
        // 42P04: it exists already.
        Err(error) if code(&error).as_deref() == Some("42P04") => {}
        Err(error) => return Err(error.into()),
    }
    run(
        maintenance,
        format!(
            "revoke all on database {name} from public;
             grant connect, temporary on database {name} to mappale_writer;
             grant connect on database {name} to mappale_reader;
             grant connect on database {name} to mappale_census"
        ),
    )
    .await
}

/// Checks a server that was given by its address, and makes what is missing and may be made.
///
/// # Errors
/// When something is missing that we may not make; the error has the statement for it.
pub(super) async fn given_server(address: &Address) -> Result<(), Error> {
    let mut connection = address.connect_as_given().await?;
    lock(&mut connection).await?;
    let made = make_on_given_server(&mut connection).await;
    // Closing the session gives the lock back, whatever happened.
    connection.close().await?;
    made?;
    for role in DbRole::ALL {
        match address.connect(role).await {
            Ok(connection) => connection.close().await?,
            Err(error) if error.code().as_deref() == Some("42501") => {
                return Err(Error::Missing {
                    what: format!("we may not take on the role {}", role.name()),
                    statement: format!("grant {} to <user of DATABASE_URL>", role.name()),
                });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn make_on_given_server(connection: &mut PgConnection) -> Result<(), Error> {
    let present: Option<Vec<String>> = sqlx::query_scalar(ROLES)
        .fetch_one(&mut *connection)
        .await?;
    let present = present.unwrap_or_default();
    // Quoted by the server, for use in statements.
    let (user, database): (String, String) =
        sqlx::query_as("select quote_ident(current_user), quote_ident(current_database())")
            .fetch_one(&mut *connection)
            .await?;
    for role in DbRole::ALL {
        let name = role.name();
        if !present.iter().any(|have| have == name) {
            let statement = format!("create role {name} nologin; grant {name} to {user}");
            let what = format!("role {name} does not exist and we may not create it");
            make(connection, statement, what).await?;
        }
        let member: bool = sqlx::query_scalar("select pg_has_role(current_user, $1, 'member')")
            .bind(name)
            .fetch_one(&mut *connection)
            .await?;
        if !member {
            let statement = format!("grant {name} to {user}");
            let what = format!("user {user} is no member of the role {name}");
            make(connection, statement, what).await?;
        }
    }
    let may_create: bool = sqlx::query_scalar(
        "select has_database_privilege('mappale_owner', current_database(), 'create')",
    )
    .fetch_one(&mut *connection)
    .await?;
    if !may_create {
        let statement = format!("grant create on database {database} to mappale_owner");
        let what = format!("mappale_owner may not create schemas in database {database}");
        make(connection, statement, what).await?;
    }
    let postgis: bool = sqlx::query_scalar(POSTGIS)
        .fetch_one(&mut *connection)
        .await?;
    if !postgis {
        let statement = "create extension postgis".to_owned();
        let what = format!("database {database} has no PostGIS");
        make(connection, statement, what).await?;
    }
    Ok(())
}

/// Runs a statement whose failure means that an administrator has to run it.
async fn make(connection: &mut PgConnection, statement: String, what: String) -> Result<(), Error> {
    match sqlx::raw_sql(AssertSqlSafe(statement.clone()))
        .execute(connection)
        .await
    {
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(error)) => Err(Error::Missing {
            what: format!("{what} ({})", error.message()),
            statement,
        }),
        Err(error) => Err(error.into()),
    }
}

/// Runs statements put together from names of ours alone.
async fn run(connection: &mut PgConnection, statement: String) -> Result<(), Error> {
    sqlx::raw_sql(AssertSqlSafe(statement))
        .execute(connection)
        .await?;
    Ok(())
}
