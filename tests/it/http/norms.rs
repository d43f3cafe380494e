//! Plans and their norms, as pages and in the API.

use mappale::layer::{self, ActKind, NewDocument, NewNorm, PlanKind};

use super::Site;
use crate::plan::{PLAN, act, add, create, publish, write};
use crate::sample::{PARCELS, Town, parcels_file};

async fn site() -> Site {
    let town = Town::empty().await;
    town.load_with(PARCELS, &[parcels_file()], false)
        .await
        .expect("loads");
    create(&town, "2019", PlanKind::General)
        .await
        .expect("is new");
    add(&town, "2019", PARCELS, 1).await.expect("is there");
    act(&town, "2019", ActKind::Adoption, "2018-05-10").await;
    act(&town, "2019", ActKind::Publication, "2019-03-01").await;
    let norm = |article: &str, title: &str, markdown: Option<&str>, page| NewNorm {
        article: article.to_owned(),
        title: title.to_owned(),
        markdown: markdown.map(str::to_owned),
        document: None,
        page,
    };
    let text = "Indice **0,8**.\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n`<script>alert(1)</script>`";
    let bad = [norm(
        "24",
        "x",
        Some("Uno.\n\n<script>alert(1)</script>"),
        None,
    )];
    let refused = write(&town, move |tx, id| {
        Box::pin(async move { layer::add_norm(tx, id, (PLAN, "2019"), &bad, None, "test").await })
    })
    .await;
    let refused = refused.expect_err("has HTML").to_string();
    assert!(refused.contains("line 3"), "{refused}");
    let texts = vec![
        norm("24", "Zone residenziali", Some(text), None),
        norm("9", "Definizioni <b>", Some("Testo."), None),
    ];
    let pages = vec![norm("30", "Cimiteri", None, Some(41))];
    let document = NewDocument {
        name: "nta.pdf".to_owned(),
        content: b"%PDF-1.4 invented".to_vec(),
    };
    write(&town, move |tx, id| {
        Box::pin(async move {
            let name = (PLAN, "2019");
            layer::add_norm(tx, id, name, &texts, None, "test").await?;
            layer::add_norm(tx, id, name, &pages, Some(&document), "test").await
        })
    })
    .await
    .expect("may be recorded");
    publish(&town, "2019", None).await.expect("is complete");
    create(&town, "bozza", PlanKind::General)
        .await
        .expect("is new");
    Site::of(town, false).await
}

#[tokio::test]
async fn norms_are_pages_in_both_languages() {
    let site = site().await;
    let italian = [("accept-language", "it")];
    let list = site.get_with("/norme/pgt", &italian).await.assert_page(200);
    let place = |word: &str| {
        list.find(word)
            .unwrap_or_else(|| panic!("no {word}: {list}"))
    };
    assert!(place("Art. 9") < place("Art. 24") && place("Art. 24") < place("Art. 30"));
    assert!(list.contains("vigente"), "{list}");
    let page = site
        .get_with("/norme/pgt/24", &italian)
        .await
        .assert_page(200);
    for words in [
        "Art. 24 – Zone residenziali",
        "<strong>0,8</strong>",
        "<table class=\"table\">",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "dal 1° marzo 2019",
        "breadcrumb",
    ] {
        assert!(page.contains(words), "'{words}' is not in {page}");
    }
    assert!(
        !page.contains("<script>alert") && !page.contains("style="),
        "{page}"
    );
    let english = [("accept-language", "en")];
    let page = site
        .get_with("/c/borgochiaro/norme/pgt@2019/9", &english)
        .await;
    let page = page.assert_page(200);
    assert!(
        page.contains("in force") && page.contains("Definizioni &#60;b&#62;"),
        "{page}"
    );
    let page = site
        .get_with("/norme/pgt/30", &italian)
        .await
        .assert_page(200);
    assert!(
        page.contains("#page=41") && page.contains("pagina 41"),
        "{page}"
    );
    let adopted = site
        .get_with("/norme/pgt@2019/24?date=2018-12-31", &italian)
        .await;
    assert!(adopted.assert_page(200).contains("adottato"));
    for path in [
        "/norme/prg",
        "/norme/pgt@bozza",
        "/norme/pgt/99",
        "/norme/pgt/24%27",
        "/norme/pgt/24?date=2018-12-31",
        "/norme/pgt/24?date=2001-01-01",
    ] {
        site.get_with(path, &italian).await.assert_page(404);
    }
    site.get_with("/norme/pgt/24?date=x", &italian)
        .await
        .assert_page(400);
}

#[tokio::test]
async fn plans_are_in_the_api_with_acts_days_and_articles() {
    let site = site().await;
    let answer = site.get("/api/v1/plans/borgochiaro").await.json();
    let versions = answer["versions"].as_array().expect("a list");
    assert_eq!(versions.len(), 1, "drafts are nobody's business: {answer}");
    let version = &versions[0];
    assert_eq!(version["version"], "pgt@2019");
    assert_eq!(version["status"], "in_force");
    assert_eq!(version["adopted_from"], "2018-05-10");
    assert_eq!(version["in_force_from"], "2019-03-01");
    assert_eq!(version["salvaguardia"]["until"], "2019-02-28");
    assert_eq!(version["acts"][0]["number"], "12");
    assert_eq!(version["layers"][0]["layer"], PARCELS);
    assert_eq!(version["articles"].as_array().map(Vec::len), Some(3));
    let then = site
        .get("/api/v1/plans/borgochiaro?date=2018-12-31")
        .await
        .json();
    assert_eq!(then["versions"][0]["status"], "adopted");

    let article = site
        .get("/api/v1/plans/borgochiaro/pgt/articles/24")
        .await
        .json();
    assert_eq!(article["version"], "pgt@2019");
    assert!(
        article["markdown"]
            .as_str()
            .is_some_and(|text| text.contains("**0,8**"))
    );
    let article = site
        .get("/api/v1/plans/borgochiaro/pgt@2019/articles/30")
        .await
        .json();
    assert_eq!(article["document"]["page"], 41);
    let url = article["document"]["url"]
        .as_str()
        .expect("is said")
        .to_owned();
    let document = site.get(&url).await;
    assert_eq!(document.status, 200);
    assert_eq!(document.header("content-type"), "application/pdf");
    assert_eq!(document.header("x-content-type-options"), "nosniff");
    assert!(document.body.starts_with(b"%PDF-1.4"));
    for path in [
        "/api/v1/plans/altrove",
        "/api/v1/plans/borgochiaro/prg/articles/24",
        "/api/v1/plans/borgochiaro/pgt/articles/99",
        "/api/v1/plans/borgochiaro/pgt/documents/00",
        "/api/v1/plans/borgochiaro/pgt@bozza/articles/24",
    ] {
        site.get(path).await.assert_problem(404);
    }
    site.get("/api/v1/plans/borgochiaro?date=x")
        .await
        .assert_problem(400);
}
