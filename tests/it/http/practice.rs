//! From the parcel to the practice and back: one true line, as a browser walks it.

use sqlx::Connection as _;

use super::Site;
use super::walker::{PARCEL, hidden, location, site, walker};

#[tokio::test]
async fn the_catalogue_and_every_sheet_are_pages() {
    let site = site().await;
    for lang in ["it", "en"] {
        let list = site
            .get(&format!("/servizi?lang={lang}"))
            .await
            .assert_page(200);
        for code in ["ed-cila", "ur-cdu", "sp-ospt"] {
            assert!(list.contains(&format!("/servizi/{code}\"")), "{code}");
            let path = format!("/servizi/{code}?lang={lang}");
            let sheet = site.get(&path).await.assert_page(200);
            let mut at = 0;
            // The headings of the national model, in its order.
            for heading in [
                "service-area",
                "service-title",
                "service-status",
                "service-description",
                "service-addressed",
                "service-how-to",
                "service-needed",
                "service-achieved",
                "service-calendar-text",
                "service-online-access",
                "service-file",
                "service-topic",
            ] {
                let mark = format!("data-element=\"{heading}\"");
                let found = sheet[at..].find(&mark);
                at += found.unwrap_or_else(|| panic!("{heading} of {code}"));
            }
        }
    }
    let found = site
        .get("/servizi?q=ponteggio&lang=it")
        .await
        .assert_page(200);
    assert!(found.contains("/servizi/sp-ospt\"") && !found.contains("/servizi/ur-cdu\""));
    site.get("/servizi/xx-none").await.assert_page(404);
}

#[tokio::test]
async fn a_parcel_says_what_can_be_done_and_what_nobody_knows() {
    let site = site().await;
    let page = site
        .get(&format!("/cosa-posso-fare?sel={PARCEL},9+999&lang=it"))
        .await
        .assert_page(200);
    assert!(
        page.contains("«9 999» non indica una particella sola"),
        "{page}"
    );
    assert!(page.contains("action=\"/servizi/ur-cdu/inizia\""), "{page}");
    // There is no map of constraints here: nothing is clear by mistake.
    assert!(page.contains("ufficio verifica se:"), "{page}");
    assert!(page.contains("Ti chiederemo se:"), "{page}");
    let nothing = site.get("/cosa-posso-fare?lang=it").await.assert_page(200);
    assert!(!nothing.contains("/inizia"), "{nothing}");
    let many = vec![PARCEL; 60].join(",");
    site.get(&format!("/cosa-posso-fare?sel={many}"))
        .await
        .assert_page(400);
}

#[tokio::test]
async fn a_certificate_is_asked_for_followed_and_decided() {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    let draft = citizen.complete_draft().await;
    let tasks = citizen.get(&draft).await.assert_page(200);
    assert!(tasks.contains("/riepilogo"), "{tasks}");
    let check = citizen
        .get(&format!("{draft}/riepilogo"))
        .await
        .assert_page(200);
    for text in [
        "RSSMRA85T10A562S",
        "Via dei Mulini 8",
        "15,00",
        "ricevuta.pdf",
    ] {
        assert!(check.contains(text), "{text} is not in {check}");
    }
    let key = hidden(&check, "key");
    let sent = citizen
        .post(&format!("{draft}/invia"), &format!("key={key}"))
        .await;
    let receipt = location(&sent);
    let page = citizen.get(&receipt).await.assert_page(200);
    assert!(
        page.contains("Numero di protocollo") && page.contains("/0000001"),
        "{page}"
    );
    assert!(page.contains("Giorno 0 di 30"), "{page}");
    assert!(page.contains("Tocca al comune"), "{page}");
    let practice = receipt.split('?').next().unwrap_or_default().to_owned();

    // Sent again, and from another window with another key: the same practice.
    for key in [key, uuid::Uuid::new_v4().to_string()] {
        let again = citizen
            .post(&format!("{draft}/invia"), &format!("key={key}"))
            .await;
        assert_eq!(location(&again), receipt);
    }

    let officer = walker(&site, "officer").await;
    let queue = officer.get("/ufficio").await.assert_page(200);
    assert!(queue.contains(&practice), "{queue}");
    let early = officer.act(&practice, "granted", "").await;
    assert_eq!(early.status, 400, "{}", early.text());
    location(&officer.act(&practice, "assigned", "").await);
    location(
        &officer
            .act(&practice, "integration_requested", "Manca+un+foglio")
            .await,
    );
    let page = citizen.get(&practice).await.assert_page(200);
    assert!(
        page.contains("Tocca a te") && page.contains("Manca un foglio"),
        "{page}"
    );
    assert!(page.contains("termine sospeso"), "{page}");
    location(
        &citizen
            .act(&practice, "integration_answered", "Eccolo")
            .await,
    );
    // The law allows one suspension.
    let page = officer.get(&practice).await.assert_page(200);
    assert!(page.contains("La legge non lo consente"), "{page}");
    let second = officer.act(&practice, "integration_requested", "").await;
    assert_eq!(second.status, 400, "{}", second.text());
    location(&officer.act(&practice, "granted", "Rilasciato").await);
    let page = citizen.get(&practice).await.assert_page(200);
    assert!(
        page.contains("accolta") && page.contains("Rilasciato"),
        "{page}"
    );
    assert!(!page.contains("/azione"), "nothing is left to do: {page}");
    let queue = officer.get("/ufficio").await.assert_page(200);
    assert!(!queue.contains(&practice));
    let file = officer.get(&format!("{practice}/documenti/payment")).await;
    assert_eq!(file.status, 200);
    assert_eq!(file.text(), "%PDF-1.7 invented");
    assert!(file.header("content-disposition").starts_with("attachment"));
    assert!(file.header("content-security-policy").contains("sandbox"));
}

#[tokio::test]
async fn what_is_wrong_is_told_all_at_once_and_kept() {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    let draft = location(&citizen.post("/servizi/ur-cdu/inizia", "sel=").await);
    let answer = citizen.save(&format!("{draft}/1"), "parcels=9+999").await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("9 999"), "{}", answer.text());
    let form = "applicant_name=&applicant_tax_code=RSSMRA85T10A562T&applicant_address=x&\
                applicant_email=nome&for_company=no";
    let answer = citizen.save(&format!("{draft}/2"), form).await;
    assert_eq!(answer.status, 422);
    let page = answer.text();
    for text in [
        "Manca la risposta",
        "Il codice fiscale non è giusto",
        "indirizzo e-mail",
    ] {
        assert!(page.contains(text), "{text} is not in {page}");
    }
    // What was typed is still there, on this page and after coming back.
    let page = citizen.get(&format!("{draft}/2")).await.assert_page(200);
    assert!(page.contains("value=\"RSSMRA85T10A562T\""), "{page}");
    // A question that follows from an answer appears, and is asked.
    let answer = citizen.save(&format!("{draft}/2"), "for_company=yes").await;
    assert_eq!(location(&answer), format!("{draft}/2"));
    let page = citizen.get(&format!("{draft}/2")).await.assert_page(200);
    assert!(page.contains("name=\"company_vat\""), "{page}");
    let incomplete = citizen.get(&format!("{draft}/riepilogo")).await;
    assert_eq!(location(&incomplete), draft);
    let key = uuid::Uuid::new_v4();
    let sent = citizen
        .post(&format!("{draft}/invia"), &format!("key={key}"))
        .await;
    assert_eq!(location(&sent), draft, "nothing incomplete is filed");
    assert_eq!(
        site.town
            .number("select count(*) from practice.practice")
            .await,
        0
    );

    let path = format!("{draft}/documenti/payment");
    let table = [
        ("a.pdf", "<html>", "formato ammesso"),
        ("a.pdf", "", "vuoto"),
    ];
    for (name, content, told) in table {
        let answer = citizen.upload(&path, name, content).await;
        assert_eq!(answer.status, 422, "{name}");
        assert!(answer.text().contains(told), "{told}: {}", answer.text());
    }
    let good = citizen
        .upload(&path, "../../x\u{202e}fdp.exe", "%PDF-1.4")
        .await;
    location(&good);
    let page = citizen
        .get(&format!("{draft}/documenti"))
        .await
        .assert_page(200);
    assert!(page.contains("xfdp.exe") && !page.contains("../"), "{page}");
}

#[tokio::test]
async fn two_devices_do_not_overwrite_each_other_unseen() {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    let draft = location(&citizen.post("/servizi/ur-cdu/inizia", "sel=").await);
    let path = format!("{draft}/3");
    let first = hidden(&citizen.get(&path).await.assert_page(200), "_revision");
    let form = |revision: &str, answer: &str| {
        format!("_revision={revision}&_then=next&has_delegate={answer}")
    };
    location(&citizen.post(&path, &form(&first, "no")).await);
    // The same answer is nobody's loss.
    location(&citizen.post(&path, &form(&first, "no")).await);
    let late = citizen.post(&path, &form(&first, "yes")).await;
    assert_eq!(late.status, 412);
    let page = late.text();
    assert!(page.contains("altra finestra"), "{page}");
    let both = "Salvato nel frattempo: <strong>No</strong>";
    assert!(page.contains(both), "both answers are shown: {page}");
    assert!(page.contains("value=\"yes\" checked"), "{page}");
    // Having seen it, one may save all the same.
    let seen = hidden(&page, "_revision");
    location(&citizen.post(&path, &form(&seen, "yes")).await);
    let seen = hidden(&citizen.get(&path).await.assert_page(200), "_revision");
    // Who writes another page is in nobody's way.
    let elsewhere = format!("{draft}/4");
    let old = hidden(&citizen.get(&elsewhere).await.assert_page(200), "_revision");
    location(
        &citizen
            .post(&path, &form(&seen, "no").replace("next", "leave"))
            .await,
    );
    let answer = citizen
        .post(
            &elsewhere,
            &format!("_revision={old}&_then=leave&purpose=sale"),
        )
        .await;
    location(&answer);
}

#[tokio::test]
async fn what_is_not_yours_does_not_exist() {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    let draft = citizen.complete_draft().await;
    let key = citizen.key(&draft).await;
    let sent = citizen
        .post(&format!("{draft}/invia"), &format!("key={key}"))
        .await;
    let practice = location(&sent)
        .split('?')
        .next()
        .unwrap_or_default()
        .to_owned();
    let other_draft = location(&citizen.post("/servizi/ur-cdu/inizia", "sel=").await);

    let stranger = walker(&site, "citizen").await;
    let mut superuser = site.town.db.superuser().await;
    sqlx::query(
        "update person.session set person = 'somebody else'
          where created_at = (select max(created_at) from person.session)",
    )
    .execute(&mut superuser)
    .await
    .expect("is allowed");
    superuser.close().await.expect("closes");
    let reads = [
        practice.clone(),
        format!("{practice}/documenti/payment"),
        other_draft.clone(),
        format!("{other_draft}/1"),
        format!("{other_draft}/documenti"),
        format!("{other_draft}/riepilogo"),
        "/ufficio".to_owned(),
    ];
    for path in &reads {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        // Nobody is sent to sign in and back.
        let answer = site.get(path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert!(
            answer
                .header("location")
                .starts_with("/demo/accedi?ritorno="),
            "{path}"
        );
    }
    let writes = [
        (
            format!("{practice}/azione"),
            "seen=1&step=withdrawn&text=".to_owned(),
        ),
        (
            format!("{other_draft}/1"),
            "_revision=1&parcels=".to_owned(),
        ),
        (
            format!("{other_draft}/invia"),
            format!("key={}", uuid::Uuid::new_v4()),
        ),
    ];
    for (path, form) in &writes {
        let answer = stranger.post(path, form).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
    let mine = stranger.get("/pratiche").await.assert_page(200);
    assert!(
        !mine.contains("UR-CDU") && !mine.contains(&practice),
        "{mine}"
    );
    // A citizen takes no officer's step, an officer none of the applicant's.
    let answer = citizen.act(&practice, "assigned", "").await;
    assert_eq!(answer.status, 404);
    let officer = walker(&site, "officer").await;
    let answer = officer.act(&practice, "withdrawn", "").await;
    assert_eq!(answer.status, 404);
    // Two officers at once: the second is shown what happened.
    location(&officer.act(&practice, "assigned", "").await);
    let form = "seen=1&step=integration_requested&text=x";
    let late = officer.post(&format!("{practice}/azione"), form).await;
    assert_eq!(late.status, 412, "{}", late.text());
}

#[tokio::test]
async fn equal_submissions_get_one_number_and_numbers_have_no_gap() {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    let mut drafts = Vec::new();
    for _ in 0..4 {
        drafts.push(citizen.complete_draft().await);
    }
    let mut sends = Vec::new();
    for draft in &drafts {
        let key = citizen.key(draft).await;
        for _ in 0..10 {
            let (path, form) = (format!("{draft}/invia"), format!("key={key}"));
            let citizen = &citizen;
            sends.push(async move { location(&citizen.post(&path, &form).await) });
        }
    }
    let receipts = futures_util::future::join_all(sends).await;
    let distinct: std::collections::BTreeSet<&String> = receipts.iter().collect();
    assert_eq!(distinct.len(), 4, "{distinct:?}");
    let town = &site.town;
    assert_eq!(
        town.number("select count(*) from practice.practice").await,
        4
    );
    assert_eq!(
        town.number("select max(number)::bigint from practice.practice")
            .await,
        4
    );
    assert_eq!(town.number("select count(*) from practice.event").await, 4);
}

#[tokio::test]
async fn whatever_is_altered_is_found() {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    for _ in 0..2 {
        let draft = citizen.complete_draft().await;
        let key = citizen.key(&draft).await;
        location(
            &citizen
                .post(&format!("{draft}/invia"), &format!("key={key}"))
                .await,
        );
    }
    let found = |site: &Site| {
        let databases = site.town.db.databases.clone();
        async move {
            let mut connection = mappale::db::Tx::for_system(&databases.writer)
                .await
                .expect("begins");
            let (links, flaws) = mappale::audit::verify_links(&mut connection)
                .await
                .expect("answers");
            let contents = mappale::practice::verify_contents(&mut connection)
                .await
                .expect("answers");
            (links, flaws.len() + contents.len())
        }
    };
    assert_eq!(found(&site).await, (2, 0));
    let tampering = [
        "update practice.event set content = replace(content, 'Cittadin', 'Xittadin') || ' ' where seq = 1",
        "update audit.link set content_sha256 = sha256('x') where position = 1",
        "update audit.link set sha256 = sha256('x') where position = 2",
        "delete from practice.event where link = 2",
        "delete from practice.event where link = 2; delete from audit.link where position = 2",
        "update audit.head set position = 1",
    ];
    for statement in tampering {
        let mut superuser = site.town.db.superuser().await;
        for part in ["begin", "set session_replication_role = replica", statement] {
            sqlx::raw_sql(sqlx::AssertSqlSafe(part))
                .execute(&mut superuser)
                .await
                .unwrap_or_else(|error| panic!("{part}: {error}"));
        }
        let (_, flaws) = mappale::audit::verify_links(&mut superuser)
            .await
            .expect("answers");
        let contents = mappale::practice::verify_contents(&mut superuser)
            .await
            .expect("answers");
        assert!(
            flaws.len() + contents.len() > 0,
            "{statement} was not found"
        );
        sqlx::raw_sql("rollback")
            .execute(&mut superuser)
            .await
            .expect("rolls back");
        superuser.close().await.expect("closes");
    }
    assert_eq!(found(&site).await, (2, 0));
    // Without those rights nothing is altered at all.
    let mut connection = site
        .town
        .db
        .databases
        .writer
        .acquire()
        .await
        .expect("connects");
    for statement in [
        "update practice.practice set number = 7",
        "delete from practice.event",
        "update audit.link set position = 9",
        "update procedure.definition set text = 'x'",
        "delete from practice.register",
    ] {
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
            .execute(&mut *connection)
            .await;
        assert!(done.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn answers_are_saved_on_the_way_and_outlive_the_session() {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    let draft = location(&citizen.post("/servizi/ur-cdu/inizia", "sel=").await);
    let path = format!("{draft}/4");
    let page = citizen.get(&path).await.assert_page(200);
    let mark = hidden(&page, "_revision");
    let stay = |cookie: String, mark: String, form: &'static str| {
        let (site, path) = (&site, path.clone());
        async move {
            let tag = format!("\"{mark}\"");
            let headers = [
                ("cookie", cookie.as_str()),
                ("accept-language", "it"),
                ("if-match", tag.as_str()),
            ];
            site.post(&path, &headers, &format!("{form}&_then=stay"))
                .await
        }
    };
    let saved = stay(citizen.cookie.clone(), mark.clone(), "urgent=yes").await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    let told = saved.json();
    assert_eq!(told["changed"], true, "a question follows from it: {told}");
    assert!(
        told["saved"]
            .as_str()
            .is_some_and(|t| t.contains("Salvata:")),
        "{told}"
    );
    // On the way nothing is wrong yet, and the page is not finished.
    let tasks = citizen.get(&draft).await.assert_page(200);
    assert!(!tasks.contains("task-problem"), "{tasks}");
    let late = stay(citizen.cookie.clone(), mark, "urgent=no").await;
    assert_eq!(late.status, 412, "{}", late.text());
    assert_eq!(late.json()["others"]["urgent"], "S\u{ec}");
    // Another device goes on where this one stopped.
    let other = walker(&site, "citizen").await;
    let page = other.get(&path).await.assert_page(200);
    assert!(page.contains("name=\"urgent_reason\""), "{page}");

    let nobody = stay(String::new(), hidden(&page, "_revision"), "urgent=no").await;
    assert_eq!(nobody.status, 401, "{}", nobody.text());
    let form = "_revision=x&_then=next&urgent_reason=Rogito+%C3%A8+domani&urgent=yes";
    let lost = site.post(&path, &[("accept-language", "it")], form).await;
    assert_eq!(lost.status, 401);
    assert_eq!(lost.header("cache-control"), "no-store");
    let page = lost.text();
    assert!(page.contains("value=\"Rogito è domani\""), "{page}");
    assert!(page.contains(&format!("action=\"{path}\"")), "{page}");
}

#[tokio::test]
async fn drafts_end_after_a_warning() {
    let site = site().await;
    let citizen = walker(&site, "citizen").await;
    let draft = location(&citizen.post("/servizi/ur-cdu/inizia", "sel=").await);
    let warned = |page: &str| page.contains("Questa bozza scade");
    assert!(!warned(&citizen.get(&draft).await.assert_page(200)));
    for (days, left) in [(3, 1), (-1, 0)] {
        let mut superuser = site.town.db.superuser().await;
        sqlx::query("update practice.draft set expires_at = now() + make_interval(days => $1)")
            .bind(days)
            .execute(&mut superuser)
            .await
            .expect("is allowed");
        superuser.close().await.expect("closes");
        let page = citizen.get(&draft).await.assert_page(200);
        assert!(warned(&page), "{page}");
        let mut connection = mappale::db::Tx::for_system(&site.town.db.databases.writer)
            .await
            .expect("begins");
        mappale::practice::drop_expired(&mut connection)
            .await
            .expect("answers");
        connection.commit().await.expect("commits");
        assert_eq!(
            site.town
                .number("select count(*) from practice.draft")
                .await,
            left
        );
    }
    citizen.get(&draft).await.assert_page(404);
}
