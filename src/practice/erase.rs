//! Erasure of the personal data of a practice, when the law wants it.
//!
//! What the applicant wrote, their name and their documents go; number, day, procedure, parcels and
//! the steps of the office stay. The links of the chain hold salted hashes and stay as they are: with
//! the salts gone nothing can be guessed from them. What is left is held by a link of its own.

use jiff::civil::Date;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

use crate::audit;
use crate::blob::hex;
use crate::calendar::civil_day;
use crate::procedure::Procedure;

use super::draft::{now, stored};
use super::event::{Event, events};
use super::state::fold;
use super::{Error, sql};

/// An erasure that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Erasure<'a> {
    /// The practice.
    pub practice: Uuid,
    /// Who does it.
    pub by: &'a str,
    /// The order by which it is done before its time, such as one of an authority; none: the rule of
    /// its procedure.
    pub order: Option<&'a str>,
}

/// Why personal data are not erased.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Kept {
    /// It goes on.
    #[error("it has not ended")]
    GoesOn,
    /// Its procedure keeps it for ever.
    #[error("it is kept for ever ({rule})")]
    Forever {
        /// The rule.
        rule: String,
    },
    /// It is too early.
    #[error("it is kept until {until} ({rule})")]
    Until {
        /// Last day on which it is kept.
        until: Date,
        /// The rule.
        rule: String,
    },
}

/// Says why a practice is still kept on a day, by the rule of its procedure; nothing when it may go.
///
/// `ended` is the day of its last step, where it has ended.
///
/// # Errors
/// [`Kept`].
pub fn may_go(
    years: Option<u32>,
    rule: &str,
    ended: Option<Date>,
    today: Date,
) -> Result<(), Kept> {
    let ended = ended.ok_or(Kept::GoesOn)?;
    let rule = rule.to_owned();
    let span = years.and_then(|years| jiff::Span::new().try_years(years).ok());
    let Some(span) = span else {
        return Err(Kept::Forever { rule });
    };
    let until = ended.saturating_add(span);
    if until < today {
        Ok(())
    } else {
        Err(Kept::Until { until, rule })
    }
}

/// The day on which a practice ended.
fn end_of(events: &[Event], procedure: &Procedure) -> Result<Option<Date>, Error> {
    let state = fold(
        events.iter().map(|event| event.step),
        procedure.definition.regime,
    );
    match (state, events.last()) {
        (Some(state), Some(last)) if state.has_ended() => Ok(Some(civil_day(last.at)?)),
        _ => Ok(None),
    }
}

/// Erases the personal data of a practice, and returns the hashes of the documents that nothing
/// needs any more, which are then to be removed from the store.
///
/// `connection` is the owner's: the server itself may not. A practice that was erased before stays as
/// it is, and its documents are told again.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Kept`] without an order, and nothing is erased.
pub async fn erase(
    connection: &mut PgConnection,
    erasure: Erasure<'_>,
) -> Result<Vec<Vec<u8>>, Error> {
    let id = erasure.practice;
    let mut tx = connection.begin().await?;
    let row: Option<(i64, String, Vec<u8>, bool)> = sqlx::query_as(sql::LOCK_FOR_ERASURE)
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    let (_, _, definition, is_erased) = row.ok_or(Error::NotFound(id))?;
    if !is_erased {
        let text: Option<String> = sqlx::query_scalar(sql::DEFINITION_TEXT)
            .bind(&definition)
            .fetch_optional(&mut *tx)
            .await?;
        let text = text.ok_or_else(|| Error::NoText(hex(&definition)))?;
        let procedure = Procedure::from_text(&text)?;
        let retention = &procedure.definition.retention;
        let at = now(&mut tx).await?;
        let reason = match erasure.order {
            Some(order) => order.to_owned(),
            None => {
                let ended = end_of(&events(&mut tx, id).await?, &procedure)?;
                may_go(retention.years, &retention.rule, ended, civil_day(at)?)
                    .map_err(|reason| Error::Kept { id, reason })?;
                retention.rule.clone()
            }
        };
        sqlx::query(sql::ALLOW_ERASING)
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        for statement in [
            sql::ERASE_PRACTICE,
            sql::ERASE_FILES,
            sql::ERASE_EVENTS,
            sql::ERASE_DRAFT,
        ] {
            sqlx::query(statement).bind(id).execute(&mut *tx).await?;
        }
        let remains: String = sqlx::query_scalar(sql::REMAINS)
            .bind(id)
            .fetch_one(&mut *tx)
            .await?;
        let content = json!({
            "practice": id,
            "kind": "erased",
            "at": at.to_string(),
            "by": erasure.by,
            "reason": reason,
            "ordered": erasure.order.is_some(),
            "remains_sha256": audit::verified_sha256(remains.as_bytes()),
        })
        .to_string();
        let (link, salt) = audit::add(&mut tx, content.as_bytes()).await?;
        sqlx::query(sql::ADD_ERASURE)
            .bind(id)
            .bind(stored(at))
            .bind(erasure.by)
            .bind(&reason)
            .bind(&content)
            .bind(salt.as_slice())
            .bind(link)
            .execute(&mut *tx)
            .await?;
    }
    let blobs: Vec<Vec<u8>> = sqlx::query_scalar(sql::ERASED_BLOBS)
        .bind(id)
        .fetch_all(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(blobs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_goes_when_its_years_are_over() {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let rule = "rule".to_owned();
        let ended = Some(day("2024-02-29"));
        for (years, ended, today, expected) in [
            (Some(5), None, "2040-01-01", Err(Kept::GoesOn)),
            (
                None,
                ended,
                "2140-01-01",
                Err(Kept::Forever { rule: rule.clone() }),
            ),
            (
                Some(5),
                ended,
                "2029-02-28",
                Err(Kept::Until {
                    until: day("2029-02-28"),
                    rule: rule.clone(),
                }),
            ),
            (Some(5), ended, "2029-03-01", Ok(())),
        ] {
            let found = may_go(years, &rule, ended, day(today));
            assert_eq!(found, expected, "{years:?} {today}");
        }
    }
}
