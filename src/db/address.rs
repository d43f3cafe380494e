//! Where a database is and how each role signs in.

use std::fmt;
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{Connection, PgConnection};

use super::Error;
use crate::config::DatabaseUrl;

/// Port that names the socket file of the private cluster; nothing listens on it.
pub(super) const SOCKET_PORT: u16 = 5432;

/// The superuser of the private cluster.
pub(super) const SUPERUSER: &str = "postgres";

/// A role of the program in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DbRole {
    /// Owns the schema and runs migrations.
    Owner,
    /// Adds rows; the server writes with it.
    Writer,
    /// Reads what is public, for at most two seconds a statement.
    Reader,
    /// Reads and adds to the census of land and buildings, which holds personal data; nobody
    /// else can.
    Census,
}

impl DbRole {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Writer, Self::Reader, Self::Census];

    /// The name of the role in PostgreSQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "mappale_owner",
            Self::Writer => "mappale_writer",
            Self::Reader => "mappale_reader",
            Self::Census => "mappale_census",
        }
    }

    /// Settings of every session of the role: name and value.
    pub(super) fn settings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Owner => &[("search_path", "public"), ("lock_timeout", "30s")],
            Self::Writer => &[
                ("search_path", "public"),
                ("lock_timeout", "30s"),
                ("idle_in_transaction_session_timeout", "60s"),
            ],
            Self::Census => &[
                ("search_path", "public"),
                ("lock_timeout", "30s"),
                ("idle_in_transaction_session_timeout", "60s"),
            ],
            Self::Reader => &[
                ("search_path", "public"),
                ("statement_timeout", "2s"),
                ("default_transaction_read_only", "on"),
                ("idle_in_transaction_session_timeout", "10s"),
            ],
        }
    }
}

/// How a session becomes one of our roles.
#[derive(Debug, Clone, Copy)]
enum SignIn {
    /// It signs in as the role: the private cluster, which believes the operating system.
    AsRole,
    /// It signs in as the user of the address and takes on the role.
    TakeRole,
}

/// A database and the way into it, for each role.
#[derive(Debug, Clone)]
pub struct Address {
    options: PgConnectOptions,
    sign_in: SignIn,
    shown: String,
    password: Option<String>,
}

impl Address {
    /// The address of a database of the private cluster.
    pub(super) fn of_socket(folder: &std::path::Path, database: &str) -> Self {
        let options = PgConnectOptions::new_without_pgpass()
            .socket(folder)
            .port(SOCKET_PORT)
            .username(SUPERUSER)
            .ssl_mode(PgSslMode::Disable)
            .application_name("mappale")
            .database(database);
        Self {
            options,
            sign_in: SignIn::AsRole,
            shown: format!("database {database} at {}", folder.display()),
            password: None,
        }
    }

    /// The address that `DATABASE_URL` gives.
    ///
    /// # Errors
    /// When it is no good address.
    pub fn of_url(url: &DatabaseUrl) -> Result<Self, Error> {
        let options =
            PgConnectOptions::from_str(url.expose()).map_err(|source| Error::Address {
                address: url.to_string(),
                source,
            })?;
        Ok(Self {
            options: options.application_name("mappale"),
            sign_in: SignIn::TakeRole,
            shown: url.to_string(),
            password: password(url.expose()),
        })
    }

    /// Name of the database.
    pub(super) fn database(&self) -> &str {
        let options = &self.options;
        options.get_database().unwrap_or(options.get_username())
    }

    /// The same as variables that the programs of PostgreSQL read.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        let options = &self.options;
        let host = match options.get_socket() {
            Some(folder) => folder.display().to_string(),
            None => options.get_host().to_owned(),
        };
        let mut variables = vec![
            ("PGHOST", host),
            ("PGPORT", options.get_port().to_string()),
            ("PGUSER", options.get_username().to_owned()),
            ("PGDATABASE", self.database().to_owned()),
        ];
        if let Some(password) = &self.password {
            variables.push(("PGPASSWORD", password.clone()));
        }
        variables
    }

    /// Whether this is a server that was given by its address.
    pub fn is_given(&self) -> bool {
        matches!(self.sign_in, SignIn::TakeRole)
    }

    /// Connection options of a role, with its settings.
    pub fn options(&self, role: DbRole) -> PgConnectOptions {
        let options = match self.sign_in {
            SignIn::AsRole => self.options.clone().username(role.name()),
            SignIn::TakeRole => self.options.clone().options([("role", role.name())]),
        };
        options.options(role.settings().iter().copied())
    }

    /// Opens one connection of a role.
    ///
    /// # Errors
    /// When the server does not answer or refuses.
    pub async fn connect(&self, role: DbRole) -> Result<PgConnection, Error> {
        self.open(&self.options(role)).await
    }

    /// Opens one connection of the user of the address, for a private cluster its superuser.
    pub(super) async fn connect_as_given(&self) -> Result<PgConnection, Error> {
        self.open(&self.options).await
    }

    async fn open(&self, options: &PgConnectOptions) -> Result<PgConnection, Error> {
        PgConnection::connect_with(options)
            .await
            .map_err(|source| Error::Connect {
                server: self.shown.clone(),
                source,
            })
    }
}

/// The password of an address, decoded; libpq alone would read it from a command line.
fn password(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    let mut bytes = Vec::new();
    let mut left = password.bytes();
    while let Some(byte) = left.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [left.next()?, left.next()?];
        let digits = std::str::from_utf8(&digits).ok()?.to_owned();
        bytes.push(u8::from_str_radix(&digits, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::password;

    #[test]
    fn a_password_is_decoded() {
        let found = |url| password(url);
        assert_eq!(
            found("postgres://anna:se%40gr%3Aeta@db/m").as_deref(),
            Some("se@gr:eta")
        );
        assert_eq!(found("postgres://anna@db/m"), None);
        assert_eq!(found("postgres://db/m?x=a:b@c"), None);
    }
}
