//! A folder for one load, removed with it.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A folder that only this user may enter, removed when it is dropped.
#[derive(Debug)]
pub(super) struct PrivateFolder(PathBuf);

/// After this time a folder belongs to a load that died.
const FORGOTTEN: Duration = Duration::from_secs(24 * 3600);

impl PrivateFolder {
    /// Makes one below another folder, and removes what loads that died have left there.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn make(below: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(below)?;
        for entry in std::fs::read_dir(below)?.flatten() {
            let changed = entry.metadata().and_then(|metadata| metadata.modified());
            let age = changed.map(|at| SystemTime::now().duration_since(at).unwrap_or_default());
            if age.is_ok_and(|age| age > FORGOTTEN) {
                // What cannot be removed is somebody else's.
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
        let name = format!("load-{:016x}", getrandom::u64()?);
        let path = below.join(name);
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        // What stays is removed by a later load.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
