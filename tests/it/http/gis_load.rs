//! Guided loads: through the pages without a script, through the API piece by piece.

use axum::http::Method;
use sha2::{Digest as _, Sha256};

use super::session::sign_in;
use super::{Answer, Site, send};
use crate::sample::{Town, parcels_text, sheets_file, without};

const API: &str = "/api/v1/gis/borgochiaro/loads";

async fn site() -> (Site, String) {
    let site = Site::of(Town::published().await, true).await;
    let cookie = sign_in(&site, "gis_clerk").await;
    (site, cookie)
}

async fn page(site: &Site, cookie: &str, path: &str) -> Answer {
    let headers = [("cookie", cookie), ("accept-language", "it")];
    site.get_with(path, &headers).await
}

async fn post(site: &Site, cookie: &str, path: &str, form: &str) -> Answer {
    let headers = [("cookie", cookie), ("accept-language", "it")];
    site.post(path, &headers, form).await
}

/// A file as a browser sends it without a script; the address that the answer leads to.
async fn upload(site: &Site, cookie: &str, name: &str, text: &str) -> Answer {
    let body = format!(
        "--cut\r\ncontent-disposition: form-data; name=\"livello\"\r\n\r\n\r\n--cut\r\n\
         content-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: application/octet-stream\r\n\r\n{text}\r\n--cut--\r\n"
    );
    let headers = [
        ("cookie", cookie),
        ("accept-language", "it"),
        ("content-type", "multipart/form-data; boundary=cut"),
    ];
    send(&site.router, Method::POST, "/gis/carica", &headers, &body).await
}

/// The state of a load as soon as no step is at work.
async fn settled(site: &Site, cookie: &str, id: &str) -> serde_json::Value {
    for _ in 0..600 {
        let told = page(site, cookie, &format!("{API}/{id}")).await.json();
        let state = told["state"].as_str().unwrap_or_default();
        if state != "inspecting" && state != "loading" {
            return told;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the load does not come to an end");
}

fn id_of(answer: &Answer) -> String {
    let location = answer.header("location");
    let id = location
        .trim_start_matches("/gis/carica/")
        .split('/')
        .next();
    id.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_file_goes_all_the_way_without_a_script() {
    let (site, cookie) = site().await;
    let text = without(&parcels_text(), "X001_000300.21<");
    let sent = upload(&site, &cookie, "catasto_ple.gml", &text).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let id = id_of(&sent);
    let told = settled(&site, &cookie, &id).await;
    assert_eq!(told["state"], "recognised", "{told}");
    assert_eq!(told["fault"], serde_json::Value::Null);
    let digest = format!("{:x}", Sha256::digest(text.as_bytes()));
    assert_eq!(told["files"][0]["sha256"], digest.as_str());

    let base = format!("/gis/carica/{id}");
    let recognised = page(&site, &cookie, &format!("{base}/riconosciuto")).await;
    recognised.assert_page(200);
    let shown = recognised.text();
    assert!(
        shown.contains(&digest) && shown.contains("catasto_ple.gml"),
        "{shown}"
    );

    let form = "livello=catasto.particella&insieme=%7CCadastralParcel&azione=avanti";
    let chosen = post(&site, &cookie, &format!("{base}/riconosciuto"), form).await;
    assert_eq!(
        chosen.header("location"),
        format!("{base}/corrispondenze"),
        "{}",
        chosen.text()
    );
    let mapping = page(&site, &cookie, &format!("{base}/corrispondenze")).await;
    mapping.assert_page(200);
    let begun = post(
        &site,
        &cookie,
        &format!("{base}/corrispondenze"),
        "modo=definizione&azione=carica",
    )
    .await;
    assert_eq!(begun.header("location"), format!("{base}/controlli"));
    let told = settled(&site, &cookie, &id).await;
    assert_eq!(told["state"], "checked", "{told}");

    // Coming back leads to the step at which it is.
    let back = page(&site, &cookie, &base).await;
    assert_eq!(back.header("location"), format!("{base}/controlli"));
    let checks = page(&site, &cookie, &format!("{base}/controlli")).await;
    checks.assert_page(200);
    let shown = checks.text();
    assert!(shown.contains("−1, 0 modificati"), "{shown}");
    assert!(shown.contains("può essere pubblicata"), "{shown}");

    let publish = page(&site, &cookie, &format!("{base}/pubblica")).await;
    publish.assert_page(200);
    let wrong = post(&site, &cookie, &format!("{base}/pubblica"), "dal=domani").await;
    assert_eq!(wrong.status, 422);
    let done = post(
        &site,
        &cookie,
        &format!("{base}/pubblica"),
        "dal=&motivo=delibera+12",
    )
    .await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(
        site.town.in_force().await.map(|(version, _)| version),
        Some(2)
    );
    let folder = site
        .town
        .db
        .config
        .var
        .join("uploads")
        .join(id.replace('-', ""));
    assert!(!folder.exists(), "the files are gone");

    // The same file again is told to be the same.
    let sent = upload(&site, &cookie, "catasto_ple.gml", &text).await;
    let id = id_of(&sent);
    settled(&site, &cookie, &id).await;
    let base = format!("/gis/carica/{id}");
    post(&site, &cookie, &format!("{base}/riconosciuto"), form).await;
    let form = "modo=definizione&azione=carica";
    post(&site, &cookie, &format!("{base}/corrispondenze"), form).await;
    let told = settled(&site, &cookie, &id).await;
    assert_eq!(told["identical"], true, "{told}");
    let gone = post(&site, &cookie, &format!("{base}/scarta"), "").await;
    assert_eq!(gone.status, 303);
    assert_eq!(
        site.town.in_force().await.map(|(version, _)| version),
        Some(2)
    );
}

#[tokio::test]
async fn what_is_no_map_is_told_and_can_be_discarded() {
    let (site, cookie) = site().await;
    let sent = upload(&site, &cookie, "relazione.pdf", "%PDF-1.4 non una mappa").await;
    let id = id_of(&sent);
    let told = settled(&site, &cookie, &id).await;
    assert_eq!(told["state"], "recognised");
    assert!(told["fault"].is_string(), "{told}");
    let shown = page(&site, &cookie, &format!("/gis/carica/{id}/riconosciuto")).await;
    shown.assert_page(200);
    assert!(shown.text().contains("L’ultimo passo non è riuscito"));
    let gone = post(&site, &cookie, &format!("/gis/carica/{id}/scarta"), "").await;
    assert_eq!(gone.status, 303);
    assert!(
        !page(&site, &cookie, "/gis/carica")
            .await
            .text()
            .contains("relazione.pdf")
    );
    let empty = upload(&site, &cookie, "", "").await;
    assert_eq!(empty.status, 422);
}

#[tokio::test]
async fn what_was_loaded_and_discarded_leaves_no_rows() {
    let (site, cookie) = site().await;
    let rows = "select count(*) from data.catasto_particella";
    let before = site.town.number(rows).await;
    let text = without(&parcels_text(), "X001_000300.21<");
    let id = id_of(&upload(&site, &cookie, "meno.gml", &text).await);
    settled(&site, &cookie, &id).await;
    let headers = [
        ("cookie", cookie.as_str()),
        ("content-type", "application/json"),
    ];
    let order = r#"{"layer":"catasto.particella"}"#;
    let path = format!("{API}/{id}/load");
    let begun = send(&site.router, Method::POST, &path, &headers, order).await;
    assert_eq!(begun.status, 202, "{}", begun.text());
    settled(&site, &cookie, &id).await;
    assert!(site.town.number(rows).await > before);
    let path = format!("{API}/{id}");
    let gone = send(&site.router, Method::DELETE, &path, &headers, "").await;
    assert_eq!(gone.status, 204, "{}", gone.text());
    assert_eq!(site.town.number(rows).await, before);
    let discarded = "select count(*) from layer.discarded_part";
    assert_eq!(site.town.number(discarded).await, 1);
    // What is published never goes, whoever asks for it.
    let mut connection = site
        .app
        .databases()
        .writer
        .acquire()
        .await
        .expect("connects");
    let gone: bool = sqlx::query_scalar("select layer.discard_part(1, 'prova')")
        .fetch_one(&mut *connection)
        .await
        .expect("answers");
    assert!(!gone);
    let deleted = sqlx::query("delete from data.catasto_particella")
        .execute(&mut *connection)
        .await;
    assert!(deleted.is_err(), "the writer may not");
}

#[tokio::test]
async fn what_was_checked_and_is_never_published_goes_after_its_term() {
    let (site, cookie) = site().await;
    let (writer, var) = (&site.app.databases().writer, &site.app.config().var);
    let rows = "select count(*) from data.catasto_particella";
    let before = site.town.number(rows).await;
    let text = without(&parcels_text(), "X001_000300.21<");
    let id = id_of(&upload(&site, &cookie, "meno.gml", &text).await);
    settled(&site, &cookie, &id).await;
    let headers = [
        ("cookie", cookie.as_str()),
        ("content-type", "application/json"),
    ];
    let order = r#"{"layer":"catasto.particella"}"#;
    let path = format!("{API}/{id}/load");
    send(&site.router, Method::POST, &path, &headers, order).await;
    assert_eq!(settled(&site, &cookie, &id).await["state"], "checked");
    let folder = var.join("uploads").join(id.replace('-', ""));
    assert!(folder.exists());
    for (days, discarded) in [(89, 0), (91, 1), (91, 0)] {
        let mut superuser = site.town.db.superuser().await;
        sqlx::query(
            "update job.load_session set changed_at = now() - make_interval(days => $1)
              where state = 'checked'",
        )
        .bind(days)
        .execute(&mut superuser)
        .await
        .expect("the superuser may");
        let done = mappale::gis::discard_unpublished(writer, var).await;
        assert_eq!(done.expect("answers"), discarded, "{days}");
        let is_there = days == 89;
        assert_eq!(site.town.number(rows).await > before, is_there);
        assert_eq!(folder.exists(), is_there);
    }
    // It stands in the chain who did it, and what is in force stayed.
    let noted = "select count(*) from audit.staff_act where kind = 'discard' and by = 'Mappale'";
    assert_eq!(site.town.number(noted).await, 1);
    assert_eq!(
        site.town.in_force().await.map(|(version, _)| version),
        Some(1)
    );
}

#[tokio::test]
async fn pieces_are_resumed_and_checked() {
    let (site, cookie) = site().await;
    let text = std::fs::read_to_string(sheets_file()).expect("is there");
    let headers = [
        ("cookie", cookie.as_str()),
        ("content-type", "application/json"),
    ];
    let order = serde_json::json!({ "files": [{ "name": "fogli.gml", "bytes": text.len() }] });
    let begun = send(
        &site.router,
        Method::POST,
        API,
        &headers,
        &order.to_string(),
    )
    .await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    let id = begun.json()["id"].as_str().expect("a number").to_owned();
    let put = async |offset: usize, body: &str, sha256: &str| {
        let path = format!("{API}/{id}/files/0?offset={offset}");
        let headers = [("cookie", cookie.as_str()), ("x-chunk-sha256", sha256)];
        send(&site.router, Method::PUT, &path, &headers, body).await
    };
    let digest = |text: &str| format!("{:x}", Sha256::digest(text.as_bytes()));
    let half = text.len() / 2;
    let half = (half..)
        .find(|at| text.is_char_boundary(*at))
        .expect("is one");
    let (first, second) = text.split_at(half);
    // A piece that is not what it says does not count.
    let broken = put(0, first, &digest(second)).await;
    assert_eq!(broken.status, 400, "{}", broken.text());
    let sent = put(0, first, &digest(first)).await;
    assert_eq!(sent.json()["received"], half);
    // The same again, or one from the wrong place, is told where to go on.
    let again = put(0, first, &digest(first)).await;
    assert_eq!(
        (again.status, again.json()["received"].clone()),
        (409, half.into())
    );
    let beyond = put(half, &text, &digest(&text)).await;
    assert_eq!(beyond.status, 413);
    // Who comes back sees what has arrived.
    let files = page(&site, &cookie, &format!("/gis/carica/{id}")).await;
    assert_eq!(files.header("location"), format!("/gis/carica/{id}/file"));
    page(&site, &cookie, &format!("/gis/carica/{id}/file"))
        .await
        .assert_page(200);
    let sent = put(half, second, &digest(second)).await;
    assert_eq!(sent.json()["received"], text.len());
    let told = settled(&site, &cookie, &id).await;
    assert_eq!(told["files"][0]["sha256"], digest(&text).as_str(), "{told}");
    assert_eq!(told["state"], "recognised");
    let late = put(text.len(), "x", &digest("x")).await;
    assert_eq!(late.status, 410);
}

#[tokio::test]
async fn for_others_there_are_no_loads() {
    let (site, clerk) = site().await;
    let id = id_of(&upload(&site, &clerk, "x.gml", "<x/>").await);
    settled(&site, &clerk, &id).await;
    let officer = sign_in(&site, "officer").await;
    for cookie in ["", officer.as_str()] {
        for path in [
            "/gis/carica".to_owned(),
            format!("/gis/carica/{id}"),
            format!("/gis/carica/{id}/file"),
            format!("/gis/carica/{id}/riconosciuto"),
            format!("/gis/carica/{id}/corrispondenze"),
            format!("/gis/carica/{id}/controlli"),
            format!("/gis/carica/{id}/pubblica"),
            format!("{API}/{id}"),
        ] {
            assert_eq!(page(&site, cookie, &path).await.status, 404, "{path}");
        }
        for step in ["riconosciuto", "corrispondenze", "pubblica", "scarta"] {
            let answer = post(&site, cookie, &format!("/gis/carica/{id}/{step}"), "").await;
            assert_eq!(answer.status, 404, "{step}");
        }
        assert_eq!(upload(&site, cookie, "y.gml", "<y/>").await.status, 404);
        let path = format!("{API}/{id}/files/0?offset=0");
        let headers = [("cookie", cookie)];
        let answer = send(&site.router, Method::PUT, &path, &headers, "x").await;
        assert_eq!(answer.status, 404);
    }
    let unknown = page(
        &site,
        &clerk,
        "/gis/carica/00000000-0000-0000-0000-000000000000",
    )
    .await;
    assert_eq!(unknown.status, 404);
    let sessions = "select count(*) from job.load_session";
    assert_eq!(site.town.number(sessions).await, 1);
}
