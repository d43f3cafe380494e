//! Points at which a test may hold the program, to kill what it wants to kill.
//!
//! A test makes a file of the name of a point in the folder of `MAPPALE_FAILPOINTS`. Whoever comes
//! to the point first takes the file (it gets the ending `.reached`) and stays there for as long as
//! it exists. A release build has no such points and does not know the setting.

use std::path::Path;
#[cfg(debug_assertions)]
use std::path::PathBuf;
#[cfg(debug_assertions)]
use std::sync::OnceLock;
#[cfg(debug_assertions)]
use std::time::Duration;

#[cfg(debug_assertions)]
static FOLDER: OnceLock<PathBuf> = OnceLock::new();

/// Time between two looks whether what is held may go on.
#[cfg(debug_assertions)]
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Lets points hold this process, by files of this folder.
#[cfg(debug_assertions)]
pub fn allow(folder: Option<&Path>) {
    if let Some(folder) = folder {
        // What was allowed first counts.
        let _ = FOLDER.set(folder.to_owned());
    }
}

/// Does nothing: there are no points.
#[cfg(not(debug_assertions))]
pub fn allow(_: Option<&Path>) {}

/// Stays here for as long as a test holds this point.
#[cfg(debug_assertions)]
pub async fn reach(point: &str) {
    if let Some(folder) = FOLDER.get() {
        held(folder, point).await;
    }
}

/// Does nothing: there are no points.
#[cfg(not(debug_assertions))]
#[inline(always)]
#[expect(clippy::unused_async, reason = "the same as where there are points")]
pub async fn reach(_: &str) {}

#[cfg(debug_assertions)]
async fn held(folder: &Path, point: &str) {
    let reached = folder.join(format!("{point}.reached"));
    // One takes it; the others go on.
    if std::fs::rename(folder.join(point), &reached).is_ok() {
        while reached.exists() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_is_held_and_goes_on_when_it_may() {
        let folder = std::env::temp_dir().join(uuid::Uuid::new_v4().to_string());
        std::fs::create_dir(&folder).expect("is ours");
        // Nobody asked for this one.
        held(&folder, "other").await;
        std::fs::write(folder.join("here"), "").expect("is ours");
        let waiting = tokio::spawn({
            let folder = folder.clone();
            async move { held(&folder, "here").await }
        });
        while !folder.join("here.reached").exists() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        held(&folder, "here").await;
        assert!(!waiting.is_finished());
        std::fs::remove_file(folder.join("here.reached")).expect("is there");
        waiting.await.expect("goes on");
        std::fs::remove_dir_all(&folder).expect("is ours");
    }
}
