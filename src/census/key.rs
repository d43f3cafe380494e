//! The key with which owners are encrypted: a file beside the database, not in it.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::Error;

/// Letters of the key at least.
const SHORTEST: usize = 32;

/// The key of an installation, made when there is none.
pub(super) fn key(var: &Path) -> Result<String, Error> {
    let path = var.join("census.key");
    let fault = |source| Error::Key(path.clone(), source);
    match std::fs::read_to_string(&path) {
        Ok(text) if text.trim().len() >= SHORTEST => return Ok(text.trim().to_owned()),
        Ok(_) => return Err(fault(std::io::Error::other("it is too short"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(fault(error)),
    }
    let mut text = String::new();
    for _ in 0..4 {
        text += &format!("{:016x}", getrandom::u64().map_err(|e| fault(e.into()))?);
    }
    std::fs::create_dir_all(var).map_err(fault)?;
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .map_err(fault)?;
    file.write_all(text.as_bytes()).map_err(fault)?;
    file.sync_all().map_err(fault)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("temporary folders can be made");
        let made = key(folder.path()).expect("is made");
        assert_eq!(made.len(), 64);
        assert_eq!(key(folder.path()).expect("is there"), made);
        let path = folder.path().join("census.key");
        let mode = path.metadata().expect("is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&path, "short").expect("is ours");
        assert!(matches!(key(folder.path()), Err(Error::Key(..))));
    }
}
