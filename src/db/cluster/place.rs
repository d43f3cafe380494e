//! Where the cluster lies, and under whom it runs.
//!
//! PostgreSQL refuses to run as root. Run by root, Mappale lets it run as `postgres`, else
//! as the owner of `var`. That user may be unable to reach `var` (a home folder, say); then
//! the cluster goes to a folder below `/var/lib/mappale`, noted in `var/pg.location`.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::process::{self, OsUser};
use super::{Cluster, Error, file};
use crate::db::address::SOCKET_PORT;

/// Folder of clusters whose user cannot reach `var`.
const ELSEWHERE: &str = "/var/lib/mappale";

/// Bytes of a socket's path at most; the kernel takes 107.
const MAX_SOCKET_PATH: usize = 99;

/// The place of a cluster.
pub(super) struct Place {
    pub(super) folder: PathBuf,
    pub(super) moved: bool,
    pub(super) lock: PathBuf,
    pub(super) user: OsUser,
}

/// Finds the place that a cluster has, or makes one that its user can reach.
pub(super) fn settle(var: &Path, runner: &OsUser) -> Result<Place, Error> {
    fs::create_dir_all(var).map_err(file("create", var))?;
    let var = var.canonicalize().map_err(file("open", var))?;
    let lock = var.join("pg.lock");
    let note = var.join("pg.location");
    let near = var.join("pg");

    if let Some(folder) = noted(&note)? {
        let user = owner(&folder, runner, &var)?;
        reach(&folder, runner, &user)?;
        return Ok(Place {
            folder,
            moved: true,
            lock,
            user,
        });
    }
    let was_there = near.exists();
    let user = owner(&near, runner, &var)?;
    make(&near, &user, runner)?;
    let unreachable = match reach(&near, runner, &user) {
        Ok(()) => {
            return Ok(Place {
                folder: near,
                moved: false,
                lock,
                user,
            });
        }
        Err(error) => error,
    };
    // A cluster that exists is not left behind; the error says what keeps its user away.
    let holds_data = was_there && near.join("data").exists();
    if holds_data || !runner.is_root() {
        return Err(unreachable);
    }
    let folder = Path::new(ELSEWHERE).join(digest(&var)).join("pg");
    let parent = Path::new(ELSEWHERE).join(digest(&var));
    fs::create_dir_all(&parent).map_err(file("create", &parent))?;
    make(&folder, &user, runner)?;
    reach(&folder, runner, &user)?;
    write_note(&note, &folder)?;
    // Only an empty folder goes, so nothing can be lost here.
    let _ = fs::remove_dir(&near);
    Ok(Place {
        folder,
        moved: true,
        lock,
        user,
    })
}

/// The place that was noted, if any; only one below our own folder is believed.
fn noted(note: &Path) -> Result<Option<PathBuf>, Error> {
    let text = match fs::read_to_string(note) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(file("read", note)(error)),
    };
    let folder = PathBuf::from(text.trim());
    let plain = folder
        .components()
        .all(|part| !matches!(part, std::path::Component::ParentDir));
    if !plain || !folder.starts_with(ELSEWHERE) || !folder.is_dir() {
        return Err(Error::Folder {
            path: note.to_owned(),
            reason: format!(
                "names {}, which is no folder of ours below {ELSEWHERE}; \
                 remove the file to begin a new cluster",
                folder.display()
            ),
        });
    }
    Ok(Some(folder))
}

fn write_note(note: &Path, folder: &Path) -> Result<(), Error> {
    let new = note.with_extension("location.new");
    fs::write(&new, format!("{}\n", folder.display())).map_err(file("write", &new))?;
    fs::rename(&new, note).map_err(file("write", note))
}

/// Who PostgreSQL runs under: who owns the cluster, or who is to own it.
fn owner(folder: &Path, runner: &OsUser, var: &Path) -> Result<OsUser, Error> {
    let owned_by = |path: &Path| fs::metadata(path).map(|found| found.uid()).ok();
    if let Some(uid) = owned_by(&folder.join("data")).or_else(|| owned_by(folder)) {
        if uid == runner.uid {
            if !runner.is_root() {
                return Ok(runner.clone());
            }
            // Made by root a moment ago, or by hand: it gets its owner below.
        } else if runner.is_root() {
            return OsUser::of_uid(uid);
        } else {
            return Err(Error::Folder {
                path: folder.to_owned(),
                reason: format!(
                    "belongs to user {uid}, and this program runs as {}; run it as its owner or as root",
                    runner.name
                ),
            });
        }
    }
    if !runner.is_root() {
        return Ok(runner.clone());
    }
    if let Some(user) = OsUser::find("postgres")? {
        return Ok(user);
    }
    match owned_by(var) {
        Some(uid) if uid != 0 => OsUser::of_uid(uid),
        _ => Err(Error::User {
            user: "root".to_owned(),
            reason: "PostgreSQL does not run as root, there is no user postgres, \
                     and the folder of MAPPALE_VAR belongs to root"
                .to_owned(),
        }),
    }
}

/// Makes a folder for its user alone.
fn make(folder: &Path, user: &OsUser, runner: &OsUser) -> Result<(), Error> {
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(file("create", folder)(error)),
    }
    let found = fs::symlink_metadata(folder).map_err(file("open", folder))?;
    if found.is_symlink() || !found.is_dir() {
        return Err(Error::Folder {
            path: folder.to_owned(),
            reason: "is not a folder".to_owned(),
        });
    }
    if runner.is_root() && found.uid() != user.uid {
        chown(folder, Some(user.uid), Some(user.gid)).map_err(file("give away", folder))?;
    }
    Ok(())
}

/// Tries, as the user, to enter the folder and to write in it.
fn reach(folder: &Path, runner: &OsUser, user: &OsUser) -> Result<(), Error> {
    const TRY: &str = r#"cd "$1" && t=$(mktemp "$1/reach.XXXXXX") && rm "$t""#;
    let mut command = process::command("/bin/sh", runner, user);
    command.args(["-c", TRY, "sh"]).arg(folder);
    process::run(&mut command).map_err(|error| Error::Folder {
        path: folder.to_owned(),
        reason: format!("cannot be reached by user {}: {error}", user.name),
    })
}

/// The folder of the socket: in the cluster, or in `/tmp` when that path is too long.
pub(super) fn socket(folder: &Path, user: &OsUser) -> PathBuf {
    let near = folder.join("socket");
    let file = near.join(format!(".s.PGSQL.{SOCKET_PORT}"));
    if file.as_os_str().len() <= MAX_SOCKET_PATH {
        return near;
    }
    PathBuf::from(format!("/tmp/mappale-{}-{}", digest(folder), user.uid))
}

/// Makes the folder of the socket and checks that it is its user's alone.
pub(super) fn prepare_socket(cluster: &Cluster) -> Result<(), Error> {
    let folder = &cluster.socket;
    let mut make = cluster.program("/bin/sh");
    make.args([
        "-c",
        r#"mkdir -m 700 "$1" 2>/dev/null || test -d "$1""#,
        "sh",
    ])
    .arg(folder);
    process::run(&mut make)?;
    let found = fs::symlink_metadata(folder).map_err(file("open", folder))?;
    let wrong = if !found.is_dir() {
        "is not a folder"
    } else if found.uid() != cluster.user.uid {
        "belongs to somebody else"
    } else if found.permissions().mode() & 0o777 != 0o700 {
        "is open to others"
    } else {
        return Ok(());
    };
    Err(Error::Folder {
        path: folder.clone(),
        reason: format!("was to hold the socket and {wrong}"),
    })
}

/// A short name for a path.
fn digest(path: &Path) -> String {
    let hash = Sha256::digest(path.as_os_str().as_encoded_bytes());
    hash.iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_socket_stays_under_100_bytes() {
        let user = OsUser {
            name: "anna".to_owned(),
            uid: 1000,
            gid: 1000,
        };
        let short = Path::new("/srv/comune/var/pg");
        assert_eq!(socket(short, &user), short.join("socket"));
        let long = PathBuf::from(format!("/srv/{}/var/pg", "comune/".repeat(20)));
        let far = socket(&long, &user);
        assert!(far.starts_with("/tmp"));
        assert!(far.join(".s.PGSQL.5432").as_os_str().len() < 100);
        assert_ne!(far, socket(&long.join("x"), &user));
    }
}
