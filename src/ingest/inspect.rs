//! What is in a file or an archive, before anything is done with it.

use std::path::PathBuf;

use serde::Serialize;
use wire::{Content, Inspection};

use crate::config::Config;

use super::confinement::Confinement;
use super::error::Error;
use super::intake::{Input, Intake, Wanted};
use super::report::Finding;
use super::worker::{Reading, WorkerError, read_document};

/// How a file is to be looked into.
#[derive(Debug, Clone, Default)]
pub struct InspectRequest {
    /// The file.
    pub path: PathBuf,
    /// The data set of an archive; by default all of them.
    pub member: Option<String>,
    /// Name of the driver; by default the worker tells it from the content.
    pub driver: Option<String>,
    /// CRS, whatever the file says, such as `EPSG:3003`.
    pub crs: Option<String>,
    /// Encoding of text, whatever the file says.
    pub encoding: Option<String>,
}

/// What was found in a file.
#[derive(Debug, Serialize)]
pub struct Inspected {
    /// What can be read: the file itself, or the data sets of an archive.
    pub datasets: Vec<InspectedDataset>,
    /// What the archive gave rise to say.
    pub findings: Vec<Finding>,
    /// How the reader was shut in.
    pub confinement: Confinement,
}

/// What was found in a data set.
#[derive(Debug, Serialize)]
pub struct InspectedDataset {
    /// Name of the file; in an archive `archive.zip!/folder/file.shp`.
    pub name: String,
    /// Endings of files that should be beside it in the archive and are not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// What is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inspection: Option<Inspection>,
    /// Why it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Looks into a file: layers, fields with samples, geometries, CRS, encoding, extent.
///
/// # Errors
/// [`Error::File`], [`Error::Worker`] and [`Error::Unusable`]; what cannot be read of an archive
/// of several data sets is told beside the others.
pub async fn inspect(config: &Config, request: InspectRequest) -> Result<Inspected, Error> {
    let config = config.clone();
    tokio::task::spawn_blocking(move || inspect_file(&config, &request))
        .await
        .map_err(|_| Error::Interrupted)?
}

fn inspect_file(config: &Config, request: &InspectRequest) -> Result<Inspected, Error> {
    let wanted = match &request.member {
        Some(name) => Wanted::Named(name),
        None => Wanted::All,
    };
    let intake = Intake::take(config, std::slice::from_ref(&request.path), wanted)?;
    let mut arguments = vec!["inspect"];
    let options = [
        ("--driver", &request.driver),
        ("--crs", &request.crs),
        ("--encoding", &request.encoding),
    ];
    for (name, value) in options {
        if let Some(value) = value {
            arguments.extend([name, value]);
        }
    }
    let alone = intake.inputs.len() == 1;
    let mut datasets = Vec::new();
    for input in &intake.inputs {
        let (inspection, error) = match inspect_input(config, input, &arguments) {
            Ok(inspection) => (Some(inspection), None),
            Err(error) if alone => return Err(Error::Worker(error)),
            Err(error) => (None, Some(error.to_string())),
        };
        datasets.push(InspectedDataset {
            name: input.name.clone(),
            missing: input.missing.clone(),
            inspection,
            error,
        });
    }
    Ok(Inspected {
        datasets,
        findings: intake.findings,
        confinement: Confinement::clone(&Confinement::of(&config.worker)),
    })
}

fn inspect_input(
    config: &Config,
    input: &Input,
    arguments: &[&str],
) -> Result<Inspection, WorkerError> {
    let mut arguments = arguments.to_vec();
    if input.is_sheet {
        // Archives are unpacked under names of our own; that of the file names the sheet.
        arguments.extend(["--name", input.stem()]);
    }
    let reading = Reading {
        program: &config.worker,
        arguments: &arguments,
        file: &input.path,
        output: None,
        name: &input.name,
    };
    match read_document(&reading)? {
        Content::Inspection(inspection) => Ok(inspection),
        Content::Unpacked(_) | Content::Failed(_) => Err(WorkerError::Broken {
            file: input.name.clone(),
            reason: "it answered another question".into(),
        }),
    }
}
