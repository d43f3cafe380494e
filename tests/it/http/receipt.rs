//! What a submission owes: a receipt that stands up, and a code to follow the practice by.

use super::walker::{hidden, location, site, walker};

/// The text between two others.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let (_, rest) = text
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split_once(end).map_or(rest, |(found, _)| found)
}

#[tokio::test]
async fn a_submission_is_answered_with_a_receipt_and_a_code() {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    let draft = citizen.complete_draft().await;
    let practice = citizen.file(&draft).await;
    // What is due was written with the practice: it is there before anybody prints.
    let waiting = "select count(*) from practice.outbox where done_at is null";
    assert_eq!(site.town.number(waiting).await, 1);
    let page = citizen
        .get(&format!("{practice}?ricevuta=1"))
        .await
        .assert_page(200);
    assert!(page.contains("pronta entro un minuto"), "{page}");
    let early = citizen.get(&format!("{practice}/ricevuta.pdf")).await;
    assert_eq!(early.status, 503);

    assert_eq!(site.app.do_what_is_due().await.expect("prints"), 1);
    assert_eq!(site.app.do_what_is_due().await.expect("has done all"), 0);
    assert_eq!(site.town.number(waiting).await, 0);
    let page = citizen.get(&practice).await.assert_page(200);
    assert!(page.contains(&format!("{practice}/ricevuta.pdf")), "{page}");
    let receipt = citizen.get(&format!("{practice}/ricevuta.pdf")).await;
    assert_eq!(receipt.status, 200);
    assert!(receipt.body.starts_with(b"%PDF-"));
    assert_eq!(receipt.header("cache-control"), "no-store");
    for (path, cookie) in [(format!("{practice}/ricevuta.pdf"), "")] {
        let answer = site.get_with(&path, &[("cookie", cookie)]).await;
        assert_eq!(answer.status, 303, "nobody else has it");
    }

    // The code shows how it stands, to anybody, and names nobody.
    let code = between(&page, "href=\"/segui/", "\"").to_owned();
    let typed = code.to_lowercase().replace('-', "+");
    let found = site.get(&format!("/segui?codice={typed}")).await;
    assert_eq!(location(&found), format!("/segui/{code}"));
    let officer = walker(&site, "officer").await;
    location(&officer.act(&practice, "assigned", "").await);
    location(
        &officer
            .act(&practice, "message", "Buongiorno+Nome+Inventato")
            .await,
    );
    let page = site
        .get(&format!("/segui/{code}?lang=it"))
        .await
        .assert_page(200);
    assert!(page.contains("Giorno 0 di 30"), "{page}");
    for secret in [
        "Inventato",
        "Cittadin",
        "RSSMRA",
        "Mulini",
        "ricevuta.pdf",
        "X001_",
        "Buongiorno",
    ] {
        assert!(!page.contains(secret), "{secret} is in {page}");
    }
    let answer = site.get(&format!("/segui/{code}")).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    for wrong in ["7F3K9-Q2M4T-08XVB-C6HRN", "x"] {
        let answer = site.get(&format!("/segui/{wrong}")).await;
        assert_eq!(answer.status, 404, "{wrong}");
    }

    // Both sides write; nothing else changes by it.
    location(&citizen.act(&practice, "message", "Ho+una+domanda").await);
    let page = officer.get(&practice).await.assert_page(200);
    assert!(
        page.contains("Ho una domanda") && page.contains("Buongiorno"),
        "{page}"
    );
    let empty = citizen.act(&practice, "message", "+").await;
    assert_eq!(empty.status, 400);
    let seen = hidden(&page, "seen");
    assert_eq!(seen, "4");
}

#[tokio::test]
async fn what_cannot_be_printed_stays_due_and_is_told() {
    let mut town = crate::sample::Town::published().await;
    town.db.config.press = "/nowhere/press".into();
    let site = super::Site::of(town, true).await;
    let citizen = walker(&site, "citizen").await;
    let practice = citizen.file(&citizen.complete_draft().await).await;
    assert_eq!(site.app.do_what_is_due().await.expect("goes on"), 0);
    let noted = "select count(*) from practice.outbox
                  where done_at is null and attempts = 1 and due_at > now()
                    and last_error like '%press%'";
    assert_eq!(site.town.number(noted).await, 1);
    citizen.get(&practice).await.assert_page(200);
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    let (first, second) = (
        citizen.complete_draft().await,
        citizen.complete_draft().await,
    );
    let form = format!("key={}", citizen.key(&first).await);
    let filed = location(&citizen.post(&format!("{first}/invia"), &form).await);
    let replayed = location(&citizen.post(&format!("{first}/invia"), &form).await);
    assert_eq!(filed, replayed);
    let changed = citizen.post(&format!("{second}/invia"), &form).await;
    assert_eq!(changed.status, 422, "{}", changed.text());
    let count = "select count(*) from practice.practice";
    assert_eq!(site.town.number(count).await, 1);
}
