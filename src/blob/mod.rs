//! Stored bytes, named by their SHA-256, durable before they are acknowledged.
//!
//! A file is written under a name of its own, flushed to the disk, renamed to its hash, and the
//! folder is flushed: only then is it there. The same bytes are stored once.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::AsyncWriteExt as _;

/// What can go wrong with stored bytes.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk refused.
    #[error("blob store {what}")]
    Disk {
        /// What was done.
        what: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// More bytes than allowed.
    #[error("more than {0} bytes")]
    TooLarge(u64),
    /// Stored bytes are not those that were stored.
    #[error("blob {0} is damaged")]
    Damaged(String),
}

/// A folder of stored bytes.
#[derive(Debug, Clone)]
pub struct Blobs {
    folder: PathBuf,
}

/// Bytes on their way into the store; dropped, they are removed.
#[derive(Debug)]
pub struct Incoming {
    folder: PathBuf,
    path: PathBuf,
    file: fs::File,
    hash: Sha256,
    bytes: u64,
    most: u64,
    first: Vec<u8>,
}

/// Bytes that are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256.
    pub sha256: [u8; 32],
    /// Size.
    pub bytes: u64,
    /// The first bytes, at most 512, to tell what it is.
    pub first: Vec<u8>,
}

fn disk(what: &'static str) -> impl Fn(std::io::Error) -> Error {
    move |source| Error::Disk { what, source }
}

/// Hexadecimal digits of a hash.
#[must_use]
pub fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Blobs {
    /// The store in a folder, which is made when the first bytes come.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    fn place(&self, sha256: &[u8]) -> PathBuf {
        let name = hex(sha256);
        self.folder.join(&name[..2]).join(name)
    }

    /// Whether so many bytes can be stored, and others stay free for what must not fail.
    ///
    /// # Errors
    /// [`Error::Disk`].
    pub async fn has_room(&self, bytes: u64, reserved: u64) -> Result<bool, Error> {
        fs::create_dir_all(&self.folder)
            .await
            .map_err(disk("cannot make its folder"))?;
        let folder = self.folder.clone();
        let free = tokio::task::spawn_blocking(move || {
            let found = rustix::fs::statvfs(&folder).map_err(std::io::Error::from)?;
            Ok(found.f_bavail.saturating_mul(found.f_frsize))
        });
        let free = free
            .await
            .unwrap_or_else(|error| Err(std::io::Error::other(error)))
            .map_err(disk("cannot be measured"))?;
        Ok(free >= bytes.saturating_add(reserved))
    }

    /// Removes bytes that were stored before a moment and are not among those needed, and what was
    /// left half-stored by then; returns how many files went.
    ///
    /// What is stored again gets a new time, so that whoever has just stored bytes and has not named
    /// them yet keeps them.
    ///
    /// # Errors
    /// [`Error::Disk`].
    pub async fn sweep(&self, needed: HashSet<String>, before: SystemTime) -> Result<usize, Error> {
        let root = self.folder.clone();
        let swept = tokio::task::spawn_blocking(move || {
            let mut gone = 0;
            for folder in std::fs::read_dir(&root).into_iter().flatten() {
                for file in std::fs::read_dir(folder?.path()).into_iter().flatten() {
                    let file = file?;
                    let is_old = file.metadata()?.modified()? < before;
                    if is_old && !needed.contains(&*file.file_name().to_string_lossy()) {
                        std::fs::remove_file(file.path())?;
                        gone += 1;
                    }
                }
            }
            Ok(gone)
        });
        swept
            .await
            .unwrap_or_else(|error| Err(std::io::Error::other(error)))
            .map_err(disk("cannot be tidied"))
    }

    /// Begins to store bytes, at most so many.
    ///
    /// # Errors
    /// [`Error::Disk`].
    pub async fn begin(&self, most: u64) -> Result<Incoming, Error> {
        let incoming = self.folder.join("incoming");
        fs::create_dir_all(&incoming)
            .await
            .map_err(disk("cannot make its folder"))?;
        let path = incoming.join(uuid::Uuid::new_v4().simple().to_string());
        let file = fs::File::create_new(&path)
            .await
            .map_err(disk("cannot make a file"))?;
        Ok(Incoming {
            folder: self.folder.clone(),
            path,
            file,
            hash: Sha256::new(),
            bytes: 0,
            most,
            first: Vec::new(),
        })
    }

    /// Returns stored bytes after checking that they are those that were stored.
    ///
    /// # Errors
    /// [`Error::Disk`], [`Error::Damaged`].
    pub async fn read(&self, sha256: &[u8]) -> Result<Vec<u8>, Error> {
        let bytes = fs::read(self.place(sha256))
            .await
            .map_err(disk("cannot read"))?;
        let found: [u8; 32] = Sha256::digest(&bytes).into();
        if found == sha256 {
            Ok(bytes)
        } else {
            Err(Error::Damaged(hex(sha256)))
        }
    }
}

impl Blobs {
    /// Removes stored bytes, durably; those that are not there are removed already.
    ///
    /// # Errors
    /// [`Error::Disk`].
    pub async fn remove(&self, sha256: &[u8]) -> Result<(), Error> {
        let place = self.place(sha256);
        match fs::remove_file(&place).await {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            done => done.map_err(disk("cannot remove"))?,
        }
        let parent = place.parent().unwrap_or(&self.folder);
        let folder = fs::File::open(parent).await.map_err(disk("cannot open"))?;
        folder.sync_all().await.map_err(disk("cannot flush"))
    }
}

impl Incoming {
    /// Takes more bytes.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Disk`].
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.bytes += bytes.len() as u64;
        if self.bytes > self.most {
            return Err(Error::TooLarge(self.most));
        }
        self.hash.update(bytes);
        let room = 512_usize.saturating_sub(self.first.len());
        self.first.extend(bytes.iter().take(room));
        self.file
            .write_all(bytes)
            .await
            .map_err(disk("cannot write"))
    }

    /// Makes the bytes durable and gives them their name.
    ///
    /// # Errors
    /// [`Error::Disk`]; nothing is stored then.
    pub async fn finish(mut self) -> Result<Stored, Error> {
        self.file.flush().await.map_err(disk("cannot write"))?;
        self.file.sync_all().await.map_err(disk("cannot flush"))?;
        let sha256: [u8; 32] = self.hash.clone().finalize().into();
        let blobs = Blobs::new(&self.folder);
        let place = blobs.place(&sha256);
        let parent = place.parent().unwrap_or(&self.folder).to_owned();
        fs::create_dir_all(&parent)
            .await
            .map_err(disk("cannot make a folder"))?;
        fs::rename(&self.path, &place)
            .await
            .map_err(disk("cannot name a file"))?;
        for folder in [&parent, &self.folder] {
            let folder = fs::File::open(folder).await.map_err(disk("cannot open"))?;
            folder.sync_all().await.map_err(disk("cannot flush"))?;
        }
        Ok(Stored {
            sha256,
            bytes: self.bytes,
            first: std::mem::take(&mut self.first),
        })
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // After `finish` there is nothing under this name any more.
        let _ = std::fs::remove_file(&self.path);
    }
}
