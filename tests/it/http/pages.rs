//! Pages: addresses of parcels, search, languages.

use super::Site;

#[tokio::test]
async fn an_address_that_leads_nowhere_is_a_page() {
    let site = Site::public().await;
    for path in [
        "/nulla",
        "/c/altrove/",
        "/c/altrove/mappa",
        "/c/altrove/cerca?q=1",
        "/mappa/x",
    ] {
        site.get(path).await.assert_page(404);
    }
    site.get("/particella/nulla").await.assert_page(400);
    site.get("/luogo?lon=a&lat=b").await.assert_page(400);
    let page = site
        .get("/particella/X001_000300.999999")
        .await
        .assert_page(404);
    assert!(
        page.contains("X001_000300.999999"),
        "it says what it looked for"
    );
    // What people type comes back as text only.
    let page = site
        .get("/cerca?q=%3Cscript%3Ealert(1)%3C/script%3E")
        .await
        .assert_page(200);
    assert!(!page.contains("<script>alert"), "{page}");
}

#[tokio::test]
async fn a_parcel_has_a_page_under_its_reference() {
    let site = Site::public().await;
    let page = site
        .get("/particella/X001_000300.123~A")
        .await
        .assert_page(200);
    assert!(page.contains("123/A"));
    assert!(page.contains("/api/v1/parcels/X001_000300.123~A"));
    let fragment = site.get("/particella/X001_000300.123~A?frammento=1").await;
    assert_eq!(fragment.status, 200);
    let fragment = fragment.text();
    assert!(
        fragment.contains("123/A") && !fragment.contains("<html"),
        "{fragment}"
    );
}

#[tokio::test]
async fn sheet_and_number_lead_to_the_parcel_or_to_those_they_may_mean() {
    let site = Site::public().await;
    // Numbers that only sheet 3 has, and numbers that its allegato has too.
    let mut connection = site.town.db.superuser().await;
    let numbers: Vec<(String, i64)> = sqlx::query_as(
        "select number, count(*) from data.catasto_particella
          where foglio = 3 group by number order by number",
    )
    .fetch_all(&mut connection)
    .await
    .expect("answers");
    let with = |count: i64| {
        let found = numbers
            .iter()
            .find(|(number, c)| *c == count && !number.contains('/'));
        &found.expect("the sample has such a number").0
    };
    let (single, double) = (with(1), with(2));

    let reference: String = sqlx::query_scalar(
        "select key from data.catasto_particella where foglio = 3 and number = $1",
    )
    .bind(single)
    .fetch_one(&mut connection)
    .await
    .expect("answers");
    let answer = site.get(&format!("/particella/X001/3/{single}")).await;
    answer.assert_leads_to(&format!("/particella/{reference}"));
    let answer = site
        .get(&format!("/c/borgochiaro/particella/X001/3/{single}"))
        .await;
    answer.assert_leads_to(&format!("/c/borgochiaro/particella/{reference}"));
    site.get("/particella/X001/3/123~A")
        .await
        .assert_leads_to("/particella/X001_000300.123~A");

    let page = site
        .get(&format!("/particella/X001/3/{double}"))
        .await
        .assert_page(200);
    for sheet in ["X001_000300", "X001_0003A0"] {
        assert!(
            page.contains(&format!("/particella/{sheet}.{double}\"")),
            "{sheet}: {page}"
        );
    }
    // With the allegato there is only one.
    let answer = site.get(&format!("/particella/X001/3A/{double}")).await;
    answer.assert_leads_to(&format!("/particella/X001_0003A0.{double}"));

    site.get("/particella/X001/3/999999").await.assert_page(404);
    site.get("/particella/H501/3/21").await.assert_page(404);
    site.get("/particella/X001/tre/21").await.assert_page(400);
}

#[tokio::test]
async fn search_leads_to_the_parcel_or_lists_what_fits() {
    let site = Site::public().await;
    for query in [
        "X001_000200.88",
        "2%2088",
        "2/88",
        "F.2%20m.88",
        "foglio%202%20particella%2088",
        "X001%202%2088",
    ] {
        let answer = site.get(&format!("/cerca?q={query}")).await;
        answer.assert_leads_to("/particella/X001_000200.88");
        let answer = site.get(&format!("/c/borgochiaro/cerca?q={query}")).await;
        answer.assert_leads_to("/c/borgochiaro/particella/X001_000200.88");
    }
    // A whole sheet: more than fit on a page.
    let page = site.get("/cerca?q=3").await.assert_page(200);
    let found = page.matches("/particella/X001_0003").count();
    assert!(found >= 50, "{found}");
    for query in ["", "%20", "nulla", "3%20999999", "H501%203%2021"] {
        let page = site
            .get(&format!("/cerca?q={query}"))
            .await
            .assert_page(200);
        assert!(!page.contains("href=\"/particella/"), "{query}");
    }
}

#[tokio::test]
async fn both_languages_are_spoken_and_the_choice_is_kept() {
    let site = Site::public().await;
    let italian = "<html lang=\"it\"";
    let english = "<html lang=\"en\"";
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
    let cases: [Case<'_>; 7] = [
        ("/", &[], italian),
        ("/?lang=en", &[], english),
        (
            "/",
            &[("accept-language", "en-GB,en;q=0.9,it;q=0.5")],
            english,
        ),
        ("/", &[("accept-language", "de")], italian),
        ("/", &[("cookie", "lingua=en")], english),
        ("/", &[("cookie", "lingua=xx")], italian),
        (
            "/?lang=it",
            &[("cookie", "lingua=en"), ("accept-language", "en")],
            italian,
        ),
    ];
    for (path, headers, wanted) in cases {
        let page = site.get_with(path, headers).await;
        assert!(page.text().contains(wanted), "{path} {headers:?}");
        assert!(page.header("vary").contains("accept-language"), "{path}");
    }

    let answer = site
        .get("/lingua/en?ritorno=/mappa%3Fsel%3DX001_000300.21")
        .await;
    answer.assert_leads_to("/mappa?sel=X001_000300.21");
    assert!(answer.header("set-cookie").starts_with("lingua=en; "));
    assert!(answer.header("set-cookie").contains("SameSite=Lax"));
    site.get("/lingua/it?ritorno=/mappa?lang=en")
        .await
        .assert_leads_to("/mappa");

    // Nobody is led to another site.
    for back in [
        "https://evil.example/",
        "//evil.example/",
        "/%5Cevil.example",
        "%5C%5Cevil.example",
        "/%09/evil.example",
        "/%0A/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
    ] {
        let answer = site.get(&format!("/lingua/en?ritorno={back}")).await;
        answer.assert_leads_to("/");
    }
    let answer = site.get("/lingua/en").await;
    answer.assert_leads_to("/");
}
