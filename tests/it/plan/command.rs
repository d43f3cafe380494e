//! `mappale plan`, as staff use it.

use mappale::layer::{self, AsOf};

use super::PLAN;
use crate::sample::{PARCELS, Town, parcels_file};

struct Desk<'a>(&'a Town);

impl Desk<'_> {
    fn run(&self, arguments: &[&str]) -> (bool, String) {
        let output = self
            .0
            .db
            .command()
            .arg("plan")
            .args(arguments)
            .args(["--comune", "X001"])
            .output()
            .expect("the program runs");
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    }

    fn does(&self, arguments: &[&str]) -> String {
        let (done, said) = self.run(arguments);
        assert!(done, "{arguments:?}: {said}");
        said
    }

    fn refuses(&self, arguments: &[&str], word: &str) {
        let (done, said) = self.run(arguments);
        assert!(
            !done && said.contains(word),
            "{arguments:?}: '{word}' not in {said}"
        );
    }
}

#[tokio::test]
async fn a_plan_from_its_first_record_to_its_withdrawal() {
    let town = Town::empty().await;
    town.load_with(PARCELS, &[parcels_file()], false)
        .await
        .expect("loads");
    let desk = Desk(&town);
    assert!(desk.does(&["list"]).contains("No plan"));
    let perimeter = town.file(
        "perimetro.geojson",
        r#"{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":
           [[[9.361,45.607],[9.363,45.607],[9.363,45.608],[9.361,45.608],[9.361,45.607]]]}}"#,
    );
    let perimeter = perimeter.display().to_string();
    desk.does(&[
        "create",
        PLAN,
        "2019",
        "--title",
        "PGT 2019",
        "--plan-title",
        "Piano",
    ]);
    desk.refuses(&["create", PLAN, "2019", "--title", "PGT 2019"], "already");
    desk.refuses(
        &["create", PLAN, "v1", "--title", "V", "--kind", "partial"],
        "perimeter",
    );
    let variant = [
        "create",
        PLAN,
        "v1",
        "--title",
        "V",
        "--kind",
        "partial",
        "--perimeter",
    ];
    desk.does(&[&variant[..], &[&perimeter]].concat());
    desk.refuses(&["publish", PLAN, "2019"], "no parts");
    assert!(
        desk.does(&["add", PLAN, "2019", PARCELS])
            .contains("version 1")
    );
    desk.refuses(
        &["add", PLAN, "2019", "catasto.particella@7"],
        "no such version",
    );
    desk.refuses(&["publish", PLAN, "2019"], "adoption");
    let adoption = [
        "act",
        PLAN,
        "2019",
        "--kind",
        "adoption",
        "--date",
        "2018-05-10",
    ];
    desk.does(
        &[
            &adoption[..],
            &["--number", "31", "--body", "Consiglio comunale"],
        ]
        .concat(),
    );
    desk.refuses(
        &[
            "act",
            PLAN,
            "2019",
            "--kind",
            "festa",
            "--date",
            "2018-05-10",
        ],
        "festa",
    );
    desk.refuses(
        &[
            "act",
            PLAN,
            "2019",
            "--kind",
            "approval",
            "--date",
            "10/5/2018",
        ],
        "10/5/2018",
    );
    desk.does(&[
        "act",
        PLAN,
        "2019",
        "--kind",
        "publication",
        "--date",
        "2019-03-01",
    ]);
    let said = desk.does(&["publish", PLAN, "2019"]);
    assert!(
        said.contains("in force") && said.contains("2019-03-01"),
        "{said}"
    );
    assert!(said.contains("salvaguardia until 2019-02-28"), "{said}");

    let said = desk.does(&["show", PLAN, "2019"]);
    for words in ["Consiglio comunale", "31", "publication", PARCELS] {
        assert!(said.contains(words), "{said}");
    }
    let json = desk.does(&["show", PLAN, "2019", "--json", "--date", "2018-12-31"]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("is JSON");
    assert_eq!(json["status"], "adopted");
    assert_eq!(json["acts"].as_array().map(Vec::len), Some(2));

    desk.does(&[
        "withdraw",
        PLAN,
        "2019",
        "--at",
        "2021-01-01",
        "--reason",
        "prova",
    ]);
    assert!(desk.does(&["list"]).contains("withdrawn"));
    let act = town
        .number("select max(id) from layer.publication")
        .await
        .to_string();
    desk.does(&[
        "cancel",
        PLAN,
        "2019",
        "--publication",
        &act,
        "--reason",
        "errore",
    ]);
    assert!(!desk.does(&["list"]).contains("withdrawn"));
}

#[tokio::test]
async fn norms_come_from_markdown_and_from_pages_of_a_document() {
    let town = Town::empty().await;
    town.load_with(PARCELS, &[parcels_file()], false)
        .await
        .expect("loads");
    let desk = Desk(&town);
    desk.does(&["create", PLAN, "2019", "--title", "PGT 2019"]);
    let folder = town.file("x", "").with_file_name("norme");
    std::fs::create_dir(&folder).expect("is ours");
    let text =
        "# Art. 24 - Zone residenziali\n\nIndice **0,8**.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
    std::fs::write(folder.join("24.md"), text).expect("is ours");
    std::fs::write(folder.join("9.md"), "# Art. 9 - Definizioni\n\nTesto.\n").expect("is ours");
    std::fs::write(folder.join("note.txt"), "not an article").expect("is ours");
    let folder_name = folder.display().to_string();
    assert!(
        desk.does(&["norm", PLAN, "2019", &folder_name])
            .contains("2 articles")
    );
    let pdf = town.file("nta.pdf", b"%PDF-1.4\ninvented\n%%EOF\n");
    let pages = town.file(
        "pages.toml",
        "[[article]]\ncode = \"30\"\ntitle = \"Cimiteri\"\npage = 41\n",
    );
    let (pdf, pages) = (pdf.display().to_string(), pages.display().to_string());
    desk.does(&["norm", PLAN, "2019", "--document", &pdf, "--pages", &pages]);

    let mut connection = town.db.superuser().await;
    let id = town.number("select id from layer.plan_version").await;
    let norm = layer::norm(&mut connection, id, "24", None)
        .await
        .expect("answers");
    let norm = norm.expect("was recorded");
    assert_eq!(norm.title, "Zone residenziali");
    assert!(
        norm.markdown
            .as_deref()
            .is_some_and(|text| text.starts_with("Indice"))
    );
    assert_eq!(norm.document, None);
    let norm = layer::norm(&mut connection, id, "30", None)
        .await
        .expect("answers");
    let document = norm.and_then(|norm| norm.document).expect("was recorded");
    assert_eq!(
        (document.page, document.name.as_str()),
        (Some(41), "nta.pdf")
    );
    let stored = layer::document(&mut connection, id, &document.sha256).await;
    let (content, name) = stored.expect("answers").expect("was stored");
    assert!(content.starts_with(b"%PDF-1.4") && name == "nta.pdf");
    let version = layer::plan_version(
        &mut connection,
        town.comune.id,
        PLAN,
        "2019",
        AsOf::day_of(jiff::Timestamp::now()),
    )
    .await
    .expect("answers")
    .expect("was recorded");
    let codes: Vec<&str> = version
        .articles
        .iter()
        .map(|a| a.article.as_str())
        .collect();
    assert_eq!(codes, ["9", "24", "30"]);

    // A corrected article counts from now on; before, it was as it was.
    let known = layer::known_until(&mut connection, None)
        .await
        .expect("answers");
    let corrected = "# Art. 24 - Zone residenziali esistenti\n\nIndice **0,6**.\n";
    std::fs::write(folder.join("24.md"), corrected).expect("is ours");
    let file = folder.join("24.md").display().to_string();
    desk.does(&["norm", PLAN, "2019", &file]);
    let title = async |connection: &mut sqlx::PgConnection, known| {
        let norm = layer::norm(connection, id, "24", known)
            .await
            .expect("answers");
        norm.expect("is there").title
    };
    assert_eq!(
        title(&mut connection, None).await,
        "Zone residenziali esistenti"
    );
    assert_eq!(title(&mut connection, known).await, "Zone residenziali");

    for (name, content, word) in [
        ("31.md", "no title", "title"),
        (
            "not an article.md",
            "# Titolo\n\nTesto",
            "letters and digits",
        ),
    ] {
        let file = town.file(name, content).display().to_string();
        desk.refuses(&["norm", PLAN, "2019", &file], word);
    }
    let fake = town.file("fake.pdf", b"MZ").display().to_string();
    desk.refuses(
        &["norm", PLAN, "2019", "--document", &fake, "--pages", &pages],
        "no PDF",
    );
    desk.refuses(&["norm", PLAN, "2019", "--document", &pdf], "no article");
}
