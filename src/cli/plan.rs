//! `mappale plan`: versions of plans with their layers, acts and norms.

mod norms;
mod show;

pub(super) use norms::read_articles;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::layer::day;
use super::{comune, say};
use crate::cadastre::ComuneCode;
use crate::config::Config;
use crate::db::{BoxFuture, Databases, Tx, in_transaction};
use crate::ingest;
use crate::layer::{self, ActKind, NewAct, NewPlanVersion, PlanError, PlanKind};
use crate::place::Comune;

/// What to do with plans.
#[derive(Debug, Subcommand)]
pub(super) enum PlanCommand {
    /// Record a version of a plan, and the plan where it is new.
    Create(CreateArguments),
    /// Add loaded layers to a version that is not published yet.
    Add(AddArguments),
    /// Record an act about a version: adoption, deposit, approval, publication.
    Act(ActArguments),
    /// Record articles of the norms: Markdown files, or pages of a document.
    Norm(norms::NormArguments),
    /// Publish a version whole: adopted or in force, as its acts say.
    Publish(PublishArguments),
    /// Take a version out of force; the one before it is in force again.
    Withdraw(WithdrawArguments),
    /// Cancel an act or a publication that was a mistake; what was answered before is kept.
    Cancel(CancelArguments),
    /// List plans and versions with their status.
    List(show::ListArguments),
    /// Show a version: layers, acts, days, articles.
    Show(show::ShowArguments),
}

/// A version of a plan of a comune.
#[derive(Debug, Clone, Args)]
pub(super) struct Which {
    /// The plan, such as pgt.
    plan: String,
    /// The version, such as 2019 or variante-1.
    version: String,
    /// Cadastral code of the comune.
    #[arg(long)]
    comune: ComuneCode,
}

/// What to record of a version.
#[derive(Debug, Args)]
pub(super) struct CreateArguments {
    #[command(flatten)]
    which: Which,
    /// Official name of the version.
    #[arg(long)]
    title: String,
    /// Official name of the plan, when it is new.
    #[arg(long)]
    plan_title: Option<String>,
    /// general, partial, suap or correction.
    #[arg(long, default_value = "general", value_parser = plan_kind)]
    kind: PlanKind,
    /// File with the perimeter inside which the version counts.
    #[arg(long)]
    perimeter: Option<PathBuf>,
    /// Layer of that file, when it has several.
    #[arg(long, requires = "perimeter")]
    perimeter_layer: Option<String>,
    /// Who records, as it will be recorded.
    #[arg(long, default_value = "command line")]
    by: String,
}

/// What to add.
#[derive(Debug, Args)]
pub(super) struct AddArguments {
    #[command(flatten)]
    which: Which,
    /// Layers, such as piano.zona, or piano.zona@3 for version 3 of it; the newest by default.
    #[arg(required = true)]
    layers: Vec<String>,
    /// Who adds, as it will be recorded.
    #[arg(long, default_value = "command line")]
    by: String,
}

/// An act.
#[derive(Debug, Args)]
pub(super) struct ActArguments {
    #[command(flatten)]
    which: Which,
    /// adoption, deposit, observations, submission, counter_deductions, approval, publication,
    /// revocation, annulment or other.
    #[arg(long, value_parser = act_kind)]
    kind: ActKind,
    /// Date of the act.
    #[arg(long, value_name = "DATE", value_parser = day)]
    date: Date,
    /// Number in its register.
    #[arg(long)]
    number: Option<String>,
    /// Who decided, such as Consiglio comunale.
    #[arg(long)]
    body: Option<String>,
    /// What else is to be known.
    #[arg(long)]
    note: Option<String>,
    /// Who records, as it will be recorded.
    #[arg(long, default_value = "command line")]
    by: String,
}

/// What to publish.
#[derive(Debug, Args)]
pub(super) struct PublishArguments {
    #[command(flatten)]
    which: Which,
    /// First day on which it is in force, where its acts do not say it.
    #[arg(long, value_name = "DATE", value_parser = day)]
    at: Option<Date>,
    /// Why, for the record.
    #[arg(long)]
    reason: Option<String>,
    /// Who publishes, as it will be recorded.
    #[arg(long, default_value = "command line")]
    by: String,
}

/// What to withdraw.
#[derive(Debug, Args)]
pub(super) struct WithdrawArguments {
    #[command(flatten)]
    which: Which,
    /// First day on which it does not count any more; today by default.
    #[arg(long, value_name = "DATE", value_parser = day)]
    at: Option<Date>,
    /// Why, for the record.
    #[arg(long)]
    reason: String,
    /// Who withdraws, as it will be recorded.
    #[arg(long, default_value = "command line")]
    by: String,
}

/// What to cancel.
#[derive(Debug, Args)]
#[group(required = false, multiple = true)]
pub(super) struct CancelArguments {
    #[command(flatten)]
    which: Which,
    /// Number of the act, as `plan show` prints it.
    #[arg(
        long,
        required_unless_present = "publication",
        conflicts_with = "publication"
    )]
    act: Option<i64>,
    /// Number of the publication, as `plan show` prints it.
    #[arg(long)]
    publication: Option<i64>,
    /// Why, for the record.
    #[arg(long)]
    reason: String,
    /// Who decides, as it will be recorded.
    #[arg(long, default_value = "command line")]
    by: String,
}

fn plan_kind(text: &str) -> Result<PlanKind, String> {
    PlanKind::from_word(text).ok_or_else(|| {
        let known = PlanKind::ALL.map(PlanKind::as_str).join(", ");
        format!("'{text}' is no kind of version: {known}")
    })
}

fn act_kind(text: &str) -> Result<ActKind, String> {
    ActKind::from_word(text).ok_or_else(|| {
        let known = ActKind::ALL.map(ActKind::as_str).join(", ");
        format!("'{text}' is no kind of act: {known}")
    })
}

/// Does what a command says.
pub(super) async fn run(config: &Config, command: PlanCommand) -> Result<()> {
    match command {
        PlanCommand::Create(arguments) => create(config, arguments).await,
        PlanCommand::Add(arguments) => add(config, arguments).await,
        PlanCommand::Act(arguments) => act(config, arguments).await,
        PlanCommand::Norm(arguments) => norms::run(config, arguments).await,
        PlanCommand::Publish(arguments) => publish(config, arguments).await,
        PlanCommand::Withdraw(arguments) => withdraw(config, arguments).await,
        PlanCommand::Cancel(arguments) => cancel(config, arguments).await,
        PlanCommand::List(arguments) => show::list(config, arguments).await,
        PlanCommand::Show(arguments) => show::show(config, arguments).await,
    }
}

struct Opened {
    databases: Databases,
    comune: Comune,
}

async fn open(config: &Config, code: ComuneCode) -> Result<Opened> {
    let databases = Databases::open(config).await?;
    databases.migrate().await?;
    let comune = comune::find(&databases, code).await?;
    Ok(Opened { databases, comune })
}

/// Runs work on a version in one transaction.
async fn write<T, F>(config: &Config, which: Which, work: F) -> Result<T>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t mut Tx, i64, &'t Which) -> BoxFuture<'t, Result<T, PlanError>>
        + Send
        + 'static,
{
    let opened = open(config, which.comune).await?;
    let id = opened.comune.id;
    let done: Result<T, PlanError> = in_transaction(&opened.databases.writer, move |tx| {
        Box::pin(async move { work(tx, id, &which).await })
    })
    .await;
    Ok(done?)
}

async fn create(config: &Config, arguments: CreateArguments) -> Result<()> {
    let which = arguments.which;
    let opened = open(config, which.comune).await?;
    let perimeter = match arguments.perimeter {
        None => None,
        Some(path) => {
            let (layer, srid) = (arguments.perimeter_layer, opened.comune.storage_srid);
            Some(ingest::read_perimeter(config, path, layer, srid).await?)
        }
    };
    let new = NewPlanVersion {
        territory_id: opened.comune.id,
        plan_title: arguments
            .plan_title
            .unwrap_or_else(|| which.plan.to_uppercase()),
        plan: which.plan.clone(),
        code: which.version.clone(),
        kind: arguments.kind,
        title: arguments.title,
        perimeter: perimeter.map(|(_, geometry)| geometry),
        by: arguments.by,
    };
    let done: Result<i64, PlanError> = in_transaction(&opened.databases.writer, move |tx| {
        Box::pin(async move { layer::create_plan_version(tx, &new).await })
    })
    .await;
    done?;
    say(&format!(
        "{} {}, {}: recorded, a draft.",
        which.plan, which.version, opened.comune.name
    ))
}

async fn add(config: &Config, arguments: AddArguments) -> Result<()> {
    let mut wanted = Vec::new();
    for text in arguments.layers {
        let (layer, version) = match text.split_once('@') {
            None => (text.clone(), None),
            Some((layer, version)) => match version.parse::<i32>() {
                Ok(version) => (layer.to_owned(), Some(version)),
                Err(_) => bail!("'{text}': the version of a layer is a number"),
            },
        };
        wanted.push((layer, version));
    }
    let by = arguments.by;
    let added = write(config, arguments.which, move |tx, id, which| {
        Box::pin(async move {
            let mut added = Vec::new();
            for (layer, version) in wanted {
                let name = (which.plan.as_str(), which.version.as_str());
                let version = layer::add_plan_part(tx, id, name, &layer, version, &by).await?;
                added.push((layer, version));
            }
            Ok(added)
        })
    })
    .await?;
    for (layer, version) in added {
        say(&format!("{layer}: version {version} was added."))?;
    }
    Ok(())
}

async fn act(config: &Config, arguments: ActArguments) -> Result<()> {
    let act = NewAct {
        kind: arguments.kind,
        number: arguments.number,
        date: arguments.date,
        body: arguments.body,
        note: arguments.note,
    };
    let by = arguments.by;
    let id = write(config, arguments.which, move |tx, id, which| {
        Box::pin(async move {
            let name = (which.plan.as_str(), which.version.as_str());
            layer::record_plan_act(tx, id, name, &act, &by).await
        })
    })
    .await?;
    say(&format!("Recorded as act {id}."))
}

async fn publish(config: &Config, arguments: PublishArguments) -> Result<()> {
    let which = arguments.which.clone();
    let (at, by, reason) = (arguments.at, arguments.by, arguments.reason);
    write(config, arguments.which, move |tx, id, which| {
        Box::pin(async move {
            let name = (which.plan.as_str(), which.version.as_str());
            layer::publish_plan(tx, id, name, at, &by, reason.as_deref()).await
        })
    })
    .await?;
    say("Published.")?;
    show::status(config, which).await
}

async fn withdraw(config: &Config, arguments: WithdrawArguments) -> Result<()> {
    let (at, by, reason) = (arguments.at, arguments.by, arguments.reason);
    let from = write(config, arguments.which, move |tx, id, which| {
        Box::pin(async move {
            let name = (which.plan.as_str(), which.version.as_str());
            layer::withdraw_plan(tx, id, name, at, &by, &reason).await
        })
    })
    .await?;
    say(&format!("Withdrawn: it does not count from {from} on."))
}

async fn cancel(config: &Config, arguments: CancelArguments) -> Result<()> {
    let (act, publication) = (arguments.act, arguments.publication);
    let (by, reason) = (arguments.by, arguments.reason);
    write(config, arguments.which, move |tx, id, which| {
        Box::pin(async move {
            let name = (which.plan.as_str(), which.version.as_str());
            if let Some(act) = act {
                layer::cancel_plan_act(tx, id, name, act, &by, &reason).await?;
            }
            if let Some(publication) = publication {
                layer::cancel_plan_publication(tx, id, name, publication, &by, &reason).await?;
            }
            Ok(())
        })
    })
    .await?;
    say("Cancelled: it does not count any more; what was answered until now is kept.")
}
