//! What is recorded of plans: only added, announced in the same transaction.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use sha2::{Digest, Sha256};

use crate::db::Tx;
use crate::job;

use super::input::{MAX_DOCUMENT_BYTES, NewAct, NewDocument, NewNorm, NewPlanVersion, PlanError};
use super::markdown::html_line;
use super::sql;
use super::status::{ActKind, PlanKind};
use crate::layer::PUBLISHED;
use crate::layer::publication::{moment_of_acts, part_details};

/// A version of a plan, named as people name it.
#[derive(Debug, Clone, Copy)]
struct Named<'a> {
    id: i64,
    code: &'a str,
}

/// Records a version, and its plan where that is new; its number.
///
/// # Errors
/// [`PlanError`].
pub async fn create_plan_version(tx: &mut Tx, new: &NewPlanVersion) -> Result<i64, PlanError> {
    for word in [&new.plan, &new.code] {
        let good = !word.is_empty()
            && word.len() <= 60
            && !word.starts_with('-')
            && !word.ends_with('-')
            && !word.contains("--")
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !good {
            return Err(PlanError::BadWord(word.clone()));
        }
    }
    let rule = match (new.kind, new.perimeter.is_some()) {
        (PlanKind::General, true) => Some("it counts everywhere and has no perimeter"),
        (PlanKind::Partial | PlanKind::Suap, false) => Some("it needs a perimeter"),
        _ => None,
    };
    if let Some(rule) = rule {
        return Err(PlanError::Perimeter {
            version: new.code.clone(),
            kind: new.kind.as_str(),
            rule,
        });
    }
    let moment = moment_of_acts(tx).await?;
    if find(tx, new.territory_id, &new.plan, &new.code)
        .await?
        .is_some()
    {
        return Err(PlanError::VersionExists {
            plan: new.plan.clone(),
            version: new.code.clone(),
        });
    }
    let plan: Option<i64> = sqlx::query_scalar(sql::FIND_PLAN)
        .bind(new.territory_id)
        .bind(&new.plan)
        .fetch_optional(&mut **tx)
        .await?;
    let plan_id = match plan {
        Some(id) => id,
        None => {
            sqlx::query_scalar(sql::INSERT_PLAN)
                .bind(new.territory_id)
                .bind(&new.plan)
                .bind(&new.plan_title)
                .bind(moment.to_sqlx())
                .bind(&new.by)
                .fetch_one(&mut **tx)
                .await?
        }
    };
    Ok(sqlx::query_scalar(sql::INSERT_VERSION)
        .bind(plan_id)
        .bind(&new.code)
        .bind(new.kind.as_str())
        .bind(&new.title)
        .bind(new.perimeter.clone())
        .bind(moment.to_sqlx())
        .bind(&new.by)
        .fetch_one(&mut **tx)
        .await?)
}

/// Adds a part to a version that is not published; a part of the same layer is replaced by it.
///
/// `part_version` is the version of the part, the newest by default.
///
/// # Errors
/// [`PlanError`].
pub async fn add_plan_part(
    tx: &mut Tx,
    territory_id: i64,
    (plan, code): (&str, &str),
    layer: &str,
    part_version: Option<i32>,
    by: &str,
) -> Result<i32, PlanError> {
    let moment = moment_of_acts(tx).await?;
    let version = found(tx, territory_id, plan, code).await?;
    let part = part_details(tx, layer, territory_id, part_version).await?;
    sqlx::query(sql::INSERT_PART)
        .bind(version.id)
        .bind(part.part_id)
        .bind(moment.to_sqlx())
        .bind(by)
        .execute(&mut **tx)
        .await
        .map_err(|error| match error.as_database_error() {
            Some(refused) if refused.is_check_violation() => PlanError::Complete(code.to_owned()),
            _ => PlanError::Database(error),
        })?;
    Ok(part.version)
}

/// Records an act about a version; its number.
///
/// # Errors
/// [`PlanError`].
pub async fn record_plan_act(
    tx: &mut Tx,
    territory_id: i64,
    (plan, code): (&str, &str),
    act: &NewAct,
    by: &str,
) -> Result<i64, PlanError> {
    let moment = moment_of_acts(tx).await?;
    let version = found(tx, territory_id, plan, code).await?;
    let kind = act.kind.as_str();
    insert_act(tx, version, kind, act, None, moment, by).await
}

/// Cancels an act that was recorded by mistake; what was answered before stays.
///
/// # Errors
/// [`PlanError`].
pub async fn cancel_plan_act(
    tx: &mut Tx,
    territory_id: i64,
    (plan, code): (&str, &str),
    act_id: i64,
    by: &str,
    reason: &str,
) -> Result<(), PlanError> {
    let moment = moment_of_acts(tx).await?;
    let version = found(tx, territory_id, plan, code).await?;
    let act: Option<(jiff_sqlx::Date, bool)> = sqlx::query_as(sql::FIND_ACT)
        .bind(act_id)
        .bind(version.id)
        .fetch_optional(&mut **tx)
        .await?;
    let cancelled = act.map(|(_, cancelled)| cancelled);
    may_cancel(version, "act", act_id, cancelled)?;
    let cancelling = NewAct {
        kind: ActKind::Other,
        number: None,
        date: act.map(|(date, _)| date.to_jiff()).unwrap_or_default(),
        body: None,
        note: Some(reason.to_owned()),
    };
    insert_act(tx, version, "cancel", &cancelling, Some(act_id), moment, by).await?;
    Ok(())
}

/// Records an article of the norms of a version, and the document that it stands in.
///
/// Articles can be added and corrected after publication too: the newest counts from then on.
///
/// # Errors
/// [`PlanError`].
pub async fn add_norm(
    tx: &mut Tx,
    territory_id: i64,
    (plan, code): (&str, &str),
    norms: &[NewNorm],
    document: Option<&NewDocument>,
    by: &str,
) -> Result<(), PlanError> {
    for norm in norms {
        if let Some(line) = norm.markdown.as_deref().and_then(html_line) {
            return Err(PlanError::Norm {
                article: norm.article.clone(),
                reason: format!("line {line} of its text has HTML: write Markdown alone"),
            });
        }
    }
    let moment = moment_of_acts(tx).await?;
    let version = found(tx, territory_id, plan, code).await?;
    let stored = match document {
        None => None,
        Some(document) => Some((store(tx, document).await?, document.name.clone())),
    };
    for norm in norms {
        let document = norm.document.as_ref().or(stored.as_ref());
        sqlx::query(sql::INSERT_NORM)
            .bind(version.id)
            .bind(&norm.article)
            .bind(&norm.title)
            .bind(&norm.markdown)
            .bind(document.map(|(sha256, _)| sha256))
            .bind(document.map(|(_, name)| name))
            .bind(norm.page)
            .bind(moment.to_sqlx())
            .bind(by)
            .execute(&mut **tx)
            .await
            .map_err(|error| refused_norm(error, norm))?;
    }
    announce(tx, version).await
}

fn refused_norm(error: sqlx::Error, norm: &NewNorm) -> PlanError {
    match error.as_database_error() {
        Some(refused) if refused.is_check_violation() => PlanError::Norm {
            article: norm.article.clone(),
            reason: match refused.constraint() {
                Some("norm_article_check") => {
                    "a code is letters and digits, such as 24 or 24-bis".to_owned()
                }
                Some("norm_title_check") => "a title has 1 to 300 characters".to_owned(),
                Some("norm_page_check") => "pages count from 1".to_owned(),
                _ => "it needs a text or a document, and a page only with a document".to_owned(),
            },
        },
        _ => PlanError::Database(error),
    }
}

async fn store(tx: &mut Tx, document: &NewDocument) -> Result<Vec<u8>, PlanError> {
    let unusable = |reason: String| PlanError::Norm {
        article: document.name.clone(),
        reason,
    };
    if !document.content.starts_with(b"%PDF-") {
        return Err(unusable("the document is no PDF".to_owned()));
    }
    if document.content.len() > MAX_DOCUMENT_BYTES {
        let most = MAX_DOCUMENT_BYTES >> 20;
        return Err(unusable(format!("the document has more than {most} MB")));
    }
    let sha256 = Sha256::digest(&document.content).to_vec();
    sqlx::query(sql::INSERT_DOCUMENT)
        .bind(&sha256)
        .bind(&document.content)
        .execute(&mut **tx)
        .await?;
    Ok(sha256)
}

/// Publishes a version with all its parts, by one row: adopted from the date of its adoption,
/// in force from that of its publication on the bulletin, or from `at`.
///
/// # Errors
/// [`PlanError`]: nothing is published of a version whose parts are missing or have errors.
pub async fn publish_plan(
    tx: &mut Tx,
    territory_id: i64,
    (plan, code): (&str, &str),
    at: Option<Date>,
    by: &str,
    reason: Option<&str>,
) -> Result<(), PlanError> {
    let moment = moment_of_acts(tx).await?;
    let version = found(tx, territory_id, plan, code).await?;
    let (parts, faulty, dated): (i64, Vec<String>, bool) = sqlx::query_as(sql::READINESS)
        .bind(version.id)
        .fetch_one(&mut **tx)
        .await?;
    if parts == 0 {
        return Err(PlanError::NoParts(code.to_owned()));
    }
    if !faulty.is_empty() {
        return Err(PlanError::HasErrors {
            version: code.to_owned(),
            layers: faulty.join(", "),
        });
    }
    if !dated && at.is_none() {
        return Err(PlanError::NoDay(code.to_owned()));
    }
    record(tx, version, "publish", at, None, moment, by, reason).await
}

/// Takes a version out of force, or stops its adoption, from a day on (today by default): the
/// version before it is in force again.
///
/// # Errors
/// [`PlanError`].
pub async fn withdraw_plan(
    tx: &mut Tx,
    territory_id: i64,
    (plan, code): (&str, &str),
    at: Option<Date>,
    by: &str,
    reason: &str,
) -> Result<Date, PlanError> {
    let moment = moment_of_acts(tx).await?;
    let version = found(tx, territory_id, plan, code).await?;
    let published: Option<i64> = sqlx::query_scalar(sql::IS_PUBLISHED)
        .bind(version.id)
        .fetch_optional(&mut **tx)
        .await?;
    if published.is_none() {
        return Err(PlanError::NotPublished(code.to_owned()));
    }
    let day = at.unwrap_or_else(|| crate::layer::as_of::legal_day(moment));
    record(
        tx,
        version,
        "withdraw",
        Some(day),
        None,
        moment,
        by,
        Some(reason),
    )
    .await?;
    Ok(day)
}

/// Cancels a publication or withdrawal of a version that was a mistake.
///
/// # Errors
/// [`PlanError`].
pub async fn cancel_plan_publication(
    tx: &mut Tx,
    territory_id: i64,
    (plan, code): (&str, &str),
    publication_id: i64,
    by: &str,
    reason: &str,
) -> Result<(), PlanError> {
    let moment = moment_of_acts(tx).await?;
    let version = found(tx, territory_id, plan, code).await?;
    let cancelled: Option<bool> = sqlx::query_scalar(sql::FIND_PUBLICATION)
        .bind(publication_id)
        .bind(version.id)
        .fetch_optional(&mut **tx)
        .await?;
    may_cancel(version, "publication", publication_id, cancelled)?;
    let cancels = Some(publication_id);
    let reason = Some(reason);
    record(tx, version, "cancel", None, cancels, moment, by, reason).await
}

fn may_cancel(
    version: Named<'_>,
    what: &'static str,
    id: i64,
    cancelled: Option<bool>,
) -> Result<(), PlanError> {
    let code = || version.code.to_owned();
    match cancelled {
        Some(false) => Ok(()),
        None => Err(PlanError::NoSuchAct {
            version: code(),
            what,
            id,
        }),
        Some(true) => Err(PlanError::Cancelled {
            version: code(),
            what,
            id,
        }),
    }
}

async fn find(
    tx: &mut Tx,
    territory_id: i64,
    plan: &str,
    code: &str,
) -> Result<Option<i64>, PlanError> {
    let row: Option<(i64, i64)> = sqlx::query_as(sql::FIND_VERSION)
        .bind(territory_id)
        .bind(plan)
        .bind(code)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(|(id, _)| id))
}

async fn found<'a>(
    tx: &mut Tx,
    territory_id: i64,
    plan: &str,
    code: &'a str,
) -> Result<Named<'a>, PlanError> {
    match find(tx, territory_id, plan, code).await? {
        Some(id) => Ok(Named { id, code }),
        None => Err(PlanError::NoSuchVersion {
            plan: plan.to_owned(),
            version: code.to_owned(),
        }),
    }
}

async fn insert_act(
    tx: &mut Tx,
    version: Named<'_>,
    kind: &str,
    act: &NewAct,
    cancels: Option<i64>,
    moment: Timestamp,
    by: &str,
) -> Result<i64, PlanError> {
    let id = sqlx::query_scalar(sql::INSERT_ACT)
        .bind(version.id)
        .bind(kind)
        .bind(&act.number)
        .bind(act.date.to_sqlx())
        .bind(&act.body)
        .bind(&act.note)
        .bind(cancels)
        .bind(moment.to_sqlx())
        .bind(by)
        .fetch_one(&mut **tx)
        .await?;
    announce(tx, version).await?;
    Ok(id)
}

#[expect(clippy::too_many_arguments, reason = "they are the columns of one row")]
async fn record(
    tx: &mut Tx,
    version: Named<'_>,
    kind: &str,
    day: Option<Date>,
    cancels: Option<i64>,
    moment: Timestamp,
    by: &str,
    reason: Option<&str>,
) -> Result<(), PlanError> {
    sqlx::query(sql::RECORD_PUBLICATION)
        .bind(version.id)
        .bind(kind)
        .bind(moment.to_sqlx())
        .bind(day.map(ToSqlx::to_sqlx))
        .bind(by)
        .bind(reason)
        .bind(cancels)
        .execute(&mut **tx)
        .await?;
    announce(tx, version).await
}

// What follows from a version changed: whoever holds a copy of it looks again.
async fn announce(tx: &mut Tx, version: Named<'_>) -> Result<(), PlanError> {
    job::announce(tx, PUBLISHED, &format!("plan {}", version.id)).await?;
    Ok(())
}
