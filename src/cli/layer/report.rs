//! `mappale layer report`: the report of a version as files.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};

use super::super::say;
use super::publication::{Which, open};
use crate::config::Config;
use crate::ingest::{
    Reported, boundary_outline, findings_geojson, findings_geopackage, report_page, stored_report,
};
use crate::layer::part_details;
use crate::text::Lang;

/// Which report, and into what.
#[derive(Debug, Args)]
pub(in crate::cli) struct ReportArguments {
    #[command(flatten)]
    which: Which,
    /// The version; the newest by default.
    #[arg(long)]
    version: Option<i32>,
    /// Write a page with a map of the findings into this file.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Language of the page.
    #[arg(long, value_enum, default_value_t = PageLang::It)]
    lang: PageLang,
    /// Write the report as JSON into this file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the findings that have a place as GeoJSON into this file.
    #[arg(long, value_name = "FILE")]
    geojson: Option<PathBuf>,
    /// Write the findings that have a place as a GeoPackage into this file.
    #[arg(long, value_name = "FILE")]
    gpkg: Option<PathBuf>,
}

/// Language of a page.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum PageLang {
    /// Italian.
    It,
    /// English.
    En,
}

/// Writes the report of a version into files.
pub(super) async fn report(config: &Config, arguments: ReportArguments) -> Result<()> {
    let opened = open(config, &arguments.which).await?;
    let definition = &opened.file.definition;
    let mut connection = opened.databases.reader.acquire().await?;
    let comune = &opened.comune;
    let part = part_details(
        &mut connection,
        &definition.id,
        comune.id,
        arguments.version,
    )
    .await?;
    let report = stored_report(&part);
    let mut files = Vec::new();
    if let Some(path) = arguments.html {
        let lang = match arguments.lang {
            PageLang::It => Lang::It,
            PageLang::En => Lang::En,
        };
        let boundary = boundary_outline(&mut connection, comune).await?;
        let reported = Reported {
            definition,
            comune: &comune.name,
            part: &part,
            boundary: &boundary,
        };
        files.push((path, report_page(&reported, lang)?));
    }
    if let Some(path) = arguments.json {
        files.push((path, serde_json::to_string_pretty(&part.report)?));
    }
    if let Some(path) = arguments.geojson {
        files.push((path, serde_json::to_string(&findings_geojson(&report))?));
    }
    if files.is_empty() && arguments.gpkg.is_none() {
        bail!("say what to write: --html, --json, --geojson or --gpkg, each with a file");
    }
    for (path, text) in files {
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        say(&format!("{} is written.", path.display()))?;
    }
    if let Some(path) = arguments.gpkg {
        findings_geopackage(config, &report, path.clone()).await?;
        say(&format!("{} is written.", path.display()))?;
    }
    Ok(())
}
