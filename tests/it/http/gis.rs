//! Pages of the GIS staff: what they show, what they do, and that nobody else has them.

use super::session::sign_in;
use super::{Answer, Site};
use crate::sample::{PARCELS, Town, parcels_text, without};

const LAYER: &str = "/gis/livelli/catasto.particella";

/// The sample with two versions of its parcels, the second not published; and the clerk's cookie.
async fn two_versions() -> (Site, String) {
    let town = Town::published().await;
    let fewer = town.file("fewer.gml", without(&parcels_text(), "X001_000300.21<"));
    let outcome = town
        .load_with(PARCELS, &[fewer], false)
        .await
        .expect("loads");
    assert_eq!((outcome.version, outcome.published), (2, false));
    let site = Site::of(town, true).await;
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

#[tokio::test]
async fn for_others_there_is_nothing() {
    let (site, _) = two_versions().await;
    let citizen = sign_in(&site, "citizen").await;
    let officer = sign_in(&site, "officer").await;
    for cookie in ["", citizen.as_str(), officer.as_str()] {
        for path in [
            "/gis",
            "/gis/registro",
            LAYER,
            &format!("{LAYER}/2"),
            &format!("{LAYER}/confronto?da=1&a=2"),
            &format!("{LAYER}/2/rapporto.json"),
            "/c/borgochiaro/gis",
        ] {
            assert_eq!(page(&site, cookie, path).await.status, 404, "{path}");
        }
        for (path, form) in [
            ("pubblica", "versione=2"),
            ("ritira", "motivo=prova"),
            ("annulla", "atto=1&motivo=prova"),
        ] {
            let answer = post(&site, cookie, &format!("{LAYER}/{path}"), form).await;
            assert_eq!(answer.status, 404, "{path}");
        }
        assert!(!page(&site, cookie, "/").await.text().contains("/gis"));
    }
    let acts = site
        .town
        .number("select count(*) from layer.publication")
        .await;
    assert_eq!(acts, 2, "only those of the sample");
}

#[tokio::test]
async fn a_version_is_published_compared_and_taken_back() {
    let (site, cookie) = two_versions().await;
    let overview = page(&site, &cookie, "/gis").await;
    overview.assert_page(200);
    let text = overview.text();
    for words in ["Particelle catastali", "versione 2", "da pubblicare", "EN"] {
        assert!(words == "EN" || text.contains(words), "{words}");
    }
    assert_eq!(overview.header("cache-control"), "no-store");

    let compared = page(&site, &cookie, &format!("{LAYER}/confronto?da=1&a=2")).await;
    compared.assert_page(200);
    let text = compared.text();
    assert!(
        text.contains("X001_000300.21") && text.contains("<svg"),
        "{text}"
    );
    assert!(text.contains("<strong>−1</strong>"), "{text}");
    let json = page(
        &site,
        &cookie,
        &format!("{LAYER}/confronto?da=1&a=2&formato=json"),
    )
    .await;
    assert_eq!(json.json()["changes"][0]["removed"], true);

    let done = post(
        &site,
        &cookie,
        &format!("{LAYER}/pubblica"),
        "versione=2&dal=&motivo=",
    )
    .await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(
        site.town.in_force().await.map(|(version, _)| version),
        Some(2)
    );

    // Going back wants a reason.
    let form = "versione=1&indietro=1&motivo=";
    let refused = post(&site, &cookie, &format!("{LAYER}/pubblica"), form).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("Scrivi il motivo"));
    let form = "versione=1&indietro=1&motivo=manca+una+particella";
    let done = post(&site, &cookie, &format!("{LAYER}/pubblica"), form).await;
    assert_eq!(done.status, 303);
    assert_eq!(
        site.town.in_force().await.map(|(version, _)| version),
        Some(1)
    );

    let versions = page(&site, &cookie, LAYER).await.text();
    assert!(versions.contains("manca una particella"), "{versions}");

    let refused = post(&site, &cookie, &format!("{LAYER}/ritira"), "motivo=").await;
    assert_eq!(refused.status, 422);
    let done = post(&site, &cookie, &format!("{LAYER}/ritira"), "motivo=prova").await;
    assert_eq!(done.status, 303);
    assert_eq!(site.town.in_force().await, None);

    // Each is a link of the chain, and the chain holds.
    let mut connection = site
        .app
        .databases()
        .writer
        .acquire()
        .await
        .expect("connects");
    let acts = mappale::gis::staff_acts(&mut connection, site.town.comune.id, None, 10)
        .await
        .expect("answers");
    let kinds: Vec<&str> = acts.iter().map(|act| act.kind.as_str()).collect();
    assert_eq!(kinds, ["withdraw", "publish", "publish"]);
    assert!(acts[0].by.len() > 3 && acts[0].detail["reason"] == "prova");
    let (links, flaws) = mappale::audit::verify_links(&mut connection)
        .await
        .expect("answers");
    assert_eq!((links, flaws.len()), (3, 0));
    let flaws = mappale::gis::verify_acts(&mut connection)
        .await
        .expect("answers");
    assert_eq!(flaws, [] as [String; 0]);
    let flaws = mappale::practice::verify_contents(&mut connection)
        .await
        .expect("answers");
    assert_eq!(flaws, [] as [String; 0]);
    assert!(
        page(&site, &cookie, "/gis/registro")
            .await
            .text()
            .contains("Ritiro")
    );
}

#[tokio::test]
async fn an_act_that_was_altered_is_found() {
    let (site, cookie) = two_versions().await;
    post(&site, &cookie, &format!("{LAYER}/pubblica"), "versione=2").await;
    let mut superuser = site.town.db.superuser().await;
    sqlx::raw_sql(
        "alter table audit.staff_act disable trigger all;
         update audit.staff_act set content = replace(content, 'publish', 'withdraw')",
    )
    .execute(&mut superuser)
    .await
    .expect("the superuser may");
    let flaws = mappale::gis::verify_acts(&mut superuser)
        .await
        .expect("answers");
    assert_eq!(flaws.len(), 1, "{flaws:?}");
}

#[tokio::test]
async fn a_report_is_read_by_rule_and_downloaded() {
    let town = Town::published().await;
    // A parcel twice over: overlaps itself under another number, and a bow tie.
    let text = parcels_text();
    let broken = town.file(
        "broken.gml",
        text.replacen("</gml:posList>", " 1</gml:posList>", 1),
    );
    let outcome = town
        .load_with(PARCELS, &[broken], false)
        .await
        .expect("loads");
    assert!(outcome.report.has_errors());
    let site = Site::of(town, true).await;
    let cookie = sign_in(&site, "gis_clerk").await;
    let report = page(&site, &cookie, &format!("{LAYER}/2")).await;
    report.assert_page(200);
    let text = report.text();
    for words in [
        "non può essere pubblicata",
        "geometry.pos_list_odd",
        "Che cosa fare:",
        "broken.gml",
        "controlli superati",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let json = page(&site, &cookie, &format!("{LAYER}/2/rapporto.json"))
        .await
        .json();
    assert!(
        json["findings"]
            .as_array()
            .is_some_and(|list| !list.is_empty())
    );
    let geojson = page(&site, &cookie, &format!("{LAYER}/2/rapporto.geojson")).await;
    assert_eq!(geojson.json()["type"], "FeatureCollection");
    let gpkg = page(&site, &cookie, &format!("{LAYER}/2/rapporto.gpkg")).await;
    assert!(
        gpkg.body.starts_with(b"SQLite format 3\0"),
        "{}",
        gpkg.status
    );
    for missing in ["3", "uno", "2/rapporto.exe"] {
        let answer = page(&site, &cookie, &format!("{LAYER}/{missing}")).await;
        assert_eq!(answer.status, 404, "{missing}");
    }
    let refused = post(&site, &cookie, &format!("{LAYER}/pubblica"), "versione=2").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains("ha errori"));
}
