//! Landlock: what can be read, and the one folder that can be written.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd,
    Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus, Scope,
};

/// Newest version of Landlock whose rights are known here; older kernels have fewer.
const VERSION: ABI = ABI::V6;
/// Data of the libraries: grids and registers, definitions of formats, tables of encodings.
const DATA: [&str; 5] = [
    "/usr/share/proj",
    "/usr/share/gdal",
    "/usr/lib/x86_64-linux-gnu/gconv",
    "/usr/lib/aarch64-linux-gnu/gconv",
    "/usr/lib/gconv",
];

/// Something that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// A file, or a folder and all that is in it.
    All(PathBuf),
    /// The names in a folder, not what is in the files.
    Names(PathBuf),
}

/// Returns what must be readable to read a file: itself, and the files beside it that have the
/// same name but for what follows its last dot, as shapefiles are made up.
///
/// A symbolic link beside it is not followed, so that none leads out of the folder.
#[must_use]
pub fn input(file: &Path, with_siblings: bool) -> Vec<Access> {
    let mut access = vec![Access::All(file.to_path_buf())];
    let folder = match file.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => return access,
    };
    if !with_siblings || file.is_dir() {
        return access;
    }
    access.push(Access::Names(folder.to_path_buf()));
    let stem = |path: &Path| {
        path.file_stem()
            .map(|stem| stem.to_string_lossy().to_lowercase())
    };
    let Ok(entries) = std::fs::read_dir(folder) else {
        return access;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && stem(&path) == stem(file) && path != file {
            access.push(Access::All(path));
        }
    }
    access
}

/// Closes off all files but those given and the data of the libraries.
pub(super) fn close(read: &[Access], write: Option<&Path>) -> Result<(), String> {
    match restrict(read, write) {
        Ok(RulesetStatus::NotEnforced) => Err("this kernel has no Landlock".to_owned()),
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

fn restrict(
    read: &[Access],
    write: Option<&Path>,
) -> Result<RulesetStatus, landlock::RulesetError> {
    let all = AccessFs::from_all(VERSION);
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)?
        .handle_access(AccessNet::from_all(VERSION))?
        .scope(Scope::from_all(VERSION))?
        .create()?;
    let reading = AccessFs::ReadFile | AccessFs::ReadDir;
    let given = read.iter().map(|access| match access {
        Access::All(path) => (path.as_path(), reading),
        Access::Names(path) => (path.as_path(), AccessFs::ReadDir.into()),
    });
    let data = DATA.iter().map(|path| (Path::new(*path), reading));
    let written = write.map(|path| {
        let making = AccessFs::WriteFile | AccessFs::MakeReg | AccessFs::MakeDir;
        (path, reading | making | AccessFs::Truncate)
    });
    for (path, rights) in data.chain(given).chain(written) {
        // What is not there needs no right: the reader finds that out and says so.
        let Ok(handle) = PathFd::new(path) else {
            continue;
        };
        let rights: BitFlags<AccessFs> = if path.is_dir() {
            rights
        } else {
            rights & AccessFs::from_file(VERSION)
        };
        rules = rules.add_rule(PathBeneath::new(handle, rights))?;
    }
    Ok(rules.restrict_self()?.ruleset)
}
