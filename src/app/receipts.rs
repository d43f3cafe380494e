//! Does what the outbox of practices says: prints receipts.

use std::time::Duration;

use crate::blob::{Blobs, hex};
use crate::calendar::{TIME_ZONE, civil_day};
use crate::db::{Tx, in_transaction_for_system};
use crate::document::{FiledReceipt, ReceiptFile, receipt_order};
use crate::failpoint::reach;
use crate::job::Listener;
use crate::practice::{self, Practice};
use crate::procedure::{self, Procedure, Regime};
use crate::text::{DateFormat as _, Lang, NumberFormat as _};

use super::open::App;

/// Entries that are done in a row before the task looks whether it shall stop.
const IN_A_ROW: usize = 64;

/// Why something that was due was not done.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// Practices.
    #[error(transparent)]
    Practice(#[from] practice::Error),
    /// The press.
    #[error(transparent)]
    Press(#[from] crate::document::PressError),
    /// Stored bytes.
    #[error(transparent)]
    Blob(#[from] crate::blob::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] crate::db::Error),
    /// The database failed.
    #[error("the outbox in the database")]
    Database(#[from] sqlx::Error),
    /// The comune is not there any more.
    #[error("there is no comune for a receipt")]
    NoComune,
}

/// Does what is due whenever something was added, and looks again every five seconds.
pub(super) async fn empty_outbox(app: App) {
    let mut listener = Listener::start(app.databases());
    loop {
        let wake = listener.next().await;
        if !wake.concerns(practice::OUTBOX) {
            continue;
        }
        if let Err(error) = app.do_what_is_due().await {
            tracing::warn!(error = ?error, "the outbox could not be read");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

/// Does what is due now and returns how many entries were done.
///
/// An entry is claimed in one transaction and settled in another; nothing is open in the database
/// while the press runs.
pub(super) async fn do_what_is_due(app: &App) -> Result<usize, ReceiptError> {
    let writer = &app.databases().writer;
    let mut done = 0;
    for _ in 0..IN_A_ROW {
        let claimed = in_transaction_for_system(writer, |tx| {
            Box::pin(async move { practice::take_due(tx).await })
        });
        let Some(due) = claimed.await? else { break };
        reach("outbox-claimed").await;
        let printed = match print_receipt(app, due.practice).await {
            // The database failed: nothing can be noted now, and the entry is due again in a minute.
            Err(error @ (ReceiptError::Database(_) | ReceiptError::Db(_))) => return Err(error),
            printed => printed,
        };
        reach("outbox-printed").await;
        done += usize::from(printed.is_ok());
        in_transaction_for_system(writer, move |tx| {
            Box::pin(async move {
                match printed {
                    Ok(Some((sha256, bytes))) => {
                        practice::keep_receipt(tx, due.practice, &sha256, bytes).await?;
                        practice::end_due(tx, due.id).await
                    }
                    Ok(None) => practice::end_due(tx, due.id).await,
                    Err(error) => {
                        tracing::error!(practice = %due.practice, error = ?error, "a receipt could not be printed");
                        practice::put_off(tx, &due, &error.to_string()).await
                    }
                }
            })
        })
        .await?;
    }
    Ok(done)
}

/// Prints and stores the receipt of a practice: SHA-256 and size; none when it has one.
async fn print_receipt(app: &App, id: uuid::Uuid) -> Result<Option<(Vec<u8>, i64)>, ReceiptError> {
    let mut tx = Tx::for_system(&app.databases().writer).await?;
    if practice::receipt(&mut tx, id).await?.is_some() {
        return Ok(None);
    }
    let practice = practice::for_system(&mut tx, id).await?;
    let offered = app.procedures();
    let pinned = app.pinned();
    let sha256 = &practice.definition_sha256;
    let procedure = pinned.get(&mut tx, &offered, sha256).await?;
    let events = practice::events(&mut tx, id).await?;
    let files = practice::files(&mut tx, id).await?;
    let parcels = practice::parcels(&mut tx, id).await?;
    let code = practice::follow_code(&mut tx, id).await?;
    drop(tx);
    let catalogue = app.catalogue();
    let comune = catalogue
        .comune(practice.territory_id)
        .ok_or(ReceiptError::NoComune)?;
    let lang = Lang::It;
    let day = civil_day(practice.registered_at).map_err(practice::Error::from)?;
    let first = events.first();
    let code = code.map(|code| code.to_string()).unwrap_or_default();
    let comune_code = comune.codes.first().map(ToString::to_string);
    let comune_code = comune_code.unwrap_or_default();
    let scopes = procedure::scopes_of(&comune_code, None);
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let law = &offered.law;
    let start = &events[..events.len().min(1)];
    let clock = practice::clock_of(&procedure, start, law, &scopes, &comune_code, day)?;
    let term = clock.and_then(Result::ok).map(|clock| {
        let due = lang.date(clock.reading.rolled_due);
        (due, clock.term.law.clone())
    });
    let order = receipt_order(&FiledReceipt {
        dressing: app.dressings().of(&comune.slug),
        comune: comune.name.clone(),
        lang,
        practice: id.to_string(),
        registered_at: practice.registered_at,
        registered: registered(lang, &practice),
        number: practice.register_number(),
        procedure: procedure.definition.title.it.clone(),
        applicant: practice.person_name.clone(),
        parcels,
        office: procedure.office.name.it.clone(),
        responsible: procedure.office.responsible.it.clone(),
        substitute: procedure.office.substitute.it.clone(),
        term,
        silence: procedure.definition.silence.it.clone(),
        effect: lang.text(effect(&procedure)),
        sha256: first
            .and_then(|event| event.data["body_sha256"].as_str())
            .unwrap_or_default()
            .to_owned(),
        files: files
            .iter()
            .map(|file| ReceiptFile {
                title: title_of(&procedure, &file.code),
                name: file.name.clone(),
                size: size(lang, file.bytes),
                sha256: hex(&file.sha256),
            })
            .collect(),
        url: format!("{}/segui/{code}", app.origin()),
        code,
    });
    let pdf = app.press().print(&order).await?;
    let blobs = Blobs::new(&app.config().var.join("blobs"));
    let mut incoming = blobs.begin(pdf.len() as u64).await?;
    incoming.write(&pdf).await?;
    let stored = incoming.finish().await?;
    let bytes = i64::try_from(stored.bytes).unwrap_or(i64::MAX);
    Ok(Some((stored.sha256.to_vec(), bytes)))
}

fn registered(lang: Lang, practice: &Practice) -> String {
    match practice.registered_at.in_tz(TIME_ZONE) {
        Ok(at) => format!("{}, {}", lang.date(at.date()), at.strftime("%H:%M:%S")),
        Err(_) => practice.registered_at.to_string(),
    }
}

fn effect(procedure: &Procedure) -> &'static str {
    match procedure.definition.regime {
        Regime::Communication | Regime::Notice => "receipt-effect-communication",
        Regime::Application => "receipt-effect-application",
    }
}

fn title_of(procedure: &Procedure, code: &str) -> String {
    procedure
        .definition
        .attachment
        .iter()
        .find(|rule| rule.code == code)
        .map_or_else(|| code.to_owned(), |rule| rule.title.it.clone())
}

fn size(lang: Lang, bytes: i64) -> String {
    format!(
        "{} kB",
        lang.count(u64::try_from(bytes).unwrap_or(0).div_ceil(1000))
    )
}
