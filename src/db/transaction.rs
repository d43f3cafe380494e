//! Transactions that a caller who goes away cannot leave half-way.
//!
//! A future dropped while it awaits `BEGIN` leaves, in sqlx up to 0.9.0, a connection in
//! the pool that is inside a transaction without knowing it (transact-rs/sqlx #4385,
//! #4393). A web server drops the future of every request whose client disconnects, so
//! here `BEGIN` always runs in a task of its own, and so does a whole transaction that
//! writes: it commits or rolls back whoever is still waiting for it.

use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;

use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use tracing::Instrument;

use super::Error;
use crate::access::Viewer;

/// A future on the heap that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A transaction; dropped without [`Tx::commit`] it is rolled back.
///
/// It dereferences to the connection: `query.execute(&mut **tx)` on a `&mut Tx`.
#[derive(Debug)]
pub struct Tx(Transaction<'static, Postgres>);

impl Tx {
    /// Begins a transaction on a connection of the pool; for reading several things as of
    /// one moment. What writes goes through [`in_transaction`].
    ///
    /// # Errors
    /// When no connection is free in time, or the server refuses.
    pub async fn begin(pool: &PgPool) -> Result<Self, Error> {
        let pool = pool.clone();
        let begun = tokio::spawn(async move { pool.begin().await }.in_current_span());
        Ok(Self(finished(begun.await)??))
    }

    /// Begins a transaction in which row-level security knows who asks: their role, for whom they
    /// act, and who they are. Without it the tables of practices show no row.
    ///
    /// # Errors
    /// When no connection is free in time, or the server refuses.
    pub async fn for_viewer(pool: &PgPool, viewer: &Viewer) -> Result<Self, Error> {
        let mut tx = Self::begin(pool).await?;
        tx.set_viewer(viewer).await?;
        Ok(tx)
    }

    /// Begins a transaction for the program itself, which sees everything: jobs, verification,
    /// the desk's index. Never for an answer to somebody.
    ///
    /// # Errors
    /// When no connection is free in time, or the server refuses.
    pub async fn for_system(pool: &PgPool) -> Result<Self, Error> {
        let mut tx = Self::begin(pool).await?;
        tx.see_all().await?;
        Ok(tx)
    }

    /// Makes a transaction that has begun one of the program itself: see [`Tx::for_system`].
    ///
    /// # Errors
    /// When the server refuses or goes away.
    pub async fn see_all(&mut self) -> Result<(), Error> {
        self.set_context("system", "", "", "").await
    }

    /// Begins a transaction for somebody who has nothing but a link to one practice.
    ///
    /// # Errors
    /// When no connection is free in time, or the server refuses.
    pub async fn for_link(pool: &PgPool, practice: uuid::Uuid) -> Result<Self, Error> {
        let mut tx = Self::begin(pool).await?;
        tx.set_context("link", "", "", &practice.to_string())
            .await?;
        Ok(tx)
    }

    async fn set_viewer(&mut self, viewer: &Viewer) -> Result<(), Error> {
        let role = viewer.role().map_or("anonymous", |role| role.as_str());
        let person = viewer.person().unwrap_or_default();
        let agent = viewer.agent().unwrap_or_default();
        self.set_context(role, person, agent, "").await
    }

    async fn set_context(
        &mut self,
        viewer: &str,
        person: &str,
        agent: &str,
        practice: &str,
    ) -> Result<(), Error> {
        sqlx::query(
            "select set_config('mappale.viewer', $1, true), set_config('mappale.person', $2, true),
                    set_config('mappale.agent', $3, true), set_config('mappale.practice', $4, true)",
        )
        .bind(viewer)
        .bind(person)
        .bind(agent)
        .bind(practice)
        .execute(&mut **self)
        .await?;
        Ok(())
    }

    /// Makes what the transaction did durable.
    ///
    /// # Errors
    /// When the server refuses or goes away; in the latter case the outcome is unknown.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.0.commit().await?)
    }

    /// Undoes what the transaction did.
    ///
    /// # Errors
    /// When the server goes away; it then undoes by itself.
    pub async fn rollback(self) -> Result<(), Error> {
        Ok(self.0.rollback().await?)
    }
}

impl Deref for Tx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

/// Runs a transaction to its end, also when the caller stops waiting, and returns what the
/// work returned. The work's success commits, its error rolls back.
///
/// ```ignore
/// let id = in_transaction(&databases.writer, move |tx| Box::pin(async move {
///     let id = insert(&mut *tx, &row).await?;
///     job::announce(tx, PUBLISHED, &id.to_string()).await?;
///     Ok::<_, layer::Error>(id)
/// })).await?;
/// ```
///
/// # Errors
/// Those of the work, and those of beginning and committing.
pub async fn in_transaction<T, E, F>(pool: &PgPool, work: F) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    run(pool, Context::None, work).await
}

/// As [`in_transaction`], in the name of a viewer: see [`Tx::for_viewer`].
///
/// # Errors
/// Those of the work, and those of beginning and committing.
pub async fn in_transaction_for<T, E, F>(pool: &PgPool, viewer: &Viewer, work: F) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    run(pool, Context::Viewer(viewer.clone()), work).await
}

/// As [`in_transaction`], for the program itself: see [`Tx::for_system`].
///
/// # Errors
/// Those of the work, and those of beginning and committing.
pub async fn in_transaction_for_system<T, E, F>(pool: &PgPool, work: F) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    run(pool, Context::System, work).await
}

/// As [`in_transaction`], for who has nothing but a link: see [`Tx::for_link`].
///
/// # Errors
/// Those of the work, and those of beginning and committing.
pub async fn in_transaction_for_link<T, E, F>(
    pool: &PgPool,
    practice: uuid::Uuid,
    work: F,
) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    run(pool, Context::Link(practice), work).await
}

/// In whose name a transaction is.
enum Context {
    None,
    Viewer(Viewer),
    System,
    Link(uuid::Uuid),
}

async fn run<T, E, F>(pool: &PgPool, context: Context, work: F) -> Result<T, E>
where
    F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    let pool = pool.clone();
    let task = async move {
        let mut tx = Tx(pool.begin().await.map_err(Error::from)?);
        match &context {
            Context::None => {}
            Context::Viewer(viewer) => tx.set_viewer(viewer).await?,
            Context::System => tx.set_context("system", "", "", "").await?,
            Context::Link(practice) => {
                let practice = practice.to_string();
                tx.set_context("link", "", "", &practice).await?;
            }
        }
        match work(&mut tx).await {
            Ok(value) => {
                tx.commit().await?;
                Ok(value)
            }
            Err(error) => {
                // The first error is the one to tell; a connection that cannot even roll
                // back is closed by the pool.
                if let Err(second) = tx.rollback().await {
                    tracing::warn!(error = %second, "rollback failed");
                }
                Err(error)
            }
        }
    };
    finished(tokio::spawn(task.in_current_span()).await)?
}

/// What a task returned; its panic goes on in the caller.
fn finished<T>(outcome: Result<T, tokio::task::JoinError>) -> Result<T, Error> {
    match outcome {
        Ok(value) => Ok(value),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Error::Stopping),
        },
    }
}
