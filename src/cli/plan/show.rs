//! `mappale plan list|show`: versions with their status, acts and articles.

use anyhow::{Result, bail};
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use super::{Which, day, open, say};
use crate::cadastre::ComuneCode;
use crate::config::Config;
use crate::db::Tx;
use crate::layer::{self, AsOf, PlanVersion};

/// Which plans to list.
#[derive(Debug, Args)]
pub(in crate::cli) struct ListArguments {
    /// Cadastral code of the comune.
    #[arg(long)]
    comune: ComuneCode,
    /// The day on which the status is told; today by default.
    #[arg(long, value_name = "DATE", value_parser = day)]
    date: Option<Date>,
}

/// Which version to show.
#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArguments {
    #[command(flatten)]
    which: Which,
    /// The day on which the status is told; today by default.
    #[arg(long, value_name = "DATE", value_parser = day)]
    date: Option<Date>,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

fn as_of(date: Option<Date>) -> AsOf {
    date.map_or_else(|| AsOf::day_of(Timestamp::now()), AsOf::on)
}

/// Prints the plans of a comune.
pub(super) async fn list(config: &Config, arguments: ListArguments) -> Result<()> {
    let opened = open(config, arguments.comune).await?;
    let mut tx = Tx::begin(&opened.databases.reader).await?;
    let territory = [opened.comune.id];
    let versions = layer::plan_versions(&mut tx, as_of(arguments.date), Some(&territory)).await?;
    if versions.is_empty() {
        return say("No plan was recorded yet.");
    }
    for version in versions {
        say(&format!(
            "{} {}  {}  {}  {} layers, {} articles",
            version.plan,
            version.code,
            version.title,
            words(&version),
            version.members.len(),
            version.articles.len()
        ))?;
    }
    Ok(())
}

/// Prints the status of a version in one line.
pub(super) async fn status(config: &Config, which: Which) -> Result<()> {
    let version = read(config, &which, None).await?;
    say(&format!(
        "{} {}: {}.",
        version.plan,
        version.code,
        words(&version)
    ))
}

async fn read(config: &Config, which: &Which, date: Option<Date>) -> Result<PlanVersion> {
    let opened = open(config, which.comune).await?;
    let mut tx = Tx::begin(&opened.databases.reader).await?;
    let (plan, code) = (&which.plan, &which.version);
    let found = layer::plan_version(&mut tx, opened.comune.id, plan, code, as_of(date)).await?;
    match found {
        Some(version) => Ok(version),
        None => bail!("plan {plan} has no version '{code}' here"),
    }
}

/// Status and days in words.
fn words(version: &PlanVersion) -> String {
    let mut words = version.status.as_str().replace('_', " ");
    let days = [
        ("adopted from", version.dates.adopted_from),
        ("in force from", version.dates.in_force_from),
        ("replaced from", version.dates.replaced_from),
        ("withdrawn from", version.dates.withdrawn_from),
    ];
    for (word, date) in days {
        if let Some(date) = date {
            words.push_str(&format!(", {word} {date}"));
        }
    }
    if let Some(time) = version.salvaguardia {
        words.push_str(&format!(
            ", salvaguardia until {} ({} years)",
            time.until, time.years
        ));
    }
    words
}

/// Prints everything that was recorded of a version.
pub(super) async fn show(config: &Config, arguments: ShowArguments) -> Result<()> {
    let version = read(config, &arguments.which, arguments.date).await?;
    if arguments.json {
        return say(&serde_json::to_string_pretty(&as_json(&version))?);
    }
    say(&format!(
        "{} ({} {})",
        version.title, version.plan_title, version.code
    ))?;
    say(&format!("  {}, {}", version.kind.as_str(), words(&version)))?;
    for member in &version.members {
        say(&format!(
            "  layer {}, version {}",
            member.layer, member.version
        ))?;
    }
    for act in &version.acts {
        let more: String = [&act.number, &act.body, &act.note]
            .into_iter()
            .flatten()
            .map(|text| format!(", {text}"))
            .collect();
        say(&format!(
            "  act {}: {} of {}{more} (recorded {} by {})",
            act.id,
            act.kind.as_str(),
            act.date,
            act.at.strftime("%F %R UTC"),
            act.by
        ))?;
    }
    for publication in &version.publications {
        let from = publication
            .valid_from
            .map_or_else(|| "as its acts say".to_owned(), |day| format!("from {day}"));
        let reason = publication
            .reason
            .as_ref()
            .map_or_else(String::new, |reason| format!(": {reason}"));
        say(&format!(
            "  publication {}: {} {from} (recorded {} by {}){reason}",
            publication.id,
            publication.kind,
            publication.at.strftime("%F %R UTC"),
            publication.by
        ))?;
    }
    for article in &version.articles {
        let document = if article.has_document {
            " (document)"
        } else {
            ""
        };
        say(&format!(
            "  article {}: {}{document}",
            article.article, article.title
        ))?;
    }
    Ok(())
}

fn as_json(version: &PlanVersion) -> serde_json::Value {
    let text = |day: Option<Date>| day.map(|day| day.to_string());
    let acts = version.acts.iter().map(|act| {
        json!({
            "id": act.id, "kind": act.kind, "number": act.number, "date": act.date.to_string(),
            "body": act.body, "note": act.note, "at": act.at.to_string(), "by": act.by,
        })
    });
    let layers = version
        .members
        .iter()
        .map(|member| json!({ "layer": member.layer, "version": member.version }));
    let articles = version.articles.iter().map(|article| {
        json!({ "article": article.article, "title": article.title,
                "document": article.has_document })
    });
    let salvaguardia = version.salvaguardia.map(|time| {
        json!({ "from": time.from.to_string(), "until": time.until.to_string(),
                "years": time.years })
    });
    json!({
        "plan": version.plan, "version": version.code, "kind": version.kind,
        "title": version.title, "status": version.status,
        "adopted_from": text(version.dates.adopted_from),
        "in_force_from": text(version.dates.in_force_from),
        "replaced_from": text(version.dates.replaced_from),
        "withdrawn_from": text(version.dates.withdrawn_from),
        "salvaguardia": salvaguardia,
        "layers": layers.collect::<Vec<_>>(), "acts": acts.collect::<Vec<_>>(),
        "articles": articles.collect::<Vec<_>>(),
    })
}
