//! Features of a layer as a GeoPackage or a zipped shapefile, written by the worker.

use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use wire::Content;

use crate::config::Config;

use super::error::Error;
use super::folder::PrivateFolder;
use super::worker::{Reading, WorkerError, read_document};

/// A written file; it is gone when this is dropped.
#[derive(Debug)]
pub struct PackedFile {
    path: PathBuf,
    bytes: u64,
    _folder: PrivateFolder,
}

impl PackedFile {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How long it is.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// The format of a packed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackedFormat {
    /// GeoPackage (OGC 12-128).
    GeoPackage,
    /// A shapefile in a ZIP archive.
    Shapefile,
}

impl PackedFormat {
    /// Its word for the worker.
    fn word(self) -> &'static str {
        match self {
            Self::GeoPackage => "gpkg",
            Self::Shapefile => "shp",
        }
    }
}

/// Has the worker make a file of a list of features (the layer, then a feature a line), which
/// `write` writes. Blocks until the file is there.
///
/// # Errors
/// [`Error::File`], also with what `write` returns, and [`Error::Worker`].
pub fn pack_features(
    config: &Config,
    format: PackedFormat,
    write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>,
) -> Result<PackedFile, Error> {
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| Error::File { path, source }
    };
    let below = config.var.join("outgoing");
    let folder = PrivateFolder::make(&below).map_err(failed(&below))?;
    let input = folder.path().join("features.ndjson");
    let mut list = BufWriter::new(std::fs::File::create_new(&input).map_err(failed(&input))?);
    write(&mut list).map_err(failed(&input))?;
    list.flush().map_err(failed(&input))?;
    drop(list);
    let out = folder.path().join("out");
    std::fs::create_dir(&out).map_err(failed(&out))?;
    let name = "features.ndjson";
    let reading = Reading {
        program: &config.worker,
        arguments: &["export", "--format", format.word()],
        file: &input,
        output: Some(&out),
        name,
    };
    let written = match read_document(&reading)? {
        Content::Unpacked(written) => written.files.into_iter().next(),
        Content::Inspection(_) | Content::Failed(_) => None,
    };
    // A name of the worker's leads nowhere but into its folder.
    let path = written
        .and_then(|file| Path::new(&file.path).file_name().map(|name| out.join(name)))
        .ok_or_else(|| {
            Error::Worker(WorkerError::Broken {
                file: name.to_owned(),
                reason: "it answered another question".into(),
            })
        })?;
    let bytes = path.metadata().map_err(failed(&path))?.len();
    Ok(PackedFile {
        path,
        bytes,
        _folder: folder,
    })
}
