//! Submissions while everything is killed, and many equal ones at once.
//!
//! What was acknowledged is noted here, outside of what is killed: a submission counts as
//! acknowledged when its answer has arrived with the address of the practice.

mod applicant;
mod equal;
mod killed;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use mappale::db::{Databases, DbRole, Tx};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::server::Server;

use applicant::{Applicant, Filing};

/// Where the program can be held between key and answer, in their order.
const POINTS: [&str; 7] = [
    "submission-key",
    "submission-number",
    "submission-practice",
    "submission-event",
    "submission-outbox",
    "submission-commit",
    "submission-answer",
];

/// Somebody who files, and what was acknowledged to them.
struct Journal {
    applicant: Applicant,
    acknowledged: BTreeMap<Filing, String>,
}

impl Deref for Journal {
    type Target = Applicant;

    fn deref(&self) -> &Applicant {
        &self.applicant
    }
}

impl Journal {
    /// Signs in, prepares a draft, and has nothing acknowledged.
    async fn new(server: &Server) -> Self {
        Self {
            // Servers come and go: no connection is kept.
            applicant: Applicant::new(server.address, applicant::client(0)).await,
            acknowledged: BTreeMap::new(),
        }
    }

    /// Notes an answer; the same filing has always the same.
    fn note(&mut self, filing: Filing, practice: String) {
        let before = self
            .acknowledged
            .entry(filing)
            .or_insert_with(|| practice.clone());
        assert_eq!(*before, practice, "{filing:?} was answered differently");
    }

    /// Sends again what has no answer yet, with the same key, until it has one; then everything
    /// of these filings once more.
    async fn settle(&mut self, server: &Server, filings: &[Filing]) {
        let start = Instant::now();
        for filing in filings {
            while !self.acknowledged.contains_key(filing) {
                if let Some(practice) = self.send(server.address, *filing).await {
                    self.note(*filing, practice);
                } else {
                    assert!(start.elapsed() < LIMIT, "{filing:?} is not answered");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
            let again = self
                .send(server.address, *filing)
                .await
                .expect("is answered again");
            self.note(*filing, again);
        }
    }

    /// What is wrong in the database, by what was acknowledged.
    async fn faults(&self, databases: &Databases) -> Vec<String> {
        let mut tx = Tx::for_system(&databases.writer).await.expect("begins");
        let mut faults = Vec::new();
        type Row = (Uuid, Uuid, Uuid, i32, i64, i64, i64, bool);
        let rows: Vec<Row> = sqlx::query_as(
            "select id, draft_id, idempotency_key, number,
                    (select count(*) from practice.event
                      where practice_id = practice.id and seq = 1 and kind = 'submitted'),
                    (select count(*) from practice.outbox
                      where practice_id = practice.id and kind = 'receipt'),
                    (select count(*) from practice.follow where practice_id = practice.id),
                    coalesce(registered_at < lag(registered_at) over (order by number), false)
               from practice.practice
              order by number, id",
        )
        .fetch_all(&mut *tx)
        .await
        .expect("answers");
        let mut expected = 1;
        for (id, _, _, number, events, due, codes, back) in &rows {
            if *number != expected {
                faults.push(format!(
                    "gap or double: {number} where {expected} was expected"
                ));
            }
            expected = number + 1;
            if (*events, *due, *codes) != (1, 1, 1) {
                faults.push(format!(
                    "practice {id}: {events} events, {due} due, {codes} codes"
                ));
            }
            if *back {
                faults.push(format!(
                    "the time of {number} is before that of the number before"
                ));
            }
        }
        for (filing, practice) in &self.acknowledged {
            let kept = rows.iter().any(|(id, draft, key, ..)| {
                *draft == filing.draft
                    && *key == filing.key
                    && *practice == format!("/pratiche/{id}?ricevuta=1")
            });
            if !kept {
                faults.push(format!("lost: {filing:?}, acknowledged as {practice}"));
            }
        }
        if rows.len() != self.acknowledged.len() {
            let (kept, known) = (rows.len(), self.acknowledged.len());
            faults.push(format!("{kept} practices, {known} acknowledged"));
        }
        let (_, broken) = mappale::audit::verify_links(&mut tx)
            .await
            .expect("answers");
        faults.extend(broken.iter().map(ToString::to_string));
        let altered = mappale::practice::verify_contents(&mut tx).await;
        faults.extend(altered.expect("answers"));
        faults
    }
}

/// Time in which everything is answered again after something was killed.
const LIMIT: Duration = Duration::from_secs(60);

/// A connection of the owner of the schema.
async fn owner(databases: &Databases) -> PgConnection {
    databases
        .address
        .connect(DbRole::Owner)
        .await
        .expect("the owner may connect")
}

/// The files by which the program is held.
pub(crate) struct Points {
    folder: PathBuf,
}

impl Points {
    pub(crate) fn new(folder: &Path) -> Self {
        let folder = folder.join("failpoints");
        std::fs::create_dir_all(&folder).expect("is ours");
        Self { folder }
    }

    /// The program, which can be held.
    pub(crate) fn hold(&self, mut command: Command) -> Command {
        command.env("MAPPALE_FAILPOINTS", &self.folder);
        command
    }

    /// A server that can be held.
    fn serve(&self, command: Command) -> Server {
        Server::start_with(self.hold(command), &["--demo"])
    }

    pub(crate) fn set(&self, point: &str) {
        std::fs::write(self.folder.join(point), "").expect("is ours");
    }

    pub(crate) fn is_reached(&self, point: &str) -> bool {
        self.folder.join(format!("{point}.reached")).exists()
    }

    /// Lets whoever is held go on.
    pub(crate) fn release(&self, point: &str) {
        for name in [format!("{point}.reached"), point.to_owned()] {
            // One of them is there.
            let _ = std::fs::remove_file(self.folder.join(name));
        }
    }
}
