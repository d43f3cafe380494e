//! Certificates that were issued: kept whole, found by their code, never changed.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::{Date as SqlDate, Timestamp as SqlTimestamp, ToSqlx as _};
use sha2::{Digest as _, Sha256};
use sqlx::{PgConnection, PgPool};

use crate::db::{self, in_transaction};

use super::certificate::ZoningCertificate;
use super::code::VerificationCode;
use super::sql;

/// Why a certificate was not kept or not found.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The database failed.
    #[error("certificates in the database")]
    Database(#[from] sqlx::Error),
    /// The transaction failed.
    #[error(transparent)]
    Transaction(#[from] db::Error),
    /// What is stored is no certificate of this program.
    #[error("certificate {code} is stored in a form that this program does not know: {reason}")]
    Content {
        /// The code, as stored.
        code: String,
        /// What does not fit.
        reason: String,
    },
}

/// A certificate to be kept.
#[derive(Debug, Clone)]
pub struct NewCertificate {
    /// Its code.
    pub code: VerificationCode,
    /// The comune that issues it.
    pub territory_id: i64,
    /// Its content.
    pub content: ZoningCertificate,
    /// Who asked.
    pub applicant: Option<String>,
    /// Who issued it.
    pub issued_by: String,
    /// The PDF as printed.
    pub pdf: Vec<u8>,
}

/// What a file of a certificate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// What the program printed, for signature.
    Draft,
    /// What was signed.
    Signed,
}

impl FileKind {
    fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Signed => "signed",
        }
    }

    fn from_word(word: &str) -> Self {
        match word {
            "signed" => Self::Signed,
            _ => Self::Draft,
        }
    }
}

/// A file of a certificate.
#[derive(Debug, Clone)]
pub struct CertificateFile {
    /// What it is.
    pub kind: FileKind,
    /// Its SHA-256.
    pub sha256: [u8; 32],
    /// Its size.
    pub bytes: i64,
    /// When it was added.
    pub added_at: Timestamp,
}

/// A certificate as it was issued.
#[derive(Debug, Clone)]
pub struct IssuedCertificate {
    /// Number of the certificate.
    pub id: i64,
    /// The comune that issued it.
    pub territory_id: i64,
    /// Its content.
    pub content: ZoningCertificate,
    /// Its content as it is attached to the PDF.
    pub json: String,
    /// Its files, the oldest first.
    pub files: Vec<CertificateFile>,
}

impl IssuedCertificate {
    /// The file with a SHA-256; none when no file of the certificate has it.
    pub fn file(&self, sha256: &[u8; 32]) -> Option<&CertificateFile> {
        self.files.iter().find(|file| file.sha256 == *sha256)
    }

    /// True when its day has not passed.
    pub fn is_in_time(&self, today: Date) -> bool {
        today <= self.content.valid_until
    }
}

/// The SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Keeps a certificate: row, parcels and printed file, all or nothing.
///
/// # Errors
/// [`IssueError`].
pub async fn keep(pool: &PgPool, new: NewCertificate) -> Result<i64, IssueError> {
    in_transaction(pool, move |tx| {
        Box::pin(async move {
            let json = new.content.to_json();
            let issued_at = new.content.issued_at;
            let id: i64 = sqlx::query_scalar(sql::INSERT)
                .bind(new.code.as_str())
                .bind(new.territory_id)
                .bind(issued_at.to_sqlx())
                .bind(new.content.valid_until.to_sqlx())
                .bind(&json)
                .bind(sha256(json.as_bytes()).as_slice())
                .bind(new.applicant)
                .bind(&new.issued_by)
                .fetch_one(&mut **tx)
                .await?;
            let references: Vec<&str> = new
                .content
                .parcels
                .iter()
                .map(|parcel| parcel.reference.as_str())
                .collect();
            sqlx::query(sql::INSERT_PARCELS)
                .bind(id)
                .bind(&references)
                .execute(&mut **tx)
                .await?;
            let size = i64::try_from(new.pdf.len()).unwrap_or(i64::MAX);
            sqlx::query(sql::INSERT_FILE)
                .bind(id)
                .bind(FileKind::Draft.word())
                .bind(sha256(&new.pdf).as_slice())
                .bind(size)
                .bind(Some(&new.pdf))
                .bind(issued_at.to_sqlx())
                .bind(&new.issued_by)
                .execute(&mut **tx)
                .await?;
            Ok(id)
        })
    })
    .await
}

/// Notes the signed file of a certificate by its SHA-256; true when it was not noted before.
///
/// # Errors
/// [`IssueError`].
pub async fn add_signed(
    pool: &PgPool,
    certificate_id: i64,
    signed: &[u8],
    at: Timestamp,
    by: &str,
) -> Result<bool, IssueError> {
    let (hash, by) = (sha256(signed), by.to_owned());
    let size = i64::try_from(signed.len()).unwrap_or(i64::MAX);
    in_transaction(pool, move |tx| {
        Box::pin(async move {
            let done = sqlx::query(sql::INSERT_FILE)
                .bind(certificate_id)
                .bind(FileKind::Signed.word())
                .bind(hash.as_slice())
                .bind(size)
                .bind(None::<Vec<u8>>)
                .bind(at.to_sqlx())
                .bind(by)
                .execute(&mut **tx)
                .await?;
            Ok(done.rows_affected() == 1)
        })
    })
    .await
}

/// The certificate of a code; none when there is none.
///
/// # Errors
/// [`IssueError`].
pub async fn find(
    connection: &mut PgConnection,
    code: &VerificationCode,
) -> Result<Option<IssuedCertificate>, IssueError> {
    let row: Option<(i64, i64, String)> = sqlx::query_as(sql::FIND)
        .bind(code.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let Some((id, territory_id, json)) = row else {
        return Ok(None);
    };
    let content = serde_json::from_str(&json).map_err(|error| IssueError::Content {
        code: code.to_string(),
        reason: error.to_string(),
    })?;
    let rows: Vec<(String, Vec<u8>, i64, SqlTimestamp)> = sqlx::query_as(sql::FILES)
        .bind(id)
        .fetch_all(connection)
        .await?;
    let files = rows
        .into_iter()
        .filter_map(|(kind, sha256, bytes, added_at)| {
            Some(CertificateFile {
                kind: FileKind::from_word(&kind),
                sha256: sha256.try_into().ok()?,
                bytes,
                added_at: added_at.to_jiff(),
            })
        })
        .collect();
    Ok(Some(IssuedCertificate {
        id,
        territory_id,
        content,
        json,
        files,
    }))
}

/// The PDF of a certificate as it was printed.
///
/// # Errors
/// [`IssueError`].
pub async fn draft(
    connection: &mut PgConnection,
    certificate_id: i64,
) -> Result<Option<Vec<u8>>, IssueError> {
    let content: Option<Option<Vec<u8>>> = sqlx::query_scalar(sql::DRAFT)
        .bind(certificate_id)
        .fetch_optional(connection)
        .await?;
    Ok(content.flatten())
}

/// A certificate in a list.
#[derive(Debug, Clone)]
pub struct CertificateLine {
    /// Its code.
    pub code: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Last day of its validity.
    pub valid_until: Date,
}

/// The certificates still valid on a day for any of some parcels, the newest first.
///
/// # Errors
/// [`IssueError`].
pub async fn valid_for(
    connection: &mut PgConnection,
    references: &[String],
    day: Date,
    limit: i64,
) -> Result<Vec<CertificateLine>, IssueError> {
    let rows: Vec<(String, SqlTimestamp, SqlDate)> = sqlx::query_as(sql::OF_PARCELS)
        .bind(references)
        .bind(day.to_sqlx())
        .bind(limit)
        .fetch_all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(code, issued_at, valid_until)| CertificateLine {
            code,
            issued_at: issued_at.to_jiff(),
            valid_until: valid_until.to_jiff(),
        })
        .collect())
}
