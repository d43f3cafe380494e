//! Files of guided loads: pieces at their places, each with its digest.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::db::{self, in_transaction};
use crate::gis::{Doer, Error, NewStaffAct, record_act};

use super::session::{Session, folder};
use super::sql;
use super::stale::forget_abandoned;

/// Files of a load at most.
const MOST_FILES: usize = 1000;
/// Letters of a file's name at most.
const LONGEST_NAME: usize = 200;

/// Why a file, or a piece of it, was not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// No file was named.
    #[error("no file was given")]
    NoFiles,
    /// More files than a load has.
    #[error("{0} files are more than the {MOST_FILES} of a load")]
    TooMany(usize),
    /// A name that no file can have here, or that two have.
    #[error("'{0}' cannot be the name of a file here, or is there already")]
    Name(String),
    /// A file is larger than allowed.
    #[error("'{name}' is larger than the {most} bytes that are taken")]
    TooLarge {
        /// Its name.
        name: String,
        /// Bytes at most.
        most: u64,
    },
    /// There is no such file in the load.
    #[error("the load has no file {0}")]
    NoSuchFile(i32),
    /// The piece does not go on where the file ends.
    #[error("the file has {received} bytes: the next piece begins there")]
    Offset {
        /// What has arrived.
        received: i64,
    },
    /// The piece reaches beyond the end of the file.
    #[error("the piece reaches beyond the end of the file")]
    Beyond,
    /// The piece is not what its digest says.
    #[error("the piece is not what its SHA-256 says: send it again")]
    Digest,
    /// Another piece of the same file is arriving.
    #[error("another piece of this file is arriving")]
    Busy,
    /// The disk failed.
    #[error("the file could not be stored")]
    Disk(#[from] std::io::Error),
    /// The row could not be written.
    #[error(transparent)]
    Gis(#[from] Error),
}

impl From<sqlx::Error> for UploadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Gis(error.into())
    }
}

impl From<db::Error> for UploadError {
    fn from(error: db::Error) -> Self {
        Self::Gis(error.into())
    }
}

/// A name without folder that is safe on every disk.
fn safe_name(name: &str) -> Result<String, UploadError> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let good = !name.is_empty()
        && name.chars().count() <= LONGEST_NAME
        && name.len() <= 240
        && !name.starts_with('.')
        && !name.chars().any(|letter| letter.is_control());
    if good {
        Ok(name.to_owned())
    } else {
        Err(UploadError::Name(name.chars().take(60).collect()))
    }
}

/// Begins a load of files of known names and sizes, which are still to come; its number.
///
/// Without a size a file is taken whole, by [`receive_whole`].
///
/// # Errors
/// [`UploadError`], with nothing begun.
pub async fn begin(
    pool: &PgPool,
    var: &Path,
    doer: &Doer,
    layer: Option<&str>,
    files: &[(String, u64)],
    most_bytes: u64,
) -> Result<Uuid, UploadError> {
    if files.len() > MOST_FILES {
        return Err(UploadError::TooMany(files.len()));
    }
    let mut named: Vec<(String, i64)> = Vec::new();
    for (name, bytes) in files {
        let name = safe_name(name)?;
        if *bytes > most_bytes {
            return Err(UploadError::TooLarge {
                name,
                most: most_bytes,
            });
        }
        let twice = |known: &(String, i64)| known.0.to_lowercase() == name.to_lowercase();
        if named.iter().any(twice) {
            return Err(UploadError::Name(name));
        }
        named.push((name, i64::try_from(*bytes).unwrap_or(i64::MAX)));
    }
    let id = Uuid::new_v4();
    std::fs::create_dir_all(folder(var, id))?;
    for (name, _) in &named {
        File::create(folder(var, id).join(name))?;
    }
    let (doer, layer, var) = (doer.clone(), layer.map(str::to_owned), var.to_path_buf());
    in_transaction(pool, move |tx| {
        Box::pin(async move {
            forget_abandoned(tx, &var).await?;
            sqlx::query(sql::BEGIN)
                .bind(id)
                .bind(doer.territory_id)
                .bind(&layer)
                .bind(&doer.name)
                .execute(&mut **tx)
                .await?;
            for (number, (name, bytes)) in named.iter().enumerate() {
                add_file(tx, id, number, name, (*bytes, 0), None).await?;
            }
            let names: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
            let detail = json!({ "load": id, "files": names });
            let act = NewStaffAct {
                by: &doer.name,
                kind: "upload",
                territory_id: Some(doer.territory_id),
                layer: layer.as_deref(),
                detail: &detail,
            };
            record_act(tx, &act).await?;
            Ok::<_, UploadError>(id)
        })
    })
    .await
}

async fn add_file(
    connection: &mut PgConnection,
    id: Uuid,
    number: usize,
    name: &str,
    (bytes, received): (i64, i64),
    sha256: Option<&[u8]>,
) -> Result<(), sqlx::Error> {
    sqlx::query(sql::ADD_FILE)
        .bind(id)
        .bind(i32::try_from(number).unwrap_or(i32::MAX))
        .bind(name)
        .bind(bytes)
        .bind(received)
        .bind(sha256)
        .execute(connection)
        .await?;
    Ok(())
}

/// A piece of a file, or a whole one, being written.
pub struct Chunk {
    file: File,
    hash: Sha256,
    from: i64,
    written: u64,
    most: u64,
    id: Uuid,
    number: i32,
    name: String,
}

/// Begins to write a piece of a file at the place where it ends.
///
/// # Errors
/// [`UploadError`].
pub fn start_chunk(
    var: &Path,
    session: &Session,
    number: i32,
    offset: i64,
) -> Result<Chunk, UploadError> {
    let known = session.files.iter().find(|file| file.number == number);
    let known = known.ok_or(UploadError::NoSuchFile(number))?;
    if known.received != offset {
        return Err(UploadError::Offset {
            received: known.received,
        });
    }
    let path = session.folder(var).join(&known.name);
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.try_lock().map_err(|_| UploadError::Busy)?;
    let from = u64::try_from(offset).unwrap_or_default();
    // What an interrupted piece left behind goes.
    file.set_len(from)?;
    file.seek(SeekFrom::Start(from))?;
    Ok(Chunk {
        file,
        hash: Sha256::new(),
        from: offset,
        written: 0,
        most: u64::try_from(known.bytes - offset).unwrap_or_default(),
        id: session.id,
        number,
        name: known.name.clone(),
    })
}

/// Begins to take a whole file of a load that was begun without it.
///
/// # Errors
/// [`UploadError`].
pub fn receive_whole(
    var: &Path,
    id: Uuid,
    number: i32,
    name: &str,
    most_bytes: u64,
) -> Result<Chunk, UploadError> {
    let name = safe_name(name)?;
    let path = folder(var, id).join(&name);
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => UploadError::Name(name.clone()),
            _ => UploadError::Disk(error),
        })?;
    Ok(Chunk {
        file,
        hash: Sha256::new(),
        from: 0,
        written: 0,
        most: most_bytes,
        id,
        number,
        name,
    })
}

impl Chunk {
    /// Writes some bytes, a packet at a time: into the cache of the system, which does not wait.
    ///
    /// # Errors
    /// [`UploadError::Beyond`] and [`UploadError::Disk`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        self.written += bytes.len() as u64;
        if self.written > self.most {
            return Err(UploadError::Beyond);
        }
        self.hash.update(bytes);
        self.file.write_all(bytes)?;
        Ok(())
    }

    /// True when nothing was written.
    pub fn is_empty(&self) -> bool {
        self.written == 0
    }

    /// Completes the piece where it is what its digest says, and returns how much of the file is
    /// there now.
    ///
    /// # Errors
    /// [`UploadError`]; the piece then does not count.
    pub async fn finish(
        self,
        connection: &mut PgConnection,
        sha256: Option<&str>,
    ) -> Result<i64, UploadError> {
        let digest = format!("{:x}", self.hash.finalize());
        if sha256.is_some_and(|wanted| !wanted.eq_ignore_ascii_case(&digest)) {
            return Err(UploadError::Digest);
        }
        flushed(self.file).await?;
        let received = self.from + i64::try_from(self.written).unwrap_or_default();
        let updated = sqlx::query(sql::RECEIVED)
            .bind(self.id)
            .bind(self.number)
            .bind(self.from)
            .bind(received)
            .execute(&mut *connection)
            .await?;
        if updated.rows_affected() == 0 {
            return Err(UploadError::Busy);
        }
        sqlx::query(sql::TOUCH)
            .bind(self.id)
            .execute(connection)
            .await?;
        Ok(received)
    }

    /// Completes a whole file, whose row comes with it.
    ///
    /// # Errors
    /// [`UploadError`].
    pub async fn finish_whole(self, connection: &mut PgConnection) -> Result<(), UploadError> {
        let digest: [u8; 32] = self.hash.finalize().into();
        flushed(self.file).await?;
        let bytes = i64::try_from(self.written).unwrap_or(i64::MAX);
        let number = usize::try_from(self.number).unwrap_or_default();
        add_file(
            connection,
            self.id,
            number,
            &self.name,
            (bytes, bytes),
            Some(&digest),
        )
        .await?;
        Ok(())
    }
}

/// Waits until what was written is on the disk.
async fn flushed(file: File) -> std::io::Result<()> {
    tokio::task::spawn_blocking(move || file.sync_data())
        .await
        .map_err(std::io::Error::other)?
}

/// SHA-256 of a file; blocks.
pub(super) fn digest_of(path: &Path) -> std::io::Result<[u8; 32]> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(hash.finalize().into());
        }
        hash.update(&buffer[..read]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_folders_and_nothing_leaves_the_load() {
        let name = |text: &str| safe_name(text).ok();
        assert_eq!(name("C:\\dati\\zone.shp").as_deref(), Some("zone.shp"));
        assert_eq!(name("../../etc/passwd").as_deref(), Some("passwd"));
        assert_eq!(
            name("Città di prova.zip").as_deref(),
            Some("Città di prova.zip")
        );
        for bad in ["", "..", ".htaccess", "a\nb", "x/", &"n".repeat(201)] {
            assert_eq!(name(bad), None, "{bad:?}");
        }
    }
}
