//! The pools of the program, one for each thing it may do.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;

use super::address::{Address, DbRole};
use super::cluster::Cluster;
use super::{Error, bootstrap};
use crate::config::Config;

/// How long a caller waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// How long [`Databases::ping`] waits for an answer.
const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// Connections of one process for writing, and as many for reading.
const CONNECTIONS: u32 = 8;

/// The ways into the database; cheap to clone.
#[derive(Debug, Clone)]
pub struct Databases {
    /// Where the database is; gives single connections, also as the owner of the schema.
    pub address: Address,
    /// Adds rows. Transactions on it go through [`super::in_transaction`].
    pub writer: PgPool,
    /// Reads the schemas `place`, `layer` and `data`; a statement ends after 2 s.
    pub reader: PgPool,
    cluster: Option<Cluster>,
}

impl Databases {
    /// Opens the database of the settings: that of `DATABASE_URL`, else the private cluster,
    /// which is made and started where necessary. The schema is not touched.
    ///
    /// # Errors
    /// When the cluster does not start, the server does not answer, or something is missing
    /// that only its administrator can give.
    pub async fn open(config: &Config) -> Result<Self, Error> {
        match &config.database_url {
            Some(url) => {
                let address = Address::of_url(url)?;
                bootstrap::given_server(&address).await?;
                Ok(Self::at(address, None))
            }
            None => {
                let cluster = Cluster::open(config)?;
                let address = cluster.ensure_running().await?;
                Ok(Self::at(address, Some(cluster)))
            }
        }
    }

    fn at(address: Address, cluster: Option<Cluster>) -> Self {
        let pool = |role| {
            PgPoolOptions::new()
                .max_connections(CONNECTIONS)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                .idle_timeout(Duration::from_secs(300))
                .max_lifetime(Duration::from_secs(1800))
                .connect_lazy_with(address.options(role))
        };
        Self {
            writer: pool(DbRole::Writer),
            reader: pool(DbRole::Reader),
            address,
            cluster,
        }
    }

    /// The private cluster, unless the server was given by its address.
    pub fn cluster(&self) -> Option<&Cluster> {
        self.cluster.as_ref()
    }

    /// Starts the private cluster again when it has stopped; does nothing for a given server.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn revive(&self) -> Result<(), Error> {
        if let Some(cluster) = &self.cluster {
            cluster.ensure_running().await?;
        }
        Ok(())
    }

    /// Returns when the database has answered a reader, or tells why it has not.
    ///
    /// # Errors
    /// When no answer comes within 2 s, or a refusal.
    pub async fn ping(&self) -> Result<(), Error> {
        let answer = sqlx::query_scalar::<_, i32>("select 1").fetch_one(&self.reader);
        match tokio::time::timeout(PING_TIMEOUT, answer).await {
            Ok(answer) => answer.map(|_| ()).map_err(Error::from),
            Err(_) => Err(Error::Slow(PING_TIMEOUT)),
        }
    }

    /// Closes all connections of both pools, waiting for those in use.
    pub async fn close(&self) {
        self.writer.close().await;
        self.reader.close().await;
    }
}
