//! What is in a file, before anything is done with it.

use std::path::{Path, PathBuf};

use wire::{Content, Inspection};

use crate::config::Config;

use super::error::Error;
use super::files::InputFile;
use super::worker::{Reading, WorkerError, read_document};

/// How a file is to be looked into.
#[derive(Debug, Clone, Default)]
pub struct InspectRequest {
    /// The file.
    pub path: PathBuf,
    /// Name of the driver; by default the worker tells it from the content.
    pub driver: Option<String>,
    /// CRS, whatever the file says, such as `EPSG:3003`.
    pub crs: Option<String>,
    /// Encoding of text, whatever the file says.
    pub encoding: Option<String>,
}

/// Looks into a file: layers, fields with samples, geometries, CRS, encoding, extent.
///
/// # Errors
/// [`Error::File`] and [`Error::Worker`].
pub async fn inspect(config: &Config, request: InspectRequest) -> Result<Inspection, Error> {
    let worker = config.worker.clone();
    tokio::task::spawn_blocking(move || inspect_file(&worker, &request))
        .await
        .map_err(|_| Error::Interrupted)?
}

fn inspect_file(worker: &Path, request: &InspectRequest) -> Result<Inspection, Error> {
    let file = InputFile::open(&request.path).map_err(|source| Error::File {
        path: request.path.clone(),
        source,
    })?;
    let mut arguments = vec!["inspect"];
    let options = [
        ("--driver", &request.driver),
        ("--crs", &request.crs),
        ("--encoding", &request.encoding),
    ];
    for (name, value) in options {
        if let Some(value) = value {
            arguments.extend([name, value]);
        }
    }
    let reading = Reading {
        program: worker,
        arguments: &arguments,
        file: &file.path,
        name: &file.name,
    };
    match read_document(&reading)? {
        Content::Inspection(inspection) => Ok(inspection),
        Content::Unpacked(_) | Content::Failed(_) => Err(Error::Worker(WorkerError::Broken {
            file: file.name,
            reason: "it answered another question".into(),
        })),
    }
}
