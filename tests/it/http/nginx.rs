//! A shared cache before the server, as many municipalities have one: a real nginx keeps what may
//! be kept, and nothing of what depends on who asks.

use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mappale::http::{Limits, serve_within};
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::session::sign_in;
use super::{Site, api};
use crate::mvt::layer;
use crate::sample::PARCELS;
use crate::support::skip;

const LIVE: &str = "pratica.luogo";

/// Where a careful cache looks at what the server says.
const CAREFUL: &str = "proxy_cache_revalidate on;";

/// A broken one, which keeps everything.
const CARELESS: &str = "proxy_cache_valid any 10m; \
                        proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;";

/// An nginx that ends with the test.
struct Nginx {
    child: Child,
    address: SocketAddr,
    client: reqwest::Client,
    folder: TempDir,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came through the cache.
struct Through {
    status: u16,
    /// `MISS`, `HIT` and so on; empty where nothing was to be kept.
    cache: String,
    caching: String,
    coding: String,
    body: Vec<u8>,
}

impl Nginx {
    /// Starts one before a server; none where it is not installed.
    async fn before(server: SocketAddr, rules: &str) -> Option<Self> {
        let program = ["/usr/sbin/nginx", "/usr/bin/nginx"]
            .into_iter()
            .find(|path| std::path::Path::new(path).is_file())?;
        let folder = tempfile::tempdir().expect("temporary folders can be made");
        let free = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = free.local_addr().expect("has an address");
        drop(free);
        let at = folder.path().display();
        let config = format!(
            "daemon off; master_process off; pid {at}/pid; error_log {at}/error.log;
             events {{}}
             http {{
               access_log off;
               client_body_temp_path {at}/body; proxy_temp_path {at}/proxy;
               fastcgi_temp_path {at}/fastcgi; uwsgi_temp_path {at}/uwsgi; scgi_temp_path {at}/scgi;
               proxy_cache_path {at}/cache keys_zone=shared:10m;
               server {{
                 listen {address};
                 location / {{
                   proxy_pass http://{server};
                   proxy_set_header Host $host;
                   proxy_cache shared;
                   add_header x-cache $upstream_cache_status always;
                   {rules}
                 }}
               }}
             }}"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, config).expect("the folder is ours");
        let child = Command::new(program)
            .arg("-c")
            .arg(&file)
            .arg("-e")
            .arg(folder.path().join("error.log"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("is installed");
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(20))
            .build()
            .expect("a client can be made");
        let nginx = Self {
            child,
            address,
            client,
            folder,
        };
        for _ in 0..100 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Some(nginx);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let log = std::fs::read_to_string(nginx.folder.path().join("error.log"));
        panic!("nginx does not start: {log:?}");
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Through {
        let url = format!("http://{}{path}", self.address);
        let mut request = self.client.get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await;
        let answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
        let header = |name: &str| {
            let value = answer.headers().get(name);
            let value = value.and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        Through {
            status: answer.status().as_u16(),
            cache: header("x-cache"),
            caching: header("cache-control"),
            coding: header("content-encoding"),
            body: answer.bytes().await.expect("the body comes").to_vec(),
        }
    }
}

/// Serves a site on a free port for as long as the test runs.
async fn serve(site: &Site) -> SocketAddr {
    let (told, address) = oneshot::channel();
    let router = site.router.clone();
    tokio::spawn(async move {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let ready = |address| told.send(address).expect("is awaited");
        serve_within(
            Limits::default(),
            router,
            any,
            ready,
            std::future::pending(),
        )
        .await
    });
    address.await.expect("it serves")
}

#[tokio::test]
async fn a_shared_cache_keeps_tiles_and_nothing_private() {
    let site = super::live::site().await;
    let server = serve(&site).await;
    let Some(nginx) = Nginx::before(server, CAREFUL).await else {
        skip("nginx (Debian nginx-light) is not installed");
        return;
    };
    // Versioned tiles are drawn once, each coding for itself.
    let version = site.version().await;
    let set = "RDN2008_UTM32Quad/12/1854/1031";
    for tile in ["16/34472/23417", set] {
        let path = format!("/tiles/borgochiaro/{version}/{PARCELS}/{tile}");
        let plain = site.get(&path).await.body;
        assert!(!layer(&plain, PARCELS).is_empty());
        for coding in ["", "gzip", "zstd"] {
            let headers = [("accept-encoding", coding)];
            let first = nginx.get(&path, &headers).await;
            assert_eq!(
                (first.status, first.cache.as_str()),
                (200, "MISS"),
                "{path} {coding}"
            );
            let again = nginx.get(&path, &headers).await;
            assert_eq!(
                (again.status, again.cache.as_str()),
                (200, "HIT"),
                "{path} {coding}"
            );
            assert_eq!((&again.coding, &again.body), (&first.coding, &first.body));
            assert_eq!(again.coding, coding, "{path}");
            assert!(!coding.is_empty() || again.body == plain, "{path}");
        }
        // What is gone or was never there is asked for again each time.
        let replaced = path.replace(&version, "0123456789abcdef");
        for (path, status) in [(replaced, 410), (format!("{path}0000"), 404)] {
            for _ in 0..2 {
                let answer = nginx.get(&path, &[]).await;
                assert_eq!(answer.status, status, "{path}");
                assert_ne!(answer.cache, "HIT", "{path}");
            }
        }
    }

    // Whatever the office has seen, nobody gets it from the cache.
    let officer = sign_in(&site, "officer").await;
    let live = super::live::path();
    let mut paths = api::documented(&site).await;
    paths.extend(
        [
            "/",
            "/mappa",
            "/ufficio",
            "/pratiche",
            "/cerca?q=3",
            "/particella/X001_000300.21",
        ]
        .map(str::to_owned),
    );
    paths.push(live.clone());
    let mut kept = 0;
    for path in &paths {
        let cookie = [("cookie", officer.as_str())];
        for _ in 0..2 {
            let of_office = nginx.get(path, &cookie).await;
            // A schema is of the program, and the same for everybody.
            let is_public =
                of_office.caching.contains("immutable") || path.starts_with("/api/v1/schemas/");
            assert!(is_public || of_office.cache != "HIT", "{path}");
        }
        let of_nobody = nginx.get(path, &[]).await;
        let direct = site.get(path).await;
        assert_eq!(of_nobody.status, direct.status, "{path}");
        if of_nobody.cache == "HIT" {
            assert!(of_nobody.caching.contains("public"), "{path}");
            assert_eq!(of_nobody.body, direct.body, "{path}");
            kept += 1;
        }
        let text = String::from_utf8_lossy(&of_nobody.body).into_owned();
        assert!(!text.contains("Nome Inventato"), "{path}");
    }
    assert!(kept >= 2, "{kept}");
    assert!(layer(&nginx.get(&live, &[]).await.body, LIVE).is_empty());

    // The twin: a cache that is told to keep everything gives the office's tile to anybody.
    let careless = Nginx::before(server, CARELESS).await.expect("is installed");
    let cookie = [("cookie", officer.as_str())];
    assert_eq!(
        layer(&careless.get(&live, &cookie).await.body, LIVE).len(),
        2
    );
    assert_eq!(layer(&careless.get(&live, &[]).await.body, LIVE).len(), 2);
}
