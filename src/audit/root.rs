//! Roots: where the chain ended on a day, written outside the database.
//!
//! Whoever can write every row of the database can write the chain anew; what has left the machine
//! they cannot. A root is a small file; the folder is meant to lie on another machine.

use std::io::Write as _;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::chain::{Error, Flaw};
use super::sql;

/// The end of the chain on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Root {
    /// Always 1.
    pub format: u32,
    /// The day, in legal time.
    pub day: Date,
    /// Position of the last link.
    pub position: i64,
    /// Hash of the last link, hexadecimal.
    pub sha256: String,
    /// SHA-256 of the file of the root before, hexadecimal; none for the first.
    pub previous: Option<String>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn file_name(day: Date) -> String {
    format!("{day}.json")
}

/// The roots of a folder with the hash of each file, in the order of their days.
fn read(folder: &Path) -> Result<Vec<(Root, String)>, Error> {
    let fault = |path: &Path| {
        let path = path.display().to_string();
        move |source| Error::Root { path, source }
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fault(folder)(error)),
    };
    let mut roots = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|end| end != "json") {
            continue;
        }
        let bytes = std::fs::read(&path).map_err(fault(&path))?;
        let root: Root = serde_json::from_slice(&bytes)
            .map_err(|error| fault(&path)(std::io::Error::other(error)))?;
        roots.push((root, hex(&Sha256::digest(&bytes))));
    }
    roots.sort_by_key(|(root, _)| root.day);
    Ok(roots)
}

/// Writes the root of a day into a folder, durably, and returns it; none when it is there already.
///
/// # Errors
/// [`Error::Root`] when the folder cannot be written, [`Error::Database`].
pub async fn write_root(
    connection: &mut PgConnection,
    folder: &Path,
    day: Date,
) -> Result<Option<Root>, Error> {
    let path = folder.join(file_name(day));
    if path.exists() {
        return Ok(None);
    }
    let (position, sha256): (i64, Vec<u8>) = sqlx::query_as(sql::END).fetch_one(connection).await?;
    let root = Root {
        format: 1,
        day,
        position,
        sha256: hex(&sha256),
        previous: read(folder)?.pop().map(|(_, hash)| hash),
    };
    let fault = |source| Error::Root {
        path: path.display().to_string(),
        source,
    };
    let text = serde_json::to_vec_pretty(&root).map_err(|error| fault(error.into()))?;
    std::fs::create_dir_all(folder).map_err(fault)?;
    // A file that is there is whole: it gets its name when its bytes are on the disk.
    let partial = path.with_extension("partial");
    let mut file = std::fs::File::create(&partial).map_err(fault)?;
    file.write_all(&text).map_err(fault)?;
    file.sync_all().map_err(fault)?;
    std::fs::rename(&partial, &path).map_err(fault)?;
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(fault)?;
    Ok(Some(root))
}

/// Compares the chain with the roots of a folder, and returns how many there are and what does not
/// fit: links written anew, an old state that was restored, a root that was taken out.
///
/// # Errors
/// [`Error::Root`], [`Error::Database`].
pub async fn verify_roots(
    connection: &mut PgConnection,
    folder: &Path,
) -> Result<(usize, Vec<Flaw>), Error> {
    let roots = read(folder)?;
    let mut flaws = Vec::new();
    let mut before: Option<String> = None;
    for (root, hash) in &roots {
        if root.previous != before {
            flaws.push(Flaw::RootMissing(root.day));
        }
        before = Some(hash.clone());
        if root.position == 0 {
            continue;
        }
        let found: Option<Vec<u8>> = sqlx::query_scalar(sql::LINK)
            .bind(root.position)
            .fetch_optional(&mut *connection)
            .await?;
        match found {
            None => flaws.push(Flaw::OldState {
                day: root.day,
                position: root.position,
            }),
            Some(found) if hex(&found) != root.sha256 => flaws.push(Flaw::Rewritten {
                day: root.day,
                position: root.position,
            }),
            Some(_) => {}
        }
    }
    Ok((roots.len(), flaws))
}

/// The day that it is in legal time, by the database's clock.
///
/// # Errors
/// [`Error::Database`].
pub async fn today(connection: &mut PgConnection) -> Result<Date, Error> {
    let text: String = sqlx::query_scalar(sql::TODAY).fetch_one(connection).await?;
    text.parse()
        .map_err(|error| Error::Database(sqlx::Error::Decode(Box::new(error))))
}
