//! The hearing side of announcements.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::{CHANNEL, Topic};
use crate::db::{Databases, DbRole};

/// State is read anew at least this often, announced or not.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Waits between attempts to reconnect grow from the first to the second.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Announcements that wait for a slow hearer before the connection itself waits.
const WAITING: usize = 256;

/// A reason to read state anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wake {
    /// Somebody announced something.
    Announced {
        /// The name of the topic.
        topic: String,
        /// The payload; to be checked like everything that comes from outside.
        payload: String,
    },
    /// Something may have been missed, or five seconds are over: read everything anew.
    Everything,
}

impl Wake {
    /// Whether state of this topic is to be read anew.
    pub fn concerns(&self, wanted: Topic) -> bool {
        match self {
            Self::Announced { topic, .. } => topic == wanted.as_str(),
            Self::Everything => true,
        }
    }

    fn of_text(text: &str) -> Self {
        match text.split_once(' ') {
            Some((topic, payload)) => Self::Announced {
                topic: topic.to_owned(),
                payload: payload.to_owned(),
            },
            None => Self::Everything,
        }
    }
}

/// Hears announcements on a connection of its own, which it opens again whenever it is lost.
#[derive(Debug)]
pub struct Listener {
    wakes: mpsc::Receiver<Wake>,
    last_everything: Option<Instant>,
    task: JoinHandle<()>,
}

impl Listener {
    /// Starts to listen; returns at once, whether or not the database answers.
    pub fn start(databases: &Databases) -> Self {
        let (sender, wakes) = mpsc::channel(WAITING);
        let options = databases.address.options(DbRole::Reader);
        Self {
            wakes,
            last_everything: None,
            task: tokio::spawn(listen(options, sender)),
        }
    }

    /// Waits for the next reason to read state anew; the first comes at once.
    ///
    /// Dropping the future loses nothing.
    pub async fn next(&mut self) -> Wake {
        let wake = match self.last_everything {
            None => Wake::Everything,
            Some(last) => match timeout_at(last + LOOK_AGAIN, self.wakes.recv()).await {
                Ok(Some(wake)) => wake,
                // The task ends only with the runtime.
                Ok(None) => {
                    tokio::time::sleep_until(last + LOOK_AGAIN).await;
                    Wake::Everything
                }
                Err(_) => Wake::Everything,
            },
        };
        if wake == Wake::Everything {
            self.last_everything = Some(Instant::now());
        }
        wake
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Listens until nobody hears any more.
async fn listen(options: PgConnectOptions, hearer: mpsc::Sender<Wake>) {
    let mut wait = BACK_OFF.0;
    loop {
        let error = match connect(&options).await {
            Ok(mut listener) => {
                wait = BACK_OFF.0;
                match hand_on(&mut listener, &hearer).await {
                    Some(error) => error,
                    None => return,
                }
            }
            Err(error) => error,
        };
        tracing::warn!(%error, wait_ms = wait.as_millis(), "announcements are not heard");
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(BACK_OFF.1);
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgListener, sqlx::Error> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_lazy_with(options.clone());
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.ignore_pool_close_event(true);
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Hands announcements on until the connection is lost (the error) or nobody hears.
async fn hand_on(listener: &mut PgListener, hearer: &mpsc::Sender<Wake>) -> Option<sqlx::Error> {
    // What happened before this connection listened may have been missed.
    let mut wake = Wake::Everything;
    loop {
        hearer.send(wake).await.ok()?;
        wake = match listener.try_recv().await {
            Ok(Some(notification)) => Wake::of_text(notification.payload()),
            Ok(None) => {
                return Some(sqlx::Error::Io(
                    std::io::ErrorKind::ConnectionAborted.into(),
                ));
            }
            Err(error) => return Some(error),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: Topic = Topic::new("layer.published");

    #[test]
    fn a_text_is_a_topic_and_a_payload() {
        let wake = Wake::of_text("layer.published 17 x");
        assert!(wake.concerns(PUBLISHED));
        assert!(!wake.concerns(Topic::new("layer")));
        assert_eq!(
            wake,
            Wake::Announced {
                topic: "layer.published".to_owned(),
                payload: "17 x".to_owned()
            }
        );
    }

    #[test]
    fn a_strange_text_concerns_everybody() {
        assert!(Wake::of_text("?").concerns(PUBLISHED));
    }
}
