//! Documents: what they are by their first bytes, and where they belong.

use std::collections::HashSet;

use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row as _};
use uuid::Uuid;

use crate::blob::Stored;
use crate::procedure::FileFormat;

use super::{Error, sql};

/// A document of a draft or a practice.
#[derive(Debug, Clone)]
pub struct FiledDocument {
    /// Which document of the procedure.
    pub code: String,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// Name that the file had.
    pub name: String,
    /// Media type.
    pub media: String,
    /// Size.
    pub bytes: i64,
}

impl FromRow<'_, PgRow> for FiledDocument {
    fn from_row(row: &PgRow) -> sqlx::Result<Self> {
        Ok(Self {
            code: row.try_get("code")?,
            sha256: row.try_get("sha256")?,
            name: row.try_get("name")?,
            media: row.try_get("media")?,
            bytes: row.try_get("bytes")?,
        })
    }
}

/// The format that first bytes tell, with its media type; the name decides nothing.
#[must_use]
pub fn media_of(first: &[u8]) -> Option<(FileFormat, &'static str)> {
    if first.starts_with(b"%PDF-") {
        Some((FileFormat::Pdf, "application/pdf"))
    } else if first.starts_with(&[0xff, 0xd8, 0xff]) {
        Some((FileFormat::Jpg, "image/jpeg"))
    } else if first.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some((FileFormat::Png, "image/png"))
    } else if is_cms(first) {
        Some((FileFormat::P7m, "application/pkcs7-mime"))
    } else {
        None
    }
}

/// DER: a sequence that begins with the identifier of signed data (1.2.840.113549.1.7.2).
fn is_cms(first: &[u8]) -> bool {
    const SIGNED_DATA: [u8; 11] = [
        0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02,
    ];
    first.first() == Some(&0x30)
        && first
            .windows(SIGNED_DATA.len())
            .take(8)
            .any(|window| window == SIGNED_DATA)
}

/// A file name without what could be a path or turn the reading direction.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !c.is_control() && !('\u{202a}'..='\u{202e}').contains(c))
        .filter(|c| !('\u{2066}'..='\u{2069}').contains(c) && !"\u{200e}\u{200f}".contains(*c))
        .take(120)
        .collect();
    match plain.trim() {
        "" | "." | ".." => "documento".to_owned(),
        name => name.to_owned(),
    }
}

/// The hashes of all documents that drafts, practices and receipts need, hexadecimal.
///
/// # Errors
/// [`Error::Database`].
pub async fn needed_blobs(connection: &mut PgConnection) -> Result<HashSet<String>, Error> {
    let all: Vec<Vec<u8>> = sqlx::query_scalar(sql::BLOBS).fetch_all(connection).await?;
    Ok(all.iter().map(|sha256| crate::blob::hex(sha256)).collect())
}

/// Says how many bytes a person may still put in a place of a draft, of so many in all.
///
/// # Errors
/// [`Error::Quota`] when there is nothing left, [`Error::Database`].
pub async fn room_for(
    connection: &mut PgConnection,
    draft: Uuid,
    code: &str,
    quota: u64,
) -> Result<u64, Error> {
    let used: i64 = sqlx::query_scalar(sql::DRAFT_BYTES)
        .bind(draft)
        .bind(code)
        .fetch_one(connection)
        .await?;
    match quota.checked_sub(u64::try_from(used).unwrap_or_default()) {
        None | Some(0) => Err(Error::Quota(quota)),
        Some(left) => Ok(left),
    }
}

/// Puts a stored document in its place in a draft; one that was there is replaced.
///
/// # Errors
/// [`Error::Database`].
pub async fn put_file(
    connection: &mut PgConnection,
    draft: Uuid,
    code: &str,
    name: &str,
    media: &str,
    stored: &Stored,
) -> Result<(), Error> {
    sqlx::query(sql::PUT_FILE)
        .bind(draft)
        .bind(code)
        .bind(stored.sha256.as_slice())
        .bind(plain_name(name))
        .bind(media)
        .bind(i64::try_from(stored.bytes).unwrap_or(i64::MAX))
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes a document out of a draft; its bytes stay until nobody needs them.
///
/// # Errors
/// [`Error::Database`].
pub async fn drop_file(
    connection: &mut PgConnection,
    draft: Uuid,
    code: &str,
) -> Result<(), Error> {
    sqlx::query(sql::DROP_FILE)
        .bind(draft)
        .bind(code)
        .execute(connection)
        .await?;
    Ok(())
}

/// The documents of a draft.
///
/// # Errors
/// [`Error::Database`].
pub async fn draft_files(
    connection: &mut PgConnection,
    draft: Uuid,
) -> Result<Vec<FiledDocument>, Error> {
    let query = sqlx::query_as(sql::DRAFT_FILES).bind(draft);
    Ok(query.fetch_all(connection).await?)
}

/// The documents of a practice.
///
/// # Errors
/// [`Error::Database`].
pub async fn files(
    connection: &mut PgConnection,
    practice: Uuid,
) -> Result<Vec<FiledDocument>, Error> {
    let query = sqlx::query_as(sql::FILES).bind(practice);
    Ok(query.fetch_all(connection).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_the_format() {
        let kind = |bytes: &[u8]| media_of(bytes).map(|(format, _)| format);
        assert_eq!(kind(b"%PDF-1.7\n"), Some(FileFormat::Pdf));
        assert_eq!(kind(&[0xff, 0xd8, 0xff, 0xe0]), Some(FileFormat::Jpg));
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n...."), Some(FileFormat::Png));
        let mut signed = vec![0x30, 0x82, 0x10, 0x00];
        signed.extend([
            0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02,
        ]);
        assert_eq!(kind(&signed), Some(FileFormat::P7m));
        for other in [b"<html>".as_slice(), b"", b"MZ", b"0%PDF-", &[0x30, 0x82]] {
            assert_eq!(kind(other), None);
        }
    }

    #[test]
    fn names_are_names_and_no_paths() {
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("C:\\temp\\pianta.pdf"), "pianta.pdf");
        assert_eq!(plain_name("pianta\u{202e}fdp.exe"), "piantafdp.exe");
        assert_eq!(plain_name("a\r\nb.pdf"), "ab.pdf");
        assert_eq!(plain_name("../"), "documento");
        assert_eq!(plain_name(&"x".repeat(500)).len(), 120);
    }
}
