//! Tiles: addresses, entity tags, codings, versions.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use libdeflater::Decompressor;
use mappale::app::App;
use mappale::geo::{MatrixSet, TileAddress};

use super::Site;
use crate::mvt::{decode, layer};
use crate::sample::{PARCELS, Town, parcels_text, without};

const LAYERS: &str = "catasto.foglio,catasto.particella";
const TILE: &str = "16/34472/23417";

/// The same tile at both kinds of address.
async fn addresses(site: &Site) -> [String; 2] {
    let version = site.version().await;
    [
        format!("/tiles/borgochiaro/{version}/{LAYERS}/{TILE}"),
        format!("/tiles/{LAYERS}/{TILE}"),
    ]
}

#[tokio::test]
async fn a_tile_that_is_known_is_not_sent_again() {
    let site = Site::public().await;
    let [versioned, open] = addresses(&site).await;
    for (path, caching) in [
        (&versioned, "public, max-age=31536000, immutable"),
        (&open, "public, no-cache"),
    ] {
        let first = site.get(path).await;
        assert_eq!(first.status, 200);
        assert_eq!(
            first.header("content-type"),
            "application/vnd.mapbox-vector-tile"
        );
        assert_eq!(first.header("cache-control"), caching);
        assert!(
            first
                .header("vary")
                .to_lowercase()
                .contains("accept-encoding")
        );
        assert_eq!(decode(&first.body).len(), 4);
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{tag}");
        for known in [
            tag.clone(),
            format!("W/{tag}"),
            format!("\"x\", {tag}"),
            "*".into(),
        ] {
            let again = site.get_with(path, &[("if-none-match", &known)]).await;
            assert_eq!(again.status, 304, "{known}");
            assert!(again.body.is_empty());
            assert_eq!(again.header("etag"), tag);
            assert_eq!(again.header("cache-control"), caching);
        }
        let other = site.get_with(path, &[("if-none-match", "\"x\"")]).await;
        assert_eq!(other.status, 200);
    }
}

#[tokio::test]
async fn every_coding_holds_the_same_tile_under_its_own_tag() {
    let site = Site::public().await;
    for path in addresses(&site).await {
        let plain = site.get(&path).await;
        assert_eq!(plain.header("content-encoding"), "");
        let mut tags = vec![plain.header("etag").to_owned()];
        for coding in ["gzip", "zstd"] {
            let answer = site.get_with(&path, &[("accept-encoding", coding)]).await;
            assert_eq!(answer.header("content-encoding"), coding, "{path}");
            let sizes = (answer.body.len(), plain.body.len());
            assert!(sizes.0 < sizes.1, "{coding}: {sizes:?}");
            let body = if coding == "gzip" {
                let mut out = vec![0; plain.body.len()];
                let size = Decompressor::new().gzip_decompress(&answer.body, &mut out);
                assert_eq!(size.expect("is gzip"), out.len());
                out
            } else {
                zstd::stream::decode_all(answer.body.as_slice()).expect("is zstd")
            };
            assert_eq!(body, plain.body, "{coding}");
            tags.push(answer.header("etag").to_owned());
            // The tag of another coding is another entity.
            let headers = [
                ("accept-encoding", coding),
                ("if-none-match", tags[0].as_str()),
            ];
            assert_eq!(site.get_with(&path, &headers).await.status, 200, "{coding}");
        }
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), 3, "{tags:?}");
        let browser = [("accept-encoding", "gzip, deflate, br, zstd")];
        let answer = site.get_with(&path, &browser).await;
        assert_eq!(answer.header("content-encoding"), "zstd");
        let none = [("accept-encoding", "gzip;q=0, deflate")];
        assert_eq!(site.get_with(&path, &none).await.body, plain.body);
    }
}

#[tokio::test]
async fn an_empty_tile_is_an_answer() {
    let site = Site::public().await;
    let version = site.version().await;
    for tile in ["16/0/0", "20/1048575/1048575", "0/0/0", "5/16/11"] {
        for path in [
            format!("/tiles/borgochiaro/{version}/{LAYERS}/{tile}"),
            format!("/tiles/{LAYERS}/{tile}"),
        ] {
            let headers = [("accept-encoding", "gzip, zstd")];
            let answer = site.get_with(&path, &headers).await;
            assert_eq!((answer.status, answer.body.len()), (200, 0), "{path}");
            assert_eq!(answer.header("content-encoding"), "", "{path}");
        }
    }
}

#[tokio::test]
async fn addresses_that_are_none_are_not_found() {
    let site = Site::public().await;
    let version = site.version().await;
    for tile in [
        "31/0/0",
        "21/0/0",
        "4294967296/0/0",
        "16/-1/0",
        "16/1e3/0",
        "16/NaN/0",
        "16/65536/0",
        "16/0/65536",
        "0/0/1",
        "16/0x10/0",
        "16/+1/0",
        "16/1.0/0",
        "16/0/0.mvt",
        "16/%20/0",
        "a/b/c",
        "16/99999999999999999999/0",
        "16/%D9%A1/0",
    ] {
        for path in [
            format!("/tiles/borgochiaro/{version}/{LAYERS}/{tile}"),
            format!("/tiles/{LAYERS}/{tile}"),
        ] {
            site.get(&path).await.assert_problem(404);
        }
    }
    for path in [
        format!("/tiles/altrove/{version}/{LAYERS}/{TILE}"),
        format!("/tiles/borgochiaro/{version}/catasto.nulla/{TILE}"),
        format!("/tiles/catasto.nulla/{TILE}"),
        format!("/tiles/catasto.particella.label/{TILE}"),
        format!("/tiles/Catasto.particella/{TILE}"),
        format!("/tiles/catasto.foglio,/{TILE}"),
    ] {
        site.get(&path).await.assert_problem(404);
    }
    let twice = format!("/tiles/catasto.foglio,catasto.foglio/{TILE}");
    site.get(&twice).await.assert_problem(400);
}

#[tokio::test]
async fn an_unknown_version_is_gone_and_a_malformed_one_was_never_there() {
    let site = Site::public().await;
    let path = |version: &str| format!("/tiles/borgochiaro/{version}/{LAYERS}/{TILE}");
    site.get(&path("0123456789abcdef"))
        .await
        .assert_problem(410);
    for bad in [
        "1",
        "0123456789abcdeg",
        "0123456789abcdef0",
        "latest",
        "..%2F..",
        "%00",
    ] {
        site.get(&path(bad)).await.assert_problem(404);
    }
}

#[tokio::test]
async fn a_publication_reaches_the_running_server_within_a_second() {
    let site = Site::public().await;
    site.app.start_watching();
    let [old_tile, open_tile] = addresses(&site).await;
    let old = site.get(&old_tile).await;
    let old_open = site.get(&open_tile).await;
    let references = |body: &[u8]| -> Vec<String> {
        let features = layer(body, PARCELS);
        features
            .into_iter()
            .map(|f| f.attributes["reference"].clone())
            .collect()
    };
    let gone = references(&old.body)[0].trim_matches('"').to_owned();

    // The page asks for its version before and after: let the server begin to listen first.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let file = site
        .town
        .file("less.gml", without(&parcels_text(), &format!("{gone}<")));
    let outcome = site.town.load(PARCELS, &[file]).await.expect("loads");
    assert!(outcome.published);
    let published = Instant::now();
    let [new_tile, _] = loop {
        let addresses = addresses(&site).await;
        if addresses[0] != old_tile {
            break addresses;
        }
        assert!(
            published.elapsed() < Duration::from_secs(1),
            "the old version is still shown"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    };

    let new = site.get(&new_tile).await;
    assert!(!references(&new.body).contains(&format!("\"{gone}\"")));
    // Maps that are open go on with the old version.
    let still = site.get(&old_tile).await;
    assert_eq!((still.status, still.body), (200, old.body.clone()));
    assert_ne!(new.header("etag"), old.header("etag"));
    // An address without version shows the new one, under another tag.
    let tag = old_open.header("etag").to_owned();
    let open = site.get_with(&open_tile, &[("if-none-match", &tag)]).await;
    assert_eq!((open.status, &open.body), (200, &new.body));
    // Features that stayed have kept their numbers.
    let names = |body: &[u8]| -> Vec<(u64, String)> {
        let features = layer(body, PARCELS).into_iter();
        features
            .map(|f| (f.id, f.attributes["reference"].clone()))
            .collect()
    };
    let kept: Vec<_> = names(&old.body)
        .into_iter()
        .filter(|(_, r)| r.trim_matches('"') != gone)
        .collect();
    assert_eq!(kept, names(&new.body));
    site.get(&format!("/api/v1/parcels/{}", gone.replace('/', "~")))
        .await
        .assert_problem(404);
}

/// The tiles' address of the parcels in a TileJSON.
async fn tiles_url(site: &Site, query: &str) -> String {
    let path = format!("/tiles/borgochiaro/{PARCELS}/tilejson.json{query}");
    let answer = site.get(&path).await;
    assert_eq!(answer.status, 200);
    let document: serde_json::Value = serde_json::from_slice(&answer.body).expect("is JSON");
    let url = document["tiles"][0].as_str().expect("is there");
    let at = url.find("/tiles/").expect("is a path");
    url[at..].replace("{z}/{x}/{y}", TILE)
}

#[tokio::test]
async fn the_map_of_another_day_draws_the_parts_of_that_day() {
    let site = Site::of(Town::published().await, false).await;
    let count = |body: &[u8]| layer(body, PARCELS).len();
    let old = tiles_url(&site, "").await;
    let drawn = layer(&site.get(&old).await.body, PARCELS);
    let reference = drawn[0].attributes["reference"]
        .trim_matches('"')
        .to_owned();
    let gone = format!("{reference}<");
    let file = site.town.file("less.gml", without(&parcels_text(), &gone));
    site.town.load(PARCELS, &[file]).await.expect("loads");
    let mut today = old.clone();
    for _ in 0..100 {
        // An unknown version makes the server look again.
        let unknown = format!("/tiles/borgochiaro/{:016x}/{LAYERS}/{TILE}", 0);
        assert_eq!(site.get(&unknown).await.status, 410);
        today = tiles_url(&site, "").await;
        if today != old {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_ne!(today, old);
    let first = "select (extract(epoch from min(publication.at)) * 1000000)::bigint
                   from layer.publication
                   join layer.part on part.id = publication.part_id
                  where part.layer = 'catasto.particella'";
    let moment = jiff::Timestamp::from_microsecond(site.town.number(first).await);
    let moment = moment.expect("is a moment");
    let before = tiles_url(&site, &format!("?known_at={moment}")).await;
    assert_ne!(today, before);
    assert!(before.contains("known_at="), "{before}");
    let (now, then) = (site.get(&today).await, site.get(&before).await);
    assert_eq!((now.status, then.status), (200, 200));
    assert_eq!(count(&then.body), count(&now.body) + 1);
    assert_eq!(
        then.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    // Its version leads to that day's parts, and no other's.
    let (path, times) = before.split_once('?').expect("has times");
    assert_eq!(site.get(path).await.body, then.body);
    let mixed = site.get(&format!("{today}?{times}")).await;
    assert_eq!(mixed.body, now.body);
    let style = site.get("/api/v1/style/borgochiaro?date=2001-01-01").await;
    assert!(
        !style.text().contains("catasto.particella"),
        "nothing was in force"
    );
    let bad = site.get("/api/v1/style/borgochiaro?date=domani").await;
    assert_eq!(bad.status, 400);
}

#[tokio::test]
async fn a_replaced_version_is_served_for_a_quarter_of_an_hour_and_then_gone() {
    let town = Town::published().await;
    let ahead = Arc::new(AtomicI64::new(0));
    let clock = {
        let ahead = Arc::clone(&ahead);
        let start = jiff::Timestamp::now();
        Box::new(move || start + SignedDuration::from_secs(ahead.load(Ordering::Relaxed)))
    };
    let app = App::open_by_clock(town.db.config.clone(), false, clock)
        .await
        .expect("the program opens");
    let router = mappale::http::router(&app);
    let site = Site { town, app, router };
    let [old, _] = addresses(&site).await;
    let set = old.replace(TILE, "RDN2008_UTM32Quad/12/1854/1031");
    let drawn = site.get(&old).await;
    assert_eq!(drawn.status, 200);
    let gone = layer(&drawn.body, PARCELS)[0].attributes["reference"].clone();
    let gone = format!("{}<", gone.trim_matches('"'));
    let file = site.town.file("less.gml", without(&parcels_text(), &gone));
    site.town.load(PARCELS, &[file]).await.expect("loads");
    site.app.refresh().await.expect("the database answers");
    let [new, _] = addresses(&site).await;
    assert_ne!(old, new);
    for (seconds, status) in [(0, 200), (14 * 60 + 59, 200), (15 * 60, 410), (86_400, 410)] {
        ahead.store(seconds, Ordering::Relaxed);
        for path in [&old, &set] {
            let answer = site.get(path).await;
            assert_eq!(answer.status, status, "after {seconds} s: {path}");
            if status == 410 {
                answer.assert_problem(410);
            }
        }
        assert_eq!(site.get(&new).await.status, 200, "after {seconds} s");
        // A browser that has the tile is told too: a map is never mixed.
        let tag = drawn.header("etag");
        let known = site.get_with(&old, &[("if-none-match", tag)]).await;
        assert_eq!(known.status, if status == 200 { 304 } else { 410 });
    }
}

/// What any bytes do as the address of a tile: an answer, and never a panic. True where they are
/// the address of a tile.
fn read_address(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let parts: Vec<&str> = text.splitn(4, '/').collect();
    let [set, z, x, y] = parts.as_slice() else {
        return TileAddress::parse(&text, &text, &text).is_ok();
    };
    let plain = TileAddress::parse(z, x, y);
    if let Ok(tile) = plain {
        assert!(tile.z() <= 20 && tile.x() < 1 << tile.z() && tile.y() < 1 << tile.z());
        assert_eq!(
            tile.to_string(),
            format!("{}/{}/{}", tile.z(), tile.x(), tile.y())
        );
        let area = tile.buffered_box();
        assert!(area.min[0] < area.max[0] && area.min[1] < area.max[1]);
        assert!(!tile.lon_lat_box().is_empty());
    }
    let of_set = MatrixSet::from_id(set).map(|set| set.address(z, y, x));
    if let Some(Ok(tile)) = of_set {
        let area = tile.buffered_box();
        assert!(area.min[0] < area.max[0] && area.min[1] < area.max[1]);
    }
    plain.is_ok() || of_set.is_some_and(|address| address.is_ok())
}

#[test]
fn no_address_makes_the_reader_of_addresses_fall() {
    const RUNS: u32 = 200_000;
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut roll = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap_or(0) % below
    };
    let seeds: [&[u8]; 6] = [
        b"WebMercatorQuad/16/34472/23417",
        b"EuropeanETRS89_LAEAQuad/14/8269/10923",
        b"RDN2008_UTM32Quad/12/1031/1854",
        b"x/20/1048575/1048575",
        b"x/0/0/0",
        b"x/4294967295/4294967296/18446744073709551615",
    ];
    let (mut read, mut refused) = (0, 0);
    for _ in 0..RUNS {
        let mut bytes = seeds[roll(seeds.len())].to_vec();
        for _ in 0..roll(4) {
            let at = roll(bytes.len().max(1));
            match roll(4) {
                0 if !bytes.is_empty() => bytes[at] = b"0123456789/+-e.x \xd9"[roll(18)],
                1 => bytes.insert(at.min(bytes.len()), b"0123456789/"[roll(11)]),
                2 if !bytes.is_empty() => {
                    bytes.remove(at);
                }
                _ => bytes.truncate(at),
            }
        }
        if read_address(&bytes) {
            read += 1;
        } else {
            refused += 1;
        }
    }
    assert_eq!(read + refused, RUNS);
    assert!(read > RUNS / 10 && refused > RUNS / 10, "{read} {refused}");
}
