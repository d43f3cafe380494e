//! The whole database as one file, and back: `pg_dump` and `pg_restore` of the server's version.

use std::path::Path;
use std::process::Stdio;

use sqlx::Connection as _;
use tokio::process::Command;

use super::Error;
use super::address::DbRole;
use super::pool::Databases;

const OURS: &str = "
    select nspname::text from pg_namespace
    where nspowner = (select oid from pg_roles where rolname = 'mappale_owner')
    order by 1";

// The only right that stands outside the schemas: see the first migration.
const OUTSIDE: &str = "alter default privileges revoke execute on functions from public";

impl Databases {
    /// The schemas that are ours, as they are in the database now; none before the first migration.
    ///
    /// # Errors
    /// When the server does not answer.
    pub async fn schemas(&self) -> Result<Vec<String>, Error> {
        let mut owner = self.address.connect(DbRole::Owner).await?;
        let schemas = sqlx::query_scalar(OURS).fetch_all(&mut owner).await?;
        owner.close().await?;
        Ok(schemas)
    }

    /// Writes our schemas into a file, as of one moment.
    ///
    /// # Errors
    /// [`Error::Tool`] with what `pg_dump` says.
    pub async fn dump(&self, bin: &Path, file: &Path) -> Result<(), Error> {
        let mut command = self.tool(bin, "pg_dump");
        command.arg("--format=custom").arg("--compress=6");
        for schema in self.schemas().await? {
            command.arg(format!("--schema={schema}"));
        }
        command.arg("--role=mappale_owner").arg("--file").arg(file);
        finished("pg_dump", command).await
    }

    /// Brings what [`Databases::dump`] wrote into a database without our schemas, whole or not at all.
    ///
    /// # Errors
    /// [`Error::Tool`] with what `pg_restore` says.
    pub async fn restore(&self, bin: &Path, file: &Path) -> Result<(), Error> {
        let mut command = self.tool(bin, "pg_restore");
        let database = self.address.database();
        command
            .arg(format!("--dbname={database}"))
            .args(["--exit-on-error", "--single-transaction", "--no-owner"])
            .arg("--role=mappale_owner")
            .arg(file);
        finished("pg_restore", command).await?;
        let mut owner = self.address.connect(DbRole::Owner).await?;
        sqlx::raw_sql(OUTSIDE).execute(&mut owner).await?;
        owner.close().await?;
        Ok(())
    }

    /// A program of PostgreSQL that connects where we do.
    fn tool(&self, bin: &Path, name: &str) -> Command {
        let mut command = Command::new(bin.join(name));
        command
            .envs(self.address.variables())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }
}

async fn finished(tool: &'static str, mut command: Command) -> Result<(), Error> {
    let fault = |said: String| Error::Tool { tool, said };
    let output = command
        .output()
        .await
        .map_err(|error| fault(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(fault(said.trim().chars().take(2000).collect()))
}
