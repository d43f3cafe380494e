//! Pictures from the air: from a server of the municipality's choice, through ours.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use mappale::config::ImagerySettings;

use super::Site;
use crate::sample::Town;

const JPEG: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4];

/// A tile of the sample's comune.
const HERE: &str = "/ortofoto/16/34472/23417";

/// A small server of pictures that writes down what it was asked.
struct Pictures {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    /// What it answers: status line and headers, then the body.
    answer: Arc<Mutex<(String, Vec<u8>)>>,
}

impl Pictures {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("has an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let answer = Arc::new(Mutex::new(("200 OK".to_owned(), JPEG.to_vec())));
        let (log, given) = (Arc::clone(&asked), Arc::clone(&answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut request = Vec::new();
                let mut piece = [0; 1024];
                while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                    match stream.read(&mut piece) {
                        Ok(size @ 1..) => request.extend_from_slice(&piece[..size]),
                        _ => break,
                    }
                }
                let text = String::from_utf8_lossy(&request).into_owned();
                let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
                log.lock().expect("nobody panics").push(path);
                let (head, body) = given.lock().expect("nobody panics").clone();
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
                );
                // Whoever asked may have gone: a limit was reached.
                let _ = stream.write_all(head.as_bytes());
                let _ = stream.write_all(&body);
            }
        });
        Self {
            address,
            asked,
            answer,
        }
    }

    fn answer(&self, head: &str, body: &[u8]) {
        *self.answer.lock().expect("nobody panics") = (head.to_owned(), body.to_vec());
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panics").clone()
    }
}

async fn site(pictures: &Pictures, cache_bytes: u64) -> Site {
    let mut town = Town::published().await;
    let url = format!("http://{}/wmts?m={{z}}&c={{x}}&r={{y}}", pictures.address);
    town.db.config.imagery = Some(ImagerySettings {
        url,
        credit: "Regione <b>inventata</b>".to_owned(),
        max_zoom: 18,
        cache_bytes,
        folder: town.db.config.var.join("imagery"),
    });
    Site::of(town, false).await
}

fn kept(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(kept(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

#[tokio::test]
async fn a_picture_is_asked_for_once_and_then_kept() {
    let pictures = Pictures::start();
    let site = site(&pictures, 1_000_000).await;
    for _ in 0..3 {
        let answer = site.get(HERE).await;
        assert_eq!((answer.status, answer.body.as_slice()), (200, JPEG));
        assert_eq!(answer.header("content-type"), "image/jpeg");
        assert_eq!(answer.header("cache-control"), "public, max-age=86400");
    }
    assert_eq!(pictures.asked(), ["/wmts?m=16&c=34472&r=23417"]);
    // Far away, too deep, and what is no address: the other server hears of nothing.
    for path in [
        "/ortofoto/16/1/1",
        "/ortofoto/19/275776/187336",
        "/ortofoto/16/a/1",
    ] {
        site.get(path).await.assert_problem(404);
    }
    assert_eq!(pictures.asked().len(), 1);
    // The map knows them, switched off at first; markup is no markup.
    let style = site.get("/api/v1/style/borgochiaro").await.json();
    let source = &style["sources"]["ortofoto"];
    assert_eq!(
        (&source["type"], &source["maxzoom"]),
        (&"raster".into(), &18.into())
    );
    let credit = source["attribution"].as_str().expect("a text");
    assert!(
        credit.contains("inventata") && !credit.contains('<'),
        "{credit}"
    );
    // An old picture is asked for again, and still good when the other server is not.
    let files = kept(&site.town.db.config.var.join("imagery"));
    assert_eq!(files.len(), 1, "{files:?}");
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(40 * 24 * 3600);
    let file = std::fs::File::options()
        .write(true)
        .open(&files[0])
        .expect("is there");
    file.set_modified(long_ago).expect("is ours");
    pictures.answer("500 Broken", b"");
    assert_eq!(site.get(HERE).await.body, JPEG);
    assert_eq!(pictures.asked().len(), 2);
}

#[tokio::test]
async fn what_is_no_picture_is_not_handed_on() {
    let pictures = Pictures::start();
    let site = site(&pictures, 1_000_000).await;
    let elsewhere = format!("302 Found\r\nlocation: http://{}/secret", pictures.address);
    let html = b"<script>alert(1)</script>".as_slice();
    for (head, body, status) in [
        ("404 Not Found", JPEG, 404),
        ("500 Broken", JPEG, 503),
        ("200 OK\r\ncontent-type: image/png", html, 503),
        (elsewhere.as_str(), JPEG, 503),
        ("200 OK", &vec![0xff; 2_100_000][..], 503),
    ] {
        pictures.answer(head, body);
        let answer = site.get(HERE).await;
        assert_eq!(answer.status, status, "{head}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("script"));
    }
    assert!(
        pictures
            .asked()
            .iter()
            .all(|path| path.starts_with("/wmts?"))
    );
    assert!(kept(&site.town.db.config.var.join("imagery")).is_empty());
}

#[tokio::test]
async fn what_is_kept_has_a_bound_and_without_a_setting_there_is_nothing() {
    let pictures = Pictures::start();
    let mut picture = JPEG.to_vec();
    picture.resize(1000, 7);
    pictures.answer("200 OK", &picture);
    let site = site(&pictures, 5_000).await;
    for column in 34_468..34_480 {
        let answer = site.get(&format!("/ortofoto/16/{column}/23417")).await;
        assert_eq!(answer.status, 200, "{column}");
    }
    let files = kept(&site.town.db.config.var.join("imagery"));
    assert!((3..=5).contains(&files.len()), "{files:?}");
    let plain = Site::public().await;
    plain.get(HERE).await.assert_problem(404);
    let style = plain.get("/api/v1/style/borgochiaro").await.json();
    assert!(style["sources"].get("ortofoto").is_none());
}
