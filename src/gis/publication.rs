//! Publishing, withdrawing and cancelling on the word of a person, noted in the chain.

use jiff::civil::Date;
use serde_json::json;

use crate::db::Tx;
use crate::layer::{self, Definition, Publish, Recorded};

use super::act::{NewStaffAct, record_act};
use super::error::Error;

/// Letters of a reason at most.
const LONGEST: usize = 2000;

/// Who does something, for which comune.
#[derive(Debug, Clone)]
pub struct Doer {
    /// Name of the person.
    pub name: String,
    /// Number of the comune.
    pub territory_id: i64,
}

/// A reason without the space around it.
fn reason(text: &str) -> Result<&str, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::NoReason);
    }
    if text.chars().count() > LONGEST {
        return Err(Error::LongReason(LONGEST));
    }
    Ok(text)
}

/// Puts a version into force and notes it; going back to an earlier one is the same with a reason.
///
/// # Errors
/// [`Error::Publish`], with nothing recorded; [`Error::LongReason`].
pub async fn publish(
    tx: &mut Tx,
    definition: &Definition,
    doer: &Doer,
    publish: &Publish,
) -> Result<Recorded, Error> {
    if let Some(text) = &publish.reason {
        reason(text)?;
    }
    let recorded = layer::publish_on(tx, definition, doer.territory_id, publish).await?;
    if let Recorded::From(day) = recorded {
        let detail = json!({
            "version": publish.version,
            "valid_from": day.to_string(),
            "reason": publish.reason,
        });
        note(tx, definition, doer, "publish", &detail).await?;
    }
    Ok(recorded)
}

/// Makes a version a part of a plan that is not published yet, and notes it.
///
/// # Errors
/// [`Error::Plan`], with nothing recorded.
pub async fn add_to_plan(
    tx: &mut Tx,
    definition: &Definition,
    doer: &Doer,
    plan: (&str, &str),
    version: i32,
) -> Result<(), Error> {
    let (territory, by) = (doer.territory_id, &doer.name);
    layer::add_plan_part(tx, territory, plan, &definition.id, Some(version), by).await?;
    let detail = json!({ "plan": plan.0, "plan_version": plan.1, "version": version });
    note(tx, definition, doer, "plan", &detail).await
}

/// Takes what is in force of a layer out of force from a day on, notes it, and returns the day.
///
/// # Errors
/// [`Error::Publish`] and [`Error::NoReason`], with nothing recorded.
pub async fn withdraw(
    tx: &mut Tx,
    definition: &Definition,
    doer: &Doer,
    from: Option<Date>,
    why: &str,
) -> Result<Date, Error> {
    let why = reason(why)?;
    let day =
        layer::withdraw_layer(tx, definition, doer.territory_id, from, &doer.name, why).await?;
    let detail = json!({ "valid_from": day.to_string(), "reason": why });
    note(tx, definition, doer, "withdraw", &detail).await?;
    Ok(day)
}

/// Cancels an act that was a mistake, and notes it.
///
/// # Errors
/// [`Error::Publish`] and [`Error::NoReason`], with nothing recorded.
pub async fn cancel(
    tx: &mut Tx,
    definition: &Definition,
    doer: &Doer,
    act: i64,
    why: &str,
) -> Result<(), Error> {
    let why = reason(why)?;
    layer::cancel_act(tx, definition, doer.territory_id, act, &doer.name, why).await?;
    let detail = json!({ "act": act, "reason": why });
    note(tx, definition, doer, "cancel", &detail).await
}

async fn note(
    tx: &mut Tx,
    definition: &Definition,
    doer: &Doer,
    kind: &str,
    detail: &serde_json::Value,
) -> Result<(), Error> {
    let act = NewStaffAct {
        by: &doer.name,
        kind,
        territory_id: Some(doer.territory_id),
        layer: Some(&definition.id),
        detail,
    };
    record_act(tx, &act).await?;
    Ok(())
}
