//! `mappale procedure`: the catalogue of procedures, terms of law and holidays.

use anyhow::Result;
use clap::{Subcommand, ValueEnum};

use crate::config::Config;
use crate::procedure::{
    Law, Procedures, area_schema, holiday_schema, layer_schema, office_schema, procedure_schema,
    section_schema, term_schema,
};
use crate::strict::Problem;

use super::say;

/// What to do with procedures.
#[derive(Debug, Subcommand)]
pub(super) enum ProcedureCommand {
    /// Check all definitions and run their examples.
    Check,
    /// Print the JSON Schema of a kind of file.
    Schema {
        /// The kind.
        kind: FileKind,
    },
}

/// A kind of file below the folder of procedures.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum FileKind {
    /// Procedures.
    Procedure,
    /// `sections/*.toml`.
    Sections,
    /// `areas.toml`.
    Areas,
    /// `offices.toml`.
    Offices,
    /// `layers.toml`.
    Layers,
    /// `terms/*.toml`.
    Terms,
    /// `holidays.toml`.
    Holidays,
}

/// Does what a command says.
pub(super) fn run(config: &Config, command: ProcedureCommand) -> Result<()> {
    match command {
        ProcedureCommand::Check => {
            let procedures = procedures(config)?;
            let all = procedures.all();
            let examples: usize = all.iter().map(|p| p.definition.example.len()).sum();
            let unchecked: usize = all
                .iter()
                .map(|p| p.definition.quadro.iter().filter(|q| !q.checked).count())
                .sum();
            say(&format!(
                "{} procedures with {examples} examples, {} terms of law: all in order.
\
                 {unchecked} parts of national forms are not checked against the published form.",
                all.len(),
                procedures.law.terms().count()
            ))
        }
        ProcedureCommand::Schema { kind } => {
            let schema = match kind {
                FileKind::Procedure => procedure_schema(),
                FileKind::Sections => section_schema(),
                FileKind::Areas => area_schema(),
                FileKind::Offices => office_schema(),
                FileKind::Layers => layer_schema(),
                FileKind::Terms => term_schema(),
                FileKind::Holidays => holiday_schema(),
            };
            say(&serde_json::to_string_pretty(&schema)?)
        }
    }
}

/// Terms and holidays, or all their mistakes at once.
pub(super) fn law(config: &Config) -> Result<Law> {
    Law::load(&config.procedures).map_err(|problems| told(config, &problems))
}

/// The whole catalogue, or all its mistakes at once.
fn procedures(config: &Config) -> Result<Procedures> {
    Procedures::load(&config.procedures).map_err(|problems| told(config, &problems))
}

fn told(config: &Config, problems: &[Problem]) -> anyhow::Error {
    let list: Vec<String> = problems
        .iter()
        .map(|problem| format!("{}/{problem}", config.procedures.display()))
        .collect();
    anyhow::anyhow!("{}", list.join("\n"))
}
