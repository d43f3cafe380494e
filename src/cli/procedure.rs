//! `mappale procedure`: the catalogue of procedures, terms of law and holidays.

use anyhow::Result;
use clap::{Subcommand, ValueEnum};

use crate::config::Config;
use crate::procedure::{Law, holiday_schema, term_schema};

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
    /// `terms/*.toml`.
    Terms,
    /// `holidays.toml`.
    Holidays,
}

/// Does what a command says.
pub(super) fn run(config: &Config, command: ProcedureCommand) -> Result<()> {
    match command {
        ProcedureCommand::Check => {
            let law = law(config)?;
            say(&format!(
                "{} terms of law: all in order.",
                law.terms().count()
            ))
        }
        ProcedureCommand::Schema { kind } => {
            let schema = match kind {
                FileKind::Terms => term_schema(),
                FileKind::Holidays => holiday_schema(),
            };
            say(&serde_json::to_string_pretty(&schema)?)
        }
    }
}

/// Terms and holidays, or all their mistakes at once.
pub(super) fn law(config: &Config) -> Result<Law> {
    Law::load(&config.procedures).map_err(|problems| {
        let list: Vec<String> = problems
            .iter()
            .map(|problem| format!("{}/{problem}", config.procedures.display()))
            .collect();
        anyhow::anyhow!("{}", list.join("\n"))
    })
}
