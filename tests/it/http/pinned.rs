//! What begins under a text goes on under it, whatever becomes of the files.

use std::path::Path;

use super::Site;
use super::walker::{PARCEL, location, walker};
use crate::sample::Town;

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("can be made");
    for entry in std::fs::read_dir(from).expect("can be read").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("can be copied");
        }
    }
}

fn change(file: &Path, old: &str, new: &str) {
    let text = std::fs::read_to_string(file).expect("is there");
    assert!(text.contains(old), "{old} is not in {}", file.display());
    std::fs::write(file, text.replace(old, new)).expect("can be written");
}

#[tokio::test]
async fn drafts_and_practices_keep_the_text_they_started_with() {
    let mut town = Town::published().await;
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    copy(&town.db.config.procedures, folder.path());
    town.db.config.procedures = folder.path().to_owned();
    let site = Site::of(town, true).await;
    let citizen = walker(&site, "citizen").await;
    let filed = citizen.complete_draft().await;
    let practice = citizen.file(&filed).await;
    let open = location(
        &citizen
            .post("/servizi/ur-cdu/inizia", &format!("sel={PARCEL}"))
            .await,
    );

    let sections = folder.path().join("sections/altre.toml");
    let (old, new) = ("Serve con urgenza?", "Hai molta fretta?");
    change(&sections, old, new);
    let own = folder.path().join("urbanistica/ur-cdu.toml");
    let (old_title, new_title) = (
        "Certificato di destinazione urbanistica",
        "Certificato nuovo",
    );
    change(&own, old_title, new_title);
    site.app
        .reload_procedures()
        .expect("the files are in order");

    let page = citizen.get(&format!("{open}/4")).await.assert_page(200);
    assert!(page.contains(old) && !page.contains(new), "{page}");
    let fresh = location(&citizen.post("/servizi/ur-cdu/inizia", "sel=").await);
    let page = citizen.get(&format!("{fresh}/4")).await.assert_page(200);
    assert!(page.contains(new) && !page.contains(old), "{page}");

    // A change with mistakes is told, and changes nothing.
    change(&own, "regime = \"application\"", "regime = \"wish\"");
    let problems = site.app.reload_procedures().expect_err("it is broken");
    assert!(
        problems.iter().any(|p| p.to_string().contains("ur-cdu")),
        "{problems:?}"
    );
    let page = citizen
        .get("/servizi/ur-cdu?lang=it")
        .await
        .assert_page(200);
    assert!(page.contains(new_title), "{page}");
    change(&own, "regime = \"wish\"", "regime = \"application\"");

    // The open draft is filed under its own text, also by a server that never read its files.
    let site = Site::of(site.town, true).await;
    let citizen = walker(&site, "citizen").await;
    citizen.complete(&open).await;
    let second = citizen.file(&open).await;
    for path in [&practice, &second] {
        let page = citizen.get(path).await.assert_page(200);
        assert!(
            page.contains(old_title) && !page.contains(new_title),
            "{page}"
        );
    }
    let mine = citizen.get("/pratiche").await.assert_page(200);
    assert!(
        mine.contains(old_title) && mine.contains(new_title),
        "{mine}"
    );
    let page = citizen.get(&fresh).await.assert_page(200);
    assert!(page.contains(new_title), "{page}");
    let officer = walker(&site, "officer").await;
    officer.get(&practice).await.assert_page(200);
    let texts = site
        .town
        .number("select count(*) from procedure.definition")
        .await;
    assert_eq!(texts, 2);
}
