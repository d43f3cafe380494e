//! Pictures kept on disk, within a bound.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::config::ImagerySettings;
use crate::geo::TileAddress;

use super::Picture;

/// After this a picture is asked for again.
const FRESH_FOR: Duration = Duration::from_secs(30 * 24 * 3600);

/// A picture that was kept.
pub(super) struct Kept {
    pub(super) picture: Picture,
    pub(super) is_fresh: bool,
}

pub(super) struct Cache {
    folder: PathBuf,
    limit: u64,
    /// Bytes that are kept, as far as known.
    size: Mutex<u64>,
}

impl Cache {
    /// Opens the cache of a server: another address has another folder.
    pub(super) fn open(settings: &ImagerySettings) -> Self {
        let digest = format!("{:x}", Sha256::digest(settings.url.as_bytes()));
        let folder = settings.folder.join(&digest[..16]);
        let size = files(&folder).iter().map(|file| file.bytes).sum();
        Self {
            folder,
            limit: settings.cache_bytes,
            size: Mutex::new(size),
        }
    }

    pub(super) fn get(&self, tile: TileAddress) -> Option<Kept> {
        let path = self.path(tile);
        let written = fs::metadata(&path).ok()?.modified().ok()?;
        let age = SystemTime::now()
            .duration_since(written)
            .unwrap_or_default();
        Some(Kept {
            picture: Picture::of(fs::read(&path).ok()?)?,
            is_fresh: age < FRESH_FOR,
        })
    }

    /// Keeps a picture; the oldest ones go where there is no room.
    pub(super) fn put(&self, tile: TileAddress, picture: &Picture) -> io::Result<()> {
        let bytes = picture.bytes.len() as u64;
        if bytes > self.limit {
            return Ok(());
        }
        let path = self.path(tile);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let before = fs::metadata(&path).map_or(0, |known| known.len());
        // A reader sees the whole picture or none.
        let half = path.with_extension(format!("{}.part", std::process::id()));
        File::create(&half)?.write_all(&picture.bytes)?;
        fs::rename(&half, &path)?;
        // A poisoned lock means that a thread died between two numbers; either is good enough.
        let mut size = self
            .size
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        *size = (*size + bytes).saturating_sub(before);
        if *size > self.limit {
            *size = self.make_room();
        }
        Ok(())
    }

    /// Takes the oldest pictures away until a tenth of the room is free; the bytes that stay.
    fn make_room(&self) -> u64 {
        let mut all = files(&self.folder);
        all.sort_by_key(|file| file.written);
        let mut size: u64 = all.iter().map(|file| file.bytes).sum();
        for file in all {
            if size <= self.limit / 10 * 9 {
                break;
            }
            if fs::remove_file(&file.path).is_ok() {
                size = size.saturating_sub(file.bytes);
            }
        }
        size
    }

    fn path(&self, tile: TileAddress) -> PathBuf {
        let (z, x, y) = (tile.z(), tile.x(), tile.y());
        self.folder.join(format!("{z}/{x}/{y}.tile"))
    }
}

struct CachedFile {
    path: PathBuf,
    bytes: u64,
    written: SystemTime,
}

fn files(folder: &Path) -> Vec<CachedFile> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(known) if known.is_dir() => folders.push(entry.path()),
                Ok(known) => found.push(CachedFile {
                    path: entry.path(),
                    bytes: known.len(),
                    written: known.modified().unwrap_or(SystemTime::UNIX_EPOCH),
                }),
                Err(_) => {}
            }
        }
    }
    found
}
