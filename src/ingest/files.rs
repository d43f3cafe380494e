//! The files of a load: their names, sizes and digests.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

/// A file to be loaded, as recorded with the part.
#[derive(Debug, Clone, Serialize)]
pub struct InputFile {
    /// Where it lies on this machine; not recorded.
    #[serde(skip)]
    pub path: PathBuf,
    /// Its name, without folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its content, hexadecimal.
    pub sha256: String,
}

impl InputFile {
    /// Reads a file once to know its digest.
    ///
    /// # Errors
    /// Those of the file system; a folder is refused too.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let mut file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(std::io::Error::other("it is not a file"));
        }
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        let mut bytes = 0;
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            hash.update(&buffer[..read]);
        }
        Ok(Self {
            path: std::path::absolute(path)?,
            name: path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            bytes,
            sha256: format!("{:x}", hash.finalize()),
        })
    }
}

/// Digest over the digests of several files, whatever their names and order.
pub fn files_digest(files: &[InputFile]) -> [u8; 32] {
    let mut digests: Vec<&str> = files.iter().map(|file| file.sha256.as_str()).collect();
    digests.sort_unstable();
    let mut hash = Sha256::new();
    for digest in digests {
        hash.update(digest.as_bytes());
        hash.update(b"\n");
    }
    hash.finalize().into()
}
