//! The files of a load: their names, sizes and digests.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use serde::Serialize;
use sha2::{Digest, Sha256};

/// A file that was given, as recorded with the part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputFile {
    /// Its name, without folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its content, hexadecimal.
    pub sha256: String,
    /// Path inside it of what was read, where it is an archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
}

impl InputFile {
    /// Copies a file and says what was copied: whatever happens to the file afterwards, what is
    /// read is what was hashed.
    ///
    /// # Errors
    /// Those of the file system; whatever is no file, or larger than allowed, is refused too.
    pub(super) fn copy(path: &Path, to: &Path, most_bytes: u64) -> std::io::Result<Self> {
        let mut file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Err(std::io::Error::other("it is not a file"));
        }
        let mut copy = File::create_new(to)?;
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 1 << 18];
        let mut bytes = 0;
        loop {
            let read = file.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            if bytes > most_bytes {
                let megabytes = most_bytes / 1_000_000;
                return Err(std::io::Error::other(format!(
                    "it is larger than {megabytes} MB, which is the most that is read here"
                )));
            }
            hash.update(&buffer[..read]);
            copy.write_all(&buffer[..read])?;
        }
        Ok(Self {
            name: name_of(path),
            bytes,
            sha256: format!("{:x}", hash.finalize()),
            member: None,
        })
    }
}

/// The name of a file, without folder.
pub(super) fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
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
