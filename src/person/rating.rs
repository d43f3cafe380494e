//! How clear people find the pages.

use jiff::Timestamp;
use jiff_sqlx::Timestamp as SqlTimestamp;
use sqlx::PgConnection;

use super::sql;

/// Ratings that are taken in an hour from everybody together.
const AN_HOUR: i64 = 2000;

/// Letters of a note at most.
pub const MAX_RATING_NOTE: usize = 200;

/// Why a rating is not taken.
#[derive(Debug, thiserror::Error)]
pub enum RatingError {
    /// The stars are not one to five.
    #[error("a page has one to five stars, not {0}")]
    Stars(i16),
    /// Too many ratings came in the last hour.
    #[error("too many ratings came in the last hour")]
    TooMany,
    /// There is no such rating, it is older than an hour, or it has its reason already.
    #[error("there is no open rating of that word")]
    NoRating,
    /// The database failed.
    #[error("ratings in the database")]
    Database(#[from] sqlx::Error),
}

/// What was clear on a page, or what was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RatingReason {
    /// Whether the words were clear.
    Clear,
    /// Whether nothing was missing.
    Complete,
    /// Whether one knew to be on the right way.
    Procedure,
    /// Whether it worked.
    Technical,
    /// Something else.
    Other,
}

impl RatingReason {
    /// Every reason, in the order of the component.
    pub const ALL: [Self; 5] = [
        Self::Clear,
        Self::Complete,
        Self::Procedure,
        Self::Technical,
        Self::Other,
    ];

    /// Its word in forms and in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Complete => "complete",
            Self::Procedure => "procedure",
            Self::Technical => "technical",
            Self::Other => "other",
        }
    }

    /// The reason of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

/// Keeps a rating of a kind of page; the random word by which its reason may follow.
///
/// # Errors
/// [`RatingError::Stars`], [`RatingError::TooMany`], [`RatingError::Database`].
pub async fn add_rating(
    connection: &mut PgConnection,
    territory_id: i64,
    page: &str,
    stars: i16,
) -> Result<String, RatingError> {
    if !(1..=5).contains(&stars) {
        return Err(RatingError::Stars(stars));
    }
    let recent: i64 = sqlx::query_scalar(sql::RATINGS_OF_AN_HOUR)
        .fetch_one(&mut *connection)
        .await?;
    if recent >= AN_HOUR {
        return Err(RatingError::TooMany);
    }
    let token = uuid::Uuid::new_v4().simple().to_string();
    sqlx::query(sql::ADD_RATING)
        .bind(territory_id)
        .bind(page)
        .bind(stars)
        .bind(&token)
        .execute(connection)
        .await?;
    Ok(token)
}

/// The stars of a rating of the last hour, and whether it has its reason already.
///
/// # Errors
/// [`RatingError::NoRating`], [`RatingError::Database`].
pub async fn rating(
    connection: &mut PgConnection,
    token: &str,
) -> Result<(i16, bool), RatingError> {
    sqlx::query_as(sql::RATING_OF)
        .bind(token)
        .fetch_optional(connection)
        .await?
        .ok_or(RatingError::NoRating)
}

/// Adds the reason of a rating; what is too long of a note is cut off.
///
/// # Errors
/// [`RatingError::NoRating`], [`RatingError::Database`].
pub async fn add_rating_detail(
    connection: &mut PgConnection,
    token: &str,
    reason: Option<RatingReason>,
    note: &str,
) -> Result<(), RatingError> {
    let note: String = note
        .replace('\0', "")
        .trim()
        .chars()
        .take(MAX_RATING_NOTE)
        .collect();
    let done = sqlx::query(sql::ADD_RATING_DETAIL)
        .bind(token)
        .bind(reason.map(RatingReason::word))
        .bind((!note.is_empty()).then_some(note))
        .execute(connection)
        .await?;
    if done.rows_affected() == 0 {
        return Err(RatingError::NoRating);
    }
    Ok(())
}

/// How a kind of page is rated.
#[derive(Debug, Clone, PartialEq)]
pub struct RatedPage {
    /// Kind of page, such as `/particella`.
    pub page: String,
    /// How many ratings.
    pub ratings: i64,
    /// Their mean, one to five.
    pub mean: f64,
    /// How many of them say that it is not clear.
    pub poor: i64,
}

/// Why a page was rated so.
#[derive(Debug, Clone)]
pub struct RatingNote {
    /// Kind of page.
    pub page: String,
    /// One to five.
    pub stars: i16,
    /// What was clear, or what was not.
    pub reason: Option<RatingReason>,
    /// In the words of who rated.
    pub note: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// How the pages of a comune are rated, and the newest reasons.
///
/// # Errors
/// [`RatingError::Database`].
pub async fn ratings(
    connection: &mut PgConnection,
    territory_id: i64,
    notes: i64,
) -> Result<(Vec<RatedPage>, Vec<RatingNote>), RatingError> {
    let pages: Vec<(String, i64, f64, i64)> = sqlx::query_as(sql::RATED_PAGES)
        .bind(territory_id)
        .fetch_all(&mut *connection)
        .await?;
    type NoteRow = (String, i16, Option<String>, Option<String>, SqlTimestamp);
    let newest: Vec<NoteRow> = sqlx::query_as(sql::RATING_NOTES)
        .bind(territory_id)
        .bind(notes)
        .fetch_all(connection)
        .await?;
    let pages = pages.into_iter();
    let newest = newest.into_iter();
    Ok((
        pages
            .map(|(page, ratings, mean, poor)| RatedPage {
                page,
                ratings,
                mean,
                poor,
            })
            .collect(),
        newest
            .map(|(page, stars, reason, note, at)| RatingNote {
                page,
                stars,
                reason: reason.as_deref().and_then(RatingReason::from_word),
                note,
                at: at.to_jiff(),
            })
            .collect(),
    ))
}
