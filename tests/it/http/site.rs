//! Comuni by host and by path, their pages about themselves, and ratings.

use super::session::sign_in;
use super::{Site, send};
use crate::sample::Town;
use crate::support::TestDb;
use axum::http::Method;

/// A folder of documents where Borgochiaro has a host, a coat of arms and a page of its own.
fn documents() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("documents");
    let pages = folder.path().join("default/pages");
    std::fs::create_dir_all(&pages).expect("is ours");
    for part in ["default", "default/pages"] {
        for entry in std::fs::read_dir(from.join(part))
            .expect("is there")
            .flatten()
        {
            if entry.path().is_file() {
                let to = folder.path().join(part).join(entry.file_name());
                std::fs::copy(entry.path(), to).expect("is ours");
            }
        }
    }
    let own = folder.path().join("borgochiaro");
    std::fs::create_dir_all(own.join("pages")).expect("is ours");
    let write = |name: &str, text: &str| std::fs::write(own.join(name), text).expect("is ours");
    write(
        "site.toml",
        "format = 1\nhosts = [\"mappa.borgochiaro.example\"]\n\
         subtitle = { it = \"Tra i colli\", en = \"Among hills\" }\n",
    );
    write(
        "pages/contatti.it.md",
        "Sportello di **{comune}**, lunedì.\n",
    );
    write(
        "letterhead.toml",
        "format = 1\noffice = \"Ufficio mappe\"\nsignatory = \"Il responsabile\"\n\
         emblem = \"stemma.svg\"\nemblem_description = \"Un colle\"\n",
    );
    write("stemma.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    folder
}

async fn two_comuni(folder: &std::path::Path) -> Site {
    let mut db = TestDb::new().await;
    db.config.documents = folder.to_path_buf();
    let town = Town::of(db, "X001", "Borgochiaro", 7791).await;
    let town = Town::of(town.db, "X002", "Altavalle", 7791).await;
    Site::of(town, true).await
}

#[tokio::test]
async fn a_comune_answers_under_its_host_and_under_its_path() {
    let folder = documents();
    let site = two_comuni(folder.path()).await;
    let italian = ("accept-language", "it");
    let all = site.get_with("/", &[italian]).await.assert_page(200);
    for words in [
        "/c/borgochiaro/\"",
        "/c/altavalle/\"",
        "Tra i colli",
        "/c/borgochiaro/stemma.svg",
    ] {
        assert!(all.contains(words), "{words} in {all}");
    }
    let host = ("host", "mappa.borgochiaro.example:8080");
    let home = site.get_with("/", &[italian, host]).await.assert_page(200);
    for words in [
        "Comune di Borgochiaro",
        "Tra i colli",
        "\"/stemma.svg\"",
        "\"/mappa\"",
        "\"/privacy\"",
    ] {
        assert!(home.contains(words), "{words} in {home}");
    }
    assert!(
        !home.contains("/c/borgochiaro"),
        "its own host needs no word: {home}"
    );
    // Another comune keeps its word there, and an unknown host is nobody's.
    let other = site
        .get_with("/c/altavalle/", &[italian, host])
        .await
        .assert_page(200);
    assert!(other.contains("Comune di Altavalle") && other.contains("/c/altavalle/mappa"));
    let nobody = site
        .get_with("/", &[italian, ("host", "evil.example")])
        .await;
    assert!(nobody.assert_page(200).contains("/c/altavalle/\""));
    let emblem = site.get_with("/stemma.svg", &[host]).await;
    assert_eq!(emblem.status, 200);
    assert_eq!(emblem.header("content-type"), "image/svg+xml");
    assert!(emblem.header("content-security-policy").contains("sandbox"));
    assert_eq!(site.get("/c/altavalle/stemma.svg").await.status, 404);
}

#[tokio::test]
async fn every_link_of_the_footer_leads_to_a_page_of_the_comune() {
    let folder = documents();
    let site = two_comuni(folder.path()).await;
    for slug in ["borgochiaro", "altavalle"] {
        for lang in ["it", "en"] {
            let home = site
                .get_with(&format!("/c/{slug}/"), &[("accept-language", lang)])
                .await
                .assert_page(200);
            for (hook, page) in [
                ("accessibility-link", "accessibilita"),
                ("privacy-policy-link", "privacy"),
                ("report-inefficiency", "contatti"),
                ("legal-notes", "note-legali"),
            ] {
                let url = format!("/c/{slug}/{page}");
                assert!(
                    home.contains(&format!("href=\"{url}\" data-element=\"{hook}\"")),
                    "{hook}: {home}"
                );
                let text = site
                    .get_with(&url, &[("accept-language", lang)])
                    .await
                    .assert_page(200);
                for left in ["{comune}", "{ufficio}", "{recapiti}"] {
                    assert!(!text.contains(left), "{left} in {url}");
                }
            }
        }
    }
    let contacts = site
        .get_with("/c/borgochiaro/contatti", &[("accept-language", "it")])
        .await;
    assert!(
        contacts
            .assert_page(200)
            .contains("Sportello di <strong>Borgochiaro</strong>")
    );
    site.get("/contatti").await.assert_page(404);
}

#[tokio::test]
async fn a_page_is_rated_in_two_steps_and_nothing_personal_is_kept() {
    let site = Site::of(Town::published().await, true).await;
    let italian = [("accept-language", "it")];
    let page = site.get_with("/livelli", &italian).await.assert_page(200);
    for hook in [
        "feedback\"",
        "feedback-title\"",
        "feedback-rate-1\"",
        "feedback-rate-5\"",
    ] {
        assert!(
            page.contains(&format!("data-element=\"{hook}")),
            "{hook} in {page}"
        );
    }
    let answer = site
        .post(
            "/valuta",
            &italian,
            "stelle=2&ritorno=%2Fparticella%2FX001_000300.21%3Fdate%3D2026-01-01",
        )
        .await;
    let next = answer.header("location").to_owned();
    assert!(
        next.starts_with("/valuta/") && next.contains("?ritorno=/particella/"),
        "{next}"
    );
    let why = site.get_with(&next, &italian).await.assert_page(200);
    assert!(why.contains("feedback-rating-negative") && why.contains("Ho avuto problemi tecnici"));
    let done = site
        .post(&next, &italian, "motivo=technical&nota=Lenta")
        .await;
    done.assert_leads_to(&next);
    let thanks = site.get_with(&next, &italian).await.assert_page(200);
    assert!(
        thanks.contains("Grazie") && !thanks.contains("<textarea"),
        "{thanks}"
    );
    // Once is enough, and a word that nobody was given is no rating.
    let again = site.post(&next, &italian, "motivo=other").await;
    assert_eq!(again.status, 404);
    for (form, status) in [
        ("stelle=6&ritorno=%2Fzone", 400),
        ("stelle=3&ritorno=%2Fpratiche%2F1", 400),
        ("ritorno=%2Fzone", 400),
    ] {
        assert_eq!(
            site.post("/valuta", &italian, form).await.status,
            status,
            "{form}"
        );
    }
    let mut connection = site.town.db.superuser().await;
    let kept: (String, i16) = sqlx::query_as("select page, stars from person.page_rating")
        .fetch_one(&mut connection)
        .await
        .expect("there is one");
    assert_eq!(kept, ("/particella".to_owned(), 2));
    for role in ["citizen", "officer"] {
        let cookie = sign_in(&site, role).await;
        let answer = site
            .get_with("/gis/valutazioni", &[("cookie", &cookie)])
            .await;
        assert_eq!(answer.status, 404, "{role}");
    }
    let cookie = sign_in(&site, "gis_clerk").await;
    let list = site
        .get_with(
            "/gis/valutazioni",
            &[("cookie", &cookie), ("accept-language", "it")],
        )
        .await
        .assert_page(200);
    for words in ["/particella", "2,0", "Lenta", "Ho avuto problemi tecnici"] {
        assert!(list.contains(words), "{words} in {list}");
    }
    // Pages of one's own ask nothing.
    let missing = send(
        &site.router,
        Method::GET,
        "/particella/X001_000300.999999",
        &[],
        "",
    )
    .await;
    assert!(!missing.text().contains("data-element=\"feedback\""));
}
