//! Many equal submissions at once are one.

use futures_util::future::join_all;

use super::{Journal, owner};
use crate::sample::Town;
use crate::server::Server;

async fn equal(rounds: usize, at_once: usize) {
    let town = Town::published().await;
    let server = Server::start_with(town.db.command(), &["--demo"]);
    let mut journal = Journal::new(&server).await;
    let mut owner = owner(&town.db.databases).await;
    for round in 1..=rounds {
        let filings = journal.drafts(&mut owner, 1).await;
        let answers =
            join_all((0..at_once).map(|_| journal.send(server.address, filings[0]))).await;
        let answered: Vec<String> = answers.into_iter().flatten().collect();
        assert!(!answered.is_empty(), "round {round}: nobody was answered");
        for practice in answered {
            journal.note(filings[0], practice);
        }
        // Who was told to come again does so.
        journal.settle(&server, &filings).await;
    }
    let faults = journal.faults(&town.db.databases).await;
    assert_eq!(faults, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_times_fifty_equal_submissions_get_twenty_numbers() {
    equal(20, 50).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_a_thousand_times_fifty_equal_submissions() {
    equal(1000, 50).await;
}
