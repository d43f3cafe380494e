//! `mappale layer inspect`: what is in a file.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use wire::{CrsSource, EncodingSource, Inspection, LayerInspection};

use super::super::say;
use crate::config::Config;
use crate::ingest::{self, InspectRequest};

/// What to look into.
#[derive(Debug, Args)]
pub(in crate::cli) struct InspectArguments {
    /// The file.
    file: PathBuf,
    /// The data set of an archive; by default all of them.
    #[arg(long)]
    member: Option<String>,
    /// The driver that must read it, such as GPKG; by default it is told from the content.
    #[arg(long)]
    driver: Option<String>,
    /// The CRS, whatever the file says, such as EPSG:3003.
    #[arg(long)]
    crs: Option<String>,
    /// The encoding of text, whatever the file says.
    #[arg(long)]
    encoding: Option<String>,
    /// Print everything as JSON.
    #[arg(long)]
    json: bool,
}

/// Prints what is in a file.
pub(super) async fn run(config: &Config, arguments: InspectArguments) -> Result<()> {
    let request = InspectRequest {
        path: arguments.file,
        member: arguments.member,
        driver: arguments.driver,
        crs: arguments.crs,
        encoding: arguments.encoding,
    };
    let inspected = ingest::inspect(config, request).await?;
    if arguments.json {
        return say(&serde_json::to_string_pretty(&inspected)?);
    }
    let several = inspected.datasets.len() > 1;
    for dataset in &inspected.datasets {
        if several {
            say(&format!("\n== {}", dataset.name))?;
        }
        if !dataset.missing.is_empty() {
            say(&format!(
                "  MISSING beside it: {}",
                dataset.missing.join(", ")
            ))?;
        }
        if let Some(error) = &dataset.error {
            say(&format!("  {error}"))?;
        }
        if let Some(inspection) = &dataset.inspection {
            tell_all(inspection)?;
        }
    }
    for finding in &inspected.findings {
        let subject = finding.subject.as_deref().unwrap_or_default();
        say(&format!(
            "  {}: {} {subject}",
            finding.rule, finding.message
        ))?;
    }
    say(&format!("Sandbox: {}.", inspected.confinement))
}

fn tell_all(inspection: &Inspection) -> Result<()> {
    say(&format!(
        "{}, {} layers",
        inspection.driver,
        inspection.layers.len()
    ))?;
    for layer in &inspection.layers {
        tell(layer)?;
    }
    for finding in &inspection.findings {
        say(&format!("  {}: {}", finding.rule, finding.message))?;
    }
    Ok(())
}

fn tell(layer: &LayerInspection) -> Result<()> {
    let geometries: Vec<String> = layer
        .geometries
        .iter()
        .map(|counted| format!("{} {}", counted.count, counted.value))
        .collect();
    say(&format!(
        "\n{}: {} features ({})",
        layer.name,
        layer.features,
        geometries.join(", ")
    ))?;
    say(&format!("  coordinates: {}", coordinates(layer)))?;
    if let Some([west, south, east, north]) = layer.extent {
        say(&format!("  extent: {west} {south} to {east} {north}"))?;
    }
    let shapes: Vec<&str> = [
        (layer.has_z, "heights"),
        (layer.has_m, "measures"),
        (layer.has_curves, "arcs"),
    ]
    .into_iter()
    .filter_map(|(there, what)| there.then_some(what))
    .collect();
    if !shapes.is_empty() {
        say(&format!("  it has {}", shapes.join(", ")))?;
    }
    if let Some(encoding) = &layer.encoding {
        let samples = if encoding.samples.is_empty() {
            String::new()
        } else {
            format!(": {}", encoding.samples.join(" · "))
        };
        let how = match encoding.source {
            EncodingSource::Declared => "as declared",
            EncodingSource::Cpg => "says the .cpg file",
            EncodingSource::File => "says the file",
            EncodingSource::Ascii => "nothing but ASCII",
            EncodingSource::Utf8 => "well-formed UTF-8",
            EncodingSource::Supposed => "SUPPOSED: check the letters, or give --encoding",
        };
        say(&format!("  text: {} ({how}){samples}", encoding.name))?;
    }
    for field in &layer.fields {
        let nulls = if field.nulls > 0 {
            format!(", {} without a value", field.nulls)
        } else {
            String::new()
        };
        say(&format!(
            "  {:<24} {:?}{nulls}  {}",
            field.name,
            field.kind,
            field.samples.join(" · ")
        ))?;
    }
    Ok(())
}

fn coordinates(layer: &LayerInspection) -> String {
    let Some(crs) = &layer.crs else {
        return "NOT KNOWN: the file does not say, give --crs".to_owned();
    };
    let how = match crs.source {
        CrsSource::Unknown => "not known how",
        CrsSource::File => "says the file",
        CrsSource::Prj => "says the .prj file",
        CrsSource::Format => "the format has no other",
        CrsSource::Declared => "as declared",
    };
    let code = crs.code.as_deref().unwrap_or("no EPSG code");
    let order = if crs.north_first {
        ", north first in its own order"
    } else {
        ""
    };
    let found = crs
        .how
        .as_deref()
        .map_or_else(String::new, |how| format!("; {how}"));
    format!("{code}, {} ({how}{order}){found}", crs.name)
}
