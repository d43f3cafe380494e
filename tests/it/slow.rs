//! Slow clients: a thousand of them, while others are answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use mappale::http::{Limits, serve_within};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// More than the system keeps for a client that does not read.
const LARGE: usize = 24 << 20;

struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: tokio::task::JoinHandle<()>,
}

async fn serve(limits: Limits) -> Served {
    let router = Router::new()
        .route("/", get(|| async { "here" }))
        .route("/large", get(|| async { vec![b'x'; LARGE] }))
        .route(
            "/take",
            post(|body: String| async move { body.len().to_string() }),
        );
    let (told, address) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(async move {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let ready = |address| told.send(address).expect("is awaited");
        let stop = async { stopped.await.unwrap_or_default() };
        serve_within(limits, router, any, ready, stop)
            .await
            .expect("serves");
    });
    let address = address.await.expect("is told");
    Served {
        address,
        stop,
        server,
    }
}

fn short() -> Limits {
    Limits {
        headers: Duration::from_millis(1500),
        read: Duration::from_millis(1500),
        write: Duration::from_millis(1500),
        ..Limits::default()
    }
}

/// The body of an answer to a client like any other.
async fn asked(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let request = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.expect("is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("comes");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
        .split("\r\n\r\n")
        .nth(1)
        .unwrap_or_default()
        .to_owned()
}

/// Sends a part of a request and then a byte now and then, until the server closes.
async fn drips(address: SocketAddr, begin: &str, drip: Option<&str>) {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    if stream.write_all(begin.as_bytes()).await.is_err() {
        return;
    }
    let mut buffer = [0; 512];
    loop {
        let wait = Duration::from_millis(200);
        match tokio::time::timeout(wait, stream.read(&mut buffer)).await {
            // Closed, with or without an answer that says why.
            Ok(Ok(0) | Err(_)) => return,
            Ok(Ok(_)) => {}
            Err(_) => {
                if let Some(drip) = drip
                    && stream.write_all(drip.as_bytes()).await.is_err()
                {
                    return;
                }
            }
        }
    }
}

/// Asks for much and reads nothing until the server has given up.
async fn reads_nothing(address: SocketAddr) {
    let socket = TcpSocket::new_v4().expect("is made");
    socket.set_recv_buffer_size(4096).expect("can be set");
    let mut stream = socket.connect(address).await.expect("connects");
    let request = b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n";
    stream.write_all(request).await.expect("is taken");
    // Longer than the server waits; what came is then less than what was asked for.
    tokio::time::sleep(Duration::from_secs(4)).await;
    let mut got = Vec::new();
    let _ = stream.read_to_end(&mut got).await;
    assert!(got.len() < LARGE, "{} bytes were sent", got.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_slow_clients_are_closed_and_others_are_answered() {
    let served = serve(short()).await;
    let address = served.address;
    let closed = Arc::new(AtomicUsize::new(0));
    let mut slow = JoinSet::new();
    for number in 0..1000 {
        let closed = Arc::clone(&closed);
        slow.spawn(async move {
            match number % 20 {
                // Memory: each of these holds a large answer at the server.
                0 if number < 200 => reads_nothing(address).await,
                0..10 => drips(address, "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ", Some("a")).await,
                _ => {
                    let begin = "POST /take HTTP/1.1\r\nhost: x\r\ncontent-length: 90000\r\n\r\n{";
                    drips(address, begin, None).await;
                }
            }
            closed.fetch_add(1, Ordering::Relaxed);
        });
    }
    let mut answered = 0;
    while closed.load(Ordering::Relaxed) < 1000 {
        assert_eq!(asked(address).await, "here");
        answered += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    while let Some(one) = slow.join_next().await {
        one.expect("was closed in order");
    }
    assert!(answered > 10, "{answered}");
    served.stop.send(()).expect("serves still");
    served.server.await.expect("ends");
}

#[tokio::test]
async fn who_comes_when_all_connections_are_taken_waits_and_a_full_server_can_be_stopped() {
    let served = serve(Limits {
        connections: 1,
        ..short()
    })
    .await;
    let address = served.address;
    let slow = tokio::spawn(drips(address, "GET / HTTP/1.1\r\n", None));
    // Answered when the slow one was closed.
    assert_eq!(asked(address).await, "here");
    slow.await.expect("was closed");
    let _held = TcpStream::connect(address).await.expect("connects");
    served.stop.send(()).expect("serves still");
    served.server.await.expect("ends");
}
