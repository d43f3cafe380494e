//! A bare axum handler that answers with the tiles of another server: what HTTP alone costs.
//!
//! `bare PORT HOST:PORT TILES CODING`: asks the other server once for every tile of the file
//! ("z x y" a line) in a coding, keeps the bytes in a map, then serves them at
//! `/tiles/any/{z}/{x}/{y}` with their entity tags, and 304 where the tag is the one asked with.
//! Used by `benches/rivals/run.sh`; without arguments it does nothing.

#![allow(
    clippy::print_stdout,
    reason = "the script waits for the line that it prints"
)]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;

/// A tile as the other server sent it.
struct Kept {
    bytes: Bytes,
    tag: HeaderValue,
    coding: Option<HeaderValue>,
}

type Tiles = Arc<HashMap<(u8, u32, u32), Kept>>;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, other, list, coding] = arguments.as_slice() else {
        return;
    };
    let list = std::fs::read_to_string(list).expect("the list of tiles is there");
    let mut tiles = HashMap::new();
    for line in list.lines() {
        let mut numbers = line
            .split(' ')
            .map(|number| number.parse().expect("a number"));
        let mut next = || numbers.next().expect("three numbers");
        let (z, x, y): (u32, u32, u32) = (next(), next(), next());
        let z = u8::try_from(z).expect("is a zoom");
        let path = format!("/tiles/catasto.particella/{z}/{x}/{y}");
        tiles.insert((z, x, y), ask(other, &path, coding));
    }
    let router = Router::new()
        .route("/tiles/{layers}/{z}/{x}/{y}", get(answer))
        .with_state(Arc::new(tiles));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(async {
        let address = (Ipv4Addr::LOCALHOST, port.parse().expect("a port"));
        let listener = tokio::net::TcpListener::bind(address).await;
        println!("ready");
        axum::serve(listener.expect("the port is free"), router)
            .await
            .expect("serves");
    });
}

async fn answer(
    State(tiles): State<Tiles>,
    Path((_, z, x, y)): Path<(String, u8, u32, u32)>,
    headers: HeaderMap,
) -> Response {
    let Some(tile) = tiles.get(&(z, x, y)) else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let same = headers.get(header::IF_NONE_MATCH) == Some(&tile.tag);
    let mut response = Response::new(if same {
        Body::empty()
    } else {
        Body::from(tile.bytes.clone())
    });
    if same {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let answer = response.headers_mut();
    answer.insert(header::ETAG, tile.tag.clone());
    if let (Some(coding), false) = (&tile.coding, same) {
        answer.insert(header::CONTENT_ENCODING, coding.clone());
    }
    response
}

fn ask(other: &str, path: &str, coding: &str) -> Kept {
    let mut stream = TcpStream::connect(other).expect("the other server listens");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {other}\r\naccept-encoding: {coding}\r\nconnection: close\r\n\r\n"
    )
    .expect("it reads");
    let mut reader = BufReader::new(stream);
    let mut kept = Kept {
        bytes: Bytes::new(),
        tag: HeaderValue::from_static(""),
        coding: None,
    };
    let mut length = 0;
    let mut line = String::new();
    loop {
        line.clear();
        reader.read_line(&mut line).expect("it answers");
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            if line.trim().is_empty() {
                break;
            }
            continue;
        };
        match name {
            "content-length" => length = value.parse().expect("a length"),
            "etag" => kept.tag = value.parse().expect("a tag"),
            "content-encoding" => kept.coding = Some(value.parse().expect("a coding")),
            _ => {}
        }
    }
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).expect("the body comes");
    kept.bytes = bytes.into();
    kept
}
