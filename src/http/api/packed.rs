//! Files that the worker makes for whoever asks: GeoPackages and zipped shapefiles.

use std::io::Write;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::io::AsyncReadExt as _;

use crate::app::App;
use crate::ingest::{PackedFormat, pack_features};

use super::super::error::Failure;
use super::super::headers::PRIVATE;

/// Files that are packed at once: a processor is kept for others.
static PACKING: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(2);

/// Bytes that are read of a file at a time.
const CHUNK_BYTES: usize = 1 << 16;

/// The file that the worker makes of a list of features, which `write` writes.
///
/// `name` is the name of the file without its ending: letters, digits, dots and dashes.
///
/// # Errors
/// [`Failure::Unavailable`] while others are being made, [`Failure::Internal`].
pub(super) async fn answer(
    app: &App,
    format: PackedFormat,
    name: &str,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()> + Send + 'static,
) -> Result<Response, Failure> {
    let permit = PACKING
        .try_acquire()
        .map_err(|_| Failure::Unavailable("other files are being written just now".into()))?;
    let config = app.config().clone();
    let work = tokio::task::spawn_blocking(move || {
        let packed = pack_features(&config, format, write);
        drop(permit);
        packed
    });
    let packed = work
        .await
        .map_err(|error| Failure::internal(&error))?
        .map_err(|error| Failure::internal(&error))?;
    let (kind, ending) = match format {
        PackedFormat::GeoPackage => ("application/geopackage+sqlite3", "gpkg"),
        PackedFormat::Shapefile => ("application/zip", "zip"),
    };
    let name = format!("attachment; filename=\"{name}.{ending}\"");
    let name = HeaderValue::from_str(&name).map_err(|error| Failure::internal(&error))?;
    let file = tokio::fs::File::open(packed.path())
        .await
        .map_err(|error| Failure::internal(&error))?;
    let headers = [
        (header::CACHE_CONTROL, PRIVATE),
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, name),
        (header::CONTENT_LENGTH, HeaderValue::from(packed.bytes())),
    ];
    // The file is removed when the last of it is sent, or nobody waits for it any more.
    let pieces = stream::try_unfold((file, packed), |(mut file, packed)| async move {
        let mut chunk = vec![0; CHUNK_BYTES];
        let read = file.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((chunk, (file, packed))))
    });
    Ok((headers, Body::from_stream(pieces)).into_response())
}
