use std::path::Path;
use std::time::{Duration, SystemTime};

use axum::body::Body;
use axum::http::{Method, Request};
use futures_util::stream;
use mappale::blob::Blobs;
use mappale::db::Tx;
use tower::ServiceExt as _;

use super::Site;
use super::walker::{location, site, walker};
use crate::sample::Town;

/// A draft that has no document yet, and the address to send one to.
async fn draft(site: &Site) -> (String, String) {
    let citizen = walker(site, "citizen").await;
    let draft = location(&citizen.post("/servizi/ur-cdu/inizia", "sel=").await);
    let path = format!("{draft}/documenti/payment");
    (draft, path)
}

/// Files in the store, and rows that name one.
async fn stored(site: &Site) -> (usize, i64) {
    fn count(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let count_one = |entry: std::fs::DirEntry| match entry.path().is_dir() {
            true => count(&entry.path()),
            false => 1,
        };
        entries.map(count_one).sum()
    }
    let rows = "select count(*) from practice.draft_file";
    let files = count(&site.town.db.config.var.join("blobs"));
    (files, site.town.number(rows).await)
}

#[tokio::test]
async fn an_upload_that_is_cut_off_leaves_nothing() {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    let (_, path) = draft(&site).await;
    let whole = format!(
        "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\
         content-type: application/pdf\r\n\r\n%PDF-1.7 {}\r\n--edge--\r\n",
        "x".repeat(100_000)
    );
    for share in [99, 50, 0] {
        let sent = whole.as_bytes()[..whole.len() * share / 100].to_vec();
        let cut = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let body = Body::from_stream(stream::iter([Ok(sent), Err(cut)]));
        let request = Request::builder()
            .method(Method::POST)
            .uri(&path)
            .header("cookie", &citizen.cookie)
            .header("accept-language", "it")
            .header("content-type", "multipart/form-data; boundary=edge")
            .body(body)
            .expect("a request");
        let answer = site.router.clone().oneshot(request).await.expect("answers");
        assert_eq!(answer.status(), 422, "{share} %");
        assert_eq!(stored(&site).await, (0, 0), "{share} %");
    }
    location(&citizen.upload(&path, "a.pdf", "%PDF-1.7").await);
    assert_eq!(stored(&site).await, (1, 1));
}

#[tokio::test]
async fn a_full_disk_takes_no_documents_and_still_registers() {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    let ready = citizen.complete_draft().await;
    let (_, path) = draft(&site).await;
    // Another server on the same database, which has to leave more free than there is.
    let mut town = site.town;
    town.db.config.reserved_bytes = 1 << 60;
    let site = Site::of(town, true).await;
    let citizen = walker(&site, "citizen").await;
    let refused = citizen.upload(&path, "a.pdf", "%PDF-1.7").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("posto per nuovi documenti"));
    assert_eq!(stored(&site).await, (1, 1));
    let practice = citizen.file(&ready).await;
    citizen.get(&practice).await.assert_page(200);
    assert_eq!(site.app.do_what_is_due().await.expect("prints"), 1);
}

#[tokio::test]
async fn documents_of_one_person_have_their_space() {
    let mut town = Town::published().await;
    town.db.config.upload_quota_bytes = 40;
    let site = Site::of(town, true).await;
    let citizen = walker(&site, "citizen").await;
    let (_, first) = draft(&site).await;
    let (_, second) = draft(&site).await;
    let thirty = format!("%PDF-1.7 {}", "x".repeat(21));
    location(&citizen.upload(&first, "a.pdf", &thirty).await);
    // What is replaced does not count.
    location(&citizen.upload(&first, "b.pdf", &thirty).await);
    let refused = citizen.upload(&second, "c.pdf", &thirty).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("superano insieme lo spazio"));
    location(&citizen.upload(&second, "d.pdf", "%PDF-1.7 x").await);
    assert_eq!(stored(&site).await, (2, 2));
    // Somebody else has a space of their own.
    let other = walker(&site, "officer").await;
    let begun = other.post("/servizi/ur-cdu/inizia", "sel=").await;
    let path = format!("{}/documenti/payment", location(&begun));
    location(&other.upload(&path, "e.pdf", &thirty).await);
}

#[tokio::test]
async fn documents_that_nothing_needs_go_when_they_are_old() {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    let (_, path) = draft(&site).await;
    for content in ["%PDF-1.7 first", "%PDF-1.7 second"] {
        location(&citizen.upload(&path, "a.pdf", content).await);
    }
    assert_eq!(stored(&site).await, (2, 1));
    let blobs = Blobs::new(&site.town.db.config.var.join("blobs"));
    let mut tx = Tx::for_system(&site.town.db.databases.writer)
        .await
        .expect("begins");
    let needed = mappale::practice::needed_blobs(&mut tx).await;
    let needed = needed.expect("answers");
    let now = SystemTime::now();
    let hour = Duration::from_secs(3600);
    let young = blobs.sweep(needed.clone(), now - hour).await;
    assert_eq!(young.expect("sweeps"), 0);
    assert_eq!(blobs.sweep(needed, now + hour).await.expect("sweeps"), 1);
    assert_eq!(stored(&site).await, (1, 1));
    let page = citizen.get(&path.replace("/payment", "")).await;
    page.assert_page(200);
    let (checked, flaws) = mappale::practice::verify_blobs(&mut tx, &blobs)
        .await
        .expect("answers");
    assert_eq!((checked, flaws), (1, Vec::new()));
}
