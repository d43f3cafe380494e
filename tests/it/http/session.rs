//! The demonstration's sign-in.

use super::{Answer, Site};
use crate::sample::Town;

async fn demo() -> Site {
    Site::of(Town::empty().await, true).await
}

/// The session's cookie, as a browser sends it back.
pub(super) fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie");
    set.split(';').next().unwrap_or_default().to_owned()
}

/// Signs in and gives the cookie.
pub(super) async fn sign_in(site: &Site, role: &str) -> String {
    let answer = site
        .post("/demo/accedi", &[], &format!("ruolo={role}&ritorno=/mappa"))
        .await;
    answer.assert_leads_to("/mappa");
    cookie(&answer)
}

#[tokio::test]
async fn without_the_demonstration_there_is_no_sign_in() {
    let site = Site::of(Town::empty().await, false).await;
    site.get("/demo/accedi").await.assert_page(404);
    for path in ["/demo/accedi", "/demo/esci"] {
        let answer = site.post(path, &[], "ruolo=gis_clerk").await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("set-cookie"), "", "{path}");
    }
    assert!(!site.get("/").await.text().contains("/demo/"));
    assert_eq!(
        site.town
            .number("select count(*) from person.session")
            .await,
        0
    );
}

#[tokio::test]
async fn a_person_signs_in_is_known_and_signs_out() {
    let site = demo().await;
    let form = site
        .get("/demo/accedi?ritorno=/mappa")
        .await
        .assert_page(200);
    for role in ["citizen", "gis_clerk", "officer"] {
        assert!(form.contains(&format!("value=\"{role}\"")), "{role}");
    }
    let answer = site
        .post("/demo/accedi", &[], "ruolo=officer&ritorno=/mappa")
        .await;
    answer.assert_leads_to("/mappa");
    let set = answer.header("set-cookie").to_owned();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
        assert!(set.contains(attribute), "{set}");
    }
    let session = cookie(&answer);
    let token = session.split_once('=').map_or("", |(_, token)| token);
    assert_eq!(token.len(), 64, "{session}");

    // Known on every page; the token itself is in none, and in no row.
    let stranger = site.get("/").await.assert_page(200);
    let known = site.get_with("/", &[("cookie", &session)]).await;
    assert!(stranger.contains("/demo/accedi") && !stranger.contains("/demo/esci"));
    let known = known.assert_page(200);
    assert!(known.contains("/demo/esci"), "{known}");
    assert!(!known.contains(token));
    let rows = "select count(*) from person.session where demonstration and role = 'officer'";
    assert_eq!(site.town.number(rows).await, 1);
    let plain = format!(
        "select count(*) from person.session where token_sha256 = decode('{token}', 'hex')"
    );
    assert_eq!(site.town.number(&plain).await, 0);

    // A session that is over is over, also for somebody who kept the cookie.
    let out = site
        .post("/demo/esci", &[("cookie", &session)], "ritorno=/")
        .await;
    out.assert_leads_to("/");
    assert!(
        out.header("set-cookie").contains("Max-Age=0"),
        "{:?}",
        out.headers
    );
    let after = site.get_with("/", &[("cookie", &session)]).await.text();
    assert!(!after.contains("/demo/esci"));
    assert_eq!(
        site.town
            .number("select count(*) from person.session")
            .await,
        0
    );
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let site = demo().await;
    let session = sign_in(&site, "citizen").await;
    let mut connection = site.town.db.superuser().await;
    sqlx::raw_sql(
        "update person.session set created_at = now() - interval '2 days',
                                   expires_at = now() - interval '1 second'",
    )
    .execute(&mut connection)
    .await
    .expect("the superuser may");
    let page = site.get_with("/", &[("cookie", &session)]).await.text();
    assert!(!page.contains("/demo/esci"));
}

#[tokio::test]
async fn other_sites_cannot_sign_anybody_in_or_out() {
    let site = demo().await;
    let session = sign_in(&site, "citizen").await;
    let cross: [&[(&str, &str)]; 3] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[
            ("origin", "https://evil.example"),
            ("host", "mappe.example.it"),
        ],
    ];
    for headers in cross {
        let answer = site.post("/demo/accedi", headers, "ruolo=gis_clerk").await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert_eq!(answer.header("set-cookie"), "", "{headers:?}");
        let with_cookie = [headers, &[("cookie", session.as_str())]].concat();
        assert_eq!(site.post("/demo/esci", &with_cookie, "").await.status, 403);
    }
    assert_eq!(
        site.town
            .number("select count(*) from person.session")
            .await,
        1
    );
    // The twin: from the site itself it works.
    let own = [
        ("sec-fetch-site", "same-origin"),
        ("cookie", session.as_str()),
    ];
    assert!(site.post("/demo/esci", &own, "ritorno=/").await.status < 400);
    assert_eq!(
        site.town
            .number("select count(*) from person.session")
            .await,
        0
    );
}

#[tokio::test]
async fn nonsense_signs_nobody_in() {
    let site = demo().await;
    for form in ["", "ruolo=admin", "ruolo=", "ruolo=citizen%00", "x=y"] {
        let answer = site.post("/demo/accedi", &[], form).await;
        assert!(
            (400..500).contains(&answer.status),
            "{form}: {}",
            answer.status
        );
        assert_eq!(answer.header("set-cookie"), "", "{form}");
    }
    let answer = site
        .post("/demo/accedi", &[], "ruolo=citizen&ritorno=//evil.example")
        .await;
    answer.assert_leads_to("/");
    for cookie in [
        "mappale=",
        "mappale=x",
        &format!("mappale={}", "0".repeat(64)),
        "mappale",
        ";;",
    ] {
        let page = site
            .get_with("/", &[("cookie", cookie)])
            .await
            .assert_page(200);
        assert!(!page.contains("/demo/esci"), "{cookie}");
    }
}
