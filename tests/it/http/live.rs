use std::path::Path;

use mappale::app::App;
use mappale::geo::TileAddress;
use sqlx::{AssertSqlSafe, Connection as _};

use super::session::sign_in;
use super::walker::{location, walker};
use super::{Answer, Site};
use crate::mvt::{Feature, layer};
use crate::sample::{PARCELS, Town};

const LAYER: &str = "pratica.luogo";
const MINE: &str = "X001_000200.88";
const THEIRS: &str = "X001_000100.12";
const MINE_ID: &str = "11111111-1111-4111-8111-111111111111";
const THEIRS_ID: &str = "22222222-2222-4222-8222-222222222222";

/// The tile of a zoom in the middle of the sample.
fn address(z: u8) -> String {
    let tile = TileAddress::at(z, 9.3645, 45.607).expect("the zoom is served");
    format!("{}/{}/{}", tile.z(), tile.x(), tile.y())
}

pub(super) fn path() -> String {
    format!("/live/{LAYER}/{}", address(12))
}

async fn run(town: &Town, statement: &str) {
    let mut superuser = town.db.superuser().await;
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
        .execute(&mut superuser)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
    superuser.close().await.expect("closes");
}

/// Adds an event and its link, as the program does.
fn event(practice: &str, seq: u32, kind: &str, link: u32) -> String {
    format!(
        "insert into audit.link values ({link}, sha256('c'), sha256('p'), sha256('l{link}'));
         insert into practice.event values ('{practice}', {seq}, '{kind}', now(), 'x', 'Nome Inventato',
             'applicant', '{{}}', sha256('s'), {link});"
    )
}

/// Files two practices, of the demonstration's citizen and of somebody else.
async fn file_two(town: &Town, procedures: &mappale::procedure::Procedures) {
    let filed = [
        (MINE_ID, "demo:citizen", "UR-CDU", MINE, 1),
        (THEIRS_ID, "somebody", "SP-OSPT", THEIRS, 2),
    ];
    for (id, person, code, parcel, number) in filed {
        let all = procedures.all();
        let procedure = all.iter().find(|one| one.definition.code == code);
        let sha = mappale::blob::hex(&procedure.expect("is ours").sha256);
        let territory = town.comune.id;
        let statement = format!(
            "insert into procedure.definition values
                 (decode('{sha}', 'hex'), '{code}', 's_italia', 1, 'text');
             insert into practice.practice values ('{id}', gen_random_uuid(), '{person}',
                 'Nome Inventato', gen_random_uuid(), sha256('b'), {territory}, 2026, {number}, now(),
                 '{code}', decode('{sha}', 'hex'), '{{}}', '{{}}');
             insert into practice.parcel values ('{id}', '{parcel}', 1);
             {}",
            event(id, 1, "submitted", number)
        );
        run(town, &statement).await;
    }
}

/// The sample with two practices, and the program opened on it.
pub(super) async fn site() -> Site {
    let town = Town::published().await;
    let procedures = mappale::procedure::Procedures::load(&town.db.config.procedures);
    file_two(&town, &procedures.expect("ours are in order")).await;
    Site::of(town, true).await
}

async fn ask(site: &Site, path: &str, cookie: &str) -> Answer {
    site.get_with(path, &[("cookie", cookie)]).await
}

/// The register numbers that an answer shows, and how many features it has.
fn shown(answer: &Answer) -> (Vec<String>, usize) {
    assert_eq!(answer.status, 200, "{answer:?}");
    let features = layer(&answer.body, LAYER);
    let mut numbers: Vec<String> = features
        .iter()
        .filter_map(|feature| value(feature, "register_number"))
        .collect();
    numbers.sort();
    (numbers, features.len())
}

/// A value of a feature, without the quotation marks that texts are shown with.
fn value(feature: &Feature, name: &str) -> Option<String> {
    let shown = feature.attributes.get(name)?;
    Some(shown.trim_matches('"').to_owned())
}

fn one<'f>(features: &'f [Feature], name: &str, wanted: &str) -> &'f Feature {
    features
        .iter()
        .find(|feature| value(feature, name).is_some_and(|found| found == wanted))
        .unwrap_or_else(|| panic!("no {wanted} in {features:?}"))
}

#[tokio::test]
async fn everybody_sees_what_is_theirs_and_no_cache_keeps_it() {
    let site = site().await;
    let table: [(&str, &[&str]); 3] = [
        ("citizen", &["2026/0000001"]),
        ("officer", &["2026/0000001", "2026/0000002"]),
        ("gis_clerk", &[]),
    ];
    let mut tags = Vec::new();
    for (role, numbers) in table {
        let cookie = sign_in(&site, role).await;
        let answer = ask(&site, &path(), &cookie).await;
        assert_eq!(shown(&answer).0, numbers, "{role}");
        assert_eq!(shown(&answer).1, numbers.len(), "{role}");
        assert_eq!(
            answer.header("cache-control"),
            "private, no-cache",
            "{role}"
        );
        assert_eq!(answer.header("vary"), "accept-encoding, cookie");
        tags.push(answer.header("etag").to_owned());
    }
    let nobody = site.get(&path()).await;
    assert_eq!(shown(&nobody).1, 0);
    assert!(nobody.body.is_empty());
    assert_eq!(nobody.header("cache-control"), "public, no-cache");
    assert_eq!(nobody.header("vary"), "accept-encoding, cookie");
    assert!(tags[0] != tags[1] && tags[0] != nobody.header("etag"));
    // A cookie that is no session any more is nobody's.
    let stranger = ask(&site, &path(), &format!("mappale={}", "0".repeat(64))).await;
    assert_eq!(shown(&stranger).1, 0);
    // What the office has in memory now answers for nobody else.
    let officer = sign_in(&site, "officer").await;
    let tag = tags[1].clone();
    let headers = [
        ("cookie", officer.as_str()),
        ("if-none-match", tag.as_str()),
    ];
    assert_eq!(site.get_with(&path(), &headers).await.status, 304);
    let headers = [("if-none-match", tag.as_str())];
    assert_eq!(site.get_with(&path(), &headers).await.status, 200);
}

#[tokio::test]
async fn a_practice_has_the_outline_of_its_parcels_and_leads_to_its_page() {
    let site = site().await;
    let cookie = sign_in(&site, "citizen").await;
    let at = address(13);
    let live = ask(&site, &format!("/live/{LAYER}/{at}"), &cookie).await;
    let parcels = site.get(&format!("/tiles/{PARCELS}/{at}")).await;
    let practice = layer(&live.body, LAYER);
    let parcels = layer(&parcels.body, PARCELS);
    let practice = one(&practice, "practice", MINE_ID);
    let parcel = one(&parcels, "reference", MINE);
    let corners = |feature: &Feature| {
        let polygons = feature.polygons();
        let mut corners: Vec<[i64; 2]> = polygons.iter().flatten().flatten().copied().collect();
        corners.sort_unstable();
        corners.dedup();
        corners
    };
    // Parcels share their corners with neighbours and may keep fewer of them.
    let (of_practice, of_parcel) = (corners(practice), corners(parcel));
    assert!(of_parcel.len() > 4, "{of_parcel:?}");
    for corner in &of_parcel {
        assert!(of_practice.contains(corner), "{corner:?}: {of_practice:?}");
    }
    assert_eq!(value(practice, "state").as_deref(), Some("submitted"));
    assert_eq!(value(practice, "phase").as_deref(), Some("open"));
    let page = ask(&site, &format!("/pratiche/{MINE_ID}"), &cookie).await;
    page.assert_page(200);
    let document = site
        .get(&format!("/live/{LAYER}/tilejson.json"))
        .await
        .json();
    assert_eq!(document["tilejson"], "3.0.0");
    assert_eq!(document["vector_layers"][1]["id"], "pratica.luogo.label");
    for (path, status) in [
        ("/live/pratica.altro/13/1/1", 404),
        ("/live/catasto.particella/13/1/1", 404),
        ("/live/pratica.luogo/13/9999/1", 404),
        ("/tiles/pratica.luogo/13/1/1", 404),
    ] {
        site.get(path).await.assert_problem(status);
    }
}

#[tokio::test]
async fn the_public_sees_only_where_the_procedure_says_so_and_nothing_of_persons() {
    let town = Town::published().await;
    let folder = tempfile::tempdir().expect("temporary folders can be made");
    copy(&town.db.config.procedures, folder.path());
    let path_of = folder.path().join("suolo/sp-ospt.toml");
    let text = std::fs::read_to_string(&path_of).expect("is ours");
    let text = text.replacen("format = 1", "format = 1\npublic_on_map = true", 1);
    std::fs::write(&path_of, text).expect("is ours");
    let procedures = mappale::procedure::Procedures::load(folder.path()).expect("in order");
    file_two(&town, &procedures).await;
    let mut config = town.db.config.clone();
    config.procedures = folder.path().to_owned();
    let app = App::open(config, true).await.expect("the program opens");
    let router = mappale::http::router(&app);
    let site = Site { town, app, router };

    let nobody = site.get(&path()).await;
    for name in [LAYER.to_owned(), format!("{LAYER}.label")] {
        let features = layer(&nobody.body, &name);
        assert_eq!(features.len(), 1, "{name}");
        let attributes: Vec<(&str, &str)> = features[0]
            .attributes
            .iter()
            .map(|(key, value)| (key.as_str(), value.trim_matches('"')))
            .collect();
        let wanted = [
            ("phase", "open"),
            ("procedure", "SP-OSPT"),
            ("state", "submitted"),
            ("year", "2026"),
        ];
        assert_eq!(attributes, wanted);
    }
    for told in ["Inventato", THEIRS_ID, "somebody", "0000002"] {
        let found = nobody
            .body
            .windows(told.len())
            .any(|w| w == told.as_bytes());
        assert!(!found, "{told}");
    }
    let cookie = sign_in(&site, "citizen").await;
    let (numbers, count) = shown(&ask(&site, &path(), &cookie).await);
    assert_eq!(
        (numbers.len(), count),
        (1, 2),
        "theirs in full, the other as anybody sees it"
    );
    let style = site.get("/api/v1/style/borgochiaro").await.json();
    assert!(style["sources"]["pratiche"].is_object(), "{style}");
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("is ours").flatten() {
        let (old, new) = (entry.path(), to.join(entry.file_name()));
        if old.is_dir() {
            std::fs::create_dir(&new).expect("is ours");
            copy(&old, &new);
        } else {
            std::fs::copy(&old, &new).expect("is ours");
        }
    }
}

#[tokio::test]
async fn the_tag_follows_the_rows_that_meet_the_tile_and_is_the_same_everywhere() {
    let site = site().await;
    let cookie = sign_in(&site, "officer").await;
    let here = path();
    let elsewhere = format!("/live/{LAYER}/13/1/1");
    let tags = async |site: &Site| {
        let here = ask(site, &here, &cookie).await.header("etag").to_owned();
        let there = ask(site, &elsewhere, &cookie).await;
        (here, there.header("etag").to_owned())
    };
    let before = tags(&site).await;
    let beside = Site {
        app: site.app.clone(),
        router: site.beside(true).await,
        town: site.town,
    };
    assert_eq!(tags(&beside).await, before);
    run(&beside.town, &event(MINE_ID, 2, "assigned", 3)).await;
    let router = beside.beside(true).await;
    let site = Site { router, ..beside };
    let after = tags(&site).await;
    assert_ne!(after.0, before.0);
    assert_eq!(after.1, before.1);
    let answer = ask(&site, &here, &cookie).await;
    let features = layer(&answer.body, LAYER);
    let mine = one(&features, "practice", MINE_ID);
    assert_eq!(value(mine, "state").as_deref(), Some("in_review"));
}

#[tokio::test]
async fn who_files_a_practice_sees_it_at_once() {
    let site = Site::of(Town::published().await, true).await;
    let citizen = walker(&site, "citizen").await;
    assert_eq!(shown(&citizen.get(&path()).await).1, 0);
    let draft = citizen.complete_draft().await;
    let key = citizen.key(&draft).await;
    // Nothing here follows the database: what is seen was looked at because of the submission.
    let sent = citizen
        .post(&format!("{draft}/invia"), &format!("key={key}"))
        .await;
    let practice = location(&sent);
    let (numbers, _) = shown(&citizen.get(&path()).await);
    assert_eq!(numbers.len(), 1, "{practice}");
}

#[tokio::test]
async fn other_instances_see_it_with_and_without_an_announcement() {
    let site = site().await;
    site.app.start_watching();
    let cookie = sign_in(&site, "officer").await;
    let state = async || {
        let answer = ask(&site, &path(), &cookie).await;
        let features = layer(&answer.body, LAYER);
        value(one(&features, "practice", MINE_ID), "state").expect("has a state")
    };
    // The first look of the follower is over when the second event comes.
    assert_eq!(state().await, "submitted");
    let silence = "alter table practice.event disable trigger announce_event";
    let steps = [
        ("", "assigned", "in_review"),
        (silence, "granted", "granted"),
    ];
    for (index, (before, kind, wanted)) in (2..).zip(steps) {
        if !before.is_empty() {
            run(&site.town, before).await;
        }
        run(&site.town, &event(MINE_ID, index, kind, index + 1)).await;
        let mut seen = state().await;
        for _ in 0..600 {
            if seen == wanted {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            seen = state().await;
        }
        assert_eq!(seen, wanted);
    }
}

#[tokio::test]
async fn a_parcel_that_a_newer_cadastre_has_not_keeps_its_outline() {
    let site = site().await;
    let cookie = sign_in(&site, "officer").await;
    let before = shown(&ask(&site, &path(), &cookie).await).1;
    let part = site
        .town
        .number("select part_id from data.catasto_particella where key = 'X001_000200.88' limit 1");
    let part = part.await;
    // Another version without it.
    let statement = format!(
        "set session_replication_role = replica;
         insert into layer.part overriding system value select (jsonb_populate_record(null::layer.part,
             to_jsonb(part) || jsonb_build_object('id', 900, 'version', 9))).* from layer.part where id = {part};
         insert into data.catasto_particella select (jsonb_populate_record(null::data.catasto_particella,
             to_jsonb(row) - 'geom' || jsonb_build_object('part_id', 900))).part_id, row.feature_id, row.key,
             row.reference, row.sezione, row.foglio, row.allegato, row.sviluppo, row.number, row.kind,
             row.original, row.label_e, row.label_n, st_translate(row.geom, 3, 0)
           from data.catasto_particella as row where part_id = {part} and key <> '{MINE}';
         insert into layer.publication (part_id, kind, by) values (900, 'publish', 'test');"
    );
    run(&site.town, &statement).await;
    site.app.refresh_live().await.expect("looks");
    let after = ask(&site, &path(), &cookie).await;
    assert_eq!(shown(&after).1, before);
    assert_eq!(before, 2);
}

#[tokio::test]
async fn the_map_has_it_for_those_who_are_signed_in() {
    let site = site().await;
    let cookie = sign_in(&site, "citizen").await;
    for (cookie, there) in [("", false), (cookie.as_str(), true)] {
        let style = ask(&site, "/api/v1/style/borgochiaro", cookie).await;
        assert_eq!(style.header("cache-control"), "no-store");
        let style = style.json();
        assert_eq!(style["sources"]["pratiche"].is_object(), there);
        let drawn = style["layers"].as_array().expect("has layers").iter();
        let drawn = drawn.filter(|layer| layer["source"] == "pratiche").count();
        assert_eq!(drawn, if there { 3 } else { 0 });
        let legend = ask(&site, "/api/v1/legend/borgochiaro", cookie)
            .await
            .text();
        assert_eq!(legend.contains(LAYER), there);
        let page = ask(&site, "/mappa", cookie).await;
        let page = if page.status == 200 {
            page
        } else {
            ask(&site, page.header("location"), cookie).await
        };
        assert_eq!(
            page.assert_page(200).contains("data-live=\"pratiche\""),
            there
        );
    }
    // A map within another page shows what everybody sees.
    let framed = ask(&site, "/mappa?incorpora=1", &cookie)
        .await
        .assert_page(200);
    assert!(!framed.contains("data-live"), "{framed}");
}
