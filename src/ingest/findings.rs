//! The findings of a report as a GeoPackage, written by the worker.

use std::path::{Path, PathBuf};

use wire::Content;

use crate::config::Config;

use super::error::Error;
use super::folder::PrivateFolder;
use super::page::findings_geojson;
use super::report::Report;
use super::worker::{Reading, WorkerError, read_document};

/// Writes the findings that have a place into a GeoPackage, layer `finding`, EPSG:4326.
///
/// # Errors
/// [`Error::File`] and [`Error::Worker`].
pub async fn findings_geopackage(
    config: &Config,
    report: &Report,
    path: PathBuf,
) -> Result<(), Error> {
    let config = config.clone();
    let text = findings_geojson(report).to_string();
    tokio::task::spawn_blocking(move || write(&config, &text, &path))
        .await
        .map_err(|_| Error::Interrupted)?
}

fn write(config: &Config, text: &str, path: &Path) -> Result<(), Error> {
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| Error::File { path, source }
    };
    let below = config.var.join("incoming");
    let folder = PrivateFolder::make(&below).map_err(failed(&below))?;
    let input = folder.path().join("findings.geojson");
    std::fs::write(&input, text).map_err(failed(&input))?;
    let out = folder.path().join("out");
    std::fs::create_dir(&out).map_err(failed(&out))?;
    let name = "findings.geojson";
    let reading = Reading {
        program: &config.worker,
        arguments: &["findings"],
        file: &input,
        output: Some(&out),
        name,
    };
    let written = match read_document(&reading)? {
        Content::Unpacked(written) => written.files.into_iter().next(),
        Content::Inspection(_) | Content::Failed(_) => None,
    };
    let Some(written) = written else {
        return Err(Error::Worker(WorkerError::Broken {
            file: name.to_owned(),
            reason: "it answered another question".into(),
        }));
    };
    std::fs::copy(out.join(written.path), path).map_err(failed(path))?;
    Ok(())
}
