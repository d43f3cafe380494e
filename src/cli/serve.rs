//! `mappale serve`.

use std::net::SocketAddr;

use anyhow::Result;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::config::Config;
use crate::http;

/// How to serve.
#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// Address and port to listen on; port 0 takes a free one and prints it.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Offer sign-in as one of three fixed demonstration identities.
    #[arg(long)]
    demo: bool,
}

/// Serves until the process is told to stop.
pub(super) async fn run(config: Config, arguments: ServeArguments) -> Result<()> {
    let address = arguments.listen.unwrap_or(config.listen);
    let app = App::open(config, arguments.demo).await?;
    let router = http::router(&app);
    app.start_watching();
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let stop = async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    };
    let mut hung_up = signal(SignalKind::hangup())?;
    let reading = app.clone();
    tokio::spawn(async move {
        while hung_up.recv().await.is_some() {
            reading.read_procedures().await;
        }
    });
    let demo = arguments.demo;
    let ready = move |address: SocketAddr| {
        let host = if address.ip().is_loopback() {
            format!("localhost:{}", address.port())
        } else {
            address.to_string()
        };
        // A line that scripts wait for; a closed output is no reason not to serve.
        let _ = super::say(&format!("Mappale serves http://{host}"));
        if demo {
            let _ = super::say(&format!(
                "  map: http://{host}/mappa   demonstration sign-in: http://{host}/demo/accedi   stop: Ctrl-C"
            ));
        }
    };
    http::serve(router, address, ready, stop).await?;
    app.databases().close().await;
    Ok(())
}
