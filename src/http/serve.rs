//! The accept loop: hyper with time-outs for headers, bodies and writes.
//!
//! axum's own `serve` has no time-out for headers, so a thousand clients that send one byte
//! a minute would hold a thousand connections for ever.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

/// How long clients may take, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time for the headers of a request, also between two requests on one connection.
    pub headers: Duration,
    /// Time without a single byte read, while a body is awaited.
    pub read: Duration,
    /// Time in which a client takes none of the bytes that it asked for.
    pub write: Duration,
    /// Connections at once; more wait in the system's queue.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            headers: Duration::from_secs(10),
            read: Duration::from_secs(45),
            write: Duration::from_secs(20),
            connections: 4096,
        }
    }
}

/// Time for requests in flight to end when the program stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// Why the server does not serve.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// Address and port.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
}

/// Serves until `stop` resolves; `ready` is told the address once connections are accepted.
///
/// # Errors
/// [`Error::Listen`].
pub async fn serve(
    router: Router,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()>,
) -> Result<(), Error> {
    serve_within(Limits::default(), router, address, ready, stop).await
}

/// As [`serve`], with other limits.
///
/// # Errors
/// [`Error::Listen`].
pub async fn serve_within(
    limits: Limits,
    router: Router,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr),
    stop: impl Future<Output = ()>,
) -> Result<(), Error> {
    let listen = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    ready(listener.local_addr().map_err(listen)?);
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(128)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10));
    let builder = Arc::new(builder);
    let connections = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        // A server that is full can be stopped all the same.
        let permit = tokio::select! {
            permit = Arc::clone(&connections).acquire_owned() => permit,
            () = &mut stop => break,
        };
        let Ok(permit) = permit else { break };
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, most likely: wait for some to come back.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let connection = connection(&builder, &router, stream, limits);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // Broken connections are the client's affair.
            if let Err(error) = connection.await {
                tracing::debug!(error = %error, "connection ended");
            }
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(SHUTDOWN_TIMEOUT, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests in flight were cut off");
    }
    Ok(())
}

type Io = TokioIo<std::pin::Pin<Box<TimeoutStream<TcpStream>>>>;

fn connection(
    builder: &Arc<Builder<TokioExecutor>>,
    router: &Router,
    stream: TcpStream,
    limits: Limits,
) -> impl hyper_util::server::graceful::GracefulConnection<
    Error = Box<dyn std::error::Error + Send + Sync>,
> + Send
+ 'static {
    // Small answers must not wait for more to come.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_read_timeout(Some(limits.read));
    stream.set_write_timeout(Some(limits.write));
    let io: Io = TokioIo::new(Box::pin(stream));
    let router = router.clone();
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        router.clone().oneshot(request)
    });
    builder.serve_connection(io, service).into_owned()
}
