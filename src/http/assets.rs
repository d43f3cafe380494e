//! The built files of the pages: where they are called what.

use std::path::Path;

use super::pages::view::Assets;

/// Reads the manifest that the build of `web/` writes.
///
/// Without a build pages are plain HTML; the log says so once.
pub(super) fn read_manifest(folder: &Path) -> Assets {
    let path = folder.join("manifest.json");
    let read = std::fs::read_to_string(&path)
        .map_err(|error| error.to_string())
        .and_then(|text| serde_json::from_str(&text).map_err(|error| error.to_string()));
    read.unwrap_or_else(|error| {
        tracing::warn!(path = %path.display(), error, "no build of web/: pages have no style");
        Assets::default()
    })
}
