//! `mappale tiles`: tiles of many zooms in one file.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};

use crate::app::App;
use crate::config::Config;
use crate::tile::{ArchiveOrder, write_archive};

use super::progress::progress;
use super::say;

/// What to do with tiles.
#[derive(Debug, Subcommand)]
pub(super) enum TilesCommand {
    /// Write the tiles of public layers to a PMTiles file (version 3), for object storage or a
    /// content network. Interrupted, it goes on where it was when it is called again.
    Export(ExportArguments),
}

/// What to export.
#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// Ids of layers, joined by commas.
    #[arg(long, value_name = "LAYERS")]
    layers: String,
    /// First and last zoom.
    #[arg(long, default_value = "0-16", value_parser = zooms)]
    zoom: [u8; 2],
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

fn zooms(text: &str) -> Result<[u8; 2], String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| {
        text.parse::<u8>()
            .map_err(|_| format!("'{text}' is no zoom: two numbers are wanted, such as 0-16"))
    };
    Ok([number(first)?, number(last)?])
}

pub(super) async fn run(config: Config, command: TilesCommand) -> Result<()> {
    let TilesCommand::Export(arguments) = command;
    let app = App::open(config, false).await?;
    let catalogue = app.catalogue();
    let order = ArchiveOrder {
        layers: arguments.layers,
        zooms: arguments.zoom,
        file: arguments.out,
    };
    let (sender, drawing) = progress(format!("{}", order.file.display()));
    let stopped = Arc::new(AtomicBool::new(false));
    let stopping = Arc::clone(&stopped);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stopping.store(true, Ordering::Relaxed);
        }
    });
    let file = order.file.display().to_string();
    let work = tokio::task::spawn_blocking(move || {
        write_archive(&catalogue, &order, &mut |done| {
            sender.send_replace((done, 10_000));
            !stopped.load(Ordering::Relaxed)
        })
    });
    let written = work.await.context("the export was interrupted")?;
    drawing.abort();
    let Some(written) = written? else {
        bail!("stopped; what is done is in {file}.part, the same command goes on with it");
    };
    let resumed = match written.resumed {
        0 => String::new(),
        some => format!(", {some} entries of an earlier run"),
    };
    say(&format!(
        "{file}: {} tiles, {} distinct, {} bytes{resumed}",
        written.tiles, written.contents, written.bytes
    ))
}
