//! `mappale backup` and `mappale restore`: database and stored documents, consistent with each other.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::audit;
use crate::blob::hex;
use crate::config::Config;
use crate::db::{Databases, Tx, fingerprint};

use super::{say, verify};

const DUMP: &str = "database.dump";
const MANIFEST: &str = "manifest.json";

/// Where a backup is.
#[derive(Debug, Args)]
pub(super) struct BackupArguments {
    /// The folder of the backup; a new one is made by `backup`.
    folder: PathBuf,
}

/// What a backup holds.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u32,
    program: String,
    schema: String,
    made_at: jiff::Timestamp,
    /// End of the chain of events.
    links: i64,
    /// Its hash.
    chain_sha256: String,
    files: Vec<FileEntry>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEntry {
    path: String,
    bytes: u64,
    sha256: String,
}

fn digest(path: &Path) -> Result<(u64, String)> {
    let told = || format!("{} cannot be read", path.display());
    let mut file = fs::File::open(path).with_context(told)?;
    let mut hash = Sha256::new();
    let bytes = std::io::copy(&mut file, &mut hash).with_context(told)?;
    Ok((bytes, hex(&hash.finalize())))
}

/// The files below a folder, as paths relative to it, sorted; those that are being stored left out.
fn below(folder: &Path, at: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder.join(at)) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let path = at.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if entry.file_name() != "incoming" {
                below(folder, &path, found)?;
            }
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(())
}

/// Copies a file durably.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("{} cannot be written", to.display()))?;
    fs::File::open(to)?.sync_all()?;
    Ok(())
}

async fn chain_end(databases: &Databases) -> Result<(i64, String)> {
    let mut tx = Tx::for_system(&databases.writer).await?;
    let (position, hash) = audit::end(&mut tx).await?;
    Ok((position, hex(&hash)))
}

fn programs(config: &Config) -> Result<&Path> {
    config
        .pg_bin
        .as_deref()
        .context("the programs of PostgreSQL were not found: set MAPPALE_PG_BIN")
}

/// Writes a backup.
///
/// Documents are stored before rows name them and are never changed, so those that are copied after
/// the database are all that its rows name. A backup gets its name when it is whole.
pub(super) async fn backup(config: &Config, arguments: BackupArguments) -> Result<()> {
    let folder = &arguments.folder;
    ensure!(!folder.exists(), "{} is there already", folder.display());
    let partial = folder.with_extension("partial");
    ensure!(
        !partial.exists(),
        "{} is left of a backup that was not finished: remove it first",
        partial.display()
    );
    let databases = Databases::open(config).await?;
    databases.migrate().await?;
    fs::create_dir_all(&partial)
        .with_context(|| format!("{} cannot be made", partial.display()))?;
    // What was registered when this was asked for is in it.
    let (links, chain_sha256) = chain_end(&databases).await?;
    databases
        .dump(programs(config)?, &partial.join(DUMP))
        .await?;
    let mut files = Vec::new();
    let mut note = |path: &str| -> Result<()> {
        let (bytes, sha256) = digest(&partial.join(path))?;
        files.push(FileEntry {
            path: path.to_owned(),
            bytes,
            sha256,
        });
        Ok(())
    };
    note(DUMP)?;
    for (name, source) in [
        ("blobs", config.var.join("blobs")),
        ("evidence", config.evidence.clone()),
    ] {
        let mut found = Vec::new();
        below(&source, Path::new(""), &mut found)?;
        for path in found {
            let to = Path::new(name).join(&path);
            copy(&source.join(&path), &partial.join(&to))?;
            note(&to.to_string_lossy())?;
        }
    }
    let manifest = Manifest {
        format: 1,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: fingerprint(),
        made_at: jiff::Timestamp::now(),
        links,
        chain_sha256,
        files,
    };
    let count = manifest.files.len();
    let path = partial.join(MANIFEST);
    fs::write(&path, serde_json::to_vec_pretty(&manifest)?)?;
    fs::File::open(&path)?.sync_all()?;
    fs::File::open(&partial)?.sync_all()?;
    fs::rename(&partial, folder)?;
    databases.close().await;
    say(&format!(
        "{}: {count} files, {links} events.",
        folder.display()
    ))
}

/// Reads a backup and finds every file as it was written.
fn checked(folder: &Path) -> Result<Manifest> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .with_context(|| format!("{} is no list of a backup", path.display()))?;
    ensure!(
        manifest.format == 1,
        "{} has format {}, and this program reads 1",
        path.display(),
        manifest.format
    );
    let mut flaws = Vec::new();
    for entry in &manifest.files {
        let plain = Path::new(&entry.path)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        ensure!(plain, "'{}' is no path of a backup", entry.path);
        match digest(&folder.join(&entry.path)) {
            Ok((_, sha256)) if sha256 == entry.sha256 => {}
            Ok(_) => flaws.push(format!("{} was altered", entry.path)),
            Err(error) => flaws.push(format!("{error:#}")),
        }
    }
    if flaws.is_empty() {
        return Ok(manifest);
    }
    for flaw in &flaws {
        say(flaw)?;
    }
    bail!("{} flaws in the backup: nothing was restored", flaws.len())
}

/// Restores a backup into an empty installation.
pub(super) async fn restore(config: &Config, arguments: BackupArguments) -> Result<()> {
    let folder = &arguments.folder;
    let manifest = checked(folder)?;
    let blobs = config.var.join("blobs");
    let mut there = Vec::new();
    below(&blobs, Path::new(""), &mut there)?;
    ensure!(
        there.is_empty(),
        "{} holds documents already: a backup is restored into an empty installation",
        blobs.display()
    );
    let databases = Databases::open(config).await?;
    let schemas = databases.schemas().await?;
    ensure!(
        schemas.is_empty(),
        "the database has the schemas {} already: a backup is restored into an empty one",
        schemas.join(", ")
    );
    // Documents first: rows must not name what is not there.
    for entry in &manifest.files {
        let to = match entry.path.split_once('/') {
            Some(("blobs", rest)) => blobs.join(rest),
            Some(("evidence", rest)) => config.evidence.join(rest),
            _ => continue,
        };
        copy(&folder.join(&entry.path), &to)?;
    }
    databases
        .restore(programs(config)?, &folder.join(DUMP))
        .await?;
    let migrations = databases.migrate().await?;
    let verified = verify::verify(config, &databases, &config.evidence, true).await?;
    let mut flaws = verified.flaws;
    let mut tx = Tx::for_system(&databases.writer).await?;
    let link = audit::link(&mut tx, manifest.links).await?;
    if manifest.links > 0 && link.map(|hash| hex(&hash)) != Some(manifest.chain_sha256) {
        flaws.push(format!(
            "link {} is not the one that the backup noted",
            manifest.links
        ));
    }
    drop(tx);
    databases.close().await;
    for flaw in &flaws {
        say(flaw)?;
    }
    ensure!(flaws.is_empty(), "restored, but with {} flaws", flaws.len());
    say(&format!(
        "Restored and verified: {}, {migrations} migrations applied.",
        verified.told
    ))
}
